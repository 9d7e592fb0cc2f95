//! A wire tap between the program and a server: passes everything on and keeps a copy.

use std::io::{BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use url::Url;

use super::terminal::Seen;
use super::wire;

/// A listening tap; its thread ends with the test.
pub struct Tap {
    base: String,
    copied: Arc<Mutex<Vec<Seen>>>,
}

impl Tap {
    /// Listens in front of the server at `behind`, an address such as `http://127.0.0.1:1234`.
    pub fn before(behind: &str) -> Tap {
        let behind = Url::parse(behind).unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let base = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let copied: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let tap = Tap {
            base,
            copied: copied.clone(),
        };
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (behind, copied) = (behind.clone(), copied.clone());
                thread::spawn(move || pass_on(stream, &behind, &copied));
            }
        });
        tap
    }

    /// The address to use instead of the server's.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Every request and answer so far.
    pub fn copied(&self) -> Vec<Seen> {
        self.copied.lock().unwrap().clone()
    }

    /// Every request with this method and path: head and body.
    pub fn requests(&self, what: &str) -> Vec<String> {
        let of_it = |seen: &Seen| seen.place == format!("request {what}");
        self.copied()
            .into_iter()
            .filter(of_it)
            .map(|seen| seen.text)
            .collect()
    }
}

/// Passes on one request, on a connection of its own, and its answer.
fn pass_on(mut client: TcpStream, behind: &Url, copied: &Mutex<Vec<Seen>>) -> Option<()> {
    let mut from_client = BufReader::new(client.try_clone().ok()?);
    let (start, request) = wire::forwarded(&mut from_client, behind).ok()?;
    let mut server = TcpStream::connect((behind.host_str()?, behind.port()?)).ok()?;
    server.write_all(&request).ok()?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).ok()?;

    // METHOD PATH, without the query.
    let what = start
        .split(['?', ' '])
        .take(2)
        .collect::<Vec<_>>()
        .join(" ");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut copied = copied.lock().ok()?;
    copied.push(Seen {
        place: format!("request {what}"),
        text: text(&request),
    });
    copied.push(Seen {
        place: format!("answer to {what}"),
        text: text(&answer),
    });
    drop(copied);
    client.write_all(&answer).ok()
}
