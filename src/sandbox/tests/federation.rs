//! Two sandboxes on real sockets, the second as the identity provider of the first.

use super::*;
use crate::sandbox::person;

/// The pool people sign in at, and the one that knows them.
fn pools(change: impl FnOnce(&mut IdentityProvider)) -> (Sandbox, Sandbox) {
    let provider = Sandbox::start(Settings {
        port: 0,
        ..Settings::default()
    })
    .unwrap();
    let mut idp = IdentityProvider {
        identifiers: vec!["example.com".to_owned()],
        ..format!("Work={},{CLIENT_ID}", provider.ready().issuer)
            .parse()
            .unwrap()
    };
    change(&mut idp);
    let pool = Sandbox::start(Settings {
        port: 0,
        users: Vec::new(),
        identity_providers: vec![idp],
        ..Settings::default()
    })
    .unwrap();
    let callback = format!("{}/oauth2/idpresponse", pool.ready().domain);
    provider
        .router
        .with_pool(|provider| provider.clients[0].redirect_uris.push(callback));
    (pool, provider)
}

/// Signs in at whichever page asks; returns what the app gets.
fn walk(start: String) -> String {
    person::sign_in_for(REDIRECT, &start, "ada", "Engine-1843").unwrap()
}

fn authorize(pool: &Sandbox, more: &str) -> String {
    let query = Query::new();
    format!("{}/oauth2/authorize?{query}&{more}", pool.ready().domain)
}

fn redeem(pool: &Sandbox, sent: &str) -> Value {
    let answer = Form::parse(sent.split_once('?').unwrap().1);
    let form = body(&[
        ("grant_type", "authorization_code"),
        ("client_id", CLIENT_ID),
        (
            "code",
            answer.get("code").unwrap_or_else(|| panic!("{sent}")),
        ),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ]);
    let address = url::Url::parse(&format!("{}/oauth2/token", pool.ready().domain)).unwrap();
    let answer = super::super::wire::send("POST", &address, &[], &form).unwrap();
    assert_eq!(answer.status, 200);
    serde_json::from_str(&answer.body).unwrap()
}

#[test]
fn a_person_of_another_pool_signs_in_and_carries_an_identity() {
    let (pool, _provider) = pools(|_| {});
    for asked in ["identity_provider=Work", "idp_identifier=example.com"] {
        let tokens = redeem(&pool, &walk(authorize(&pool, asked)));
        let id = claims(&tokens["id_token"]);
        let name = id["cognito:username"].as_str().unwrap();
        assert!(name.starts_with("Work_") && name.len() == 41, "{name}");
        assert_eq!(id["email"], "ada@example.com");
        assert_eq!(id["email_verified"], true);
        assert_eq!(id["name"], "Ada Lovelace");
        assert_eq!(
            id["cognito:groups"],
            json!([format!("{USER_POOL_ID}_Work")])
        );
        let identity = &id["identities"][0];
        assert_eq!(identity["providerName"], "Work");
        assert_eq!(identity["providerType"], "OIDC");
        assert_eq!(identity["primary"], "true");
        assert_eq!(
            format!("Work_{}", identity["userId"].as_str().unwrap()),
            name
        );
        assert!(identity["dateCreated"].as_str().unwrap().ends_with("000"));
        assert_eq!(id["nonce"], "n-1");
    }
}

#[test]
fn a_federated_id_token_has_a_nonce_though_none_was_sent() {
    let (pool, _provider) = pools(|_| {});
    let query = Query::new().without("nonce");
    let address = format!(
        "{}/oauth2/authorize?{query}&identity_provider=Work",
        pool.ready().domain
    );
    let tokens = redeem(&pool, &walk(address));
    assert!(claims(&tokens["id_token"])["nonce"].is_string());
}

#[test]
fn the_login_page_has_a_button_for_each_provider() {
    let (pool, _provider) = pools(|_| {});
    let query = Query::new();
    let address = url::Url::parse(&format!("{}/login?{query}", pool.ready().domain)).unwrap();
    let page = super::super::wire::send("GET", &address, &[], "")
        .unwrap()
        .body;
    assert!(page.contains("Continue with Work") && page.contains("&amp;identity_provider=Work"));
}

#[test]
fn what_goes_wrong_at_the_provider_reaches_app_and_developer() {
    let (pool, provider) = pools(|_| {});
    let refused = |order: Value, description: &str| {
        provider.quirks(json!({"reset": true})).unwrap();
        provider.quirks(order).unwrap();
        let sent = walk(authorize(&pool, "identity_provider=Work"));
        let answer = Form::parse(sent.split_once('?').unwrap().1);
        assert_eq!(answer.get("error"), Some("invalid_request"), "{sent}");
        assert_eq!(answer.get("error_description"), Some(description));
        assert_eq!(answer.get("state"), Some("s t&te"));
        let finding = pool.requests().last().unwrap().finding.clone().unwrap();
        assert!(finding.wrong.starts_with("the identity provider `Work`: "));
    };
    let text = "identity provider failed";
    refused(json!({"discovery": {"status": 500}}), text);
    let text = "Work Error - 500 error getting token";
    refused(json!({"token": {"status": 500}}), text);
    let signed = "Work Error - ID token: no key of the provider has signed it";
    refused(json!({"id_token": {"signature": "other_key"}}), signed);
    refused(json!({"id_token": {"signature": "none"}}), signed);
    refused(json!({"id_token": {"signature": "hs256"}}), signed);
    for (claim, what) in [
        (json!({"nonce": "x"}), "another nonce"),
        (json!({"iss": "x"}), "another issuer"),
        (json!({"aud": "x"}), "another audience"),
        (json!({"exp": 1}), "expired"),
    ] {
        let text = format!("Work Error - ID token: {what}");
        refused(json!({"id_token": {"claims": claim}}), &text);
    }
    let text = "Work Error - userInfo is about somebody else";
    refused(json!({"userinfo": {"merge": {"sub": "x"}}}), text);
}

#[test]
fn an_answer_is_taken_only_from_the_browser_that_asked() {
    let (pool, _provider) = pools(|_| {});
    let address = format!("{}/oauth2/idpresponse?state=x&code=y", pool.ready().domain);
    let address = url::Url::parse(&address).unwrap();
    let answer = super::super::wire::send("GET", &address, &[("Cookie", "csrf-state=x")], "");
    let answer = answer.unwrap();
    assert!(answer.header("location").unwrap().contains("/error?"));
}

#[test]
fn an_unknown_provider_is_refused() {
    let scene = Scene::new();
    for asked in ["identity_provider=Work", "idp_identifier=example.com"] {
        let response = scene.get(&format!("/oauth2/authorize?{}&{asked}", Query::new()));
        assert_eq!(back(&response).get("error"), Some("invalid_request"));
    }
}
