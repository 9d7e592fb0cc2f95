//! `logout`: revokes the refresh token at the pool, deletes the session here, and says what still lives.

use std::time::Duration;

use anyhow::Result;
use clap::Args;

use super::aws_credentials::WALLET;
use super::in_use::{InUse, key_of};
use super::selection::{BrowserArgs, Selection};
use super::world::World;
use crate::failure::{Exit, Failure};
use crate::login::{Loopback, farewell};
use crate::oidc::RedirectUri;
use crate::output::{self, Output};
use crate::profile::{Key, Profile, ProfileFile, Settings};
use crate::session::{Session, Summary};

/// How long the browser may take over the sign-out page, if `--timeout` is not shorter; nobody has to type anything there.
const PATIENCE: Duration = Duration::from_secs(60);

/// Arguments of `logout`.
#[derive(Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub struct LogoutArgs {
    /// Sign out of every profile that is signed in on this machine
    #[arg(long)]
    all: bool,
    /// End the login pages' own session too, in the browser
    #[arg(long)]
    browser: bool,
}

const AFTER_HELP: &str = "\
Examples:
  cognito-login logout
  cognito-login logout --browser          at the login pages too: the next sign-in asks again
  cognito-login logout --all              every profile on this machine";

/// Signs out.
///
/// Sessions are deleted here whatever happens; unreadable ones too.
///
/// # Errors
/// Fails with exit 4 when one was deleted here but could not be revoked at the pool.
pub fn run(
    args: LogoutArgs,
    selection: &Selection,
    world: &World,
    output: &mut Output,
) -> Result<()> {
    if !args.all {
        let in_use = InUse::open(selection, &BrowserArgs::default(), world)?;
        return sign_out(&in_use, args.browser, world, output);
    }
    let kept = Summary::read_all(&world.state_dir()?);
    if kept.is_empty() {
        output.say("Not signed in to any profile.");
    }
    let mut outcome = Ok(());
    for summary in kept {
        let signed_out = profile_of(&summary, selection, world)
            .and_then(|profile| InUse::of(profile, world.client_secret(), world))
            .and_then(|in_use| sign_out(&in_use, args.browser, world, output));
        outcome = match (outcome, signed_out) {
            (Err(first), Err(next)) => {
                output.warn(&format!("{next:#}"));
                Err(first)
            }
            (outcome, signed_out) => outcome.and(signed_out),
        };
    }
    outcome
}

/// Returns the profile a session was kept for; if it has changed since, only what the session itself tells of the pool.
fn profile_of(summary: &Summary, selection: &Selection, world: &World) -> Result<Profile> {
    let file = ProfileFile::read(&world.config_file(selection.config.as_deref())?)?;
    let store = summary.store.to_string();
    let name = &summary.profile;
    let named = selection.named(name, world, &file, &BrowserArgs::default());
    if let Ok(profile) = named
        && key_of(&profile) == summary.key()
        && profile.store.to_string() == store
    {
        return Ok(profile);
    }
    let settings = Settings::default()
        .text(Key::Issuer, Some(&*summary.issuer))
        .text(Key::ClientId, Some(&*summary.client_id))
        .text(Key::Store, Some(store));
    let nothing = Settings::default();
    Ok(Profile::resolve(
        name,
        &settings,
        &nothing,
        &ProfileFile::none(),
        None,
    )?)
}

fn sign_out(in_use: &InUse, browser: bool, world: &World, output: &mut Output) -> Result<()> {
    let profile = &in_use.profile.name;
    // Held until the session is gone, so that no refresh can bring it back.
    let locked = in_use.sessions.locked(&in_use.key)?;
    let session = match locked.load() {
        Ok(session) => session,
        Err(error) => {
            output.warn(&format!(
                "the kept session cannot be read ({error}); it is deleted without being revoked"
            ));
            None
        }
    };
    let revoked = session
        .as_ref()
        .map_or(Ok(()), |session| revoke(in_use, session, world, output));
    let was_there = locked.end()?;
    drop(locked);
    // What was made from the session goes with it.
    in_use.sessions.store().remove(&in_use.key.item(WALLET))?;
    output.say(&match was_there {
        true => format!("Signed out of profile `{profile}` on this machine."),
        false => format!("Not signed in to profile `{profile}`."),
    });
    if let Some(session) = &session {
        still_valid(session, world, output);
    }
    if was_there || browser {
        login_pages(in_use, browser, world, output)?;
    }
    revoked.map_err(|error| {
        error.context(
            Failure::new(Exit::Unreachable, "not_revoked", format!("profile `{profile}` is signed out here, but the pool did not revoke the refresh token"))
                .hint("it lives until it expires; an administrator can end it with: aws cognito-idp admin-user-global-sign-out"),
        )
    })
}

fn revoke(in_use: &InUse, session: &Session, world: &World, output: &Output) -> Result<()> {
    let Some(refresh_token) = &session.refresh_token else {
        return Ok(());
    };
    let _spinner = output.wait_for("revoking the session");
    let pool = in_use.pool(world)?;
    world.wait(pool.revoke(refresh_token))?
}

/// Tokens already issued stay valid wherever nobody asks the pool.
fn still_valid(session: &Session, world: &World, output: &mut Output) {
    let now = world.clock.now();
    let ends = session.id_expires_at.max(Some(session.access_expires_at));
    if let Some(ends) = ends.filter(|ends| *ends > now) {
        output.say(&format!(
            "Tokens already handed out stay valid at services that do not ask the pool, until {}.",
            output::until(ends, now)
        ));
    }
}

/// The login pages have a cookie of their own: ends it in the browser, or says how.
fn login_pages(in_use: &InUse, browser: bool, world: &World, output: &mut Output) -> Result<()> {
    let profile = &in_use.profile;
    let logout_uri = profile.logout_uri.as_deref();
    let asked = in_use
        .pool(world)
        .and_then(|pool| world.wait(pool.logout_url(logout_uri, &profile.redirect_uris[0]))?);
    let address = match asked {
        Ok(address) => address,
        Err(error) if browser => return Err(error),
        Err(_) => return Ok(()),
    };
    let opener = world.browser(profile).filter(|_| browser);
    let Some(opener) = opener else {
        output.say("The browser may still be signed in at the login pages. To end that too, open:");
        output.say(address.as_str());
        return Ok(());
    };
    // Only a sign-out URL on this machine can be seen to be reached.
    let back = logout_uri.and_then(|uri| RedirectUri::parse(uri).ok());
    let loopback = back.and_then(|uri| {
        let bound = Loopback::bind(&[uri], profile.listen);
        let unseen = |error| {
            output.warn(&format!(
                "{error}, so it cannot be seen here whether the browser signs out"
            ));
        };
        bound.map_err(unseen).ok()
    });
    output.say("Your browser opens the sign-out page. If it does not, open this address:");
    output.insist(address.as_str());
    if let Err(error) = opener.open(&address) {
        output.warn(&format!(
            "no browser could be opened ({error}); open the address yourself"
        ));
    }
    if let Some(loopback) = loopback {
        let there = loopback.redirect_uri().clone();
        let patience = PATIENCE.min(profile.timeout);
        match world.wait(farewell(loopback, patience))?? {
            true => output.say("The browser is signed out of the login pages too."),
            false => output.warn(&format!(
                "the browser did not come back from the sign-out page; look there, and whether `{}` is among the app client's Allowed sign-out URLs",
                there.as_str()
            )),
        }
    }
    Ok(())
}
