//! The ceremony between terminal and browser, once.
//!
//! ```text
//! Loopback ─┐                       ┌─ Door: sockets, limits ── Visit ── page
//!           ├─ Ceremony.perform ────┤
//! Browser ──┘   (the order of       ├─ Paste: lines of a person
//!                events)            └─ Ctrl-C, SIGTERM, the end of patience
//! ```

mod ceremony;
mod door;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
#[allow(clippy::unwrap_used, missing_docs, reason = "not part of the program")]
pub mod fuzz;
mod loopback;
mod pages;
mod paste;
mod refusal;
mod request;
mod response;
#[cfg(test)]
mod strangers;

pub use crate::platform::browser::Browser;
pub use ceremony::{Ceremony, Event, farewell};
pub use loopback::Loopback;
pub use refusal::stopped;
