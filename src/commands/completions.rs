//! `completions`: the completion script of a shell, generated from the grammar.

use anyhow::Result;
use clap::{Args, Command};
use clap_complete::Shell;

use crate::output::Output;

/// Arguments of `completions`.
#[derive(Args, Debug)]
pub struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

/// Prints the script.
///
/// # Errors
/// Fails when stdout cannot be written.
pub fn run(args: CompletionsArgs, mut grammar: Command, output: &mut Output) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut grammar, "cognito-login", &mut script);
    let script = String::from_utf8_lossy(&script);
    // The generator spells a name with a hyphen in two ways for bash, and no verb is completed (clap-rs/clap#6421).
    output.data(
        script
            .replace("cognito__subcmd__login", "cognito__login")
            .as_bytes(),
    )
}
