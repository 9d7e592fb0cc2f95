//! What a person or a program reads: data on stdout, everything for people on stderr.

mod explain;
mod paint;
mod qr;
mod report;
mod spinner;
mod times;

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;

use anyhow::{Context, Result};
use base64::prelude::{BASE64_STANDARD, Engine as _};

pub use explain::explain;
pub use paint::Paint;
pub use qr::NoCode;
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
    /// Whether colour is wanted on every stream or none; where nobody has said, a terminal gets it.
    pub wanted: Option<bool>,
    /// Colour and progress are welcome on stderr.
    pub colour: bool,
    /// Stderr is a terminal that understands more than text.
    pub rich: bool,
}

/// The two streams of the process.
pub struct Output {
    style: Style,
}

impl Output {
    /// Returns the process's own streams.
    pub fn new(style: Style) -> Output {
        Output { style }
    }

    /// Returns how much is said, and in which form.
    pub fn style(&self) -> Style {
        self.style
    }

    /// Returns what to paint an answer on stdout with; nothing is painted on a dumb terminal, in a file or in a pipe.
    pub fn paint(&self, is_dumb: bool) -> Paint {
        let is_welcome = || io::stdout().is_terminal() && !is_dumb;
        Paint::new(self.style.wanted.unwrap_or_else(is_welcome))
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
        write_line(line);
    }

    /// Returns words that are a link where the terminal knows links (OSC 8), and only words elsewhere.
    pub fn link(&self, words: &str, address: &str) -> String {
        match self.style.rich {
            true => format!("\x1b]8;;{address}\x1b\\{words}\x1b]8;;\x1b\\"),
            false => words.to_owned(),
        }
    }

    /// Shows a text as a QR code, even with `--quiet`, in a window of so many columns if they are known. Returns how
    /// many lines it has.
    ///
    /// # Errors
    /// Fails, and shows nothing, when it does not fit.
    pub fn qr_code(&mut self, text: &str, columns: Option<usize>) -> Result<usize, NoCode> {
        let lines = qr::draw(text, columns, self.style.rich && self.style.colour)?;
        write_line(&lines.join("\n"));
        Ok(lines.len())
    }

    /// Asks the terminal to put a text on the clipboard of the machine it is shown on (OSC 52). Returns whether there is a
    /// terminal to ask; whether it does so, it does not tell.
    pub fn copy(&mut self, text: &str) -> bool {
        if self.style.rich {
            let asked = format!("\x1b]52;c;{}\x07", BASE64_STANDARD.encode(text));
            let _ = io::stderr().lock().write_all(asked.as_bytes());
        }
        self.style.rich
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
                write_line(line);
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
        Spinner::start(what, self.moves())
    }

    /// Returns whether something that moves is welcome.
    pub fn moves(&self) -> bool {
        self.style.rich && self.style.colour && !self.style.quiet && !self.style.json
    }

    /// Reports a failure: the three parts for people, one object for programs.
    pub fn fail(&mut self, error: &anyhow::Error) {
        let mut text = Vec::new();
        // A Vec takes every write.
        let _ = explain(error, self.style, &mut text);
        let _ = io::stderr().lock().write_all(&text);
    }
}

/// Writes a line to stderr, above the spinner if one turns.
fn write_line(line: &str) {
    let mut stderr = io::stderr().lock();
    spinner::wipe(&mut stderr);
    // Nobody listens on a closed stderr; the work goes on.
    let _ = writeln!(stderr, "{line}");
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
