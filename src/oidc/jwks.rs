//! The pool's key set (RFC 7517), and the RS256 check against it (RFC 7518 §3.3).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde::Deserialize;
use serde_json::Value;

use super::jwt::Jwt;

/// The public keys of a pool: at Cognito two, one for each kind of token.
#[derive(Clone, Debug)]
pub(super) struct KeySet(Vec<Key>);

#[derive(Clone, Debug)]
struct Key {
    kid: Option<String>,
    components: RsaPublicKeyComponents<Vec<u8>>,
}

/// Why a signature is not believed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum BadSignature {
    /// The header asks for something else than a plain RS256 check.
    Algorithm,
    /// No key of the set has this `kid`; a newer set may.
    UnknownKey,
    /// The key is there and says no.
    Forged,
}

impl KeySet {
    /// Reads a key set; keys for other purposes or of other kinds are left out. `None` if it is no key set at all.
    pub(super) fn parse(document: &[u8]) -> Option<KeySet> {
        let document: Document = serde_json::from_slice(document).ok()?;
        Some(KeySet(
            document.keys.into_iter().filter_map(Key::read).collect(),
        ))
    }

    /// Verifies the signature of a token. Only RS256 can be reached, whatever the header says (RFC 8725 §3.1).
    pub(super) fn verify(&self, jwt: &Jwt<'_>) -> Result<(), BadSignature> {
        if jwt.header_text("alg") != Some("RS256") || jwt.header.contains_key("crit") {
            return Err(BadSignature::Algorithm);
        }
        let key = self.find(jwt).ok_or(BadSignature::UnknownKey)?;
        key.components
            .verify(
                &RSA_PKCS1_2048_8192_SHA256,
                jwt.signed.as_bytes(),
                &jwt.signature,
            )
            .map_err(|_| BadSignature::Forged)
    }

    /// A token may leave out `kid` only where there is nothing to choose (OIDC Core §10.1).
    fn find(&self, jwt: &Jwt<'_>) -> Option<&Key> {
        match (jwt.header.get("kid"), &*self.0) {
            (Some(kid), keys) => keys
                .iter()
                .find(|key| key.kid.as_deref() == kid.as_str() && key.kid.is_some()),
            (None, [only]) => Some(only),
            (None, _) => None,
        }
    }
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

impl Key {
    fn read(jwk: Value) -> Option<Key> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        let fits = text("kty") == Some("RSA")
            && text("use").is_none_or(|purpose| purpose == "sig")
            && text("alg").is_none_or(|algorithm| algorithm == "RS256");
        let components = RsaPublicKeyComponents {
            n: number(text("n")?)?,
            e: number(text("e")?)?,
        };
        fits.then(|| Key {
            kid: text("kid").map(str::to_owned),
            components,
        })
    }
}

/// Reads a `Base64urlUInt` (RFC 7518 §2); padding and leading zeros, which it forbids, are taken off, since ring refuses them.
fn number(text: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()?;
    Some(bytes.into_iter().skip_while(|byte| *byte == 0).collect())
}

impl fmt::Display for BadSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BadSignature::Algorithm => "it is not signed with RS256",
            BadSignature::UnknownKey => "its `kid` is not in the pool's key set",
            BadSignature::Forged => "its signature is wrong",
        })
    }
}

impl std::error::Error for BadSignature {}
