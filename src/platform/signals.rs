//! Ctrl-C and SIGTERM as something to wait for, and as themselves again afterwards.

use std::io;

/// What asked the process to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Ctrl-C: SIGINT, or the console's event on Windows.
    Interrupt,
    /// SIGTERM; on Windows the console was closed.
    Terminate,
}

/// Catches both signals for as long as it lives; dropped, they end the process as before.
pub struct Signals(system::Signals);

impl Signals {
    /// Starts to catch the signals. One that was ignored from outside (`nohup`, a job of a script) stays ignored.
    ///
    /// # Errors
    /// Fails when the system refuses a handler, and outside a tokio runtime it panics.
    pub fn listen() -> io::Result<Signals> {
        system::Signals::listen().map(Signals)
    }

    /// Waits for the next signal; may be dropped and called again.
    pub async fn next(&mut self) -> Signal {
        self.0.next().await
    }
}

/// Makes reads of this thread from the terminal fail, instead of stopping the process, while it runs in the background.
///
/// The kernel does so for a thread that blocks SIGTTIN (POSIX, General Terminal Interface, 11.1.4).
pub fn fail_background_reads() {
    system::fail_background_reads();
}

#[cfg(unix)]
mod system {
    use std::sync::OnceLock;
    use std::{io, mem, ptr};

    use tokio::signal::unix::{self, SignalKind};

    use super::Signal;

    pub(super) struct Signals {
        interrupt: Option<Caught>,
        terminate: Option<Caught>,
    }

    impl Signals {
        pub(super) fn listen() -> io::Result<Signals> {
            static INTERRUPT: OnceLock<libc::sigaction> = OnceLock::new();
            static TERMINATE: OnceLock<libc::sigaction> = OnceLock::new();
            Ok(Signals {
                interrupt: Caught::new(libc::SIGINT, &INTERRUPT)?,
                terminate: Caught::new(libc::SIGTERM, &TERMINATE)?,
            })
        }

        pub(super) async fn next(&mut self) -> Signal {
            tokio::select! {
                () = received(&mut self.interrupt) => Signal::Interrupt,
                () = received(&mut self.terminate) => Signal::Terminate,
            }
        }
    }

    async fn received(caught: &mut Option<Caught>) {
        let received = match caught {
            Some(caught) => caught.stream.recv().await,
            None => None,
        };
        if received.is_none() {
            std::future::pending().await
        }
    }

    /// One signal on its way to tokio. Tokio installs its handler once per process and never takes it away,
    /// after which Ctrl-C would end nothing any more: so it is taken away here, and put back by the next one.
    struct Caught {
        stream: unix::Signal,
        number: libc::c_int,
        before: libc::sigaction,
    }

    impl Caught {
        fn new(
            number: libc::c_int,
            tokio_s: &OnceLock<libc::sigaction>,
        ) -> io::Result<Option<Caught>> {
            let before = exchange(number, None)?;
            if before.sa_sigaction == libc::SIG_IGN {
                return Ok(None);
            }
            let stream = unix::signal(SignalKind::from_raw(number))?;
            let handler = match tokio_s.get() {
                Some(handler) => handler,
                None => {
                    let installed = exchange(number, None)?;
                    tokio_s.get_or_init(|| installed)
                }
            };
            exchange(number, Some(handler))?;
            Ok(Some(Caught {
                stream,
                number,
                before,
            }))
        }
    }

    impl Drop for Caught {
        fn drop(&mut self) {
            let _ = exchange(self.number, Some(&self.before));
        }
    }

    /// Sets what `number` does, if given, and returns what it did.
    fn exchange(number: libc::c_int, new: Option<&libc::sigaction>) -> io::Result<libc::sigaction> {
        let new = new.map_or(ptr::null(), ptr::from_ref);
        // SAFETY: `sigaction` is plain data for which zeros are valid; `new` is null or an action the kernel once gave us.
        unsafe {
            let mut old: libc::sigaction = mem::zeroed();
            match libc::sigaction(number, new, &raw mut old) {
                0 => Ok(old),
                _ => Err(io::Error::last_os_error()),
            }
        }
    }

    pub(super) fn fail_background_reads() {
        // SAFETY: the set is initialised before it is used, and only this thread's mask changes.
        unsafe {
            let mut set: libc::sigset_t = mem::zeroed();
            libc::sigemptyset(&raw mut set);
            libc::sigaddset(&raw mut set, libc::SIGTTIN);
            libc::pthread_sigmask(libc::SIG_BLOCK, &raw const set, ptr::null_mut());
        }
    }
}

#[cfg(windows)]
mod system {
    use std::io;

    use tokio::signal::windows::{self, CtrlBreak, CtrlC, CtrlClose};

    use super::Signal;

    // Tokio's console handler passes an event on when nobody listens, so nothing need be put back.
    pub(super) struct Signals {
        ctrl_c: CtrlC,
        ctrl_break: CtrlBreak,
        ctrl_close: CtrlClose,
    }

    impl Signals {
        pub(super) fn listen() -> io::Result<Signals> {
            Ok(Signals {
                ctrl_c: windows::ctrl_c()?,
                ctrl_break: windows::ctrl_break()?,
                ctrl_close: windows::ctrl_close()?,
            })
        }

        pub(super) async fn next(&mut self) -> Signal {
            tokio::select! {
                _ = self.ctrl_c.recv() => Signal::Interrupt,
                _ = self.ctrl_break.recv() => Signal::Interrupt,
                _ = self.ctrl_close.recv() => Signal::Terminate,
            }
        }
    }

    pub(super) fn fail_background_reads() {}
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn raise(signal: libc::c_int) {
        // SAFETY: raising a signal that is caught at this moment.
        assert_eq!(unsafe { libc::raise(signal) }, 0);
    }

    fn disposition(signal: libc::c_int) -> usize {
        // SAFETY: asks only; zeros are a valid `sigaction`.
        unsafe {
            let mut now: libc::sigaction = std::mem::zeroed();
            assert_eq!(libc::sigaction(signal, std::ptr::null(), &raw mut now), 0);
            now.sa_sigaction
        }
    }

    // One test, since the signals belong to the whole process.
    #[tokio::test]
    async fn signals_are_caught_while_listened_to_each_time_anew_and_deadly_again_afterwards() {
        for _ in 0..2 {
            let mut signals = Signals::listen().unwrap();
            raise(libc::SIGINT);
            assert_eq!(signals.next().await, Signal::Interrupt);
            raise(libc::SIGTERM);
            assert_eq!(signals.next().await, Signal::Terminate);
            drop(signals);
            assert_eq!(disposition(libc::SIGINT), libc::SIG_DFL);
            assert_eq!(disposition(libc::SIGTERM), libc::SIG_DFL);
        }
    }
}
