//! A turning sign while one waits, on a terminal only.

use std::io::{self, Write};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_millis(500);
const TURN: Duration = Duration::from_millis(100);
const FRAMES: [&str; 10] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/// Turns from half a second after its start until it is dropped; then its line is wiped.
pub struct Spinner(Option<(Sender<()>, JoinHandle<()>)>);

impl Spinner {
    /// Starts it, if someone is looking.
    pub(super) fn start(what: &str, someone_is_looking: bool) -> Spinner {
        if !someone_is_looking {
            return Spinner(None);
        }
        let (stop, stopped) = mpsc::channel();
        let what = what.to_owned();
        let thread = thread::spawn(move || {
            let mut patience = PATIENCE;
            for frame in FRAMES.iter().cycle() {
                match stopped.recv_timeout(patience) {
                    Err(RecvTimeoutError::Timeout) => {}
                    _ => break,
                }
                patience = TURN;
                let mut stderr = io::stderr().lock();
                let _ = write!(stderr, "\r{frame} {what} ");
                let _ = stderr.flush();
            }
            if patience == TURN {
                let _ = write!(io::stderr().lock(), "\r\x1b[2K");
            }
        });
        Spinner(Some((stop, thread)))
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.0.take() {
            drop(stop);
            let _ = thread.join();
        }
    }
}
