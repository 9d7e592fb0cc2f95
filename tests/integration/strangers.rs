//! Everything at once at the door of one real `login`, with figures, and the right callback after all of it.
//!
//! Short by itself; `STRANGERS=20000` sends that many requests from each of eight clients.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use crate::support::person::Person;
use crate::support::pool::Pool;
use crate::support::terminal::Running;
use crate::support::wire;

/// Requests of each of the clients that come at once.
const ROUNDS: usize = 250;
const CLIENTS: usize = 8;
/// Connections that say nothing, or half a word, until the end.
const SILENT: usize = 1_000;

#[test]
fn thousands_of_strangers_cost_little_and_the_right_one_still_gets_in() {
    let pool = Pool::start();
    let mut login = pool.terminal().start(&["login"]);
    let url = login.sign_in_url();
    login.line(|line| line.starts_with("Waiting"));
    let mut person = Person::new();
    person.visit(&url);
    let back = person.submit_until_sent_to(
        &[("username", pool.username()), ("password", pool.password())],
        &pool.redirect(),
    );

    let before = Usage::of(&login);
    let port = pool.port();
    let silent = silent(port);
    let rounds = rounds();
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| std::thread::spawn(move || storm(port, client, rounds)))
        .collect();
    let mut most = Usage::of(&login);
    let mut answered = 0;
    for client in clients {
        answered += client.join().unwrap();
        most = most.max(Usage::of(&login));
    }
    endless(port);
    most = most.max(Usage::of(&login));

    let start = Instant::now();
    let page = person.visit(back.as_str()).words();
    let took = start.elapsed();
    assert!(page.starts_with("Signed in as Ada Lovelace"), "{page}");
    drop(silent.1);
    let ran = login.finish().code(0);
    assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
    println!(
        "strangers: {} requests, {answered} answered, {} silent connections, 200 MB of head and body; \
         before {before:?}, at most {most:?}; the right callback took {took:?}",
        rounds * CLIENTS,
        silent.0,
    );
    assert!(answered > 0, "nobody was answered");
    if let (Some(before), Some(most)) = (before, most) {
        assert!(most.threads <= before.threads + 2, "{before:?} {most:?}");
        assert!(
            most.peak_kib <= before.peak_kib + 16 * 1024,
            "{before:?} {most:?}"
        );
    }
}

/// Two tabs of one browser, and one more with the same answer after the first: one exchange, one truth.
#[test]
fn two_tabs_end_at_the_same_page_and_the_code_is_redeemed_once() {
    let pool = Pool::start();
    let mut login = pool.terminal().start(&["login"]);
    let url = login.sign_in_url();
    let mut person = Person::new();
    person.visit(&url);
    let back = person.submit_until_sent_to(
        &[("username", pool.username()), ("password", pool.password())],
        &pool.redirect(),
    );
    // Long enough that all are there before the exchange is done; how long is not what is tested.
    pool.quirk(serde_json::json!({ "token": { "delay_ms": 1_000 } }));
    let tabs: Vec<_> = (0..3)
        .map(|_| {
            let back = back.clone();
            std::thread::spawn(move || wire::get(back.as_str()))
        })
        .collect();
    for tab in tabs {
        let answer = tab.join().unwrap();
        assert_eq!(
            (answer.status, answer.header("location")),
            (303, Some("/signed-in")),
            "{}",
            answer.text()
        );
    }
    assert_eq!(pool.stats()["grants"]["authorization_code"]["asked"], 1);
    for _ in 0..3 {
        let page = wire::get(&format!("{}/signed-in", pool.redirect()));
        assert!(page.text().contains("Signed in as"), "{}", page.text());
    }
    login.finish().code(0);
}

#[test]
fn a_replayed_answer_of_an_earlier_sign_in_is_a_stranger_s() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    let mut person = Person::new();
    let mut login = terminal.start(&["login"]);
    person.visit(&login.sign_in_url());
    let filled = [("username", pool.username()), ("password", pool.password())];
    let back = person.submit_until_sent_to(&filled, &pool.redirect());
    person.visit(back.as_str());
    login.finish().code(0);

    let mut login = terminal.start(&["login"]);
    let url = login.sign_in_url();
    assert_eq!(wire::get(back.as_str()).status, 400);
    assert_eq!(pool.stats()["grants"]["authorization_code"]["asked"], 1);
    person.visit(&url);
    login.finish().code(0);
}

fn rounds() -> usize {
    let given = std::env::var("STRANGERS").ok();
    given.map_or(ROUNDS, |text| text.parse().expect("STRANGERS is a number"))
}

/// One client that sends every kind of request in turn; returns how many were answered.
fn storm(port: u16, client: usize, rounds: usize) -> usize {
    let host = format!("Host: localhost:{port}\r\n");
    let long = "x".repeat(70_000);
    let kinds: Vec<Vec<u8>> = [
        format!("GET / HTTP/1.1\r\n{host}\r\n"),
        format!("GET /?code=stolen&state=wrong HTTP/1.1\r\n{host}\r\n"),
        format!("GET /?error=access_denied&state=wrong HTTP/1.1\r\n{host}\r\n"),
        format!("GET /?error=access_denied HTTP/1.1\r\n{host}\r\n"),
        format!("GET /?code=stolen HTTP/1.1\r\nHost: evil.example:{port}\r\n\r\n"),
        format!("GET http://localhost:{port}/?code=x HTTP/1.1\r\n{host}\r\n"),
        format!("CONNECT localhost:{port} HTTP/1.1\r\n{host}\r\n"),
        format!("POST /?code=x HTTP/1.1\r\n{host}Content-Length: 1000000000\r\n\r\nabc"),
        format!(
            "OPTIONS / HTTP/1.1\r\n{host}Origin: https://evil.example\r\n\
             Access-Control-Request-Method: GET\r\nAccess-Control-Request-Private-Network: true\r\n\r\n"
        ),
        "GET / HTTP/1.0\r\n\r\n".to_owned(),
        "GET / HTTP/1.1\r\n\r\n".to_owned(),
        format!("GET /favicon.ico HTTP/1.1\r\n{host}\r\n"),
        format!("GET /{long} HTTP/1.1\r\n{host}\r\n"),
        format!("GET / HTTP/1.1\r\n{host}{}\r\n", "X-Y: z\r\n".repeat(9_000)),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
        "GET /half HTTP/1.1\r\nX: ".to_owned(),
    ]
    .into_iter()
    .map(String::into_bytes)
    .chain([
        b"GET /\xff\xfe HTTP/1.1\r\n\r\n".to_vec(),
        vec![0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3],
        vec![0xff; 300],
    ])
    .collect();
    let mut answered = 0;
    for round in 0..rounds {
        // A crowd this dense may wait in the queue of the system; it is a stranger's own loss.
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else {
            continue;
        };
        let _ = stream.set_read_timeout(Some(Duration::from_secs(30)));
        let _ = stream.write_all(&kinds[(round + client) % kinds.len()]);
        if (round + client).is_multiple_of(5) {
            // Gone with the answer unread: the connection is reset.
            continue;
        }
        let _ = stream.shutdown(Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        answered += usize::from(answer.starts_with(b"HTTP/1.1 "));
        assert!(
            !answer.starts_with(b"HTTP/1.1 3"),
            "a stranger was taken for the right one"
        );
    }
    answered
}

/// Connections that stay: silent ones and ones in the middle of a word.
fn silent(port: u16) -> (usize, Vec<TcpStream>) {
    let mut crowd = Vec::new();
    for number in 0..SILENT {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else {
            break;
        };
        let said: &[u8] = [b"".as_slice(), b"GET /?co", b"GET / HTTP/1.1\r\nX: "][number % 3];
        let _ = stream.write_all(said);
        crowd.push(stream);
    }
    (crowd.len(), crowd)
}

/// A header line and a body of 100 MB each; neither is taken whole.
fn endless(port: u16) {
    for start in [
        format!("GET / HTTP/1.1\r\nHost: localhost:{port}\r\nX: "),
        format!("POST / HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: 104857600\r\n\r\n"),
    ] {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.write_all(start.as_bytes()).unwrap();
        let mut reader = stream.try_clone().unwrap();
        let answer = std::thread::spawn(move || {
            let mut answer = Vec::new();
            let _ = reader.read_to_end(&mut answer);
        });
        let megabyte = vec![b'x'; 1 << 20];
        let sent = (0..100)
            .take_while(|_| stream.write_all(&megabyte).is_ok())
            .count();
        assert!(sent < 100, "all 100 MB were taken");
        answer.join().unwrap();
    }
}

/// What a process takes up; known on Linux.
#[derive(Clone, Copy, Debug)]
struct Usage {
    threads: usize,
    /// The most it ever had resident.
    peak_kib: usize,
}

impl Usage {
    fn of(process: &Running) -> Option<Usage> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", process.pid())).ok()?;
        let value = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name))?;
            line.split_whitespace().nth(1)?.parse().ok()
        };
        Some(Usage {
            threads: value("Threads:")?,
            peak_kib: value("VmHWM:")?,
        })
    }
}

trait Most {
    fn max(self, other: Self) -> Self;
}

impl Most for Option<Usage> {
    fn max(self, other: Self) -> Self {
        let (Some(one), Some(other)) = (self, other) else {
            return self.or(other);
        };
        Some(Usage {
            threads: one.threads.max(other.threads),
            peak_kib: one.peak_kib.max(other.peak_kib),
        })
    }
}
