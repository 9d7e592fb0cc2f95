//! `man`: the manual pages, generated from the grammar.

use anyhow::Result;
use clap::{Args, Command};

use crate::failure::{Exit, Failure, printable};
use crate::output::Output;

/// Arguments of `man`.
#[derive(Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub struct ManArgs {
    /// The command whose page it is; without one, the page of the whole
    command: Option<String>,
}

const AFTER_HELP: &str = "\
Examples:
  cognito-login man > ~/.local/share/man/man1/cognito-login.1
  cognito-login man login | man -l -";

/// Prints a page in roff.
///
/// # Errors
/// Fails when there is no such command, with exit 2, and when stdout cannot be written.
pub fn run(args: ManArgs, grammar: Command, output: &mut Output) -> Result<()> {
    let mut grammar = grammar.disable_help_subcommand(true);
    grammar.build();
    let meant = match &args.command {
        None => grammar,
        Some(name) => grammar
            .find_subcommand(name)
            .cloned()
            .ok_or_else(|| no_such_command(name))?,
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(meant).render(&mut page)?;
    output.data(&page)
}

fn no_such_command(name: &str) -> Failure {
    let message = format!("there is no command `{}`", printable(name, 60));
    Failure::new(Exit::Usage, "usage", message).hint("cognito-login help")
}
