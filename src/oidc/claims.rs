//! The claims of an ID token.

use serde_json::{Map, Value};

use crate::clock::Timestamp;
use crate::secret::Secret;

/// The claims of an ID token that was verified when it came.
#[derive(Clone, Debug, PartialEq)]
pub struct IdClaims {
    /// `iss`.
    pub iss: String,
    /// `sub`: the stable id of the user.
    pub sub: String,
    /// `exp`.
    pub expires_at: Timestamp,
    /// `iat`.
    pub issued_at: Timestamp,
    /// `auth_time`: the last interactive sign-in.
    pub auth_time: Option<Timestamp>,
    /// `cognito:username`, else `preferred_username`.
    pub username: Option<String>,
    /// `email`.
    pub email: Option<String>,
    /// `name`.
    pub name: Option<String>,
    /// `cognito:groups`.
    pub groups: Vec<String>,
    /// Every claim, as it came.
    pub all: Map<String, Value>,
}

impl IdClaims {
    /// Reads an ID token of our own store, which was verified before it was kept; `None` if it is not readable.
    pub fn of_kept(_id_token: &Secret) -> Option<IdClaims> {
        todo!()
    }
}

/// Returns the claims of any JWT without verifying it, for display; `None` for an opaque token.
pub fn claims_of(_token: &Secret) -> Option<Map<String, Value>> {
    todo!()
}
