//! Where a pool's endpoints are: known from its domain without asking, or discovered from its issuer.

use anyhow::Result;
use oauth2::HttpRequest;
use serde::Deserialize;
use url::Url;

use super::domain::Domain;
use super::issuer::Issuer;
use super::refusal::{self, AskError};
use crate::failure::{Exit, Failure, printable};
use crate::http::{Http, Repeat, is_loopback};

/// Where a user pool's key set is, below its issuer.
const KEYS: &str = ".well-known/jwks.json";

/// The addresses of the conversation with one pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Endpoints {
    pub(super) authorize: Url,
    pub(super) token: Url,
    pub(super) keys: Url,
    pub(super) user_info: Option<Url>,
    pub(super) revoke: Option<Url>,
    pub(super) logout: Option<Url>,
    /// `/logout` and `/signup` have Cognito's form (`logout_uri`), not that of OpenID's RP-initiated logout.
    pub(super) user_pool: bool,
    /// Answers carry `iss` (RFC 9207 §3).
    pub(super) names_issuer: bool,
}

impl Endpoints {
    /// Returns the endpoints of a user pool whose domain is known: their paths are fixed, so nothing is asked.
    pub(super) fn of_domain(issuer: &Issuer, domain: &Domain) -> Result<Endpoints> {
        Ok(Endpoints {
            authorize: domain.at("/oauth2/authorize"),
            token: domain.at("/oauth2/token"),
            keys: issuer.below(KEYS)?,
            user_info: Some(domain.at("/oauth2/userInfo")),
            revoke: Some(domain.at("/oauth2/revoke")),
            logout: Some(domain.at("/logout")),
            user_pool: true,
            names_issuer: false,
        })
    }

    /// Asks the issuer (OIDC Discovery §4).
    pub(super) async fn discover(issuer: &Issuer, http: &Http) -> Result<Endpoints> {
        let url = issuer.below(".well-known/openid-configuration")?;
        let explained = |error: AskError| {
            error.explained(|refusal| refusal::of_issuer(refusal, issuer.as_str()))
        };
        let answer = fetch(&url, http).await.map_err(explained)?;
        Endpoints::read(&answer, issuer)
    }

    /// Reads a discovery document of that issuer.
    pub(super) fn read(document: &[u8], issuer: &Issuer) -> Result<Endpoints> {
        let document: Document =
            serde_json::from_slice(document).map_err(|_| unusable(issuer, "is of another form"))?;
        document.checked(issuer)
    }

    /// Returns one of the login pages beside the authorize endpoint.
    pub(super) fn page(&self, path: &str) -> Url {
        beside(&self.authorize, path)
    }
}

/// Fetches a public document of the pool.
pub(super) async fn fetch(url: &Url, http: &Http) -> Result<Vec<u8>, AskError> {
    let mut request = HttpRequest::new(Vec::new());
    *request.uri_mut() = url.as_str().parse().map_err(|_| AskError::not_asked(url))?;
    let answer = http
        .send_repeating(request, Repeat::Freely)
        .await
        .map_err(AskError::Http)?;
    refusal::expect_json(url, answer).map(|answer| answer.into_body())
}

/// The discovery document; what Cognito leaves out (`code_challenge_methods_supported`, `revocation_endpoint`) is not required.
#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: Option<String>,
    token_endpoint: Option<String>,
    jwks_uri: Option<String>,
    userinfo_endpoint: Option<String>,
    revocation_endpoint: Option<String>,
    end_session_endpoint: Option<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl Document {
    fn checked(self, issuer: &Issuer) -> Result<Endpoints> {
        if self.issuer != issuer.as_str() {
            let theirs = printable(&self.issuer, 200);
            let message = format!("the issuer calls itself `{theirs}`, not `{issuer}`");
            return Err(Failure::new(Exit::Settings, "issuer_mismatch", message)
                .hint(format!(
                    "if that is the one you mean, set `issuer` to {theirs}"
                ))
                .into());
        }
        let user_pool = issuer.is_user_pool();
        let given = |text: &Option<String>| {
            text.as_deref()
                .map(|text| endpoint(text, issuer))
                .transpose()
        };
        let required = |text: &Option<String>| {
            given(text)?.ok_or_else(|| unusable(issuer, "lacks an endpoint"))
        };
        if user_pool
            && self
                .authorization_endpoint
                .as_deref()
                .is_none_or(|text| is_below(text, issuer))
        {
            return Err(no_domain(issuer));
        }
        let authorize = required(&self.authorization_endpoint)?;
        // All pages of a pool are on its one domain: a code, a token or the client secret is for no other place.
        let at_home = |url: Url| {
            if user_pool && url.origin() != authorize.origin() {
                return Err(unusable(issuer, "names endpoints on different hosts"));
            }
            Ok(url)
        };
        let optional = |text: &Option<String>, path| {
            let found = given(text)?.map(at_home).transpose()?;
            Ok::<_, anyhow::Error>(found.or_else(|| user_pool.then(|| beside(&authorize, path))))
        };
        Ok(Endpoints {
            token: at_home(required(&self.token_endpoint)?)?,
            // Where a pool's keys are is documented, so nobody need be believed.
            keys: match user_pool {
                true => issuer.below(KEYS)?,
                false => required(&self.jwks_uri)?,
            },
            user_info: optional(&self.userinfo_endpoint, "/oauth2/userInfo")?,
            revoke: optional(&self.revocation_endpoint, "/oauth2/revoke")?,
            logout: optional(&self.end_session_endpoint, "/logout")?,
            user_pool,
            names_issuer: self.authorization_response_iss_parameter_supported,
            authorize,
        })
    }
}

/// An endpoint must be https; plain http only on loopback, and only if the issuer is there too.
fn endpoint(text: &str, issuer: &Issuer) -> Result<Url> {
    let url = Url::parse(text).map_err(|_| unusable(issuer, "names an endpoint that is no URL"))?;
    let local = url.scheme() == "http" && is_loopback(&url) && is_loopback(issuer.url());
    // `https://login.example:x@evil.example/` reads like another host.
    let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    if (url.scheme() == "https" || local) && plain && url.host().is_some() {
        return Ok(url);
    }
    Err(unusable(
        issuer,
        "names an endpoint that is not https, or has a name and password in it",
    ))
}

/// A pool without a domain still names endpoints, on the issuer's host, where nobody answers (openiddict-core#1586).
fn is_below(endpoint: &str, issuer: &Issuer) -> bool {
    let same_host = || Url::parse(endpoint).is_ok_and(|url| url.host() == issuer.url().host());
    endpoint == format!("{issuer}/authorize") || (issuer.is_cognito() && same_host())
}

fn no_domain(issuer: &Issuer) -> anyhow::Error {
    Failure::new(Exit::Settings, "no_domain", format!("the user pool at `{issuer}` has no domain, so it has no login pages"))
        .hint("give it one: aws cognito-idp create-user-pool-domain --managed-login-version 2 --user-pool-id … --domain …")
        .into()
}

fn unusable(issuer: &Issuer, why: &str) -> anyhow::Error {
    Failure::new(
        Exit::Settings,
        "discovery_unusable",
        format!("the discovery document of `{issuer}` {why}"),
    )
    .hint("check `issuer`; for a Cognito pool set `user_pool_id` and `domain` instead")
    .into()
}

fn beside(url: &Url, path: &str) -> Url {
    let mut page = url.clone();
    page.set_path(path);
    page.set_query(None);
    page
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const POOL: &str = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEf123";
    const LOCAL: &str = "http://127.0.0.1:9229/us-east-1_Sandbox01";
    const OTHER: &str = "https://login.example/realm/";

    /// What a pool with a prefix domain is reported to publish.
    fn cognito() -> Value {
        json!({
            "authorization_endpoint": "https://app.auth.us-east-1.amazoncognito.com/oauth2/authorize",
            "end_session_endpoint": "https://app.auth.us-east-1.amazoncognito.com/logout",
            "id_token_signing_alg_values_supported": ["RS256"],
            "issuer": POOL,
            "jwks_uri": format!("{POOL}/.well-known/jwks.json"),
            "response_types_supported": ["code", "token"],
            "token_endpoint": "https://app.auth.us-east-1.amazoncognito.com/oauth2/token",
            "userinfo_endpoint": "https://app.auth.us-east-1.amazoncognito.com/oauth2/userInfo",
        })
    }

    fn with(mut document: Value, name: &str, value: Value) -> Value {
        document[name] = value;
        document
    }

    fn read(issuer: &str, document: Value) -> Result<Endpoints, &'static str> {
        let document: Document = serde_json::from_value(document).unwrap();
        document
            .checked(&Issuer::parse(issuer).unwrap())
            .map_err(|error| Failure::of(&error).unwrap().kind)
    }

    #[test]
    fn discovery_and_domain_lead_to_the_same_endpoints() {
        let domain = Domain::parse("app", Some("us-east-1")).unwrap();
        let known = Endpoints::of_domain(&Issuer::parse(POOL).unwrap(), &domain).unwrap();
        assert_eq!(read(POOL, cognito()), Ok(known.clone()));
        // The sign-out page appeared in the document in 2024 only.
        assert_eq!(
            read(POOL, with(cognito(), "end_session_endpoint", json!(null))),
            Ok(known)
        );
    }

    #[test]
    fn other_providers_may_lack_what_cognito_has() {
        let document = json!({
            "issuer": OTHER,
            "authorization_endpoint": "https://login.example/authorize?tenant=1",
            "token_endpoint": "https://login.example/token",
            "jwks_uri": "https://keys.example/jwks",
            "authorization_response_iss_parameter_supported": true,
        });
        let endpoints = read(OTHER, document).unwrap();
        assert_eq!(
            (endpoints.user_info, endpoints.revoke, endpoints.logout),
            (None, None, None)
        );
        assert!(endpoints.names_issuer && !endpoints.user_pool);
    }

    #[test]
    fn a_document_that_does_not_fit_is_refused() {
        let elsewhere = |url: &str| with(cognito(), "authorization_endpoint", json!(url));
        let table = [
            (
                with(cognito(), "issuer", json!(format!("{POOL}/"))),
                "issuer_mismatch",
            ),
            (
                with(cognito(), "issuer", json!("https://evil.example")),
                "issuer_mismatch",
            ),
            (elsewhere(&format!("{POOL}/authorize")), "no_domain"),
            (
                elsewhere(
                    "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEf123/oauth2/authorize",
                ),
                "no_domain",
            ),
            (
                with(cognito(), "authorization_endpoint", json!(null)),
                "no_domain",
            ),
            (
                elsewhere("http://app.example/oauth2/authorize"),
                "discovery_unusable",
            ),
            (
                elsewhere("http://127.0.0.1:1/oauth2/authorize"),
                "discovery_unusable",
            ),
            (elsewhere("javascript:alert(1)"), "discovery_unusable"),
            (
                elsewhere(
                    "https://login.example:x@app.auth.us-east-1.amazoncognito.com/oauth2/authorize",
                ),
                "discovery_unusable",
            ),
            (
                with(
                    cognito(),
                    "token_endpoint",
                    json!("http://app.example/oauth2/token"),
                ),
                "discovery_unusable",
            ),
            (
                with(
                    cognito(),
                    "revocation_endpoint",
                    json!("ftp://app.example/revoke"),
                ),
                "discovery_unusable",
            ),
            (
                with(
                    cognito(),
                    "token_endpoint",
                    json!("https://evil.example/oauth2/token"),
                ),
                "discovery_unusable",
            ),
            (
                with(
                    cognito(),
                    "userinfo_endpoint",
                    json!("https://evil.example/userInfo"),
                ),
                "discovery_unusable",
            ),
        ];
        for (document, kind) in table {
            assert_eq!(read(POOL, document.clone()), Err(kind), "{document}");
        }
    }

    #[test]
    fn the_key_set_of_a_pool_is_below_its_issuer_whatever_the_document_says() {
        let known = read(POOL, cognito()).unwrap();
        for said in [json!(null), json!("https://evil.example/jwks.json")] {
            assert_eq!(
                read(POOL, with(cognito(), "jwks_uri", said)),
                Ok(known.clone())
            );
        }
        let document = json!({
            "issuer": OTHER,
            "authorization_endpoint": "https://login.example/authorize",
            "token_endpoint": "https://login.example/token",
        });
        assert_eq!(read(OTHER, document), Err("discovery_unusable"));
    }

    #[test]
    fn plain_http_is_for_a_pool_on_this_machine() {
        let text = cognito().to_string().replace(
            "https://app.auth.us-east-1.amazoncognito.com",
            "http://127.0.0.1:9229",
        );
        let document: Value = serde_json::from_str(&text.replace(POOL, LOCAL)).unwrap();
        let endpoints = read(LOCAL, document.clone()).unwrap();
        assert_eq!(
            endpoints.revoke.unwrap().as_str(),
            "http://127.0.0.1:9229/oauth2/revoke"
        );
        let without_domain = with(
            document,
            "authorization_endpoint",
            json!(format!("{LOCAL}/authorize")),
        );
        assert_eq!(read(LOCAL, without_domain), Err("no_domain"));
    }
}
