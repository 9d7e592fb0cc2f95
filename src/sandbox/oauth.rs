//! The endpoints programs talk to: discovery, keys, authorize, token, userInfo, revoke, logout.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::authorization::Authorization;
use super::diagnosis::{Wrong, shown};
use super::grants::{OAuthError, Redemption};
use super::message::{Form, Request, Response, decode};
use super::pool::{Browser, Pool};
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

/// Answers an authorize request: with an error, with a code, or with the way to a login page (rows 11 to 14).
pub(super) fn authorize(pool: &mut Pool, request: &Request) -> Response {
    let query = request.query_form();
    let authorization = match Authorization::check(pool, &query) {
        Ok(authorization) => authorization,
        Err(refusal) => return refusal.response(),
    };
    let response = match usable_session(pool, request, &authorization) {
        Some(browser) if authorization.prompts("none") || !pool.rules.offer_to_continue => {
            grant(pool, &authorization, &browser)
        }
        None if authorization.prompts("none") => {
            authorization.refused("login_required", None, Wrong::LoginRequired)
        }
        None if authorization.provider.is_some() => pool.leave_for_provider(&authorization),
        _ => Response::redirect(format!("/login?{}", request.query)),
    };
    match query.get("lang").filter(|lang| LANGUAGES.contains(lang)) {
        Some(lang) => response.header("set-cookie", format!("lang={lang}; Path=/; SameSite=Lax")),
        None => response,
    }
}

/// What `lang` may be. The choice is remembered as Cognito does; the pages of a sandbox speak English only.
const LANGUAGES: [&str; 12] = [
    "de", "en", "es", "fr", "id", "it", "ja", "ko", "nl", "pt-BR", "zh-CN", "zh-TW",
];

/// Returns the browser's session if this request may be answered with it: no fresh sign-in is wanted, and it is not too old.
pub(super) fn usable_session(
    pool: &Pool,
    request: &Request,
    authorization: &Authorization,
) -> Option<Browser> {
    let browser = pool.browser(request.cookie("cognito")?)?;
    let recent = authorization
        .max_age
        .is_none_or(|seconds| pool.now() <= browser.auth_time.plus(Duration::from_secs(seconds)));
    (recent && !authorization.prompts("login")).then(|| browser.clone())
}

/// Sends a signed-in browser back to the client with what it came for.
pub(super) fn grant(pool: &mut Pool, authorization: &Authorization, browser: &Browser) -> Response {
    if !authorization.implicit {
        let code = pool.code(&authorization.code, browser);
        return authorization.granted(Form::default().with("code", &code));
    }
    match pool.implicit_tokens(&authorization.code, browser) {
        Some(tokens) => authorization.granted(tokens),
        None => authorization.refused("server_error", None, Wrong::UserGone),
    }
}

/// Answers a token request (token, rows 1 to 14).
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
    let not_a_form = || OAuthError::new("invalid_request", Wrong::NotAForm);
    let form = request.body_form().ok_or_else(not_a_form)?;
    let needed = |name: &'static str| form.filled(name).ok_or(OAuthError::missing(name));
    let grant = needed("grant_type")?;
    let kind = match grant {
        "authorization_code" | "refresh_token" => Grant::Code,
        "client_credentials" => Grant::ClientCredentials,
        _ => {
            let wrong = Wrong::GrantType(grant.to_owned());
            return Err(OAuthError::new("unsupported_grant_type", wrong));
        }
    };
    let client = authenticated(pool, request, &form)
        .map_err(|wrong| OAuthError::new("invalid_client", wrong))?
        .clone();
    if client.grant != kind {
        let (grant, client) = (grant.to_owned(), client.name);
        let wrong = Wrong::GrantNotEnabled { grant, client };
        return Err(OAuthError::new("unauthorized_client", wrong));
    }
    match grant {
        "authorization_code" => pool.redeem(Redemption {
            code: needed("code")?,
            client_id: &client.id,
            redirect_uri: needed("redirect_uri")?,
            verifier: form.filled("code_verifier"),
        }),
        "refresh_token" => pool.refresh(needed("refresh_token")?, &client.id),
        _ => pool.machine_token(&client, form.filled("scope")),
    }
}

/// Ends a session (developer guide, `revocation-endpoint`); unlike the token endpoint this one says 401 to a wrong client.
pub(super) fn revoke(pool: &mut Pool, request: &Request) -> Response {
    let Some(form) = request.body_form() else {
        return refusal(400, OAuthError::new("invalid_request", Wrong::NotAForm));
    };
    // A secret in the body is not documented here, so it does not count.
    let client = match authenticated(pool, request, &form.without(&["client_secret"])) {
        Ok(client) => client,
        Err(wrong) => return refusal(401, OAuthError::new("invalid_client", wrong)),
    };
    let client_id = client.id.clone();
    let Some(text) = form.filled("token") else {
        return refusal(400, OAuthError::missing("token"));
    };
    match pool.revoke(text, &client_id) {
        Ok(()) => Response::new(200),
        Err(error) => refusal(400, error),
    }
}

/// Tells who an access token belongs to (developer guide, `userinfo-endpoint`).
pub(super) fn user_info(pool: &Pool, request: &Request) -> Response {
    let Some(token) = request.header("authorization").and_then(bearer) else {
        let text = "Bad OAuth2 request at UserInfo Endpoint";
        return challenge(400, "invalid_request", text, Wrong::NoBearer);
    };
    match pool.user_info(token) {
        Ok(document) => Response::json(200, &document),
        Err(Unread::NotOpenId) => {
            let text = "Access token does not contain openid scope";
            challenge(401, "invalid_token", text, Wrong::AccessTokenWithoutOpenId)
        }
        Err(Unread::Dead) => {
            let text = "Access token is expired, disabled, or deleted, or the user has globally signed out.";
            challenge(401, "invalid_token", text, Wrong::AccessTokenDead)
        }
    }
}

/// Ends the browser's session, then goes on to a registered address (developer guide, `logout-endpoint`).
pub(super) fn logout(pool: &mut Pool, request: &Request) -> Response {
    if let Some(cookie) = request.cookie("cognito") {
        pool.browsers.forget(cookie);
    }
    let query = request.query_form();
    let client = query.filled("client_id").and_then(|id| pool.client(id));
    let response = match client.map_or(Err(Wrong::NoLogoutUri), |client| {
        after_logout(client, &query)
    }) {
        Ok(location) => Response::redirect(location),
        // The session is over even so: jenkinsci/oic-auth-plugin #620.
        Err(wrong) => Response::redirect(
            "/error?error=Required+String+parameter+%27redirect_uri%27+is+not+present",
        )
        .because(wrong),
    };
    response.header(
        "set-cookie",
        "cognito=\"\"; Max-Age=0; Path=/; HttpOnly; SameSite=Lax",
    )
}

/// Returns where the browser goes from `/logout`: `logout_uri` wins over `redirect_uri`.
fn after_logout(client: &AppClient, query: &Form) -> Result<String, Wrong> {
    if let Some(uri) = query.filled("logout_uri") {
        let known = client.logout_uris.iter().find(|known| *known == uri);
        return known.cloned().ok_or_else(|| Wrong::LogoutUri {
            sent: uri.to_owned(),
            client: client.name.clone(),
        });
    }
    let uri = query.filled("redirect_uri").ok_or(Wrong::NoLogoutUri)?;
    query.filled("response_type").ok_or(Wrong::NoLogoutUri)?;
    if !client.redirect_uris.iter().any(|known| known == uri) {
        return Err(Wrong::RedirectUri {
            sent: uri.to_owned(),
            client: client.name.clone(),
            registered: client.redirect_uris.clone(),
        });
    }
    Ok(format!("/login?{query}"))
}

/// Returns the client that made this request (token, row 4).
fn authenticated<'a>(
    pool: &'a Pool,
    request: &Request,
    form: &Form,
) -> Result<&'a AppClient, Wrong> {
    let header = request.header("authorization");
    let basic = header
        .map(|text| basic(text).ok_or(Wrong::BasicHeader))
        .transpose()?;
    let named = form.filled("client_id");
    let id = match (&basic, named) {
        (Some((id, _)), Some(named)) if id != named => return Err(Wrong::TwoClients),
        (Some((id, _)), _) => id,
        (None, Some(named)) => named,
        (None, None) => return Err(Wrong::Missing("client_id")),
    };
    let client = pool
        .client(id)
        .ok_or_else(|| Wrong::UnknownClient(id.to_owned()))?;
    let in_body = form.filled("client_secret");
    let name = || client.name.clone();
    match (&client.secret, &basic) {
        // A public client must not send any header; an empty secret in the body is let through.
        (None, Some(_)) => Err(Wrong::HeaderOfPublicClient),
        (None, None) if in_body.is_some() => Err(Wrong::SecretOfPublicClient),
        (None, None) => Ok(client),
        (Some(_), None) if in_body.is_none() => Err(Wrong::SecretMissing(name())),
        (Some(secret), None) if in_body == Some(secret) => Ok(client),
        (Some(secret), Some((_, shown)))
            if shown == secret && in_body.is_none_or(|shown| shown == secret) =>
        {
            Ok(client)
        }
        (Some(_), _) => Err(Wrong::SecretMismatch(name())),
    }
}

/// Returns the app client the `Authorization` header names, fit to be shown.
pub(super) fn client_of_header(request: &Request) -> Option<String> {
    let (id, _) = basic(request.header("authorization")?)?;
    Some(shown(&id))
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
    plain_json(status, &document).because(error.wrong)
}

/// A userInfo error: in the header without the word `Bearer`, as documented, and in the body.
fn challenge(
    status: u16,
    error: &'static str,
    description: &'static str,
    wrong: Wrong,
) -> Response {
    let header = format!("error=\"{error}\", error_description=\"{description}\"");
    refusal(
        status,
        OAuthError {
            error,
            description: Some(description),
            wrong,
        },
    )
    .header("www-authenticate", header)
}

fn plain_json(status: u16, document: &Value) -> Response {
    Response::new(status)
        .header("content-type", "application/json")
        .body(document.to_string())
}
