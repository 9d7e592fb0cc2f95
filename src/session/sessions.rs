//! The sessions of this machine: found, kept, ended.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;

use super::key::SessionKey;
use super::lock::{Hold, Lock};
use super::record::Session;
use super::store::{Condition, Store, StoreKind};
use super::summary::{Summary, file_of};
use crate::platform::files;
use crate::secret::Secret;

/// How long a process waits for another that renews, signs in or signs out.
pub(super) const LOCK_PATIENCE: Duration = Duration::from_secs(30);

/// The sessions in one store. How they are kept fresh is in `renewal.rs`.
pub struct Sessions {
    store: Box<dyn Store>,
    kind: StoreKind,
    state_dir: PathBuf,
}

impl Sessions {
    /// Returns the sessions in `store`, which is of that kind, with summaries and locks in `state_dir`.
    pub fn new(store: Box<dyn Store>, kind: StoreKind, state_dir: PathBuf) -> Sessions {
        Sessions {
            store,
            kind,
            state_dir,
        }
    }

    /// Returns the store, for other things that belong to a profile: a client secret, temporary AWS credentials.
    pub fn store(&self) -> &dyn Store {
        self.store.as_ref()
    }

    /// Returns the kind of the store.
    pub fn kind(&self) -> StoreKind {
        self.kind
    }

    /// Returns the session as it is kept, good or not; `None` if there is none. One read, no lock.
    ///
    /// # Errors
    /// Fails when the store does, or what it holds is unreadable or of a newer version; nothing is removed for that.
    pub fn find(&self, key: &SessionKey) -> Result<Option<Session>> {
        self.store
            .load(&key.item_name())?
            .map(|text| Session::from_record(&text, key))
            .transpose()
    }

    /// Keeps a session in place of whatever was kept before, readable or not.
    ///
    /// # Errors
    /// Fails when the store does, or another process holds the lock for 30 s.
    pub fn keep(&self, key: &SessionKey, session: &Session) -> Result<()> {
        self.locked(key)?.keep(session)
    }

    /// Removes a session without reading it, and its summary; `false` if there was none.
    ///
    /// # Errors
    /// Fails when the store does, or another process holds the lock for 30 s.
    pub fn end(&self, key: &SessionKey) -> Result<bool> {
        self.locked(key)?.end()
    }

    /// Takes the lock of a session for several steps: no renewal happens meanwhile.
    ///
    /// # Errors
    /// Fails when another process holds the lock for 30 s.
    pub fn locked<'a>(&'a self, key: &'a SessionKey) -> Result<LockedSession<'a>> {
        let hold = self
            .lock(key)
            .map(|lock| lock.hold(LOCK_PATIENCE))
            .transpose()?;
        Ok(LockedSession {
            sessions: self,
            key,
            _hold: hold,
        })
    }

    /// Returns the lock of something else that one process at a time does for a session, such as a sign-in that others wait
    /// for; `None` where nothing outlives the process. Independent of the lock of the session itself.
    pub fn errand(&self, key: &SessionKey, errand: &str) -> Option<Lock> {
        (self.kind != StoreKind::None).then(|| Lock::at(&self.file(key, &format!("{errand}.lock"))))
    }

    /// Waits until nobody holds the lock of a session.
    pub(super) fn wait_until_free(&self, key: &SessionKey) -> Result<()> {
        self.lock(key)
            .map_or(Ok(()), |lock| lock.wait_until_free(LOCK_PATIENCE))
    }

    /// Takes the lock of a session if nobody holds it.
    pub(super) fn try_locked<'a>(
        &'a self,
        key: &'a SessionKey,
    ) -> Result<Option<LockedSession<'a>>> {
        let hold = match self.lock(key) {
            None => None,
            Some(lock) => match lock.try_hold()? {
                None => return Ok(None),
                hold => hold,
            },
        };
        Ok(Some(LockedSession {
            sessions: self,
            key,
            _hold: hold,
        }))
    }

    /// Finds out whether a session could be kept, by keeping something else: before the browser opens.
    ///
    /// # Errors
    /// Fails as [`Sessions::keep`] would.
    pub fn check_writable(&self, key: &SessionKey) -> Result<()> {
        drop(self.try_locked(key)?);
        // A name of this process: two that try at once must not meet.
        let item = format!("check {}", std::process::id());
        self.store.save(&item, &Secret::new("check"))?;
        self.store.remove(&item).map(drop)
    }

    /// Returns what the store holds under the name of a session, for a diagnosis.
    ///
    /// # Errors
    /// Fails when the store does.
    pub fn inspect(&self, key: &SessionKey) -> Result<Condition> {
        self.store.inspect(&key.item_name())
    }

    /// Returns the summaries of all sessions of this machine, of every kind of store, without asking any store.
    pub fn summaries(&self) -> Vec<Summary> {
        Summary::read_all(&self.state_dir)
    }

    /// Returns the summary of a session, without asking the store; `None` if there is none that can be read.
    pub fn summary(&self, key: &SessionKey) -> Option<Summary> {
        Summary::read(&self.file(key, "json"))
    }

    /// The lock of a session; a store that ends with the process needs none.
    fn lock(&self, key: &SessionKey) -> Option<Lock> {
        (self.kind != StoreKind::None).then(|| Lock::at(&self.file(key, "lock")))
    }

    fn file(&self, key: &SessionKey, ending: &str) -> PathBuf {
        file_of(&self.state_dir, key, self.kind, ending)
    }
}

/// A session that nobody else renews, replaces or ends until this is dropped.
pub struct LockedSession<'a> {
    sessions: &'a Sessions,
    pub(super) key: &'a SessionKey,
    _hold: Option<Hold>,
}

impl LockedSession<'_> {
    /// Returns the session as it is kept.
    ///
    /// # Errors
    /// As [`Sessions::find`]. What cannot be read can still be ended.
    pub fn load(&self) -> Result<Option<Session>> {
        self.sessions.find(self.key)
    }

    /// Keeps a session in place of whatever was kept before.
    ///
    /// # Errors
    /// Fails when the store does. A summary that cannot be written is none: the session is kept all the same.
    pub fn keep(&self, session: &Session) -> Result<()> {
        self.save(session)?;
        if self.sessions.kind != StoreKind::None {
            let _ = Summary::of(self.key, session, self.sessions.kind)
                .write(&self.sessions.file(self.key, "json"));
        }
        Ok(())
    }

    /// Removes the session without reading it, and its summary; `false` if there was none.
    ///
    /// # Errors
    /// Fails when the store does; the summary is then left, for the session is.
    pub fn end(&self) -> Result<bool> {
        let ended = self.sessions.store.remove(&self.key.item_name())?;
        let _ = files::remove(&self.sessions.file(self.key, "json"));
        Ok(ended)
    }

    pub(super) fn save(&self, session: &Session) -> Result<()> {
        self.sessions
            .store
            .save(&self.key.item_name(), &session.to_record()?)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use std::sync::atomic::Ordering;

    use super::super::file_store::FileStore;
    use super::super::memory_store::MemoryStore;
    use super::super::renewal::Wanted;
    use super::super::testing::{EXPIRES, at, kept, key, kind, never, renewal, session};
    use super::*;

    #[test]
    fn nobody_signed_in_is_none_and_takes_no_lock() {
        let scratch = tempfile::tempdir().unwrap();
        let sessions = Sessions::new(
            Box::new(MemoryStore::default()),
            StoreKind::File,
            scratch.path().to_owned(),
        );
        assert!(
            sessions
                .fresh(&key(), Wanted::default(), &at(0), never)
                .unwrap()
                .is_none()
        );
        assert!(!sessions.end(&key()).unwrap());
        assert_eq!(sessions.summary(&key()), None);
    }

    #[test]
    fn an_unreadable_or_newer_record_stays_until_a_login_or_logout() {
        let (_scratch, store, sessions) = kept();
        for (text, expected) in [
            ("half a rec", "session_unreadable"),
            (r#"{"v":2}"#, "session_newer"),
        ] {
            store
                .items
                .save(&key().item_name(), &Secret::new(text))
                .unwrap();
            let failed = sessions.fresh(
                &key(),
                Wanted {
                    force: true,
                    ..Wanted::default()
                },
                &at(EXPIRES),
                never,
            );
            assert_eq!(kind(&failed.unwrap_err()), expected);
            assert_eq!(
                store.items.load(&key().item_name()).unwrap(),
                Some(Secret::new(text)),
                "it stays"
            );
        }
        sessions.keep(&key(), &session("a", "r", EXPIRES)).unwrap();
        assert!(
            sessions.find(&key()).unwrap().is_some(),
            "a login writes over it"
        );
        store
            .items
            .save(&key().item_name(), &Secret::new("half a rec"))
            .unwrap();
        let ours = key();
        let locked = sessions.locked(&ours).unwrap();
        assert!(locked.load().is_err());
        assert!(locked.end().unwrap(), "a logout removes it");
        assert_eq!(sessions.find(&key()).unwrap(), None);
    }

    #[test]
    fn a_session_of_another_pool_client_or_profile_is_not_found() {
        let (_scratch, _, sessions) = kept();
        for other in [
            SessionKey {
                issuer: "https://other".into(),
                ..key()
            },
            SessionKey {
                client_id: "other".into(),
                ..key()
            },
            SessionKey {
                profile: "other".into(),
                ..key()
            },
        ] {
            assert_eq!(sessions.find(&other).unwrap(), None);
            assert_eq!(sessions.summary(&other), None);
            assert!(!sessions.end(&other).unwrap());
        }
        assert!(sessions.find(&key()).unwrap().is_some());
    }

    #[test]
    fn summaries_tell_what_is_where_and_a_broken_one_is_mended_by_the_next_save() {
        let (scratch, _, sessions) = kept();
        let path = sessions.file(&key(), "json");
        std::fs::write(&path, "broken").unwrap();
        assert_eq!(
            (sessions.summary(&key()), sessions.summaries()),
            (None, vec![])
        );
        sessions.keep(&key(), &session("a", "r", EXPIRES)).unwrap();
        let in_files = Sessions::new(
            Box::new(FileStore::new(scratch.path())),
            StoreKind::File,
            scratch.path().to_owned(),
        );
        in_files.keep(&key(), &session("b", "s", EXPIRES)).unwrap();
        let stores: Vec<_> = sessions
            .summaries()
            .iter()
            .map(|summary| (summary.key(), summary.store))
            .collect();
        assert_eq!(
            stores,
            [(key(), StoreKind::Keyring), (key(), StoreKind::File)]
        );
        in_files.end(&key()).unwrap();
        assert_eq!(sessions.summaries().len(), 1);
    }

    #[test]
    fn with_store_none_nothing_is_written_anywhere() {
        let scratch = tempfile::tempdir().unwrap();
        let sessions = Sessions::new(
            Box::new(MemoryStore::default()),
            StoreKind::None,
            scratch.path().join("state"),
        );
        sessions.check_writable(&key()).unwrap();
        sessions.keep(&key(), &session("a", "r", EXPIRES)).unwrap();
        sessions
            .fresh(&key(), Wanted::default(), &at(EXPIRES), |_, _| {
                Ok(renewal("b", None, EXPIRES))
            })
            .unwrap()
            .unwrap();
        assert!(sessions.end(&key()).unwrap());
        assert!(!scratch.path().join("state").exists());
    }

    #[test]
    fn a_store_that_cannot_be_written_is_found_out_before_a_login() {
        let (_scratch, store, sessions) = kept();
        sessions.check_writable(&key()).unwrap();
        store.saves_fail.store(true, Ordering::SeqCst);
        assert!(sessions.check_writable(&key()).is_err());
        let nowhere = Sessions::new(
            Box::new(MemoryStore::default()),
            StoreKind::Keyring,
            "/dev/null/state".into(),
        );
        assert_eq!(
            kind(&nowhere.check_writable(&key()).unwrap_err()),
            "file_not_writable"
        );
    }
}
