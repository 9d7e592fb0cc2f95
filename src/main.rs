//! Hands the arguments to the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    cognito_login::cli::main()
}
