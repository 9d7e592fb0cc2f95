//! The version: short where a script reads it; a release build says commit and day, from wherever it was built.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::release;
use crate::support::terminal::Terminal;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// `src/build.rs` as Cargo would run it.
struct Script {
    scratch: tempfile::TempDir,
    program: PathBuf,
}

impl Script {
    fn built() -> Script {
        let scratch = tempfile::tempdir().unwrap();
        let program = scratch.path().join("script");
        let program = program.with_extension(std::env::consts::EXE_EXTENSION);
        let rustc = Path::new(env!("CARGO")).with_file_name("rustc");
        let rustc = if rustc.exists() {
            rustc
        } else {
            "rustc".into()
        };
        let built = Command::new(rustc)
            .args(["--edition", "2024", "-o"])
            .arg(&program)
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/build.rs"))
            .status();
        assert!(built.unwrap().success());
        Script { scratch, program }
    }

    fn folder(&self, name: &str) -> PathBuf {
        let folder = self.scratch.path().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    /// What it says in a folder: the version, and which files Cargo is to look at.
    fn says(&self, folder: &Path, epoch: Option<&str>) -> (String, Vec<String>) {
        let mut command = Command::new(&self.program);
        command
            .current_dir(folder)
            .env("PROFILE", "release")
            .env("CARGO_PKG_VERSION", "1.2.3")
            .env("GIT_CEILING_DIRECTORIES", self.scratch.path())
            .env_remove("SOURCE_DATE_EPOCH");
        if let Some(epoch) = epoch {
            command.env("SOURCE_DATE_EPOCH", epoch);
        }
        let ran = command.output().unwrap();
        let text = String::from_utf8(ran.stdout).unwrap();
        let all = |start: &str| -> Vec<String> {
            let lines = text.lines().filter_map(|line| line.strip_prefix(start));
            lines.map(str::to_owned).collect()
        };
        let version = all("cargo::rustc-env=COGNITO_LOGIN_BUILD=").remove(0);
        (version, all("cargo::rerun-if-changed="))
    }
}

#[test]
fn a_package_knows_its_commit_and_the_day_it_is_told() {
    let script = Script::built();
    let package = script.folder("package");
    assert_eq!(script.says(&package, None).0, "1.2.3");
    let days = [
        ("0", "1970-01-01"),
        ("951782400", "2000-02-29"),
        ("1735689599", "2024-12-31"),
        ("1735689600", "2025-01-01"),
        ("4107542400", "2100-03-01"),
    ];
    for (epoch, day) in days {
        assert_eq!(
            script.says(&package, Some(epoch)).0,
            format!("1.2.3 ({day})")
        );
    }
    let vcs = "{\n  \"git\": {\n    \"sha1\": \"0123456789abcdef0123456789abcdef01234567\"\n  },\n  \"path_in_vcs\": \"\"\n}";
    std::fs::write(package.join(".cargo_vcs_info.json"), vcs).unwrap();
    assert_eq!(script.says(&package, None).0, "1.2.3 (0123456789)");
    assert_eq!(
        script.says(&package, Some("0")).0,
        "1.2.3 (0123456789 1970-01-01)"
    );
}

#[test]
#[ignore = "needs git"]
fn a_checkout_says_its_commit_and_cargo_looks_at_nothing_that_is_not_there() {
    let script = Script::built();
    let checkout = script.folder("checkout");
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command
            .current_dir(&checkout)
            .args(["-c", "user.name=x", "-c", "user.email=x"]);
        command.env("GIT_COMMITTER_DATE", "2026-02-03T23:00:00Z");
        let ran = command.args(arguments).output().unwrap();
        assert!(ran.status.success(), "{arguments:?}");
        String::from_utf8(ran.stdout).unwrap().trim().to_owned()
    };
    git(&["init", "--quiet"]);
    git(&["commit", "--quiet", "--allow-empty", "--message", "x"]);
    let commit = git(&["rev-parse", "--short=10", "HEAD"]);
    let (version, watched) = script.says(&checkout, None);
    assert_eq!(version, format!("1.2.3 ({commit} 2026-02-03)"));
    assert!(watched.len() > 2, "{watched:?}");
    for file in watched.iter().filter(|file| *file != "src/build.rs") {
        assert!(checkout.join(file).exists(), "{file} is not there");
    }
    git(&["pack-refs", "--all"]);
    git(&["checkout", "--quiet", "--detach"]);
    assert_eq!(script.says(&checkout, None).0, version);
    // What lies in somebody else's repository has not its commit.
    let vendored = script.folder("checkout/vendor/package");
    assert_eq!(script.says(&vendored, None).0, "1.2.3");
}

#[test]
fn scripts_read_the_short_version() {
    let short = format!("cognito-login {VERSION}\n");
    Terminal::new().run(&["-V"]).code(0).stdout(&short);
}

#[test]
#[ignore = "needs a release build"]
fn a_release_says_commit_and_day() {
    let program = release::build();
    let ran = Terminal::new()
        .start_program(program, &["--version"])
        .finish()
        .code(0);
    let told = ran.stdout.trim_end();
    let commit = Command::new("git")
        .args(["rev-parse", "--short=10", "HEAD"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output();
    let commit = commit.ok().filter(|ran| ran.status.success());
    let commit = commit.map(|ran| String::from_utf8(ran.stdout).unwrap());
    let commit = commit.unwrap_or_default();
    assert!(
        told.starts_with(&format!("cognito-login {VERSION}")),
        "{told}"
    );
    assert!(
        told.contains(commit.trim()),
        "{told} does not name {commit}"
    );
}
