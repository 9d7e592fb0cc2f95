//! The first key of a line at the terminal, noticed when it is pressed.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

/// The first key of a line, which is told of when it is pressed and not first when the line is done.
///
/// Until then the terminal on standard input shows nothing of what is typed, so that something else may move there; then it
/// is as it was before, and the person sees the line from its beginning. Ctrl-C is itself all the time.
#[derive(Clone)]
pub struct FirstKey(Arc<system::Watch>);

impl FirstKey {
    /// Starts to watch for it. `None` where there is no terminal, it is another program's, or it cannot be done.
    pub fn watch() -> Option<FirstKey> {
        system::Watch::begin().map(|watch| FirstKey(Arc::new(watch)))
    }

    /// Returns whether no key was pressed yet and the terminal is ours as we left it; a shell takes it when the program is
    /// stopped.
    pub fn is_awaited(&self) -> bool {
        self.0.is_on()
    }

    /// Makes the terminal what it was before.
    pub fn give_up(&self) {
        self.0.end();
    }

    /// Returns standard input. `pressed` is called with what has been typed when the first key is, and has to show it.
    ///
    /// # Errors
    /// Fails when standard input is closed.
    pub fn reader(
        self,
        pressed: impl FnMut(&str) + Send + 'static,
    ) -> io::Result<impl Read + Send + 'static> {
        Ok(Typed {
            input: super::process::unbuffered_stdin()?,
            first: Some((self, pressed)),
        })
    }
}

/// Standard input, the first key of which is told of.
struct Typed<F> {
    input: File,
    first: Option<(FirstKey, F)>,
}

impl<F: FnMut(&str)> Read for Typed<F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some((key, mut pressed)) = self.first.take_if(|(key, _)| key.is_awaited()) else {
            return self.input.read(buffer);
        };
        loop {
            let mut length = self.input.read(buffer)?;
            if length == 0 || !key.is_awaited() {
                return Ok(length);
            }
            // The rest of what is pasted: the terminal would not show it any more.
            while length < buffer.len() && system::is_readable(&self.input) {
                length += self.input.read(&mut buffer[length..])?;
            }
            // What edits or ends a line has none yet.
            const DELETE: u8 = 127;
            let typed = buffer[..length].to_vec();
            let typed = typed
                .into_iter()
                .filter(|byte| *byte >= b' ' || *byte == b'\n');
            let mut length = 0;
            for byte in typed.filter(|byte| *byte != DELETE) {
                buffer[length] = byte;
                length += 1;
            }
            if length > 0 {
                pressed(&String::from_utf8_lossy(&buffer[..length]));
                key.give_up();
                return Ok(length);
            }
        }
    }
}

#[cfg(unix)]
mod system {
    use std::fs::File;
    use std::os::fd::AsRawFd;
    use std::sync::{Mutex, PoisonError};

    use crate::platform::terminal::system::{get, set};

    /// The terminal shows nothing and hands over each key, but Ctrl-C and Ctrl-Z, until this is ended.
    pub(super) struct Watch(Mutex<Option<libc::termios>>);

    impl Watch {
        pub(super) fn begin() -> Option<Watch> {
            let before = get().ok().filter(|_| is_ours())?;
            let mut watched = before;
            watched.c_lflag &= !(libc::ECHO | libc::ECHONL | libc::ICANON);
            watched.c_cc[libc::VMIN] = 1;
            watched.c_cc[libc::VTIME] = 0;
            set(&watched).ok()?;
            Some(Watch(Mutex::new(Some(before))))
        }

        pub(super) fn is_on(&self) -> bool {
            let is_as_we_left_it = |state: libc::termios| state.c_lflag & libc::ICANON == 0;
            let before = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            before.is_some() && is_ours() && get().is_ok_and(is_as_we_left_it)
        }

        pub(super) fn end(&self) {
            let mut before = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            // Whose job is in front sets the terminal for itself, and would have us stopped (POSIX, 11.1.4).
            if let Some(before) = before.take().filter(|_| is_ours()) {
                let _ = set(&before);
            }
        }
    }

    impl Drop for Watch {
        fn drop(&mut self) {
            self.end();
        }
    }

    /// Whether this process is in the foreground of the terminal on standard input.
    fn is_ours() -> bool {
        // SAFETY: two numbers are asked for; no memory is touched.
        unsafe { libc::tcgetpgrp(libc::STDIN_FILENO) == libc::getpgrp() }
    }

    /// Whether a read would return at once.
    pub(super) fn is_readable(input: &File) -> bool {
        let mut asked = libc::pollfd {
            fd: input.as_raw_fd(),
            events: libc::POLLIN,
            revents: 0,
        };
        // SAFETY: the pointer is to the one `pollfd` that is said to be there, and it outlives the call.
        unsafe { libc::poll(&raw mut asked, 1, 0) == 1 && asked.revents & libc::POLLIN != 0 }
    }
}

#[cfg(windows)]
mod system {
    use std::fs::File;

    /// The console tells of a line when it is done; none is watched.
    pub(super) enum Watch {}

    impl Watch {
        pub(super) fn begin() -> Option<Watch> {
            None
        }

        pub(super) fn is_on(&self) -> bool {
            match *self {}
        }

        pub(super) fn end(&self) {
            match *self {}
        }
    }

    pub(super) fn is_readable(_: &File) -> bool {
        false
    }
}
