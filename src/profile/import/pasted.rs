//! What a person pastes from the console, a browser or a terminal: the user pool and more, wherever in it they stand.

use url::Url;

use super::super::settings::{Given, Key, Settings};
use crate::http::is_loopback;
use crate::oidc::{Issuer, RedirectUri, UserPoolId};

/// Reads every setting that a pasted text names: a user pool id, an ARN, an issuer, the address of a page in the console
/// or of the login pages. Empty if it names none.
pub fn read_pasted(text: &str) -> Settings {
    let text = text
        .trim()
        .trim_matches(['"', '\'', '`', ',', ';', '<', '>'])
        .trim();
    let url = Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"));
    let mut settings = match &url {
        Some(url) => of_url(text, url),
        None => Settings::default(),
    };
    let names_a_pool =
        settings.get(Key::Issuer).is_some() || settings.get(Key::UserPoolId).is_some();
    if !names_a_pool && let Some(pool) = pool_id_in(text) {
        settings.set(Key::UserPoolId, Given::Text(pool));
    } else if url.is_none() && !names_a_pool && UserPoolId::parse(text).is_ok() {
        // An emulator's id may have no Region of AWS before its `_`.
        settings.set(Key::UserPoolId, Given::Text(text.to_owned()));
    }
    if let Some(identity_pool) = identity_pool_id_in(text) {
        settings.set(Key::IdentityPoolId, Given::Text(identity_pool));
    }
    settings
}

/// Returns the first user pool id that stands in a text: a Region, `_`, letters and digits.
pub(super) fn pool_id_in(text: &str) -> Option<String> {
    words(text)
        .find(|word| {
            word.split_once('_').is_some_and(|(region, id)| {
                is_region(region)
                    && !id.is_empty()
                    && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
            }) && word.len() <= 55
        })
        .map(str::to_owned)
}

/// Returns the first identity pool id that stands in a text: a Region, `:` and a UUID.
fn identity_pool_id_in(text: &str) -> Option<String> {
    let mut parts = text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | ':')));
    parts.find_map(|part| {
        let (before, uuid) = part.rsplit_once(':')?;
        let region = before.rsplit(':').next()?;
        let is_uuid = uuid.len() == 36
            && uuid.split('-').map(str::len).eq([8, 4, 4, 4, 12])
            && uuid
                .bytes()
                .all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
        (is_region(region) && is_uuid).then(|| format!("{region}:{uuid}"))
    })
}

fn of_url(text: &str, url: &Url) -> Settings {
    let host = url.host_str().unwrap_or_default();
    if host.ends_with(".console.aws.amazon.com") || host == "console.aws.amazon.com" {
        return of_console(url);
    }
    let before_documents = text
        .split("/.well-known/")
        .next()
        .unwrap_or(text)
        .trim_end_matches('/');
    let issuer = Issuer::parse(before_documents).ok();
    let names_a_pool = issuer.as_ref().is_some_and(Issuer::is_user_pool);
    match issuer {
        // The original form says no more than the pool id in it; the newer form and an emulator's are issuers of their own.
        Some(issuer) if names_a_pool && !host.starts_with("cognito-idp.") => {
            Settings::default().text(Key::Issuer, Some(issuer.as_str()))
        }
        _ if names_a_pool => Settings::default(),
        _ => of_login_page(url, host),
    }
}

/// The pages of a pool in the console: `…/user-pools/POOL/…/clients/CLIENT` or `…/app-clients/CLIENT`.
fn of_console(url: &Url) -> Settings {
    let parts: Vec<_> = url.path_segments().into_iter().flatten().collect();
    let after = |name: &str| {
        let at = parts.iter().position(|part| *part == name)?;
        parts.get(at + 1).copied().filter(|part| is_client_id(part))
    };
    Settings::default().text(Key::ClientId, after("clients").or(after("app-clients")))
}

/// The login pages: the domain is the host, and the query names the rest.
fn of_login_page(url: &Url, host: &str) -> Settings {
    const PAGES: [&str; 7] = [
        "/oauth2/authorize",
        "/login",
        "/signup",
        "/logout",
        "/error",
        "/forgotPassword",
        "/oauth2/token",
    ];
    let known = host.ends_with(".amazoncognito.com") || PAGES.contains(&url.path());
    if !known {
        return Settings::default();
    }
    let domain = match is_loopback(url) {
        true => url.origin().ascii_serialization(),
        false => url[url::Position::BeforeHost..url::Position::AfterPort].to_owned(),
    };
    let asked = |name: &str| {
        let mut pairs = url.query_pairs();
        pairs
            .find(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.into_owned())
    };
    let redirect = asked("redirect_uri").filter(|uri| RedirectUri::parse(uri).is_ok());
    let scopes = asked("scope").unwrap_or_default();
    Settings::default()
        .text(Key::Domain, Some(domain))
        .text(
            Key::ClientId,
            asked("client_id").filter(|id| is_client_id(id)),
        )
        .list(Key::RedirectUris, redirect.into_iter().collect())
        .text(Key::LogoutUri, asked("logout_uri"))
        .list(
            Key::Scopes,
            scopes.split_whitespace().map(str::to_owned).collect(),
        )
}

/// Tells whether a text could be the id of an app client (`ClientIdType`).
pub(super) fn is_client_id(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '-');
    (1..=128).contains(&text.len()) && text.chars().all(allowed)
}

/// `us-east-1`, `us-gov-west-1`, `ap-southeast-7`, `eusc-de-east-1`: words of letters, then a number.
fn is_region(text: &str) -> bool {
    let Some((words, number)) = text.rsplit_once('-') else {
        return false;
    };
    let is_word =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    words.contains('-')
        && words.split('-').all(is_word)
        && (1..=2).contains(&number.len())
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_')))
}

#[cfg(test)]
mod tests {
    use super::*;

    const POOL: &str = "us-east-1_AbCdEf123";

    fn read(text: &str) -> Vec<(Key, Given)> {
        let settings = read_pasted(text);
        settings
            .iter()
            .map(|(key, given)| (key, given.clone()))
            .collect()
    }

    fn text(key: Key, value: &str) -> (Key, Given) {
        (key, Given::Text(value.to_owned()))
    }

    #[test]
    fn a_pool_is_found_wherever_it_stands() {
        for pasted in [
            POOL,
            "  us-east-1_AbCdEf123\r\n",
            "\"us-east-1_AbCdEf123\",",
            "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_AbCdEf123",
            "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEf123",
            "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEf123/",
            "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEf123/.well-known/jwks.json",
            "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEf123/.well-known/openid-configuration",
            "https://us-east-1.console.aws.amazon.com/cognito/v2/idp/user-pools/us-east-1_AbCdEf123/info/overview?region=us-east-1",
            "cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEf123",
            "--user-pool-id us-east-1_AbCdEf123",
        ] {
            assert_eq!(read(pasted), [text(Key::UserPoolId, POOL)], "{pasted}");
        }
        assert_eq!(
            read("eusc-de-east-1_Ab1"),
            [text(Key::UserPoolId, "eusc-de-east-1_Ab1")]
        );
        assert_eq!(read("local_pool1"), [text(Key::UserPoolId, "local_pool1")]);
    }

    #[test]
    fn issuers_that_say_more_than_a_pool_id_stay_issuers() {
        for issuer in [
            "https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab1",
            "https://cognito-idp-fips.us-west-2.amazonaws.com/us-west-2_Ab1",
            "http://127.0.0.1:9229/us-east-1_Sandbox01",
        ] {
            let document = format!("{issuer}/.well-known/openid-configuration");
            assert_eq!(read(issuer), [text(Key::Issuer, issuer)]);
            assert_eq!(read(&document), [text(Key::Issuer, issuer)]);
        }
    }

    #[test]
    fn a_page_of_the_console_names_the_app_client_too() {
        for path in [
            "user-pools/us-east-1_AbCdEf123/app-integration/clients/1example23456789",
            "user-pools/us-east-1_AbCdEf123/applications/app-clients/1example23456789/quick-setup-guide",
        ] {
            let url = format!(
                "https://us-east-1.console.aws.amazon.com/cognito/v2/idp/{path}?region=us-east-1"
            );
            assert_eq!(
                read(&url),
                [
                    text(Key::UserPoolId, POOL),
                    text(Key::ClientId, "1example23456789")
                ]
            );
        }
    }

    #[test]
    fn the_address_of_the_login_pages_names_everything_but_the_pool() {
        let url = "https://my-app.auth.us-east-1.amazoncognito.com/oauth2/authorize?response_type=code\
            &client_id=1example23456789&redirect_uri=http%3A%2F%2Flocalhost%3A3000&scope=openid+email%20profile&state=x";
        let scopes = ["openid", "email", "profile"].map(str::to_owned).to_vec();
        assert_eq!(
            read(url),
            [
                text(Key::ClientId, "1example23456789"),
                text(Key::Domain, "my-app.auth.us-east-1.amazoncognito.com"),
                (
                    Key::RedirectUris,
                    Given::List(vec!["http://localhost:3000".into()])
                ),
                (Key::Scopes, Given::List(scopes)),
            ]
        );
        let custom =
            "https://auth.example.com/login?client_id=abc&redirect_uri=https://app.example.com/";
        assert_eq!(
            read(custom),
            [
                text(Key::ClientId, "abc"),
                text(Key::Domain, "auth.example.com")
            ]
        );
    }

    #[test]
    fn an_identity_pool_is_found_too() {
        let id = "us-east-1:0123abcd-0123-4567-89ab-0123456789ab";
        assert_eq!(read(id), [text(Key::IdentityPoolId, id)]);
        let arn = format!("arn:aws:cognito-identity:us-east-1:123456789012:identitypool/{id}");
        assert_eq!(read(&arn), [text(Key::IdentityPoolId, id)]);
    }

    #[test]
    fn other_texts_name_nothing() {
        for pasted in [
            "",
            "hello world",
            "https://example.com/about",
            "1example23456789",
            "us-east-1_",
            "a us-east_1abc b",
            "https://console.aws.amazon.com/",
        ] {
            assert_eq!(read(pasted), [], "{pasted}");
        }
    }
}
