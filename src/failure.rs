//! What went wrong, for the person who must act on it: the words, the next step, the exit code.

use std::fmt;

/// The exit codes of the program, as scripts read them (`README.md`, "Exit codes").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Everything that was asked for happened.
    Done = 0,
    /// Failed for a reason none of the others names: keyring, file, bug.
    Failed = 1,
    /// The command line itself is wrong.
    Usage = 2,
    /// Nothing is kept, or the pool ended the session: sign in.
    SignInNeeded = 3,
    /// The pool could not be reached or is busy; the session is untouched.
    Unreachable = 4,
    /// Profile, app client, redirect, scope or secret are wrong.
    Settings = 5,
    /// The sign-in was not completed: cancelled, denied, timed out.
    NotCompleted = 6,
    /// `exec` and `curl`: the program is there and cannot be run, as a shell says it.
    NotExecutable = 126,
    /// `exec` and `curl`: there is no such program, as a shell says it.
    NotFound = 127,
    /// Ctrl-C.
    Interrupted = 130,
    /// SIGTERM.
    Terminated = 143,
}

impl Exit {
    /// Returns the exit code an error stands for.
    pub fn of(error: &anyhow::Error) -> Exit {
        Failure::of(error).map_or(Exit::Failed, |failure| failure.exit)
    }
}

/// A failure with everything a person needs: what failed, what to do next, and the exit code.
///
/// It travels inside `anyhow::Error`; causes go below it, so a message is written as
/// `Err(cause).context(Failure::new(…))` or, without a cause, `Err(Failure::new(…).into())`.
/// The outermost `Failure` of a chain decides exit code, kind and hint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The exit code of the process.
    pub exit: Exit,
    /// The stable name of this error, in `snake_case`; the catalogue is `cognito-login help errors`.
    pub kind: &'static str,
    /// What failed: lower case, no full stop, the subject in backticks. Never a secret, never raw outside text.
    pub message: String,
    /// A command or setting ready to copy.
    pub hint: Option<String>,
}

impl Failure {
    /// Returns a failure without a hint.
    pub fn new(exit: Exit, kind: &'static str, message: impl Into<String>) -> Failure {
        Failure {
            exit,
            kind,
            message: message.into(),
            hint: None,
        }
    }

    /// Adds what to do about it: a command or setting ready to copy.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Failure {
        self.hint = Some(hint.into());
        self
    }

    /// Returns the outermost failure of a chain of errors, if there is one.
    pub fn of(error: &anyhow::Error) -> Option<&Failure> {
        error.downcast_ref::<Failure>()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// Makes text from outside fit for a terminal, a log or a page: one line, no control characters, at most `limit` characters.
///
/// What is not [`is_printable`] becomes a space; a text that was cut ends in `…`.
pub fn printable(text: &str, limit: usize) -> String {
    let mut rest = text.chars().map(|c| if is_printable(c) { c } else { ' ' });
    let mut shown: String = rest.by_ref().take(limit).collect();
    if rest.next().is_some() {
        shown.push('…');
    }
    shown
}

/// Makes an address fit to be shown, as [`printable`] does, and leaves out a name and password in it (RFC 3986 §3.2.1).
pub fn printable_address(text: &str, limit: usize) -> String {
    let start = text.find("://").map_or(0, |at| at + 3);
    let end = text[start..]
        .find(['/', '?', '#'])
        .map_or(text.len(), |at| start + at);
    match text[start..end].rfind('@') {
        Some(at) => printable(
            &format!("{}…{}", &text[..start], &text[start + at..]),
            limit,
        ),
        None => printable(text, limit),
    }
}

/// Tells whether a character is seen where it stands, and nothing but seen.
///
/// What moves the cursor, colours the screen, hides or reorders text is not: C0, C1, line separators, and what Unicode calls
/// `Bidi_Control` or `Default_Ignorable_Code_Point`, except the variation selectors, which only choose among pictures.
pub fn is_printable(c: char) -> bool {
    let unseen = matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}');
    !c.is_control() && !unseen
}

/// Writes text from outside as one word of a command that a person may copy: quoted for a POSIX shell, if it needs it.
pub fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_./:=@%+,-".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outermost_failure_decides() {
        let inner = anyhow::Error::from(Failure::new(Exit::Failed, "inner", "inner"));
        let outer = inner.context(Failure::new(Exit::Settings, "outer", "outer"));
        assert_eq!(Exit::of(&outer), Exit::Settings);
        assert_eq!(Exit::of(&anyhow::anyhow!("no failure")), Exit::Failed);
    }

    #[test]
    fn a_word_of_a_command_is_one_word_and_no_other_command() {
        for (text, word) in [
            ("work", "work"),
            ("http://localhost:3000", "http://localhost:3000"),
            ("my work", "'my work'"),
            ("a;id", "'a;id'"),
            ("$(id)", "'$(id)'"),
            ("x'y", r"'x'\''y'"),
            ("", "''"),
        ] {
            assert_eq!(shell_word(text), word);
        }
    }

    #[test]
    fn outside_text_cannot_move_the_cursor_or_flood_the_screen() {
        assert_eq!(printable("a\x1b[2Jb\r\nc\u{202e}d", 20), "a [2Jb  c d");
        assert_eq!(printable("abcdef", 3), "abc…");
        assert_eq!(printable("abc", 3), "abc");
        // An Arabic letter mark turns text round, a soft hyphen and a word joiner are not seen, a tag says what nobody sees.
        assert_eq!(
            printable("a\u{61c}b\u{ad}c\u{2060}d\u{e0041}e\u{9b}f", 20),
            "a b c d e f"
        );
        assert_eq!(printable("Zoë 李 أحمد", 20), "Zoë 李 أحمد");
    }

    #[test]
    fn an_address_is_shown_without_its_password() {
        for (text, shown) in [
            ("https://me:p@ss@host/a@b", "https://…@host/a@b"),
            ("me:pass@host", "…@host"),
            ("https://host/?q=a@b", "https://host/?q=a@b"),
            ("host", "host"),
        ] {
            assert_eq!(printable_address(text, 50), shown);
        }
    }
}
