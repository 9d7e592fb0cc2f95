//! `sandbox`: a user pool in this process, on this machine, with login pages.

use std::io;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;

use super::selection::Selection;
use super::world::World;
use crate::failure::{Exit, Failure};
use crate::login;
use crate::output::Output;
use crate::platform::signals::Signals;
use crate::profile::{self, Key, parse_duration};
use crate::sandbox::{self, Rules, Sandbox, User};

/// Arguments of `sandbox`.
#[derive(Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub struct SandboxArgs {
    /// The port on this machine's loopback; 0 takes a free one
    #[arg(long, default_value_t = DEFAULT_PORT)]
    port: u16,
    /// A user instead of the default one
    #[arg(long = "user", value_name = "NAME:EMAIL:PASSWORD")]
    users: Vec<User>,
    /// Make the app client confidential; its secret is in the ready line
    #[arg(long)]
    client_secret: bool,
    /// Give a new refresh token with each refresh
    #[arg(long)]
    rotate_refresh_tokens: bool,
    /// How many seconds a rotated refresh token still works
    #[arg(long, value_name = "SECONDS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=60))]
    rotation_grace: u64,
    /// How long access tokens live
    #[arg(long, value_name = "DURATION", default_value = "1h", value_parser = duration)]
    access_token_lifetime: Duration,
    /// How long ID tokens live
    #[arg(long, value_name = "DURATION", default_value = "1h", value_parser = duration)]
    id_token_lifetime: Duration,
    /// How long a session can be renewed
    #[arg(long, value_name = "DURATION", default_value = "30d", value_parser = duration)]
    refresh_token_lifetime: Duration,
}

const DEFAULT_PORT: u16 = 9229;

const AFTER_HELP: &str = "\
--redirect-uri and --logout-uri register further callback and sign-out URLs.

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
    let mut settings = sandbox::Settings {
        port: args.port,
        confidential: args.client_secret,
        ..Default::default()
    };
    settings
        .redirect_uris
        .extend(selection.redirect_uris().iter().cloned());
    settings
        .logout_uris
        .extend(selection.logout_uri().map(str::to_owned));
    settings.rules = Rules {
        access_token_seconds: args.access_token_lifetime.as_secs(),
        id_token_seconds: args.id_token_lifetime.as_secs(),
        refresh_token_seconds: args.refresh_token_lifetime.as_secs(),
        rotate_refresh_tokens: args.rotate_refresh_tokens,
        rotation_grace_seconds: args.rotation_grace,
        ..settings.rules
    };
    if !args.users.is_empty() {
        settings.users = args.users;
    }
    settings.log = output.teller();
    let port = args.port;
    let sandbox = Sandbox::start(settings).with_context(|| {
        Failure::new(
            Exit::Failed,
            "port_busy",
            format!("cannot listen on port {port}"),
        )
        .hint("cognito-login sandbox --port 0 takes a free one")
    })?;
    let mut ready = serde_json::to_vec(sandbox.ready())?;
    ready.push(b'\n');
    output.data(&ready)?;
    let signal = world.wait(async { io::Result::Ok(Signals::listen()?.next().await) })??;
    Err(login::stopped(signal).into())
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
