//! The window that people read in.

/// Returns the columns and lines of the window that standard error is shown in; `None` if it is none.
pub fn size() -> Option<(usize, usize)> {
    system::size()
}

#[cfg(unix)]
mod system {
    use std::mem;

    pub(super) fn size() -> Option<(usize, usize)> {
        // SAFETY: a winsize is plain numbers, for which zero is a value.
        let mut size: libc::winsize = unsafe { mem::zeroed() };
        // SAFETY: the pointer is to a winsize of ours that outlives the call.
        let asked = unsafe { libc::ioctl(libc::STDERR_FILENO, libc::TIOCGWINSZ, &raw mut size) };
        // A terminal that was never told its size says 0.
        (asked == 0 && size.ws_col > 0).then(|| (size.ws_col.into(), size.ws_row.into()))
    }
}

#[cfg(windows)]
mod system {
    use windows_sys::Win32::System::Console::{
        CONSOLE_SCREEN_BUFFER_INFO, GetConsoleScreenBufferInfo, GetStdHandle, STD_ERROR_HANDLE,
    };

    pub(super) fn size() -> Option<(usize, usize)> {
        // SAFETY: plain numbers, for which zero is a value.
        let mut buffer: CONSOLE_SCREEN_BUFFER_INFO = unsafe { std::mem::zeroed() };
        // SAFETY: the handle is the process's own and is not closed; the pointer is to a value of ours that outlives the call.
        let asked =
            unsafe { GetConsoleScreenBufferInfo(GetStdHandle(STD_ERROR_HANDLE), &raw mut buffer) };
        let window = buffer.srWindow;
        let length = |from: i16, to: i16| usize::try_from(i32::from(to) - i32::from(from) + 1).ok();
        let (columns, lines) = (
            length(window.Left, window.Right)?,
            length(window.Top, window.Bottom)?,
        );
        (asked != 0).then_some((columns, lines))
    }
}
