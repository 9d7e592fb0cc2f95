//! One HTTP request to a server on this machine, over plain `http`: for the person that is played, and for providers.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, ToSocketAddrs};
use std::time::Duration;

use url::{Position, Url};

const PATIENCE: Duration = Duration::from_secs(30);
const ANSWER_LIMIT_BYTES: u64 = 1 << 20;

/// What came back.
#[derive(Clone, Debug, Default)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Names in lower case, in the order sent.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name)?;
        Some(&found.1)
    }
}

/// Sends a request and reads the whole answer, of at most a megabyte. Redirects are not followed.
///
/// # Errors
/// Fails when the address is not plain http on loopback, or the server does not answer as HTTP has it.
pub(super) fn send(
    method: &str,
    address: &Url,
    headers: &[(&str, &str)],
    body: &str,
) -> io::Result<Answer> {
    let elsewhere = || io::Error::other(format!("`{}` is not http on this machine", host(address)));
    let (Some(name), "http") = (address.host_str(), address.scheme()) else {
        return Err(elsewhere());
    };
    let port = address.port_or_known_default().unwrap_or(80);
    let mut socket = connect(name.trim_matches(['[', ']']), port)?.ok_or_else(elsewhere)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.set_write_timeout(Some(PATIENCE))?;
    let target = &address[Position::BeforePath..Position::AfterQuery];
    let mut request = format!(
        "{method} {target} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n",
        host(address)
    );
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    if method == "POST" {
        request.push_str("Content-Type: application/x-www-form-urlencoded\r\n");
    }
    request.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
    socket.write_all(request.as_bytes())?;
    let mut bytes = Vec::new();
    socket.take(ANSWER_LIMIT_BYTES).read_to_end(&mut bytes)?;
    parse(&bytes).ok_or_else(|| io::Error::other("the answer is not HTTP"))
}

/// Connects to the first address of `name` that is on loopback and answers; `None` when none is on loopback.
fn connect(name: &str, port: u16) -> io::Result<Option<TcpStream>> {
    // Not even a machine without a hosts file asks anyone where `localhost` is (RFC 6761 §6.3).
    let resolved: Vec<SocketAddr> = match name == "localhost" || name.ends_with(".localhost") {
        true => vec![
            (Ipv4Addr::LOCALHOST, port).into(),
            (Ipv6Addr::LOCALHOST, port).into(),
        ],
        false => (name, port).to_socket_addrs()?.collect(),
    };
    let local = resolved
        .into_iter()
        .filter(|address| address.ip().is_loopback());
    let mut tried = Ok(None);
    for address in local {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(socket) => return Ok(Some(socket)),
            Err(error) => tried = Err(error),
        }
    }
    tried
}

fn host(address: &Url) -> &str {
    &address[Position::BeforeHost..Position::AfterPort]
}

fn parse(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]);
    let mut lines = head.lines();
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let mut answer = Answer {
        status,
        headers,
        body: String::new(),
    };
    let body = &bytes[end + 4..];
    let chunked = answer
        .header("transfer-encoding")
        .is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"));
    answer.body = match chunked {
        true => String::from_utf8_lossy(&unchunked(body)?).into_owned(),
        false => String::from_utf8_lossy(body).into_owned(),
    };
    Some(answer)
}

/// RFC 9112 §7.1; extensions and trailers are passed over.
fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let end = rest.windows(2).position(|window| window == b"\r\n")?;
        let line = std::str::from_utf8(&rest[..end]).ok()?;
        let size = usize::from_str_radix(line.split(';').next()?.trim(), 16).ok()?;
        rest = &rest[end + 2..];
        if size == 0 {
            return Some(whole);
        }
        whole.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size.checked_add(2)?..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_whole_or_in_chunks() {
        let plain = parse(b"HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\nbody").unwrap();
        assert_eq!((plain.status, plain.header("location")), (302, Some("/x")));
        assert_eq!(plain.body, "body");
        let chunked =
            parse(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\n\r\n");
        assert_eq!(chunked.unwrap().body, "abcde");
        assert!(
            parse(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nx")
                .is_none()
        );
        assert!(parse(b"nonsense\r\n\r\n").is_none());
    }

    #[test]
    fn localhost_is_this_machine_whatever_names_it_knows() {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        for name in ["localhost", "no-hosts-file-has-this.localhost"] {
            assert!(connect(name, port).unwrap().is_some(), "{name}");
        }
    }

    #[test]
    fn nothing_is_sent_beyond_this_machine() {
        for address in [
            "https://127.0.0.1/",
            "http://192.0.2.1/",
            "http://[2001:db8::1]/",
        ] {
            let address = Url::parse(address).unwrap();
            assert!(send("GET", &address, &[], "").is_err(), "{address}");
        }
    }
}
