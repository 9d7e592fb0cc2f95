//! What an authorize request asks for, checked row by row of `cognito.md` §14.1 (rows 2 to 9).

use super::message::{Form, Response, encode};
use super::pool::Pool;
use super::settings::{AppClient, Grant};
use super::tokens::CodeRequest;

const RESERVED_SCOPES: [&str; 5] = [
    "openid",
    "email",
    "phone",
    "profile",
    "aws.cognito.signin.user.admin",
];

/// A request that may be answered with a code, once somebody signs in.
#[derive(Clone, Debug)]
pub(super) struct Authorization {
    pub(super) code: CodeRequest,
    pub(super) state: Option<String>,
    pub(super) prompt: Vec<String>,
    /// Seconds the password may be old.
    pub(super) max_age: Option<u64>,
}

/// A request that is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The client hears nothing: its address cannot be trusted. The person sees `/error`.
    Page {
        error: &'static str,
        client_id: Option<String>,
    },
    /// The error goes to the client's redirect URI.
    Back {
        redirect_uri: String,
        /// `response_type=token` gets it behind `#`.
        fragment: bool,
        state: Option<String>,
        error: &'static str,
        description: Option<&'static str>,
    },
}

impl Authorization {
    /// Checks the query of `/oauth2/authorize`, which is the query of `/login` too.
    pub(super) fn check(pool: &Pool, query: &Form) -> Result<Authorization, Refusal> {
        let page = |error, client_id: Option<&str>| Refusal::Page {
            error,
            client_id: client_id.map(str::to_owned),
        };
        let id = query.filled("client_id");
        let client = id
            .and_then(|id| pool.client(id))
            .ok_or_else(|| page("invalid_request", None))?;
        let redirect_uri = query
            .filled("redirect_uri")
            .ok_or_else(|| page("invalid_request", id))?;
        if !client
            .redirect_uris
            .iter()
            .any(|known| known == redirect_uri)
        {
            return Err(page("redirect_mismatch", id));
        }
        let state = query.get("state").map(str::to_owned);
        let response_type = query.get("response_type").unwrap_or_default();
        let back = |error, description| Refusal::Back {
            redirect_uri: redirect_uri.to_owned(),
            fragment: response_type == "token",
            state: state.clone(),
            error,
            description,
        };
        check_flow(client, response_type).map_err(|error| back(error, None))?;
        let scopes = allowed_scopes(client, query.filled("scope"))
            .ok_or_else(|| back("invalid_request", Some("invalid_scope")))?;
        let challenge =
            challenge(pool, client, query).map_err(|text| back("invalid_request", Some(text)))?;
        let resource = query.filled("resource").map(str::to_owned);
        if !scopes
            .iter()
            .all(|scope| belongs(scope, resource.as_deref()))
        {
            let text = "requested scopes must belong to the requested resource";
            return Err(back("invalid_request", Some(text)));
        }
        if query
            .filled("identity_provider")
            .is_some_and(|name| name != "COGNITO")
        {
            return Err(back(
                "invalid_request",
                Some("identity provider does not exist"),
            ));
        }
        Ok(Authorization {
            code: CodeRequest {
                client_id: client.id.clone(),
                redirect_uri: redirect_uri.to_owned(),
                scopes,
                challenge,
                nonce: query.get("nonce").map(str::to_owned),
                resource,
            },
            prompt: query
                .get("prompt")
                .unwrap_or_default()
                .split(' ')
                .map(str::to_owned)
                .collect(),
            max_age: query.get("max_age").and_then(|text| text.parse().ok()),
            state,
        })
    }

    pub(super) fn prompts(&self, value: &str) -> bool {
        self.prompt.iter().any(|asked| asked == value)
    }

    /// Returns the redirect that takes a code to the client.
    pub(super) fn granted(&self, code: &str) -> Response {
        let mut answer = Form::default().with("code", code);
        if let Some(state) = &self.state {
            answer = answer.with("state", state);
        }
        Response::redirect(appended(&self.code.redirect_uri, &answer))
    }

    /// Returns the redirect that takes an error to the client.
    pub(super) fn refused(&self, error: &'static str) -> Response {
        let (redirect_uri, state) = (self.code.redirect_uri.clone(), self.state.clone());
        Refusal::Back {
            redirect_uri,
            fragment: false,
            state,
            error,
            description: None,
        }
        .response()
    }
}

impl Refusal {
    pub(super) fn response(&self) -> Response {
        match self {
            Refusal::Page { error, client_id } => {
                let client = client_id
                    .as_ref()
                    .map(|id| format!("&client_id={}", encode(id)));
                Response::redirect(format!(
                    "/error?error={error}{}",
                    client.unwrap_or_default()
                ))
            }
            Refusal::Back {
                redirect_uri,
                fragment,
                state,
                error,
                description,
            } => {
                // The order seen on live: description, state, error.
                let mut answer = Form::default();
                if let Some(description) = description {
                    answer = answer.with("error_description", description);
                }
                if let Some(state) = state {
                    answer = answer.with("state", state);
                }
                answer = answer.with("error", error);
                Response::redirect(match fragment {
                    true => format!("{redirect_uri}#{answer}"),
                    false => appended(redirect_uri, &answer),
                })
            }
        }
    }
}

/// Rows 4 to 6. No client of a sandbox may use the implicit grant.
fn check_flow(client: &AppClient, response_type: &str) -> Result<(), &'static str> {
    match (response_type, client.grant) {
        ("code", Grant::Code) => Ok(()),
        ("code" | "token", _) => Err("unauthorized_client"),
        _ => Err("invalid_request"),
    }
}

/// Row 7: all or nothing; `offline_access` is as wrong as any other unknown word.
fn allowed_scopes(client: &AppClient, asked: Option<&str>) -> Option<Vec<String>> {
    let Some(asked) = asked else {
        return Some(client.scopes.clone());
    };
    let scopes: Vec<String> = asked.split_ascii_whitespace().map(str::to_owned).collect();
    let has = |scope: &str| scopes.iter().any(|known| known == scope);
    let orphaned = !has("openid") && ["email", "phone", "profile"].into_iter().any(has);
    (!orphaned && scopes.iter().all(|scope| client.scopes.contains(scope))).then_some(scopes)
}

/// Row 8: S256 or nothing, and both parameters or none.
fn challenge(
    pool: &Pool,
    client: &AppClient,
    query: &Form,
) -> Result<Option<String>, &'static str> {
    match (
        query.get("code_challenge"),
        query.get("code_challenge_method"),
    ) {
        (None, None) if pool.rules.require_pkce && client.secret.is_none() => {
            Err("code_challenge is required")
        }
        (None, None) => Ok(None),
        (Some(challenge), Some("S256")) if is_challenge(challenge) => {
            Ok(Some(challenge.to_owned()))
        }
        (Some(_), Some("S256")) => Err("code_challenge is invalid"),
        _ => Err("code_challenge_method must be S256"),
    }
}

fn is_challenge(text: &str) -> bool {
    let base64url = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    text.len() == 43 && text.bytes().all(base64url)
}

/// Row 9: with a `resource`, custom scopes must be its own.
fn belongs(scope: &str, resource: Option<&str>) -> bool {
    let Some(resource) = resource else {
        return true;
    };
    let own = scope
        .strip_prefix(resource)
        .is_some_and(|rest| rest.starts_with('/'));
    own || RESERVED_SCOPES.contains(&scope)
}

/// Returns `uri` with more query; a query it has stays (RFC 6749 §3.1.2).
fn appended(uri: &str, query: &Form) -> String {
    let separator = if uri.contains('?') { '&' } else { '?' };
    format!("{uri}{separator}{query}")
}
