//! Signing in on another machine's browser: the address it ended at is pasted into the terminal.

use std::process::Stdio;

use url::Url;

use crate::support::person::Person;
use crate::support::pool::Pool;
use crate::support::terminal::Running;

/// Signs in in a browser that cannot reach the redirect address, and returns the address it ended at.
fn ended_at(pool: &Pool, login: &mut Running) -> Url {
    let mut person = Person::new();
    person.visit(&login.sign_in_url());
    person.submit_until_sent_to(
        &[("username", pool.username()), ("password", pool.password())],
        &pool.redirect(),
    )
}

#[test]
fn the_whole_address_the_query_and_the_bare_code_are_taken() {
    for form in [
        "address",
        "query",
        "question mark",
        "code",
        "spaces",
        "marks",
    ] {
        let pool = Pool::start();
        let mut login = pool.terminal().start(&["login"]);
        let url = ended_at(&pool, &mut login);
        let code = url
            .query_pairs()
            .find(|(name, _)| name == "code")
            .unwrap()
            .1
            .into_owned();
        let pasted = match form {
            "address" => url.to_string(),
            "query" => url.query().unwrap().to_owned(),
            "question mark" => format!("?{}", url.query().unwrap()),
            "spaces" => format!("  {url}  "),
            "marks" => format!("\x1b[200~{url}\x1b[201~"),
            _ => code,
        };
        login.write(&format!("{pasted}\n"));
        let ran = login.finish().code(0);
        assert!(
            ran.stderr.contains("Signed in as Ada Lovelace"),
            "{form}: {}",
            ran.stderr
        );
    }
}

#[test]
fn a_wrong_paste_is_said_and_the_next_one_counts() {
    let pool = Pool::start();
    let mut login = pool.terminal().start(&["login"]);
    let url = ended_at(&pool, &mut login);
    let stranger = url.to_string().replace("state=", "state=x");
    for wrong in ["what?", "http://localhost/", &stranger] {
        login.write(&format!("{wrong}\n"));
        login.line(|line| line.starts_with("That is not it: "));
    }
    login.write(&format!("{url}\n"));
    login.finish().code(0);
}

#[test]
fn an_address_without_the_state_is_refused() {
    let pool = Pool::start();
    let mut login = pool.terminal().start(&["login"]);
    let mut url = ended_at(&pool, &mut login);
    let whole = url.to_string();
    let code = url
        .query_pairs()
        .find(|(name, _)| name == "code")
        .unwrap()
        .1
        .into_owned();
    url.set_query(Some(&format!("code={code}")));
    login.write(&format!("{url}\n"));
    login.line(|line| line.starts_with("That is not it: "));
    login.write(&format!("{whole}\n"));
    login.finish().code(0);
}

#[test]
fn a_closed_standard_input_ends_nothing() {
    let pool = Pool::start();
    for input in ["closed", "null"] {
        let terminal = pool.terminal();
        let mut login = match input {
            "closed" => {
                let mut login = terminal.start(&["login"]);
                login.close_input();
                login
            }
            _ => terminal.start_with(&["login"], Stdio::null()),
        };
        Person::new().sign_in(&login.sign_in_url(), pool.username(), pool.password());
        login.finish().code(0);
    }
}

#[test]
fn pasting_and_listening_race_and_the_port_of_a_forwarded_session_works_too() {
    let pool = Pool::start();
    let mut terminal = pool.terminal();
    terminal.set("SSH_CONNECTION", "10.0.0.2 50000 10.0.0.1 22");
    let mut login = terminal.start(&["login"]);
    let url = login.sign_in_url();
    let forward = login.line(|line| line.contains("ssh -L"));
    assert!(
        forward.ends_with(&format!("ssh -L {0}:localhost:{0} 10.0.0.1", pool.port())),
        "{forward}"
    );
    Person::new().sign_in(&url, pool.username(), pool.password());
    login.finish().code(0);
}

/// A read in the background fails; the person may bring the login back, and paste then.
#[cfg(target_os = "linux")]
#[test]
fn a_login_that_was_in_the_background_takes_a_paste_again() {
    use crate::support::seat::Seat;
    use crate::support::terminal::PROGRAM;

    let pool = Pool::start();
    let mut terminal = pool.terminal();
    terminal.with_system_path().set("PS1", "$ ");
    let mut seat = Seat::take_for(&terminal, "bash", &["--norc", "--noediting", "-i"]);
    seat.at("$ ", &format!("{PROGRAM} login\n"));
    seat.at("Waiting for", "\u{1a}");
    seat.at("Stopped", "bg\n");
    seat.at(" &\r\n", "echo still \"here\"\n");
    seat.at("still here", "fg\n");
    seat.at("login\r\n", "no answer\n");
    seat.at("That is not it", "\u{3}");
    seat.at("interrupted", "exit\n");
}
