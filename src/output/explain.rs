//! A failure in three parts: `error:`, `caused by:`, `hint:`.

use std::io::{self, Write};

use serde_json::json;

use super::Style;
use crate::failure::{Failure, printable};

pub(super) const RED: &str = "\x1b[1;31m";
pub(super) const YELLOW: &str = "\x1b[1;33m";
const CYAN: &str = "\x1b[1;36m";
const LIMIT: usize = 2_000;

/// Writes what failed, why, and what to do; as one JSON object when that is the style.
///
/// # Errors
/// Fails when `out` does.
pub fn explain(error: &anyhow::Error, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let failure = Failure::of(error);
    let causes = causes(error);
    let message = printable(&error.to_string(), LIMIT);
    let hint = failure.and_then(|failure| failure.hint.as_deref());
    if style.json {
        let kind = failure.map_or("failed", |failure| failure.kind);
        let object = json!({ "error": { "kind": kind, "message": message, "caused_by": causes, "hint": hint } });
        return writeln!(out, "{object}");
    }
    writeln!(out, "{} {message}", label("error:", RED, style.colour))?;
    for cause in causes {
        writeln!(out, "{} {cause}", label("caused by:", YELLOW, style.colour))?;
    }
    match hint {
        Some(hint) => writeln!(
            out,
            "{} {}",
            label("hint:", CYAN, style.colour),
            indented(hint)
        ),
        None => Ok(()),
    }
}

pub(super) fn label(text: &str, colour: &str, coloured: bool) -> String {
    match coloured {
        true => format!("{colour}{text}\x1b[0m"),
        false => text.to_owned(),
    }
}

/// The chain below the error, without links that only repeat the one above.
fn causes(error: &anyhow::Error) -> Vec<String> {
    let mut above = error.to_string();
    let mut causes = Vec::new();
    for cause in error.chain().skip(1) {
        let text = cause.to_string();
        if !above.ends_with(&text) {
            causes.push(printable(&text, LIMIT));
        }
        above = text;
    }
    causes
}

/// A hint may have several lines; each but the first stands under the first.
fn indented(hint: &str) -> String {
    let lines: Vec<_> = hint.lines().map(|line| printable(line, LIMIT)).collect();
    lines.join("\n      ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Exit;

    fn text(error: &anyhow::Error, style: Style) -> String {
        let mut out = Vec::new();
        explain(error, style, &mut out).expect("a Vec takes every write");
        String::from_utf8(out).expect("it is text")
    }

    fn error() -> anyhow::Error {
        anyhow::Error::from(io::Error::other("bad\x1b[2Jthing"))
            .context(Failure::new(Exit::Settings, "a_kind", "it failed").hint("do this\nor that"))
    }

    #[test]
    fn three_parts_for_people() {
        let expected = "error: it failed\ncaused by: bad [2Jthing\nhint: do this\n      or that\n";
        assert_eq!(text(&error(), Style::default()), expected);
    }

    #[test]
    fn one_object_for_programs() {
        let style = Style {
            json: true,
            ..Style::default()
        };
        let expected = r#"{"error":{"caused_by":["bad [2Jthing"],"hint":"do this\nor that","kind":"a_kind","message":"it failed"}}"#;
        assert_eq!(text(&error(), style), format!("{expected}\n"));
    }
}
