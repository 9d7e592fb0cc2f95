//! The browser, started and left alone: nothing of it reaches our terminal, and Ctrl-C in our terminal does not reach it.

use std::path::Path;
use std::process::{Child, Command as Process, Stdio};
use std::time::{Duration, Instant};
use std::{io, thread};

use url::Url;

/// How long a launcher is watched; one that still runs then has taken the page over.
const WATCHED: Duration = Duration::from_millis(250);

/// Something that shows a person a page.
pub trait Browser {
    /// Shows `url`; returns within a quarter of a second.
    ///
    /// # Errors
    /// Fails when nothing could be started or what was started failed at once. The text does not contain the URL.
    /// Success proves little: launchers succeed without a screen, so the URL must be shown in words too.
    fn open(&self, url: &Url) -> io::Result<()>;

    /// Returns who opens the page, as a sentence begins.
    fn name(&self) -> &'static str {
        "Your browser"
    }
}

/// The browser the person has chosen for the machine.
#[derive(Clone, Debug, Default)]
pub struct System {
    /// The value of `BROWSER`: commands to try first, separated by `:` except on Windows. That `none` means none is for
    /// the caller to see.
    pub preferred: Option<String>,
}

impl Browser for System {
    fn open(&self, url: &Url) -> io::Result<()> {
        let preferred = self.preferred.as_deref().into_iter().flat_map(alternatives);
        let preferred = preferred.filter_map(|command| process(command, url).ok());
        // On WSL this is PowerShell first, with the URL in a variable; nowhere does a shell see it.
        hand_over(preferred.chain(open::commands(url.as_str())))
    }
}

/// A command that shows a page: its `%s` is the URL, or else the URL comes last.
///
/// Split at blanks; single and double quotes hold words together, and a backslash is only a backslash.
/// No shell sees it. The name of an existing file is taken whole.
#[derive(Clone, Debug)]
pub struct Command(pub String);

impl Browser for Command {
    fn open(&self, url: &Url) -> io::Result<()> {
        hand_over([process(&self.0, url)?])
    }
}

/// Tells whether there is a browser that could show the person a page.
///
/// There is one if `BROWSER` says so; else not over SSH, and on Linux (WSL apart) not without a display.
pub fn is_at_hand(environment: impl Fn(&str) -> Option<String>) -> bool {
    let has = |name: &str| environment(name).is_some_and(|value| !value.is_empty());
    if let Some(chosen) = environment("BROWSER").filter(|value| !value.is_empty()) {
        return chosen != "none";
    }
    if has("SSH_CONNECTION") || has("SSH_TTY") || has("SSH_CLIENT") {
        return false;
    }
    let needs_display = cfg!(all(unix, not(target_os = "macos"))) && !has("WSL_DISTRO_NAME");
    !needs_display || has("DISPLAY") || has("WAYLAND_DISPLAY")
}

/// Tells whether this is a container, whose loopback is not that of the person's browser.
pub fn in_container() -> bool {
    ["/.dockerenv", "/run/.containerenv"]
        .iter()
        .any(|mark| Path::new(mark).exists())
}

fn alternatives(variable: &str) -> Vec<&str> {
    // On Windows a colon belongs to `C:\…`.
    let commands = if cfg!(windows) {
        vec![variable]
    } else {
        variable.split(':').collect()
    };
    commands
        .into_iter()
        .filter(|command| !command.trim().is_empty())
        .collect()
}

fn process(command: &str, url: &Url) -> io::Result<Process> {
    let invalid = || {
        io::Error::new(
            io::ErrorKind::InvalidInput,
            "the browser command is empty or lacks a closing quote",
        )
    };
    let words = if Path::new(command).is_file() {
        vec![command.to_owned()]
    } else {
        words(command).ok_or_else(invalid)?
    };
    let (program, arguments) = words.split_first().ok_or_else(invalid)?;
    let mut process = Process::new(program);
    process.args(
        arguments
            .iter()
            .map(|argument| argument.replace("%s", url.as_str())),
    );
    if !arguments.iter().any(|argument| argument.contains("%s")) {
        process.arg(url.as_str());
    }
    Ok(process)
}

/// Splits as a shell would, without expanding anything; `None` if a quote is not closed.
fn words(command: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    for c in command.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => word.get_or_insert_default().push(c),
            None if c == '"' || c == '\'' => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            None if c.is_whitespace() => words.extend(word.take()),
            None => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

/// Starts the first that does not fail while it is watched; all of them together are watched no longer than [`WATCHED`].
fn hand_over(launchers: impl IntoIterator<Item = Process>) -> io::Result<()> {
    let until = Instant::now() + WATCHED;
    let mut failure = io::Error::new(io::ErrorKind::NotFound, "no browser found");
    for mut launcher in launchers {
        match start(&mut launcher).and_then(|child| watch(child, until)) {
            Ok(()) => return Ok(()),
            // A launcher that is not installed says nothing about why those that are have failed.
            Err(error) if error.kind() == io::ErrorKind::NotFound => (),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

fn start(launcher: &mut Process) -> io::Result<Child> {
    launcher
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    // The one secret that may be in our environment is not the browser's business.
    launcher.env_remove("COGNITO_CLIENT_SECRET");
    system::detach(launcher);
    launcher.spawn()
}

fn watch(mut child: Child, until: Instant) -> io::Result<()> {
    loop {
        match child.try_wait()? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => {
                return Err(io::Error::other(format!(
                    "the launcher ended with {status}"
                )));
            }
            None if Instant::now() >= until => break,
            None => thread::sleep(Duration::from_millis(5)),
        }
    }
    // Waited for, or it would stay a zombie for as long as we live. Without a thread it stays one.
    let _ = thread::Builder::new()
        .name("browser".into())
        .stack_size(64 * 1024)
        .spawn(move || child.wait());
    Ok(())
}

#[cfg(unix)]
mod system {
    use std::os::unix::process::CommandExt;
    use std::process::Command as Process;

    /// Into a session of its own: no Ctrl-C from our terminal, and no way for a text browser to take the terminal over.
    pub(super) fn detach(launcher: &mut Process) {
        let own_session = || {
            // SAFETY: takes nothing and touches no memory.
            match unsafe { libc::setsid() } {
                -1 => Err(std::io::Error::last_os_error()),
                _ => Ok(()),
            }
        };
        // SAFETY: setsid is async-signal-safe (POSIX, System Interfaces, 2.4.3), and nothing else happens between fork and exec.
        unsafe { launcher.pre_exec(own_session) };
    }
}

#[cfg(windows)]
mod system {
    use std::os::windows::process::CommandExt;
    use std::process::Command as Process;

    const CREATE_NEW_PROCESS_GROUP: u32 = 0x0000_0200;
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;

    pub(super) fn detach(launcher: &mut Process) {
        launcher.creation_flags(CREATE_NEW_PROCESS_GROUP | CREATE_NO_WINDOW);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url() -> Url {
        Url::parse("https://login.example/authorize?state=s&x=%22;%20rm").unwrap()
    }

    fn command_line(command: &str) -> Vec<String> {
        let process = process(command, &url()).unwrap();
        let words = std::iter::once(process.get_program()).chain(process.get_args());
        words
            .map(|word| word.to_str().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn the_url_is_appended_or_put_where_the_command_says() {
        assert_eq!(
            command_line("firefox -P work"),
            ["firefox", "-P", "work", url().as_str()]
        );
        assert_eq!(
            command_line("open --url=%s -g"),
            ["open", &format!("--url={}", url()), "-g"]
        );
    }

    #[cfg(unix)]
    #[test]
    fn every_launcher_of_the_system_gets_the_url_as_it_is() {
        // As one argument that no shell reads, or in a variable, as PowerShell on WSL.
        for launcher in open::commands(url().as_str()) {
            let in_argument = launcher.get_args().any(|word| word == url().as_str());
            let mut variables = launcher.get_envs();
            let in_variable =
                variables.any(|(_, value)| value.is_some_and(|v| v == url().as_str()));
            assert!(in_argument || in_variable, "{launcher:?}");
        }
    }

    #[test]
    fn quotes_hold_words_together_and_nothing_else_is_special() {
        assert_eq!(
            words(r#"a "b c" 'd "e' f"g h"i '' $x;y \z"#).unwrap(),
            ["a", "b c", "d \"e", "fg hi", "", "$x;y", "\\z"]
        );
        assert_eq!(words("a 'b"), None);
        assert_eq!(
            process("'", &url()).unwrap_err().kind(),
            io::ErrorKind::InvalidInput
        );
        assert_eq!(
            process(" ", &url()).unwrap_err().kind(),
            io::ErrorKind::InvalidInput
        );
    }

    #[test]
    fn a_browser_is_at_hand_where_a_person_can_see_it() {
        let at_hand = |variables: &[(&str, &str)]| {
            is_at_hand(|name| {
                variables
                    .iter()
                    .find(|(n, _)| *n == name)
                    .map(|(_, value)| (*value).to_owned())
            })
        };
        assert!(at_hand(&[("BROWSER", "/opt/helper")]));
        assert!(at_hand(&[
            ("BROWSER", "/opt/helper"),
            ("SSH_TTY", "/dev/pts/1")
        ]));
        assert!(at_hand(&[("WSL_DISTRO_NAME", "Debian")]));
        assert!(at_hand(&[("DISPLAY", ":0")]));
        assert!(at_hand(&[("WAYLAND_DISPLAY", "wayland-0")]));
        assert!(!at_hand(&[("BROWSER", "none"), ("DISPLAY", ":0")]));
        assert!(!at_hand(&[
            ("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22"),
            ("DISPLAY", ":0")
        ]));
        assert_eq!(
            at_hand(&[("DISPLAY", "")]),
            cfg!(any(windows, target_os = "macos"))
        );
    }

    #[cfg(unix)]
    mod started {
        use std::fs;
        use std::io::Read;

        use super::*;

        /// A scratch directory with a script that runs `body` and then says so through the fifo `done`.
        struct Script {
            directory: tempfile::TempDir,
        }

        impl Script {
            fn new(body: &str) -> Script {
                use std::os::unix::fs::PermissionsExt;
                let directory = tempfile::tempdir().unwrap();
                let path = directory.path().join("my browser");
                assert!(
                    Process::new("mkfifo")
                        .arg(directory.path().join("done"))
                        .status()
                        .unwrap()
                        .success()
                );
                fs::write(
                    &path,
                    format!("#!/bin/sh\ncd '{}'\n{body}\n", directory.path().display()),
                )
                .unwrap();
                fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
                Script { directory }
            }

            fn path(&self) -> String {
                self.directory
                    .path()
                    .join("my browser")
                    .to_str()
                    .unwrap()
                    .to_owned()
            }

            fn said(&self) -> String {
                let mut text = String::new();
                fs::File::open(self.directory.path().join("done"))
                    .unwrap()
                    .read_to_string(&mut text)
                    .unwrap();
                text
            }
        }

        #[test]
        fn it_gets_the_url_untouched_in_a_session_of_its_own_with_silent_streams() {
            let script = Script::new(
                r#"{ echo "$1"; ps -o sid= -p $$ | tr -d ' '; echo $$; for n in 0 1 2; do readlink /proc/$$/fd/$n; done; } >done"#,
            );
            Command(format!("'{}' %s", script.path()))
                .open(&url())
                .unwrap();
            let said = script.said();
            let mut lines = said.lines();
            assert_eq!(lines.next(), Some(url().as_str()));
            let (session, process) = (lines.next(), lines.next());
            if session.is_some_and(|s| !s.is_empty()) {
                assert_eq!(session, process);
            }
            assert!(
                lines.all(|stream| stream == "/dev/null" || stream.ends_with("/done")),
                "{said}"
            );
        }

        #[test]
        fn one_that_stays_is_left_running() {
            let script = Script::new("read line <done");
            // A file's name with a blank in it is taken whole.
            Command(script.path()).open(&url()).unwrap();
            // Opens only if the other end is read.
            fs::write(script.directory.path().join("done"), "go\n").unwrap();
        }

        #[test]
        fn the_first_of_several_that_works_is_taken() {
            let script = Script::new("echo worked >done");
            let preferred = Some(format!("/nonexistent:false:'{}'", script.path()));
            System { preferred }.open(&url()).unwrap();
            assert_eq!(script.said(), "worked\n");
        }

        #[test]
        fn a_failure_does_not_tell_the_url() {
            let failed = Command("false".to_owned())
                .open(&url())
                .unwrap_err()
                .to_string();
            assert_eq!(failed, "the launcher ended with exit status: 1");
            let missing = Command("/nonexistent/browser".to_owned())
                .open(&url())
                .unwrap_err()
                .to_string();
            assert_eq!(missing, "no browser found");
        }
    }
}
