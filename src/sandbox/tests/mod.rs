//! The tables of `tests/README.md`, row by row, against the router; and one sign-in over a real socket.

mod authorize;
mod controls;
mod documents;
mod federation;
mod logout;
mod pages;
mod revoke;
mod token;
mod user_info;
mod wire;

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
use super::random::Chance;
use super::router::Router;
use super::settings::{
    AppClient, CLIENT_ID, Group, IdentityProvider, MACHINE_CLIENT_ID, Mfa, ResourceServer,
    Settings, USER_POOL_ID, User,
};
use super::{Sandbox, signing};
use crate::clock::{FixedClock, Timestamp};

const DOMAIN: &str = "http://127.0.0.1:9229";
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
        let pool = Pool::open(&settings, DOMAIN, USER_POOL_ID, clock).unwrap();
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
        let csrf = csrf_of(&page);
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

fn csrf_of(page: &str) -> &str {
    let value = page.split("name=\"_csrf\" value=\"").nth(1).unwrap();
    value.split('"').next().unwrap()
}

fn json_of(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap()
}

fn location(response: &Response) -> &str {
    assert_eq!(response.status, 302);
    let location = response.find("location").unwrap();
    location.strip_prefix(DOMAIN).unwrap_or(location)
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
