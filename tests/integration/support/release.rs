//! The program as people install it.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::terminal::PROGRAM;

/// Builds it, unless it is up to date, and returns where it lies: beside the tests' own, in the same target directory.
pub fn build() -> PathBuf {
    let target = Path::new(PROGRAM)
        .ancestors()
        .nth(2)
        .expect("TARGET/PROFILE/cognito-login");
    let built = Command::new(env!("CARGO"))
        .args(["build", "--release", "--locked", "--target-dir"])
        .arg(target)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status();
    assert!(built.unwrap().success(), "the release build failed");
    target
        .join("release/cognito-login")
        .with_extension(std::env::consts::EXE_EXTENSION)
}
