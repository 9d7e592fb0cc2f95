//! Who is signed in and until when, without secrets, in a plain file: what needs no keyring.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::key::{SessionKey, sha256_hex};
use super::record::Session;
use super::store::StoreKind;
use crate::clock::Timestamp;
use crate::platform::files;

/// The version this program writes; a summary of another version counts as none.
const VERSION: u32 = 1;

/// No summary comes near; a file that does is not ours.
const LIMIT_BYTES: usize = 1 << 20;

/// A session without its tokens, as of its last save.
///
/// It may be behind the truth: the session can have been removed from the store by other means.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    v: u32,
    /// The name of the profile.
    pub profile: String,
    /// The issuer.
    pub issuer: String,
    /// The id of the app client.
    pub client_id: String,
    /// The name of the user; `None` for a machine.
    pub username: Option<String>,
    /// The email address.
    pub email: Option<String>,
    /// The groups.
    pub groups: Vec<String>,
    /// The granted scopes.
    pub scopes: Vec<String>,
    /// When the access token ends.
    pub access_expires_at: Timestamp,
    /// When the ID token ends.
    pub id_expires_at: Option<Timestamp>,
    /// When the person signed in.
    pub signed_in_at: Timestamp,
    /// Whether there is a refresh token: without one the session ends with its tokens.
    pub renewable: bool,
    /// Where the session is.
    pub store: StoreKind,
    /// The claims of the ID token, for `whoami --offline`; without the nonce.
    pub claims: Option<Map<String, Value>>,
}

impl Summary {
    /// Returns the summary of a session.
    pub fn of(key: &SessionKey, session: &Session, store: StoreKind) -> Summary {
        let claims = session.id_claims();
        Summary {
            v: VERSION,
            profile: key.profile.clone(),
            issuer: key.issuer.clone(),
            client_id: key.client_id.clone(),
            username: claims.as_ref().and_then(|claims| claims.username.clone()),
            email: claims.as_ref().and_then(|claims| claims.email.clone()),
            groups: claims
                .as_ref()
                .map(|claims| claims.groups.clone())
                .unwrap_or_default(),
            scopes: session.scopes.clone(),
            access_expires_at: session.access_expires_at,
            id_expires_at: session.id_expires_at,
            signed_in_at: session.signed_in_at,
            renewable: session.refresh_token.is_some(),
            store,
            claims: claims.map(|mut claims| {
                // It was a secret of the sign-in.
                claims.all.remove("nonce");
                claims.all
            }),
        }
    }

    /// Returns what this is the summary of.
    pub fn key(&self) -> SessionKey {
        SessionKey {
            profile: self.profile.clone(),
            issuer: self.issuer.clone(),
            client_id: self.client_id.clone(),
        }
    }

    /// Returns whether the session can still give a token, as far as this knows.
    pub fn is_signed_in(&self, now: Timestamp) -> bool {
        self.renewable || self.access_expires_at > now
    }

    /// Returns the `sub` of the person; `None` for a machine.
    pub fn subject(&self) -> Option<&str> {
        self.claims.as_ref()?.get("sub")?.as_str()
    }

    /// Puts it into its file, in place of the one before; if that fails, the one before, now wrong, is removed.
    ///
    /// The disk is not waited for, for others wait for us: a summary that a power failure took is none until the next save.
    pub(super) fn write(&self, path: &Path) -> Result<()> {
        let text = serde_json::to_vec(self).context("a summary could not be written as JSON")?;
        files::replace_in_passing(path, &text).inspect_err(|_| drop(files::remove(path)))
    }

    /// Reads the file; `None` if there is none, or none that this program understands.
    pub(super) fn read(path: &Path) -> Option<Summary> {
        let text = files::read_private(path, LIMIT_BYTES).ok()??;
        serde_json::from_slice::<Summary>(&text)
            .ok()
            .filter(|summary| summary.v == VERSION)
    }

    /// Reads all that lie in the state directory, by profile; what cannot be read is left out.
    pub fn read_all(dir: &Path) -> Vec<Summary> {
        let files = fs::read_dir(dir)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path());
        let mut all: Vec<Summary> = files
            .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
            .filter_map(|path| Summary::read(&path))
            .collect();
        all.sort_by(|a, b| {
            (&a.profile, &a.issuer, &a.client_id, a.store).cmp(&(
                &b.profile,
                &b.issuer,
                &b.client_id,
                b.store,
            ))
        });
        all
    }
}

/// Returns the path of a file of a session, by its ending.
///
/// The store is part of the name: a session in the keyring and one in a file are two, each with its own lock.
pub(super) fn file_of(dir: &Path, key: &SessionKey, store: StoreKind, ending: &str) -> PathBuf {
    let name = format!("{store} {}", key.item_name());
    dir.join(format!("{}.{ending}", sha256_hex(name.as_bytes())))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use super::super::testing::{key, session};
    use super::*;

    #[test]
    fn it_holds_who_and_until_when_and_no_secret() {
        let summary = Summary::of(
            &key(),
            &session("the access token", "the refresh token", 3600),
            StoreKind::Keyring,
        );
        let text = serde_json::to_string(&summary).unwrap();
        assert_eq!(
            (summary.username.as_deref(), summary.groups.as_slice()),
            (Some("ann"), &["admins".to_owned()][..])
        );
        for secret in ["the access token", "the refresh token", "the nonce"] {
            assert!(!text.contains(secret), "{secret}");
        }
    }

    #[test]
    fn a_missing_broken_or_foreign_one_counts_as_none() {
        let scratch = tempfile::tempdir().unwrap();
        let path = file_of(scratch.path(), &key(), StoreKind::File, "json");
        assert_eq!(Summary::read(&path), None);
        for broken in ["", "{", "[]", r#"{"v":2}"#] {
            files::replace_private(&path, broken.as_bytes()).unwrap();
            assert_eq!(Summary::read(&path), None, "{broken}");
            assert_eq!(Summary::read_all(scratch.path()), []);
        }
        let summary = Summary::of(&key(), &session("a", "r", 3600), StoreKind::File);
        summary.write(&path).unwrap();
        assert_eq!(Summary::read(&path), Some(summary.clone()));
        assert_eq!(Summary::read_all(scratch.path()), [summary]);
    }

    #[test]
    fn one_that_cannot_be_replaced_does_not_stay_to_tell_of_someone_else() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("x.json");
        let summary = Summary::of(&key(), &session("a", "r", 3600), StoreKind::File);
        summary.write(&path).unwrap();
        // A path that cannot be replaced by a file: the removal is all that can be tried, and nothing else is lost.
        let taken = scratch.path().join("taken.json");
        fs::create_dir(&taken).unwrap();
        assert!(summary.write(&taken).is_err());
        assert!(path.exists());
    }

    #[test]
    fn without_a_refresh_token_the_session_ends_with_its_access_token() {
        let mut session = session("a", "r", 3600);
        session.refresh_token = None;
        let summary = Summary::of(&key(), &session, StoreKind::File);
        assert!(summary.is_signed_in(Timestamp::from_epoch(3599)));
        assert!(!summary.is_signed_in(Timestamp::from_epoch(3600)));
    }
}
