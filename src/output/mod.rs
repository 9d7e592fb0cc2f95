//! What a person or a program reads: data on stdout, everything for people on stderr.

mod explain;
mod report;
mod spinner;
mod times;

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;

use anyhow::{Context, Result};

pub use explain::explain;
pub use report::{Columns, Report};
pub use spinner::Spinner;
pub use times::{in_words, until};

use crate::failure::{Exit, Failure};

/// How much is said, and in which form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Data and errors as JSON.
    pub json: bool,
    /// Nothing on stderr but errors and what a person must see to go on.
    pub quiet: bool,
    /// Steps are told on stderr; never a secret.
    pub verbose: u8,
    /// Colour, progress and links are welcome on stderr.
    pub colour: bool,
}

/// The two streams of the process.
pub struct Output {
    style: Style,
    stderr_is_terminal: bool,
}

impl Output {
    /// Returns the process's own streams.
    pub fn new(style: Style) -> Output {
        Output {
            style,
            stderr_is_terminal: io::stderr().is_terminal(),
        }
    }

    /// Returns how much is said, and in which form.
    pub fn style(&self) -> Style {
        self.style
    }

    /// Prints the answer on stdout, as text or JSON.
    ///
    /// # Errors
    /// Fails when stdout cannot be written; a reader that went away is no failure.
    pub fn report(&mut self, report: &dyn Report) -> Result<()> {
        let mut text = Vec::new();
        if self.style.json {
            writeln!(text, "{}", report::escaped(&report.json()))?;
        } else {
            report.human(&mut text)?;
        }
        self.data(&text)
    }

    /// Prints bytes on stdout exactly as they are.
    ///
    /// # Errors
    /// As [`Output::report`].
    pub fn data(&mut self, bytes: &[u8]) -> Result<()> {
        let mut stdout = io::stdout().lock();
        match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
            Err(gone) if gone.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            outcome => outcome.context(Failure::new(
                Exit::Failed,
                "stdout_not_writable",
                "standard output cannot be written",
            )),
        }
    }

    /// Tells a person what happened; silent with `--quiet`.
    pub fn say(&mut self, line: &str) {
        if !self.style.quiet {
            self.insist(line);
        }
    }

    /// Tells a person what must be seen to go on, even with `--quiet`.
    pub fn insist(&mut self, line: &str) {
        // Nobody listens on a closed stderr; the work goes on.
        let _ = writeln!(io::stderr().lock(), "{line}");
    }

    /// Returns where a conversation with a person is written, even with `--quiet`: stderr.
    pub fn conversation(&self) -> impl Write + use<> {
        io::stderr()
    }

    /// Returns a way to tell lines from other threads; silent with `--quiet`.
    pub fn teller(&self) -> Arc<dyn Fn(&str) + Send + Sync> {
        let quiet = self.style.quiet;
        Arc::new(move |line| {
            if !quiet {
                let _ = writeln!(io::stderr().lock(), "{line}");
            }
        })
    }

    /// Warns; silent with `--quiet`.
    pub fn warn(&mut self, line: &str) {
        let label = explain::label("warning:", explain::YELLOW, self.style.colour);
        self.say(&format!("{label} {line}"));
    }

    /// Tells a step, with `-v`; never a secret.
    pub fn trace(&mut self, line: &str) {
        if self.style.verbose > 0 {
            self.insist(&format!("cognito-login: {line}"));
        }
    }

    /// Shows that something is being waited for, if it takes longer than half a second and someone is looking.
    pub fn wait_for(&self, what: &str) -> Spinner {
        Spinner::start(
            what,
            self.stderr_is_terminal && !self.style.quiet && !self.style.json && self.style.colour,
        )
    }

    /// Reports a failure: the three parts for people, one object for programs.
    pub fn fail(&mut self, error: &anyhow::Error) {
        let mut text = Vec::new();
        // A Vec takes every write.
        let _ = explain(error, self.style, &mut text);
        let _ = io::stderr().lock().write_all(&text);
    }
}

/// Returns whether an error is only a reader that went away.
pub fn is_broken_pipe(error: &anyhow::Error) -> bool {
    Failure::of(error).is_none()
        && error.chain().any(|cause| {
            cause
                .downcast_ref::<io::Error>()
                .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
        })
}
