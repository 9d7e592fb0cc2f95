//! A tap on the session bus: passes everything on and tells which calls a program made.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;

/// A listening tap; its threads end with the test.
pub struct Tap {
    address: String,
    sent: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Tap {
    /// Listens at `path`, in front of the bus at `behind`: a D-Bus address with a socket.
    pub fn before(behind: &str, path: &Path) -> Tap {
        let listener = UnixListener::bind(path).unwrap();
        let tap = Tap {
            address: format!("unix:path={}", path.display()),
            sent: Arc::default(),
        };
        let (behind, sent) = (socket_of(behind), tap.sent.clone());
        thread::spawn(move || {
            for client in listener.incoming() {
                let (client, bus) = (client.unwrap(), UnixStream::connect_addr(&behind).unwrap());
                let (from_bus, to_client) = (bus.try_clone().unwrap(), client.try_clone().unwrap());
                let number = {
                    let mut sent = sent.lock().unwrap();
                    sent.push(Vec::new());
                    sent.len() - 1
                };
                let sent = sent.clone();
                thread::spawn(move || {
                    pass_on(client, bus, |bytes| {
                        sent.lock().unwrap()[number].extend_from_slice(bytes);
                    })
                });
                thread::spawn(move || pass_on(from_bus, to_client, |_| ()));
            }
        });
        tap
    }

    /// The address to use instead of the bus's.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The members called so far, by connection.
    pub fn calls(&self) -> Vec<Vec<String>> {
        self.sent
            .lock()
            .unwrap()
            .iter()
            .map(|sent| calls(sent))
            .collect()
    }
}

fn socket_of(address: &str) -> SocketAddr {
    let keys = address
        .strip_prefix("unix:")
        .expect("a bus on a unix socket");
    for pair in keys.split(',') {
        match pair.split_once('=') {
            Some(("path", path)) => return SocketAddr::from_pathname(path).unwrap(),
            Some(("abstract", name)) => return SocketAddr::from_abstract_name(name).unwrap(),
            _ => {}
        }
    }
    panic!("no socket in {address}")
}

/// Passes on what comes until its end; what was sent is noted before anyone can have answered it.
fn pass_on(mut from: UnixStream, mut to: UnixStream, mut note: impl FnMut(&[u8])) {
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        note(&buffer[..count]);
        if to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}

/// Reads the members of all method calls out of what a client sent (D-Bus specification, "Message Format").
fn calls(sent: &[u8]) -> Vec<String> {
    const BEGIN: &[u8] = b"BEGIN\r\n";
    let mut members = Vec::new();
    let begin = sent.windows(BEGIN.len()).position(|window| window == BEGIN);
    let mut rest = begin.map_or(&[][..], |at| &sent[at + BEGIN.len()..]);
    while rest.len() >= 16 {
        assert_eq!(rest[0], b'l', "little endian");
        let fields = 16 + number(rest, 12);
        if rest[1] == 1 {
            members.push(member(&rest[16..fields]));
        }
        rest = &rest[fields.next_multiple_of(8) + number(rest, 4)..];
    }
    members
}

/// Finds field 3, the member, among the header fields.
fn member(fields: &[u8]) -> String {
    let mut at = 0_usize;
    loop {
        at = at.next_multiple_of(8);
        let (code, kind) = (fields[at], fields[at + 2]);
        at += 4;
        let (start, length) = match kind {
            b'g' => (at + 1, fields[at] as usize),
            b'u' => (at, 3),
            _ => (at + 4, number(fields, at)),
        };
        if code == 3 {
            return String::from_utf8(fields[start..start + length].to_vec()).unwrap();
        }
        at = start + length + 1;
    }
}

fn number(bytes: &[u8], at: usize) -> usize {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize
}
