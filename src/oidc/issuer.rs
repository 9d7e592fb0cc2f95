//! The issuer of a pool's tokens, and the user pool id it is made from.

use std::fmt;

use url::Url;

use crate::failure::{Exit, Failure, printable, printable_address};
use crate::http::is_loopback;

/// A user pool id such as `us-east-1_AbCdEf123`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserPoolId(String);

impl UserPoolId {
    /// Reads a user pool id: a Region, `_`, letters and digits; at most 55 characters (`UserPoolIdType`).
    pub fn parse(text: &str) -> Result<UserPoolId, Failure> {
        // The pattern alone lets Regions through that no host name can hold, such as `xn--`.
        let pool = UserPoolId(text.to_owned());
        if is_pool_id(text) && Url::parse(&issuer_of(&pool)).is_ok() {
            return Ok(pool);
        }
        let message = format!("`{}` is not a user pool id", printable(text, 60));
        Err(wrong("setting_invalid", message).hint("it looks like us-east-1_AbCdEf123"))
    }

    /// Returns its Region, the part before `_`.
    pub fn region(&self) -> &str {
        self.0.rsplit_once('_').map_or("", |(region, _)| region)
    }

    /// Returns the id as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UserPoolId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The issuer: https, or http on loopback; compared byte for byte with `iss`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    text: String,
    url: Url,
    dialect: Dialect,
}

/// Whose habits to expect behind an issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dialect {
    /// One of Cognito's own hosts.
    Cognito,
    /// A loopback address with a pool id for its path: our sandbox, or an emulator.
    LocalPool,
    /// Some other OpenID provider.
    Other,
}

impl Issuer {
    /// Reads an issuer URL: https, or http on loopback; no query, no fragment. Its text is kept byte for byte.
    pub fn parse(text: &str) -> Result<Issuer, Failure> {
        let shown = printable_address(text, 200);
        let refuse = |why: &str, hint: &str| {
            Err(wrong("setting_invalid", format!("issuer `{shown}` {why}")).hint(hint))
        };
        let form =
            "an issuer is the pool's own address: https://cognito-idp.REGION.amazonaws.com/POOL_ID";
        let Ok(url) = Url::parse(text) else {
            return refuse("is not a URL", form);
        };
        let secure = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
        if !secure {
            return refuse("is not https, which only loopback may do without", form);
        }
        let plain = url.username().is_empty() && url.password().is_none() && text.trim() == text;
        if !plain || url.query().is_some() || url.fragment().is_some() {
            return refuse(
                "has parts an issuer cannot have (user, query, fragment, blanks)",
                form,
            );
        }
        if text.contains("/.well-known/") {
            return refuse(
                "is the address of a document below it",
                "leave out everything from /.well-known on",
            );
        }
        if url
            .host_str()
            .is_some_and(|host| host.ends_with(".amazoncognito.com"))
        {
            return refuse(
                "is the domain of the login pages",
                "set it as `domain`, and the pool as `user_pool_id`",
            );
        }
        let dialect = Dialect::of(&url);
        if dialect != Dialect::Other && text.ends_with('/') {
            return refuse(
                "ends in a slash, which the pool's tokens do not",
                text.trim_end_matches('/'),
            );
        }
        Ok(Issuer {
            text: text.to_owned(),
            url,
            dialect,
        })
    }

    /// Returns the issuer of a pool, in its original form.
    pub fn of_pool(pool: &UserPoolId) -> Issuer {
        let text = issuer_of(pool);
        let url = Url::parse(&text).expect("tried when the pool id was read");
        Issuer {
            text,
            url,
            dialect: Dialect::Cognito,
        }
    }

    /// Returns the user pool id at its end, or `POOL` where there is none, for commands to copy.
    pub fn pool_id(&self) -> &str {
        let last = self.as_str().rsplit('/').next().unwrap_or_default();
        if self.is_user_pool() { last } else { "POOL" }
    }

    /// Returns the text as it was given.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Tells whether this is one of Cognito's own issuers, in the original or the newer form.
    pub fn is_cognito(&self) -> bool {
        self.dialect == Dialect::Cognito
    }

    /// Tells whether to expect a user pool with Cognito's habits: Cognito itself, or a pool on this machine.
    pub fn is_user_pool(&self) -> bool {
        self.dialect != Dialect::Other
    }

    /// Returns the Region, if this is one of Cognito's own issuers.
    pub fn region(&self) -> Option<&str> {
        if !self.is_cognito() {
            return None;
        }
        self.url.host_str()?.split('.').nth(1)
    }

    /// Returns the address of a document below it, such as `.well-known/jwks.json` (OIDC Discovery §4.1).
    pub(super) fn below(&self, path: &str) -> Result<Url, Failure> {
        let text = format!("{}/{path}", self.text.trim_end_matches('/'));
        Url::parse(&text).map_err(|_| {
            wrong(
                "setting_invalid",
                format!("issuer `{}` is not a URL", self.text),
            )
        })
    }

    pub(super) fn url(&self) -> &Url {
        &self.url
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Dialect {
    fn of(url: &Url) -> Dialect {
        let path = url.path().trim_matches('/');
        if is_loopback(url) && is_pool_id(path) {
            Dialect::LocalPool
        } else if url.host_str().is_some_and(is_cognito_host) {
            Dialect::Cognito
        } else {
            Dialect::Other
        }
    }
}

/// Tells whether a host serves discovery and key sets of Cognito; it never serves login pages.
pub(super) fn is_cognito_host(host: &str) -> bool {
    let service = host.split('.').next().unwrap_or_default();
    let ours = [
        "cognito-idp",
        "cognito-idp-fips",
        "issuer-cognito-idp",
        "issuer-cognito-idp-fips",
    ];
    ours.contains(&service)
        && [".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu"]
            .iter()
            .any(|end| host.ends_with(end))
}

fn is_pool_id(text: &str) -> bool {
    let Some((region, id)) = text.rsplit_once('_') else {
        return false;
    };
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    text.len() <= 55
        && !region.is_empty()
        && region.chars().all(word)
        && !id.is_empty()
        && id.chars().all(|c| c.is_ascii_alphanumeric())
}

fn issuer_of(pool: &UserPoolId) -> String {
    let region = pool.region();
    format!("https://cognito-idp.{region}.{}/{pool}", partition(region))
}

fn partition(region: &str) -> &'static str {
    match region.split('-').next() {
        Some("cn") => "amazonaws.com.cn",
        Some("eusc") => "amazonaws.eu",
        _ => "amazonaws.com",
    }
}

fn wrong(kind: &'static str, message: String) -> Failure {
    Failure::new(Exit::Settings, kind, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_id_gives_region_and_issuer() {
        let pool = UserPoolId::parse("us-east-1_AbCdEf123").unwrap();
        let issuer = Issuer::of_pool(&pool);
        assert_eq!(pool.region(), "us-east-1");
        assert_eq!(
            issuer.as_str(),
            "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEf123"
        );
        assert_eq!(issuer.region(), Some("us-east-1"));
        assert_eq!(Issuer::parse(issuer.as_str()).unwrap(), issuer);
    }

    #[test]
    fn what_is_no_pool_id_is_refused() {
        let long = format!("us-east-1_{}", "a".repeat(50));
        for text in [
            "",
            "us-east-1",
            "_abc",
            "us-east-1_",
            "us-east-1_a/b",
            "us east_1",
            "us-east-1_ä",
            "xn--_a",
            &long,
        ] {
            assert_eq!(
                UserPoolId::parse(text).unwrap_err().kind,
                "setting_invalid",
                "{text}"
            );
        }
    }

    #[test]
    fn issuers_know_whose_habits_to_expect() {
        let table = [
            (
                "https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a",
                true,
                true,
                Some("eu-west-1"),
            ),
            (
                "https://cognito-idp-fips.us-west-2.amazonaws.com/us-west-2_a",
                true,
                true,
                Some("us-west-2"),
            ),
            (
                "https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_a",
                true,
                true,
                Some("cn-north-1"),
            ),
            (
                "http://127.0.0.1:9229/us-east-1_Sandbox01",
                false,
                true,
                None,
            ),
            ("http://localhost:9229/local_pool1", false, true, None),
            ("http://localhost:8080/realms/test", false, false, None),
            (
                "https://cognito-idp.us-east-1.amazonaws.com.evil.example/us-east-1_a",
                false,
                false,
                None,
            ),
            ("https://login.example/us-east-1_a", false, false, None),
            ("https://login.example/", false, false, None),
        ];
        for (text, cognito, pool, region) in table {
            let issuer = Issuer::parse(text).unwrap();
            assert_eq!(
                (issuer.is_cognito(), issuer.is_user_pool(), issuer.region()),
                (cognito, pool, region),
                "{text}"
            );
            assert_eq!(issuer.as_str(), text);
        }
    }

    #[test]
    fn what_cannot_be_an_issuer_is_refused() {
        for text in [
            "us-east-1_AbCdEf123",
            "http://login.example/",
            "https://me@login.example/",
            "https://login.example/?a=b",
            "https://login.example/#a",
            " https://login.example/",
            "https://login.example/.well-known/openid-configuration",
            "https://pool.auth.us-east-1.amazoncognito.com",
            "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_a/",
            "http://127.0.0.1:9229/us-east-1_a/",
        ] {
            let failure = Issuer::parse(text).unwrap_err();
            assert_eq!(
                (failure.exit, failure.kind),
                (Exit::Settings, "setting_invalid"),
                "{text}"
            );
            assert!(failure.hint.is_some());
        }
    }

    #[test]
    fn documents_lie_below_the_issuer_with_or_without_a_slash() {
        for text in ["https://login.example/a", "https://login.example/a/"] {
            let url = Issuer::parse(text)
                .unwrap()
                .below(".well-known/jwks.json")
                .unwrap();
            assert_eq!(
                url.as_str(),
                "https://login.example/a/.well-known/jwks.json"
            );
        }
    }
}
