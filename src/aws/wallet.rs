//! What is kept of an identity pool's answers: one person's identity ids and credentials, as one text.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::credentials::{Credentials, Plain};
use crate::clock::Timestamp;
use crate::secret::Secret;

/// Credentials that end sooner are not handed out again: whoever gets them wants to work with them.
const MARGIN: Duration = Duration::from_secs(5 * 60);
/// More roles than anyone uses at a time; a text in a keyring should not grow without end.
const ROLES_LIMIT: usize = 8;

/// Which credentials are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish<'a> {
    /// The identity pool's id.
    pub pool: &'a str,
    /// The role, where the pool lets the person choose.
    pub role: Option<&'a str>,
}

/// What is kept for one person.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Wallet {
    person: String,
    identities: BTreeMap<String, String>,
    credentials: Vec<Kept>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Kept {
    pool: String,
    role: Option<String>,
    credentials: Credentials,
}

impl Wallet {
    /// Reads what was kept for `person` (the `sub` of the ID token); empty if it was someone else's or is unreadable.
    ///
    /// Nothing in it is worth an error: all of it can be asked for again.
    pub fn of(person: &str, kept: Option<&Secret>) -> Wallet {
        let record = kept.and_then(|text| serde_json::from_str::<Record>(text.expose()).ok());
        match record {
            Some(record) if record.person == person => record.into(),
            _ => Wallet {
                person: person.to_owned(),
                ..Wallet::default()
            },
        }
    }

    /// Returns the text to keep.
    pub fn text(&self) -> Secret {
        // Strings and numbers in known places: there is nothing JSON cannot say.
        Secret::new(serde_json::to_string(&Record::from(self)).unwrap_or_default())
    }

    /// Returns the identity id that the pool gave this person.
    pub fn identity(&self, pool: &str) -> Option<&str> {
        self.identities.get(pool).map(String::as_str)
    }

    /// Returns credentials that are good for at least five minutes.
    pub fn credentials(&self, wish: Wish<'_>, now: Timestamp) -> Option<&Credentials> {
        let kept = self.credentials.iter().find(|kept| kept.answers(wish))?;
        kept.is_good(now).then_some(&kept.credentials)
    }

    /// Takes in an identity id.
    pub fn keep_identity(&mut self, pool: &str, identity: &str) {
        self.identities.insert(pool.to_owned(), identity.to_owned());
    }

    /// Takes in credentials; those that have run out are thrown away, and the oldest if there are too many.
    pub fn keep_credentials(&mut self, wish: Wish<'_>, credentials: Credentials, now: Timestamp) {
        self.credentials
            .retain(|kept| kept.is_good(now) && !kept.answers(wish));
        if self.credentials.len() >= ROLES_LIMIT {
            self.credentials.remove(0);
        }
        let (pool, role) = (wish.pool.to_owned(), wish.role.map(str::to_owned));
        self.credentials.push(Kept {
            pool,
            role,
            credentials,
        });
    }
}

impl Kept {
    fn answers(&self, wish: Wish<'_>) -> bool {
        self.pool == wish.pool && self.role.as_deref() == wish.role
    }

    fn is_good(&self, now: Timestamp) -> bool {
        self.credentials.expires_at.left_at(now) > MARGIN
    }
}

/// A wallet as it is written down.
#[derive(Serialize, Deserialize)]
struct Record {
    person: String,
    identities: BTreeMap<String, String>,
    credentials: Vec<Line>,
}

#[derive(Serialize, Deserialize)]
struct Line {
    pool: String,
    role: Option<String>,
    #[serde(flatten)]
    credentials: Plain,
}

impl From<&Wallet> for Record {
    fn from(wallet: &Wallet) -> Record {
        let line = |kept: &Kept| Line {
            pool: kept.pool.clone(),
            role: kept.role.clone(),
            credentials: Plain::from(&kept.credentials),
        };
        Record {
            person: wallet.person.clone(),
            identities: wallet.identities.clone(),
            credentials: wallet.credentials.iter().map(line).collect(),
        }
    }
}

impl From<Record> for Wallet {
    fn from(record: Record) -> Wallet {
        let kept = |line: Line| Kept {
            pool: line.pool,
            role: line.role,
            credentials: line.credentials.into(),
        };
        Wallet {
            person: record.person,
            identities: record.identities,
            credentials: record.credentials.into_iter().map(kept).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POOL: Wish<'_> = Wish {
        pool: "eu-west-1:0",
        role: None,
    };

    fn now() -> Timestamp {
        Timestamp::from_epoch(1_000_000)
    }

    fn until(seconds: u64) -> Credentials {
        Credentials {
            access_key_id: "ASIA".into(),
            secret_access_key: Secret::new("k"),
            session_token: Secret::new("t"),
            expires_at: now().plus(Duration::from_secs(seconds)),
        }
    }

    #[test]
    fn what_was_kept_is_read_again() {
        let mut wallet = Wallet::of("ada", None);
        wallet.keep_identity(POOL.pool, "eu-west-1:1");
        wallet.keep_credentials(POOL, until(3_600), now());
        let again = Wallet::of("ada", Some(&wallet.text()));
        assert_eq!(again, wallet);
        assert_eq!(again.identity(POOL.pool), Some("eu-west-1:1"));
        assert_eq!(again.credentials(POOL, now()), Some(&until(3_600)));
    }

    #[test]
    fn nobody_gets_another_person_s_credentials() {
        let mut wallet = Wallet::of("ada", None);
        wallet.keep_identity(POOL.pool, "eu-west-1:1");
        wallet.keep_credentials(POOL, until(3_600), now());
        let other = Wallet::of("eve", Some(&wallet.text()));
        assert_eq!(
            (other.identity(POOL.pool), other.credentials(POOL, now())),
            (None, None)
        );
    }

    #[test]
    fn each_role_has_its_own_and_unreadable_text_is_none() {
        let role = Wish {
            role: Some("arn:aws:iam::111122223333:role/admin"),
            ..POOL
        };
        let mut wallet = Wallet::of("ada", Some(&Secret::new("{")));
        wallet.keep_credentials(role, until(3_600), now());
        assert_eq!(wallet.credentials(POOL, now()), None);
        assert_eq!(wallet.credentials(role, now()), Some(&until(3_600)));
    }

    #[test]
    fn five_minutes_before_their_end_they_are_asked_for_anew() {
        let mut wallet = Wallet::of("ada", None);
        wallet.keep_credentials(POOL, until(301), now());
        assert!(wallet.credentials(POOL, now()).is_some());
        assert!(
            wallet
                .credentials(POOL, now().plus(Duration::from_secs(1)))
                .is_none()
        );
    }

    #[test]
    fn it_does_not_grow_without_end() {
        let roles: Vec<String> = (0..20).map(|n| format!("role {n}")).collect();
        let mut wallet = Wallet::of("ada", None);
        for role in &roles {
            wallet.keep_credentials(
                Wish {
                    role: Some(role),
                    ..POOL
                },
                until(3_600),
                now(),
            );
        }
        assert_eq!(wallet.credentials.len(), ROLES_LIMIT);
        wallet.keep_credentials(POOL, until(9_000), now().plus(Duration::from_secs(3_600)));
        assert_eq!(wallet.credentials.len(), 1);
    }
}
