//! The settings there are, and one layer of them: every value optional, the same shape from flags, environment and file.

use std::collections::BTreeMap;

/// A setting of a profile. The table of their names is [`Key::names`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)] // each is its file key; what it means is said in `names`
pub enum Key {
    UserPoolId,
    ClientId,
    Domain,
    Issuer,
    RedirectUris,
    Listen,
    LogoutUri,
    Scopes,
    IdentityPoolId,
    Grant,
    Store,
    Browser,
    Timeout,
    Preflight,
    SecretService,
}

/// What a setting is called, and the form of its value in the file.
#[derive(Clone, Copy, Debug)]
pub struct Names {
    /// The key in the file.
    pub file: &'static str,
    /// The flag, or what stands for it in messages.
    pub flag: &'static str,
    /// The environment variable.
    pub variable: Option<&'static str>,
    /// The form of its value.
    pub form: Form,
}

/// The form of a setting's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One text.
    Text,
    /// Several texts; in the environment separated by spaces.
    List,
    /// `true` or `false`.
    Switch,
}

/// A value as it was given, as yet unchecked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// One text.
    Text(String),
    /// Several texts.
    List(Vec<String>),
    /// A switch.
    Switch(bool),
}

impl Key {
    /// Every setting, in the order of the documentation.
    pub const ALL: [Key; 15] = [
        Key::UserPoolId,
        Key::ClientId,
        Key::Domain,
        Key::Issuer,
        Key::RedirectUris,
        Key::Listen,
        Key::LogoutUri,
        Key::Scopes,
        Key::IdentityPoolId,
        Key::Grant,
        Key::Store,
        Key::Browser,
        Key::Timeout,
        Key::Preflight,
        Key::SecretService,
    ];

    /// Returns what the setting is called.
    pub fn names(self) -> Names {
        use Form::{List, Switch, Text};
        let (file, flag, variable, form) = match self {
            Key::UserPoolId => (
                "user_pool_id",
                "--user-pool-id",
                Some("COGNITO_USER_POOL_ID"),
                Text,
            ),
            Key::ClientId => ("client_id", "--client-id", Some("COGNITO_CLIENT_ID"), Text),
            Key::Domain => ("domain", "--domain", Some("COGNITO_DOMAIN"), Text),
            Key::Issuer => ("issuer", "--issuer", Some("COGNITO_ISSUER"), Text),
            Key::RedirectUris => (
                "redirect_uris",
                "--redirect-uri",
                Some("COGNITO_REDIRECT_URI"),
                List,
            ),
            Key::Listen => ("listen", "--listen", Some("COGNITO_LOGIN_LISTEN"), Text),
            Key::LogoutUri => (
                "logout_uri",
                "--logout-uri",
                Some("COGNITO_LOGOUT_URI"),
                Text,
            ),
            Key::Scopes => ("scopes", "--scope", Some("COGNITO_SCOPE"), List),
            Key::IdentityPoolId => (
                "identity_pool_id",
                "--identity-pool-id",
                Some("COGNITO_IDENTITY_POOL_ID"),
                Text,
            ),
            Key::Grant => ("grant", "--grant", Some("COGNITO_GRANT"), Text),
            Key::Store => ("store", "--store", Some("COGNITO_LOGIN_STORE"), Text),
            Key::Browser => ("browser", "--browser", Some("BROWSER"), Text),
            Key::Timeout => ("timeout", "--timeout", Some("COGNITO_LOGIN_TIMEOUT"), Text),
            Key::Preflight => ("preflight", "--no-preflight", None, Switch),
            Key::SecretService => (
                "secret_service",
                "secret_service",
                Some("COGNITO_LOGIN_SECRET_SERVICE"),
                Text,
            ),
        };
        Names {
            file,
            flag,
            variable,
            form,
        }
    }

    /// Returns the setting with this key in the file.
    pub fn of_file(name: &str) -> Option<Key> {
        Key::ALL.into_iter().find(|key| key.names().file == name)
    }
}

/// One layer of settings; what it does not say, the next one does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings(BTreeMap<Key, Given>);

impl Settings {
    /// Returns the settings that the environment gives; an empty variable counts as unset.
    pub fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Settings {
        let mut settings = Settings::default();
        for key in Key::ALL {
            let names = key.names();
            let Some(value) = names
                .variable
                .and_then(&variable)
                .filter(|value| !value.trim().is_empty())
            else {
                continue;
            };
            settings.set(key, names.form.read(&value));
        }
        settings
    }

    /// Sets one value.
    pub fn set(&mut self, key: Key, value: Given) {
        self.0.insert(key, value);
    }

    /// Removes one value.
    pub fn remove(&mut self, key: Key) {
        self.0.remove(&key);
    }

    /// Sets a text if there is one.
    #[must_use]
    pub fn text(mut self, key: Key, value: Option<impl Into<String>>) -> Settings {
        if let Some(value) = value {
            self.set(key, Given::Text(value.into()));
        }
        self
    }

    /// Sets a list if it is not empty.
    #[must_use]
    pub fn list(mut self, key: Key, values: Vec<String>) -> Settings {
        if !values.is_empty() {
            self.set(key, Given::List(values));
        }
        self
    }

    /// Keeps these settings and forgets the others.
    #[must_use]
    pub fn only(mut self, keys: &[Key]) -> Settings {
        self.0.retain(|key, _| keys.contains(key));
        self
    }

    /// Returns one value.
    pub fn get(&self, key: Key) -> Option<&Given> {
        self.0.get(&key)
    }

    /// Returns every value that is set.
    pub fn iter(&self) -> impl Iterator<Item = (Key, &Given)> {
        self.0.iter().map(|(key, given)| (*key, given))
    }
}

impl Form {
    fn read(self, text: &str) -> Given {
        match self {
            Form::List => Given::List(text.split_whitespace().map(str::to_owned).collect()),
            Form::Text | Form::Switch => Given::Text(text.to_owned()),
        }
    }
}

impl Given {
    /// Returns the value as JSON, for `status --json` and `doctor`.
    pub fn json(&self) -> serde_json::Value {
        match self {
            Given::Text(text) => text.as_str().into(),
            Given::List(texts) => texts.as_slice().into(),
            Given::Switch(on) => (*on).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_is_read_by_the_table_and_empty_means_unset() {
        let settings = Settings::of_environment(|name| match name {
            "COGNITO_SCOPE" => Some(" openid  email ".into()),
            "COGNITO_CLIENT_ID" => Some(" ".into()),
            "COGNITO_DOMAIN" => Some("example".into()),
            _ => None,
        });
        let expected = Settings::default()
            .text(Key::Domain, Some("example"))
            .list(Key::Scopes, vec!["openid".into(), "email".into()]);
        assert_eq!(settings, expected);
    }
}
