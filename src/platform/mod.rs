//! What differs between operating systems; a file per topic, each with its `cfg`s inside.

#[cfg(any(
    target_os = "linux",
    target_os = "dragonfly",
    target_os = "freebsd",
    target_os = "netbsd",
    target_os = "openbsd"
))]
pub mod secret_service;
