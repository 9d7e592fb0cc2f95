//! Chance: identifiers, codes and secrets nobody can guess, or the same ones again when a seed was given.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};

const ALPHANUMERIC: &[u8; 32] = b"0123456789abcdefghijklmnopqrstuv";

/// Where codes, tokens and secrets come from. A clone draws from the same source.
#[derive(Clone, Default)]
pub(super) struct Chance(Option<Arc<Seeded>>);

struct Seeded {
    key: hmac::Key,
    /// How many were drawn of each kind, so that the third code is the same whatever was asked between.
    drawn: Mutex<HashMap<&'static str, u64>>,
}

impl Chance {
    /// Returns the system's generator, or with a seed a source that says the same again in each sandbox.
    pub(super) fn of(seed: Option<&str>) -> Chance {
        Chance(seed.map(|seed| {
            Arc::new(Seeded {
                key: hmac::Key::new(hmac::HMAC_SHA256, seed.as_bytes()),
                drawn: Mutex::default(),
            })
        }))
    }

    /// Draws `N` bytes of one kind.
    pub(super) fn bytes<const N: usize>(&self, kind: &'static str) -> [u8; N] {
        let Some(seeded) = &self.0 else {
            return bytes();
        };
        let mut drawn = seeded.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        let number = drawn.entry(kind).or_default();
        *number += 1;
        let mut bytes = [0; N];
        for (block, piece) in bytes.chunks_mut(32).enumerate() {
            let label = format!("{kind} {number} {block}");
            let tag = hmac::sign(&seeded.key, label.as_bytes());
            piece.copy_from_slice(&tag.as_ref()[..piece.len()]);
        }
        bytes
    }

    pub(super) fn uuid(&self, kind: &'static str) -> String {
        uuid_from(self.bytes(kind))
    }

    /// Draws a code of six digits, as a person types it.
    pub(super) fn six_digits(&self) -> String {
        let drawn = u32::from_le_bytes(self.bytes("code of a letter"));
        format!("{:06}", drawn % 1_000_000)
    }

    /// Draws the secret of an app client: 52 lower-case alphanumerics.
    pub(super) fn client_secret(&self) -> String {
        let letter = |byte: &u8| char::from(ALPHANUMERIC[usize::from(byte % 32)]);
        self.bytes::<52>("client secret")
            .iter()
            .map(letter)
            .collect()
    }
}

/// Returns a version 4 UUID of the system's generator, the shape of Cognito's codes, request ids and `jti`s.
pub(super) fn uuid() -> String {
    uuid_from(bytes())
}

/// Returns the UUID made of these bytes.
pub(super) fn uuid_from(mut bytes: [u8; 16]) -> String {
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let parts = [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ];
    parts.join("-")
}

fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new()
        .fill(&mut bytes)
        .expect("the system's generator does not fail once it has started");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_says_the_same_again_and_each_kind_for_itself() {
        let (one, other) = (Chance::of(Some("7")), Chance::of(Some("7")));
        assert_eq!(other.six_digits().len(), 6);
        assert_eq!(one.bytes::<100>("token"), other.bytes::<100>("token"));
        assert_eq!(one.uuid("code"), other.uuid("code"));
        assert_ne!(one.uuid("code"), Chance::of(Some("7")).uuid("code"));
        assert_ne!(
            Chance::of(Some("8")).uuid("code"),
            Chance::of(Some("7")).uuid("code")
        );
        assert_ne!(Chance::default().uuid("a"), Chance::default().uuid("a"));
    }

    #[test]
    fn a_client_secret_has_the_shape_of_cognito_s() {
        assert_eq!(Chance::default().client_secret().len(), 52);
    }
}
