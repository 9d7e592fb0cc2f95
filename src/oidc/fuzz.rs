//! What browsers, people and pools send, byte for byte: for the fuzzers of `tests/fuzz`, and for their short run below.

use std::sync::OnceLock;

use oauth2::HttpResponse;
use serde_json::{Map, Value};
use url::Url;

use super::app_client::AppClient;
use super::attempt::{Attempt, Verdict, Wishes};
use super::callback::Callback;
use super::domain::Domain;
use super::endpoints::Endpoints;
use super::id_token::{self, Expected, Occasion};
use super::issuer::Issuer;
use super::jwks::KeySet;
use super::jwt::Jwt;
use super::redirect_uri::RedirectUri;
use super::tokens::UnverifiedTokens;
use super::user_info::UserInfo;
use super::{preflight, refusal, token_endpoint};
use crate::clock::Timestamp;
use crate::secret::Secret;

const POOL: &str = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEf123";

/// A query at the redirect URI, and a pasted line: no answer is ours without our state.
pub fn callback(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    let ours = |callback: &Callback| {
        matches!(
            attempt().judge(callback),
            Verdict::Ours(_) | Verdict::Denied { .. }
        )
    };
    assert!(!ours(&Callback::from_query(text)), "believed: {text:?}");
    if let Some(pasted) = Callback::from_pasted(text) {
        // A bare code has no state to look at.
        assert!(!ours(&pasted) || pasted.bare, "believed: {text:?}");
    }
}

/// A signed token, and the key set it is checked with.
pub fn signed_token(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    let (token, keys) = text.split_once('\n').unwrap_or((text, ""));
    let _ = id_token::check_access(&Secret::new(token), issuer(), &client());
    let Some(keys) = KeySet::parse(keys.as_bytes()) else {
        return;
    };
    if let Ok(jwt) = Jwt::parse(token) {
        let _ = keys.verify(&jwt);
    }
}

/// The claims of a token whose signature was good, and the access token beside it.
pub fn claims(bytes: &[u8]) {
    let Ok(all) = serde_json::from_slice::<Map<String, Value>>(bytes) else {
        return;
    };
    let expected = Expected {
        issuer: issuer(),
        client: &client(),
        now: Timestamp::from_epoch(1_700_000_000),
        occasion: Occasion::SignIn {
            nonce: &Secret::new("the nonce of this attempt"),
        },
    };
    if let Ok(claims) = id_token::check(all.clone(), &Secret::new("access"), &expected) {
        assert_eq!(
            all.get("nonce").and_then(Value::as_str),
            Some("the nonce of this attempt")
        );
        let _ = claims.who();
    }
}

/// Every document of a pool: discovery, key set, token answer, userInfo, and the refusals of each.
pub fn documents(bytes: &[u8]) {
    let url = Url::parse("https://app.auth.us-east-1.amazoncognito.com/oauth2/token").unwrap();
    for status in [200, 302, 400, 403, 429, 503] {
        let mut answer = HttpResponse::new(bytes.to_vec());
        *answer.status_mut() = oauth2::http::StatusCode::from_u16(status).unwrap();
        if let Ok(location) = oauth2::http::HeaderValue::from_bytes(bytes) {
            answer.headers_mut().insert("location", location.clone());
            answer.headers_mut().insert("www-authenticate", location);
        }
        let _ = preflight::judge(attempt(), "us-east-1_AbCdEf123", &answer);
        if let Err(error) = refusal::expect_json(&url, answer) {
            let said = format!("{:#}", error.explained(refusal::of_anything));
            assert!(!said.contains('\u{1b}') && said.len() < 4_000, "{said:?}");
        }
    }
    let _ = Endpoints::read(bytes, issuer());
    let _ = KeySet::parse(bytes);
    let _ = UserInfo::read(bytes.to_vec()).map(|info| info.sub().map(str::len));
    if let Ok(answer) = serde_json::from_slice::<token_endpoint::Answer>(bytes) {
        let tokens: UnverifiedTokens = answer.into();
        let _ = tokens.access_expires_at(Timestamp::from_epoch(1_700_000_000));
        let _ = tokens.granted_scopes(&client());
    }
}

fn issuer() -> &'static Issuer {
    static ISSUER: OnceLock<Issuer> = OnceLock::new();
    ISSUER.get_or_init(|| Issuer::parse(POOL).unwrap())
}

fn client() -> AppClient {
    AppClient {
        id: "1example23456789".to_owned(),
        secret: None,
        scopes: vec!["openid".to_owned()],
    }
}

fn attempt() -> &'static Attempt {
    static ATTEMPT: OnceLock<Attempt> = OnceLock::new();
    ATTEMPT.get_or_init(|| {
        let domain = Domain::parse("app", Some("us-east-1")).unwrap();
        let endpoints = Endpoints::of_domain(issuer(), &domain).unwrap();
        let redirect = RedirectUri::parse("http://localhost:3000").unwrap();
        Attempt::new(
            issuer(),
            &client(),
            &endpoints,
            &redirect,
            &Wishes::default(),
        )
        .unwrap()
    })
}

#[cfg(test)]
mod tests {
    use crate::mutations;
    use crate::oidc::testing;

    #[test]
    fn no_callback_is_believed_that_is_not_ours() {
        mutations::run(
            &[
                b"code=6f1c5b0e-1111-2222-3333-444455556666&state=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                b"error=access_denied&error_description=not+today%1b[2J&state=AAAA&iss=https%3A%2F%2Fx",
                b"http://localhost:3000/?code=a&state=b#fragment",
                b"localhost:3000/?state=b&code=a&code=c",
                b"  6f1c5b0e-1111-2222-3333-444455556666  ",
            ],
            super::callback,
        );
    }

    #[test]
    fn no_broken_token_or_key_set_stops_the_program() {
        let token = testing::signed(
            serde_json::json!({"alg": "RS256", "kid": "first"}),
            &serde_json::json!({"sub": "x"}),
        );
        let seed = format!("{token}\n{}", testing::key_set());
        mutations::run(
            &[seed.as_bytes(), b"a.b.c\n{\"keys\":[]}"],
            super::signed_token,
        );
    }

    #[test]
    fn no_claims_without_our_nonce_are_believed() {
        mutations::run(
            &[
                br#"{"iss":"https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEf123","sub":"s","aud":"1example23456789",
                    "exp":1700003600,"iat":1700000000,"token_use":"id","nonce":"the nonce of this attempt","name":"Ada"}"#,
                br#"{"iss":"https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEf123","client_id":"1example23456789",
                    "token_use":"access","exp":1e300,"iat":-1,"aud":["1example23456789",7],"cognito:groups":[null]}"#,
            ],
            super::claims,
        );
    }

    #[test]
    fn no_document_of_a_pool_stops_the_program() {
        mutations::run(
            &[
                br#"{"access_token":"a","id_token":"b.c.d","refresh_token":"e","expires_in":"3600","token_type":"Bearer","scope":"openid"}"#,
                br#"{"issuer":"https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEf123","authorization_endpoint":
                    "https://a.example/oauth2/authorize","token_endpoint":"https://a.example/oauth2/token","jwks_uri":"https://a.example/"}"#,
                br#"{"keys":[{"kty":"RSA","alg":"RS256","use":"sig","kid":"x","n":"AQAB","e":"AQAB"}]}"#,
                br#"{"sub":"s","email_verified":"true","custom:x":{"y":[1,2,3]}}"#,
                br#"{"error":"invalid_grant","error_description":"\u001b[2Jx"}"#,
                b"error=\"invalid_token\", error_description=\"Access token is expired\"",
                b"https://app.auth.us-east-1.amazoncognito.com/error?error=redirect_mismatch&client_id=x",
            ],
            super::documents,
        );
    }
}
