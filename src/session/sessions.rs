//! The sessions of this machine: found, kept, renewed by one process at a time, ended.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Error, Result};

use super::key::SessionKey;
use super::lock::{Hold, Lock};
use super::record::{Session, TokenUse};
use super::store::{Condition, Store, StoreKind};
use super::summary::{Summary, file_of};
use crate::clock::{Clock, Timestamp};
use crate::failure::{Exit, Failure};
use crate::oidc::{MachineToken, RefreshError, Renewal};
use crate::secret::Secret;

/// How long a process waits for another that renews, signs in or signs out.
const LOCK_PATIENCE: Duration = Duration::from_secs(30);

/// The sessions in one store.
pub struct Sessions {
    store: Box<dyn Store>,
    kind: StoreKind,
    state_dir: PathBuf,
}

/// Which token is wanted, and for how long it must be good.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// A token that is valid for less counts as run out.
    pub min_ttl: Duration,
    /// Which token it is about.
    pub token: TokenUse,
    /// Renews even if the token is good; if another process renewed while this one waited, that is enough.
    pub force: bool,
}

impl Default for Wanted {
    fn default() -> Wanted {
        Wanted {
            min_ttl: Duration::from_secs(60),
            token: TokenUse::Access,
            force: false,
        }
    }
}

/// A session as good as it can be had.
#[derive(Debug)]
pub struct Fresh {
    /// The session. A pool may grant less than `min_ttl`: see [`Wanted::is_met_by`].
    pub session: Session,
    /// Why what the pool sent could not be kept, if so: the session is lost when this process ends, and a person must hear of it.
    pub not_kept: Option<Error>,
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
            .map(|text| Session::from_record(&text, &key.profile))
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

    /// Finds out whether a session could be kept, by keeping something else: before the browser opens.
    ///
    /// # Errors
    /// Fails as [`Sessions::keep`] would.
    pub fn check_writable(&self, key: &SessionKey) -> Result<()> {
        if let Some(lock) = self.lock(key) {
            lock.try_hold()?;
        }
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

    /// Returns a session whose wanted token is good for at least `min_ttl`, renewing it if need be; `None` if nobody is
    /// signed in.
    ///
    /// Without lock while the token is good. Otherwise one process at a time renews and the others take what it brought:
    /// then, and after a renewal of our own, the session is returned even if it falls short of `min_ttl`, since asking
    /// again would bring no more; compare with [`Wanted::is_met_by`]. A token that falls short is never the answer when a
    /// renewal failed, even if it is good for some seconds yet.
    ///
    /// `renew` gets the session and a way to keep a rotated refresh token, to be called as soon as one is read and before
    /// anything else can fail. That call never fails: what could not be kept is tried again and ends up in
    /// [`Fresh::not_kept`].
    ///
    /// # Errors
    /// Fails when the store does; when another process holds the lock for 30 s; with what `renew` failed with, the session
    /// left as it was; and with exit code 3 (`sign_in_needed`) when the pool ended the session, which is then removed, or
    /// there is nothing to renew it with.
    pub fn fresh(
        &self,
        key: &SessionKey,
        wanted: Wanted,
        clock: &dyn Clock,
        renew: impl FnOnce(
            &Session,
            &mut dyn FnMut(&Secret) -> Result<()>,
        ) -> Result<Renewal, RefreshError>,
    ) -> Result<Option<Fresh>> {
        let Some(seen) = self.find(key)? else {
            return Ok(None);
        };
        if !wanted.force && wanted.is_met_by(&seen, clock.now()) {
            return Ok(Some(Fresh::of(seen)));
        }
        match self.take_turn(key, Some(&seen), wanted, clock)? {
            Turn::Theirs(session) => Ok(Some(Fresh::of(session))),
            Turn::Ours(_, None) => Ok(None),
            Turn::Ours(locked, Some(session)) => locked.renew(session, clock, renew).map(Some),
        }
    }

    /// Returns a machine's access token that is good for at least `min_ttl`, obtaining one if need be.
    ///
    /// By the rules of [`Sessions::fresh`], with one difference: nothing need be kept, and nothing is there to renew with,
    /// so `obtain` asks with the app client's own secret.
    ///
    /// # Errors
    /// Fails when the store does, when another process holds the lock for 30 s, and with what `obtain` failed with.
    pub fn machine(
        &self,
        key: &SessionKey,
        wanted: Wanted,
        clock: &dyn Clock,
        obtain: impl FnOnce() -> Result<MachineToken>,
    ) -> Result<Fresh> {
        let seen = self.find(key)?;
        if let Some(seen) = seen
            .as_ref()
            .filter(|seen| !wanted.force && wanted.is_met_by(seen, clock.now()))
        {
            return Ok(Fresh::of(seen.clone()));
        }
        match self.take_turn(key, seen.as_ref(), wanted, clock)? {
            Turn::Theirs(session) => Ok(Fresh::of(session)),
            Turn::Ours(locked, _) => {
                let session = Session::from_machine(&obtain()?, clock.now());
                let not_kept = locked.keep(&session).err();
                Ok(Fresh { session, not_kept })
            }
        }
    }

    /// Waits for our turn to renew, unless another process renews meanwhile.
    fn take_turn<'a>(
        &'a self,
        key: &'a SessionKey,
        seen: Option<&Session>,
        wanted: Wanted,
        clock: &dyn Clock,
    ) -> Result<Turn<'a>> {
        let hold = match self.lock(key) {
            None => None,
            Some(lock) => match lock.try_hold()? {
                Some(hold) => Some(hold),
                None => {
                    // Wait for the one before us, let go at once, and look: if it renewed, all who waited can read at the
                    // same time instead of one after the other.
                    drop(lock.hold(LOCK_PATIENCE)?);
                    if let Some(theirs) = self
                        .find(key)?
                        .filter(|now| wanted.is_settled(seen, now, clock.now()))
                    {
                        return Ok(Turn::Theirs(theirs));
                    }
                    Some(lock.hold(LOCK_PATIENCE)?)
                }
            },
        };
        let locked = LockedSession {
            sessions: self,
            key,
            _hold: hold,
        };
        Ok(match locked.load()? {
            Some(theirs) if wanted.is_settled(seen, &theirs, clock.now()) => Turn::Theirs(theirs),
            session => Turn::Ours(locked, session),
        })
    }

    /// The lock of a session; a store that ends with the process needs none.
    fn lock(&self, key: &SessionKey) -> Option<Lock> {
        (self.kind != StoreKind::None).then(|| Lock::at(&self.file(key, "lock")))
    }

    fn file(&self, key: &SessionKey, ending: &str) -> PathBuf {
        file_of(&self.state_dir, key, self.kind, ending)
    }
}

/// Who renews.
enum Turn<'a> {
    /// Another process did: this is what it brought.
    Theirs(Session),
    /// We do, from this session, under the lock.
    Ours(LockedSession<'a>, Option<Session>),
}

impl Wanted {
    /// Returns whether the session has the wanted token for long enough.
    pub fn is_met_by(&self, session: &Session, now: Timestamp) -> bool {
        let left = session.left(self.token, now);
        !left.is_zero() && left >= self.min_ttl
    }

    /// Returns whether the session that is kept now makes a renewal of ours needless, when `seen` was kept before.
    fn is_settled(&self, seen: Option<&Session>, kept: &Session, now: Timestamp) -> bool {
        let renewed = seen.is_none_or(|seen| seen.access_token != kept.access_token);
        // Just renewed and still not good enough is as good as it gets: 64 who want more than the pool grants ask it once.
        let just_now = kept.obtained_at.plus(LOCK_PATIENCE) >= now
            && kept.obtained_at <= now.plus(LOCK_PATIENCE);
        if renewed {
            just_now || self.is_met_by(kept, now)
        } else {
            !self.force && self.is_met_by(kept, now)
        }
    }
}

impl Fresh {
    fn of(session: Session) -> Fresh {
        Fresh {
            session,
            not_kept: None,
        }
    }
}

/// A session that nobody else renews, replaces or ends until this is dropped.
pub struct LockedSession<'a> {
    sessions: &'a Sessions,
    key: &'a SessionKey,
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
        let _ = crate::platform::files::remove(&self.sessions.file(self.key, "json"));
        Ok(ended)
    }

    fn save(&self, session: &Session) -> Result<()> {
        self.sessions
            .store
            .save(&self.key.item_name(), &session.to_record()?)
    }

    fn renew(
        &self,
        session: Session,
        clock: &dyn Clock,
        renew: impl FnOnce(
            &Session,
            &mut dyn FnMut(&Secret) -> Result<()>,
        ) -> Result<Renewal, RefreshError>,
    ) -> Result<Fresh> {
        let Some(used) = session.refresh_token.clone() else {
            return Err(self.nothing_to_renew_with().into());
        };
        let mut not_kept = None;
        let mut keep_rotated = |rotated: &Secret| {
            let session = Session {
                refresh_token: Some(rotated.clone()),
                ..session.clone()
            };
            not_kept = self.save(&session).err();
            Ok(())
        };
        match renew(&session, &mut keep_rotated) {
            Ok(renewal) => {
                let session = session.renewed(renewal, clock.now());
                let not_kept = self.keep(&session).err();
                Ok(Fresh { session, not_kept })
            }
            Err(RefreshError::SignedOut(refusal)) => self.refused(&used, refusal),
            Err(RefreshError::Failed(error)) => Err(match not_kept {
                None => error,
                Some(not_kept) => self.rotated_and_lost(not_kept, &error),
            }),
        }
    }

    /// Ends the session whose refresh token the pool refused, unless another one is kept by now.
    fn refused(&self, used: &Secret, refusal: Error) -> Result<Fresh> {
        match self.load() {
            // Someone who does not know our lock was faster: on another machine with this home directory.
            Ok(Some(theirs)) if theirs.refresh_token.as_ref() != Some(used) => {
                return Ok(Fresh::of(theirs));
            }
            // What remains if this fails is a session that the pool has ended already.
            Ok(_) => drop(self.end()),
            // A failed read never removes anything.
            Err(_) => {}
        }
        Err(refusal.context(self.sign_in_needed("the pool has ended the session")))
    }

    fn nothing_to_renew_with(&self) -> Failure {
        self.sign_in_needed("the session has run out, and there is no refresh token to renew it")
    }

    fn sign_in_needed(&self, why: &str) -> Failure {
        let profile = &self.key.profile;
        Failure::new(
            Exit::SignInNeeded,
            "sign_in_needed",
            format!("not signed in to profile `{profile}` any more: {why}"),
        )
        .hint(format!("cognito-login login --profile {profile}"))
    }

    fn rotated_and_lost(&self, not_kept: Error, failed: &Error) -> Error {
        let profile = &self.key.profile;
        let message = format!(
            "the new refresh token of profile `{profile}` could not be kept, and the old one is used up"
        );
        not_kept.context(format!("{failed:#}")).context(
            Failure::new(Exit::Failed, "session_lost", message)
                .hint(format!("cognito-login login --profile {profile}")),
        )
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::sync::{Arc, Mutex};

    use anyhow::{anyhow, bail};

    use super::super::file_store::FileStore;
    use super::super::memory_store::MemoryStore;
    use super::super::record::tests::{claims, session};
    use super::*;
    use crate::clock::FixedClock;
    use crate::oidc::IdToken;

    const EXPIRES: i64 = 3600;

    fn key() -> SessionKey {
        SessionKey {
            profile: "work".into(),
            issuer: "https://i".into(),
            client_id: "c".into(),
        }
    }

    fn at(second: i64) -> FixedClock {
        FixedClock(Timestamp::from_epoch(second))
    }

    fn renewal(access: &str, refresh: Option<&str>, now: i64) -> Renewal {
        let mut id = IdToken {
            text: Secret::new("new id"),
            claims: claims("ann"),
        };
        id.claims.expires_at = Timestamp::from_epoch(now + 3600);
        Renewal {
            access: Secret::new(access),
            access_expires_at: Timestamp::from_epoch(now + 3600),
            scopes: vec!["openid".into()],
            id: Some(id),
            refresh: refresh.map(Secret::new),
        }
    }

    fn kind(error: &Error) -> &'static str {
        Failure::of(error).map_or("none", |failure| failure.kind)
    }

    /// A store whose reads or saves fail when told to.
    #[derive(Clone, Default)]
    struct Moody {
        items: Arc<MemoryStore>,
        reads_fail: Arc<AtomicBool>,
        saves_fail: Arc<AtomicBool>,
        loads: Arc<AtomicUsize>,
        saves: Arc<AtomicUsize>,
        removals: Arc<AtomicUsize>,
    }

    impl Store for Moody {
        fn load(&self, item: &str) -> Result<Option<Secret>> {
            if self.reads_fail.load(Ordering::SeqCst) {
                bail!("the read failed");
            }
            let found = self.items.load(item);
            self.loads.fetch_add(1, Ordering::SeqCst);
            found
        }
        fn save(&self, item: &str, text: &Secret) -> Result<()> {
            if self.saves_fail.load(Ordering::SeqCst) {
                bail!("the save failed");
            }
            self.saves.fetch_add(1, Ordering::SeqCst);
            self.items.save(item, text)
        }
        fn remove(&self, item: &str) -> Result<bool> {
            self.removals.fetch_add(1, Ordering::SeqCst);
            self.items.remove(item)
        }
        fn describe(&self) -> String {
            "moody".to_owned()
        }
    }

    /// Sessions in a moody store that keeps one which ends at `EXPIRES`.
    fn kept() -> (tempfile::TempDir, Moody, Sessions) {
        let scratch = tempfile::tempdir().unwrap();
        let store = Moody::default();
        let sessions = Sessions::new(
            Box::new(store.clone()),
            StoreKind::Keyring,
            scratch.path().to_owned(),
        );
        sessions.keep(&key(), &session("a", "r", EXPIRES)).unwrap();
        store.saves.store(0, Ordering::SeqCst);
        (scratch, store, sessions)
    }

    fn never(
        _: &Session,
        _: &mut dyn FnMut(&Secret) -> Result<()>,
    ) -> Result<Renewal, RefreshError> {
        panic!("nothing is to be renewed")
    }

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
    fn a_good_token_needs_no_lock_and_no_renewal() {
        let (_scratch, store, sessions) = kept();
        let held_key = key();
        let _held = sessions.locked(&held_key).unwrap();
        let fresh = sessions
            .fresh(&key(), Wanted::default(), &at(EXPIRES - 60), never)
            .unwrap()
            .unwrap();
        assert_eq!(fresh.session.access_token, Secret::new("a"));
        assert_eq!(store.saves.load(Ordering::SeqCst), 0);
    }

    #[test]
    fn a_token_that_falls_short_is_renewed_and_the_old_refresh_token_kept_when_none_comes() {
        let (_scratch, _, sessions) = kept();
        let now = EXPIRES - 59;
        let fresh = sessions
            .fresh(&key(), Wanted::default(), &at(now), |_, _| {
                Ok(renewal("b", None, now))
            })
            .unwrap()
            .unwrap();
        assert!(fresh.not_kept.is_none());
        assert_eq!(fresh.session.access_token, Secret::new("b"));
        let kept = sessions.find(&key()).unwrap().unwrap();
        assert_eq!(
            (kept.access_token, kept.refresh_token),
            (Secret::new("b"), Some(Secret::new("r")))
        );
        assert_eq!(kept.obtained_at.epoch(), now);
        assert_eq!(
            sessions.summary(&key()).unwrap().access_expires_at.epoch(),
            now + 3600
        );
    }

    #[test]
    fn a_rotated_refresh_token_is_kept_before_anything_else_can_fail() {
        let (_scratch, _, sessions) = kept();
        let failed = sessions.fresh(
            &key(),
            Wanted::default(),
            &at(EXPIRES),
            |_, keep_rotated| {
                keep_rotated(&Secret::new("r2")).unwrap();
                let kept = sessions.find(&key()).unwrap().unwrap();
                assert_eq!(
                    (kept.access_token, kept.refresh_token),
                    (Secret::new("a"), Some(Secret::new("r2")))
                );
                Err(RefreshError::Failed(anyhow!(
                    "the key set cannot be fetched"
                )))
            },
        );
        assert_eq!(
            failed.unwrap_err().to_string(),
            "the key set cannot be fetched"
        );
        let fresh = sessions.fresh(&key(), Wanted::default(), &at(EXPIRES), |session, _| {
            assert_eq!(session.refresh_token, Some(Secret::new("r2")));
            Ok(renewal("b", Some("r3"), EXPIRES))
        });
        assert_eq!(
            fresh.unwrap().unwrap().session.refresh_token,
            Some(Secret::new("r3"))
        );
    }

    #[test]
    fn tokens_that_cannot_be_kept_are_returned_with_the_reason() {
        let (_scratch, store, sessions) = kept();
        store.saves_fail.store(true, Ordering::SeqCst);
        let fresh = sessions.fresh(
            &key(),
            Wanted::default(),
            &at(EXPIRES),
            |_, keep_rotated| {
                keep_rotated(&Secret::new("r2")).unwrap();
                Ok(renewal("b", Some("r2"), EXPIRES))
            },
        );
        let fresh = fresh.unwrap().unwrap();
        assert_eq!(fresh.session.access_token, Secret::new("b"));
        assert_eq!(fresh.not_kept.unwrap().to_string(), "the save failed");
    }

    #[test]
    fn a_save_that_works_the_second_time_is_no_loss() {
        let (_scratch, store, sessions) = kept();
        store.saves_fail.store(true, Ordering::SeqCst);
        let fresh = sessions.fresh(
            &key(),
            Wanted::default(),
            &at(EXPIRES),
            |_, keep_rotated| {
                keep_rotated(&Secret::new("r2")).unwrap();
                store.saves_fail.store(false, Ordering::SeqCst);
                Ok(renewal("b", Some("r2"), EXPIRES))
            },
        );
        assert!(fresh.unwrap().unwrap().not_kept.is_none());
        assert_eq!(
            sessions.find(&key()).unwrap().unwrap().refresh_token,
            Some(Secret::new("r2"))
        );
    }

    #[test]
    fn a_rotated_token_that_is_lost_is_said_to_be() {
        let (_scratch, store, sessions) = kept();
        store.saves_fail.store(true, Ordering::SeqCst);
        let failed = sessions.fresh(
            &key(),
            Wanted::default(),
            &at(EXPIRES),
            |_, keep_rotated| {
                keep_rotated(&Secret::new("r2")).unwrap();
                Err(RefreshError::Failed(anyhow!(
                    "the key set cannot be fetched"
                )))
            },
        );
        let failed = failed.unwrap_err();
        assert_eq!(kind(&failed), "session_lost");
        assert!(
            format!("{failed:#}").ends_with("the key set cannot be fetched: the save failed"),
            "{failed:#}"
        );
    }

    #[test]
    fn only_the_pool_s_refusal_ends_a_session() {
        let (_scratch, store, sessions) = kept();
        let unreachable = || {
            Err(RefreshError::Failed(
                Failure::new(Exit::Unreachable, "unreachable", "no network").into(),
            ))
        };
        let failed = sessions
            .fresh(&key(), Wanted::default(), &at(EXPIRES), |_, _| {
                unreachable()
            })
            .unwrap_err();
        assert_eq!(kind(&failed), "unreachable");
        assert!(sessions.find(&key()).unwrap().is_some());
        // Good for 30 s yet, but not for the 60 that were asked for: a failure all the same.
        assert!(
            sessions
                .fresh(&key(), Wanted::default(), &at(EXPIRES - 30), |_, _| {
                    unreachable()
                })
                .is_err()
        );
        assert_eq!(store.removals.load(Ordering::SeqCst), 0);
        let failed = sessions.fresh(&key(), Wanted::default(), &at(EXPIRES), |_, _| {
            Err(RefreshError::SignedOut(anyhow!("invalid_grant")))
        });
        let failed = failed.unwrap_err();
        assert_eq!(
            (kind(&failed), Failure::of(&failed).unwrap().exit),
            ("sign_in_needed", Exit::SignInNeeded)
        );
        assert_eq!(sessions.find(&key()).unwrap(), None);
        assert_eq!(sessions.summary(&key()), None);
    }

    #[test]
    fn a_refusal_ends_nothing_if_another_session_is_kept_by_now() {
        let (_scratch, store, sessions) = kept();
        let theirs = session("theirs", "r9", EXPIRES * 2);
        let fresh = sessions.fresh(&key(), Wanted::default(), &at(EXPIRES), |_, _| {
            // From where our lock does not reach.
            store
                .items
                .save(&key().item_name(), &theirs.to_record().unwrap())
                .unwrap();
            Err(RefreshError::SignedOut(anyhow!("invalid_grant")))
        });
        assert_eq!(
            fresh.unwrap().unwrap().session.access_token,
            Secret::new("theirs")
        );
        assert!(sessions.find(&key()).unwrap().is_some());
    }

    #[test]
    fn a_read_that_fails_removes_nothing_even_after_a_refusal() {
        let (_scratch, store, sessions) = kept();
        let failed = sessions.fresh(&key(), Wanted::default(), &at(EXPIRES), |_, _| {
            store.reads_fail.store(true, Ordering::SeqCst);
            Err(RefreshError::SignedOut(anyhow!("invalid_grant")))
        });
        assert_eq!(kind(&failed.unwrap_err()), "sign_in_needed");
        assert!(
            sessions
                .fresh(&key(), Wanted::default(), &at(0), never)
                .is_err()
        );
        assert!(sessions.find(&key()).is_err());
        store.reads_fail.store(false, Ordering::SeqCst);
        assert!(sessions.find(&key()).unwrap().is_some());
        assert_eq!(store.removals.load(Ordering::SeqCst), 0);
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
    fn without_a_refresh_token_a_session_that_ran_out_needs_a_sign_in() {
        let (_scratch, _, sessions) = kept();
        sessions
            .keep(
                &key(),
                &Session {
                    refresh_token: None,
                    ..session("a", "r", EXPIRES)
                },
            )
            .unwrap();
        let failed = sessions
            .fresh(&key(), Wanted::default(), &at(EXPIRES), never)
            .unwrap_err();
        assert_eq!(Failure::of(&failed).unwrap().exit, Exit::SignInNeeded);
        assert!(sessions.find(&key()).unwrap().is_some());
    }

    #[test]
    fn forcing_renews_a_good_token_once() {
        let (_scratch, _, sessions) = kept();
        let force = Wanted {
            force: true,
            ..Wanted::default()
        };
        let fresh = sessions
            .fresh(&key(), force, &at(10), |_, _| Ok(renewal("b", None, 10)))
            .unwrap()
            .unwrap();
        assert_eq!(fresh.session.access_token, Secret::new("b"));
    }

    #[test]
    fn more_than_the_pool_grants_is_asked_for_once_and_the_caller_can_tell() {
        let (_scratch, _, sessions) = kept();
        let wanted = Wanted {
            min_ttl: Duration::from_secs(86_400),
            ..Wanted::default()
        };
        let asked = Cell::new(0);
        let fresh = sessions.fresh(&key(), wanted, &at(10), |_, _| {
            asked.set(asked.get() + 1);
            Ok(renewal("b", None, 10))
        });
        let fresh = fresh.unwrap().unwrap();
        assert!(!wanted.is_met_by(&fresh.session, Timestamp::from_epoch(10)));
        assert!(Wanted::default().is_met_by(&fresh.session, Timestamp::from_epoch(10)));
        assert_eq!(asked.get(), 1);
    }

    #[test]
    fn a_token_that_has_run_out_meets_no_wish_not_even_for_zero_seconds() {
        let wanted = Wanted {
            min_ttl: Duration::ZERO,
            ..Wanted::default()
        };
        let session = session("a", "r", EXPIRES);
        assert!(wanted.is_met_by(&session, Timestamp::from_epoch(EXPIRES - 1)));
        assert!(!wanted.is_met_by(&session, Timestamp::from_epoch(EXPIRES)));
        let id = Wanted {
            token: TokenUse::Id,
            ..wanted
        };
        assert!(!id.is_met_by(
            &Session {
                id_expires_at: None,
                ..session
            },
            Timestamp::from_epoch(0)
        ));
    }

    #[test]
    fn a_clock_that_jumps_back_or_ahead_leads_to_a_renewal() {
        let (_scratch, _, sessions) = kept();
        let mut from_the_future = session("a", "r", 1_000_000);
        from_the_future.obtained_at = Timestamp::from_epoch(996_400);
        sessions.keep(&key(), &from_the_future).unwrap();
        for now in [0, 996_339, 2_000_000] {
            let fresh = sessions
                .fresh(&key(), Wanted::default(), &at(now), |_, _| {
                    Ok(renewal("b", None, now))
                })
                .unwrap()
                .unwrap();
            assert_eq!(fresh.session.access_token, Secret::new("b"), "{now}");
            sessions.keep(&key(), &from_the_future).unwrap();
        }
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
            "dir_not_made"
        );
    }

    #[test]
    fn a_machine_asks_once_and_then_uses_what_is_kept() {
        let scratch = tempfile::tempdir().unwrap();
        let sessions = Sessions::new(
            Box::new(MemoryStore::default()),
            StoreKind::Keyring,
            scratch.path().to_owned(),
        );
        let asked = Cell::new(0);
        let ask = |now: i64| {
            asked.set(asked.get() + 1);
            Ok(MachineToken {
                access: Secret::new(format!("m{}", asked.get())),
                expires_at: Timestamp::from_epoch(now + 3600),
                scopes: vec![],
            })
        };
        for (now, expected) in [(0, "m1"), (3540, "m1"), (3541, "m2"), (3541, "m2")] {
            let fresh = sessions
                .machine(&key(), Wanted::default(), &at(now), || ask(now))
                .unwrap();
            assert_eq!(fresh.session.access_token, Secret::new(expected));
        }
        let forced = sessions
            .machine(
                &key(),
                Wanted {
                    force: true,
                    ..Wanted::default()
                },
                &at(3541),
                || ask(3541),
            )
            .unwrap();
        assert_eq!(forced.session.access_token, Secret::new("m3"));
        assert!(
            sessions
                .machine(&key(), Wanted::default(), &at(9999), || bail!("no network"))
                .is_err()
        );
        assert_eq!(sessions.summary(&key()).unwrap().username, None);
    }

    /// What 64 who have all looked before one of them renews get, and how often the pool was asked.
    fn sixty_four_at_once(wanted: Wanted) -> (usize, Vec<Session>) {
        let scratch = tempfile::tempdir().unwrap();
        let store = Moody::default();
        let sessions = || {
            let dir = scratch.path().to_owned();
            Sessions::new(Box::new(store.clone()), StoreKind::Keyring, dir)
        };
        sessions()
            .keep(&key(), &session("a", "r0", EXPIRES))
            .unwrap();
        let pool = Mutex::new("r0".to_owned());
        let renewals = AtomicUsize::new(0);
        let ask = || {
            let renew = |session: &Session, keep_rotated: &mut dyn FnMut(&Secret) -> Result<()>| {
                // The 64 who looked, and this one a second time under the lock.
                while store.loads.load(Ordering::SeqCst) < 65 {
                    std::thread::yield_now();
                }
                let next = format!("r{}", renewals.fetch_add(1, Ordering::SeqCst) + 1);
                let used = std::mem::replace(&mut *pool.lock().unwrap(), next.clone());
                if session.refresh_token != Some(Secret::new(used)) {
                    return Err(RefreshError::SignedOut(anyhow!("used before")));
                }
                keep_rotated(&Secret::new(next.as_str())).unwrap();
                Ok(renewal("b", Some(&next), EXPIRES))
            };
            let fresh = sessions().fresh(&key(), wanted, &at(EXPIRES), renew);
            fresh.unwrap().unwrap().session
        };
        let got = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..64).map(|_| scope.spawn(ask)).collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        (renewals.into_inner(), got)
    }

    #[test]
    fn of_sixty_four_at_once_one_renews_and_all_get_its_token() {
        let forced = Wanted {
            force: true,
            ..Wanted::default()
        };
        let more_than_granted = Wanted {
            min_ttl: Duration::from_secs(86_400),
            ..Wanted::default()
        };
        for wanted in [Wanted::default(), forced, more_than_granted] {
            let (renewals, got) = sixty_four_at_once(wanted);
            assert_eq!(renewals, 1, "{wanted:?}");
            assert!(
                got.iter()
                    .all(|session| session.access_token == Secret::new("b"))
            );
        }
    }
}
