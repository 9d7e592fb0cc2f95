//! What was handed out: codes, refresh tokens, access tokens, each with the sign-in it came from and until when it holds.
//!
//! Tokens are remembered by their SHA-256 only.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use ring::digest::{SHA256, digest};

use super::diagnosis::Wrong;
use super::random::Chance;
use super::settings::Rules;
use super::signing;
use crate::clock::Timestamp;

const CODE_LIFE: Duration = Duration::from_secs(300);

/// One interactive sign-in of a user at an app client; everything it led to carries its `origin_jti`.
#[derive(Clone, Debug)]
pub(super) struct SignedIn {
    pub(super) client_id: String,
    /// Empty for a machine.
    pub(super) username: String,
    pub(super) scopes: Vec<String>,
    pub(super) nonce: Option<String>,
    pub(super) resource: Option<String>,
    pub(super) auth_time: Timestamp,
    pub(super) origin_jti: String,
}

/// An error of `/oauth2/token` or `/oauth2/revoke`, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OAuthError {
    pub(super) error: &'static str,
    pub(super) description: Option<&'static str>,
    pub(super) wrong: Wrong,
}

impl OAuthError {
    pub(super) fn new(error: &'static str, wrong: Wrong) -> OAuthError {
        OAuthError {
            error,
            description: None,
            wrong,
        }
    }

    pub(super) fn missing(parameter: &'static str) -> OAuthError {
        OAuthError::new("invalid_request", Wrong::Missing(parameter))
    }

    pub(super) fn grant(wrong: Wrong) -> OAuthError {
        OAuthError::new("invalid_grant", wrong)
    }
}

/// How a code comes back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Redemption<'a> {
    pub(super) code: &'a str,
    pub(super) client_id: &'a str,
    pub(super) redirect_uri: &'a str,
    pub(super) verifier: Option<&'a str>,
}

/// Everything that was handed out and still means something.
pub(super) struct Grants {
    chance: Chance,
    codes: HashMap<Fingerprint, Code>,
    refresh_tokens: HashMap<Fingerprint, RefreshToken>,
    access_tokens: HashMap<Fingerprint, AccessToken>,
}

type Fingerprint = [u8; 32];

#[derive(Debug)]
struct Code {
    from: Arc<SignedIn>,
    redirect_uri: String,
    challenge: Option<String>,
    dies_at: Timestamp,
    /// Shown by its client, rightly or wrongly; remembered to say so when it comes again.
    used: bool,
}

#[derive(Debug)]
struct RefreshToken {
    from: Arc<SignedIn>,
    dies_at: Timestamp,
    /// A newer one took its place; it works until then, and is remembered to notice its reuse.
    rotated_out_at: Option<Timestamp>,
}

#[derive(Debug)]
struct AccessToken {
    from: Arc<SignedIn>,
    dies_at: Timestamp,
}

impl Grants {
    pub(super) fn new(chance: Chance) -> Grants {
        Grants {
            chance,
            codes: HashMap::new(),
            refresh_tokens: HashMap::new(),
            access_tokens: HashMap::new(),
        }
    }

    /// Ends everything that was handed out.
    pub(super) fn clear(&mut self) {
        *self = Grants::new(self.chance.clone());
    }

    /// Hands out a code for one redemption within five minutes.
    pub(super) fn code(
        &mut self,
        from: SignedIn,
        redirect_uri: &str,
        challenge: Option<&str>,
        now: Timestamp,
    ) -> String {
        tidy(&mut self.codes, |code| now < code.dies_at);
        let text = self.chance.uuid("code");
        let code = Code {
            from: Arc::new(from),
            redirect_uri: redirect_uri.to_owned(),
            challenge: challenge.map(str::to_owned),
            dies_at: now.plus(CODE_LIFE),
            used: false,
        };
        self.codes.insert(fingerprint(&text), code);
        text
    }

    /// Takes a code back (token, rows 7 to 9). Whoever shows it wrongly has burnt it.
    pub(super) fn redeem(
        &mut self,
        shown: Redemption<'_>,
        now: Timestamp,
    ) -> Result<Arc<SignedIn>, OAuthError> {
        let refused = |wrong| Err(OAuthError::grant(wrong));
        let Some(code) = self.codes.get_mut(&fingerprint(shown.code)) else {
            return refused(Wrong::CodeUnknown);
        };
        if code.from.client_id != shown.client_id {
            return refused(Wrong::CodeOfAnotherClient);
        }
        if std::mem::replace(&mut code.used, true) {
            return refused(Wrong::CodeUsed);
        }
        if now >= code.dies_at {
            return refused(Wrong::CodeExpired);
        }
        if code.redirect_uri != shown.redirect_uri {
            let wrong = Wrong::RedirectUriChanged {
                sent: shown.redirect_uri.to_owned(),
                before: code.redirect_uri.clone(),
            };
            return Err(OAuthError {
                error: "unauthorized_client",
                description: Some("invalid_redirect"),
                wrong,
            });
        }
        // A verifier without a challenge is refused as well: RFC 9700 §4.8.2, downgrade of PKCE.
        match (shown.verifier.map(signing::challenge), &code.challenge) {
            (None, Some(_)) => refused(Wrong::VerifierMissing),
            (Some(_), None) => refused(Wrong::VerifierUnasked),
            (of_verifier, challenge) if of_verifier != *challenge => {
                refused(Wrong::VerifierMismatch)
            }
            _ => Ok(Arc::clone(&code.from)),
        }
    }

    /// Hands out the refresh token of a new sign-in.
    pub(super) fn refresh_token(&mut self, from: &Arc<SignedIn>, dies_at: Timestamp) -> String {
        let text = signing::refresh_token(&self.chance);
        let token = RefreshToken {
            from: Arc::clone(from),
            dies_at,
            rotated_out_at: None,
        };
        self.refresh_tokens.insert(fingerprint(&text), token);
        text
    }

    /// Uses a refresh token (row 10); with rotation the second value is the one that takes its place.
    pub(super) fn refresh(
        &mut self,
        text: &str,
        client_id: &str,
        rules: &Rules,
        now: Timestamp,
    ) -> Result<(Arc<SignedIn>, Option<String>), OAuthError> {
        let refused = |wrong| Err(OAuthError::grant(wrong));
        let Some(token) = self.refresh_tokens.get_mut(&fingerprint(text)) else {
            return refused(Wrong::RefreshTokenUnknown);
        };
        if token.from.client_id != client_id {
            return refused(Wrong::RefreshTokenOfAnotherClient);
        }
        if now >= token.dies_at {
            return refused(Wrong::RefreshTokenExpired);
        }
        let (from, dies_at) = (Arc::clone(&token.from), token.dies_at);
        let grace_seconds = rules.rotation_grace_seconds;
        let grace = Duration::from_secs(grace_seconds);
        if token
            .rotated_out_at
            .is_some_and(|rotated| now >= rotated.plus(grace))
        {
            if rules.reuse_ends_session {
                self.end(&from.origin_jti);
            }
            return refused(Wrong::RefreshTokenRotatedOut(grace_seconds));
        }
        if !rules.rotate_refresh_tokens {
            return Ok((from, None));
        }
        token.rotated_out_at.get_or_insert(now);
        tidy(&mut self.refresh_tokens, |token| now < token.dies_at);
        let next = self.refresh_token(&from, dies_at);
        Ok((from, Some(next)))
    }

    /// Remembers an access token, so that it can be shown at userInfo.
    pub(super) fn remember(
        &mut self,
        access_token: &str,
        from: &Arc<SignedIn>,
        dies_at: Timestamp,
        now: Timestamp,
    ) {
        tidy(&mut self.access_tokens, |token| now < token.dies_at);
        let token = AccessToken {
            from: Arc::clone(from),
            dies_at,
        };
        self.access_tokens.insert(fingerprint(access_token), token);
    }

    /// Returns the sign-in behind an access token that is neither expired nor revoked.
    pub(super) fn behind(&self, access_token: &str, now: Timestamp) -> Option<&SignedIn> {
        let token = self.access_tokens.get(&fingerprint(access_token))?;
        (now < token.dies_at).then_some(&*token.from)
    }

    /// Returns the sign-in a refresh token belongs to, rotated out or not.
    pub(super) fn of_refresh_token(&self, text: &str) -> Option<&SignedIn> {
        self.refresh_tokens
            .get(&fingerprint(text))
            .map(|token| &*token.from)
    }

    /// Returns how many sessions of a user can still be renewed.
    pub(super) fn sessions_of(&self, username: &str, now: Timestamp) -> usize {
        let alive = self.refresh_tokens.values().filter(|token| {
            token.from.username == username && token.rotated_out_at.is_none() && now < token.dies_at
        });
        alive.count()
    }

    /// Ends a session: its refresh tokens and its access tokens.
    pub(super) fn end(&mut self, origin_jti: &str) {
        self.refresh_tokens
            .retain(|_, token| token.from.origin_jti != origin_jti);
        self.access_tokens
            .retain(|_, token| token.from.origin_jti != origin_jti);
    }
}

/// Forgets what is over; only when the size is a power of two, so that thousands of tokens do not cost their square.
fn tidy<T>(memory: &mut HashMap<Fingerprint, T>, alive: impl Fn(&T) -> bool) {
    if memory.len().is_power_of_two() {
        memory.retain(|_, item| alive(item));
    }
}

fn fingerprint(text: &str) -> Fingerprint {
    let mut fingerprint = Fingerprint::default();
    fingerprint.copy_from_slice(digest(&SHA256, text.as_bytes()).as_ref());
    fingerprint
}
