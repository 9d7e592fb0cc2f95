//! A command-line login for Amazon Cognito user pools.

pub mod clock;
pub mod failure;
pub mod http;
pub mod login;
pub mod oidc;
pub mod output;
pub mod platform;
pub mod profile;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod secret;
pub mod session;
