//! What can go wrong between this program and the Secret Service.

use std::fmt;
use std::io;

use super::wire::Malformed;
use crate::failure::printable;

/// Why the Secret Service did not do what it was asked.
///
/// It travels inside [`keyring_core::Error`] as the platform's own error: in `NoStorageAccess` when the store is there
/// but closed to us (`Locked`, `Dismissed`, `Denied`, `NoDefaultCollection`), in `PlatformFailure` otherwise.
/// [`SecretServiceError::of`] takes it out again.
#[derive(Debug)]
#[non_exhaustive]
pub enum SecretServiceError {
    /// No session bus could be reached: the address is unset, stale or of a kind not spoken here.
    NoBus(String),
    /// The bus knows nobody who offers a Secret Service.
    NoService(String),
    /// Nobody answered within the deadline.
    TimedOut,
    /// The keyring is locked, and a person would have to be asked for its password.
    Locked,
    /// A person was asked to unlock the keyring or to allow the access, and said no.
    Dismissed,
    /// The bus or the service forbids this program the call; the text is theirs.
    Denied(String),
    /// The service or the bus went away during the call, twice in a row.
    Vanished,
    /// No keyring is marked as the default one, and none is called `login`.
    NoDefaultCollection,
    /// The service insists on an encrypted session; the `keyring` crate's own store opens one.
    PlainRefused,
    /// The item was deleted meanwhile.
    Gone,
    /// Any other D-Bus error: its name and its text.
    Refused {
        /// The name of the D-Bus error, such as `org.freedesktop.DBus.Error.InvalidArgs`.
        name: String,
        /// What the service says about it, fit for a terminal.
        message: String,
    },
    /// What came over the socket is not D-Bus, or not what the Secret Service specification says.
    Protocol(&'static str),
    /// The socket failed.
    Socket(io::Error),
}

impl SecretServiceError {
    /// Returns the error of this module that `error` carries, if it carries one.
    pub fn of(error: &keyring_core::Error) -> Option<&SecretServiceError> {
        use keyring_core::Error::{NoStorageAccess, PlatformFailure};
        match error {
            PlatformFailure(cause) | NoStorageAccess(cause) => cause.downcast_ref(),
            _ => None,
        }
    }

    /// Reads a D-Bus error reply.
    pub(super) fn of_reply(name: &str, message: &str) -> SecretServiceError {
        let message = printable(message, 300);
        match name {
            "org.freedesktop.Secret.Error.IsLocked" => SecretServiceError::Locked,
            "org.freedesktop.Secret.Error.NoSuchObject"
            | "org.freedesktop.DBus.Error.UnknownObject" => SecretServiceError::Gone,
            "org.freedesktop.DBus.Error.NoReply" | "org.freedesktop.DBus.Error.Disconnected" => {
                SecretServiceError::Vanished
            }
            "org.freedesktop.DBus.Error.TimedOut" | "org.freedesktop.DBus.Error.Timeout" => {
                SecretServiceError::TimedOut
            }
            "org.freedesktop.DBus.Error.ServiceUnknown"
            | "org.freedesktop.DBus.Error.NameHasNoOwner" => SecretServiceError::NoService(message),
            spawn if spawn.starts_with("org.freedesktop.DBus.Error.Spawn.") => {
                SecretServiceError::NoService(message)
            }
            "org.freedesktop.DBus.Error.AccessDenied" => SecretServiceError::Denied(message),
            other => SecretServiceError::Refused {
                name: printable(other, 255),
                message,
            },
        }
    }

    /// Tells whether the service said that it does not know the method.
    pub(super) fn is_unknown_method(&self) -> bool {
        matches!(self, SecretServiceError::Refused { name, .. } if name == "org.freedesktop.DBus.Error.UnknownMethod")
    }
}

impl fmt::Display for SecretServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SecretServiceError::NoBus(reason) => write!(f, "no D-Bus session bus: {reason}"),
            SecretServiceError::NoService(reason) => {
                write!(f, "no Secret Service on the session bus: {reason}")
            }
            SecretServiceError::TimedOut => {
                f.write_str("the Secret Service did not answer in time")
            }
            SecretServiceError::Locked => {
                f.write_str("the keyring is locked: it needs a person's password or consent")
            }
            SecretServiceError::Dismissed => f.write_str("the keyring's question was dismissed"),
            SecretServiceError::Denied(reason) => {
                write!(f, "access to the Secret Service was denied: {reason}")
            }
            SecretServiceError::Vanished => {
                f.write_str("the Secret Service went away during the call")
            }
            SecretServiceError::NoDefaultCollection => f.write_str("no default keyring exists"),
            SecretServiceError::PlainRefused => {
                f.write_str("the Secret Service accepts encrypted sessions only")
            }
            SecretServiceError::Gone => f.write_str("the item was deleted meanwhile"),
            SecretServiceError::Refused { name, message } => {
                write!(f, "the Secret Service refused the call: {message} ({name})")
            }
            SecretServiceError::Protocol(what) => {
                write!(f, "the session bus sent something unreadable: {what}")
            }
            SecretServiceError::Socket(_) => {
                f.write_str("the connection to the session bus failed")
            }
        }
    }
}

impl std::error::Error for SecretServiceError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            SecretServiceError::Socket(cause) => Some(cause),
            _ => None,
        }
    }
}

impl From<Malformed> for SecretServiceError {
    fn from(Malformed(what): Malformed) -> SecretServiceError {
        SecretServiceError::Protocol(what)
    }
}

impl From<SecretServiceError> for keyring_core::Error {
    fn from(error: SecretServiceError) -> keyring_core::Error {
        match error {
            SecretServiceError::Gone => keyring_core::Error::NoEntry,
            SecretServiceError::Locked
            | SecretServiceError::Dismissed
            | SecretServiceError::Denied(_)
            | SecretServiceError::NoDefaultCollection => {
                keyring_core::Error::NoStorageAccess(Box::new(error))
            }
            _ => keyring_core::Error::PlatformFailure(Box::new(error)),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_can_tell_locked_from_absent_from_unreachable() {
        let of = |name| keyring_core::Error::from(SecretServiceError::of_reply(name, "text"));
        let locked = of("org.freedesktop.Secret.Error.IsLocked");
        assert!(matches!(locked, keyring_core::Error::NoStorageAccess(_)));
        assert!(matches!(
            SecretServiceError::of(&locked),
            Some(SecretServiceError::Locked)
        ));
        assert!(matches!(
            of("org.freedesktop.Secret.Error.NoSuchObject"),
            keyring_core::Error::NoEntry
        ));
        let absent = of("org.freedesktop.DBus.Error.Spawn.ServiceNotFound");
        assert!(matches!(
            SecretServiceError::of(&absent),
            Some(SecretServiceError::NoService(_))
        ));
    }

    #[test]
    fn the_text_of_a_service_cannot_move_the_cursor() {
        let error = SecretServiceError::of_reply("org.example.Odd", "a\x1b[2Jb");
        assert_eq!(
            error.to_string(),
            "the Secret Service refused the call: a [2Jb (org.example.Odd)"
        );
    }
}
