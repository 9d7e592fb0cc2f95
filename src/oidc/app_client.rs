//! The app client: who we are to the pool.

use crate::secret::Secret;

/// An app client of a user pool, public when it has no secret.
#[derive(Clone, Debug)]
pub struct AppClient {
    /// The client id.
    pub id: String,
    /// The client secret of a confidential client; sent as HTTP Basic.
    pub secret: Option<Secret>,
    /// The scopes to ask for; `openid` is among them.
    pub scopes: Vec<String>,
}
