//! What a place for secrets can do: named texts, one at a time.

use std::fmt;
use std::time::Duration;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use crate::secret::Secret;

/// A place that keeps named secret texts: sessions, client secrets, temporary AWS credentials.
///
/// A name is any text up to 400 bytes; [`SessionKey::item`](super::SessionKey::item) makes them. Every failure is a
/// `Failure` with a kind of its own for what happened and a hint; a failed read never removes anything.
pub trait Store: Send + Sync {
    /// Returns the text of that name; `None` also when only a part of it is there, for a part is nothing one could use.
    fn load(&self, item: &str) -> Result<Option<Secret>>;

    /// Keeps the text, in place of an earlier one; a save that is interrupted leaves the earlier one or nothing, never a mixture.
    fn save(&self, item: &str, text: &Secret) -> Result<()>;

    /// Removes the text without looking at it; `false` if there was none.
    fn remove(&self, item: &str) -> Result<bool>;

    /// Returns where this is, for a person: `the keyring of this system`, a directory.
    fn describe(&self) -> String;

    /// Returns what lies under the name, for a diagnosis.
    fn inspect(&self, item: &str) -> Result<Condition> {
        Ok(if self.load(item)?.is_some() {
            Condition::Whole
        } else {
            Condition::Nothing
        })
    }
}

/// What lies under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Nothing.
    Nothing,
    /// A text.
    Whole,
    /// Parts of a text that was split and not written to its end, or lost a part since: it counts as nothing.
    Partial,
}

/// The kinds of store, as `--store` names them.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum StoreKind {
    /// The keyring of the operating system.
    #[default]
    Keyring,
    /// Owner-only files in the state directory.
    File,
    /// Nothing outlives the process.
    None,
}

impl fmt::Display for StoreKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            StoreKind::Keyring => "keyring",
            StoreKind::File => "file",
            StoreKind::None => "none",
        })
    }
}

/// How long a keyring may take, by who could answer its prompts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// Nobody: 3 s for a read, 5 s for a write; a keyring that keeps time itself takes one.
    Program,
    /// A person, who may be typing the password of the keyring: 60 s; a keyring that keeps time itself and hangs, one second.
    Person,
}

impl Patience {
    /// How long a keyring may ask the person, if one is there; less than the deadlines, so that its own words come first.
    pub const fn of_prompt(self) -> Option<Duration> {
        match self {
            Patience::Program => None,
            Patience::Person => Some(Duration::from_secs(55)),
        }
    }

    /// The deadline of a read.
    pub const fn of_read(self) -> Duration {
        match self {
            Patience::Program => Duration::from_secs(3),
            Patience::Person => Duration::from_secs(60),
        }
    }

    /// The deadline of a write; longer, since giving up on a rotated refresh token loses the session.
    pub const fn of_write(self) -> Duration {
        match self {
            Patience::Program => Duration::from_secs(5),
            Patience::Person => Duration::from_secs(60),
        }
    }
}
