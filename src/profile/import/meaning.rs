//! What a name in another tool's file means to us: `NEXT_PUBLIC_COGNITO_CLIENT_ID`, `auth.oauth.redirect_sign_in_uri`,
//! `userPoolClientId`.

use super::super::settings::Key;

/// What a value is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A setting of the profile.
    Setting(Key),
    /// The app client's secret.
    ClientSecret,
}

/// How sure a name is: one that speaks of Cognito or of signing in outweighs one that might be about anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sureness {
    /// `CLIENT_ID`, `DOMAIN`: perhaps of something else.
    Perhaps,
    /// `COGNITO_CLIENT_ID`, `oauth.domain`.
    Sure,
}

/// The names, as the words they end in; the longest that fits decides.
const NAMES: [(&[&str], Meaning); 38] = {
    use Key::{
        ClientId, Domain, IdentityPoolId, Issuer, LogoutUri, RedirectUris, Scopes, UserPoolId,
    };
    use Meaning::{ClientSecret, Setting};
    [
        (&["POOL", "ID"], Setting(UserPoolId)),
        (&["POOLS", "ID"], Setting(UserPoolId)),
        (&["USERPOOL", "ID"], Setting(UserPoolId)),
        (&["USER", "POOL"], Setting(UserPoolId)),
        (&["IDENTITY", "POOL", "ID"], Setting(IdentityPoolId)),
        (&["IDENTITYPOOL", "ID"], Setting(IdentityPoolId)),
        (&["IDENTITY", "POOL"], Setting(IdentityPoolId)),
        (&["CLIENT", "ID"], Setting(ClientId)),
        (&["CLIENTID"], Setting(ClientId)),
        (&["COGNITO", "ID"], Setting(ClientId)),
        (&["CLIENT", "SECRET"], ClientSecret),
        (&["COGNITO", "SECRET"], ClientSecret),
        (&["DOMAIN"], Setting(Domain)),
        (&["DOMAIN", "PREFIX"], Setting(Domain)),
        (&["DOMAIN", "NAME"], Setting(Domain)),
        (&["DOMAIN", "URL"], Setting(Domain)),
        (&["HOSTED", "UI", "URL"], Setting(Domain)),
        (&["ISSUER"], Setting(Issuer)),
        (&["ISSUER", "URL"], Setting(Issuer)),
        (&["ISSUER", "URI"], Setting(Issuer)),
        (&["AUTHORITY"], Setting(Issuer)),
        (&["REDIRECT", "#"], Setting(RedirectUris)),
        (&["CALLBACK", "#"], Setting(RedirectUris)),
        (&["REDIRECT", "SIGN", "IN"], Setting(RedirectUris)),
        (&["REDIRECT", "SIGNIN"], Setting(RedirectUris)),
        (&["REDIRECT", "SIGN", "IN", "#"], Setting(RedirectUris)),
        (&["SIGN", "IN", "REDIRECT", "#"], Setting(RedirectUris)),
        (&["LOGOUT", "#"], Setting(LogoutUri)),
        (&["LOGOUT", "REDIRECT", "#"], Setting(LogoutUri)),
        (&["POST", "LOGOUT", "REDIRECT", "#"], Setting(LogoutUri)),
        (&["SIGNOUT", "#"], Setting(LogoutUri)),
        (&["SIGN", "OUT", "#"], Setting(LogoutUri)),
        (&["REDIRECT", "SIGN", "OUT"], Setting(LogoutUri)),
        (&["REDIRECT", "SIGNOUT"], Setting(LogoutUri)),
        (&["REDIRECT", "SIGN", "OUT", "#"], Setting(LogoutUri)),
        (&["SIGN", "OUT", "REDIRECT", "#"], Setting(LogoutUri)),
        (&["SCOPE"], Setting(Scopes)),
        (&["SCOPES"], Setting(Scopes)),
    ]
};

/// What `#` stands for.
const ADDRESSES: [&str; 4] = ["URI", "URIS", "URL", "URLS"];

/// Words that may stand before such a name and change nothing. Any other word makes it somebody else's:
/// `GOOGLE_CLIENT_ID`, `STRIPE_CLIENT_SECRET`.
const FILLERS: [&str; 28] = [
    "NEXT", "PUBLIC", "VITE", "REACT", "APP", "EXPO", "NUXT", "VUE", "GATSBY", "PLASMO", "AWS",
    "COGNITO", "AMPLIFY", "AUTH", "NEXTAUTH", "OAUTH", "OAUTH2", "OIDC", "USER", "POOL", "POOLS",
    "USERPOOL", "WEB", "HOSTED", "UI", "LOGIN", "CLIENT", "PROJECT",
];

/// Words that make a name sure, anywhere on the way to it.
const SURE: [&str; 9] = [
    "COGNITO", "AUTH", "OAUTH", "OAUTH2", "OIDC", "USERPOOL", "POOL", "POOLS", "LOGIN",
];

/// Returns what a name means, or `None` for a name that is not ours. `path` is where it stands: the names around it.
pub(super) fn meaning(path: &[String], name: &str) -> Option<(Meaning, Sureness)> {
    let words = words(name);
    let (ending, meaning) = NAMES
        .iter()
        .filter(|(ending, _)| ends_in(&words, ending))
        .max_by_key(|(ending, _)| ending.len())?;
    let before = &words[..words.len() - ending.len()];
    let is_filler = |word: &String| FILLERS.contains(&word.as_str());
    if !before.iter().all(is_filler) {
        return None;
    }
    let around = path.iter().flat_map(|name| self::words(name));
    let sure = words
        .iter()
        .cloned()
        .chain(around)
        .any(|word| SURE.contains(&word.as_str()));
    let sureness = if sure {
        Sureness::Sure
    } else {
        Sureness::Perhaps
    };
    Some((*meaning, sureness))
}

fn ends_in(words: &[String], ending: &[&str]) -> bool {
    words.len() >= ending.len()
        && words[words.len() - ending.len()..].iter().zip(ending).all(
            |(word, wanted)| match *wanted {
                "#" => ADDRESSES.contains(&word.as_str()),
                wanted => word == wanted,
            },
        )
}

/// Splits a name at `_`, `-`, `.` and where a capital begins a word: `userPoolClientId`, `CallbackURLs`.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let characters: Vec<char> = name.chars().collect();
    for (at, c) in characters.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| characters[at]);
        let after_small = before.is_some_and(|before| before.is_lowercase() || before.is_numeric());
        // `UIUrl`: the last capital of a row begins the next word. `URLs` is one word.
        let ends_a_row = before.is_some_and(char::is_uppercase)
            && characters
                .get(at + 1)
                .is_some_and(|next| next.is_lowercase())
            && characters.get(at + 1..).is_none_or(|rest| rest != ['s']);
        if !c.is_alphanumeric() || (c.is_uppercase() && (after_small || ends_a_row)) {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_uppercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> Option<Meaning> {
        meaning(&[], name).map(|(meaning, _)| meaning)
    }

    #[test]
    fn the_names_of_the_tools_are_known() {
        let table = [
            ("NEXT_PUBLIC_COGNITO_CLIENT_ID", Key::ClientId),
            ("VITE_USER_POOL_CLIENT_ID", Key::ClientId),
            ("REACT_APP_COGNITO_APP_CLIENT_ID", Key::ClientId),
            ("REACT_APP_CLIENT_ID", Key::ClientId),
            ("EXPO_PUBLIC_COGNITO_USER_POOL_ID", Key::UserPoolId),
            ("USER_POOL_ID", Key::UserPoolId),
            ("COGNITO_CLIENT_ID", Key::ClientId),
            ("AUTH_COGNITO_ID", Key::ClientId),
            ("AUTH_COGNITO_ISSUER", Key::Issuer),
            ("NEXT_PUBLIC_COGNITO_AUTHORITY", Key::Issuer),
            ("aws_user_pools_id", Key::UserPoolId),
            ("aws_user_pools_web_client_id", Key::ClientId),
            ("aws_cognito_identity_pool_id", Key::IdentityPoolId),
            ("userPoolId", Key::UserPoolId),
            ("userPoolClientId", Key::ClientId),
            ("userPoolWebClientId", Key::ClientId),
            ("identityPoolId", Key::IdentityPoolId),
            ("redirectSignIn", Key::RedirectUris),
            ("redirect_sign_in_uri", Key::RedirectUris),
            ("redirectSignOut", Key::LogoutUri),
            ("NEXT_PUBLIC_COGNITO_REDIRECT_URI", Key::RedirectUris),
            ("REDIRECT_URIS", Key::RedirectUris),
            ("CallbackURLs", Key::RedirectUris),
            ("VITE_COGNITO_LOGOUT_URI", Key::LogoutUri),
            ("post_logout_redirect_uri", Key::LogoutUri),
            ("COGNITO_DOMAIN", Key::Domain),
            ("OAUTH_DOMAIN", Key::Domain),
            ("HostedUIUrl", Key::Domain),
            ("CognitoUserPoolDomain", Key::Domain),
            ("UserPoolDomain", Key::Domain),
            ("scope", Key::Scopes),
            ("OAUTH_SCOPES", Key::Scopes),
            ("UserPoolId", Key::UserPoolId),
            ("IdentityPoolId", Key::IdentityPoolId),
        ];
        for (name, key) in table {
            assert_eq!(of(name), Some(Meaning::Setting(key)), "{name}");
        }
        for name in [
            "COGNITO_CLIENT_SECRET",
            "AUTH_COGNITO_SECRET",
            "userPoolClientSecret",
        ] {
            assert_eq!(of(name), Some(Meaning::ClientSecret), "{name}");
        }
    }

    #[test]
    fn names_of_other_things_are_left_alone() {
        for name in [
            "GOOGLE_CLIENT_ID",
            "STRIPE_CLIENT_SECRET",
            "DATABASE_URL",
            "SESSION_SECRET",
            "AUTH_SECRET",
            "COGNITO_REGION",
            "API_DOMAIN",
            "id",
            "",
        ] {
            assert_eq!(of(name), None, "{name}");
        }
    }

    #[test]
    fn a_name_that_speaks_of_signing_in_is_surer_than_one_that_does_not() {
        let sureness = |path: &[&str], name: &str| {
            let path: Vec<_> = path.iter().map(|part| (*part).to_owned()).collect();
            meaning(&path, name).map(|(_, sureness)| sureness)
        };
        assert_eq!(sureness(&[], "NEXT_PUBLIC_DOMAIN"), Some(Sureness::Perhaps));
        assert_eq!(
            sureness(&[], "NEXT_PUBLIC_COGNITO_DOMAIN"),
            Some(Sureness::Sure)
        );
        assert_eq!(sureness(&["oauth"], "domain"), Some(Sureness::Sure));
        assert_eq!(sureness(&["storage"], "domain"), Some(Sureness::Perhaps));
    }
}
