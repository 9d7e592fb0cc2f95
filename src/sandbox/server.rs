//! Sockets and threads: HTTP/1.1 on loopback, bounded in every direction, one thread per connection.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::message::{HangUp, Request, Response};
use super::router::Router;

const HEAD_LIMIT_BYTES: usize = 16 * 1024;
const BODY_LIMIT_BYTES: usize = 256 * 1024;
/// Connections, and threads for them, at a time; one more takes the place of the oldest.
pub(super) const CONNECTIONS: usize = 256;
/// A kept connection may be silent this long.
const IDLE: Duration = Duration::from_secs(60);
/// A request that has begun must be complete after this.
const PATIENCE: Duration = Duration::from_secs(10);
/// Free ports tried when the first one is taken on the other loopback address.
const ATTEMPTS: usize = 20;

/// Sockets bound to one port of 127.0.0.1, and of ::1 where the machine has it.
pub(super) struct Listeners {
    sockets: Vec<TcpListener>,
    port: u16,
}

impl Listeners {
    /// Binds `port`, or a free one when it is 0.
    pub(super) fn bind(port: u16) -> io::Result<Listeners> {
        let mut result = Listeners::bind_once(port);
        for _ in 1..ATTEMPTS {
            match &result {
                Err(error) if port == 0 && error.kind() == ErrorKind::AddrInUse => {
                    result = Listeners::bind_once(0)
                }
                _ => break,
            }
        }
        result
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    fn bind_once(port: u16) -> io::Result<Listeners> {
        let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let port = v4.local_addr()?.port();
        match TcpListener::bind((Ipv6Addr::LOCALHOST, port)) {
            Ok(v6) => Ok(Listeners {
                sockets: vec![v4, v6],
                port,
            }),
            // A stranger on ::1 would get what browsers send to `localhost`.
            Err(error) if error.kind() == ErrorKind::AddrInUse => Err(error),
            Err(_) => Ok(Listeners {
                sockets: vec![v4],
                port,
            }),
        }
    }
}

/// A running server; dropping it closes every socket.
pub(super) struct Server {
    addresses: Vec<SocketAddr>,
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

struct Shared {
    router: Arc<Router>,
    stopping: AtomicBool,
    accepted: AtomicU64,
    /// By age.
    open: Mutex<BTreeMap<u64, TcpStream>>,
}

impl Server {
    /// Serves `router` on threads of its own.
    pub(super) fn start(listeners: Listeners, router: Arc<Router>) -> io::Result<Server> {
        let shared = Arc::new(Shared {
            router,
            stopping: AtomicBool::new(false),
            accepted: AtomicU64::new(0),
            open: Mutex::default(),
        });
        let mut server = Server {
            addresses: Vec::new(),
            shared,
            threads: Vec::new(),
        };
        for socket in listeners.sockets {
            server.addresses.push(socket.local_addr()?);
            let shared = Arc::clone(&server.shared);
            let accept = move || shared.accept(&socket);
            server.threads.push(
                thread::Builder::new()
                    .name("sandbox".to_owned())
                    .spawn(accept)?,
            );
        }
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        for (address, thread) in self.addresses.iter().zip(self.threads.drain(..)) {
            // Wakes the thread, which then sees that it is over.
            if TcpStream::connect_timeout(address, Duration::from_secs(1)).is_ok() {
                let _ = thread.join();
            }
        }
        // Only now: no thread can add another one.
        for stream in self.shared.open().values() {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Shared {
    fn accept(self: &Arc<Shared>, socket: &TcpListener) {
        loop {
            let accepted = socket.accept();
            if self.stopping.load(Ordering::SeqCst) {
                return;
            }
            match accepted {
                Ok((stream, _)) => self.serve(stream),
                // Out of descriptors, or a connection that died in the queue: it passes.
                Err(_) => thread::sleep(Duration::from_millis(20)),
            }
        }
    }

    fn serve(self: &Arc<Shared>, stream: TcpStream) {
        let Ok(known) = stream.try_clone() else {
            return;
        };
        let number = self.accepted.fetch_add(1, Ordering::SeqCst);
        let mut open = self.open();
        if open.len() >= CONNECTIONS {
            // Not the newest: a crowd of silent strangers would keep everybody out.
            if let Some((_, oldest)) = open.pop_first() {
                let _ = oldest.shutdown(Shutdown::Both);
            }
        }
        open.insert(number, known);
        drop(open);
        self.router.connected();
        let shared = Arc::clone(self);
        let converse = move || {
            let _ = Connection {
                stream,
                unread: Vec::new(),
            }
            .converse(&shared.router);
            shared.open().remove(&number);
        };
        if thread::Builder::new()
            .name("sandbox connection".to_owned())
            .spawn(converse)
            .is_err()
        {
            self.open().remove(&number);
        }
    }

    fn open(&self) -> MutexGuard<'_, BTreeMap<u64, TcpStream>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One connection and what it sent ahead.
struct Connection {
    stream: TcpStream,
    unread: Vec<u8>,
}

/// What a client sent that is not HTTP as we speak it; the answer's status.
struct Bad(u16);

impl Connection {
    /// Answers requests until either side has enough.
    fn converse(&mut self, router: &Router) -> io::Result<()> {
        self.stream.set_nodelay(true)?;
        self.stream.set_write_timeout(Some(PATIENCE))?;
        loop {
            let (request, keep) = match self.request()? {
                Some(Ok(read)) => read,
                Some(Err(Bad(status))) => return self.send(&Response::new(status), false, false),
                None => return Ok(()),
            };
            let response = router.answer(&request);
            thread::sleep(response.delay);
            if response.hang_up == Some(HangUp::BeforeAnswer) {
                return self.stream.shutdown(Shutdown::Both);
            }
            self.send(&response, keep, request.method == "HEAD")?;
            if !keep || response.hang_up.is_some() {
                return self.stream.shutdown(Shutdown::Both);
            }
        }
    }

    /// Reads one request; `None` when the client is gone.
    fn request(&mut self) -> io::Result<Option<Result<(Request, bool), Bad>>> {
        if self.unread.is_empty() && !self.more(IDLE)? {
            return Ok(None);
        }
        let deadline = Instant::now() + PATIENCE;
        let head_length = loop {
            if let Some(at) = find(&self.unread, b"\r\n\r\n") {
                break at + 4;
            }
            if self.unread.len() > HEAD_LIMIT_BYTES {
                return Ok(Some(Err(Bad(431))));
            }
            if !self.more(left(deadline)?)? {
                return Ok(None);
            }
        };
        let Head {
            mut request,
            keep,
            body_length,
        } = match parse(&self.unread[..head_length]) {
            Ok(head) => head,
            Err(bad) => return Ok(Some(Err(bad))),
        };
        while self.unread.len() < head_length + body_length {
            if !self.more(left(deadline)?)? {
                return Ok(None);
            }
        }
        request.body = self.unread[head_length..head_length + body_length].to_vec();
        self.unread.drain(..head_length + body_length);
        Ok(Some(Ok((request, keep))))
    }

    /// Waits for more bytes; `false` when there will be none.
    fn more(&mut self, patience: Duration) -> io::Result<bool> {
        self.stream.set_read_timeout(Some(patience))?;
        let mut piece = [0; 8 * 1024];
        let length = self.stream.read(&mut piece)?;
        self.unread.extend_from_slice(&piece[..length]);
        Ok(length > 0)
    }

    /// Writes an answer at once, head and body.
    fn send(&mut self, response: &Response, keep: bool, head_only: bool) -> io::Result<()> {
        let mut bytes = head(response, keep).into_bytes();
        let shown = match response.hang_up {
            _ if head_only => 0,
            Some(_) => response.body.len() / 2,
            None => response.body.len(),
        };
        bytes.extend_from_slice(&response.body[..shown]);
        self.stream.write_all(&bytes)
    }
}

struct Head {
    request: Request,
    keep: bool,
    body_length: usize,
}

/// Reads a head with the empty line at its end.
fn parse(bytes: &[u8]) -> Result<Head, Bad> {
    // Headers may hold bytes that are not UTF-8, a neighbour's cookie for example; they harm nobody.
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.split("\r\n");
    let mut words = lines.next().unwrap_or_default().split(' ');
    let (Some(method), Some(target), Some(version), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(Bad(400));
    };
    let graphic = target.bytes().all(|byte| byte.is_ascii_graphic());
    let known = method.bytes().all(|byte| byte.is_ascii_uppercase()) && !method.is_empty();
    if !graphic || !known || !target.starts_with('/') || !version.starts_with("HTTP/1.") {
        return Err(Bad(400));
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut request = Request {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.split('#').next().unwrap_or_default().to_owned(),
        ..Request::default()
    };
    for line in lines.take_while(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':').ok_or(Bad(400))?;
        request
            .headers
            .push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    if request.header("transfer-encoding").is_some() {
        return Err(Bad(501));
    }
    let length: usize = request
        .header("content-length")
        .unwrap_or("0")
        .parse()
        .map_err(|_| Bad(400))?;
    if length > BODY_LIMIT_BYTES {
        return Err(Bad(413));
    }
    let connection = request
        .header("connection")
        .unwrap_or_default()
        .to_ascii_lowercase();
    let keep = version != "HTTP/1.0" && !connection.contains("close");
    Ok(Head {
        request,
        keep,
        body_length: length,
    })
}

fn head(response: &Response, keep: bool) -> String {
    let mut head = format!(
        "HTTP/1.1 {} {}\r\n",
        response.status,
        reason(response.status)
    );
    for (name, value) in &response.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if response.status != 204 {
        head.push_str(&format!("content-length: {}\r\n", response.body.len()));
    }
    let connection = if keep { "keep-alive" } else { "close" };
    head.push_str(&format!("connection: {connection}\r\n\r\n"));
    head
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        204 => "No Content",
        302 => "Found",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        421 => "Misdirected Request",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Status",
    }
}

fn left(deadline: Instant) -> io::Result<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        Err(ErrorKind::TimedOut.into())
    } else {
        Ok(left)
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}
