//! Every exit code of the table in the README, each by a command that a script could run.

use serde_json::json;

use crate::support::pool::Pool;
use crate::support::terminal::Terminal;

#[test]
fn usage_errors_are_2_and_ask_nobody() {
    let terminal = Terminal::new();
    for arguments in [
        &["no-such-command"][..],
        &["token", "--no-such-flag"],
        &["token", "--access", "--id"],
        &["token", "--min-ttl", "soon"],
        &["login", "--browser", "x", "--no-browser"],
        &["whoami", "--offline", "--claims"],
        &["sandbox", "--user", "nobody"],
    ] {
        let ran = terminal.run(arguments).code(2).stdout("");
        assert!(
            ran.stderr.starts_with("error: "),
            "{arguments:?}: {}",
            ran.stderr
        );
    }
    let json = terminal
        .run(&["token", "--json", "--no-such-flag"])
        .code(2)
        .json_error();
    assert_eq!(json["error"]["kind"], "usage");
}

#[test]
fn the_same_command_says_each_of_its_codes() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    terminal.run(&["token"]).code(3);
    pool.sign_in(&terminal);
    terminal.run(&["token"]).code(0);
    if cfg!(target_os = "linux") {
        // Elsewhere there is always a keyring.
        terminal.run(&["token", "--store", "keyring"]).code(1);
    }
    pool.quirk(json!({ "token": { "status": 500 } }));
    terminal.run(&["token", "--force-refresh"]).code(4);
    terminal
        .run(&["token", "--issuer", "http://example.com"])
        .code(5);
    terminal.run(&["login", "--timeout", "1s"]).code(6);
}

#[test]
fn errors_for_programs_are_one_object_with_the_same_words() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    let text = terminal.run(&["token"]).code(3).stderr;
    let json = terminal.run(&["token", "--json"]).code(3);
    assert_eq!(json.stderr.lines().count(), 1);
    let error = &json.json_error()["error"];
    assert_eq!(
        text.lines().next(),
        Some(format!("error: {}", error["message"].as_str().unwrap()).as_str())
    );
    assert_eq!(
        text.lines().last(),
        Some(format!("hint: {}", error["hint"].as_str().unwrap()).as_str())
    );
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let mut terminal = Terminal::new();
    terminal.with_system_path();
    let script = format!(
        "{} completions bash | head -n 1 >/dev/null; echo ${{PIPESTATUS[0]}}",
        crate::support::terminal::PROGRAM
    );
    let ran = std::process::Command::new("bash")
        .args(["-c", &script])
        .output()
        .unwrap();
    assert_eq!(
        String::from_utf8_lossy(&ran.stdout).trim(),
        "0",
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    assert!(
        ran.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
}

#[test]
fn colour_is_for_those_who_asked() {
    let pool = Pool::start();
    let mut terminal = pool.terminal();
    assert!(
        !terminal.run(&["token"]).stderr.contains('\u{1b}'),
        "no terminal, no colour"
    );
    assert!(
        terminal
            .run(&["token", "--color", "always"])
            .stderr
            .contains('\u{1b}')
    );
    terminal.set("CLICOLOR_FORCE", "1");
    assert!(terminal.run(&["token"]).stderr.contains('\u{1b}'));
    terminal.set("NO_COLOR", "1");
    assert!(!terminal.run(&["token"]).stderr.contains('\u{1b}'));
}
