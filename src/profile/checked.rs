//! A profile: complete, checked, and every value still knowing where it came from.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use super::file::ProfileFile;
use super::layers::{Origin, Resolved, Sourced};
use super::settings::{Given, Key, Settings};
use crate::failure::{Exit, Failure, printable, shell_word};
use crate::oidc::{AppClient, Domain, Issuer, RedirectUri, UserPoolId};
use crate::secret::Secret;

/// The redirect URI when none is configured; no slash at its end.
pub const DEFAULT_REDIRECT_URI: &str = "http://localhost:3000";
const DEFAULT_SCOPES: [&str; 3] = ["openid", "email", "profile"];
const DEFAULT_TIMEOUT: &str = "5m";

/// Which app client of which pool, and how this machine signs in to it.
#[derive(Clone, Debug)]
pub struct Profile {
    /// The profile's name.
    pub name: String,
    /// The issuer of the pool's tokens.
    pub issuer: Issuer,
    /// Where the login pages are; found by discovery if absent.
    pub domain: Option<Domain>,
    /// The app client's id.
    pub client_id: String,
    /// The scopes to ask for; `openid` is among them unless `grant` is for machines.
    pub scopes: Vec<String>,
    /// The registered redirect URIs, in the order they are tried.
    pub redirect_uris: Vec<RedirectUri>,
    /// The address to bind when it differs from the redirect.
    pub listen: Option<IpAddr>,
    /// A registered sign-out URL.
    pub logout_uri: Option<String>,
    /// The identity pool for AWS credentials.
    pub identity_pool_id: Option<String>,
    /// How tokens are obtained.
    pub grant: Grant,
    /// Where the session is kept.
    pub store: StoreChoice,
    /// Which browser opens.
    pub browser: BrowserChoice,
    /// How long a person may take to sign in.
    pub timeout: Duration,
    /// Whether the authorize URL is looked at before the browser opens.
    pub preflight: bool,
    /// Whether the D-Bus session of the Secret Service is encrypted.
    pub encrypted_secret_service: bool,
    /// Every setting with its origin.
    pub settings: Resolved,
}

/// How tokens are obtained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grant {
    /// A person signs in (authorization code with PKCE).
    Code,
    /// A machine presents its client secret.
    ClientCredentials,
}

/// Where sessions are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreChoice {
    /// The keyring of the operating system.
    Keyring,
    /// Owner-only files.
    File,
    /// Nowhere: it ends with the process.
    None,
}

impl fmt::Display for StoreChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            StoreChoice::Keyring => "keyring",
            StoreChoice::File => "file",
            StoreChoice::None => "none",
        })
    }
}

/// Which browser opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BrowserChoice {
    /// The system's own.
    System,
    /// A command; the URL stands at `%s` or is appended.
    Command(String),
    /// None: the address is only printed.
    Nothing,
}

impl Profile {
    /// Checks the layers of one profile and makes it whole.
    ///
    /// # Errors
    /// Fails on the first value that is missing or impossible; the message names it by the place it was given at.
    fn check(name: &str, settings: Resolved, file: &ProfileFile) -> Result<Profile, Failure> {
        let reader = Reader {
            profile: name,
            settings: &settings,
            file,
        };
        let (issuer, region) = reader.issuer()?;
        let grant = reader.choice(
            Key::Grant,
            &[
                ("code", Grant::Code),
                ("client_credentials", Grant::ClientCredentials),
            ],
        )?;
        let store = reader.choice(
            Key::Store,
            &[
                ("keyring", StoreChoice::Keyring),
                ("file", StoreChoice::File),
                ("none", StoreChoice::None),
            ],
        )?;
        Ok(Profile {
            name: name.to_owned(),
            domain: reader.parsed(Key::Domain, |text| Domain::parse(text, region.as_deref()))?,
            client_id: reader.client_id()?,
            scopes: reader.scopes(grant)?,
            redirect_uris: reader.redirect_uris()?,
            listen: reader.parsed(Key::Listen, |text| {
                text.parse().map_err(|_| {
                    Failure::new(
                        Exit::Settings,
                        "setting_invalid",
                        format!("`{}` is no IP address", printable(text, 60)),
                    )
                })
            })?,
            logout_uri: reader.text(Key::LogoutUri)?.map(str::to_owned),
            identity_pool_id: reader.text(Key::IdentityPoolId)?.map(str::to_owned),
            browser: match reader.text(Key::Browser)? {
                None => BrowserChoice::System,
                Some("none") => BrowserChoice::Nothing,
                Some(command) => BrowserChoice::Command(command.to_owned()),
            },
            timeout: reader
                .parsed(Key::Timeout, parse_duration)?
                .unwrap_or(Duration::from_secs(300)),
            preflight: !matches!(
                settings.get(Key::Preflight),
                Some(Sourced {
                    given: Given::Switch(false),
                    ..
                })
            ),
            encrypted_secret_service: reader
                .choice(Key::SecretService, &[("plain", false), ("encrypted", true)])?,
            grant,
            store,
            issuer,
            settings,
        })
    }

    /// Resolves a profile from its four layers and makes it whole.
    ///
    /// # Errors
    /// Fails on the first value that is missing or impossible, naming the place it was given at; also when `named` is in neither the file nor `built_in` and flags and environment do not make it whole.
    pub fn resolve(
        name: &str,
        flags: &Settings,
        environment: &Settings,
        file: &ProfileFile,
        built_in: Option<&Settings>,
    ) -> Result<Profile, Failure> {
        let in_file = file.settings(name)?;
        let known = in_file.is_some() || built_in.is_some();
        let defaults = defaults();
        let (in_file, built_in) = (
            in_file.unwrap_or_default(),
            built_in.cloned().unwrap_or_default(),
        );
        let layers = [
            (Origin::Flag, flags),
            (Origin::Environment, environment),
            (Origin::File, &in_file),
            (Origin::BuiltIn, &built_in),
            (Origin::BuiltIn, &defaults),
        ];
        // Who gives one of the two by flag or variable wants to hear of the other.
        let begun = [Key::UserPoolId, Key::Issuer, Key::ClientId]
            .into_iter()
            .any(|key| flags.get(key).is_some() || environment.get(key).is_some());
        Profile::check(name, Resolved::of(&layers), file).map_err(|failure| match failure.kind {
            "setting_missing" if !known && !begun => not_configured(name, file),
            _ => failure,
        })
    }

    /// Returns the app client, with the secret if it has one.
    pub fn app_client(&self, secret: Option<Secret>) -> AppClient {
        AppClient {
            id: self.client_id.clone(),
            secret,
            scopes: self.scopes.clone(),
        }
    }
}

/// Reads a length of time such as `90s`, `5m`, `1h`, `1h30m` or plain seconds.
///
/// # Errors
/// Fails on anything else, on zero, and beyond a year.
pub fn parse_duration(text: &str) -> Result<Duration, Failure> {
    let wrong = || {
        let message = format!(
            "`{}` is no length of time such as 90s, 5m or 1h30m",
            printable(text, 60)
        );
        Failure::new(Exit::Settings, "setting_invalid", message)
    };
    let mut total = 0_u64;
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err(wrong());
    }
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        let number: u64 = rest[..digits].parse().map_err(|_| wrong())?;
        let (unit, length) = match rest[digits..].chars().next() {
            None | Some('s') => (1, 1),
            Some('m') => (60, 1),
            Some('h') => (3_600, 1),
            Some('d') => (86_400, 1),
            Some(_) => return Err(wrong()),
        };
        total = number
            .checked_mul(unit)
            .and_then(|part| total.checked_add(part))
            .ok_or_else(wrong)?;
        rest = rest.get(digits + length..).unwrap_or("");
    }
    match total {
        1..=31_536_000 => Ok(Duration::from_secs(total)),
        _ => Err(wrong()),
    }
}

fn defaults() -> Settings {
    Settings::default()
        .list(Key::RedirectUris, vec![DEFAULT_REDIRECT_URI.to_owned()])
        .list(Key::Scopes, DEFAULT_SCOPES.map(str::to_owned).to_vec())
        .text(Key::Grant, Some("code"))
        .text(Key::Store, Some("keyring"))
        .text(Key::Timeout, Some(DEFAULT_TIMEOUT))
        .text(Key::SecretService, Some("plain"))
}

fn not_configured(name: &str, file: &ProfileFile) -> Failure {
    let shown = printable(name, 60);
    let profiles = file.profiles();
    let message = if name == "default" && profiles.is_empty() {
        "no user pool is set up yet".to_owned()
    } else {
        format!(
            "there is no profile `{shown}` in `{}`",
            file.path().display()
        )
    };
    let word = shell_word(&shown);
    let hint = match closest(name, &profiles) {
        Some(near) => format!("cognito-login --profile {}, or set `{shown}` up: cognito-login configure --profile {word}", shell_word(near)),
        None if name == "default" => "cognito-login configure --user-pool-id POOL --client-id CLIENT, or try it without AWS: cognito-login demo".to_owned(),
        None => format!("cognito-login configure --profile {word} --user-pool-id POOL --client-id CLIENT"),
    };
    Failure::new(Exit::Settings, "profile_unknown", message).hint(hint)
}

/// Returns the name that a mistyped one most likely meant: at most two letters away.
fn closest<'a>(name: &str, names: &'a [String]) -> Option<&'a str> {
    let near = names
        .iter()
        .map(|other| (distance(name, other), other.as_str()));
    near.filter(|(distance, _)| *distance <= 2)
        .min()
        .map(|(_, other)| other)
}

/// Levenshtein's distance, in letters.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

/// Reads the values of one profile; every failure names the place the value was given at.
struct Reader<'a> {
    profile: &'a str,
    settings: &'a Resolved,
    file: &'a ProfileFile,
}

impl Reader<'_> {
    fn text(&self, key: Key) -> Result<Option<&str>, Failure> {
        match self.settings.get(key).map(|sourced| &sourced.given) {
            None => Ok(None),
            Some(Given::Text(text)) if !text.trim().is_empty() && text.len() <= 4_096 => {
                Ok(Some(text.trim()))
            }
            Some(_) => Err(self.wrong(key, "the value is empty or far too long")),
        }
    }

    fn list(&self, key: Key) -> Vec<String> {
        match self.settings.get(key).map(|sourced| &sourced.given) {
            Some(Given::List(texts)) => texts.clone(),
            Some(Given::Text(text)) => vec![text.clone()],
            _ => Vec::new(),
        }
    }

    fn parsed<T>(
        &self,
        key: Key,
        parse: impl FnOnce(&str) -> Result<T, Failure>,
    ) -> Result<Option<T>, Failure> {
        self.text(key)?
            .map(|text| parse(text).map_err(|failure| self.placed(key, failure)))
            .transpose()
    }

    fn choice<T: Copy>(&self, key: Key, choices: &[(&str, T)]) -> Result<T, Failure> {
        let text = self.text(key)?.unwrap_or_default();
        choices
            .iter()
            .find(|(name, _)| *name == text)
            .map(|(_, value)| *value)
            .ok_or_else(|| {
                let names: Vec<_> = choices.iter().map(|(name, _)| *name).collect();
                self.wrong(
                    key,
                    &format!("`{}` is none of {}", printable(text, 60), names.join(", ")),
                )
            })
    }

    /// Takes the stronger of issuer and pool id; the issuer if one layer names both.
    fn issuer(&self) -> Result<(Issuer, Option<String>), Failure> {
        let pool = self.parsed(Key::UserPoolId, UserPoolId::parse)?;
        let issuer = self.parsed(Key::Issuer, Issuer::parse)?;
        let pool_is_stronger = match (
            self.settings.origin(Key::UserPoolId),
            self.settings.origin(Key::Issuer),
        ) {
            (Some(pool), Some(issuer)) => pool < issuer,
            (pool, _) => pool.is_some(),
        };
        match (issuer, pool) {
            (_, Some(pool)) if pool_is_stronger => {
                Ok((Issuer::of_pool(&pool), Some(pool.region().to_owned())))
            }
            (Some(issuer), pool) => {
                let region = issuer
                    .region()
                    .map(str::to_owned)
                    .or_else(|| pool.map(|pool| pool.region().to_owned()));
                Ok((issuer, region))
            }
            (None, _) => Err(self.missing(Key::UserPoolId, "user pool", "us-east-1_AbCdEf123")),
        }
    }

    fn client_id(&self) -> Result<String, Failure> {
        let Some(text) = self.text(Key::ClientId)? else {
            return Err(self.missing(Key::ClientId, "app client", "1example23456789"));
        };
        if text.len() > 255 || !text.chars().all(|c| c.is_ascii_graphic()) {
            return Err(self.wrong(
                Key::ClientId,
                "an app client id has up to 128 letters and digits",
            ));
        }
        Ok(text.to_owned())
    }

    fn scopes(&self, grant: Grant) -> Result<Vec<String>, Failure> {
        let listed = self.list(Key::Scopes);
        let mut scopes: Vec<String> = Vec::new();
        for scope in listed.iter().flat_map(|text| text.split_whitespace()) {
            // RFC 6749 §3.3: printable ASCII without space, quote and backslash
            if scope.len() > 256
                || !scope
                    .bytes()
                    .all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
            {
                return Err(self.wrong(
                    Key::Scopes,
                    &format!("`{}` is no scope", printable(scope, 60)),
                ));
            }
            if !scopes.iter().any(|known| known == scope) {
                scopes.push(scope.to_owned());
            }
        }
        let by_default = self
            .settings
            .get(Key::Scopes)
            .is_none_or(|sourced| sourced.origin == Origin::BuiltIn);
        match grant {
            // A machine gets all its custom scopes when it names none (AWS: token endpoint).
            Grant::ClientCredentials if by_default => scopes.clear(),
            Grant::ClientCredentials => {}
            Grant::Code if scopes.iter().any(|scope| scope == "openid") => {}
            Grant::Code => scopes.insert(0, "openid".to_owned()),
        }
        Ok(scopes)
    }

    fn redirect_uris(&self) -> Result<Vec<RedirectUri>, Failure> {
        let uris = self.list(Key::RedirectUris);
        if uris.is_empty() {
            return Err(self.wrong(Key::RedirectUris, "the list is empty"));
        }
        uris.iter()
            .map(|uri| {
                RedirectUri::parse(uri).map_err(|failure| self.placed(Key::RedirectUris, failure))
            })
            .collect()
    }

    fn missing(&self, key: Key, what: &str, example: &str) -> Failure {
        let names = key.names();
        let message = format!("profile `{}` names no {what}", printable(self.profile, 60));
        let variable = names.variable.unwrap_or_default();
        Failure::new(Exit::Settings, "setting_missing", message).hint(format!(
            "cognito-login configure --profile {} {} {example}, or set {variable}",
            shell_word(self.profile),
            names.flag
        ))
    }

    fn wrong(&self, key: Key, why: &str) -> Failure {
        self.placed(key, Failure::new(Exit::Settings, "setting_invalid", why))
    }

    fn placed(&self, key: Key, failure: Failure) -> Failure {
        let place = self.settings.place(key);
        let place = match self.settings.origin(key) {
            Some(Origin::File) => format!("`{}`: {place}", self.file.place(self.profile, key)),
            _ => place,
        };
        let where_from = "cognito-login status --json shows where each setting comes from";
        Failure {
            message: format!("{place}: {}", failure.message),
            hint: failure.hint.or(Some(where_from.to_owned())),
            ..failure
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> ProfileFile {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let path = folder.path().join("config.toml");
        std::fs::write(&path, text).expect("it can be written");
        ProfileFile::read(&path).expect("it is TOML")
    }

    fn resolve(name: &str, flags: &Settings, text: &str) -> Result<Profile, Failure> {
        Profile::resolve(name, flags, &Settings::default(), &file(text), None)
    }

    const WORK: &str = "[profiles.work]\nuser_pool_id = 'us-east-1_AbCdEf123'\nclient_id = 'abc'\n";

    #[test]
    fn a_pool_and_a_client_make_a_profile() {
        let profile = resolve("work", &Settings::default(), WORK).expect("it is whole");
        assert_eq!(
            profile.issuer.as_str(),
            "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEf123"
        );
        assert_eq!(profile.scopes, ["openid", "email", "profile"]);
        assert_eq!(profile.redirect_uris[0].as_str(), "http://localhost:3000");
        assert_eq!(profile.timeout, Duration::from_secs(300));
        assert_eq!(
            (profile.grant, profile.store),
            (Grant::Code, StoreChoice::Keyring)
        );
    }

    #[test]
    fn openid_is_added_once_and_a_machine_asks_for_nothing_by_default() {
        let flags =
            Settings::default().list(Key::Scopes, vec!["email api/read".into(), "email".into()]);
        assert_eq!(
            resolve("work", &flags, WORK).expect("it is whole").scopes,
            ["openid", "email", "api/read"]
        );
        let machine = Settings::default().text(Key::Grant, Some("client_credentials"));
        assert!(
            resolve("work", &machine, WORK)
                .expect("it is whole")
                .scopes
                .is_empty()
        );
    }

    #[test]
    fn the_stronger_of_issuer_and_pool_wins() {
        let text = format!(
            "{WORK}issuer = 'https://issuer-cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEf123'\n"
        );
        let profile = resolve("work", &Settings::default(), &text).expect("it is whole");
        assert!(
            profile
                .issuer
                .as_str()
                .starts_with("https://issuer-cognito-idp.")
        );
        let flags = Settings::default().text(Key::UserPoolId, Some("eu-west-1_Zz9"));
        let profile = resolve("work", &flags, &text).expect("it is whole");
        assert_eq!(
            profile.issuer.as_str(),
            "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Zz9"
        );
    }

    #[test]
    fn an_impossible_value_is_named_by_its_place() {
        let message = |flags: &Settings, text: &str| {
            resolve("work", flags, text)
                .expect_err("it is wrong")
                .message
        };
        let flags = Settings::default().text(Key::Store, Some("cloud"));
        assert_eq!(
            message(&flags, WORK),
            "`--store`: `cloud` is none of keyring, file, none"
        );
        let text = format!("{WORK}timeout = '5 minutes'\n");
        let said = message(&Settings::default(), &text);
        let expected =
            "config.toml:4`: `timeout`: `5 minutes` is no length of time such as 90s, 5m or 1h30m";
        assert!(said.ends_with(expected), "{said}");
        let flags = Settings::default().list(Key::Scopes, vec!["a\"b".into()]);
        assert_eq!(message(&flags, WORK), "`--scope`: `a\"b` is no scope");
    }

    #[test]
    fn a_mistyped_profile_is_told_its_neighbour() {
        let failure = resolve("wrok", &Settings::default(), WORK).expect_err("no such profile");
        assert_eq!(
            (failure.kind, failure.exit),
            ("profile_unknown", Exit::Settings)
        );
        assert!(
            failure
                .hint
                .expect("there is one near")
                .starts_with("cognito-login --profile work, ")
        );
    }

    #[test]
    fn flags_alone_make_a_profile_that_is_in_no_file() {
        let flags = Settings::default()
            .text(Key::UserPoolId, Some("us-east-1_AbCdEf123"))
            .text(Key::ClientId, Some("x"));
        assert_eq!(resolve("new", &flags, "").expect("it is whole").name, "new");
    }

    #[test]
    fn lengths_of_time_are_read_as_people_write_them() {
        let seconds = |text: &str| parse_duration(text).ok().map(|length| length.as_secs());
        assert_eq!(seconds("90"), Some(90));
        assert_eq!(seconds("1h30m"), Some(5_400));
        assert_eq!(seconds("5m"), Some(300));
        for wrong in [
            "",
            "0",
            "m",
            "5x",
            "-1s",
            "99999999999999999999",
            "400d",
            "1.5h",
        ] {
            assert_eq!(seconds(wrong), None, "{wrong}");
        }
    }
}
