//! The login pages of the sandbox, as a person walks them.

use crate::support::person::Person;
use crate::support::pool::Pool;
use crate::support::terminal::Terminal;

/// A login that waits, at a pool, with a person in front of its first page.
fn at_the_pages(
    pool: &Pool,
    terminal: &Terminal,
    arguments: &[&str],
) -> (crate::support::terminal::Running, Person) {
    let mut login = terminal.start(&[&["login"], arguments].concat());
    let mut person = Person::new();
    person.visit(&login.sign_in_url());
    assert!(person.page().url.as_str().starts_with(pool.domain()));
    (login, person)
}

#[test]
fn a_newcomer_signs_up_confirms_and_is_signed_in() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    let (login, mut person) = at_the_pages(&pool, &terminal, &["--signup"]);
    assert!(
        person.page().url.path().ends_with("/signup"),
        "{}",
        person.page().url
    );
    person.submit(&[
        ("username", "grace"),
        ("email", "grace@example.com"),
        ("name", "Grace Hopper"),
        ("password", "Compiler-1952"),
    ]);
    assert!(
        person.page().url.path().ends_with("/confirm"),
        "{}",
        person.page().url
    );
    person.submit(&[("code", "000000")]);
    assert!(
        person.page().url.path().ends_with("/confirm"),
        "a wrong code was taken: {}",
        person.page().words()
    );
    let page = person.submit(&[("code", &pool.code_for("grace"))]).words();
    assert!(
        page.starts_with("Signed in as Grace Hopper (grace@example.com)"),
        "{page}"
    );
    login.finish().code(0);
    assert!(
        terminal
            .run(&["whoami"])
            .code(0)
            .stdout
            .contains("grace@example.com")
    );
}

#[test]
fn a_link_leads_from_sign_in_to_sign_up_and_back() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    let (_login, mut person) = at_the_pages(&pool, &terminal, &[]);
    person.follow("Create an account");
    assert!(person.page().url.path().ends_with("/signup"));
    person.follow("Sign in");
    let page = person
        .submit(&[("username", pool.username()), ("password", pool.password())])
        .words();
    assert!(
        page.starts_with("Signed in as"),
        "the request was lost on the way: {page}"
    );
}

#[test]
fn a_forgotten_password_is_replaced() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    let (login, mut person) = at_the_pages(&pool, &terminal, &[]);
    person.follow("Forgot your password?");
    person.submit(&[("username", pool.username())]);
    person.submit(&[
        ("code", &pool.code_for(pool.username())),
        ("password", "Difference-1822"),
    ]);
    assert!(
        person.page().url.path().ends_with("/login"),
        "{}",
        person.page().words()
    );
    person.submit(&[("username", pool.username()), ("password", pool.password())]);
    assert!(
        !person.page().forms().is_empty(),
        "the old password still works"
    );
    let page = person
        .submit(&[
            ("username", pool.username()),
            ("password", "Difference-1822"),
        ])
        .words();
    assert!(page.starts_with("Signed in as"), "{page}");
    login.finish().code(0);
}

#[test]
fn a_wrong_password_and_an_unknown_name_look_the_same() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    let (_login, mut person) = at_the_pages(&pool, &terminal, &[]);
    let known = person
        .submit(&[("username", pool.username()), ("password", "wrong")])
        .words();
    let unknown = person
        .submit(&[("username", "nobody"), ("password", "wrong")])
        .words();
    assert_eq!(known, unknown);
    assert!(
        known.contains("Incorrect user name or password."),
        "{known}"
    );
}

#[test]
fn the_hint_fills_the_name_in() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    let (_login, person) = at_the_pages(&pool, &terminal, &["--login-hint", "ada@example.com"]);
    assert!(
        person.page().html.contains("value=\"ada@example.com\""),
        "{}",
        person.page().html
    );
}

#[test]
fn the_ready_line_is_one_line_of_json_and_the_log_is_on_standard_error() {
    let pool = Pool::start_with(&["--client-secret"]);
    let ready = pool.ready();
    for name in [
        "issuer",
        "domain",
        "user_pool_id",
        "client_id",
        "client_secret",
    ] {
        assert!(ready[name].is_string(), "{name}: {ready}");
    }
    assert!(!pool.issuer().ends_with('/') && !pool.domain().ends_with('/'));
    assert!(
        ready["redirect_uris"]
            .as_array()
            .unwrap()
            .iter()
            .any(|uri| uri == "http://localhost:3000")
    );
    let terminal = pool.terminal();
    let mut login = terminal.start(&["login", "--signup"]);
    let mut person = Person::new();
    person.visit(&login.sign_in_url());
    person.submit(&[
        ("username", "grace"),
        ("email", "grace@example.com"),
        ("password", "Compiler-1952"),
    ]);
    let code = pool.code_for("grace");
    let log = pool.log();
    assert!(log.contains(&code), "the code is not in the log: {log}");
}

#[test]
fn a_taken_port_is_named() {
    let held = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = held.local_addr().unwrap().port().to_string();
    let ran = Terminal::new()
        .run(&["sandbox", "--port", &port])
        .code(1)
        .stdout("");
    assert!(
        ran.stderr.contains(&port) && ran.stderr.contains("--port 0"),
        "{}",
        ran.stderr
    );
}
