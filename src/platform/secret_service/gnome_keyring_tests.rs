//! The store against a real gnome-keyring, on a bus and in a home of the test's own.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use keyring_core::api::CredentialStoreApi;
use keyring_core::{Entry, Error};

use super::connection::{Connection, Signal};
use super::error::SecretServiceError;
use super::store::{Prompts, Store};

/// A session bus with a gnome-keyring on it.
struct Desktop {
    dir: tempfile::TempDir,
    bus: Child,
    keyring: Option<Child>,
}

impl Desktop {
    /// Starts both; the keyring called `login` is made, opened with a password and the default one.
    fn start() -> Desktop {
        let mut desktop = Desktop::without_keyring();
        desktop.open_keyring(Some("pw"));
        desktop
    }

    fn without_keyring() -> Desktop {
        Desktop::in_home(tempfile::tempdir().unwrap())
    }

    fn in_home(dir: tempfile::TempDir) -> Desktop {
        let mut bus = command(dir.path(), "dbus-daemon")
            .args(["--session", "--nofork", "--print-address=1"])
            .arg(format!(
                "--address=unix:path={}",
                dir.path().join("bus").display()
            ))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        BufReader::new(bus.stdout.as_mut().unwrap())
            .read_line(&mut String::new())
            .unwrap();
        Desktop {
            dir,
            bus,
            keyring: None,
        }
    }

    /// Starts a gnome-keyring and waits until it serves; it stays locked without a password.
    fn open_keyring(&mut self, password: Option<&str>) {
        let sockets = [self.dir.path().join("bus").into_os_string()];
        let mut watch =
            Connection::open(&sockets, Instant::now() + Duration::from_secs(20)).unwrap();
        let owner_changed = Signal {
            path: "/org/freedesktop/DBus".to_owned(),
            interface: "org.freedesktop.DBus",
            member: "NameOwnerChanged",
        };
        watch.watch(owner_changed).unwrap();
        let mut keyring = command(self.dir.path(), "gnome-keyring-daemon")
            .args(["--foreground", "--components=secrets"])
            .args(password.map(|_| "--unlock"))
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        keyring
            .stdin
            .take()
            .unwrap()
            .write_all(password.unwrap_or_default().as_bytes())
            .unwrap();
        self.keyring = Some(keyring);
        loop {
            let change = watch.signal("org.freedesktop.DBus").unwrap();
            if change.body("sss").unwrap().text().unwrap() == "org.freedesktop.secrets" {
                break;
            }
        }
    }

    fn close_keyring(&mut self) {
        let mut keyring = self.keyring.take().unwrap();
        keyring.kill().unwrap();
        keyring.wait().unwrap();
    }

    fn signal_keyring(&self, signal: &str) {
        let pid = self.keyring.as_ref().unwrap().id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &pid])
                .status()
                .unwrap()
                .success()
        );
    }

    fn store(&self, prompts: Prompts) -> std::sync::Arc<Store> {
        Store::on(
            Ok(vec![self.dir.path().join("bus").into_os_string()]),
            prompts,
        )
    }

    fn entry(&self, user: &str) -> Entry {
        self.store(Prompts::Never)
            .entry("cognito-login", user, "cognito-login: profile work")
            .unwrap()
    }

    fn secret_tool(&self, arguments: &[&str], input: &str) -> String {
        let mut tool = command(self.dir.path(), "secret-tool")
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        tool.stdin
            .take()
            .unwrap()
            .write_all(input.as_bytes())
            .unwrap();
        String::from_utf8(tool.wait_with_output().unwrap().stdout).unwrap()
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

fn command(home: &Path, program: &str) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
        .env("HOME", home)
        .env("XDG_RUNTIME_DIR", home)
        .env(
            "DBUS_SESSION_BUS_ADDRESS",
            format!("unix:path={}", home.join("bus").display()),
        )
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

fn cause(result: &Result<String, Error>) -> Option<&SecretServiceError> {
    SecretServiceError::of(result.as_ref().unwrap_err())
}

#[test]
#[ignore = "needs gnome-keyring, dbus-daemon and secret-tool"]
fn an_item_is_written_read_replaced_and_deleted() {
    let desktop = Desktop::start();
    let entry = desktop.entry("work");
    assert!(matches!(entry.get_password(), Err(Error::NoEntry)));
    for secret in ["first", "second, with ü", &"x".repeat(100_000), ""] {
        entry.set_password(secret).unwrap();
        assert_eq!(entry.get_password().unwrap(), secret);
    }
    entry.set_secret(b"\xff\0").unwrap();
    assert_eq!(entry.get_secret().unwrap(), b"\xff\0");
    assert_eq!(entry.get_attributes().unwrap()["username"], "work");
    entry.delete_credential().unwrap();
    assert!(matches!(entry.get_password(), Err(Error::NoEntry)));
    assert!(matches!(entry.delete_credential(), Err(Error::NoEntry)));
}

#[test]
#[ignore = "needs gnome-keyring, dbus-daemon and secret-tool"]
fn secret_tool_and_this_store_share_their_items() {
    let desktop = Desktop::start();
    desktop.entry("ours").set_password("by us").unwrap();
    let lookup = |user| {
        desktop.secret_tool(
            &["lookup", "service", "cognito-login", "username", user],
            "",
        )
    };
    assert_eq!(lookup("ours"), "by us");
    let store = [
        "store",
        "--label=l",
        "service",
        "cognito-login",
        "username",
        "theirs",
    ];
    desktop.secret_tool(&store, "by them");
    assert_eq!(desktop.entry("theirs").get_password().unwrap(), "by them");
    desktop.entry("theirs").set_password("changed").unwrap();
    assert_eq!(lookup("theirs"), "changed");
    let both = desktop
        .store(Prompts::Never)
        .search(&HashMap::from([("service", "cognito-login")]))
        .unwrap();
    assert_eq!(both.len(), 2);
}

#[test]
#[ignore = "needs gnome-keyring, dbus-daemon and secret-tool"]
fn a_locked_keyring_is_neither_absent_nor_empty() {
    let mut desktop = Desktop::start();
    desktop.entry("work").set_password("kept").unwrap();
    desktop.close_keyring();
    desktop.open_keyring(None);
    let read = desktop.entry("work").get_password();
    assert!(
        matches!(cause(&read), Some(SecretServiceError::Locked)),
        "{read:?}"
    );
    let write = desktop
        .entry("new")
        .set_password("p")
        .map(|()| String::new());
    assert!(
        matches!(cause(&write), Some(SecretServiceError::Locked)),
        "{write:?}"
    );
    assert!(matches!(
        desktop.entry("stranger").get_password(),
        Err(Error::NoEntry)
    ));

    // There is no display here, so the question fails at once; nobody waits a minute for it.
    let asking = desktop.store(Prompts::Within(Duration::from_secs(60)));
    let read = asking
        .entry("cognito-login", "work", "label")
        .unwrap()
        .get_password();
    assert!(
        matches!(cause(&read), Some(SecretServiceError::Dismissed)),
        "{read:?}"
    );

    desktop.close_keyring();
    desktop.open_keyring(Some("pw"));
    assert_eq!(desktop.entry("work").get_password().unwrap(), "kept");
}

#[test]
#[ignore = "needs gnome-keyring, dbus-daemon and secret-tool"]
fn a_keyring_that_hangs_is_an_error_and_works_again_when_it_wakes() {
    let desktop = Desktop::start();
    desktop.entry("work").set_password("kept").unwrap();
    desktop.signal_keyring("-STOP");
    let read = desktop.entry("work").get_password();
    assert!(
        matches!(cause(&read), Some(SecretServiceError::TimedOut)),
        "{read:?}"
    );
    desktop.signal_keyring("-CONT");
    assert_eq!(desktop.entry("work").get_password().unwrap(), "kept");
}

#[test]
#[ignore = "needs gnome-keyring, dbus-daemon and secret-tool"]
fn a_keyring_that_hangs_is_noticed_where_a_person_could_be_asked() {
    let desktop = Desktop::start();
    desktop.entry("work").set_password("kept").unwrap();
    desktop.signal_keyring("-STOP");
    let an_hour = desktop.store(Prompts::Within(Duration::from_secs(3_600)));
    let entry = an_hour.entry("cognito-login", "work", "label").unwrap();
    let read = entry.get_password();
    assert!(
        matches!(cause(&read), Some(SecretServiceError::TimedOut)),
        "{read:?}"
    );
    desktop.signal_keyring("-CONT");
    assert_eq!(entry.get_password().unwrap(), "kept");
}

#[test]
#[ignore = "needs gnome-keyring, dbus-daemon and secret-tool"]
fn an_entry_outlives_the_keyring_it_was_first_used_with() {
    let mut desktop = Desktop::start();
    let entry = desktop.entry("work");
    entry.set_password("kept").unwrap();
    desktop.close_keyring();
    desktop.open_keyring(Some("pw"));
    assert_eq!(entry.get_password().unwrap(), "kept");
}

#[test]
#[ignore = "needs gnome-keyring, dbus-daemon and secret-tool"]
fn a_keyring_that_is_not_running_is_started() {
    let desktop = Desktop::without_keyring();
    let read = desktop.entry("work").get_password();
    assert!(matches!(read, Err(Error::NoEntry)), "{read:?}");
}

#[test]
#[ignore = "needs gnome-keyring, dbus-daemon and secret-tool"]
fn a_keyring_that_starts_and_never_serves_is_an_error() {
    let home = tempfile::tempdir().unwrap();
    // The session bus looks for services here first.
    let services = home.path().join("dbus-1/services");
    std::fs::create_dir_all(&services).unwrap();
    std::fs::write(
        services.join("org.freedesktop.secrets.service"),
        "[D-BUS Service]\nName=org.freedesktop.secrets\nExec=/bin/sleep 20\n",
    )
    .unwrap();
    let desktop = Desktop::in_home(home);
    for prompts in [Prompts::Never, Prompts::Within(Duration::from_secs(3_600))] {
        let entry = desktop.store(prompts).entry("s", "u", "l").unwrap();
        let read = entry.get_password();
        assert!(
            matches!(cause(&read), Some(SecretServiceError::TimedOut)),
            "{read:?}"
        );
    }
}

#[test]
#[ignore = "needs gnome-keyring, dbus-daemon and secret-tool"]
fn without_a_default_keyring_a_write_says_so() {
    let mut desktop = Desktop::without_keyring();
    desktop.open_keyring(None);
    let write = desktop
        .entry("work")
        .set_password("p")
        .map(|()| String::new());
    assert!(
        matches!(cause(&write), Some(SecretServiceError::NoDefaultCollection)),
        "{write:?}"
    );
    assert!(matches!(
        desktop.entry("work").get_password(),
        Err(Error::NoEntry)
    ));
}

/// The promise of this module: it never harms the keyring, and the keyring never fails it.
///
/// `READS` (4 000) one after the other with a write after every hundredth, then `BURSTS` (12) of 32 at once, of which
/// one writes. The run can fail: with `OpenSession` sent before the search, the daemon died at read 3 084.
#[test]
#[ignore = "needs gnome-keyring, dbus-daemon and minutes"]
fn no_daemon_dies_and_no_read_fails() {
    let count = |name: &str, usual| std::env::var(name).map_or(usual, |text| text.parse().unwrap());
    let (reads, bursts): (u32, u32) = (count("READS", 4_000), count("BURSTS", 12));
    let mut desktop = Desktop::start();
    let secret = "x".repeat(5_121);
    desktop.entry("work").set_password(&secret).unwrap();
    let failures = AtomicU32::new(0);
    let run = |number: u32, write: bool| {
        let entry = desktop.entry("work");
        let done = if write {
            entry.set_password(&secret)
        } else {
            entry.get_password().map(|text| assert_eq!(text, secret))
        };
        if let Err(error) = done {
            eprintln!("{number}: {error:?}");
            failures.fetch_add(1, Ordering::Relaxed);
        }
    };
    for number in 0..reads {
        run(number, false);
        if number % 100 == 99 {
            run(number, true);
        }
    }
    for number in 0..bursts {
        std::thread::scope(|scope| {
            for one in 0..32 {
                scope.spawn(move || run(number, one == 7));
            }
        });
    }
    assert_eq!(failures.into_inner(), 0);
    assert!(
        desktop
            .keyring
            .as_mut()
            .unwrap()
            .try_wait()
            .unwrap()
            .is_none(),
        "the keyring died"
    );
}
