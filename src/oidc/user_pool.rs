//! The user pool and the verbs of the conversation with it.

use anyhow::Result;
use url::Url;

use super::app_client::AppClient;
use super::attempt::{Attempt, AuthorizedCode, Wishes};
use super::claims::IdClaims;
use super::domain::Domain;
use super::issuer::Issuer;
use super::redirect_uri::RedirectUri;
use super::tokens::{MachineToken, RefreshError, Renewal, Tokens};
use super::user_info::UserInfo;
use crate::clock::Timestamp;
use crate::http::Http;
use crate::secret::Secret;

/// A user pool, spoken to as one of its app clients.
#[derive(Clone, Debug)]
pub struct UserPool {}

impl UserPool {
    /// Returns the pool; nothing is asked of the network yet.
    pub fn new(
        _issuer: Issuer,
        _domain: Option<Domain>,
        _client: AppClient,
        _http: Http,
    ) -> UserPool {
        todo!()
    }

    /// Returns the issuer of its tokens.
    pub fn issuer(&self) -> &Issuer {
        todo!()
    }

    /// Returns the app client it is spoken to as.
    pub fn client(&self) -> &AppClient {
        todo!()
    }

    /// Begins an attempt to sign in; discovers the endpoints if they are not known from the domain.
    pub async fn begin(&self, _redirect: &RedirectUri, _wishes: &Wishes) -> Result<Attempt> {
        todo!()
    }

    /// Opens the connection to the token endpoint and fetches the key set ahead of need; says nothing of errors.
    pub async fn warm(&self) {
        todo!()
    }

    /// Redeems the code and verifies what comes (RFC 6749 §4.1.3, OIDC Core §3.1.3.7). Never retried.
    pub async fn redeem(&self, _code: AuthorizedCode, _now: Timestamp) -> Result<Tokens> {
        todo!()
    }

    /// Refreshes; a rotated refresh token is handed to `rotated` before anything else can fail.
    pub async fn refresh(
        &self,
        _token: &Secret,
        _before: Option<&IdClaims>,
        _now: Timestamp,
        _rotated: impl FnOnce(&Secret) -> Result<()>,
    ) -> Result<Renewal, RefreshError> {
        todo!()
    }

    /// Asks for a machine's access token (RFC 6749 §4.4).
    pub async fn client_credentials(&self, _now: Timestamp) -> Result<MachineToken> {
        todo!()
    }

    /// Revokes a refresh token and, at Cognito, the tokens made from it (RFC 7009).
    pub async fn revoke(&self, _refresh_token: &Secret) -> Result<()> {
        todo!()
    }

    /// Asks who the token belongs to; `sub`, when given, must be the same (OIDC Core §5.3.2).
    pub async fn user_info(&self, _access: &Secret, _sub: Option<&str>) -> Result<UserInfo> {
        todo!()
    }

    /// Returns the address that ends the login pages' own session and returns to `logout_uri`.
    pub async fn logout_url(&self, _logout_uri: Option<&str>) -> Result<Url> {
        todo!()
    }
}
