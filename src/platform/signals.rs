//! Ctrl-C, SIGTERM and SIGHUP as something to wait for, and as themselves again afterwards.

use std::io;
use std::time::Duration;

/// What asked the process to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Ctrl-C: SIGINT, or the console's event on Windows.
    Interrupt,
    /// SIGTERM, or the terminal was closed: SIGHUP, and the console's event on Windows.
    Terminate,
}

/// Catches the signals for as long as it lives; dropped, they end the process as before.
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

/// The program that started this one, where its end would go unnoticed.
pub struct Parent(Option<u32>);

impl Parent {
    /// Returns the parent as it is now. None is watched where hang-ups are ignored (`nohup`), and on Windows.
    pub fn now() -> Parent {
        Parent(system::parent())
    }

    /// Waits until the parent has ended, which is seen within a second; may be dropped and called again.
    pub async fn gone(&self) {
        match self.0 {
            Some(_) => {
                while system::parent() == self.0 {
                    tokio::time::sleep(PARENT_PAUSE).await;
                }
            }
            None => std::future::pending().await,
        }
    }
}

/// How often the parent is looked at: nothing tells us of its end.
const PARENT_PAUSE: Duration = Duration::from_secs(1);

/// Makes reads of this thread from the terminal fail, instead of stopping the process, while it runs in the background.
///
/// The kernel does so for a thread that blocks SIGTTIN (POSIX, General Terminal Interface, 11.1.4).
pub fn fail_background_reads() {
    system::fail_background_reads();
}

/// Waits after a read from the terminal on standard input has failed, until this process is in its foreground (`fg`), which is
/// seen within a quarter of a second. Returns whether there is a terminal to read from.
pub fn wait_for_the_foreground() -> bool {
    loop {
        let Some(is_in_the_foreground) = system::is_in_the_foreground() else {
            return false;
        };
        std::thread::sleep(FOREGROUND_PAUSE);
        if is_in_the_foreground {
            return true;
        }
    }
}

/// How often it is looked whether the process was brought back: nothing tells a thread of it.
const FOREGROUND_PAUSE: Duration = Duration::from_millis(250);

#[cfg(unix)]
mod system {
    use std::sync::{Mutex, MutexGuard, PoisonError};
    use std::{io, mem, ptr};

    use tokio::signal::unix::{Signal as Stream, SignalKind, signal};

    use super::Signal;

    static INTERRUPT: Switch = Switch::new(libc::SIGINT);
    static TERMINATE: Switch = Switch::new(libc::SIGTERM);
    static HANG_UP: Switch = Switch::new(libc::SIGHUP);

    pub(super) struct Signals {
        interrupt: Option<Caught>,
        terminate: Option<Caught>,
        hang_up: Option<Caught>,
    }

    impl Signals {
        pub(super) fn listen() -> io::Result<Signals> {
            Ok(Signals {
                interrupt: Caught::new(&INTERRUPT)?,
                terminate: Caught::new(&TERMINATE)?,
                hang_up: Caught::new(&HANG_UP)?,
            })
        }

        pub(super) async fn next(&mut self) -> Signal {
            tokio::select! {
                () = received(&mut self.interrupt) => Signal::Interrupt,
                () = received(&mut self.terminate) => Signal::Terminate,
                () = received(&mut self.hang_up) => Signal::Terminate,
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

    /// A signal on its way to tokio, for as long as this lives.
    struct Caught {
        stream: Stream,
        switch: &'static Switch,
    }

    impl Caught {
        fn new(switch: &'static Switch) -> io::Result<Option<Caught>> {
            if !switch.on()? {
                return Ok(None);
            }
            Ok(Some(Caught {
                stream: signal(SignalKind::from_raw(switch.number))?,
                switch,
            }))
        }
    }

    impl Drop for Caught {
        fn drop(&mut self) {
            self.switch.off();
        }
    }

    /// Tokio installs its handler once per process and never takes it away, after which Ctrl-C would end nothing any more.
    /// So it is taken away when nobody listens, and put back for the next one who does.
    struct Switch {
        number: libc::c_int,
        state: Mutex<State>,
    }

    struct State {
        listeners: usize,
        before: Option<libc::sigaction>,
        tokio_s: Option<libc::sigaction>,
    }

    impl Switch {
        const fn new(number: libc::c_int) -> Switch {
            Switch {
                number,
                state: Mutex::new(State {
                    listeners: 0,
                    before: None,
                    tokio_s: None,
                }),
            }
        }

        /// Returns whether there is anything to listen to.
        fn on(&self) -> io::Result<bool> {
            let mut state = self.state();
            if state.listeners == 0 {
                let before = action(self.number, None)?;
                if before.sa_sigaction == libc::SIG_IGN {
                    return Ok(false);
                }
                state.before = Some(before);
                if let Some(handler) = &state.tokio_s {
                    action(self.number, Some(handler))?;
                } else {
                    let _ = signal(SignalKind::from_raw(self.number))?;
                    state.tokio_s = Some(action(self.number, None)?);
                }
            }
            state.listeners += 1;
            Ok(true)
        }

        fn off(&self) {
            let mut state = self.state();
            state.listeners -= 1;
            if state.listeners == 0 {
                let _ = action(self.number, state.before.as_ref());
            }
        }

        fn state(&self) -> MutexGuard<'_, State> {
            self.state.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }

    /// Sets what a signal does, if `new` is given, and returns what it did.
    fn action(number: libc::c_int, new: Option<&libc::sigaction>) -> io::Result<libc::sigaction> {
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

    pub(super) fn parent() -> Option<u32> {
        let hang_up = action(libc::SIGHUP, None).ok()?;
        // SAFETY: has no arguments and cannot fail (POSIX).
        let parent = unsafe { libc::getppid() };
        (hang_up.sa_sigaction != libc::SIG_IGN)
            .then(|| u32::try_from(parent).ok())
            .flatten()
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

    pub(super) fn is_in_the_foreground() -> Option<bool> {
        // SAFETY: both take and return numbers.
        let (foreground, ours) = unsafe { (libc::tcgetpgrp(libc::STDIN_FILENO), libc::getpgrp()) };
        (foreground != -1).then_some(foreground == ours)
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

    pub(super) fn parent() -> Option<u32> {
        None
    }

    pub(super) fn fail_background_reads() {}

    pub(super) fn is_in_the_foreground() -> Option<bool> {
        None
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::process::ExitStatusExt;
    use std::process::Command;

    use super::*;

    /// Signals belong to the whole process, so each of these tests runs in a process of its own, which is the same test
    /// once more with this variable set.
    const ALONE: &str = "COGNITO_LOGIN_TEST_ALONE";

    /// Returns how this test ended in a process of its own, or `None` in that process.
    fn alone(test: &str) -> Option<std::process::ExitStatus> {
        if std::env::var_os(ALONE).is_some() {
            return None;
        }
        let name = format!("platform::signals::tests::{test}");
        let mut again = Command::new(std::env::current_exe().unwrap());
        Some(
            again
                .args(["--exact", &name])
                .env(ALONE, "1")
                .status()
                .unwrap(),
        )
    }

    fn raise(signal: libc::c_int) {
        // SAFETY: takes a number.
        assert_eq!(unsafe { libc::raise(signal) }, 0);
    }

    #[tokio::test]
    async fn signals_are_caught_while_listened_to_and_deadly_again_afterwards() {
        if let Some(ended) =
            alone("signals_are_caught_while_listened_to_and_deadly_again_afterwards")
        {
            assert_eq!(ended.signal(), Some(libc::SIGINT));
            return;
        }
        for _ in 0..2 {
            let mut signals = Signals::listen().unwrap();
            raise(libc::SIGINT);
            assert_eq!(signals.next().await, Signal::Interrupt);
            for number in [libc::SIGTERM, libc::SIGHUP] {
                raise(number);
                assert_eq!(signals.next().await, Signal::Terminate);
            }
        }
        raise(libc::SIGINT);
    }

    #[tokio::test]
    async fn an_ignored_signal_stays_ignored() {
        if let Some(ended) = alone("an_ignored_signal_stays_ignored") {
            assert!(ended.success());
            return;
        }
        // SAFETY: ignoring a signal runs no code.
        unsafe { libc::signal(libc::SIGINT, libc::SIG_IGN) };
        let mut signals = Signals::listen().unwrap();
        raise(libc::SIGINT);
        raise(libc::SIGTERM);
        assert_eq!(signals.next().await, Signal::Terminate);
        drop(signals);
        raise(libc::SIGINT);
    }
}
