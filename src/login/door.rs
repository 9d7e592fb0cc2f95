//! The front door of the listener: anyone may knock, as often and as oddly as they like, and it costs next to nothing.
//!
//! At most [`PLACES`] connections are open at a time, each a task and a socket, without a thread and, while it is silent,
//! without a buffer. When all places are taken, those go that have had their turn. Everything has a deadline but
//! silence, which costs a place only as long as nobody else wants it.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::io::AsyncWrite;
use tokio::net::{TcpListener, TcpStream};
use tokio::select;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::pages;
use super::request::{self, Refusal, Request, Turn};
use super::response::Response;

/// How many connections are open at once; fewer where the system grants fewer descriptors, as macOS with 256 in all.
const PLACES: usize = 256;

/// How often a place is looked for when there is none.
const TICK: Duration = Duration::from_millis(1);

/// How long a client may take to fetch its answer.
const ANSWER_PATIENCE: Duration = Duration::from_secs(2);

/// How long, and how much, a client is listened to after its answer; see [`linger`].
const LINGER: Duration = Duration::from_millis(500);
const LINGER_LIMIT_BYTES: usize = 1024 * 1024;

/// What happened at the door.
pub(super) enum Knock {
    /// Somebody connected and has said nothing yet, as browsers do ahead of a request.
    Connected,
    /// Somebody spoke TLS.
    Tls,
    /// Somebody asks for a path.
    Visit(Visit),
}

/// The listening sockets and whoever came through them; dropped, the port is free at once.
pub(super) struct Door {
    listeners: Vec<TcpListener>,
    port: u16,
    places: Arc<Semaphore>,
    guests: Vec<Guest>,
    knock: mpsc::Sender<Knock>,
    knocks: mpsc::Receiver<Knock>,
}

impl Door {
    /// Opens the door of `port`, which the listeners have bound, on this runtime.
    pub(super) fn open(listeners: Vec<std::net::TcpListener>, port: u16) -> io::Result<Door> {
        let listeners = listeners
            .into_iter()
            .map(TcpListener::from_std)
            .collect::<io::Result<_>>()?;
        let (knock, knocks) = mpsc::channel(16);
        Ok(Door {
            listeners,
            port,
            places: Arc::new(Semaphore::new(PLACES)),
            guests: Vec::new(),
            knock,
            knocks,
        })
    }

    /// Waits for what happens next; may be dropped and called again. Nobody gets in while nobody waits here.
    pub(super) async fn next(&mut self) -> Knock {
        select! {
            biased;
            Some(knock) = self.knocks.recv() => knock,
            (stream, place) = admit(&mut self.listeners, &self.places, &mut self.guests) => {
                let turn = Arc::new(Turn::default());
                let task = tokio::spawn(receive(stream, place, self.port, Arc::clone(&turn), self.knock.clone()));
                if self.guests.len() > 2 * PLACES {
                    self.guests.retain(|guest| !guest.task.is_finished());
                }
                self.guests.push(Guest { turn, task });
                Knock::Connected
            }
        }
    }
}

/// A request that waits for its answer, for as long as it takes to tell the truth.
pub(super) struct Visit {
    stream: TcpStream,
    _place: OwnedSemaphorePermit,
    request: Request,
}

impl Visit {
    pub(super) fn path(&self) -> &str {
        &self.request.path
    }

    pub(super) fn query(&self) -> &str {
        &self.request.query
    }

    /// Answers, and returns when the answer is on its way or the client had time enough.
    pub(super) async fn answer(mut self, response: Response) {
        // Nothing can be done for a client that went away.
        let _ = answer(&mut self.stream, response).await;
    }

    /// Answers without waiting.
    pub(super) fn dismiss(self, response: Response) {
        tokio::spawn(self.answer(response));
    }
}

/// A connection whose request is being read; dropped, it is closed.
struct Guest {
    turn: Arc<Turn>,
    task: JoinHandle<()>,
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Waits for a free place, and then for somebody to take it.
async fn admit(
    listeners: &mut [TcpListener],
    places: &Arc<Semaphore>,
    guests: &mut Vec<Guest>,
) -> (TcpStream, OwnedSemaphorePermit) {
    loop {
        let place = place(places, guests).await;
        match accept(listeners).await {
            Ok(stream) => return (stream, place),
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => (),
            // Out of descriptors, of which our guests hold some.
            Err(_) => {
                make_room(guests);
                sleep(TICK).await;
            }
        }
    }
}

async fn place(places: &Arc<Semaphore>, guests: &mut Vec<Guest>) -> OwnedSemaphorePermit {
    loop {
        if let Ok(place) = Arc::clone(places).try_acquire_owned() {
            return place;
        }
        make_room(guests);
        // A place comes free when the task of a guest is gone.
        if let Ok(Ok(place)) = timeout(TICK, Arc::clone(places).acquire_owned()).await {
            return place;
        }
    }
}

/// Sends away those who have been here longest, of the guests whose turn is over; several at a time, so that a crowd in the
/// queue moves on faster than it grows.
fn make_room(guests: &mut Vec<Guest>) {
    let mut wanted = PLACES / 4;
    guests.retain(|guest| {
        if guest.task.is_finished() {
            return false;
        }
        let goes = wanted > 0 && guest.turn.is_over();
        wanted -= usize::from(goes);
        !goes
    });
}

async fn accept(listeners: &mut [TcpListener]) -> io::Result<TcpStream> {
    // Each family is the first to be asked in turn, so that a flood on one does not shut out the other.
    listeners.rotate_left(1);
    poll_fn(|context| {
        let mut ready = listeners
            .iter()
            .map(|listener| listener.poll_accept(context));
        ready.find(Poll::is_ready).unwrap_or(Poll::Pending)
    })
    .await
    .map(|(stream, _)| stream)
}

/// Reads one request and hands it on, or answers what is none.
async fn receive(
    mut stream: TcpStream,
    place: OwnedSemaphorePermit,
    port: u16,
    turn: Arc<Turn>,
    knock: mpsc::Sender<Knock>,
) {
    let refusal = match request::read(&stream, port, &turn).await {
        Ok(request) => {
            // Fails only when the ceremony is over.
            let _ = knock
                .send(Knock::Visit(Visit {
                    stream,
                    _place: place,
                    request,
                }))
                .await;
            return;
        }
        Err(refusal) => refusal,
    };
    let response = match refusal {
        Refusal::Gone => return,
        Refusal::Tls => {
            let _ = knock.try_send(Knock::Tls);
            return;
        }
        Refusal::Malformed => Response::page(400, pages::bad_request()),
        Refusal::Slow => Response::page(408, pages::bad_request()),
        Refusal::TooLarge => Response::page(431, pages::bad_request()),
        Refusal::Version => Response::page(505, pages::bad_request()),
        Refusal::Misdirected => Response::page(421, pages::bad_request()),
        Refusal::Options => Response::allow_get(200),
        Refusal::Method => Response::allow_get(405),
    };
    if answer(&mut stream, response).await.is_ok() {
        turn.end();
        let _ = timeout(LINGER, linger(&stream)).await;
    }
    drop(place);
}

async fn answer(stream: &mut TcpStream, response: Response) -> io::Result<()> {
    let answered = async {
        write(stream, &response.print()).await?;
        poll_fn(|context| Pin::new(&mut *stream).poll_shutdown(context)).await
    };
    timeout(ANSWER_PATIENCE, answered).await?
}

async fn write(stream: &TcpStream, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        stream.writable().await?;
        match stream.try_write(bytes) {
            Ok(count) => bytes = &bytes[count..],
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => (),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Reads on until the client closes, since one whose request was no good may still be sending: to close with bytes unread would reset the connection under the answer (RFC 9112 §9.6).
async fn linger(stream: &TcpStream) -> io::Result<()> {
    let mut unread = LINGER_LIMIT_BYTES;
    while unread > 0 {
        stream.readable().await?;
        let mut chunk = [0; 4096];
        match stream.try_read(&mut chunk) {
            Ok(0) => break,
            Ok(count) => unread = unread.saturating_sub(count),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => (),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
