//! A session bus whose Secret Service says no: it answers each call as D-Bus has it, and one of them with an error.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::thread;

const ERROR: u8 = 3;
const REPLY: u8 = 2;

/// Starts it at that path; the call named `refused` gets the error. Returns the address of the bus.
pub fn start(path: &Path, refused: &'static str, error: &'static str) -> String {
    let listener = UnixListener::bind(path).unwrap();
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            // Whoever has heard enough goes away.
            thread::spawn(move || drop(serve(client, refused, error)));
        }
    });
    format!("unix:path={}", path.display())
}

fn serve(client: UnixStream, refused: &str, error: &str) -> std::io::Result<()> {
    let mut out = client.try_clone()?;
    let mut from = BufReader::new(client);
    let mut line = String::new();
    while line != "BEGIN\r\n" {
        line.clear();
        from.read_line(&mut line)?;
        match line.trim_end() {
            "\0AUTH EXTERNAL" => out.write_all(b"DATA\r\n")?,
            "DATA" => out.write_all(b"OK 0123456789abcdef0123456789abcdef\r\n")?,
            "BEGIN" => {}
            other => return Err(std::io::Error::other(other.to_owned())),
        }
    }
    loop {
        let mut head = [0; 16];
        from.read_exact(&mut head)?;
        let number = |at: usize| u32::from_le_bytes(head[at..at + 4].try_into().unwrap());
        let mut rest = vec![0; (number(12) as usize).next_multiple_of(8) + number(4) as usize];
        from.read_exact(&mut rest)?;
        let is = |member: &str| {
            let named = [
                &(member.len() as u32).to_le_bytes(),
                member.as_bytes(),
                b"\0",
            ]
            .concat();
            rest.windows(named.len()).any(|window| window == named)
        };
        let item = "/org/freedesktop/secrets/collection/login/1";
        let (kind, signature, body) = match () {
            _ if is(refused) => (ERROR, "s", text("no")),
            _ if is("Hello") => (REPLY, "s", text(":1.1")),
            // One item that is unlocked, none that is locked.
            _ if is("SearchItems") => {
                let mut found = text(item);
                let length = (found.len() as u32).to_le_bytes();
                found.resize(found.len().next_multiple_of(4), 0);
                (REPLY, "aoao", [&length, &found[..], &[0; 4]].concat())
            }
            _ => (ERROR, "s", text("not here")),
        };
        out.write_all(&message(kind, number(8), signature, error, &body))?;
    }
}

/// A message of the bus, little-endian (D-Bus Specification, "Message Format").
fn message(kind: u8, reply_to: u32, signature: &str, error: &str, body: &[u8]) -> Vec<u8> {
    let mut fields = Vec::new();
    let mut field = |code: u8, of: &str, value: &[u8]| {
        fields.resize(usize::next_multiple_of(fields.len(), 8), 0);
        fields.extend([code, 1, of.as_bytes()[0], 0]);
        fields.extend(value);
    };
    field(5, "u", &reply_to.to_le_bytes());
    field(7, "s", &text("org.freedesktop.secrets"));
    if kind == ERROR {
        field(4, "s", &text(error));
    }
    field(
        8,
        "g",
        &[&[signature.len() as u8], signature.as_bytes(), b"\0"].concat(),
    );
    let mut message = vec![b'l', kind, 1, 1];
    for number in [body.len() as u32, reply_to, fields.len() as u32] {
        message.extend(number.to_le_bytes());
    }
    message.extend(&fields);
    message.resize(message.len().next_multiple_of(8), 0);
    message.extend(body);
    message
}

fn text(text: &str) -> Vec<u8> {
    [&(text.len() as u32).to_le_bytes(), text.as_bytes(), b"\0"].concat()
}
