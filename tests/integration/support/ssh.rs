//! A machine behind ssh: an `sshd` of our own with its own keys, here or in a network namespace whose localhost is not ours.

use std::path::PathBuf;
use std::process::Command;

use super::port::Port;
use super::seat::Seat;
use super::terminal::{Running, Terminal};

const SSHD: &str = "/usr/sbin/sshd";

/// The remote machine, as long as this lives. Who logs in is who runs the test.
pub struct Remote {
    /// The address it listens on.
    pub address: String,
    /// Its port.
    pub port: u16,
    config: PathBuf,
    home: Terminal,
    _machine: Terminal,
    _server: Running,
    _reserved: Port,
    _namespace: Option<Namespace>,
}

impl Remote {
    /// A server on this machine; its sessions are at home on `machine`.
    pub fn on_loopback(machine: &Terminal) -> Remote {
        Remote::start(machine, "127.0.0.1".to_owned(), None)
    }

    /// A server in a network of its own, reached by a wire that leads nowhere else.
    pub fn elsewhere(machine: &Terminal) -> Remote {
        let namespace = Namespace::new();
        Remote::start(machine, namespace.address.clone(), Some(namespace))
    }

    fn start(machine: &Terminal, address: String, namespace: Option<Namespace>) -> Remote {
        let reserved = Port::reserve();
        let port = reserved.number;
        let mut home = Terminal::new();
        home.with_system_path().set("TERM", "xterm");
        for key in ["host", "person"] {
            let file = home.home().join(key);
            let made = home
                .command("ssh-keygen")
                .args(["-q", "-t", "ed25519", "-N", "", "-f"])
                .arg(file)
                .status();
            assert!(made.unwrap().success());
        }
        let folder = home.home().display().to_string();
        let host_key = std::fs::read_to_string(home.home().join("host.pub")).unwrap();
        home.write("known_hosts", &format!("[{address}]:{port} {host_key}"));
        let settings: Vec<_> = machine
            .command("")
            .get_envs()
            .map(|(name, value)| format!("\"{}={}\"", text(name), text(value.unwrap())))
            .collect();
        let server_config = home.write(
            "sshd_config",
            &format!(
                "ListenAddress {address}:{port}\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/person.pub\n\
                 StrictModes no\nUsePAM no\nPidFile none\nPasswordAuthentication no\nPrintMotd no\nPrintLastLog no\n\
                 SetEnv {}\n",
                settings.join(" ")
            ),
        );
        let config = home.write(
            "ssh_config",
            &format!(
                "IdentityFile {folder}/person\nIdentitiesOnly yes\nUserKnownHostsFile {folder}/known_hosts\n\
                 StrictHostKeyChecking yes\nBatchMode yes\nExitOnForwardFailure yes\n"
            ),
        );
        // Where a server of root's locks its children in; a service would make it.
        let _ = std::fs::create_dir_all("/run/sshd");
        let serve = [SSHD, "-D", "-e", "-f", server_config.to_str().unwrap()];
        let mut server = match &namespace {
            None => home.start_program(serve[0], &serve[1..]),
            Some(namespace) => {
                let inside = [&["netns", "exec", &namespace.name], &serve[..]].concat();
                home.start_program("ip", &inside)
            }
        };
        server.line(|line| line.starts_with("Server listening on"));
        Remote {
            address,
            port,
            config,
            home,
            _machine: machine.clone(),
            _server: server,
            _reserved: reserved,
            _namespace: namespace,
        }
    }

    /// Runs a command there, in a terminal that a person sits at here.
    pub fn session(&self, command: &[&str]) -> Seat {
        let mut ssh = self.home.command("ssh");
        let port = self.port.to_string();
        ssh.args(["-F", self.config.to_str().unwrap(), "-tt", "-p", &port]);
        ssh.arg(&self.address).args(command);
        Seat::run(ssh, (100, 40))
    }

    /// Runs an `ssh` that only forwards, in the words of a command line; returns when the port is forwarded.
    pub fn forward(&self, command_line: &str) -> Running {
        let words = command_line.strip_prefix("ssh ").unwrap().split(' ');
        let ours = ["-F", self.config.to_str().unwrap(), "-N", "-v"];
        let words: Vec<_> = ours.into_iter().chain(words).collect();
        let mut ssh = self.home.start_program("ssh", &words);
        // Ports of this machine are bound before the session begins; those of the other are asked for in it.
        let is_ready = match command_line.contains(" -R ") {
            true => "debug1: remote forward success for",
            false => "debug1: Entering interactive session",
        };
        ssh.line(|line| line.starts_with(is_ready));
        ssh
    }
}

fn text(value: &std::ffi::OsStr) -> &str {
    value.to_str().unwrap()
}

/// A network of its own with one wire to ours.
struct Namespace {
    name: String,
    address: String,
}

impl Namespace {
    fn new() -> Namespace {
        let id = std::process::id();
        let name = format!("cognito-login-{id}");
        // Of the range that is set apart for trying out networks (RFC 2544), four addresses for each test process.
        let of_wire = |end: u32| {
            let number = (id % 0x7fff) * 4 + end;
            format!(
                "198.{}.{}.{}",
                18 + (number >> 16),
                number >> 8 & 0xff,
                number & 0xff
            )
        };
        let [here, there] = [of_wire(1), of_wire(2)];
        let namespace = Namespace {
            name: name.clone(),
            address: there.clone(),
        };
        let (near, far) = (format!("near{id}"), format!("far{id}"));
        ip(&["netns", "add", &name]);
        ip(&[
            "link", "add", &near, "type", "veth", "peer", "name", &far, "netns", &name,
        ]);
        ip(&["address", "add", &format!("{here}/30"), "dev", &near]);
        ip(&["link", "set", &near, "up"]);
        ip(&["-n", &name, "link", "set", "lo", "up"]);
        ip(&[
            "-n",
            &name,
            "address",
            "add",
            &format!("{there}/30"),
            "dev",
            &far,
        ]);
        ip(&["-n", &name, "link", "set", &far, "up"]);
        namespace
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        // The wire goes with one of its ends.
        ip(&["netns", "delete", &self.name]);
    }
}

fn ip(args: &[&str]) {
    let done = Command::new("ip").args(args).output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "ip {}: {said}", args.join(" "));
}
