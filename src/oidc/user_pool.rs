//! The user pool and the verbs of the conversation with it.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result};
use oauth2::HttpRequest;
use oauth2::http::{Method, header};
use tokio::sync::OnceCell;
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
use super::preflight::{self, Preflight};
use super::redirect_uri::RedirectUri;
use super::refusal::{self, AskError, Asked};
use super::token_endpoint::{self, TokenEndpoint};
use super::tokens::{IdToken, MachineToken, RefreshError, Renewal, Tokens, UnverifiedTokens};
use super::user_info::UserInfo;
use crate::clock::Timestamp;
use crate::failure::{Exit, Failure};
use crate::http::{Http, HttpError, Repeat};
use crate::secret::Secret;

/// What a pool says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survey {
    /// Where sign-in starts, as configured or else discovered.
    pub login_pages: String,
    /// Where discovery says it starts; Cognito names the custom domain when a pool has two.
    pub discovered_login_pages: String,
    /// How many usable keys the key set has; Cognito's have two.
    pub signing_keys: usize,
    /// What time it is there.
    pub server_time: Option<Timestamp>,
}

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
    keys: Mutex<Option<Arc<KeySet>>>,
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

    /// Looks at the address of an attempt, without a browser, and tells what a browser would meet there.
    ///
    /// It leaves a warm connection to the host of the token endpoint.
    ///
    /// # Errors
    /// Fails with what the login pages would show only in the browser (exit 5 or 6), and when they cannot be reached.
    pub async fn preflight(&self, attempt: &Attempt) -> Result<Preflight> {
        let mut request = HttpRequest::new(Vec::new());
        *request.uri_mut() = attempt.url().as_str().parse()?;
        let answer = match self.0.http.send_repeating(request, Repeat::Freely).await {
            Ok(answer) => answer,
            // A browser reads pages of any size.
            Err(HttpError::TooLarge { .. }) => return Ok(Preflight::Clear),
            Err(error) => return Err(error.explained()),
        };
        Ok(preflight::judge(attempt, self.issuer().pool_id(), &answer)?)
    }

    /// Asks what the pool says of itself, for a diagnosis: past what is configured and remembered.
    ///
    /// # Errors
    /// Fails when issuer, discovery or key set cannot be had or do not agree.
    pub async fn survey(&self) -> Result<Survey> {
        let http = &self.0.http;
        let discovered = Endpoints::discover(self.issuer(), http).await?;
        let configured = self.endpoints().await?;
        let mut request = HttpRequest::new(Vec::new());
        *request.uri_mut() = discovered.keys.as_str().parse()?;
        let answer = http.send(request).await.map_err(HttpError::explained)?;
        let date = answer
            .headers()
            .get(header::DATE)
            .and_then(|value| value.to_str().ok());
        Ok(Survey {
            login_pages: configured.authorize.origin().ascii_serialization(),
            discovered_login_pages: discovered.authorize.origin().ascii_serialization(),
            signing_keys: KeySet::parse(answer.body()).map_or(0, |keys| keys.len()),
            server_time: date.and_then(Timestamp::of_http_date),
        })
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
        let (answer, ()) = tokio::try_join!(exchange, async {
            self.prefetch_keys().await;
            Ok(())
        })?;
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
        let (answer, ()) = tokio::try_join!(exchange, async {
            self.prefetch_keys().await;
            Ok(())
        })?;
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
            return Err(self.lacks("does not revoke tokens"));
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
            return Err(self.lacks("has no userInfo"));
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

    /// Returns the address that ends the login pages' own session and leads to `logout_uri`, a registered sign-out URL.
    ///
    /// Without one, Cognito's pages lead back to the sign-in form for `redirect_uri`, and other providers stay where they are.
    ///
    /// # Errors
    /// Fails when the endpoints cannot be discovered or the provider has no such page.
    pub async fn logout_url(
        &self,
        logout_uri: Option<&str>,
        redirect_uri: &RedirectUri,
    ) -> Result<Url> {
        let endpoints = self.endpoints().await?;
        let Some(mut url) = endpoints.logout.clone() else {
            return Err(self.lacks("has no page to sign out at"));
        };
        let scopes = self.client().scopes.join(" ");
        let mut query = url.query_pairs_mut();
        query.append_pair("client_id", &self.client().id);
        // Not OpenID's RP-initiated logout at Cognito, although discovery calls it `end_session_endpoint`.
        match (logout_uri, endpoints.user_pool) {
            (Some(uri), true) => query.append_pair("logout_uri", uri),
            (Some(uri), false) => query.append_pair("post_logout_redirect_uri", uri),
            (None, true) => query
                .append_pair("redirect_uri", redirect_uri.as_str())
                .append_pair("response_type", "code")
                .append_pair("scope", &scopes),
            (None, false) => &mut query,
        };
        drop(query);
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
        if !answer.usable {
            let failure = Failure::new(
                Exit::Unreachable,
                "unreadable_answer",
                "the pool sent no usable access token",
            );
            return Err(failure
                .hint("check `domain` and `issuer`: cognito-login doctor")
                .into());
        }
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
        let keys = match self.known_keys() {
            Some(keys) => keys,
            None => self.fetch_keys().await?,
        };
        let mut outcome = keys.verify(jwt);
        if outcome == Err(BadSignature::UnknownKey) {
            outcome = self.fetch_keys().await?.verify(jwt);
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
        if self.known_keys().is_none() {
            // Whoever needs the keys asks again, and reports what is wrong.
            let _ = self.fetch_keys().await;
        }
    }

    fn known_keys(&self) -> Option<Arc<KeySet>> {
        self.0
            .keys
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Fetches the key set and remembers it. Holds no lock meanwhile: a warm-up that nobody drives must not stop a sign-in.
    async fn fetch_keys(&self) -> Result<Arc<KeySet>> {
        let url = &self.endpoints().await?.keys;
        let explained = |error: AskError| {
            error.explained(|refusal| refusal::of_issuer(refusal, self.issuer().as_str()))
        };
        let document = fetch(url, &self.0.http).await.map_err(explained)?;
        let keys = KeySet::parse(&document)
            .ok_or_else(|| AskError::unexpected(url).explained(refusal::of_anything))?;
        let keys = Arc::new(keys);
        *self.0.keys.lock().unwrap_or_else(PoisonError::into_inner) = Some(keys.clone());
        Ok(keys)
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

    fn lacks(&self, what: &str) -> anyhow::Error {
        Failure::new(
            Exit::Settings,
            "endpoint_missing",
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

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use oauth2::{PkceCodeChallenge, PkceCodeVerifier};
    use serde_json::{Value, json};
    use url::form_urlencoded;

    use super::super::attempt::Verdict;
    use super::super::callback::Callback;
    use super::super::testing::{
        ACCESS_KID, CLIENT, ID_KID, NOW, ScriptedPool, client, confidential, encoded, issuer_at,
        jwk, key_set, no, ok, signed,
    };
    use super::*;

    const CODE: &str = "0c6f7a0e-1111-4222-8333-944455556666";
    const REFRESH: &str = "eyJjdHkiOiJKV1QifQ.a.b.c.d";

    fn access_token(base: &str) -> String {
        let claims = json!({
            "client_id": CLIENT, "exp": NOW.epoch() + 600, "iat": NOW.epoch(), "iss": issuer_at(base),
            "scope": "openid email", "sub": "the user", "token_use": "access", "version": 2,
        });
        signed(json!({"alg": "RS256", "kid": ACCESS_KID}), &claims)
    }

    fn id_claims(base: &str) -> Value {
        json!({
            "aud": CLIENT, "cognito:username": "ada", "exp": NOW.epoch() + 3600, "iat": NOW.epoch(),
            "iss": issuer_at(base), "sub": "the user", "token_use": "id",
        })
    }

    fn id_token(claims: &Value) -> String {
        signed(json!({"alg": "RS256", "kid": ID_KID}), claims)
    }

    fn answer_with(base: &str, id: &str) -> Value {
        json!({
            "id_token": id, "access_token": access_token(base), "refresh_token": REFRESH, "expires_in": 3600,
            "token_type": "Bearer",
        })
    }

    /// The answer of a refresh without rotation.
    fn renewed(base: &str) -> Value {
        let mut answer = answer_with(base, &id_token(&id_claims(base)));
        answer.as_object_mut().unwrap().remove("refresh_token");
        answer
    }

    fn with(mut object: Value, name: &str, value: Value) -> Value {
        object[name] = value;
        object
    }

    async fn begun(pool: &UserPool) -> (AuthorizedCode, Attempt) {
        let redirect = RedirectUri::parse("http://localhost:3000").unwrap();
        let attempt = pool.begin(&redirect, &Wishes::default()).await.unwrap();
        let state = parameters(attempt.url().query().unwrap())["state"].clone();
        match attempt.judge(&Callback::from_query(&format!("code={CODE}&state={state}"))) {
            Verdict::Ours(code) => (code, attempt),
            other => panic!("{other:?}"),
        }
    }

    fn parameters(text: &str) -> HashMap<String, String> {
        form_urlencoded::parse(text.as_bytes())
            .into_owned()
            .collect()
    }

    /// Signs in at a pool that answers with an ID token made from the base address and the nonce.
    async fn sign_in(make: impl Fn(&str, &str) -> String) -> Result<Tokens> {
        let prepared = Arc::new(std::sync::Mutex::new(String::new()));
        let answer = prepared.clone();
        let server = ScriptedPool::with_token_answer(move |_| answer.lock().unwrap().clone());
        let pool = server.known(client());
        let (code, attempt) = begun(&pool).await;
        let nonce = &parameters(attempt.url().query().unwrap())["nonce"];
        let token = make(&server.base, nonce);
        prepared
            .lock()
            .unwrap()
            .push_str(&ok(&answer_with(&server.base, &token)));
        pool.redeem(code, NOW).await
    }

    async fn refresh(pool: &UserPool) -> Result<Renewal, RefreshError> {
        pool.refresh(&Secret::new(REFRESH), None, NOW, |_| Ok(()))
            .await
    }

    fn kind<T>(outcome: Result<T>) -> &'static str {
        outcome
            .err()
            .map_or("no failure", |error| Failure::of(&error).unwrap().kind)
    }

    #[tokio::test]
    async fn a_sign_in_brings_tokens_that_were_checked() {
        let tokens = sign_in(|base, nonce| id_token(&with(id_claims(base), "nonce", json!(nonce))))
            .await
            .unwrap();
        assert_eq!(tokens.id.claims.who(), "ada");
        assert_eq!(
            tokens.access_expires_at,
            Timestamp::from_epoch(NOW.epoch() + 3600)
        );
        assert_eq!(tokens.scopes, ["openid", "email"]);
        assert_eq!(tokens.refresh, Some(Secret::new(REFRESH)));
        assert_eq!(IdClaims::of_kept(&tokens.id.text), Some(tokens.id.claims));
    }

    #[tokio::test]
    async fn hostile_id_tokens_are_refused() {
        type Forge = fn(Value) -> String;
        let table: [(Forge, &str); 10] = [
            (
                |claims| format!("{}.{}.", encoded(&json!({"alg": "none"})), encoded(&claims)),
                "id_token_refused",
            ),
            (
                |claims| signed(json!({"alg": "HS256", "kid": ID_KID}), &claims),
                "id_token_refused",
            ),
            (
                |claims| signed(json!({"alg": "RS256", "kid": "unknown"}), &claims),
                "id_token_refused",
            ),
            (
                |claims| signed(json!({"alg": "RS256"}), &claims),
                "id_token_refused",
            ),
            (
                |claims| id_token(&claims)[..200].to_owned(),
                "id_token_refused",
            ),
            (
                |claims| id_token(&with(claims, "big", json!("x".repeat(300_000)))),
                "id_token_refused",
            ),
            (
                |claims| id_token(&with(claims, "nonce", json!("another"))),
                "id_token_refused",
            ),
            (
                |claims| id_token(&with(claims, "iss", json!("https://evil.example"))),
                "issuer_mismatch",
            ),
            (
                |claims| id_token(&with(claims, "exp", json!(1))),
                "clock_wrong",
            ),
            (|_| "opaque".to_owned(), "id_token_refused"),
        ];
        for (at, (forge, expected)) in table.into_iter().enumerate() {
            let outcome =
                sign_in(|base, nonce| forge(with(id_claims(base), "nonce", json!(nonce)))).await;
            assert_eq!(kind(outcome), expected, "row {at}");
        }
    }

    #[tokio::test]
    async fn a_code_is_redeemed_with_verifier_and_redirect_uri_byte_for_byte() {
        let server = ScriptedPool::with_token_answer(|_| {
            no("400 Bad Request", json!({"error": "invalid_grant"}))
        });
        let (code, attempt) = begun(&server.known(client())).await;
        assert_eq!(
            kind(server.known(client()).redeem(code, NOW).await),
            "code_refused"
        );
        let log = server.log();
        let sent = log
            .iter()
            .find(|received| received.method == "POST")
            .unwrap();
        assert!(
            sent.body
                .contains("redirect_uri=http%3A%2F%2Flocalhost%3A3000"),
            "{}",
            sent.body
        );
        let form = parameters(&sent.body);
        assert_eq!(
            (&*form["grant_type"], &*form["code"], &*form["client_id"]),
            ("authorization_code", CODE, CLIENT)
        );
        assert_eq!(form["redirect_uri"], "http://localhost:3000");
        let verifier = PkceCodeVerifier::new(form["code_verifier"].clone());
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
        assert_eq!(
            parameters(attempt.url().query().unwrap())["code_challenge"],
            challenge.as_str()
        );
        // Cognito refuses a public client that sends any Authorization header.
        assert!(!sent.head.contains("authorization"), "{}", sent.head);
    }

    #[tokio::test]
    async fn a_secret_goes_into_the_header_form_encoded_and_nowhere_else() {
        let server = ScriptedPool::start(|_, received| {
            (received.method == "POST")
                .then(|| no("400 Bad Request", json!({"error": "invalid_client"})))
        });
        let pool = server.known(confidential());
        let (code, _) = begun(&pool).await;
        assert_eq!(kind(pool.redeem(code, NOW).await), "client_secret_refused");
        assert_eq!(
            kind(pool.revoke(&Secret::new(REFRESH)).await),
            "client_secret_refused"
        );
        for sent in server
            .log()
            .iter()
            .filter(|received| received.method == "POST")
        {
            // 1example23456789:s3cr%2Bt%2F%26%3D
            assert!(
                sent.head.contains(
                    "authorization: Basic MWV4YW1wbGUyMzQ1Njc4OTpzM2NyJTJCdCUyRiUyNiUzRA=="
                ),
                "{}",
                sent.head
            );
            assert!(!sent.body.contains("client_secret") && !sent.body.contains("client_id"));
        }
    }

    #[tokio::test]
    async fn after_warming_a_sign_in_costs_one_request_on_the_same_connection() {
        let server = ScriptedPool::with_token_answer(|base| ok(&answer_with(base, "opaque")));
        let pool = server.known(client());
        let (code, _) = begun(&pool).await;
        pool.warm().await;
        let warmed = server.log();
        assert_eq!(warmed.len(), 2, "{warmed:?}");
        assert_eq!(kind(pool.redeem(code, NOW).await), "id_token_refused");
        let log = server.log();
        assert_eq!((log.len(), &*log[2].target), (3, "/oauth2/token"));
        assert!(
            warmed
                .iter()
                .any(|received| received.connection == log[2].connection),
            "{log:?}"
        );
    }

    #[tokio::test]
    async fn a_warm_up_that_stands_still_does_not_stop_a_sign_in() {
        let server = ScriptedPool::with_token_answer(|base| ok(&answer_with(base, "opaque")));
        let pool = server.known(client());
        let (code, _) = begun(&pool).await;
        let mut warming = std::pin::pin!(pool.warm());
        tokio::select! { biased; () = &mut warming => panic!("too fast"), () = tokio::task::yield_now() => {} }
        assert_eq!(kind(pool.redeem(code, NOW).await), "id_token_refused");
        warming.await;
    }

    #[tokio::test]
    async fn a_code_is_never_sent_twice() {
        for refusal in [
            "429 Too Many Requests",
            "503 Service Unavailable",
            "500 Oops",
            "",
        ] {
            let server = ScriptedPool::with_token_answer(move |_| {
                if refusal.is_empty() {
                    String::new()
                } else {
                    no(refusal, json!({}))
                }
            });
            let pool = server.known(client());
            let (code, _) = begun(&pool).await;
            let error = pool.redeem(code, NOW).await.unwrap_err();
            assert_eq!(Failure::of(&error).unwrap().exit, Exit::Unreachable);
            assert_eq!(
                server
                    .asked()
                    .iter()
                    .filter(|asked| asked.starts_with("POST"))
                    .count(),
                1,
                "{refusal}"
            );
        }
    }

    #[tokio::test]
    async fn an_unknown_key_fetches_the_key_set_anew_but_once() {
        let fetches = Arc::new(AtomicUsize::new(0));
        let (counter, rotation) = (fetches.clone(), Arc::new(AtomicUsize::new(2)));
        let rotated_at = rotation.clone();
        let server = ScriptedPool::start(move |base, received| {
            if received.target.ends_with("/jwks.json") {
                let old =
                    counter.fetch_add(1, Ordering::SeqCst) + 1 < rotated_at.load(Ordering::SeqCst);
                return Some(ok(&if old {
                    json!({"keys": [jwk("old"), jwk(ACCESS_KID)]})
                } else {
                    key_set()
                }));
            }
            (received.target == "/oauth2/token").then(|| ok(&renewed(base)))
        });
        assert!(refresh(&server.known(client())).await.is_ok());
        assert_eq!(fetches.swap(0, Ordering::SeqCst), 2);
        rotation.store(9, Ordering::SeqCst);
        let Err(RefreshError::Failed(error)) = refresh(&server.known(client())).await else {
            panic!()
        };
        assert_eq!(Failure::of(&error).unwrap().kind, "id_token_refused");
        assert_eq!(fetches.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn keys_of_another_pool_are_explained_by_the_issuer() {
        let server = ScriptedPool::with_token_answer(|base| {
            let claims = with(id_claims(base), "iss", json!("https://elsewhere.example"));
            ok(&answer_with(
                base,
                &signed(json!({"alg": "RS256", "kid": "theirs"}), &claims),
            ))
        });
        let Err(RefreshError::Failed(error)) = refresh(&server.known(client())).await else {
            panic!()
        };
        assert_eq!(
            Failure::of(&error).map(|failure| (failure.exit, failure.kind)),
            Some((Exit::Settings, "issuer_mismatch"))
        );
    }

    #[tokio::test]
    async fn a_refresh_without_rotation_keeps_the_old_token() {
        let server = ScriptedPool::with_token_answer(|base| ok(&renewed(base)));
        let pool = server.known(client());
        let renewal = pool
            .refresh(&Secret::new(REFRESH), None, NOW, |_| {
                panic!("nothing was rotated")
            })
            .await
            .unwrap();
        assert!(renewal.refresh.is_none());
        assert_eq!(renewal.id.unwrap().claims.sub, "the user");
        let log = server.log();
        let form = parameters(
            &log.iter()
                .find(|received| received.method == "POST")
                .unwrap()
                .body,
        );
        assert_eq!(
            (&*form["grant_type"], &*form["refresh_token"]),
            ("refresh_token", REFRESH)
        );
        assert_eq!(form["client_id"], CLIENT);
    }

    #[tokio::test]
    async fn a_rotated_token_is_kept_whatever_fails_afterwards() {
        type Spoil = fn(&str) -> Value;
        fn good(base: &str) -> Value {
            answer_with(base, &id_token(&id_claims(base)))
        }
        // What the answer holds, whether the key set can be had, whether the refresh succeeds.
        let table: [(Spoil, bool, bool); 9] = [
            (
                |base| {
                    answer_with(
                        base,
                        &id_token(&with(id_claims(base), "sub", json!("another"))),
                    )
                },
                true,
                false,
            ),
            (|base| answer_with(base, "not a token"), true, false),
            (
                |base| {
                    with(
                        good(base),
                        "access_token",
                        json!(id_token(&id_claims(base))),
                    )
                },
                true,
                false,
            ),
            (
                |base| with(good(base), "access_token", json!(null)),
                true,
                false,
            ),
            (
                |base| with(good(base), "token_type", json!("mac")),
                true,
                false,
            ),
            (|base| with(good(base), "token_type", json!(7)), true, false),
            (
                |base| with(good(base), "expires_in", json!({"odd": 1})),
                true,
                true,
            ),
            (
                |base| with(good(base), "expires_in", json!("3600")),
                true,
                true,
            ),
            (good, false, false),
        ];
        for (at, (spoil, keys, succeeds)) in table.into_iter().enumerate() {
            let server = ScriptedPool::start(move |base, received| match &*received.target {
                "/oauth2/token" => Some(ok(&spoil(base))),
                _ if !keys => Some(no("404 Not Found", json!({}))),
                _ => None,
            });
            let pool = server.known(client());
            let before =
                IdClaims::from_map(id_claims(&server.base).as_object().unwrap().clone()).unwrap();
            let mut kept = None;
            let outcome = pool
                .refresh(&Secret::new("old"), Some(&before), NOW, |token| {
                    kept = Some(token.clone());
                    Ok(())
                })
                .await;
            assert_eq!(kept, Some(Secret::new(REFRESH)), "row {at}");
            assert_eq!(outcome.is_ok(), succeeds, "row {at}");
            assert!(!matches!(outcome, Err(RefreshError::SignedOut(_))));
        }
    }

    #[tokio::test]
    async fn a_rotated_token_that_cannot_be_kept_fails_the_refresh() {
        let server = ScriptedPool::with_token_answer(|base| {
            ok(&answer_with(base, &id_token(&id_claims(base))))
        });
        let full = |_: &Secret| Err(anyhow::anyhow!("disk full"));
        let outcome = server
            .known(client())
            .refresh(&Secret::new("old"), None, NOW, full)
            .await;
        let Err(RefreshError::Failed(error)) = outcome else {
            panic!()
        };
        assert_eq!(error.to_string(), "disk full");
    }

    #[tokio::test]
    async fn only_invalid_grant_ends_a_session() {
        let table = [
            ("400 Bad Request", json!({"error": "invalid_grant"}), true),
            ("401 Unauthorized", json!({"error": "invalid_grant"}), true),
            ("500 Oops", json!({"error": "invalid_grant"}), false),
            ("200 OK", json!({"error": "invalid_grant"}), true),
            ("400 Bad Request", json!({"error": "invalid_client"}), false),
            (
                "400 Bad Request",
                json!({"error": "invalid_request", "error_description": "invalid_grant"}),
                false,
            ),
            (
                "400 Bad Request",
                json!({"error": "unauthorized_client"}),
                false,
            ),
            ("400 Bad Request", json!({}), false),
            ("401 Unauthorized", json!({}), false),
            ("403 Forbidden", json!({}), false),
            ("404 Not Found", json!({}), false),
            ("200 OK", json!({}), false),
        ];
        for (status, body, ends) in table {
            let sent = body.clone();
            let server = ScriptedPool::with_token_answer(move |_| no(status, sent.clone()));
            let outcome = refresh(&server.known(client())).await;
            assert_eq!(
                matches!(outcome, Err(RefreshError::SignedOut(_))),
                ends,
                "{status} {body}"
            );
            assert!(outcome.is_err());
        }
    }

    #[tokio::test]
    async fn a_busy_pool_is_asked_again_for_a_refresh() {
        let mut busy = true;
        let server = ScriptedPool::start(move |base, received| {
            if received.target != "/oauth2/token" {
                return None;
            }
            let wait = crate::http::responder::answer(
                "429 Too Many Requests",
                "retry-after: 0\r\n",
                "Rate Exceeded",
            );
            Some(if std::mem::take(&mut busy) {
                wait
            } else {
                ok(&renewed(base))
            })
        });
        assert!(refresh(&server.known(client())).await.is_ok());
    }

    #[tokio::test]
    async fn an_answer_without_an_id_token_is_no_sign_in() {
        let server = ScriptedPool::with_token_answer(|base| {
            ok(&with(answer_with(base, ""), "id_token", json!(null)))
        });
        let pool = server.known(client());
        let (code, _) = begun(&pool).await;
        assert_eq!(kind(pool.redeem(code, NOW).await), "id_token_missing");
        assert!(refresh(&pool).await.unwrap().id.is_none());
    }

    #[tokio::test]
    async fn nothing_of_an_odd_answer_is_shown() {
        for body in [
            json!({"access_token": ["the-token"], "id_token": "the-token"}),
            json!({"refresh_token": "the-token"}),
            json!({"access_token": "the-token", "token_type": "the-token"}),
            json!({"access_token": "the-token.a.b", "id_token": "the-token.a.b"}),
        ] {
            let server = ScriptedPool::with_token_answer(move |_| ok(&body));
            let pool = server.known(client());
            let (code, _) = begun(&pool).await;
            let error = pool.redeem(code, NOW).await.unwrap_err();
            let shown = format!("{error:?} {error:#}");
            assert!(
                !shown.contains("the-token") && !shown.contains(CODE),
                "{shown}"
            );
        }
    }

    #[tokio::test]
    async fn a_machine_asks_for_no_user_s_scopes() {
        let server = ScriptedPool::with_token_answer(|base| {
            ok(
                &json!({"access_token": access_token(base), "expires_in": 60, "token_type": "bearer"}),
            )
        });
        let scopes = ["openid", "api/read", "email"].map(str::to_owned).to_vec();
        let token = server
            .known(AppClient {
                scopes,
                ..confidential()
            })
            .client_credentials(NOW)
            .await
            .unwrap();
        assert_eq!(token.expires_at, Timestamp::from_epoch(NOW.epoch() + 60));
        assert_eq!(
            token.scopes,
            ["openid", "email"],
            "what the access token says"
        );
        server
            .known(confidential())
            .client_credentials(NOW)
            .await
            .unwrap();
        let forms: Vec<_> = server
            .log()
            .iter()
            .map(|received| parameters(&received.body))
            .collect();
        assert_eq!(forms[0]["scope"], "api/read");
        assert!(!forms[1].contains_key("scope"));
    }

    #[tokio::test]
    async fn revoking_is_done_when_the_pool_says_nothing() {
        let server = ScriptedPool::start(|_, received| {
            (received.target == "/oauth2/revoke")
                .then(|| crate::http::responder::answer("200 OK", "", ""))
        });
        server
            .known(client())
            .revoke(&Secret::new(REFRESH))
            .await
            .unwrap();
        let form = parameters(&server.log()[0].body);
        assert_eq!((&*form["token"], &*form["client_id"]), (REFRESH, CLIENT));
    }

    #[tokio::test]
    async fn user_info_is_kept_as_it_came_and_belongs_to_the_user() {
        let text = r#"{"sub":"the user","email_verified":"true","custom:team":"dev","n":1.50}"#;
        let server = ScriptedPool::start(move |_, received| {
            let known = received.target == "/oauth2/userInfo"
                && received
                    .head
                    .contains("authorization: Bearer the-access\r\n");
            known.then(|| {
                crate::http::responder::answer("200 OK", "content-type: application/json\r\n", text)
            })
        });
        let pool = server.known(client());
        let access = Secret::new("the-access");
        let info = pool.user_info(&access, Some("the user")).await.unwrap();
        assert_eq!((&*info.text, info.sub()), (text, Some("the user")));
        assert_eq!(info.members["email_verified"], "true");
        assert!(pool.user_info(&access, None).await.is_ok());
        assert_eq!(
            kind(pool.user_info(&access, Some("another")).await),
            "user_info_mismatch"
        );
    }

    #[tokio::test]
    async fn a_known_domain_needs_no_discovery_and_an_unknown_one_is_discovered_once() {
        let server = ScriptedPool::start(|base, received| {
            let document = json!({
                "issuer": issuer_at(base),
                "authorization_endpoint": format!("{base}/oauth2/authorize"),
                "token_endpoint": format!("{base}/oauth2/token"),
                "jwks_uri": format!("{}/.well-known/jwks.json", issuer_at(base)),
            });
            match &*received.target {
                "/us-east-1_Sandbox01/.well-known/openid-configuration" => Some(ok(&document)),
                "/oauth2/token" if received.method == "POST" => Some(ok(&renewed(base))),
                _ => None,
            }
        });
        let keys = "GET /us-east-1_Sandbox01/.well-known/jwks.json";
        refresh(&server.known(client())).await.unwrap();
        let mut asked = server.asked();
        asked.sort();
        assert_eq!(asked, [keys, "POST /oauth2/token"]);
        let pool = server.discovered(client());
        refresh(&pool).await.unwrap();
        refresh(&pool.clone()).await.unwrap();
        let mut asked = server.asked().split_off(2);
        asked.sort();
        let discovery = "GET /us-east-1_Sandbox01/.well-known/openid-configuration";
        assert_eq!(
            asked,
            [keys, discovery, "POST /oauth2/token", "POST /oauth2/token"]
        );
    }

    #[tokio::test]
    async fn a_pool_that_is_not_there_is_a_wrong_setting() {
        let server = ScriptedPool::start(|_, _| {
            Some(no(
                "400 Bad Request",
                json!({"message": "User pool does not exist."}),
            ))
        });
        assert_eq!(
            kind(
                server
                    .discovered(client())
                    .logout_url(None, &callback())
                    .await
            ),
            "user_pool_not_found"
        );
        // A failure is not remembered.
        assert_eq!(
            kind(
                server
                    .discovered(client())
                    .user_info(&Secret::new("a"), None)
                    .await
            ),
            "user_pool_not_found"
        );
    }

    fn callback() -> RedirectUri {
        RedirectUri::parse("http://localhost:3000").unwrap()
    }

    #[tokio::test]
    async fn signing_out_has_cognito_s_own_parameters() {
        let domain = Domain::parse("auth.example.com", None).unwrap();
        let issuer =
            Issuer::parse("https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEf123")
                .unwrap();
        let pool = UserPool::new(issuer, Some(domain), client(), Http::new());
        let url = pool
            .logout_url(Some("http://localhost:3000"), &callback())
            .await
            .unwrap();
        let expected = "https://auth.example.com/logout?client_id=1example23456789&logout_uri=http%3A%2F%2Flocalhost%3A3000";
        assert_eq!(url.as_str(), expected);
        let url = pool.logout_url(None, &callback()).await.unwrap();
        assert_eq!(
            url.as_str(),
            "https://auth.example.com/logout?client_id=1example23456789&redirect_uri=http%3A%2F%2Flocalhost%3A3000\
             &response_type=code&scope=openid+email"
        );
    }

    #[test]
    fn the_verbs_may_run_on_any_thread() {
        fn is_send<F: Send>(_: F) {}
        fn all_of_them(
            pool: &'static UserPool,
            code: AuthorizedCode,
            token: &'static Secret,
            uri: &'static RedirectUri,
        ) {
            is_send(pool.warm());
            is_send(pool.redeem(code, NOW));
            is_send(pool.refresh(token, None, NOW, |_| Ok(())));
            is_send(pool.client_credentials(NOW));
            is_send(pool.revoke(token));
            is_send(pool.user_info(token, None));
            is_send(pool.logout_url(None, uri));
        }
        let _ = all_of_them;
    }
}
