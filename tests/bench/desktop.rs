//! A session bus and an unlocked keyring of their own.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// A bus that starts no services: another keyring would come first.
const BUS: &str = r#"<busconfig>
    <type>session</type><listen>ADDRESS</listen>
    <policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>"#;

/// A bus and a gnome-keyring that end with this value.
pub struct Desktop {
    home: TempDir,
    bus: Child,
    keyring: Child,
}

impl Desktop {
    pub fn start() -> Desktop {
        let home = tempfile::tempdir().unwrap();
        let address = format!("unix:path={}", home.path().join("bus").display());
        let config = home.path().join("bus.conf");
        std::fs::write(&config, BUS.replace("ADDRESS", &address)).unwrap();
        let mut bus = Command::new("dbus-daemon")
            .args(["--nofork", "--print-address", "--config-file"])
            .arg(&config)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("dbus-daemon, from the package dbus");
        let mut line = String::new();
        let said = bus.stdout.take().unwrap();
        BufReader::new(said).read_line(&mut line).unwrap();
        let mut keyring = Command::new("gnome-keyring-daemon")
            .args(["--foreground", "--unlock", "--components=secrets"])
            .env("HOME", home.path())
            .env("XDG_RUNTIME_DIR", home.path())
            .env("DBUS_SESSION_BUS_ADDRESS", &address)
            .env_remove("XDG_DATA_HOME")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("gnome-keyring-daemon, from the package gnome-keyring");
        keyring.stdin.take().unwrap().write_all(b"pw").unwrap();
        let desktop = Desktop { home, bus, keyring };
        while !desktop.store("ready", &["bench", "ready"]) {}
        desktop
    }

    pub fn address(&self) -> String {
        format!("unix:path={}", self.home.path().join("bus").display())
    }

    /// Stores a secret with these attributes by `secret-tool`; false if nobody takes it yet.
    pub fn store(&self, secret: &str, attributes: &[&str]) -> bool {
        let mut tool = Command::new("secret-tool")
            .args(["store", "--label=bench"])
            .args(attributes)
            .env("DBUS_SESSION_BUS_ADDRESS", self.address())
            .stdin(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("secret-tool, from the package libsecret-tools");
        // It may have given up already.
        let _ = tool.stdin.take().unwrap().write_all(secret.as_bytes());
        tool.wait().unwrap().success()
    }

    /// Stops the keyring's process as if it hung.
    pub fn stop_answering(&self) {
        // SAFETY: our own child, which has not been waited for.
        unsafe { libc::kill(self.keyring.id() as i32, libc::SIGSTOP) };
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        for child in [&mut self.keyring, &mut self.bus] {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
