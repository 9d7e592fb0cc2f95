//! `kubernetes`: the ID token as a client-go exec credential.

use std::io::{self, Write};
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use serde::Deserialize;
use serde_json::json;

use super::in_use::InUse;
use super::one_sign_in::fresh_or_sign_in;
use super::selection::{BrowserArgs, Selection};
use super::world::World;
use crate::clock::Timestamp;
use crate::failure::{Exit, Failure, printable};
use crate::output::{Output, Report};
use crate::secret::Secret;
use crate::session::{Session, TokenUse, Wanted};

/// Arguments of `kubernetes`.
#[derive(Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub struct KubernetesArgs {
    #[command(flatten)]
    browser: BrowserArgs,
    /// Sign in if nobody is signed in and kubectl says that a person is there
    #[arg(long)]
    login: bool,
}

const AFTER_HELP: &str = "\
In the kubeconfig (or let `cognito-login configure --kubeconfig FILE` write it):
  users:
  - name: cognito
    user:
      exec:
        apiVersion: client.authentication.k8s.io/v1
        command: cognito-login
        args: [kubernetes, --login]
        interactiveMode: IfAvailable

The API server has to know the user pool: its issuer, and the app client as the client id.
On EKS: aws eks associate-identity-provider-config; for groups, groupsClaim=cognito:groups";

/// A token is not given to a cluster whose clock is this far ahead, or while a request still travels.
const MARGIN: Duration = Duration::from_secs(60);
/// Twice the margin, so that what is handed out is good for a while.
const MIN_TTL: Duration = Duration::from_secs(120);

/// Prints the credential.
///
/// # Errors
/// Fails as `token` does; with exit 5 when the caller speaks a version that is not spoken here.
pub fn run(
    args: KubernetesArgs,
    selection: &Selection,
    world: &World,
    output: &mut Output,
) -> Result<()> {
    let asked = Asked::of(world.variable(EXEC_INFO).as_deref())?;
    let in_use = InUse::open(selection, &args.browser, world)?;
    let wanted = Wanted {
        min_ttl: MIN_TTL,
        token: TokenUse::Id,
        force: false,
    };
    let session = if args.login && asked.interactive {
        fresh_or_sign_in(&in_use, wanted, world, output)?
    } else {
        in_use.fresh(wanted, world, output)?
    };
    let credential =
        ExecCredential::of(&session, asked.version).ok_or_else(|| in_use.no_id_token())?;
    output.report(&credential)
}

const EXEC_INFO: &str = "KUBERNETES_EXEC_INFO";

/// What the caller asks for.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    version: &'static str,
    interactive: bool,
}

impl Asked {
    const VERSIONS: [&str; 2] = [
        "client.authentication.k8s.io/v1",
        "client.authentication.k8s.io/v1beta1",
    ];

    /// Reads what client-go puts into the environment.
    ///
    /// Callers of `v1` always do; those of `v1beta1` up to Kubernetes 1.19 did not, so nothing means that version.
    fn of(exec_info: Option<&str>) -> Result<Asked> {
        let Some(text) = exec_info else {
            return Ok(Asked {
                version: Asked::VERSIONS[1],
                interactive: false,
            });
        };
        let info: ExecInfo = serde_json::from_str(text).with_context(|| {
            Failure::new(Exit::Settings, "exec_info_invalid", format!("`{EXEC_INFO}` is no ExecCredential"))
                .hint("this command is for kubectl and other Kubernetes clients; to call it yourself, unset that variable")
        })?;
        let version = Asked::VERSIONS
            .into_iter()
            .find(|version| *version == info.api_version && info.kind == "ExecCredential");
        let version = version.ok_or_else(|| {
            let (kind, version) = (printable(&info.kind, 60), printable(&info.api_version, 80));
            let message = format!("the Kubernetes client asks for `{kind}` in version `{version}`, which is not spoken here");
            Failure::new(Exit::Settings, "exec_info_invalid", message)
                .hint(format!("in the kubeconfig, set the user's exec.apiVersion to {} or {}", Asked::VERSIONS[0], Asked::VERSIONS[1]))
        })?;
        Ok(Asked {
            version,
            interactive: info.spec.interactive,
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExecInfo {
    api_version: String,
    kind: String,
    #[serde(default)]
    spec: Spec,
}

#[derive(Default, Deserialize)]
struct Spec {
    #[serde(default)]
    interactive: bool,
}

/// The credential as client-go reads it; JSON in every style.
struct ExecCredential<'a> {
    version: &'static str,
    id_token: &'a Secret,
    expires_at: Timestamp,
}

impl ExecCredential<'_> {
    fn of<'a>(session: &'a Session, version: &'static str) -> Option<ExecCredential<'a>> {
        Some(ExecCredential {
            version,
            id_token: session.id_token.as_ref()?,
            expires_at: session.id_expires_at?.minus(MARGIN),
        })
    }
}

impl Report for ExecCredential<'_> {
    fn human(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", self.json())
    }

    fn json(&self) -> String {
        json!({
            "apiVersion": self.version,
            "kind": "ExecCredential",
            "status": { "token": self.id_token.expose(), "expirationTimestamp": self.expires_at.to_string() },
        })
        .to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> Asked {
        Asked::of(Some(text)).unwrap()
    }

    #[test]
    fn the_version_is_the_caller_s() {
        for version in Asked::VERSIONS {
            let text = json!({ "apiVersion": version, "kind": "ExecCredential", "spec": { "interactive": true } });
            assert_eq!(
                asked(&text.to_string()),
                Asked {
                    version,
                    interactive: true
                }
            );
        }
    }

    #[test]
    fn nobody_is_there_unless_the_caller_says_so() {
        let v1beta1 = "client.authentication.k8s.io/v1beta1";
        assert_eq!(
            Asked::of(None).unwrap(),
            Asked {
                version: v1beta1,
                interactive: false
            }
        );
        for spec in [
            "",
            r#","spec":{}"#,
            r#","spec":{"interactive":false,"cluster":{"server":"https://x"}}"#,
        ] {
            let text = format!(r#"{{"apiVersion":"{v1beta1}","kind":"ExecCredential"{spec}}}"#);
            assert!(!asked(&text).interactive, "{text}");
        }
    }

    #[test]
    fn what_is_not_understood_is_refused_with_a_way_out() {
        let alpha =
            r#"{"apiVersion":"client.authentication.k8s.io/v1alpha1","kind":"ExecCredential"}"#;
        let other = r#"{"apiVersion":"client.authentication.k8s.io/v1","kind":"Pod"}"#;
        for wrong in ["", "{", "[]", "{}", alpha, other] {
            let error = Asked::of(Some(wrong)).unwrap_err();
            let failure = Failure::of(&error).unwrap();
            assert_eq!(failure.exit, Exit::Settings, "{wrong}");
            assert!(failure.hint.is_some());
        }
    }

    #[test]
    fn the_credential_ends_before_the_token_does() {
        let token = Secret::new("eyJ");
        let credential = ExecCredential {
            version: Asked::VERSIONS[0],
            id_token: &token,
            expires_at: Timestamp::from_epoch(0),
        };
        let expected = r#"{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"expirationTimestamp":"1970-01-01T00:00:00Z","token":"eyJ"}}"#;
        assert_eq!(credential.json(), expected);
        assert!(MARGIN < MIN_TTL);
    }
}
