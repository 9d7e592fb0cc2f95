//! The strangers at the door, and the right callback after all of them: real sockets, a judge of our own, no protocol.

use std::io::{Cursor, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Result, anyhow};
use tokio::sync::Semaphore;

use super::ceremony::{Event, Heard, Judged, Vigil};
use super::loopback::Loopback;
use super::pages::Person;
use crate::failure::{Exit, Failure};
use crate::oidc::RedirectUri;
use crate::platform::signals::Signals;

const RIGHT: &str = "/back?code=right&state=ours";

/// A sign-in that waits, as [`super::Ceremony::perform`] does, with a judge that knows one state.
struct Login {
    port: u16,
    /// What the person was told: names of events, in order.
    events: Receiver<String>,
    redeemed: Arc<AtomicUsize>,
    /// An exchange takes one of its permits before it answers.
    pool: Arc<Semaphore>,
    outcome: JoinHandle<Result<String>>,
}

impl Login {
    fn begin() -> Login {
        Login::with(Duration::from_secs(600), "")
    }

    fn with(patience: Duration, pasted: &'static str) -> Login {
        let loopback = free("/back");
        let port = loopback.redirect_uri().port();
        let (say, events) = channel();
        let redeemed = Arc::new(AtomicUsize::new(0));
        let pool = Arc::new(Semaphore::new(1));
        let (count, answers) = (Arc::clone(&redeemed), Arc::clone(&pool));
        let outcome = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            let onlooker = &mut |event: Event<'_>| say.send(name(&event)).unwrap();
            runtime.block_on(async {
                let mut signals = Signals::listen().unwrap();
                let mut vigil = Vigil::begin(loopback, judge, || (), onlooker).unwrap();
                let outcome = async {
                    let late = Failure::new(Exit::NotCompleted, "timed_out", "too late");
                    let pasted = Box::new(Cursor::new(pasted));
                    let code = vigil
                        .wait(&mut signals, Some(pasted), patience)
                        .await?
                        .ok_or(late)??;
                    let exchange = async {
                        count.fetch_add(1, SeqCst);
                        answers.acquire().await.unwrap().forget();
                        if code == "right" {
                            Ok("Jane".to_owned())
                        } else {
                            Err(anyhow!("the code is `{code}`"))
                        }
                    };
                    vigil.meanwhile(&mut signals, exchange).await?
                }
                .await;
                let person = |name: &String| Person {
                    name: Some(name.clone()),
                    email: None,
                };
                vigil.tell(outcome.as_ref().map(person)).await;
                outcome
            })
        });
        Login {
            port,
            events,
            redeemed,
            pool,
            outcome,
        }
    }

    /// The exchange waits until [`Login::answer_exchange`].
    fn with_a_slow_pool() -> Login {
        let login = Login::begin();
        login.pool.forget_permits(1);
        login
    }

    fn answer_exchange(&self) {
        self.pool.add_permits(1);
    }

    fn connect(&self) -> TcpStream {
        connect(IpAddr::V4(Ipv4Addr::LOCALHOST), self.port).unwrap()
    }

    fn get(&self, target: &str) -> String {
        self.say(self.plain(target).as_bytes())
    }

    fn plain(&self, target: &str) -> String {
        format!(
            "GET {target} HTTP/1.1\r\nHost: localhost:{}\r\n\r\n",
            self.port
        )
    }

    fn say(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect();
        // The answer may come before everything was said.
        let _ = stream.write_all(bytes);
        heard(&mut stream)
    }

    /// The right callback, and then the page it leads to.
    fn complete(self) -> Result<String> {
        assert_eq!(location(&self.get(RIGHT)), "/signed-in");
        assert!(
            self.get("/signed-in")
                .contains("Signed in as <bdi>Jane</bdi>")
        );
        self.outcome.join().unwrap()
    }

    fn told(&self) -> Vec<String> {
        let events = self.events.try_iter();
        events.filter(|event| event != "left").collect()
    }
}

fn name(event: &Event<'_>) -> String {
    match event {
        Event::PasteRefused(reason) => format!("paste refused: {reason}"),
        Event::Stray(reason) => format!("stray: {reason}"),
        Event::HttpsForced => "https".to_owned(),
        Event::Left(_) => "left".to_owned(),
        _ => "other".to_owned(),
    }
}

fn judge(heard: Heard<'_>) -> Judged<String> {
    let (Heard::Query(text) | Heard::Pasted(text)) = heard;
    let value = |name: &str| {
        text.split('&')
            .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
    };
    match (value("state"), value("code"), value("error")) {
        (Some("ours"), Some(code), _) => Judged::Answer(Ok(code.to_owned())),
        (Some("ours"), None, Some(error)) => Judged::Answer(Err(anyhow!("denied: {error}"))),
        (None, ..) => Judged::Stranger("no state"),
        _ => Judged::Stranger("wrong state"),
    }
}

/// A port that was free a moment ago, on both families.
fn free(path: &str) -> Loopback {
    loop {
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        if let Ok(loopback) = Loopback::bind(&[redirect(port, path)], None) {
            return loopback;
        }
    }
}

fn redirect(port: u16, path: &str) -> RedirectUri {
    RedirectUri::parse(&format!("http://localhost:{port}{path}")).unwrap()
}

fn connect(address: IpAddr, port: u16) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect((address, port))?;
    // A bound for the test to fail within, not one it waits for.
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    stream.set_write_timeout(Some(Duration::from_secs(30)))?;
    Ok(stream)
}

/// Everything until the other side closes.
fn heard(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    match stream.read_to_end(&mut bytes) {
        Err(error) if error.kind() != std::io::ErrorKind::ConnectionReset => panic!("{error}"),
        _ => String::from_utf8(bytes).unwrap(),
    }
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or("none")
}

fn location(answer: &str) -> &str {
    assert_eq!(status(answer), "303", "{answer}");
    answer
        .lines()
        .find_map(|line| line.strip_prefix("Location: "))
        .unwrap()
}

#[test]
fn each_stranger_gets_a_short_answer_and_the_sign_in_goes_on() {
    let login = Login::begin();
    let port = login.port;
    let host = format!("Host: localhost:{port}\r\n");
    let long = "x".repeat(70_000);
    let table: &[(&str, String)] = &[
        ("404", login.plain("/")),
        ("404", login.plain("/favicon.ico")),
        ("404", login.plain("/signed-in")),
        ("404", login.plain("/back/")),
        ("404", login.plain("//back?code=right&state=ours")),
        ("400", login.plain("/back")),
        ("400", login.plain("/back?code=right")),
        ("400", login.plain("/back?code=right&state=")),
        ("400", login.plain("/back?code=right&state=theirs")),
        ("400", login.plain("/back?error=access_denied")),
        ("400", login.plain("/back?error=access_denied&state=theirs")),
        (
            "400",
            login.plain(&format!("/back?code={}", "x".repeat(30_000))),
        ),
        (
            "421",
            format!("GET {RIGHT} HTTP/1.1\r\nHost: evil.example:{port}\r\n\r\n"),
        ),
        (
            "421",
            format!("GET {RIGHT} HTTP/1.1\r\nHost: evil.example\r\n\r\n"),
        ),
        ("400", format!("GET {RIGHT} HTTP/1.1\r\n\r\n")),
        ("400", format!("GET {RIGHT} HTTP/1.0\r\n\r\n")),
        (
            "400",
            format!("GET http://localhost:{port}{RIGHT} HTTP/1.1\r\n{host}\r\n"),
        ),
        ("400", format!("GET {RIGHT} HTTP/1.1\n{host}\n")),
        ("400", format!("GET {RIGHT}\r\n\r\n")),
        ("505", format!("GET {RIGHT} HTTP/3.0\r\n{host}\r\n")),
        ("505", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned()),
        ("405", format!("HEAD {RIGHT} HTTP/1.1\r\n{host}\r\n")),
        (
            "405",
            format!("POST {RIGHT} HTTP/1.1\r\n{host}Content-Length: 3\r\n\r\nabc"),
        ),
        (
            "405",
            format!("POST {RIGHT} HTTP/1.1\r\n{host}Content-Length: 1000000000\r\n\r\nabc"),
        ),
        (
            "405",
            format!("PUT {RIGHT} HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        ),
        ("405", format!("DELETE {RIGHT} HTTP/1.1\r\n{host}\r\n")),
        ("405", format!("TRACE {RIGHT} HTTP/1.1\r\n{host}\r\n")),
        (
            "405",
            format!("CONNECT localhost:{port} HTTP/1.1\r\n{host}\r\n"),
        ),
        ("405", format!("get {RIGHT} HTTP/1.1\r\n{host}\r\n")),
        (
            "200",
            format!(
                "OPTIONS {RIGHT} HTTP/1.1\r\n{host}Origin: https://evil.example\r\n\
                 Access-Control-Request-Method: GET\r\nAccess-Control-Request-Private-Network: true\r\n\r\n"
            ),
        ),
        ("200", format!("OPTIONS * HTTP/1.1\r\n{host}\r\n")),
        ("431", format!("GET /{long} HTTP/1.1\r\n")),
        (
            "431",
            format!("GET / HTTP/1.1\r\n{}", "X: y\r\n".repeat(12_000)),
        ),
        ("400", "\r\n\r\n".to_owned()),
        ("none", String::new()),
    ];
    for (expected, request) in table {
        let mut stream = login.connect();
        let _ = stream.write_all(request.as_bytes());
        let _ = stream.shutdown(Shutdown::Write);
        let answer = heard(&mut stream);
        let first = request.lines().next().unwrap_or_default();
        assert_eq!(status(&answer), *expected, "{first:.80}");
        assert!(!answer.contains("Access-Control"), "{answer}");
        assert!(
            answer.is_empty() || answer.contains("\r\nConnection: close\r\n"),
            "{answer}"
        );
        assert!(
            !answer.contains("theirs") && !answer.contains("right") && !answer.contains("evil"),
            "{answer}"
        );
    }
    let invalid = [
        b"GET /\xff\xfe HTTP/1.1\r\n".as_slice(),
        host.as_bytes(),
        b"\r\n",
    ]
    .concat();
    assert_eq!(status(&login.say(&invalid)), "400");
    let noise: Vec<u8> = (0..30_000_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8 | 0x80)
        .collect();
    assert_eq!(
        status(&login.say(&[&noise, b"\r\n\r\n".as_slice()].concat())),
        "400"
    );
    let client_hello = [0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3];
    assert_eq!(login.say(&client_hello), "");
    assert_eq!(login.say(&client_hello), "");

    assert_eq!(login.redeemed.load(SeqCst), 0);
    assert_eq!(
        login.told(),
        ["stray: no state", "stray: wrong state", "https"]
    );
    assert_eq!(login.complete().unwrap(), "Jane");
}

#[test]
fn another_program_s_cookie_does_not_break_the_login() {
    let login = Login::begin();
    let head = format!(
        "GET {RIGHT} HTTP/1.1\r\nHost: localhost:{}\r\nCookie: name=J\u{fc}rgen; raw=",
        login.port
    );
    let head = [
        head.as_bytes(),
        b"\xff\xfe\x01",
        "x".repeat(30_000).as_bytes(),
        b"\r\n\r\n",
    ]
    .concat();
    assert_eq!(location(&login.say(&head)), "/signed-in");
    login.get("/signed-in");
    assert_eq!(login.outcome.join().unwrap().unwrap(), "Jane");
}

#[test]
fn a_crowd_of_strangers_costs_little_and_does_not_keep_the_right_one_out() {
    let login = Login::begin();
    let before = Usage::now();
    let mut crowd = Vec::new();
    let most = room_for_connections();
    for number in 0..most {
        let Ok(mut stream) = connect(IpAddr::V4(Ipv4Addr::LOCALHOST), login.port) else {
            break;
        };
        let said = match number % 4 {
            0 | 1 => "",
            2 => "GET /back?code=",
            _ => "GET /back HTTP/1.1\r\nX: ",
        };
        let _ = stream.write_all(said.as_bytes());
        crowd.push(stream);
    }
    // Some hang up in the middle of a word, some with an answer unread, which resets the connection.
    for stream in crowd.iter_mut().take(most / 4) {
        let _ = stream.write_all(b"\r\n\r\n");
        let _ = stream.shutdown(Shutdown::Both);
    }
    for number in 0..2_000 {
        let mut stream = login.connect();
        let _ = stream.write_all(format!("{number} \x01\r\n\r\nGET / HTTP/1.1\r\n\r\n").as_bytes());
        if number % 3 == 0 {
            assert_eq!(status(&heard(&mut stream)), "400");
        }
    }
    if let (Some(before), Some(after)) = (before, Usage::now()) {
        assert!(after.threads <= before.threads + 24, "{before:?} {after:?}");
        assert!(
            after.resident_kib <= before.resident_kib + 48 * 1024,
            "{before:?} {after:?}"
        );
    }
    assert_eq!(login.complete().unwrap(), "Jane");
}

#[test]
fn endless_heads_and_bodies_are_cut_off() {
    let login = Login::begin();
    let before = Usage::now();
    let head = format!("GET / HTTP/1.1\r\nHost: localhost:{}\r\nX: ", login.port);
    let body = format!(
        "POST / HTTP/1.1\r\nHost: localhost:{}\r\nContent-Length: 104857600\r\n\r\n",
        login.port
    );
    for (start, expected) in [(head, "431"), (body, "405")] {
        let mut stream = login.connect();
        stream.write_all(start.as_bytes()).unwrap();
        let mut reader = stream.try_clone().unwrap();
        let answer = std::thread::spawn(move || heard(&mut reader));
        let megabyte = vec![b'x'; 1024 * 1024];
        let sent = (0..100)
            .take_while(|_| stream.write_all(&megabyte).is_ok())
            .count();
        assert!(sent < 100, "all 100 MB were taken");
        assert_eq!(status(&answer.join().unwrap()), expected);
    }
    if let (Some(before), Some(after)) = (before, Usage::now()) {
        assert!(
            after.resident_kib <= before.resident_kib + 48 * 1024,
            "{before:?} {after:?}"
        );
    }
    assert_eq!(login.complete().unwrap(), "Jane");
}

#[test]
fn resets_at_every_moment_end_nothing() {
    let login = Login::begin();
    let request = login.plain("/back?code=right&state=theirs");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    for length in (0..=request.len()).chain(std::iter::repeat_n(request.len(), 200)) {
        runtime.block_on(async {
            let stream = tokio::net::TcpStream::connect(("127.0.0.1", login.port))
                .await
                .unwrap();
            stream.writable().await.unwrap();
            stream.try_write(&request.as_bytes()[..length]).unwrap();
            stream.set_zero_linger().unwrap();
        });
    }
    // One that breaks off after the right answer: its browser never gets the page, and the sign-in is complete all the same.
    runtime.block_on(async {
        let stream = tokio::net::TcpStream::connect(("127.0.0.1", login.port))
            .await
            .unwrap();
        stream.writable().await.unwrap();
        stream.try_write(login.plain(RIGHT).as_bytes()).unwrap();
        stream.readable().await.unwrap();
        stream.set_zero_linger().unwrap();
    });
    assert_eq!(login.outcome.join().unwrap().unwrap(), "Jane");
}

#[test]
fn the_code_is_gone_from_the_address_before_a_page_is_shown_whatever_name_is_used() {
    for (host, address) in [
        ("localhost", IpAddr::V4(Ipv4Addr::LOCALHOST)),
        ("127.0.0.1", IpAddr::V4(Ipv4Addr::LOCALHOST)),
        ("localhost", IpAddr::V6(Ipv6Addr::LOCALHOST)),
        ("[::1]", IpAddr::V6(Ipv6Addr::LOCALHOST)),
    ] {
        let login = Login::begin();
        let get = |target: &str| {
            let mut stream = connect(address, login.port)?;
            stream.write_all(
                format!(
                    "GET {target} HTTP/1.1\r\nHost: {host}:{}\r\n\r\n",
                    login.port
                )
                .as_bytes(),
            )?;
            Ok::<_, std::io::Error>(heard(&mut stream))
        };
        let Ok(answer) = get(RIGHT) else {
            // No IPv6 here.
            login.complete().unwrap();
            continue;
        };
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        assert_eq!((location(&answer), body), ("/signed-in", ""));
        let page = get("/signed-in").unwrap();
        assert_eq!(status(&page), "200");
        assert!(
            page.contains("Signed in as <bdi>Jane</bdi>")
                && !page.contains("right")
                && !page.contains("ours")
        );
        assert_eq!(login.outcome.join().unwrap().unwrap(), "Jane");
    }
}

#[test]
fn two_tabs_and_a_replay_get_the_same_page_and_the_code_is_redeemed_once() {
    let login = Login::with_a_slow_pool();
    let mut tabs: Vec<TcpStream> = (0..3).map(|_| login.connect()).collect();
    for tab in &mut tabs {
        tab.write_all(login.plain(RIGHT).as_bytes()).unwrap();
    }
    // Strangers are still turned away, and the page is not there yet.
    assert_eq!(status(&login.get("/signed-in")), "404");
    assert_eq!(status(&login.get("/back?code=right&state=theirs")), "400");
    login.answer_exchange();
    for tab in &mut tabs {
        assert_eq!(location(&heard(tab)), "/signed-in");
    }
    assert_eq!(location(&login.get(RIGHT)), "/signed-in");
    assert_eq!(
        location(&login.get("/back?error=access_denied&state=ours")),
        "/signed-in"
    );
    for _ in 0..5 {
        assert_eq!(status(&login.get("/signed-in")), "200");
    }
    assert_eq!(login.redeemed.load(SeqCst), 1);
    assert_eq!(login.outcome.join().unwrap().unwrap(), "Jane");
}

#[test]
fn a_failed_exchange_is_told_in_the_browser_too() {
    let login = Login::begin();
    assert_eq!(
        location(&login.get("/back?code=<b>spent</b>&state=ours")),
        "/not-signed-in"
    );
    let page = login.get("/not-signed-in");
    assert!(
        page.contains("<dt>error</dt><dd>the code is `&lt;b&gt;spent&lt;/b&gt;`</dd>"),
        "{page}"
    );
    assert_eq!(
        login.outcome.join().unwrap().unwrap_err().to_string(),
        "the code is `<b>spent</b>`"
    );
}

#[test]
fn a_refusal_with_our_state_ends_the_sign_in() {
    let login = Login::begin();
    assert_eq!(
        location(&login.get("/back?error=access_denied&state=ours")),
        "/not-signed-in"
    );
    assert!(
        login
            .get("/not-signed-in")
            .contains("denied: access_denied")
    );
    assert_eq!(
        login.outcome.join().unwrap().unwrap_err().to_string(),
        "denied: access_denied"
    );
}

#[test]
fn a_pasted_answer_completes_without_a_browser_and_a_wrong_one_does_not() {
    let login = Login::with(
        Duration::from_secs(600),
        "hello\n\ncode=right&state=theirs\ncode=right&state=ours\n",
    );
    let events = login.events.iter();
    let events: Vec<String> = events.filter(|event| event != "left").collect();
    assert_eq!(login.outcome.join().unwrap().unwrap(), "Jane");
    assert_eq!(
        events,
        ["paste refused: no state", "paste refused: wrong state"]
    );
}

#[test]
fn the_end_of_patience_frees_the_port_at_once() {
    let login = Login::with(Duration::from_millis(1), "");
    let port = login.port;
    assert_eq!(
        login.outcome.join().unwrap().unwrap_err().to_string(),
        "too late"
    );
    drop(Loopback::bind(&[redirect(port, "")], None).unwrap());
    drop(Loopback::bind(&[redirect(port, "")], None).unwrap());
}

#[test]
fn either_family_held_by_another_program_is_an_error_that_names_it() {
    for address in ["127.0.0.1", "[::1]"] {
        let Ok(other) = TcpListener::bind(format!("{address}:0")) else {
            continue;
        };
        let port = other.local_addr().unwrap().port();
        let error = Loopback::bind(&[redirect(port, "/back")], None).unwrap_err();
        let failure = Failure::of(&error).unwrap();
        assert_eq!((failure.exit, failure.kind), (Exit::Failed, "port_busy"));
        assert_eq!(
            failure.message,
            format!("port {port} of `http://localhost:{port}/back` is taken")
        );
        let cause = error.chain().nth(1).unwrap().to_string();
        assert!(cause.starts_with(&format!("{address}:{port}: ")), "{cause}");
        let hint = failure.hint.as_deref().unwrap();
        // Who holds it is looked up for half a second only, which is not enough on a busy machine.
        let named = format!("(process {})", std::process::id());
        assert!(
            hint.contains(&named) || hint.starts_with("end the program that holds port"),
            "{hint}"
        );
        assert!(
            hint.ends_with(&format!(
                "--redirect-uri http://localhost:{}",
                port.wrapping_add(1)
            )),
            "{hint}"
        );
    }
}

#[test]
fn the_first_free_candidate_is_taken() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = redirect(other.local_addr().unwrap().port(), "");
    let free = free("/x").redirect_uri().clone();
    let loopback = Loopback::bind(&[taken, free.clone()], None).unwrap();
    assert_eq!(loopback.redirect_uri(), &free);
}

#[test]
fn an_address_to_listen_on_is_the_only_one() {
    let redirect = free("/back").redirect_uri().clone();
    let elsewhere = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
    let Ok(_loopback) = Loopback::bind(std::slice::from_ref(&redirect), Some(elsewhere)) else {
        // Only Linux has the whole of 127/8.
        return;
    };
    assert!(connect(elsewhere, redirect.port()).is_ok());
    assert!(connect(IpAddr::V4(Ipv4Addr::LOCALHOST), redirect.port()).is_err());
}

#[test]
fn the_sign_out_page_is_served_to_whoever_comes() {
    let loopback = free("/out");
    let port = loopback.redirect_uri().port();
    let outcome = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(super::farewell(loopback, Duration::from_secs(600)))
    });
    let get = |target: &str| {
        let mut stream = connect(IpAddr::V4(Ipv4Addr::LOCALHOST), port).unwrap();
        stream
            .write_all(
                format!("GET {target} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n").as_bytes(),
            )
            .unwrap();
        heard(&mut stream)
    };
    assert_eq!(status(&get("/")), "404");
    assert_eq!(location(&get("/out")), "/signed-out");
    assert!(get("/signed-out").contains("<h1>Signed out</h1>"));
    assert!(outcome.join().unwrap().unwrap());
}

/// How many connections a test may open and still leave the process enough descriptors.
fn room_for_connections() -> usize {
    let limit = std::fs::read_to_string("/proc/self/limits")
        .ok()
        .and_then(|limits| {
            let row = limits
                .lines()
                .find(|line| line.starts_with("Max open files"))?;
            row.split_whitespace().nth(3)?.parse::<usize>().ok()
        });
    limit.map_or(40, |limit| limit.saturating_sub(400).clamp(40, 1_000))
}

/// What the process takes up; known on Linux.
#[derive(Debug)]
struct Usage {
    threads: usize,
    resident_kib: usize,
}

impl Usage {
    fn now() -> Option<Usage> {
        let status = std::fs::read_to_string("/proc/self/status").ok()?;
        let value = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name))?;
            line.split_whitespace().nth(1)?.parse().ok()
        };
        Some(Usage {
            threads: value("Threads:")?,
            resident_kib: value("VmRSS:")?,
        })
    }
}
