//! `login`: signs in through the pool's login pages, keeps the session, shows who signed in.

use anyhow::{Context, Result};
use clap::Args;

use super::in_use::InUse;
use super::selection::{BrowserArgs, ElsewhereArgs, Selection};
use super::sign_in::SignIn;
use super::whoami::ProfileReport;
use super::world::World;
use crate::oidc::{Tokens, UserPool, Wishes};
use crate::output::Output;

/// Arguments of `login`.
#[derive(Args, Debug, Default)]
#[command(after_help = AFTER_HELP)]
pub struct LoginArgs {
    #[command(flatten)]
    browser: BrowserArgs,
    #[command(flatten)]
    elsewhere: ElsewhereArgs,
    /// Go straight to this identity provider
    #[arg(long, value_name = "NAME", conflicts_with = "idp_identifier")]
    idp: Option<String>,
    /// The same by its identifier, such as a mail domain
    #[arg(long, value_name = "ID")]
    idp_identifier: Option<String>,
    /// The user name to fill in
    #[arg(long, value_name = "TEXT")]
    login_hint: Option<String>,
    /// The language of the login pages, such as de or pt-BR
    #[arg(long, value_name = "CODE")]
    lang: Option<String>,
    /// login asks for the password again; managed login only
    #[arg(long, value_name = "VALUE")]
    prompt: Option<String>,
    /// The API the access token is for (its `aud`)
    #[arg(long, value_name = "URI")]
    resource: Option<String>,
    /// Sign out of the login pages first, so that someone else can sign in
    #[arg(long)]
    switch_user: bool,
    /// Start at the sign-up page
    #[arg(long)]
    signup: bool,
}

const AFTER_HELP: &str = "\
Examples:
  cognito-login login
  cognito-login login --profile work --idp Google
  cognito-login login --no-browser        open the address anywhere, and paste where it led
  cognito-login login --qr                the same on the phone that reads the code
  cognito-login login --copy              the address is on your clipboard, over SSH too";

impl LoginArgs {
    fn wishes(&self) -> Wishes {
        Wishes {
            idp: self.idp.clone(),
            idp_identifier: self.idp_identifier.clone(),
            login_hint: self.login_hint.clone(),
            lang: self.lang.clone(),
            prompt: self.prompt.clone(),
            resource: self.resource.clone(),
            signup: self.signup,
            switch_user: self.switch_user,
        }
    }
}

/// Signs in and prints the profile.
///
/// # Errors
/// Fails with exit 1 when nothing can be kept, 4 when the pool cannot be reached, 5 when the settings are wrong, 6 when the
/// person did not complete the sign-in.
pub fn run(
    args: LoginArgs,
    selection: &Selection,
    world: &World,
    output: &mut Output,
) -> Result<()> {
    let in_use = InUse::open(selection, &args.browser, world)?;
    let browser = args.elsewhere.browser(&in_use.profile, world);
    let sign_in = SignIn {
        in_use: &in_use,
        browser: browser.as_deref(),
        elsewhere: args.elsewhere,
        wishes: args.wishes(),
    };
    let (pool, tokens) = sign_in.perform(world, output)?;
    greet(&pool, &tokens, world, output)
}

/// Prints the profile of who has just signed in.
///
/// # Errors
/// With `--json`, fails when userInfo does not answer: a program gets the document it was promised or none.
pub(super) fn greet(
    pool: &UserPool,
    tokens: &Tokens,
    world: &World,
    output: &mut Output,
) -> Result<()> {
    let asked = {
        let _spinner = output.wait_for("asking who you are");
        world.wait(pool.user_info(&tokens.access, Some(&tokens.id.claims.sub)))?
    };
    let paint = output.paint(world.is_dumb());
    match asked {
        Ok(user_info) => output.report(&ProfileReport::of_user_info(user_info, paint)),
        Err(error) if !output.style().json => {
            output.warn(&format!(
                "userInfo did not answer ({error}); this is what the ID token says"
            ));
            output.report(&ProfileReport::of_claims(&tokens.id.claims.all, paint))
        }
        Err(error) => Err(error).context("signed in, but userInfo did not answer"),
    }
}
