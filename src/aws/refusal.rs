//! What an identity pool says when it says no, and what a person can do about it.

use oauth2::HttpResponse;
use serde::Deserialize;

use super::identity_pool::{IdentityPoolId, Login};
use crate::failure::{Exit, Failure, printable};

/// An identity pool's no.
#[derive(Debug)]
pub(super) struct Refusal {
    status: u16,
    /// The name of the error without its namespace; empty if the answer had none.
    name: String,
    message: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Body {
    #[serde(rename = "__type")]
    kind: String,
    // Both spellings occur.
    #[serde(alias = "Message")]
    message: String,
}

impl Refusal {
    /// Reads a refusal; `None` if the answer is a success.
    pub(super) fn of(answer: &HttpResponse) -> Option<Refusal> {
        if answer.status().is_success() {
            return None;
        }
        let body: Body = serde_json::from_slice(answer.body()).unwrap_or_default();
        let name = body.kind.rsplit('#').next().unwrap_or_default();
        Some(Refusal {
            status: answer.status().as_u16(),
            name: printable(name, 80),
            message: printable(&body.message, 500),
        })
    }

    /// Tells whether it is the identity id that was refused: it was deleted, or belongs to other logins.
    pub(super) fn is_about_the_identity(&self) -> bool {
        match self.name.as_str() {
            "ResourceNotFoundException" => !self.says("IdentityPool"),
            "NotAuthorizedException" => self.says("Logins don't match"),
            _ => false,
        }
    }

    /// Returns what failed, with the pool's own words below it, and what to do.
    pub(super) fn explained(
        &self,
        pool: &IdentityPoolId,
        login: &Login<'_>,
        role: Option<&str>,
    ) -> anyhow::Error {
        let failure = self.failure(pool, login, role);
        match self.in_its_own_words() {
            Some(words) => anyhow::anyhow!(words).context(failure),
            None => failure.into(),
        }
    }

    fn in_its_own_words(&self) -> Option<String> {
        match (self.name.as_str(), self.message.as_str()) {
            ("", _) => Some(format!("HTTP status {}", self.status)),
            (name, "") => Some(name.to_owned()),
            (name, message) => Some(format!("{name}: {message}")),
        }
    }

    /// The names are those of the API reference; its messages are only field reports, so they add hints at most.
    fn failure(&self, pool: &IdentityPoolId, login: &Login<'_>, role: Option<&str>) -> Failure {
        let id = pool.as_str();
        match self.name.as_str() {
            "NotAuthorizedException" => self.not_authorized(id, login, role),
            "ResourceNotFoundException" => settings("identity_pool_not_found", format!("there is no identity pool `{id}`"))
                .hint("check `identity_pool_id`: aws cognito-identity list-identity-pools --max-results 60"),
            "InvalidIdentityPoolConfigurationException" => no_role(id),
            "InvalidParameterException" | "ValidationException" => match role {
                Some(role) => role_refused(role),
                None => settings("identity_pool_refused", format!("the identity pool `{id}` did not understand the request"))
                    .hint("check `identity_pool_id`, `user_pool_id` and `client_id`: cognito-login status --json"),
            },
            "ResourceConflictException" => settings("identity_conflict", "this sign-in is linked to another identity of the pool")
                .hint("unlink it there: aws cognito-identity unlink-developer-identity, or delete-identities"),
            "LimitExceededException" => busy("identity_pool_busy", format!("the identity pool `{id}` has reached a limit of its account"))
                .hint("try again later, or ask for a higher quota in the Service Quotas console"),
            "TooManyRequestsException" => busy("identity_pool_busy", format!("the identity pool `{id}` is asked too often"))
                .hint("try again in a moment"),
            "ExternalServiceException" | "InternalErrorException" => {
                busy("identity_pool_down", format!("the identity pool `{id}` could not answer")).hint("try again in a moment")
            }
            _ if self.status == 429 || self.status >= 500 => {
                busy("identity_pool_down", format!("the identity pool `{id}` could not answer")).hint("try again in a moment")
            }
            "" => settings("not_an_identity_pool", "the answer is not an identity pool's")
                .hint("check AWS_ENDPOINT_URL_COGNITO_IDENTITY, AWS_ENDPOINT_URL and HTTPS_PROXY"),
            _ => settings("identity_pool_refused", format!("the identity pool `{id}` refused the request"))
                .hint("check `identity_pool_id` and how the pool is linked: aws cognito-identity describe-identity-pool"),
        }
    }

    fn not_authorized(&self, id: &str, login: &Login<'_>, role: Option<&str>) -> Failure {
        let provider = login.provider();
        if self.says("not from a supported provider") {
            let message = format!("this app client is not linked to the identity pool `{id}`");
            settings("app_client_not_linked", message).hint(link_hint(login))
        } else if self.says("expired") {
            Failure::new(
                Exit::Failed,
                "clock_wrong",
                "the identity pool takes the ID token for expired",
            )
            .hint("check the clock of this machine, then: cognito-login token --id --force-refresh")
        } else if self.says("revoked") || self.says("disabled") || self.says("signed out") {
            Failure::new(
                Exit::SignInNeeded,
                "sign_in_needed",
                "the user pool has signed this person out, or the account is disabled",
            )
            .hint("cognito-login login")
        } else if self.says("providerName") || self.says("verify signed token") {
            let message = format!("the identity pool `{id}` does not take tokens of `{provider}`");
            settings("app_client_not_linked", message).hint(link_hint(login))
        } else if let Some(role) = role {
            role_refused(role)
        } else {
            settings(
                "identity_pool_refused",
                format!("the identity pool `{id}` did not accept this sign-in"),
            )
            .hint(link_hint(login))
        }
    }

    fn says(&self, words: &str) -> bool {
        self.message
            .to_ascii_lowercase()
            .contains(&words.to_ascii_lowercase())
    }
}

fn settings(kind: &'static str, message: impl Into<String>) -> Failure {
    Failure::new(Exit::Settings, kind, message)
}

fn busy(kind: &'static str, message: String) -> Failure {
    Failure::new(Exit::Unreachable, kind, message)
}

fn link_hint(login: &Login<'_>) -> String {
    // `update-identity-pool` would reset every setting that is not repeated, so the console is the safer way to name.
    format!(
        "in the identity pool, under User access, add the user pool `{}` with the app client `{}`",
        login.provider().rsplit('/').next().unwrap_or_default(),
        login.client_id
    )
}

fn no_role(id: &str) -> Failure {
    let message = format!(
        "the identity pool `{id}` has no role for people who signed in, or the role's trust policy refuses it"
    );
    settings("identity_pool_role_missing", message).hint(format!(
        "aws cognito-identity set-identity-pool-roles --identity-pool-id {id} --roles authenticated=ROLE_ARN\n\
         the role must trust cognito-identity.amazonaws.com with sts:AssumeRoleWithWebIdentity, where\n\
         cognito-identity.amazonaws.com:aud is {id} and cognito-identity.amazonaws.com:amr is authenticated"
    ))
}

fn role_refused(role: &str) -> Failure {
    let message = format!(
        "the identity pool does not let this person choose the role `{}`",
        printable(role, 200)
    );
    settings("role_refused", message)
        .hint("the roles to choose from are in `cognito:roles`: cognito-login whoami --claims; or leave `--role-arn` out")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oidc::Issuer;
    use crate::secret::Secret;

    fn answer(status: u16, body: &str) -> HttpResponse {
        oauth2::http::Response::builder()
            .status(status)
            .body(body.as_bytes().to_vec())
            .unwrap()
    }

    fn failure(status: u16, name: &str, message: &str, role: Option<&str>) -> Failure {
        let body = serde_json::json!({ "__type": name, "message": message }).to_string();
        let issuer =
            Issuer::parse("https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123")
                .unwrap();
        let token = Secret::new("t");
        let login = Login {
            issuer: &issuer,
            client_id: "abc",
            id_token: &token,
        };
        let pool = IdentityPoolId::parse("eu-west-1:1").unwrap();
        let error = Refusal::of(&answer(status, &body))
            .unwrap()
            .explained(&pool, &login, role);
        Failure::of(&error).unwrap().clone()
    }

    #[test]
    fn every_documented_error_has_its_own_cause_and_a_fix() {
        let none = None;
        let role = Some("arn:aws:iam::1:role/x");
        let known: [(&str, &str, Option<&str>, &str, Exit); 17] = [
            (
                "NotAuthorizedException",
                "Token is not from a supported provider of this identity pool.",
                none,
                "app_client_not_linked",
                Exit::Settings,
            ),
            (
                "NotAuthorizedException",
                "Invalid login token. Token expired: 1 >= 0",
                none,
                "clock_wrong",
                Exit::Failed,
            ),
            (
                "NotAuthorizedException",
                "Invalid login token. Couldn't verify signed token.",
                none,
                "app_client_not_linked",
                Exit::Settings,
            ),
            (
                "NotAuthorizedException",
                "Invalid login token. Issuer doesn't match providerName",
                none,
                "app_client_not_linked",
                Exit::Settings,
            ),
            (
                "NotAuthorizedException",
                "Access Token has been revoked",
                none,
                "sign_in_needed",
                Exit::SignInNeeded,
            ),
            (
                "NotAuthorizedException",
                "Unauthenticated access is not supported for this identity pool.",
                none,
                "identity_pool_refused",
                Exit::Settings,
            ),
            (
                "NotAuthorizedException",
                "",
                role,
                "role_refused",
                Exit::Settings,
            ),
            (
                "ResourceNotFoundException",
                "IdentityPool 'eu-west-1:1' not found.",
                none,
                "identity_pool_not_found",
                Exit::Settings,
            ),
            (
                "InvalidParameterException",
                "",
                none,
                "identity_pool_refused",
                Exit::Settings,
            ),
            (
                "InvalidParameterException",
                "",
                role,
                "role_refused",
                Exit::Settings,
            ),
            (
                "ValidationException",
                "",
                none,
                "identity_pool_refused",
                Exit::Settings,
            ),
            (
                "InvalidIdentityPoolConfigurationException",
                "",
                none,
                "identity_pool_role_missing",
                Exit::Settings,
            ),
            (
                "ResourceConflictException",
                "",
                none,
                "identity_conflict",
                Exit::Settings,
            ),
            (
                "LimitExceededException",
                "",
                none,
                "identity_pool_busy",
                Exit::Unreachable,
            ),
            (
                "TooManyRequestsException",
                "",
                none,
                "identity_pool_busy",
                Exit::Unreachable,
            ),
            (
                "ExternalServiceException",
                "",
                none,
                "identity_pool_down",
                Exit::Unreachable,
            ),
            (
                "BrandNewException",
                "",
                none,
                "identity_pool_refused",
                Exit::Settings,
            ),
        ];
        for (name, message, role, kind, exit) in known {
            let failure = failure(400, name, message, role);
            assert_eq!(
                (failure.kind, failure.exit),
                (kind, exit),
                "{name} {message}"
            );
            assert!(failure.hint.is_some(), "{name}");
        }
        assert_eq!(
            failure(500, "InternalErrorException", "", none).exit,
            Exit::Unreachable
        );
    }

    #[test]
    fn a_namespace_and_a_hostile_message_are_taken_off() {
        let body = r#"{"__type":"com.amazonaws.cognito.identity.model#TooManyRequestsException","message":"a\u001b[2Jb"}"#;
        let refusal = Refusal::of(&answer(400, body)).unwrap();
        assert_eq!(
            (refusal.name.as_str(), refusal.message.as_str()),
            ("TooManyRequestsException", "a [2Jb")
        );
    }

    #[test]
    fn a_page_of_a_proxy_is_no_identity_pool() {
        let refusal = Refusal::of(&answer(403, "<html>")).unwrap();
        assert_eq!(
            (
                refusal.name.as_str(),
                refusal.in_its_own_words().unwrap().as_str()
            ),
            ("", "HTTP status 403")
        );
    }

    #[test]
    fn only_a_refused_identity_is_worth_a_second_try() {
        let is_about = |name: &str, message: &str| {
            let body = serde_json::json!({ "__type": name, "message": message }).to_string();
            Refusal::of(&answer(400, &body))
                .unwrap()
                .is_about_the_identity()
        };
        assert!(is_about(
            "ResourceNotFoundException",
            "Identity 'eu-west-1:1' not found."
        ));
        assert!(is_about(
            "NotAuthorizedException",
            "Logins don't match. Please include at least one valid login."
        ));
        assert!(!is_about(
            "ResourceNotFoundException",
            "IdentityPool 'eu-west-1:1' not found."
        ));
        assert!(!is_about(
            "NotAuthorizedException",
            "Token is not from a supported provider of this identity pool."
        ));
    }
}
