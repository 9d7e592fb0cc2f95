//! ID token in, temporary AWS credentials out: the enhanced flow of an identity pool.
//!
//! ```text
//! Login (ID token) ─identify→ identity id ─credentials→ Credentials ─keep→ Wallet (what is kept of them)
//! ```

mod credentials;
mod identity_pool;
mod refusal;
mod wallet;

pub use credentials::Credentials;
pub use identity_pool::{Granted, IdentityPool, IdentityPoolId, Login};
pub use wallet::{Wallet, Wish};
