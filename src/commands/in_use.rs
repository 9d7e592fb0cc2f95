//! The profile in use: its pool, its key, its sessions, and a token that is still good.

use std::io::{BufRead, BufReader, Read};
use std::pin::pin;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::select;
use tokio::time::timeout;
use zeroize::Zeroizing;

use super::selection::{BrowserArgs, Selection};
use super::world::World;
use crate::failure::{Exit, Failure};
use crate::login::stopped;
use crate::oidc::{RefreshError, Renewal, UserPool};
use crate::output::Output;
use crate::platform::keyring::{self, SecretServiceSession};
use crate::platform::process::unbuffered_stdin;
use crate::platform::signals::Signals;
use crate::profile::{Grant, Profile, StoreChoice};
use crate::secret::Secret;
use crate::session::{
    self, Fresh, Patience, Session, SessionKey, Sessions, StoreKind, TokenUse, Wanted,
};

/// The name of the kept client secret beside a session.
const CLIENT_SECRET: &str = "client-secret";

/// How long a renewal may still take after Ctrl-C.
const LAST_WORD: Duration = Duration::from_secs(2);

/// A resolved profile with everything that hangs on it.
pub struct InUse {
    /// The profile.
    pub profile: Profile,
    /// Which session is its own.
    pub key: SessionKey,
    /// Where sessions are kept.
    pub sessions: Sessions,
    given_secret: Option<Secret>,
}

impl InUse {
    /// Resolves the profile and names its store; reads the client secret from stdin if that was asked for.
    ///
    /// # Errors
    /// Fails when the settings are wrong (exit 5) or there is no home to keep anything in.
    pub fn open(selection: &Selection, browser: &BrowserArgs, world: &World) -> Result<InUse> {
        let profile = selection.profile(world, browser)?;
        let given_secret = given_secret(selection, world)?;
        InUse::of(profile, given_secret, world)
    }

    /// Puts the parts together; no store is touched yet.
    ///
    /// # Errors
    /// Fails when there is no home to keep anything in.
    pub fn of(profile: Profile, given_secret: Option<Secret>, world: &World) -> Result<InUse> {
        let patience = if keyring::can_ask(|name| world.variable(name)) {
            Patience::Person
        } else {
            Patience::Program
        };
        InUse::within(patience, profile, given_secret, world)
    }

    /// As [`InUse::of`], with a keyring that takes no longer than that.
    ///
    /// # Errors
    /// As [`InUse::of`].
    pub fn within(
        patience: Patience,
        profile: Profile,
        given_secret: Option<Secret>,
        world: &World,
    ) -> Result<InUse> {
        let kind = match profile.store {
            StoreChoice::Keyring => StoreKind::Keyring,
            StoreChoice::File => StoreKind::File,
            StoreChoice::None => StoreKind::None,
        };
        let secret_service = match profile.encrypted_secret_service {
            true => SecretServiceSession::Encrypted,
            false => SecretServiceSession::Plain,
        };
        let state_dir = world.state_dir()?;
        let store = session::open(kind, &state_dir, secret_service, patience);
        let sessions = Sessions::new(store, kind, state_dir);
        Ok(InUse {
            key: key_of(&profile),
            profile,
            sessions,
            given_secret,
        })
    }

    /// Returns the user pool, spoken to as the profile's app client. Reads the kept client secret if none was given.
    ///
    /// # Errors
    /// Fails when the store cannot be read.
    pub fn pool(&self, world: &World) -> Result<UserPool> {
        let secret = match &self.given_secret {
            Some(secret) => Some(secret.clone()),
            None => self.sessions.store().load(&self.key.item(CLIENT_SECRET))?,
        };
        let client = self.profile.app_client(secret);
        Ok(UserPool::new(
            self.profile.issuer.clone(),
            self.profile.domain.clone(),
            client,
            world.http.clone(),
        ))
    }

    /// Keeps the app client's secret, for every later use of the profile.
    ///
    /// # Errors
    /// Fails when the store cannot be written.
    pub(super) fn keep_client_secret(&self, secret: &Secret) -> Result<()> {
        let store = self.sessions.store();
        store.save(&self.key.item(CLIENT_SECRET), secret)
    }

    /// Returns a session whose wanted token is still good, renewed if it had to be; a machine's is obtained if need be.
    ///
    /// The pool may grant less time than was wanted; compare with [`Wanted::is_met_by`].
    ///
    /// # Errors
    /// Fails with exit 3 when nobody is signed in, 4 when the pool cannot be reached, 5 when a machine's ID token is wanted.
    pub fn fresh(&self, wanted: Wanted, world: &World, output: &mut Output) -> Result<Session> {
        // Each request of a machine is billed, and none brings an ID token.
        if self.profile.grant == Grant::ClientCredentials && wanted.token == TokenUse::Id {
            return Err(self.no_id_token().into());
        }
        let clock = world.clock.as_ref();
        let fresh = match self.profile.grant {
            Grant::Code => self
                .sessions
                .fresh(&self.key, wanted, clock, |session, rotated| {
                    output.trace("asking the pool for new tokens");
                    let _spinner = output.wait_for("renewing the session");
                    self.renew(session, rotated, world)
                })?,
            Grant::ClientCredentials => {
                Some(self.sessions.machine(&self.key, wanted, clock, || {
                    output.trace("asking the pool for a machine's token");
                    let _spinner = output.wait_for("asking for a token");
                    world.wait(self.pool(world)?.client_credentials(clock.now()))?
                })?)
            }
        };
        let Some(Fresh { session, not_kept }) = fresh else {
            return Err(self.not_signed_in().into());
        };
        if let Some(error) = not_kept {
            output.warn(&format!(
                "the renewed session could not be kept and ends with this command ({error:#})"
            ));
        }
        Ok(session)
    }

    fn renew(
        &self,
        session: &Session,
        rotated: &mut dyn FnMut(&Secret) -> Result<()>,
        world: &World,
    ) -> Result<Renewal, RefreshError> {
        let Some(refresh_token) = &session.refresh_token else {
            return Err(RefreshError::SignedOut(self.not_signed_in().into()));
        };
        let pool = self.pool(world).map_err(RefreshError::Failed)?;
        let before = session.id_claims();
        let refreshing = pool.refresh(refresh_token, before.as_ref(), world.clock.now(), rotated);
        world
            .wait(with_the_last_word(refreshing))
            .map_err(RefreshError::Failed)?
    }

    /// Says that nobody is signed in, and what to do.
    pub fn not_signed_in(&self) -> Failure {
        let message = format!("not signed in to profile `{}`", self.profile.name);
        Failure::new(Exit::SignInNeeded, "sign_in_needed", message).hint(self.key.login_command())
    }

    /// Says that there is no ID token where one is needed.
    pub fn no_id_token(&self) -> Failure {
        let message = format!("profile `{}` has no ID token", self.profile.name);
        Failure::new(Exit::Settings, "id_token_missing", message)
            .hint("sign in as a person, with grant = \"code\": a machine gets only access tokens (cognito-login token --access)")
    }
}

/// Returns which session is a profile's own: no token can reach another pool or app client.
pub(super) fn key_of(profile: &Profile) -> SessionKey {
    SessionKey {
        profile: profile.name.clone(),
        issuer: profile.issuer.as_str().to_owned(),
        client_id: profile.client_id.clone(),
    }
}

/// Does the work until Ctrl-C, SIGTERM or the end of the terminal, and then for a moment longer, so that an answer on its way is
/// still taken: with rotation it brings the only refresh token there is from now on. A second Ctrl-C ends that too.
async fn with_the_last_word<T>(
    work: impl Future<Output = Result<T, RefreshError>>,
) -> Result<T, RefreshError> {
    let mut signals = Signals::listen().map_err(|error| RefreshError::Failed(error.into()))?;
    let mut work = pin!(work);
    let signal = select! {
        biased;
        done = &mut work => return done,
        signal = signals.next() => signal,
    };
    select! {
        _ = signals.next() => (),
        _ = timeout(LAST_WORD, work) => (),
    }
    Err(RefreshError::Failed(stopped(signal).into()))
}

/// Returns the client secret of the command line or the environment.
///
/// # Errors
/// Fails when standard input was to hold one and holds none.
pub(super) fn given_secret(selection: &Selection, world: &World) -> Result<Option<Secret>> {
    if !selection.client_secret_stdin {
        return Ok(world.client_secret());
    }
    let mut line = Zeroizing::new(String::new());
    // Byte by byte: the rest is for pasting, or for the program that `exec` and `curl` become.
    unbuffered_stdin()
        .and_then(|stdin| {
            BufReader::with_capacity(1, stdin)
                .take(4_096)
                .read_line(&mut line)
        })
        .context("cannot read the client secret from standard input")?;
    match line.trim() {
        "" => {
            let message = "`--client-secret-stdin` found no line on standard input";
            Err(Failure::new(Exit::Usage, "usage", message).into())
        }
        secret => Ok(Some(Secret::new(secret))),
    }
}
