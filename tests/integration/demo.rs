//! `demo`: the whole thing without an account, a browser or a keyring.

use std::net::TcpListener;

use crate::support::person::Person;
use crate::support::terminal::Terminal;

/// A machine that has no browser: Linux without a display, and any other that says so.
fn machine() -> Terminal {
    let mut terminal = Terminal::new();
    if !cfg!(target_os = "linux") {
        terminal.set("BROWSER", "none");
    }
    terminal
}

#[test]
fn without_a_browser_it_plays_the_person_and_says_so() {
    let terminal = machine();
    let ran = terminal.run(&["demo"]).code(0);
    assert!(
        ran.stdout.contains("email           ada@example.com\n"),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stderr.contains("this demo plays the person"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr
            .contains("Signed in as Ada Lovelace (ada@example.com)"),
        "{}",
        ran.stderr
    );
}

#[test]
fn it_leaves_nothing_behind_whatever_the_store() {
    let terminal = machine();
    for store in ["keyring", "file", "none"] {
        terminal.run(&["demo", "--store", store]).code(0);
    }
    let left: Vec<_> = crate::support::leaks::files(terminal.home())
        .into_iter()
        .map(|(path, _)| path)
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn settings_and_busy_ports_of_this_machine_do_not_matter() {
    let mut terminal = machine();
    terminal
        .set("COGNITO_USER_POOL_ID", "us-east-1_AbCdEf123")
        .set("COGNITO_CLIENT_ID", "1x")
        .set("COGNITO_DOMAIN", "x");
    let _held = TcpListener::bind("127.0.0.1:3000"); // ours or another's: taken either way
    let ran = terminal.run(&["demo", "--json"]).code(0);
    assert_eq!(ran.json()["email"], "ada@example.com");
}

#[test]
fn with_a_browser_the_person_signs_in() {
    let mut terminal = Terminal::new();
    terminal.with_system_path();
    let mut demo = terminal.start(&["demo", "--browser", "true"]);
    let told = demo.line(|line| line.starts_with("Sign in there as"));
    let mut told = told.split('`').skip(1).step_by(2);
    let (username, password) = (
        told.next().unwrap().to_owned(),
        told.next().unwrap().to_owned(),
    );
    Person::new().sign_in(&demo.sign_in_url(), &username, &password);
    demo.finish().code(0);
}
