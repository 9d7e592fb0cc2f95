//! Temporary AWS credentials.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::secret::Secret;

/// Temporary AWS credentials of a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// `ASIA…`; names the credentials and is no secret.
    pub access_key_id: String,
    /// What signs requests.
    pub secret_access_key: Secret,
    /// What goes with every request.
    pub session_token: Secret,
    /// When they end; one hour after they were made, unless the role says otherwise.
    pub expires_at: Timestamp,
}

/// Credentials as they are written down; only inside a [`Secret`].
#[derive(Serialize, Deserialize)]
pub(super) struct Plain {
    id: String,
    key: String,
    token: String,
    expires_at: Timestamp,
}

impl From<&Credentials> for Plain {
    fn from(credentials: &Credentials) -> Plain {
        Plain {
            id: credentials.access_key_id.clone(),
            key: credentials.secret_access_key.expose().to_owned(),
            token: credentials.session_token.expose().to_owned(),
            expires_at: credentials.expires_at,
        }
    }
}

impl From<Plain> for Credentials {
    fn from(plain: Plain) -> Credentials {
        Credentials {
            access_key_id: plain.id,
            secret_access_key: Secret::new(plain.key),
            session_token: Secret::new(plain.token),
            expires_at: plain.expires_at,
        }
    }
}
