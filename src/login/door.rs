//! The front door of the listener: anyone may knock, as often and as oddly as they like, and it costs next to nothing.
//!
//! At most [`PLACES`] connections are open at a time, each a task and a socket, without a thread and, while it is silent,
//! without a buffer. When all places are taken the one that has been reading longest goes. Everything has a deadline
//! but silence, which costs a place only as long as nobody else wants it.

use std::collections::VecDeque;
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
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::pages;
use super::request::{self, Refusal, Request};
use super::response::Response;

/// How many connections are open at once; macOS grants a process 256 descriptors.
const PLACES: usize = 128;

/// How long a connection may read undisturbed, however many others wait: a browser sends its request at once.
/// With all places taken this still lets in some 25 000 strangers a second, so that nobody waits long in the queue.
const GRACE: Duration = Duration::from_millis(5);

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
    guests: VecDeque<Guest>,
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
            guests: VecDeque::new(),
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
                let task = tokio::spawn(receive(stream, place, self.port, self.knock.clone()));
                self.guests.push_back(Guest { since: Instant::now(), task });
                Knock::Connected
            }
        }
    }
}

/// A request that waits for its answer, for as long as it takes to tell the truth.
pub(super) struct Visit {
    stream: TcpStream,
    place: OwnedSemaphorePermit,
    request: Request,
}

impl Visit {
    pub(super) fn path(&self) -> &str {
        &self.request.path
    }

    pub(super) fn query(&self) -> &str {
        &self.request.query
    }

    /// Answers, and returns when the client has its answer or had time enough.
    pub(super) async fn answer(self, response: Response) {
        answer(self.stream, response).await;
        drop(self.place);
    }

    /// Answers without waiting.
    pub(super) fn dismiss(self, response: Response) {
        tokio::spawn(self.answer(response));
    }
}

/// A connection whose request is being read; dropped, it is closed.
struct Guest {
    since: Instant,
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
    guests: &mut VecDeque<Guest>,
) -> (TcpStream, OwnedSemaphorePermit) {
    loop {
        let place = place(places, guests).await;
        match accept(listeners).await {
            Ok(stream) => return (stream, place),
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => (),
            // Out of descriptors: whoever reads longest makes room.
            Err(_) => {
                sleep(GRACE).await;
                guests.pop_front();
            }
        }
    }
}

async fn place(places: &Arc<Semaphore>, guests: &mut VecDeque<Guest>) -> OwnedSemaphorePermit {
    guests.retain(|guest| !guest.task.is_finished());
    if places.available_permits() == 0
        && let Some(longest) = guests.front()
    {
        sleep_until(longest.since + GRACE).await;
        guests.pop_front();
    }
    Arc::clone(places)
        .acquire_owned()
        .await
        .expect("the semaphore is never closed")
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
    stream: TcpStream,
    place: OwnedSemaphorePermit,
    port: u16,
    knock: mpsc::Sender<Knock>,
) {
    let refusal = match request::read(&stream, port).await {
        Ok(request) => {
            // Fails only when the ceremony is over.
            let _ = knock
                .send(Knock::Visit(Visit {
                    stream,
                    place,
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
    answer(stream, response).await;
    drop(place);
}

async fn answer(mut stream: TcpStream, response: Response) {
    let delivered = async {
        write(&stream, &response.print()).await?;
        poll_fn(|context| Pin::new(&mut stream).poll_shutdown(context)).await
    };
    if let Ok(Ok(())) = timeout(ANSWER_PATIENCE, delivered).await {
        let _ = timeout(LINGER, linger(&stream)).await;
    }
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

/// Reads on until the client closes: to close with bytes unread would reset the connection under the answer (RFC 9112 §9.6).
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
