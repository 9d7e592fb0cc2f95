//! Object literals: JSON, and the JavaScript that generated files write around it, read without running anything.

use crate::failure::printable;

/// How deep a literal may be nested; real ones have five levels.
const DEPTH_LIMIT: usize = 32;

/// A value of a literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Literal {
    /// A text, in any of the three quotes.
    Text(String),
    /// `[…]`
    List(Vec<Placed>),
    /// `{…}`, in the order of the file.
    Object(Vec<(String, Placed)>),
    /// Anything else: a number, `null`, an expression such as `process.env.X`. It is skipped, not understood.
    Other,
}

/// A value and the line it begins at, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) line: usize,
    pub(super) value: Literal,
}

/// What keeps a text from being read, and at which line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unreadable {
    pub(super) line: usize,
    pub(super) why: String,
}

/// Reads the first object or list of a text: of `const awsmobile = {…}; export default awsmobile;` the part in braces.
///
/// What JavaScript allows beyond JSON is read too: comments, single quotes, names without quotes, a comma at the end.
/// What comes before and after is skipped.
pub(super) fn read(text: &str) -> Result<Placed, Unreadable> {
    let mut reader = Reader {
        rest: text,
        line: 1,
        depth: 0,
    };
    reader.skip_to_literal()?;
    reader.value()
}

impl Literal {
    /// Returns the value of a name, if this is an object that has it.
    pub(super) fn member(&self, name: &str) -> Option<&Placed> {
        match self {
            Literal::Object(members) => members
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, value)| value),
            _ => None,
        }
    }
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
    depth: usize,
}

impl Reader<'_> {
    /// Goes to the brace that opens the literal. The braces of `import {…} from` and of functions come after a word, not
    /// after `=`, `(`, `default` or `return`.
    fn skip_to_literal(&mut self) -> Result<(), Unreadable> {
        let mut opens_here = true;
        loop {
            self.skip_blank()?;
            match self.peek() {
                None => return Err(self.unreadable("there is no `{` here")),
                Some('{' | '[') if opens_here => return Ok(()),
                Some('"' | '\'' | '`') => {
                    self.text()?;
                    opens_here = false;
                }
                Some(c) if is_name(c) => {
                    let word = self.name();
                    opens_here = matches!(word.as_str(), "default" | "return");
                }
                Some(c) => {
                    self.take();
                    opens_here = matches!(c, '=' | '(');
                }
            }
        }
    }

    fn value(&mut self) -> Result<Placed, Unreadable> {
        let line = self.line;
        let value = match self.peek() {
            Some('{') => self.nested(Reader::object)?,
            Some('[') => self.nested(Reader::list)?,
            Some('"' | '\'' | '`') => self.text_alone()?,
            _ => self.skip_expression()?,
        };
        Ok(Placed { line, value })
    }

    fn nested(
        &mut self,
        read: fn(&mut Self) -> Result<Literal, Unreadable>,
    ) -> Result<Literal, Unreadable> {
        if self.depth == DEPTH_LIMIT {
            return Err(self.unreadable(format!("this is nested deeper than {DEPTH_LIMIT} levels")));
        }
        self.depth += 1;
        self.take();
        let literal = read(self)?;
        self.depth -= 1;
        Ok(literal)
    }

    fn object(&mut self) -> Result<Literal, Unreadable> {
        let mut members = Vec::new();
        loop {
            self.skip_blank()?;
            let name = match self.peek() {
                Some('}') => {
                    self.take();
                    return Ok(Literal::Object(members));
                }
                Some('"' | '\'') => self.text()?,
                Some(c) if is_name(c) => self.name(),
                // `...others` and computed names say nothing we could know.
                Some('.' | '[') => {
                    self.skip_expression()?;
                    self.end_of_item('}')?;
                    continue;
                }
                _ => return Err(self.expected("a name or `}`")),
            };
            self.skip_blank()?;
            let line = self.line;
            let value = match self.peek() {
                Some(':') => {
                    self.take();
                    self.skip_blank()?;
                    self.value()?
                }
                // `{ name }` means a variable, `{ name() {…} }` a function.
                Some(',' | '}' | '(') => Placed {
                    line,
                    value: self.skip_expression()?,
                },
                _ => return Err(self.expected("`:`")),
            };
            members.push((name, value));
            self.end_of_item('}')?;
        }
    }

    fn list(&mut self) -> Result<Literal, Unreadable> {
        let mut items = Vec::new();
        loop {
            self.skip_blank()?;
            if self.peek() == Some(']') {
                self.take();
                return Ok(Literal::List(items));
            }
            items.push(self.value()?);
            self.end_of_item(']')?;
        }
    }

    fn end_of_item(&mut self, close: char) -> Result<(), Unreadable> {
        self.skip_blank()?;
        match self.peek() {
            Some(',') => {
                self.take();
                Ok(())
            }
            Some(c) if c == close => Ok(()),
            _ => Err(self.expected(&format!("`,` or `{close}`"))),
        }
    }

    /// Reads a text that is a whole value; `"a" + b` is an expression.
    fn text_alone(&mut self) -> Result<Literal, Unreadable> {
        let template = self.peek() == Some('`');
        let text = self.text()?;
        self.skip_blank()?;
        match self.peek() {
            None | Some(',' | '}' | ']' | ')' | ';') if !(template && text.contains("${")) => {
                Ok(Literal::Text(text))
            }
            // In JSON a member without its comma is a slip of the pen, not an expression.
            Some('"' | '\'') => Err(self.expected("`,`")),
            _ => self.skip_expression(),
        }
    }

    /// Skips to the comma or bracket that ends the value.
    fn skip_expression(&mut self) -> Result<Literal, Unreadable> {
        let mut open = Vec::new();
        loop {
            self.skip_blank()?;
            match self.peek() {
                None => return Err(self.unreadable("the text ends in the middle of a value")),
                Some('"' | '\'' | '`') => drop(self.text()?),
                Some(c @ ('{' | '[' | '(')) => {
                    if open.len() == DEPTH_LIMIT {
                        return Err(self.unreadable(format!(
                            "this is nested deeper than {DEPTH_LIMIT} levels"
                        )));
                    }
                    open.push(c);
                    self.take();
                }
                Some('}' | ']' | ')') if open.pop().is_some() => drop(self.take()),
                Some(',' | '}' | ']' | ')' | ';') if open.is_empty() => return Ok(Literal::Other),
                Some(_) => drop(self.take()),
            }
        }
    }

    fn text(&mut self) -> Result<String, Unreadable> {
        let opened_at = self.line;
        let quote = self.take();
        let mut text = String::new();
        loop {
            match self.take() {
                Some(c) if Some(c) == quote => return Ok(text),
                Some('\n') if quote != Some('`') => break,
                Some('\\') => text.extend(self.escaped()?),
                Some(c) => text.push(c),
                None => break,
            }
        }
        Err(Unreadable {
            line: opened_at,
            why: "a quote is opened and not closed".to_owned(),
        })
    }

    /// Reads what follows a backslash (RFC 8259 §7, and `\'` and line ends as JavaScript has them).
    fn escaped(&mut self) -> Result<Option<char>, Unreadable> {
        Ok(match self.take() {
            Some('\n') => None,
            Some('n') => Some('\n'),
            Some('r') => Some('\r'),
            Some('t') => Some('\t'),
            Some('b') => Some('\u{8}'),
            Some('f') => Some('\u{c}'),
            Some('u') => Some(self.unicode()?),
            Some(c) => Some(c),
            None => return Err(self.unreadable("the text ends after a backslash")),
        })
    }

    fn unicode(&mut self) -> Result<char, Unreadable> {
        let unit = self.four_hex_digits()?;
        let code = match unit {
            0xd800..=0xdbff if self.rest.starts_with("\\u") => {
                self.take();
                self.take();
                let low = self.four_hex_digits()?;
                0x1_0000 + ((unit - 0xd800) << 10) + (low & 0x3ff)
            }
            _ => unit,
        };
        char::from_u32(code).ok_or_else(|| self.unreadable("`\\u` names no character"))
    }

    fn four_hex_digits(&mut self) -> Result<u32, Unreadable> {
        let digits = self.rest.get(..4).unwrap_or_default();
        let code = u32::from_str_radix(digits, 16).ok();
        let Some(code) = code.filter(|_| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
        else {
            return Err(self.unreadable("`\\u` needs four hexadecimal digits"));
        };
        self.rest = &self.rest[4..];
        Ok(code)
    }

    fn name(&mut self) -> String {
        let end = self.rest.find(|c| !is_name(c)).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        name.to_owned()
    }

    fn skip_blank(&mut self) -> Result<(), Unreadable> {
        loop {
            if self.rest.starts_with("//") {
                self.skip_through("\n");
            } else if self.rest.starts_with("/*") {
                let opened_at = self.line;
                if !self.skip_through("*/") {
                    return Err(Unreadable {
                        line: opened_at,
                        why: "a comment is opened and not closed".to_owned(),
                    });
                }
            } else if self
                .peek()
                .is_some_and(|c| c.is_whitespace() || c == '\u{feff}')
            {
                self.take();
            } else {
                return Ok(());
            }
        }
    }

    fn skip_through(&mut self, end: &str) -> bool {
        let found = self.rest.find(end);
        let (skipped, rest) = self
            .rest
            .split_at(found.map_or(self.rest.len(), |at| at + end.len()));
        self.line += skipped.matches('\n').count();
        self.rest = rest;
        found.is_some()
    }

    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn take(&mut self) -> Option<char> {
        let mut characters = self.rest.chars();
        let taken = characters.next()?;
        self.line += usize::from(taken == '\n');
        self.rest = characters.as_str();
        Some(taken)
    }

    fn expected(&self, what: &str) -> Unreadable {
        let found: String = self.rest.chars().take(20).collect();
        self.unreadable(match found.is_empty() {
            true => format!("{what} is missing at the end"),
            false => format!(
                "{what} is missing before `{}`",
                printable(&found, 20).trim_end()
            ),
        })
    }

    fn unreadable(&self, why: impl Into<String>) -> Unreadable {
        Unreadable {
            line: self.line,
            why: why.into(),
        }
    }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes a literal back as JSON, with `?` for what was not understood.
    fn shown(value: &Literal) -> String {
        match value {
            Literal::Text(text) => format!("{text:?}"),
            Literal::List(items) => {
                let items: Vec<_> = items.iter().map(|item| shown(&item.value)).collect();
                format!("[{}]", items.join(","))
            }
            Literal::Object(members) => {
                let members: Vec<_> = members
                    .iter()
                    .map(|(name, member)| format!("{name}:{}", shown(&member.value)))
                    .collect();
                format!("{{{}}}", members.join(","))
            }
            Literal::Other => "?".to_owned(),
        }
    }

    fn reads(text: &str) -> String {
        match read(text) {
            Ok(placed) => shown(&placed.value),
            Err(Unreadable { line, why }) => format!("{line}: {why}"),
        }
    }

    #[test]
    fn json_is_read() {
        let text = r#" {"a": "b\n\u00e9\ud83d\ude00", "c": [1, -2.5e3, true, null, "d"], "e": {}, "f": []} "#;
        assert_eq!(reads(text), "{a:\"b\\né😀\",c:[?,?,?,?,\"d\"],e:{},f:[]}");
        assert_eq!(reads("[{\"a\": \"b\"}]"), "[{a:\"b\"}]");
    }

    #[test]
    fn what_javascript_allows_beyond_json_is_read_too() {
        let text = "/* eslint-disable */\n// WARNING: { do not edit }\nimport { x } from '{y}';\n\n\
            const awsmobile = {\n  plain: 'it\\'s',\n  'quoted': `t`,\n  list: ['a', 'b',], // last\n};\n\
            export default awsmobile;\n";
        assert_eq!(
            reads(text),
            "{plain:\"it's\",quoted:\"t\",list:[\"a\",\"b\"]}"
        );
        assert_eq!(
            reads("Amplify.configure({ Auth: { a: \"b\" } });"),
            "{Auth:{a:\"b\"}}"
        );
        assert_eq!(
            reads("export default { a: 'b' } satisfies Config"),
            "{a:\"b\"}"
        );
        assert_eq!(reads("function f() { return { a: 'b' } }"), "{a:\"b\"}");
    }

    #[test]
    fn expressions_are_skipped_and_not_understood() {
        let text = "x = { a: process.env.A ?? '}', b: f({x: [1, 2]}), c: 'd' + e, g: `h${i}`, j, ...k, [l]: 1, m() { return 'n,' }, o: 'p' }";
        assert_eq!(reads(text), "{a:?,b:?,c:?,g:?,j:?,m:?,o:\"p\"}");
    }

    #[test]
    fn every_value_knows_its_line() {
        let placed =
            read("{\n\n \"a\": \"b\",\n \"c\": {\n  \"d\": \"e\" } }").expect("it is JSON");
        let inner = placed.value.member("c").expect("there is one");
        assert_eq!(inner.line, 4);
        assert_eq!(inner.value.member("d").map(|value| value.line), Some(5));
    }

    #[test]
    fn what_cannot_be_read_is_named_with_its_line() {
        assert_eq!(reads(""), "1: there is no `{` here");
        assert_eq!(reads("hello\nworld"), "2: there is no `{` here");
        assert_eq!(
            reads("{\n\"a\": \"b\"\n\"c\": 1}"),
            "3: `,` is missing before `\"c\": 1}`"
        );
        assert_eq!(reads("{\"a\" 1}"), "1: `:` is missing before `1}`");
        assert_eq!(reads("{\"a\": \"b"), "1: a quote is opened and not closed");
        assert_eq!(reads("{\n/* "), "2: a comment is opened and not closed");
        assert_eq!(
            reads("{\"a\": 1"),
            "1: the text ends in the middle of a value"
        );
        assert_eq!(
            reads("{\"a\": \"b\""),
            "1: `,` or `}` is missing at the end"
        );
        assert_eq!(
            reads("{\"a\": \"\\u12\"}"),
            "1: `\\u` needs four hexadecimal digits"
        );
        assert_eq!(reads("{\"a\": \"\\udc00\"}"), "1: `\\u` names no character");
    }

    #[test]
    fn nesting_has_an_end() {
        let deep = "[".repeat(100_000);
        assert_eq!(reads(&deep), "1: this is nested deeper than 32 levels");
        let deep = format!("{{a: f({}", "(".repeat(100_000));
        assert_eq!(reads(&deep), "1: this is nested deeper than 32 levels");
    }
}
