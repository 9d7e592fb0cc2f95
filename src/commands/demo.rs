//! `demo`: sandbox and login in one, without an AWS account; tokens stay in memory.

use std::io;
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::Args;
use url::Url;

use super::in_use::InUse;
use super::login::greet;
use super::selection::{BrowserArgs, ElsewhereArgs, Selection, environment};
use super::sign_in::SignIn;
use super::world::World;
use crate::login::Browser;
use crate::oidc::Wishes;
use crate::output::Output;
use crate::profile::{Key, Profile, ProfileFile, Settings};
use crate::sandbox::{self, Sandbox, User, person};

/// Arguments of `demo`.
#[derive(Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub struct DemoArgs {
    #[command(flatten)]
    browser: BrowserArgs,
}

const AFTER_HELP: &str = "\
Examples:
  cognito-login demo
  cognito-login demo --no-browser         sign in by hand at the address it shows";

/// Ports a redirect may use, tried in order: those of the tutorial first, then some that are seldom taken.
const PORTS: [u16; 12] = [
    3000, 3001, 3002, 3003, 38_400, 38_401, 41_730, 41_731, 45_290, 45_291, 47_810, 47_811,
];

/// Signs in to a pool in this process and prints the profile.
///
/// # Errors
/// As `login`.
pub fn run(
    args: DemoArgs,
    selection: &Selection,
    world: &World,
    output: &mut Output,
) -> Result<()> {
    let redirect_uris: Vec<String> = PORTS
        .map(|port| format!("http://localhost:{port}"))
        .to_vec();
    let user = User::ada();
    let mut settings = sandbox::Settings {
        port: 0,
        ..Default::default()
    };
    settings.client.redirect_uris.clone_from(&redirect_uris);
    let sandbox = Sandbox::start(settings).context("cannot start a user pool on this machine")?;
    let ready = sandbox.ready();
    output.say(&format!(
        "A user pool runs in this process, at {}. Nothing leaves this machine.",
        ready.domain
    ));

    let settings = Settings::default()
        .text(Key::Issuer, Some(&*ready.issuer))
        .text(Key::Domain, Some(&*ready.domain))
        .text(Key::ClientId, Some(&*ready.client_id))
        .text(Key::Store, Some("none"))
        .list(Key::RedirectUris, redirect_uris);
    // Which pool is settled; how to sign in to it is still the person's choice.
    let choices = [Key::Browser, Key::Timeout, Key::Listen];
    let flags = selection.flags(&args.browser).only(&choices);
    let environment = environment(world).only(&choices);
    let profile = Profile::resolve(
        "demo",
        &flags,
        &environment,
        &ProfileFile::none(),
        Some(&settings),
    )?;
    let in_use = InUse::of(profile, None, world)?;

    let real = world.browser(&in_use.profile);
    let actor = Actor {
        username: user.username.clone(),
        password: user.password.clone(),
        tell: output.teller(),
    };
    let browser: Option<&dyn Browser> = match &real {
        None if !args.browser.no_browser => {
            output.say(&format!(
                "There is no browser here, so this demo plays the person: it signs in as `{}`.",
                user.username
            ));
            Some(&actor)
        }
        real => {
            output.say(&format!(
                "Sign in there as `{}` with the password `{}`.",
                user.username, user.password
            ));
            real.as_deref()
        }
    };
    let sign_in = SignIn {
        in_use: &in_use,
        browser,
        elsewhere: ElsewhereArgs::default(),
        wishes: Wishes::default(),
    };
    let (pool, tokens) = sign_in.perform(world, output)?;
    greet(&pool, &tokens, world, output)?;
    output.say("The tokens were kept in memory and end with this process.");
    Ok(())
}

/// The person, played: walks the login pages on a thread of its own, as a browser would.
struct Actor {
    username: String,
    password: String,
    tell: Arc<dyn Fn(&str) + Send + Sync>,
}

impl Browser for Actor {
    fn name(&self) -> &'static str {
        "The demo"
    }

    fn open(&self, url: &Url) -> io::Result<()> {
        let (url, username, password) = (
            url.to_string(),
            self.username.clone(),
            self.password.clone(),
        );
        let tell = self.tell.clone();
        std::thread::spawn(move || {
            if let Err(error) = person::sign_in(&url, &username, &password) {
                tell(&format!(
                    "The played person did not get through: {error}. Open the address above yourself."
                ));
            }
        });
        Ok(())
    }
}
