//! The keyring of the system, each call with a deadline.

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
const WITHOUT: &str =
    "export COGNITO_LOGIN_STORE=file (keeps sessions in owner-only files instead)";

/// Items of the system's keyring.
///
/// Opened at the first call. A keyring that keeps no time itself is called on a thread. A call that misses its deadline
/// is left behind with that thread; the calls after it fail at once, for the keyring would make them wait as long.
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
                prompts: patience.of_prompt(),
                store: OnceLock::new(),
            }),
            patience,
            gave_up: Arc::default(),
        }
    }

    fn find(&self, item: &str) -> Result<Found> {
        let name = item.to_owned();
        self.ask("answer", self.patience.of_read(), move |keyring| {
            chunks::load(keyring, &name)
        })
    }

    /// Runs a call in place if the keyring ends it in time by itself, else on a thread of its own, up to the deadline.
    fn ask<T: Send + 'static>(
        &self,
        verb: &'static str,
        deadline: Duration,
        call: impl FnOnce(&Keyring) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        if keyring::keeps_time(self.keyring.session) {
            return call(&self.keyring);
        }
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
        self.ask("take the item", self.patience.of_write(), move |keyring| {
            chunks::save(keyring, &name, text.expose().as_bytes())
        })
    }

    fn remove(&self, item: &str) -> Result<bool> {
        let name = item.to_owned();
        self.ask(
            "remove the item",
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

/// The opened keyring, as cells.
struct Keyring {
    session: SecretServiceSession,
    prompts: Option<Duration>,
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
        let store = keyring::open(self.session, self.prompts).map_err(|error| {
            match keyring::trouble(&error) {
                // Whatever keeps us from opening it that says nothing else: there is none.
                Trouble::Failed => describe(Trouble::Absent, &error),
                trouble => describe(trouble, &error),
            }
        })?;
        Ok(self.store.get_or_init(|| store).as_ref())
    }
}

impl Cells for Keyring {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>> {
        match newest(&self.entry(name)?, Entry::get_secret) {
            Ok(content) => Ok(Some(Zeroizing::new(content))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(explain(&error)),
        }
    }

    fn put(&self, name: &str, content: &[u8]) -> Result<()> {
        // `set_secret`, not `set_password`: on Windows the latter doubles the length (UTF-16).
        newest(&self.entry(name)?, |entry| entry.set_secret(content))
            .map_err(|error| explain(&error))
    }

    fn delete(&self, name: &str) -> Result<bool> {
        match self.entry(name)?.delete_credential() {
            // Each of them: one that stayed would be found again.
            Err(Error::Ambiguous(several)) => several.iter().try_fold(false, |any, entry| {
                Ok(deleted(entry.delete_credential())? || any)
            }),
            outcome => deleted(outcome),
        }
    }

    fn limit(&self) -> Option<usize> {
        keyring::limit_bytes()
    }
}

/// Returns whether there was something to delete.
fn deleted(outcome: keyring_core::Result<()>) -> Result<bool> {
    match outcome {
        Ok(()) => Ok(true),
        Err(Error::NoEntry) => Ok(false),
        Err(error) => Err(explain(&error)),
    }
}

/// Does `work` on the item, or on the newest of several: stores list them in that order.
fn newest<T>(
    entry: &Entry,
    work: impl Fn(&Entry) -> keyring_core::Result<T>,
) -> keyring_core::Result<T> {
    match work(entry) {
        Err(Error::Ambiguous(several)) if !several.is_empty() => work(&several[0]),
        outcome => outcome,
    }
}

fn text(bytes: Zeroizing<Vec<u8>>) -> Result<Secret> {
    let text = std::str::from_utf8(&bytes).map_err(|_| {
        failure(
            "session_unreadable",
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
    let (kind, message, hint) = match trouble {
        Trouble::Absent => ("keyring_absent", "there is no keyring here", WITHOUT),
        Trouble::NoDefaultCollection => (
            "keyring_absent",
            "the keyring has no default collection",
            WITHOUT,
        ),
        Trouble::Locked => (
            "keyring_locked",
            "the keyring is locked",
            keyring::HOW_TO_UNLOCK,
        ),
        Trouble::Denied => (
            "keyring_denied",
            "access to the keyring was denied",
            keyring::HOW_TO_UNLOCK,
        ),
        Trouble::Silent => ("keyring_timeout", "the keyring does not answer", WITHOUT),
        Trouble::PlainRefused => (
            "keyring_plain_refused",
            "the keyring wants an encrypted session",
            "COGNITO_LOGIN_SECRET_SERVICE=encrypted",
        ),
        Trouble::Unreadable => (
            "session_unreadable",
            "the keyring cannot read its own item",
            "cognito-login login",
        ),
        Trouble::Failed => ("keyring_failed", "the keyring failed", WITHOUT),
    };
    anyhow!(printable(&error.to_string(), 300)).context(failure(kind, message).hint(hint))
}

fn timeout(verb: &str, deadline: Duration) -> Failure {
    let message = format!("the keyring did not {verb} within {} s", deadline.as_secs());
    failure("keyring_timeout", message).hint(format!(
        "answer its dialog, if one is waiting, and try again, or: {WITHOUT}"
    ))
}

fn failure(kind: &'static str, message: impl Into<String>) -> Failure {
    Failure::new(Exit::Failed, kind, message)
}

/// The keyring is met in child processes of this test program: which bus there is, is a matter of their environment.
#[cfg(all(test, target_os = "linux"))]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use std::io::{BufRead, BufReader, Write};
    use std::os::unix::net::UnixListener;
    use std::path::Path;
    use std::process::{Child, Command, Stdio};

    use super::*;

    /// Makes this program a child: what it is to do.
    const CHILD: &str = "COGNITO_LOGIN_TEST_KEYRING";

    /// The child: does the steps and says what came of each. Passes at once when it is not a child.
    #[test]
    fn child() {
        let Ok(steps) = std::env::var(CHILD) else {
            return;
        };
        let store = KeyringStore::new(SecretServiceSession::Plain, Patience::Program);
        for step in steps.split(' ') {
            let outcome = match step.split_once(':') {
                Some(("save", length)) => store
                    .save("session test", &text_of(length))
                    .map(|()| "saved".to_owned()),
                Some(("is", length)) => store
                    .load("session test")
                    .map(|found| (found == Some(text_of(length))).to_string()),
                _ if step == "load" => store
                    .load("session test")
                    .map(|found| if found.is_some() { "some" } else { "none" }.to_owned()),
                _ if step == "remove" => store
                    .remove("session test")
                    .map(|removed| removed.to_string()),
                _ => store
                    .inspect("session test")
                    .map(|condition| format!("{condition:?}")),
            };
            let said = outcome.unwrap_or_else(|error| Failure::of(&error).unwrap().kind.to_owned());
            println!("\n> {said}");
        }
    }

    fn text_of(length: &str) -> Secret {
        let length: usize = length.parse().unwrap();
        Secret::new(
            (0..length)
                .map(|i| char::from(b'A' + (i * 7 % 26) as u8))
                .collect::<String>(),
        )
    }

    fn on_bus(address: &str, steps: &str) -> Vec<String> {
        let output = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "session::keyring_store::tests::child",
                "--nocapture",
            ])
            .env("DBUS_SESSION_BUS_ADDRESS", address)
            .env(CHILD, steps)
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .output()
            .unwrap();
        let lines = String::from_utf8(output.stdout).unwrap();
        lines
            .lines()
            .filter_map(|line| line.strip_prefix("> ").map(str::to_owned))
            .collect()
    }

    #[test]
    fn without_a_bus_the_keyring_is_absent() {
        assert_eq!(
            on_bus("unix:path=/nonexistent/bus", "load save:10"),
            ["keyring_absent", "keyring_absent"]
        );
    }

    #[test]
    fn a_bus_that_never_answers_ends_each_call_at_its_deadline() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("bus");
        let _listener = UnixListener::bind(&path).unwrap();
        let said = on_bus(
            &format!("unix:path={}", path.display()),
            "load save:10 remove",
        );
        assert_eq!(said, ["keyring_timeout"; 3]);
    }

    const BUS: &str = r#"<busconfig>
        <type>session</type><listen>ADDRESS</listen>
        <policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
    </busconfig>"#;

    /// A bus and a keyring of their own, in a scratch home.
    struct Desktop {
        _home: tempfile::TempDir,
        bus: Child,
        keyring: Option<Child>,
        address: String,
    }

    impl Desktop {
        fn without_keyring() -> Desktop {
            let home = tempfile::tempdir().unwrap();
            let address = format!("unix:path={}", home.path().join("bus").display());
            let config = home.path().join("bus.conf");
            std::fs::write(&config, BUS.replace("ADDRESS", &address)).unwrap();
            let mut bus = Command::new("dbus-daemon")
                .args(["--nofork", "--print-address", "--config-file"])
                .arg(&config)
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let mut line = String::new();
            BufReader::new(bus.stdout.take().unwrap())
                .read_line(&mut line)
                .unwrap();
            Desktop {
                _home: home,
                bus,
                keyring: None,
                address,
            }
        }

        fn start(arguments: &[&str]) -> Desktop {
            let mut desktop = Desktop::without_keyring();
            let home: &Path = desktop._home.path();
            let mut keyring = Command::new("gnome-keyring-daemon")
                .args(["--foreground", "--components=secrets"])
                .args(arguments)
                .env("HOME", home)
                .env("XDG_RUNTIME_DIR", home)
                .env("DBUS_SESSION_BUS_ADDRESS", &desktop.address)
                .env_remove("XDG_DATA_HOME")
                .env_remove("DISPLAY")
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            keyring.stdin.take().unwrap().write_all(b"pw").unwrap();
            desktop.keyring = Some(keyring);
            let name = [
                "org.freedesktop.DBus.NameHasOwner",
                "string:org.freedesktop.secrets",
            ];
            let mut tries = 0..2000;
            while !desktop
                .call("org.freedesktop.DBus", "/", &name)
                .contains("true")
            {
                tries.next().unwrap();
            }
            desktop
        }

        fn call(&self, to: &str, object: &str, call: &[&str]) -> String {
            let output = Command::new("dbus-send")
                .args([
                    "--session",
                    "--print-reply",
                    &format!("--dest={to}"),
                    object,
                ])
                .args(call)
                .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
                .output()
                .unwrap();
            String::from_utf8(output.stdout).unwrap()
        }

        fn lock(&self) {
            let collection = "array:objpath:/org/freedesktop/secrets/collection/login";
            self.call(
                "org.freedesktop.secrets",
                "/org/freedesktop/secrets",
                &["org.freedesktop.Secret.Service.Lock", collection],
            );
        }

        fn stop_answering(&self) {
            let id = self.keyring.as_ref().unwrap().id().to_string();
            assert!(
                Command::new("kill")
                    .args(["-STOP", &id])
                    .status()
                    .unwrap()
                    .success()
            );
        }

        fn does(&self, steps: &str) -> Vec<String> {
            on_bus(&self.address, steps)
        }
    }

    impl Drop for Desktop {
        fn drop(&mut self) {
            for child in self.keyring.iter_mut().chain([&mut self.bus]) {
                let _ = child.kill();
                let _ = child.wait();
            }
        }
    }

    #[test]
    #[ignore = "needs a Secret Service"]
    fn a_keyring_keeps_texts_of_any_length_and_forgets_them() {
        let desktop = Desktop::start(&["--unlock"]);
        assert_eq!(
            desktop.does("load inspect remove"),
            ["none", "Nothing", "false"]
        );
        assert_eq!(
            desktop.does("save:5000 is:5000 save:20480 is:20480 save:0 is:0"),
            ["saved", "true", "saved", "true", "saved", "true"]
        );
        assert_eq!(desktop.does("save:20480"), ["saved"]);
        assert_eq!(
            desktop.does("is:20480 inspect remove load remove"),
            ["true", "Whole", "true", "none", "false"]
        );
    }

    #[test]
    #[ignore = "needs a Secret Service"]
    fn of_two_items_the_one_of_the_default_collection_is_read_and_none_is_left_behind() {
        let desktop = Desktop::start(&["--unlock"]);
        assert_eq!(desktop.does("save:5000"), ["saved"]);
        let mut stranger = Command::new("secret-tool")
            .args(["store", "--collection=session", "--label=another"])
            .args(["service", SERVICE, "username", "session test"])
            .env("DBUS_SESSION_BUS_ADDRESS", &desktop.address)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        stranger.stdin.take().unwrap().write_all(b"other").unwrap();
        assert!(stranger.wait().unwrap().success());
        assert_eq!(
            desktop.does("is:5000 save:40 is:40 remove load remove"),
            ["true", "saved", "true", "true", "none", "false"]
        );
    }

    #[test]
    #[ignore = "needs a Secret Service"]
    fn each_way_a_keyring_fails_has_its_own_name() {
        let bus_only = Desktop::without_keyring();
        assert_eq!(
            bus_only.does("load save:10"),
            ["keyring_absent", "keyring_absent"]
        );
        let empty = Desktop::start(&["--start"]);
        assert_eq!(empty.does("load save:10"), ["none", "keyring_absent"]);
        let desktop = Desktop::start(&["--unlock"]);
        assert_eq!(desktop.does("save:5000"), ["saved"]);
        desktop.lock();
        assert_eq!(
            desktop.does("load save:10 remove"),
            ["keyring_locked", "keyring_locked", "keyring_locked"]
        );
        desktop.stop_answering();
        assert_eq!(
            desktop.does("load load"),
            ["keyring_timeout", "keyring_timeout"]
        );
    }
}
