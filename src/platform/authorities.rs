//! Whom to trust as a certificate authority, beside those of the system.

use std::path::PathBuf;

/// Whether the system's own store is read from files, and then from those that `SSL_CERT_FILE` names.
const STORE_IS_A_FILE: bool = cfg!(all(unix, not(target_os = "macos")));

/// Returns the PEM bundle of `SSL_CERT_FILE` where it must be trusted beside the system's store: on macOS and Windows, whose
/// stores do not know that variable. Elsewhere it stands in the store's place already.
pub fn beside_the_system(variable: impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    match STORE_IS_A_FILE {
        true => None,
        false => variable("SSL_CERT_FILE").map(PathBuf::from),
    }
}
