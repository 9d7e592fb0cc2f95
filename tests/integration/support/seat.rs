//! A seat at a terminal: the program reads and writes a real pseudo-terminal, which a person types at.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};
use std::{ptr, thread};

use super::terminal::{PROGRAM, Terminal};

/// Ends the wait for a program that does not say what it should.
const GUARD: Duration = Duration::from_secs(60);

/// The program at its terminal, standard output and all. Dropping it ends it.
pub struct Seat {
    child: Child,
    keyboard: File,
    shown: Receiver<Vec<u8>>,
    came: Vec<u8>,
    screen: String,
    read: usize,
}

impl Seat {
    /// The program in a window whose size nobody knows.
    pub fn take(machine: &Terminal, args: &[&str]) -> Seat {
        let mut command = machine.command(PROGRAM);
        command.args(args);
        Seat::run(command, (0, 0))
    }

    /// The same for another program, such as a shell.
    pub fn take_for(machine: &Terminal, program: &str, args: &[&str]) -> Seat {
        let mut command = machine.command(program);
        command.args(args);
        Seat::run(command, (0, 0))
    }

    /// The program in a window of so many columns and lines.
    pub fn take_before(machine: &Terminal, args: &[&str], window: (u16, u16)) -> Seat {
        let mut command = machine.command(PROGRAM);
        command.args(args);
        Seat::run(command, window)
    }

    /// Any program in such a window.
    pub fn run(mut command: Command, window: (u16, u16)) -> Seat {
        let (ours, theirs) = open(window);
        let stdio = || Stdio::from(theirs.try_clone().unwrap());
        command.stdin(stdio()).stdout(stdio()).stderr(stdio());
        // SAFETY: both calls are safe between fork and exec (POSIX.1-2017, 2.4.3), and touch no memory.
        unsafe {
            command.pre_exec(|| {
                // The terminal of a session of its own, so that Ctrl-C reaches the program.
                if libc::setsid() < 0 || libc::ioctl(0, libc::TIOCSCTTY, 0) < 0 {
                    return Err(std::io::Error::last_os_error());
                }
                Ok(())
            });
        }
        let child = command.spawn().unwrap();
        drop((command, theirs));
        let mut screen = File::from(ours.try_clone().unwrap());
        let (sender, shown) = channel();
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            // Linux answers EIO once nobody has the other end.
            while let Ok(length @ 1..) = screen.read(&mut bytes) {
                let _ = sender.send(bytes[..length].to_vec());
            }
        });
        Seat {
            child,
            keyboard: File::from(ours),
            shown,
            came: Vec::new(),
            screen: String::new(),
            read: 0,
        }
    }

    /// Waits until the screen shows `wanted`, after what was waited for before, and then types.
    #[track_caller]
    pub fn at(&mut self, wanted: &str, typed: &str) {
        self.wait_for(wanted);
        self.write(typed);
    }

    /// Types.
    pub fn write(&mut self, typed: &str) {
        self.keyboard.write_all(typed.as_bytes()).unwrap();
    }

    /// Waits for the address to sign in at, alone on its line, and returns it.
    #[track_caller]
    pub fn sign_in_url(&mut self) -> String {
        self.wait_for(":\r\n\r\nhttp");
        format!("http{}", self.up_to("\r\n\r\n"))
    }

    /// Waits for `end` and returns what stands before it, from what was waited for before.
    #[track_caller]
    pub fn up_to(&mut self, end: &str) -> String {
        let from = self.read;
        self.wait_for(end);
        self.screen[from..self.read - end.len()].to_owned()
    }

    /// Waits until the screen shows `wanted`, after what was waited for before.
    #[track_caller]
    pub fn wait_for(&mut self, wanted: &str) {
        // Not anew with each sign of life: something may move there without an end.
        let until = Instant::now() + GUARD;
        loop {
            if let Some(at) = self.screen[self.read..].find(wanted) {
                self.read += at + wanted.len();
                return;
            }
            let left = until.saturating_duration_since(Instant::now());
            match self.shown.recv_timeout(left) {
                Ok(bytes) => self.show(bytes),
                Err(_) => panic!("`{wanted}` was not shown, but\n{}", self.screen),
            }
        }
    }

    /// Puts on the screen what came; the beginning of a letter waits for its end.
    fn show(&mut self, bytes: Vec<u8>) {
        self.came.extend(bytes);
        let whole = match std::str::from_utf8(&self.came) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => self.came.len(),
        };
        let whole: Vec<u8> = self.came.drain(..whole).collect();
        self.screen.push_str(&String::from_utf8_lossy(&whole));
    }

    /// Everything that was shown so far.
    pub fn screen(&self) -> &str {
        &self.screen
    }

    /// Whether the terminal shows what is typed.
    pub fn echoes(&self) -> bool {
        // SAFETY: a termios is plain numbers, and the pointer to it outlives the call.
        let state = unsafe {
            let mut state: libc::termios = std::mem::zeroed();
            assert_eq!(
                libc::tcgetattr(self.keyboard.as_raw_fd(), &raw mut state),
                0
            );
            state
        };
        state.c_lflag & libc::ECHO != 0
    }

    /// A signal from outside, as `kill` and `timeout` send it.
    pub fn signal(&self, signal: i32) {
        // SAFETY: our own child, which has not been waited for.
        unsafe { libc::kill(self.child.id() as i32, signal) };
    }

    /// Waits for the end; returns the exit code as a shell would say it. The terminal is still there.
    pub fn end(&mut self) -> i32 {
        let status = self.child.wait().unwrap();
        let killed = || status.signal().map(|signal| 128 + signal);
        status.code().or_else(killed).unwrap()
    }

    /// Waits for the end; returns the exit code as a shell would say it, and the whole screen.
    pub fn leave(mut self) -> (i32, String) {
        let code = self.end();
        while let Ok(bytes) = self.shown.recv_timeout(Duration::from_millis(200)) {
            self.show(bytes);
        }
        (code, std::mem::take(&mut self.screen))
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn open((columns, lines): (u16, u16)) -> (OwnedFd, OwnedFd) {
    let (mut ours, mut theirs) = (-1, -1);
    let window = libc::winsize {
        ws_col: columns,
        ws_row: lines,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    // SAFETY: two descriptors are written to numbers of ours, and are nobody else's afterwards.
    unsafe {
        let opened = libc::openpty(
            &raw mut ours,
            &raw mut theirs,
            ptr::null_mut(),
            ptr::null_mut(),
            &raw const window as *mut _,
        );
        assert_eq!(opened, 0);
        for end in [ours, theirs] {
            libc::fcntl(end, libc::F_SETFD, libc::FD_CLOEXEC);
        }
        (OwnedFd::from_raw_fd(ours), OwnedFd::from_raw_fd(theirs))
    }
}
