//! The keyring of the operating system: which one it is, its limits, and what its errors mean.

use std::collections::HashMap;
use std::sync::Arc;

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
    /// It is locked and nobody could be asked to unlock it.
    Locked,
    /// Someone said no: a dismissed prompt, an access rule.
    Denied,
    /// It holds something that it cannot give back.
    Unreadable,
    /// Several items answer to the name.
    Ambiguous,
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

/// Connects to the keyring. May block for as long as its daemon does: call it on a thread of its own.
///
/// # Errors
/// Fails when there is no keyring.
pub fn open(session: SecretServiceSession) -> Result<Arc<CredentialStore>> {
    // The switch: a Secret Service store of our own takes `Plain` here; `Encrypted` stays with the keyring crate.
    match session {
        SecretServiceSession::Plain | SecretServiceSession::Encrypted => keyring_crate(),
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
        Error::Ambiguous(_) => Trouble::Ambiguous,
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
    // Names of secret_service::Error, and D-Bus error names.
    let says = |names: &[&str]| names.iter().any(|name| cause.contains(name));
    if says(&["IsLocked", "Locked"]) {
        Trouble::Locked
    } else if says(&["Prompt"]) {
        // Dismissed, or never shown: without a display there was nobody to ask.
        let display = ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .any(|name| std::env::var_os(name).is_some());
        if display {
            Trouble::Denied
        } else {
            Trouble::Locked
        }
    } else if says(&["AccessDenied", "NotAuthorized"]) {
        Trouble::Denied
    } else if says(&[
        "ServiceUnknown",
        "NameHasNoOwner",
        "Spawn",
        "Unavailable",
        "NoResult",
    ]) {
        // `NoResult`: a service without a default collection, which nothing can be kept in.
        Trouble::Absent
    } else {
        Trouble::Failed
    }
}
