//! Signing in with another OpenID provider: the pool as a client, in as few words as the protocol allows.
//!
//! It shares nothing with the client of this program (`oidc`). Providers are reached by plain `http` on loopback: a second
//! sandbox, or a provider in a test. What another server is asked is an [`Errand`], run while the pool is free for others.

use std::io;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde_json::{Map, Value};
use url::Url;

use super::authorization::Authorization;
use super::diagnosis::Wrong;
use super::hosted_ui;
use super::message::{Form, Request, Response};
use super::pool::Pool;
use super::random;
use super::settings::{IdentityProvider, User};
use super::signing;
use super::users::Identity;
use super::wire;
use crate::clock::Timestamp;

/// Seconds a provider's clock may be ahead or behind.
const SKEW: Duration = Duration::from_secs(60);
/// Attributes taken over from a provider, under their own names; e-mail comes beside them.
const MAPPED: [&str; 8] = [
    "name",
    "given_name",
    "family_name",
    "preferred_username",
    "email_verified",
    "phone_number",
    "picture",
    "locale",
];

/// A browser that is at a provider, and what it is there for.
#[derive(Clone, Debug)]
pub(super) struct Departure {
    authorization: Authorization,
    provider: IdentityProvider,
    token_endpoint: Url,
    userinfo_endpoint: Option<Url>,
    jwks_uri: Url,
    nonce: String,
    verifier: String,
    callback: String,
}

/// What has to be asked of a provider.
#[derive(Clone, Debug)]
pub(super) enum Errand {
    /// Its discovery document, before the browser is sent there.
    Discover {
        authorization: Box<Authorization>,
        provider: IdentityProvider,
    },
    /// Tokens for the code the browser brought, its keys, and what it says of the person.
    Redeem {
        departure: Box<Departure>,
        code: String,
    },
}

/// What came of an errand.
pub(super) enum Outcome {
    Discovered {
        authorization: Box<Authorization>,
        provider: IdentityProvider,
        document: io::Result<Value>,
    },
    Redeemed {
        departure: Box<Departure>,
        answers: io::Result<Answers>,
    },
}

/// What a provider said in exchange for a code; nothing of it is checked yet.
pub(super) struct Answers {
    id_token: String,
    keys: Value,
    user_info: Value,
}

impl Pool {
    /// Sends a browser to the provider its request asks for (row 13).
    pub(super) fn leave_for_provider(&self, authorization: &Authorization) -> Response {
        let name = authorization.provider.as_deref().unwrap_or_default();
        let Some(provider) = self.provider(name).cloned() else {
            let wrong = Wrong::UnknownProvider(name.to_owned());
            return authorization.refused("invalid_request", None, wrong);
        };
        Response {
            errand: Some(Errand::Discover {
                authorization: Box::new(authorization.clone()),
                provider,
            }),
            ..Response::new(302)
        }
    }
}

/// `/oauth2/idpresponse`: the browser comes back from a provider.
pub(super) fn arrive(pool: &mut Pool, request: &Request) -> Response {
    let query = request.query_form();
    let state = query.get("state").unwrap_or_default();
    // The cookie binds the answer to the browser that asked: nobody is signed in by a link.
    let own = request.cookie("csrf-state") == Some(state);
    let now = pool.now();
    let Some(departure) = own.then(|| pool.departures.take(state, now)).flatten() else {
        return Response::redirect("/error?error=invalid_request").because(Wrong::StaleForm);
    };
    let response = match (query.filled("code"), query.filled("error")) {
        (Some(code), None) => Response {
            errand: Some(Errand::Redeem {
                departure: Box::new(departure),
                code: code.to_owned(),
            }),
            ..Response::new(302)
        },
        (_, error) => {
            let error = error.unwrap_or("no code came back");
            let text = query.filled("error_description").unwrap_or(error);
            let kind = match error {
                "access_denied" => "access_denied",
                _ => "invalid_request",
            };
            departure.refused(kind, text)
        }
    };
    response.header(
        "set-cookie",
        "csrf-state=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax",
    )
}

/// Goes on with an answer when another server has been asked.
pub(super) fn resume(pool: &mut Pool, outcome: Outcome) -> Response {
    match outcome {
        Outcome::Discovered {
            authorization,
            provider,
            document,
        } => {
            let name = provider.name.clone();
            let departure = document.and_then(|document| {
                Departure::plan(pool, *authorization.clone(), provider, &document)
            });
            match departure {
                Ok((departure, address)) => depart(pool, departure, address),
                Err(error) => {
                    let text = error.to_string();
                    let wrong = Wrong::Provider { name, text };
                    authorization.refused(
                        "invalid_request",
                        Some("identity provider failed"),
                        wrong,
                    )
                }
            }
        }
        Outcome::Redeemed { departure, answers } => {
            let claims = answers.and_then(|answers| departure.judge(answers, pool.now()));
            match claims {
                Ok(claims) => take_in(pool, &departure, &claims),
                Err(error) => {
                    let text = format!("{} Error - {error}", departure.provider.name);
                    departure.refused("invalid_request", &text)
                }
            }
        }
    }
}

/// Remembers the departure and sends the browser off; the departure's `state` is in the address.
fn depart(pool: &mut Pool, departure: Departure, mut address: Url) -> Response {
    let now = pool.now();
    let state = pool.departures.keep(departure, now);
    address.query_pairs_mut().append_pair("state", &state);
    Response::redirect(address.as_str()).header(
        "set-cookie",
        format!("csrf-state={state}; Max-Age=300; Path=/; HttpOnly; SameSite=Lax"),
    )
}

/// Makes an account of what the provider said, or brings the known one up to date, and signs it in.
fn take_in(pool: &mut Pool, departure: &Departure, claims: &Map<String, Value>) -> Response {
    let said = |name: &str| claims.get(name).and_then(text).unwrap_or_default();
    let provider = &departure.provider.name;
    let username = format!("{provider}_{}", said("sub"));
    let address = said("email");
    let mut user = User::new(&username, "", &random::uuid());
    if User::accepts_email(&address) {
        user.email = address;
    }
    user.groups = vec![format!("{}_{provider}", pool.id)];
    let mapped = MAPPED.iter().map(|name| ((*name).to_owned(), said(name)));
    user.attributes = mapped.filter(|(_, value)| !value.is_empty()).collect();
    let identity = Identity {
        provider: provider.clone(),
        subject: said("sub"),
        since: pool.now(),
    };
    match pool.users.federated(user, identity) {
        Some(username) => hosted_ui::welcome(pool, &departure.authorization, &username),
        None => {
            let text = format!("Already found an entry for username {username}");
            departure.refused("invalid_request", &text)
        }
    }
}

impl Errand {
    /// Asks; the pool is not locked meanwhile.
    pub(super) fn run(self) -> Outcome {
        match self {
            Errand::Discover {
                authorization,
                provider,
            } => {
                let issuer = provider.issuer.trim_end_matches('/');
                let address = format!("{issuer}/.well-known/openid-configuration");
                Outcome::Discovered {
                    authorization,
                    document: parsed(&address).and_then(|address| get(&address, None)),
                    provider,
                }
            }
            Errand::Redeem { departure, code } => Outcome::Redeemed {
                answers: departure.redeem(&code),
                departure,
            },
        }
    }
}

impl Departure {
    /// Plans the way to a provider; returns the address without `state`.
    fn plan(
        pool: &Pool,
        authorization: Authorization,
        provider: IdentityProvider,
        document: &Value,
    ) -> io::Result<(Departure, Url)> {
        if document["issuer"] != provider.issuer.as_str() {
            return Err(io::Error::other("its document names another issuer"));
        }
        let endpoint = |name: &str| {
            let missing = || io::Error::other(format!("its document has no `{name}`"));
            parsed(document[name].as_str().ok_or_else(missing)?)
        };
        let departure = Departure {
            token_endpoint: endpoint("token_endpoint")?,
            userinfo_endpoint: endpoint("userinfo_endpoint").ok(),
            jwks_uri: endpoint("jwks_uri")?,
            nonce: random::uuid(),
            verifier: format!("{}{}", random::uuid(), random::uuid()),
            callback: format!("{}/oauth2/idpresponse", pool.domain),
            authorization,
            provider,
        };
        let mut address = endpoint("authorization_endpoint")?;
        address
            .query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &departure.provider.client_id)
            .append_pair("redirect_uri", &departure.callback)
            .append_pair("scope", &departure.provider.scopes.join(" "))
            .append_pair("nonce", &departure.nonce)
            .append_pair("code_challenge", &signing::challenge(&departure.verifier))
            .append_pair("code_challenge_method", "S256");
        let passed_on = departure.authorization.for_provider();
        address.query_pairs_mut().extend_pairs(passed_on);
        Ok((departure, address))
    }

    /// Asks for tokens, keys and, if there is such a place, for what is known of the person.
    fn redeem(&self, code: &str) -> io::Result<Answers> {
        let mut form = Form::default()
            .with("grant_type", "authorization_code")
            .with("code", code)
            .with("redirect_uri", &self.callback)
            .with("client_id", &self.provider.client_id)
            .with("code_verifier", &self.verifier);
        // In the body: the documentation names `client_secret_post` as the only way a pool authenticates to a provider.
        if let Some(secret) = &self.provider.client_secret {
            form = form.with("client_secret", secret);
        }
        let answer = wire::send("POST", &self.token_endpoint, &[], &form.to_string())?;
        if answer.status != 200 {
            let text = format!("{} error getting token", answer.status);
            return Err(io::Error::other(text));
        }
        let tokens: Value = serde_json::from_str(&answer.body)?;
        let token = |name: &str| tokens[name].as_str();
        let id_token = token("id_token").ok_or_else(|| io::Error::other("no id_token came"))?;
        let user_info = match (&self.userinfo_endpoint, token("access_token")) {
            (Some(address), Some(token)) => get(address, Some(token))?,
            _ => Value::Null,
        };
        Ok(Answers {
            id_token: id_token.to_owned(),
            keys: get(&self.jwks_uri, None)?,
            user_info,
        })
    }

    /// Checks the ID token (OIDC Core §3.1.3.7) and returns what is known of the person: its claims, and userInfo's.
    fn judge(&self, answers: Answers, now: Timestamp) -> io::Result<Map<String, Value>> {
        let wrong = |what: &str| Err(io::Error::other(format!("ID token: {what}")));
        let Some(claims) = verified(&answers.id_token, &answers.keys) else {
            return wrong("no key of the provider has signed it");
        };
        if claims["iss"] != self.provider.issuer.as_str() {
            return wrong("another issuer");
        }
        let own = |aud: &Value| aud == self.provider.client_id.as_str();
        let (one, many) = (&claims["aud"], claims["aud"].as_array());
        if !own(one) && !many.is_some_and(|all| all.iter().all(own) && !all.is_empty()) {
            return wrong("another audience");
        }
        let moment = |name: &str| claims[name].as_i64().map(Timestamp::from_epoch);
        if moment("exp").is_none_or(|exp| now >= exp.plus(SKEW)) {
            return wrong("expired");
        }
        if moment("iat").is_none_or(|iat| iat > now.plus(SKEW)) {
            return wrong("issued in the future");
        }
        if claims["nonce"] != self.nonce.as_str() {
            return wrong("another nonce");
        }
        let subject = claims["sub"].as_str().unwrap_or_default();
        if !User::accepts_name(&format!("{}_{subject}", self.provider.name)) {
            return wrong("a subject that makes no user name");
        }
        let mut all = claims.as_object().cloned().unwrap_or_default();
        if let Value::Object(more) = answers.user_info {
            if more.get("sub") != claims.get("sub") {
                return Err(io::Error::other("userInfo is about somebody else"));
            }
            all.extend(more);
        }
        Ok(all)
    }

    fn refused(&self, error: &'static str, text: &str) -> Response {
        let wrong = Wrong::Provider {
            name: self.provider.name.clone(),
            text: text.to_owned(),
        };
        self.authorization.refused(error, Some(text), wrong)
    }
}

/// Returns the claims of a token that a key of this set has signed with RS256.
fn verified(token: &str, keys: &Value) -> Option<Value> {
    let (signed, proof) = token.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let header: Value = serde_json::from_slice(&bytes(header)?).ok()?;
    if header["alg"] != "RS256" {
        return None;
    }
    let proof = bytes(proof)?;
    let fits = |key: &&Value| {
        key["kty"] == "RSA" && (header["kid"].is_null() || key["kid"] == header["kid"])
    };
    let signs = |key: &Value| {
        let part = |name: &str| bytes(key[name].as_str()?);
        let (n, e) = (part("n")?, part("e")?);
        let key = RsaPublicKeyComponents { n: &n, e: &e };
        key.verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &proof)
            .ok()
    };
    keys["keys"]
        .as_array()?
        .iter()
        .filter(fits)
        .find_map(signs)?;
    serde_json::from_slice(&bytes(claims)?).ok()
}

fn bytes(base64url: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(base64url).ok()
}

/// Returns a claim as the text a user pool keeps: booleans and numbers too.
fn text(claim: &Value) -> Option<String> {
    match claim {
        Value::String(text) => Some(text.chars().take(2048).collect()),
        Value::Bool(_) | Value::Number(_) => Some(claim.to_string()),
        _ => None,
    }
}

fn get(address: &Url, token: Option<&str>) -> io::Result<Value> {
    let bearer = token.map(|token| format!("Bearer {token}"));
    let headers: Vec<_> = bearer
        .iter()
        .map(|value| ("Authorization", value.as_str()))
        .collect();
    let answer = wire::send("GET", address, &headers, "")?;
    match answer.status {
        200 => Ok(serde_json::from_str(&answer.body)?),
        status => Err(io::Error::other(format!(
            "{status} from {}",
            address.path()
        ))),
    }
}

fn parsed(address: &str) -> io::Result<Url> {
    Url::parse(address).map_err(io::Error::other)
}
