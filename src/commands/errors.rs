//! `help errors`: every error a person can meet, by name.

use anyhow::Result;

use crate::output::Output;

/// The catalogue: below a heading with the exit code, each kind with its cause and, last, what to do.
pub const CATALOGUE: &str = include_str!("errors.txt");

/// Prints the catalogue.
///
/// # Errors
/// Fails when stdout cannot be written.
pub fn run(output: &mut Output) -> Result<()> {
    output.data(CATALOGUE.as_bytes())
}
