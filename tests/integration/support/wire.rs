//! One HTTP exchange over a plain socket, so that nothing the program is made of helps to judge it.

use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpStream;

use url::Url;

/// An answer as it came: the status, the headers in order with lower-case names, the body.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("no JSON ({error}): {} {}", self.status, self.text()))
    }
}

/// Asks for a page.
pub fn get(url: &str) -> Answer {
    send("GET", &Url::parse(url).unwrap(), &[], b"")
}

/// Posts JSON.
pub fn post_json(url: &str, body: &serde_json::Value) -> Answer {
    let body = body.to_string();
    send(
        "POST",
        &Url::parse(url).unwrap(),
        &[("Content-Type", "application/json")],
        body.as_bytes(),
    )
}

/// Sends one request and reads the whole answer; panics when there is none.
pub fn send(method: &str, url: &Url, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    try_send(method, url, headers, body).unwrap_or_else(|error| panic!("{method} {url}: {error}"))
}

/// Sends one request and reads the whole answer.
pub fn try_send(
    method: &str,
    url: &Url,
    headers: &[(&str, &str)],
    body: &[u8],
) -> io::Result<Answer> {
    let host = url.host_str().expect("a host").trim_matches(['[', ']']);
    let mut stream = TcpStream::connect((host, url.port_or_known_default().expect("a port")))?;
    stream.write_all(&request(method, url, headers, body))?;
    read_answer(&mut BufReader::new(stream), method)
}

/// The bytes of one request on a connection of its own.
pub fn request(method: &str, url: &Url, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let mut head = format!(
        "{method} {target} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n",
        url.authority()
    );
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if method != "GET" {
        head.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    [head.as_bytes(), b"\r\n", body].concat()
}

/// Reads one request; returns its first line, and the bytes that ask the server at `behind` the same on a connection of
/// its own.
pub fn forwarded(stream: &mut impl BufRead, behind: &Url) -> io::Result<(String, Vec<u8>)> {
    let start = line(stream)?;
    let headers = read_headers(stream)?;
    let length = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .and_then(|(_, length)| length.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body)?;
    let mut head = format!(
        "{start}\r\nhost: {}\r\nconnection: close\r\n",
        behind.authority()
    );
    for (name, value) in headers
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "host" | "connection"))
    {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    Ok((start, [head.as_bytes(), b"\r\n", &body].concat()))
}

/// Reads one answer, however long it says it is.
pub fn read_answer(stream: &mut impl BufRead, method: &str) -> io::Result<Answer> {
    let status = line(stream)?;
    let status = status
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .ok_or_else(|| broken(&status))?;
    let headers = read_headers(stream)?;
    let mut answer = Answer {
        status,
        headers,
        body: Vec::new(),
    };
    let no_body = method == "HEAD" || matches!(status, 204 | 304);
    if no_body {
        return Ok(answer);
    }
    if answer
        .header("transfer-encoding")
        .is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"))
    {
        loop {
            let size = line(stream)?;
            let size = usize::from_str_radix(size.split(';').next().unwrap_or(""), 16)
                .map_err(|_| broken(&size))?;
            let mut part = vec![0; size];
            stream.read_exact(&mut part)?;
            line(stream)?;
            if size == 0 {
                break;
            }
            answer.body.extend(part);
        }
    } else if let Some(length) = answer.header("content-length") {
        answer.body = vec![0; length.parse().map_err(|_| broken(length))?];
        stream.read_exact(&mut answer.body)?;
    } else {
        stream.read_to_end(&mut answer.body)?;
    }
    Ok(answer)
}

/// Reads headers up to the empty line; names come out in lower case.
pub fn read_headers(stream: &mut impl BufRead) -> io::Result<Vec<(String, String)>> {
    let mut headers = Vec::new();
    loop {
        let line = line(stream)?;
        if line.is_empty() {
            return Ok(headers);
        }
        let (name, value) = line.split_once(':').ok_or_else(|| broken(&line))?;
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
}

/// Reads one line without its end.
pub fn line(stream: &mut impl BufRead) -> io::Result<String> {
    let mut line = Vec::new();
    if stream.read_until(b'\n', &mut line)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(String::from_utf8_lossy(&line)
        .trim_end_matches(['\r', '\n'])
        .to_owned())
}

fn broken(text: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("not HTTP: `{text}`"))
}
