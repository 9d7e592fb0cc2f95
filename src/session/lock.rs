//! A lock between processes, on a file of its own that is never removed.
//!
//! A file that is replaced or removed would leave others holding a lock on one that is no longer there. The system frees
//! the lock when its holder ends, however it ends.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::failure::{Exit, Failure};
use crate::platform::dirs::STATE_VARIABLE;
use crate::platform::files;

/// How often a taken lock is tried again.
const PAUSE: Duration = Duration::from_millis(10);

/// A lock that can be taken.
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
}

/// A lock that is held, until this is dropped.
#[derive(Debug)]
pub struct Hold {
    _file: File,
}

impl Lock {
    /// Returns the lock of that file; nothing is opened yet.
    pub fn at(path: &Path) -> Lock {
        Lock {
            path: path.to_owned(),
        }
    }

    /// Takes the lock if nobody holds it.
    ///
    /// # Errors
    /// Fails when the file cannot be made or locked, not when someone else holds it.
    pub fn try_hold(&self) -> Result<Option<Hold>> {
        self.attempt(files::open_private(&self.path)?)
            .map(Result::ok)
    }

    /// Takes the lock, waiting up to `patience` for whoever holds it.
    ///
    /// # Errors
    /// As [`Lock::try_hold`], and when `patience` is over (`lock_held`).
    pub fn hold(&self, patience: Duration) -> Result<Hold> {
        let deadline = Instant::now() + patience;
        let mut file = files::open_private(&self.path)?;
        loop {
            match self.attempt(file)? {
                Ok(hold) => return Ok(hold),
                Err(_) if Instant::now() >= deadline => {
                    return Err(self.held_by_another(patience).into());
                }
                Err(unlocked) => file = unlocked,
            }
            sleep(PAUSE);
        }
    }

    fn attempt(&self, file: File) -> Result<Result<Hold, File>> {
        match file.try_lock() {
            Ok(()) => Ok(Ok(Hold { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(Err(file)),
            Err(TryLockError::Error(error)) => Err(error).with_context(|| {
                Failure::new(
                    Exit::Failed,
                    "file_not_writable",
                    format!("`{}` cannot be locked", self.path.display()),
                )
                .hint(format!(
                    "set `{STATE_VARIABLE}` to a directory on a disk of this machine"
                ))
            }),
        }
    }

    fn held_by_another(&self, patience: Duration) -> Failure {
        let seconds = patience.as_secs();
        let message = format!(
            "another cognito-login has held `{}` for {seconds} s",
            self.path.display()
        );
        Failure::new(Exit::Failed, "lock_held", message)
            .hint("end the other cognito-login, or wait for it")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_and_the_failure_names_the_file() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("x.lock");
        let (ours, theirs) = (Lock::at(&path), Lock::at(&path));
        let hold = ours.try_hold().unwrap().unwrap();
        assert!(theirs.try_hold().unwrap().is_none());
        let failed = theirs.hold(Duration::ZERO).unwrap_err();
        let failure = Failure::of(&failed).unwrap();
        assert_eq!(failure.kind, "lock_held");
        assert!(failure.message.contains(path.to_str().unwrap()));
        drop(hold);
        assert!(theirs.try_hold().unwrap().is_some());
        assert!(path.exists(), "the file stays");
    }
}
