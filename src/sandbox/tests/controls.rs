//! Quirks and counters.

use super::*;

#[test]
fn an_order_is_json_by_its_media_type_and_right_in_every_word() {
    let scene = Scene::new();
    assert_eq!(scene.post("/sandbox/quirks", &[]).status, 415);
    let json = ("content-type", "application/json");
    for wrong in [
        "{",
        r#"{"tokne":{}}"#,
        r#"{"rules":{"lifetime":1}}"#,
        r#"{"rules":{"access_token_seconds":"1"}}"#,
    ] {
        let response = scene.send("POST", "/sandbox/quirks", &[json], Some(wrong));
        assert_eq!(response.status, 400, "{wrong}");
    }
}

#[test]
fn a_refused_request_never_reaches_the_pool_and_a_cut_one_does() {
    let scene = Scene::new();
    scene.order(json!({"rules": {"rotate_refresh_tokens": true}}));
    let first = scene.tokens();
    scene.order(json!({"token": [
        {"status": 429, "retry_after": 1, "times": 1, "grant": "refresh_token"},
        {"hang_up": "mid_body", "times": 1},
    ]}));
    let busy = scene.refresh(&first["refresh_token"]);
    assert_eq!((busy.status, busy.find("retry-after")), (429, Some("1")));
    let lost = scene.refresh(&first["refresh_token"]);
    assert_eq!(
        (lost.status, lost.hang_up),
        (200, Some(super::super::message::HangUp::MidBody))
    );
    assert_eq!(
        refused(&scene.refresh(&first["refresh_token"])),
        error("invalid_grant")
    );
}

#[test]
fn tokens_are_forged_to_order() {
    let scene = Scene::new();
    scene.order(json!({
        "id_token": [
            {"claims": {"nonce": "wrong", "aud": [CLIENT_ID, "other"]}, "header": {"kid": "unknown"}, "times": 1},
            {"shift_seconds": -7200, "signature": "none", "times": 1},
            {"claims": {"nonce": "refreshed"}, "grant": "refresh_token"},
        ],
        "access_token": {"opaque": true, "times": 1},
    }));
    let first = scene.tokens();
    assert_eq!(header(&first["id_token"])["kid"], "unknown");
    assert_eq!(claims(&first["id_token"])["nonce"], "wrong");
    assert!(!first["access_token"].as_str().unwrap().contains('.'));
    assert_eq!(scene.user_info(&first["access_token"]).status, 200);
    let second = scene.tokens();
    assert_eq!(header(&second["id_token"])["alg"], "none");
    assert_eq!(claims(&second["id_token"])["exp"], NOW - 3_600);
    assert_eq!(claims(&scene.tokens()["id_token"])["nonce"], "n-1");
    let again = json_of(&scene.refresh(&second["refresh_token"]));
    assert_eq!(claims(&again["id_token"])["nonce"], "refreshed");
}

#[test]
fn keys_sessions_and_browsers_end_on_command() {
    let scene = Scene::new();
    let tokens = scene.tokens();
    scene.order(json!({"rotate_keys": true, "revoke_all": true, "end_browser_sessions": true}));
    assert_eq!(
        refused(&scene.refresh(&tokens["refresh_token"])),
        error("invalid_grant")
    );
    assert_eq!(scene.user_info(&tokens["access_token"]).status, 401);
    let query = Query::new();
    assert!(location(&scene.get(&format!("/oauth2/authorize?{query}"))).starts_with("/login?"));
    assert_ne!(
        header(&scene.tokens()["id_token"])["kid"],
        header(&tokens["id_token"])["kid"]
    );
}

#[test]
fn requests_are_counted_by_place_and_grant() {
    let scene = Scene::new();
    let tokens = scene.tokens();
    scene.refresh(&tokens["refresh_token"]);
    scene.refresh(&json!("unknown"));
    let stats = json_of(&scene.get("/sandbox/stats"));
    assert_eq!(stats["requests"], json!({"login": 2, "token": 3}));
    assert_eq!(
        stats["grants"],
        json!({
            "authorization_code": {"asked": 1, "granted": 1},
            "refresh_token": {"asked": 2, "granted": 1},
        })
    );
}
