//! The terminal: whether its keyboard is ours.

/// Returns whether reading from the terminal is ours to do: a program in the background that reads is stopped by the system.
#[cfg(unix)]
pub fn is_in_foreground() -> bool {
    // SAFETY: both calls take and return plain numbers and touch no memory of ours.
    unsafe { libc::tcgetpgrp(0) == libc::getpgrp() }
}

/// Returns whether reading from the terminal is ours to do.
#[cfg(not(unix))]
pub fn is_in_foreground() -> bool {
    true
}
