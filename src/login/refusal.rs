//! Why a sign-in ended without tokens, and what to do about it.

use std::time::Duration;

use anyhow::{Error, anyhow};

use crate::failure::{Exit, Failure, printable};
use crate::oidc::{AppClient, Issuer, RedirectUri};
use crate::platform::signals::Signal;

/// How much of an `error` and its description is shown.
const ERROR_LIMIT: usize = 60;
const DESCRIPTION_LIMIT: usize = 400;

/// Says what an error response at the redirect URI means (RFC 6749 §4.1.2.1, OIDC Core §3.1.2.6, and Cognito's own ways).
pub(super) fn denied(error: &str, description: Option<&str>, client: &AppClient) -> Error {
    let description = description.map(|text| printable(text, DESCRIPTION_LIMIT));
    let said = match &description {
        Some(text) => format!("{} ({text})", printable(error, ERROR_LIMIT)),
        None => printable(error, ERROR_LIMIT),
    };
    let failure = match error {
        // Cognito says `invalid_request` and names the scope in the description only.
        "invalid_scope" => invalid_scope(client),
        "invalid_request"
            if description
                .as_deref()
                .is_some_and(|text| text.contains("invalid_scope")) =>
        {
            invalid_scope(client)
        }
        "unauthorized_client" | "unsupported_response_type" => {
            let message = format!(
                "app client `{}` may not use the authorization code grant",
                client.id
            );
            Failure::new(Exit::Settings, "unauthorized_client", message).hint(
                "enable \"Authorization code grant\" for the app client (AllowedOAuthFlows: code)",
            )
        }
        "server_error" | "temporarily_unavailable" => Failure::new(
            Exit::Unreachable,
            "pool_unavailable",
            "the user pool could not complete the sign-in",
        )
        .hint("try again in a moment: cognito-login login"),
        "access_denied" => Failure::new(
            Exit::NotCompleted,
            "sign_in_cancelled",
            "the sign-in was cancelled in the browser",
        )
        .hint("cognito-login login"),
        "login_required"
        | "interaction_required"
        | "consent_required"
        | "account_selection_required" => {
            let message = "the login pages need a person, and `prompt` told them not to ask";
            Failure::new(Exit::NotCompleted, "login_required", message)
                .hint("cognito-login login, without `--prompt none`")
        }
        _ => Failure::new(
            Exit::NotCompleted,
            "sign_in_refused",
            "the user pool refused the sign-in",
        )
        .hint("cognito-login login"),
    };
    anyhow!("the login pages answered {said}").context(failure)
}

fn invalid_scope(client: &AppClient) -> Failure {
    let message = format!(
        "app client `{}` does not allow all of the scopes `{}`",
        client.id,
        client.scopes.join(" ")
    );
    Failure::new(Exit::Settings, "invalid_scope", message)
        .hint("set `scopes` or `--scope` to what the app client allows (Cognito has no `offline_access`), or allow them there")
}

/// Nobody came back in time. What the browser may have shown instead never reaches us, so the hint goes through it.
pub(super) fn timed_out(
    patience: Duration,
    redirect: &RedirectUri,
    issuer: &Issuer,
    client: &AppClient,
) -> Failure {
    let (id, uri) = (&client.id, redirect.as_str());
    let pool = issuer
        .as_str()
        .rsplit('/')
        .next()
        .filter(|_| issuer.region().is_some())
        .unwrap_or("POOL");
    let hint = format!(
        "if the browser showed `redirect_mismatch`, register exactly `{uri}` as a callback URL of app client `{id}`\n\
         if it showed `Login pages unavailable`: aws cognito-idp create-managed-login-branding --user-pool-id {pool} \
         --client-id {id} --use-cognito-provided-values\n\
         if it showed `invalid_scope`, allow the scopes `{scopes}` for the app client, or set `--scope`\n\
         if it could not reach `{uri}`, paste the address it ended at: cognito-login login --no-browser\n\
         if there was not enough time: cognito-login login --timeout 15m",
        scopes = client.scopes.join(" "),
    );
    let message = format!("nobody signed in within {}", in_words(patience));
    Failure::new(Exit::NotCompleted, "timed_out", message).hint(hint)
}

/// Returns the failure of a person, or the system, who called it off: exit 130 or 143.
pub fn stopped(signal: Signal) -> Failure {
    match signal {
        Signal::Interrupt => Failure::new(Exit::Interrupted, "interrupted", "interrupted"),
        Signal::Terminate => Failure::new(Exit::Terminated, "terminated", "terminated"),
    }
}

fn in_words(span: Duration) -> String {
    let (count, unit) = match span.as_secs() {
        seconds if seconds >= 60 && seconds.is_multiple_of(60) => (seconds / 60, "minute"),
        seconds => (seconds, "second"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client() -> AppClient {
        AppClient {
            id: "1example23456789".into(),
            secret: None,
            scopes: vec!["openid".into(), "offline_access".into()],
        }
    }

    #[test]
    fn each_error_has_its_exit_code() {
        for (error, description, exit, kind) in [
            (
                "access_denied",
                None,
                Exit::NotCompleted,
                "sign_in_cancelled",
            ),
            (
                "invalid_request",
                Some("invalid_scope"),
                Exit::Settings,
                "invalid_scope",
            ),
            ("invalid_scope", None, Exit::Settings, "invalid_scope"),
            (
                "unauthorized_client",
                None,
                Exit::Settings,
                "unauthorized_client",
            ),
            ("server_error", None, Exit::Unreachable, "pool_unavailable"),
            (
                "temporarily_unavailable",
                None,
                Exit::Unreachable,
                "pool_unavailable",
            ),
            ("login_required", None, Exit::NotCompleted, "login_required"),
            (
                "invalid_request",
                Some("PreSignUp failed with error no."),
                Exit::NotCompleted,
                "sign_in_refused",
            ),
            ("\u{1b}[2J", None, Exit::NotCompleted, "sign_in_refused"),
        ] {
            let denied = denied(error, description, &client());
            let failure = Failure::of(&denied).unwrap();
            assert_eq!((failure.exit, failure.kind), (exit, kind), "{error}");
        }
    }

    #[test]
    fn what_the_login_pages_said_is_a_cause_made_printable() {
        let causes = |error: &str, description| {
            let denied = denied(error, description, &client());
            denied.chain().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(
            causes("invalid_request", Some("invalid_scope")),
            [
                "app client `1example23456789` does not allow all of the scopes `openid offline_access`",
                "the login pages answered invalid_request (invalid_scope)"
            ]
        );
        assert_eq!(
            causes("a\u{1b}[2J", Some("b\r\nc")),
            [
                "the user pool refused the sign-in",
                "the login pages answered a [2J (b  c)"
            ]
        );
    }

    #[test]
    fn spans_read_as_a_person_would_say_them() {
        assert_eq!(in_words(Duration::from_secs(300)), "5 minutes");
        assert_eq!(in_words(Duration::from_secs(60)), "1 minute");
        assert_eq!(in_words(Duration::from_secs(90)), "90 seconds");
        assert_eq!(in_words(Duration::from_millis(1)), "0 seconds");
    }
}
