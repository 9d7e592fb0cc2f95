//! The name of a session: profile, issuer and app client, so that no token can reach another pool.

use std::fmt::Write;

use ring::digest::{SHA256, digest};

use crate::failure::shell_word;

/// What a session belongs to; two that differ in any part are two sessions.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SessionKey {
    /// The name of the profile.
    pub profile: String,
    /// The issuer, byte for byte.
    pub issuer: String,
    /// The id of the app client.
    pub client_id: String,
}

impl SessionKey {
    /// Returns the name of the session in a store.
    pub fn item_name(&self) -> String {
        self.item("session")
    }

    /// Returns the name of another thing that belongs to the same profile, pool and app client: `client-secret`, `aws …`.
    ///
    /// Different keys and things have different names: the parts are joined by spaces, and hold none.
    pub fn item(&self, what: &str) -> String {
        [what, &self.profile, &self.client_id, &self.issuer]
            .map(one_word)
            .join(" ")
    }

    /// Returns the command that signs in to the profile.
    pub fn login_command(&self) -> String {
        match self.profile.as_str() {
            "default" => "cognito-login login".to_owned(),
            profile => format!("cognito-login login --profile {}", shell_word(profile)),
        }
    }
}

fn one_word(part: &str) -> String {
    part.replace('%', "%25").replace(' ', "%20")
}

/// Returns the SHA-256 of `bytes` in lower-case hex.
pub(super) fn sha256_hex(bytes: &[u8]) -> String {
    digest(&SHA256, bytes)
        .as_ref()
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use super::*;

    fn key(profile: &str, issuer: &str, client_id: &str) -> SessionKey {
        SessionKey {
            profile: profile.into(),
            issuer: issuer.into(),
            client_id: client_id.into(),
        }
    }

    #[test]
    fn names_of_different_sessions_differ_whatever_their_parts_hold() {
        let keys = [
            key("a", "https://i", "c"),
            key("a", "https://i/", "c"),
            key("a", "https://i", "d"),
            key("b", "https://i", "c"),
            key("a c", "https://i", ""),
            key("a", "c https://i", ""),
            key("a%20c", "https://i", ""),
        ];
        let names: std::collections::HashSet<_> = keys.iter().map(SessionKey::item_name).collect();
        assert_eq!(names.len(), keys.len());
        assert_eq!(
            key("work", "https://i", "c").item_name(),
            "session work c https://i"
        );
    }

    #[test]
    fn the_hash_is_sha_256() {
        // FIPS 180-2, appendix B.1.
        assert_eq!(
            sha256_hex(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
