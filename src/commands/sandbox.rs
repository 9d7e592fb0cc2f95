//! `sandbox`: a user pool in this process, on this machine, with login pages.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use clap::Args;

use super::selection::Selection;
use super::world::World;
use crate::failure::{Exit, Failure};
use crate::login;
use crate::output::Output;
use crate::platform::signals::Signals;
use crate::profile::{self, Key, parse_duration};
use crate::sandbox::{self, IdentityProvider, Mfa, Sandbox, User};

/// Arguments of `sandbox`.
#[derive(Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub struct SandboxArgs {
    /// The port on this machine's loopback; 0 takes a free one
    #[arg(long, default_value_t = DEFAULT_PORT)]
    port: u16,
    /// A file (TOML) with clients, users, groups and rules, for a team; flags are stronger
    #[arg(long, value_name = "FILE")]
    pool_file: Option<PathBuf>,
    /// A user instead of ada, whose password is Engine-1843; repeatable
    #[arg(long = "user", value_name = "NAME:EMAIL:PASSWORD")]
    users: Vec<User>,
    /// Make the app client confidential; its secret is in the ready line
    #[arg(long)]
    client_secret: bool,
    /// Ask for a code of an authenticator app: off, optional or required [default: off]
    #[arg(long)]
    mfa: Option<Mfa>,
    /// An attribute a sign-up has to give, such as name or phone_number
    #[arg(long = "require-attribute", value_name = "NAME")]
    required_attributes: Vec<String>,
    /// An OpenID provider at http:// on this machine; the secret of `Work` comes from COGNITO_IDP_SECRET_WORK
    #[arg(long = "idp", value_name = "NAME=ISSUER,CLIENT_ID")]
    identity_providers: Vec<IdentityProvider>,
    /// A picture above the login pages, taken without restart
    #[arg(long, value_name = "FILE")]
    logo: Option<PathBuf>,
    /// A style sheet for the login pages, taken without restart; knows Cognito's class names
    #[arg(long, value_name = "FILE")]
    css: Option<PathBuf>,
    /// Make codes, secrets and tokens the same in each sandbox with this seed
    #[arg(long)]
    seed: Option<String>,
    /// Give a new refresh token with each refresh
    #[arg(long)]
    rotate_refresh_tokens: bool,
    /// How many seconds a rotated refresh token still works [default: 0]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(0..=60))]
    rotation_grace: Option<u64>,
    /// How long access tokens live [default: 1h]
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    access_token_lifetime: Option<Duration>,
    /// How long ID tokens live [default: 1h]
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    id_token_lifetime: Option<Duration>,
    /// How long a session can be renewed [default: 30d]
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    refresh_token_lifetime: Option<Duration>,
}

const DEFAULT_PORT: u16 = 9229;

const AFTER_HELP: &str = "\
--redirect-uri and --logout-uri register further callback and sign-out URLs.
The page /sandbox shows users, mail, and the last requests with what was wrong with each.

Example:
  cognito-login sandbox                      in one terminal
  cognito-login login --profile sandbox      in another";

/// Runs the pool until it is interrupted.
///
/// # Errors
/// Fails when the port is taken; ends with exit 130 or 143 when interrupted.
pub fn run(
    args: SandboxArgs,
    selection: &Selection,
    world: &World,
    output: &mut Output,
) -> Result<()> {
    let mut settings = args.settings(world)?;
    let registered = selection.redirect_uris().iter().cloned();
    settings.client.redirect_uris.extend(registered);
    let sign_out = selection.logout_uri().map(str::to_owned);
    settings.client.logout_uris.extend(sign_out);
    settings.log = output.teller();
    let port = settings.port;
    let sandbox = Sandbox::start(settings).map_err(|error| not_started(error, port))?;
    let mut ready = serde_json::to_vec(sandbox.ready())?;
    ready.push(b'\n');
    output.data(&ready)?;
    let signal = world.wait(async { io::Result::Ok(Signals::listen()?.next().await) })??;
    Err(login::stopped(signal).into())
}

impl SandboxArgs {
    /// Returns what the file says, with the flags over it.
    fn settings(self, world: &World) -> Result<sandbox::Settings> {
        let mut settings = match &self.pool_file {
            Some(path) => sandbox::Settings::read(path).map_err(|text| wrong_file(path, text))?,
            None => sandbox::Settings::default(),
        };
        settings.port = self.port;
        settings.confidential |= self.client_secret;
        settings.logo = self.logo.or(settings.logo);
        settings.css = self.css.or(settings.css);
        settings.seed = self.seed.or(settings.seed);
        settings
            .required_attributes
            .extend(self.required_attributes);
        if !self.users.is_empty() {
            settings.users = self.users;
        }
        for mut provider in self.identity_providers {
            provider.client_secret = world.variable(&secret_variable(&provider.name));
            settings.identity_providers.push(provider);
        }
        let rules = &mut settings.rules;
        rules.rotate_refresh_tokens |= self.rotate_refresh_tokens;
        rules.mfa = self.mfa.unwrap_or(rules.mfa);
        let over = |rule: &mut u64, given: Option<Duration>| {
            *rule = given.map_or(*rule, |given| given.as_secs());
        };
        over(&mut rules.access_token_seconds, self.access_token_lifetime);
        over(&mut rules.id_token_seconds, self.id_token_lifetime);
        over(
            &mut rules.refresh_token_seconds,
            self.refresh_token_lifetime,
        );
        over(
            &mut rules.rotation_grace_seconds,
            self.rotation_grace.map(Duration::from_secs),
        );
        for file in settings.logo.iter().chain(&settings.css) {
            File::open(file).map_err(|error| wrong_file(file, error.to_string()))?;
        }
        Ok(settings)
    }
}

/// Returns the variable with the secret of a provider: its name in capitals, other signs as `_`.
fn secret_variable(provider: &str) -> String {
    let sign = |c: char| match c {
        c if c.is_ascii_alphanumeric() => c.to_ascii_uppercase(),
        _ => '_',
    };
    let name: String = provider.chars().map(sign).collect();
    format!("COGNITO_IDP_SECRET_{name}")
}

fn wrong_file(path: &Path, text: String) -> anyhow::Error {
    let message = format!("cannot use `{}`", path.display());
    anyhow::Error::msg(text).context(Failure::new(Exit::Settings, "setting_invalid", message))
}

fn not_started(error: io::Error, port: u16) -> anyhow::Error {
    let failure = match error.kind() {
        io::ErrorKind::InvalidInput => {
            let message = "the pool cannot be like that";
            Failure::new(Exit::Settings, "setting_invalid", message)
        }
        _ => {
            let message = format!("cannot listen on port {port}");
            Failure::new(Exit::Failed, "port_busy", message)
                .hint("cognito-login sandbox --port 0 takes a free one")
        }
    };
    anyhow::Error::new(error).context(failure)
}

/// Returns the settings of the built-in profile `sandbox`.
pub fn profile() -> profile::Settings {
    profile::Settings::default()
        .text(
            Key::Issuer,
            Some(format!(
                "http://127.0.0.1:{DEFAULT_PORT}/{}",
                sandbox::USER_POOL_ID
            )),
        )
        .text(
            Key::Domain,
            Some(format!("http://127.0.0.1:{DEFAULT_PORT}")),
        )
        .text(Key::ClientId, Some(sandbox::CLIENT_ID))
        .text(Key::LogoutUri, Some("http://localhost:3000"))
        .list(
            Key::RedirectUris,
            (3000..=3003)
                .map(|port| format!("http://localhost:{port}"))
                .collect(),
        )
}

fn duration(text: &str) -> Result<Duration, String> {
    parse_duration(text).map_err(|failure| failure.message)
}
