//! A lock between processes, on a file of its own that is never removed.
//!
//! A file that is replaced or removed would leave others holding a lock on one that is no longer there. The system frees
//! the lock when its holder ends, however it ends.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Error, Result};

use crate::failure::{Exit, Failure};
use crate::platform::dirs::STATE_VARIABLE;
use crate::platform::files;

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
        let file = files::open_private(&self.path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Hold { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(self.not_locked(error)),
        }
    }

    /// Takes the lock, waiting up to `patience` for whoever holds it.
    ///
    /// # Errors
    /// As [`Lock::try_hold`], and when `patience` is over (`lock_held`).
    pub fn hold(&self, patience: Duration) -> Result<Hold> {
        match self.try_hold()? {
            Some(hold) => Ok(hold),
            None => self.wait(patience, File::lock),
        }
    }

    /// Waits up to `patience` until nobody holds the lock; all who wait so go on at the same moment.
    ///
    /// # Errors
    /// As [`Lock::hold`].
    pub fn wait_until_free(&self, patience: Duration) -> Result<()> {
        // Shared with the others who wait, who may be many.
        self.wait(patience, File::lock_shared).map(drop)
    }

    /// Waits on a thread, which the system wakes the moment the lock is free. It is left behind when `patience` is over; if
    /// it gets the lock then, it lets go of it at once.
    fn wait(
        &self,
        patience: Duration,
        take: impl Fn(&File) -> io::Result<()> + Send + 'static,
    ) -> Result<Hold> {
        let file = files::open_private(&self.path)?;
        let (send, taken) = sync_channel(1);
        let waiting = move || {
            let outcome = loop {
                match take(&file) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    outcome => break outcome,
                }
            };
            // Nobody hears it any more when `patience` is over.
            drop(send.send(outcome.map(|()| Hold { _file: file })));
        };
        thread::Builder::new()
            .name("lock".to_owned())
            .spawn(waiting)
            .context("no thread could be started to wait for a lock")?;
        match taken.recv_timeout(patience) {
            Ok(outcome) => outcome.map_err(|error| self.not_locked(error)),
            Err(_) => Err(self.held_by_another(patience).into()),
        }
    }

    fn not_locked(&self, error: io::Error) -> Error {
        let message = format!("`{}` cannot be locked", self.path.display());
        Error::from(error).context(
            Failure::new(Exit::Failed, "file_not_writable", message).hint(format!(
                "set `{STATE_VARIABLE}` to a directory on a disk of this machine"
            )),
        )
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
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

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
        drop(theirs.hold(MINUTE).unwrap());
        assert!(path.exists(), "the file stays");
    }
    #[test]
    fn who_waits_goes_on_when_it_is_free_and_not_before() {
        let scratch = tempfile::tempdir().unwrap();
        let lock = Lock::at(&scratch.path().join("x.lock"));
        let hold = lock.hold(MINUTE).unwrap();
        let freed = AtomicBool::new(false);
        let begun = Barrier::new(3);
        thread::scope(|scope| {
            scope.spawn(|| {
                begun.wait();
                let _hold = lock.hold(MINUTE).unwrap();
                assert!(freed.load(Ordering::SeqCst), "taken while it was held");
            });
            scope.spawn(|| {
                begun.wait();
                lock.wait_until_free(MINUTE).unwrap();
                assert!(freed.load(Ordering::SeqCst), "free while it was held");
            });
            begun.wait();
            freed.store(true, Ordering::SeqCst);
            drop(hold);
        });
    }

    #[test]
    fn all_who_only_wait_go_on_without_each_other() {
        let scratch = tempfile::tempdir().unwrap();
        let lock = Lock::at(&scratch.path().join("x.lock"));
        let one = lock.wait(MINUTE, File::lock_shared).unwrap();
        lock.wait_until_free(MINUTE).unwrap();
        assert!(lock.try_hold().unwrap().is_none());
        drop(one);
        drop(lock.hold(MINUTE).unwrap());
    }
}
