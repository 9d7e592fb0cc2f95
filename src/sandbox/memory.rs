//! What browsers carry: each thing kept under a text nobody can guess, for a while, and not too many of them.

use std::collections::HashMap;
use std::time::Duration;

use super::random;
use crate::clock::Timestamp;

/// Things remembered at a time; when it is full those that are over leave, and if there are none, all.
const CAPACITY: usize = 10_000;

/// A memory of one kind of thing.
#[derive(Debug)]
pub(super) struct Memory<T> {
    life: Duration,
    known: HashMap<String, (T, Timestamp)>,
}

impl<T> Memory<T> {
    /// Returns an empty memory of things that live this long.
    pub(super) fn of(life: Duration) -> Memory<T> {
        Memory {
            life,
            known: HashMap::new(),
        }
    }

    /// Keeps a thing under a new key.
    pub(super) fn keep(&mut self, thing: T, now: Timestamp) -> String {
        let key = random::uuid();
        self.put(&key, thing, now);
        key
    }

    /// Keeps a thing under this key.
    pub(super) fn put(&mut self, key: &str, thing: T, now: Timestamp) {
        let life = self.life;
        if self.known.len() >= CAPACITY {
            self.known.retain(|_, (_, since)| now < since.plus(life));
        }
        if self.known.len() >= CAPACITY {
            self.known.clear();
        }
        self.known.insert(key.to_owned(), (thing, now));
    }

    pub(super) fn get(&self, key: &str, now: Timestamp) -> Option<&T> {
        let (thing, since) = self.known.get(key)?;
        (now < since.plus(self.life)).then_some(thing)
    }

    pub(super) fn take(&mut self, key: &str, now: Timestamp) -> Option<T> {
        let (thing, since) = self.known.remove(key)?;
        (now < since.plus(self.life)).then_some(thing)
    }

    /// Returns everything that is not over.
    pub(super) fn all(&self, now: Timestamp) -> impl Iterator<Item = &T> {
        let known = self.known.values();
        known.filter_map(move |(thing, since)| (now < since.plus(self.life)).then_some(thing))
    }

    pub(super) fn forget(&mut self, key: &str) {
        self.known.remove(key);
    }

    pub(super) fn forget_all(&mut self, which: impl Fn(&T) -> bool) {
        self.known.retain(|_, (thing, _)| !which(thing));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_lives_for_a_while_and_is_bounded() {
        let at = Timestamp::from_epoch;
        let mut memory = Memory::of(Duration::from_secs(300));
        let key = memory.keep(7, at(0));
        assert_eq!(memory.get(&key, at(299)), Some(&7));
        assert_eq!(memory.get(&key, at(300)), None);
        assert_eq!(memory.all(at(299)).count(), 1);
        assert_eq!(memory.all(at(300)).count(), 0);
        for number in 0..2 * CAPACITY {
            memory.put(&number.to_string(), 0, at(1));
        }
        assert!(memory.known.len() <= CAPACITY);
        let key = memory.keep(8, at(1));
        assert_eq!(memory.take(&key, at(301)), None);
    }
}
