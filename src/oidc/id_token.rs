//! The checks on the claims of an ID token, in the order of OIDC Core §3.1.3.7, and the few an access token allows.

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest;
use serde_json::{Map, Value};

use super::app_client::AppClient;
use super::claims::{IdClaims, moment, text};
use super::issuer::Issuer;
use super::jwt::Jwt;
use crate::clock::Timestamp;
use crate::secret::Secret;

/// Clocks of laptops are wrong by minutes (field reports); the token comes over TLS from the pool itself.
const LEEWAY: Duration = Duration::from_secs(300);

/// What an ID token must say to be believed.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a Issuer,
    pub(super) client: &'a AppClient,
    pub(super) now: Timestamp,
    pub(super) occasion: Occasion<'a>,
}

/// When the token came.
#[derive(Clone, Copy)]
pub(super) enum Occasion<'a> {
    /// At the end of a sign-in that sent this nonce.
    SignIn { nonce: &'a Secret },
    /// From a refresh of a session that began with these claims, as far as they are known (OIDC Core §12.2).
    Refresh { before: Option<&'a IdClaims> },
}

/// Why the claims are not believed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Distrust {
    /// A claim is missing or has the wrong type.
    Malformed(&'static str),
    /// `iss` is another issuer.
    Issuer,
    /// The token is over, or not yet valid: by now the machine's clock is the likelier culprit.
    Clock(&'static str),
    /// A claim says that this token is not for us.
    Claim(&'static str),
}

/// Checks the claims of an ID token whose signature was verified.
pub(super) fn check(
    all: Map<String, Value>,
    access: &Secret,
    expected: &Expected<'_>,
) -> Result<IdClaims, Distrust> {
    let claims = IdClaims::from_map(all).map_err(Distrust::Malformed)?;
    if claims.iss != expected.issuer.as_str() {
        return Err(Distrust::Issuer);
    }
    check_audience(&claims.all, &expected.client.id)?;
    check_use(&claims.all, "id", expected.issuer.is_user_pool())?;
    check_times(&claims, expected.now)?;
    check_occasion(&claims, expected.occasion)?;
    check_access_hash(&claims.all, access)?;
    Ok(claims)
}

/// Checks what an access token says of itself. It is opaque to a client, so only what contradicts us is refused:
/// Cognito puts in `client_id` and no `aud`, others something else.
pub(super) fn check_access(
    access: &Secret,
    issuer: &Issuer,
    client: &AppClient,
) -> Result<(), Distrust> {
    let Ok(Jwt { claims, .. }) = Jwt::parse(access.expose()) else {
        return Ok(());
    };
    let contradicts = |name: &str, ours: &str| {
        claims
            .get(name)
            .is_some_and(|value| value.as_str() != Some(ours))
    };
    if contradicts("iss", issuer.as_str()) {
        return Err(Distrust::Issuer);
    }
    if contradicts("client_id", &client.id) {
        return Err(Distrust::Claim("client_id"));
    }
    check_use(&claims, "access", false)
}

/// (3) to (5): we are the audience, the only one we know, and the authorized party.
fn check_audience(all: &Map<String, Value>, client_id: &str) -> Result<(), Distrust> {
    let ours = |value: &Value| value.as_str() == Some(client_id);
    let for_us = match all.get("aud") {
        Some(Value::Array(audiences)) => !audiences.is_empty() && audiences.iter().all(ours),
        Some(audience) => ours(audience),
        None => false,
    };
    if !for_us {
        return Err(Distrust::Claim("aud"));
    }
    match all.get("azp") {
        Some(party) if !ours(party) => Err(Distrust::Claim("azp")),
        _ => Ok(()),
    }
}

/// Cognito's own claim: without it an access token could pass for an ID token.
fn check_use(all: &Map<String, Value>, wanted: &str, required: bool) -> Result<(), Distrust> {
    match all.get("token_use") {
        Some(Value::String(token_use)) if token_use == wanted => Ok(()),
        None if !required => Ok(()),
        _ => Err(Distrust::Claim("token_use")),
    }
}

/// (9) and (10), with `nbf` of RFC 7519 §4.1.5.
fn check_times(claims: &IdClaims, now: Timestamp) -> Result<(), Distrust> {
    if claims.expires_at.plus(LEEWAY) <= now {
        return Err(Distrust::Clock("exp"));
    }
    if claims.issued_at > now.plus(LEEWAY) {
        return Err(Distrust::Clock("iat"));
    }
    match moment(&claims.all, "nbf").map_err(Distrust::Malformed)? {
        Some(not_before) if not_before > now.plus(LEEWAY) => Err(Distrust::Clock("nbf")),
        _ => Ok(()),
    }
}

/// (11), or after a refresh OIDC Core §12.2.
fn check_occasion(claims: &IdClaims, occasion: Occasion<'_>) -> Result<(), Distrust> {
    match occasion {
        Occasion::SignIn { nonce } => {
            let same =
                text(&claims.all, "nonce").is_some_and(|theirs| Secret::new(theirs) == *nonce);
            same.then_some(()).ok_or(Distrust::Claim("nonce"))
        }
        Occasion::Refresh { before: None } => Ok(()),
        Occasion::Refresh {
            before: Some(before),
        } => {
            let nonces = (claims.all.get("nonce"), before.all.get("nonce"));
            if claims.iss != before.iss {
                Err(Distrust::Issuer)
            } else if claims.sub != before.sub {
                Err(Distrust::Claim("sub"))
            } else if matches!(nonces, (Some(now), Some(then)) if now != then) {
                Err(Distrust::Claim("nonce"))
            } else {
                Ok(())
            }
        }
    }
}

/// OIDC Core §3.1.3.8: the left half of the SHA-256 of the access token.
fn check_access_hash(all: &Map<String, Value>, access: &Secret) -> Result<(), Distrust> {
    match all.get("at_hash") {
        Some(theirs) if theirs.as_str() != Some(&access_hash(access)) => {
            Err(Distrust::Claim("at_hash"))
        }
        _ => Ok(()),
    }
}

fn access_hash(access: &Secret) -> String {
    let whole = digest::digest(&digest::SHA256, access.expose().as_bytes());
    URL_SAFE_NO_PAD.encode(&whole.as_ref()[..16])
}

impl fmt::Display for Distrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Distrust::Malformed(claim) => {
                write!(f, "claim `{claim}` is missing or has the wrong type")
            }
            Distrust::Issuer => f.write_str("claim `iss` names another issuer"),
            Distrust::Clock("exp") => {
                f.write_str("it had expired when it came, by this machine's clock")
            }
            Distrust::Clock(claim) => write!(
                f,
                "claim `{claim}` lies in the future, by this machine's clock"
            ),
            Distrust::Claim(claim) => write!(f, "claim `{claim}` is not what was asked for"),
        }
    }
}

impl std::error::Error for Distrust {}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{CLIENT, NOW, client, encoded};
    use super::*;

    const POOL: &str = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEf123";
    const OTHER: &str = "https://login.example/";

    /// The claims of a Cognito ID token, with one of them changed; `null` takes it out.
    fn id_claims(issuer: &str, change: (&str, Value)) -> Map<String, Value> {
        let mut claims = json!({
            "at_hash": "77QmUPtjPfzWtF2AnpK9RQ", "aud": CLIENT, "auth_time": NOW.epoch(), "cognito:username": "ada",
            "email_verified": true, "event_id": "e", "exp": NOW.epoch() + 3600, "iat": NOW.epoch(), "iss": issuer,
            "jti": "j", "nonce": "the nonce", "origin_jti": "o", "sub": "the user", "token_use": "id",
        });
        match change {
            (name, Value::Null) => _ = claims.as_object_mut().unwrap().remove(name),
            (name, value) => claims[name] = value,
        }
        claims.as_object().unwrap().clone()
    }

    fn check_at(
        issuer: &str,
        change: (&str, Value),
        occasion: Occasion<'_>,
    ) -> Result<IdClaims, Distrust> {
        let (issuer_url, client) = (Issuer::parse(issuer).unwrap(), client());
        let expected = Expected {
            issuer: &issuer_url,
            client: &client,
            now: NOW,
            occasion,
        };
        // OIDC Core appendix A.3.
        let access = Secret::new("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y");
        check(id_claims(issuer, change), &access, &expected)
    }

    fn at_sign_in(issuer: &str, name: &str, value: Value) -> Result<IdClaims, Distrust> {
        check_at(
            issuer,
            (name, value),
            Occasion::SignIn {
                nonce: &Secret::new("the nonce"),
            },
        )
    }

    #[test]
    fn the_hash_of_oidc_core_a_3_is_ours() {
        assert_eq!(
            access_hash(&Secret::new("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y")),
            "77QmUPtjPfzWtF2AnpK9RQ"
        );
    }

    #[test]
    fn a_good_token_is_believed_whatever_else_is_in_it() {
        let now = NOW.epoch();
        for (name, value) in [
            ("extra", json!({"deep": [1, {"er": null}]})),
            ("at_hash", Value::Null),
            ("auth_time", Value::Null),
            ("aud", json!([CLIENT])),
            ("azp", json!(CLIENT)),
            ("exp", json!(now - 299)),
            ("iat", json!(now + 300)),
            ("nbf", json!(now + 300)),
            ("exp", json!(now as f64 + 0.5)),
        ] {
            assert!(
                at_sign_in(POOL, name, value.clone()).is_ok(),
                "{name} {value}"
            );
        }
    }

    #[test]
    fn each_wrong_claim_is_refused_by_its_name() {
        use Distrust::{Claim, Clock, Issuer, Malformed};
        let now = NOW.epoch();
        let table = [
            ("iss", json!("https://evil.example/"), Issuer),
            ("iss", json!(format!("{POOL}/")), Issuer),
            ("iss", Value::Null, Malformed("iss")),
            ("iss", json!([POOL]), Malformed("iss")),
            ("sub", Value::Null, Malformed("sub")),
            ("sub", json!(""), Malformed("sub")),
            ("sub", json!(1), Malformed("sub")),
            ("aud", json!("another"), Claim("aud")),
            ("aud", json!([CLIENT, "another"]), Claim("aud")),
            ("aud", json!([]), Claim("aud")),
            ("aud", json!({}), Claim("aud")),
            ("aud", Value::Null, Claim("aud")),
            ("azp", json!("another"), Claim("azp")),
            ("azp", json!([CLIENT]), Claim("azp")),
            ("token_use", json!("access"), Claim("token_use")),
            ("token_use", json!(["id"]), Claim("token_use")),
            ("token_use", Value::Null, Claim("token_use")),
            ("exp", json!(now - 300), Clock("exp")),
            ("exp", json!(-1), Clock("exp")),
            ("exp", json!((now + 3600).to_string()), Malformed("exp")),
            ("exp", Value::Null, Malformed("exp")),
            ("iat", json!(now + 301), Clock("iat")),
            ("iat", json!(now.to_string()), Malformed("iat")),
            ("iat", Value::Null, Malformed("iat")),
            ("nbf", json!(now + 301), Clock("nbf")),
            ("nbf", json!("soon"), Malformed("nbf")),
            ("nonce", json!("another"), Claim("nonce")),
            ("nonce", json!("the nonce "), Claim("nonce")),
            ("nonce", json!(["the nonce"]), Claim("nonce")),
            ("nonce", Value::Null, Claim("nonce")),
            ("at_hash", json!("77QmUPtjPfzWtF2AnpK9RA"), Claim("at_hash")),
            ("at_hash", json!(7), Claim("at_hash")),
        ];
        for (name, value, reason) in table {
            assert_eq!(
                at_sign_in(POOL, name, value.clone()).unwrap_err(),
                reason,
                "{name} {value}"
            );
        }
    }

    #[test]
    fn only_a_user_pool_must_say_what_a_token_is_for() {
        assert!(at_sign_in(OTHER, "token_use", Value::Null).is_ok());
        assert_eq!(
            at_sign_in(OTHER, "token_use", json!("access")).unwrap_err(),
            Distrust::Claim("token_use")
        );
        let sandbox = "http://127.0.0.1:9229/us-east-1_Sandbox01";
        assert_eq!(
            at_sign_in(sandbox, "token_use", Value::Null).unwrap_err(),
            Distrust::Claim("token_use")
        );
    }

    #[test]
    fn a_refresh_keeps_the_user() {
        let before = at_sign_in(POOL, "extra", json!(1)).unwrap();
        let after = |name, value| {
            check_at(
                POOL,
                (name, value),
                Occasion::Refresh {
                    before: Some(&before),
                },
            )
        };
        assert!(after("nonce", Value::Null).is_ok());
        assert!(after("email", json!("new@example.com")).is_ok());
        assert_eq!(
            after("sub", json!("another")).unwrap_err(),
            Distrust::Claim("sub")
        );
        assert_eq!(
            after("nonce", json!("another")).unwrap_err(),
            Distrust::Claim("nonce")
        );
        assert_eq!(
            after("aud", json!("another")).unwrap_err(),
            Distrust::Claim("aud")
        );
        let moved = IdClaims {
            iss: OTHER.to_owned(),
            ..before.clone()
        };
        let occasion = Occasion::Refresh {
            before: Some(&moved),
        };
        assert_eq!(
            check_at(POOL, ("nonce", Value::Null), occasion).unwrap_err(),
            Distrust::Issuer
        );
        assert!(
            check_at(
                POOL,
                ("sub", json!("anyone")),
                Occasion::Refresh { before: None }
            )
            .is_ok()
        );
    }

    #[test]
    fn an_access_token_is_refused_only_when_it_contradicts_us() {
        let issuer = Issuer::parse(POOL).unwrap();
        let token = |claims: Value| {
            Secret::new(format!(
                "{}.{}.AAAA",
                encoded(&json!({"alg": "ES256"})),
                encoded(&claims)
            ))
        };
        let checked = |claims: Value| check_access(&token(claims), &issuer, &client());
        assert_eq!(
            check_access(&Secret::new("opaque"), &issuer, &client()),
            Ok(())
        );
        assert_eq!(checked(json!({})), Ok(()));
        assert_eq!(
            checked(
                json!({"iss": POOL, "client_id": CLIENT, "token_use": "access", "aud": "https://api"})
            ),
            Ok(())
        );
        assert_eq!(checked(json!({"iss": OTHER})), Err(Distrust::Issuer));
        assert_eq!(
            checked(json!({"client_id": "another"})),
            Err(Distrust::Claim("client_id"))
        );
        assert_eq!(
            checked(json!({"client_id": [CLIENT]})),
            Err(Distrust::Claim("client_id"))
        );
        assert_eq!(
            checked(json!({"token_use": "id"})),
            Err(Distrust::Claim("token_use"))
        );
    }
}
