//! `/oauth2/authorize`, row by row.

use super::*;

fn ask(scene: &Scene, query: &Query) -> Response {
    scene.get(&format!("/oauth2/authorize?{query}"))
}

#[test]
fn row_1_only_get() {
    let scene = Scene::new();
    let target = format!("/oauth2/authorize?{}", Query::new());
    assert_eq!(scene.post(&target, &[]).status, 405);
}

#[test]
fn rows_2_and_3_an_address_that_cannot_be_trusted_gets_nothing() {
    let scene = Scene::new();
    let mismatch = format!("/error?error=redirect_mismatch&client_id={CLIENT_ID}");
    let no_uri = format!("/error?error=invalid_request&client_id={CLIENT_ID}");
    for (query, expected) in [
        (
            Query::new().without("client_id"),
            "/error?error=invalid_request",
        ),
        (
            Query::new().with("client_id", "nobody"),
            "/error?error=invalid_request",
        ),
        (Query::new().without("redirect_uri"), &no_uri),
        (
            Query::new().with("redirect_uri", "http://localhost:3000/"),
            &mismatch,
        ),
        (
            Query::new().with("redirect_uri", "http://localhost:3009"),
            &mismatch,
        ),
    ] {
        assert_eq!(location(&ask(&scene, &query)), expected);
        assert_eq!(scene.get(expected).status, 400);
    }
    assert!(text(&scene.get(&mismatch)).contains("redirect_mismatch"));
}

#[test]
fn no_address_that_only_looks_registered_is_gone_to() {
    let scene = Scene::new();
    for address in [
        "http://evil.example",
        "//evil.example",
        "http://localhost:3000@evil.example",
        "http://localhost:3000.evil.example",
        "http://localhost:3000#x",
        "http://localhost:3000\r\nlocation: x",
        "HTTP://localhost:3000",
        "javascript:alert(1)",
    ] {
        let query = Query::new().with("redirect_uri", address);
        let sign_out = Query::new().without("redirect_uri");
        for target in [
            format!("/oauth2/authorize?{query}"),
            format!("/login?{query}"),
            format!("/logout?{query}"),
            format!("/logout?{}", sign_out.with("logout_uri", address)),
        ] {
            let sent_to = scene.get(&target);
            assert!(location(&sent_to).starts_with("/error?"), "{target}");
        }
    }
}

#[test]
fn rows_4_to_9_go_back_to_the_client() {
    let scene = Scene::of(Settings {
        resource_servers: vec![ResourceServer::new(API, ["read"])],
        more_clients: vec![AppClient {
            redirect_uris: vec![REDIRECT.to_owned()],
            ..AppClient::machine()
        }],
        ..Settings::default()
    });
    let new = Query::new;
    for (query, expected) in [
        (new().without("response_type"), "invalid_request"),
        (new().with("response_type", "id_token"), "invalid_request"),
        (
            new().with("client_id", MACHINE_CLIENT_ID),
            "unauthorized_client",
        ),
        (
            new().with("scope", "openid offline_access"),
            "invalid_request",
        ),
        (new().with("scope", "email"), "invalid_request"),
        (new().without("code_challenge_method"), "invalid_request"),
        (new().without("code_challenge"), "invalid_request"),
        (
            new().with("code_challenge_method", "plain"),
            "invalid_request",
        ),
        (new().with("code_challenge", "short"), "invalid_request"),
        (new().with("identity_provider", "Google"), "invalid_request"),
    ] {
        let answer = back(&ask(&scene, &query)).to_string();
        let answer = Form::parse(&answer);
        assert_eq!(answer.get("error"), Some(expected), "{query}");
        assert_eq!(answer.get("state"), Some("s t&te"), "{query}");
    }
}

#[test]
fn row_6_the_implicit_grant_is_refused_behind_the_hash() {
    let query = Query::new().with("response_type", "token");
    let response = ask(&Scene::new(), &query);
    assert_eq!(
        location(&response),
        "http://localhost:3000#state=s%20t%26te&error=unauthorized_client"
    );
}

#[test]
fn row_7_a_bad_scope_is_told_in_the_order_seen_on_live() {
    let query = Query::new().with("scope", "openid nonsense");
    let expected = "error_description=invalid_scope&state=s%20t%26te&error=invalid_request";
    assert_eq!(
        back(&ask(&Scene::new(), &query)).to_string(),
        Form::parse(expected).to_string()
    );
    let query = query.without("state");
    assert!(location(&ask(&Scene::new(), &query)).ends_with("error=invalid_request"));
    assert!(!location(&ask(&Scene::new(), &query)).contains("state"));
}

#[test]
fn row_9_custom_scopes_belong_to_the_resource() {
    let mut settings = Settings {
        resource_servers: vec![
            ResourceServer::new(API, ["read"]),
            ResourceServer::new("api", ["read"]),
        ],
        ..Settings::default()
    };
    let mut client = AppClient {
        id: "other".to_owned(),
        secret: None,
        ..settings.clients(&Chance::default()).remove(0)
    };
    client.scopes.push(format!("{API}/read"));
    client.scopes.push("api/read".to_owned());
    settings.more_clients.push(client);
    let scene = Scene::of(settings);
    let query = || {
        Query::new()
            .with("client_id", "other")
            .with("resource", API)
    };
    let wrong = query().with("scope", "openid api/read");
    assert_eq!(
        back(&ask(&scene, &wrong)).get("error"),
        Some("invalid_request")
    );
    let right = query().with("scope", &format!("openid {API}/read"));
    assert!(location(&ask(&scene, &right)).starts_with("/login?"));
}

#[test]
fn rows_11_to_14_a_browser_that_is_signed_in_sees_no_form() {
    let scene = Scene::new();
    let silent = Query::new().with("prompt", "none");
    assert_eq!(
        back(&ask(&scene, &silent)).get("error"),
        Some("login_required")
    );
    let query = Query::new();
    let to_login = ask(&scene, &query);
    let expected = format!("{DOMAIN}/login?{query}");
    assert_eq!(to_login.find("location"), Some(&*expected), "row 14");

    scene.code(&query);
    assert!(back(&ask(&scene, &silent)).get("code").is_some());
    assert!(back(&ask(&scene, &query)).get("code").is_some());
    let again = Query::new().with("prompt", "login");
    assert!(location(&ask(&scene, &again)).starts_with("/login?"));

    scene.later(600);
    let recent = |age| ask(&scene, &Query::new().with("max_age", age));
    assert!(back(&recent("600")).get("code").is_some());
    assert!(location(&recent("599")).starts_with("/login?"));

    scene.later(3_600);
    assert!(
        location(&ask(&scene, &query)).starts_with("/login?"),
        "the cookie is an hour old"
    );
}

#[test]
fn a_code_comes_with_the_state_and_keeps_the_query_of_the_address() {
    let uri = "http://localhost:3000/cb?x=1";
    let mut settings = Settings::default();
    settings.client.redirect_uris = vec![uri.to_owned()];
    let scene = Scene::of(settings);
    let target = format!("/login?{}", Query::new().with("redirect_uri", uri));
    let response = scene.fill(&target, &[("username", "ada"), ("password", "Engine-1843")]);
    let rest = location(&response)
        .strip_prefix("http://localhost:3000/cb?x=1&code=")
        .unwrap();
    let (code, state) = rest.split_at(36);
    assert_eq!(code.split('-').count(), 5);
    assert_eq!(state, "&state=s%20t%26te");
}

#[test]
fn pkce_can_be_made_a_duty() {
    let scene = Scene::new();
    let query = Query::new()
        .without("code_challenge")
        .without("code_challenge_method");
    assert!(location(&ask(&scene, &query)).starts_with("/login?"));
    scene.order(json!({"rules": {"require_pkce": true}}));
    assert_eq!(
        back(&ask(&scene, &query)).get("error"),
        Some("invalid_request")
    );
}

#[test]
fn row_6_the_implicit_grant_brings_tokens_behind_the_number_sign() {
    let mut settings = Settings::default();
    settings.client.implicit = true;
    let scene = Scene::of(settings);
    let query = Query::new().with("response_type", "token");
    let form = [("username", "ada"), ("password", "Engine-1843")];
    let response = scene.fill(&format!("/login?{query}"), &form);
    let fragment = location(&response).strip_prefix(&format!("{REDIRECT}#"));
    let answer = Form::parse(fragment.unwrap());
    assert_eq!(answer.get("token_type"), Some("Bearer"));
    assert_eq!(answer.get("expires_in"), Some("3600"));
    assert_eq!(answer.get("state"), Some("s t&te"));
    assert!(answer.get("refresh_token").is_none() && answer.get("code").is_none());
    let id = claims(&json!(answer.get("id_token").unwrap()));
    assert_eq!(id["nonce"], "n-1");
}

#[test]
fn row_3_a_default_redirect_uri_stands_in_for_one_that_is_missing() {
    let mut settings = Settings::default();
    settings.client.default_redirect_uri = Some(REDIRECT.to_owned());
    let scene = Scene::of(settings);
    let query = Query::new().without("redirect_uri");
    assert!(!scene.code(&query).is_empty());
}

#[test]
fn row_10_without_a_style_the_pages_are_unavailable() {
    let scene = Scene::new();
    scene.order(json!({"rules": {"branding": false}}));
    for path in ["/oauth2/authorize", "/login"] {
        let response = scene.get(&format!("{path}?{}", Query::new()));
        assert_eq!(response.status, 403);
        assert!(text(&response).contains("Login pages unavailable."));
    }
}

#[test]
fn a_language_is_remembered_if_cognito_has_it() {
    let scene = Scene::new();
    let cookie = |lang: &str| {
        let query = Query::new().with("lang", lang);
        let response = scene.get(&format!("/oauth2/authorize?{query}"));
        response.find("set-cookie").map(str::to_owned)
    };
    assert_eq!(cookie("pt-BR").unwrap(), "lang=pt-BR; Path=/; SameSite=Lax");
    assert_eq!(cookie("tlh"), None);
}

#[test]
fn a_hint_fills_the_name_in() {
    let scene = Scene::new();
    let query = Query::new().with("login_hint", "grace@example.com");
    assert!(text(&scene.get(&format!("/login?{query}"))).contains("value=\"grace@example.com\""));
}
