//! The token endpoint: exchange, refresh and machine tokens, through `oauth2`; and revocation, which authenticates alike.

use std::pin::Pin;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
    BasicTokenType,
};
use oauth2::http::header;
use oauth2::{
    AccessToken, AsyncHttpClient, AuthorizationCode, ClientId, ClientSecret, EndpointNotSet,
    EndpointSet, HttpRequest, HttpResponse, PkceCodeVerifier, RedirectUrl, RefreshToken,
    RequestTokenError, Scope, StandardRevocableToken, TokenResponse, TokenUrl,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::{Url, form_urlencoded};

use super::app_client::AppClient;
use super::attempt::AuthorizedCode;
use super::refusal::{self, AskError};
use super::tokens::{UnverifiedTokens, words};
use crate::http::{Http, Repeat};
use crate::secret::Secret;

/// Cognito's longest for any token is ten years; more is a mistake, such as milliseconds.
const LONGEST_LIFETIME: Duration = Duration::from_secs(315_360_000);
/// Scopes that speak of a user, and are unknown where there is none.
const USER_SCOPES: [&str; 6] = [
    "openid",
    "email",
    "phone",
    "profile",
    "offline_access",
    "aws.cognito.signin.user.admin",
];

/// The token endpoint of a pool, spoken to as one app client.
pub(super) struct TokenEndpoint<'a> {
    pub(super) url: &'a Url,
    pub(super) client: &'a AppClient,
    pub(super) http: &'a Http,
}

type OauthClient<Token = EndpointNotSet> = oauth2::Client<
    BasicErrorResponse,
    Answer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    Token,
>;

type TokenError = RequestTokenError<AskError, BasicErrorResponse>;

impl TokenEndpoint<'_> {
    /// Redeems a code (RFC 6749 §4.1.3, RFC 7636 §4.5). Sent once: a code is good for one request.
    pub(super) async fn exchange(
        &self,
        code: &AuthorizedCode,
    ) -> Result<UnverifiedTokens, AskError> {
        let redirect = RedirectUrl::new(code.redirect_uri.as_str().to_owned())
            .map_err(|_| AskError::not_asked(self.url))?;
        let answer = self
            .oauth()
            .set_redirect_uri(redirect)
            .exchange_code(AuthorizationCode::new(code.code.expose().to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(code.verifier.expose().to_owned()))
            .request_async(&self.sending(None))
            .await;
        self.read(answer)
    }

    /// Refreshes (RFC 6749 §6).
    pub(super) async fn refresh(&self, token: &Secret) -> Result<UnverifiedTokens, AskError> {
        let token = RefreshToken::new(token.expose().to_owned());
        let sending = self.sending(Some(Repeat::IfNotProcessed));
        self.read(
            self.oauth()
                .exchange_refresh_token(&token)
                .request_async(&sending)
                .await,
        )
    }

    /// Asks for a machine's token (RFC 6749 §4.4), with the scopes that are not a user's; with none, the pool gives all.
    pub(super) async fn client_credentials(&self) -> Result<UnverifiedTokens, AskError> {
        let scopes = self
            .client
            .scopes
            .iter()
            .filter(|scope| !USER_SCOPES.contains(&scope.as_str()));
        let answer = self
            .oauth()
            .exchange_client_credentials()
            .add_scopes(scopes.cloned().map(Scope::new))
            .request_async(&self.sending(Some(Repeat::IfNotProcessed)))
            .await;
        self.read(answer)
    }

    fn sending(&self, repeat: Option<Repeat>) -> Sending<'_> {
        Sending {
            url: self.url,
            http: self.http,
            repeat,
        }
    }

    fn oauth(&self) -> OauthClient<EndpointSet> {
        let oauth = <OauthClient>::new(ClientId::new(self.client.id.clone()))
            .set_token_uri(TokenUrl::from_url(self.url.clone()));
        match &self.client.secret {
            Some(secret) => oauth.set_client_secret(ClientSecret::new(secret.expose().to_owned())),
            None => oauth,
        }
    }

    fn read(&self, answer: Result<Answer, TokenError>) -> Result<UnverifiedTokens, AskError> {
        match answer {
            Ok(answer) => Ok(answer.into()),
            Err(RequestTokenError::Request(error)) => Err(error),
            // Never the error itself: it holds the body, and with it perhaps tokens.
            Err(_) => Err(AskError::unexpected(self.url)),
        }
    }
}

/// Sends what `oauth2` made, and sorts out refusals before it sees them: its own errors carry the body, and lose
/// status and headers.
struct Sending<'a> {
    url: &'a Url,
    http: &'a Http,
    repeat: Option<Repeat>,
}

impl<'c> AsyncHttpClient<'c> for Sending<'_> {
    type Error = AskError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, AskError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let answer = match self.repeat {
                Some(repeat) => self.http.send_repeating(request, repeat).await,
                None => self.http.send(request).await,
            };
            refusal::expect_json(self.url, answer.map_err(AskError::Http)?)
        })
    }
}

/// Revokes a refresh token (RFC 7009 §2.1). By hand, since `oauth2` refuses plain http even on loopback.
pub(super) async fn revoke(
    url: &Url,
    client: &AppClient,
    http: &Http,
    token: &Secret,
) -> Result<(), AskError> {
    let request = revocation(url, client, token).map_err(|_| AskError::not_asked(url))?;
    let answer = http
        .send_repeating(request, Repeat::IfNotProcessed)
        .await
        .map_err(AskError::Http)?;
    refusal::expect_success(url, &answer)
}

fn revocation(url: &Url, client: &AppClient, token: &Secret) -> oauth2::http::Result<HttpRequest> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("token", token.expose());
    let mut request = oauth2::http::Request::post(url.as_str())
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "application/json");
    match &client.secret {
        Some(secret) => request = request.header(header::AUTHORIZATION, basic(&client.id, secret)),
        None => _ = form.append_pair("client_id", &client.id),
    }
    request.body(form.finish().into_bytes())
}

/// HTTP Basic as OAuth wants it: both halves form-encoded first (RFC 6749 §2.3.1).
fn basic(id: &str, secret: &Secret) -> String {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!(
        "Basic {}",
        STANDARD.encode(format!("{}:{}", encoded(id), encoded(secret.expose())))
    )
}

/// The answer of RFC 6749 §5.1. Reading it never fails: a rotated refresh token must not be lost over a detail beside it.
#[derive(Debug, Deserialize, Serialize)]
#[serde(from = "Map<String, Value>")]
pub(super) struct Answer {
    access_token: AccessToken,
    token_type: BasicTokenType,
    refresh_token: Option<RefreshToken>,
    #[serde(skip_serializing)]
    id_token: Option<Secret>,
    #[serde(skip_serializing)]
    expires_in: Option<Duration>,
    #[serde(skip_serializing)]
    scope: Option<Vec<String>>,
}

impl From<Map<String, Value>> for Answer {
    fn from(members: Map<String, Value>) -> Answer {
        let text = |name: &str| {
            members
                .get(name)
                .and_then(Value::as_str)
                .filter(|text| !text.is_empty())
        };
        // Some servers send the number in quotes (oauth2c#119).
        let seconds = members
            .get("expires_in")
            .and_then(|value| value.as_u64().or_else(|| value.as_str()?.parse().ok()));
        Answer {
            access_token: AccessToken::new(text("access_token").unwrap_or_default().to_owned()),
            token_type: match (text("token_type"), members.get("token_type")) {
                (Some(name), _) if name.eq_ignore_ascii_case("bearer") => BasicTokenType::Bearer,
                (None, None) => BasicTokenType::Bearer,
                (name, _) => BasicTokenType::Extension(name.unwrap_or_default().to_owned()),
            },
            refresh_token: text("refresh_token").map(|token| RefreshToken::new(token.to_owned())),
            id_token: text("id_token").map(Secret::new),
            expires_in: seconds.map(|seconds| Duration::from_secs(seconds).min(LONGEST_LIFETIME)),
            scope: text("scope").map(words),
        }
    }
}

impl From<Answer> for UnverifiedTokens {
    fn from(answer: Answer) -> UnverifiedTokens {
        UnverifiedTokens {
            usable: answer.token_type == BasicTokenType::Bearer
                && fits_a_header(answer.access_token.secret()),
            access: Secret::new(answer.access_token.into_secret()),
            id: answer.id_token,
            refresh: answer
                .refresh_token
                .map(|token| Secret::new(token.into_secret())),
            lifetime: answer.expires_in,
            scopes: answer.scope,
        }
    }
}

/// Any visible ASCII, though RFC 6750 §2.1 allows less: what no `Authorization` header can carry would begin another one, or
/// move a cursor.
fn fits_a_header(token: &str) -> bool {
    !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic())
}

impl TokenResponse for Answer {
    type TokenType = BasicTokenType;

    fn access_token(&self) -> &AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &BasicTokenType {
        &self.token_type
    }

    fn expires_in(&self) -> Option<Duration> {
        self.expires_in
    }

    fn refresh_token(&self) -> Option<&RefreshToken> {
        self.refresh_token.as_ref()
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        None
    }
}
