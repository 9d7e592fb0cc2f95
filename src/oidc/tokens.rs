//! Tokens that were believed only after they were checked.

use std::time::Duration;

use super::app_client::AppClient;
use super::claims::{IdClaims, claims_of, text};
use crate::clock::Timestamp;
use crate::secret::Secret;

/// A token of unknown lifetime is used for this long; Cognito's shortest is 5 minutes.
const ASSUMED_LIFETIME: Duration = Duration::from_secs(300);

/// A verified ID token.
#[derive(Clone, Debug)]
pub struct IdToken {
    /// The compact form.
    pub text: Secret,
    /// Its claims.
    pub claims: IdClaims,
}

/// The tokens of a sign-in.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// The access token: checked if it is a JWT, opaque otherwise.
    pub access: Secret,
    /// When the access token ends, by our clock and `expires_in`.
    pub access_expires_at: Timestamp,
    /// The granted scopes.
    pub scopes: Vec<String>,
    /// The ID token.
    pub id: IdToken,
    /// The refresh token, if one came.
    pub refresh: Option<Secret>,
}

/// The tokens of a refresh.
#[derive(Clone, Debug)]
pub struct Renewal {
    /// The new access token.
    pub access: Secret,
    /// When it ends.
    pub access_expires_at: Timestamp,
    /// The granted scopes.
    pub scopes: Vec<String>,
    /// The new ID token; Cognito always sends one, other providers need not.
    pub id: Option<IdToken>,
    /// The rotated refresh token; the old one stays good when there is none.
    pub refresh: Option<Secret>,
}

/// The access token of a machine (`client_credentials`).
#[derive(Clone, Debug)]
pub struct MachineToken {
    /// The access token.
    pub access: Secret,
    /// When it ends.
    pub expires_at: Timestamp,
    /// The granted scopes.
    pub scopes: Vec<String>,
}

/// Why a refresh brought nothing.
#[derive(Debug)]
pub enum RefreshError {
    /// The pool said `invalid_grant`: only this may end a session.
    SignedOut(anyhow::Error),
    /// Anything else: the session stays as it was.
    Failed(anyhow::Error),
}

/// What the token endpoint answered, before any of it is believed.
#[derive(Debug)]
pub(super) struct UnverifiedTokens {
    /// There is an access token, it is a bearer token, and a header can carry it.
    pub(super) usable: bool,
    pub(super) access: Secret,
    pub(super) id: Option<Secret>,
    pub(super) refresh: Option<Secret>,
    pub(super) lifetime: Option<Duration>,
    pub(super) scopes: Option<Vec<String>>,
}

impl UnverifiedTokens {
    /// Returns when the access token ends by our own clock, which the pool's may differ from.
    pub(super) fn access_expires_at(&self, now: Timestamp) -> Timestamp {
        now.plus(
            self.lifetime
                .or_else(|| self.written_lifetime())
                .unwrap_or(ASSUMED_LIFETIME),
        )
    }

    /// Returns the granted scopes: from the answer, the access token (Cognito), or else as they were asked for.
    pub(super) fn granted_scopes(&self, client: &AppClient) -> Vec<String> {
        let written = || Some(words(&text(&claims_of(&self.access)?, "scope")?));
        self.scopes
            .clone()
            .or_else(written)
            .unwrap_or_else(|| client.scopes.clone())
    }

    fn written_lifetime(&self) -> Option<Duration> {
        let claims = claims_of(&self.access)?;
        let moment = |name| claims.get(name)?.as_i64().map(Timestamp::from_epoch);
        Some(moment("exp")?.left_at(moment("iat")?))
    }
}

/// Splits a list of scopes (RFC 6749 §3.3).
pub(super) fn words(scopes: &str) -> Vec<String> {
    scopes.split_whitespace().map(str::to_owned).collect()
}
