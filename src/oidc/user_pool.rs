//! The user pool and the verbs of the conversation with it.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use oauth2::HttpRequest;
use oauth2::http::Method;
use tokio::sync::{Mutex, OnceCell};
use url::Url;

use super::app_client::AppClient;
use super::attempt::{Attempt, AuthorizedCode, Wishes};
use super::claims::IdClaims;
use super::domain::Domain;
use super::endpoints::{Endpoints, fetch};
use super::id_token::{self, Distrust, Expected, Occasion};
use super::issuer::Issuer;
use super::jwks::{BadSignature, KeySet};
use super::jwt::Jwt;
use super::redirect_uri::RedirectUri;
use super::refusal::{self, AskError, Asked};
use super::token_endpoint::{self, TokenEndpoint};
use super::tokens::{IdToken, MachineToken, RefreshError, Renewal, Tokens, UnverifiedTokens};
use super::user_info::UserInfo;
use crate::clock::Timestamp;
use crate::failure::{Exit, Failure};
use crate::http::Http;
use crate::secret::Secret;

/// A user pool, spoken to as one of its app clients. Clones share what was learnt about the pool.
#[derive(Clone, Debug)]
pub struct UserPool(Arc<Conversation>);

#[derive(Debug)]
struct Conversation {
    issuer: Issuer,
    domain: Option<Domain>,
    client: AppClient,
    http: Http,
    endpoints: OnceCell<Endpoints>,
    keys: Mutex<Option<KeySet>>,
}

impl UserPool {
    /// Returns the pool; nothing is asked of the network yet.
    pub fn new(issuer: Issuer, domain: Option<Domain>, client: AppClient, http: Http) -> UserPool {
        let (endpoints, keys) = Default::default();
        UserPool(Arc::new(Conversation {
            issuer,
            domain,
            client,
            http,
            endpoints,
            keys,
        }))
    }

    /// Returns the issuer of the pool's tokens.
    pub fn issuer(&self) -> &Issuer {
        &self.0.issuer
    }

    /// Returns the app client the pool is spoken to as.
    pub fn client(&self) -> &AppClient {
        &self.0.client
    }

    /// Begins an attempt to sign in; discovers the endpoints if they are not known from the domain.
    pub async fn begin(&self, redirect: &RedirectUri, wishes: &Wishes) -> Result<Attempt> {
        let endpoints = self.endpoints().await?;
        Ok(Attempt::new(
            self.issuer(),
            self.client(),
            endpoints,
            redirect,
            wishes,
        )?)
    }

    /// Opens the connection to the token endpoint and fetches the key set ahead of need; says nothing of errors.
    pub async fn warm(&self) {
        let Ok(endpoints) = self.endpoints().await else {
            return;
        };
        let connect = async {
            let mut request = HttpRequest::new(Vec::new());
            *request.method_mut() = Method::HEAD;
            *request.uri_mut() = endpoints.token.as_str().parse().ok()?;
            self.0.http.send(request).await.ok()
        };
        tokio::join!(connect, self.prefetch_keys());
    }

    /// Redeems the code and verifies what comes (RFC 6749 §4.1.3, OIDC Core §3.1.3.7). Never retried.
    pub async fn redeem(&self, code: AuthorizedCode, now: Timestamp) -> Result<Tokens> {
        let asked = Asked::Code {
            redirect_uri: code.redirect_uri.as_str(),
        };
        let endpoint = self.token_endpoint().await?;
        let exchange = async {
            endpoint
                .exchange(&code)
                .await
                .map_err(|error| self.token_refused(error, asked))
        };
        let (answer, ()) = tokio::try_join!(exchange, async { Ok(self.prefetch_keys().await) })?;
        let id = self
            .verified(&answer, now, Occasion::SignIn { nonce: &code.nonce })
            .await?;
        Ok(Tokens {
            access_expires_at: answer.access_expires_at(now),
            scopes: answer.granted_scopes(self.client()),
            id: id.ok_or_else(no_id_token)?,
            access: answer.access,
            refresh: answer.refresh,
        })
    }

    /// Refreshes; a rotated refresh token is handed to `rotated` before anything else can fail.
    ///
    /// `before` are the claims the session began with, if they are known: `sub` and `iss` must not change.
    pub async fn refresh(
        &self,
        token: &Secret,
        before: Option<&IdClaims>,
        now: Timestamp,
        rotated: impl FnOnce(&Secret) -> Result<()>,
    ) -> Result<Renewal, RefreshError> {
        let endpoint = self.token_endpoint().await.map_err(RefreshError::Failed)?;
        let exchange = async {
            let answer = endpoint
                .refresh(token)
                .await
                .map_err(|error| self.refresh_refused(error))?;
            answer
                .refresh
                .as_ref()
                .map_or(Ok(()), rotated)
                .map_err(RefreshError::Failed)?;
            Ok(answer)
        };
        let (answer, ()) = tokio::try_join!(exchange, async { Ok(self.prefetch_keys().await) })?;
        let id = self
            .verified(&answer, now, Occasion::Refresh { before })
            .await
            .map_err(RefreshError::Failed)?;
        Ok(Renewal {
            access_expires_at: answer.access_expires_at(now),
            scopes: answer.granted_scopes(self.client()),
            id,
            access: answer.access,
            refresh: answer.refresh,
        })
    }

    /// Asks for a machine's access token (RFC 6749 §4.4).
    pub async fn client_credentials(&self, now: Timestamp) -> Result<MachineToken> {
        let endpoint = self.token_endpoint().await?;
        let answer = endpoint
            .client_credentials()
            .await
            .map_err(|error| self.token_refused(error, Asked::Machine))?;
        self.check_access(&answer)?;
        Ok(MachineToken {
            expires_at: answer.access_expires_at(now),
            scopes: answer.granted_scopes(self.client()),
            access: answer.access,
        })
    }

    /// Revokes a refresh token and, at Cognito, the tokens made from it (RFC 7009).
    pub async fn revoke(&self, refresh_token: &Secret) -> Result<()> {
        let Some(url) = &self.endpoints().await?.revoke else {
            return Err(self.lacks("revocation_unsupported", "does not revoke tokens"));
        };
        let explained = |error: AskError| {
            error.explained(|refusal| refusal::of_revocation(refusal, self.client()))
        };
        token_endpoint::revoke(url, self.client(), &self.0.http, refresh_token)
            .await
            .map_err(explained)
    }

    /// Asks who the token belongs to; `sub`, when given, must be the same (OIDC Core §5.3.2).
    pub async fn user_info(&self, access: &Secret, sub: Option<&str>) -> Result<UserInfo> {
        let Some(url) = &self.endpoints().await?.user_info else {
            return Err(self.lacks("user_info_unsupported", "has no userInfo"));
        };
        let info = UserInfo::ask(url, access, &self.0.http).await;
        let info = info.map_err(|error| error.explained(refusal::of_user_info))?;
        if info.sub().is_none() || sub.is_some_and(|sub| info.sub() != Some(sub)) {
            let message = "userInfo speaks of another user than the ID token";
            return Err(Failure::new(Exit::Failed, "user_info_mismatch", message)
                .hint("cognito-login login")
                .into());
        }
        Ok(info)
    }

    /// Returns the address that ends the login pages' own session and returns to `logout_uri`.
    ///
    /// Without one, Cognito ends the session too, but leaves the person on an error page.
    pub async fn logout_url(&self, logout_uri: Option<&str>) -> Result<Url> {
        let endpoints = self.endpoints().await?;
        let Some(mut url) = endpoints.logout.clone() else {
            return Err(self.lacks("logout_unsupported", "has no page to sign out at"));
        };
        // Not OpenID's RP-initiated logout at Cognito, although discovery calls it `end_session_endpoint`.
        let return_parameter = if endpoints.user_pool {
            "logout_uri"
        } else {
            "post_logout_redirect_uri"
        };
        url.query_pairs_mut()
            .append_pair("client_id", &self.client().id);
        if let Some(logout_uri) = logout_uri {
            url.query_pairs_mut()
                .append_pair(return_parameter, logout_uri);
        }
        Ok(url)
    }

    async fn endpoints(&self) -> Result<&Endpoints> {
        let learn = async || match &self.0.domain {
            Some(domain) => Endpoints::of_domain(self.issuer(), domain),
            None => Endpoints::discover(self.issuer(), &self.0.http).await,
        };
        self.0.endpoints.get_or_try_init(learn).await
    }

    async fn token_endpoint(&self) -> Result<TokenEndpoint<'_>> {
        let url = &self.endpoints().await?.token;
        Ok(TokenEndpoint {
            url,
            client: self.client(),
            http: &self.0.http,
        })
    }

    /// Believes an answer or does not; returns its ID token, if there is one.
    async fn verified(
        &self,
        answer: &UnverifiedTokens,
        now: Timestamp,
        occasion: Occasion<'_>,
    ) -> Result<Option<IdToken>> {
        self.check_access(answer)?;
        let Some(id) = &answer.id else {
            return Ok(None);
        };
        let jwt = Jwt::parse(id.expose()).context(id_token_refused())?;
        self.check_signature(&jwt).await?;
        let expected = Expected {
            issuer: self.issuer(),
            client: self.client(),
            now,
            occasion,
        };
        let claims = id_token::check(jwt.claims, &answer.access, &expected)
            .map_err(|reason| self.distrusted(reason))?;
        Ok(Some(IdToken {
            text: id.clone(),
            claims,
        }))
    }

    fn check_access(&self, answer: &UnverifiedTokens) -> Result<()> {
        id_token::check_access(&answer.access, self.issuer(), self.client()).map_err(|reason| {
            let failure = Failure::new(
                Exit::Failed,
                "access_token_contradicts",
                "the access token cannot be for us",
            );
            anyhow::Error::new(reason).context(
                failure
                    .hint("check `user_pool_id`, `client_id` and `domain`: cognito-login doctor"),
            )
        })
    }

    /// Checks a signature; an unknown `kid` fetches the key set anew, once, since pools change keys at any time.
    async fn check_signature(&self, jwt: &Jwt<'_>) -> Result<()> {
        let mut keys = self.0.keys.lock().await;
        if keys.is_none() {
            *keys = Some(self.fetch_keys().await?);
        }
        let mut outcome = keys
            .as_ref()
            .map_or(Err(BadSignature::UnknownKey), |keys| keys.verify(jwt));
        if outcome == Err(BadSignature::UnknownKey) {
            outcome = keys.insert(self.fetch_keys().await?).verify(jwt);
        }
        let Err(reason) = outcome else {
            return Ok(());
        };
        // Keys of another pool are the usual reason, and then `iss` says it better.
        let other_pool =
            jwt.claims.get("iss").and_then(|iss| iss.as_str()) != Some(self.issuer().as_str());
        match reason {
            BadSignature::UnknownKey if other_pool => Err(self.distrusted(Distrust::Issuer)),
            reason => Err(anyhow::Error::new(reason).context(id_token_refused())),
        }
    }

    async fn prefetch_keys(&self) {
        let mut keys = self.0.keys.lock().await;
        if keys.is_none() {
            *keys = self.fetch_keys().await.ok();
        }
    }

    async fn fetch_keys(&self) -> Result<KeySet> {
        let url = &self.endpoints().await?.keys;
        let explained = |error: AskError| {
            error.explained(|refusal| refusal::of_issuer(refusal, self.issuer().as_str()))
        };
        let document = fetch(url, &self.0.http).await.map_err(explained)?;
        KeySet::parse(&document)
            .ok_or_else(|| AskError::unexpected(url).explained(refusal::of_anything))
    }

    fn distrusted(&self, reason: Distrust) -> anyhow::Error {
        let failure = match reason {
            Distrust::Issuer => Failure::new(Exit::Settings, "issuer_mismatch", format!("the tokens are not from `{}`", self.issuer()))
                .hint("`domain` belongs to another pool than `user_pool_id` (or `issuer`): set both from the same pool"),
            Distrust::Clock(_) => Failure::new(Exit::Failed, "clock_wrong", "the clock of this machine is more than 5 minutes off")
                .hint("set the clock, then try again"),
            Distrust::Malformed(_) | Distrust::Claim(_) => id_token_refused(),
        };
        anyhow::Error::new(reason).context(failure)
    }

    fn token_refused(&self, error: AskError, asked: Asked<'_>) -> anyhow::Error {
        error.explained(|refusal| refusal::of_token_endpoint(refusal, asked, self.client()))
    }

    fn refresh_refused(&self, error: AskError) -> RefreshError {
        let ended = matches!(&error, AskError::Refused(refusal) if refusal.ends_a_session());
        let error = self.token_refused(error, Asked::Refresh);
        if ended {
            RefreshError::SignedOut(error)
        } else {
            RefreshError::Failed(error)
        }
    }

    fn lacks(&self, kind: &'static str, what: &str) -> anyhow::Error {
        Failure::new(
            Exit::Settings,
            kind,
            format!("the issuer `{}` {what}", self.issuer()),
        )
        .into()
    }
}

fn id_token_refused() -> Failure {
    Failure::new(
        Exit::Failed,
        "id_token_refused",
        "the ID token cannot be trusted",
    )
    .hint("cognito-login doctor")
}

fn no_id_token() -> anyhow::Error {
    Failure::new(
        Exit::Settings,
        "id_token_missing",
        "the pool sent no ID token",
    )
    .hint("add openid to `scopes`, and allow it for the app client")
    .into()
}
