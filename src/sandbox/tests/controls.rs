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

#[test]
fn the_last_requests_are_listed_with_what_was_wrong_and_which_setting_mends_it() {
    let scene = Scene::new();
    let slash = Query::new().with("redirect_uri", "http://localhost:3000/");
    scene.get(&format!("/oauth2/authorize?{slash}"));
    let page = text(&scene.get(&format!(
        "/error?error=redirect_mismatch&client_id={CLIENT_ID}"
    )));
    assert!(page.contains("the difference is the slash at the end"));
    scene.get("/oauth2/authorize?client_id=nobody");
    let page = text(&scene.get("/error?error=invalid_request"));
    assert!(page.contains("There is no app client <code>nobody</code>."));
    let tokens = scene.tokens();
    scene.redeem("unknown");
    let requests = json_of(&scene.get("/sandbox/requests"));
    let first = &requests[0];
    assert_eq!(first["client"], CLIENT_ID);
    assert_eq!(first["status"], 302);
    assert_eq!(
        first["finding"]["wrong"],
        "`http://localhost:3000/` is not a callback URL of the app client `cognito-login`; \
         `http://localhost:3000` is, and the difference is the slash at the end"
    );
    assert!(
        first["finding"]["mend"]
            .as_str()
            .unwrap()
            .contains("Allowed callback URLs: add `http://localhost:3000/`")
    );
    let last = requests.as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["status"], &last["grant"]),
        (&json!(400), &json!("authorization_code"))
    );
    let page = text(&scene.get("/sandbox"));
    assert!(page.contains("This pool never gave out this code"));
    let everything = format!("{page}{requests}{}", scene.lines.lock().unwrap().join("\n"));
    for secret in ["access_token", "id_token", "refresh_token"] {
        assert!(!everything.contains(tokens[secret].as_str().unwrap()));
    }
    assert!(!everything.contains("Engine-1843"));
}

#[test]
fn the_page_lists_people_with_their_state_and_their_sessions() {
    let mut settings = Settings::default();
    let mut grace = User::new("grace", "grace@example.com", "Cobol-1959");
    grace.temporary_password = true;
    settings.users.push(grace);
    let scene = Scene::of(settings);
    scene.tokens();
    let page = text(&scene.get("/sandbox"));
    for shown in [
        "Confirmed",
        "Force change password",
        "in engineers · 1 app session · 1 browser session",
    ] {
        assert!(page.contains(shown), "{shown}");
    }
}

#[test]
fn a_seed_says_the_same_codes_and_tokens_again() {
    let run = |seed: &str| {
        let scene = Scene::of(Settings {
            seed: Some(seed.to_owned()),
            confidential: true,
            ..Settings::default()
        });
        let code = scene.code(&Query::new());
        scene.fill(
            &format!("/forgotPassword?{}", Query::new()),
            &[("username", "ada")],
        );
        let letters = json_of(&scene.get("/sandbox/mailbox"));
        (code, letters[0]["code"].to_string())
    };
    assert_eq!(run("7"), run("7"));
    assert_ne!(run("7"), run("8"));
    let tokens = |seed: Option<&str>| {
        let seed = seed.map(str::to_owned);
        Scene::of(Settings {
            seed,
            ..Settings::default()
        })
        .tokens()
    };
    assert_eq!(
        tokens(Some("7")),
        tokens(Some("7")),
        "at the same moment, to the letter"
    );
    assert_ne!(tokens(None), tokens(None));
}
