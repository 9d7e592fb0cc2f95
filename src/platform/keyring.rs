//! The keyring of the operating system: which one it is, its limits, and what its errors mean.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use keyring_core::{CredentialStore, Entry, Error, Result};

/// How secrets travel to a Secret Service (Linux); the other systems have no choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SecretServiceSession {
    /// As they are, over the user's own bus: whoever may listen there may also ask for the item.
    #[default]
    Plain,
    /// Under a Diffie-Hellman key, for services that refuse `plain`.
    Encrypted,
}

/// What a failing keyring means for the person in front of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// There is no keyring here, or nothing that could start one.
    Absent,
    /// There is one, but no collection in it where things are put by default.
    NoDefaultCollection,
    /// It is locked and nobody could be asked to unlock it.
    Locked,
    /// Someone said no: a dismissed prompt, an access rule.
    Denied,
    /// It did not answer in time.
    Silent,
    /// It insists on [`SecretServiceSession::Encrypted`].
    PlainRefused,
    /// It holds something that it cannot give back.
    Unreadable,
    /// Anything else.
    Failed,
}

/// What to do about a locked keyring.
pub const HOW_TO_UNLOCK: &str = if cfg!(target_os = "macos") {
    "security unlock-keychain, or `--store file` for an owner-only file instead"
} else {
    "unlock the keyring (log in to the desktop, or: gnome-keyring-daemon --unlock), or `--store file` for an owner-only file instead"
};

/// Returns what people call it.
pub const fn name() -> &'static str {
    if cfg!(target_os = "macos") {
        "the macOS keychain"
    } else if cfg!(windows) {
        "the Windows Credential Manager"
    } else {
        "the keyring (Secret Service)"
    }
}

/// Connects to the keyring; on a thread of its own unless it [keeps time](keeps_time), for it may block as long as its daemon does.
///
/// `prompts` is how long a person may be asked to unlock it, `None` where nobody is; keyrings that cannot be told ask.
///
/// # Errors
/// Fails when there is no keyring.
pub fn open(
    session: SecretServiceSession,
    prompts: Option<Duration>,
) -> Result<Arc<CredentialStore>> {
    match session {
        #[cfg(any(
            target_os = "linux",
            target_os = "dragonfly",
            target_os = "freebsd",
            target_os = "netbsd",
            target_os = "openbsd"
        ))]
        SecretServiceSession::Plain => {
            use super::secret_service::{Prompts, Store};
            Ok(Store::new(prompts.map_or(Prompts::Never, Prompts::Within)))
        }
        _ => {
            // The other keyrings decide for themselves whom they ask.
            let _ = prompts;
            keyring_crate()
        }
    }
}

/// Tells whether every call ends in time by itself: within a second where nobody is asked anything or the keyring hangs, or
/// within three where the bus has to start it first, and after `prompts` at the latest.
pub const fn keeps_time(session: SecretServiceSession) -> bool {
    let secret_service = !cfg!(any(target_os = "macos", windows));
    secret_service && matches!(session, SecretServiceSession::Plain)
}

/// Tells whether the keyring could ask a person something: where there is a display on Linux, and elsewhere not over SSH.
pub fn can_ask(environment: impl Fn(&str) -> Option<String>) -> bool {
    let any = |names: &[&str]| names.iter().any(|name| environment(name).is_some());
    if cfg!(any(target_os = "macos", windows)) {
        !any(&["SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"])
    } else {
        any(&["DISPLAY", "WAYLAND_DISPLAY"])
    }
}

/// Returns the most bytes an item can hold, if there is a limit that matters.
///
/// Windows: `CRED_MAX_CREDENTIAL_BLOB_SIZE`, 5 × 512 bytes (`wincred.h`). Secret Service and macOS keychain took megabytes.
pub const fn limit_bytes() -> Option<usize> {
    if cfg!(windows) { Some(2560) } else { None }
}

/// Names an item; nothing is read or written yet.
///
/// # Errors
/// Fails when the store refuses the name.
pub fn entry(store: &CredentialStore, service: &str, user: &str) -> Result<Entry> {
    let label = format!("{service}: {user}");
    let modifiers = if cfg!(windows) {
        // The default is `Enterprise`, which roams to other machines.
        HashMap::from([("persistence", "Local")])
    } else if cfg!(target_os = "macos") {
        HashMap::new()
    } else {
        HashMap::from([("label", label.as_str())])
    };
    store.build(service, user, Some(&modifiers))
}

/// Returns what an error means.
pub fn trouble(error: &Error) -> Trouble {
    match error {
        Error::NoDefaultStore => Trouble::Absent,
        Error::BadEncoding(_) | Error::BadDataFormat(..) | Error::BadStoreFormat(_) => {
            Trouble::Unreadable
        }
        // The types below belong to crates we do not depend on, so their `Debug` text is what can be looked at.
        Error::PlatformFailure(cause) | Error::NoStorageAccess(cause) => {
            meaning(&format!("{cause:?}"))
        }
        _ => Trouble::Failed,
    }
}

/// Connects through the keyring crate: macOS keychain, Windows Credential Manager, Secret Service over zbus.
fn keyring_crate() -> Result<Arc<CredentialStore>> {
    match keyring::Entry::store_status() {
        Ok(()) => keyring_core::get_default_store().ok_or(Error::NoDefaultStore),
        // The status is kept for the life of the process and cannot be moved out.
        Err(error) => Err(Error::PlatformFailure(error.to_string().into())),
    }
}

#[cfg(target_os = "macos")]
fn meaning(cause: &str) -> Trouble {
    // OSStatus codes of SecBase.h.
    match cause {
        _ if cause.contains("code: -25308") => Trouble::Locked, // errSecInteractionNotAllowed: over SSH
        _ if cause.contains("code: -25293") => Trouble::Denied, // errSecAuthFailed
        _ if cause.contains("code: -25244") => Trouble::Denied, // errSecInvalidOwnerEdit
        _ if cause.contains("code: -128") => Trouble::Denied,   // errSecUserCanceled
        _ if ["-25291", "-25294", "-25295", "-25307"]
            .iter()
            .any(|code| cause.contains(code)) =>
        {
            Trouble::Absent
        }
        _ => Trouble::Failed,
    }
}

#[cfg(windows)]
fn meaning(cause: &str) -> Trouble {
    match cause {
        _ if cause.contains("(1312)") => Trouble::Absent, // ERROR_NO_SUCH_LOGON_SESSION: over SSH
        _ if cause.contains("(5)") => Trouble::Denied,    // ERROR_ACCESS_DENIED
        _ => Trouble::Failed,
    }
}

#[cfg(not(any(target_os = "macos", windows)))]
fn meaning(cause: &str) -> Trouble {
    // The name of the variant; what follows may be text of the service.
    match cause
        .split(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or_default()
    {
        "NoBus" | "NoService" | "Unavailable" => Trouble::Absent,
        "NoDefaultCollection" | "NoResult" => Trouble::NoDefaultCollection,
        "Locked" => Trouble::Locked,
        "Dismissed" | "Denied" => Trouble::Denied,
        // Dismissed, or never shown: without a display there was nobody to ask.
        "Prompt" if can_ask(|name| std::env::var(name).ok()) => Trouble::Denied,
        "Prompt" => Trouble::Locked,
        "TimedOut" => Trouble::Silent,
        "PlainRefused" => Trouble::PlainRefused,
        "Zbus" | "ZbusFdo" => meaning_on_the_bus(cause),
        _ => Trouble::Failed,
    }
}

/// Reads the D-Bus error name out of an error of zbus.
#[cfg(not(any(target_os = "macos", windows)))]
fn meaning_on_the_bus(cause: &str) -> Trouble {
    let names = |some: &[&str]| some.iter().any(|name| cause.contains(name));
    if names(&["Secret.Error.IsLocked"]) {
        Trouble::Locked
    } else if names(&["DBus.Error.AccessDenied", "AccessDenied("]) {
        Trouble::Denied
    } else if names(&[
        "DBus.Error.ServiceUnknown",
        "DBus.Error.NameHasNoOwner",
        "DBus.Error.Spawn.",
    ]) || names(&["ServiceUnknown(", "NameHasNoOwner(", "Spawn"])
    {
        Trouble::Absent
    } else {
        Trouble::Failed
    }
}

#[cfg(all(test, not(any(target_os = "macos", windows))))]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_the_secret_service_is_read_by_its_name_and_not_by_what_the_service_says() {
        for (cause, expected) in [
            ("Locked", Trouble::Locked),
            (
                r#"NoBus("DBUS_SESSION_BUS_ADDRESS is unset")"#,
                Trouble::Absent,
            ),
            (r#"Denied("Locked out by AppArmor")"#, Trouble::Denied),
            (
                r#"Refused { name: "x.IsLocked", message: "Locked" }"#,
                Trouble::Failed,
            ),
            (
                r#"Zbus(MethodError(OwnedErrorName("org.freedesktop.Secret.Error.IsLocked"), None))"#,
                Trouble::Locked,
            ),
            (
                r#"ZbusFdo(ServiceUnknown("The name is not activatable"))"#,
                Trouble::Absent,
            ),
            ("NoResult", Trouble::NoDefaultCollection),
            ("Crypto(\"Prompt\")", Trouble::Failed),
        ] {
            assert_eq!(meaning(cause), expected, "{cause}");
        }
    }

    #[test]
    fn a_person_can_be_asked_where_there_is_a_display() {
        let with = |set: &'static str| can_ask(|name| (name == set).then(|| ":0".to_owned()));
        assert!(with("DISPLAY") && with("WAYLAND_DISPLAY"));
        assert!(!with("SSH_TTY"));
    }
}
