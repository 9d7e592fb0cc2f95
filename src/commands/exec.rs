//! `exec`: runs a program with the tokens in its environment, in place of this one.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;
use std::process::Command;

use anyhow::Result;
use clap::Args;

use super::in_use::InUse;
use super::selection::{BrowserArgs, Selection};
use super::world::World;
use crate::failure::{Exit, Failure, printable, shell_word};
use crate::output::Output;
use crate::platform::process::run_in_place;
use crate::session::{Session, TokenUse, Wanted};

/// Arguments of `exec`.
#[derive(Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub struct ExecArgs {
    /// The program and its arguments
    #[arg(required = true, trailing_var_arg = true, value_name = "CMD")]
    command: Vec<OsString>,
}

const AFTER_HELP: &str = "\
The program gets these variables, and its exit code is the one you see (127: not found, 126: cannot
be run):
  COGNITO_ACCESS_TOKEN         the access token
  COGNITO_ID_TOKEN             the ID token; not set for a machine (client_credentials)
  COGNITO_TOKEN_EXPIRES_AT     when the first of them ends, such as 2026-01-02T03:04:05Z

They are not renewed while it runs. Other programs of yours can read its environment; to keep a
token out of it, let the program call: cognito-login token

Example:
  cognito-login exec -- ./deploy.sh --stage test";

/// Becomes the program.
///
/// # Errors
/// Fails as `token` does when there is no token to be had, and with 126 or 127 when there is no program.
pub fn run(
    args: ExecArgs,
    selection: &Selection,
    world: &World,
    output: &mut Output,
) -> Result<()> {
    let in_use = InUse::open(selection, &BrowserArgs::default(), world)?;
    let session = with_good_tokens(&in_use, world, output)?;
    let mut words = args.command.iter();
    let program = words.next().map(OsString::as_os_str).unwrap_or_default();
    let mut command = Command::new(program);
    command
        .args(words)
        .env("COGNITO_ACCESS_TOKEN", session.access_token.expose());
    match &session.id_token {
        Some(id_token) => command.env("COGNITO_ID_TOKEN", id_token.expose()),
        // An outer `exec` for another profile may have set one.
        None => command.env_remove("COGNITO_ID_TOKEN"),
    };
    let first_end = session
        .id_expires_at
        .map_or(session.access_expires_at, |id| {
            id.min(session.access_expires_at)
        });
    command.env("COGNITO_TOKEN_EXPIRES_AT", first_end.to_string());
    Err(not_run(program, &run_in_place(command, None)).into())
}

/// Returns a session of which both tokens are good: they may live for different times.
fn with_good_tokens(in_use: &InUse, world: &World, output: &mut Output) -> Result<Session> {
    let session = in_use.fresh(Wanted::default(), world, output)?;
    let wanted = Wanted {
        token: TokenUse::Id,
        ..Wanted::default()
    };
    if session.id_token.is_none() || wanted.is_met_by(&session, world.clock.now()) {
        return Ok(session);
    }
    in_use.fresh(wanted, world, output)
}

/// Says why the program did not run, with the exit codes of a shell (POSIX, Shell Command Language, 2.8.2).
pub(super) fn not_run(program: &OsStr, error: &io::Error) -> Failure {
    let name = printable(&program.to_string_lossy(), 200);
    // "Not found" is also said of a script whose interpreter is missing.
    let is_there = || Path::new(program).components().count() > 1 && Path::new(program).exists();
    match error.kind() {
        io::ErrorKind::NotFound if !is_there() => {
            Failure::new(Exit::NotFound, "command_not_found", format!("there is no program `{name}`"))
                .hint("check its spelling and PATH")
        }
        _ => Failure::new(Exit::NotExecutable, "command_not_executable", format!("the program `{name}` cannot be run: {error}"))
            .hint(format!("check that it is a program, its first line names an interpreter that exists, and you may run it: ls -l {}", shell_word(&name))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_codes_are_those_of_a_shell() {
        let code = |program: &str, kind: io::ErrorKind| {
            not_run(program.as_ref(), &kind.into()).exit as i32
        };
        assert_eq!(code("no-such-program", io::ErrorKind::NotFound), 127);
        assert_eq!(code("./no/such/program", io::ErrorKind::NotFound), 127);
        assert_eq!(code("/etc/passwd", io::ErrorKind::PermissionDenied), 126);
        let scratch = tempfile::NamedTempFile::new().unwrap();
        assert_eq!(
            code(scratch.path().to_str().unwrap(), io::ErrorKind::NotFound),
            126,
            "its interpreter is missing"
        );
    }
}
