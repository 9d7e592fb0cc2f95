//! Standard output is the answer or it is empty: each verb whose output a program reads, in each kind of trouble.

use std::time::Duration;

use crate::aws_credentials;
use crate::support::pool::Pool;
use crate::support::service::Service;
use crate::support::terminal::Terminal;

/// The verbs that need a session. What `exec` runs would be seen.
const VERBS: [&[&str]; 6] = [
    &["token"],
    &["whoami"],
    &["aws-credentials"],
    &["kubernetes"],
    &["exec", "--", "sh", "-c", "echo ran"],
    &["curl", "--", "-sS", "https://api.example.invalid/"],
];
const LOGIN: &[&str] = &["login"];
const STATUS: &[&str] = &["status"];

/// A machine with everything these verbs want but a session.
fn machine(pool: &Pool) -> (Service, Terminal) {
    let identity_pool = aws_credentials::identity_pool(Duration::from_secs(3_600));
    let mut terminal = aws_credentials::terminal(pool, &identity_pool);
    terminal.with_system_path();
    (identity_pool, terminal)
}

/// Each of these ends with that code, says why on stderr in words and as one JSON object, and prints nothing.
#[track_caller]
fn fail<'a>(
    verbs: impl IntoIterator<Item = &'a &'a [&'a str]>,
    terminal: &Terminal,
    code: i32,
    kind: &str,
) {
    for verb in verbs {
        let said = terminal.run(verb).code(code).stdout("").stderr;
        assert!(said.starts_with("error: "), "{verb:?}: {said}");
        let (name, rest) = verb.split_first().unwrap();
        let ran = terminal
            .run(&[&[*name, "--json"], rest].concat())
            .code(code)
            .stdout("");
        assert_eq!(ran.json_error()["error"]["kind"], kind, "{verb:?}");
    }
}

#[test]
fn nobody_signed_in() {
    let pool = Pool::start();
    let (_identity_pool, terminal) = machine(&pool);
    fail(&VERBS, &terminal, 3, "sign_in_needed");
    let status = terminal.run(&["status", "--json"]).code(0).stderr("");
    assert_eq!(status.json()["profiles"][0]["signed_in"], false);
}

#[test]
fn a_sign_in_that_nobody_completes() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    for arguments in [
        &["login", "--timeout", "1s"][..],
        &["token", "--login", "--timeout", "1s"],
        &["login", "--timeout", "1s", "--json"],
    ] {
        terminal.run(arguments).code(6).stdout("");
    }
}

#[test]
fn a_pool_out_of_reach() {
    let pool = Pool::start_with(&[
        "--access-token-lifetime",
        "30s",
        "--id-token-lifetime",
        "30s",
    ]);
    let (_identity_pool, terminal) = machine(&pool);
    pool.sign_in(&terminal);
    pool.stop();
    fail(
        VERBS.iter().chain([&LOGIN]),
        &terminal,
        4,
        "connection_failed",
    );
    let status = terminal.run(&["status", "--json"]).code(0).stderr("");
    assert_eq!(status.json()["profiles"][0]["signed_in"], true);
}

#[test]
fn settings_that_are_wrong() {
    let pool = Pool::start();
    let (_identity_pool, terminal) = machine(&pool);
    pool.sign_in(&terminal);
    terminal.configure(&format!("{}clientid = \"abc\"\n", pool.profile()));
    let all = || VERBS.iter().chain([&LOGIN]);
    fail(all(), &terminal, 5, "profile_file_invalid");
    // What is kept is shown all the same.
    let status = terminal.run(&["status", "--json"]).code(0).stderr("");
    assert_eq!(status.json()["profiles"][0]["signed_in"], true);
    terminal.configure("[profiles.default\n");
    fail(all().chain([&STATUS]), &terminal, 5, "profile_file_invalid");
}

#[test]
fn a_command_line_that_is_wrong() {
    let pool = Pool::start();
    let (_identity_pool, terminal) = machine(&pool);
    pool.sign_in(&terminal);
    let wrong: Vec<Vec<&str>> = VERBS
        .iter()
        .chain([&LOGIN, &STATUS])
        .map(|verb| vec![verb[0], "--no-such-flag"])
        .chain([vec!["exec"], vec!["curl"]])
        .collect();
    let wrong: Vec<&[&str]> = wrong.iter().map(Vec::as_slice).collect();
    fail(&wrong, &terminal, 2, "usage");
}

#[cfg(target_os = "linux")]
#[test]
fn no_keyring() {
    let pool = Pool::start();
    let (_identity_pool, mut terminal) = machine(&pool);
    terminal.set("COGNITO_LOGIN_STORE", "keyring");
    let all = VERBS.iter().chain([&LOGIN]);
    fail(all, &terminal, 1, "keyring_absent");
    terminal.run(&["status", "--json"]).code(0).stderr("");
}

/// `exec` and `curl` hand the stream on; what becomes of it is for what they run to say.
#[cfg(unix)]
#[test]
fn an_output_that_is_closed_or_full() {
    let pool = Pool::start();
    let (_identity_pool, mut terminal) = machine(&pool);
    pool.sign_in(&terminal);
    terminal.set("PROGRAM", crate::support::terminal::PROGRAM);
    let shell = |script: &str| terminal.start_program("sh", &["-c", script]).finish();
    for verb in VERBS[..4].iter().chain([&STATUS]) {
        let verb = verb[0];
        let closed = format!("exec \"$PROGRAM\" {verb} >&-");
        shell(&closed).code(0).stdout("").stderr("");
        if std::path::Path::new("/dev/full").exists() {
            let ran = shell(&format!("exec \"$PROGRAM\" --json {verb} >/dev/full")).code(1);
            let error = &ran.json_error()["error"];
            assert_eq!(error["kind"], "stdout_not_writable", "{verb}");
        }
    }
    // What `login` keeps stays kept, whoever reads its answer.
    terminal.run(&["logout"]).code(0);
    let mut login = terminal.start_program("sh", &["-c", "exec \"$PROGRAM\" login >&-"]);
    let url = login.sign_in_url();
    crate::support::person::Person::new().sign_in(&url, pool.username(), pool.password());
    login.finish().code(0);
    terminal.run(&["token"]).code(0);
}
