//! An answer that means no: read leniently, told apart, and put into words with a remedy.

use std::fmt;
use std::time::Duration;

use oauth2::HttpResponse;
use oauth2::http::header;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::app_client::AppClient;
use super::redirect_uri::RedirectUri;
use crate::failure::{Exit, Failure, printable, shell_word};
use crate::http::{HttpError, retry_after};

/// Outside text in a message is cut here.
const SHOWN_CHARACTERS: usize = 200;

/// What an endpoint answered instead of what was asked for. Its `Display` never holds the body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Refusal {
    host: String,
    status: u16,
    /// `error` and `error_description`, from the JSON body (RFC 6749 §5.2) or `WWW-Authenticate` (RFC 6750 §3).
    pub(super) error: Option<String>,
    pub(super) description: Option<String>,
    content_type: Option<String>,
    wait: Option<Duration>,
}

/// Why a request brought nothing.
#[derive(Debug)]
pub(super) enum AskError {
    /// No answer.
    Http(HttpError),
    /// An answer, and it is no.
    Refused(Refusal),
}

impl AskError {
    /// The address cannot be asked at all, so there is no answer either.
    pub(super) fn not_asked(url: &Url) -> AskError {
        AskError::Http(HttpError::Insecure {
            host: url.host_str().unwrap_or_default().to_owned(),
        })
    }

    /// A JSON object came with status 200, but not the one that was asked for.
    pub(super) fn unexpected(url: &Url) -> AskError {
        let host = url.host_str().unwrap_or_default().to_owned();
        AskError::Refused(Refusal {
            host,
            status: 200,
            ..Refusal::default()
        })
    }

    /// Returns the error for the person: a refusal that any endpoint can give explains itself, the rest is up to `specific`.
    pub(super) fn explained(self, specific: impl FnOnce(&Refusal) -> Failure) -> anyhow::Error {
        match self {
            AskError::Http(error) => error.explained(),
            AskError::Refused(refusal) => {
                let failure = refusal.anywhere().unwrap_or_else(|| specific(&refusal));
                anyhow::Error::new(refusal).context(failure)
            }
        }
    }
}

/// Lets through what is a JSON object with status 200 and no `error` in it.
pub(super) fn expect_json(url: &Url, answer: HttpResponse) -> Result<HttpResponse, AskError> {
    let refusal = Refusal::read(url, &answer);
    let json = is_object(answer.body())
        && refusal
            .content_type
            .as_deref()
            .is_none_or(|name| name.contains("json"));
    if answer.status().as_u16() == 200 && json && refusal.error.is_none() {
        Ok(answer)
    } else {
        Err(AskError::Refused(refusal))
    }
}

/// Lets through any answer with status 200 (RFC 7009 §2.2: its content is ignored).
pub(super) fn expect_success(url: &Url, answer: &HttpResponse) -> Result<(), AskError> {
    match answer.status().as_u16() {
        200 => Ok(()),
        _ => Err(AskError::Refused(Refusal::read(url, answer))),
    }
}

impl Refusal {
    fn read(url: &Url, answer: &HttpResponse) -> Refusal {
        let header = |name| {
            answer
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        let from_body = serde_json::from_slice(answer.body()).unwrap_or_default();
        let OAuthError {
            error,
            error_description,
        } = match header(header::WWW_AUTHENTICATE) {
            Some(challenge) => challenged(challenge).unwrap_or(from_body),
            None => from_body,
        };
        Refusal {
            host: url.host_str().unwrap_or_default().to_owned(),
            status: answer.status().as_u16(),
            error: lenient_text(error),
            description: lenient_text(error_description),
            content_type: header(header::CONTENT_TYPE)
                .map(|text| printable(text, 80).to_ascii_lowercase()),
            wait: retry_after(answer),
        }
    }

    fn is(&self, error: &str) -> bool {
        self.error.as_deref() == Some(error)
    }

    /// Tells whether the pool itself says that a refresh token is dead; a 5xx or 429 with such a text does not count.
    pub(super) fn ends_a_session(&self) -> bool {
        self.is("invalid_grant") && self.anywhere().is_none()
    }

    /// Returns the failure for what any endpoint, or anything in front of it, may answer.
    fn anywhere(&self) -> Option<Failure> {
        let host = &self.host;
        let unreachable = |kind, message: String| Failure::new(Exit::Unreachable, kind, message);
        if self.status == 429 || self.is("slow_down") {
            let wait = self.wait.map_or("in a moment".to_owned(), |wait| {
                format!("in {} seconds", wait.as_secs())
            });
            return Some(
                unreachable("pool_busy", format!("`{host}` asks to slow down"))
                    .hint(format!("try again {wait}")),
            );
        }
        if self.status >= 500 || self.is("server_error") || self.is("temporarily_unavailable") {
            return Some(
                unreachable("pool_unavailable", format!("`{host}` is out of order"))
                    .hint("try again in a moment"),
            );
        }
        if self.error.is_some() {
            return None;
        }
        match self.status {
            403 => Some(unreachable("waf_blocked", format!("`{host}` let the request not through, as a firewall does")).hint(
                "let the web ACL in front of the pool pass these rules of AWSManagedRulesCommonRuleSet: \
                 EC2MetaDataSSRF_QUERYARGUMENTS (blocks loopback redirect URIs), NoUserAgent_HEADER (a proxy may remove ours)",
            )),
            300..=399 => Some(wrong_place(host, "sends elsewhere")),
            404 | 405 | 410 => Some(wrong_place(host, "knows no such page")),
            200..=299 => Some(unreadable(host)),
            _ => None,
        }
    }
}

fn unreadable(host: &str) -> Failure {
    Failure::new(
        Exit::Unreachable,
        "unreadable_answer",
        format!("`{host}` answered, but not as a user pool does"),
    )
    .hint("check `domain` and `issuer`, and whether a proxy or a hotel network answers instead")
}

fn wrong_place(host: &str, what: &str) -> Failure {
    Failure::new(
        Exit::Settings,
        "endpoint_not_found",
        format!("`{host}` {what}, so it is not the pool that was meant"),
    )
    .hint("check `domain`, and `user_pool_id` or `issuer`: cognito-login doctor")
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` answered HTTP {}", self.host, self.status)?;
        match (&self.error, &self.content_type) {
            (Some(error), _) => write!(f, ", {}", quoted(error, self.description.as_deref())),
            (None, Some(content_type)) => write!(f, " ({content_type})"),
            (None, None) => Ok(()),
        }
    }
}

impl std::error::Error for Refusal {}

impl fmt::Display for AskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AskError::Http(error) => error.fmt(f),
            AskError::Refused(refusal) => refusal.fmt(f),
        }
    }
}

impl std::error::Error for AskError {}

/// What was asked of the token endpoint.
#[derive(Clone, Copy, Debug)]
pub(super) enum Asked<'a> {
    Code { redirect_uri: &'a str },
    Refresh,
    Machine,
}

/// Puts a refusal of the token endpoint into words (RFC 6749 §5.2).
pub(super) fn of_token_endpoint(
    refusal: &Refusal,
    asked: Asked<'_>,
    client: &AppClient,
) -> Failure {
    let settings = |kind, message: String| Failure::new(Exit::Settings, kind, message);
    let id = &client.id;
    match (refusal.error.as_deref().unwrap_or_default(), asked) {
        ("invalid_grant", Asked::Code { .. }) => Failure::new(
            Exit::NotCompleted,
            "code_refused",
            "the pool refused the code of this sign-in: used before, older than 5 minutes, or not made for it",
        )
        .hint(
            "cognito-login login; if it fails again: one domain for the whole sign-in (custom or prefix, not both), app client \
             may read the attributes behind its scopes, `resource` is registered",
        ),
        ("invalid_grant", Asked::Refresh) => {
            Failure::new(Exit::SignInNeeded, "sign_in_needed", "the pool has ended this session").hint("cognito-login login")
        }
        ("invalid_grant", Asked::Machine) => settings("invalid_scope", format!("app client `{id}` may not have these scopes"))
            .hint("allow the custom scopes for the app client, or leave `scopes` out to get all it may have"),
        ("invalid_client", _) => client_refused(client),
        // Cognito's answer to a redirect URI that differs from the one of the authorize request.
        ("unauthorized_client", Asked::Code { redirect_uri }) if refusal.description.as_deref() == Some("invalid_redirect") => {
            settings("redirect_mismatch", format!("the pool did not expect redirect URI `{redirect_uri}`"))
                .hint(format!("register exactly this callback URL with app client {id}: {redirect_uri}"))
        }
        ("unauthorized_client" | "unsupported_grant_type", _) => {
            let (grant, setting) = match asked {
                Asked::Code { .. } => ("sign-in with a code", "authorization code grant"),
                Asked::Refresh => ("refreshing", "authorization code grant"),
                Asked::Machine => ("client_credentials", "client credentials grant, on an app client without the code grant"),
            };
            settings("flow_not_enabled", format!("app client `{id}` is not enabled for {grant}"))
                .hint(format!("enable the {setting} for the app client; with a code also check that the redirect URI is registered"))
        }
        ("invalid_scope", _) => settings("invalid_scope", format!("the pool does not know all of the scopes `{}`", client.scopes.join(" ")))
            .hint("set `scopes` to what the app client allows; custom scopes are written SERVER/NAME"),
        ("invalid_target", _) => settings("resource_refused", "the pool does not know this `resource`".to_owned())
            .hint("register it as a resource server of the pool, or leave --resource out"),
        (error, _) => {
            let said = if error.is_empty() { format!("HTTP {}", refusal.status) } else { printable(error, 60) };
            Failure::new(Exit::Failed, "token_request_refused", format!("the token endpoint refused the request ({said})"))
                .hint("check the settings: cognito-login doctor")
        }
    }
}

/// The pool did not accept who we said we are.
pub(super) fn client_refused(client: &AppClient) -> Failure {
    let id = &client.id;
    match client.secret {
        None => Failure::new(
            Exit::Settings,
            "client_secret_missing",
            format!("the pool wants a secret from app client `{id}`, or does not know it"),
        )
        .hint("give the secret: cognito-login configure --client-secret-stdin; or use an app client without one (a public client)"),
        Some(_) => Failure::new(
            Exit::Settings,
            "client_secret_refused",
            format!("the pool refused the secret of app client `{id}`"),
        )
        .hint("the secret is wrong or was rotated, or this app client has none: then unset COGNITO_CLIENT_SECRET and store none"),
    }
}

/// Puts a refusal of the revocation endpoint into words (RFC 7009 §2.2.1).
pub(super) fn of_revocation(refusal: &Refusal, client: &AppClient) -> Failure {
    match refusal.error.as_deref() {
        Some("invalid_client") => client_refused(client),
        Some("unsupported_token_type") => Failure::new(
            Exit::Unreachable,
            "not_revoked",
            "the pool does not revoke tokens of this kind",
        ),
        _ => Failure::new(
            Exit::Unreachable,
            "not_revoked",
            "the pool did not revoke the refresh token",
        )
        .hint(format!(
            "enable token revocation for app client {}",
            client.id
        )),
    }
}

/// Puts a refusal of userInfo into words (RFC 6750 §3.1; Cognito leaves out the scheme).
pub(super) fn of_user_info(refusal: &Refusal) -> Failure {
    // Cognito gives a missing `openid` the same code as a dead token, so the text has to tell (simov/grant#189).
    let lacks_openid = refusal
        .description
        .as_deref()
        .is_some_and(|text| text.contains("openid scope"));
    if lacks_openid || refusal.is("insufficient_scope") {
        return Failure::new(
            Exit::Settings,
            "openid_scope_missing",
            "the access token lacks the scope `openid`",
        )
        .hint("add openid to `scopes`, then: cognito-login login");
    }
    if refusal.status == 401 || refusal.is("invalid_token") {
        return Failure::new(
            Exit::SignInNeeded,
            "access_token_refused",
            "the pool does not accept the access token: expired, revoked, or the user was signed out or disabled",
        )
        .hint("cognito-login login");
    }
    Failure::new(
        Exit::Failed,
        "user_info_refused",
        "the pool refused the userInfo request",
    )
    .hint("cognito-login doctor")
}

/// Puts a refusal of discovery or of the key set into words.
pub(super) fn of_issuer(refusal: &Refusal, issuer: &str) -> Failure {
    let message = format!(
        "there is no user pool at `{issuer}` (HTTP {})",
        refusal.status
    );
    Failure::new(Exit::Settings, "user_pool_not_found", message)
        .hint("check `user_pool_id` or `issuer`")
}

/// Puts into words what has no words of its own.
pub(super) fn of_anything(refusal: &Refusal) -> Failure {
    unreadable(&refusal.host)
}

/// Puts the answer of the login pages into words: `error` and `error_description` at the redirect URI (RFC 6749 §4.1.2.1).
pub(super) fn of_sign_in(error: &str, description: Option<&str>, client: &AppClient) -> Failure {
    let said = quoted(error, description);
    let settings = |kind, message: String| Failure::new(Exit::Settings, kind, message);
    let incomplete = |kind, message: String| Failure::new(Exit::NotCompleted, kind, message);
    match (error, description) {
        // Cognito says it the other way round than the RFC.
        ("invalid_scope", _) | ("invalid_request", Some("invalid_scope")) => {
            settings("invalid_scope", format!("app client `{}` may not ask for all of the scopes `{}`", client.id, client.scopes.join(" ")))
                .hint("set `scopes` to those the app client allows; Cognito has no offline_access and gives a refresh token without it")
        }
        ("unauthorized_client" | "unsupported_response_type", _) => {
            settings("flow_not_enabled", format!("app client `{}` is not enabled for sign-in with a code", client.id))
                .hint("enable the authorization code grant for the app client")
        }
        ("invalid_target", _) => settings("resource_refused", format!("the pool refused `resource`: {said}"))
            .hint("register it as a resource server of the pool, or leave --resource out"),
        ("access_denied", _) => incomplete("denied", format!("the sign-in was cancelled or denied in the browser: {said}")).hint("cognito-login login"),
        ("login_required" | "interaction_required" | "consent_required" | "account_selection_required", _) => {
            incomplete("interaction_required", format!("the pool wants the person to take part: {said}"))
                .hint("sign in without --prompt none: cognito-login login")
        }
        ("server_error" | "temporarily_unavailable", _) => {
            Failure::new(Exit::Unreachable, "pool_unavailable", format!("the pool is out of order: {said}")).hint("try again in a moment")
        }
        // External identity providers, Lambda triggers and attribute mappings all report this way, in free text.
        _ => incomplete("sign_in_refused", format!("the pool did not sign you in: {said}"))
            .hint("cognito-login login; if it stays, the text above is for the administrator of the pool"),
    }
}

/// The redirect URI is not among the callback URLs of the app client.
pub(super) fn redirect_not_registered(
    client: &AppClient,
    uri: &RedirectUri,
    pool: &str,
) -> Failure {
    let id = &client.id;
    let message = format!("app client `{id}` does not have the callback URL `{uri}`");
    let [pool, id, word] = [pool, id, uri.as_str()].map(shell_word);
    Failure::new(Exit::Settings, "redirect_mismatch", message).hint(format!(
        "add exactly this string, without a slash more or less: {uri}\n\
         in the console: Applications, App clients, Login pages, Edit, Allowed callback URLs\n\
         or: aws cognito-idp update-user-pool-client --user-pool-id {pool} --client-id {id} --callback-urls {word} \
         (this resets every setting of the app client that the command does not name)"
    ))
}

/// The domain shows managed login, and the app client has no style for it.
pub(super) fn pages_unavailable(client: &AppClient, pool: &str) -> Failure {
    let message = format!(
        "the login pages have no style for app client `{}`",
        client.id
    );
    let [pool, id] = [pool, &client.id].map(shell_word);
    Failure::new(Exit::Settings, "login_pages_unavailable", message).hint(
        format!(
            "aws cognito-idp create-managed-login-branding --user-pool-id {pool} --client-id {id} --use-cognito-provided-values"
        ),
    )
}

/// Returns `` `error` `` or `` `error`: description ``, fit for a terminal.
fn quoted(error: &str, description: Option<&str>) -> String {
    let error = printable(error, 60);
    match description {
        Some(text) => format!("`{error}`: {}", printable(text, SHOWN_CHARACTERS)),
        None => format!("`{error}`"),
    }
}

#[derive(Default, Deserialize)]
struct OAuthError {
    #[serde(default)]
    error: Value,
    #[serde(default)]
    error_description: Value,
}

fn lenient_text(value: Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}

/// Reads `error="…", error_description="…"`, with or without a scheme in front; `None` if there is no error in it.
fn challenged(challenge: &str) -> Option<OAuthError> {
    let parameter = |name: &str| {
        let start = challenge
            .match_indices(name)
            .map(|(at, _)| at)
            .find(|&at| {
                // `error` is also the beginning of `error_description`, and the end of other words.
                let before = challenge[..at].chars().next_back();
                before.is_none_or(|c| c == ' ' || c == ',')
                    && challenge[at + name.len()..].trim_start().starts_with('=')
            })?;
        let value = challenge[start + name.len()..]
            .trim_start()
            .strip_prefix('=')?
            .trim_start();
        let text = match value.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next(),
            None => value.split([',', ' ']).next(),
        };
        text.map(|text| Value::String(text.to_owned()))
    };
    Some(OAuthError {
        error: parameter("error")?,
        error_description: parameter("error_description").unwrap_or_default(),
    })
}

fn is_object(body: &[u8]) -> bool {
    serde_json::from_slice::<std::collections::HashMap<String, serde::de::IgnoredAny>>(body).is_ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{client, confidential};
    use super::*;

    fn answered(status: u16, headers: &[(&str, &str)], body: &str) -> HttpResponse {
        let mut answer = oauth2::http::Response::builder().status(status);
        for (name, value) in headers {
            answer = answer.header(*name, *value);
        }
        answer.body(body.as_bytes().to_vec()).unwrap()
    }

    fn url() -> Url {
        Url::parse("https://pool.example/oauth2/token").unwrap()
    }

    fn refused(status: u16, headers: &[(&str, &str)], body: &str) -> AskError {
        expect_json(&url(), answered(status, headers, body)).unwrap_err()
    }

    fn outcome(
        error: AskError,
        specific: impl FnOnce(&Refusal) -> Failure,
    ) -> (Exit, &'static str) {
        let error = error.explained(specific);
        let failure = Failure::of(&error).unwrap();
        assert!(failure.hint.is_some(), "{} says what to do", failure.kind);
        (failure.exit, failure.kind)
    }

    fn asked(status: u16, body: Value, asked: Asked<'_>) -> (Exit, &'static str) {
        outcome(refused(status, &[], &body.to_string()), |refusal| {
            of_token_endpoint(refusal, asked, &client())
        })
    }

    const CODE: Asked<'_> = Asked::Code {
        redirect_uri: "http://localhost:3000",
    };

    #[test]
    fn a_command_to_copy_holds_the_redirect_uri_as_one_word() {
        let uri = RedirectUri::parse("http://localhost:3000/?a=1&b=$(id)").unwrap();
        let hint = redirect_not_registered(&client(), &uri, "us-east-1_AbCdEf123").hint;
        let command = "--callback-urls 'http://localhost:3000/?a=1&b=$(id)' (this";
        assert!(hint.unwrap().contains(command));
    }

    #[test]
    fn every_no_of_the_token_endpoint_has_its_own_words() {
        let table = [
            (
                json!({"error": "invalid_grant"}),
                CODE,
                Exit::NotCompleted,
                "code_refused",
            ),
            (
                json!({"error": "invalid_grant"}),
                Asked::Refresh,
                Exit::SignInNeeded,
                "sign_in_needed",
            ),
            (
                json!({"error": "invalid_grant"}),
                Asked::Machine,
                Exit::Settings,
                "invalid_scope",
            ),
            (
                json!({"error": "invalid_scope"}),
                Asked::Machine,
                Exit::Settings,
                "invalid_scope",
            ),
            (
                json!({"error": "invalid_client"}),
                CODE,
                Exit::Settings,
                "client_secret_missing",
            ),
            (
                json!({"error": "invalid_client"}),
                Asked::Refresh,
                Exit::Settings,
                "client_secret_missing",
            ),
            (
                json!({"error": "unauthorized_client", "error_description": "invalid_redirect"}),
                CODE,
                Exit::Settings,
                "redirect_mismatch",
            ),
            (
                json!({"error": "unauthorized_client"}),
                CODE,
                Exit::Settings,
                "flow_not_enabled",
            ),
            (
                json!({"error": "unauthorized_client"}),
                Asked::Machine,
                Exit::Settings,
                "flow_not_enabled",
            ),
            (
                json!({"error": "unsupported_grant_type"}),
                CODE,
                Exit::Settings,
                "flow_not_enabled",
            ),
            (
                json!({"error": "invalid_target"}),
                CODE,
                Exit::Settings,
                "resource_refused",
            ),
            (
                json!({"error": "invalid_request"}),
                CODE,
                Exit::Failed,
                "token_request_refused",
            ),
            (
                json!({"error": "something_new"}),
                CODE,
                Exit::Failed,
                "token_request_refused",
            ),
            (
                json!({"error": "server_error"}),
                CODE,
                Exit::Unreachable,
                "pool_unavailable",
            ),
            (
                json!({"error": "temporarily_unavailable"}),
                CODE,
                Exit::Unreachable,
                "pool_unavailable",
            ),
            (
                json!({"error": 7}),
                CODE,
                Exit::Failed,
                "token_request_refused",
            ),
            (json!([]), CODE, Exit::Failed, "token_request_refused"),
        ];
        for (body, request, exit, kind) in table {
            assert_eq!(asked(400, body.clone(), request), (exit, kind), "{body}");
        }
    }

    #[test]
    fn a_refused_secret_is_told_from_a_missing_one() {
        let refusal = Refusal {
            status: 400,
            error: Some("invalid_client".into()),
            ..Refusal::default()
        };
        assert_eq!(
            of_token_endpoint(&refusal, CODE, &client()).kind,
            "client_secret_missing"
        );
        assert_eq!(
            of_token_endpoint(&refusal, CODE, &confidential()).kind,
            "client_secret_refused"
        );
        assert_eq!(
            of_revocation(&refusal, &confidential()).kind,
            "client_secret_refused"
        );
    }

    #[test]
    fn what_stands_in_front_of_the_pool_is_recognised() {
        let html = [("content-type", "text/html")];
        let page = "<html>Request not allowed due to WAF block</html>";
        let table = [
            (refused(403, &html, page), Exit::Unreachable, "waf_blocked"),
            (refused(403, &[], ""), Exit::Unreachable, "waf_blocked"),
            (
                refused(429, &[("retry-after", "7")], "Rate Exceeded"),
                Exit::Unreachable,
                "pool_busy",
            ),
            (
                refused(400, &[], "{\"error\":\"slow_down\"}"),
                Exit::Unreachable,
                "pool_busy",
            ),
            (
                refused(502, &html, page),
                Exit::Unreachable,
                "pool_unavailable",
            ),
            (
                refused(500, &[], "{\"error\":\"invalid_grant\"}"),
                Exit::Unreachable,
                "pool_unavailable",
            ),
            (
                refused(302, &[("location", "/login")], ""),
                Exit::Settings,
                "endpoint_not_found",
            ),
            (
                refused(404, &html, page),
                Exit::Settings,
                "endpoint_not_found",
            ),
            (
                refused(200, &html, page),
                Exit::Unreachable,
                "unreadable_answer",
            ),
            (
                refused(200, &html, "{}"),
                Exit::Unreachable,
                "unreadable_answer",
            ),
            (
                refused(200, &[], "[1]"),
                Exit::Unreachable,
                "unreadable_answer",
            ),
            (
                refused(204, &[], ""),
                Exit::Unreachable,
                "unreadable_answer",
            ),
        ];
        for (error, exit, kind) in table {
            let shown = error.to_string();
            assert_eq!(outcome(error, of_user_info), (exit, kind), "{shown}");
        }
        let error = refused(429, &[("retry-after", "7")], "").explained(of_user_info);
        assert_eq!(
            Failure::of(&error).unwrap().hint.as_deref(),
            Some("try again in 7 seconds")
        );
        let error = refused(403, &html, page).explained(of_user_info);
        let hint = Failure::of(&error).unwrap().hint.clone().unwrap();
        assert!(
            hint.contains("EC2MetaDataSSRF_QUERYARGUMENTS") && hint.contains("NoUserAgent_HEADER")
        );
    }

    #[test]
    fn an_error_with_status_200_is_an_error() {
        assert_eq!(
            asked(200, json!({"error": "invalid_client"}), CODE).1,
            "client_secret_missing"
        );
    }

    #[test]
    fn bodies_are_never_shown_and_outside_text_is_tamed() {
        let body = json!({"error": "invalid_\u{1b}[2Jgrant", "error_description": "a\r\nb", "id_token": "the-token"});
        let error = refused(400, &[], &body.to_string());
        let all = format!("{error} {error:?}");
        assert!(
            !all.contains("the-token") && !error.to_string().contains(['\u{1b}', '\n']),
            "{all}"
        );
        assert_eq!(
            error.to_string(),
            "`pool.example` answered HTTP 400, `invalid_ [2Jgrant`: a  b"
        );
        let error = refused(502, &[("content-type", "Text/HTML")], "<p>the-token</p>");
        assert_eq!(
            error.to_string(),
            "`pool.example` answered HTTP 502 (text/html)"
        );
    }

    #[test]
    fn a_challenge_is_read_with_or_without_its_scheme() {
        let table = [
            (
                r#"error="invalid_token", error_description="Access token is expired, disabled.""#,
                "invalid_token",
                Some("Access token is expired, disabled."),
            ),
            (
                r#"Bearer realm="x", error="invalid_token", error_description="gone""#,
                "invalid_token",
                Some("gone"),
            ),
            (
                r#"Bearer error_description="gone",error="invalid_token""#,
                "invalid_token",
                Some("gone"),
            ),
            (
                "Bearer error=insufficient_scope, scope=openid",
                "insufficient_scope",
                None,
            ),
            (r#"error = "a""#, "a", None),
        ];
        for (challenge, error, description) in table {
            let read = challenged(challenge).unwrap();
            assert_eq!(read.error, error, "{challenge}");
            assert_eq!(read.error_description.as_str(), description);
        }
        for challenge in [
            "",
            "Bearer",
            "Bearer realm=\"x\"",
            "error",
            "error_description=\"x\"",
            "xerror=\"a\"",
        ] {
            assert!(challenged(challenge).is_none(), "{challenge}");
        }
    }

    #[test]
    fn every_no_of_user_info_has_its_own_words() {
        let challenge = |text: &'static str| [("www-authenticate", text)];
        let expired = r#"error="invalid_token", error_description="Access token is expired, disabled, or deleted, or the user has globally signed out.""#;
        let unscoped = r#"error="invalid_token", error_description="Access token does not contain openid scope""#;
        let bad = r#"error="invalid_request", error_description="Bad OAuth2 request at UserInfo Endpoint""#;
        let table = [
            (
                refused(401, &challenge(expired), ""),
                Exit::SignInNeeded,
                "access_token_refused",
            ),
            (
                refused(401, &[], ""),
                Exit::SignInNeeded,
                "access_token_refused",
            ),
            (
                refused(401, &challenge(unscoped), ""),
                Exit::Settings,
                "openid_scope_missing",
            ),
            (
                refused(403, &challenge(r#"Bearer error="insufficient_scope""#), ""),
                Exit::Settings,
                "openid_scope_missing",
            ),
            (
                refused(400, &challenge(bad), ""),
                Exit::Failed,
                "user_info_refused",
            ),
            (
                refused(401, &challenge("Bearer"), "{\"error\":\"invalid_token\"}"),
                Exit::SignInNeeded,
                "access_token_refused",
            ),
        ];
        for (error, exit, kind) in table {
            let shown = error.to_string();
            assert_eq!(outcome(error, of_user_info), (exit, kind), "{shown}");
        }
    }

    #[test]
    fn every_no_of_the_login_pages_has_its_own_words() {
        let table = [
            (
                "invalid_request",
                Some("invalid_scope"),
                Exit::Settings,
                "invalid_scope",
            ),
            ("invalid_scope", None, Exit::Settings, "invalid_scope"),
            (
                "invalid_request",
                Some("PreSignUp failed with error no."),
                Exit::NotCompleted,
                "sign_in_refused",
            ),
            (
                "invalid_request",
                None,
                Exit::NotCompleted,
                "sign_in_refused",
            ),
            (
                "unauthorized_client",
                None,
                Exit::Settings,
                "flow_not_enabled",
            ),
            (
                "unsupported_response_type",
                None,
                Exit::Settings,
                "flow_not_enabled",
            ),
            ("invalid_target", None, Exit::Settings, "resource_refused"),
            (
                "access_denied",
                Some("User cancelled"),
                Exit::NotCompleted,
                "denied",
            ),
            (
                "login_required",
                None,
                Exit::NotCompleted,
                "interaction_required",
            ),
            (
                "consent_required",
                None,
                Exit::NotCompleted,
                "interaction_required",
            ),
            ("server_error", None, Exit::Unreachable, "pool_unavailable"),
            (
                "temporarily_unavailable",
                None,
                Exit::Unreachable,
                "pool_unavailable",
            ),
            ("something_new", None, Exit::NotCompleted, "sign_in_refused"),
        ];
        for (error, description, exit, kind) in table {
            let failure = of_sign_in(error, description, &client());
            assert_eq!((failure.exit, failure.kind), (exit, kind), "{error}");
            assert!(failure.hint.is_some());
        }
        let failure = of_sign_in("access_denied", Some("no\u{1b}[31m way"), &client());
        assert_eq!(
            failure.message,
            "the sign-in was cancelled or denied in the browser: `access_denied`: no [31m way"
        );
    }
}
