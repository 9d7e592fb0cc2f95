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

    /// Returns how many keys can be used.
    pub(super) fn len(&self) -> usize {
        self.0.len()
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{ACCESS_KID, ID_KID, encoded, jwk, key_set, signed};
    use super::*;

    fn verify(keys: &Value, token: &str) -> Result<(), BadSignature> {
        KeySet::parse(keys.to_string().as_bytes())
            .unwrap()
            .verify(&Jwt::parse(token).unwrap())
    }

    #[test]
    fn the_example_of_rfc_7515_a_2_verifies() {
        let keys = json!({"keys": [{
            "kty": "RSA",
            "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT\
                  -SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS\
                  -UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2e\
                  thFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
            "e": "AQAB",
        }]});
        let token = "eyJhbGciOiJSUzI1NiJ9.\
                     eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
                     cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdb\
                     F9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383\
                     LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWy\
                     wlVmtVrBp0igcN_IoypGlUPQGe77Rw";
        assert_eq!(verify(&keys, token), Ok(()));
        let tampered = token.replacen("eyJpc3MiOiJqb2UiLA0K", "eyJpc3MiOiJqb2YiLA0K", 1);
        assert_eq!(verify(&keys, &tampered), Err(BadSignature::Forged));
    }

    #[test]
    fn the_key_is_chosen_by_its_kid() {
        let claims = json!({});
        for kid in [ID_KID, ACCESS_KID] {
            assert_eq!(
                verify(
                    &key_set(),
                    &signed(json!({"alg": "RS256", "kid": kid}), &claims)
                ),
                Ok(())
            );
        }
        let (header, rest) = (
            json!({"alg": "RS256", "kid": ACCESS_KID}),
            signed(json!({"alg": "RS256", "kid": ID_KID}), &claims),
        );
        let switched = format!("{}{}", encoded(&header), &rest[rest.find('.').unwrap()..]);
        assert_eq!(verify(&key_set(), &switched), Err(BadSignature::Forged));
    }

    #[test]
    fn a_token_without_kid_is_checked_only_where_there_is_no_choice() {
        let token = signed(json!({"alg": "RS256"}), &json!({}));
        assert_eq!(verify(&json!({"keys": [jwk(ID_KID)]}), &token), Ok(()));
        assert_eq!(verify(&key_set(), &token), Err(BadSignature::UnknownKey));
        let nameless = |mut key: Value| {
            key.as_object_mut().unwrap().remove("kid");
            key
        };
        let keys = json!({"keys": [nameless(jwk(ACCESS_KID)), nameless(jwk(ID_KID))]});
        assert_eq!(
            verify(
                &keys,
                &signed(json!({"alg": "RS256", "kid": null}), &json!({}))
            ),
            Err(BadSignature::UnknownKey)
        );
    }

    #[test]
    fn no_other_algorithm_can_be_reached() {
        let claims = json!({"sub": "evil"});
        for header in [
            json!({"alg": "none"}),
            json!({"alg": "RS384", "kid": ID_KID}),
            json!({"alg": "PS256", "kid": ID_KID}),
            json!({"alg": "rs256", "kid": ID_KID}),
            json!({"alg": ["RS256"], "kid": ID_KID}),
            json!({"kid": ID_KID}),
            json!({"alg": "RS256", "kid": ID_KID, "crit": ["b64"], "b64": false}),
        ] {
            assert_eq!(
                verify(&key_set(), &signed(header.clone(), &claims)),
                Err(BadSignature::Algorithm),
                "{header}"
            );
        }
        let unsigned = format!(
            "{}.{}.",
            encoded(&json!({"alg": "none", "kid": ID_KID})),
            encoded(&claims)
        );
        assert_eq!(verify(&key_set(), &unsigned), Err(BadSignature::Algorithm));
    }

    #[test]
    fn a_public_key_is_no_password() {
        // The old trick: HS256 with the text of the public key as its secret.
        let secret = ring::hmac::Key::new(
            ring::hmac::HMAC_SHA256,
            jwk(ID_KID)["n"].as_str().unwrap().as_bytes(),
        );
        let input = format!(
            "{}.{}",
            encoded(&json!({"alg": "HS256", "kid": ID_KID})),
            encoded(&json!({"sub": "evil"}))
        );
        let token = format!(
            "{input}.{}",
            URL_SAFE_NO_PAD.encode(ring::hmac::sign(&secret, input.as_bytes()))
        );
        assert_eq!(verify(&key_set(), &token), Err(BadSignature::Algorithm));
    }

    #[test]
    fn an_empty_or_shortened_signature_is_wrong() {
        let token = signed(json!({"alg": "RS256", "kid": ID_KID}), &json!({}));
        let (input, signature) = token.rsplit_once('.').unwrap();
        for cut in ["", &signature[..100], &signature[..340]] {
            assert_eq!(
                verify(&key_set(), &format!("{input}.{cut}")),
                Err(BadSignature::Forged)
            );
        }
    }

    #[test]
    fn keys_for_other_purposes_are_left_out_and_sloppy_ones_are_read() {
        let with = |name: &str, value: Value| {
            let mut key = jwk(ID_KID);
            key[name] = value;
            json!({"keys": [{"kty": "EC", "kid": ID_KID, "crv": "P-256"}, 7, key]})
        };
        let token = signed(json!({"alg": "RS256", "kid": ID_KID}), &json!({}));
        for (name, value) in [
            ("use", json!("enc")),
            ("alg", json!("RS512")),
            ("kty", json!("oct")),
            ("n", json!("!")),
            ("n", json!(null)),
        ] {
            assert_eq!(
                verify(&with(name, value), &token),
                Err(BadSignature::UnknownKey),
                "{name}"
            );
        }
        let n = URL_SAFE_NO_PAD
            .decode(jwk(ID_KID)["n"].as_str().unwrap())
            .unwrap();
        let padded = base64::engine::general_purpose::URL_SAFE.encode([&[0], &*n].concat());
        assert_eq!(verify(&with("n", json!(padded)), &token), Ok(()));
        assert_eq!(verify(&with("x5t", json!("unknown")), &token), Ok(()));
    }

    #[test]
    fn what_is_no_key_set_is_told_apart_from_an_empty_one() {
        for text in ["", "{}", "[]", "{\"keys\":{}}", "<html>"] {
            assert!(KeySet::parse(text.as_bytes()).is_none(), "{text}");
        }
        let token = signed(json!({"alg": "RS256", "kid": ID_KID}), &json!({}));
        assert_eq!(
            verify(&json!({"keys": []}), &token),
            Err(BadSignature::UnknownKey)
        );
    }
}
