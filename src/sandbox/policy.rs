//! What a pool demands of a new account: the rules for its password, and the attributes it has to give.

use serde::Deserialize;

/// The rules a password has to follow; the default is Cognito's own.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PasswordPolicy {
    /// Characters; Cognito allows 6 to 99 here.
    pub minimum_length: usize,
    /// One of `a` to `z`.
    pub require_lowercase: bool,
    /// One of `A` to `Z`.
    pub require_uppercase: bool,
    /// One of `0` to `9`.
    pub require_numbers: bool,
    /// One of the ASCII signs that are neither letter nor digit.
    pub require_symbols: bool,
}

impl Default for PasswordPolicy {
    fn default() -> PasswordPolicy {
        PasswordPolicy {
            minimum_length: 8,
            require_lowercase: true,
            require_uppercase: true,
            require_numbers: true,
            require_symbols: true,
        }
    }
}

/// Cognito's limit for a password.
const LONGEST_PASSWORD_BYTES: usize = 256;

impl PasswordPolicy {
    /// Returns each rule in words, with the regular expression a browser checks while a person types.
    pub(super) fn rules(&self) -> Vec<(String, String)> {
        let length = self.minimum_length;
        let rule = |wanted: bool, words: &str, pattern: &str| {
            wanted.then(|| (words.to_owned(), pattern.to_owned()))
        };
        [
            Some((
                format!("At least {length} characters"),
                format!("^.{{{length},}}$"),
            )),
            rule(self.require_lowercase, "A lower-case letter", "[a-z]"),
            rule(self.require_uppercase, "An upper-case letter", "[A-Z]"),
            rule(self.require_numbers, "A digit", "[0-9]"),
            rule(self.require_symbols, "A symbol", "[!-/:-@[-`{-~]"),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// Returns whether a password follows every rule.
    pub(super) fn accepts(&self, password: &str) -> bool {
        let has =
            |wanted: bool, kind: fn(&char) -> bool| !wanted || password.chars().any(|c| kind(&c));
        password.chars().count() >= self.minimum_length
            && password.len() <= LONGEST_PASSWORD_BYTES
            && has(self.require_lowercase, char::is_ascii_lowercase)
            && has(self.require_uppercase, char::is_ascii_uppercase)
            && has(self.require_numbers, char::is_ascii_digit)
            && has(self.require_symbols, char::is_ascii_punctuation)
    }
}

/// A standard attribute of OpenID Connect (Core §5.1) that a pool may demand beside the address.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Attribute {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    /// The type of its input.
    pub(super) kind: &'static str,
    /// The autofill word of its input.
    pub(super) autocomplete: &'static str,
    pub(super) hint: &'static str,
}

const fn text(name: &'static str, label: &'static str, autocomplete: &'static str) -> Attribute {
    Attribute {
        name,
        label,
        kind: "text",
        autocomplete,
        hint: "",
    }
}

/// The attribute a sign-up page offers even where none is demanded.
pub(super) const NAME: &Attribute = &ATTRIBUTES[0];

const ATTRIBUTES: [Attribute; 15] = [
    text("name", "Full name", "name"),
    text("given_name", "Given name", "given-name"),
    text("family_name", "Family name", "family-name"),
    text("middle_name", "Middle name", "additional-name"),
    text("nickname", "Nickname", "nickname"),
    text("preferred_username", "Preferred user name", "off"),
    Attribute {
        kind: "tel",
        hint: "With the country code, like +15555550100.",
        ..text("phone_number", "Phone number", "tel")
    },
    Attribute {
        kind: "date",
        ..text("birthdate", "Date of birth", "bday")
    },
    text("address", "Address", "street-address"),
    text("gender", "Gender", "sex"),
    text("locale", "Language", "language"),
    text("zoneinfo", "Time zone", "off"),
    Attribute {
        kind: "url",
        ..text("website", "Website", "url")
    },
    Attribute {
        kind: "url",
        ..text("profile", "Profile page", "url")
    },
    Attribute {
        kind: "url",
        ..text("picture", "Picture", "photo")
    },
];

impl Attribute {
    pub(super) fn named(name: &str) -> Option<&'static Attribute> {
        ATTRIBUTES.iter().find(|known| known.name == name)
    }

    /// Returns what is wrong with a value, in words for the person.
    pub(super) fn complaint(&self, value: &str) -> Option<&'static str> {
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let fits = match self.name {
            "phone_number" => value
                .strip_prefix('+')
                .is_some_and(|rest| digits(rest) && (7..=15).contains(&rest.len())),
            "birthdate" => {
                let parts: Vec<&str> = value.split('-').collect();
                parts.iter().all(|part| digits(part))
                    && parts.iter().map(|part| part.len()).eq([4, 2, 2])
            }
            _ => value.chars().count() <= 2048 && !value.chars().any(char::is_control),
        };
        match self.name {
            _ if value.is_empty() => Some("Please fill this in."),
            _ if fits => None,
            "phone_number" => Some("Write it with the country code, like +15555550100."),
            "birthdate" => Some("Write it as year, month and day, like 1815-12-10."),
            _ => Some("This is too long."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_policy_wants_eight_characters_of_four_kinds() {
        let policy = PasswordPolicy::default();
        assert!(policy.accepts("Engine-1843"));
        for weak in ["Ab-1234", "abcdef-1", "ABCDEF-1", "Abcdefg-", "Abcdefg1"] {
            assert!(!policy.accepts(weak), "{weak}");
        }
        assert!(!policy.accepts(&format!("Ab-1{}", "x".repeat(256))));
    }

    #[test]
    fn a_pool_may_ask_for_less() {
        let policy: PasswordPolicy = serde_json::from_value(
            serde_json::json!({"minimum_length": 6, "require_symbols": false, "require_uppercase": false}),
        )
        .unwrap();
        assert!(policy.accepts("abcde1") && !policy.accepts("abcd1"));
        assert_eq!(policy.rules().len(), 3);
    }

    #[test]
    fn attributes_are_checked_by_their_form() {
        let wrong =
            |name: &str, value: &str| Attribute::named(name).unwrap().complaint(value).is_some();
        assert!(!wrong("phone_number", "+15555550100") && wrong("phone_number", "0155"));
        assert!(!wrong("birthdate", "1815-12-10") && wrong("birthdate", "10.12.1815"));
        assert!(!wrong("name", "Ada") && wrong("name", "") && wrong("name", "\u{1b}[2J"));
        assert!(Attribute::named("custom:team").is_none());
    }
}
