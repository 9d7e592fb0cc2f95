//! The real program against real servers, as a person, a script and a stranger meet it.
//!
//! What is proved where: `tests/README.md`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![allow(unreachable_pub, reason = "a test program has no other crate to reach")]

mod support;

mod callbacks;
mod cost;
mod demo;
mod exit_codes;
mod help;
mod keyring;
mod login;
mod logout;
mod paste;
mod profiles;
mod readme;
mod refresh_race;
mod refused;
mod sandbox_pages;
mod secrets;
mod status;
mod token;
mod whoami;

#[path = "../browser/mod.rs"]
mod browser;
#[path = "../peers/mod.rs"]
mod peers;
