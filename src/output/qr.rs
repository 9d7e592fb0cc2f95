//! A QR code in a terminal: two modules to a character, dark on light whatever the terminal's colours.

use std::fmt;

use qrcode::{Color, EcLevel, QrCode};

/// Light modules around a code (ISO/IEC 18004 §6.3.8); cameras get by with fewer.
const MARGINS: [usize; 3] = [4, 2, 1];

/// Black on white from the 256 colours, which no theme changes.
const INK_ON_PAPER: &str = "\x1b[38;5;16;48;5;231m";

/// Why there is no code.
#[derive(Debug, PartialEq, Eq)]
pub enum NoCode {
    /// No QR code holds so much.
    TooLong,
    /// The window has fewer columns than it needs.
    TooWide {
        /// How many columns it needs.
        columns: usize,
    },
}

impl fmt::Display for NoCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoCode::TooLong => f.write_str("the address is too long for a QR code"),
            NoCode::TooWide { columns } => write!(
                f,
                "the QR code needs a window of {columns} columns; widen it and try again"
            ),
        }
    }
}

/// Draws `text` in lines of half blocks, in at most `columns` columns; coloured, or for a light page.
///
/// # Errors
/// Fails when it would not fit.
pub(super) fn draw(
    text: &str,
    columns: Option<usize>,
    coloured: bool,
) -> Result<Vec<String>, NoCode> {
    let code = QrCode::with_error_correction_level(text, EcLevel::L).or(Err(NoCode::TooLong))?;
    let width = code.width();
    let fits = |margin: &usize| columns.is_none_or(|columns| width + 2 * margin <= columns);
    let Some(margin) = MARGINS.into_iter().find(fits) else {
        let [.., least] = MARGINS;
        let columns = width + 2 * least;
        return Err(NoCode::TooWide { columns });
    };
    let modules = code.to_colors();
    let is_dark = |x: usize, y: usize| {
        let inside = (margin..width + margin).contains(&x) && (margin..width + margin).contains(&y);
        inside && modules[(y - margin) * width + x - margin] == Color::Dark
    };
    let side = width + 2 * margin;
    let line = |y: usize| {
        let halves = (0..side).map(|x| match (is_dark(x, y), is_dark(x, y + 1)) {
            (true, true) => '█',
            (true, false) => '▀',
            (false, true) => '▄',
            (false, false) => ' ',
        });
        let halves: String = halves.collect();
        match coloured {
            true => format!("{INK_ON_PAPER}{halves}\x1b[0m"),
            false => halves,
        }
    };
    Ok((0..side).step_by(2).map(line).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_margin_shrinks_before_the_code_is_given_up() {
        let text = "x".repeat(400); // version 13: 69 modules
        let width = |columns| {
            draw(&text, columns, false).map(|lines| (lines[0].chars().count(), lines.len()))
        };
        assert_eq!(width(None), Ok((77, 39)));
        assert_eq!(width(Some(77)), Ok((77, 39)));
        assert_eq!(width(Some(76)), Ok((73, 37)));
        assert_eq!(width(Some(72)), Ok((71, 36)));
        assert_eq!(width(Some(70)), Err(NoCode::TooWide { columns: 71 }));
        let endless = "x".repeat(3_000);
        assert_eq!(draw(&endless, None, false), Err(NoCode::TooLong));
    }

    #[test]
    fn colour_changes_no_character() {
        let plain = draw("https://login.example/", None, false).unwrap();
        let coloured = draw("https://login.example/", None, true).unwrap();
        let bare = |line: &String| line.replace(INK_ON_PAPER, "").replace("\x1b[0m", "");
        assert_eq!(coloured.iter().map(bare).collect::<Vec<_>>(), plain);
        assert_ne!(coloured, plain);
    }
}
