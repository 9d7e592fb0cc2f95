//! Sign-ins that do not come about: settings that are wrong, pools that refuse, persons who do not come.

use serde_json::json;

use crate::support::person::Person;
use crate::support::pool::Pool;
use crate::support::port::is_free;
use crate::support::terminal::Terminal;

#[test]
fn a_denied_sign_in_is_said_on_both_sides() {
    let pool = Pool::start();
    let mut login = pool.terminal().start(&["login"]);
    let url = url::Url::parse(&login.sign_in_url()).unwrap();
    let state = url
        .query_pairs()
        .find(|(name, _)| name == "state")
        .unwrap()
        .1
        .into_owned();
    let denied = format!(
        "{}/?error=access_denied&error_description=not%20today%1b%5b2J&state={state}",
        pool.redirect()
    );
    let mut person = Person::new();
    let page = person.visit(&denied).html.clone();
    let ran = login.finish().code(6);
    assert!(ran.stderr.contains("not today [2J"), "{}", ran.stderr);
    assert!(ran.stderr.contains("\nhint: "), "{}", ran.stderr);
    assert!(
        page.contains("not today") && !page.contains('\u{1b}'),
        "{page}"
    );
    assert!(person.page().url.query().is_none(), "{}", person.page().url);
}

#[test]
fn a_person_who_does_not_come_ends_with_what_the_browser_may_have_shown() {
    let pool = Pool::start();
    let ran = pool.terminal().run(&["login", "--timeout", "1s"]).code(6);
    for part in [
        "redirect_mismatch",
        &pool.redirect(),
        "Login pages unavailable",
    ] {
        assert!(ran.stderr.contains(part), "no `{part}` in {}", ran.stderr);
    }
    assert!(is_free(pool.port()));
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_at_once_with_its_code_and_frees_the_port() {
    for (signal, code) in [(libc::SIGINT, 130), (libc::SIGTERM, 143)] {
        let pool = Pool::start();
        let mut login = pool.terminal().start(&["login"]);
        login.sign_in_url();
        login.line(|line| line.starts_with("Waiting"));
        login.signal(signal);
        let ran = login.finish().code(code);
        assert_eq!(ran.stdout, "");
        assert!(is_free(pool.port()));
    }
}

#[test]
fn a_busy_port_is_named_and_a_second_redirect_is_taken_instead() {
    let pool = Pool::start();
    for host in ["127.0.0.1", "::1"] {
        let Ok(_holder) = std::net::TcpListener::bind((host, pool.port())) else {
            continue; // a machine without IPv6 has no second family
        };
        let ran = pool.terminal().run(&["login"]).code(1);
        let first = format!(
            "error: port {} of `{}` is taken\n",
            pool.port(),
            pool.redirect()
        );
        assert!(ran.stderr.starts_with(&first), "{}", ran.stderr);
        assert!(ran.stderr.contains("\nhint: "), "{}", ran.stderr);
        let both = [
            "login",
            "--redirect-uri",
            &pool.redirect(),
            "--redirect-uri",
            &pool.second_redirect(),
        ];
        let mut login = pool.terminal().start(&both);
        let url = login.sign_in_url();
        Person::new().sign_in(&url, pool.username(), pool.password());
        login.finish().code(0);
    }
}

#[test]
fn a_redirect_that_is_not_registered_is_told_before_any_browser() {
    let pool = Pool::start();
    let wrong = format!("{}/", pool.redirect());
    let ran = pool
        .terminal()
        .run(&["login", "--redirect-uri", &wrong])
        .code(5);
    assert!(
        ran.stderr.contains(&wrong) && ran.stderr.contains("Allowed callback URLs"),
        "{}",
        ran.stderr
    );
    let kind = pool
        .terminal()
        .run(&["login", "--json", "--redirect-uri", &wrong])
        .code(5)
        .json_error();
    assert_eq!(kind["error"]["kind"], "redirect_mismatch");
}

#[test]
fn a_bad_scope_is_told_before_any_browser() {
    let pool = Pool::start();
    let ran = pool
        .terminal()
        .run(&["login", "--json", "--scope", "openid offline_access"])
        .code(5);
    assert_eq!(ran.json_error()["error"]["kind"], "invalid_scope");
    assert!(ran.stderr.contains("offline_access"), "{}", ran.stderr);
}

#[test]
fn no_app_client_of_that_name_is_a_matter_of_settings() {
    let pool = Pool::start();
    pool.terminal()
        .run(&["login", "--client-id", "0nobody"])
        .code(5);
}

#[test]
fn a_missing_or_wrong_client_secret_is_a_matter_of_settings() {
    let pool = Pool::start_with(&["--client-secret"]);
    for secret in [None, Some("wrongwrongwrongwrongwrong")] {
        let mut terminal = pool.terminal();
        if let Some(secret) = secret {
            terminal.set("COGNITO_CLIENT_SECRET", secret);
        }
        let mut login = terminal.start(&["login", "--json"]);
        let url = login.sign_in_url();
        let page = Person::new()
            .sign_in(&url, pool.username(), pool.password())
            .words();
        assert!(
            !page.contains("Signed in as"),
            "the page claims what is not so: {page}"
        );
        let ran = login.finish().code(5);
        assert!(ran.stderr.contains("invalid_client"), "{}", ran.stderr);
        assert!(!ran.stderr.contains("wrongwrong"), "{}", ran.stderr);
    }
}

#[cfg(target_os = "linux")] // elsewhere there is always a keyring
#[test]
fn without_a_keyring_no_browser_opens() {
    let pool = Pool::start();
    let ran = pool
        .terminal()
        .run(&["login", "--store", "keyring"])
        .code(1);
    assert!(
        !ran.stderr.contains("http://"),
        "the person was sent away for nothing: {}",
        ran.stderr
    );
    assert!(
        ran.stderr.contains("\nhint: ") && ran.stderr.contains("COGNITO_LOGIN_STORE=file"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_place_that_cannot_be_written_is_told_before_any_browser() {
    let pool = Pool::start();
    let mut terminal = pool.terminal();
    let file = terminal.write("a-file", "");
    for name in ["XDG_STATE_HOME", "LOCALAPPDATA"] {
        terminal.set(name, file.join("below"));
    }
    let ran = terminal.run(&["login"]).code(1);
    assert!(!ran.stderr.contains("/oauth2/authorize"), "{}", ran.stderr);
}

#[test]
fn a_pool_that_does_not_answer_is_unreachable() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    pool.stop();
    let ran = terminal.run(&["login", "--json"]).code(4);
    let error = &ran.json_error()["error"];
    assert_eq!(error["kind"], "connection_failed");
    let hint = error["hint"].as_str().unwrap();
    assert!(hint.ends_with("cognito-login sandbox"), "{hint}");
}

#[test]
fn a_busy_pool_is_unreachable_and_one_that_answers_html_says_so() {
    let pool = Pool::start();
    for (order, code) in [
        (json!({ "token": { "status": 503 } }), 4),
        (json!({ "token": { "status": 429, "retry_after": 0 } }), 4),
        (
            json!({ "token": { "status": 403, "body": "<html>Request not allowed due to WAF block</html>" } }),
            4,
        ),
        (
            json!({ "token": { "status": 200, "body": "<html>hello</html>" } }),
            4,
        ),
        (
            json!({ "token": { "status": 200, "bytes": 10_000_000 } }),
            4,
        ),
        (json!({ "jwks": { "status": 200, "bytes": 10_000_000 } }), 4),
        (json!({ "token": { "hang_up": "mid_body" } }), 4),
    ] {
        pool.quirk(json!({ "reset": true }));
        pool.quirk(order.clone());
        let terminal = pool.terminal();
        let mut login = terminal.start(&["login"]);
        let url = login.sign_in_url();
        let page = Person::new()
            .sign_in(&url, pool.username(), pool.password())
            .words();
        assert!(!page.contains("Signed in as"), "{order}: {page}");
        let ran = login.finish();
        assert_eq!(ran.code, code, "{order}: {}", ran.stderr);
        assert!(ran.stderr.len() < 4_000, "{order}: a page was poured out");
        terminal.run(&["token"]).code(3);
    }
}

#[test]
fn someone_else_s_user_info_is_not_shown_as_mine() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    pool.quirk(json!({ "userinfo": { "merge": { "sub": "someone-else" } } }));
    let ran = terminal.run(&["whoami"]);
    assert_ne!(ran.code, 0);
    assert_eq!(ran.stdout, "");
}

#[test]
fn nothing_configured_says_what_to_set() {
    let ran = Terminal::new().run(&["login"]).code(5);
    assert!(
        ran.stderr.starts_with("error: ") && ran.stderr.contains("\nhint: "),
        "{}",
        ran.stderr
    );
}
