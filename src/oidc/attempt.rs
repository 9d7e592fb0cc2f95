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
                "setting_invalid",
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

    /// Returns the app client this attempt was begun for.
    pub fn client(&self) -> &AppClient {
        &self.client
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

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use oauth2::PkceCodeVerifier;

    use super::super::domain::Domain;
    use super::super::testing::{CLIENT, client};
    use super::*;

    const POOL: &str = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEf123";
    const CODE: &str = "0c6f7a0e-1111-4222-8333-944455556666";

    fn endpoints() -> Endpoints {
        Endpoints::of_domain(
            &Issuer::parse(POOL).unwrap(),
            &Domain::parse("auth.example.com", None).unwrap(),
        )
        .unwrap()
    }

    fn begun(endpoints: &Endpoints, redirect: &str, wishes: &Wishes) -> Attempt {
        let redirect = RedirectUri::parse(redirect).unwrap();
        Attempt::new(
            &Issuer::parse(POOL).unwrap(),
            &client(),
            endpoints,
            &redirect,
            wishes,
        )
        .unwrap()
    }

    fn attempt() -> Attempt {
        begun(&endpoints(), "http://localhost:3000", &Wishes::default())
    }

    fn parameters(attempt: &Attempt) -> HashMap<String, String> {
        let pairs: Vec<_> = attempt.url().query_pairs().into_owned().collect();
        let count = pairs.len();
        let map: HashMap<_, _> = pairs.into_iter().collect();
        assert_eq!(map.len(), count, "a parameter was sent twice");
        map
    }

    #[test]
    fn the_example_of_rfc_7636_b_is_ours() {
        let verifier =
            PkceCodeVerifier::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned());
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
        assert_eq!(
            challenge.as_str(),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    #[test]
    fn every_attempt_carries_state_nonce_and_challenge_of_256_bits() {
        let (one, other) = (attempt(), attempt());
        let (sent, again) = (parameters(&one), parameters(&other));
        assert!(
            one.url()
                .as_str()
                .starts_with("https://auth.example.com/oauth2/authorize?")
        );
        assert_eq!(
            (
                &*sent["response_type"],
                &*sent["client_id"],
                &*sent["scope"]
            ),
            ("code", CLIENT, "openid email")
        );
        assert_eq!(sent["code_challenge_method"], "S256");
        for name in ["state", "nonce", "code_challenge"] {
            assert_eq!(sent[name].len(), 43, "{name}: 32 bytes in base64url");
            assert_ne!(sent[name], again[name]);
        }
        assert_ne!(sent["state"], sent["nonce"]);
        assert!(!one.url().as_str().contains(one.verifier.expose()));
    }

    #[test]
    fn the_redirect_uri_goes_out_byte_for_byte() {
        for text in [
            "http://localhost:3000",
            "http://localhost:3000/",
            "http://[::1]:8400/a%2Fb/../c?x=1&y= +".trim_end_matches(" +"),
        ] {
            let attempt = begun(&endpoints(), text, &Wishes::default());
            assert_eq!(parameters(&attempt)["redirect_uri"], text);
            assert_eq!(attempt.redirect_uri().as_str(), text);
        }
        assert!(
            attempt()
                .url()
                .as_str()
                .contains("redirect_uri=http%3A%2F%2Flocalhost%3A3000&")
        );
    }

    #[test]
    fn wishes_become_parameters() {
        let wishes = Wishes {
            idp: Some("Google".into()),
            idp_identifier: Some("example.com".into()),
            login_hint: Some("ada@example.com".into()),
            lang: Some("pt-BR".into()),
            prompt: Some("login".into()),
            resource: Some("https://api.example".into()),
            ..Wishes::default()
        };
        let sent = parameters(&begun(&endpoints(), "http://localhost:3000", &wishes));
        let table = [
            ("identity_provider", "Google"),
            ("idp_identifier", "example.com"),
            ("login_hint", "ada@example.com"),
            ("lang", "pt-BR"),
            ("prompt", "login"),
            ("resource", "https://api.example"),
        ];
        for (name, value) in table {
            assert_eq!(sent[name], value);
        }
        assert!(!parameters(&attempt()).contains_key("prompt"));
    }

    #[test]
    fn another_user_goes_through_logout_and_a_new_one_through_signup() {
        let switch = Wishes {
            switch_user: true,
            ..Wishes::default()
        };
        let signup = Wishes {
            signup: true,
            ..Wishes::default()
        };
        for (wishes, path) in [(&switch, "/logout"), (&signup, "/signup")] {
            let attempt = begun(&endpoints(), "http://localhost:3000", wishes);
            assert_eq!(
                (attempt.url().host_str(), attempt.url().path()),
                (Some("auth.example.com"), path)
            );
            let sent = parameters(&attempt);
            for name in [
                "client_id",
                "redirect_uri",
                "response_type",
                "scope",
                "state",
                "nonce",
                "code_challenge",
            ] {
                assert!(sent.contains_key(name), "{name}");
            }
        }
        let elsewhere = Endpoints {
            user_pool: false,
            ..endpoints()
        };
        for (wishes, prompt) in [(&switch, "login"), (&signup, "create")] {
            let attempt = begun(&elsewhere, "http://localhost:3000", wishes);
            assert_eq!(
                (attempt.url().path(), &*parameters(&attempt)["prompt"]),
                ("/oauth2/authorize", prompt)
            );
        }
    }

    #[test]
    fn our_own_answer_is_ours() {
        let attempt = attempt();
        let state = attempt.state.expose();
        for query in [
            format!("code={CODE}&state={state}"),
            format!("x=1&state={state}&code={CODE}&session_state=2"),
            format!("code={CODE}&state={state}&iss={POOL}"),
        ] {
            let Verdict::Ours(code) = attempt.judge(&Callback::from_query(&query)) else {
                panic!("{query}")
            };
            assert_eq!(code.code, Secret::new(CODE));
            assert_eq!(code.nonce, attempt.nonce);
        }
    }

    #[test]
    fn no_counts_only_with_our_state() {
        let attempt = attempt();
        let state = attempt.state.expose();
        let query = format!("error_description=invalid_scope&state={state}&error=invalid_request");
        let Verdict::Denied { error, description } = attempt.judge(&Callback::from_query(&query))
        else {
            panic!()
        };
        assert_eq!(
            (&*error, description.as_deref()),
            ("invalid_request", Some("invalid_scope"))
        );
        assert_eq!(
            attempt.denial(&error, description.as_deref()).kind,
            "invalid_scope"
        );
        for query in [
            "error=access_denied",
            "error=access_denied&state=",
            "error=access_denied&state=abc",
        ] {
            assert!(
                matches!(
                    attempt.judge(&Callback::from_query(query)),
                    Verdict::NotOurs(_)
                ),
                "{query}"
            );
        }
    }

    #[test]
    fn a_stranger_s_answer_is_not_ours() {
        let attempt = attempt();
        let state = attempt.state.expose();
        let shorter = &state[..42];
        for query in [
            String::new(),
            format!("code={CODE}"),
            format!("code={CODE}&state="),
            format!("code={CODE}&state={shorter}"),
            format!("code={CODE}&state={state}x"),
            format!("code={CODE}&State={state}"),
            format!("code={CODE}&state={}", super::super::testing::CLIENT),
            format!("code={CODE}&state={state}&state={state}"),
            format!("code={CODE}&code={CODE}&state={state}"),
            format!("code={CODE}&state={state}&iss=https://evil.example"),
            format!("code={CODE}&state={state}&iss="),
            format!("code={CODE}&error=access_denied&state={state}"),
            format!("code=&state={state}"),
            format!("error=&state={state}"),
            format!("state={state}"),
        ] {
            let Verdict::NotOurs(why) = attempt.judge(&Callback::from_query(&query)) else {
                panic!("{query}")
            };
            assert!(!why.contains(state));
        }
    }

    #[test]
    fn a_server_that_promised_its_name_must_give_it() {
        let attempt = begun(
            &Endpoints {
                names_issuer: true,
                ..endpoints()
            },
            "http://localhost:3000",
            &Wishes::default(),
        );
        let query = format!("code={CODE}&state={}", attempt.state.expose());
        assert!(matches!(
            attempt.judge(&Callback::from_query(&query)),
            Verdict::NotOurs(_)
        ));
        assert!(matches!(
            attempt.judge(&Callback::from_query(&format!("{query}&iss={POOL}"))),
            Verdict::Ours(_)
        ));
    }

    #[test]
    fn a_bare_code_is_taken_from_a_person_only() {
        let attempt = attempt();
        assert!(matches!(
            attempt.judge(&Callback::from_pasted(CODE).unwrap()),
            Verdict::Ours(_)
        ));
        assert!(matches!(
            attempt.judge(&Callback::from_query(&format!("code={CODE}"))),
            Verdict::NotOurs(_)
        ));
        let pasted =
            Callback::from_pasted(&format!("http://localhost:3000/?code={CODE}&state=other"))
                .unwrap();
        assert!(matches!(attempt.judge(&pasted), Verdict::NotOurs(_)));
        assert!(matches!(
            attempt.judge(&Callback::from_pasted(&format!("code={CODE}")).unwrap()),
            Verdict::NotOurs(_)
        ));
    }
}
