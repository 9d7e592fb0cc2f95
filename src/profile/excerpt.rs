//! The part of a profile file that one profile needs, found without parsing the rest: a thousand profiles cost as little as ten.

use std::ops::Range;

use memchr::{memchr, memchr_iter, memmem};

/// The top level of a file and the table of one profile, with what was between them left out.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Excerpt {
    /// The two parts, one after the other.
    pub(super) text: String,
    /// What is missing between them.
    pub(super) gap: Gap,
}

/// Lines that are missing from a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Gap {
    /// The byte before which they are missing.
    pub(super) at: usize,
    /// How many they are.
    pub(super) lines: usize,
}

/// Returns the part before the first table, where `default_profile` is; everything where only a parser can tell.
pub(super) fn top_level(text: &str) -> &str {
    match headers(text).next() {
        Some(start) if !has_long_texts(text) => &text[..start],
        _ => text,
    }
}

/// Returns what `profile` needs of a file; `None` where it has no table of its own, or only a parser can tell.
///
/// Every table has to begin with a line `[profiles.NAME]`, and no text may go over several lines and look like one.
pub(super) fn of(text: &str, profile: &str) -> Option<Excerpt> {
    if has_long_texts(text) {
        return None;
    }
    let mut table: Option<Range<usize>> = None;
    for start in headers(text) {
        let is_ours = table_name(&text[start..])? == profile;
        match &mut table {
            None if is_ours => table = Some(start..text.len()),
            // Twice, which is an error.
            Some(_) if is_ours => return None,
            Some(table) => table.end = table.end.min(start),
            None => {}
        }
    }
    let (top, table) = (top_level(text), table?);
    let missing = &text.as_bytes()[top.len()..table.start];
    Some(Excerpt {
        text: [top, &text[table]].concat(),
        gap: Gap {
            at: top.len(),
            lines: memchr_iter(b'\n', missing).count(),
        },
    })
}

/// Returns where each line that begins with a bracket begins; spaces before it are part of what is returned.
fn headers(text: &str) -> impl Iterator<Item = usize> {
    memchr_iter(b'[', text.as_bytes()).filter_map(|bracket| {
        let before = text[..bracket].trim_end_matches([' ', '\t']);
        (before.is_empty() || before.ends_with('\n')).then_some(before.len())
    })
}

/// Tells whether there may be texts that go over several lines.
fn has_long_texts(text: &str) -> bool {
    ["\"\"\"", "'''"]
        .iter()
        .any(|quotes| memmem::find(text.as_bytes(), quotes.as_bytes()).is_some())
}

/// Reads `NAME` from a first line `[profiles.NAME]`, if it is written without quotes and spaces.
fn table_name(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("[profiles.")?;
    let (name, rest) = rest.split_at(memchr(b']', rest.as_bytes())?);
    let bare = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let rest = rest[1..].trim_start_matches([' ', '\t', '\r']);
    let ends = rest.is_empty() || rest.starts_with(['\n', '#']);
    (ends && name.bytes().all(bare)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "default_profile = 'a'\n\n[profiles.a]\nx = 1\n[profiles.b] # mine\r\ny = [\n'1']\n[profiles.c]\n";

    fn excerpt(text: &str, profile: &str) -> Option<(String, usize)> {
        of(text, profile).map(|excerpt| (excerpt.text, excerpt.gap.lines))
    }

    #[test]
    fn a_profile_is_cut_out_with_the_top_level() {
        let top = "default_profile = 'a'\n\n";
        assert_eq!(top_level(FILE), top);
        for (profile, table, missing) in [
            ("a", "[profiles.a]\nx = 1\n", 0),
            ("b", "[profiles.b] # mine\r\ny = [\n'1']\n", 2),
            ("c", "[profiles.c]\n", 5),
        ] {
            assert_eq!(
                excerpt(FILE, profile),
                Some((format!("{top}{table}"), missing))
            );
        }
        assert_eq!(excerpt(FILE, "d"), None);
    }

    #[test]
    fn whatever_could_mean_something_else_is_left_to_the_parser() {
        for odd in [
            "[profiles]",
            "[profiles.'b']",
            "[profiles.b.c]",
            "[ profiles.b ]",
            " [profiles.b]",
            "[[profiles.b]]",
            "[profiles.b] x",
            "[profiles.a]",
            "[other]",
            "x = '''",
            "x = \"\"\"",
        ] {
            assert_eq!(excerpt(&format!("{FILE}{odd}\n"), "a"), None, "{odd}");
        }
    }
}
