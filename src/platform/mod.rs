//! What differs between operating systems; a file per topic, each with its `cfg`s inside.

pub mod authorities;
pub mod browser;
pub mod dirs;
pub mod files;
pub mod first_key;
pub mod keyring;
pub mod ports;
pub mod process;
#[cfg(any(
    target_os = "linux",
    target_os = "dragonfly",
    target_os = "freebsd",
    target_os = "netbsd",
    target_os = "openbsd"
))]
pub mod secret_service;
pub mod signals;
pub mod terminal;
pub mod window;
