//! The pool itself: its clients, people, sessions and tokens, and every rule about them; no socket, no page.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::grants::{Grants, OAuthError, Redemption, SignedIn};
use super::mailbox::{Letter, Mailbox, Purpose};
use super::quirks::{Order, Quirks, merge};
use super::random;
use super::settings::{AppClient, Log, ResourceServer, Rules, Settings};
use super::signing::{self, Keys, TokenUse};
use super::users::{Account, Refused, SignIn, Users};
use crate::clock::{Clock, Timestamp};

/// A browser stays signed in this long, counted from the password (`cognito.md` §3.3).
pub(super) const BROWSER_SESSION_LIFE: Duration = Duration::from_secs(3_600);
const FORM_LIFE: Duration = Duration::from_secs(300);
/// Forms, browsers and unfinished sign-ups that are remembered at a time.
const CAPACITY: usize = 10_000;

const PROFILE: [&str; 15] = [
    "name",
    "family_name",
    "given_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "updated_at",
    "address",
];

/// Everything one user pool knows.
pub(super) struct Pool {
    pub(super) issuer: String,
    pub(super) domain: String,
    pub(super) clients: Vec<AppClient>,
    pub(super) rules: Rules,
    pub(super) users: Users,
    pub(super) quirks: Quirks,
    pub(super) keys: Keys,
    resource_servers: Vec<ResourceServer>,
    grants: Grants,
    mailbox: Mailbox,
    browsers: HashMap<String, Browser>,
    forms: HashMap<String, Timestamp>,
    sign_ups: HashMap<String, (String, Timestamp)>,
    clock: Box<dyn Clock>,
    log: Log,
}

/// A browser somebody signed in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Browser {
    pub(super) username: String,
    pub(super) auth_time: Timestamp,
}

/// A checked request for a code.
#[derive(Clone, Debug)]
pub(super) struct CodeRequest {
    pub(super) client_id: String,
    pub(super) redirect_uri: String,
    pub(super) scopes: Vec<String>,
    pub(super) challenge: Option<String>,
    pub(super) nonce: Option<String>,
    pub(super) resource: Option<String>,
}

/// What the token endpoint hands out.
#[derive(Debug)]
pub(super) struct Tokens {
    pub(super) id: Option<String>,
    pub(super) access: String,
    pub(super) refresh: Option<String>,
    pub(super) expires_in: u64,
}

/// Why userInfo says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// The token is unknown, expired or revoked, or its user is gone.
    Dead,
    /// The token has no `openid`.
    NotOpenId,
}

impl Pool {
    /// Opens the pool at `domain`, a URL without a slash at the end.
    pub(super) fn open(
        settings: &Settings,
        domain: &str,
        pool_id: &str,
        clock: Box<dyn Clock>,
    ) -> io::Result<Pool> {
        Ok(Pool {
            issuer: format!("{domain}/{pool_id}"),
            domain: domain.to_owned(),
            clients: settings.clients(),
            rules: settings.rules.clone(),
            users: Users::of(&settings.users),
            quirks: Quirks::default(),
            keys: Keys::load()?,
            resource_servers: settings.resource_servers.clone(),
            grants: Grants::default(),
            mailbox: Mailbox::default(),
            browsers: HashMap::new(),
            forms: HashMap::new(),
            sign_ups: HashMap::new(),
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
            self.grants = Grants::default();
        }
        if order.end_browser_sessions {
            self.browsers.clear();
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
        self.users.reset(login, code, password, now)
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
        let known = cookie.filter(|text| self.knows_form(text));
        let text = known.map_or_else(random::uuid, str::to_owned);
        remember(&mut self.forms, text.clone(), now, |shown| {
            now < shown.plus(FORM_LIFE)
        });
        text
    }

    /// Returns whether a form was shown here within the last five minutes.
    pub(super) fn knows_form(&self, text: &str) -> bool {
        let shown = self.forms.get(text);
        shown.is_some_and(|shown| self.now() < shown.plus(FORM_LIFE))
    }

    /// Starts a browser session with this password sign-in; returns its cookie.
    pub(super) fn welcome(&mut self, username: &str) -> (String, Browser) {
        let now = self.now();
        let browser = Browser {
            username: username.to_owned(),
            auth_time: now,
        };
        let cookie = random::uuid();
        remember(
            &mut self.browsers,
            cookie.clone(),
            browser.clone(),
            |browser| now < browser.auth_time.plus(BROWSER_SESSION_LIFE),
        );
        (cookie, browser)
    }

    /// Returns who is signed in with this browser.
    pub(super) fn browser(&self, cookie: &str) -> Option<&Browser> {
        let browser = self.browsers.get(cookie)?;
        (self.now() < browser.auth_time.plus(BROWSER_SESSION_LIFE)).then_some(browser)
    }

    pub(super) fn forget_browser(&mut self, cookie: &str) {
        self.browsers.remove(cookie);
    }

    /// Remembers that this browser knows the password of an account that is not confirmed yet; returns its cookie.
    pub(super) fn expect_confirmation(&mut self, username: &str) -> String {
        let now = self.now();
        let cookie = random::uuid();
        remember(
            &mut self.sign_ups,
            cookie.clone(),
            (username.to_owned(), now),
            |(_, since)| now < since.plus(BROWSER_SESSION_LIFE),
        );
        cookie
    }

    /// Returns whether the browser with this cookie has proved the password of `username`.
    pub(super) fn has_proved_password(&mut self, cookie: &str, username: &str) -> bool {
        let proved = self
            .sign_ups
            .get(cookie)
            .is_some_and(|(known, _)| known == username);
        if proved {
            self.sign_ups.remove(cookie);
        }
        proved
    }
}

/// Tokens.
impl Pool {
    /// Hands out a code to a signed-in browser.
    pub(super) fn code(&mut self, request: &CodeRequest, browser: &Browser) -> String {
        let signed_in = SignedIn {
            client_id: request.client_id.clone(),
            username: browser.username.clone(),
            scopes: request.scopes.clone(),
            nonce: request.nonce.clone(),
            resource: request.resource.clone(),
            auth_time: browser.auth_time,
            origin_jti: random::uuid(),
        };
        let now = self.now();
        self.grants.code(
            signed_in,
            &request.redirect_uri,
            request.challenge.as_deref(),
            now,
        )
    }

    /// Trades a code for tokens (`cognito.md` §14.2, rows 7 to 12).
    pub(super) fn redeem(&mut self, redemption: Redemption<'_>) -> Result<Tokens, OAuthError> {
        let now = self.now();
        let from = self.grants.redeem(redemption, now)?;
        let registered = from
            .resource
            .as_ref()
            .is_none_or(|resource| self.has_resource(resource));
        if !registered || !self.may_read_what_was_granted(&from) {
            return Err(OAuthError::new("invalid_grant"));
        }
        let dies_at = now.plus(Duration::from_secs(self.rules.refresh_token_seconds));
        let refresh = self.grants.refresh_token(&from, dies_at);
        self.tokens(&from, "authorization_code", Some(refresh))
    }

    /// Trades a refresh token for fresh tokens (row 10).
    pub(super) fn refresh(&mut self, text: &str, client_id: &str) -> Result<Tokens, OAuthError> {
        let now = self.now();
        let (from, next) = self.grants.refresh(text, client_id, &self.rules, now)?;
        self.tokens(&from, "refresh_token", next)
    }

    /// Gives a machine its token (row 13).
    pub(super) fn machine_token(
        &mut self,
        client: &AppClient,
        asked: Option<&str>,
    ) -> Result<Tokens, OAuthError> {
        let scopes: Vec<String> = match asked {
            Some(text) => text.split_ascii_whitespace().map(str::to_owned).collect(),
            None => client.scopes.clone(),
        };
        if !scopes.iter().all(|scope| self.has_scope(scope)) {
            return Err(OAuthError::new("invalid_scope"));
        }
        if !scopes.iter().all(|scope| client.scopes.contains(scope)) {
            return Err(OAuthError::new("invalid_grant"));
        }
        let from = Arc::new(SignedIn {
            client_id: client.id.clone(),
            username: String::new(),
            scopes,
            nonce: None,
            resource: None,
            auth_time: self.now(),
            origin_jti: random::uuid(),
        });
        let now = self.now();
        let mut claims = self.claims(&from, TokenUse::Access);
        claims["sub"] = json!(client.id);
        claims["scope"] = json!(from.scopes.join(" "));
        claims["client_id"] = json!(client.id);
        claims["version"] = json!(2);
        let access = self.write(TokenUse::Access, claims, "client_credentials");
        let expires_in = self.rules.access_token_seconds;
        self.grants.remember(
            &access,
            &from,
            now.plus(Duration::from_secs(expires_in)),
            now,
        );
        Ok(Tokens {
            id: None,
            access,
            refresh: None,
            expires_in,
        })
    }

    /// Ends the session of a refresh token. `Ok` also when there is none: RFC 7009 §2.2.
    pub(super) fn revoke(&mut self, text: &str, client_id: &str) -> Result<(), OAuthError> {
        // Three parts are a signed token: an access or an ID token.
        if text.split('.').count() == 3 {
            return Err(OAuthError::new("unsupported_token_type"));
        }
        let Some(from) = self.grants.of_refresh_token(text) else {
            return Ok(());
        };
        if from.client_id != client_id {
            return Err(OAuthError::new("invalid_request"));
        }
        let origin_jti = from.origin_jti.clone();
        self.grants.end(&origin_jti);
        Ok(())
    }

    /// Returns the userInfo document of an access token: strings only (`cognito.md` §5).
    pub(super) fn user_info(&self, access_token: &str) -> Result<Value, Unread> {
        let from = self
            .grants
            .behind(access_token, self.now())
            .ok_or(Unread::Dead)?;
        if !from.scopes.iter().any(|scope| scope == "openid") {
            return Err(Unread::NotOpenId);
        }
        let account = self.users.find(&from.username).ok_or(Unread::Dead)?;
        let mut document: Map<String, Value> = self.attributes(account, from).into_iter().collect();
        document.insert("sub".to_owned(), json!(account.sub));
        document.insert("username".to_owned(), json!(account.user.username));
        Ok(document.into())
    }

    /// Writes the tokens of a sign-in; attributes and groups are read anew each time.
    fn tokens(
        &mut self,
        from: &Arc<SignedIn>,
        grant: &str,
        refresh: Option<String>,
    ) -> Result<Tokens, OAuthError> {
        let account = self
            .users
            .find(&from.username)
            .ok_or(OAuthError::new("invalid_grant"))?;
        let (sub, username, groups) = (&account.sub, &account.user.username, &account.user.groups);

        let mut access = self.claims(from, TokenUse::Access);
        let mut id = self.claims(from, TokenUse::Id);
        access["origin_jti"] = json!(from.origin_jti);
        access["sub"] = json!(sub);
        access["client_id"] = json!(from.client_id);
        access["username"] = json!(username);
        access["scope"] = json!(from.scopes.join(" "));
        access["version"] = json!(2);
        if let Some(resource) = &from.resource {
            access["aud"] = json!(resource);
        }
        id["origin_jti"] = json!(from.origin_jti);
        id["sub"] = json!(sub);
        id["aud"] = json!(from.client_id);
        id["cognito:username"] = json!(username);
        if !groups.is_empty() {
            access["cognito:groups"] = json!(groups);
            id["cognito:groups"] = json!(groups);
        }
        // Whether Cognito repeats the nonce after a refresh is not known; a client must do without it there.
        if let Some(nonce) = from
            .nonce
            .as_ref()
            .filter(|_| grant == "authorization_code")
        {
            id["nonce"] = json!(nonce);
        }
        for (name, value) in self.attributes(account, from) {
            // Strings in userInfo, booleans here (`cognito.md` §7.2).
            id[&name] = if name.ends_with("_verified") {
                json!(value == "true")
            } else {
                value
            };
        }

        let now = self.now();
        let expires_in = self.rules.access_token_seconds;
        let access = self.write(TokenUse::Access, access, grant);
        self.grants.remember(
            &access,
            from,
            now.plus(Duration::from_secs(expires_in)),
            now,
        );
        id["at_hash"] = json!(signing::at_hash(&access));
        let open_id = from.scopes.iter().any(|scope| scope == "openid");
        let id = open_id.then(|| self.write(TokenUse::Id, id, grant));
        Ok(Tokens {
            id,
            access,
            refresh,
            expires_in,
        })
    }

    /// Returns the claims every token has.
    fn claims(&self, from: &SignedIn, token: TokenUse) -> Value {
        let now = self.now();
        let (token_use, seconds) = match token {
            TokenUse::Id => ("id", self.rules.id_token_seconds),
            TokenUse::Access => ("access", self.rules.access_token_seconds),
        };
        json!({
            "iss": self.issuer,
            "token_use": token_use,
            "auth_time": from.auth_time,
            "iat": now,
            "exp": now.plus(Duration::from_secs(seconds)),
            "jti": random::uuid(),
        })
    }

    fn write(&mut self, token: TokenUse, mut claims: Value, grant: &str) -> String {
        let quirk = self.quirks.of_token(token, grant);
        if quirk.is_opaque() {
            return random::client_secret();
        }
        let mut header = self.keys.header(token);
        let signature = quirk.apply(&mut header, &mut claims);
        self.keys.sign(token, header, &claims, signature)
    }

    /// Returns the attributes the granted scopes open and the client may read, as strings.
    fn attributes(&self, account: &Account, from: &SignedIn) -> Vec<(String, Value)> {
        let Some(client) = self.client(&from.client_id) else {
            return Vec::new();
        };
        let granted = |scope: &str| from.scopes.iter().any(|known| known == scope);
        let only_open_id = !granted("profile") && !granted("email") && !granted("phone");
        let opened = |name: &str| match name {
            _ if only_open_id => true,
            "email" | "email_verified" => granted("email"),
            "phone_number" | "phone_number_verified" => granted("phone"),
            _ => granted("profile") && (PROFILE.contains(&name) || name.starts_with("custom:")),
        };
        let of_settings = account
            .user
            .attributes
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let verified = if account.confirmed { "true" } else { "false" };
        let all = of_settings.chain([
            ("email", account.user.email.as_str()),
            ("email_verified", verified),
        ]);
        let shown = all.filter(|(name, _)| opened(name) && client.may_read(name));
        shown
            .map(|(name, value)| (name.to_owned(), json!(value)))
            .collect()
    }

    /// Returns whether the client may read the attributes behind the granted scopes (`cognito.md` §12.6).
    fn may_read_what_was_granted(&self, from: &SignedIn) -> bool {
        let needed = from.scopes.iter().flat_map(|scope| match scope.as_str() {
            "email" => ["email", "email_verified"].as_slice(),
            "phone" => &["phone_number", "phone_number_verified"],
            _ => &[],
        });
        let client = self.client(&from.client_id);
        client.is_some_and(|client| needed.into_iter().all(|name| client.may_read(name)))
    }
}

/// Adds to a bounded memory; what is stale leaves, and when it is full everything does.
fn remember<T>(memory: &mut HashMap<String, T>, key: String, value: T, fresh: impl Fn(&T) -> bool) {
    if memory.len() >= CAPACITY {
        memory.retain(|_, value| fresh(value));
    }
    if memory.len() >= CAPACITY {
        memory.clear();
    }
    memory.insert(key, value);
}
