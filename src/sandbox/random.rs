//! Chance: identifiers, codes and secrets nobody can guess.

use ring::rand::{SecureRandom, SystemRandom};

const ALPHANUMERIC: &[u8; 32] = b"0123456789abcdefghijklmnopqrstuv";

/// Returns `N` random bytes.
pub(super) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new()
        .fill(&mut bytes)
        .expect("the system's generator does not fail once it has started");
    bytes
}

/// Returns a version 4 UUID, the shape of Cognito's codes, request ids and `jti`s.
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

/// Returns a code of six digits, as a person types it.
pub(super) fn six_digits() -> String {
    format!("{:06}", u32::from_le_bytes(bytes()) % 1_000_000)
}

/// Returns the secret of an app client: 52 lower-case alphanumerics (`cognito.md` §1.6).
pub(super) fn client_secret() -> String {
    let letter = |byte: &u8| char::from(ALPHANUMERIC[usize::from(byte % 32)]);
    bytes::<52>().iter().map(letter).collect()
}
