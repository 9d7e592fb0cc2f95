//! What an authorize request asks for, checked row by row (authorize, rows 2 to 9 in `tests/README.md`).

use maud::html;

use super::diagnosis::Wrong;
use super::frame::{Frame, told};
use super::look::Look;
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
    /// `response_type=token`: tokens instead of a code, behind `#`.
    pub(super) implicit: bool,
    pub(super) prompt: Vec<String>,
    /// The external provider that was asked for, by its name.
    pub(super) provider: Option<String>,
    pub(super) login_hint: Option<String>,
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
        wrong: Wrong,
    },
    /// The error goes to the client's redirect URI.
    Back {
        redirect_uri: String,
        /// `response_type=token` gets it behind `#`.
        fragment: bool,
        state: Option<String>,
        error: &'static str,
        description: Option<String>,
        wrong: Wrong,
    },
    /// Managed login without a style for this app client: the person sees a bare 403 (row 10).
    NoBranding { client: String },
}

impl Authorization {
    /// Checks the query of `/oauth2/authorize`, which is the query of `/login` too.
    pub(super) fn check(pool: &Pool, query: &Form) -> Result<Authorization, Box<Refusal>> {
        let page = |error, client_id: Option<&str>, wrong| {
            Box::new(Refusal::Page {
                error,
                client_id: client_id.map(str::to_owned),
                wrong,
            })
        };
        let id = query
            .filled("client_id")
            .ok_or_else(|| page("invalid_request", None, Wrong::Missing("client_id")))?;
        let unknown = || Wrong::UnknownClient(id.to_owned());
        let client = pool
            .client(id)
            .ok_or_else(|| page("invalid_request", None, unknown()))?;
        let redirect_uri = query
            .filled("redirect_uri")
            .or(client.default_redirect_uri.as_deref())
            .ok_or_else(|| page("invalid_request", Some(id), Wrong::Missing("redirect_uri")))?;
        if !client
            .redirect_uris
            .iter()
            .any(|known| known == redirect_uri)
        {
            let wrong = Wrong::RedirectUri {
                sent: redirect_uri.to_owned(),
                client: client.name.clone(),
                registered: client.redirect_uris.clone(),
            };
            return Err(page("redirect_mismatch", Some(id), wrong));
        }
        let state = query.get("state").map(str::to_owned);
        let implicit = query.get("response_type") == Some("token");
        let back = |error, description: Option<&str>, wrong| {
            Box::new(Refusal::Back {
                redirect_uri: redirect_uri.to_owned(),
                fragment: implicit,
                state: state.clone(),
                error,
                description: description.map(str::to_owned),
                wrong,
            })
        };
        check_flow(client, query.filled("response_type"))
            .map_err(|(error, wrong)| back(error, None, wrong))?;
        let scopes = allowed_scopes(client, query.filled("scope"))
            .map_err(|wrong| back("invalid_request", Some("invalid_scope"), wrong))?;
        let challenge = challenge(pool, client, query)
            .map_err(|(text, wrong)| back("invalid_request", Some(text), wrong))?;
        let resource = query.filled("resource").map(str::to_owned);
        if let Some(wrong) = foreign_scope(&scopes, resource.as_deref()) {
            let text = "requested scopes must belong to the requested resource";
            return Err(back("invalid_request", Some(text), wrong));
        }
        if !pool.rules.branding {
            let client = client.name.clone();
            return Err(Box::new(Refusal::NoBranding { client }));
        }
        let provider = provider(pool, query).map_err(|wrong| {
            let text = "identity provider does not exist";
            back("invalid_request", Some(text), wrong)
        })?;
        Ok(Authorization {
            code: CodeRequest {
                client_id: client.id.clone(),
                redirect_uri: redirect_uri.to_owned(),
                scopes,
                challenge,
                nonce: query.get("nonce").map(str::to_owned),
                resource,
            },
            implicit,
            prompt: query
                .get("prompt")
                .unwrap_or_default()
                .split(' ')
                .map(str::to_owned)
                .collect(),
            provider,
            login_hint: query.filled("login_hint").map(str::to_owned),
            max_age: query.get("max_age").and_then(|text| text.parse().ok()),
            state,
        })
    }

    /// Returns what a provider hears of this request: the name that was hinted at, and every `prompt` but `none`.
    pub(super) fn for_provider(&self) -> Vec<(&'static str, String)> {
        let prompt: Vec<&str> = self
            .prompt
            .iter()
            .map(String::as_str)
            .filter(|word| !word.is_empty() && *word != "none")
            .collect();
        let hint = self.login_hint.clone().map(|hint| ("login_hint", hint));
        let prompt = (!prompt.is_empty()).then(|| ("prompt", prompt.join(" ")));
        hint.into_iter().chain(prompt).collect()
    }

    pub(super) fn prompts(&self, value: &str) -> bool {
        self.prompt.iter().any(|asked| asked == value)
    }

    /// Returns the redirect that takes what was earned to the client: a code in the query, or tokens behind `#`.
    pub(super) fn granted(&self, mut answer: Form) -> Response {
        if let Some(state) = &self.state {
            answer = answer.with("state", state);
        }
        let redirect_uri = &self.code.redirect_uri;
        Response::redirect(match self.implicit {
            true => format!("{redirect_uri}#{answer}"),
            false => appended(redirect_uri, &answer),
        })
    }

    /// Returns the redirect that takes an error to the client.
    pub(super) fn refused(
        &self,
        error: &'static str,
        description: Option<&str>,
        wrong: Wrong,
    ) -> Response {
        Refusal::Back {
            redirect_uri: self.code.redirect_uri.clone(),
            fragment: self.implicit,
            state: self.state.clone(),
            error,
            description: description.map(str::to_owned),
            wrong,
        }
        .response()
    }
}

impl Refusal {
    pub(super) fn response(&self) -> Response {
        match self {
            Refusal::Page {
                error,
                client_id,
                wrong,
            } => {
                let client = client_id
                    .as_ref()
                    .map(|id| format!("&client_id={}", encode(id)));
                Response::redirect(format!(
                    "/error?error={error}{}",
                    client.unwrap_or_default()
                ))
                .because(wrong.clone())
            }
            Refusal::NoBranding { client } => {
                let wrong = Wrong::NoBranding(client.clone());
                let body = html! {
                    p.lead { "Login pages unavailable. Please contact an administrator." }
                    (told(&wrong.finding()))
                };
                let page = Frame::new("No login pages", true, &Look::default()).around(&body);
                Response::html(403, page).because(wrong)
            }
            Refusal::Back {
                redirect_uri,
                fragment,
                state,
                error,
                description,
                wrong,
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
                .because(wrong.clone())
            }
        }
    }
}

/// Rows 4 to 6.
fn check_flow(client: &AppClient, asked: Option<&str>) -> Result<(), (&'static str, Wrong)> {
    let (flow, allowed) = match asked {
        Some("code") => ("authorization code", client.grant == Grant::Code),
        Some("token") => ("implicit", client.grant == Grant::Code && client.implicit),
        None => return Err(("invalid_request", Wrong::Missing("response_type"))),
        Some(other) => return Err(("invalid_request", Wrong::ResponseType(other.to_owned()))),
    };
    let client = client.name.clone();
    allowed.then_some(()).ok_or((
        "unauthorized_client",
        Wrong::FlowNotEnabled { flow, client },
    ))
}

/// Row 7: all or nothing; `offline_access` is as wrong as any other unknown word.
fn allowed_scopes(client: &AppClient, asked: Option<&str>) -> Result<Vec<String>, Wrong> {
    let Some(asked) = asked else {
        return Ok(client.scopes.clone());
    };
    let scopes: Vec<String> = asked.split_ascii_whitespace().map(str::to_owned).collect();
    let refused: Vec<&str> = scopes
        .iter()
        .filter(|scope| !client.scopes.contains(scope))
        .map(String::as_str)
        .collect();
    if !refused.is_empty() {
        return Err(Wrong::Scope {
            refused: refused.join(" "),
            client: client.name.clone(),
        });
    }
    let has = |scope: &&str| scopes.iter().any(|known| known == scope);
    match ["email", "phone", "profile"].into_iter().find(has) {
        Some(scope) if !has(&"openid") => Err(Wrong::ScopeWithoutOpenId(scope)),
        _ => Ok(scopes),
    }
}

/// Row 8: S256 or nothing, and both parameters or none.
fn challenge(
    pool: &Pool,
    client: &AppClient,
    query: &Form,
) -> Result<Option<String>, (&'static str, Wrong)> {
    match (
        query.get("code_challenge"),
        query.get("code_challenge_method"),
    ) {
        (None, None) if pool.rules.require_pkce && client.secret.is_none() => {
            Err(("code_challenge is required", Wrong::PkceRequired))
        }
        (None, None) => Ok(None),
        (Some(challenge), Some("S256")) if is_challenge(challenge) => {
            Ok(Some(challenge.to_owned()))
        }
        (Some(_), Some("S256")) => Err(("code_challenge is invalid", Wrong::Challenge)),
        (Some(_), Some(_)) => Err(("code_challenge_method must be S256", Wrong::MethodNotS256)),
        _ => Err((
            "code_challenge_method must be S256",
            Wrong::ChallengeWithoutMethod,
        )),
    }
}

fn is_challenge(text: &str) -> bool {
    let base64url = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    text.len() == 43 && text.bytes().all(base64url)
}

/// Row 9: with a `resource`, custom scopes must be its own.
fn foreign_scope(scopes: &[String], resource: Option<&str>) -> Option<Wrong> {
    let resource = resource?;
    let belongs = |scope: &str| {
        let rest = scope.strip_prefix(resource);
        rest.is_some_and(|rest| rest.starts_with('/')) || RESERVED_SCOPES.contains(&scope)
    };
    let foreign = scopes.iter().find(|scope| !belongs(scope))?;
    Some(Wrong::ScopeOfAnotherResource {
        scope: foreign.clone(),
        resource: resource.to_owned(),
    })
}

/// Returns the external provider that was asked for by name or by identifier; `COGNITO` is the pool itself.
fn provider(pool: &Pool, query: &Form) -> Result<Option<String>, Wrong> {
    let named = query.filled("identity_provider");
    let identifier = query.filled("idp_identifier");
    let found = match (named, identifier) {
        (Some("COGNITO"), _) | (None, None) => return Ok(None),
        (Some(name), _) => pool.provider(name),
        (None, Some(identifier)) => pool.provider_of(identifier),
    };
    let sent = named.or(identifier).unwrap_or_default().to_owned();
    found
        .map(|provider| Some(provider.name.clone()))
        .ok_or(Wrong::UnknownProvider(sent))
}

/// Returns `uri` with more query; a query it has stays (RFC 6749 §3.1.2).
fn appended(uri: &str, query: &Form) -> String {
    let separator = if uri.contains('?') { '&' } else { '?' };
    format!("{uri}{separator}{query}")
}
