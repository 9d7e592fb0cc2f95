//! A JSON Web Token taken apart (RFC 7515 §7.1, compact form), before anyone believes it.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

/// Cognito's largest tokens have a few kilobytes; a token ends up in headers and keyrings.
const LENGTH_LIMIT_BYTES: usize = 256 * 1024;

/// A token in three parts, decoded but not verified.
pub(super) struct Jwt<'a> {
    pub(super) header: Map<String, Value>,
    pub(super) claims: Map<String, Value>,
    /// Header and claims as they were sent: what the signature covers.
    pub(super) signed: &'a str,
    pub(super) signature: Vec<u8>,
}

/// Why a text is no token of this form.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotAJwt(&'static str);

impl<'a> Jwt<'a> {
    pub(super) fn parse(text: &'a str) -> Result<Jwt<'a>, NotAJwt> {
        if text.len() > LENGTH_LIMIT_BYTES {
            return Err(NotAJwt("it is larger than 256 KiB"));
        }
        let (signed, signature) = text
            .rsplit_once('.')
            .ok_or(NotAJwt("it has fewer than three parts"))?;
        let (header, claims) = signed
            .split_once('.')
            .ok_or(NotAJwt("it has fewer than three parts"))?;
        Ok(Jwt {
            header: object(header).ok_or(NotAJwt("its header is not JSON in base64url"))?,
            claims: object(claims).ok_or(NotAJwt("its claims are not JSON in base64url"))?,
            signed,
            signature: URL_SAFE_NO_PAD
                .decode(signature)
                .map_err(|_| NotAJwt("its signature is not base64url"))?,
        })
    }

    /// Returns a member of the header that is a text.
    pub(super) fn header_text(&self, name: &str) -> Option<&str> {
        self.header.get(name)?.as_str()
    }
}

impl fmt::Display for NotAJwt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a JWT: {}", self.0)
    }
}

impl std::error::Error for NotAJwt {}

fn object(part: &str) -> Option<Map<String, Value>> {
    let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
    serde_json::from_slice(&bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 7515 appendix A.2.1: {"alg":"RS256"} and claims with line breaks inside.
    const HEADER: &str = "eyJhbGciOiJSUzI1NiJ9";
    const CLAIMS: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

    #[test]
    fn a_token_has_three_parts() {
        let text = format!("{HEADER}.{CLAIMS}.AAEC");
        let jwt = Jwt::parse(&text).unwrap();
        assert_eq!(jwt.header_text("alg"), Some("RS256"));
        assert_eq!(jwt.claims["iss"], "joe");
        assert_eq!(jwt.signed, format!("{HEADER}.{CLAIMS}"));
        assert_eq!(jwt.signature, [0, 1, 2]);
    }

    #[test]
    fn anything_else_is_refused() {
        let huge = format!("{HEADER}.{}.AAEC", "A".repeat(LENGTH_LIMIT_BYTES));
        for text in [
            "",
            ".",
            "..",
            HEADER,
            &format!("{HEADER}.{CLAIMS}"),
            &format!("{HEADER}.{CLAIMS}.AAEC.AAEC"),
            &format!("{HEADER}.{CLAIMS}.AA=="),
            &format!("{HEADER}.{CLAIMS}.A+/C"),
            &format!("{HEADER}.{}.AAEC", &CLAIMS[..40]),
            &format!("{HEADER}.WyJhIl0.AAEC"),
            &format!(" {HEADER}.{CLAIMS}.AAEC"),
            &huge,
        ] {
            assert!(Jwt::parse(text).is_err(), "{}", &text[..text.len().min(80)]);
        }
    }
}
