//! An answer that can be read by people and by programs.

use std::io::{self, Write};

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

    /// Writes the lines, each after `indent`.
    ///
    /// # Errors
    /// Fails when `out` does.
    pub fn write(&self, indent: &str, out: &mut dyn Write) -> io::Result<()> {
        let width = self
            .0
            .iter()
            .map(|(name, _)| name.chars().count())
            .max()
            .unwrap_or(0);
        self.0
            .iter()
            .try_for_each(|(name, value)| writeln!(out, "{indent}{name:width$}  {value}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_aligned() {
        let mut columns = Columns::default();
        columns.line("name", "Ada");
        columns.line_if("email_verified", Some("true"));
        columns.line_if("phone", None::<String>);
        let mut out = Vec::new();
        columns
            .write("  ", &mut out)
            .expect("a Vec takes every write");
        assert_eq!(
            String::from_utf8_lossy(&out),
            "  name            Ada\n  email_verified  true\n"
        );
    }
}
