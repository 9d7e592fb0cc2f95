//! One connection to the session bus: calls go out, their replies come back, within a deadline.

use std::ffi::OsString;
use std::io::{self, Read};
use std::ops::Range;
use std::time::{Duration, Instant};

use socket2::{Domain, SockAddr, Socket, Type};

use super::error::SecretServiceError;
use super::message::{HEAD, Kind, Message};
use super::wire::wipe;

type Result<T> = std::result::Result<T, SecretServiceError>;

/// How long a program may stay silent when nobody is asked anything.
pub(super) const SILENCE: Duration = Duration::from_secs(1);

/// After so much silence a program is asked whether it is alive, and has as long again to say so.
const PULSE: Duration = Duration::from_millis(500);

/// How long the bus may take to start the service: gnome-keyring took 9 to 114 ms on two cores with a load of 16.
const START: Duration = Duration::from_secs(2);

/// The largest message sent or accepted, in bytes. The D-Bus specification allows 128 MiB; a sign-in is 5 KiB.
pub(super) const LARGEST_MESSAGE: usize = 16 << 20;

/// Authentication by the credentials the kernel vouches for (D-Bus specification, "Authentication Protocol").
///
/// Without an identity in it, the bus takes the user ID from the socket: that works in user namespaces too, where our
/// own idea of the ID may differ. `DATA` answers the bus's question for the identity before it is asked.
const AUTHENTICATION: &[u8] = b"\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n";

const READ_AT_LEAST: usize = 8 << 10;

/// More than one program could send under one path, so that a stranger's signal does not take the service's place.
const MOST_EARLY: usize = 16;

/// A connection to the session bus.
pub(super) struct Connection {
    socket: Socket,
    /// When the operation began.
    begun: Instant,
    /// When the whole operation must be over.
    deadline: Instant,
    /// The read timeout the socket has now.
    read_timeout: Duration,
    outgoing: Vec<u8>,
    greeted: bool,
    last_serial: u32,
    incoming: Vec<u8>,
    unread: Range<usize>,
    watched: Option<Signal>,
    /// What was watched for and came while a reply was waited for: a prompt that needs nobody may be over before the
    /// call that shows it is answered.
    early: Vec<Message>,
}

/// The address on a signal.
pub(super) struct Signal {
    pub(super) path: String,
    pub(super) interface: &'static str,
    pub(super) member: &'static str,
}

impl Signal {
    fn is(&self, message: &Message) -> bool {
        message.kind == Kind::Signal
            && message.path.as_deref() == Some(&self.path)
            && message.interface.as_deref() == Some(self.interface)
            && message.member.as_deref() == Some(self.member)
    }
}

impl Connection {
    /// Connects to the first of `sockets` that accepts; everything on it is over at `deadline`.
    ///
    /// Authentication and `Hello` wait in the buffer and go out together with the first call.
    pub(super) fn open(sockets: &[OsString], deadline: Instant) -> Result<Connection> {
        let mut failure = SecretServiceError::NoBus("its address is empty".to_owned());
        for name in sockets {
            match connect(name) {
                Ok(socket) => return Connection::greeting(socket, deadline),
                Err(error) if is_timeout(&error) => failure = SecretServiceError::TimedOut,
                Err(error) => {
                    let shown =
                        crate::failure::printable(&name.to_string_lossy().replace('\0', "@"), 200);
                    failure = SecretServiceError::NoBus(format!("`{shown}`: {error}"));
                }
            }
        }
        Err(failure)
    }

    fn greeting(socket: Socket, deadline: Instant) -> Result<Connection> {
        let mut connection = Connection {
            socket,
            begun: Instant::now(),
            deadline,
            read_timeout: Duration::ZERO,
            outgoing: AUTHENTICATION.to_vec(),
            greeted: false,
            last_serial: 0,
            incoming: vec![0; READ_AT_LEAST],
            unread: 0..0,
            watched: None,
            early: Vec::new(),
        };
        connection.queue(to_the_bus("Hello"))?;
        Ok(connection)
    }

    /// Begins another operation, to be over at `deadline`.
    pub(super) fn begin_again(&mut self, deadline: Instant) {
        self.begun = Instant::now();
        self.deadline = deadline;
        self.early.clear();
    }

    pub(super) fn wipe_what_was_read(&mut self) {
        wipe(&mut self.incoming[..self.unread.start]);
        wipe(&mut self.incoming[self.unread.end..]);
    }

    /// Sends a call and waits for its reply, as [`Connection::wait_for`] does.
    ///
    /// # Errors
    /// An error reply is an error; so are silence, a closed connection and anything unreadable.
    pub(super) fn call(&mut self, call: Message) -> Result<Message> {
        let called = call.destination.clone().unwrap_or_default();
        let serial = self.send(call)?;
        self.wait_for(&called, |message| message.reply_to == Some(serial))
            .and_then(reply)
    }

    /// Waits until the deadline for a message, as long as `peer`, who is to send it, is alive.
    ///
    /// After each half second of silence it is pinged. One that answers may be asking a person something, inside any call
    /// (KeePassXC unlocks in `SearchItems`), and is waited for; one that does not, hangs. One that the bus is still
    /// starting is given two seconds, whatever the deadline.
    fn wait_for(&mut self, peer: &str, wanted: impl Fn(&Message) -> bool) -> Result<Message> {
        let mut pinged = None;
        let mut until = self.at_most(PULSE);
        loop {
            match self.receive(until) {
                Ok(message) if wanted(&message) => return Ok(message),
                Ok(message) if pinged.is_some() && message.reply_to == pinged => {
                    if let Err(SecretServiceError::NoService(_)) = reply(message) {
                        self.wait_for_its_start()?;
                    }
                    pinged = None;
                    until = self.at_most(PULSE);
                }
                Ok(message) if self.is_watched(&message) && self.early.len() < MOST_EARLY => {
                    self.early.push(message)
                }
                Ok(_) => {}
                Err(SecretServiceError::TimedOut)
                    if pinged.is_none() && Instant::now() < self.deadline =>
                {
                    pinged = Some(self.send(ping(peer))?);
                    until = self.at_most(PULSE);
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn wait_for_its_start(&mut self) -> Result<()> {
        let started = self.begun + START;
        if Instant::now() >= started {
            return Err(SecretServiceError::TimedOut);
        }
        self.deadline = self.deadline.max(started);
        Ok(())
    }

    /// Asks the bus to pass on `signal` from now on.
    pub(super) fn watch(&mut self, signal: Signal) -> Result<()> {
        let Signal {
            path,
            interface,
            member,
        } = &signal;
        let rule = format!("type='signal',path='{path}',interface='{interface}',member='{member}'");
        self.watched = Some(signal);
        self.call(to_the_bus("AddMatch").with("s", |w| w.text(&rule)))
            .map(drop)
    }

    /// Waits for the signal that is watched for to come from `sender`, as [`Connection::wait_for`] does.
    pub(super) fn signal(&mut self, sender: &str) -> Result<Message> {
        let is_theirs = |message: &Message| message.sender.as_deref() == Some(sender);
        let early = std::mem::take(&mut self.early);
        if let Some(message) = early.into_iter().find(is_theirs) {
            return Ok(message);
        }
        let watched = self.watched.take();
        let is_watched = |message: &Message| watched.as_ref().is_some_and(|it| it.is(message));
        let signal = self.wait_for(sender, |message| is_watched(message) && is_theirs(message));
        self.watched = watched;
        signal
    }

    fn is_watched(&self, message: &Message) -> bool {
        self.watched
            .as_ref()
            .is_some_and(|watched| watched.is(message))
    }

    fn send(&mut self, message: Message) -> Result<u32> {
        let serial = self.queue(message)?;
        self.flush()?;
        if !self.greeted {
            self.greet()?;
        }
        Ok(serial)
    }

    fn queue(&mut self, mut message: Message) -> Result<u32> {
        self.last_serial += 1;
        message.serial = self.last_serial;
        let mut encoded = message.encoded();
        if encoded.len() > LARGEST_MESSAGE {
            return Err(SecretServiceError::Protocol(
                "a message too large to be sent",
            ));
        }
        self.outgoing.extend_from_slice(&encoded);
        wipe(&mut encoded);
        Ok(self.last_serial)
    }

    fn flush(&mut self) -> Result<()> {
        let mut rest = self.outgoing.as_slice();
        while !rest.is_empty() {
            // Without the flag a bus that hung up would end the process by SIGPIPE.
            match self.socket.send_with_flags(rest, libc::MSG_NOSIGNAL) {
                Ok(sent) => rest = &rest[sent..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(broken(error)),
            }
            if Instant::now() >= self.deadline {
                return Err(SecretServiceError::TimedOut);
            }
        }
        wipe(&mut self.outgoing);
        self.outgoing.clear();
        Ok(())
    }

    /// Reads what the bus says to [`AUTHENTICATION`] and to `Hello`, the first message.
    fn greet(&mut self) -> Result<()> {
        self.greeted = true;
        let until = self.at_most(SILENCE);
        while !self.line(until)?.starts_with(b"OK ") {}
        loop {
            let message = self.receive(until)?;
            if message.reply_to == Some(1) {
                return reply(message).map(drop);
            }
        }
    }

    /// Reads a line of the authentication, up to and without its end.
    fn line(&mut self, until: Instant) -> Result<Vec<u8>> {
        loop {
            let unread = &self.incoming[self.unread.clone()];
            if let Some(length) = unread.iter().position(|&byte| byte == b'\n') {
                let line = unread[..length].to_owned();
                self.unread.start += length + 1;
                return match line.starts_with(b"REJECTED") {
                    true => Err(SecretServiceError::Denied(
                        "the bus rejects this user".to_owned(),
                    )),
                    false => Ok(line),
                };
            }
            if unread.len() > READ_AT_LEAST / 2 {
                return Err(SecretServiceError::Protocol("an endless line"));
            }
            self.fill(until)?;
        }
    }

    /// Returns when that much time is over, or the deadline if it comes first.
    fn at_most(&self, time: Duration) -> Instant {
        self.deadline.min(Instant::now() + time)
    }

    fn receive(&mut self, until: Instant) -> Result<Message> {
        loop {
            let unread = &self.incoming[self.unread.clone()];
            if let Some(head) = unread.first_chunk::<HEAD>() {
                let length = Message::length(head)?;
                if length > LARGEST_MESSAGE as u64 {
                    return Err(SecretServiceError::Protocol("a message larger than 16 MiB"));
                }
                if let Some(bytes) = unread.get(..length as usize) {
                    let message = Message::parse(bytes)?;
                    self.unread.start += length as usize;
                    return Ok(message);
                }
            }
            self.fill(until)?;
        }
    }

    /// Reads once. The buffer grows with what really came, never with what a header claims.
    fn fill(&mut self, until: Instant) -> Result<()> {
        if self.unread.is_empty() {
            self.unread = 0..0;
        }
        if self.unread.end == self.incoming.len() {
            self.make_room();
        }
        loop {
            self.arm(until)?;
            match (&self.socket).read(&mut self.incoming[self.unread.end..]) {
                Ok(0) => return Err(SecretServiceError::Vanished),
                Ok(count) => {
                    self.unread.end += count;
                    return Ok(());
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted || is_timeout(&error) => {}
                Err(error) => return Err(broken(error)),
            }
        }
    }

    fn make_room(&mut self) {
        let mut larger = vec![0; (2 * self.unread.len()).max(READ_AT_LEAST)];
        larger[..self.unread.len()].copy_from_slice(&self.incoming[self.unread.clone()]);
        self.unread = 0..self.unread.len();
        wipe(&mut self.incoming);
        self.incoming = larger;
    }

    /// Sees to it that the next read ends at `until`, give or take a tenth of a second.
    ///
    /// The slack saves a system call before every read but the first.
    fn arm(&mut self, until: Instant) -> Result<()> {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(SecretServiceError::TimedOut);
        }
        let slack = Duration::from_millis(100);
        if self.read_timeout.is_zero()
            || self.read_timeout > left + slack
            || left > self.read_timeout + slack
        {
            // Zero would mean for ever, and the kernel counts in microseconds.
            self.read_timeout = left.max(Duration::from_millis(1));
            self.socket
                .set_read_timeout(Some(self.read_timeout))
                .map_err(SecretServiceError::Socket)?;
        }
        Ok(())
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        wipe(&mut self.incoming);
        wipe(&mut self.outgoing);
    }
}

fn connect(name: &OsString) -> io::Result<Socket> {
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    // Holds for `connect` too, which would wait for ever at a bus that is stopped and whose queue is full.
    socket.set_write_timeout(Some(SILENCE))?;
    socket.connect(&SockAddr::unix(name)?)?;
    Ok(socket)
}

fn to_the_bus(member: &str) -> Message {
    Message::call(
        "org.freedesktop.DBus",
        "/org/freedesktop/DBus",
        "org.freedesktop.DBus",
        member,
    )
}

/// Asks whether a program is alive; one that is not there is not started for it.
fn ping(peer: &str) -> Message {
    let mut ping = Message::call(peer, "/", "org.freedesktop.DBus.Peer", "Ping");
    ping.starts_nothing = true;
    ping
}

fn reply(message: Message) -> Result<Message> {
    match message.kind {
        Kind::Return => Ok(message),
        Kind::Error => Err(SecretServiceError::of_reply(
            message.error.as_deref().unwrap_or_default(),
            message.text(),
        )),
        _ => Err(SecretServiceError::Protocol("a reply that is none")),
    }
}

fn broken(error: io::Error) -> SecretServiceError {
    match error.kind() {
        io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset => SecretServiceError::Vanished,
        _ if is_timeout(&error) => SecretServiceError::TimedOut,
        _ => SecretServiceError::Socket(error),
    }
}

/// A timeout of a socket reads as either kind (`std::os::unix::net::UnixStream::set_read_timeout`).
fn is_timeout(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
    )
}
