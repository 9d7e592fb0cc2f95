//! The keyring of the system, each call on a thread of its own with a deadline.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use keyring_core::{CredentialStore, Entry, Error};
use zeroize::Zeroizing;

use super::chunks::{self, Cells, Found};
use super::store::{Condition, Patience, Store};
use crate::failure::{Exit, Failure, printable};
use crate::platform::keyring::{self, SecretServiceSession, Trouble};
use crate::secret::Secret;

/// The service our items belong to, and what a keyring program lists them under.
const SERVICE: &str = "cognito-login";

/// What to do instead of a keyring; never done by itself.
const WITHOUT: &str = "`--store file` keeps the session in an owner-only file instead";

/// Items of the system's keyring.
///
/// Opened at the first call. A call that misses its deadline is left behind with its thread; the calls after it fail at
/// once, for the keyring would make them wait as long.
#[derive(Clone)]
pub struct KeyringStore {
    keyring: Arc<Keyring>,
    patience: Patience,
    gave_up: Arc<AtomicBool>,
}

impl KeyringStore {
    /// Returns the store; nothing is asked of the keyring yet.
    pub fn new(session: SecretServiceSession, patience: Patience) -> KeyringStore {
        KeyringStore {
            keyring: Arc::new(Keyring {
                session,
                store: OnceLock::new(),
            }),
            patience,
            gave_up: Arc::default(),
        }
    }

    fn find(&self, item: &str) -> Result<Found> {
        let name = item.to_owned();
        self.ask("read", self.patience.of_read(), move |keyring| {
            chunks::load(keyring, &name)
        })
    }

    /// Runs a call on a thread of its own and waits for it up to the deadline.
    fn ask<T: Send + 'static>(
        &self,
        verb: &'static str,
        deadline: Duration,
        call: impl FnOnce(&Keyring) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        if self.gave_up.load(Ordering::Relaxed) {
            return Err(timeout(verb, deadline).into());
        }
        let (answer, answered) = sync_channel(1);
        let keyring = Arc::clone(&self.keyring);
        thread::Builder::new()
            .name("keyring".to_owned())
            .spawn(move || drop(answer.send(call(&keyring))))
            .context("no thread could be started for the keyring")?;
        match answered.recv_timeout(deadline) {
            Ok(answer) => answer,
            Err(RecvTimeoutError::Timeout) => {
                self.gave_up.store(true, Ordering::Relaxed);
                Err(timeout(verb, deadline).into())
            }
            Err(RecvTimeoutError::Disconnected) => Err(failure(
                "keyring_failed",
                "the keyring code ended unexpectedly",
            )
            .hint(WITHOUT)
            .into()),
        }
    }
}

impl Store for KeyringStore {
    fn load(&self, item: &str) -> Result<Option<Secret>> {
        match self.find(item)? {
            Found::Whole(bytes) => text(bytes).map(Some),
            Found::Nothing | Found::Partial => Ok(None),
        }
    }

    fn save(&self, item: &str, text: &Secret) -> Result<()> {
        let (name, text) = (item.to_owned(), text.clone());
        self.ask(
            "take the session",
            self.patience.of_write(),
            move |keyring| chunks::save(keyring, &name, text.expose().as_bytes()),
        )
    }

    fn remove(&self, item: &str) -> Result<bool> {
        let name = item.to_owned();
        self.ask(
            "remove the session",
            self.patience.of_write(),
            move |keyring| chunks::remove(keyring, &name),
        )
    }

    fn describe(&self) -> String {
        keyring::name().to_owned()
    }

    fn inspect(&self, item: &str) -> Result<Condition> {
        self.find(item).map(|found| found.condition())
    }
}

/// The opened keyring, as cells; used on the threads of the calls only.
struct Keyring {
    session: SecretServiceSession,
    store: OnceLock<Arc<CredentialStore>>,
}

impl Keyring {
    fn entry(&self, name: &str) -> Result<Entry> {
        keyring::entry(self.opened()?, SERVICE, name).map_err(|error| explain(&error))
    }

    fn opened(&self) -> Result<&CredentialStore> {
        if let Some(store) = self.store.get() {
            return Ok(store.as_ref());
        }
        let store =
            keyring::open(self.session).map_err(|error| match keyring::trouble(&error) {
                // Whatever keeps us from opening it that says nothing else: there is none.
                Trouble::Failed => describe(Trouble::Absent, &error),
                trouble => describe(trouble, &error),
            })?;
        Ok(self.store.get_or_init(|| store).as_ref())
    }
}

impl Cells for Keyring {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>> {
        match self.entry(name)?.get_secret() {
            Ok(content) => Ok(Some(Zeroizing::new(content))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(explain(&error)),
        }
    }

    fn put(&self, name: &str, content: &[u8]) -> Result<()> {
        // `set_secret`, not `set_password`: on Windows the latter doubles the length (UTF-16).
        self.entry(name)?
            .set_secret(content)
            .map_err(|error| explain(&error))
    }

    fn delete(&self, name: &str) -> Result<bool> {
        match self.entry(name)?.delete_credential() {
            Ok(()) => Ok(true),
            Err(Error::NoEntry) => Ok(false),
            Err(error) => Err(explain(&error)),
        }
    }

    fn limit(&self) -> Option<usize> {
        keyring::limit_bytes()
    }
}

fn text(bytes: Zeroizing<Vec<u8>>) -> Result<Secret> {
    let text = std::str::from_utf8(&bytes).map_err(|_| {
        failure(
            "keyring_unreadable",
            "the keyring holds something for cognito-login that is not text",
        )
        .hint("cognito-login login")
    })?;
    Ok(Secret::new(text))
}

fn explain(error: &Error) -> anyhow::Error {
    describe(keyring::trouble(error), error)
}

/// Says what an error of the keyring means. It goes along as text: some of its variants hold the secret.
fn describe(trouble: Trouble, error: &Error) -> anyhow::Error {
    let said = match trouble {
        Trouble::Absent => failure("keyring_absent", "there is no keyring here").hint(WITHOUT),
        Trouble::Locked => failure("keyring_locked", "the keyring is locked").hint(keyring::HOW_TO_UNLOCK),
        Trouble::Denied => failure("keyring_denied", "access to the keyring was denied").hint(keyring::HOW_TO_UNLOCK),
        Trouble::Unreadable => failure("keyring_unreadable", "the keyring cannot read its own item").hint("cognito-login login"),
        Trouble::Ambiguous => failure("keyring_ambiguous", "the keyring holds this session more than once")
            .hint("remove the items named `cognito-login` in the keyring's own program, then: cognito-login login"),
        Trouble::Failed => failure("keyring_failed", "the keyring failed").hint(WITHOUT),
    };
    anyhow!(printable(&error.to_string(), 300)).context(said)
}

fn timeout(verb: &str, deadline: Duration) -> Failure {
    let message = format!("the keyring did not {verb} within {} s", deadline.as_secs());
    failure("keyring_timeout", message).hint(format!(
        "answer its dialog if one is waiting and try again; {WITHOUT}"
    ))
}

fn failure(kind: &'static str, message: impl Into<String>) -> Failure {
    Failure::new(Exit::Failed, kind, message)
}
