//! Asks the authorize endpoint, without a browser, what a browser would meet there.
//!
//! Cognito shows these errors in the browser only; the redirect URI never hears of them.

use oauth2::HttpResponse;
use oauth2::http::header;
use url::Url;

use super::attempt::{Attempt, Verdict};
use super::callback::Callback;
use super::refusal;
use crate::failure::{Exit, Failure, printable};

/// What a browser would meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Preflight {
    /// Nothing that stands in the way, as far as can be told.
    Clear,
    /// Something that may stand in the way of a browser, or only in ours.
    Doubt(&'static str),
}

/// Judges the answer to a GET of an attempt's address. What is not understood is let pass.
pub(super) fn judge(
    attempt: &Attempt,
    pool: &str,
    answer: &HttpResponse,
) -> Result<Preflight, Failure> {
    match answer.status().as_u16() {
        300..=399 => {
            let location = answer
                .headers()
                .get(header::LOCATION)
                .and_then(|value| value.to_str().ok());
            match location.and_then(|location| attempt.url().join(location).ok()) {
                Some(there) => follow(attempt, pool, &there),
                None => Ok(Preflight::Clear),
            }
        }
        403 if says(answer, "Login pages unavailable") => {
            Err(refusal::pages_unavailable(attempt.client(), pool))
        }
        // A firewall may refuse this program and let browsers through.
        403 => Ok(Preflight::Doubt(
            "the login pages answered 403, as a web ACL does; if the browser meets it too, exempt the login pages from \
             EC2MetaDataSSRF_QUERYARGUMENTS and NoUserAgent_HEADER of AWSManagedRulesCommonRuleSet",
        )),
        _ => Ok(Preflight::Clear),
    }
}

/// Looks at where the login pages would send the browser.
fn follow(attempt: &Attempt, pool: &str, there: &Url) -> Result<Preflight, Failure> {
    if there.origin() == attempt.url().origin() && there.path() == "/error" {
        let error = there.query_pairs().find(|(name, _)| name == "error");
        return Err(error_page(
            attempt,
            pool,
            error.map(|(_, error)| error).as_deref().unwrap_or_default(),
        ));
    }
    let comes_back = there.as_str().starts_with(attempt.redirect_uri().as_str());
    let callback = there
        .query()
        .filter(|_| comes_back)
        .map(Callback::from_query);
    match callback.map(|callback| attempt.judge(&callback)) {
        // Without the browser's cookie the pool cannot know who it is.
        Some(Verdict::Denied { error, .. }) if error.ends_with("_required") => Ok(Preflight::Clear),
        Some(Verdict::Denied { error, description }) => {
            Err(attempt.denial(&error, description.as_deref()))
        }
        _ => Ok(Preflight::Clear),
    }
}

/// Says what the pool's own error page would say.
fn error_page(attempt: &Attempt, pool: &str, error: &str) -> Failure {
    match error {
        "redirect_mismatch" => {
            refusal::redirect_not_registered(attempt.client(), attempt.redirect_uri(), pool)
        }
        "invalid_scope" | "unauthorized_client" => attempt.denial(error, None),
        _ => {
            let message = format!(
                "the pool does not know app client `{}`, or not for sign-in ({})",
                attempt.client().id,
                printable(
                    if error.is_empty() {
                        "no reason given"
                    } else {
                        error
                    },
                    60
                )
            );
            Failure::new(Exit::Settings, "client_unknown", message)
                .hint("check `client_id` and that it belongs to this user pool: cognito-login status --json")
        }
    }
}

fn says(answer: &HttpResponse, text: &str) -> bool {
    answer
        .body()
        .windows(text.len())
        .any(|window| window == text.as_bytes())
}
