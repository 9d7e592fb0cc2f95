//! The real program against real servers, as a person, a script and a stranger meet it.
//!
//! What is proved where: `tests/README.md`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![allow(unreachable_pub, reason = "a test program has no other crate to reach")]

mod support;

mod aws_credentials;
mod callbacks;
mod completions;
mod configure;
mod cost;
mod curl;
mod demo;
mod doctor;
mod elsewhere;
mod errors;
mod exec;
mod exit_codes;
mod help;
mod keyring;
mod kubernetes;
mod liars;
mod library;
mod login;
mod logout;
mod machines;
mod network;
mod package;
mod paste;
mod preflight;
mod profiles;
mod readme;
mod refresh_race;
mod refused;
mod sandbox_flags;
mod sandbox_pages;
mod secrets;
mod ssh;
mod status;
mod storage;
mod strangers;
mod streams;
mod template;
mod token;
mod version;
mod way_out;
mod whoami;

#[path = "../browser/mod.rs"]
mod browser;
#[cfg(unix)]
#[path = "../peers/clients/mod.rs"]
mod peer_clients;
#[path = "../peers/mod.rs"]
mod peers;
