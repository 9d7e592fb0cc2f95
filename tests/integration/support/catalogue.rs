//! The catalogue of errors, as `cognito-login help errors` prints it.

use std::collections::BTreeMap;

pub const TEXT: &str = include_str!("../../../src/commands/errors.txt");

/// Returns the exit codes of each kind; most have one.
pub fn kinds() -> BTreeMap<&'static str, Vec<i32>> {
    let mut codes = Vec::new();
    let mut kinds = BTreeMap::new();
    for line in TEXT.lines() {
        if line.starts_with(|c: char| c.is_ascii_digit()) {
            let (numbers, _) = line.split_once(':').expect("a heading with exit codes");
            codes = numbers
                .split(" AND ")
                .map(|code| code.parse().unwrap())
                .collect();
        } else if line.starts_with(|c: char| c.is_ascii_lowercase()) {
            let again = kinds.insert(line, codes.clone());
            assert_eq!(again, None, "{line} is there twice");
        }
    }
    kinds
}

/// Asserts that what was said to a program is in the catalogue, with this exit code.
pub fn check(name: &str, code: i32, stderr: &str) {
    let last = stderr.lines().last().unwrap_or_default();
    let error: serde_json::Value = serde_json::from_str(last).unwrap_or_default();
    let Some(kind) = error["error"]["kind"].as_str() else {
        return;
    };
    let codes = kinds().remove(kind);
    assert!(
        codes.as_ref().is_some_and(|codes| codes.contains(&code)),
        "`{name}` ended with {code} and kind {kind}; the catalogue says {codes:?}"
    );
}
