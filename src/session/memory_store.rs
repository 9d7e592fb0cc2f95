//! A store that ends with the process: `--store none`, the demonstration, tests.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::Result;

use super::store::Store;
use crate::secret::Secret;

/// Secrets in memory, cleared when dropped.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<HashMap<String, Secret>>);

impl MemoryStore {
    fn items(&self) -> MutexGuard<'_, HashMap<String, Secret>> {
        // A panic elsewhere cannot leave the map half-changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    fn load(&self, item: &str) -> Result<Option<Secret>> {
        Ok(self.items().get(item).cloned())
    }

    fn save(&self, item: &str, text: &Secret) -> Result<()> {
        self.items().insert(item.to_owned(), text.clone());
        Ok(())
    }

    fn remove(&self, item: &str) -> Result<bool> {
        Ok(self.items().remove(item).is_some())
    }

    fn describe(&self) -> String {
        "the memory of this process".to_owned()
    }
}
