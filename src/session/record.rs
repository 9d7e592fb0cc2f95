//! A session, and its form at rest: one versioned JSON text.

use std::borrow::Cow;
use std::time::Duration;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::key::SessionKey;
use crate::clock::Timestamp;
use crate::failure::{Exit, Failure};
use crate::oidc::{IdClaims, MachineToken, Renewal, Tokens};
use crate::secret::Secret;

/// The version this program writes. A change that an older program would misread takes the next number.
const VERSION: u32 = 1;

/// How far the clock may have gone back since the tokens came before they are no longer believed to be valid.
///
/// Not above the margin with which tokens are handed out by default, so that one that has run out is not taken for valid.
const CLOCK_LEEWAY: Duration = Duration::from_secs(60);

/// Which token is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenUse {
    /// The access token.
    #[default]
    Access,
    /// The ID token.
    Id,
}

/// What is kept of a sign-in.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// The access token.
    pub access_token: Secret,
    /// When it ends.
    pub access_expires_at: Timestamp,
    /// The ID token; `None` for a machine.
    pub id_token: Option<Secret>,
    /// When it ends.
    pub id_expires_at: Option<Timestamp>,
    /// What a renewal needs.
    pub refresh_token: Option<Secret>,
    /// The granted scopes.
    pub scopes: Vec<String>,
    /// When the person signed in, or the machine asked first.
    pub signed_in_at: Timestamp,
    /// When the tokens came, by our clock.
    pub obtained_at: Timestamp,
    /// The claims of the ID token while they are at hand; read [`Session::id_claims`]. Not part of the record.
    pub claims: Option<IdClaims>,
}

impl Session {
    /// Returns the session that begins with a sign-in.
    pub fn from_tokens(tokens: &Tokens, now: Timestamp) -> Session {
        Session {
            access_token: tokens.access.clone(),
            access_expires_at: tokens.access_expires_at,
            id_token: Some(tokens.id.text.clone()),
            id_expires_at: Some(tokens.id.claims.expires_at),
            refresh_token: tokens.refresh.clone(),
            scopes: tokens.scopes.clone(),
            signed_in_at: now,
            obtained_at: now,
            claims: Some(tokens.id.claims.clone()),
        }
    }

    /// Returns the session of a machine: an access token and nothing to renew it with.
    pub fn from_machine(token: &MachineToken, now: Timestamp) -> Session {
        Session {
            access_token: token.access.clone(),
            access_expires_at: token.expires_at,
            id_token: None,
            id_expires_at: None,
            refresh_token: None,
            scopes: token.scopes.clone(),
            signed_in_at: now,
            obtained_at: now,
            claims: None,
        }
    }

    /// Returns the session after a renewal; what did not come anew stays as it was.
    #[must_use]
    pub fn renewed(self, renewal: Renewal, now: Timestamp) -> Session {
        let (id_token, id_expires_at, claims) = match renewal.id {
            Some(id) => (Some(id.text), Some(id.claims.expires_at), Some(id.claims)),
            None => (self.id_token, self.id_expires_at, self.claims),
        };
        Session {
            access_token: renewal.access,
            access_expires_at: renewal.access_expires_at,
            id_token,
            id_expires_at,
            refresh_token: renewal.refresh.or(self.refresh_token),
            // An answer without scopes grants those of before (RFC 6749 §5.1).
            scopes: if renewal.scopes.is_empty() {
                self.scopes
            } else {
                renewal.scopes
            },
            signed_in_at: self.signed_in_at,
            obtained_at: now,
            claims,
        }
    }

    /// Returns the claims of the ID token, which was verified when it came.
    pub fn id_claims(&self) -> Option<IdClaims> {
        self.claims
            .clone()
            .or_else(|| IdClaims::of_kept(self.id_token.as_ref()?))
    }

    /// Returns a token; `None` for the ID token of a machine.
    pub fn token(&self, token: TokenUse) -> Option<&Secret> {
        match token {
            TokenUse::Access => Some(&self.access_token),
            TokenUse::Id => self.id_token.as_ref(),
        }
    }

    /// Returns when a token ends.
    pub fn expires_at(&self, token: TokenUse) -> Option<Timestamp> {
        match token {
            TokenUse::Access => Some(self.access_expires_at),
            TokenUse::Id => self.id_expires_at,
        }
    }

    /// Returns how long a token is still valid; zero if it has run out, is not there, or the clock is before the time it came.
    pub fn left(&self, token: TokenUse, now: Timestamp) -> Duration {
        if now < self.obtained_at.minus(CLOCK_LEEWAY) {
            return Duration::ZERO;
        }
        self.expires_at(token)
            .map_or(Duration::ZERO, |end| end.left_at(now))
    }

    /// Returns the form at rest. The only place where tokens are written out.
    pub(super) fn to_record(&self) -> Result<Secret> {
        let record = Record {
            v: VERSION,
            access: self.access_token.expose().into(),
            access_exp: self.access_expires_at,
            id: self.id_token.as_ref().map(|token| token.expose().into()),
            id_exp: self.id_expires_at,
            refresh: self
                .refresh_token
                .as_ref()
                .map(|token| token.expose().into()),
            scopes: self.scopes.clone(),
            signed_in: self.signed_in_at,
            obtained: self.obtained_at,
        };
        // Room for all of it from the start: a growing buffer would leave copies behind that nobody clears.
        let mut text = Vec::with_capacity(record.size());
        serde_json::to_writer(&mut text, &record)
            .context("a session could not be written as JSON")?;
        Ok(Secret::new(
            String::from_utf8(text).context("JSON is not UTF-8")?,
        ))
    }

    /// Reads the form at rest.
    ///
    /// # Errors
    /// Fails when a newer version of this program wrote it (`session_newer`) or it is none (`session_unreadable`).
    pub(super) fn from_record(text: &Secret, key: &SessionKey) -> Result<Session> {
        match serde_json::from_str::<Record<'_>>(text.expose()) {
            Ok(record) if record.v == VERSION => Ok(record.into()),
            _ => Err(unreadable(text, key).into()),
        }
    }
}

/// The form at rest; names are part of it and stay.
#[derive(Serialize, Deserialize)]
struct Record<'a> {
    v: u32,
    #[serde(borrow)]
    access: Cow<'a, str>,
    access_exp: Timestamp,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    id: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id_exp: Option<Timestamp>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    refresh: Option<Cow<'a, str>>,
    scopes: Vec<String>,
    signed_in: Timestamp,
    obtained: Timestamp,
}

impl Record<'_> {
    /// Returns enough bytes for the JSON; tokens are made of characters that need no escape.
    fn size(&self) -> usize {
        let texts = [Some(&self.access), self.id.as_ref(), self.refresh.as_ref()];
        let scopes: usize = self.scopes.iter().map(|scope| scope.len() + 3).sum();
        texts
            .into_iter()
            .flatten()
            .map(|text| text.len())
            .sum::<usize>()
            + scopes
            + 256
    }
}

impl From<Record<'_>> for Session {
    fn from(record: Record<'_>) -> Session {
        Session {
            access_token: Secret::new(record.access),
            access_expires_at: record.access_exp,
            id_token: record.id.map(Secret::new),
            id_expires_at: record.id_exp,
            refresh_token: record.refresh.map(Secret::new),
            scopes: record.scopes,
            signed_in_at: record.signed_in,
            obtained_at: record.obtained,
            claims: None,
        }
    }
}

/// The cause is left out: what serde says about a broken text quotes it.
fn unreadable(text: &Secret, key: &SessionKey) -> Failure {
    #[derive(Deserialize)]
    struct Version {
        v: u32,
    }
    let (profile, login) = (&key.profile, key.login_command());
    match serde_json::from_str::<Version>(text.expose()) {
        Ok(Version { v }) if v > VERSION => {
            let message = format!(
                "a newer cognito-login keeps the session of profile `{profile}` (record {v})"
            );
            Failure::new(Exit::Failed, "session_newer", message).hint(format!(
                "upgrade cognito-login, or replace the session: {login}"
            ))
        }
        _ => {
            let message = format!("the kept session of profile `{profile}` is unreadable");
            Failure::new(Exit::Failed, "session_unreadable", message).hint(login)
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use super::super::testing::{key, session};
    use super::*;

    fn kind(text: &str) -> &'static str {
        let failed = Session::from_record(&Secret::new(text), &key()).unwrap_err();
        Failure::of(&failed).unwrap().kind
    }

    #[test]
    fn a_session_comes_back_as_it_was_kept() {
        let mut kept = session("a", "r", 3600);
        kept.claims = None;
        assert_eq!(
            Session::from_record(&kept.to_record().unwrap(), &key()).unwrap(),
            kept
        );
        let machine = Session {
            id_token: None,
            id_expires_at: None,
            refresh_token: None,
            ..kept
        };
        assert_eq!(
            Session::from_record(&machine.to_record().unwrap(), &key()).unwrap(),
            machine
        );
    }

    #[test]
    fn the_record_of_version_1_is_what_older_programs_wrote() {
        let text = r#"{"v":1,"access":"a","access_exp":3600,"id":"id of a","id_exp":3600,"refresh":"r","scopes":["openid","email"],"signed_in":0,"obtained":0}"#;
        assert_eq!(session("a", "r", 3600).to_record().unwrap().expose(), text);
    }

    #[test]
    fn the_buffer_of_a_record_never_grows() {
        let mut large = session(&"a".repeat(5000), &"r".repeat(9000), i64::MAX);
        large.scopes = vec!["s".repeat(300); 40];
        large.signed_in_at = Timestamp::from_epoch(i64::MIN);
        let record = large.to_record().unwrap();
        let parsed: Record<'_> = serde_json::from_str(record.expose()).unwrap();
        assert!(record.expose().len() <= parsed.size());
    }

    #[test]
    fn a_newer_record_and_a_broken_one_are_told_apart() {
        assert_eq!(kind(r#"{"v":2,"tokens":[]}"#), "session_newer");
        let as_version_1 = session("a", "r", 1)
            .to_record()
            .unwrap()
            .expose()
            .replace(r#""v":1"#, r#""v":7"#);
        assert_eq!(kind(&as_version_1), "session_newer");
        for broken in [
            "",
            "{",
            "null",
            "[1]",
            r#"{"v":1}"#,
            r#"{"v":0,"access":"a"}"#,
            r#"{"v":"2"}"#,
            "eyJhbGciOi.x.y",
        ] {
            assert_eq!(kind(broken), "session_unreadable", "{broken}");
        }
    }

    #[test]
    fn every_prefix_of_a_record_is_unreadable_and_none_is_a_cut_token() {
        let whole = session("access token", "refresh token", 3600)
            .to_record()
            .unwrap();
        for end in 0..whole.expose().len() {
            assert_eq!(kind(&whole.expose()[..end]), "session_unreadable");
        }
    }

    #[test]
    fn a_clock_that_went_back_does_not_make_a_token_valid() {
        let mut session = session("a", "r", 5_000);
        session.obtained_at = Timestamp::from_epoch(1_400);
        let left = |now| {
            session
                .left(TokenUse::Access, Timestamp::from_epoch(now))
                .as_secs()
        };
        assert_eq!(left(1_400), 3_600);
        assert_eq!(left(1_340), 3_660, "a clock that was put right by a little");
        assert_eq!(left(1_339), 0);
        assert_eq!(left(-9_999), 0);
        assert_eq!(left(5_000), 0);
    }

    #[test]
    fn what_a_renewal_does_not_bring_stays() {
        let renewal = Renewal {
            access: Secret::new("b"),
            access_expires_at: Timestamp::from_epoch(7200),
            scopes: vec!["openid".into()],
            id: None,
            refresh: None,
        };
        let renewed = session("a", "r", 3600).renewed(renewal, Timestamp::from_epoch(3600));
        assert_eq!(renewed.access_token, Secret::new("b"));
        assert_eq!(renewed.id_token, Some(Secret::new("id of a")));
        assert_eq!(renewed.refresh_token, Some(Secret::new("r")));
        assert_eq!(
            (renewed.signed_in_at.epoch(), renewed.obtained_at.epoch()),
            (0, 3600)
        );
    }
}
