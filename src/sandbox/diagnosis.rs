//! What was wrong with a request, and which setting mends it: everything an answer of Cognito's does not say.
//!
//! It goes to the developer, on `/sandbox`, in the log and on `/error`; never into an answer to a client.

use serde::Serialize;

/// What was found, in two sentences.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What is wrong.
    pub wrong: String,
    /// Which setting, of the pool or of the client, mends it. The words are those of the Cognito console.
    pub mend: String,
}

/// Texts of a request that a finding repeats are cut here.
const LONGEST_REPEATED: usize = 200;

/// Every reason to refuse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    // Any endpoint.
    Method(String),
    NotAForm,
    Missing(&'static str),
    OrderedByAQuirk,
    // Authorize.
    UnknownClient(String),
    RedirectUri {
        sent: String,
        client: String,
        registered: Vec<String>,
    },
    ResponseType(String),
    FlowNotEnabled {
        flow: &'static str,
        client: String,
    },
    Scope {
        refused: String,
        client: String,
    },
    ScopeWithoutOpenId(&'static str),
    ChallengeWithoutMethod,
    MethodNotS256,
    Challenge,
    PkceRequired,
    ScopeOfAnotherResource {
        scope: String,
        resource: String,
    },
    UnknownProvider(String),
    NoBranding(String),
    LoginRequired,
    Provider {
        name: String,
        text: String,
    },
    // Client authentication.
    BasicHeader,
    TwoClients,
    HeaderOfPublicClient,
    SecretOfPublicClient,
    SecretMissing(String),
    SecretMismatch(String),
    // Token.
    GrantType(String),
    GrantNotEnabled {
        grant: String,
        client: String,
    },
    CodeUnknown,
    CodeUsed,
    CodeOfAnotherClient,
    CodeExpired,
    RedirectUriChanged {
        sent: String,
        before: String,
    },
    VerifierMissing,
    VerifierMismatch,
    VerifierUnasked,
    UnknownResource(String),
    Unreadable(String),
    RefreshTokenUnknown,
    RefreshTokenOfAnotherClient,
    RefreshTokenExpired,
    RefreshTokenRotatedOut(u64),
    UserGone,
    UnknownScope(String),
    ScopeOfMachine {
        scope: String,
        client: String,
    },
    // UserInfo, revoke, logout.
    NoBearer,
    AccessTokenDead,
    AccessTokenWithoutOpenId,
    NotARefreshToken,
    TokenOfAnotherClient,
    NoLogoutUri,
    LogoutUri {
        sent: String,
        client: String,
    },
    // Pages.
    Password,
    Closed,
    StaleForm,
    Code,
    AppCode,
    Form(String),
}

impl Wrong {
    /// Returns the two sentences.
    pub(super) fn finding(&self) -> Finding {
        let (wrong, mend) = self.words();
        Finding { wrong, mend }
    }

    fn words(&self) -> (String, String) {
        use Wrong::*;
        let said = |wrong: &str, mend: &str| (wrong.to_owned(), mend.to_owned());
        match self {
            Method(sent) => (
                format!("this address does not take {sent}"),
                "`/oauth2/token` and `/oauth2/revoke` take POST; authorize, userInfo and logout take GET".to_owned(),
            ),
            NotAForm => said(
                "the body is not a form",
                "send `Content-Type: application/x-www-form-urlencoded`, not JSON",
            ),
            Missing(parameter) => (
                format!("`{parameter}` is missing"),
                format!("the client has to send `{parameter}`"),
            ),
            OrderedByAQuirk => said(
                "nothing: a test ordered this answer",
                "POST {\"reset\": true} to /sandbox/quirks",
            ),
            UnknownClient(sent) => (
                format!("there is no app client `{}`", shown(sent)),
                "client: use the client ID that the front page lists".to_owned(),
            ),
            RedirectUri {
                sent,
                client,
                registered,
            } => (
                format!(
                    "`{}` is not a callback URL of the app client `{client}`{}",
                    shown(sent),
                    nearly(sent, registered)
                ),
                format!(
                    "Login pages → Allowed callback URLs: add `{}`, letter for letter; here `--redirect-uri {}`",
                    shown(sent),
                    shown(sent)
                ),
            ),
            ResponseType(sent) => (
                format!("`response_type={}` does not exist", shown(sent)),
                "client: send `response_type=code`".to_owned(),
            ),
            FlowNotEnabled { flow, client } => (
                format!("the app client `{client}` may not use the {flow} grant"),
                format!("Login pages → OAuth grant types: choose {flow} grant"),
            ),
            Scope { refused, client } => (
                format!(
                    "the app client `{client}` may not ask for `{}`",
                    shown(refused)
                ),
                if refused.split(' ').any(|scope| scope == "offline_access") {
                    "client: leave `offline_access` out; Cognito gives a refresh token without it".to_owned()
                } else {
                    "Login pages → OpenID Connect scopes or Custom scopes: add it, or ask for less".to_owned()
                },
            ),
            ScopeWithoutOpenId(scope) => (
                format!("`{scope}` was asked for without `openid`"),
                "client: ask for `openid` as well".to_owned(),
            ),
            ChallengeWithoutMethod => said(
                "of `code_challenge` and `code_challenge_method` only one was sent",
                "client: send both, or neither",
            ),
            MethodNotS256 => said(
                "`code_challenge_method` is not `S256`",
                "client: Cognito takes `S256` only, `plain` is refused",
            ),
            Challenge => said(
                "`code_challenge` is not the 43 characters of a SHA-256 in base64url",
                "client: base64url without `=` of SHA-256(code_verifier)",
            ),
            PkceRequired => said(
                "a public client came without PKCE, and the rule `require_pkce` is on",
                "client: send `code_challenge` and `code_challenge_method=S256`",
            ),
            ScopeOfAnotherResource { scope, resource } => (
                format!(
                    "the scope `{}` does not belong to the resource `{}`",
                    shown(scope),
                    shown(resource)
                ),
                "client: ask for scopes of one resource server, the one named by `resource`".to_owned(),
            ),
            UnknownProvider(sent) => (
                format!("there is no identity provider `{}`", shown(sent)),
                "Authentication → Social and external providers: add it, and choose it at the app client; here `--idp NAME=ISSUER,CLIENT_ID`".to_owned(),
            ),
            NoBranding(client) => (
                format!("the app client `{client}` has no style for managed login"),
                "Branding → Managed login → Create a style; here the rule `branding`".to_owned(),
            ),
            LoginRequired => said(
                "`prompt=none`, and nobody is signed in with this browser",
                "client: send the browser again without `prompt=none`",
            ),
            Provider { name, text } => (
                format!("the identity provider `{name}`: {}", shown(text)),
                "Social and external providers: issuer, client ID and secret; at the provider: the callback URL `/oauth2/idpresponse` of this domain".to_owned(),
            ),
            BasicHeader => said(
                "the `Authorization` header is not Basic credentials",
                "client: `Authorization: Basic base64(client_id:client_secret)`",
            ),
            TwoClients => said(
                "header and body name two different app clients",
                "client: send `client_id` once",
            ),
            HeaderOfPublicClient => said(
                "this app client has no secret, and an `Authorization` header came with it",
                "client: send `client_id` in the body and no header; many libraries call it auth method `none`",
            ),
            SecretOfPublicClient => said(
                "this app client has no secret, and one was sent",
                "client: leave `client_secret` out",
            ),
            SecretMissing(client) => (
                format!("the app client `{client}` has a secret, and none was sent"),
                "client: send it with Basic; or make a public client: App clients → Create → Single-page application".to_owned(),
            ),
            SecretMismatch(client) => (
                format!("the secret is not that of the app client `{client}`"),
                "client: copy it again from App clients → App client information".to_owned(),
            ),
            GrantType(sent) => (
                format!("`grant_type={}` does not exist at this endpoint", shown(sent)),
                "client: `authorization_code`, `refresh_token` or `client_credentials`".to_owned(),
            ),
            GrantNotEnabled { grant, client } => (
                format!("the app client `{client}` may not use `{grant}`"),
                "Login pages → OAuth grant types; `client_credentials` needs an app client of its own".to_owned(),
            ),
            CodeUnknown => said(
                "this pool never gave out this code, or long ago",
                "client: take `code` from the redirect as it came, and use it at the same domain",
            ),
            CodeUsed => said(
                "the code was used before",
                "client: redeem it once; a page that is loaded twice redeems it twice",
            ),
            CodeOfAnotherClient => said(
                "the code was given to another app client",
                "client: use the same `client_id` at authorize and here",
            ),
            CodeExpired => said(
                "the code is older than five minutes",
                "client: redeem it at once",
            ),
            RedirectUriChanged { sent, before } => (
                format!(
                    "`redirect_uri` is `{}` here and was `{}` at authorize",
                    shown(sent),
                    shown(before)
                ),
                "client: send the same string twice".to_owned(),
            ),
            VerifierMissing => said(
                "a `code_challenge` was sent at authorize and no `code_verifier` here",
                "client: keep the verifier until here, in the same browser or process",
            ),
            VerifierMismatch => said(
                "`code_verifier` does not match the `code_challenge` of authorize",
                "client: one verifier for each attempt; a second tab must not overwrite it",
            ),
            VerifierUnasked => said(
                "a `code_verifier` was sent, and no `code_challenge` at authorize",
                "client: send the challenge, or no verifier (RFC 9700 §4.8)",
            ),
            UnknownResource(resource) => (
                format!("there is no resource server `{}`", shown(resource)),
                "Branding → Domain → Resource servers: add it, or leave `resource` out".to_owned(),
            ),
            Unreadable(client) => (
                format!("the app client `{client}` may not read an attribute behind a granted scope"),
                "App client → Attribute permissions: allow to read `email` and `email_verified`, or ask for less".to_owned(),
            ),
            RefreshTokenUnknown => said(
                "this refresh token was revoked, or is none of this pool's",
                "sign in again; a sandbox forgets everything when it ends",
            ),
            RefreshTokenOfAnotherClient => said(
                "the refresh token belongs to another app client",
                "client: refresh with the `client_id` of the sign-in",
            ),
            RefreshTokenExpired => said(
                "the refresh token has expired",
                "App client → Refresh token expiration, or sign in again",
            ),
            RefreshTokenRotatedOut(grace_seconds) => (
                format!("a newer refresh token took its place more than {grace_seconds} seconds ago"),
                "client: keep the new refresh token of each answer; App client → Refresh token rotation → grace period".to_owned(),
            ),
            UserGone => said("the user does not exist any more", "sign in again"),
            UnknownScope(scope) => (
                format!("no resource server has the scope `{}`", shown(scope)),
                "Domain → Resource servers → Custom scopes; written `identifier/scope`".to_owned(),
            ),
            ScopeOfMachine { scope, client } => (
                format!(
                    "the app client `{client}` may not ask for `{}`",
                    shown(scope)
                ),
                "Login pages → Custom scopes: add it".to_owned(),
            ),
            NoBearer => said(
                "there is no `Authorization: Bearer` header with a token",
                "client: send the access token in this header, not in the query",
            ),
            AccessTokenDead => said(
                "the token is expired, revoked, or no access token of this pool",
                "client: refresh first; send the access token, not the ID token",
            ),
            AccessTokenWithoutOpenId => said(
                "the access token has no scope `openid`",
                "client: ask for `openid` at authorize",
            ),
            NotARefreshToken => said(
                "this is a signed token, and only refresh tokens can be revoked",
                "client: send the refresh token; its access tokens end with it",
            ),
            TokenOfAnotherClient => said(
                "the token belongs to another app client",
                "client: revoke with the `client_id` of the sign-in",
            ),
            NoLogoutUri => said(
                "neither `client_id` with `logout_uri` nor `redirect_uri` with `response_type` came; the session has ended all the same",
                "client: `/logout?client_id=…&logout_uri=…`; `post_logout_redirect_uri` is not understood",
            ),
            LogoutUri { sent, client } => (
                format!(
                    "`{}` is not a sign-out URL of the app client `{client}`; the session has ended all the same",
                    shown(sent)
                ),
                format!(
                    "Login pages → Allowed sign-out URLs: add `{}`; here `--logout-uri`",
                    shown(sent)
                ),
            ),
            Password => said("user name or password is wrong", "type it again"),
            Closed => said(
                "too many wrong guesses for this name",
                "wait some seconds, at most 15 minutes; a new password opens it at once",
            ),
            StaleForm => said(
                "the form is older than five minutes, or of another browser",
                "start again at the app",
            ),
            Code => said(
                "the code is wrong or too old",
                "the codes of a sandbox are on this page, and in its terminal",
            ),
            AppCode => said(
                "the code of the authenticator app is wrong, or was used before",
                "wait for the next code; let the phone set its clock by the network",
            ),
            Form(message) => (
                format!("the form was not accepted: {message}"),
                "fill it in again".to_owned(),
            ),
        }
    }
}

/// Says how a wrong address differs from a registered one, where it is the slash, the host, the port or the scheme.
fn nearly(sent: &str, registered: &[String]) -> String {
    let Some(near) = registered.iter().max_by_key(|known| alike(sent, known)) else {
        return "; it has none".to_owned();
    };
    let (a, b) = (url::Url::parse(sent), url::Url::parse(near));
    let what = match (a, b) {
        _ if sent.trim_end_matches('/') == near.trim_end_matches('/') => "the slash at the end",
        _ if sent.eq_ignore_ascii_case(near) => "upper and lower case",
        (Ok(a), Ok(b)) if a.scheme() != b.scheme() => "the scheme",
        (Ok(a), Ok(b)) if a.host_str() != b.host_str() => "the host",
        (Ok(a), Ok(b)) if a.port() != b.port() => "the port",
        (Ok(a), Ok(b)) if a.path() != b.path() => "the path",
        _ => return format!("; the nearest is `{near}`"),
    };
    format!("; `{near}` is, and the difference is {what}")
}

/// How many characters two texts have in common at both ends.
fn alike(a: &str, b: &str) -> usize {
    let front = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let back = a
        .bytes()
        .rev()
        .zip(b.bytes().rev())
        .take_while(|(a, b)| a == b)
        .count();
    front + back
}

/// Returns what a request sent, fit for a terminal: short, without control characters.
pub(super) fn shown(text: &str) -> String {
    let safe = |c: char| match c {
        '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        c if c.is_control() => '\u{fffd}',
        c => c,
    };
    text.chars().map(safe).take(LONGEST_REPEATED).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_difference_to_a_registered_address_is_named() {
        let registered = ["http://localhost:3000".to_owned()];
        for (sent, difference) in [
            ("http://localhost:3000/", "the slash at the end"),
            ("HTTP://localhost:3000", "upper and lower case"),
            ("https://localhost:3000", "the scheme"),
            ("http://127.0.0.1:3000", "the host"),
            ("http://localhost:3001", "the port"),
            ("http://localhost:3000/callback", "the path"),
        ] {
            assert!(nearly(sent, &registered).ends_with(difference), "{sent}");
        }
        assert_eq!(nearly("http://localhost:3000", &[]), "; it has none");
    }

    #[test]
    fn a_request_writes_nothing_but_text_to_a_terminal() {
        let sent = format!("\u{1b}[2J\u{202e}{}", "x".repeat(1_000));
        let wrong = Wrong::UnknownClient(sent).finding().wrong;
        assert!(!wrong.contains(['\u{1b}', '\u{202e}']) && wrong.len() < 400);
    }
}
