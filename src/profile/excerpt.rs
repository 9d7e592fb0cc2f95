//! The part of a profile file that one profile needs, found without parsing the rest: a thousand profiles cost as little as ten.

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
    let table = lines(text).find(|(_, line)| line.starts_with('['));
    match table {
        Some((start, _)) if !has_long_texts(text) => &text[..start],
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
    let top = top_level(text);
    let (mut table, mut lines_before) = (None, 0);
    for (number, (start, line)) in lines(text).enumerate() {
        match line.as_bytes().first() {
            Some(b'[') if table_name(line)? == profile => match table {
                None => (table, lines_before) = (Some(start..text.len()), number),
                // Twice, which is an error.
                Some(_) => return None,
            },
            Some(b'[') => {
                let open = table.as_mut().filter(|table| table.end == text.len());
                if let Some(table) = open {
                    table.end = start;
                }
            }
            Some(b' ' | b'\t') if line.trim_start().starts_with('[') => return None,
            _ => {}
        }
    }
    let text = [top, &text[table?]].concat();
    let gap = Gap {
        at: top.len(),
        lines: lines_before - top.matches('\n').count(),
    };
    Some(Excerpt { text, gap })
}

/// Tells whether there may be texts that go over several lines.
fn has_long_texts(text: &str) -> bool {
    text.contains("\"\"\"") || text.contains("'''")
}

/// Returns the lines with the byte each starts at.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split('\n').scan(0, |next, line| {
        let start = *next;
        *next += line.len() + 1;
        Some((start, line))
    })
}

/// Reads `NAME` from a line `[profiles.NAME]`, if it is written without quotes and spaces.
fn table_name(line: &str) -> Option<&str> {
    let (name, rest) = line.strip_prefix("[profiles.")?.split_once(']')?;
    let bare = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let rest = rest.trim_start();
    let plain = name.bytes().all(bare) && (rest.is_empty() || rest.starts_with('#'));
    plain.then_some(name)
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
