//! The library, as another Rust program uses it: the same session, store and lock as the command's.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::support::pool::Pool;
use crate::support::release::cargo;
use crate::support::terminal::{PROGRAM, Running, Terminal};

/// Builds that program, unless it is up to date, beside the one under test.
fn caller() -> PathBuf {
    let folder = Path::new(PROGRAM).parent().expect("TARGET/PROFILE");
    let built = cargo()
        .args(["build", "--quiet", "--locked", "--example", "caller"])
        .arg("--target-dir")
        .arg(folder.parent().expect("TARGET"))
        .status();
    assert!(built.unwrap().success(), "the example does not build");
    folder
        .join("examples/caller")
        .with_extension(std::env::consts::EXE_EXTENSION)
}

/// A machine with a profile `work` for that pool; nobody is signed in yet.
fn terminal(pool: &Pool) -> Terminal {
    let mut terminal = pool.terminal();
    terminal.configure(&pool.profile().replace("profiles.default", "profiles.work"));
    terminal.set("COGNITO_LOGIN_PROFILE", "work");
    terminal
}

/// Rotation with no grace: a second use of the old refresh token would be refused.
#[test]
fn threads_of_another_program_and_commands_renew_once_together() {
    let caller = caller();
    let pool = Pool::start_with(&[
        "--rotate-refresh-tokens",
        "--rotation-grace",
        "0",
        "--access-token-lifetime",
        "30s",
    ]);
    let terminal = terminal(&pool);
    pool.sign_in(&terminal);
    pool.rule("access_token_seconds", 3600);
    // So that all of them meet.
    pool.quirk(serde_json::json!({ "token": { "delay_ms": 1500 } }));
    let running: Vec<Running> = (0..4)
        .flat_map(|_| {
            [
                terminal.start_program(&caller, &["8"]),
                terminal.start(&["token", "--header"]),
            ]
        })
        .collect();
    let said: String = running
        .into_iter()
        .map(|running| running.finish().code(0).stderr("").stdout)
        .collect();
    let mut lines: Vec<_> = said.lines().collect();
    assert_eq!(lines.len(), 4 * (8 + 1));
    lines.dedup();
    assert_eq!(lines.len(), 1, "different tokens were handed out");
    assert_eq!(pool.refreshes(), 1);
    terminal.run(&["token", "--force-refresh"]).code(0);
}

#[test]
fn a_good_token_is_had_in_async_code_and_without_the_pool() {
    let caller = caller();
    let pool = Pool::start();
    let terminal = terminal(&pool);
    pool.sign_in(&terminal);
    pool.stop();
    let printed = terminal.run(&["token", "--header"]).code(0).stdout;
    let asked = terminal.start_program(&caller, &[]).finish();
    asked.code(0).stdout(&printed).stderr("");
}

#[test]
fn each_outcome_has_its_type_and_no_browser_opens() {
    let caller = caller();
    let pool = Pool::start_with(&["--access-token-lifetime", "30s"]);
    let mut terminal = terminal(&pool);
    let ask = |terminal: &Terminal| {
        let asked = terminal.command(&caller).stdin(Stdio::null()).output();
        let asked = asked.unwrap();
        let said = String::from_utf8(asked.stderr).unwrap();
        (asked.status.code(), asked.stdout, said)
    };
    // Whatever opens would be heard of.
    terminal
        .unset("COGNITO_LOGIN_NO_BROWSER")
        .set("BROWSER", "/no/such/browser");
    let (code, stdout, said) = ask(&terminal);
    assert_eq!((code, &*stdout), (Some(3), &b""[..]), "{said}");
    assert_eq!(said, "not signed in to profile `work`\n");
    terminal.set("COGNITO_LOGIN_NO_BROWSER", "1");
    pool.sign_in(&terminal);
    pool.stop();
    let (code, stdout, said) = ask(&terminal);
    assert_eq!((code, &*stdout), (Some(4), &b""[..]), "{said}");
    terminal.configure("[profiles.work]\nclient_id = \"abc\"\n");
    let (code, stdout, said) = ask(&terminal);
    assert_eq!((code, &*stdout), (Some(5), &b""[..]), "{said}");
}

/// As with the command, the answer that is on its way is the only one that keeps the session.
#[cfg(unix)]
#[test]
fn ctrl_c_during_a_renewal_is_the_program_s_to_obey_and_costs_no_session() {
    let caller = caller();
    let pool = Pool::start_with(&["--rotate-refresh-tokens", "--rotation-grace", "0"]);
    let terminal = terminal(&pool);
    pool.rule("access_token_seconds", 30);
    pool.sign_in(&terminal);
    pool.quirk(serde_json::json!({ "token": { "delay_ms": 700, "times": 1 } }));
    let asking = terminal.start_program(&caller, &[]);
    pool.wait_for_refreshes(1);
    asking.signal(libc::SIGINT);
    let ran = asking.finish().code(130).stdout("");
    assert_eq!(ran.stderr, "interrupted\n");
    pool.rule("access_token_seconds", 3600);
    terminal.run(&["token", "--force-refresh"]).code(0);
}

#[test]
fn the_example_in_the_documentation_is_the_tested_one() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path| std::fs::read_to_string(folder.join(path)).unwrap();
    let tested = read("tests/integration/library/caller.rs");
    let document = read("src/lib.rs");
    let (_, rest) = document.split_once("//! ```no_run\n").unwrap();
    let (example, _) = rest.split_once("//! ```\n").unwrap();
    let lines: Vec<_> = example
        .lines()
        .map(|line| line.trim_start_matches("//!").trim())
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    assert_eq!(lines.len(), 3, "three lines: {lines:?}");
    for line in lines {
        assert!(
            tested.lines().any(|tested| tested.trim() == line),
            "`{line}` is not in the tested program"
        );
    }
    let readme = read("README.md").replace("cognito_login::", "");
    let (_, rest) = readme.split_once("```rust\n").unwrap();
    let (line, _) = rest.split_once("\n```\n").unwrap();
    assert!(
        tested.contains(line),
        "`{line}` is not in the tested program"
    );
}
