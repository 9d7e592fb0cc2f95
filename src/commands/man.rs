//! `man`: the manual page, generated from the grammar.

use anyhow::Result;
use clap::Command;

use crate::output::Output;

/// Prints the page in roff.
///
/// # Errors
/// Fails when stdout cannot be written.
pub fn run(grammar: Command, output: &mut Output) -> Result<()> {
    let mut page = Vec::new();
    clap_mangen::Man::new(grammar).render(&mut page)?;
    output.data(&page)
}
