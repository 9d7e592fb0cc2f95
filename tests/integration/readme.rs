//! Every command of the README is run as it stands there, or says that it is not.

use std::path::Path;
use std::process::Command;

/// The block that runs this very test.
const RUNNING_NOW: &str = "tests/run\n";

/// A `sh` block of the README: its commands, and why it is not run if a comment before it says so.
struct Block {
    commands: String,
    line: usize,
    not_run: Option<String>,
}

fn blocks(markdown: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let (mut inside, mut before) = (false, "");
    for (number, line) in markdown.lines().enumerate() {
        if inside && line.starts_with("```") {
            inside = false;
        } else if inside {
            let commands = &mut blocks.last_mut().unwrap().commands;
            commands.push_str(line);
            commands.push('\n');
        } else if line.trim_end() == "```sh" {
            inside = true;
            let reason = before
                .strip_prefix("<!-- not run:")
                .and_then(|rest| rest.strip_suffix("-->"));
            let not_run = reason.map(|reason| reason.trim().to_owned());
            blocks.push(Block {
                commands: String::new(),
                line: number + 1,
                not_run,
            });
        }
        before = line.trim();
    }
    blocks
}

fn readme() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap()
}

#[test]
fn every_block_is_run_or_says_why_not() {
    let blocks = blocks(&readme());
    assert!(
        blocks.iter().any(|block| block.commands == RUNNING_NOW),
        "the README names the test command"
    );
    for block in &blocks {
        let reason = block.not_run.as_deref();
        assert_ne!(
            reason,
            Some(""),
            "README.md:{} is not run and does not say why",
            block.line
        );
    }
}

#[test]
#[ignore = "needs minutes: a release build, as the README starts with"]
fn what_the_readme_says_works() {
    let scratch = tempfile::tempdir().unwrap();
    let blocks = blocks(&readme());
    let run: Vec<_> = blocks
        .iter()
        .filter(|block| block.not_run.is_none() && block.commands != RUNNING_NOW)
        .collect();
    assert!(!run.is_empty(), "the README shows nothing that can be run");
    for block in run {
        let ran = bash(&block.commands, scratch.path());
        assert!(
            ran.status.success(),
            "README.md:{}\n{}\n{}{}",
            block.line,
            block.commands,
            String::from_utf8_lossy(&ran.stdout),
            String::from_utf8_lossy(&ran.stderr)
        );
    }
}

/// Runs commands in the repository as a person would on a fresh machine that has Rust.
fn bash(commands: &str, home: &Path) -> std::process::Output {
    let mut bash = Command::new("bash");
    bash.args(["-euo", "pipefail", "-c", commands])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_clear()
        .env("HOME", home);
    let real_home = std::env::var_os("HOME")
        .map(std::path::PathBuf::from)
        .unwrap_or_default();
    for (name, below_home) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
        bash.env(
            name,
            std::env::var_os(name).unwrap_or_else(|| real_home.join(below_home).into()),
        );
    }
    let path = std::env::var("PATH").unwrap();
    // What is installed goes into the scratch home, and is found there by the blocks that follow.
    bash.env("CARGO_INSTALL_ROOT", home)
        .env("PATH", format!("{}/bin:{path}", home.display()));
    bash.output().unwrap()
}

#[test]
fn blocks_and_reasons_are_read() {
    let blocks = blocks(
        "text\n```sh\na\nb\n```\n<!-- not run: needs a pool -->\n```sh\nc\n```\n```toml\nd\n```\n<!-- not run:-->\n```sh\n```\n",
    );
    let read: Vec<_> = blocks
        .iter()
        .map(|block| {
            (
                block.commands.as_str(),
                block.line,
                block.not_run.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        read,
        [
            ("a\nb\n", 2, None),
            ("c\n", 7, Some("needs a pool")),
            ("", 14, Some(""))
        ]
    );
}
