//! Times as people say them: "in 54 minutes".

use std::time::Duration;

use crate::clock::Timestamp;

/// Says when a moment is, seen from `now`: `in 54 minutes`, `3 hours ago`, `now`.
pub fn in_words(moment: Timestamp, now: Timestamp) -> String {
    let (ahead, behind) = (moment.left_at(now), now.left_at(moment));
    match (ahead.as_secs(), behind.as_secs()) {
        (0, 0) => "now".to_owned(),
        (0, _) => format!("{} ago", span(behind)),
        _ => format!("in {}", span(ahead)),
    }
}

/// Says a moment and how far it is: `2026-01-02T03:04:05Z (in 54 minutes)`.
pub fn until(moment: Timestamp, now: Timestamp) -> String {
    format!("{moment} ({})", in_words(moment, now))
}

/// Says a length of time in its largest fitting unit, rounded down.
fn span(length: Duration) -> String {
    let seconds = length.as_secs();
    let (count, unit) = match seconds {
        0..120 => (seconds, "second"),
        120..7_200 => (seconds / 60, "minute"),
        7_200..172_800 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_said_as_people_do() {
        let now = Timestamp::from_epoch(1_000_000);
        let at = |offset: i64| in_words(Timestamp::from_epoch(1_000_000 + offset), now);
        assert_eq!(at(0), "now");
        assert_eq!(at(1), "in 1 second");
        assert_eq!(at(3_299), "in 54 minutes");
        assert_eq!(at(-7_200), "2 hours ago");
        assert_eq!(at(86_400 * 30), "in 30 days");
    }
}
