//! What a pool is made of: its app clients, its users, its rules for tokens.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::random;

/// The pool id, always the same: `local` where Cognito has a Region.
pub const USER_POOL_ID: &str = "local_Sandbox01";
/// The id of the default app client, always the same.
pub const CLIENT_ID: &str = "1sandboxclient23456789abcd";
/// The id of [`AppClient::machine`], always the same.
pub const MACHINE_CLIENT_ID: &str = "1sandboxmachine3456789abcd";

/// Takes the lines a running sandbox has to say: codes it "sent" and requests it answered.
pub type Log = Arc<dyn Fn(&str) + Send + Sync>;

/// How to start a sandbox. The default is one public app client, one user, port 9229.
#[derive(Clone)]
pub struct Settings {
    /// The port on 127.0.0.1, and on ::1 where the machine has it; 0 takes a free one.
    pub port: u16,
    /// Gives the default app client a secret, made at start.
    pub confidential: bool,
    /// The callback URLs of the default app client, compared byte for byte.
    pub redirect_uris: Vec<String>,
    /// The sign-out URLs of the default app client, compared byte for byte.
    pub logout_uris: Vec<String>,
    /// App clients beside the default one.
    pub more_clients: Vec<AppClient>,
    /// Where custom scopes come from.
    pub resource_servers: Vec<ResourceServer>,
    /// The accounts at start.
    pub users: Vec<User>,
    /// Lifetimes, rotation, clock.
    pub rules: Rules,
    /// Where log lines go; nowhere by default.
    pub log: Log,
}

impl Default for Settings {
    fn default() -> Settings {
        let local: Vec<String> = (3000..=3003)
            .map(|port| format!("http://localhost:{port}"))
            .collect();
        Settings {
            port: 9229,
            confidential: false,
            redirect_uris: local.clone(),
            logout_uris: local,
            more_clients: Vec::new(),
            resource_servers: vec![ResourceServer::new("api", ["read", "write"])],
            users: vec![User::ada()],
            rules: Rules::default(),
            log: Arc::new(|_| {}),
        }
    }
}

impl Settings {
    /// Returns every app client, the default one first.
    pub(super) fn clients(&self) -> Vec<AppClient> {
        let default = AppClient {
            id: CLIENT_ID.to_owned(),
            name: "cognito-login".to_owned(),
            secret: self.confidential.then(random::client_secret),
            redirect_uris: self.redirect_uris.clone(),
            logout_uris: self.logout_uris.clone(),
            scopes: words("openid email phone profile aws.cognito.signin.user.admin"),
            grant: Grant::Code,
            readable: None,
        };
        std::iter::once(default)
            .chain(self.more_clients.iter().cloned())
            .collect()
    }
}

/// The rules for tokens; a running sandbox takes new ones at `POST /sandbox/quirks`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Seconds an access token lives.
    pub access_token_seconds: u64,
    /// Seconds an ID token lives.
    pub id_token_seconds: u64,
    /// Seconds a session can be refreshed, counted from the sign-in; rotation does not prolong it.
    pub refresh_token_seconds: u64,
    /// Gives a new refresh token with each refresh.
    pub rotate_refresh_tokens: bool,
    /// Seconds a rotated refresh token still works; Cognito allows 0 to 60.
    pub rotation_grace_seconds: u64,
    /// Ends the whole session when a rotated refresh token comes back too late. What Cognito does is not documented.
    pub reuse_ends_session: bool,
    /// Refuses public clients without PKCE; Cognito cannot.
    pub require_pkce: bool,
    /// Seconds the pool's clock is ahead of the machine's; negative is behind.
    pub clock_offset_seconds: i64,
}

impl Default for Rules {
    fn default() -> Rules {
        Rules {
            access_token_seconds: 3_600,
            id_token_seconds: 3_600,
            refresh_token_seconds: 30 * 86_400,
            rotate_refresh_tokens: false,
            rotation_grace_seconds: 0,
            reuse_ends_session: false,
            require_pkce: false,
            clock_offset_seconds: 0,
        }
    }
}

/// The grants an app client may use; Cognito does not allow both on one client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grant {
    /// `authorization_code`, and `refresh_token` with it.
    Code,
    /// `client_credentials`.
    ClientCredentials,
}

/// One app client.
#[derive(Clone)]
pub struct AppClient {
    /// 26 lower-case alphanumerics.
    pub id: String,
    /// What the login pages call it.
    pub name: String,
    /// `None` is a public client.
    pub secret: Option<String>,
    /// Callback URLs, compared byte for byte.
    pub redirect_uris: Vec<String>,
    /// Sign-out URLs, compared byte for byte.
    pub logout_uris: Vec<String>,
    /// Every scope it may ask for.
    pub scopes: Vec<String>,
    /// What it may do at the token endpoint.
    pub grant: Grant,
    /// The user attributes it may read; `None` is all of them.
    pub readable: Option<Vec<String>>,
}

impl AppClient {
    /// Returns a machine: a confidential client for `client_credentials` with the scopes `api/read` and `api/write`.
    pub fn machine() -> AppClient {
        AppClient {
            id: MACHINE_CLIENT_ID.to_owned(),
            name: "machine".to_owned(),
            secret: Some(random::client_secret()),
            redirect_uris: Vec::new(),
            logout_uris: Vec::new(),
            scopes: words("api/read api/write"),
            grant: Grant::ClientCredentials,
            readable: None,
        }
    }

    pub(super) fn may_read(&self, attribute: &str) -> bool {
        self.readable
            .as_ref()
            .is_none_or(|readable| readable.iter().any(|known| known == attribute))
    }
}

/// An API that has custom scopes.
#[derive(Clone, Debug)]
pub struct ResourceServer {
    /// A name or a URL; a scope is `identifier/scope`.
    pub identifier: String,
    /// Scope names without the identifier.
    pub scopes: Vec<String>,
}

impl ResourceServer {
    /// Returns the resource server `identifier` with these scopes.
    pub fn new<'a>(identifier: &str, scopes: impl IntoIterator<Item = &'a str>) -> ResourceServer {
        ResourceServer {
            identifier: identifier.to_owned(),
            scopes: scopes.into_iter().map(str::to_owned).collect(),
        }
    }

    pub(super) fn has(&self, scope: &str) -> bool {
        let name = scope
            .strip_prefix(&self.identifier)
            .and_then(|rest| rest.strip_prefix('/'));
        name.is_some_and(|name| self.scopes.iter().any(|known| known == name))
    }
}

/// One account; written `NAME:EMAIL:PASSWORD` on a command line.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// The user name, also `cognito:username`.
    pub username: String,
    /// Signs in as well as the name does.
    pub email: String,
    /// The password; it may hold colons.
    pub password: String,
    /// In the order of precedence.
    pub groups: Vec<String>,
    /// Further attributes: `name`, `given_name`, `phone_number`, `custom:team`, …
    pub attributes: BTreeMap<String, String>,
}

impl User {
    /// Returns an account with nothing but a name, an address and a password.
    pub fn new(username: &str, email: &str, password: &str) -> User {
        User {
            username: username.to_owned(),
            email: email.to_owned(),
            password: password.to_owned(),
            groups: Vec::new(),
            attributes: BTreeMap::new(),
        }
    }

    /// Returns the default user.
    pub fn ada() -> User {
        let attributes = [
            ("name", "Ada Lovelace"),
            ("given_name", "Ada"),
            ("family_name", "Lovelace"),
            ("custom:team", "analytical-engine"),
        ];
        User {
            groups: vec!["engineers".to_owned()],
            attributes: attributes
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            ..User::new("ada", "ada@example.com", "Engine-1843")
        }
    }

    /// Returns whether this is a name an account can have: letters, digits and `._-+@`, at most 128.
    pub(super) fn accepts_name(name: &str) -> bool {
        let fits = |c: char| c.is_alphanumeric() || "._-+@".contains(c);
        !name.is_empty() && name.chars().count() <= 128 && name.chars().all(fits)
    }

    /// Returns whether this can be an e-mail address; the characters are safe to print anywhere.
    pub(super) fn accepts_email(email: &str) -> bool {
        let parts = email.split_once('@');
        let graphic = email
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"<>\"(),;:\\".contains(&byte));
        email.len() <= 254
            && graphic
            && parts.is_some_and(|(name, host)| {
                !name.is_empty() && !host.is_empty() && !host.contains('@')
            })
    }
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "User({}:{}:..)", self.username, self.email)
    }
}

impl FromStr for User {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<User, &'static str> {
        let mut parts = text.splitn(3, ':');
        let (Some(name), Some(email), Some(password)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err("a user is written NAME:EMAIL:PASSWORD");
        };
        if !User::accepts_name(name) {
            return Err("a user name is made of letters, digits and ._-+@");
        }
        if !User::accepts_email(email) {
            return Err("the second part of NAME:EMAIL:PASSWORD is an e-mail address");
        }
        if password.is_empty() {
            return Err("the third part of NAME:EMAIL:PASSWORD is a password");
        }
        Ok(User::new(name, email, password))
    }
}

fn words(text: &str) -> Vec<String> {
    text.split_ascii_whitespace().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_on_a_command_line_has_three_parts_and_a_password_may_hold_colons() {
        let user: User = "grace:grace@example.com:a:b:c".parse().unwrap();
        assert_eq!(
            (user.username.as_str(), user.password.as_str()),
            ("grace", "a:b:c")
        );
        for wrong in [
            "",
            "grace",
            "grace:g@example.com",
            "grace:g@example.com:",
            ":g@example.com:x",
            "g:nobody:x",
        ] {
            assert!(wrong.parse::<User>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn names_and_addresses_cannot_carry_control_characters_to_a_terminal() {
        assert!(!User::accepts_name("ada\x1b[2J"));
        assert!(!User::accepts_name("ada\u{202e}"));
        assert!(!User::accepts_email("a\n@example.com"));
        assert!(User::accepts_name("zoë.o-k_1+x@example.com"));
    }

    #[test]
    fn fixed_ids_have_the_shapes_of_cognito_s() {
        for id in [CLIENT_ID, MACHINE_CLIENT_ID] {
            assert_eq!(id.len(), 26);
            assert!(
                id.bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
            );
        }
        assert_eq!(
            USER_POOL_ID.split_once('_').map(|(_, name)| name.len()),
            Some(9)
        );
        assert_eq!(random::client_secret().len(), 52);
    }
}
