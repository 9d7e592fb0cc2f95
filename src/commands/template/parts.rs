//! A text with parts that are there or not, or once for each of several things.

use std::collections::BTreeMap;

/// What a part of the template can ask for: values and lists, by name.
#[derive(Debug, Default)]
pub(super) struct Facts {
    values: BTreeMap<&'static str, String>,
    lists: BTreeMap<&'static str, Vec<Facts>>,
}

impl Facts {
    pub(super) fn of(name: &'static str, value: String) -> Facts {
        let mut facts = Facts::default();
        facts.values.insert(name, value);
        facts
    }

    pub(super) fn set(&mut self, name: &'static str, value: &str) {
        self.values.insert(name, value.to_owned());
    }

    pub(super) fn switch(&mut self, name: &'static str, otherwise: &'static str, on: bool) {
        self.set(if on { name } else { otherwise }, "");
    }

    pub(super) fn list(&mut self, name: &'static str, items: impl IntoIterator<Item = Facts>) {
        self.lists.insert(name, items.into_iter().collect());
    }

    fn has(&self, name: &str) -> bool {
        self.values.contains_key(name) || self.lists.get(name).is_some_and(|list| !list.is_empty())
    }
}

/// Writes a template. A part between `#: if NAME` and `#: end` stays if there is such a fact, one between `#: each NAME` and
/// `#: end` once for each item of the list; `{{NAME}}` becomes the value.
pub(super) fn render(template: &str, facts: &Facts) -> String {
    let mut out = String::new();
    render_lines(&template.lines().collect::<Vec<_>>(), &[facts], &mut out);
    out
}

/// The same for some of its lines; the facts of inner parts come last.
fn render_lines(lines: &[&str], facts: &[&Facts], out: &mut String) {
    let mut at = 0;
    while at < lines.len() {
        let Some(mark) = lines[at].trim().strip_prefix("#: ") else {
            write_line(lines[at], facts, out);
            at += 1;
            continue;
        };
        let part = part(&lines[at + 1..]);
        match mark.split_once(' ') {
            Some(("if", name)) if facts.iter().any(|facts| facts.has(name)) => {
                render_lines(part, facts, out)
            }
            Some(("each", name)) => {
                let list = facts.iter().rev().find_map(|facts| facts.lists.get(name));
                for item in list.into_iter().flatten() {
                    render_lines(part, &[facts, &[item]].concat(), out);
                }
            }
            _ => {}
        }
        at += part.len() + 2;
    }
}

/// Returns the lines before the `#: end` of a part that has begun.
fn part<'t>(lines: &'t [&'t str]) -> &'t [&'t str] {
    let mut depth = 0;
    let end = lines.iter().position(|line| {
        match line.trim().strip_prefix("#: ") {
            Some("end") if depth == 0 => return true,
            Some("end") => depth -= 1,
            Some(_) => depth += 1,
            None => {}
        }
        false
    });
    &lines[..end.unwrap_or(lines.len())]
}

fn write_line(line: &str, facts: &[&Facts], out: &mut String) {
    let mut rest = line;
    while let Some((before, (name, after))) = rest
        .split_once("{{")
        .and_then(|(before, rest)| Some((before, rest.split_once("}}")?)))
    {
        out.push_str(before);
        let value = facts.iter().rev().find_map(|facts| facts.values.get(name));
        out.push_str(value.map_or("", String::as_str));
        rest = after;
    }
    out.push_str(rest);
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_stay_repeat_or_go() {
        let template = "a\n#: if yes\nb {{x}}-{{x}}\n#: if no\nc\n#: end\n#: end\n  #: each item\n  {{y}} of {{x}}\n  #: each inner\n  - {{z}}\n  #: end\n  #: end\n#: each none\nd\n#: end\ne\n";
        let mut facts = Facts::of("x", "1".to_owned());
        facts.switch("yes", "no", true);
        let mut first = Facts::of("y", "p".to_owned());
        first.list(
            "inner",
            [
                Facts::of("z", "q".to_owned()),
                Facts::of("z", "r".to_owned()),
            ],
        );
        facts.list("item", [first, Facts::of("y", "s".to_owned())]);
        assert_eq!(
            render(template, &facts),
            "a\nb 1-1\n  p of 1\n  - q\n  - r\n  s of 1\ne\n"
        );
    }

    #[test]
    fn an_empty_list_is_no_fact() {
        let mut facts = Facts::default();
        facts.list("items", []);
        assert_eq!(render("#: if items\na\n#: end\n", &facts), "");
    }
}
