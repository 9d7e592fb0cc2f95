//! `exec`: a program with the tokens in its environment, in place of this one.
#![cfg(unix)]

use crate::support::pool::Pool;
use crate::support::terminal::Terminal;

fn signed_in() -> (Pool, Terminal) {
    let pool = Pool::start();
    let mut terminal = pool.terminal();
    terminal.with_system_path();
    pool.sign_in(&terminal);
    (pool, terminal)
}

fn shell(script: &str) -> Vec<&str> {
    vec!["exec", "--", "sh", "-c", script]
}

#[test]
fn the_program_gets_both_tokens_and_their_end() {
    let (pool, terminal) = signed_in();
    pool.stop();
    let token = |arguments: &[&str]| terminal.run(arguments).code(0).stdout.trim_end().to_owned();
    let (access, id) = (token(&["token"]), token(&["token", "--id"]));
    let script = "printf '%s\\n' \"$COGNITO_ACCESS_TOKEN\" \"$COGNITO_ID_TOKEN\" \"$COGNITO_TOKEN_EXPIRES_AT\"";
    terminal
        .run(&shell(script))
        .code(0)
        .stdout(&format!("{access}\n{id}\n[TIME]\n"))
        .stderr("");
}

#[test]
fn its_exit_code_is_the_exit_code() {
    let (_pool, terminal) = signed_in();
    for code in [0, 1, 42, 255] {
        terminal.run(&shell(&format!("exit {code}"))).code(code);
    }
    terminal.run(&shell("kill -KILL $$")).code(128 + 9);
}

#[test]
fn it_is_the_same_process_so_a_signal_reaches_it() {
    let (_pool, terminal) = signed_in();
    let mut running = terminal.start(&shell(
        "trap 'echo caught; exit 9' TERM; echo ready; while :; do read -r _ || :; done",
    ));
    running.line(|line| line == "ready");
    running.signal(libc::SIGTERM);
    running.write("\n");
    running.line(|line| line == "caught");
    running.finish().code(9);
}

#[test]
fn its_streams_are_ours() {
    let (_pool, terminal) = signed_in();
    terminal
        .run_with_input(&["exec", "cat"], "a\0b\n")
        .code(0)
        .stdout("a\0b\n")
        .stderr("");
    terminal
        .run(&shell("echo oh >&2"))
        .code(0)
        .stdout("")
        .stderr("oh\n");
    // With SIGPIPE ignored, as Rust programs have it, `yes` would complain of a broken pipe.
    terminal
        .run(&shell("yes | head -n 1"))
        .code(0)
        .stdout("y\n")
        .stderr("");
}

#[test]
fn what_follows_the_program_is_its_own() {
    let (_pool, terminal) = signed_in();
    for arguments in [
        &["exec", "echo", "--json", "-q", "--", "--help"][..],
        &["exec", "--", "echo", "--json", "-q", "--", "--help"],
    ] {
        terminal
            .run(arguments)
            .code(0)
            .stdout("--json -q -- --help\n");
    }
}

#[test]
fn no_program_is_127_and_one_that_cannot_run_is_126() {
    let (_pool, terminal) = signed_in();
    let missing = terminal
        .run(&["exec", "--", "no-such-program"])
        .code(127)
        .stdout("");
    missing.stderr(
        "error: there is no program `no-such-program`\nhint: check its spelling and PATH\n",
    );
    let text = terminal.write("text", "no program\n");
    let ran = terminal
        .run(&["exec", "--json", "--", text.to_str().unwrap()])
        .code(126)
        .stdout("");
    assert_eq!(ran.json_error()["error"]["kind"], "command_not_executable");
    let script = terminal.write("script", "#!/no/such/interpreter\n");
    std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    terminal.run(&["exec", "./script"]).code(126).stdout("");
    terminal.run(&["exec"]).code(2).stdout("");
}

#[test]
fn nobody_signed_in_runs_nothing() {
    let pool = Pool::start();
    let mut terminal = pool.terminal();
    terminal.with_system_path();
    let ran = terminal
        .run(&shell("echo ran; touch ran"))
        .code(3)
        .stdout("");
    assert!(
        ran.stderr.ends_with("hint: cognito-login login\n"),
        "{}",
        ran.stderr
    );
    assert!(!terminal.home().join("ran").exists());
}

#[test]
fn both_tokens_are_good_when_the_program_starts() {
    let pool = Pool::start_with(&["--id-token-lifetime", "30s"]);
    let mut terminal = pool.terminal();
    terminal.with_system_path();
    pool.sign_in(&terminal);
    pool.rule("id_token_seconds", 3600);
    let before = terminal
        .run(&["token", "--id", "--min-ttl", "1s"])
        .code(0)
        .stdout;
    let ran = terminal.run(&shell("echo $COGNITO_ID_TOKEN")).code(0);
    assert_ne!(
        ran.stdout, before,
        "half a minute is not enough for a program to work with"
    );
    assert_eq!(pool.refreshes(), 1);
}
