//! A token that is still good: what `token` prints, and what another Rust program asks for.

use std::panic::resume_unwind;
use std::thread;

use anyhow::Result;

use super::in_use::InUse;
use super::selection::{BrowserArgs, Selection};
use super::world::World;
use crate::clock::Timestamp;
use crate::failure::{Exit, Failure};
use crate::output::{Output, Style};
use crate::secret::Secret;
use crate::session::{Session, TokenUse, Wanted};

/// A token that is good for as long as was wanted.
#[derive(Clone, Debug)]
pub struct ValidToken {
    /// The token itself.
    pub text: Secret,
    /// Which of the two it is.
    pub token_use: TokenUse,
    /// When it ends.
    pub expires_at: Timestamp,
    /// What the access token of the same session is good for.
    pub scopes: Vec<String>,
}

/// Returns a token for another Rust program, as the command `token` prints it: same settings, same lock, same store.
///
/// `profile` is what `--profile` names; `None` takes `COGNITO_LOGIN_PROFILE`, the file's `default_profile`, or `default`.
/// `wanted` says which of the tokens it is to be, and for how long it must be good.
/// Renews silently, once for all programs and threads that ask at the same time. Never opens a browser, and writes
/// nothing to the terminal: as with `--quiet`, that a renewed session could not be kept shows when it is wanted again.
/// Waits for the pool and the keyring, so an async program calls it where it may block.
///
/// # Errors
/// What to do is in the error's [`Failure`], by its `exit`: [`Exit::SignInNeeded`] when nobody is signed in,
/// [`Exit::Unreachable`] when the pool cannot be reached, [`Exit::Settings`] when the profile is wrong or the pool grants
/// less time than is wanted. [`Exit::Interrupted`] or [`Exit::Terminated`] when a signal came while the session was
/// renewed: it was caught, so that no rotated token is lost, and is for the caller to obey.
pub fn valid_token(profile: Option<&str>, wanted: Wanted) -> Result<ValidToken> {
    let asked = || {
        let selection = match profile {
            Some(name) => Selection::default().of_profile(name),
            None => Selection::default(),
        };
        let world = World::new();
        let mut output = Output::new(Style {
            quiet: true,
            ..Style::default()
        });
        let in_use = InUse::open(&selection, &BrowserArgs::default(), &world)?;
        let session = in_use.fresh(wanted, &world, &mut output)?;
        Ok(ValidToken::of(session, wanted, world.clock.now())?)
    };
    // A thread of its own: on one that drives an async runtime, another one may not be waited for.
    thread::scope(|scope| scope.spawn(asked).join()).unwrap_or_else(|panic| resume_unwind(panic))
}

impl ValidToken {
    /// Takes the wanted token out of a session.
    ///
    /// # Errors
    /// Fails when there is none, or it is good for less than was wanted even now, since it was just renewed.
    pub(super) fn of(
        session: Session,
        wanted: Wanted,
        now: Timestamp,
    ) -> Result<ValidToken, Failure> {
        let met = wanted.is_met_by(&session, now);
        let (text, expires_at) = match wanted.token {
            TokenUse::Access => (Some(session.access_token), Some(session.access_expires_at)),
            TokenUse::Id => (session.id_token, session.id_expires_at),
        };
        let (Some(text), Some(expires_at)) = (text, expires_at) else {
            let message = "this session has no ID token";
            return Err(Failure::new(Exit::Settings, "id_token_missing", message)
                .hint("cognito-login token --access"));
        };
        if !met {
            let granted = expires_at.left_at(now).as_secs();
            let message = format!(
                "the pool grants tokens for {granted} seconds only, less than the {} that `--min-ttl` wants",
                wanted.min_ttl.as_secs()
            );
            return Err(Failure::new(Exit::Settings, "min_ttl_too_long", message)
                .hint("ask for less, or lengthen the token's validity at the app client"));
        }
        Ok(ValidToken {
            text,
            token_use: wanted.token,
            expires_at,
            scopes: session.scopes,
        })
    }
}
