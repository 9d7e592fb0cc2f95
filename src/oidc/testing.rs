//! A pool for tests of this directory: tokens signed with test keys, and a server that speaks from a script.

use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::rsa::{KeyPair, PublicKeyComponents};
use ring::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use serde_json::{Value, json};

use super::app_client::AppClient;
use super::domain::Domain;
use super::issuer::Issuer;
use super::user_pool::UserPool;
use crate::clock::Timestamp;
use crate::http::Http;
use crate::http::responder::{Received, Responder, answer};
use crate::secret::Secret;

pub(super) const NOW: Timestamp = Timestamp::from_epoch(1_800_000_000);
pub(super) const CLIENT: &str = "1example23456789";
/// As at Cognito: one key signs ID tokens, the other access tokens.
pub(super) const ID_KID: &str = "idididididididididididididididididididid+/0=";
pub(super) const ACCESS_KID: &str = "acacacacacacacacacacacacacacacacacacacac+/0=";

pub(super) fn key(kid: &str) -> KeyPair {
    let pkcs8: &[u8] = match kid {
        ACCESS_KID => include_bytes!("testdata/second_key.pk8"),
        _ => include_bytes!("testdata/first_key.pk8"),
    };
    KeyPair::from_pkcs8(pkcs8).unwrap()
}

pub(super) fn jwk(kid: &str) -> Value {
    let PublicKeyComponents { n, e } = PublicKeyComponents::<Vec<u8>>::from(key(kid).public_key());
    let encoded = |bytes| URL_SAFE_NO_PAD.encode(bytes);
    json!({"alg": "RS256", "e": encoded(e), "kid": kid, "kty": "RSA", "n": encoded(n), "use": "sig"})
}

pub(super) fn key_set() -> Value {
    json!({"keys": [jwk(ACCESS_KID), jwk(ID_KID)]})
}

pub(super) fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// Signs whatever it is given, with the key the header's `kid` names or the ID key.
pub(super) fn signed(header: Value, claims: &Value) -> String {
    let kid = header["kid"].as_str().unwrap_or(ID_KID).to_owned();
    let input = format!("{}.{}", encoded(&header), encoded(claims));
    let key = key(&kid);
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        input.as_bytes(),
        &mut signature,
    )
    .unwrap();
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

pub(super) fn client() -> AppClient {
    AppClient {
        id: CLIENT.to_owned(),
        secret: None,
        scopes: ["openid", "email"].map(str::to_owned).to_vec(),
    }
}

pub(super) fn confidential() -> AppClient {
    AppClient {
        secret: Some(Secret::new("s3cr+t/&=")),
        ..client()
    }
}

/// Answers made for each request, after the address of the server itself.
type Script = Box<dyn FnMut(&str, &Received) -> Option<String> + Send>;

/// A pool on this machine whose answers are scripted; key set and HEAD are answered by themselves unless the script does.
pub(super) struct ScriptedPool {
    pub(super) issuer: String,
    pub(super) base: String,
    server: Responder,
}

impl ScriptedPool {
    pub(super) fn start(
        mut script: impl FnMut(&str, &Received) -> Option<String> + Send + 'static,
    ) -> ScriptedPool {
        let base = Arc::new(Mutex::new(String::new()));
        let known = base.clone();
        let mut script: Script = Box::new(move |base, received| script(base, received));
        let server = Responder::start(move |received| {
            let base = known.lock().unwrap().clone();
            script(&base, received).unwrap_or_else(|| {
                match (&*received.method, &*received.target) {
                    ("HEAD", _) => answer("405 Method Not Allowed", "", ""),
                    (_, target) if target.ends_with("/jwks.json") => ok(&key_set()),
                    _ => answer("404 Not Found", "", ""),
                }
            })
        });
        base.lock().unwrap().push_str(&server.base);
        ScriptedPool {
            issuer: issuer_at(&server.base),
            base: server.base.clone(),
            server,
        }
    }

    /// Starts a pool whose token endpoint gives one answer for ever.
    pub(super) fn with_token_answer(
        text: impl Fn(&str) -> String + Send + 'static,
    ) -> ScriptedPool {
        ScriptedPool::start(move |base, received| {
            (received.target == "/oauth2/token" && received.method == "POST").then(|| text(base))
        })
    }

    /// Returns the pool as a client knows it by its domain.
    pub(super) fn known(&self, client: AppClient) -> UserPool {
        let domain = Domain::parse(&self.base, None).unwrap();
        UserPool::new(
            Issuer::parse(&self.issuer).unwrap(),
            Some(domain),
            client,
            Http::new(),
        )
    }

    /// Returns the pool as a client knows it by its issuer alone.
    pub(super) fn discovered(&self, client: AppClient) -> UserPool {
        UserPool::new(
            Issuer::parse(&self.issuer).unwrap(),
            None,
            client,
            Http::new(),
        )
    }

    /// Returns what was asked, as `METHOD /path`.
    pub(super) fn asked(&self) -> Vec<String> {
        let path = |target: &str| target.split('?').next().unwrap_or_default().to_owned();
        self.server
            .log()
            .iter()
            .map(|received| format!("{} {}", received.method, path(&received.target)))
            .collect()
    }

    pub(super) fn log(&self) -> Vec<Received> {
        self.server.log()
    }
}

pub(super) fn issuer_at(base: &str) -> String {
    format!("{base}/us-east-1_Sandbox01")
}

pub(super) fn ok(body: &Value) -> String {
    answer(
        "200 OK",
        "content-type: application/json;charset=UTF-8\r\n",
        &body.to_string(),
    )
}

pub(super) fn no(status: &str, body: Value) -> String {
    answer(
        status,
        "content-type: application/json\r\n",
        &body.to_string(),
    )
}
