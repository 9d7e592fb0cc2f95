//! From a request to its answer: which endpoint, which quirk, which headers. Pure: a value in, a value out.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use serde_json::json;

use super::diagnosis::{Wrong, shown};
use super::endpoint::Endpoint;
use super::federation;
use super::frame;
use super::hosted_ui::{self, Visit, step};
use super::journal::Entry;
use super::message::{Request, Response};
use super::pool::Pool;
use super::quirks::{AnswerQuirk, Order};
use super::{console, oauth, random};

/// The pool behind its paths.
pub(super) struct Router {
    pool_id: String,
    inside: Mutex<Inside>,
}

struct Inside {
    pool: Pool,
    stats: Stats,
}

/// What was asked so far, as `GET /sandbox/stats` tells it. The control paths under `/sandbox/` are not counted.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Stats {
    /// TCP connections accepted.
    pub connections: u64,
    /// Requests by endpoint, answered by a quirk or not.
    pub requests: BTreeMap<Endpoint, u64>,
    /// Requests at the token endpoint by `grant_type`.
    pub grants: BTreeMap<String, GrantStats>,
}

/// How one `grant_type` went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct GrantStats {
    /// Requests.
    pub asked: u64,
    /// Requests answered with 200.
    pub granted: u64,
}

impl Router {
    pub(super) fn new(pool: Pool, pool_id: &str) -> Router {
        let inside = Inside {
            pool,
            stats: Stats::default(),
        };
        Router {
            pool_id: pool_id.to_owned(),
            inside: Mutex::new(inside),
        }
    }

    /// Answers one request.
    pub(super) fn answer(&self, request: &Request) -> Response {
        if !is_local(request.header("host")) {
            return Response::text(421, "this sandbox is reached by a loopback address only\n");
        }
        let mut inside = self.inside();
        let Some(endpoint) = Endpoint::at(&request.path, &self.pool_id) else {
            return inside.answer_beside(request);
        };
        let grant = (endpoint == Endpoint::Token).then(|| grant_type(request));
        let quirk = inside.pool.quirks.of_answer(endpoint, grant);
        let instead = quirk.as_ref().and_then(AnswerQuirk::instead);
        let mut response = match instead {
            Some(response) => response.because(Wrong::OrderedByAQuirk),
            None => genuine(&mut inside.pool, endpoint, request),
        };
        if let Some(errand) = response.errand.take() {
            // Another server is asked, perhaps another pool of this process: the pool is free for others meanwhile.
            drop(inside);
            let outcome = errand.run();
            inside = self.inside();
            response = federation::resume(&mut inside.pool, outcome);
        }
        inside.finish(Answered {
            endpoint,
            grant,
            request,
            quirk,
            response,
        })
    }

    /// Counts a TCP connection.
    pub(super) fn connected(&self) {
        self.inside().stats.connections += 1;
    }

    pub(super) fn stats(&self) -> Stats {
        self.inside().stats.clone()
    }

    pub(super) fn with_pool<T>(&self, use_it: impl FnOnce(&mut Pool) -> T) -> T {
        use_it(&mut self.inside().pool)
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that has been answered, before the answer leaves.
struct Answered<'a> {
    endpoint: Endpoint,
    grant: Option<&'static str>,
    request: &'a Request,
    quirk: Option<AnswerQuirk>,
    response: Response,
}

impl Inside {
    /// Counts the request, writes it into journal and log, and bends the answer.
    fn finish(&mut self, answered: Answered<'_>) -> Response {
        let Answered {
            endpoint,
            grant,
            request,
            quirk,
            response,
        } = answered;
        let ordered = response.wrong == Some(Wrong::OrderedByAQuirk);
        let response = match ordered {
            true => response,
            false => dress(endpoint, absolute(&self.pool.domain, response)),
        };
        self.count(endpoint, grant, response.status);
        let entry = Entry {
            number: 0,
            at: self.pool.now(),
            method: request.method.clone(),
            path: shown(&request.path),
            grant,
            client: client_of(request),
            status: response.status,
            finding: response.wrong.as_ref().map(Wrong::finding),
        };
        self.pool.log(&entry.line());
        self.pool.journal.write(entry);
        match quirk {
            Some(quirk) => quirk.apply(response),
            None => response,
        }
    }

    fn count(&mut self, endpoint: Endpoint, grant: Option<&str>, status: u16) {
        *self.stats.requests.entry(endpoint).or_default() += 1;
        if let Some(grant) = grant {
            let of_grant = self.stats.grants.entry(grant.to_owned()).or_default();
            of_grant.asked += 1;
            of_grant.granted += u64::from(status == 200);
        }
    }

    /// Answers what is not part of a user pool: the front page, the style sheet, and the controls of the sandbox.
    fn answer_beside(&mut self, request: &Request) -> Response {
        let reads = request.reads();
        match request.path.as_str() {
            "/" if reads => dress(Endpoint::Login, hosted_ui::front_page(&self.pool)),
            "/style.css" if reads => frame::style_sheet(),
            "/script.js" if reads => frame::script(),
            "/icon.svg" if reads => frame::icon(),
            "/custom.css" if reads => self.pool.look.style_sheet().unwrap_or_else(nothing),
            "/logo" if reads => self.pool.look.logo().unwrap_or_else(nothing),
            "/sandbox" if reads => dress(Endpoint::Login, console::page(&self.pool)),
            "/sandbox/requests" if reads => {
                Response::json(200, &json!(self.pool.journal.entries()))
            }
            "/sandbox/stats" if reads => Response::json(200, &json!(self.stats)),
            "/sandbox/mailbox" if reads => Response::json(200, &json!(self.pool.letters())),
            "/sandbox/quirks" if request.writes() => order(&mut self.pool, request),
            path if path.ends_with("/.well-known/openid-configuration")
                || path.ends_with("/.well-known/jwks.json") =>
            {
                oauth::unknown_pool(path.split('/').nth(1).unwrap_or_default())
            }
            _ => nothing(),
        }
    }
}

fn nothing() -> Response {
    Response::text(404, "there is nothing here\n")
}

/// Returns what a pool without quirks answers.
fn genuine(pool: &mut Pool, endpoint: Endpoint, request: &Request) -> Response {
    let (reads, writes) = (request.reads(), request.writes());
    match endpoint {
        Endpoint::Discovery if reads => oauth::discovery(pool),
        Endpoint::Jwks if reads => oauth::jwks(pool),
        Endpoint::Authorize if reads => oauth::authorize(pool, request),
        Endpoint::Token if writes => oauth::token(pool, request),
        Endpoint::Userinfo if reads || writes => oauth::user_info(pool, request),
        Endpoint::Revoke if writes => oauth::revoke(pool, request),
        Endpoint::Logout if reads => oauth::logout(pool, request),
        Endpoint::Login if reads || writes => step(pool, request, Visit::login),
        Endpoint::Signup if reads || writes => step(pool, request, Visit::sign_up),
        Endpoint::Confirm if reads || writes => step(pool, request, Visit::confirm),
        Endpoint::Resendcode if writes => step(pool, request, Visit::resend_code),
        Endpoint::ForgotPassword if reads || writes => step(pool, request, Visit::forgot_password),
        Endpoint::ConfirmForgotPassword if reads || writes => {
            step(pool, request, Visit::new_password)
        }
        Endpoint::ChangePassword if reads || writes => step(pool, request, Visit::change_password),
        Endpoint::Mfa if reads || writes => step(pool, request, Visit::challenge),
        Endpoint::MfaSetup if reads || writes => step(pool, request, Visit::set_up_app),
        Endpoint::Idpresponse if reads => federation::arrive(pool, request),
        Endpoint::Error if reads => hosted_ui::error(pool, request),
        Endpoint::Token | Endpoint::Revoke | Endpoint::Userinfo if request.method == "OPTIONS" => {
            Response::new(204)
                .header("access-control-allow-methods", "GET, POST")
                .header(
                    "access-control-allow-headers",
                    // The last is Amplify's; which headers Cognito allows is not documented.
                    "authorization, content-type, x-amz-user-agent",
                )
        }
        _ => Response::text(405, "this method is not allowed here\n")
            .because(Wrong::Method(request.method.clone())),
    }
}

/// Makes redirects to pages of our own absolute, as Cognito's are.
fn absolute(domain: &str, mut response: Response) -> Response {
    for (name, value) in &mut response.headers {
        if *name == "location" && value.starts_with('/') {
            value.insert_str(0, domain);
        }
    }
    response
}

/// Adds the headers seen on every answer of a user pool domain.
fn dress(endpoint: Endpoint, response: Response) -> Response {
    let response = match endpoint {
        Endpoint::Discovery | Endpoint::Jwks => return response,
        Endpoint::Token | Endpoint::Revoke | Endpoint::Userinfo => {
            response.header("access-control-allow-origin", "*")
        }
        _ => response.header("content-security-policy", frame::CONTENT_SECURITY_POLICY),
    };
    response
        .header(
            "cache-control",
            "no-cache, no-store, max-age=0, must-revalidate",
        )
        .header("pragma", "no-cache")
        .header(
            "strict-transport-security",
            "max-age=31536000 ; includeSubDomains",
        )
        .header("x-amz-cognito-request-id", random::uuid())
        .header("x-content-type-options", "nosniff")
        .header("x-frame-options", "DENY")
        .header("x-xss-protection", "1; mode=block")
        .header("referrer-policy", "no-referrer")
        .header("server", "Server")
}

/// Takes an order for quirks. It must be JSON by its media type, so that no web page can post one unasked.
fn order(pool: &mut Pool, request: &Request) -> Response {
    let media_type = request.header("content-type").unwrap_or_default();
    if !media_type.starts_with("application/json") {
        return Response::text(415, "send the order as application/json\n");
    }
    let parsed = serde_json::from_slice::<Order>(&request.body).map_err(|error| error.to_string());
    match parsed.and_then(|order| pool.obey(order)) {
        Ok(()) => Response::new(204),
        Err(reason) => Response::text(400, format!("{reason}\n")),
    }
}

/// Returns the app client a request names: in its query, its body, or its Basic header.
fn client_of(request: &Request) -> Option<String> {
    let form = request.body_form().unwrap_or_default();
    let query = request.query_form();
    let named = query.filled("client_id").or(form.filled("client_id"));
    named
        .map(shown)
        .or_else(|| oauth::client_of_header(request))
}

fn grant_type(request: &Request) -> &'static str {
    let form = request.body_form().unwrap_or_default();
    match form.get("grant_type") {
        Some("authorization_code") => "authorization_code",
        Some("refresh_token") => "refresh_token",
        Some("client_credentials") => "client_credentials",
        _ => "other",
    }
}

/// Returns whether `host` names this machine. A page of a stranger's name that resolves to 127.0.0.1 does not get in.
fn is_local(host: Option<&str>) -> bool {
    let Some(host) = host else { return false };
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    matches!(name, "127.0.0.1" | "localhost" | "[::1]")
}
