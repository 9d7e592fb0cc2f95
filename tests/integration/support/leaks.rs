//! Watches that no secret of a run is anywhere but in the store.

use std::fs;
use std::path::Path;

use super::terminal::{Seen, Terminal};

/// The secrets of one run, by what they are.
#[derive(Default)]
pub struct Leaks {
    secrets: Vec<(String, String)>,
}

impl Leaks {
    pub fn new() -> Leaks {
        Leaks::default()
    }

    /// Watches for a secret. Anything too short to be told from other text is a mistake of the test.
    pub fn watch(&mut self, what: &str, secret: &str) {
        assert!(secret.len() >= 8, "{what} is no secret: `{secret}`");
        self.secrets.push((what.to_owned(), secret.to_owned()));
    }

    /// Watches for every value these names have in what went over the wire: form fields, query parameters, JSON members.
    pub fn watch_wire(&mut self, wire: &[Seen], names: &[&str]) {
        for name in names {
            let values: Vec<_> = wire
                .iter()
                .flat_map(|seen| values(&seen.text, name))
                .collect();
            assert!(!values.is_empty(), "no `{name}` went over the wire");
            for value in values {
                self.watch(name, &value);
            }
        }
    }

    /// Asserts that nothing that was seen, and no file of that machine below `home` but the store's own, holds a secret.
    #[track_caller]
    pub fn none_in(&self, seen: &[Seen], terminal: &Terminal, store: impl Fn(&Path) -> bool) {
        assert!(!self.secrets.is_empty(), "nothing to watch for");
        let mut all = seen.to_vec();
        let mut kept = String::new();
        for (path, text) in files(terminal.home()) {
            if store(&path) {
                kept.push_str(&text);
            } else {
                all.push(Seen {
                    place: path.display().to_string(),
                    text,
                });
            }
        }
        for (what, secret) in &self.secrets {
            let leaks = all
                .iter()
                .filter(|seen| seen.text.contains(secret.as_str()));
            let places: Vec<_> = leaks.map(|seen| seen.place.as_str()).collect();
            assert!(places.is_empty(), "the {what} is in {places:?}");
        }
    }
}

/// Every regular file below a folder, as text.
pub fn files(folder: &Path) -> Vec<(std::path::PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if let Ok(bytes) = fs::read(&path) {
            found.push((path, String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
    found
}

/// Every value of `name` in forms (`name=value`) and JSON (`"name":"value"`), decoded.
pub fn values(text: &str, name: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices(&format!("{name}=")) {
        let is_a_name = at == 0 || "&?\n ".contains(&text[at - 1..at]);
        let value = &text[at + name.len() + 1..];
        let end = value
            .find(|c: char| c.is_whitespace() || c == '&' || c == '#')
            .unwrap_or(value.len());
        if is_a_name {
            found.extend(
                url::form_urlencoded::parse(&value.as_bytes()[..end])
                    .next()
                    .map(|(text, _)| text.into_owned()),
            );
        }
    }
    for (at, matched) in text.match_indices(&format!("\"{name}\"")) {
        let value = text[at + matched.len()..].trim_start_matches([':', ' ']);
        found.extend(
            value
                .strip_prefix('"')
                .and_then(|value| value.split('"').next())
                .map(str::to_owned),
        );
    }
    found.retain(|value| !value.is_empty());
    found
}

#[test]
fn values_are_found_in_forms_and_json() {
    let text = "POST / HTTP/1.1\r\n\r\ngrant_type=authorization_code&code=a%2Bb&code_verifier=v {\"id_token\": \"x.y.z\"}";
    assert_eq!(values(text, "code"), ["a+b"]);
    assert_eq!(values(text, "code_verifier"), ["v"]);
    assert_eq!(values(text, "id_token"), ["x.y.z"]);
}

#[test]
#[should_panic(expected = "the code is in")]
fn a_leak_is_seen() {
    let mut leaks = Leaks::new();
    leaks.watch("code", "0123456789abcdef");
    let seen = [Seen {
        place: "stderr".into(),
        text: "oh: 0123456789abcdef".into(),
    }];
    leaks.none_in(&seen, &Terminal::new(), |_| false);
}

#[test]
#[should_panic(expected = "config.toml")]
fn a_leak_into_a_file_is_seen() {
    let terminal = Terminal::new();
    terminal.configure("# 0123456789abcdef");
    let mut leaks = Leaks::new();
    leaks.watch("code", "0123456789abcdef");
    leaks.none_in(&[], &terminal, |path| path.extension().is_none());
}
