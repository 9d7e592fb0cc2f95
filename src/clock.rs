//! Time: a second on the calendar, and the two clocks that tell it.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// A moment, in whole seconds since 1970-01-01 UTC; displays as RFC 3339 (`2026-01-02T03:04:05Z`).
///
/// In JSON of our own at rest it is a number; documents for scripts print its `Display`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Returns the moment `seconds` after the epoch; negative is before it.
    pub const fn from_epoch(seconds: i64) -> Timestamp {
        Timestamp(seconds)
    }

    /// Reads the `Date` of an HTTP answer (RFC 9110 §5.6.7, preferred form).
    pub fn of_http_date(text: &str) -> Option<Timestamp> {
        let moment = chrono::DateTime::parse_from_rfc2822(text).ok()?;
        Some(Timestamp(moment.timestamp()))
    }

    /// Returns the seconds since the epoch.
    pub const fn epoch(self) -> i64 {
        self.0
    }

    /// Returns the moment `span` later; the last representable one instead of overflowing.
    pub fn plus(self, span: Duration) -> Timestamp {
        Timestamp(self.0.saturating_add_unsigned(span.as_secs()))
    }

    /// Returns the moment `span` earlier; the first representable one instead of overflowing.
    pub fn minus(self, span: Duration) -> Timestamp {
        Timestamp(self.0.saturating_sub_unsigned(span.as_secs()))
    }

    /// Returns how long `self` is still ahead of `now`; zero when it has passed.
    pub fn left_at(self, now: Timestamp) -> Duration {
        Duration::from_secs(u64::try_from(self.0.saturating_sub(now.0)).unwrap_or(0))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match chrono::DateTime::from_timestamp(self.0, 0) {
            Some(moment) => write!(f, "{}", moment.format("%Y-%m-%dT%H:%M:%SZ")),
            None => write!(f, "{}s since 1970", self.0),
        }
    }
}

/// Where the time comes from.
pub trait Clock: Send + Sync {
    /// Returns the present moment.
    fn now(&self) -> Timestamp;
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
    }
}

/// A clock that stands still, for rules that are tested with plain values.
#[derive(Clone, Copy, Debug)]
pub struct FixedClock(pub Timestamp);

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn displays_as_rfc_3339_in_utc() {
        assert_eq!(Timestamp(0).to_string(), "1970-01-01T00:00:00Z");
        assert_eq!(Timestamp(951_782_400).to_string(), "2000-02-29T00:00:00Z");
        assert_eq!(
            Timestamp(i64::MAX).to_string(),
            format!("{}s since 1970", i64::MAX)
        );
    }

    #[test]
    fn the_date_of_an_http_answer_is_read() {
        let date = Timestamp::of_http_date("Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(date, Some(Timestamp(784_111_777)));
        assert_eq!(Timestamp::of_http_date("yesterday"), None);
    }

    #[test]
    fn time_left_is_never_negative() {
        let now = Timestamp(1_000);
        assert_eq!(Timestamp(1_060).left_at(now), Duration::from_secs(60));
        assert_eq!(Timestamp(10).left_at(now), Duration::ZERO);
    }
}
