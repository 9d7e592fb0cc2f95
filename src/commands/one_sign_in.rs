//! One sign-in for all who need it at the same time: the first opens the browser, the others wait for what it brings.

use std::time::Duration;

use anyhow::Result;

use super::in_use::InUse;
use super::selection::ElsewhereArgs;
use super::sign_in::SignIn;
use super::world::World;
use crate::failure::{Exit, Failure};
use crate::oidc::Wishes;
use crate::output::Output;
use crate::session::{Lock, Session, Wanted};

/// How much longer than a sign-in may take others wait for it.
const GRACE: Duration = Duration::from_secs(60);

/// Returns a session whose wanted token is still good; signs in if nobody is signed in.
///
/// # Errors
/// Fails as [`InUse::fresh`] and [`SignIn::perform`] do; with exit 6 when the sign-in that was waited for brought nothing.
pub(super) fn fresh_or_sign_in(
    in_use: &InUse,
    wanted: Wanted,
    world: &World,
    output: &mut Output,
) -> Result<Session> {
    if let Some(session) = fresh(in_use, wanted, world, output)? {
        return Ok(session);
    }
    let Some(lock) = in_use.sessions.errand(&in_use.key, "sign-in") else {
        return sign_in(in_use, world, output);
    };
    let Some(_hold) = lock.try_hold()? else {
        return wait_for_the_other(&lock, in_use, wanted, world, output);
    };
    // Between the first look and the lock another may have signed in.
    match fresh(in_use, wanted, world, output)? {
        Some(session) => Ok(session),
        None => sign_in(in_use, world, output),
    }
}

/// Waits instead of opening one browser after the other: who closed the first has seen enough.
fn wait_for_the_other(
    lock: &Lock,
    in_use: &InUse,
    wanted: Wanted,
    world: &World,
    output: &mut Output,
) -> Result<Session> {
    output.say("Another cognito-login is signing in; waiting for it.");
    lock.wait_until_free(in_use.profile.timeout.saturating_add(GRACE))?;
    fresh(in_use, wanted, world, output)?.ok_or_else(|| {
        Failure::new(
            Exit::NotCompleted,
            "sign_in_not_completed",
            "the sign-in that another cognito-login began was not completed",
        )
        .hint(in_use.key.login_command())
        .into()
    })
}

fn sign_in(in_use: &InUse, world: &World, output: &mut Output) -> Result<Session> {
    let browser = world.browser(&in_use.profile);
    let sign_in = SignIn {
        in_use,
        browser: browser.as_deref(),
        elsewhere: ElsewhereArgs::default(),
        wishes: Wishes::default(),
    };
    let (_, tokens) = sign_in.perform(world, output)?;
    Ok(Session::from_tokens(&tokens, world.clock.now()))
}

/// Returns the session, or `None` if a sign-in is needed.
fn fresh(
    in_use: &InUse,
    wanted: Wanted,
    world: &World,
    output: &mut Output,
) -> Result<Option<Session>> {
    match in_use.fresh(wanted, world, output) {
        Err(error) if Exit::of(&error) == Exit::SignInNeeded => Ok(None),
        session => session.map(Some),
    }
}
