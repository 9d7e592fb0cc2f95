//! `token`: prints a token that is still good, and nothing else on stdout.

use std::io::{self, Write};
use std::time::Duration;

use anyhow::Result;
use clap::Args;
use serde_json::json;

use super::in_use::InUse;
use super::one_sign_in::fresh_or_sign_in;
use super::selection::{BrowserArgs, Selection};
use super::valid_token::ValidToken;
use super::world::World;
use crate::output::{Output, Report};
use crate::profile::parse_duration;
use crate::session::{TokenUse, Wanted};

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
  header=$(cognito-login token --header) && curl -H \"$header\" https://api.example.com/";

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
    let wanted = Wanted {
        min_ttl: args.min_ttl,
        token: if args.id {
            TokenUse::Id
        } else {
            TokenUse::Access
        },
        force: args.force_refresh,
    };
    let session = if args.login {
        fresh_or_sign_in(&in_use, wanted, world, output)?
    } else {
        in_use.fresh(wanted, world, output)?
    };
    let token = ValidToken::of(session, wanted, world.clock.now())?;
    output.report(&TokenReport {
        token,
        header: args.header,
    })
}

fn duration(text: &str) -> Result<Duration, String> {
    parse_duration(text).map_err(|failure| failure.message)
}

/// The token as it is printed.
struct TokenReport {
    token: ValidToken,
    header: bool,
}

impl Report for TokenReport {
    fn human(&self, out: &mut dyn Write) -> io::Result<()> {
        let prefix = if self.header {
            "Authorization: Bearer "
        } else {
            ""
        };
        writeln!(out, "{prefix}{}", self.token.text.expose())
    }

    fn json(&self) -> String {
        let (token_use, scope) = match self.token.token_use {
            TokenUse::Access => ("access", Some(self.token.scopes.join(" "))),
            TokenUse::Id => ("id", None),
        };
        json!({
            "token": self.token.text.expose(),
            "token_use": token_use,
            "token_type": "Bearer",
            "expires_at": self.token.expires_at.to_string(),
            "scope": scope,
        })
        .to_string()
    }
}
