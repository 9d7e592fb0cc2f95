//! The keyring of Linux and the BSDs: a client of the Secret Service that never harms it and hardly costs anything.
//!
//! A read is one connection and four calls: `Hello`, `SearchItems`, `OpenSession`, `GetSecret`.
//!
//! **The order.** gnome-keyring registers a new client in an idle callback and expects it to run before the client's first
//! call. When it does not, `OpenSession` finds no client and gnome-keyring aborts; D-Bus activation brings it back
//! *locked*. Clients that open with `OpenSession` (libdbus, zbus, go-keyring) hit this about once in a few thousand
//! calls. `SearchItems` loses the same race with a harmless `UnknownMethod` and is then sent once more; its answer
//! proves that the client is registered. So every operation here begins with it, writes and deletions too:
//! `service::Service` cannot be had otherwise. The next operation of the process goes over the same connection, and saves
//! `Hello` and `OpenSession`.
//!
//! **By hand.** Libraries were measured for a read of 5 KB in this order of calls (release, `opt-level = "s"`, dynamic):
//!
//! | | instructions | system calls | |
//! |---|---|---|---|
//! | zbus 5.19 | 1.90 M | 219 | a thread and an executor |
//! | rustbus 0.19.3 | 0.47 M | 195 | reads 512 bytes at a time; a bus that is silent during authentication hangs it |
//! | this module | 0.38 M | 76 | |
//! | a program that does nothing | 0.30 M | 62 | |
//!
//! A whole `token` may cost 1.5 M and 110. What is written by hand is small because little is needed: calls and their
//! replies, one signal, eight types.
//!
//! **The session** is `plain`: see `SECURITY.md`. A service that refuses it gives [`SecretServiceError::PlainRefused`].
//!
//! **Time.** Where nobody is asked anything, an operation ends within a second, or two if the service dies in it. Under
//! [`Prompts::Within`] a person gets that long. Which calls ask one, no list could say: by the specification it is `Prompt`,
//! but KeePassXC unlocks inside `SearchItems`, and others may ask at every access. So a service that is silent is asked
//! whether it is alive: one that does not answer that within half a second hangs, and is an error a second after the call,
//! in whichever call; one that does is asking somebody. A service that is not there yet is being started by the bus, and
//! gets two seconds. No thread is needed for all this: the socket has timeouts.
//!
//! **The items** are those of the `keyring` crate's own store: attributes `service` and `username`, in the default
//! collection; either store reads what the other wrote, and so does `secret-tool lookup service … username …`.

mod address;
mod connection;
mod error;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
#[allow(clippy::unwrap_used, missing_docs, reason = "not part of the program")]
pub mod fuzz;
mod message;
mod service;
mod store;
mod wire;

pub use error::SecretServiceError;
pub use store::{Prompts, Store};

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod gnome_keyring_tests;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
