//! `token`: a token that is still good, and nothing else on standard output.

use serde_json::{Value, json};

use crate::support::person::Person;
use crate::support::pool::Pool;
use crate::support::tap::Tap;
use crate::support::terminal::{Ran, Terminal};

/// The claims of a signed token, read without any check.
fn claims(token: &str) -> Value {
    use base64::Engine;
    let part = token.trim().split('.').nth(1).expect("three parts");
    serde_json::from_slice(
        &base64::engine::general_purpose::URL_SAFE_NO_PAD
            .decode(part)
            .unwrap(),
    )
    .unwrap()
}

fn only_a_token(ran: Ran) -> String {
    let token = ran
        .stdout
        .strip_suffix('\n')
        .expect("one newline at the end");
    assert_eq!(token.split('.').count(), 3, "{token}");
    assert!(!token.contains(char::is_whitespace), "{token}");
    assert_eq!(ran.stderr, "");
    token.to_owned()
}

#[test]
fn a_good_token_is_printed_without_asking_anyone() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    pool.stop();
    let token = only_a_token(terminal.run(&["token"]).code(0));
    assert_eq!(claims(&token)["token_use"], "access");
    assert_eq!(
        only_a_token(terminal.run(&["token", "--access"]).code(0)),
        token
    );
    assert_eq!(
        claims(&only_a_token(terminal.run(&["token", "--id"]).code(0)))["token_use"],
        "id"
    );
}

#[test]
fn header_and_json_are_forms_of_the_same_token() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    let token = only_a_token(terminal.run(&["token"]).code(0));
    terminal
        .run(&["token", "--header"])
        .code(0)
        .stdout(&format!("Authorization: Bearer {token}\n"));
    let json = terminal.run(&["token", "--json"]).code(0).json();
    let mut names: Vec<_> = json
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    assert_eq!(
        names,
        ["expires_at", "scope", "token", "token_type", "token_use"]
    );
    assert_eq!(json["token"], json!(token));
    assert_eq!(
        (&json["token_use"], &json["token_type"]),
        (&json!("access"), &json!("Bearer"))
    );
    assert_eq!(json["scope"], "openid email profile");
    assert!(
        crate::support::expect::matches(json["expires_at"].as_str().unwrap(), "[TIME]"),
        "{json}"
    );
    let json = terminal.run(&["token", "--id", "--json"]).code(0).json();
    assert_eq!(json["token_use"], "id");
}

#[test]
fn nobody_signed_in_is_exit_3_with_the_command_to_type() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    let ran = terminal.run(&["token"]).code(3).stdout("");
    assert!(
        ran.stderr.ends_with("hint: cognito-login login\n"),
        "{}",
        ran.stderr
    );
    let json = terminal
        .run(&["token", "--json"])
        .code(3)
        .stdout("")
        .json_error();
    assert_eq!(json["error"]["kind"], "sign_in_needed");
    assert_eq!(json["error"]["hint"], "cognito-login login");
}

#[test]
fn the_command_to_type_names_the_profile_and_the_file() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    terminal.configure(&pool.profile().replace("profiles.default", "profiles.work"));
    let ran = terminal.run(&["token", "--profile", "work"]).code(3);
    assert!(
        ran.stderr
            .ends_with("hint: cognito-login login --profile work\n"),
        "{}",
        ran.stderr
    );
}

#[test]
fn an_ending_token_is_renewed_and_the_kept_one_is_the_printed_one() {
    let pool = Pool::start_with(&["--access-token-lifetime", "50s"]);
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    let first = only_a_token(terminal.run(&["token", "--min-ttl", "10s"]).code(0));
    pool.rule("access_token_seconds", 3600);
    let second = only_a_token(terminal.run(&["token"]).code(0));
    assert_ne!(first, second, "50 seconds are less than the usual minute");
    assert_eq!(only_a_token(terminal.run(&["token"]).code(0)), second);
    assert_eq!(pool.refreshes(), 1);
}

#[test]
fn each_token_is_renewed_by_its_own_end() {
    let pool = Pool::start_with(&["--id-token-lifetime", "5m"]);
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    terminal.run(&["token", "--min-ttl", "10m"]).code(0);
    assert_eq!(pool.refreshes(), 0);
    pool.rule("id_token_seconds", 3600);
    terminal.run(&["token", "--id", "--min-ttl", "10m"]).code(0);
    assert_eq!(pool.refreshes(), 1);
}

#[test]
fn more_time_than_the_pool_grants_is_an_error_and_not_a_short_token() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    let ran = terminal
        .run(&["token", "--min-ttl", "2h"])
        .code(5)
        .stdout("");
    assert!(ran.stderr.contains("`--min-ttl`"), "{}", ran.stderr);
}

#[test]
fn a_forced_refresh_renews_a_good_token() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    let first = only_a_token(terminal.run(&["token"]).code(0));
    let second = only_a_token(terminal.run(&["token", "--force-refresh"]).code(0));
    assert_ne!(first, second);
    assert_eq!(only_a_token(terminal.run(&["token"]).code(0)), second);
}

#[test]
fn a_rotated_refresh_token_replaces_the_old_one() {
    let pool = Pool::start_with(&["--rotate-refresh-tokens", "--rotation-grace", "0"]);
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    for _ in 0..5 {
        only_a_token(terminal.run(&["token", "--force-refresh"]).code(0));
    }
    assert_eq!(pool.refreshes(), 5);
}

#[test]
fn a_rotated_refresh_token_survives_when_the_rest_of_the_answer_is_no_good() {
    let pool = Pool::start_with(&["--rotate-refresh-tokens", "--rotation-grace", "0"]);
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    for order in [
        json!({ "id_token": { "signature": "broken", "times": 1 } }),
        json!({ "rotate_keys": true, "jwks": { "status": 500 } }),
    ] {
        pool.quirk(order);
        let ran = terminal.run(&["token", "--force-refresh"]);
        assert_ne!(ran.code, 0, "{}", ran.stdout);
        pool.quirk(json!({ "reset": true }));
        only_a_token(terminal.run(&["token", "--force-refresh"]).code(0));
    }
}

#[test]
fn a_refresh_that_the_pool_refuses_ends_the_session_and_says_so() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    pool.quirk(json!({ "revoke_all": true }));
    let ran = terminal
        .run(&["token", "--force-refresh"])
        .code(3)
        .stdout("");
    assert!(
        ran.stderr.contains("invalid_grant") && ran.stderr.ends_with("hint: cognito-login login\n"),
        "{}",
        ran.stderr
    );
    terminal.run(&["token"]).code(3);
    assert_eq!(
        terminal.run(&["status", "--json"]).json()["profiles"][0]["signed_in"],
        false
    );
}

#[test]
fn a_pool_in_trouble_leaves_the_session_as_it_was() {
    let pool = Pool::start_with(&["--access-token-lifetime", "30s"]);
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    pool.rule("access_token_seconds", 3600);
    for trouble in [
        json!({ "status": 500 }),
        json!({ "status": 503 }),
        json!({ "status": 429, "retry_after": 0 }),
        json!({ "status": 403, "body": "<html>Request not allowed due to WAF block</html>" }),
        json!({ "hang_up": "before_answer" }),
        json!({ "body": "<html>" }),
    ] {
        pool.quirk(json!({ "token": trouble }));
        let ran = terminal.run(&["token"]).stdout("");
        assert!(
            matches!(ran.code, 1 | 4),
            "{trouble}: {} {}",
            ran.code,
            ran.stderr
        );
    }
    pool.quirk(json!({ "reset": true }));
    only_a_token(terminal.run(&["token"]).code(0));
}

#[test]
fn settings_of_another_pool_never_get_this_pool_s_token() {
    let (pool, other) = (Pool::start(), Pool::start());
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    terminal.run(&["token", "--issuer", other.issuer()]).code(3);
    terminal.run(&["token", "--client-id", "1another"]).code(3);
    terminal.run(&["token"]).code(0);
}

#[test]
fn a_token_never_waits_for_a_person() {
    let pool = Pool::start();
    let mut terminal = pool.terminal();
    terminal
        .unset("COGNITO_LOGIN_NO_BROWSER")
        .set("BROWSER", "false");
    let ran = terminal.run(&["token"]).code(3);
    assert!(!ran.stderr.contains("http"), "{}", ran.stderr);
}

#[test]
fn an_unreadable_session_is_told_and_a_new_login_replaces_it() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    for file in kept_files(&terminal) {
        std::fs::write(&file, "{ this is no session").unwrap();
    }
    let ran = terminal.run(&["token"]).stdout("");
    assert!(
        matches!(ran.code, 1 | 3) && ran.stderr.contains("cognito-login login"),
        "{}: {}",
        ran.code,
        ran.stderr
    );
    pool.sign_in(&terminal);
    only_a_token(terminal.run(&["token"]).code(0));
}

#[cfg(unix)]
#[test]
fn kept_sessions_are_the_owner_s_alone() {
    use std::os::unix::fs::PermissionsExt;
    let pool = Pool::start();
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    let files = kept_files(&terminal);
    assert!(!files.is_empty());
    for file in files {
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}: {mode:o}", file.display());
    }
}

#[test]
fn the_refresh_goes_to_the_domain_with_the_client_s_name_and_no_secret() {
    let pool = Pool::start();
    let tap = Tap::before(pool.domain());
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    terminal
        .run(&["token", "--force-refresh", "--domain", tap.base()])
        .code(0);
    assert_eq!(tap.requests("POST /oauth2/token").len(), 1);
    let request = tap.requests("POST /oauth2/token").remove(0);
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(
        !head.to_lowercase().contains("authorization:"),
        "a public client must not authenticate: {head}"
    );
    assert!(head.contains("user-agent: cognito-login/"), "{head}");
    assert!(
        body.contains("grant_type=refresh_token")
            && body.contains(&format!("client_id={}", pool.client_id()))
    );
}

#[test]
fn a_refresh_without_an_id_token_keeps_the_one_there_is() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    let id = only_a_token(terminal.run(&["token", "--id"]).code(0));
    pool.quirk(json!({ "token": { "grant": "refresh_token", "merge": { "id_token": null } } }));
    only_a_token(terminal.run(&["token", "--force-refresh"]).code(0));
    assert_eq!(only_a_token(terminal.run(&["token", "--id"]).code(0)), id);
}

#[test]
fn a_refresh_that_answers_with_someone_else_s_id_token_is_refused() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    for claims in [
        json!({ "sub": "someone-else" }),
        json!({ "iss": "https://example.com" }),
        json!({ "aud": "another" }),
    ] {
        pool.quirk(json!({ "id_token": { "grant": "refresh_token", "claims": claims } }));
        let ran = terminal
            .run(&["token", "--id", "--force-refresh"])
            .stdout("");
        assert_ne!(ran.code, 0, "{claims}");
    }
    pool.quirk(json!({ "reset": true }));
    only_a_token(terminal.run(&["token", "--force-refresh"]).code(0));
}

#[test]
fn the_pool_s_keys_may_change_between_two_refreshes() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    pool.quirk(json!({ "rotate_keys": true }));
    only_a_token(terminal.run(&["token", "--id", "--force-refresh"]).code(0));
}

/// Every file of the store.
fn kept_files(terminal: &Terminal) -> Vec<std::path::PathBuf> {
    let files = crate::support::leaks::files(terminal.home())
        .into_iter()
        .map(|(path, _)| path);
    files
        .filter(|path| path.extension().is_some_and(|kind| kind == "secret"))
        .collect()
}

#[test]
fn with_login_two_callers_sign_in_once_and_print_a_token_each() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    let mut callers = [(); 2].map(|()| terminal.start(&["token", "--login"]));
    let said = callers.each_mut().map(|caller| {
        caller.line(|line| line.starts_with("http") || line.contains("waiting for it"))
    });
    let urls: Vec<_> = said
        .iter()
        .filter(|line| line.starts_with("http"))
        .collect();
    assert_eq!(urls.len(), 1, "{said:?}");
    Person::new().sign_in(urls[0], pool.username(), pool.password());
    let [first, second] = callers.map(|caller| caller.finish().code(0).stdout);
    assert_eq!(first, second);
    assert_eq!(
        terminal
            .run(&["token", "--login"])
            .code(0)
            .stderr("")
            .stdout,
        first
    );
}

/// A line break would begin another header in `token --header`, and another token where one is read line by line.
#[test]
fn a_renewed_token_of_two_lines_is_not_printed_and_costs_no_session() {
    let pool = Pool::start_with(&["--rotate-refresh-tokens"]);
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    pool.quirk(json!({
        "token": { "merge": { "access_token": "x\r\nX-Admin: yes" }, "times": 1 },
        "id_token": { "claims": { "at_hash": null }, "times": 1 },
    }));
    let error = terminal
        .run(&["token", "--header", "--force-refresh", "--json"])
        .code(4)
        .stdout("")
        .json_error();
    assert_eq!(error["error"]["kind"], "unreadable_answer");
    terminal.run(&["token", "--force-refresh"]).code(0);
}
