//! The programs that `tests/run` installs from PyPI, in a folder of their own.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

use crate::support::terminal::Terminal;

/// Where they are.
pub fn bin() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/python/bin")
}

/// Puts them on the path of a machine, before the system's own.
pub fn install(terminal: &mut Terminal) {
    let system = std::env::var_os("PATH").unwrap();
    let folders = std::iter::once(bin()).chain(std::env::split_paths(&system));
    terminal.set("PATH", std::env::join_paths(folders).unwrap());
}

/// A server that says in one line when it is ready; dropping it ends it.
pub struct Server {
    process: Child,
    _input: ChildStdin,
}

impl Server {
    /// Starts it and returns the first line of its standard output or error that `wanted` accepts.
    pub fn start(
        program: &str,
        arguments: &[&str],
        wanted: impl Fn(&str) -> bool,
    ) -> (Server, String) {
        let mut command = Command::new(bin().join(program));
        command
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut process = command
            .spawn()
            .unwrap_or_else(|error| panic!("{program} ({error}): tests/run installs it"));
        let (stdout, stderr) = (
            process.stdout.take().unwrap(),
            process.stderr.take().unwrap(),
        );
        let (said, lines) = std::sync::mpsc::channel();
        for stream in [
            Box::new(stdout) as Box<dyn std::io::Read + Send>,
            Box::new(stderr),
        ] {
            let said = said.clone();
            std::thread::spawn(move || {
                BufReader::new(stream)
                    .lines()
                    .map_while(Result::ok)
                    .for_each(|line| drop(said.send(line)))
            });
        }
        drop(said);
        let _input = process.stdin.take().unwrap();
        let server = Server { process, _input };
        let mut before = Vec::new();
        for line in &lines {
            if wanted(&line) {
                return (server, line);
            }
            before.push(line);
        }
        panic!("{program} ended before it was ready: {before:#?}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
