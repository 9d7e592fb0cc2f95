//! The sign-in kept on this machine.
//!
//! Synchronous and without network: renewal is a closure. A session is one item of a [`Store`]; beside it, in plain
//! files of the state directory, lie a [`Summary`] without secrets and the lock that lets one process at a time renew.

mod chunks;
mod file_store;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
#[allow(clippy::unwrap_used, missing_docs, reason = "not part of the program")]
pub mod fuzz;
mod key;
mod keyring_store;
mod lock;
mod memory_store;
#[cfg(test)]
mod processes;
mod record;
mod renewal;
mod sessions;
mod store;
mod summary;
#[cfg(test)]
mod testing;

pub use file_store::FileStore;
pub use key::SessionKey;
pub use keyring_store::KeyringStore;
pub use lock::{Hold, Lock};
pub use memory_store::MemoryStore;
pub use record::{Session, TokenUse};
pub use renewal::{Fresh, Wanted};
pub use sessions::{LockedSession, Sessions};
pub use store::{Condition, Patience, Store, StoreKind};
pub use summary::Summary;

use std::path::Path;

use crate::platform::keyring::SecretServiceSession;

/// Returns the store of a kind; nothing is asked of it yet, so this cannot fail or wait.
///
/// `state_dir` matters to the file store, `secret_service` to the keyring on Linux, `patience` to any keyring.
pub fn open(
    kind: StoreKind,
    state_dir: &Path,
    secret_service: SecretServiceSession,
    patience: Patience,
) -> Box<dyn Store> {
    match kind {
        StoreKind::Keyring => Box::new(KeyringStore::new(secret_service, patience)),
        StoreKind::File => Box::new(FileStore::new(state_dir)),
        StoreKind::None => Box::new(MemoryStore::default()),
    }
}
