//! Why a sign-in ended without tokens, and what to do about it.

use std::time::Duration;

use crate::failure::{Exit, Failure};
use crate::oidc::{AppClient, Issuer, RedirectUri};
use crate::platform::signals::Signal;

/// Nobody came back in time. What the browser may have shown instead never reaches us, so the hint goes through it.
pub(super) fn timed_out(
    patience: Duration,
    redirect: &RedirectUri,
    issuer: &Issuer,
    client: &AppClient,
) -> Failure {
    let (id, uri) = (&client.id, redirect.as_str());
    let pool = issuer.pool_id();
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

/// The program that started this one has ended without ending us: nobody waits for this sign-in any more.
pub(super) fn orphaned() -> Failure {
    let message = "the program that started the sign-in has ended";
    Failure::new(Exit::Terminated, "terminated", message)
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

    #[test]
    fn spans_read_as_a_person_would_say_them() {
        assert_eq!(in_words(Duration::from_secs(300)), "5 minutes");
        assert_eq!(in_words(Duration::from_secs(60)), "1 minute");
        assert_eq!(in_words(Duration::from_secs(90)), "90 seconds");
        assert_eq!(in_words(Duration::from_millis(1)), "0 seconds");
    }
}
