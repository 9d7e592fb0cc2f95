//! What the tests of this directory share: a session, a renewal, a store with moods.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use anyhow::{Error, Result, bail};

use super::key::SessionKey;
use super::memory_store::MemoryStore;
use super::record::Session;
use super::sessions::Sessions;
use super::store::{Store, StoreKind};
use crate::clock::{FixedClock, Timestamp};
use crate::failure::Failure;
use crate::oidc::{IdClaims, IdToken, RefreshError, Renewal};
use crate::secret::Secret;

pub(super) const EXPIRES: i64 = 3600;

pub(super) fn key() -> SessionKey {
    SessionKey {
        profile: "work".into(),
        issuer: "https://i".into(),
        client_id: "c".into(),
    }
}

pub(super) fn at(second: i64) -> FixedClock {
    FixedClock(Timestamp::from_epoch(second))
}

pub(super) fn renewal(access: &str, refresh: Option<&str>, now: i64) -> Renewal {
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

pub(super) fn kind(error: &Error) -> &'static str {
    Failure::of(error).map_or("none", |failure| failure.kind)
}

/// A store whose reads or saves fail when told to.
#[derive(Clone, Default)]
pub(super) struct Moody {
    pub(super) items: Arc<MemoryStore>,
    pub(super) reads_fail: Arc<AtomicBool>,
    pub(super) saves_fail: Arc<AtomicBool>,
    pub(super) loads: Arc<AtomicUsize>,
    pub(super) saves: Arc<AtomicUsize>,
    pub(super) removals: Arc<AtomicUsize>,
    /// What someone else saves right after the next load.
    pub(super) overtaken_by: Arc<Mutex<Option<Secret>>>,
}

impl Store for Moody {
    fn load(&self, item: &str) -> Result<Option<Secret>> {
        if self.reads_fail.load(Ordering::SeqCst) {
            bail!("the read failed");
        }
        let found = self.items.load(item);
        self.loads.fetch_add(1, Ordering::SeqCst);
        if let Some(theirs) = self.overtaken_by.lock().unwrap().take() {
            self.items.save(item, &theirs)?;
        }
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
pub(super) fn kept() -> (tempfile::TempDir, Moody, Sessions) {
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

pub(super) fn never(
    _: &Session,
    _: &mut dyn FnMut(&Secret) -> Result<()>,
) -> Result<Renewal, RefreshError> {
    panic!("nothing is to be renewed")
}

pub(super) fn session(access: &str, refresh: &str, expires_at: i64) -> Session {
    Session {
        access_token: Secret::new(access),
        access_expires_at: Timestamp::from_epoch(expires_at),
        id_token: Some(Secret::new(format!("id of {access}"))),
        id_expires_at: Some(Timestamp::from_epoch(expires_at)),
        refresh_token: Some(Secret::new(refresh)),
        scopes: vec!["openid".into(), "email".into()],
        signed_in_at: Timestamp::from_epoch(0),
        obtained_at: Timestamp::from_epoch(0),
        claims: Some(claims("ann")),
    }
}

pub(super) fn claims(username: &str) -> IdClaims {
    let all = serde_json::json!({ "sub": "s", "cognito:username": username, "nonce": "the nonce" });
    IdClaims {
        iss: "https://i".into(),
        sub: "s".into(),
        expires_at: Timestamp::from_epoch(3600),
        issued_at: Timestamp::from_epoch(0),
        auth_time: None,
        username: Some(username.into()),
        email: Some(format!("{username}@example.com")),
        name: None,
        groups: vec!["admins".into()],
        all: all.as_object().cloned().unwrap_or_default(),
    }
}
