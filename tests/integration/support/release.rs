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
    let built = cargo()
        .args(["build", "--release", "--locked", "--target-dir"])
        .arg(target)
        .status();
    assert!(built.unwrap().success(), "the release build failed");
    target
        .join("release/cognito-login")
        .with_extension(std::env::consts::EXE_EXTENSION)
}

/// Cargo as from a shell, in the repository: by the variables it sets for tests, some dependencies would be built anew.
pub fn cargo() -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    for (name, _) in std::env::vars_os() {
        let of_this_package = ["CARGO_PKG_", "CARGO_MANIFEST_"];
        if of_this_package
            .iter()
            .any(|start| name.to_string_lossy().starts_with(start))
        {
            cargo.env_remove(name);
        }
    }
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    cargo
}
