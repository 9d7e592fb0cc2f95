//! Signing in, as `login`, `token --login` and `demo` do it.

use anyhow::Result;

use super::announcement::Announcement;
use super::in_use::InUse;
use super::selection::ElsewhereArgs;
use super::waiting::Waiting;
use super::world::World;
use crate::failure::{Exit, Failure, printable};
use crate::login::{Browser, Ceremony, Event, Loopback};
use crate::oidc::{IdClaims, Preflight, Tokens, UserPool, Wishes};
use crate::output::{self, Output};
use crate::profile::Grant;
use crate::session::Session;

/// What a sign-in needs beyond the profile.
pub(super) struct SignIn<'a> {
    /// The profile in use.
    pub in_use: &'a InUse,
    /// The browser to open; none to print the address only.
    pub browser: Option<&'a dyn Browser>,
    /// How the address is shown to another device.
    pub elsewhere: ElsewhereArgs,
    /// What was asked of the login pages.
    pub wishes: Wishes,
}

impl SignIn<'_> {
    /// Performs the whole ceremony and keeps the session.
    ///
    /// # Errors
    /// Fails before any browser opens when the store cannot be written or no redirect URI is free;
    /// afterwards as the ceremony does (exit 3 to 6).
    pub(super) fn perform(self, world: &World, output: &mut Output) -> Result<(UserPool, Tokens)> {
        let InUse {
            profile,
            key,
            sessions,
            ..
        } = self.in_use;
        if profile.grant == Grant::ClientCredentials {
            let message = format!(
                "profile `{}` is for a machine; nobody signs in to it",
                profile.name
            );
            return Err(
                Failure::new(Exit::Settings, "grant_needs_no_login", message)
                    .hint("cognito-login token, or set grant = \"code\"")
                    .into(),
            );
        }
        sessions.check_writable(key)?;
        let loopback = Loopback::bind(&profile.redirect_uris, profile.listen)?;
        output.trace(&format!(
            "listening for {}",
            loopback.redirect_uri().as_str()
        ));
        if let Some(address) = profile.listen.filter(|address| !address.is_loopback()) {
            output.warn(&format!(
                "`listen` is {address}: other machines can knock at the sign-in while it waits"
            ));
        }
        let pool = self.in_use.pool(world)?;
        let attempt = {
            let _spinner = output.wait_for("asking for the login pages");
            world.wait(pool.begin(loopback.redirect_uri(), &self.wishes))??
        };
        if profile.preflight {
            let _spinner = output.wait_for("looking at the login pages");
            if let Preflight::Doubt(what) = world.wait(pool.preflight(&attempt))?? {
                output.warn(what);
            }
        }
        let before = sessions.summary(key);
        let port = loopback.redirect_uri().port();
        let tokens = {
            let (mut waiting, paste) = Waiting::begin(world, output);
            let mut onlooker = |event: Event<'_>| match event {
                Event::Waiting { url } => Announcement {
                    url,
                    port,
                    opener: self.browser.map(Browser::name),
                    elsewhere: self.elsewhere,
                    listen: profile.listen,
                }
                .tell(world, output),
                Event::Left(left) => waiting.show(left, output),
                Event::WaitIsOver => waiting.end(),
                event => tell(event, output),
            };
            let ceremony = Ceremony {
                pool: &pool,
                attempt: &attempt,
                browser: self.browser,
                paste: Some(paste),
                patience: profile.timeout,
                clock: world.clock.as_ref(),
                onlooker: &mut onlooker,
            };
            let keep = |tokens: &Tokens| {
                sessions.keep(key, &Session::from_tokens(tokens, world.clock.now()))
            };
            world.wait(ceremony.perform(loopback, keep))??
        };
        let claims = &tokens.id.claims;
        let until = output::until(tokens.access_expires_at, world.clock.now());
        output.say(&format!(
            "Signed in as {}; the access token is good until {until}.",
            who(claims)
        ));
        if let Some(previous) = before
            .and_then(|before| before.username)
            .filter(|name| Some(name) != claims.username.as_ref())
        {
            output.warn(&format!(
                "this profile held the session of `{}` before; to go back: {} --switch-user",
                printable(&previous, 100),
                self.in_use.key.login_command()
            ));
        }
        Ok((pool, tokens))
    }
}

/// Says who signed in: *NAME (EMAIL)*.
pub(super) fn who(claims: &IdClaims) -> String {
    printable(&claims.who(), 200)
}

fn tell(event: Event<'_>, output: &mut Output) {
    match event {
        Event::Waiting { .. } | Event::Left(_) | Event::WaitIsOver => {}
        Event::BrowserOpened => output.trace("the browser was started"),
        Event::BrowserNotOpened(error) => {
            output.warn(&format!("no browser could be opened ({error}); open the address yourself"));
        }
        Event::PasteRefused(why) => output.say(&format!("That is not it: {why}.")),
        Event::Stray(what) => output.trace(&format!("turned a stranger away: {what}")),
        Event::HttpsForced => output.warn(
            "your browser forced https on this address; use another browser, or paste the address it ended at here",
        ),
        Event::Exchanging => output.trace("the browser is back: exchanging the code"),
    }
}
