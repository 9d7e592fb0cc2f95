//! A turning sign while one waits, on a terminal only.

use std::io::{self, StderrLock, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_millis(500);
const TURN: Duration = Duration::from_millis(100);
const FRAMES: [&str; 10] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/// Whether the last line of the terminal is a spinner's. Changes only while stderr is locked.
static IS_SHOWN: AtomicBool = AtomicBool::new(false);

/// Turns from half a second after its start until it is dropped; then its line is wiped.
pub struct Spinner(Option<Turning>);

struct Turning {
    what: Arc<Mutex<String>>,
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

impl Spinner {
    /// Starts it, if someone is looking.
    pub(super) fn start(what: &str, someone_is_looking: bool) -> Spinner {
        if !someone_is_looking {
            return Spinner(None);
        }
        let (stop, stopped) = mpsc::channel();
        let what = Arc::new(Mutex::new(what.to_owned()));
        let now = what.clone();
        let thread = thread::spawn(move || {
            let mut patience = PATIENCE;
            for frame in FRAMES.iter().cycle() {
                match stopped.recv_timeout(patience) {
                    Err(RecvTimeoutError::Timeout) => {}
                    _ => break,
                }
                patience = TURN;
                let what = now.lock().unwrap_or_else(PoisonError::into_inner).clone();
                let mut stderr = io::stderr().lock();
                IS_SHOWN.store(true, Ordering::Relaxed);
                let _ = stderr.write_all(format!("\r{frame} {what} \x1b[K").as_bytes());
            }
            wipe(&mut io::stderr().lock());
        });
        Spinner(Some(Turning { what, stop, thread }))
    }

    /// Says something else from the next turn on.
    pub fn say(&self, what: String) {
        if let Some(turning) = &self.0 {
            *turning.what.lock().unwrap_or_else(PoisonError::into_inner) = what;
        }
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        if let Some(turning) = self.0.take() {
            drop(turning.stop);
            let _ = turning.thread.join();
        }
    }
}

/// Makes the terminal's last line empty if a spinner stands there, which is drawn anew at its next turn.
pub(super) fn wipe(stderr: &mut StderrLock<'_>) {
    if IS_SHOWN.swap(false, Ordering::Relaxed) {
        let _ = stderr.write_all(b"\r\x1b[2K");
    }
}
