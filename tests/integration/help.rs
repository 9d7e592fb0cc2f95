//! Help and manual page: generated from the grammar, compared with what is checked in.

use std::path::Path;

use crate::support::expect::expect_file;
use crate::support::terminal::Terminal;

/// The verbs the program's own help lists.
pub fn verbs() -> Vec<String> {
    let help = Terminal::new().run(&["--help"]).code(0).stdout;
    let listed = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| line.starts_with("  "));
    let name = |line: &str| line[2..].split(' ').next().unwrap().to_owned();
    listed
        .map(name)
        .filter(|verb| !verb.is_empty() && verb != "help")
        .collect()
}

#[test]
fn help_is_what_is_checked_in() {
    let terminal = Terminal::new();
    expect_file(
        &terminal.run(&["--help"]).code(0).stderr("").stdout,
        "help/cognito-login.txt",
    );
    let verbs = verbs();
    assert!(verbs.iter().any(|verb| verb == "token"), "{verbs:?}");
    for verb in &verbs {
        let help = terminal.run(&[verb, "--help"]).code(0).stderr("").stdout;
        expect_file(&help, &format!("help/{verb}.txt"));
        terminal.run(&["help", verb]).code(0).stdout(&help);
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/integration/expected/help");
    for file in std::fs::read_dir(folder).unwrap() {
        let name = file
            .unwrap()
            .path()
            .file_stem()
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        assert!(
            name == "cognito-login" || verbs.contains(&name),
            "there is no verb `{name}` any more"
        );
    }
}

#[test]
fn no_line_of_help_is_wider_than_the_readers_window() {
    let terminal = Terminal::new();
    for verb in verbs() {
        let help = terminal.run(&[&verb, "--help"]).code(0).stdout;
        let wide = help.lines().find(|line| line.chars().count() > 120);
        assert_eq!(wide, None, "in the help of {verb}");
    }
}

#[test]
fn every_command_that_is_recommended_exists() {
    const PLANNED: [&str; 16] = [
        "login",
        "whoami",
        "token",
        "logout",
        "status",
        "exec",
        "curl",
        "aws-credentials",
        "kubernetes",
        "configure",
        "doctor",
        "template",
        "sandbox",
        "demo",
        "completions",
        "man",
    ];
    let verbs = verbs();
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut texts = crate::support::leaks::files(&top.join("src"));
    texts.push((
        top.join("README.md"),
        std::fs::read_to_string(top.join("README.md")).unwrap(),
    ));
    for (path, text) in texts {
        for named in text.split("cognito-login ").skip(1) {
            let name = named
                .split(|c: char| !c.is_ascii_lowercase() && c != '-')
                .next()
                .unwrap();
            let is_missing = PLANNED.contains(&name) && !verbs.iter().any(|verb| verb == name);
            assert!(
                !is_missing,
                "{} recommends `cognito-login {name}`, which there is not",
                path.display()
            );
        }
    }
}

#[test]
fn the_manual_page_names_every_verb_and_each_has_its_own() {
    let page = Terminal::new().run(&["man"]).code(0).stderr("").stdout;
    assert!(
        page.starts_with(".ie") || page.starts_with(".TH"),
        "{}",
        &page[..80]
    );
    let page = page.replace('\\', "");
    for verb in verbs() {
        assert!(
            page.contains(&format!("cognito-login-{verb}"))
                || page.contains(&format!("\n{verb}\n")),
            "no `{verb}`"
        );
        let own = Terminal::new()
            .run(&["man", &verb])
            .code(0)
            .stderr("")
            .stdout;
        assert!(
            own.contains(&format!(".TH cognito-login-{verb} 1")),
            "{own}"
        );
    }
    Terminal::new().run(&["man", "tokn"]).code(2).stdout("");
}
