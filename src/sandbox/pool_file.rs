//! A pool in a file: what a team agrees on, in TOML, with the names of the Cognito console in snake case.
//!
//! ```toml
//! mfa = "optional"                       # off, optional, required
//! required_attributes = ["name"]
//! seed = "1"                             # the same codes and secrets each time
//! logo = "logo.svg"                      # beside this file; `css` likewise
//!
//! [password_policy]
//! minimum_length = 12
//!
//! [rules]                                # as in `POST /sandbox/quirks`
//! access_token_seconds = 300
//!
//! [client]                               # the app client of the ready line
//! name = "shop"
//! callback_urls = ["http://localhost:8080/callback"]
//!
//! [[clients]]                            # more of them
//! id = "1batch0123456789abcdefghi"
//! secret = "only-for-this-sandbox"
//! grant = "client_credentials"
//! scopes = ["api/read"]
//!
//! [[resource_servers]]
//! identifier = "api"
//! scopes = ["read", "write"]
//!
//! [[groups]]
//! name = "admins"
//! precedence = 1
//!
//! [[users]]
//! username = "grace"
//! email = "grace@example.com"
//! password = "Cobol-1959"
//! groups = ["admins"]
//! attributes = { name = "Grace Hopper", "custom:team" = "navy" }
//! temporary_password = true
//!
//! [[identity_providers]]
//! name = "Work"
//! issuer = "http://127.0.0.1:9230/local_Sandbox01"
//! client_id = "1sandboxclient23456789abcd"
//! identifiers = ["example.com"]
//! ```

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use toml_edit::{DocumentMut, Item, TableLike, Value as TomlValue};

use super::settings::{AppClient, Grant, Mfa, Settings, User};

impl Settings {
    /// Returns the defaults, changed by what a pool file says. Lists take the place of the default ones.
    ///
    /// # Errors
    /// Fails with a sentence when the file cannot be read, or a value in it is wrong.
    pub fn read(path: &Path) -> Result<Settings, String> {
        let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
        let folder = path.parent().unwrap_or(Path::new(""));
        Settings::of_text(&text, folder)
    }

    fn of_text(text: &str, folder: &Path) -> Result<Settings, String> {
        let document: DocumentMut = text
            .parse()
            .map_err(|error: toml_edit::TomlError| error.to_string())?;
        let mut settings = Settings::default();
        for (name, value) in table(document.as_table()) {
            settings.set(&name, value, folder)?;
        }
        let users = settings.users.iter();
        let wrong = users.map(|user| ("user", &user.username, user.complaint()));
        let providers = settings.identity_providers.iter();
        let wrong =
            wrong.chain(providers.map(|it| ("identity provider", &it.name, it.complaint())));
        for (kind, name, complaint) in wrong {
            if let Some(complaint) = complaint {
                return Err(format!("{kind} `{name}`: {complaint}"));
            }
        }
        Ok(settings)
    }

    fn set(&mut self, name: &str, value: Value, folder: &Path) -> Result<(), String> {
        match name {
            "client" => one::<Client>(name, value)?.into_default(&mut self.client)?,
            "clients" => {
                let clients: Result<Vec<AppClient>, String> = many::<Client>(name, value)?
                    .into_iter()
                    .map(Client::into_another)
                    .collect();
                self.more_clients = clients?;
            }
            "confidential" => self.confidential = one(name, value)?,
            "resource_servers" => self.resource_servers = many(name, value)?,
            "groups" => self.groups = many(name, value)?,
            "users" => self.users = many::<User>(name, value)?,
            "identity_providers" => self.identity_providers = many(name, value)?,
            "required_attributes" => self.required_attributes = one(name, value)?,
            "password_policy" => self.password_policy = one(name, value)?,
            "rules" => {
                let mfa = self.rules.mfa;
                let given = value.get("mfa").is_some();
                self.rules = one(name, value)?;
                if !given {
                    self.rules.mfa = mfa;
                }
            }
            "mfa" => self.rules.mfa = one::<Mfa>(name, value)?,
            "seed" => self.seed = Some(one(name, value)?),
            "logo" => self.logo = Some(folder.join(one::<PathBuf>(name, value)?)),
            "css" => self.css = Some(folder.join(one::<PathBuf>(name, value)?)),
            _ => return Err(format!("`{name}` is not a word of a pool file")),
        }
        Ok(())
    }
}

/// An app client as it is written; what is absent stays as in [`AppClient::public`].
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Client {
    id: Option<String>,
    name: Option<String>,
    secret: Option<String>,
    callback_urls: Option<Vec<String>>,
    default_redirect_uri: Option<String>,
    sign_out_urls: Option<Vec<String>>,
    scopes: Option<Vec<String>>,
    read_attributes: Option<Vec<String>>,
    #[serde(default)]
    grant: Grant,
    #[serde(default)]
    implicit: bool,
}

impl Client {
    fn into_default(self, client: &mut AppClient) -> Result<(), String> {
        if self.id.as_ref().is_some_and(|id| *id != client.id) {
            return Err(format!("the `id` of `client` is always `{}`", client.id));
        }
        self.over(client);
        Ok(())
    }

    fn into_another(self) -> Result<AppClient, String> {
        let id = self
            .id
            .clone()
            .ok_or("a client in `clients` needs an `id`")?;
        let mut client = AppClient::public(&id, &id);
        if self.grant == Grant::ClientCredentials && self.secret.is_none() {
            return Err(format!(
                "client `{id}`: `client_credentials` needs a `secret`"
            ));
        }
        self.over(&mut client);
        Ok(client)
    }

    fn over(self, client: &mut AppClient) {
        client.grant = self.grant;
        client.implicit = self.implicit;
        client.secret = self.secret.or(client.secret.take());
        client.default_redirect_uri = self.default_redirect_uri;
        client.readable = self.read_attributes;
        let replace = |target: &mut Vec<String>, given: Option<Vec<String>>| {
            *target = given.unwrap_or(std::mem::take(target));
        };
        replace(&mut client.redirect_uris, self.callback_urls);
        replace(&mut client.logout_uris, self.sign_out_urls);
        replace(&mut client.scopes, self.scopes);
        client.name = self.name.unwrap_or(std::mem::take(&mut client.name));
    }
}

fn one<T: DeserializeOwned>(name: &str, value: Value) -> Result<T, String> {
    serde_json::from_value(value).map_err(|error| format!("`{name}`: {error}"))
}

fn many<T: DeserializeOwned>(name: &str, value: Value) -> Result<Vec<T>, String> {
    let Value::Array(items) = value else {
        return Err(format!("`{name}` is a list: write `[[{name}]]`"));
    };
    let numbered = items.into_iter().enumerate();
    numbered
        .map(|(at, item)| one(&format!("{name} number {}", at + 1), item))
        .collect()
}

/// Returns a table as JSON; dates become texts.
fn table(table: &dyn TableLike) -> Map<String, Value> {
    let pairs = table.iter();
    pairs
        .map(|(name, item)| (name.to_owned(), json(item)))
        .collect()
}

fn json(item: &Item) -> Value {
    match item {
        Item::None => Value::Null,
        Item::Value(value) => json_of_value(value),
        Item::Table(inner) => table(inner).into(),
        Item::ArrayOfTables(tables) => tables
            .iter()
            .map(|inner| Value::from(table(inner)))
            .collect(),
    }
}

fn json_of_value(value: &TomlValue) -> Value {
    match value {
        TomlValue::String(text) => text.value().as_str().into(),
        TomlValue::Integer(number) => (*number.value()).into(),
        TomlValue::Float(number) => (*number.value()).into(),
        TomlValue::Boolean(truth) => (*truth.value()).into(),
        TomlValue::Datetime(moment) => moment.value().to_string().into(),
        TomlValue::Array(items) => items.iter().map(json_of_value).collect(),
        TomlValue::InlineTable(inner) => table(inner).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example above is the documentation, so it has to be right.
    #[test]
    fn the_example_in_the_documentation_is_taken() {
        let example: String = include_str!("pool_file.rs")
            .lines()
            .skip_while(|line| *line != "//! ```toml")
            .skip(1)
            .take_while(|line| *line != "//! ```")
            .map(|line| format!("{}\n", line.trim_start_matches("//!")))
            .collect();
        let settings = Settings::of_text(&example, Path::new("/team")).unwrap();
        assert_eq!(settings.rules.mfa, Mfa::Optional);
        assert_eq!(settings.rules.access_token_seconds, 300);
        assert_eq!(settings.rules.id_token_seconds, 3_600);
        assert_eq!(settings.logo.as_deref(), Some(Path::new("/team/logo.svg")));
        assert_eq!(settings.client.name, "shop");
        assert_eq!(
            settings.client.redirect_uris,
            ["http://localhost:8080/callback"]
        );
        assert_eq!(settings.more_clients[0].grant, Grant::ClientCredentials);
        assert_eq!(settings.users[0].attributes["custom:team"], "navy");
        assert!(settings.users[0].temporary_password);
        assert_eq!(settings.identity_providers[0].identifiers, ["example.com"]);
        assert_eq!(settings.password_policy.minimum_length, 12);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let said = |text: &str| Settings::of_text(text, Path::new("")).err().unwrap();
        assert!(said("nonsense").contains("nonsense"));
        assert_eq!(said("colour = 1"), "`colour` is not a word of a pool file");
        assert!(said("[[users]]\nusername = 'a'").starts_with("`users number 1`: missing field"));
        assert!(said("[users]\nusername = 'a'").contains("[[users]]"));
        assert!(said("[rules]\nlifetime = 1").contains("unknown field `lifetime`"));
        let user = "[[users]]\nusername = 'a b'\nemail = 'a@b.c'\npassword = 'x'";
        assert!(said(user).starts_with("user `a b`: a user name is made of"));
        assert!(said("[[clients]]\nname = 'x'").contains("needs an `id`"));
        let provider =
            "[[identity_providers]]\nname = 'Work'\nissuer = 'https://x'\nclient_id = 'x'";
        assert!(said(provider).starts_with("identity provider `Work`: a sandbox speaks no TLS"));
    }
}
