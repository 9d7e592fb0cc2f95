//! The real program against real servers, as a person, a script and a stranger meet it.
//!
//! What is proved where: `tests/README.md`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![allow(unreachable_pub, reason = "a test program has no other crate to reach")]

mod support;
