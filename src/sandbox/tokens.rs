//! What a sign-in earns: codes, tokens and the userInfo document, with every claim in them.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::diagnosis::Wrong;
use super::grants::{OAuthError, Redemption, SignedIn};
use super::message::Form;
use super::pool::{Browser, Pool};
use super::settings::{AppClient, Group};
use super::signing::{self, TokenUse};
use super::users::Account;

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
    /// Hands out a code to a signed-in browser.
    pub(super) fn code(&mut self, request: &CodeRequest, browser: &Browser) -> String {
        let (signed_in, now) = (self.signed_in(request, browser), self.now());
        self.grants.code(
            signed_in,
            &request.redirect_uri,
            request.challenge.as_deref(),
            now,
        )
    }

    /// Hands out tokens to a signed-in browser, as the implicit grant does; `None` when the user is gone.
    pub(super) fn implicit_tokens(
        &mut self,
        request: &CodeRequest,
        browser: &Browser,
    ) -> Option<Form> {
        let from = Arc::new(self.signed_in(request, browser));
        let tokens = self.tokens(&from, "implicit", None).ok()?;
        let mut answer = Form::default().with("access_token", &tokens.access);
        if let Some(id) = &tokens.id {
            answer = answer.with("id_token", id);
        }
        let seconds = tokens.expires_in.to_string();
        Some(
            answer
                .with("token_type", "Bearer")
                .with("expires_in", &seconds),
        )
    }

    fn signed_in(&self, request: &CodeRequest, browser: &Browser) -> SignedIn {
        let federated = self
            .users
            .find(&browser.username)
            .is_some_and(|account| account.identity.is_some());
        // The pool asked its provider with a nonce of its own, which stays in the token: next-auth #6865.
        let own_nonce = || federated.then(|| self.chance.uuid("nonce"));
        SignedIn {
            client_id: request.client_id.clone(),
            username: browser.username.clone(),
            scopes: request.scopes.clone(),
            nonce: request.nonce.clone().or_else(own_nonce),
            resource: request.resource.clone(),
            auth_time: browser.auth_time,
            origin_jti: self.chance.uuid("origin_jti"),
        }
    }

    /// Trades a code for tokens (token, rows 7 to 12).
    pub(super) fn redeem(&mut self, redemption: Redemption<'_>) -> Result<Tokens, OAuthError> {
        let now = self.now();
        let from = self.grants.redeem(redemption, now)?;
        if let Some(resource) = from.resource.as_ref().filter(|id| !self.has_resource(id)) {
            return Err(OAuthError::grant(Wrong::UnknownResource(resource.clone())));
        }
        if !self.may_read_what_was_granted(&from) {
            let wrong = Wrong::Unreadable(from.client_id.clone());
            return Err(OAuthError::grant(wrong));
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
        if let Some(scope) = scopes.iter().find(|scope| !self.has_scope(scope)) {
            let wrong = Wrong::UnknownScope(scope.clone());
            return Err(OAuthError::new("invalid_scope", wrong));
        }
        if let Some(scope) = scopes.iter().find(|scope| !client.scopes.contains(scope)) {
            let (scope, client) = (scope.clone(), client.name.clone());
            return Err(OAuthError::grant(Wrong::ScopeOfMachine { scope, client }));
        }
        let from = Arc::new(SignedIn {
            client_id: client.id.clone(),
            username: String::new(),
            scopes,
            nonce: None,
            resource: None,
            auth_time: self.now(),
            origin_jti: self.chance.uuid("origin_jti"),
        });
        let mut claims = self.access_claims(&from);
        claims["sub"] = json!(client.id);
        let access = self.write_access(&from, claims, "client_credentials");
        Ok(Tokens {
            id: None,
            access,
            refresh: None,
            expires_in: self.rules.access_token_seconds,
        })
    }

    /// Ends the session of a refresh token. `Ok` also when there is none: RFC 7009 §2.2.
    pub(super) fn revoke(&mut self, text: &str, client_id: &str) -> Result<(), OAuthError> {
        // Three parts are a signed token: an access or an ID token.
        if text.split('.').count() == 3 {
            return Err(OAuthError::new(
                "unsupported_token_type",
                Wrong::NotARefreshToken,
            ));
        }
        let Some(from) = self.grants.of_refresh_token(text) else {
            return Ok(());
        };
        if from.client_id != client_id {
            return Err(OAuthError::new(
                "invalid_request",
                Wrong::TokenOfAnotherClient,
            ));
        }
        let origin_jti = from.origin_jti.clone();
        self.grants.end(&origin_jti);
        Ok(())
    }

    /// Returns the userInfo document of an access token: strings only (developer guide, `userinfo-endpoint`).
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
        if let Some(identity) = &account.identity {
            let text = json!([identity.claim()]).to_string();
            document.insert("identities".to_owned(), json!(text));
        }
        Ok(document.into())
    }

    /// Writes the tokens of a sign-in; attributes and groups are read anew each time.
    fn tokens(
        &mut self,
        from: &Arc<SignedIn>,
        grant: &str,
        refresh: Option<String>,
    ) -> Result<Tokens, OAuthError> {
        let account = self.users.find(&from.username);
        let account = account.ok_or(OAuthError::grant(Wrong::UserGone))?;
        let mut access = self.access_claims(from);
        let mut id = self.id_claims(from, account);
        access["username"] = json!(account.user.username);
        let groups = self.groups_of(account);
        for claims in [&mut access, &mut id] {
            claims["sub"] = json!(account.sub);
            claims["origin_jti"] = json!(from.origin_jti);
            if !groups.is_empty() {
                let names: Vec<&str> = groups.iter().map(|group| group.name.as_str()).collect();
                claims["cognito:groups"] = json!(names);
            }
        }
        let roles: Vec<&str> = groups
            .iter()
            .filter_map(|group| group.role_arn.as_deref())
            .collect();
        if let Some(first) = roles.first() {
            id["cognito:preferred_role"] = json!(first);
            id["cognito:roles"] = json!(roles);
        }
        if let Some(identity) = &account.identity {
            id["identities"] = json!([identity.claim()]);
        }
        // Whether Cognito repeats the nonce after a refresh is not known; a client must do without it there.
        if let Some(nonce) = from.nonce.as_ref().filter(|_| grant != "refresh_token") {
            id["nonce"] = json!(nonce);
        }
        let access = self.write_access(from, access, grant);
        id["at_hash"] = json!(signing::at_hash(&access));
        let open_id = from.scopes.iter().any(|scope| scope == "openid");
        Ok(Tokens {
            id: open_id.then(|| self.write(TokenUse::Id, id, grant)),
            access,
            refresh,
            expires_in: self.rules.access_token_seconds,
        })
    }

    /// Returns the groups of a person, the highest in precedence first; Cognito counts from 0, those without come last.
    fn groups_of(&self, account: &Account) -> Vec<Group> {
        let known = |name: &String| {
            let found = self.groups.iter().find(|group| group.name == *name);
            found.cloned().unwrap_or_else(|| Group::new(name))
        };
        let mut groups: Vec<Group> = account.user.groups.iter().map(known).collect();
        groups.sort_by_key(|group| group.precedence.unwrap_or(u32::MAX));
        groups
    }

    /// Returns what an access token says of its client (developer guide, `amazon-cognito-user-pools-using-the-access-token`); an `aud` only with a resource.
    fn access_claims(&self, from: &SignedIn) -> Value {
        let mut claims = self.claims(from, "access", self.rules.access_token_seconds);
        claims["client_id"] = json!(from.client_id);
        claims["scope"] = json!(from.scopes.join(" "));
        claims["version"] = json!(2);
        if let Some(resource) = &from.resource {
            claims["aud"] = json!(resource);
        }
        claims
    }

    /// Returns what an ID token says of its person (developer guide, `amazon-cognito-user-pools-using-the-id-token`).
    fn id_claims(&self, from: &SignedIn, account: &Account) -> Value {
        let mut claims = self.claims(from, "id", self.rules.id_token_seconds);
        claims["aud"] = json!(from.client_id);
        claims["cognito:username"] = json!(account.user.username);
        for (name, value) in self.attributes(account, from) {
            // A string in userInfo, a boolean here.
            claims[&name] = match name.ends_with("_verified") {
                true => json!(value == "true"),
                false => value,
            };
        }
        claims
    }

    /// Returns the claims every token has.
    fn claims(&self, from: &SignedIn, token_use: &str, seconds: u64) -> Value {
        let now = self.now();
        json!({
            "iss": self.issuer,
            "token_use": token_use,
            "auth_time": from.auth_time,
            "iat": now,
            "exp": now.plus(Duration::from_secs(seconds)),
            "jti": self.chance.uuid("jti"),
        })
    }

    /// Writes an access token, and remembers it for userInfo.
    fn write_access(&mut self, from: &Arc<SignedIn>, claims: Value, grant: &str) -> String {
        let now = self.now();
        let dies_at = now.plus(Duration::from_secs(self.rules.access_token_seconds));
        let text = self.write(TokenUse::Access, claims, grant);
        self.grants.remember(&text, from, dies_at, now);
        text
    }

    fn write(&mut self, token: TokenUse, mut claims: Value, grant: &str) -> String {
        let quirk = self.quirks.of_token(token, grant);
        if quirk.is_opaque() {
            return self.chance.client_secret();
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
            .filter(|(name, _)| *name != "email_verified")
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let said = account.user.attributes.get("email_verified");
        let verified = match &account.identity {
            Some(_) => said.is_some_and(|text| text == "true"),
            None => account.confirmed,
        };
        let address = [
            ("email", account.user.email.as_str()),
            ("email_verified", if verified { "true" } else { "false" }),
        ];
        let has_address = !account.user.email.is_empty();
        let all = of_settings.chain(address.into_iter().filter(|_| has_address));
        let shown = all.filter(|(name, _)| opened(name) && client.may_read(name));
        shown
            .map(|(name, value)| (name.to_owned(), json!(value)))
            .collect()
    }

    /// Returns whether the client may read the attributes behind the granted scopes (developer guide, `token-endpoint`).
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
