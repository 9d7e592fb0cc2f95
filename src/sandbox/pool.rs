//! The pool itself: its clients, its people and their letters, the browsers they signed in with; no socket, no page.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::federation::Departure;
use super::grants::Grants;
use super::journal::Journal;
use super::look::Look;
use super::mailbox::{Letter, Mailbox, Purpose};
use super::memory::Memory;
use super::policy::Attribute;
use super::quirks::{Order, Quirks, merge};
use super::random::Chance;
use super::settings::{AppClient, Group, IdentityProvider, Log, ResourceServer, Rules, Settings};
use super::signing::Keys;
use super::users::{Refused, SignIn, Step, Users};
use crate::clock::{Clock, Timestamp};

/// A browser stays signed in this long, counted from the password (developer guide, `cognito-user-pools-managed-login`).
const BROWSER_SESSION_LIFE: Duration = Duration::from_secs(3_600);
const FORM_LIFE: Duration = Duration::from_secs(300);

/// Everything one user pool knows.
pub(super) struct Pool {
    pub(super) issuer: String,
    pub(super) domain: String,
    pub(super) id: String,
    pub(super) clients: Vec<AppClient>,
    pub(super) rules: Rules,
    pub(super) users: Users,
    pub(super) quirks: Quirks,
    pub(super) keys: Keys,
    pub(super) groups: Vec<Group>,
    pub(super) providers: Vec<IdentityProvider>,
    resource_servers: Vec<ResourceServer>,
    pub(super) grants: Grants,
    pub(super) journal: Journal,
    pub(super) look: Look,
    pub(super) chance: Chance,
    mailbox: Mailbox,
    pub(super) browsers: Memory<Browser>,
    forms: Memory<()>,
    /// User names of browsers that have shown the right password, and have a step to go.
    pub(super) halfway: Memory<String>,
    /// Browsers that are at another provider, by the `state` they took there.
    pub(super) departures: Memory<Departure>,
    clock: Box<dyn Clock>,
    log: Log,
}

/// A browser somebody signed in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Browser {
    pub(super) username: String,
    pub(super) auth_time: Timestamp,
}

impl Pool {
    /// Opens the pool at `domain`, a URL without a slash at the end.
    pub(super) fn open(
        settings: &Settings,
        domain: &str,
        pool_id: &str,
        clock: Box<dyn Clock>,
    ) -> io::Result<Pool> {
        let chance = Chance::of(settings.seed.as_deref());
        let users = Users::of(
            &settings.users,
            settings.password_policy.clone(),
            required(&settings.required_attributes)?,
            chance.clone(),
        );
        Ok(Pool {
            issuer: format!("{domain}/{pool_id}"),
            domain: domain.to_owned(),
            id: pool_id.to_owned(),
            clients: settings.clients(&chance),
            rules: settings.rules.clone(),
            users,
            quirks: Quirks::default(),
            keys: Keys::load()?,
            groups: settings.groups.clone(),
            providers: settings.identity_providers.clone(),
            resource_servers: settings.resource_servers.clone(),
            grants: Grants::new(chance.clone()),
            journal: Journal::default(),
            look: Look {
                logo: settings.logo.clone(),
                css: settings.css.clone(),
            },
            chance,
            mailbox: Mailbox::default(),
            browsers: Memory::of(BROWSER_SESSION_LIFE),
            forms: Memory::of(FORM_LIFE),
            halfway: Memory::of(BROWSER_SESSION_LIFE),
            departures: Memory::of(FORM_LIFE),
            clock,
            log: Arc::clone(&settings.log),
        })
    }

    /// Returns the pool's present moment, which may differ from the machine's.
    pub(super) fn now(&self) -> Timestamp {
        let offset = self.rules.clock_offset_seconds;
        let span = Duration::from_secs(offset.unsigned_abs());
        let machine = self.clock.now();
        if offset < 0 {
            machine.minus(span)
        } else {
            machine.plus(span)
        }
    }

    pub(super) fn client(&self, id: &str) -> Option<&AppClient> {
        self.clients.iter().find(|client| client.id == id)
    }

    pub(super) fn provider(&self, name: &str) -> Option<&IdentityProvider> {
        self.providers.iter().find(|known| known.name == name)
    }

    /// Returns the provider with this `idp_identifier`.
    pub(super) fn provider_of(&self, identifier: &str) -> Option<&IdentityProvider> {
        let has = |provider: &&IdentityProvider| {
            provider.identifiers.iter().any(|known| known == identifier)
        };
        self.providers.iter().find(has)
    }

    pub(super) fn has_scope(&self, scope: &str) -> bool {
        self.resource_servers.iter().any(|server| server.has(scope))
    }

    pub(super) fn has_resource(&self, identifier: &str) -> bool {
        self.resource_servers
            .iter()
            .any(|server| server.identifier == identifier)
    }

    pub(super) fn log(&self, line: &str) {
        (self.log)(line);
    }

    /// Does what a test orders; the error is a sentence about what is wrong with the order.
    pub(super) fn obey(&mut self, order: Order) -> Result<(), String> {
        if let Some(patch) = &order.rules {
            let mut rules = serde_json::to_value(&self.rules).map_err(|error| error.to_string())?;
            merge(&mut rules, patch);
            self.rules = serde_json::from_value(rules).map_err(|error| error.to_string())?;
        }
        if order.rotate_keys {
            self.keys.rotate();
        }
        if order.revoke_all {
            self.grants.clear();
        }
        if order.end_browser_sessions {
            self.browsers.forget_all(|_| true);
        }
        self.quirks.obey(order);
        Ok(())
    }
}

/// People and their letters.
impl Pool {
    /// Judges a user name, or an e-mail address, and a password.
    pub(super) fn sign_in(&mut self, login: &str, password: &str) -> SignIn {
        let now = self.now();
        self.users.sign_in(login, password, now)
    }

    /// Judges a code of an authenticator app.
    pub(super) fn challenge(&mut self, username: &str, code: &str) -> SignIn {
        let now = self.now();
        self.users.challenge(username, code, now)
    }

    pub(super) fn next_step(&self, username: &str) -> Step {
        self.users.next_step(username, self.rules.mfa)
    }

    /// Opens an account with the code that was sent; returns the user name.
    pub(super) fn confirm(&mut self, username: &str, code: &str) -> Result<String, Refused> {
        let now = self.now();
        self.users.confirm(username, code, now)
    }

    /// Sets a new password with the code that was sent.
    pub(super) fn reset_password(
        &mut self,
        login: &str,
        code: &str,
        password: &str,
    ) -> Result<(), Refused> {
        let now = self.now();
        let username = self.users.reset(login, code, password, now)?;
        // The old password proves nothing any more.
        self.halfway.forget_all(|known| *known == username);
        Ok(())
    }

    pub(super) fn letters(&self) -> &[Letter] {
        self.mailbox.letters()
    }

    /// Sends a confirmation code to an account that waits for one; nothing happens for others.
    pub(super) fn send_confirmation_code(&mut self, username: &str) {
        if let Some((to, code)) = self.users.confirmation_code(username, self.now()) {
            self.send(username.to_owned(), to, Purpose::Confirmation, code);
        }
    }

    /// Sends a code for a new password if there is such an account.
    pub(super) fn send_reset_code(&mut self, login: &str) {
        if let Some((username, to, code)) = self.users.reset_code(login, self.now()) {
            self.send(username, to, Purpose::PasswordReset, code);
        }
    }

    fn send(&mut self, username: String, to: String, purpose: Purpose, code: String) {
        let letter = Letter {
            username,
            to,
            purpose,
            code,
            sent_at: self.now(),
        };
        self.log(&letter.line());
        self.mailbox.put(letter);
    }
}

/// Browsers.
impl Pool {
    /// Returns the text of a form's hidden field, which is the browser's cookie too: the one it has, or a new one.
    pub(super) fn form(&mut self, cookie: Option<&str>) -> String {
        let now = self.now();
        match cookie.filter(|text| self.knows_form(text)) {
            None => self.forms.keep((), now),
            Some(text) => {
                self.forms.put(text, (), now);
                text.to_owned()
            }
        }
    }

    /// Returns whether a form was shown here within the last five minutes.
    pub(super) fn knows_form(&self, text: &str) -> bool {
        self.forms.get(text, self.now()).is_some()
    }

    /// Starts a browser session with this password sign-in; returns its cookie.
    pub(super) fn welcome(&mut self, username: &str) -> (String, Browser) {
        let now = self.now();
        let browser = Browser {
            username: username.to_owned(),
            auth_time: now,
        };
        self.users.signed_in(username, now);
        (self.browsers.keep(browser.clone(), now), browser)
    }

    /// Returns who is signed in with this browser.
    pub(super) fn browser(&self, cookie: &str) -> Option<&Browser> {
        self.browsers.get(cookie, self.now())
    }

    /// Returns how many browsers a user is signed in with.
    pub(super) fn browsers_of(&self, username: &str) -> usize {
        let all = self.browsers.all(self.now());
        all.filter(|browser| browser.username == username).count()
    }
}

/// Finds what a sign-up has to give; an e-mail address it gives anyway.
fn required(names: &[String]) -> io::Result<Vec<&'static Attribute>> {
    let found = names.iter().filter(|name| *name != "email").map(|name| {
        let unknown = || format!("`{name}` is not a standard attribute that can be required");
        Attribute::named(name).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, unknown()))
    });
    found.collect()
}
