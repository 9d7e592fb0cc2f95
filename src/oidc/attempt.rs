//! One attempt to sign in: its URL, and the judge of what comes back.

use url::Url;

use super::callback::Callback;
use super::redirect_uri::RedirectUri;

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
    /// Goes through `/logout` first, so that another user can sign in on both kinds of login pages.
    pub switch_user: bool,
}

/// One sign-in under way: state, nonce and PKCE verifier belong to it alone.
pub struct Attempt {}

impl Attempt {
    /// Returns the address to open in the browser.
    pub fn url(&self) -> &Url {
        todo!()
    }

    /// Returns the redirect URI this attempt was begun with.
    pub fn redirect_uri(&self) -> &RedirectUri {
        todo!()
    }

    /// Decides whether an answer belongs to this attempt (RFC 6749 §4.1.2, RFC 9207 §2.4).
    pub fn judge(&self, _callback: &Callback) -> Verdict {
        todo!()
    }
}

/// An authorization code whose state was checked; [`Attempt::judge`] is its only source.
pub struct AuthorizedCode {}

/// What an answer at the redirect URI turned out to be.
pub enum Verdict {
    /// Our answer, with a code to redeem.
    Ours(AuthorizedCode),
    /// Our answer, and it says no.
    Denied {
        /// The error code of RFC 6749 §4.1.2.1; outside text.
        error: String,
        /// `error_description`; outside text.
        description: Option<String>,
    },
    /// A stranger's: the wait goes on. The text says why, for the page and the terminal; never the state.
    NotOurs(&'static str),
}
