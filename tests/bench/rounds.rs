//! Rounds in random order, and what a series of figures says.

use std::fmt;
use std::hash::{BuildHasher, RandomState};

/// Measures every subject once in each round, in another order each time; returns a figure for each, by round.
pub fn in_rounds<T>(
    subjects: &mut [T],
    rounds: usize,
    mut measure: impl FnMut(&mut T) -> f64,
) -> Vec<Vec<f64>> {
    let random = RandomState::new();
    // The first round meets cold caches.
    let measured = (0..=rounds).map(|round| {
        let mut order: Vec<usize> = (0..subjects.len()).collect();
        order.sort_by_key(|&subject| random.hash_one((round, subject)));
        let mut figures = vec![0.0; subjects.len()];
        for subject in order {
            figures[subject] = measure(&mut subjects[subject]);
        }
        figures
    });
    measured.skip(1).collect()
}

/// The median and the quartiles around it.
pub struct Quartiles([f64; 3]);

impl Quartiles {
    pub fn of(mut figures: Vec<f64>) -> Quartiles {
        figures.sort_by(f64::total_cmp);
        Quartiles([1, 2, 3].map(|quarter| figures[(figures.len() - 1) * quarter / 4]))
    }
}

impl fmt::Display for Quartiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [low, median, high] = self.0;
        write!(f, "{median:.3} ({low:.3}–{high:.3})")
    }
}
