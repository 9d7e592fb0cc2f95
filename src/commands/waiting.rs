//! The count-down while a person signs in, which gives way to the first key of a pasted line.

use std::io::{BufRead, BufReader, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::world::World;
use crate::output::{Output, Spinner};
use crate::platform::first_key::FirstKey;
use crate::platform::window;

/// A line that is longer than the window is wide cannot be drawn over.
const LINE_LIMIT_COLUMNS: usize = 40;

/// What moves while the program waits, if anything does, until this is dropped.
pub(super) struct Waiting {
    spinner: Arc<Mutex<Option<Spinner>>>,
    first_key: Option<FirstKey>,
    moves: bool,
}

impl Waiting {
    /// Makes ready to wait; returns where a person may paste meanwhile.
    ///
    /// A line that is typed and one that moves would tear each other apart, so nothing moves where the first key cannot be
    /// noticed.
    pub(super) fn begin(world: &World, output: &Output) -> (Waiting, Box<dyn BufRead + Send>) {
        let is_typed = world.is_interactive();
        let has_room = window::size().is_none_or(|(columns, _)| columns > LINE_LIMIT_COLUMNS);
        let moves = output.moves() && has_room;
        let first_key = (moves && is_typed).then(FirstKey::watch).flatten();
        let waiting = Waiting {
            spinner: Arc::default(),
            moves: moves && (first_key.is_some() || !is_typed),
            first_key,
        };
        let (shown, mut echo) = (waiting.spinner.clone(), output.conversation());
        let watched = waiting.first_key.clone().map(|first_key| {
            first_key.reader(move |typed| {
                drop(take(&shown));
                let _ = echo.write_all(typed.as_bytes());
            })
        });
        match watched {
            Some(Ok(reader)) => (waiting, Box::new(BufReader::new(reader))),
            _ => (waiting, world.paste()),
        }
    }

    /// Shows how long the person still has.
    pub(super) fn show(&mut self, left: Duration, output: &Output) {
        let is_undisturbed = self.first_key.as_ref().is_none_or(FirstKey::is_awaited);
        if !(self.moves && is_undisturbed) {
            return self.end();
        }
        let text = format!("waiting for the sign-in, {} left", minutes(left));
        let mut spinner = self.spinner.lock().unwrap_or_else(PoisonError::into_inner);
        match spinner.as_ref() {
            Some(spinner) => spinner.say(text),
            None => *spinner = Some(output.wait_for(&text)),
        }
    }

    /// Stops, and leaves the terminal as it was.
    pub(super) fn end(&mut self) {
        self.moves = false;
        drop(take(&self.spinner));
        if let Some(first_key) = self.first_key.take() {
            first_key.give_up();
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.end();
    }
}

fn take(spinner: &Mutex<Option<Spinner>>) -> Option<Spinner> {
    spinner
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take()
}

fn minutes(left: Duration) -> String {
    let seconds = left.as_secs_f64().ceil() as u64;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_left_until_it_is_over() {
        let shown = [0, 1, 999, 1_000, 272_000, 5_400_000]
            .map(|milliseconds| minutes(Duration::from_millis(milliseconds)));
        assert_eq!(shown, ["0:00", "0:01", "0:01", "0:01", "4:32", "90:00"]);
    }
}
