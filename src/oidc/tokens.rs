//! Tokens that were believed only after they were checked.

use super::claims::IdClaims;
use crate::clock::Timestamp;
use crate::secret::Secret;

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
