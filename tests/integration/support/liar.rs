//! A server that says what a test wants, byte for byte, and keeps what it was told.

use std::io::{BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use url::Url;

use super::wire;

/// A whole answer with a length that is true.
pub fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// A listening liar; its thread ends with the test.
pub struct Liar {
    base: String,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Liar {
    /// Listens, answers `METHOD /path` with the bytes `lie` has for it and closes, and passes on to the server at `behind` what it says nothing about.
    pub fn before(
        behind: &str,
        lie: impl Fn(&str) -> Option<Vec<u8>> + Send + Sync + 'static,
    ) -> Liar {
        let behind = Url::parse(behind).unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let base = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let heard: Arc<Mutex<Vec<String>>> = Arc::default();
        let liar = Liar {
            base,
            heard: heard.clone(),
        };
        let lie = Arc::new(lie);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (behind, lie, heard) = (behind.clone(), lie.clone(), heard.clone());
                thread::spawn(move || talk(stream, &behind, lie.as_ref(), &heard));
            }
        });
        liar
    }

    /// Somewhere secrets must never come: takes everything down and says nothing.
    pub fn elsewhere() -> Liar {
        Liar::before("http://127.0.0.1:1", |_| Some(Vec::new()))
    }

    pub fn base(&self) -> &str {
        &self.base
    }

    /// Every request so far, head and body.
    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

fn talk(
    mut client: TcpStream,
    behind: &Url,
    lie: &dyn Fn(&str) -> Option<Vec<u8>>,
    heard: &Mutex<Vec<String>>,
) -> Option<()> {
    let mut from_client = BufReader::new(client.try_clone().ok()?);
    let (start, request) = wire::forwarded(&mut from_client, behind).ok()?;
    heard
        .lock()
        .ok()?
        .push(String::from_utf8_lossy(&request).into_owned());
    let what: Vec<_> = start.split(['?', ' ']).take(2).collect();
    match lie(&what.join(" ")) {
        Some(bytes) => {
            client.write_all(&bytes).ok()?;
            // To close with bytes unread would reset the connection under the answer.
            client.shutdown(std::net::Shutdown::Write).ok()?;
            from_client.read_to_end(&mut Vec::new()).ok().map(drop)
        }
        None => {
            let mut server = TcpStream::connect((behind.host_str()?, behind.port()?)).ok()?;
            server.write_all(&request).ok()?;
            let mut answer = Vec::new();
            server.read_to_end(&mut answer).ok()?;
            client.write_all(&answer).ok()
        }
    }
}
