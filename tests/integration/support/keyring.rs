//! The system's own keyring, as the session that runs the tests has it.

use super::terminal::Terminal;

/// Lets the program reach the Secret Service of the session the tests run in, which `tests/run` makes private and
/// unlocked. Tests that call this are `#[ignore = "needs a Secret Service"]`.
pub fn connect(terminal: &mut Terminal) {
    let bus = std::env::var_os("DBUS_SESSION_BUS_ADDRESS")
        .expect("a session bus with a Secret Service: use tests/run");
    terminal.set("DBUS_SESSION_BUS_ADDRESS", bus);
}
