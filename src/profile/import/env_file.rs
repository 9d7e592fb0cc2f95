//! Files of `NAME=value` lines, as `.env` and `.env.local` are.

use std::collections::HashMap;

/// One line of such a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) value: String,
    /// The line it begins at, counted from 1.
    pub(super) line: usize,
    /// Whether the value names other variables, `$X` or `${X}`, which nobody resolves here.
    pub(super) refers: bool,
}

/// Reads the variables of a text; lines that set none are ignored, and the last of two of the same name wins.
///
/// # Errors
/// Fails with the line of a quote that is opened and not closed.
pub(super) fn read(text: &str) -> Result<Vec<Variable>, usize> {
    let mut variables: Vec<Variable> = Vec::new();
    let mut rest = text;
    let mut line = 1;
    while !rest.is_empty() {
        let (first, after) = rest.split_once('\n').unwrap_or((rest, ""));
        let Some((name, value)) = assignment(first) else {
            (rest, line) = (after, line + 1);
            continue;
        };
        let value_at = &rest[first.len() - value.len()..];
        let (value, refers, length) = match value.chars().next() {
            Some(quote @ ('"' | '\'' | '`')) => quoted(value_at, quote).ok_or(line)?,
            _ => bare(value),
        };
        variables.push(Variable {
            name: name.to_owned(),
            value,
            line,
            refers,
        });
        // What follows a closing quote on its line is a comment.
        let read = &value_at[..length];
        line += read.matches('\n').count() + 1;
        rest = value_at[length..]
            .split_once('\n')
            .map_or("", |(_, after)| after);
    }
    let mut last = HashMap::new();
    for (at, variable) in variables.iter().enumerate() {
        last.insert(variable.name.clone(), at);
    }
    let mut at = 0..;
    variables.retain(|variable| last.get(&variable.name).copied() == at.next());
    Ok(variables)
}

/// Tells whether a text begins like such a file: its first line that says anything sets a variable.
pub(super) fn is_one(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim);
    lines
        .find(|line| !line.is_empty() && !line.starts_with('#'))
        .is_some_and(|line| assignment(line).is_some())
}

/// Splits `export NAME = value`; the value ends where the line does.
fn assignment(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once('=')?;
    let name = name.trim();
    let name = name.strip_prefix("export ").map_or(name, str::trim_start);
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    let good = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(allowed);
    good.then(|| (name, value.trim_start()))
}

/// Reads a value without quotes: up to the end of the line, or a `#` after a blank.
fn bare(value: &str) -> (String, bool, usize) {
    let comment = value
        .char_indices()
        .find(|(at, c)| *c == '#' && (*at == 0 || value[..*at].ends_with([' ', '\t'])));
    let end = comment.map_or(value.len(), |(at, _)| at);
    let text = value[..end].trim_end().to_owned();
    let refers = refers(&text);
    (text, refers, value.len())
}

/// Reads a quoted value, over line ends if need be; only double quotes know escapes and references.
fn quoted(text: &str, quote: char) -> Option<(String, bool, usize)> {
    let mut value = String::new();
    let mut refers_to = false;
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = characters.next() {
        match c {
            _ if c == quote => return Some((value, refers_to, at + 1)),
            '\\' if quote == '"' => match characters.next()?.1 {
                'n' => value.push('\n'),
                'r' => value.push('\r'),
                't' => value.push('\t'),
                other => value.push(other),
            },
            '$' if quote == '"' => {
                refers_to |= refers(&text[at..]);
                value.push('$');
            }
            _ => value.push(c),
        }
    }
    None
}

fn refers(text: &str) -> bool {
    let after_dollar = |(at, _): (usize, &str)| text[at + 1..].chars().next();
    text.match_indices('$')
        .filter_map(after_dollar)
        .any(|c| c == '{' || c == '_' || c.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<(String, String, usize)> {
        let variables = read(text).expect("every quote is closed");
        variables
            .into_iter()
            .map(|variable| (variable.name, variable.value, variable.line))
            .collect()
    }

    fn value(text: &str) -> String {
        values(text).pop().expect("there is one").1
    }

    #[test]
    fn lines_that_set_a_variable_are_read_and_others_ignored() {
        let text =
            "# mine\r\n\r\nA=1\r\nexport B = two words \r\nnot a variable\r\n1C=no\r\nD=\r\nA=3";
        let expected = [("B", "two words", 4), ("D", "", 7), ("A", "3", 8)];
        assert_eq!(
            values(text),
            expected.map(|(name, value, line)| (name.to_owned(), value.to_owned(), line))
        );
    }

    #[test]
    fn quotes_and_comments_are_understood() {
        assert_eq!(value("A=b#c # d"), "b#c");
        assert_eq!(value("A= # d"), "");
        assert_eq!(value("A='b # $c' # d"), "b # $c");
        assert_eq!(value("A=\"b\\n\\\"c\\\"\" # d"), "b\n\"c\"");
        assert_eq!(value("A=`b'c`"), "b'c");
        assert_eq!(value("A=b'c"), "b'c");
    }

    #[test]
    fn a_quoted_value_may_go_over_line_ends() {
        let text = "KEY=\"-----\nabc=1\n-----\"\nA='b'\n";
        assert_eq!(values(text)[1], ("A".into(), "b".into(), 4));
        assert_eq!(values(text).len(), 2);
        assert_eq!(read("A=1\nB=\"two\nC=3\n"), Err(2));
    }

    #[test]
    fn a_value_that_names_others_is_marked() {
        let marked = |text: &str| read(text).expect("it can be read")[0].refers;
        for text in ["A=${B}/c", "A=\"x $B\"", "A=$_b"] {
            assert!(marked(text), "{text}");
        }
        for text in ["A='${B}'", "A=5$", "A=\"\\$B\"", "A=b"] {
            assert!(!marked(text), "{text}");
        }
    }

    #[test]
    fn such_a_file_is_recognised_by_its_first_line() {
        assert!(is_one("\n# a\nexport A=b\n"));
        assert!(!is_one("const a = {}"));
        assert!(!is_one("{\"a\": \"b=c\"}"));
        assert!(!is_one("// A=b\nexport default {}"));
        assert!(!is_one(""));
    }
}
