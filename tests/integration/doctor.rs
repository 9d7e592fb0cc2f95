//! `doctor`: every check by its name, all of them whatever fails, each failure with what to do, and nothing private.

use std::net::TcpListener;

use serde_json::{Value, json};

use crate::support::liar::{self, Liar};
use crate::support::pool::Pool;
use crate::support::terminal::{Ran, Terminal};
use crate::support::wire;

fn checks(ran: &Ran) -> Vec<Value> {
    let report = ran.json();
    let checks = report["checks"].as_array().unwrap().clone();
    let ok = checks.iter().all(|check| check["ok"] == json!(true));
    assert_eq!(report["ok"], json!(ok), "{report}");
    for check in &checks {
        let hint = check["ok"] == json!(true) || check["hint"].is_string();
        assert!(hint, "it does not say what to do: {check}");
    }
    checks
}

/// The names of the checks, those that failed with a `!` behind.
fn verdicts(ran: &Ran) -> Vec<String> {
    let verdict = |check: &Value| {
        let failed = if check["ok"] == json!(true) { "" } else { "!" };
        format!("{}{failed}", check["name"].as_str().unwrap())
    };
    checks(ran).iter().map(verdict).collect()
}

fn detail<'a>(checks: &'a [Value], name: &str) -> &'a str {
    let check = checks.iter().find(|check| check["name"] == name);
    check.unwrap_or_else(|| panic!("no `{name}`"))["detail"]
        .as_str()
        .unwrap()
}

#[test]
fn whoever_is_well_is_told_so() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    let ran = terminal.run(&["doctor", "--json"]).code(0).stderr("");
    let names = [
        "program",
        "settings",
        "store",
        "user pool",
        "domain",
        "clock",
        "login pages",
        "listener",
        "browser",
        "session",
    ];
    assert_eq!(verdicts(&ran), names);
    let found = checks(&ran);
    for (name, part) in [
        ("settings", "issuer (file)"),
        ("store", "5000 bytes"),
        ("user pool", pool.issuer()),
        ("domain", pool.domain()),
        ("login pages", &pool.redirect()),
        ("listener", &pool.redirect()),
        ("session", "signed in; the access token ends in "),
    ] {
        assert!(detail(&found, name).contains(part), "{name}: {found:?}");
    }
    let text = terminal.run(&["doctor"]).code(0).stderr("").stdout;
    assert_eq!(text.lines().count(), names.len());
    assert!(
        text.lines().all(|line| line.starts_with("ok      ")),
        "{text}"
    );
}

#[test]
fn whatever_fails_the_rest_is_examined() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    let _holder = TcpListener::bind(("127.0.0.1", pool.port())).unwrap();
    let unregistered = "http://localhost:1";
    pool.quirk(json!({ "rules": { "branding": false } }));
    let args = [
        "doctor",
        "--json",
        "--redirect-uri",
        &pool.redirect(),
        "--redirect-uri",
        unregistered,
    ];
    let ran = terminal.run(&args).code(1);
    let failed: Vec<_> = verdicts(&ran)
        .into_iter()
        .filter(|name| name.ends_with('!'))
        .collect();
    assert_eq!(failed[..3], ["login pages!", "login pages!", "listener!"]);

    pool.stop();
    std::fs::remove_dir_all(terminal.home().join("state")).unwrap();
    terminal.write("state", "a file where a folder belongs");
    let ran = terminal.run(&["doctor", "--json"]).code(1);
    let verdicts = verdicts(&ran);
    assert_eq!(
        verdicts,
        [
            "program",
            "settings",
            "store!",
            "user pool!",
            "listener!",
            "browser",
            "session"
        ]
    );
}

#[test]
fn settings_that_cannot_be_are_a_finding_too() {
    let terminal = Terminal::new();
    terminal.configure("[profiles.default]\nuser_pool_id = 7\n");
    let ran = terminal.run(&["doctor", "--json"]).code(1);
    assert_eq!(verdicts(&ran), ["program", "settings!"]);
    assert!(
        detail(&checks(&ran), "settings").contains("config.toml:2"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_clock_that_is_wrong_and_a_key_set_without_keys_are_found() {
    let pool = Pool::start();
    let keys = wire::get(&format!("{}/.well-known/jwks.json", pool.issuer())).text();
    let long_ago = "Date: Mon, 02 Feb 2015 10:00:00 GMT\r\n";
    for (headers, body, failed) in [
        (long_ago, keys, "clock!"),
        ("", "{\"keys\":[]}".to_owned(), "user pool!"),
    ] {
        let liar = Liar::before(pool.domain(), move |what| {
            let lie = || liar::answer("200 OK", headers, body.as_bytes());
            what.ends_with("/jwks.json").then(lie)
        });
        let issuer = pool.issuer().replace(pool.domain(), liar.base());
        pool.quirk(json!({ "discovery": { "merge": { "issuer": issuer } } }));
        let mut terminal = pool.terminal();
        terminal.set("COGNITO_ISSUER", issuer);
        terminal.set("COGNITO_DOMAIN", pool.domain());
        let ran = terminal.run(&["doctor", "--json"]).code(1);
        assert!(
            verdicts(&ran).contains(&failed.to_owned()),
            "{}",
            ran.stdout
        );
    }
}

/// Six redirect URIs whose login pages never answer take no longer than one: six times twelve seconds are more than the
/// minute a program has in these tests.
#[test]
fn login_pages_that_never_answer_do_not_hold_it_up() {
    let pool = Pool::start();
    let silent = Liar::before(pool.domain(), |what| {
        if what != "GET /oauth2/authorize" {
            return None;
        }
        loop {
            std::thread::park();
        }
    });
    let mut terminal = pool.terminal();
    terminal.set("COGNITO_DOMAIN", silent.base());
    let uris: Vec<String> = (1..=6)
        .map(|port| format!("http://localhost:{port}"))
        .collect();
    terminal.set("COGNITO_REDIRECT_URI", uris.join(" "));
    let ran = terminal.run(&["doctor", "--json"]).code(1);
    let unanswered = verdicts(&ran)
        .iter()
        .filter(|name| *name == "login pages!")
        .count();
    assert_eq!(unanswered, 6, "{}", ran.stdout);
}

#[test]
fn what_it_says_to_a_program_can_be_posted() {
    let pool = Pool::start_with(&["--client-secret"]);
    let mut terminal = pool.terminal();
    terminal.set("COGNITO_CLIENT_SECRET", pool.client_secret());
    terminal.set("HTTPS_PROXY", "http://proxyuser:proxysecret@192.0.2.1:3128");
    pool.sign_in(&terminal);
    let ran = terminal.run(&["doctor", "--json"]);
    let home = terminal.home().to_str().unwrap();
    for private in [
        pool.client_secret(),
        pool.username(),
        "ada@example.com",
        "proxysecret",
        "proxyuser",
        home,
    ] {
        assert!(
            !ran.stdout.contains(private),
            "{private} is in {}",
            ran.stdout
        );
    }
    assert!(
        ran.stdout.contains("owner-only files in ~/"),
        "{}",
        ran.stdout
    );
}
