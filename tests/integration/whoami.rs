//! `whoami`: the profile as the pool says it now, or as it is kept.

use serde_json::json;

use crate::support::pool::Pool;

const ADA: &str = "\
custom:team     analytical-engine
email           ada@example.com
email_verified  true
family_name     Lovelace
given_name      Ada
name            Ada Lovelace
sub             [WORD]
username        ada
";

#[test]
fn the_pool_is_asked() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    terminal.run(&["whoami"]).code(0).stdout(ADA).stderr("");
    pool.quirk(json!({ "userinfo": { "merge": { "name": "Countess of Lovelace" } } }));
    assert!(
        terminal
            .run(&["whoami"])
            .code(0)
            .stdout
            .contains("Countess of Lovelace\n")
    );
}

#[test]
fn json_is_the_document_byte_for_byte() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    let document = "{ \"sub\" : \"x\",\n \"n\": 1.10, \"s\": \"\\u00e4\" }";
    let sub = terminal.run(&["whoami", "--json"]).code(0).json()["sub"]
        .as_str()
        .unwrap()
        .to_owned();
    let document = document.replace('x', &sub);
    pool.quirk(json!({ "userinfo": { "body": document, "content_type": "application/json" } }));
    terminal
        .run(&["whoami", "--json"])
        .code(0)
        .stdout(&format!("{document}\n"));
}

#[test]
fn offline_asks_nobody() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    pool.stop();
    let ran = terminal.run(&["whoami", "--offline"]).code(0);
    for line in [
        "email             ada@example.com",
        "cognito:username  ada",
        "name              Ada Lovelace",
    ] {
        assert!(
            ran.stdout.lines().any(|known| known == line),
            "no `{line}` in\n{}",
            ran.stdout
        );
    }
    assert_eq!(
        terminal
            .run(&["whoami", "--offline", "--json"])
            .code(0)
            .json()["email"],
        "ada@example.com"
    );
    terminal.run(&["whoami"]).code(4);
}

#[test]
fn claims_are_those_of_both_tokens() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    let json = terminal
        .run(&["whoami", "--claims", "--json"])
        .code(0)
        .json();
    assert_eq!(json["id_token"]["token_use"], "id");
    assert_eq!(json["id_token"]["aud"], pool.client_id());
    assert_eq!(json["access_token"]["token_use"], "access");
    assert_eq!(json["access_token"]["client_id"], pool.client_id());
    let text = terminal.run(&["whoami", "--claims"]).code(0).stdout;
    assert!(
        text.starts_with("ID token\n") && text.contains("\naccess token\n"),
        "{text}"
    );
    let claim = |name: &str| text.lines().find_map(|line| line.trim().strip_prefix(name));
    assert_eq!(claim("cognito:groups").map(str::trim), Some("engineers"));
    let ends = claim("exp ").unwrap();
    assert!(ends.contains("Z (in "), "{ends}");
}

#[test]
fn a_token_that_was_revoked_elsewhere_is_sign_in_needed() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    pool.quirk(json!({ "revoke_all": true }));
    terminal.run(&["whoami"]).code(3).stdout("");
}

#[test]
fn an_ended_token_is_renewed_first() {
    let pool = Pool::start_with(&["--access-token-lifetime", "30s"]);
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    terminal.run(&["whoami"]).code(0).stdout(ADA);
    assert_eq!(pool.refreshes(), 1);
}

#[test]
fn nobody_is_exit_3_and_a_pool_in_trouble_exit_4() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    for arguments in [
        &["whoami"][..],
        &["whoami", "--offline"],
        &["whoami", "--claims"],
    ] {
        let ran = terminal.run(arguments).code(3).stdout("");
        assert!(
            ran.stderr.ends_with("hint: cognito-login login\n"),
            "{}",
            ran.stderr
        );
    }
    pool.sign_in(&terminal);
    for trouble in [
        json!({ "status": 500 }),
        json!({ "status": 429, "retry_after": 0 }),
        json!({ "hang_up": "before_answer" }),
    ] {
        pool.quirk(json!({ "userinfo": trouble }));
        terminal.run(&["whoami"]).code(4).stdout("");
    }
    pool.quirk(json!({ "reset": true }));
    terminal.run(&["whoami"]).code(0);
}

#[test]
fn a_flood_and_a_page_are_no_profile() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    for odd in [
        json!({ "bytes": 10_000_000 }),
        json!({ "body": "<html>welcome</html>" }),
        json!({ "body": "[1, 2]", "content_type": "application/json" }),
    ] {
        pool.quirk(json!({ "userinfo": odd }));
        let ran = terminal.run(&["whoami"]).stdout("");
        assert!(
            ran.code != 0 && ran.stderr.len() < 4_000,
            "{odd}: {} {}",
            ran.code,
            ran.stderr
        );
    }
}
