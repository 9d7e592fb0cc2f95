//! The decision tables of `cognito.md` §14, row by row, against the router; and one sign-in over a real socket.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::message::{Form, Request, Response, encode};
use super::pool::Pool;
use super::router::Router;
use super::settings::{
    AppClient, CLIENT_ID, MACHINE_CLIENT_ID, ResourceServer, Settings, USER_POOL_ID, User,
};
use super::{Sandbox, signing};
use crate::clock::{FixedClock, Timestamp};

const NOW: i64 = 1_800_000_000;
const REDIRECT: &str = "http://localhost:3000";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const API: &str = "https://api.example.com";

/// A pool, and a browser with cookies in front of it.
struct Scene {
    router: Router,
    cookies: RefCell<BTreeMap<String, String>>,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Scene {
    fn new() -> Scene {
        Scene::of(Settings::default())
    }

    fn of(mut settings: Settings) -> Scene {
        let lines: Arc<Mutex<Vec<String>>> = Arc::default();
        let written = Arc::clone(&lines);
        settings.log = Arc::new(move |line| written.lock().unwrap().push(line.to_owned()));
        let clock = Box::new(FixedClock(Timestamp::from_epoch(NOW)));
        let pool = Pool::open(&settings, "http://127.0.0.1:9229", USER_POOL_ID, clock).unwrap();
        Scene {
            router: Router::new(pool, USER_POOL_ID),
            cookies: RefCell::default(),
            lines,
        }
    }

    fn send(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: Option<&str>,
    ) -> Response {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let jar: Vec<String> = self
            .cookies
            .borrow()
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut all = vec![
            ("host".to_owned(), "127.0.0.1:9229".to_owned()),
            ("cookie".to_owned(), jar.join("; ")),
        ];
        if body.is_some() {
            let form = "application/x-www-form-urlencoded; charset=UTF-8";
            all.push(("content-type".to_owned(), form.to_owned()));
        }
        let further = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        all.splice(0..0, further);
        let response = self.router.answer(&Request {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: all,
            body: body.unwrap_or_default().as_bytes().to_vec(),
        });
        for (_, cookie) in response
            .headers
            .iter()
            .filter(|(name, _)| *name == "set-cookie")
        {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies
                .borrow_mut()
                .insert(name.to_owned(), value.to_owned());
        }
        response
    }

    fn get(&self, target: &str) -> Response {
        self.send("GET", target, &[], None)
    }

    fn post(&self, target: &str, form: &[(&str, &str)]) -> Response {
        self.send("POST", target, &[], Some(&body(form)))
    }

    /// Opens a page and sends its form back, filled in.
    fn fill(&self, target: &str, form: &[(&str, &str)]) -> Response {
        let page = text(&self.get(target));
        let csrf = page
            .split("name=\"_csrf\" value=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        let mut all = vec![("_csrf", csrf)];
        all.extend(form);
        self.post(target, &all)
    }

    fn order(&self, order: Value) {
        let json = ("content-type", "application/json");
        let body = order.to_string();
        let response = self.send("POST", "/sandbox/quirks", &[json], Some(&body));
        assert_eq!(response.status, 204, "{}", text(&response));
    }

    fn later(&self, seconds: i64) {
        self.order(json!({"rules": {"clock_offset_seconds": seconds}}));
    }

    /// Signs Ada in and returns the code.
    fn code(&self, query: &Query) -> String {
        let response = self.fill(
            &format!("/login?{query}"),
            &[("username", "ada"), ("password", "Engine-1843")],
        );
        back(&response).get("code").unwrap().to_owned()
    }

    fn token(&self, form: &[(&str, &str)]) -> Response {
        self.post("/oauth2/token", form)
    }

    fn redeem(&self, code: &str) -> Response {
        self.token(&[
            ("grant_type", "authorization_code"),
            ("client_id", CLIENT_ID),
            ("code", code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
        ])
    }

    fn tokens(&self) -> Value {
        let response = self.redeem(&self.code(&Query::new()));
        assert_eq!(response.status, 200);
        json_of(&response)
    }

    fn refresh(&self, token: &Value) -> Response {
        self.token(&[
            ("grant_type", "refresh_token"),
            ("client_id", CLIENT_ID),
            ("refresh_token", token.as_str().unwrap()),
        ])
    }

    fn user_info(&self, token: &Value) -> Response {
        let header = format!("Bearer {}", token.as_str().unwrap());
        self.send(
            "GET",
            "/oauth2/userInfo",
            &[("authorization", &header)],
            None,
        )
    }
}

/// The query of a good authorize request, to be changed.
struct Query(Form);

impl Query {
    fn new() -> Query {
        Query(
            Form::default()
                .with("client_id", CLIENT_ID)
                .with("response_type", "code")
                .with("redirect_uri", REDIRECT)
                .with("scope", "openid email profile")
                .with("state", "s t&te")
                .with("nonce", "n-1")
                .with("code_challenge", &signing::challenge(VERIFIER))
                .with("code_challenge_method", "S256"),
        )
    }

    fn with(self, name: &str, value: &str) -> Query {
        Query(self.0.without(&[name]).with(name, value))
    }

    fn without(self, name: &str) -> Query {
        Query(self.0.without(&[name]))
    }
}

impl std::fmt::Display for Query {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

fn body(form: &[(&str, &str)]) -> String {
    let add = |all: Form, (name, value): &(&str, &str)| all.with(name, value);
    form.iter().fold(Form::default(), add).to_string()
}

fn text(response: &Response) -> String {
    String::from_utf8(response.body.clone()).unwrap()
}

fn json_of(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap()
}

fn location(response: &Response) -> &str {
    assert_eq!(response.status, 302);
    response.find("location").unwrap()
}

/// What a redirect brings back to the client.
fn back(response: &Response) -> Form {
    Form::parse(
        location(response)
            .strip_prefix(&format!("{REDIRECT}?"))
            .unwrap(),
    )
}

fn claims(token: &Value) -> Value {
    let part = token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn header(token: &Value) -> Value {
    let part = token.as_str().unwrap().split('.').next().unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn refused(response: &Response) -> (u16, String) {
    let document = json_of(response);
    (
        response.status,
        document["error"].as_str().unwrap_or_default().to_owned(),
    )
}

fn error(name: &str) -> (u16, String) {
    (400, name.to_owned())
}

mod authorize {
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
            ..settings.clients().remove(0)
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
        assert_eq!(
            location(&ask(&scene, &query)),
            format!("/login?{query}"),
            "row 14"
        );

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
        let scene = Scene::of(Settings {
            redirect_uris: vec![uri.to_owned()],
            ..Settings::default()
        });
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
}

mod token {
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
            ..Settings::default().clients().remove(0)
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
        let expected =
            json!({"error": "unauthorized_client", "error_description": "invalid_redirect"});
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
        scene
            .order(json!({"rules": {"rotate_refresh_tokens": true, "rotation_grace_seconds": 10}}));
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
            ..Settings::default().clients().remove(0)
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
        let expected = "error=\"invalid_token\", error_description=\"Access token does not contain openid scope\"";
        assert_eq!(
            (response.status, response.find("www-authenticate")),
            (401, Some(expected))
        );
    }
}

mod user_info {
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
        let expected = "error=\"invalid_request\", error_description=\"Bad OAuth2 request at UserInfo Endpoint\"";
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
}

mod revoke {
    use super::*;

    fn revoke(scene: &Scene, form: &[(&str, &str)]) -> Response {
        scene.post("/oauth2/revoke", form)
    }

    #[test]
    fn a_revoked_session_ends_at_once_and_others_stay() {
        let scene = Scene::new();
        let (mine, other) = (scene.tokens(), scene.tokens());
        let form = [
            ("client_id", CLIENT_ID),
            ("token", mine["refresh_token"].as_str().unwrap()),
        ];
        for _ in 0..2 {
            let response = revoke(&scene, &form);
            assert_eq!((response.status, response.body.len()), (200, 0));
        }
        assert_eq!(
            refused(&scene.refresh(&mine["refresh_token"])),
            error("invalid_grant")
        );
        assert_eq!(scene.user_info(&mine["access_token"]).status, 401);
        assert_eq!(scene.user_info(&other["access_token"]).status, 200);
        assert_eq!(scene.refresh(&other["refresh_token"]).status, 200);
        assert!(
            location(&scene.get(&format!("/oauth2/authorize?{}", Query::new()))).contains("code="),
            "the browser's session is another matter"
        );
    }

    #[test]
    fn errors_are_those_of_the_table() {
        let scene = Scene::new();
        let tokens = scene.tokens();
        let id = ("client_id", CLIENT_ID);
        assert_eq!(refused(&revoke(&scene, &[id])), error("invalid_request"));
        for wrong in ["access_token", "id_token"] {
            let form = [id, ("token", tokens[wrong].as_str().unwrap())];
            assert_eq!(
                refused(&revoke(&scene, &form)),
                error("unsupported_token_type")
            );
        }
        assert_eq!(revoke(&scene, &[id, ("token", "unknown")]).status, 200);
        let nobody = [("client_id", "nobody"), ("token", "x")];
        assert_eq!(
            refused(&revoke(&scene, &nobody)),
            (401, "invalid_client".to_owned())
        );
        assert_eq!(scene.get("/oauth2/revoke").status, 405);
    }
}

mod logout {
    use super::*;

    #[test]
    fn the_cookie_goes_and_the_browser_lands_where_it_is_registered() {
        let scene = Scene::new();
        scene.code(&Query::new());
        let there = format!(
            "/logout?client_id={CLIENT_ID}&logout_uri=http%3A%2F%2Flocalhost%3A3001&state=x"
        );
        let response = scene.get(&there);
        assert_eq!(location(&response), "http://localhost:3001");
        assert!(
            response
                .find("set-cookie")
                .unwrap()
                .starts_with("cognito=\"\"; Max-Age=0")
        );
        let silent = format!("/oauth2/authorize?{}", Query::new().with("prompt", "none"));
        assert_eq!(
            back(&scene.get(&silent)).get("error"),
            Some("login_required")
        );
    }

    #[test]
    fn or_at_the_sign_in_page_with_the_same_request() {
        let query = Query::new();
        assert_eq!(
            location(&Scene::new().get(&format!("/logout?{query}"))),
            format!("/login?{query}")
        );
    }

    #[test]
    fn an_address_that_is_not_registered_ends_at_the_error_page_signed_out_even_so() {
        let scene = Scene::new();
        scene.code(&Query::new());
        let there = format!("/logout?client_id={CLIENT_ID}&logout_uri=http%3A%2F%2Flocalhost%3A1");
        assert!(location(&scene.get(&there)).starts_with("/error?error=Required"));
        let query = Query::new();
        let again = scene.get(&format!("/oauth2/authorize?{query}"));
        assert!(location(&again).starts_with("/login?"));
    }
}

mod documents {
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
}

mod pages {
    use super::*;

    fn login() -> String {
        format!("/login?{}", Query::new())
    }

    #[test]
    fn a_wrong_password_shows_the_page_again_with_the_name_and_without_the_password() {
        let scene = Scene::new();
        let response = scene.fill(
            &login(),
            &[("username", "<ada>"), ("password", "s3cret&pass")],
        );
        let page = text(&response);
        assert_eq!(response.status, 200);
        assert!(
            page.contains("Incorrect user name or password.") && page.contains("role=\"alert\"")
        );
        assert!(page.contains("value=\"&lt;ada&gt;\"") && !page.contains("<ada>"));
        assert!(!page.contains("s3cret"));
    }

    #[test]
    fn a_form_from_elsewhere_or_from_long_ago_is_not_taken() {
        let scene = Scene::new();
        let forged = scene.post(
            &login(),
            &[("username", "ada"), ("password", "Engine-1843")],
        );
        assert!(text(&forged).contains("open for too long"));
        let page = text(&scene.get(&login()));
        let csrf = page
            .split("name=\"_csrf\" value=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        let form = [
            ("_csrf", csrf),
            ("username", "ada"),
            ("password", "Engine-1843"),
        ];
        scene.later(300);
        assert!(text(&scene.post(&login(), &form)).contains("open for too long"));
    }

    #[test]
    fn two_tabs_share_one_form_token() {
        let scene = Scene::new();
        let first = text(&scene.get(&login()));
        let csrf = first
            .split("name=\"_csrf\" value=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        scene.get(&login());
        let form = [
            ("_csrf", csrf),
            ("username", "ada"),
            ("password", "Engine-1843"),
        ];
        assert_eq!(scene.post(&login(), &form).status, 302);
    }

    #[test]
    fn a_page_without_a_valid_request_is_the_error_page() {
        let scene = Scene::new();
        for path in [
            "/login",
            "/signup",
            "/confirm",
            "/forgotPassword",
            "/confirmforgotPassword",
        ] {
            assert!(location(&scene.get(path)).starts_with("/error?"), "{path}");
        }
    }

    #[test]
    fn a_person_signs_up_confirms_and_is_signed_in() {
        let scene = Scene::new();
        let form = [
            ("username", "grace"),
            ("email", "grace@example.com"),
            ("name", "Grace Hopper"),
            ("password", "Cobol-1959"),
        ];
        let response = scene.fill(&format!("/signup?{}", Query::new()), &form);
        let confirm = location(&response).to_owned();
        assert!(confirm.starts_with("/confirm?") && confirm.ends_with("&user_name=grace"));
        let letters = json_of(&scene.get("/sandbox/mailbox"));
        let code = letters[0]["code"].as_str().unwrap();
        assert_eq!(
            (&letters[0]["to"], &letters[0]["purpose"]),
            (&json!("grace@example.com"), &json!("confirmation"))
        );
        let line = format!("a confirmation code was sent to grace@example.com: {code}");
        assert!(scene.lines.lock().unwrap().contains(&line));

        assert!(text(&scene.fill(&confirm, &[("code", "000")])).contains("This code is wrong"));
        let spaced = format!(" {} {}\n", &code[..3], &code[3..]);
        let response = scene.fill(&confirm, &[("code", &spaced)]);
        let tokens = json_of(&scene.redeem(back(&response).get("code").unwrap()));
        assert_eq!(claims(&tokens["id_token"])["name"], "Grace Hopper");
    }

    #[test]
    fn a_browser_that_never_showed_the_password_is_not_signed_in_by_a_code() {
        let scene = Scene::new();
        let form = [
            ("username", "grace"),
            ("email", "grace@example.com"),
            ("password", "Cobol-1959"),
        ];
        let confirm = location(&scene.fill(&format!("/signup?{}", Query::new()), &form)).to_owned();
        let code = json_of(&scene.get("/sandbox/mailbox"))[0]["code"]
            .as_str()
            .unwrap()
            .to_owned();
        scene.cookies.borrow_mut().clear();
        let response = scene.fill(&confirm, &[("code", &code)]);
        assert!(
            location(&response).starts_with("/login?")
                && location(&response).ends_with("&notice=confirmed")
        );
        let page = text(&scene.get(location(&response)));
        assert!(page.contains("Your address is confirmed.") && page.contains("value=\"grace\""));
    }

    #[test]
    fn an_unconfirmed_account_is_led_to_its_code_and_can_ask_for_another() {
        let scene = Scene::new();
        let form = [
            ("username", "grace"),
            ("email", "grace@example.com"),
            ("password", "Cobol-1959"),
        ];
        scene.fill(&format!("/signup?{}", Query::new()), &form);
        let response = scene.fill(
            &login(),
            &[("username", "grace"), ("password", "Cobol-1959")],
        );
        let confirm = location(&response).to_owned();
        assert!(confirm.starts_with("/confirm?"));
        let page = text(&scene.get(&confirm));
        let csrf = page
            .split("name=\"_csrf\" value=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        let again = scene.post(
            &confirm.replace("/confirm?", "/resendcode?"),
            &[("_csrf", csrf)],
        );
        assert!(text(&scene.get(location(&again))).contains("A new code is on its way."));
        assert_eq!(
            json_of(&scene.get("/sandbox/mailbox"))
                .as_array()
                .map(Vec::len),
            Some(3)
        );
    }

    #[test]
    fn a_forgotten_password_is_replaced_and_strangers_learn_nothing() {
        let scene = Scene::new();
        let forgot = format!("/forgotPassword?{}", Query::new());
        let stranger = scene.fill(&forgot, &[("username", "nobody")]);
        assert!(location(&stranger).starts_with("/confirmforgotPassword?"));
        assert_eq!(json_of(&scene.get("/sandbox/mailbox")), json!([]));
        let reset = location(&scene.fill(&forgot, &[("username", "ada@example.com")])).to_owned();
        let code = json_of(&scene.get("/sandbox/mailbox"))[0]["code"]
            .as_str()
            .unwrap()
            .to_owned();
        let response = scene.fill(&reset, &[("code", &code), ("password", "Engine-1844")]);
        assert!(location(&response).ends_with("&notice=password_changed"));
        let old = scene.fill(
            &login(),
            &[("username", "ada"), ("password", "Engine-1843")],
        );
        assert!(text(&old).contains("Incorrect"));
        let new = scene.fill(
            &login(),
            &[("username", "ada"), ("password", "Engine-1844")],
        );
        assert_eq!(new.status, 302);
    }

    #[test]
    fn every_page_says_that_it_is_a_sandbox_and_loads_nothing_from_elsewhere() {
        let scene = Scene::new();
        let query = Query::new();
        for path in [
            "/login",
            "/signup",
            "/confirm",
            "/forgotPassword",
            "/confirmforgotPassword",
            "/error",
            "/",
        ] {
            let response = scene.get(&format!("{path}?{query}"));
            let page = text(&response);
            assert!(page.contains("This is a sandbox."), "{path}");
            assert!(
                !page.contains("<script") && !page.contains("src=") && !page.contains("url("),
                "{path}"
            );
            assert!(
                response
                    .find("content-security-policy")
                    .unwrap()
                    .starts_with("default-src 'none'")
            );
            assert_eq!(response.find("x-frame-options"), Some("DENY"));
        }
    }

    #[test]
    fn the_test_account_is_shown_only_while_it_works() {
        let shows = |scene: &Scene| text(&scene.get(&login())).contains("Engine-1843");
        assert!(shows(&Scene::new()));
        let users = vec![
            "grace:grace@example.com:Cobol-1959"
                .parse::<User>()
                .unwrap(),
        ];
        assert!(!shows(&Scene::of(Settings {
            users,
            ..Settings::default()
        })));
    }
}

mod controls {
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
}

mod wire {
    use super::*;

    fn start() -> Sandbox {
        Sandbox::start(Settings {
            port: 0,
            ..Settings::default()
        })
        .unwrap()
    }

    fn connect(sandbox: &Sandbox) -> TcpStream {
        TcpStream::connect(sandbox.ready().domain.strip_prefix("http://").unwrap()).unwrap()
    }

    /// Sends one request and reads one answer by its length; the connection stays.
    fn exchange(stream: &mut TcpStream, request: &str) -> (String, Vec<u8>) {
        stream.write_all(request.as_bytes()).unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap();
        let length = head
            .split("content-length: ")
            .nth(1)
            .unwrap()
            .split('\r')
            .next()
            .unwrap();
        let mut body = vec![0; length.parse().unwrap()];
        stream.read_exact(&mut body).unwrap();
        (head, body)
    }

    #[test]
    fn one_connection_carries_a_whole_sign_in() {
        let sandbox = start();
        let mut stream = connect(&sandbox);
        let query = Query::new();
        let get = |target: &str| format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        let (head, _) = exchange(&mut stream, &get(&format!("/oauth2/authorize?{query}")));
        assert!(
            head.starts_with("HTTP/1.1 302 Found\r\n") && head.contains("connection: keep-alive")
        );
        let (_, page) = exchange(&mut stream, &get(&format!("/login?{query}")));
        let page = String::from_utf8(page).unwrap();
        let csrf = page
            .split("name=\"_csrf\" value=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        let post = |target: &str, form: &str| {
            format!(
                "POST {target} HTTP/1.1\r\nHost: localhost\r\nCookie: XSRF-TOKEN={csrf}\r\n\
                 Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
                form.len()
            )
        };
        let form = body(&[
            ("_csrf", csrf),
            ("username", "ada"),
            ("password", "Engine-1843"),
        ]);
        let (head, _) = exchange(&mut stream, &post(&format!("/login?{query}"), &form));
        let code = head
            .split("code=")
            .nth(1)
            .unwrap()
            .split('&')
            .next()
            .unwrap();
        let form = body(&[
            ("grant_type", "authorization_code"),
            ("client_id", &sandbox.ready().client_id),
            ("code", code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
        ]);
        let (head, tokens) = exchange(&mut stream, &post("/oauth2/token", &form));
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"));
        let tokens: Value = serde_json::from_slice(&tokens).unwrap();
        assert_eq!(
            claims(&tokens["id_token"])["iss"],
            json!(sandbox.ready().issuer)
        );
        assert_eq!(sandbox.stats().connections, 1);
    }

    #[test]
    fn what_is_not_http_as_we_speak_it_is_refused_and_bounded() {
        let sandbox = start();
        let answer = |request: &str| {
            let mut stream = connect(&sandbox);
            let _ = stream.write_all(request.as_bytes());
            let mut bytes = Vec::new();
            let _ = stream.read_to_end(&mut bytes);
            String::from_utf8_lossy(&bytes)
                .chars()
                .skip(9)
                .take(3)
                .collect::<String>()
        };
        assert_eq!(answer("GET http://localhost/ HTTP/1.1\r\n\r\n"), "400");
        assert_eq!(answer("nonsense\r\n\r\n"), "400");
        assert_eq!(
            answer("GET / HTTP/1.1\r\nHost: localhost\r\nno colon\r\n\r\n"),
            "400"
        );
        assert_eq!(answer("GET / HTTP/1.1\r\nConnection: close\r\n\r\n"), "421");
        assert_eq!(
            answer("POST / HTTP/1.1\r\nContent-Length: 999999999\r\n\r\n"),
            "413"
        );
        assert_eq!(
            answer("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"),
            "501"
        );
        assert_eq!(
            answer("GET / HTTP/1.0\r\nHost: localhost\r\nCookie: x=\u{e9}\r\n\r\n"),
            "200"
        );
        assert_eq!(
            answer(&format!("GET / HTTP/1.1\r\nX: {}", "x".repeat(17_000))),
            "431"
        );
    }

    #[test]
    fn hanging_up_is_seen_on_the_wire() {
        let sandbox = start();
        let read = |order: Value| {
            sandbox.quirks(order).unwrap();
            let mut stream = connect(&sandbox);
            let target = format!("/{USER_POOL_ID}/.well-known/jwks.json");
            write!(stream, "GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
            let mut bytes = Vec::new();
            let _ = stream.read_to_end(&mut bytes);
            String::from_utf8(bytes).unwrap()
        };
        assert_eq!(read(json!({"jwks": {"hang_up": "before_answer"}})), "");
        let half = read(json!({"jwks": {"hang_up": "mid_body"}}));
        let (head, body) = half.split_once("\r\n\r\n").unwrap();
        let length: usize = head
            .split("content-length: ")
            .nth(1)
            .unwrap()
            .split('\r')
            .next()
            .unwrap()
            .parse()
            .unwrap();
        assert_eq!(body.len(), length / 2);
    }

    #[test]
    fn dropping_it_frees_the_port_and_ends_connections() {
        let sandbox = start();
        let mut stream = connect(&sandbox);
        exchange(&mut stream, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        let port = sandbox
            .ready()
            .domain
            .rsplit_once(':')
            .unwrap()
            .1
            .parse()
            .unwrap();
        drop(sandbox);
        assert_eq!(stream.read(&mut [0]).unwrap_or(0), 0);
        drop(stream);
        let again = Sandbox::start(Settings {
            port,
            ..Settings::default()
        })
        .unwrap();
        let taken = Sandbox::start(Settings {
            port,
            ..Settings::default()
        });
        assert!(taken.is_err_and(|error| error.kind() == std::io::ErrorKind::AddrInUse));
        drop(again);
    }

    #[test]
    fn the_ready_line_has_the_keys_of_the_contract() {
        let ready = serde_json::to_value(start().ready()).unwrap();
        let mut names: Vec<_> = ready
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "client_id",
                "client_secret",
                "domain",
                "issuer",
                "redirect_uris",
                "user_pool_id",
                "users"
            ]
        );
        assert_eq!(ready["client_secret"], Value::Null);
        assert_eq!(
            ready["users"],
            json!([{"username": "ada", "email": "ada@example.com", "password": "Engine-1843"}])
        );
    }
}
