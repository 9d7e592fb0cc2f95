//! A long line to a server on this machine: whatever is sent arrives half a round trip later.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use url::Url;

/// A TCP proxy with a delay; its threads end with the program.
pub struct Line {
    base: String,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Line {
    /// Listens in front of the server at `behind`.
    ///
    /// The system shakes hands before the proxy knows, and the pool of the bench speaks without TLS; so the first bytes
    /// on a connection wait two round trips longer: TCP's handshake and that of TLS 1.3.
    pub fn before(behind: &str, round_trip: Duration) -> Line {
        let behind = Url::parse(behind).unwrap();
        let behind = (
            behind.host_str().unwrap().to_owned(),
            behind.port().unwrap(),
        );
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let line = Line {
            base: format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port()),
            open: Arc::default(),
        };
        let open = line.open.clone();
        thread::spawn(move || {
            for near in listener.incoming().flatten() {
                let far = TcpStream::connect(&behind).unwrap();
                open.lock().unwrap().push(near.try_clone().unwrap());
                let handshakes = Instant::now() + 2 * round_trip;
                carry(
                    near.try_clone().unwrap(),
                    far.try_clone().unwrap(),
                    round_trip / 2,
                    handshakes,
                );
                carry(far, near, round_trip / 2, handshakes);
            }
        });
        line
    }

    /// The address to use instead of the server's.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Hangs up every connection there is.
    pub fn cut(&self) {
        for near in self.open.lock().unwrap().drain(..) {
            let _ = near.shutdown(Shutdown::Both);
        }
    }
}

/// Carries what comes on `from` to `to`, `later`, and nothing before `opened` and that.
fn carry(mut from: TcpStream, mut to: TcpStream, later: Duration, opened: Instant) {
    to.set_nodelay(true).unwrap();
    let (send, sent) = channel::<(Instant, Vec<u8>)>();
    thread::spawn(move || {
        let mut buffer = [0; 16 << 10];
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            let due = opened.max(Instant::now()) + later;
            if send.send((due, buffer[..count].to_vec())).is_err() {
                break;
            }
        }
    });
    thread::spawn(move || {
        for (due, bytes) in sent {
            thread::sleep(due.saturating_duration_since(Instant::now()));
            if to.write_all(&bytes).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Write);
    });
}
