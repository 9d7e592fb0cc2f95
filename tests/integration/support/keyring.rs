//! The system's own keyring, as the session that runs the tests has it.

use super::terminal::Terminal;

/// Lets the program reach the keyring of the session the tests run in. On Linux that is a Secret Service, which
/// `tests/run` makes private and unlocked; a Keychain is found through the home directory.
pub fn connect(terminal: &mut Terminal) {
    if cfg!(target_os = "linux") {
        let bus = std::env::var_os("DBUS_SESSION_BUS_ADDRESS")
            .expect("a session bus with a Secret Service: use tests/run");
        terminal.set("DBUS_SESSION_BUS_ADDRESS", bus);
    } else if cfg!(target_os = "macos") {
        terminal.set("HOME", std::env::var_os("HOME").unwrap());
    }
}
