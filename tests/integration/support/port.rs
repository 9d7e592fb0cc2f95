//! A port nobody else in this test run takes, for redirect addresses, which must be known before anything listens.

use std::fs::File;
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};
use std::path::Path;

/// Below what systems hand out for port 0, so that no outgoing connection takes one of these.
const RANGE: std::ops::Range<u16> = 21_000..24_000;

/// A reserved port: free on both loopback families, and kept from other tests for as long as this value lives.
pub struct Port {
    pub number: u16,
    _lock: File,
}

impl Port {
    /// Reserves a free port. Other test processes are kept off by a file lock, which ends with its process.
    pub fn reserve() -> Port {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ports");
        std::fs::create_dir_all(&folder).unwrap();
        let start = std::process::id() as u16 % (RANGE.end - RANGE.start);
        for step in 0..RANGE.end - RANGE.start {
            let number = RANGE.start + (start + step) % (RANGE.end - RANGE.start);
            let lock = File::create(folder.join(number.to_string())).unwrap();
            if lock.try_lock().is_ok() && is_free(number) {
                return Port {
                    number,
                    _lock: lock,
                };
            }
        }
        panic!("no free port in {RANGE:?}");
    }

    /// The redirect address people register first: `http://localhost:PORT`, without a slash.
    pub fn redirect(&self) -> String {
        format!("http://localhost:{}", self.number)
    }
}

/// Whether both loopback families have it free; a machine without `::1` has one family.
pub fn is_free(port: u16) -> bool {
    let taken = |bound: std::io::Result<TcpListener>| matches!(bound, Err(error) if error.kind() == std::io::ErrorKind::AddrInUse);
    !taken(TcpListener::bind((Ipv4Addr::LOCALHOST, port)))
        && !taken(TcpListener::bind((Ipv6Addr::LOCALHOST, port)))
}
