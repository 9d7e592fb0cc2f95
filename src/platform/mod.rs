//! What differs between operating systems; a file per topic, each with its `cfg`s inside.

pub mod dirs;
pub mod files;
pub mod keyring;
