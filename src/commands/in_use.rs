//! The profile in use: its pool, its key, its sessions, and a token that is still good.

use std::io::BufRead;

use anyhow::{Context, Result};

use super::selection::{BrowserArgs, Selection};
use super::world::World;
use crate::failure::{Exit, Failure};
use crate::oidc::{RefreshError, Renewal, UserPool};
use crate::output::Output;
use crate::profile::{Profile, StoreChoice};
use crate::secret::Secret;
use crate::session::{self, Session, SessionKey, Sessions, StoreKind, Wanted};

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
    /// Resolves the profile and opens its store; reads the client secret from stdin if that was asked for.
    ///
    /// # Errors
    /// Fails when the settings are wrong (exit 5) or there is no place to keep anything.
    pub fn open(selection: &Selection, browser: &BrowserArgs, world: &World) -> Result<InUse> {
        let profile = selection.profile(world, browser)?;
        let given_secret = given_secret(selection, world)?;
        let sessions = open_sessions(&profile, world)?;
        Ok(InUse::of(profile, sessions, given_secret))
    }

    /// Puts the parts together.
    pub fn of(profile: Profile, sessions: Sessions, given_secret: Option<Secret>) -> InUse {
        InUse {
            key: InUse::key_of(&profile),
            profile,
            sessions,
            given_secret,
        }
    }

    /// Returns which session is a profile's own: no token can reach another pool or app client.
    pub fn key_of(profile: &Profile) -> SessionKey {
        SessionKey {
            profile: profile.name.clone(),
            issuer: profile.issuer.as_str().to_owned(),
            client_id: profile.client_id.clone(),
        }
    }

    /// Returns the user pool, spoken to as the profile's app client. Reads the kept client secret if none was given.
    ///
    /// # Errors
    /// Fails when the store cannot be read.
    pub fn pool(&self, world: &World) -> Result<UserPool> {
        let secret = match &self.given_secret {
            Some(secret) => Some(secret.clone()),
            None => self.sessions.client_secret(&self.key)?,
        };
        let client = self.profile.app_client(secret);
        Ok(UserPool::new(
            self.profile.issuer.clone(),
            self.profile.domain.clone(),
            client,
            world.http.clone(),
        ))
    }

    /// Returns a session whose wanted token is still good for long enough, renewing it if it must be.
    ///
    /// # Errors
    /// Fails with exit 3 when nobody is signed in, 4 when the pool cannot be reached.
    pub fn fresh(&self, wanted: Wanted, world: &World, output: &mut Output) -> Result<Session> {
        let fresh = self.sessions.fresh(
            &self.key,
            wanted,
            world.clock.as_ref(),
            |session, rotated| {
                output.trace("the token is near its end: asking the pool for another");
                let _spinner = output.wait_for("renewing the session");
                self.renew(session, rotated, world)
            },
        )?;
        fresh.ok_or_else(|| self.not_signed_in().into())
    }

    fn renew(
        &self,
        session: &Session,
        rotated: &mut dyn FnMut(&Secret) -> Result<()>,
        world: &World,
    ) -> Result<Renewal, RefreshError> {
        let Some(refresh_token) = &session.refresh_token else {
            let ended = Failure::new(
                Exit::SignInNeeded,
                "sign_in_needed",
                "the session has ended and cannot be renewed",
            );
            return Err(RefreshError::SignedOut(ended.into()));
        };
        let pool = self.pool(world).map_err(RefreshError::Failed)?;
        let before = session.id_claims();
        let refreshing = pool.refresh(refresh_token, before.as_ref(), world.clock.now(), rotated);
        world.wait(refreshing).map_err(RefreshError::Failed)?
    }

    /// Says that nobody is signed in, and what to do.
    pub fn not_signed_in(&self) -> Failure {
        let message = format!("not signed in to profile `{}`", self.profile.name);
        Failure::new(Exit::SignInNeeded, "sign_in_needed", message).hint(self.login_command())
    }

    /// Returns the command that signs in to this profile.
    pub fn login_command(&self) -> String {
        match self.profile.name.as_str() {
            "default" => "cognito-login login".to_owned(),
            name => format!("cognito-login login --profile {name}"),
        }
    }
}

/// Opens the store a profile names.
///
/// # Errors
/// Fails when there is no home to keep anything in.
pub fn open_sessions(profile: &Profile, world: &World) -> Result<Sessions> {
    let kind = match profile.store {
        StoreChoice::Keyring => StoreKind::Keyring {
            encrypted: profile.encrypted_secret_service,
        },
        StoreChoice::File => StoreKind::File,
        StoreChoice::None => StoreKind::None,
    };
    session::open(kind, world.state_dir()?)
}

fn given_secret(selection: &Selection, world: &World) -> Result<Option<Secret>> {
    if !selection.client_secret_stdin {
        return Ok(world
            .variable("COGNITO_CLIENT_SECRET")
            .map(|text| Secret::new(text.trim())));
    }
    let mut line = zeroize::Zeroizing::new(String::new());
    // `lock` shares its buffer with whoever reads stdin next, so the rest stays there for pasting.
    let mut stdin = std::io::stdin().lock();
    std::io::Read::take(&mut stdin, 4_096)
        .read_line(&mut line)
        .context("cannot read the client secret from stdin")?;
    match line.trim() {
        "" => Err(Failure::new(
            Exit::Usage,
            "usage",
            "`--client-secret-stdin` found no line on standard input",
        )
        .into()),
        secret => Ok(Some(Secret::new(secret))),
    }
}
