//! `logout`: revokes the refresh token at the pool, deletes the session here, and says what still lives.

use anyhow::Result;
use clap::Args;

use super::aws_credentials::WALLET;
use super::in_use::InUse;
use super::selection::{BrowserArgs, Selection};
use super::world::World;
use crate::failure::{Exit, Failure};
use crate::output::{self, Output};
use crate::session::Session;

/// Arguments of `logout`.
#[derive(Args, Debug)]
pub struct LogoutArgs {}

/// Signs out.
///
/// The session is deleted here whatever happens; an unreadable one too.
///
/// # Errors
/// Fails with exit 4 when it was deleted here but could not be revoked at the pool.
pub fn run(
    _args: LogoutArgs,
    selection: &Selection,
    world: &World,
    output: &mut Output,
) -> Result<()> {
    let in_use = InUse::open(selection, &BrowserArgs::default(), world)?;
    let profile = &in_use.profile.name;
    // Held until the end, so that no refresh can bring the session back.
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
        .map_or(Ok(()), |session| revoke(&in_use, session, world, output));
    let was_there = locked.end()?;
    // What was made from the session goes with it.
    in_use.sessions.store().remove(&in_use.key.item(WALLET))?;
    if !was_there {
        output.say(&format!("Not signed in to profile `{profile}`."));
        return Ok(());
    }
    output.say(&format!(
        "Signed out of profile `{profile}` on this machine."
    ));
    still_lives(&in_use, session.as_ref(), world, output);
    revoked.map_err(|error| {
        error.context(
            Failure::new(Exit::Unreachable, "not_revoked", "signed out here, but the pool did not revoke the refresh token")
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

/// Tokens already issued stay valid wherever nobody asks the pool, and the login pages have a cookie of their own.
fn still_lives(in_use: &InUse, session: Option<&Session>, world: &World, output: &mut Output) {
    let now = world.clock.now();
    let ends = session.map(|session| {
        session
            .access_expires_at
            .max(session.id_expires_at.unwrap_or(session.access_expires_at))
    });
    if let Some(ends) = ends.filter(|ends| *ends > now) {
        output.say(&format!(
            "Tokens already handed out stay valid at services that do not ask the pool, until {}.",
            output::until(ends, now)
        ));
    }
    let back_to = in_use.profile.logout_uri.as_deref();
    let redirect_uri = &in_use.profile.redirect_uris[0];
    let address = in_use
        .pool(world)
        .and_then(|pool| world.wait(pool.logout_url(back_to, redirect_uri))?);
    if let Ok(address) = address {
        output.say("The browser may still be signed in at the login pages. To end that too, open:");
        output.say(address.as_str());
    }
}
