//! What differs between operating systems; a file per topic, each with its `cfg`s inside.

#[cfg(all(unix, not(any(target_vendor = "apple", target_os = "android"))))]
pub mod secret_service;
