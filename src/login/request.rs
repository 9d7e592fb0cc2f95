//! The head of a request, read within limits and believed only if it is plain.
//!
//! Only `GET` of a path of ours, by a name of ours, comes through; no header but `Host` is looked at, so whatever bytes
//! other programs on `localhost` have put into the browser's cookies, they do no harm. Bodies are never read as such.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

/// How long a client has its turn: while it says something, and in all. A browser sends its request at once.
const BREATH: Duration = Duration::from_millis(20);
const TURN: Duration = Duration::from_millis(50);

/// How long a head may take from its first byte to its last.
const HEAD_PATIENCE: Duration = Duration::from_secs(5);

/// How long a head may be. Node takes 16 KiB, but a developer's `localhost` collects cookies from every port.
const HEAD_LIMIT_BYTES: usize = 32 * 1024;

/// A `GET` of this listener. Has no `Debug`: the query may hold the code.
pub(super) struct Request {
    /// The path, as it was sent.
    pub(super) path: String,
    /// What follows the `?`; empty when there is none.
    pub(super) query: String,
}

/// Why there is no request to hand on.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The client went away, or never said anything.
    Gone,
    /// A TLS handshake: the browser was made to use https.
    Tls,
    /// Not HTTP as RFC 9112 has it, or a form we do not serve.
    Malformed,
    /// The head did not end in time.
    Slow,
    /// The head did not end at all.
    TooLarge,
    /// HTTP, but not 1.0 or 1.1.
    Version,
    /// A name that is not ours: another site's page reaches us through DNS rebinding.
    Misdirected,
    /// A method that asks what is allowed.
    Options,
    /// A method that would change something.
    Method,
}

/// Reads one request of a client that may send anything, or nothing.
///
/// A client that has not begun is waited for without limit and without a buffer: browsers connect ahead of need.
pub(super) async fn read(stream: &TcpStream, port: u16, turn: &Turn) -> Result<Request, Refusal> {
    let mut head = Vec::new();
    turn.hear(stream, &mut head).await?;
    turn.begin();
    timeout(HEAD_PATIENCE, read_head(stream, turn, &mut head))
        .await
        .map_err(|_| Refusal::Slow)??;
    parse(&head, port)
}

/// Whether a client has had its turn, and might go when others want its place.
///
/// Silence is told by a timer that comes from the same look at the sockets as the bytes do, and after them. So however busy
/// we are, nobody is sent away who was not heard out.
#[derive(Debug, Default)]
pub(super) struct Turn(AtomicBool);

impl Turn {
    pub(super) fn is_over(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    pub(super) fn end(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn begin(&self) {
        self.0.store(false, Ordering::Relaxed);
    }

    /// Waits for bytes, and appends them.
    async fn hear(&self, stream: &TcpStream, heard: &mut Vec<u8>) -> Result<(), Refusal> {
        loop {
            if timeout(BREATH, stream.readable()).await.is_err() {
                self.end();
                stream.readable().await?;
            }
            let mut chunk = [0; 4096];
            match stream.try_read(&mut chunk) {
                Ok(0) => return Err(Refusal::Gone),
                Ok(count) => {
                    heard.extend_from_slice(&chunk[..count]);
                    return Ok(());
                }
                // A socket is called readable now and then when it is not.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => (),
                Err(_) => return Err(Refusal::Gone),
            }
        }
    }
}

impl From<io::Error> for Refusal {
    fn from(_: io::Error) -> Refusal {
        Refusal::Gone
    }
}

/// Reads on until the head is complete, and cuts off what follows it.
async fn read_head(stream: &TcpStream, turn: &Turn, head: &mut Vec<u8>) -> Result<(), Refusal> {
    const TLS_HANDSHAKE: u8 = 0x16;
    let began = Instant::now();
    let mut looked_at = 0;
    loop {
        if head.first() == Some(&TLS_HANDSHAKE) {
            return Err(Refusal::Tls);
        }
        if let Some(end) = end_of_head(&head[looked_at..]) {
            head.truncate(looked_at + end);
            return Ok(());
        }
        if head.len() > HEAD_LIMIT_BYTES {
            return Err(Refusal::TooLarge);
        }
        if began.elapsed() > TURN {
            turn.end();
        }
        looked_at = head.len().saturating_sub(2);
        turn.hear(stream, head).await?;
    }
}

/// Finds where the empty line ends. One that lacks its CR ends the head too, or its sender would wait in vain for the 400.
fn end_of_head(bytes: &[u8]) -> Option<usize> {
    let after = |pattern: &[u8]| {
        bytes
            .windows(pattern.len())
            .position(|w| w == pattern)
            .map(|at| at + pattern.len())
    };
    [after(b"\n\r\n"), after(b"\n\n")]
        .into_iter()
        .flatten()
        .min()
}

pub(super) fn parse(head: &[u8], port: u16) -> Result<Request, Refusal> {
    let mut lines = lines(head).ok_or(Refusal::Malformed)?.into_iter();
    let [method, target, version] = request_line(lines.next().unwrap_or_default())?;
    match version {
        b"HTTP/1.1" | b"HTTP/1.0" => (),
        other if other.starts_with(b"HTTP/") => return Err(Refusal::Version),
        _ => return Err(Refusal::Malformed),
    }
    let host = host(lines).ok_or(Refusal::Malformed)?;
    if !is_ours(host, port) {
        return Err(Refusal::Misdirected);
    }
    match method {
        b"GET" => (),
        b"OPTIONS" => return Err(Refusal::Options),
        _ => return Err(Refusal::Method),
    }
    let target = str::from_utf8(target)
        .ok()
        .filter(|target| target.starts_with('/'))
        .ok_or(Refusal::Malformed)?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    Ok(Request {
        path: path.to_owned(),
        query: query.to_owned(),
    })
}

/// The lines without their ends and without the empty one; `None` unless CR LF, and only CR LF, ends each.
fn lines(head: &[u8]) -> Option<Vec<&[u8]>> {
    let head = head.strip_suffix(b"\r\n\r\n")?;
    let lines = head.split(|&byte| byte == b'\n').collect::<Vec<_>>();
    let last = lines.len() - 1;
    lines
        .into_iter()
        .enumerate()
        .map(|(number, line)| {
            if number == last {
                Some(line)
            } else {
                line.strip_suffix(b"\r")
            }
        })
        .map(|line| line.filter(|line| !line.iter().any(|byte| matches!(byte, b'\r' | b'\0'))))
        .collect()
}

/// Method, target, version; each without blanks, the target of visible ASCII.
fn request_line(line: &[u8]) -> Result<[&[u8]; 3], Refusal> {
    let words: Vec<&[u8]> = line.split(|&byte| byte == b' ').collect();
    match <[&[u8]; 3]>::try_from(words) {
        Ok([method, target, version])
            if is_token(method)
                && !target.is_empty()
                && target.iter().all(u8::is_ascii_graphic) =>
        {
            Ok([method, target, version])
        }
        _ => Err(Refusal::Malformed),
    }
}

/// The one `Host`; `None` if there is none, more than one, or a header that is not one (RFC 9112 §3.2, §5.1).
fn host<'a>(headers: impl Iterator<Item = &'a [u8]>) -> Option<&'a [u8]> {
    let mut found = None;
    for header in headers {
        let colon = header.iter().position(|&byte| byte == b':')?;
        let (name, value) = (&header[..colon], &header[colon + 1..]);
        if !is_token(name) {
            return None;
        }
        if name.eq_ignore_ascii_case(b"host") && found.replace(value.trim_ascii()).is_some() {
            return None;
        }
    }
    found
}

/// RFC 9110 §5.6.2.
fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty()
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte))
}

fn is_ours(host: &[u8], port: u16) -> bool {
    let with_port = format!(":{port}");
    let name = match host.strip_suffix(with_port.as_bytes()) {
        Some(name) => name,
        None if port == 80 => host,
        None => return false,
    };
    [&b"localhost"[..], b"127.0.0.1", b"[::1]"]
        .iter()
        .any(|ours| name.eq_ignore_ascii_case(ours))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(head: &[u8]) -> Result<(String, String), Refusal> {
        parse(head, 3000).map(|request| (request.path, request.query))
    }

    #[test]
    fn a_plain_get_is_understood_whatever_other_headers_hold() {
        for host in [
            "localhost:3000",
            "LocalHost:3000",
            "127.0.0.1:3000",
            "[::1]:3000",
            "  localhost:3000\t",
        ] {
            let mut head =
                format!("GET /back?code=c&state=s HTTP/1.1\r\nhOST:{host}\r\nCookie: a=")
                    .into_bytes();
            head.extend(b"\xff\xfe\x01;\r\nX:\r\n\r\n");
            assert_eq!(
                read(&head),
                Ok(("/back".into(), "code=c&state=s".into())),
                "{host}"
            );
        }
        assert_eq!(
            read(b"GET / HTTP/1.0\r\nHost: localhost:3000\r\n\r\n"),
            Ok(("/".into(), String::new()))
        );
        assert_eq!(
            parse(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 80).map(|request| request.path),
            Ok("/".into())
        );
    }

    #[test]
    fn everything_else_has_its_refusal() {
        let ours = "Host: localhost:3000\r\n";
        for (first, headers, refusal) in [
            ("", "", Refusal::Malformed),
            ("GET /", ours, Refusal::Malformed),
            ("GET  / HTTP/1.1", ours, Refusal::Malformed),
            ("GET / HTTP/1.1 ", ours, Refusal::Malformed),
            ("GET /a b HTTP/1.1", ours, Refusal::Malformed),
            ("GET /\x01 HTTP/1.1", ours, Refusal::Malformed),
            ("GET /ü HTTP/1.1", ours, Refusal::Malformed),
            ("G\x01T / HTTP/1.1", ours, Refusal::Malformed),
            ("GET / HTTQ/1.1", ours, Refusal::Malformed),
            ("GET / HTTP/2.0", ours, Refusal::Version),
            ("PRI * HTTP/2.0", "", Refusal::Version),
            ("GET / HTTP/1.1", "", Refusal::Malformed),
            ("GET / HTTP/1.0", "", Refusal::Malformed),
            (
                "GET / HTTP/1.1",
                "Host: localhost:3000\r\nhost: localhost:3000\r\n",
                Refusal::Malformed,
            ),
            (
                "GET / HTTP/1.1",
                "Host : localhost:3000\r\n",
                Refusal::Malformed,
            ),
            (
                "GET / HTTP/1.1",
                "Host: localhost:3000\r\n folded\r\n",
                Refusal::Malformed,
            ),
            (
                "GET / HTTP/1.1",
                "Host: localhost:3000\r\nno colon\r\n",
                Refusal::Malformed,
            ),
            (
                "GET / HTTP/1.1",
                "Host: localhost:3000\r\nX: bare\nfeed\r\n",
                Refusal::Malformed,
            ),
            (
                "GET / HTTP/1.1",
                "Host: localhost:3000\r\nX: bare\rreturn\r\n",
                Refusal::Malformed,
            ),
            (
                "GET / HTTP/1.1",
                "Host: localhost:3000\r\nX: nul\0\r\n",
                Refusal::Malformed,
            ),
            (
                "GET / HTTP/1.1",
                "Host: localhost\r\n",
                Refusal::Misdirected,
            ),
            (
                "GET / HTTP/1.1",
                "Host: localhost:30000\r\n",
                Refusal::Misdirected,
            ),
            (
                "GET / HTTP/1.1",
                "Host: evil.example:3000\r\n",
                Refusal::Misdirected,
            ),
            (
                "GET / HTTP/1.1",
                "Host: evil.localhost:3000\r\n",
                Refusal::Misdirected,
            ),
            (
                "GET / HTTP/1.1",
                "Host: localhost:3000@evil.example\r\n",
                Refusal::Misdirected,
            ),
            ("GET / HTTP/1.1", "Host:\r\n", Refusal::Misdirected),
            (
                "GET http://localhost:3000/ HTTP/1.1",
                ours,
                Refusal::Malformed,
            ),
            ("GET * HTTP/1.1", ours, Refusal::Malformed),
            ("CONNECT localhost:3000 HTTP/1.1", ours, Refusal::Method),
            ("get / HTTP/1.1", ours, Refusal::Method),
            ("HEAD / HTTP/1.1", ours, Refusal::Method),
            ("POST / HTTP/1.1", ours, Refusal::Method),
            ("BREW / HTTP/1.1", ours, Refusal::Method),
            ("OPTIONS * HTTP/1.1", ours, Refusal::Options),
            ("OPTIONS / HTTP/1.1", ours, Refusal::Options),
        ] {
            assert_eq!(
                read(format!("{first}\r\n{headers}\r\n").as_bytes()),
                Err(refusal),
                "{first:?} {headers:?}"
            );
        }
    }

    #[test]
    fn a_head_ends_at_the_first_empty_line_of_either_kind() {
        assert_eq!(end_of_head(b"GET / HTTP/1.1\r\n\r\nrest"), Some(18));
        assert_eq!(end_of_head(b"GET / HTTP/1.1\n\nrest\r\n\r\n"), Some(16));
        assert_eq!(end_of_head(b"GET / HTTP/1.1\r\nHost:"), None);
    }
}
