//! Discovery, keys, and who may ask.

use super::*;

#[test]
fn discovery_says_what_cognito_says_and_leaves_out_what_it_leaves_out() {
    let scene = Scene::new();
    let response = scene.get(&format!("/{USER_POOL_ID}/.well-known/openid-configuration"));
    let document = json_of(&response);
    assert_eq!(
        document["issuer"],
        format!("http://127.0.0.1:9229/{USER_POOL_ID}")
    );
    assert_eq!(
        document["userinfo_endpoint"],
        "http://127.0.0.1:9229/oauth2/userInfo"
    );
    assert_eq!(document.get("code_challenge_methods_supported"), None);
    let methods = &document["token_endpoint_auth_methods_supported"];
    assert_eq!(
        methods,
        &json!(["client_secret_basic", "client_secret_post"])
    );
    let jwks = scene.get(
        document["jwks_uri"]
            .as_str()
            .unwrap()
            .split_once("9229")
            .unwrap()
            .1,
    );
    assert_eq!(json_of(&jwks)["keys"].as_array().map(Vec::len), Some(2));
}

#[test]
fn another_pool_is_not_here() {
    let response = Scene::new().get("/eu-west-1_Other/.well-known/openid-configuration");
    assert_eq!(response.status, 400);
    assert_eq!(
        json_of(&response)["message"],
        "User pool eu-west-1_Other does not exist."
    );
}

#[test]
fn the_domain_has_no_discovery_and_a_stranger_s_name_gets_nothing() {
    let scene = Scene::new();
    assert_eq!(
        scene.get("/.well-known/oauth-authorization-server").status,
        404
    );
    let host = [("host", "evil.example.com:9229")];
    assert_eq!(
        scene.send("GET", "/sandbox/mailbox", &host, None).status,
        421
    );
    for host in ["localhost", "localhost:9229", "[::1]:9229"] {
        assert_eq!(
            scene.send("GET", "/", &[("host", host)], None).status,
            200,
            "{host}"
        );
    }
}

#[test]
fn a_page_of_another_origin_may_use_the_three_endpoints_and_no_control() {
    let scene = Scene::new();
    let asks = |path| {
        let response = scene.send("OPTIONS", path, &[], None);
        (
            response.status,
            response
                .find("access-control-allow-origin")
                .map(str::to_owned),
        )
    };
    for path in ["/oauth2/token", "/oauth2/revoke", "/oauth2/userInfo"] {
        assert_eq!(asks(path), (204, Some("*".to_owned())), "{path}");
    }
    for path in ["/sandbox/quirks", "/sandbox/mailbox", "/login"] {
        assert_eq!(asks(path).1, None, "{path}");
    }
}
