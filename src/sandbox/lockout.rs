//! Wrong guesses: after five of them a name is closed for a growing while, whether somebody has that name or not.

use std::collections::HashMap;
use std::time::Duration;

use crate::clock::Timestamp;

/// Wrong guesses before a name is closed for a while.
const FREE_FAILURES: u32 = 5;
/// Names remembered at a time; those that are open leave first.
const CAPACITY: usize = 10_000;
const LONGEST_NAME: usize = 256;

/// Who guessed wrongly how often.
#[derive(Debug, Default)]
pub(super) struct Lockout(HashMap<String, Failures>);

#[derive(Debug)]
struct Failures {
    count: u32,
    closed_until: Timestamp,
}

impl Lockout {
    pub(super) fn is_closed(&self, name: &str, now: Timestamp) -> bool {
        let failures = self.0.get(&key(name));
        failures.is_some_and(|failures| now < failures.closed_until)
    }

    /// Counts a wrong guess; from the fifth on the name closes for 1, 2, 4 … up to 900 seconds (developer guide, `authentication`).
    pub(super) fn count(&mut self, name: &str, now: Timestamp) {
        if self.0.len() >= CAPACITY {
            self.0.retain(|_, failures| now < failures.closed_until);
        }
        if self.0.len() >= CAPACITY {
            self.0.clear();
        }
        let failures = self.0.entry(key(name)).or_insert(Failures {
            count: 0,
            closed_until: now,
        });
        failures.count = failures.count.saturating_add(1);
        if failures.count >= FREE_FAILURES {
            let seconds = 1_u64 << (failures.count - FREE_FAILURES).min(10);
            failures.closed_until = now.plus(Duration::from_secs(seconds.min(900)));
        }
    }

    pub(super) fn forgive(&mut self, name: &str) {
        self.0.remove(&key(name));
    }
}

fn key(name: &str) -> String {
    name.to_lowercase().chars().take(LONGEST_NAME).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_wrong_guesses_close_a_name_for_a_growing_while() {
        let at = Timestamp::from_epoch;
        let mut lockout = Lockout::default();
        for _ in 0..4 {
            lockout.count("Ada", at(0));
        }
        assert!(!lockout.is_closed("ada", at(0)));
        lockout.count("ada", at(0));
        assert!(lockout.is_closed("ADA", at(0)) && !lockout.is_closed("ada", at(1)));
        lockout.count("ada", at(1));
        assert!(lockout.is_closed("ada", at(2)) && !lockout.is_closed("ada", at(3)));
        for _ in 0..40 {
            lockout.count("ada", at(3));
        }
        assert!(lockout.is_closed("ada", at(902)) && !lockout.is_closed("ada", at(903)));
        lockout.forgive("ada");
        assert!(!lockout.is_closed("ada", at(3)));
    }

    #[test]
    fn its_memory_is_bounded() {
        let mut lockout = Lockout::default();
        for number in 0..3 * CAPACITY {
            lockout.count(&number.to_string(), Timestamp::from_epoch(0));
        }
        assert!(lockout.0.len() <= CAPACITY);
    }
}
