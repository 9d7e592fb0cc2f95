//! The same over real sockets.

use std::net::TcpListener;
use std::time::Duration;

use super::super::server::CONNECTIONS;
use super::*;

fn start() -> Sandbox {
    Sandbox::start(Settings {
        port: 0,
        ..Settings::default()
    })
    .unwrap()
}

fn port_of(sandbox: &Sandbox) -> u16 {
    let (_, port) = sandbox.ready().domain.rsplit_once(':').unwrap();
    port.parse().unwrap()
}

fn connect(sandbox: &Sandbox) -> TcpStream {
    TcpStream::connect(("127.0.0.1", port_of(sandbox))).unwrap()
}

/// Sends one request and reads one answer by its length; the connection stays.
fn exchange(stream: &mut TcpStream, request: &str) -> (String, Vec<u8>) {
    stream.write_all(request.as_bytes()).unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let length = head
        .split("content-length: ")
        .nth(1)
        .unwrap()
        .split('\r')
        .next()
        .unwrap();
    let mut body = vec![0; length.parse().unwrap()];
    stream.read_exact(&mut body).unwrap();
    (head, body)
}

#[test]
fn one_connection_carries_a_whole_sign_in() {
    let sandbox = start();
    let mut stream = connect(&sandbox);
    let query = Query::new();
    let get = |target: &str| format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let (head, _) = exchange(&mut stream, &get(&format!("/oauth2/authorize?{query}")));
    assert!(head.starts_with("HTTP/1.1 302 Found\r\n") && head.contains("connection: keep-alive"));
    let (_, page) = exchange(&mut stream, &get(&format!("/login?{query}")));
    let page = String::from_utf8(page).unwrap();
    let csrf = csrf_of(&page);
    let post = |target: &str, form: &str| {
        format!(
            "POST {target} HTTP/1.1\r\nHost: localhost\r\nCookie: XSRF-TOKEN={csrf}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            form.len()
        )
    };
    let form = body(&[
        ("_csrf", csrf),
        ("username", "ada"),
        ("password", "Engine-1843"),
    ]);
    let (head, _) = exchange(&mut stream, &post(&format!("/login?{query}"), &form));
    let code = head
        .split("code=")
        .nth(1)
        .unwrap()
        .split('&')
        .next()
        .unwrap();
    let form = body(&[
        ("grant_type", "authorization_code"),
        ("client_id", &sandbox.ready().client_id),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ]);
    let (head, tokens) = exchange(&mut stream, &post("/oauth2/token", &form));
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"));
    let tokens: Value = serde_json::from_slice(&tokens).unwrap();
    assert_eq!(
        claims(&tokens["id_token"])["iss"],
        json!(sandbox.ready().issuer)
    );
    assert_eq!(sandbox.stats().connections, 1);
}

#[test]
fn what_is_not_http_as_we_speak_it_is_refused_and_bounded() {
    let sandbox = start();
    let answer = |request: &str| {
        let mut stream = connect(&sandbox);
        let _ = stream.write_all(request.as_bytes());
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes)
            .chars()
            .skip(9)
            .take(3)
            .collect::<String>()
    };
    assert_eq!(answer("GET http://localhost/ HTTP/1.1\r\n\r\n"), "400");
    assert_eq!(answer("nonsense\r\n\r\n"), "400");
    assert_eq!(
        answer("GET / HTTP/1.1\r\nHost: localhost\r\nno colon\r\n\r\n"),
        "400"
    );
    assert_eq!(answer("GET / HTTP/1.1\r\nConnection: close\r\n\r\n"), "421");
    assert_eq!(
        answer("POST / HTTP/1.1\r\nContent-Length: 999999999\r\n\r\n"),
        "413"
    );
    assert_eq!(
        answer("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"),
        "501"
    );
    assert_eq!(
        answer("GET / HTTP/1.0\r\nHost: localhost\r\nCookie: x=\u{e9}\r\n\r\n"),
        "200"
    );
    assert_eq!(
        answer(&format!("GET / HTTP/1.1\r\nX: {}", "x".repeat(17_000))),
        "431"
    );
}

#[test]
fn silent_strangers_keep_nobody_out() {
    let sandbox = start();
    let mut crowd: Vec<TcpStream> = (0..CONNECTIONS).map(|_| connect(&sandbox)).collect();
    let mut person = connect(&sandbox);
    let (head, _) = exchange(&mut person, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"));
    assert_eq!(crowd[0].read(&mut [0]).unwrap(), 0, "the oldest made room");
}

#[test]
fn localhost_is_reached_whichever_address_it_means() {
    let sandbox = start();
    let port = port_of(&sandbox);
    let mut families = vec!["127.0.0.1"];
    if TcpListener::bind(("::1", 0)).is_ok() {
        families.push("::1");
    }
    for address in families {
        let mut stream = TcpStream::connect((address, port)).unwrap();
        let (head, _) = exchange(&mut stream, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{address}");
    }
}

#[test]
fn hanging_up_is_seen_on_the_wire() {
    let sandbox = start();
    let read = |order: Value| {
        sandbox.quirks(order).unwrap();
        let mut stream = connect(&sandbox);
        let target = format!("/{USER_POOL_ID}/.well-known/jwks.json");
        write!(stream, "GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        String::from_utf8(bytes).unwrap()
    };
    assert_eq!(read(json!({"jwks": {"hang_up": "before_answer"}})), "");
    let half = read(json!({"jwks": {"hang_up": "mid_body"}}));
    let (head, body) = half.split_once("\r\n\r\n").unwrap();
    let length: usize = head
        .split("content-length: ")
        .nth(1)
        .unwrap()
        .split('\r')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(body.len(), length / 2);
}

#[test]
fn dropping_it_frees_the_port_and_ends_connections() {
    let sandbox = start();
    let mut stream = connect(&sandbox);
    exchange(&mut stream, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let port = port_of(&sandbox);
    drop(sandbox);
    // Sooner than the silence a kept connection may have.
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    assert_eq!(stream.read(&mut [0]).unwrap(), 0);
    drop(stream);
    let again = Sandbox::start(Settings {
        port,
        ..Settings::default()
    })
    .unwrap();
    let taken = Sandbox::start(Settings {
        port,
        ..Settings::default()
    });
    assert!(taken.is_err_and(|error| error.kind() == std::io::ErrorKind::AddrInUse));
    drop(again);
}

#[test]
fn the_ready_line_has_the_keys_of_the_contract() {
    let ready = serde_json::to_value(start().ready()).unwrap();
    let mut names: Vec<_> = ready
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "client_id",
            "client_secret",
            "domain",
            "issuer",
            "redirect_uris",
            "user_pool_id",
            "users"
        ]
    );
    assert_eq!(ready["client_secret"], Value::Null);
    assert_eq!(
        ready["users"],
        json!([{"username": "ada", "email": "ada@example.com", "password": "Engine-1843"}])
    );
}
