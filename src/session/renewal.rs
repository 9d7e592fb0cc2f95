//! Keeping a session fresh: one process at a time renews, and the others take what it brought.

use std::time::Duration;

use anyhow::{Error, Result};

use super::key::SessionKey;
use super::record::{Session, TokenUse};
use super::sessions::{LOCK_PATIENCE, LockedSession, Sessions};
use crate::clock::{Clock, Timestamp};
use crate::failure::{Exit, Failure};
use crate::oidc::{MachineToken, RefreshError, Renewal};
use crate::secret::Secret;

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
        let settled = |kept: &Session| wanted.is_settled(seen, kept, clock.now());
        let locked = match self.try_locked(key)? {
            Some(locked) => locked,
            None => {
                // Wait for the one before us and look: if it renewed, all who waited read at the same time instead of one
                // after the other, and nobody needs the lock.
                self.wait_until_free(key)?;
                if let Some(theirs) = self.find(key)?.filter(settled) {
                    return Ok(Turn::Theirs(theirs));
                }
                self.locked(key)?
            }
        };
        Ok(match locked.load()? {
            Some(theirs) if settled(&theirs) => Turn::Theirs(theirs),
            session => Turn::Ours(locked, session),
        })
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

impl LockedSession<'_> {
    fn renew(
        &self,
        mut session: Session,
        clock: &dyn Clock,
        renew: impl FnOnce(
            &Session,
            &mut dyn FnMut(&Secret) -> Result<()>,
        ) -> Result<Renewal, RefreshError>,
    ) -> Result<Fresh> {
        let Some(used) = session.refresh_token.clone() else {
            return Err(self
                .sign_in_needed("there is no refresh token to renew the session with")
                .into());
        };
        let before = session.clone();
        let mut not_kept = None;
        let outcome = renew(&before, &mut |rotated| {
            session.refresh_token = Some(rotated.clone());
            not_kept = self.save(&session).err();
            Ok(())
        });
        match outcome {
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

    fn sign_in_needed(&self, why: &str) -> Failure {
        let profile = &self.key.profile;
        Failure::new(
            Exit::SignInNeeded,
            "sign_in_needed",
            format!("not signed in to profile `{profile}` any more: {why}"),
        )
        .hint(self.key.login_command())
    }

    fn rotated_and_lost(&self, not_kept: Error, failed: &Error) -> Error {
        let profile = &self.key.profile;
        let message = format!(
            "the new refresh token of profile `{profile}` could not be kept, and the old one is used up"
        );
        not_kept.context(format!("{failed:#}")).context(
            Failure::new(Exit::Failed, "session_lost", message).hint(self.key.login_command()),
        )
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use std::cell::Cell;
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use anyhow::{anyhow, bail};

    use super::super::memory_store::MemoryStore;
    use super::super::store::{Store, StoreKind};
    use super::super::testing::{EXPIRES, Moody, at, kept, key, kind, never, renewal, session};
    use super::*;

    #[test]
    fn a_renewal_of_another_between_look_and_lock_is_taken() {
        let (_scratch, store, sessions) = kept();
        let mut theirs = session("theirs", "r9", EXPIRES * 2);
        theirs.obtained_at = Timestamp::from_epoch(EXPIRES);
        let forced = Wanted {
            force: true,
            ..Wanted::default()
        };
        for wanted in [Wanted::default(), forced] {
            sessions.keep(&key(), &session("a", "r", EXPIRES)).unwrap();
            *store.overtaken_by.lock().unwrap() = Some(theirs.to_record().unwrap());
            let fresh = sessions
                .fresh(&key(), wanted, &at(EXPIRES), never)
                .unwrap()
                .unwrap();
            assert_eq!(fresh.session.access_token, Secret::new("theirs"));
        }
    }

    #[test]
    fn a_logout_between_look_and_lock_leaves_nobody_signed_in() {
        let (_scratch, store, sessions) = kept();
        let gone = sessions.fresh(&key(), Wanted::default(), &Ticking(&store), never);
        assert!(gone.unwrap().is_none());
    }

    /// A clock that is asked between look and lock, and takes the session away then.
    struct Ticking<'a>(&'a Moody);

    impl Clock for Ticking<'_> {
        fn now(&self) -> Timestamp {
            self.0.items.remove(&key().item_name()).unwrap();
            Timestamp::from_epoch(EXPIRES)
        }
    }

    #[test]
    fn a_rotated_token_stays_even_if_the_renewal_does_not_name_it_again() {
        let (_scratch, _, sessions) = kept();
        let fresh = sessions.fresh(
            &key(),
            Wanted::default(),
            &at(EXPIRES),
            |_, keep_rotated| {
                keep_rotated(&Secret::new("r2")).unwrap();
                Ok(renewal("b", None, EXPIRES))
            },
        );
        assert_eq!(
            fresh.unwrap().unwrap().session.refresh_token,
            Some(Secret::new("r2"))
        );
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
