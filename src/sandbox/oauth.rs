//! The endpoints programs talk to: discovery, keys, authorize, token, userInfo, revoke, logout.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::authorization::Authorization;
use super::grants::{OAuthError, Redemption};
use super::message::{Form, Request, Response, decode};
use super::pool::Pool;
use super::random;
use super::settings::{AppClient, Grant};
use super::tokens::{Tokens, Unread};

/// Returns the discovery document as Cognito has it: without `code_challenge_methods_supported`, without `none`.
pub(super) fn discovery(pool: &Pool) -> Response {
    let at = |path: &str| format!("{}{path}", pool.domain);
    let document = json!({
        "authorization_endpoint": at("/oauth2/authorize"),
        "end_session_endpoint": at("/logout"),
        "id_token_signing_alg_values_supported": ["RS256"],
        "issuer": pool.issuer,
        "jwks_uri": format!("{}/.well-known/jwks.json", pool.issuer),
        "response_types_supported": ["code", "token"],
        "revocation_endpoint": at("/oauth2/revoke"),
        "scopes_supported": ["openid", "email", "phone", "profile"],
        "subject_types_supported": ["public"],
        "token_endpoint": at("/oauth2/token"),
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "userinfo_endpoint": at("/oauth2/userInfo"),
    });
    plain_json(200, &document)
}

/// Returns the key set.
pub(super) fn jwks(pool: &Pool) -> Response {
    plain_json(200, &pool.keys.document())
}

/// Answers for a pool that is not here.
pub(super) fn unknown_pool(pool_id: &str) -> Response {
    let message = format!("User pool {pool_id} does not exist.");
    plain_json(400, &json!({ "message": message }))
}

/// Answers an authorize request: with an error, with a code, or with the way to the login page (rows 11 to 14).
pub(super) fn authorize(pool: &mut Pool, request: &Request) -> Response {
    let authorization = match Authorization::check(pool, &request.query_form()) {
        Ok(authorization) => authorization,
        Err(refusal) => return refusal.response(),
    };
    let signed_in = request
        .cookie("cognito")
        .and_then(|cookie| pool.browser(cookie))
        .cloned();
    let young = |age| {
        signed_in
            .as_ref()
            .is_some_and(|browser| pool.now() <= browser.auth_time.plus(age))
    };
    let recent = authorization
        .max_age
        .is_none_or(|seconds| young(Duration::from_secs(seconds)));
    match signed_in {
        Some(browser) if recent && !authorization.prompts("login") => {
            let code = pool.code(&authorization.code, &browser);
            authorization.granted(&code)
        }
        _ if authorization.prompts("none") => authorization.refused("login_required"),
        _ => Response::redirect(format!("/login?{}", request.query)),
    }
}

/// Answers a token request (`cognito.md` §14.2).
pub(super) fn token(pool: &mut Pool, request: &Request) -> Response {
    match tokens(pool, request) {
        Ok(tokens) => Response::json(200, &document(&tokens)),
        Err(error) => refusal(400, error),
    }
    .header(
        "set-cookie",
        format!(
            "XSRF-TOKEN={}; Path=/; HttpOnly; SameSite=Lax",
            random::uuid()
        ),
    )
}

fn tokens(pool: &mut Pool, request: &Request) -> Result<Tokens, OAuthError> {
    let missing = OAuthError::new("invalid_request");
    let form = request.body_form().ok_or(missing)?;
    let grant = form.filled("grant_type").ok_or(missing)?;
    let needed = match grant {
        "authorization_code" | "refresh_token" => Grant::Code,
        "client_credentials" => Grant::ClientCredentials,
        _ => return Err(OAuthError::new("unsupported_grant_type")),
    };
    let client = authenticated(pool, request, &form)?.clone();
    if client.grant != needed {
        return Err(OAuthError::new("unauthorized_client"));
    }
    match grant {
        "authorization_code" => pool.redeem(Redemption {
            code: form.filled("code").ok_or(missing)?,
            client_id: &client.id,
            redirect_uri: form.filled("redirect_uri").ok_or(missing)?,
            verifier: form.filled("code_verifier"),
        }),
        "refresh_token" => pool.refresh(form.filled("refresh_token").ok_or(missing)?, &client.id),
        _ => pool.machine_token(&client, form.filled("scope")),
    }
}

/// Ends a session (`cognito.md` §6); unlike the token endpoint this one says 401 to a wrong client.
pub(super) fn revoke(pool: &mut Pool, request: &Request) -> Response {
    let missing = OAuthError::new("invalid_request");
    let Some(form) = request.body_form() else {
        return refusal(400, missing);
    };
    // A secret in the body is not documented here, so it does not count.
    let Ok(client) = authenticated(pool, request, &form.without(&["client_secret"])) else {
        return refusal(401, OAuthError::new("invalid_client"));
    };
    let client_id = client.id.clone();
    let Some(text) = form.filled("token") else {
        return refusal(400, missing);
    };
    match pool.revoke(text, &client_id) {
        Ok(()) => Response::new(200),
        Err(error) => refusal(400, error),
    }
}

/// Tells who an access token belongs to (`cognito.md` §5).
pub(super) fn user_info(pool: &Pool, request: &Request) -> Response {
    let Some(token) = request.header("authorization").and_then(bearer) else {
        return challenge(
            400,
            "invalid_request",
            "Bad OAuth2 request at UserInfo Endpoint",
        );
    };
    match pool.user_info(token) {
        Ok(document) => Response::json(200, &document),
        Err(Unread::NotOpenId) => challenge(
            401,
            "invalid_token",
            "Access token does not contain openid scope",
        ),
        Err(Unread::Dead) => {
            let text = "Access token is expired, disabled, or deleted, or the user has globally signed out.";
            challenge(401, "invalid_token", text)
        }
    }
}

/// Ends the browser's session, then goes on to a registered address (`cognito.md` §3.4).
pub(super) fn logout(pool: &mut Pool, request: &Request) -> Response {
    if let Some(cookie) = request.cookie("cognito") {
        pool.forget_browser(cookie);
    }
    let query = request.query_form();
    let client = query.filled("client_id").and_then(|id| pool.client(id));
    let next = client.and_then(|client| after_logout(client, &query));
    let response = match next {
        Some(location) => Response::redirect(location),
        // The session is over even so: jenkinsci/oic-auth-plugin #620.
        None => Response::redirect(
            "/error?error=Required+String+parameter+%27redirect_uri%27+is+not+present",
        ),
    };
    response.header(
        "set-cookie",
        "cognito=\"\"; Max-Age=0; Path=/; HttpOnly; SameSite=Lax",
    )
}

/// Returns where the browser goes from `/logout`: `logout_uri` wins over `redirect_uri`.
fn after_logout(client: &AppClient, query: &Form) -> Option<String> {
    if let Some(uri) = query.filled("logout_uri") {
        return client
            .logout_uris
            .iter()
            .find(|known| *known == uri)
            .cloned();
    }
    let uri = query.filled("redirect_uri")?;
    let registered = client.redirect_uris.iter().any(|known| known == uri);
    (registered && query.filled("response_type").is_some()).then(|| format!("/login?{query}"))
}

/// Returns the client that made this request, by the rules of `cognito.md` §4.3.
fn authenticated<'a>(
    pool: &'a Pool,
    request: &Request,
    form: &Form,
) -> Result<&'a AppClient, OAuthError> {
    let wrong = OAuthError::new("invalid_client");
    let header = request.header("authorization");
    let basic = header.map(|text| basic(text).ok_or(wrong)).transpose()?;
    let named = form.filled("client_id");
    let id = match (&basic, named) {
        (Some((id, _)), Some(named)) if id != named => return Err(wrong),
        (Some((id, _)), _) => id,
        (None, Some(named)) => named,
        (None, None) => return Err(wrong),
    };
    let client = pool.client(id).ok_or(wrong)?;
    let in_body = form.filled("client_secret");
    let proved = match (&client.secret, &basic) {
        // A public client must not send any header; an empty secret in the body is let through.
        (None, basic) => basic.is_none() && in_body.is_none(),
        (Some(secret), Some((_, shown))) => {
            shown == secret && in_body.is_none_or(|shown| shown == secret)
        }
        (Some(secret), None) => in_body == Some(secret),
    };
    if proved { Ok(client) } else { Err(wrong) }
}

/// Reads `Basic` credentials, form-encoded inside (RFC 6749 §2.3.1).
fn basic(header: &str) -> Option<(String, String)> {
    let encoded = scheme(header, "basic")?;
    let text = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((decode(id), decode(secret)))
}

fn bearer(header: &str) -> Option<&str> {
    scheme(header, "bearer").filter(|token| !token.is_empty())
}

fn scheme<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    let (scheme, rest) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case(name).then(|| rest.trim())
}

fn document(tokens: &Tokens) -> Value {
    let mut document = json!({
        "access_token": tokens.access,
        "expires_in": tokens.expires_in,
        "token_type": "Bearer",
    });
    if let Some(id) = &tokens.id {
        document["id_token"] = json!(id);
    }
    if let Some(refresh) = &tokens.refresh {
        document["refresh_token"] = json!(refresh);
    }
    document
}

fn refusal(status: u16, error: OAuthError) -> Response {
    let mut document = json!({ "error": error.error });
    if let Some(description) = error.description {
        document["error_description"] = json!(description);
    }
    plain_json(status, &document)
}

/// A userInfo error: in the header without the word `Bearer`, as documented, and in the body.
fn challenge(status: u16, error: &'static str, description: &'static str) -> Response {
    let header = format!("error=\"{error}\", error_description=\"{description}\"");
    refusal(
        status,
        OAuthError {
            error,
            description: Some(description),
        },
    )
    .header("www-authenticate", header)
}

fn plain_json(status: u16, document: &Value) -> Response {
    Response::new(status)
        .header("content-type", "application/json")
        .body(document.to_string())
}
