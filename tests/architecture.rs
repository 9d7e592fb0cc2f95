//! The rules of the house: the drawing in `src/lib.rs` cannot lie, and what belongs in one place stays there.
//!
//! Reads the sources as text, without comments, strings and unit tests. It needs nothing but the standard library and
//! runs in a moment.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Anyone may stand on these; they import nothing of ours, but that `http` speaks in failures.
const GROUND: [&str; 4] = ["clock", "failure", "http", "secret"];

/// The floors each module may use, besides the ground. Lists point only downward: a module may name only modules
/// further down in this table.
const FLOORS: [(&str, &[&str]); 11] = [
    ("main", &["cli"]),
    ("cli", &["commands", "output"]),
    (
        "commands",
        &[
            "aws", "login", "oidc", "output", "platform", "profile", "sandbox", "session",
        ],
    ),
    ("output", &[]),
    ("login", &["oidc", "platform"]),
    ("session", &["oidc", "platform"]),
    ("aws", &["oidc"]),
    ("profile", &["oidc", "platform"]),
    ("oidc", &[]),
    ("sandbox", &[]),
    ("platform", &[]),
];

/// The only files that may turn a secret into text.
const MAY_EXPOSE_SECRETS: [&str; 19] = [
    "aws/credentials.rs",
    "aws/identity_pool.rs",
    "aws/wallet.rs",
    "commands/aws_credentials.rs",
    "commands/curl.rs",
    "commands/exec.rs",
    "commands/kubernetes.rs",
    "commands/token.rs",
    "http.rs",
    "oidc/attempt.rs",
    "oidc/claims.rs",
    "oidc/id_token.rs",
    "oidc/token_endpoint.rs",
    "oidc/user_info.rs",
    "oidc/user_pool.rs",
    "platform/process.rs",
    "session/file_store.rs",
    "session/keyring_store.rs",
    "session/record.rs",
];

#[test]
fn the_drawing_names_every_module() {
    let crate_doc: String = fs::read_to_string(src().join("lib.rs"))
        .unwrap()
        .lines()
        .filter(|line| line.starts_with("//!"))
        .collect();
    let missing: Vec<_> = modules()
        .into_iter()
        .filter(|module| !words(&crate_doc).contains(module.as_str()))
        .collect();
    assert!(missing.is_empty(), "src/lib.rs does not draw {missing:?}");
}

#[test]
fn every_arrow_points_to_a_floor_listed_for_the_module() {
    let mut wrong = Vec::new();
    for file in sources() {
        for used in file.used_modules() {
            if used != file.module() && !may_use(file.module(), &used) {
                wrong.push(format!(
                    "{}: {} must not use {used}",
                    file.path,
                    file.module()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_module_has_its_floor_and_all_floors_point_downward() {
    let floors: BTreeMap<_, _> = FLOORS
        .iter()
        .enumerate()
        .map(|(height, (module, _))| (*module, height))
        .collect();
    for (module, used) in FLOORS {
        for below in used {
            assert!(
                floors[below] > floors[module],
                "{module} → {below} points upward"
            );
        }
    }
    let placed: BTreeSet<String> = FLOORS
        .iter()
        .map(|(module, _)| *module)
        .chain(GROUND)
        .map(String::from)
        .collect();
    let stray: Vec<_> = modules()
        .into_iter()
        .filter(|module| !placed.contains(module))
        .collect();
    assert!(stray.is_empty(), "no floor is listed for {stray:?}");
}

#[test]
fn only_its_two_verbs_use_the_sandbox() {
    let users =
        files_where(|file| file.module() != "sandbox" && file.used_modules().contains("sandbox"));
    keep_to(
        "crate::sandbox",
        &users,
        &["commands/sandbox.rs", "commands/demo.rs"],
    );
}

#[test]
fn the_sandbox_shares_nothing_with_the_client_but_the_clock() {
    for file in sources().iter().filter(|file| file.module() == "sandbox") {
        let mut used = file.used_modules();
        used.remove("sandbox");
        used.remove("clock");
        assert!(used.is_empty(), "{} uses {used:?}", file.path);
    }
}

#[test]
fn operating_systems_differ_only_in_platform() {
    const SYSTEMS: [&str; 6] = [
        "unix",
        "windows",
        "target_os",
        "target_family",
        "target_env",
        "target_vendor",
    ];
    let users = files_where(|file| {
        file.conditions()
            .iter()
            .any(|word| SYSTEMS.contains(&word.as_str()))
    });
    keep_to("cfg(unix | windows | target_os)", &users, &["platform/"]);
}

#[test]
fn only_output_writes_to_the_terminal() {
    let users = files_where(|file| {
        let prints = ["println", "print", "eprintln", "eprint", "dbg"];
        prints.iter().any(|name| file.has(&[name, "!"]))
            || file.takes("stdout")
            || file.takes("stderr")
    });
    keep_to(
        "writing to the terminal",
        &users,
        &["cli.rs", "cli/", "output/", "output.rs"],
    );
}

#[test]
fn the_environment_is_read_in_one_place() {
    let users = files_where(|file| {
        ["var", "vars", "var_os", "vars_os"]
            .iter()
            .any(|name| file.has(&["env", "::", name]))
    });
    keep_to("std::env::var", &users, &["commands/world.rs", "platform/"]);
}

#[test]
fn time_is_read_where_it_can_be_held_still() {
    let users = files_where(|file| {
        ["SystemTime", "Instant", "Utc", "Local"]
            .iter()
            .any(|clock| file.has(&[clock, "::", "now"]))
    });
    keep_to(
        "now()",
        &users,
        &[
            "clock.rs",
            "commands/doctor_checks.rs",
            "login/",
            "platform/",
            "sandbox/",
        ],
    );
}

#[test]
fn every_place_where_a_secret_becomes_text_is_known() {
    let users = files_where(|file| file.module() != "secret" && file.has(&[".", "expose", "("]));
    keep_to(".expose()", &users, &MAY_EXPOSE_SECRETS);
    let idle: Vec<_> = MAY_EXPOSE_SECRETS
        .iter()
        .filter(|known| !users.contains(**known))
        .collect();
    assert!(
        idle.is_empty(),
        "these no longer expose a secret, strike them off the list: {idle:?}"
    );
}

#[test]
fn every_file_says_its_idea_first() {
    let silent: Vec<_> = sources()
        .into_iter()
        .filter(|file| file.path != "main.rs" && !file.text.starts_with("//! "))
        .map(|file| file.path)
        .collect();
    assert!(
        silent.is_empty(),
        "no `//!` sentence at the top of {silent:?}"
    );
}

#[test]
fn every_test_that_the_documents_name_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut code = String::new();
    let mut folders = vec![src(), root.join("tests")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("node_modules") && !path.ends_with("target") {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                code.push_str(&fs::read_to_string(path).unwrap());
            }
        }
    }
    let functions: Vec<&str> = code
        .split("fn ")
        .skip(1)
        .filter_map(|after| Some(after.split_once('(')?.0))
        .collect();
    for (document, at_least) in [(".github/SECURITY.md", 50), ("tests/README.md", 30)] {
        let text = fs::read_to_string(root.join(document)).unwrap();
        let named = named_tests(&text);
        assert!(named.len() >= at_least, "{document}: {}", named.len());
        let is_there = |(command, name): &(bool, &str)| match name.strip_suffix('…') {
            Some(beginning) => functions.iter().any(|test| test.starts_with(beginning)),
            None if *command => functions.iter().any(|test| test.contains(name)),
            None => functions.contains(name),
        };
        let missing: Vec<_> = named.into_iter().filter(|name| !is_there(name)).collect();
        assert!(
            missing.is_empty(),
            "{document}: there is no test {missing:#?}"
        );
    }
}

/// Returns what can only be the name of a test in a document: a sentence of several words, the beginning of one with `…`, or
/// a part of one that a command asks for, which the first value says.
fn named_tests(text: &str) -> Vec<(bool, &str)> {
    let quoted = text.split('`').skip(1).step_by(2);
    quoted
        .flat_map(|quoted| {
            let command = quoted.contains("cargo test") || quoted.starts_with("… ");
            quoted.split(' ').map(move |word| (command, word))
        })
        .filter(|(command, word)| {
            let name = word.trim_end_matches('…');
            let breaks = name.matches('_').count();
            let is_name = |c: char| c == '_' || c.is_ascii_digit() || c.is_ascii_lowercase();
            name.chars().all(is_name) && (breaks > 2 || breaks > 0 && (*command || name != *word))
        })
        .collect()
}

#[test]
fn the_reader_is_not_fooled() {
    let file = Source::new(
        "session/lock.rs",
        r##"
        //! crate::cli in a comment
        use crate::{clock::Clock, oidc::{Tokens, IdClaims}, secret};
        use super::super::platform::files;
        /* crate::aws /* nested */ crate::aws */
        const TEXT: &str = "crate::login \" crate::login";
        const RAW: &str = r#"crate::sandbox "quoted" println!"#;
        const QUOTE: (char, char) = ('"', '\'');
        fn named<'a>(x: &'a str) -> crate::profile::Profile { if cfg!(any(windows, test)) { std::env::var("X") } }
        #[cfg(all(target_os = "linux", not(test)))]
        fn shown() { println!("{}", x.expose()) }
        #[cfg(test)]
        mod tests { use crate::commands; fn t() { let s = "}"; eprintln!() } }
        #[cfg(all(test, unix))]
        #[allow(x)]
        mod more { use crate::commands; }
        #[cfg(test)]
        mod testing;
        fn last() -> crate::output::Output {}
        "##,
    );
    let used: Vec<_> = file.used_modules().into_iter().collect();
    assert_eq!(
        used,
        ["clock", "oidc", "output", "platform", "profile", "secret"]
    );
    assert!(file.conditions().contains("windows") && file.conditions().contains("target_os"));
    assert!(
        file.has(&["env", "::", "var"])
            && file.has(&["println", "!"])
            && file.has(&[".", "expose", "("])
    );
    assert!(!file.has(&["eprintln", "!"]), "unit tests are left out");
    assert_eq!(file.test_files, ["session/lock/testing"]);
    assert!(
        Source::new("main.rs", "fn main() { cognito_login::cli::run() }")
            .used_modules()
            .contains("cli")
    );
}

fn may_use(module: &str, used: &str) -> bool {
    if let Some((_, floors)) = FLOORS.iter().find(|(name, _)| *name == module) {
        return floors.contains(&used)
            || (GROUND.contains(&used) && module != "sandbox")
            || used == "clock";
    }
    // `lib.rs` only lists the modules; the ground stands on nothing.
    module == "http" && used == "failure"
}

fn keep_to(what: &str, users: &BTreeSet<String>, allowed: &[&str]) {
    let stray: Vec<_> = users
        .iter()
        .filter(|path| {
            !allowed
                .iter()
                .any(|place| path == place || (place.ends_with('/') && path.starts_with(place)))
        })
        .collect();
    assert!(
        stray.is_empty(),
        "{what} belongs in {allowed:?}, and is also in {stray:?}"
    );
}

fn files_where(holds: impl Fn(&Source) -> bool) -> BTreeSet<String> {
    sources()
        .into_iter()
        .filter(|file| holds(file))
        .map(|file| file.path)
        .collect()
}

/// The modules at the top of the crate, by their files.
fn modules() -> BTreeSet<String> {
    sources()
        .iter()
        .map(|file| file.module().to_owned())
        .filter(|module| module != "lib")
        .collect()
}

fn words(text: &str) -> BTreeSet<&str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .collect()
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    let mut folders = vec![src()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path == src().join("build.rs") {
                // It runs before the house is built, and is no part of it.
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                let name = path
                    .strip_prefix(src())
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .replace('\\', "/");
                found.push(Source::new(&name, &fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let for_tests: Vec<_> = found
        .iter()
        .flat_map(|file| file.test_files.clone())
        .collect();
    found.retain(|file| {
        !for_tests.iter().any(|test| {
            file.path
                .strip_prefix(test.as_str())
                .is_some_and(|rest| rest.starts_with(['/', '.']))
        })
    });
    found
}

/// One file of `src`: its path from there with forward slashes, its text, and the tokens of its program.
struct Source {
    path: String,
    text: String,
    tokens: Vec<String>,
    /// Files that are compiled only for tests, from `src`, without `.rs` or `/mod.rs`.
    test_files: Vec<String>,
}

impl Source {
    fn new(path: &str, text: &str) -> Source {
        let (tokens, test_files) = without_tests(tokens(text));
        let folder = path.strip_suffix("mod.rs").or(path.strip_suffix("lib.rs"));
        let folder = folder.map_or_else(|| path.replace(".rs", "/"), str::to_owned);
        Source {
            path: path.to_owned(),
            text: text.to_owned(),
            tokens,
            test_files: test_files
                .iter()
                .map(|name| format!("{folder}{name}"))
                .collect(),
        }
    }

    /// The module of the crate this file belongs to: the first part of its path.
    fn module(&self) -> &str {
        self.path.split(['/', '.']).next().unwrap()
    }

    fn has(&self, pattern: &[&str]) -> bool {
        self.tokens
            .windows(pattern.len())
            .any(|window| window == pattern)
    }

    /// Whether a standard stream is taken for more than asking what it is.
    fn takes(&self, stream: &str) -> bool {
        let taken = |window: &[String]| {
            window[..3] == ["io", "::", stream] && window[3..] != ["(", ")", ".", "is_terminal"]
        };
        self.tokens.windows(7).any(taken)
    }

    /// Every module of the crate that is named by a path: `crate::a`, `crate::{a, b::c}`, `super::super::a`.
    fn used_modules(&self) -> BTreeSet<String> {
        let mut used = BTreeSet::new();
        for (at, token) in self.tokens.iter().enumerate() {
            let inside_a_path = at > 0 && self.tokens[at - 1] == "::";
            match token.as_str() {
                "crate" | "cognito_login" if !inside_a_path => {
                    used.extend(self.first_names(at + 1))
                }
                "super" if !inside_a_path => {
                    let climbed = self.tokens[at..]
                        .chunks(2)
                        .take_while(|pair| *pair == ["super", "::"])
                        .count();
                    if climbed == self.depth() {
                        used.extend(self.first_names(at + 2 * climbed - 1));
                    }
                }
                _ => {}
            }
        }
        used
    }

    /// How many `super`s lead from this file to the root of the crate.
    fn depth(&self) -> usize {
        let folders = self.path.matches('/').count();
        if self.path.ends_with("/mod.rs") {
            folders
        } else {
            folders + 1
        }
    }

    /// The first names behind the `::` at `at`: one, or each member of a group in braces.
    fn first_names(&self, at: usize) -> Vec<String> {
        let next = |at: usize| self.tokens.get(at).map_or("", String::as_str);
        if next(at) != "::" {
            return Vec::new();
        }
        if next(at + 1) != "{" {
            return vec![next(at + 1).to_owned()];
        }
        let (mut names, mut depth) = (Vec::new(), 0);
        for at in at + 1.. {
            match next(at) {
                "{" => depth += 1,
                "}" => depth -= 1,
                "" => break,
                name if depth == 1 && matches!(next(at - 1), "{" | ",") => {
                    names.push(name.to_owned())
                }
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
        names
    }

    /// The words inside every `cfg(…)`, `cfg_attr(…)` and `cfg!(…)`.
    fn conditions(&self) -> BTreeSet<String> {
        let mut words = BTreeSet::new();
        for (at, token) in self.tokens.iter().enumerate() {
            if token == "cfg" || token == "cfg_attr" {
                let open = at
                    + self.tokens[at..]
                        .iter()
                        .position(|token| token == "(")
                        .unwrap_or(0);
                let end = closing(&self.tokens, open, "(", ")");
                words.extend(self.tokens[open..end].iter().cloned());
            }
        }
        words
    }
}

/// Drops every item under `#[cfg(test)]`; returns the rest, and the names of modules in files that are only for tests.
fn without_tests(tokens: Vec<String>) -> (Vec<String>, Vec<String>) {
    let (mut program, mut test_files) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < tokens.len() {
        if !is_test_attribute(&tokens, at) {
            program.push(tokens[at].clone());
            at += 1;
            continue;
        }
        while tokens[at] == "#" {
            at = closing(&tokens, at + 1, "[", "]") + 1;
        }
        let end = at
            + tokens[at..]
                .iter()
                .position(|token| token == "{" || token == ";")
                .unwrap();
        if tokens[end] == ";" {
            test_files.push(tokens[end - 1].clone());
            at = end + 1;
        } else {
            at = closing(&tokens, end, "{", "}") + 1;
        }
    }
    (program, test_files)
}

fn is_test_attribute(tokens: &[String], at: usize) -> bool {
    const START: [&str; 3] = ["#", "[", "cfg"];
    if !tokens[at..].iter().take(3).eq(START.iter()) {
        return false;
    }
    let condition = &tokens[at..closing(tokens, at + 1, "[", "]")];
    let has = |word: &str| condition.iter().any(|token| token == word);
    has("test") && !has("not")
}

/// Where the bracket that opens at `open` closes.
fn closing(tokens: &[String], open: usize, opens: &str, closes: &str) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        if token == opens {
            depth += 1;
        } else if token == closes {
            depth -= 1;
            if depth == 0 {
                return at;
            }
        }
    }
    tokens.len() - 1
}

/// Splits a program into names, `::`, `->`-free single signs; comments and the contents of strings are left out.
fn tokens(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment(rest)
        } else if let Some(length) = string(rest) {
            found.push("\"\"".to_owned());
            length
        } else if first == '\'' {
            character(rest)
        } else if first.is_alphanumeric() || first == '_' {
            let length = rest
                .find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(rest.len());
            found.push(rest[..length].to_owned());
            length
        } else if rest.starts_with("::") {
            found.push("::".to_owned());
            2
        } else {
            if !first.is_whitespace() {
                found.push(first.to_string());
            }
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    found
}

fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        match &text.as_bytes()[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

/// The length of the string literal that starts here, if one does: plain, byte, C or raw.
fn string(text: &str) -> Option<usize> {
    let prefix = ["br", "cr", "r", "b", "c", ""].into_iter().find(|prefix| {
        let rest = text.strip_prefix(prefix);
        rest.is_some_and(|rest| {
            rest.starts_with('"') || (prefix.ends_with('r') && rest.starts_with("#"))
        })
    })?;
    let body = &text[prefix.len()..];
    if prefix.ends_with('r') {
        let hashes = body.len() - body.trim_start_matches('#').len();
        let open = body[hashes..].strip_prefix('"')?;
        let close = format!("\"{}", "#".repeat(hashes));
        return Some(prefix.len() + hashes + 1 + open.find(&close)? + close.len());
    }
    let mut escaped = false;
    for (at, c) in body.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(prefix.len() + at + 1),
            _ => {}
        }
    }
    None
}

/// The length of a character literal, or 1 for the quote of a lifetime.
fn character(text: &str) -> usize {
    let mut inside = text[1..].chars();
    match inside.next() {
        Some('\\') => text[3..].find('\'').map_or(1, |at| at + 4),
        Some(c) if inside.next() == Some('\'') => 2 + c.len_utf8(),
        _ => 1,
    }
}
