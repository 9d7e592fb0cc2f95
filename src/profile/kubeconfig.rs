//! The user entry of a kubeconfig that lets `kubectl` ask this program for a token.
//!
//! Only `users` is touched, line by line, so that comments and order stay. YAML can be written in many ways; a file in one
//! that is not understood is refused, with the lines to add by hand.

use std::ops::Range;

use crate::failure::{Exit, Failure};

/// The user entry of one profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KubeUser {
    /// The profile whose ID token is presented.
    pub profile: String,
    /// The profile file, if it is not where the program looks by itself.
    pub config: Option<String>,
}

impl KubeUser {
    /// Returns the name of the entry, for `kubectl config set-context --user`.
    pub fn name(&self) -> String {
        format!("cognito-login-{}", self.profile)
    }

    /// Returns the kubeconfig with this entry, in place of an earlier one of the same name. A new file begins with what a
    /// kubeconfig needs.
    ///
    /// # Errors
    /// Fails when `users` is written in a way that is not understood; the hint is the entry to add by hand.
    pub fn added_to(&self, kubeconfig: &str) -> Result<String, Failure> {
        let newline = if kubeconfig.contains("\r\n") {
            "\r\n"
        } else {
            "\n"
        };
        if kubeconfig.trim().is_empty() {
            let entry = self.entry("").join("\n");
            return Ok(format!("apiVersion: v1\nkind: Config\nusers:\n{entry}\n"));
        }
        let mut lines: Vec<String> = kubeconfig.lines().map(str::to_owned).collect();
        let (range, entry) = self.place(&lines).ok_or_else(|| self.not_understood())?;
        lines.splice(range, entry);
        Ok(lines.join(newline) + newline)
    }

    /// Returns which lines the entry replaces, and its own lines.
    fn place(&self, lines: &[String]) -> Option<(Range<usize>, Vec<String>)> {
        let first = lines
            .iter()
            .find(|line| !is_blank(line) && !line.starts_with("---"))?;
        let documents = lines.iter().filter(|line| line.starts_with("---")).count();
        // JSON and other flow style, several documents, tabs, anchors: not ours to cut apart.
        if first.starts_with(['{', '[', '%'])
            || documents > 1
            || lines.iter().any(|line| line.starts_with('\t'))
        {
            return None;
        }
        let mut keys = lines
            .iter()
            .enumerate()
            .filter(|(_, line)| is_users_key(line));
        let Some((at, key)) = keys.next() else {
            let mut entry = vec!["users:".to_owned()];
            entry.extend(self.entry(""));
            return Some((lines.len()..lines.len(), entry));
        };
        if keys.next().is_some() {
            return None;
        }
        match value_of(key)? {
            "" => self.place_in_block(lines, at),
            "[]" | "null" | "~" => {
                let mut entry = vec!["users:".to_owned()];
                entry.extend(self.entry(""));
                Some((at..at + 1, entry))
            }
            _ => None,
        }
    }

    /// Finds the entry among the items of the list below `users:`, or its end.
    fn place_in_block(
        &self,
        lines: &[String],
        users: usize,
    ) -> Option<(Range<usize>, Vec<String>)> {
        let rest = users + 1..lines.len();
        let Some(first) = rest.clone().find(|at| !is_blank(&lines[*at])) else {
            return Some((lines.len()..lines.len(), self.entry("")));
        };
        let indent = indent_of(&lines[first]);
        if !lines[first][indent.len()..].starts_with("- ") {
            // `users:` without a value, and the next key.
            let is_key = indent.is_empty() && lines[first].contains(':');
            return is_key.then(|| (users + 1..users + 1, self.entry("")));
        }
        let is_item = |at: &usize| {
            lines[*at]
                .strip_prefix(indent)
                .is_some_and(|line| line.starts_with("- ") || line == "-")
        };
        let ends = |at: &usize| {
            !is_blank(&lines[*at]) && indent_of(&lines[*at]).len() <= indent.len() && !is_item(at)
        };
        let end = rest.clone().find(ends).unwrap_or(lines.len());
        // Blank lines and comments before the next key belong to that.
        let end = (first..end).rev().find(|at| belongs(&lines[*at], indent))? + 1;
        let items: Vec<usize> = (first..end).filter(is_item).collect();
        let named = format!("name: {}", self.name());
        for (nth, at) in items.iter().enumerate() {
            let item = *at..items.get(nth + 1).copied().unwrap_or(end);
            let name = name_of(&lines[item.clone()], indent.len() + 2)?;
            if format!("name: {name}") == named {
                let last = item.clone().rev().find(|at| belongs(&lines[*at], indent))? + 1;
                return Some((item.start..last, self.entry(indent)));
            }
        }
        Some((end..end, self.entry(indent)))
    }

    fn entry(&self, indent: &str) -> Vec<String> {
        let mut args = vec![
            "kubernetes".to_owned(),
            "--profile".to_owned(),
            self.profile.clone(),
            "--login".to_owned(),
        ];
        if let Some(config) = &self.config {
            args.extend(["--config".to_owned(), config.clone()]);
        }
        let args = args.iter().map(|arg| format!("    - {}", scalar(arg)));
        let head = [
            format!("- name: {}", scalar(&self.name())),
            "  user:".to_owned(),
            "    exec:".to_owned(),
            "      apiVersion: client.authentication.k8s.io/v1".to_owned(),
            "      command: cognito-login".to_owned(),
            "      args:".to_owned(),
        ];
        let tail = [
            // A browser may open when someone sits there, and never for a program.
            "      interactiveMode: IfAvailable".to_owned(),
            "      provideClusterInfo: false".to_owned(),
            "      installHint: cognito-login is missing; install it with `cargo install cognito-login`".to_owned(),
        ];
        head.into_iter()
            .chain(args.map(|arg| format!("  {arg}")))
            .chain(tail)
            .map(|line| format!("{indent}{line}"))
            .collect()
    }

    fn not_understood(&self) -> Failure {
        let message = "`users` of the kubeconfig is written in a way that is not understood here, so nothing was changed";
        let entry = self.entry("").join("\n");
        Failure::new(Exit::Failed, "kubeconfig_not_understood", message)
            .hint(format!("add this below `users`:\n{entry}"))
    }
}

/// Quotes a text unless YAML reads it as a plain one.
fn scalar(text: &str) -> String {
    let plain = text.starts_with(|c: char| {
        c.is_ascii_alphabetic() || c == '/' || c == '-' && text.starts_with("--")
    }) && text
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/'))
        && !matches!(
            text.to_ascii_lowercase().as_str(),
            "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n"
        );
    // Every JSON text is a text of YAML in double quotes.
    if plain {
        text.to_owned()
    } else {
        serde_json::Value::from(text).to_string()
    }
}

fn is_users_key(line: &str) -> bool {
    ["users:", "\"users\":", "'users':"]
        .iter()
        .any(|key| line.starts_with(key))
}

/// Returns what stands behind the key on its line, without a comment.
fn value_of(line: &str) -> Option<&str> {
    let (_, value) = line.split_once(':')?;
    let end = if value.trim_start().starts_with('#') {
        0
    } else {
        value.find(" #").unwrap_or(value.len())
    };
    Some(value[..end].trim())
}

/// Returns the name of an item of `users`; its keys stand at `indent`.
fn name_of(item: &[String], indent: usize) -> Option<String> {
    let keys = item.iter().enumerate().filter_map(|(nth, line)| {
        let line = if nth == 0 {
            line.replacen("- ", "  ", 1)
        } else {
            line.clone()
        };
        (indent_of(&line).len() == indent).then(|| line.trim_start().to_owned())
    });
    for key in keys {
        if let Some(value) = key.strip_prefix("name:") {
            let value = value_of(&format!(":{value}"))?.to_owned();
            return Some(value.trim_matches(['"', '\'']).to_owned());
        }
    }
    None
}

/// Tells whether a line is part of a list at `indent`: no blank line, and no comment of what comes after.
fn belongs(line: &str, indent: &str) -> bool {
    let is_comment = line.trim_start().starts_with('#');
    let ends_here = is_comment && indent_of(line).len() <= indent.len();
    !line.trim().is_empty() && !ends_here
}

fn is_blank(line: &str) -> bool {
    line.trim().is_empty() || line.trim_start().starts_with('#')
}

fn indent_of(line: &str) -> &str {
    &line[..line.len() - line.trim_start_matches(' ').len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(profile: &str) -> KubeUser {
        KubeUser {
            profile: profile.to_owned(),
            config: None,
        }
    }

    fn added(kubeconfig: &str) -> String {
        user("work").added_to(kubeconfig).expect("it is understood")
    }

    const ENTRY: &str = "\
- name: cognito-login-work
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: cognito-login
      args:
      - kubernetes
      - --profile
      - work
      - --login
      interactiveMode: IfAvailable
      provideClusterInfo: false
      installHint: cognito-login is missing; install it with `cargo install cognito-login`
";

    fn indented(text: &str, indent: &str) -> String {
        text.lines()
            .map(|line| format!("{indent}{line}\n"))
            .collect()
    }

    #[test]
    fn a_new_kubeconfig_has_what_it_needs() {
        assert_eq!(
            added(""),
            format!("apiVersion: v1\nkind: Config\nusers:\n{ENTRY}")
        );
    }

    #[test]
    fn the_entry_comes_after_the_others_and_all_else_stays() {
        let before = "# mine\napiVersion: v1\nusers:\n- name: admin # me\n  user:\n    token: |\n      # no comment\n\n# the rest\nclusters:\n- name: c\n";
        let after = before.replace("# no comment\n", &format!("# no comment\n{ENTRY}"));
        assert_eq!(added(before), after);
        assert_eq!(added(&after), after, "a second time changes nothing");
    }

    #[test]
    fn an_entry_of_the_same_name_is_replaced_where_it_stands() {
        let old = "- user:\n    token: x\n  # old\n  name: \"cognito-login-work\"\n";
        let before = format!("users:\n{old}- name: b\n  user: {{}}\n");
        assert_eq!(
            added(&before),
            format!("users:\n{ENTRY}- name: b\n  user: {{}}\n")
        );
        let before = format!("users:\n{}  # next\n  - name: b\n", indented(old, "  "));
        assert_eq!(
            added(&before),
            format!("users:\n{}  # next\n  - name: b\n", indented(ENTRY, "  "))
        );
    }

    #[test]
    fn missing_and_empty_lists_are_filled() {
        assert_eq!(
            added("apiVersion: v1\nkind: Config"),
            format!("apiVersion: v1\nkind: Config\nusers:\n{ENTRY}")
        );
        for empty in ["users: []", "users: null # none", "users:", "users: # none"] {
            let before = format!("kind: Config\n{empty}\nclusters: []\n");
            let after = added(&before);
            assert!(after.starts_with("kind: Config\nusers:"), "{after}");
            assert!(
                after.ends_with(&format!("\n{ENTRY}clusters: []\n")),
                "{after}"
            );
        }
    }

    #[test]
    fn line_ends_of_windows_stay() {
        let before = "kind: Config\r\nusers:\r\n- name: a\r\n";
        assert_eq!(
            added(before),
            format!("{before}{}", ENTRY.replace('\n', "\r\n"))
        );
    }

    #[test]
    fn what_is_not_understood_is_left_alone_with_the_lines_to_add() {
        for text in [
            "{\"apiVersion\": \"v1\", \"users\": []}",
            "users: [{name: a}]\n",
            "users: &u\n- name: a\n",
            "users:\n- {name: a}\n",
            "users:\n- &u\n  name: a\n  <<: *b\n- user: x\n",
            "a: 1\n---\nb: 2\n---\n",
            "users:\n- name: a\nusers:\n- name: b\n",
            "users:\n  a: b\n",
        ] {
            let failure = user("work").added_to(text).expect_err(text);
            assert_eq!(failure.kind, "kubeconfig_not_understood");
            assert!(
                failure
                    .hint
                    .is_some_and(|hint| hint.contains("- name: cognito-login-work"))
            );
        }
    }

    #[test]
    fn names_that_yaml_would_read_otherwise_are_quoted() {
        let user = KubeUser {
            profile: "on: \"x\" #".to_owned(),
            config: Some("C:\\my files\\c.toml".to_owned()),
        };
        let text = user.added_to("").expect("it is new");
        for line in [
            "- name: \"cognito-login-on: \\\"x\\\" #\"",
            "      - \"on: \\\"x\\\" #\"",
            "      - --config",
            "      - \"C:\\\\my files\\\\c.toml\"",
        ] {
            assert!(
                text.lines().any(|found| found == line),
                "{line} is not in\n{text}"
            );
        }
        assert_eq!(scalar("yes"), "\"yes\"");
        assert_eq!(scalar("1e3"), "\"1e3\"");
    }
}
