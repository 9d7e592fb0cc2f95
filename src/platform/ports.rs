//! Why a port cannot be listened on: who holds it, which error means what.

use std::net::TcpListener;
use std::time::Duration;
use std::{fmt, io};

/// A program that listens on a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Its name, made printable.
    pub name: String,
    /// Its process id.
    pub pid: u32,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` (process {})", self.name, self.pid)
    }
}

/// Returns the program that listens on `port`, where that is cheap to know: on Linux, and if it is one of ours to see.
///
/// Takes at most half a second.
pub fn holder(port: u16) -> Option<Holder> {
    system::holder(port, Duration::from_millis(500))
}

/// Tells whether the error says that the machine has no such address, as `::1` where IPv6 is off.
pub fn is_address_missing(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::AddrNotAvailable
        || error.raw_os_error() == Some(system::FAMILY_NOT_SUPPORTED)
}

/// Tells whether Windows keeps the port for itself (WSAEACCES: Hyper-V and others reserve whole ranges).
pub fn is_reserved(error: &io::Error) -> bool {
    cfg!(windows) && error.raw_os_error() == Some(10013)
}

/// Lets as many connections wait for `accept` as the system will have, instead of the 128 of `std`.
///
/// In a full queue a browser's connection is dropped without a word, and tried again only after a second.
pub fn lengthen_queue(listener: &TcpListener) {
    queue::lengthen(listener);
}

#[cfg(unix)]
mod queue {
    use std::net::TcpListener;
    use std::os::fd::AsRawFd;

    pub(super) fn lengthen(listener: &TcpListener) {
        // SAFETY: the descriptor is open. A second `listen` only changes the length; the kernel cuts it to its own limit.
        unsafe { libc::listen(listener.as_raw_fd(), 4096) };
    }
}

#[cfg(windows)]
mod queue {
    // Winsock sets its own length, and takes no second `listen`.
    pub(super) fn lengthen(_listener: &std::net::TcpListener) {}
}

#[cfg(target_os = "linux")]
mod system {
    use std::fs;
    use std::io::{BufRead, BufReader};
    use std::path::{Path, PathBuf};
    use std::time::{Duration, Instant};

    use super::Holder;
    use crate::failure::printable;

    pub(super) const FAMILY_NOT_SUPPORTED: i32 = libc::EAFNOSUPPORT;

    /// proc(5): /proc/net/tcp names the socket's inode, /proc/PID/fd who has it open.
    pub(super) fn holder(port: u16, limit: Duration) -> Option<Holder> {
        let until = Instant::now() + limit;
        let sockets: Vec<String> = ["/proc/net/tcp", "/proc/net/tcp6"]
            .iter()
            .flat_map(|table| listeners(table, port))
            .collect();
        if sockets.is_empty() {
            return None;
        }
        let pid = |entry: fs::DirEntry| entry.file_name().to_str()?.parse::<u32>().ok();
        let mut pids: Vec<u32> = fs::read_dir("/proc")
            .ok()?
            .flatten()
            .filter_map(pid)
            .collect();
        // The newest first: a development server is younger than the system.
        pids.sort_unstable_by(|a, b| b.cmp(a));
        pids.into_iter()
            .take_while(|_| Instant::now() < until)
            .map(|pid| (pid, PathBuf::from(format!("/proc/{pid}"))))
            .find(|(_, process)| has_open(process, &sockets))
            .map(|(pid, process)| Holder {
                name: name(&process),
                pid,
            })
    }

    /// The link texts of the sockets that listen on `port`. The kernel lists those that listen first; what follows may be long.
    fn listeners(table: &str, port: u16) -> Vec<String> {
        const LISTEN: &str = "0A";
        let Ok(table) = fs::File::open(table) else {
            return Vec::new();
        };
        let of_port = format!(":{port:04X}");
        BufReader::new(table)
            .lines()
            .skip(1)
            .map_while(Result::ok)
            .map(|row| {
                row.split_whitespace()
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            })
            .take_while(|row| row.len() > 9 && row[3] == LISTEN)
            .filter(|row| row[1].ends_with(&of_port))
            .map(|row| format!("socket:[{}]", row[9]))
            .collect()
    }

    fn has_open(process: &Path, sockets: &[String]) -> bool {
        let Ok(descriptors) = fs::read_dir(process.join("fd")) else {
            return false;
        };
        descriptors
            .flatten()
            .filter_map(|descriptor| fs::read_link(descriptor.path()).ok())
            .any(|target| {
                sockets
                    .iter()
                    .any(|socket| target.as_os_str() == socket.as_str())
            })
    }

    fn name(process: &Path) -> String {
        let name = fs::read_to_string(process.join("comm")).unwrap_or_default();
        printable(name.trim_end(), 64)
    }
}

#[cfg(all(unix, not(target_os = "linux")))]
mod system {
    pub(super) const FAMILY_NOT_SUPPORTED: i32 = libc::EAFNOSUPPORT;

    pub(super) fn holder(_port: u16, _limit: std::time::Duration) -> Option<super::Holder> {
        None
    }
}

#[cfg(windows)]
mod system {
    /// WSAEAFNOSUPPORT.
    pub(super) const FAMILY_NOT_SUPPORTED: i32 = 10047;

    pub(super) fn holder(_port: u16, _limit: std::time::Duration) -> Option<super::Holder> {
        None
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    /// On a busy machine the usual limit passes before the last process is looked at.
    const NO_HURRY: Duration = Duration::from_secs(600);

    #[test]
    fn the_program_that_listens_is_named() {
        for address in ["127.0.0.1:0", "[::1]:0"] {
            let Ok(listener) = TcpListener::bind(address) else {
                continue;
            };
            let holder = system::holder(listener.local_addr().unwrap().port(), NO_HURRY);
            assert_eq!(holder.map(|h| h.pid), Some(std::process::id()));
        }
    }

    #[test]
    fn nobody_holds_a_port_without_a_listener() {
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        assert_eq!(system::holder(port, NO_HURRY), None);
    }
}
