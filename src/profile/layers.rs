//! Flag over environment over file over built-in, and for each value where it came from.

use std::collections::BTreeMap;
use std::fmt;

use super::settings::{Given, Key, Settings};

/// Where a value came from, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A flag on the command line.
    Flag,
    /// An environment variable.
    Environment,
    /// The profile in the file.
    File,
    /// The program itself.
    BuiltIn,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Origin::Flag => "flag",
            Origin::Environment => "environment",
            Origin::File => "file",
            Origin::BuiltIn => "built-in",
        })
    }
}

/// A value with its origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sourced {
    /// The value as it was given.
    pub given: Given,
    /// Where it came from.
    pub origin: Origin,
}

/// Every setting that has a value, from the strongest layer that gives one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resolved(BTreeMap<Key, Sourced>);

impl Resolved {
    /// Lays the layers over each other; their order does not matter, their origins do.
    pub fn of(layers: &[(Origin, &Settings)]) -> Resolved {
        let mut resolved = Resolved::default();
        for (origin, settings) in layers {
            for (key, given) in settings.iter() {
                let weaker = resolved
                    .get(key)
                    .is_none_or(|present| *origin < present.origin);
                if weaker {
                    resolved.0.insert(
                        key,
                        Sourced {
                            given: given.clone(),
                            origin: *origin,
                        },
                    );
                }
            }
        }
        resolved
    }

    /// Returns one value with its origin.
    pub fn get(&self, key: Key) -> Option<&Sourced> {
        self.0.get(&key)
    }

    /// Returns where a value came from.
    pub fn origin(&self, key: Key) -> Option<Origin> {
        self.get(key).map(|sourced| sourced.origin)
    }

    /// Returns every value with its origin.
    pub fn iter(&self) -> impl Iterator<Item = (Key, &Sourced)> {
        self.0.iter().map(|(key, sourced)| (*key, sourced))
    }

    /// Says where to look for a value that is wrong: `` `--domain` ``, `` `COGNITO_DOMAIN` `` or `` `domain` in the profile ``.
    pub fn place(&self, key: Key) -> String {
        let names = key.names();
        match (self.origin(key), names.variable) {
            (Some(Origin::Flag), _) => format!("`{}`", names.flag),
            (Some(Origin::Environment), Some(variable)) => format!("`{variable}`"),
            _ => format!("`{}`", names.file),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_layer_wins_and_is_remembered() {
        let of = |text: &str| Settings::default().text(Key::ClientId, Some(text));
        let (flag, file, built_in) = (of("a"), of("b"), of("c").text(Key::Timeout, Some("5m")));
        let resolved = Resolved::of(&[
            (Origin::BuiltIn, &built_in),
            (Origin::File, &file),
            (Origin::Flag, &flag),
        ]);
        let client = resolved.get(Key::ClientId).expect("three layers name it");
        assert_eq!(
            (&client.given, client.origin),
            (&Given::Text("a".into()), Origin::Flag)
        );
        assert_eq!(
            resolved.get(Key::Timeout).map(|timeout| timeout.origin),
            Some(Origin::BuiltIn)
        );
    }
}
