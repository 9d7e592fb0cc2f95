//! The Debian package: packed from this program, unpacked below a scratch root, and by root installed and removed there.

#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::support::terminal::{PROGRAM, Terminal};

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[track_caller]
fn done(command: &mut Command) -> Output {
    let ran = command.output().unwrap();
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{command:?}: {said}");
    ran
}

fn packed(folder: &Path) -> PathBuf {
    let ran = done(
        Command::new(top().join(".github/package-deb"))
            .arg(PROGRAM)
            .arg(folder)
            .env("DPKG_DEB_COMPRESSOR_TYPE", "none"), // to press a debug build takes a minute
    );
    PathBuf::from(String::from_utf8(ran.stdout).unwrap().trim_end())
}

/// Every file below a folder, by its path from there.
fn listed(root: &Path) -> BTreeSet<String> {
    let ran = done(
        Command::new("find")
            .args([".", "-type", "f"])
            .current_dir(root),
    );
    let text = String::from_utf8(ran.stdout).unwrap();
    text.lines().map(|line| line[2..].to_owned()).collect()
}

#[test]
#[ignore = "needs dpkg-deb and groff"]
fn the_debian_package_brings_the_program_its_completions_and_a_page_for_every_verb() {
    let scratch = tempfile::tempdir().unwrap();
    let root = scratch.path().join("root");
    std::fs::create_dir(&root).unwrap();
    let package = packed(scratch.path());
    done(Command::new("dpkg-deb").arg("-x").arg(&package).arg(&root));

    let mut expected: BTreeSet<String> = [
        "usr/bin/cognito-login",
        "usr/share/bash-completion/completions/cognito-login",
        "usr/share/zsh/vendor-completions/_cognito-login",
        "usr/share/fish/vendor_completions.d/cognito-login.fish",
        "usr/share/doc/cognito-login/README.md",
        "usr/share/doc/cognito-login/changelog.gz",
        "usr/share/doc/cognito-login/changelog.Debian.gz",
        "usr/share/doc/cognito-login/copyright",
        "usr/share/man/man1/cognito-login.1.gz",
    ]
    .map(str::to_owned)
    .into();
    let verbs = super::help::verbs();
    let page = |verb: &String| format!("usr/share/man/man1/cognito-login-{verb}.1.gz");
    expected.extend(verbs.iter().map(page));
    assert_eq!(listed(&root), expected);

    for (place, file) in [
        (
            "bash-completion/completions/cognito-login",
            "cognito-login.bash",
        ),
        ("zsh/vendor-completions/_cognito-login", "_cognito-login"),
        (
            "fish/vendor_completions.d/cognito-login.fish",
            "cognito-login.fish",
        ),
    ] {
        let packed = std::fs::read(root.join("usr/share").join(place)).unwrap();
        let kept = std::fs::read(top().join("completions").join(file)).unwrap();
        assert!(packed == kept, "{place}");
    }
    for path in expected.iter().filter(|path| path.contains("/man1/")) {
        let formatted = Command::new("sh")
            .args(["-c", "gzip -dc \"$0\" | groff -ww -K utf8 -man -T utf8"])
            .arg(root.join(path))
            .output()
            .unwrap();
        assert_eq!(String::from_utf8_lossy(&formatted.stderr), "", "{path}");
        let name = Path::new(path).file_name().unwrap().to_str().unwrap();
        let name = name.trim_end_matches(".1.gz");
        let text = String::from_utf8_lossy(&formatted.stdout).into_owned();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(&format!("{name} - ")), "{path}: {text}");
    }
    let program = root.join("usr/bin/cognito-login");
    let ran = Terminal::new().start_program(program, &["-V"]).finish();
    ran.code(0)
        .stdout(&format!("cognito-login {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
#[ignore = "needs dpkg, and root or sudo"]
fn the_debian_package_installs_and_leaves_nothing_when_it_is_removed() {
    let scratch = tempfile::tempdir().unwrap();
    let package = packed(scratch.path());
    let root = scratch.path().join("root");
    let state = root.join("var/lib/dpkg");
    for folder in ["info", "updates", "triggers"] {
        std::fs::create_dir_all(state.join(folder)).unwrap();
    }
    std::fs::write(state.join("status"), "").unwrap();
    let before = listed(&root);
    let dpkg = |arguments: &[&str]| {
        // SAFETY: asks for a number.
        let root_runs_this = unsafe { libc::geteuid() } == 0;
        let mut command = Command::new(if root_runs_this { "dpkg" } else { "sudo" });
        if !root_runs_this {
            command.args(["--non-interactive", "dpkg"]);
        }
        command.arg("--force-depends").arg("--root").arg(&root);
        done(command.args(arguments))
    };
    dpkg(&["--install", package.to_str().unwrap()]);
    assert!(root.join("usr/bin/cognito-login").exists());
    dpkg(&["--verify", "cognito-login"]);
    dpkg(&["--purge", "cognito-login"]);
    let left: Vec<_> = listed(&root)
        .into_iter()
        .filter(|path| !before.contains(path) && !path.starts_with("var/"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn the_formula_names_this_repository_and_the_sums_of_its_archives() {
    let scratch = tempfile::tempdir().unwrap();
    let version = env!("CARGO_PKG_VERSION");
    let targets = [
        "aarch64-apple-darwin",
        "x86_64-apple-darwin",
        "x86_64-unknown-linux-musl",
    ];
    let mut sums = String::new();
    for (n, target) in targets.iter().enumerate() {
        let sum = n.to_string().repeat(64);
        sums += &format!("{sum}  cognito-login-v{version}-{target}.tar.gz\n");
    }
    let file = scratch.path().join("SHA256SUMS");
    let fill = |version: &str| {
        let mut command = Command::new(top().join(".github/fill-formula"));
        command.args(["owner/name", version]).arg(&file);
        command.output().unwrap()
    };
    std::fs::write(&file, &sums).unwrap();
    let ran = fill(version);
    let formula = String::from_utf8(ran.stdout).unwrap();
    assert!(!formula.contains('@'), "{formula}");
    let urls = formula.lines().filter(|line| line.contains(" url "));
    let sums = formula.lines().filter(|line| line.contains(" sha256 "));
    for ((url, sum), (n, target)) in urls.zip(sums).zip(targets.iter().enumerate()) {
        let place = format!("https://github.com/owner/name/releases/download/v{version}");
        let archive = format!("cognito-login-v{version}-{target}.tar.gz");
        assert!(url.contains(&format!("{place}/{archive}\"")), "{url}");
        assert!(sum.contains(&n.to_string().repeat(64)), "{sum}");
    }
    // A release without one of the archives has no formula.
    assert!(!fill("9.9.9").status.success());
}

#[test]
#[ignore = "needs tar"]
fn an_archive_holds_what_a_person_installs_by_hand() {
    let scratch = tempfile::tempdir().unwrap();
    let packed = done(
        Command::new(top().join(".github/package-archive"))
            .args([PROGRAM, "some-target"])
            .arg(scratch.path()),
    );
    let archive = String::from_utf8(packed.stdout).unwrap();
    done(
        Command::new("tar")
            .args(["-xzf", archive.trim_end(), "--strip-components=1"])
            .current_dir(&scratch),
    );
    let there = listed(scratch.path());
    let mut expected = vec!["cognito-login".to_owned(), "man/cognito-login.1".to_owned()];
    let top = ["README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE"];
    expected.extend(top.map(str::to_owned));
    let page = |verb: &String| format!("man/cognito-login-{verb}.1");
    expected.extend(super::help::verbs().iter().map(page));
    for path in expected {
        assert!(there.contains(&path), "no {path} in {there:?}");
    }
    let scripts = there.iter().filter(|path| path.starts_with("completions/"));
    assert_eq!(scripts.count(), 5);
}
