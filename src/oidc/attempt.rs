//! One attempt to sign in: its URL, and the judge of what comes back.

use oauth2::basic::BasicClient;
use oauth2::{AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, RedirectUrl, Scope};
use url::Url;

use super::app_client::AppClient;
use super::callback::Callback;
use super::endpoints::Endpoints;
use super::issuer::Issuer;
use super::redirect_uri::RedirectUri;
use super::refusal;
use crate::failure::{Exit, Failure};
use crate::secret::Secret;

/// State and nonce: as many random bytes as a PKCE verifier has (RFC 7636 §7.1).
const RANDOM_BYTES: u32 = 32;

/// What the person asked of the login pages, beyond signing in; each becomes a parameter of the authorize request.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// `identity_provider`: goes straight to that provider.
    pub idp: Option<String>,
    /// `idp_identifier`: the provider by its alternate name, such as a mail domain.
    pub idp_identifier: Option<String>,
    /// `login_hint`: the user name to fill in.
    pub login_hint: Option<String>,
    /// `lang`: the language of the pages.
    pub lang: Option<String>,
    /// `prompt`: `login`, `none`, … (managed login only).
    pub prompt: Option<String>,
    /// `resource`: becomes `aud` of the access token (RFC 8707).
    pub resource: Option<String>,
    /// Starts at the sign-up page.
    pub signup: bool,
    /// Goes through `/logout` first, so that another user can sign in on both kinds of login pages; wins over `signup`.
    pub switch_user: bool,
}

/// One sign-in under way: state, nonce and PKCE verifier belong to it alone.
pub struct Attempt {
    url: Url,
    redirect_uri: RedirectUri,
    client: AppClient,
    issuer: Issuer,
    names_issuer: bool,
    state: Secret,
    nonce: Secret,
    verifier: Secret,
}

impl Attempt {
    pub(super) fn new(
        issuer: &Issuer,
        client: &AppClient,
        endpoints: &Endpoints,
        redirect_uri: &RedirectUri,
        wishes: &Wishes,
    ) -> Result<Attempt, Failure> {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let nonce = CsrfToken::new_random_len(RANDOM_BYTES);
        let redirect = RedirectUrl::new(redirect_uri.as_str().to_owned()).map_err(|_| {
            Failure::new(
                Exit::Settings,
                "redirect_uri_invalid",
                format!("redirect URI `{redirect_uri}` is not a URL"),
            )
        })?;
        let oauth = BasicClient::new(ClientId::new(client.id.clone()))
            .set_auth_uri(AuthUrl::from_url(endpoints.authorize.clone()))
            .set_redirect_uri(redirect);
        let mut request = oauth
            .authorize_url(|| CsrfToken::new_random_len(RANDOM_BYTES))
            .add_scopes(client.scopes.iter().cloned().map(Scope::new))
            .set_pkce_challenge(challenge)
            .add_extra_param("nonce", nonce.secret());
        for (name, value) in wishes.parameters(endpoints.user_pool) {
            request = request.add_extra_param(name, value);
        }
        let (url, state) = request.url();
        Ok(Attempt {
            url: wishes.entrance(url, endpoints),
            redirect_uri: redirect_uri.clone(),
            client: client.clone(),
            issuer: issuer.clone(),
            names_issuer: endpoints.names_issuer,
            state: Secret::new(state.into_secret()),
            nonce: Secret::new(nonce.into_secret()),
            verifier: Secret::new(verifier.into_secret()),
        })
    }

    /// Returns the address to open in the browser.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Returns the redirect URI this attempt was begun with.
    pub fn redirect_uri(&self) -> &RedirectUri {
        &self.redirect_uri
    }

    /// Decides whether an answer belongs to this attempt (RFC 6749 §4.1.2, RFC 9207 §2.4).
    ///
    /// A code that a person pasted alone has no state; PKCE and nonce still tie it to this attempt. Nothing that came
    /// through the listener is believed without ours.
    pub fn judge(&self, callback: &Callback) -> Verdict {
        if callback.repeats {
            return Verdict::NotOurs("a parameter appears twice");
        }
        match &callback.state {
            Some(state) if *state == self.state => {}
            None if callback.bare => {}
            Some(_) => return Verdict::NotOurs("it belongs to another sign-in"),
            None => return Verdict::NotOurs("it does not say which sign-in it belongs to"),
        }
        match callback.issuer.as_deref() {
            Some(issuer) if issuer != self.issuer.as_str() => {
                return Verdict::NotOurs("it comes from another issuer");
            }
            None if self.names_issuer && !callback.bare => {
                return Verdict::NotOurs("it does not name its issuer");
            }
            _ => {}
        }
        match (&callback.code, &callback.error) {
            (Some(code), None) if !code.expose().is_empty() => Verdict::Ours(self.authorized(code)),
            (None, Some(error)) if !error.is_empty() => Verdict::Denied {
                error: error.clone(),
                description: callback.description.clone(),
            },
            (Some(_), Some(_)) => Verdict::NotOurs("it holds both a code and an error"),
            _ => Verdict::NotOurs("it holds neither a code nor an error"),
        }
    }

    /// Puts a [`Verdict::Denied`] into words: what the login pages said, the exit code, what to do.
    pub fn denial(&self, error: &str, description: Option<&str>) -> Failure {
        refusal::of_sign_in(error, description, &self.client)
    }

    fn authorized(&self, code: &Secret) -> AuthorizedCode {
        AuthorizedCode {
            code: code.clone(),
            verifier: self.verifier.clone(),
            nonce: self.nonce.clone(),
            redirect_uri: self.redirect_uri.clone(),
        }
    }
}

impl Wishes {
    fn parameters(&self, user_pool: bool) -> impl Iterator<Item = (&'static str, &str)> {
        // Other providers have neither page, but a prompt for each (OIDC Core §3.1.2.1, OIDC Prompt Create 1.0).
        let prompt = match (&self.prompt, user_pool) {
            (Some(prompt), _) => Some(prompt.as_str()),
            (None, false) if self.switch_user => Some("login"),
            (None, false) if self.signup => Some("create"),
            (None, _) => None,
        };
        let parameters = [
            ("identity_provider", self.idp.as_deref()),
            ("idp_identifier", self.idp_identifier.as_deref()),
            ("login_hint", self.login_hint.as_deref()),
            ("lang", self.lang.as_deref()),
            ("prompt", prompt),
            ("resource", self.resource.as_deref()),
        ];
        parameters
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
    }

    /// Returns the page to start at. `/logout` and `/signup` take the parameters of the authorize request.
    fn entrance(&self, authorize: Url, endpoints: &Endpoints) -> Url {
        let page = match (endpoints.user_pool, &endpoints.logout) {
            (true, Some(logout)) if self.switch_user => logout.clone(),
            (true, _) if self.signup => endpoints.page("/signup"),
            _ => return authorize,
        };
        let mut url = page;
        url.set_query(authorize.query());
        url
    }
}

/// An authorization code whose state was checked; [`Attempt::judge`] is its only source.
#[derive(Debug)]
pub struct AuthorizedCode {
    pub(super) code: Secret,
    pub(super) verifier: Secret,
    pub(super) nonce: Secret,
    pub(super) redirect_uri: RedirectUri,
}

/// What an answer at the redirect URI turned out to be.
#[derive(Debug)]
pub enum Verdict {
    /// Our answer, with a code to redeem.
    Ours(AuthorizedCode),
    /// Our answer, and it says no; [`Attempt::denial`] puts it into words.
    Denied {
        /// The error code of RFC 6749 §4.1.2.1; outside text.
        error: String,
        /// `error_description`; outside text.
        description: Option<String>,
    },
    /// A stranger's: the wait goes on. The text says why, for the page and the terminal; never the state.
    NotOurs(&'static str),
}
