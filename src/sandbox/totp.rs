//! One-time passwords of an authenticator app: RFC 6238 with SHA-1, six digits, thirty seconds, as every app has them.

use ring::hmac;

use super::message::encode;
use crate::clock::Timestamp;

const STEP_SECONDS: i64 = 30;
/// Steps a phone's clock may be off, in either direction (RFC 6238 §5.2).
const DRIFT: i64 = 1;
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The secret an authenticator app shares with the pool, and the last step it was used in.
#[derive(Clone, Debug)]
pub(super) struct Authenticator {
    secret: [u8; 20],
    used: i64,
}

impl Authenticator {
    pub(super) fn new(secret: [u8; 20]) -> Authenticator {
        Authenticator {
            secret,
            used: i64::MIN,
        }
    }

    /// Reads a secret as people write it: base32 of 20 bytes, blanks and case as they come.
    pub(super) fn read(text: &str) -> Option<Authenticator> {
        let mut bits: u64 = 0;
        let mut held = 0;
        let mut bytes = Vec::new();
        for letter in text.bytes().filter(|byte| !b" -=".contains(byte)) {
            let upper = letter.to_ascii_uppercase();
            let value = BASE32.iter().position(|known| *known == upper)?;
            bits = bits << 5 | u64::try_from(value).ok()?;
            held += 5;
            if held >= 8 {
                held -= 8;
                bytes.push((bits >> held & 0xff) as u8);
            }
        }
        Some(Authenticator::new(bytes.try_into().ok()?))
    }

    /// Returns the secret for an app where it is typed: base32 in groups of four.
    pub(super) fn secret(&self) -> String {
        let plain = self.base32();
        let groups: Vec<&str> = (0..plain.len())
            .step_by(4)
            .map(|at| &plain[at..at + 4])
            .collect();
        groups.join(" ")
    }

    /// Returns the address in the QR code (Google's key URI format).
    pub(super) fn uri(&self, issuer: &str, account: &str) -> String {
        format!(
            "otpauth://totp/{}:{}?secret={}&issuer={}",
            encode(issuer),
            encode(account),
            self.base32(),
            encode(issuer)
        )
    }

    /// Takes a code: right, and of a step that was not used before (RFC 6238 §5.2).
    pub(super) fn accept(&mut self, code: &str, now: Timestamp) -> bool {
        let step = now.epoch().div_euclid(STEP_SECONDS);
        let found = (step - DRIFT..=step + DRIFT)
            .filter(|step| *step > self.used)
            .find(|step| self.code(*step) == code);
        self.used = found.unwrap_or(self.used);
        found.is_some()
    }

    /// Returns the code an app shows at this moment.
    #[cfg(test)]
    pub(super) fn shows(&self, now: Timestamp) -> String {
        self.code(now.epoch().div_euclid(STEP_SECONDS))
    }

    /// RFC 4226 §5.3.
    fn code(&self, step: i64) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.secret);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let tag = tag.as_ref();
        let at = usize::from(tag[tag.len() - 1] & 0x0f);
        let word = [tag[at], tag[at + 1], tag[at + 2], tag[at + 3]];
        let number = u32::from_be_bytes(word) & 0x7fff_ffff;
        format!("{:06}", number % 1_000_000)
    }

    fn base32(&self) -> String {
        let letter = |five: u8| char::from(BASE32[usize::from(five)]);
        let of_five_bytes = |bytes: &[u8]| {
            let bits = bytes
                .iter()
                .fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
            (0..8)
                .rev()
                .map(move |place| letter((bits >> (5 * place) & 0x1f) as u8))
                .collect::<String>()
        };
        self.secret.chunks(5).map(of_five_bytes).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, the last six of eight digits.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let app = Authenticator::new(*b"12345678901234567890");
        for (moment, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(app.shows(Timestamp::from_epoch(moment)), code);
        }
    }

    #[test]
    fn a_code_works_once_and_a_slow_clock_is_forgiven() {
        let at = Timestamp::from_epoch;
        let mut app = Authenticator::new([7; 20]);
        let code = app.shows(at(1_000));
        assert!(!app.clone().accept(&code, at(1_090)));
        assert!(app.accept(&code, at(1_030)));
        assert!(!app.accept(&code, at(1_030)));
        assert!(!app.accept("", at(1_030)));
    }

    #[test]
    fn a_secret_reads_back_as_it_is_written() {
        let app = Authenticator::new(*b"12345678901234567890");
        assert_eq!(app.secret(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        let again = Authenticator::read(&app.secret().to_lowercase()).unwrap();
        assert_eq!(again.secret, app.secret);
        for wrong in ["", "GEZD", "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJ1"] {
            assert!(Authenticator::read(wrong).is_none(), "{wrong}");
        }
        assert_eq!(
            app.uri("My Pool", "ada@example.com"),
            "otpauth://totp/My%20Pool:ada%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=My%20Pool"
        );
    }
}
