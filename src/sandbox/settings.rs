//! What a pool is made of: its app clients, its users, its rules for tokens.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::policy::PasswordPolicy;
use super::random::Chance;
use super::totp::Authenticator;

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
    /// The app client of the ready line: public, with `http://localhost:3000` to `3003` as callback and sign-out URLs.
    pub client: AppClient,
    /// Gives the default app client a secret, made at start, unless it has one.
    pub confidential: bool,
    /// App clients beside the default one.
    pub more_clients: Vec<AppClient>,
    /// Where custom scopes come from.
    pub resource_servers: Vec<ResourceServer>,
    /// The accounts at start.
    pub users: Vec<User>,
    /// Groups with a precedence or a role; a user may be in others too.
    pub groups: Vec<Group>,
    /// OpenID providers that people may sign in with instead.
    pub identity_providers: Vec<IdentityProvider>,
    /// What a sign-up has to give beside an address: names of standard attributes such as `name` or `phone_number`.
    pub required_attributes: Vec<String>,
    /// What a new password has to be like.
    pub password_policy: PasswordPolicy,
    /// A picture above every login page, read anew each time.
    pub logo: Option<PathBuf>,
    /// A style sheet after the pages' own, read anew each time; it may use the class names of Cognito's classic pages. With
    /// it the pages are light, as those are.
    pub css: Option<PathBuf>,
    /// Makes codes, secrets and the random parts of tokens the same in each sandbox with this seed.
    pub seed: Option<String>,
    /// Lifetimes, rotation, clock, MFA.
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
            client: AppClient {
                redirect_uris: local.clone(),
                logout_uris: local,
                ..AppClient::public(CLIENT_ID, "cognito-login")
            },
            confidential: false,
            more_clients: Vec::new(),
            resource_servers: vec![ResourceServer::new("api", ["read", "write"])],
            users: vec![User::ada()],
            groups: Vec::new(),
            identity_providers: Vec::new(),
            required_attributes: Vec::new(),
            password_policy: PasswordPolicy::default(),
            logo: None,
            css: None,
            seed: None,
            rules: Rules::default(),
            log: Arc::new(|_| {}),
        }
    }
}

impl Settings {
    /// Returns every app client, the default one first.
    pub(super) fn clients(&self, chance: &Chance) -> Vec<AppClient> {
        let mut default = self.client.clone();
        if self.confidential && default.secret.is_none() {
            default.secret = Some(chance.client_secret());
        }
        std::iter::once(default)
            .chain(self.more_clients.iter().cloned())
            .collect()
    }
}

/// The rules for tokens; a running sandbox takes new ones at `POST /sandbox/quirks`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
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
    /// Whether people need a code of their authenticator app.
    pub mfa: Mfa,
    /// Asks a signed-in browser whether to go on as the same person. Without it the code comes at once; which of the
    /// two Cognito does is not documented.
    pub offer_to_continue: bool,
    /// Whether the app clients have a style for managed login; without one the pages answer 403.
    pub branding: bool,
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
            mfa: Mfa::Off,
            offer_to_continue: false,
            branding: true,
            clock_offset_seconds: 0,
        }
    }
}

/// Whether a sign-in asks for a code of an authenticator app (TOTP) after the password.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mfa {
    /// Never.
    #[default]
    Off,
    /// People who have an app are asked; others are offered to set one up. Cognito leaves the offer to your app.
    Optional,
    /// Everyone is asked, and sets up an app at the first sign-in.
    Required,
}

impl FromStr for Mfa {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Mfa, &'static str> {
        match text {
            "off" => Ok(Mfa::Off),
            "optional" => Ok(Mfa::Optional),
            "required" => Ok(Mfa::Required),
            _ => Err("MFA is `off`, `optional` or `required`"),
        }
    }
}

/// The grants an app client may use; Cognito does not allow both on one client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grant {
    /// `authorization_code`, and `refresh_token` with it.
    #[default]
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
    /// The callback URL of a request that names none.
    pub default_redirect_uri: Option<String>,
    /// Sign-out URLs, compared byte for byte.
    pub logout_uris: Vec<String>,
    /// Whether `response_type=token` is allowed as well as `code`.
    pub implicit: bool,
    /// Every scope it may ask for.
    pub scopes: Vec<String>,
    /// What it may do at the token endpoint.
    pub grant: Grant,
    /// The user attributes it may read; `None` is all of them.
    pub readable: Option<Vec<String>>,
}

impl AppClient {
    /// Returns a public client for the authorization code grant, without callback URLs, with every standard scope.
    pub fn public(id: &str, name: &str) -> AppClient {
        AppClient {
            id: id.to_owned(),
            name: name.to_owned(),
            secret: None,
            redirect_uris: Vec::new(),
            default_redirect_uri: None,
            logout_uris: Vec::new(),
            implicit: false,
            scopes: words("openid email phone profile aws.cognito.signin.user.admin"),
            grant: Grant::Code,
            readable: None,
        }
    }

    /// Returns a machine: a confidential client for `client_credentials` with the scopes `api/read` and `api/write`.
    pub fn machine() -> AppClient {
        AppClient {
            secret: Some(Chance::default().client_secret()),
            scopes: words("api/read api/write"),
            grant: Grant::ClientCredentials,
            ..AppClient::public(MACHINE_CLIENT_ID, "machine")
        }
    }

    pub(super) fn may_read(&self, attribute: &str) -> bool {
        self.readable
            .as_ref()
            .is_none_or(|readable| readable.iter().any(|known| known == attribute))
    }
}

/// An API that has custom scopes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
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

/// A group of users.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Its name, as in `cognito:groups`.
    pub name: String,
    /// The lower, the more it matters; groups without come last.
    pub precedence: Option<u32>,
    /// The role its members may take, for `cognito:roles`.
    pub role_arn: Option<String>,
}

impl Group {
    /// Returns a group with nothing but a name.
    pub fn new(name: &str) -> Group {
        Group {
            name: name.to_owned(),
            precedence: None,
            role_arn: None,
        }
    }
}

/// An OpenID provider people may sign in with; written `NAME=ISSUER,CLIENT_ID` on a command line.
///
/// Only providers at `http://` on loopback: a sandbox speaks no TLS. Its callback URL there is `/oauth2/idpresponse`
/// of the sandbox.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityProvider {
    /// The name in `identity_provider` and on the button.
    pub name: String,
    /// Its issuer, where its discovery document is found.
    pub issuer: String,
    /// The pool's client id there.
    pub client_id: String,
    /// The pool's secret there.
    pub client_secret: Option<String>,
    /// Other names for `idp_identifier`, such as a mail domain.
    #[serde(default)]
    pub identifiers: Vec<String>,
    /// What the pool asks for there; `openid email profile`.
    #[serde(default = "IdentityProvider::usual_scopes")]
    pub scopes: Vec<String>,
}

impl IdentityProvider {
    fn usual_scopes() -> Vec<String> {
        words("openid email profile")
    }

    /// Returns what keeps this from being a provider.
    pub(super) fn complaint(&self) -> Option<&'static str> {
        if self.name == "COGNITO" || !User::accepts_name(&self.name) || self.name.len() > 32 {
            Some("a provider's name is made of up to 32 letters, digits and ._-+@")
        } else if !self.issuer.starts_with("http://") {
            Some("a sandbox speaks no TLS: the issuer is at `http://` on this machine")
        } else if self.client_id.is_empty() {
            Some("the client id is empty")
        } else {
            None
        }
    }
}

impl fmt::Debug for IdentityProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdentityProvider({} at {})", self.name, self.issuer)
    }
}

impl FromStr for IdentityProvider {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<IdentityProvider, &'static str> {
        let written = "an identity provider is written NAME=ISSUER,CLIENT_ID";
        let (name, rest) = text.split_once('=').ok_or(written)?;
        let (issuer, client_id) = rest.split_once(',').ok_or(written)?;
        let provider = IdentityProvider {
            name: name.to_owned(),
            issuer: issuer.to_owned(),
            client_id: client_id.to_owned(),
            client_secret: None,
            identifiers: Vec::new(),
            scopes: IdentityProvider::usual_scopes(),
        };
        provider.complaint().map_or(Ok(provider), Err)
    }
}

/// One account; written `NAME:EMAIL:PASSWORD` on a command line.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// The user name, also `cognito:username`.
    pub username: String,
    /// Signs in as well as the name does.
    pub email: String,
    /// The password; it may hold colons.
    pub password: String,
    /// In the order of precedence.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Further attributes: `name`, `given_name`, `phone_number`, `custom:team`, …
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
    /// Has to choose a new password at the first sign-in, as a user whom an administrator made.
    #[serde(default)]
    pub temporary_password: bool,
    /// The secret of an authenticator app that is set up already, in base32.
    pub totp_secret: Option<String>,
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
            temporary_password: false,
            totp_secret: None,
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

    /// Returns what keeps this from being an account.
    pub(super) fn complaint(&self) -> Option<&'static str> {
        let secret = self.totp_secret.as_deref();
        if !User::accepts_name(&self.username) {
            Some("a user name is made of letters, digits and ._-+@")
        } else if !User::accepts_email(&self.email) {
            Some("`email` is not an e-mail address")
        } else if self.password.is_empty() {
            Some("the password is empty")
        } else if secret.is_some_and(|secret| Authenticator::read(secret).is_none()) {
            Some("`totp_secret` is not 32 letters of base32")
        } else {
            None
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
        let user = User::new(name, email, password);
        user.complaint().map_or(Ok(user), Err)
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
    fn a_provider_on_a_command_line_has_a_name_an_issuer_and_a_client() {
        let provider: IdentityProvider = "Work=http://127.0.0.1:9/p?a=b,client".parse().unwrap();
        assert_eq!(provider.name, "Work");
        assert_eq!(provider.issuer, "http://127.0.0.1:9/p?a=b");
        assert_eq!(provider.client_id, "client");
        for wrong in [
            "Work",
            "Work=http://x",
            "Work=http://x,",
            "=http://x,c",
            "COGNITO=http://x,c",
            "Work=https://x,c",
        ] {
            assert!(wrong.parse::<IdentityProvider>().is_err(), "{wrong}");
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
    }
}
