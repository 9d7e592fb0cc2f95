//! `token`: prints a token that is still good, and nothing else on stdout.

use std::io::{self, Write};
use std::time::Duration;

use anyhow::Result;
use clap::Args;
use serde_json::json;

use super::in_use::InUse;
use super::one_sign_in::fresh_or_sign_in;
use super::selection::{BrowserArgs, Selection};
use super::world::World;
use crate::clock::Timestamp;
use crate::failure::{Exit, Failure};
use crate::output::{Output, Report};
use crate::profile::parse_duration;
use crate::secret::Secret;
use crate::session::{Session, TokenUse, Wanted};

/// Arguments of `token`.
#[derive(Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub struct TokenArgs {
    #[command(flatten)]
    browser: BrowserArgs,
    /// The access token (the default)
    #[arg(long, conflicts_with = "id")]
    access: bool,
    /// The ID token
    #[arg(long)]
    id: bool,
    /// As an HTTP header: Authorization: Bearer …
    #[arg(long)]
    header: bool,
    /// How long the token must still be good
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = duration)]
    min_ttl: Duration,
    /// Renew it even if it is still good
    #[arg(long)]
    force_refresh: bool,
    /// Sign in if nobody is signed in
    #[arg(long)]
    login: bool,
}

const AFTER_HELP: &str = "\
Which token does it want?
  API Gateway REST, Cognito authorizer, no scopes on the method    --id
  API Gateway REST, Cognito authorizer, scopes on the method       --access
  API Gateway HTTP, JWT authorizer; AppSync                        either, as its audience is set
  userInfo, and your own services                                  --access
  Kubernetes (EKS), identity pools                                 --id

Example:
  curl -H \"$(cognito-login token --header)\" https://api.example.com/";

/// Prints the token.
///
/// # Errors
/// Fails with exit 3 when nobody is signed in, 4 when the pool cannot be reached, 5 when the pool grants less time than was asked for.
pub fn run(
    args: TokenArgs,
    selection: &Selection,
    world: &World,
    output: &mut Output,
) -> Result<()> {
    let in_use = InUse::open(selection, &args.browser, world)?;
    let token = if args.id {
        TokenUse::Id
    } else {
        TokenUse::Access
    };
    let wanted = Wanted {
        min_ttl: args.min_ttl,
        token,
        force: args.force_refresh,
    };
    let session = if args.login {
        fresh_or_sign_in(&in_use, wanted, world, output)?
    } else {
        in_use.fresh(wanted, world, output)?
    };
    let answer = TokenReport::of(&session, token, args.header)?;
    if !wanted.is_met_by(&session, world.clock.now()) {
        let left = answer.expires_at.left_at(world.clock.now());
        return Err(Failure::new(
            Exit::Settings,
            "min_ttl_too_long",
            format!("the pool grants tokens for {} seconds only, less than the {} that `--min-ttl` wants", left.as_secs(), args.min_ttl.as_secs()),
        )
        .hint("ask for less, or lengthen the token's validity at the app client")
        .into());
    }
    output.report(&answer)
}

fn duration(text: &str) -> Result<Duration, String> {
    parse_duration(text).map_err(|failure| failure.message)
}

/// The token as it is printed.
struct TokenReport<'a> {
    token: &'a Secret,
    token_use: &'static str,
    expires_at: Timestamp,
    scope: Option<String>,
    header: bool,
}

impl TokenReport<'_> {
    fn of(session: &Session, token: TokenUse, header: bool) -> Result<TokenReport<'_>, Failure> {
        match token {
            TokenUse::Access => Ok(TokenReport {
                token: &session.access_token,
                token_use: "access",
                expires_at: session.access_expires_at,
                scope: Some(session.scopes.join(" ")),
                header,
            }),
            TokenUse::Id => match (&session.id_token, session.id_expires_at) {
                (Some(token), Some(expires_at)) => Ok(TokenReport {
                    token,
                    token_use: "id",
                    expires_at,
                    scope: None,
                    header,
                }),
                _ => Err(Failure::new(
                    Exit::Settings,
                    "no_id_token",
                    "this session has no ID token",
                )
                .hint("cognito-login token --access")),
            },
        }
    }
}

impl Report for TokenReport<'_> {
    fn human(&self, out: &mut dyn Write) -> io::Result<()> {
        let prefix = if self.header {
            "Authorization: Bearer "
        } else {
            ""
        };
        writeln!(out, "{prefix}{}", self.token.expose())
    }

    fn json(&self) -> String {
        json!({
            "token": self.token.expose(),
            "token_use": self.token_use,
            "token_type": "Bearer",
            "expires_at": self.expires_at.to_string(),
            "scope": self.scope,
        })
        .to_string()
    }
}
