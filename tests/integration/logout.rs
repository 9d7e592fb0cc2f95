//! `logout`: revoked at the pool, deleted here, and honest about what still lives.

use serde_json::json;

use crate::support::leaks::values;
use crate::support::person::Person;
use crate::support::pool::Pool;
use crate::support::tap::Tap;

const GOODBYE: &str = "\
Signed out of profile `default` on this machine.
Tokens already handed out stay valid at services that do not ask the pool, until [TIME] (in [WHEN]).
The browser may still be signed in at the login pages. To end that too, open:
[URL]
";

#[test]
fn the_session_is_revoked_and_deleted() {
    let pool = Pool::start();
    let tap = Tap::before(pool.domain());
    let mut terminal = pool.terminal();
    terminal.set("COGNITO_DOMAIN", tap.base());
    pool.sign_in(&terminal);
    let granted = tap
        .copied()
        .into_iter()
        .find(|seen| seen.place == "answer to POST /oauth2/token")
        .unwrap();
    let refresh_token = values(&granted.text, "refresh_token").remove(0);
    terminal.run(&["logout"]).code(0).stdout("").stderr(GOODBYE);
    let revoked = tap.requests("POST /oauth2/revoke").remove(0);
    assert!(
        revoked.contains(&format!("token={refresh_token}")),
        "{revoked}"
    );
    terminal.run(&["token"]).code(3);
    assert_eq!(
        terminal.run(&["status", "--json"]).json()["profiles"][0]["signed_in"],
        false
    );
    // The pool agrees: the refresh token is worth nothing now.
    let url = url::Url::parse(&format!("{}/oauth2/token", pool.domain())).unwrap();
    let form = format!(
        "grant_type=refresh_token&client_id={}&refresh_token={refresh_token}",
        pool.client_id()
    );
    let headers = [("Content-Type", "application/x-www-form-urlencoded")];
    let answer = crate::support::wire::send("POST", &url, &headers, form.as_bytes());
    assert_eq!(
        (answer.status, &answer.json()["error"]),
        (400, &json!("invalid_grant"))
    );
}

#[test]
fn nothing_kept_is_nothing_to_do() {
    let pool = Pool::start();
    pool.terminal()
        .run(&["logout"])
        .code(0)
        .stdout("")
        .stderr("Not signed in to profile `default`.\n");
}

#[test]
fn a_pool_out_of_reach_leaves_nothing_here_and_exit_4() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    pool.stop();
    let ran = terminal.run(&["logout"]).code(4).stdout("");
    assert!(
        ran.stderr
            .contains("signed out here, but the pool did not revoke the refresh token"),
        "{}",
        ran.stderr
    );
    terminal.run(&["token"]).code(3);
    terminal.run(&["logout"]).code(0);
}

#[test]
fn an_unreadable_session_is_deleted_too() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    for (path, _) in crate::support::leaks::files(&terminal.home().join("state")) {
        if path.extension().is_some_and(|kind| kind == "secret") {
            std::fs::write(path, "{").unwrap();
        }
    }
    terminal.run(&["logout"]).code(0);
    terminal.run(&["token"]).code(3);
    terminal
        .run(&["logout"])
        .code(0)
        .stderr("Not signed in to profile `default`.\n");
}

#[test]
fn the_printed_address_ends_the_browser_s_own_session() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    let mut browser = Person::new();
    let mut login = terminal.start(&["login"]);
    browser.sign_in(&login.sign_in_url(), pool.username(), pool.password());
    login.finish().code(0);
    let ran = terminal.run(&["logout"]).code(0);
    let address = ran.stderr.lines().last().unwrap().to_owned();
    browser.visit(&address);
    let mut login = terminal.start(&["login"]);
    let page = browser.visit(&login.sign_in_url());
    assert!(
        !page.forms().is_empty(),
        "the login pages still know the person: {}",
        page.words()
    );
}

#[test]
fn what_was_handed_out_is_not_forgotten_by_the_pool_but_refused() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    let access = terminal.run(&["token"]).code(0).stdout;
    terminal.run(&["logout"]).code(0);
    let url = url::Url::parse(&format!("{}/oauth2/userInfo", pool.domain())).unwrap();
    let bearer = format!("Bearer {}", access.trim());
    assert_eq!(
        crate::support::wire::send("GET", &url, &[("Authorization", &bearer)], b"").status,
        401
    );
}
