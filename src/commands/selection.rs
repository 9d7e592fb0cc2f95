//! The flags that say which profile, and what they override.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Command};

use super::world::World;
use crate::login::Browser;
use crate::profile::{BrowserChoice, DEFAULT_PROFILE, Given, Key, Profile, ProfileFile, Settings};

const HEADING: &str = "Settings (each also from the environment or the profile)";

/// Which profile, and the settings given on the command line.
#[derive(Args, Clone, Debug, Default)]
pub struct Selection {
    /// The profile to use; `sandbox` is built in
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// The file of profiles
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The user pool, such as us-east-1_AbCdEf123
    #[arg(long, global = true, value_name = "ID", help_heading = HEADING)]
    user_pool_id: Option<String>,
    /// The app client
    #[arg(long, global = true, value_name = "ID", help_heading = HEADING)]
    client_id: Option<String>,
    /// Read the app client's secret as one line from standard input
    #[arg(long, global = true, help_heading = HEADING)]
    pub client_secret_stdin: bool,
    /// The pool's domain: prefix, host, URL or custom host; found by discovery if absent
    #[arg(long, global = true, value_name = "DOMAIN", help_heading = HEADING)]
    domain: Option<String>,
    /// The issuer, instead of the pool id
    #[arg(long, global = true, value_name = "URL", help_heading = HEADING)]
    issuer: Option<String>,
    /// A registered redirect URI, sent as written; the first with a free port is used
    #[arg(long, global = true, value_name = "URI", help_heading = HEADING)]
    redirect_uri: Vec<String>,
    /// The address to bind when it differs from the redirect (containers)
    #[arg(long, global = true, value_name = "ADDRESS", help_heading = HEADING)]
    listen: Option<String>,
    /// The registered sign-out URL
    #[arg(long, global = true, value_name = "URI", help_heading = HEADING)]
    logout_uri: Option<String>,
    /// Scopes to ask for; openid is added if missing
    #[arg(long = "scope", global = true, value_name = "SCOPE", help_heading = HEADING)]
    scopes: Vec<String>,
    /// The identity pool, for aws-credentials
    #[arg(long, global = true, value_name = "ID", help_heading = HEADING)]
    identity_pool_id: Option<String>,
    /// code for people, client_credentials for machines
    #[arg(long, global = true, value_name = "GRANT", help_heading = HEADING)]
    grant: Option<String>,
    /// Where the session is kept: keyring, file or none
    #[arg(long, global = true, value_name = "STORE", help_heading = HEADING)]
    store: Option<String>,
    /// How long a person may take to sign in, such as 5m
    #[arg(long, global = true, value_name = "DURATION", help_heading = HEADING)]
    timeout: Option<String>,
    /// Skip the look at the login pages before the browser opens
    #[arg(long, global = true, help_heading = HEADING)]
    no_preflight: bool,
}

/// The browser flags of the verbs that sign in.
#[derive(Args, Clone, Debug, Default)]
pub struct BrowserArgs {
    /// The command that opens the address, which is appended or stands at %s
    #[arg(long, value_name = "CMD", conflicts_with = "no_browser")]
    pub browser: Option<String>,
    /// Open nothing: follow the printed address anywhere, then paste where it led
    #[arg(long)]
    pub no_browser: bool,
}

/// How the address reaches a browser that is not on this machine.
#[derive(Args, Clone, Copy, Debug, Default)]
pub struct ElsewhereArgs {
    /// Show the address as a QR code too, for a phone; opens no browser here unless one is named
    #[arg(long)]
    pub qr: bool,
    /// Put the address on the clipboard of the terminal's machine, over SSH too (OSC 52)
    #[arg(long)]
    pub copy: bool,
}

impl ElsewhereArgs {
    /// Returns the browser to open here, if any.
    pub(super) fn browser(self, profile: &Profile, world: &World) -> Option<Box<dyn Browser>> {
        match profile.browser {
            BrowserChoice::System if self.qr => None,
            _ => world.browser(profile),
        }
    }
}

/// Takes the settings that a verb has no use for out of its help.
pub fn without_idle_settings(command: Command, verb: &str) -> Command {
    let useful: &[&str] = match verb {
        "sandbox" => &["redirect_uri", "logout_uri"],
        "demo" => &["listen", "timeout"],
        "completions" | "man" => &[],
        _ => return command,
    };
    command.mut_args(|arg| {
        let is_idle =
            arg.get_help_heading() == Some(HEADING) && !useful.contains(&arg.get_id().as_str());
        arg.hide(is_idle)
    })
}

impl Selection {
    /// Resolves the profile from flags, environment, file and what is built in.
    ///
    /// # Errors
    /// Fails with exit 5 when the file or a value is wrong, or too little is set.
    pub fn profile(&self, world: &World, browser: &BrowserArgs) -> Result<Profile> {
        let path = world.config_file(self.config.as_deref())?;
        let file = ProfileFile::read_for(&path, self.given_name(world).as_deref())?;
        let name = self.name(world, &file)?;
        self.named(&name, world, &file, browser)
    }

    /// Resolves one profile by name; see [`Selection::profile`].
    ///
    /// # Errors
    /// As [`Selection::profile`].
    pub fn named(
        &self,
        name: &str,
        world: &World,
        file: &ProfileFile,
        browser: &BrowserArgs,
    ) -> Result<Profile> {
        let environment = environment(world);
        let flags = self.flags(browser);
        Ok(Profile::resolve(
            name,
            &flags,
            &environment,
            file,
            built_in(name).as_ref(),
        )?)
    }

    /// Returns the name of the profile in use.
    ///
    /// # Errors
    /// Fails when the file's top level is wrong.
    pub fn name(&self, world: &World, file: &ProfileFile) -> Result<String> {
        let default = file.default_profile()?;
        let name = self.given_name(world).or(default);
        Ok(name.unwrap_or_else(|| DEFAULT_PROFILE.to_owned()))
    }

    fn given_name(&self, world: &World) -> Option<String> {
        self.profile
            .clone()
            .or_else(|| world.variable("COGNITO_LOGIN_PROFILE"))
    }

    /// Returns the redirect URIs given by flags.
    #[cfg(feature = "sandbox")]
    pub(super) fn redirect_uris(&self) -> &[String] {
        &self.redirect_uri
    }

    /// Returns the sign-out URL given by a flag.
    #[cfg(feature = "sandbox")]
    pub(super) fn logout_uri(&self) -> Option<&str> {
        self.logout_uri.as_deref()
    }

    /// Returns the same for one profile, whatever flag, environment and file would name, and with no other setting.
    pub(super) fn of_profile(&self, name: &str) -> Selection {
        Selection {
            profile: Some(name.to_owned()),
            config: self.config.clone(),
            ..Selection::default()
        }
    }

    /// Returns the settings given by flags.
    pub(super) fn flags(&self, browser: &BrowserArgs) -> Settings {
        let browser = if browser.no_browser {
            Some("none".to_owned())
        } else {
            browser.browser.clone()
        };
        let mut flags = Settings::default()
            .text(Key::UserPoolId, self.user_pool_id.clone())
            .text(Key::ClientId, self.client_id.clone())
            .text(Key::Domain, self.domain.clone())
            .text(Key::Issuer, self.issuer.clone())
            .list(Key::RedirectUris, self.redirect_uri.clone())
            .text(Key::Listen, self.listen.clone())
            .text(Key::LogoutUri, self.logout_uri.clone())
            .list(Key::Scopes, self.scopes.clone())
            .text(Key::IdentityPoolId, self.identity_pool_id.clone())
            .text(Key::Grant, self.grant.clone())
            .text(Key::Store, self.store.clone())
            .text(Key::Browser, browser)
            .text(Key::Timeout, self.timeout.clone());
        if self.no_preflight {
            flags.set(Key::Preflight, Given::Switch(false));
        }
        flags
    }
}

/// The environment's settings; `COGNITO_LOGIN_NO_BROWSER` is stronger than `BROWSER`.
pub(super) fn environment(world: &World) -> Settings {
    let settings = Settings::of_environment(|name| world.variable(name));
    let no_browser = world.variable("COGNITO_LOGIN_NO_BROWSER");
    let no_browser = no_browser.filter(|value| !matches!(value.as_str(), "0" | "false" | "no"));
    settings.text(Key::Browser, no_browser.map(|_| "none"))
}

/// The profiles that exist without a file.
#[cfg(feature = "sandbox")]
pub(super) fn built_in(name: &str) -> Option<Settings> {
    (name == "sandbox").then(super::sandbox::profile)
}

/// The profiles that exist without a file.
#[cfg(not(feature = "sandbox"))]
pub(super) fn built_in(_name: &str) -> Option<Settings> {
    None
}
