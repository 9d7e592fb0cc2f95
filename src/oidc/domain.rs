//! The domain of a user pool, where its login pages and OAuth endpoints live.

use std::fmt;

use url::Url;

use super::issuer::is_cognito_host;
use crate::failure::{Exit, Failure, printable_address};
use crate::http::is_loopback;

/// A user pool domain: prefix and Region, full host, URL or custom host, normalised once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain(Url);

impl Domain {
    /// Reads what a person wrote. A bare prefix needs the pool's Region; plain http is for loopback.
    pub fn parse(text: &str, region: Option<&str>) -> Result<Domain, Failure> {
        let shown = printable_address(text, 200);
        let refuse = |why: &str, hint: &str| {
            let message = format!("domain `{shown}` {why}");
            Err(Failure::new(Exit::Settings, "setting_invalid", message).hint(hint))
        };
        let form =
            "a domain is a prefix, PREFIX.auth.REGION.amazoncognito.com, or your custom domain";
        let written = match (is_prefix(text), region) {
            (true, Some(region)) => of_prefix(text, region),
            (true, None) => {
                return refuse(
                    "is a prefix, which needs the pool's Region",
                    "set `user_pool_id`, or write the full host",
                );
            }
            (false, _) if text.contains("://") => text.to_owned(),
            (false, _) => format!("https://{text}"),
        };
        let Ok(mut url) = Url::parse(&written) else {
            return refuse("is no host name", form);
        };
        if !text.contains("://") && is_loopback(&url) {
            // Cannot fail between https and http. A pool on this machine speaks plain http.
            let _ = url.set_scheme("http");
        }
        let Some(host) = url.host_str().filter(|_| text.trim() == text) else {
            return refuse("is no host name", form);
        };
        if is_cognito_host(host) {
            return refuse("is the host of the issuer, which has no login pages", form);
        }
        if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(&url)) {
            return refuse("is not https, which only loopback may do without", form);
        }
        let only_host = url.path().trim_matches('/').is_empty()
            && url.query().is_none()
            && url.fragment().is_none();
        if !only_host || !url.username().is_empty() || url.password().is_some() {
            return refuse("has more than a host", &url.origin().ascii_serialization());
        }
        Ok(Domain(origin(&url)))
    }

    /// Returns the address all its pages and endpoints start with; its path is `/`.
    pub fn base(&self) -> &Url {
        &self.0
    }

    /// Returns the address of one of its pages or endpoints; `path` starts with `/`.
    pub(super) fn at(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        url.set_path(path);
        url
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

fn origin(url: &Url) -> Url {
    let mut origin = url.clone();
    origin.set_path("/");
    origin
}

/// `DomainType`: `^[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?$`; `localhost` is a host.
fn is_prefix(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text != "localhost"
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// GovCloud has prefix domains in the FIPS form only.
fn of_prefix(prefix: &str, region: &str) -> String {
    let service = if region.starts_with("us-gov-") {
        "auth-fips"
    } else {
        "auth"
    };
    format!("https://{prefix}.{service}.{region}.amazoncognito.com")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_a_domain_means_the_same_host() {
        let host = "https://my-app.auth.eu-west-1.amazoncognito.com";
        for text in [
            "my-app",
            "my-app.auth.eu-west-1.amazoncognito.com",
            "My-App.auth.eu-west-1.amazoncognito.com",
            "https://my-app.auth.eu-west-1.amazoncognito.com",
            "https://my-app.auth.eu-west-1.amazoncognito.com/",
            "https://my-app.auth.eu-west-1.amazoncognito.com//",
        ] {
            assert_eq!(
                Domain::parse(text, Some("eu-west-1")).unwrap().to_string(),
                host,
                "{text}"
            );
        }
    }

    #[test]
    fn custom_gov_and_local_domains_are_known() {
        let table = [
            ("auth.example.com", None, "https://auth.example.com"),
            (
                "app",
                Some("us-gov-west-1"),
                "https://app.auth-fips.us-gov-west-1.amazoncognito.com",
            ),
            ("http://127.0.0.1:9229", None, "http://127.0.0.1:9229"),
            ("localhost:9229", None, "http://localhost:9229"),
            ("http://localhost:9229/", None, "http://localhost:9229"),
            ("http://[::1]:9229", None, "http://[::1]:9229"),
        ];
        for (text, region, host) in table {
            assert_eq!(Domain::parse(text, region).unwrap().to_string(), host);
        }
        let domain = Domain::parse("auth.example.com", None).unwrap();
        assert_eq!(
            domain.at("/oauth2/token").as_str(),
            "https://auth.example.com/oauth2/token"
        );
    }

    #[test]
    fn what_cannot_be_a_domain_is_refused() {
        for text in [
            "",
            "my-app",
            "my app.example",
            "http://auth.example.com",
            "https://auth.example.com/login",
            "https://auth.example.com?a=b",
            "https://me:pw@auth.example.com",
            "ftp://auth.example.com",
            " auth.example.com",
            "cognito-idp.us-east-1.amazonaws.com",
            "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEf123",
        ] {
            let failure = Domain::parse(text, None).unwrap_err();
            assert_eq!(
                (failure.exit, failure.kind),
                (Exit::Settings, "setting_invalid"),
                "{text}"
            );
        }
    }

    #[test]
    fn an_issuer_given_as_a_domain_is_told_apart() {
        let failure = Domain::parse(
            "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_a",
            None,
        )
        .unwrap_err();
        assert!(
            failure.message.contains("the host of the issuer"),
            "{}",
            failure.message
        );
    }
}
