//! `/oauth2/userInfo`.

use super::*;

#[test]
fn everything_is_a_string_and_scopes_decide_what_is_there() {
    let scene = Scene::new();
    let ask = |scope: &str| {
        let code = scene.code(&Query::new().with("scope", scope));
        let mut document =
            json_of(&scene.user_info(&json_of(&scene.redeem(&code))["access_token"]));
        document["sub"] = json!("…");
        document
    };
    let profile = json!({
        "sub": "…", "username": "ada", "name": "Ada Lovelace", "given_name": "Ada",
        "family_name": "Lovelace", "custom:team": "analytical-engine",
    });
    let email = json!({
        "sub": "…", "username": "ada", "email": "ada@example.com", "email_verified": "true",
    });
    let mut all = profile.clone();
    all.as_object_mut()
        .unwrap()
        .extend(email.as_object().unwrap().clone());
    assert_eq!(ask("openid"), all);
    assert_eq!(ask("openid profile"), profile);
    assert_eq!(ask("openid email"), email);
    assert_eq!(ask("openid phone"), json!({"sub": "…", "username": "ada"}));
    assert_eq!(
        ask("openid email profile aws.cognito.signin.user.admin"),
        all
    );
}

#[test]
fn a_token_that_is_missing_malformed_dead_or_an_id_token_is_refused() {
    let scene = Scene::new();
    let bad = scene.get("/oauth2/userInfo");
    let expected =
        "error=\"invalid_request\", error_description=\"Bad OAuth2 request at UserInfo Endpoint\"";
    assert_eq!(
        (bad.status, bad.find("www-authenticate")),
        (400, Some(expected))
    );
    let tokens = scene.tokens();
    assert_eq!(scene.user_info(&tokens["access_token"]).status, 200);
    assert_eq!(scene.user_info(&tokens["id_token"]).status, 401);
    assert_eq!(scene.user_info(&json!("nonsense")).status, 401);
    scene.later(3_600);
    let dead = scene.user_info(&tokens["access_token"]);
    assert_eq!(dead.status, 401);
    assert!(!dead.find("www-authenticate").unwrap().contains("Bearer"));
}
