//! The places of a pool by name, for quirks and for counting.

use serde::{Deserialize, Serialize};

/// One place a client or a browser can ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Endpoint {
    /// `/.well-known/openid-configuration` of the issuer.
    Discovery,
    /// `/.well-known/jwks.json` of the issuer.
    Jwks,
    /// `/oauth2/authorize`.
    Authorize,
    /// `/oauth2/token`.
    Token,
    /// `/oauth2/userInfo`.
    Userinfo,
    /// `/oauth2/revoke`.
    Revoke,
    /// `/login`.
    Login,
    /// `/signup`.
    Signup,
    /// `/confirm`.
    Confirm,
    /// `/resendcode`.
    Resendcode,
    /// `/forgotPassword`.
    ForgotPassword,
    /// `/confirmforgotPassword`.
    ConfirmForgotPassword,
    /// `/changePassword`; the name of this page at Cognito is not documented.
    ChangePassword,
    /// `/mfa`.
    Mfa,
    /// `/mfa/setup`; the name of this page at Cognito is not documented.
    MfaSetup,
    /// `/oauth2/idpresponse`.
    Idpresponse,
    /// `/logout`.
    Logout,
    /// `/error`.
    Error,
}

impl Endpoint {
    /// Returns the place at `path` in the pool `pool_id`.
    pub(super) fn at(path: &str, pool_id: &str) -> Option<Endpoint> {
        if let Some(document) = path
            .strip_prefix('/')
            .and_then(|rest| rest.strip_prefix(pool_id))
        {
            return match document {
                "/.well-known/openid-configuration" => Some(Endpoint::Discovery),
                "/.well-known/jwks.json" => Some(Endpoint::Jwks),
                _ => None,
            };
        }
        Some(match path {
            "/oauth2/authorize" => Endpoint::Authorize,
            "/oauth2/token" => Endpoint::Token,
            "/oauth2/userInfo" => Endpoint::Userinfo,
            "/oauth2/revoke" => Endpoint::Revoke,
            "/login" => Endpoint::Login,
            "/signup" => Endpoint::Signup,
            "/confirm" => Endpoint::Confirm,
            "/resendcode" => Endpoint::Resendcode,
            "/forgotPassword" => Endpoint::ForgotPassword,
            // The guide writes it with a small f; links in the field use both.
            "/confirmforgotPassword" | "/confirmForgotPassword" => Endpoint::ConfirmForgotPassword,
            "/changePassword" => Endpoint::ChangePassword,
            "/mfa" => Endpoint::Mfa,
            "/mfa/setup" => Endpoint::MfaSetup,
            "/oauth2/idpresponse" => Endpoint::Idpresponse,
            "/logout" => Endpoint::Logout,
            "/error" => Endpoint::Error,
            _ => return None,
        })
    }
}
