//! Compares whole texts, with placeholders for what changes from run to run.
//!
//! | placeholder | stands for |
//! |---|---|
//! | `[URL]` | an http or https address |
//! | `[PORT]`, `[NUMBER]` | digits |
//! | `[TIME]` | a time such as `2026-11-22T08:00:00Z` |
//! | `[WHEN]` | a span in words, such as `59 minutes` |
//! | `[WORD]`, `[PATH]` | one or more characters, no blank |
//! | `[LINE]` | the rest of a line |
//! | `[LINES]` | anything, over several lines |
//!
//! A placeholder takes the longest text that lets the rest fit.

use std::path::Path;

/// Asserts that `actual` is `expected`, placeholders apart. Blanks at line ends count.
#[track_caller]
pub fn expect(actual: &str, expected: &str) {
    assert!(
        matches(actual, expected),
        "--- expected\n{expected}\n--- came\n{actual}\n--- {}",
        difference(actual, expected)
    );
}

/// Asserts that `actual` is what the file under `tests/integration/expected` holds. With `UPDATE_EXPECTED=1` in the
/// environment it is written instead, and the difference is for `git diff` to show.
#[track_caller]
pub fn expect_file(actual: &str, name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/integration/expected")
        .join(name);
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, actual).unwrap();
    }
    let expected = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    expect(actual, &expected.replace("\r\n", "\n"));
}

/// Returns whether the text fits the pattern.
pub fn matches(text: &str, pattern: &str) -> bool {
    let Some((literal, placeholder, rest)) = split(pattern) else {
        return text == pattern;
    };
    let Some(text) = text.strip_prefix(literal) else {
        return false;
    };
    let longest = run(text, placeholder);
    let ends = (1..=longest)
        .rev()
        .filter(|end| text.is_char_boundary(*end));
    let fits = |end: usize| accepts(&text[..end], placeholder) && matches(&text[end..], rest);
    ends.into_iter().any(fits) || (placeholder == "LINES" && matches(text, rest))
}

/// The text before the first placeholder, its name, and the pattern behind it.
fn split(pattern: &str) -> Option<(&str, &str, &str)> {
    const NAMES: [&str; 9] = [
        "URL", "PORT", "NUMBER", "TIME", "WHEN", "WORD", "PATH", "LINE", "LINES",
    ];
    pattern.match_indices('[').find_map(|(at, _)| {
        let name = NAMES.into_iter().find(|name| {
            pattern[at + 1..]
                .strip_prefix(name)
                .is_some_and(|rest| rest.starts_with(']'))
        })?;
        Some((&pattern[..at], name, &pattern[at + name.len() + 2..]))
    })
}

/// How far a placeholder can reach from the start of the text.
fn run(text: &str, placeholder: &str) -> usize {
    let inside = |c: char| match placeholder {
        "PORT" | "NUMBER" => c.is_ascii_digit(),
        "TIME" => c.is_ascii_digit() || "-:TZ".contains(c),
        "WHEN" => c.is_ascii_alphanumeric() || c == ' ',
        "URL" | "WORD" | "PATH" => !c.is_whitespace(),
        "LINE" => c != '\n',
        _ => true,
    };
    text.find(|c| !inside(c)).unwrap_or(text.len())
}

fn accepts(text: &str, placeholder: &str) -> bool {
    match placeholder {
        "URL" => text.starts_with("http://") || text.starts_with("https://"),
        "TIME" => text.len() == 20 && text.ends_with('Z'),
        _ => true,
    }
}

fn difference(actual: &str, expected: &str) -> String {
    let mut lines = actual.lines().zip(expected.lines()).enumerate();
    match lines.find(|(_, (actual, expected))| !matches(actual, expected)) {
        Some((at, (actual, expected))) => {
            format!("line {} is\n{actual}\nand not\n{expected}", at + 1)
        }
        None => format!(
            "{} lines came, {} are expected",
            actual.lines().count(),
            expected.lines().count()
        ),
    }
}

#[test]
fn placeholders_stand_for_what_they_say_and_nothing_else() {
    assert!(matches("until 2026-11-22T08:00:00Z.\n", "until [TIME].\n"));
    assert!(!matches("until now.\n", "until [TIME].\n"));
    assert!(matches("open http://a:1/x?y\ndone", "open [URL]\ndone"));
    assert!(!matches("open ftp://a\ndone", "open [URL]\ndone"));
    assert!(matches(
        "port 3000 on `localhost`",
        "port [PORT] on `localhost`"
    ));
    assert!(!matches(
        "port  on `localhost`",
        "port [PORT] on `localhost`"
    ));
    assert!(matches("[profiles.x]\na\nb\n", "[profiles.x]\n[LINES]b\n"));
    assert!(!matches("a\n", "a"));
    assert!(matches("in 59 minutes (x)", "in [WHEN] (x)"));
}
