//! `/oauth2/token`, row by row.

use super::*;

fn machine() -> (Scene, String) {
    let machine = AppClient::machine();
    let secret = machine.secret.clone().unwrap();
    let only_read = AppClient {
        scopes: vec!["api/read".to_owned()],
        ..machine
    };
    let more_clients = vec![only_read];
    (
        Scene::of(Settings {
            more_clients,
            ..Settings::default()
        }),
        secret,
    )
}

fn confidential() -> (Scene, String) {
    let scene = Scene::of(Settings {
        confidential: true,
        ..Settings::default()
    });
    let secret = scene
        .router
        .with_pool(|pool| pool.client(CLIENT_ID).unwrap().secret.clone().unwrap());
    (scene, secret)
}

fn basic(id: &str, secret: &str) -> String {
    let pair = format!("{}:{}", encode(id), encode(secret));
    format!("Basic {}", STANDARD.encode(pair))
}

#[test]
fn row_1_only_a_posted_form() {
    let scene = Scene::new();
    assert_eq!(scene.get("/oauth2/token").status, 405);
    let json = ("content-type", "application/json");
    let response = scene.send("POST", "/oauth2/token", &[json], Some("{}"));
    assert_eq!(refused(&response), error("invalid_request"));
}

#[test]
fn rows_2_to_4_grant_type_then_client() {
    let scene = Scene::new();
    assert_eq!(refused(&scene.token(&[])), error("invalid_request"));
    let password = [("grant_type", "password"), ("client_id", "nobody")];
    assert_eq!(
        refused(&scene.token(&password)),
        error("unsupported_grant_type")
    );
    for client in [
        &[("client_id", "nobody")][..],
        &[],
        &[("client_id", CLIENT_ID), ("client_secret", "x")],
    ] {
        let mut form = vec![("grant_type", "refresh_token"), ("refresh_token", "x")];
        form.extend(client);
        assert_eq!(refused(&scene.token(&form)), error("invalid_client"));
    }
}

#[test]
fn row_4_a_public_client_must_not_send_a_header_but_may_send_an_empty_secret() {
    let scene = Scene::new();
    let form = body(&[
        ("grant_type", "refresh_token"),
        ("refresh_token", "x"),
        ("client_id", CLIENT_ID),
    ]);
    for header in [
        basic(CLIENT_ID, ""),
        "Bearer x".to_owned(),
        "Basic ???".to_owned(),
    ] {
        let response = scene.send(
            "POST",
            "/oauth2/token",
            &[("authorization", &header)],
            Some(&form),
        );
        assert_eq!(refused(&response), error("invalid_client"), "{header}");
    }
    let with_empty_secret = format!("{form}&client_secret=");
    let response = scene.send("POST", "/oauth2/token", &[], Some(&with_empty_secret));
    assert_eq!(refused(&response), error("invalid_grant"));
}

#[test]
fn row_4_a_confidential_client_shows_its_secret_in_one_of_two_places() {
    let (scene, secret) = confidential();
    let form = [("grant_type", "refresh_token"), ("refresh_token", "x")];
    let with = |more: &[(&str, &str)]| body(&[&form[..], more].concat());
    let id = ("client_id", CLIENT_ID);
    let ask = |header: Option<String>, form: &str| {
        let header = header.as_deref().map(|header| ("authorization", header));
        let headers: Vec<_> = header.into_iter().collect();
        refused(&scene.send("POST", "/oauth2/token", &headers, Some(form)))
    };
    let right = || Some(basic(CLIENT_ID, &secret));
    let proved = error("invalid_grant");
    assert_eq!(ask(right(), &with(&[])), proved);
    assert_eq!(ask(right(), &with(&[id])), proved);
    assert_eq!(
        ask(right(), &with(&[id, ("client_secret", &secret)])),
        proved
    );
    assert_eq!(ask(None, &with(&[id, ("client_secret", &secret)])), proved);
    let wrong = error("invalid_client");
    assert_eq!(ask(None, &with(&[id])), wrong);
    assert_eq!(ask(None, &with(&[id, ("client_secret", "x")])), wrong);
    assert_eq!(ask(Some(basic(CLIENT_ID, "x")), &with(&[])), wrong);
    assert_eq!(ask(right(), &with(&[id, ("client_secret", "x")])), wrong);
    assert_eq!(ask(right(), &with(&[("client_id", "other")])), wrong);
}

#[test]
fn rows_5_and_6_a_grant_that_is_not_enabled_and_a_parameter_that_is_missing() {
    let (scene, secret) = machine();
    let code = [
        ("grant_type", "authorization_code"),
        ("client_id", MACHINE_CLIENT_ID),
        ("client_secret", &secret),
    ];
    assert_eq!(refused(&scene.token(&code)), error("unauthorized_client"));
    let id = ("client_id", CLIENT_ID);
    let machine_grant = [("grant_type", "client_credentials"), id];
    assert_eq!(
        refused(&scene.token(&machine_grant)),
        error("unauthorized_client")
    );
    for form in [
        &[("grant_type", "authorization_code"), id][..],
        &[("grant_type", "authorization_code"), id, ("code", "x")],
        &[
            ("grant_type", "authorization_code"),
            id,
            ("redirect_uri", "x"),
        ],
        &[("grant_type", "refresh_token"), id],
    ] {
        assert_eq!(refused(&scene.token(form)), error("invalid_request"));
    }
}

#[test]
fn row_7_a_code_is_good_once_and_for_five_minutes() {
    let scene = Scene::new();
    assert_eq!(refused(&scene.redeem("unknown")), error("invalid_grant"));
    let code = scene.code(&Query::new());
    assert_eq!(scene.redeem(&code).status, 200);
    assert_eq!(refused(&scene.redeem(&code)), error("invalid_grant"));
    let code = scene.code(&Query::new());
    scene.later(299);
    assert_eq!(scene.redeem(&code).status, 200);
    let code = scene.code(&Query::new());
    scene.later(299 + 300);
    assert_eq!(refused(&scene.redeem(&code)), error("invalid_grant"));
}

#[test]
fn row_7_a_code_is_for_its_own_client() {
    let other = AppClient {
        id: "other".to_owned(),
        secret: None,
        ..Settings::default().clients(&Chance::default()).remove(0)
    };
    let scene = Scene::of(Settings {
        more_clients: vec![other],
        ..Settings::default()
    });
    let code = scene.code(&Query::new().with("client_id", "other"));
    assert_eq!(refused(&scene.redeem(&code)), error("invalid_grant"));
}

#[test]
fn row_8_another_redirect_address_has_an_error_of_its_own_and_burns_the_code() {
    let scene = Scene::new();
    let code = scene.code(&Query::new());
    let response = scene.token(&[
        ("grant_type", "authorization_code"),
        ("client_id", CLIENT_ID),
        ("code", &code),
        ("redirect_uri", "http://localhost:3001"),
        ("code_verifier", VERIFIER),
    ]);
    let expected = json!({"error": "unauthorized_client", "error_description": "invalid_redirect"});
    assert_eq!((response.status, json_of(&response)), (400, expected));
    assert_eq!(refused(&scene.redeem(&code)), error("invalid_grant"));
}

#[test]
fn row_9_the_verifier_must_fit_the_challenge() {
    let scene = Scene::new();
    let wrong = "wrong-verifier-wrong-verifier-wrong-verifier";
    for verifier in [Some(wrong), None] {
        let code = scene.code(&Query::new());
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("client_id", CLIENT_ID),
            ("code", &code),
            ("redirect_uri", REDIRECT),
        ];
        form.extend(verifier.map(|verifier| ("code_verifier", verifier)));
        assert_eq!(refused(&scene.token(&form)), error("invalid_grant"));
        assert_eq!(refused(&scene.redeem(&code)), error("invalid_grant"));
    }
    let plain = Query::new()
        .without("code_challenge")
        .without("code_challenge_method");
    let code = scene.code(&plain);
    assert_eq!(
        refused(&scene.redeem(&code)),
        error("invalid_grant"),
        "a verifier nobody asked for"
    );
}

#[test]
fn row_10_without_rotation_a_refresh_token_stays_and_is_not_repeated() {
    let scene = Scene::new();
    let first = scene.tokens();
    for _ in 0..2 {
        let again = json_of(&scene.refresh(&first["refresh_token"]));
        let names: Vec<_> = again.as_object().unwrap().keys().collect();
        assert_eq!(
            names,
            ["access_token", "expires_in", "id_token", "token_type"]
        );
        assert_eq!(
            claims(&again["access_token"])["origin_jti"],
            claims(&first["access_token"])["origin_jti"]
        );
    }
    scene.later(30 * 86_400);
    assert_eq!(
        refused(&scene.refresh(&first["refresh_token"])),
        error("invalid_grant")
    );
}

#[test]
fn row_10_with_rotation_the_old_one_dies_and_the_session_does_not_grow() {
    let scene = Scene::new();
    scene.order(json!({"rules": {"rotate_refresh_tokens": true}}));
    let first = scene.tokens();
    scene.later(1_000);
    let second = json_of(&scene.refresh(&first["refresh_token"]));
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    assert_eq!(
        refused(&scene.refresh(&first["refresh_token"])),
        error("invalid_grant")
    );
    assert_eq!(
        scene.refresh(&second["refresh_token"]).status,
        200,
        "the family is kept"
    );
    let third = json_of(&scene.redeem(&scene.code(&Query::new())));
    scene.later(30 * 86_400);
    assert_eq!(
        refused(&scene.refresh(&second["refresh_token"])),
        error("invalid_grant")
    );
    assert_eq!(scene.refresh(&third["refresh_token"]).status, 200);
}

#[test]
fn row_10_within_the_grace_the_old_one_works_again() {
    let scene = Scene::new();
    scene.order(json!({"rules": {"rotate_refresh_tokens": true, "rotation_grace_seconds": 10}}));
    let first = scene.tokens();
    let second = json_of(&scene.refresh(&first["refresh_token"]));
    scene.later(9);
    let third = json_of(&scene.refresh(&first["refresh_token"]));
    assert_ne!(second["refresh_token"], third["refresh_token"]);
    scene.later(10);
    assert_eq!(
        refused(&scene.refresh(&first["refresh_token"])),
        error("invalid_grant")
    );
    assert_eq!(scene.refresh(&second["refresh_token"]).status, 200);
    assert_eq!(scene.refresh(&third["refresh_token"]).status, 200);
}

#[test]
fn row_10_reuse_can_end_the_whole_session() {
    let scene = Scene::new();
    scene.order(json!({"rules": {"rotate_refresh_tokens": true, "reuse_ends_session": true}}));
    let first = scene.tokens();
    let second = json_of(&scene.refresh(&first["refresh_token"]));
    scene.refresh(&first["refresh_token"]);
    assert_eq!(
        refused(&scene.refresh(&second["refresh_token"])),
        error("invalid_grant")
    );
    assert_eq!(scene.user_info(&second["access_token"]).status, 401);
}

#[test]
fn row_11_a_resource_is_checked_late_and_becomes_the_audience() {
    let scene = Scene::of(Settings {
        resource_servers: vec![ResourceServer::new(API, ["read"])],
        ..Settings::default()
    });
    let unknown = scene.code(&Query::new().with("resource", "https://other.example.com"));
    assert_eq!(refused(&scene.redeem(&unknown)), error("invalid_grant"));
    let code = scene.code(&Query::new().with("resource", API));
    let tokens = json_of(&scene.redeem(&code));
    assert_eq!(claims(&tokens["access_token"])["aud"], API);
    let again = json_of(&scene.refresh(&tokens["refresh_token"]));
    assert_eq!(claims(&again["access_token"])["aud"], API);
}

#[test]
fn row_12_attributes_that_cannot_be_read_refuse_the_code() {
    let narrow = AppClient {
        id: "narrow".to_owned(),
        readable: Some(vec!["email".to_owned(), "name".to_owned()]),
        ..Settings::default().clients(&Chance::default()).remove(0)
    };
    let scene = Scene::of(Settings {
        more_clients: vec![narrow],
        ..Settings::default()
    });
    let redeem = |scope: &str| {
        let query = Query::new()
            .with("client_id", "narrow")
            .with("scope", scope);
        scene.token(&[
            ("grant_type", "authorization_code"),
            ("client_id", "narrow"),
            ("code", &scene.code(&query)),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
        ])
    };
    assert_eq!(refused(&redeem("openid email")), error("invalid_grant"));
    let id = claims(&json_of(&redeem("openid profile"))["id_token"]);
    assert_eq!(
        (&id["name"], &id["given_name"]),
        (&json!("Ada Lovelace"), &Value::Null)
    );
}

#[test]
fn row_13_a_machine_s_scope_is_unknown_or_not_its_own_or_its_own() {
    let (scene, secret) = machine();
    let ask = |scope: Option<&str>| {
        let mut form = vec![("grant_type", "client_credentials")];
        form.extend(scope.map(|scope| ("scope", scope)));
        let header = basic(MACHINE_CLIENT_ID, &secret);
        scene.send(
            "POST",
            "/oauth2/token",
            &[("authorization", &header)],
            Some(&body(&form)),
        )
    };
    assert_eq!(refused(&ask(Some("api/nothing"))), error("invalid_scope"));
    assert_eq!(refused(&ask(Some("openid"))), error("invalid_scope"));
    assert_eq!(
        refused(&ask(Some("api/read api/write"))),
        error("invalid_grant")
    );
    for scope in [None, Some("api/read")] {
        let document = json_of(&ask(scope));
        let names: Vec<_> = document.as_object().unwrap().keys().collect();
        assert_eq!(names, ["access_token", "expires_in", "token_type"]);
        let claims = claims(&document["access_token"]);
        assert_eq!(
            (&claims["sub"], &claims["scope"]),
            (&json!(MACHINE_CLIENT_ID), &json!("api/read"))
        );
        for absent in ["username", "cognito:groups", "origin_jti", "aud"] {
            assert_eq!(claims[absent], Value::Null, "{absent}");
        }
    }
}

#[test]
fn row_14_tokens_have_the_shape_of_cognito_s() {
    let scene = Scene::new();
    let response = scene.redeem(&scene.code(&Query::new()));
    assert_eq!(
        response.find("content-type"),
        Some("application/json;charset=UTF-8")
    );
    assert_eq!(response.find("access-control-allow-origin"), Some("*"));
    assert!(response.find("x-amz-cognito-request-id").is_some());
    let document = json_of(&response);
    assert_eq!(
        (&document["expires_in"], &document["token_type"]),
        (&json!(3600), &json!("Bearer"))
    );
    assert_eq!(document.get("scope"), None);

    let (id, access) = (
        claims(&document["id_token"]),
        claims(&document["access_token"]),
    );
    assert_eq!(id["iss"], format!("http://127.0.0.1:9229/{USER_POOL_ID}"));
    assert_eq!(id["aud"], CLIENT_ID);
    assert_eq!(id["token_use"], "id");
    assert_eq!(id["nonce"], "n-1");
    assert_eq!(id["cognito:username"], "ada");
    assert_eq!(id["cognito:groups"], json!(["engineers"]));
    assert_eq!(
        (&id["email_verified"], &id["email"]),
        (&json!(true), &json!("ada@example.com"))
    );
    assert_eq!(
        (&id["iat"], &id["exp"], &id["auth_time"]),
        (&json!(NOW), &json!(NOW + 3_600), &json!(NOW))
    );
    let at_hash = signing::at_hash(document["access_token"].as_str().unwrap());
    assert_eq!((at_hash.len(), &id["at_hash"]), (22, &json!(at_hash)));

    assert_eq!(access["token_use"], "access");
    assert_eq!(access["client_id"], CLIENT_ID);
    assert_eq!(access["username"], "ada");
    assert_eq!(access["scope"], "openid email profile");
    assert_eq!(access["version"], 2);
    assert_eq!(access.get("aud"), None);
    assert_eq!(access["sub"], id["sub"]);

    let (id, access) = (
        header(&document["id_token"]),
        header(&document["access_token"]),
    );
    assert_ne!(id["kid"], access["kid"]);
    assert_eq!(
        (id["kid"].as_str().map(str::len), id.get("typ")),
        (Some(44), None)
    );
    assert!(document["id_token"].as_str().unwrap().len() < 2_000);
}

#[test]
fn a_refresh_keeps_auth_time_and_reads_the_rest_anew() {
    let scene = Scene::new();
    let first = scene.tokens();
    scene.later(500);
    let again = json_of(&scene.refresh(&first["refresh_token"]));
    let (before, after) = (claims(&first["id_token"]), claims(&again["id_token"]));
    assert_eq!(
        (&after["auth_time"], &after["iat"]),
        (&json!(NOW), &json!(NOW + 500))
    );
    assert_eq!(after.get("nonce"), None);
    assert_eq!(before["sub"], after["sub"]);
    assert_ne!(before["jti"], after["jti"]);
}

#[test]
fn without_openid_there_is_no_id_token_and_no_user_info() {
    let scene = Scene::new();
    let query = Query::new().with("scope", "aws.cognito.signin.user.admin");
    let document = json_of(&scene.redeem(&scene.code(&query)));
    assert_eq!(document.get("id_token"), None);
    let response = scene.user_info(&document["access_token"]);
    let expected =
        "error=\"invalid_token\", error_description=\"Access token does not contain openid scope\"";
    assert_eq!(
        (response.status, response.find("www-authenticate")),
        (401, Some(expected))
    );
}

#[test]
fn groups_come_by_precedence_and_bring_their_roles() {
    let group = |name: &str, precedence, role: Option<&str>| Group {
        name: name.to_owned(),
        precedence,
        role_arn: role.map(str::to_owned),
    };
    let mut settings = Settings {
        groups: vec![
            group("staff", Some(5), Some("arn:staff")),
            group("admins", Some(1), Some("arn:admins")),
        ],
        ..Settings::default()
    };
    settings.users[0].groups = ["others", "staff", "admins"].map(str::to_owned).to_vec();
    let tokens = Scene::of(settings).tokens();
    let (id, access) = (claims(&tokens["id_token"]), claims(&tokens["access_token"]));
    assert_eq!(id["cognito:groups"], json!(["admins", "staff", "others"]));
    assert_eq!(access["cognito:groups"], id["cognito:groups"]);
    assert_eq!(id["cognito:roles"], json!(["arn:admins", "arn:staff"]));
    assert_eq!(id["cognito:preferred_role"], "arn:admins");
    assert!(access.get("cognito:roles").is_none());
}
