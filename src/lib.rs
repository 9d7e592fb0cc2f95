//! A command-line login for Amazon Cognito user pools: system browser, loopback redirect, PKCE, OS keyring, silent refresh.
//!
//! # The house
//!
//! ```text
//!                                     main
//!                                      │
//!               ┌──────────────────── cli
//!               │                      │
//!            output ◄────────────── commands ──────────────────┬───────────┐
//!                         ┌─────────┬──┴──────┬─────────┐      │           │
//!                         │         │         │         │      │           │
//!                      session    login      aws     profile sandbox       │
//!                       │   │      │  │       │         │                  │
//!                       │   └──────┼──┴─►  oidc ◄───────┘                  │
//!                       │          │                                       │
//!                       └──────────┴───►  platform ◄───────────────────────┘
//!  ─────────────────────────────────────────────────────────────────────────────────
//!  ground:   clock     secret     failure     http      (import nothing above; anyone may stand on them)
//! ```
//!
//! | module | its one idea |
//! |---|---|
//! | [`cli`] | the grammar of the command line |
//! | [`commands`] | one verb per file: its arguments, its steps, its report |
//! | [`output`] | what a person or a program reads |
//! | [`login`] | the ceremony between terminal and browser, once |
//! | [`session`] | the sign-in kept on this machine |
//! | [`profile`] | which app client of which pool |
//! | [`aws`] | ID token in, temporary AWS credentials out |
//! | [`oidc`] | the conversation with a user pool |
//! | [`sandbox`] | a user pool in one process |
//! | [`platform`] | what differs between operating systems |
//! | [`clock`] [`secret`] [`failure`] [`http`] | time · a text that hides · what to do next · one HTTP client |
//!
//! A login is a chain of types, and each link is the only source of the next:
//!
//! ```text
//! Settings ─resolve→ Profile ─pool→ UserPool ─begin→ Attempt ─judge(Callback)→ AuthorizedCode
//!    ─redeem→ [UnverifiedTokens, private] ─verify→ Tokens ─from→ Session ─→ token text
//! ```
//!
//! `async` stands in [`http`], [`oidc`], [`aws`] and the ceremony of [`login`] only; `commands::World::wait` is the one place that
//! blocks on it. [`session`] is synchronous and knows no network: renewal is a closure. [`sandbox`] shares no code with the
//! client, so that a wrong idea in one cannot hide in the other. `tests/architecture.rs` keeps the drawing true.
//!
//! # A token for another Rust program
//!
//! [`valid_token`] gives what the command `token` prints, from the same session and under the same lock:
//!
//! ```no_run
//! use cognito_login::{Wanted, valid_token};
//!
//! let token = valid_token(Some("work"), Wanted::default())?;
//! println!("Authorization: Bearer {}", token.text.expose());
//! # anyhow::Ok(())
//! ```
//!
//! [`Exit::of`](failure::Exit::of) tells from the error whether to sign in (`cognito-login login`), to try later, or to mend the settings.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a test that cannot go on fails")
)]

pub mod aws;
pub mod cli;
pub mod clock;
pub mod commands;
pub mod failure;
pub mod http;
pub mod login;
#[cfg(test)]
mod mutations;
pub mod oidc;
pub mod output;
pub mod platform;
pub mod profile;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod secret;
pub mod session;

pub use commands::{ValidToken, valid_token};
pub use session::{TokenUse, Wanted};
