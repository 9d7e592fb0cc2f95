//! The letters a pool would send: kept for whoever looks, delivered to nobody.

use serde::Serialize;

use crate::clock::Timestamp;

/// Letters kept; older ones are thrown away.
const CAPACITY: usize = 200;

/// Why a code was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To show that the address of a new account is the person's own.
    Confirmation,
    /// To choose a new password.
    PasswordReset,
}

impl Purpose {
    pub(super) fn words(self) -> &'static str {
        match self {
            Purpose::Confirmation => "confirmation",
            Purpose::PasswordReset => "password reset",
        }
    }
}

/// One letter with a code, as `GET /sandbox/mailbox` lists it.
#[derive(Clone, Debug, Serialize)]
pub struct Letter {
    /// The account it is about.
    pub username: String,
    /// The e-mail address.
    pub to: String,
    /// Why it was sent.
    pub purpose: Purpose,
    /// Six digits.
    pub code: String,
    /// When, in seconds since 1970.
    pub sent_at: Timestamp,
}

/// Every letter, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Mailbox(Vec<Letter>);

impl Mailbox {
    pub(super) fn put(&mut self, letter: Letter) {
        if self.0.len() == CAPACITY {
            self.0.remove(0);
        }
        self.0.push(letter);
    }

    pub(super) fn letters(&self) -> &[Letter] {
        &self.0
    }
}

impl Letter {
    /// Returns the line for the log, ready for a terminal.
    pub(super) fn line(&self) -> String {
        let what = self.purpose.words();
        format!("a {what} code was sent to {}: {}", self.to, self.code)
    }
}
