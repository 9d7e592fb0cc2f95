//! Another program in the place of this one, and a text handed to it that nobody else can read.
//!
//! On Unix the program takes over the process: id, streams, signals and exit code are its own. Windows cannot do that, so
//! there it is a child, which the console tells of Ctrl-C by itself and whose exit code becomes ours.

use std::fs::File;
use std::io;
use std::process::Command;

use crate::secret::Secret;

/// Runs `command` in place of this process, with a text to read if there is one.
///
/// Returns only if the program could not be started.
pub fn run_in_place(command: Command, handed: Option<Handed>) -> io::Error {
    system::run_in_place(command, handed.map(|handed| handed.0))
}

/// Returns standard input without the buffer of `std::io::stdin`, in which a program in our place would miss what it holds.
///
/// # Errors
/// Fails when standard input is closed.
pub fn unbuffered_stdin() -> io::Result<File> {
    system::unbuffered_stdin()
}

/// A text that the program in our place reads once, from a file that has no name in any directory.
pub struct Handed(system::Handed);

impl Handed {
    /// Whether the text takes the program's standard input, so that nothing else can come from there.
    pub const TAKES_STDIN: bool = cfg!(windows);

    /// Makes a text ready to be read.
    ///
    /// # Errors
    /// Fails when the system has no pipe left, or no `/dev/fd`.
    pub fn new(text: &Secret) -> io::Result<Handed> {
        system::Handed::new(text).map(Handed)
    }

    /// Returns what the program has to open, as a curl-like command line names it: `/dev/fd/7`, or `-` for standard input.
    pub fn path(&self) -> String {
        self.0.path()
    }
}

#[cfg(unix)]
mod system {
    use std::fs::File;
    use std::io::{self, PipeReader, PipeWriter, Write};
    use std::os::fd::{AsFd, AsRawFd};
    use std::os::unix::process::{CommandExt, ExitStatusExt};
    use std::path::Path;
    use std::process::Command;

    use zeroize::Zeroizing;

    use crate::secret::Secret;

    pub(super) fn run_in_place(mut command: Command, handed: Option<Handed>) -> io::Error {
        match handed {
            None => command.exec(),
            Some(Handed { reader, rest: None }) => match inherit(&reader) {
                Ok(()) => command.exec(),
                Err(error) => error,
            },
            Some(Handed {
                reader,
                rest: Some((writer, rest)),
            }) => run_beside(command, reader, writer, &rest),
        }
    }

    pub(super) fn unbuffered_stdin() -> io::Result<File> {
        io::stdin().as_fd().try_clone_to_owned().map(File::from)
    }

    /// A pipe: it has no name, and only this process and the program in its place hold an end of it.
    pub(super) struct Handed {
        reader: PipeReader,
        /// What did not fit into the pipe; usually all does, and its other end is closed.
        rest: Option<(PipeWriter, Zeroizing<Vec<u8>>)>,
    }

    impl Handed {
        pub(super) fn new(text: &Secret) -> io::Result<Handed> {
            let (reader, mut writer) = io::pipe()?;
            let handed = Handed { reader, rest: None };
            if !Path::new(&handed.path()).exists() {
                return Err(io::Error::other("this system has no /dev/fd"));
            }
            let written = fill(&mut writer, text.expose().as_bytes())?;
            let rest = &text.expose().as_bytes()[written..];
            let rest = (!rest.is_empty()).then(|| (writer, Zeroizing::new(rest.to_vec())));
            Ok(Handed { rest, ..handed })
        }

        pub(super) fn path(&self) -> String {
            format!("/dev/fd/{}", self.reader.as_raw_fd())
        }
    }

    /// Writes as much as the pipe takes at once; 64 KiB, unless this user has very many pipes (`pipe(7)`).
    fn fill(writer: &mut PipeWriter, text: &[u8]) -> io::Result<usize> {
        set_flags(writer, libc::O_NONBLOCK)?;
        let mut written = 0;
        while written < text.len() {
            match writer.write(&text[written..]) {
                Ok(taken) => written += taken,
                Err(full) if full.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        set_flags(writer, 0)?;
        Ok(written)
    }

    /// Runs the program as a child and feeds it, for what does not fit into a pipe; its exit code becomes ours.
    fn run_beside(
        mut command: Command,
        reader: PipeReader,
        mut writer: PipeWriter,
        rest: &[u8],
    ) -> io::Error {
        let mut child = match inherit(&reader).and_then(|()| command.spawn()) {
            Ok(child) => child,
            Err(error) => return error,
        };
        drop(reader);
        // A program that does not want to read on is not our affair.
        let _ = writer.write_all(rest);
        drop(writer);
        match child.wait() {
            // As a shell reports a signal.
            Ok(status) => std::process::exit(
                status
                    .code()
                    .or(status.signal().map(|signal| 128 + signal))
                    .unwrap_or(1),
            ),
            Err(error) => error,
        }
    }

    /// Lets the end of a pipe live on in the program that takes our place.
    fn inherit(end: &PipeReader) -> io::Result<()> {
        // SAFETY: the descriptor is open, as `end` owns it, and the call takes numbers only.
        check(unsafe { libc::fcntl(end.as_raw_fd(), libc::F_SETFD, 0) })
    }

    fn set_flags(end: &PipeWriter, flags: libc::c_int) -> io::Result<()> {
        // SAFETY: as above.
        check(unsafe { libc::fcntl(end.as_raw_fd(), libc::F_SETFL, flags) })
    }

    fn check(answer: libc::c_int) -> io::Result<()> {
        if answer == -1 {
            Err(io::Error::last_os_error())
        } else {
            Ok(())
        }
    }
}

#[cfg(windows)]
mod system {
    use std::fs::File;
    use std::io::{self, Write};
    use std::os::windows::io::AsHandle;
    use std::process::{Command, Stdio};

    use tokio::signal::windows;

    use crate::secret::Secret;

    pub(super) fn run_in_place(mut command: Command, handed: Option<Handed>) -> io::Error {
        // As long as these live, Ctrl-C and Ctrl-Break do not end us; the console sends them to the child as well, and what
        // it makes of them is its answer.
        let _ours = (windows::ctrl_c(), windows::ctrl_break());
        if handed.is_some() {
            command.stdin(Stdio::piped());
        }
        let mut child = match command.spawn() {
            Ok(child) => child,
            Err(error) => return error,
        };
        if let (Some(handed), Some(mut stdin)) = (handed, child.stdin.take()) {
            // A program that does not want to read on is not our affair.
            let _ = stdin.write_all(handed.0.expose().as_bytes());
        }
        match child.wait() {
            Ok(status) => std::process::exit(status.code().unwrap_or(1)),
            Err(error) => error,
        }
    }

    pub(super) fn unbuffered_stdin() -> io::Result<File> {
        io::stdin().as_handle().try_clone_to_owned().map(File::from)
    }

    /// A text for the child's standard input.
    pub(super) struct Handed(Secret);

    impl Handed {
        pub(super) fn new(text: &Secret) -> io::Result<Handed> {
            Ok(Handed(text.clone()))
        }

        pub(super) fn path(&self) -> String {
            "-".to_owned()
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::process::ExitStatusExt;
    use std::process::Output;

    use super::*;

    const CHILD: &str = "COGNITO_LOGIN_TEST_CHILD";

    /// The process is replaced, so the `act` of a test runs in one of its own: the same test, started again.
    fn in_a_process_of_its_own(test: &str, act: impl FnOnce() -> std::io::Error) -> Output {
        if std::env::var_os(CHILD).is_some() {
            panic!("{}", act());
        }
        let name = format!("platform::process::tests::{test}");
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", &name, "--nocapture"])
            .env(CHILD, "1")
            .output()
            .unwrap()
    }

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn the_program_takes_our_place_with_its_exit_code() {
        let ended =
            in_a_process_of_its_own("the_program_takes_our_place_with_its_exit_code", || {
                run_in_place(shell("echo I am the shell; exit 42"), None)
            });
        assert_eq!(ended.status.code(), Some(42));
        assert!(String::from_utf8_lossy(&ended.stdout).contains("I am the shell"));
    }

    #[test]
    fn a_program_that_is_killed_was_killed_itself() {
        let ended = in_a_process_of_its_own("a_program_that_is_killed_was_killed_itself", || {
            run_in_place(shell("kill -TERM $$"), None)
        });
        assert_eq!(ended.status.signal(), Some(libc::SIGTERM));
    }

    #[test]
    fn the_text_is_read_once_and_to_its_end() {
        let ended = in_a_process_of_its_own("the_text_is_read_once_and_to_its_end", || {
            let handed = Handed::new(&Secret::new("psst")).unwrap();
            let script = format!("printf '<%s>' \"$(cat {})\"", handed.path());
            run_in_place(shell(&script), Some(handed))
        });
        assert!(
            String::from_utf8_lossy(&ended.stdout).ends_with("<psst>"),
            "{ended:?}"
        );
        assert_eq!(ended.status.code(), Some(0));
    }

    #[test]
    fn a_text_that_fits_no_pipe_is_handed_over_all_the_same() {
        let ended = in_a_process_of_its_own(
            "a_text_that_fits_no_pipe_is_handed_over_all_the_same",
            || {
                let handed = Handed::new(&Secret::new("x".repeat(1_000_000))).unwrap();
                let script = format!("wc -c <{}; exit 7", handed.path());
                run_in_place(shell(&script), Some(handed))
            },
        );
        assert!(
            String::from_utf8_lossy(&ended.stdout)
                .trim_end()
                .ends_with("1000000"),
            "{ended:?}"
        );
        assert_eq!(ended.status.code(), Some(7));
    }

    #[test]
    fn a_program_that_is_not_there_is_an_error() {
        let error = run_in_place(Command::new("cognito-login-test-no-such-program"), None);
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}
