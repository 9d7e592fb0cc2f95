//! The pool's keys and the tokens it writes: JSON Web Tokens by hand, so that no idea is shared with the client.
//!
//! The three RSA keys in `keys/` are public test keys: everyone has them, nothing may trust them. They were made once
//! with `openssl genpkey`, because `ring` signs with RSA keys and cannot make them.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::digest::{SHA256, digest};
use ring::hmac;
use ring::rand::SystemRandom;
use ring::rsa::{KeyPair as RsaKeyPair, PublicKeyComponents};
use ring::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use serde::Deserialize;
use serde_json::{Value, json};

use super::random::Chance;

const PUBLIC_TEST_KEYS: [&[u8]; 3] = [
    include_bytes!("keys/public-test-key-1.pk8"),
    include_bytes!("keys/public-test-key-2.pk8"),
    include_bytes!("keys/public-test-key-3.pk8"),
];

/// Which of the two signed tokens: they are signed with different keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenUse {
    Id,
    Access,
}

/// What stands in the third part of a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Signature {
    /// RS256 with the key its `kid` names.
    #[default]
    Genuine,
    /// RS256 with another key of the pool.
    OtherKey,
    /// RS256 with one bit turned.
    Broken,
    /// Nothing, and `"alg":"none"`.
    None,
    /// HS256 with the bytes of the public key (PKCS #1 DER) as the secret, and `"alg":"HS256"`.
    Hs256,
}

/// The keys of a pool: two in use, one in reserve.
pub(super) struct Keys {
    keys: Vec<Key>,
    id: usize,
}

impl Keys {
    pub(super) fn load() -> io::Result<Keys> {
        let keys: io::Result<Vec<Key>> = PUBLIC_TEST_KEYS
            .iter()
            .map(|pkcs8| Key::read(pkcs8))
            .collect();
        Ok(Keys { keys: keys?, id: 0 })
    }

    /// Signs ID tokens with a key that was not published before; the ID key signs access tokens from now on.
    pub(super) fn rotate(&mut self) {
        self.id = (self.id + 2) % self.keys.len();
    }

    /// Returns the key set: the two keys in use.
    pub(super) fn document(&self) -> Value {
        let published = [TokenUse::Id, TokenUse::Access].map(|token| self.key(token, 0).document());
        json!({ "keys": published })
    }

    /// Returns the header of a token: `kid` and `alg`, no `typ`.
    pub(super) fn header(&self, token: TokenUse) -> Value {
        json!({ "kid": self.key(token, 0).kid, "alg": "RS256" })
    }

    /// Writes a token.
    pub(super) fn sign(
        &self,
        token: TokenUse,
        mut header: Value,
        claims: &Value,
        signature: Signature,
    ) -> String {
        match signature {
            Signature::None => header["alg"] = json!("none"),
            Signature::Hs256 => header["alg"] = json!("HS256"),
            _ => {}
        }
        let signed = format!("{}.{}", part(&header), part(claims));
        let key = self.key(token, 0);
        let proof = match signature {
            Signature::Genuine => key.rs256(signed.as_bytes()),
            Signature::OtherKey => self.key(token, 1).rs256(signed.as_bytes()),
            Signature::Broken => flip(key.rs256(signed.as_bytes())),
            Signature::None => Vec::new(),
            Signature::Hs256 => key.hs256(signed.as_bytes()),
        };
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(proof))
    }

    fn key(&self, token: TokenUse, further: usize) -> &Key {
        let place = self.id + usize::from(token == TokenUse::Access) + further;
        &self.keys[place % self.keys.len()]
    }
}

/// Returns a token in the shape of Cognito's refresh tokens: a JWE of five parts and about 1.8 KB, opaque to everyone.
pub(super) fn refresh_token(chance: &Chance) -> String {
    let header = r#"{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}"#;
    let parts = [
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(chance.bytes::<256>("refresh token")),
        URL_SAFE_NO_PAD.encode(chance.bytes::<12>("refresh token")),
        URL_SAFE_NO_PAD.encode(chance.bytes::<1000>("refresh token")),
        URL_SAFE_NO_PAD.encode(chance.bytes::<16>("refresh token")),
    ];
    parts.join(".")
}

/// Returns `at_hash`: the left half of the SHA-256 of the access token (OIDC Core §3.1.3.6).
pub(super) fn at_hash(access_token: &str) -> String {
    URL_SAFE_NO_PAD.encode(&digest(&SHA256, access_token.as_bytes()).as_ref()[..16])
}

/// Returns the challenge that belongs to a PKCE verifier (RFC 7636 §4.2, S256).
pub(super) fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
}

struct Key {
    kid: String,
    pair: RsaKeyPair,
}

impl Key {
    fn read(pkcs8: &[u8]) -> io::Result<Key> {
        let pair =
            RsaKeyPair::from_pkcs8(pkcs8).map_err(|error| io::Error::other(error.to_string()))?;
        let kid = STANDARD.encode(digest(&SHA256, pair.public_key().as_ref()));
        Ok(Key { kid, pair })
    }

    fn document(&self) -> Value {
        let public: PublicKeyComponents<Vec<u8>> = self.pair.public_key().into();
        json!({
            "alg": "RS256",
            "e": URL_SAFE_NO_PAD.encode(public.e),
            "kid": self.kid,
            "kty": "RSA",
            "n": URL_SAFE_NO_PAD.encode(public.n),
            "use": "sig",
        })
    }

    fn rs256(&self, message: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.pair.public().modulus_len()];
        self.pair
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                message,
                &mut signature,
            )
            .expect("a checked 2048-bit key and a buffer of its length sign every message");
        signature
    }

    fn hs256(&self, message: &[u8]) -> Vec<u8> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.pair.public_key().as_ref());
        hmac::sign(&key, message).as_ref().to_vec()
    }
}

/// One part of a token. Cognito escapes slashes, so whoever compares texts instead of values fails here too.
fn part(document: &Value) -> String {
    URL_SAFE_NO_PAD.encode(document.to_string().replace('/', "\\/"))
}

fn flip(mut signature: Vec<u8>) -> Vec<u8> {
    if let Some(first) = signature.first_mut() {
        *first ^= 1;
    }
    signature
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};

    fn keys() -> Keys {
        Keys::load().unwrap()
    }

    fn verifies(key: &Value, token: &str) -> bool {
        let (signed, proof) = token.rsplit_once('.').unwrap();
        let bytes = |member: &str| {
            URL_SAFE_NO_PAD
                .decode(key[member].as_str().unwrap())
                .unwrap()
        };
        let proof = URL_SAFE_NO_PAD.decode(proof).unwrap();
        RsaPublicKeyComponents {
            n: bytes("n"),
            e: bytes("e"),
        }
        .verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &proof)
        .is_ok()
    }

    #[test]
    fn a_key_set_has_two_keys_of_the_known_shape() {
        let document = keys().document();
        let published = document["keys"].as_array().unwrap();
        assert_eq!(published.len(), 2);
        for key in published {
            let members: Vec<&str> = key
                .as_object()
                .unwrap()
                .keys()
                .map(String::as_str)
                .collect();
            assert_eq!(members, ["alg", "e", "kid", "kty", "n", "use"]);
            assert_eq!(
                (key["alg"].as_str(), key["e"].as_str()),
                (Some("RS256"), Some("AQAB"))
            );
            assert_eq!(key["kid"].as_str().map(str::len), Some(44));
            assert_eq!(key["n"].as_str().map(str::len), Some(342));
        }
        assert_ne!(published[0]["kid"], published[1]["kid"]);
    }

    #[test]
    fn a_token_verifies_with_the_key_it_names_and_forgeries_do_not() {
        let keys = keys();
        let published = keys.document();
        let sign = |signature| {
            keys.sign(
                TokenUse::Id,
                keys.header(TokenUse::Id),
                &json!({"a": "/"}),
                signature,
            )
        };
        assert!(verifies(&published["keys"][0], &sign(Signature::Genuine)));
        assert!(!verifies(&published["keys"][1], &sign(Signature::Genuine)));
        for forged in [
            Signature::OtherKey,
            Signature::Broken,
            Signature::None,
            Signature::Hs256,
        ] {
            assert!(
                !verifies(&published["keys"][0], &sign(forged)),
                "{forged:?}"
            );
        }
        assert!(sign(Signature::None).ends_with('.'));
    }

    #[test]
    fn each_rotation_signs_id_tokens_with_a_key_that_was_not_published() {
        let mut keys = keys();
        for _ in 0..4 {
            let before = keys.document().to_string();
            keys.rotate();
            let kid = keys.header(TokenUse::Id)["kid"].to_string();
            assert!(!before.contains(&kid));
            assert!(keys.document().to_string().contains(&kid));
        }
    }

    #[test]
    fn refresh_tokens_have_five_parts_and_the_size_that_breaks_stores() {
        let token = refresh_token(&Chance::default());
        assert_eq!(token.split('.').count(), 5);
        assert!((1_700..=1_900).contains(&token.len()), "{}", token.len());
        assert!(
            token.starts_with("eyJjdHkiOiJKV1QiLCJlbmMiOiJBMjU2R0NNIiwiYWxnIjoiUlNBLU9BRVAifQ.")
        );
    }

    /// RFC 7636, appendix B.
    #[test]
    fn the_challenge_of_the_rfc_comes_out() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(
            challenge(verifier),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }
}
