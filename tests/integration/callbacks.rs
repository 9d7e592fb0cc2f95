//! What reaches the redirect address besides the answer: strangers, favicons, silent sockets, floods.

use std::io::{BufReader, Read, Write};
use std::net::TcpStream;

use url::Url;

use crate::support::person::Person;
use crate::support::pool::Pool;
use crate::support::terminal::Running;
use crate::support::wire::{self, Answer};

/// A login that waits, and the address it waits at.
struct Waiting {
    pool: Pool,
    login: Running,
    url: String,
}

impl Waiting {
    fn start() -> Waiting {
        let pool = Pool::start();
        let mut login = pool.terminal().start(&["login"]);
        let url = login.sign_in_url();
        Waiting { pool, login, url }
    }

    fn at(&self, target: &str) -> String {
        format!("http://localhost:{}{target}", self.pool.port())
    }

    fn socket(&self) -> TcpStream {
        TcpStream::connect(("localhost", self.pool.port())).unwrap()
    }

    /// Whatever came before, the person's own sign-in still succeeds.
    fn still_ends_well(self) {
        let page = Person::new()
            .sign_in(&self.url, self.pool.username(), self.pool.password())
            .words();
        assert!(page.starts_with("Signed in as Ada Lovelace"), "{page}");
        self.login.finish().code(0);
    }
}

#[test]
fn a_wrong_state_does_not_end_the_login() {
    let waiting = Waiting::start();
    for target in [
        "/?code=stolen&state=wrong",
        "/?error=access_denied&state=wrong",
        "/?code=stolen",
        "/?error=access_denied",
    ] {
        let answer = wire::get(&waiting.at(target));
        assert_eq!(answer.status, 400, "{target}");
        assert!(
            !answer.text().contains("stolen"),
            "the page repeats what the stranger sent"
        );
    }
    waiting.still_ends_well();
}

#[test]
fn other_paths_and_methods_do_not_end_the_login() {
    let waiting = Waiting::start();
    let state = state_of(&waiting.url);
    assert_eq!(wire::get(&waiting.at("/favicon.ico")).status, 404);
    assert_eq!(
        wire::get(&waiting.at(&format!("/other?code=x&state={state}"))).status,
        404
    );
    let here = Url::parse(&waiting.at(&format!("/?code=x&state={state}"))).unwrap();
    for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
        let answer = wire::send(method, &here, &[], b"");
        let wanted = if method == "OPTIONS" { 200 } else { 405 };
        assert_eq!(answer.status, wanted, "{method}");
    }
    waiting.still_ends_well();
}

#[test]
fn a_request_for_another_host_is_turned_away() {
    let waiting = Waiting::start();
    let state = state_of(&waiting.url);
    let head = format!(
        "GET /?code=x&state={state} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
    );
    let answer = raw(&waiting, head.as_bytes());
    assert!(matches!(answer.status, 400 | 421), "{}", answer.status);
    waiting.still_ends_well();
}

#[test]
fn silent_sockets_do_not_hold_the_browser_up() {
    let waiting = Waiting::start();
    let silent: Vec<_> = (0..50).map(|_| waiting.socket()).collect();
    waiting.still_ends_well();
    drop(silent);
}

#[test]
fn half_a_request_and_a_reset_do_not_hold_the_browser_up() {
    let waiting = Waiting::start();
    let mut half = waiting.socket();
    half.write_all(b"GET /?code=").unwrap();
    for _ in 0..100 {
        let mut gone = waiting.socket();
        let _ = gone.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }
    waiting.still_ends_well();
    drop(half);
}

#[test]
fn an_endless_head_is_cut_and_costs_nothing() {
    let waiting = Waiting::start();
    let long = format!(
        "GET /?code={} HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "x".repeat(200_000)
    );
    assert_eq!(raw(&waiting, long.as_bytes()).status, 431);
    let many = format!(
        "GET / HTTP/1.1\r\nHost: localhost\r\n{}\r\n",
        "X-Y: z\r\n".repeat(20_000)
    );
    assert_eq!(raw(&waiting, many.as_bytes()).status, 431);
    waiting.still_ends_well();
}

#[test]
fn a_cookie_of_another_program_on_localhost_is_no_obstacle() {
    let waiting = Waiting::start();
    let mut person = Person::new();
    person.visit(&waiting.url);
    let filled = [
        ("username", waiting.pool.username()),
        ("password", waiting.pool.password()),
    ];
    let back = person.submit_until_sent_to(&filled, &waiting.pool.redirect());
    let mut request = wire::request("GET", &back, &[], b"");
    request.truncate(request.len() - 2);
    request.extend(b"Cookie: theirs=\xc3\xa4\xff; more=1\r\n\r\n");
    assert_eq!(raw(&waiting, &request).status, 303);
    waiting.login.finish();
}

#[test]
fn a_browser_that_forces_https_is_named() {
    let mut waiting = Waiting::start();
    // The start of a TLS 1.2 ClientHello: what a browser sends that knows `localhost` as https only.
    waiting
        .socket()
        .write_all(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
        .unwrap();
    waiting
        .login
        .line(|line| line.starts_with("warning: your browser forced https on this address"));
    waiting.still_ends_well();
}

#[test]
fn nothing_that_is_no_http_ends_the_login() {
    let waiting = Waiting::start();
    for noise in [
        &b"\x00\x00\x00\x00\r\n\r\n"[..],
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\r\n\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ] {
        let mut socket = waiting.socket();
        socket.write_all(noise).unwrap();
        let mut answer = Vec::new();
        // A refusal or a closed connection: both are fine, silence is not.
        let _ = socket.read_to_end(&mut answer);
        assert!(
            !answer.starts_with(b"HTTP/1.1 2") && !answer.starts_with(b"HTTP/1.1 3"),
            "{}",
            String::from_utf8_lossy(&answer)
        );
    }
    waiting.still_ends_well();
}

/// Sends bytes as they are; the reading end may close before all of them are taken.
fn raw(waiting: &Waiting, bytes: &[u8]) -> Answer {
    let mut socket = waiting.socket();
    let mut writing = socket.try_clone().unwrap();
    let bytes = bytes.to_vec();
    let writer = std::thread::spawn(move || writing.write_all(&bytes));
    let answer = wire::read_answer(&mut BufReader::new(&mut socket), "GET").unwrap();
    let _ = writer.join();
    answer
}

fn state_of(url: &str) -> String {
    let url = Url::parse(url).unwrap();
    url.query_pairs()
        .find(|(name, _)| name == "state")
        .unwrap()
        .1
        .into_owned()
}
