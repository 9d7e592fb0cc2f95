//! A line typed at the terminal that nobody sees.

use std::io::{self, Read, Write};

use crate::secret::Secret;

/// Longer than any client secret; what is typed beyond is dropped.
const LENGTH_LIMIT_BYTES: usize = 4_096;

/// Asks `question` on `screen` and reads the answer from the terminal on standard input without showing it. The line end is
/// not shown either.
///
/// # Errors
/// Fails when standard input is no terminal; with [`io::ErrorKind::Interrupted`] on Ctrl-C, and
/// [`io::ErrorKind::UnexpectedEof`] on Ctrl-D. The terminal is then as it was before.
pub fn read_hidden(screen: &mut dyn Write, question: &str) -> io::Result<Secret> {
    // Before the question: who sees it may paste at once.
    let _hidden = system::Hidden::begin()?;
    write!(screen, "{question}")?;
    screen.flush()?;
    let mut line = Line::default();
    loop {
        let mut byte = [0];
        if io::stdin().lock().read(&mut byte)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if let Some(typed) = line.take(byte[0])? {
            return Ok(typed);
        }
    }
}

/// What has been typed so far.
struct Line(zeroize::Zeroizing<Vec<u8>>);

impl Default for Line {
    fn default() -> Line {
        // Of its final size from the start: a growing buffer leaves copies behind that nobody clears.
        Line(zeroize::Zeroizing::new(Vec::with_capacity(
            LENGTH_LIMIT_BYTES,
        )))
    }
}

impl Line {
    /// Takes one byte as a terminal would edit the line; returns the text at its end.
    fn take(&mut self, byte: u8) -> io::Result<Option<Secret>> {
        const CTRL_C: u8 = 3;
        const CTRL_D: u8 = 4;
        const BACKSPACE: u8 = 8;
        const CTRL_U: u8 = 21;
        const DELETE: u8 = 127;
        match byte {
            b'\n' => return Ok(Some(self.text())),
            b'\r' if system::CR_ENDS_A_LINE => return Ok(Some(self.text())),
            CTRL_C => return Err(io::ErrorKind::Interrupted.into()),
            CTRL_D if self.0.is_empty() => return Err(io::ErrorKind::UnexpectedEof.into()),
            BACKSPACE | DELETE => self.erase(),
            CTRL_U => self.0.clear(),
            byte if byte < b' ' || self.0.len() == LENGTH_LIMIT_BYTES => {}
            byte => self.0.push(byte),
        }
        Ok(None)
    }

    /// Erases a character: its first byte and those that continue it (UTF-8).
    fn erase(&mut self) {
        while self.0.pop().is_some_and(|byte| byte & 0xc0 == 0x80) {}
    }

    fn text(&self) -> Secret {
        let text = zeroize::Zeroizing::new(String::from_utf8_lossy(&self.0).into_owned());
        // The marks of bracketed paste (xterm, `DECSET 2004`), which an earlier program may have left on; their ESC is gone.
        let text = text.strip_prefix("[200~").unwrap_or(&text);
        Secret::new(text.strip_suffix("[201~").unwrap_or(text).trim())
    }
}

#[cfg(unix)]
pub(super) mod system {
    use std::sync::atomic::{AtomicPtr, Ordering};
    use std::{io, mem, ptr};

    /// Enter is `\r` at a terminal that does not translate it.
    pub(super) const CR_ENDS_A_LINE: bool = true;

    /// The terminal shows nothing and hands over each key, Ctrl-C too, until this is dropped.
    ///
    /// A signal from outside (`kill`, `timeout`, a closed window) ends the process as ever, but not before the terminal is as
    /// it was: it would stay silent afterwards.
    pub(super) struct Hidden {
        before: &'static libc::termios,
        actions: Vec<(libc::c_int, libc::sigaction)>,
    }

    /// Signals that end a process that does not expect them.
    const DEADLY: [libc::c_int; 4] = [libc::SIGHUP, libc::SIGINT, libc::SIGQUIT, libc::SIGTERM];

    /// The terminal as it was, for the signal handler.
    static BEFORE: AtomicPtr<libc::termios> = AtomicPtr::new(ptr::null_mut());

    impl Hidden {
        pub(super) fn begin() -> io::Result<Hidden> {
            let before = get()?;
            let mut hidden = before;
            hidden.c_lflag &= !(libc::ECHO | libc::ECHONL | libc::ICANON | libc::ISIG);
            hidden.c_cc[libc::VMIN] = 1;
            hidden.c_cc[libc::VTIME] = 0;
            // Sixty bytes for each question, never given back: a handler may be looking at any time.
            let before: &'static libc::termios = Box::leak(Box::new(before));
            BEFORE.store(ptr::from_ref(before).cast_mut(), Ordering::Release);
            let actions = DEADLY.into_iter().filter_map(on_signal).collect();
            let this = Hidden { before, actions };
            set(&hidden)?;
            Ok(this)
        }
    }

    impl Drop for Hidden {
        fn drop(&mut self) {
            // There is nobody to tell that a terminal went away.
            let _ = set(self.before);
            for (number, action) in &self.actions {
                // SAFETY: an action that was in force before.
                unsafe { libc::sigaction(*number, action, ptr::null_mut()) };
            }
            BEFORE.store(ptr::null_mut(), Ordering::Release);
        }
    }

    /// Lets a signal restore the terminal first; returns what it did before. One that is ignored stays ignored.
    fn on_signal(number: libc::c_int) -> Option<(libc::c_int, libc::sigaction)> {
        // SAFETY: `sigaction` is plain data for which zeros are valid, and the pointers are to ones of ours.
        unsafe {
            let mut before: libc::sigaction = mem::zeroed();
            libc::sigaction(number, ptr::null(), &raw mut before);
            if before.sa_sigaction == libc::SIG_IGN {
                return None;
            }
            let mut ours: libc::sigaction = mem::zeroed();
            ours.sa_sigaction = restore as extern "C" fn(libc::c_int) as libc::sighandler_t;
            // The second time it is deadly; and from the background the terminal can be set all the same (tcsetattr(3)).
            ours.sa_flags = libc::SA_RESETHAND;
            libc::sigaddset(&raw mut ours.sa_mask, libc::SIGTTOU);
            libc::sigaction(number, &raw const ours, ptr::null_mut());
            Some((number, before))
        }
    }

    /// Calls only what is async-signal-safe (POSIX.1-2017, System Interfaces, 2.4.3).
    extern "C" fn restore(number: libc::c_int) {
        let before = BEFORE.load(Ordering::Acquire);
        // SAFETY: a pointer that is there is to a termios that lives for ever.
        unsafe {
            if !before.is_null() {
                libc::tcsetattr(libc::STDIN_FILENO, libc::TCSANOW, before);
            }
            libc::raise(number);
        }
    }

    /// Returns how the terminal on standard input behaves.
    pub(in crate::platform) fn get() -> io::Result<libc::termios> {
        // SAFETY: a termios is plain numbers, for which zero is a value.
        let mut state: libc::termios = unsafe { mem::zeroed() };
        // SAFETY: the pointer is to a termios of ours that outlives the call.
        match unsafe { libc::tcgetattr(libc::STDIN_FILENO, &raw mut state) } {
            0 => Ok(state),
            _ => Err(io::Error::last_os_error()),
        }
    }

    /// Changes the terminal and leaves what was typed ahead where it is.
    pub(in crate::platform) fn set(state: &libc::termios) -> io::Result<()> {
        // SAFETY: the pointer is to a termios that outlives the call.
        match unsafe { libc::tcsetattr(libc::STDIN_FILENO, libc::TCSANOW, state) } {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        }
    }
}

#[cfg(windows)]
mod system {
    use std::io;

    use windows_sys::Win32::Foundation::{HANDLE, INVALID_HANDLE_VALUE};
    use windows_sys::Win32::System::Console::{
        CONSOLE_MODE, ENABLE_ECHO_INPUT, GetConsoleMode, GetStdHandle, STD_INPUT_HANDLE,
        SetConsoleMode,
    };

    /// Enter is `\r\n`: were the `\n` left, it would answer the next question.
    pub(super) const CR_ENDS_A_LINE: bool = false;

    /// The console shows nothing, until this is dropped. It edits the line itself, and Ctrl-C ends the process; the shell
    /// then sets the console as it wants it.
    pub(super) struct Hidden {
        console: HANDLE,
        before: CONSOLE_MODE,
    }

    impl Hidden {
        pub(super) fn begin() -> io::Result<Hidden> {
            // SAFETY: no memory of ours is touched; the handle is the process's own and is not closed.
            let console = unsafe { GetStdHandle(STD_INPUT_HANDLE) };
            if console.is_null() || console == INVALID_HANDLE_VALUE {
                return Err(io::ErrorKind::NotFound.into());
            }
            let mut before = 0;
            // SAFETY: the pointer is to a number of ours that outlives the call.
            if unsafe { GetConsoleMode(console, &raw mut before) } == 0 {
                return Err(io::Error::last_os_error());
            }
            // SAFETY: as for `GetStdHandle`.
            match unsafe { SetConsoleMode(console, before & !ENABLE_ECHO_INPUT) } {
                0 => Err(io::Error::last_os_error()),
                _ => Ok(Hidden { console, before }),
            }
        }
    }

    impl Drop for Hidden {
        fn drop(&mut self) {
            // SAFETY: as for `GetStdHandle`.
            let _ = unsafe { SetConsoleMode(self.console, self.before) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(keys: &[u8]) -> Result<Option<Secret>, io::ErrorKind> {
        let mut line = Line::default();
        for key in keys {
            match line.take(*key) {
                Ok(None) => {}
                Ok(text) => return Ok(text),
                Err(error) => return Err(error.kind()),
            }
        }
        Ok(None)
    }

    #[test]
    fn a_line_is_edited_as_at_any_terminal() {
        let secret = |text| Ok(Some(Secret::new(text)));
        assert_eq!(typed(b"hunter2\n"), secret("hunter2"));
        assert_eq!(typed(b" hunter2 \r\n"), secret("hunter2"));
        assert_eq!(
            typed("hunteö\u{7f}r\u{8}r2\n".as_bytes()),
            secret("hunter2")
        );
        assert_eq!(typed(b"\x7f\x7fwrong\x15right\x1b\n"), secret("right"));
        assert_eq!(typed(b"\n"), secret(""));
        assert_eq!(typed(b"\x1b[200~hunter2\x1b[201~\n"), secret("hunter2"));
        assert_eq!(typed(b"half"), Ok(None));
    }

    #[test]
    fn leaving_is_no_answer() {
        assert_eq!(typed(b"half\x03"), Err(io::ErrorKind::Interrupted));
        assert_eq!(typed(b"\x04"), Err(io::ErrorKind::UnexpectedEof));
        assert_eq!(typed(b"a\x04b\n"), Ok(Some(Secret::new("ab"))));
    }

    #[test]
    fn what_is_too_long_is_cut() {
        let long = [b"x".repeat(10_000), b"\n".to_vec()].concat();
        assert_eq!(
            typed(&long),
            Ok(Some(Secret::new("x".repeat(LENGTH_LIMIT_BYTES))))
        );
    }
}
