//! A terminal on a machine of its own: the real program in an empty environment and a scratch home.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tempfile::TempDir;

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_cognito-login");

/// Ends a child that neither speaks nor stops, so that a hanging program fails its test with everything it said. Long runs
/// by hand set `GUARD_SECONDS`.
fn patience() -> Duration {
    let given = std::env::var("GUARD_SECONDS").ok();
    Duration::from_secs(given.map_or(60, |text| text.parse().expect("GUARD_SECONDS is a number")))
}

/// A scratch machine with one terminal. Cloning gives a second terminal on the same machine.
#[derive(Clone)]
pub struct Terminal {
    home: Arc<TempDir>,
    environment: BTreeMap<OsString, OsString>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

/// Something a person or a log could have read.
#[derive(Clone, Debug)]
pub struct Seen {
    pub place: String,
    pub text: String,
}

impl Terminal {
    /// A fresh machine: nothing kept, nothing configured, no program on the path but ours.
    pub fn new() -> Terminal {
        let home = tempfile::Builder::new()
            .prefix("cognito-login-test-")
            .tempdir()
            .unwrap();
        let mut terminal = Terminal {
            home: Arc::new(home),
            environment: BTreeMap::new(),
            seen: Arc::default(),
        };
        for (name, folder) in [
            ("HOME", ""),
            ("USERPROFILE", ""),
            ("APPDATA", "config"),
            ("LOCALAPPDATA", "state"),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_STATE_HOME", "state"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_RUNTIME_DIR", "run"),
            ("PATH", "bin"),
        ] {
            let folder = terminal.home().join(folder);
            std::fs::create_dir_all(&folder).unwrap();
            terminal.set(name, folder);
        }
        if let Some(root) = std::env::var_os("SYSTEMROOT") {
            terminal.set("SYSTEMROOT", root); // no Windows program gets a socket without it
        }
        terminal
    }

    /// Sets a variable for the runs that follow.
    pub fn set(&mut self, name: &str, value: impl AsRef<OsStr>) -> &mut Terminal {
        self.environment
            .insert(name.into(), value.as_ref().to_owned());
        self
    }

    /// Removes a variable for the runs that follow.
    pub fn unset(&mut self, name: &str) -> &mut Terminal {
        self.environment.remove(OsStr::new(name));
        self
    }

    /// Lets the program find the system's other programs (`sh`, `curl`).
    pub fn with_system_path(&mut self) -> &mut Terminal {
        let path = std::env::var_os("PATH").unwrap();
        self.set("PATH", path)
    }

    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Where the program looks for its settings on this machine.
    pub fn config_file(&self) -> PathBuf {
        self.home().join("config/cognito-login/config.toml")
    }

    /// Writes the settings file.
    pub fn configure(&self, toml: &str) {
        self.write("config/cognito-login/config.toml", toml);
    }

    /// Writes a file below the home directory.
    pub fn write(&self, path: &str, text: &str) -> PathBuf {
        let path = self.home().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Runs the program to its end, with nothing to read.
    pub fn run(&self, args: &[&str]) -> Ran {
        self.start_with(args, Stdio::null()).finish()
    }

    /// Runs the program to its end with `input` as its standard input.
    pub fn run_with_input(&self, args: &[&str], input: &str) -> Ran {
        let mut running = self.start(args);
        running.write(input);
        running.close_input();
        running.finish()
    }

    /// Starts the program with an open standard input.
    pub fn start(&self, args: &[&str]) -> Running {
        self.start_with(args, Stdio::piped())
    }

    /// Starts the program with a standard input of the caller's choice.
    pub fn start_with(&self, args: &[&str], input: Stdio) -> Running {
        self.spawn(PROGRAM, args, input)
    }

    /// Starts another program on this machine, with an open standard input.
    pub fn start_program(&self, program: impl AsRef<OsStr>, args: &[&str]) -> Running {
        self.spawn(program, args, Stdio::piped())
    }

    fn spawn(&self, program: impl AsRef<OsStr>, args: &[&str], input: Stdio) -> Running {
        let mut command = self.command(program);
        Running::new(command.args(args).stdin(input), args, self.clone())
    }

    /// Any program, as it would run on this machine.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .envs(&self.environment)
            .current_dir(self.home());
        command
    }

    /// Everything that was printed on this machine so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

/// The program while it runs. Dropping it ends it.
pub struct Running {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    readers: Option<[JoinHandle<String>; 2]>,
    read: String,
    name: String,
    machine: Terminal,
    _guard: Sender<()>,
}

impl Running {
    fn new(command: &mut Command, args: &[&str], machine: Terminal) -> Running {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = channel();
        let also = sender.clone();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let read = |stream: Box<dyn BufRead + Send>, sender: Sender<String>| {
            thread::spawn(move || each_line(stream, |line| drop(sender.send(line))))
        };
        let readers = Some([read(Box::new(stdout), sender), read(Box::new(stderr), also)]);
        let input = child.stdin.take();
        let _guard = guard(child.id());
        Running {
            child,
            input,
            lines,
            readers,
            read: String::new(),
            name: args.join(" "),
            machine,
            _guard,
        }
    }

    /// The number of its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits for a line that `wanted` accepts, on either stream; panics with all that was said if the program ends first.
    pub fn line(&mut self, wanted: impl Fn(&str) -> bool) -> String {
        while let Ok(line) = self.lines.recv() {
            self.read.push_str(&line);
            if wanted(line.trim_end()) {
                return line.trim_end().to_owned();
            }
        }
        panic!(
            "`{}` ended without the line that was waited for; it said:\n{}",
            self.name, self.read
        );
    }

    /// Waits for the address to sign in at: the line that is nothing but a URL.
    pub fn sign_in_url(&mut self) -> String {
        self.line(|line| line.starts_with("http") && !line.contains(' ') && line.contains('?'))
    }

    /// Types into the program's standard input.
    pub fn write(&mut self, text: &str) {
        let input = self.input.as_mut().expect("an open standard input");
        // A program that has stopped reading says why in its own words.
        let _ = input
            .write_all(text.as_bytes())
            .and_then(|()| input.flush());
    }

    pub fn close_input(&mut self) {
        self.input = None;
    }

    /// Ctrl-C, or any other signal.
    #[cfg(unix)]
    pub fn signal(&self, signal: i32) {
        // SAFETY: our own child, which has not been waited for.
        unsafe { libc::kill(self.child.id() as i32, signal) };
    }

    /// Ends it the hard way and returns what it said until then.
    pub fn end(mut self) -> Ran {
        let _ = self.child.kill();
        self.finish()
    }

    /// Waits for the end.
    pub fn finish(mut self) -> Ran {
        let status = self.child.wait().unwrap();
        let [stdout, stderr] = self
            .readers
            .take()
            .unwrap()
            .map(|reader| reader.join().unwrap());
        for (stream, text) in [("stdout", &stdout), ("stderr", &stderr)] {
            let place = format!("{stream} of `{}`", self.name);
            let seen = Seen {
                place,
                text: text.clone(),
            };
            self.machine.seen.lock().unwrap().push(seen);
        }
        let code = exit_code(status);
        super::catalogue::check(&self.name, code, &stderr);
        Ran {
            code,
            stdout,
            stderr,
            name: self.name.clone(),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a run left: its exit code as a shell would say it, and both streams.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
    pub name: String,
}

impl Ran {
    /// Asserts the exit code, with everything that was said if it is another.
    #[track_caller]
    pub fn code(self, wanted: i32) -> Ran {
        assert_eq!(
            self.code, wanted,
            "exit code of `{}`; it said:\n{}{}",
            self.name, self.stdout, self.stderr
        );
        self
    }

    /// Asserts all of standard output; `[PORT]` and the like stand for what changes from run to run.
    #[track_caller]
    pub fn stdout(self, wanted: &str) -> Ran {
        super::expect::expect(&self.stdout, wanted);
        self
    }

    /// Asserts all of standard error.
    #[track_caller]
    pub fn stderr(self, wanted: &str) -> Ran {
        super::expect::expect(&self.stderr, wanted);
        self
    }

    /// Standard output as the JSON it must be.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| {
            panic!(
                "`{}` printed no JSON ({error}):\n{}{}",
                self.name, self.stdout, self.stderr
            )
        })
    }

    /// Standard error as the one JSON object it must be.
    #[track_caller]
    pub fn json_error(&self) -> serde_json::Value {
        serde_json::from_str(&self.stderr).unwrap_or_else(|error| {
            panic!("`{}` said no JSON ({error}):\n{}", self.name, self.stderr)
        })
    }
}

fn each_line(mut stream: impl BufRead, mut say: impl FnMut(String)) -> String {
    let mut all = Vec::new();
    loop {
        let from = all.len();
        if stream.by_ref().read_until(b'\n', &mut all).unwrap_or(0) == 0 {
            return String::from_utf8_lossy(&all).into_owned();
        }
        say(String::from_utf8_lossy(&all[from..]).into_owned());
    }
}

fn exit_code(status: std::process::ExitStatus) -> i32 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return 128 + signal;
    }
    status.code().unwrap_or(-1)
}

/// Watches a child until what is returned is dropped.
fn guard(child: u32) -> Sender<()> {
    let (alive, watch) = channel();
    thread::spawn(move || {
        let patience = patience();
        if watch.recv_timeout(patience) == Err(RecvTimeoutError::Timeout) {
            #[cfg(unix)]
            // SAFETY: our own child, not yet waited for: its number is not free to be another's.
            unsafe {
                libc::kill(child as i32, libc::SIGKILL)
            };
            #[cfg(not(unix))]
            eprintln!("process {child} has hung for {patience:?}");
        }
    });
    alive
}
