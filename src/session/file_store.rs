//! Secrets in owner-only files, one each, in the state directory.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::key::sha256_hex;
use super::store::Store;
use crate::failure::{Exit, Failure};
use crate::platform::files;
use crate::secret::Secret;

/// No text of ours comes near; a file that does is not ours.
const LIMIT_BYTES: usize = 1 << 20;

/// Files of mode 0600, replaced atomically; what that means elsewhere than on Unix is in `platform::files`.
#[derive(Debug)]
pub struct FileStore {
    dir: PathBuf,
}

impl FileStore {
    /// Returns the store of that directory, which is made at the first save.
    pub fn new(state_dir: &Path) -> FileStore {
        FileStore {
            dir: state_dir.to_owned(),
        }
    }

    fn path(&self, item: &str) -> PathBuf {
        self.dir.join(sha256_hex(item.as_bytes()) + ".secret")
    }
}

impl Store for FileStore {
    fn load(&self, item: &str) -> Result<Option<Secret>> {
        let path = self.path(item);
        let Some(bytes) = files::read_private(&path, LIMIT_BYTES)? else {
            return Ok(None);
        };
        let text = std::str::from_utf8(&bytes).with_context(|| {
            Failure::new(
                Exit::Failed,
                "session_unreadable",
                format!("`{}` is not text", path.display()),
            )
            .hint("cognito-login login")
        })?;
        Ok(Some(Secret::new(text)))
    }

    fn save(&self, item: &str, text: &Secret) -> Result<()> {
        files::replace_private(&self.path(item), text.expose().as_bytes())
    }

    fn remove(&self, item: &str) -> Result<bool> {
        files::remove(&self.path(item))
    }

    fn describe(&self) -> String {
        format!("owner-only files in {}", self.dir.display())
    }
}
