//! `aws-credentials`: temporary AWS credentials from an identity pool, for `credential_process` or a shell.

use std::io::{self, Write};
use std::time::Duration;

use anyhow::Result;
use clap::{Args, ValueEnum};
use serde_json::json;

use super::in_use::InUse;
use super::selection::{BrowserArgs, Selection};
use super::world::World;
use crate::aws::{Credentials, IdentityPool, IdentityPoolId, Login, Wallet, Wish};
use crate::failure::{Exit, Failure, shell_word};
use crate::output::{Output, Report};
use crate::session::{Session, Summary, TokenUse, Wanted};

/// The name of what is kept of AWS beside a session.
pub(super) const WALLET: &str = "aws";
/// How long to wait for another process that asks for the same credentials.
const PATIENCE: Duration = Duration::from_secs(30);

/// Arguments of `aws-credentials`.
#[derive(Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub struct AwsCredentialsArgs {
    /// The role, where the identity pool lets you choose among those of your groups
    #[arg(long, value_name = "ARN")]
    role_arn: Option<String>,
    /// json for credential_process, env for a shell
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "json")]
    format: Format,
}

/// The form of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Json,
    Env,
}

const AFTER_HELP: &str = "\
In ~/.aws/config (an absolute path; neither ~ nor variables are expanded there):
  [profile work]
  credential_process = /usr/local/bin/cognito-login aws-credentials --profile work

In a shell:
  eval \"$(cognito-login aws-credentials --format env)\"

The credentials are kept beside the session and asked for again five minutes before they end.";

/// Prints the credentials.
///
/// # Errors
/// Fails as `token` does, and with what the identity pool says: exit 5 for its settings, 4 when it is busy.
pub fn run(
    args: AwsCredentialsArgs,
    selection: &Selection,
    world: &World,
    output: &mut Output,
) -> Result<()> {
    let in_use = InUse::open(selection, &BrowserArgs::default(), world)?;
    let pool_id = pool_id(&in_use)?;
    let wish = Wish {
        pool: pool_id.as_str(),
        role: args.role_arn.as_deref(),
    };
    let credentials = match kept(&in_use, wish, world)? {
        Some(credentials) => credentials,
        None => obtain(&in_use, &pool_id, wish, world, output)?,
    };
    output.report(&CredentialsReport {
        credentials,
        format: args.format,
    })
}

fn pool_id(in_use: &InUse) -> Result<IdentityPoolId, Failure> {
    let profile = &in_use.profile;
    match &profile.identity_pool_id {
        Some(id) => IdentityPoolId::parse(id),
        None => Err(Failure::new(Exit::Settings, "setting_missing", format!("profile `{}` names no identity pool", profile.name)).hint(format!(
            "cognito-login configure --profile {} --identity-pool-id REGION:UUID, or set COGNITO_IDENTITY_POOL_ID",
            shell_word(&profile.name)
        ))),
    }
}

/// Returns what is kept and good for a while; without network, and with one question to the keyring, so that
/// `credential_process` is fast.
fn kept(in_use: &InUse, wish: Wish<'_>, world: &World) -> Result<Option<Credentials>> {
    let now = world.clock.now();
    // Only for who is signed in: after a logout, or for someone else, there are none.
    let session = in_use.sessions.summary(&in_use.key);
    let session = session.filter(|session| session.is_signed_in(now));
    let Some(person) = session.as_ref().and_then(Summary::subject) else {
        return Ok(None);
    };
    Ok(wallet(in_use, person)?.credentials(wish, now).cloned())
}

fn obtain(
    in_use: &InUse,
    id: &IdentityPoolId,
    wish: Wish<'_>,
    world: &World,
    output: &mut Output,
) -> Result<Credentials> {
    let session = in_use.fresh(
        Wanted {
            token: TokenUse::Id,
            ..Wanted::default()
        },
        world,
        output,
    )?;
    let (Some(id_token), Some(person)) = (&session.id_token, person(&session)) else {
        return Err(in_use.no_id_token().into());
    };
    let _hold = in_use
        .sessions
        .errand(&in_use.key, WALLET)
        .map(|lock| lock.hold(PATIENCE))
        .transpose()?;
    let mut wallet = wallet(in_use, &person)?;
    // Another process may have asked while we waited.
    if let Some(credentials) = wallet.credentials(wish, world.clock.now()) {
        return Ok(credentials.clone());
    }
    let login = Login {
        issuer: &in_use.profile.issuer,
        client_id: &in_use.profile.client_id,
        id_token,
    };
    let pool = identity_pool(id.clone(), world)?;
    let granted = {
        output.trace("asking the identity pool for credentials");
        let _spinner = output.wait_for("asking for AWS credentials");
        world.wait(pool.credentials(&login, wish.role, wallet.identity(wish.pool)))??
    };
    wallet.keep_identity(wish.pool, &granted.identity);
    wallet.keep_credentials(wish, granted.credentials.clone(), world.clock.now());
    if let Err(error) = in_use
        .sessions
        .store()
        .save(&in_use.key.item(WALLET), &wallet.text())
    {
        output.warn(&format!(
            "the AWS credentials could not be kept, so the next call asks for others ({error:#})"
        ));
    }
    Ok(granted.credentials)
}

fn person(session: &Session) -> Option<String> {
    session.id_claims().map(|claims| claims.sub)
}

fn wallet(in_use: &InUse, person: &str) -> Result<Wallet> {
    let text = in_use.sessions.store().load(&in_use.key.item(WALLET))?;
    Ok(Wallet::of(person, text.as_ref()))
}

/// Returns the identity pool, at the endpoint that the AWS SDKs would use (their guide: "Service-specific endpoints").
fn identity_pool(id: IdentityPoolId, world: &World) -> Result<IdentityPool> {
    let pool = IdentityPool::new(id, world.http.clone())?;
    if world
        .variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
        .is_some_and(|value| value.eq_ignore_ascii_case("true"))
    {
        return Ok(pool);
    }
    let variables = ["AWS_ENDPOINT_URL_COGNITO_IDENTITY", "AWS_ENDPOINT_URL"];
    let named = variables
        .into_iter()
        .find_map(|name| Some((name, world.variable(name)?)));
    match named {
        Some((variable, endpoint)) => Ok(pool.at(variable, &endpoint)?),
        None => Ok(pool),
    }
}

/// The credentials as they are printed.
struct CredentialsReport {
    credentials: Credentials,
    format: Format,
}

impl Report for CredentialsReport {
    fn human(&self, out: &mut dyn Write) -> io::Result<()> {
        match self.format {
            Format::Json => writeln!(out, "{}", self.json()),
            // The values hold nothing that a shell would read as more than text.
            Format::Env => {
                let it = &self.credentials;
                writeln!(out, "export AWS_ACCESS_KEY_ID={}", it.access_key_id)?;
                writeln!(
                    out,
                    "export AWS_SECRET_ACCESS_KEY={}",
                    it.secret_access_key.expose()
                )?;
                writeln!(
                    out,
                    "export AWS_SESSION_TOKEN={}",
                    it.session_token.expose()
                )?;
                writeln!(out, "export AWS_CREDENTIAL_EXPIRATION={}", it.expires_at)
            }
        }
    }

    /// The document of `credential_process` (AWS SDKs and Tools guide: "Process credential provider").
    fn json(&self) -> String {
        let it = &self.credentials;
        json!({
            "Version": 1,
            "AccessKeyId": it.access_key_id,
            "SecretAccessKey": it.secret_access_key.expose(),
            "SessionToken": it.session_token.expose(),
            "Expiration": it.expires_at.to_string(),
        })
        .to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;
    use crate::secret::Secret;

    fn report(format: Format) -> String {
        let credentials = Credentials {
            access_key_id: "ASIA1".into(),
            secret_access_key: Secret::new("a/b+c"),
            session_token: Secret::new("IQ=="),
            expires_at: Timestamp::from_epoch(0),
        };
        let mut out = Vec::new();
        CredentialsReport {
            credentials,
            format,
        }
        .human(&mut out)
        .unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn credential_process_gets_the_document_it_reads() {
        let expected = json!({
            "Version": 1, "AccessKeyId": "ASIA1", "SecretAccessKey": "a/b+c", "SessionToken": "IQ==", "Expiration": "1970-01-01T00:00:00Z",
        });
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&report(Format::Json)).unwrap(),
            expected
        );
    }

    #[test]
    fn a_shell_gets_exports() {
        let expected = "export AWS_ACCESS_KEY_ID=ASIA1\nexport AWS_SECRET_ACCESS_KEY=a/b+c\nexport AWS_SESSION_TOKEN=IQ==\nexport AWS_CREDENTIAL_EXPIRATION=1970-01-01T00:00:00Z\n";
        assert_eq!(report(Format::Env), expected);
    }
}
