//! The conversation with a user pool: discovery, authorize, token, userInfo, revoke, logout.
//!
//! ```text
//! UserPool ─begin→ Attempt ─judge(Callback)→ AuthorizedCode ─redeem→ [UnverifiedTokens, private] ─verify→ Tokens
//! ```

mod app_client;
mod attempt;
mod callback;
mod claims;
mod domain;
mod endpoints;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
#[allow(clippy::unwrap_used, missing_docs, reason = "not part of the program")]
pub mod fuzz;
mod id_token;
mod issuer;
mod jwks;
mod jwt;
mod preflight;
mod redirect_uri;
mod refusal;
#[cfg(test)]
mod testing;
mod token_endpoint;
mod tokens;
mod user_info;
mod user_pool;

pub use app_client::AppClient;
pub use attempt::{Attempt, AuthorizedCode, Verdict, Wishes};
pub use callback::Callback;
pub use claims::{IdClaims, claims_of};
pub use domain::Domain;
pub use issuer::{Issuer, UserPoolId};
pub use preflight::Preflight;
pub use redirect_uri::{LoopbackHost, RedirectUri};
pub use tokens::{IdToken, MachineToken, RefreshError, Renewal, Tokens};
pub use user_info::UserInfo;
pub use user_pool::{Survey, UserPool};
