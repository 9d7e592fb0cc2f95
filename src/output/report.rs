//! An answer that can be read by people and by programs.

use std::io::{self, Write};

use super::Paint;
use crate::failure::is_printable;

/// The answer of a command.
pub trait Report {
    /// Writes it for people.
    ///
    /// # Errors
    /// Fails when `out` does.
    fn human(&self, out: &mut dyn Write) -> io::Result<()>;

    /// Returns it as one JSON document, without a newline at its end.
    fn json(&self) -> String;
}

/// Returns the same JSON document without the characters a terminal would obey, or a person not see: they are escaped.
///
/// JSON itself asks for that below U+0020 only, and a document may end up on a screen. Such a character can only stand in a
/// string (RFC 8259 §2), where its escape means the same.
pub(super) fn escaped(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for c in json.chars() {
        if is_printable(c) || matches!(c, '\n' | '\r' | '\t') {
            shown.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                shown.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    shown
}

/// Lines of a name and a value, the values aligned.
#[derive(Clone, Debug, Default)]
pub struct Columns(Vec<(String, String)>);

impl Columns {
    /// Adds a line; the value must be printable already.
    pub fn line(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }

    /// Adds a line if there is a value.
    pub fn line_if(&mut self, name: &str, value: Option<impl Into<String>>) {
        if let Some(value) = value {
            self.line(name, value);
        }
    }

    /// Writes the lines, each after `indent`, the names painted.
    ///
    /// # Errors
    /// Fails when `out` does.
    pub fn write(&self, indent: &str, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
        let width = self
            .0
            .iter()
            .map(|(name, _)| name.chars().count())
            .max()
            .unwrap_or(0);
        self.0.iter().try_for_each(|(name, value)| {
            let name = paint.faint(&format!("{name:width$}"));
            writeln!(out, "{indent}{name}  {value}")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_stays_what_it_is_and_moves_no_cursor() {
        let json = "{ \"a\": \"x\u{9b}2J\u{202e}\u{7f}\u{e0041} Zoë 李\",\n\t\"n\": 1.10 }";
        let shown = escaped(json);
        assert_eq!(
            shown,
            "{ \"a\": \"x\\u009b2J\\u202e\\u007f\\udb40\\udc41 Zoë 李\",\n\t\"n\": 1.10 }"
        );
        let read = |text| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(read(&shown), read(json));
    }

    #[test]
    fn values_are_aligned_painted_or_not() {
        let mut columns = Columns::default();
        columns.line("name", "Ada");
        columns.line_if("email_verified", Some("true"));
        columns.line_if("phone", None::<String>);
        let written = |is_welcome| {
            let mut out = Vec::new();
            columns
                .write("  ", Paint::new(is_welcome), &mut out)
                .expect("a Vec takes every write");
            String::from_utf8(out).expect("it is text")
        };
        assert_eq!(
            written(false),
            "  name            Ada\n  email_verified  true\n"
        );
        assert_eq!(
            written(true),
            "  \x1b[2mname          \x1b[0m  Ada\n  \x1b[2memail_verified\x1b[0m  true\n"
        );
    }
}
