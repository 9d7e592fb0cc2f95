//! One HTTP client: user agent, time limits, no redirects, capped bodies, bounded retries where a retry is safe.

use std::error::Error as _;
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use oauth2::http::header;
use oauth2::{HttpRequest, HttpResponse};
use reqwest::redirect;
use url::{Host, Url};

use crate::failure::{Exit, Failure};

/// AWS WAF refuses requests without one (`NoUserAgent_HEADER`).
const USER_AGENT: &str = concat!("cognito-login/", env!("CARGO_PKG_VERSION"));
const LIMITS: Limits = Limits {
    connect: Duration::from_secs(10),
    whole: Duration::from_secs(30),
};
const BODY_LIMIT_BYTES: usize = 1 << 20;
const TRIES: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// The one HTTP client of the process; cheap to make and to clone, connects on first use.
///
/// Follows no redirects and keeps no cookies. Honours `HTTPS_PROXY`, `NO_PROXY` and `SSL_CERT_FILE`, except that
/// nothing on loopback goes through a proxy.
#[derive(Clone, Debug, Default)]
pub struct Http {
    /// One slot for each [`Route`], filled on first use: reading the CA bundle takes milliseconds.
    clients: Arc<[OnceLock<reqwest::Client>; 3]>,
    limits: Limits,
    /// A PEM bundle whose certificate authorities are trusted beside those of the system.
    authorities: Option<PathBuf>,
}

/// How long a request may take.
#[derive(Clone, Copy, Debug)]
struct Limits {
    /// Until the connection stands, TLS included.
    connect: Duration,
    /// From the first step to the last byte of the answer.
    whole: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        LIMITS
    }
}

/// When a request may be sent again, up to three tries in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// The server cannot have acted on it: no connection was made, or it answered 429 or 503.
    IfNotProcessed,
    /// It asks for nothing but an answer: also after a broken connection and 500, 502, 504.
    Freely,
}

impl Http {
    /// Returns the client; nothing is read or connected yet.
    pub fn new() -> Http {
        Http::default()
    }

    /// Returns the client that also trusts the certificate authorities in a PEM bundle. One that cannot be read adds none,
    /// as with the system's own stores: what it was meant for is then refused by name.
    pub fn trusting(authorities: Option<PathBuf>) -> Http {
        Http {
            authorities,
            ..Http::default()
        }
    }

    /// Sends a request once and reads the whole answer, whatever its status.
    ///
    /// Plain http is for loopback only. Limits: 10 seconds to connect, 30 seconds in all, 1 MiB of body.
    pub async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let url = Url::parse(&request.uri().to_string()).map_err(|_| HttpError::Insecure {
            host: String::new(),
        })?;
        let host = host_of(&url);
        let client = self.client(Route::to(&url)?)?;
        let failed = |error: reqwest::Error| HttpError::Failed {
            host: host.clone(),
            error: error.without_url(),
        };
        let request = reqwest::Request::try_from(request).map_err(failed)?;
        let mut answer = client.execute(request).await.map_err(failed)?;
        let mut whole = HttpResponse::new(Vec::new());
        *whole.status_mut() = answer.status();
        *whole.headers_mut() = std::mem::take(answer.headers_mut());
        while let Some(part) = answer.chunk().await.map_err(failed)? {
            if whole.body().len() + part.len() > BODY_LIMIT_BYTES {
                return Err(HttpError::TooLarge { host });
            }
            whole.body_mut().extend_from_slice(&part);
        }
        Ok(whole)
    }

    /// Sends a request and repeats it, after a short random pause or what `Retry-After` asks for, as far as that is safe.
    ///
    /// A time limit that ran out is final: the person has waited enough.
    pub async fn send_repeating(
        &self,
        request: HttpRequest,
        repeat: Repeat,
    ) -> Result<HttpResponse, HttpError> {
        let mut tries = 1;
        loop {
            let outcome = self.send(request.clone()).await;
            let worthwhile = tries < TRIES && repeat.is_safe_after(&outcome);
            let Some(pause) = worthwhile.then(|| pause_after(tries, &outcome)).flatten() else {
                return outcome;
            };
            tokio::time::sleep(pause).await;
            tries += 1;
        }
    }

    fn client(&self, route: Route) -> Result<&reqwest::Client, HttpError> {
        let slot = &self.clients[route as usize];
        if let Some(client) = slot.get() {
            return Ok(client);
        }
        let builder = route.builder(self.limits);
        let builder = match &self.authorities {
            Some(bundle) if route.speaks_tls() => builder.tls_certs_merge(certificates(bundle)),
            _ => builder,
        };
        let client = builder
            .build()
            .map_err(|error| HttpError::NoClient { error })?;
        Ok(slot.get_or_init(|| client))
    }
}

/// Tells whether a URL names this machine: `localhost`, 127.0.0.0/8 or `[::1]`.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The way a request takes, each with its own client.
#[derive(Clone, Copy)]
enum Route {
    Internet,
    LoopbackPlain,
    LoopbackTls,
}

impl Route {
    fn to(url: &Url) -> Result<Route, HttpError> {
        match (url.scheme(), is_loopback(url)) {
            ("https", false) => Ok(Route::Internet),
            ("https", true) => Ok(Route::LoopbackTls),
            ("http", true) => Ok(Route::LoopbackPlain),
            _ => Err(HttpError::Insecure { host: host_of(url) }),
        }
    }

    fn speaks_tls(self) -> bool {
        !matches!(self, Route::LoopbackPlain)
    }

    fn builder(self, limits: Limits) -> reqwest::ClientBuilder {
        // Fails when a provider is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .connect_timeout(limits.connect)
            .timeout(limits.whole)
            .redirect(redirect::Policy::none())
            .tcp_nodelay(true);
        match self {
            Route::Internet => builder,
            Route::LoopbackTls => on_loopback(builder),
            // Without roots of its own: a machine without any CA bundle must still reach its sandbox.
            Route::LoopbackPlain => on_loopback(builder).tls_certs_only([]),
        }
    }
}

fn certificates(bundle: &Path) -> Vec<reqwest::Certificate> {
    let pem = std::fs::read(bundle).unwrap_or_default();
    reqwest::Certificate::from_pem_bundle(&pem).unwrap_or_default()
}

/// Proxies do not exempt loopback by themselves, and a hosts file may send `localhost` elsewhere (RFC 6761 §6.3 forbids it).
fn on_loopback(builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    let addresses = [
        SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        SocketAddr::from((Ipv6Addr::LOCALHOST, 0)),
    ];
    builder.no_proxy().resolve_to_addrs("localhost", &addresses)
}

impl Repeat {
    fn is_safe_after(self, outcome: &Result<HttpResponse, HttpError>) -> bool {
        match (self, outcome) {
            (_, Ok(answer)) if matches!(answer.status().as_u16(), 429 | 503) => true,
            (Repeat::Freely, Ok(answer)) => matches!(answer.status().as_u16(), 500 | 502 | 504),
            (Repeat::IfNotProcessed, Ok(_)) => false,
            (Repeat::Freely, Err(error)) => error.is_passing(),
            (Repeat::IfNotProcessed, Err(error)) => error.is_passing() && error.is_before_sending(),
        }
    }
}

/// Returns how long to wait before the next try; `None` when the server asks for more patience than a person has.
fn pause_after(tries: u32, outcome: &Result<HttpResponse, HttpError>) -> Option<Duration> {
    match outcome.as_ref().ok().and_then(retry_after) {
        Some(asked) => (asked <= LONGEST_PAUSE).then_some(asked),
        None => Some((FIRST_PAUSE * 2u32.pow(tries - 1)).mul_f64(0.5 + jitter() / 2.0)),
    }
}

/// Returns what `Retry-After` asks for, if it is given in seconds (RFC 9110 §10.2.3).
pub fn retry_after(answer: &HttpResponse) -> Option<Duration> {
    let seconds = answer
        .headers()
        .get(header::RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()?;
    Some(Duration::from_secs(seconds))
}

/// Returns a number from 0 up to 1, so that many clients do not come back at the same moment.
fn jitter() -> f64 {
    ring::rand::generate::<[u8; 1]>(&ring::rand::SystemRandom::new())
        .map_or(0.5, |byte| f64::from(byte.expose()[0]) / 256.0)
}

fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Why there is no answer.
#[derive(Debug)]
pub enum HttpError {
    /// Plain http to another machine, or no web address at all; nothing was sent.
    Insecure {
        /// The host that was meant.
        host: String,
    },
    /// The client could not be made, in practice because the machine has no CA certificates.
    NoClient {
        /// What the TLS library says.
        error: reqwest::Error,
    },
    /// The body is larger than 1 MiB.
    TooLarge {
        /// The host that sent it.
        host: String,
    },
    /// The connection, TLS or the exchange failed.
    Failed {
        /// The host that was asked.
        host: String,
        /// What the library says, without the URL.
        error: reqwest::Error,
    },
}

impl HttpError {
    /// Returns the failure for the person, with the library's own words below it.
    pub fn explained(self) -> anyhow::Error {
        let failure = self.failure();
        match self {
            HttpError::NoClient { error } | HttpError::Failed { error, .. } => {
                anyhow::Error::new(error).context(failure)
            }
            HttpError::Insecure { .. } | HttpError::TooLarge { .. } => failure.into(),
        }
    }

    /// Returns what failed and what to do about it.
    pub fn failure(&self) -> Failure {
        match self {
            HttpError::Insecure { host } => Failure::new(
                Exit::Settings,
                "setting_invalid",
                format!("plain http to `{host}` is not allowed; only loopback may be spoken to without TLS"),
            )
            .hint("use an https:// address"),
            HttpError::NoClient { .. } => Failure::new(
                Exit::Unreachable,
                "no_ca_certificates",
                "this machine has no CA certificates to check TLS servers with",
            )
            .hint("install the package `ca-certificates`, or set SSL_CERT_FILE to a PEM bundle"),
            HttpError::TooLarge { host } => Failure::new(
                Exit::Unreachable,
                "answer_too_large",
                format!("the answer of `{host}` is larger than 1 MiB, so it is not from a user pool"),
            )
            .hint("check `domain` and `issuer`: cognito-login doctor"),
            HttpError::Failed { host, error } => broken(host, error),
        }
    }

    /// Tells whether the same request may fare better in a moment.
    fn is_passing(&self) -> bool {
        match self {
            HttpError::Failed { error, .. } => !error.is_timeout() && tls_error(error).is_none(),
            _ => false,
        }
    }

    /// Tells whether no byte of the request can have reached the server.
    fn is_before_sending(&self) -> bool {
        matches!(self, HttpError::Failed { error, .. } if error.is_connect())
    }
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.failure().message)
    }
}

impl std::error::Error for HttpError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            HttpError::NoClient { error } | HttpError::Failed { error, .. } => Some(error),
            HttpError::Insecure { .. } | HttpError::TooLarge { .. } => None,
        }
    }
}

const PROXY_HINT: &str = "check the network; behind a proxy set HTTPS_PROXY (exceptions: NO_PROXY)";

fn broken(host: &str, error: &reqwest::Error) -> Failure {
    let unreachable = |kind, message: String, hint: &str| {
        Failure::new(Exit::Unreachable, kind, message).hint(hint)
    };
    if let Some(tls) = tls_error(error) {
        return distrusted(host, tls);
    }
    // What is said below it, that a name was not found or a connection refused, is about the proxy then.
    let is_of_proxy = causes(error).any(|cause| cause.to_string().starts_with("tunnel error"));
    if error.is_timeout() {
        unreachable(
            "no_answer",
            format!("`{host}` did not answer in time"),
            PROXY_HINT,
        )
    } else if is_of_proxy {
        unreachable(
            "proxy_refused",
            format!("the proxy did not connect to `{host}`"),
            "check HTTPS_PROXY, with user and password if it wants them, or add the host to NO_PROXY",
        )
    } else if error.is_dns() {
        let hint = "check the network and the spelling of `domain` or `issuer`; behind a proxy set HTTPS_PROXY";
        unreachable(
            "host_not_found",
            format!("the name `{host}` was not found"),
            hint,
        )
    } else if error.is_connect() {
        let here = Url::parse(&format!("http://{host}")).is_ok_and(|url| is_loopback(&url));
        unreachable(
            "connection_failed",
            format!("no connection to `{host}`"),
            match here {
                true => {
                    "start what should answer there; the pool in the box is: cognito-login sandbox"
                }
                false => PROXY_HINT,
            },
        )
    } else {
        unreachable(
            "connection_broken",
            format!("the connection to `{host}` broke"),
            PROXY_HINT,
        )
    }
}

fn distrusted(host: &str, error: &rustls::Error) -> Failure {
    use rustls::CertificateError as Bad;
    let (message, hint) = match error {
        rustls::Error::InvalidCertificate(
            Bad::Expired
            | Bad::ExpiredContext { .. }
            | Bad::NotValidYet
            | Bad::NotValidYetContext { .. },
        ) => (
            "is out of date by this machine's clock",
            "check the clock of this machine",
        ),
        rustls::Error::InvalidCertificate(
            Bad::NotValidForName | Bad::NotValidForNameContext { .. },
        ) => (
            "is for another name",
            "check the spelling of `domain` or `issuer`",
        ),
        rustls::Error::InvalidCertificate(_) => (
            "is not trusted on this machine",
            "if a company proxy opens TLS, set SSL_CERT_FILE to its CA bundle; proxies come from HTTPS_PROXY and NO_PROXY",
        ),
        _ => {
            let message = format!("no TLS with `{host}`");
            let hint = "a proxy may be in between: check HTTPS_PROXY, NO_PROXY and SSL_CERT_FILE";
            return Failure::new(Exit::Unreachable, "tls_failed", message).hint(hint);
        }
    };
    Failure::new(
        Exit::Unreachable,
        "certificate_refused",
        format!("the certificate of `{host}` {message}"),
    )
    .hint(hint)
}

fn tls_error(error: &reqwest::Error) -> Option<&rustls::Error> {
    causes(error).find_map(<dyn std::error::Error>::downcast_ref)
}

/// Returns what lies below an error, outermost first.
fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn std::error::Error + 'static)> {
    std::iter::successors(error.source(), |&cause| {
        match cause.downcast_ref::<std::io::Error>() {
            // Its `source` skips the error it wraps, which is the one that counts.
            Some(wrapper) => wrapper.get_ref().map(|inside| inside as _),
            None => cause.source(),
        }
    })
}

/// A server for tests: plain sockets, one thread for each connection, answers made by a closure.
#[cfg(test)]
pub(crate) mod responder {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::{Ipv4Addr, TcpListener, TcpStream};
    use std::sync::{Arc, Mutex};

    /// What a client sent.
    #[derive(Clone, Debug)]
    pub(crate) struct Received {
        pub(crate) connection: usize,
        pub(crate) method: String,
        pub(crate) target: String,
        pub(crate) head: String,
        pub(crate) body: String,
    }

    pub(crate) struct Responder {
        pub(crate) base: String,
        log: Arc<Mutex<Vec<Received>>>,
    }

    type Answer = dyn FnMut(&Received) -> String + Send;

    impl Responder {
        /// Starts answering on a free port of 127.0.0.1; an empty answer hangs up.
        pub(crate) fn start(answer: impl FnMut(&Received) -> String + Send + 'static) -> Responder {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let base = format!("http://{}", listener.local_addr().unwrap());
            let log = Arc::new(Mutex::new(Vec::new()));
            let kept = log.clone();
            let answer: Arc<Mutex<Box<Answer>>> = Arc::new(Mutex::new(Box::new(answer)));
            std::thread::spawn(move || {
                for (connection, stream) in listener.incoming().enumerate() {
                    let (log, answer) = (kept.clone(), answer.clone());
                    std::thread::spawn(move || talk(connection, stream.unwrap(), &log, &answer));
                }
            });
            Responder { base, log }
        }

        /// Starts a server that gives these answers in turn, then hangs up for ever.
        pub(crate) fn in_turn(answers: Vec<String>) -> Responder {
            let mut answers = answers.into_iter();
            Responder::start(move |_| answers.next().unwrap_or_default())
        }

        pub(crate) fn log(&self) -> Vec<Received> {
            self.log.lock().unwrap().clone()
        }
    }

    pub(crate) fn answer(status: &str, headers: &str, body: &str) -> String {
        format!(
            "HTTP/1.1 {status}\r\ncontent-length: {}\r\n{headers}\r\n{body}",
            body.len()
        )
    }

    fn talk(
        connection: usize,
        stream: TcpStream,
        log: &Mutex<Vec<Received>>,
        answer: &Mutex<Box<Answer>>,
    ) {
        let mut stream = BufReader::new(stream);
        while let Some(received) = read(connection, &mut stream) {
            log.lock().unwrap().push(received.clone());
            let text = answer.lock().unwrap()(&received);
            if text.is_empty() || stream.get_mut().write_all(text.as_bytes()).is_err() {
                return;
            }
        }
    }

    fn read(connection: usize, stream: &mut BufReader<TcpStream>) -> Option<Received> {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if stream.read_line(&mut head).ok()? == 0 {
                return None;
            }
        }
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.map_or(0, |n| n.parse().unwrap())];
        stream.read_exact(&mut body).ok()?;
        let mut words = head.split(' ').map(str::to_owned);
        let (method, target) = (words.next()?, words.next()?);
        Some(Received {
            connection,
            method,
            target,
            body: String::from_utf8(body).unwrap(),
            head,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use oauth2::http::StatusCode;

    use super::responder::{Responder, answer};
    use super::*;

    fn get(url: impl AsRef<str>) -> HttpRequest {
        oauth2::http::Request::get(url.as_ref())
            .body(Vec::new())
            .unwrap()
    }

    fn post(url: impl AsRef<str>) -> HttpRequest {
        oauth2::http::Request::post(url.as_ref())
            .body(b"a=b".to_vec())
            .unwrap()
    }

    #[tokio::test]
    async fn sends_a_user_agent_and_follows_no_redirect() {
        let server = Responder::in_turn(vec![answer(
            "302 Found",
            "location: https://elsewhere.example/\r\n",
            "",
        )]);
        let got = Http::new().send(get(&server.base)).await.unwrap();
        assert_eq!(got.status(), StatusCode::FOUND);
        assert!(
            server.log()[0]
                .head
                .contains(&format!("user-agent: {USER_AGENT}"))
        );
    }

    #[tokio::test]
    async fn plain_http_to_another_machine_is_never_sent() {
        for url in [
            "http://pool.example/",
            "http://localhost.example/",
            "http://[2001:db8::1]/",
        ] {
            let error = Http::new().send(get(url)).await.unwrap_err();
            assert_eq!(error.failure().kind, "setting_invalid", "{url}");
        }
    }

    #[tokio::test]
    async fn an_endless_body_is_cut_off() {
        let body = "x".repeat(BODY_LIMIT_BYTES + 1);
        let server = Responder::in_turn(vec![answer("200 OK", "", &body)]);
        let error = Http::new().send(get(&server.base)).await.unwrap_err();
        assert_eq!(error.failure().kind, "answer_too_large");
    }

    #[tokio::test]
    async fn a_body_of_exactly_the_limit_is_read() {
        let server = Responder::in_turn(vec![answer("200 OK", "", &"x".repeat(BODY_LIMIT_BYTES))]);
        assert_eq!(
            Http::new()
                .send(get(&server.base))
                .await
                .unwrap()
                .body()
                .len(),
            BODY_LIMIT_BYTES
        );
    }

    #[tokio::test]
    async fn a_question_is_repeated_after_a_stumble() {
        let busy = answer("500 Oops", "retry-after: 0\r\n", "");
        let server = Responder::in_turn(vec![busy, String::new(), answer("200 OK", "", "yes")]);
        let got = Http::new()
            .send_repeating(get(&server.base), Repeat::Freely)
            .await;
        assert_eq!(got.unwrap().body(), b"yes");
        assert_eq!(server.log().len(), 3);
    }

    #[tokio::test]
    async fn what_may_have_been_done_is_not_done_again() {
        let hang_up = String::new();
        for bad in [
            answer("500 Oops", "", ""),
            answer("502 Oops", "", ""),
            hang_up,
        ] {
            let server = Responder::in_turn(vec![bad.clone()]);
            let got = Http::new()
                .send_repeating(post(&server.base), Repeat::IfNotProcessed)
                .await;
            assert!(got.is_ok_and(|got| got.status().is_server_error()) || bad.is_empty());
            assert_eq!(server.log().len(), 1);
        }
    }

    #[tokio::test]
    async fn a_busy_server_is_asked_three_times_at_most() {
        let busy = answer("429 Slow down", "retry-after: 0\r\n", "");
        let server = Responder::in_turn(vec![busy.clone(), busy.clone(), busy]);
        let got = Http::new()
            .send_repeating(post(&server.base), Repeat::IfNotProcessed)
            .await
            .unwrap();
        assert_eq!(got.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(server.log().len(), 3);
    }

    #[tokio::test]
    async fn a_server_that_wants_a_long_wait_is_left_alone() {
        let server = Responder::in_turn(vec![answer("503 Later", "retry-after: 3600\r\n", "")]);
        let got = Http::new()
            .send_repeating(get(&server.base), Repeat::Freely)
            .await
            .unwrap();
        assert_eq!(retry_after(&got), Some(Duration::from_secs(3600)));
        assert_eq!(server.log().len(), 1);
    }

    /// A short patience, so that a test need not have a long one. It trusts nobody: the system may have no CA certificates.
    fn impatient() -> Http {
        let limits = Limits {
            connect: Duration::from_millis(50),
            whole: Duration::from_millis(200),
        };
        let http = Http {
            limits,
            ..Http::default()
        };
        let client = Route::LoopbackPlain.builder(limits).build().unwrap();
        http.clients[Route::LoopbackTls as usize]
            .set(client)
            .unwrap();
        http
    }

    /// Asserts that the client gives up by itself, once and for all, and says so.
    async fn is_given_up(url: &str) {
        let failed = impatient()
            .send_repeating(get(url), Repeat::Freely)
            .await
            .unwrap_err();
        let failure = failed.failure();
        assert_eq!(
            (failure.exit, failure.kind),
            (Exit::Unreachable, "no_answer"),
            "{failed:?}"
        );
    }

    /// Every phase has its end: the connection, TLS, the head, the body, whatever the pace.
    #[tokio::test]
    async fn nothing_is_waited_for_without_end() {
        let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = silent.local_addr().unwrap();
        is_given_up(&format!("http://{address}/")).await;
        is_given_up(&format!("https://{address}/")).await;
        for start in [
            "HTTP/1.1 200 ",
            "HTTP/1.1 200 OK\r\nx: ",
            "HTTP/1.1 200 OK\r\ncontent-length: 9000\r\n\r\n",
        ] {
            let (address, drops) = dripping(start);
            is_given_up(&format!("http://{address}/")).await;
            assert!(drops.load(Ordering::SeqCst) > 0);
        }
    }

    /// A server that says one byte after the other, fast enough for every limit on silence.
    fn dripping(start: &'static str) -> (SocketAddr, Arc<AtomicUsize>) {
        use std::io::{Read, Write};
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let drops = Arc::new(AtomicUsize::new(0));
        let count = drops.clone();
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let _ = stream.read(&mut [0; 4096]);
                let _ = stream.write_all(start.as_bytes());
                while stream.write_all(b"x").is_ok() {
                    count.fetch_add(1, Ordering::SeqCst);
                    std::thread::park_timeout(Duration::from_millis(5));
                }
            }
        });
        (address, drops)
    }

    /// A full queue: the system answers nothing to whoever knocks, as a firewall does.
    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_connection_that_never_stands_is_given_up() {
        let socket =
            socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
        socket
            .bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())
            .unwrap();
        socket.listen(0).unwrap();
        let address = socket.local_addr().unwrap().as_socket().unwrap();
        let mut queue = Vec::new();
        while let Ok(waiting) =
            std::net::TcpStream::connect_timeout(&address, Duration::from_millis(100))
        {
            queue.push(waiting);
        }
        is_given_up(&format!("http://{address}/")).await;
    }

    #[tokio::test]
    async fn a_warm_connection_is_used_again() {
        let server = Responder::in_turn(vec![answer("405 No", "", ""), answer("200 OK", "", "{}")]);
        let http = Http::new();
        http.send(
            oauth2::http::Request::head(&server.base)
                .body(Vec::new())
                .unwrap(),
        )
        .await
        .unwrap();
        assert_eq!(
            http.clone()
                .send(post(&server.base))
                .await
                .unwrap()
                .status(),
            StatusCode::OK
        );
        assert_eq!(server.log()[1].connection, 0);
    }

    #[tokio::test]
    async fn nobody_listening_is_a_failed_connection() {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let error = Http::new()
            .send(get(format!("http://127.0.0.1:{port}/secret?code=abc")))
            .await
            .unwrap_err();
        assert_eq!(error.failure().kind, "connection_failed");
        assert!(error.is_before_sending());
        let chain = format!("{:?}", error.explained());
        assert!(
            !chain.contains("abc") && chain.contains("refused"),
            "{chain}"
        );
    }

    #[tokio::test]
    async fn localhost_is_this_machine_on_whichever_family_answers() {
        let server = Responder::in_turn(vec![answer("200 OK", "", "here")]);
        let got = Http::new()
            .send(get(server.base.replace("127.0.0.1", "localhost")))
            .await
            .unwrap();
        assert_eq!(got.body(), b"here");
    }

    #[tokio::test]
    async fn a_name_that_does_not_exist_is_named() {
        // A client of its own: the machine that runs this may have a proxy, which would do the look-up.
        let client = Route::LoopbackPlain.builder(LIMITS).build().unwrap();
        let error = client
            .get("http://nobody.invalid/")
            .send()
            .await
            .unwrap_err();
        let failure = broken("nobody.invalid", &error);
        assert_eq!(
            (failure.exit, failure.kind),
            (Exit::Unreachable, "host_not_found")
        );
        assert_eq!(failure.message, "the name `nobody.invalid` was not found");
    }

    #[tokio::test]
    async fn an_unknown_certificate_is_refused_once_with_what_to_set() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("https://{}/", listener.local_addr().unwrap());
        let connections = Arc::new(AtomicUsize::new(0));
        let seen = connections.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                seen.fetch_add(1, Ordering::SeqCst);
                let mut tls = rustls::ServerConnection::new(Arc::new(self_signed())).unwrap();
                let _ = tls.complete_io(&mut stream.unwrap());
            }
        });
        let http = Http::new();
        // The system may have no CA certificates at all; this client has none for sure.
        http.clients[Route::LoopbackTls as usize]
            .set(Route::LoopbackPlain.builder(LIMITS).build().unwrap())
            .unwrap();
        let error = http
            .send_repeating(get(url), Repeat::Freely)
            .await
            .unwrap_err();
        let failure = error.failure();
        assert_eq!(
            (failure.exit, failure.kind),
            (Exit::Unreachable, "certificate_refused")
        );
        let hint = failure.hint.unwrap();
        assert!(
            hint.contains("SSL_CERT_FILE") && hint.contains("HTTPS_PROXY"),
            "{hint}"
        );
        assert_eq!(connections.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn authorities_of_a_bundle_are_trusted_beside_the_system_s() {
        use base64::Engine as _;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let tls = rustls::ServerConnection::new(Arc::new(self_signed())).unwrap();
                let mut tls = rustls::StreamOwned::new(tls, stream.unwrap());
                let _ = std::io::Read::read(&mut tls, &mut [0; 4096]);
                let said = answer("200 OK", "", "yes");
                let _ = std::io::Write::write_all(&mut tls, said.as_bytes());
            }
        });
        let scratch = tempfile::tempdir().unwrap();
        let bundle = scratch.path().join("bundle.pem");
        let body = base64::engine::general_purpose::STANDARD
            .encode(include_bytes!("oidc/testdata/localhost.der"));
        let pem = format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n");
        std::fs::write(&bundle, pem).unwrap();
        let asked = Http::trusting(Some(bundle))
            .send(get(format!("https://localhost:{port}/")))
            .await;
        assert_eq!(asked.unwrap().body(), b"yes");
    }

    fn self_signed() -> rustls::ServerConfig {
        let certificate = include_bytes!("oidc/testdata/localhost.der").to_vec();
        let key = include_bytes!("oidc/testdata/first_key.pk8").to_vec();
        rustls::ServerConfig::builder_with_provider(Arc::new(
            rustls::crypto::ring::default_provider(),
        ))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.into()],
            rustls::pki_types::PrivatePkcs8KeyDer::from(key).into(),
        )
        .unwrap()
    }

    #[tokio::test]
    async fn a_proxy_that_refuses_is_named_as_the_culprit() {
        for status in ["403 Forbidden", "407 Proxy Authentication Required"] {
            let proxy = Responder::in_turn(vec![answer(status, "", "")]);
            let through = reqwest::Proxy::all(&proxy.base).unwrap();
            let client = reqwest::Client::builder().proxy(through).tls_certs_only([]);
            // The provider is installed by the first route that is built.
            Route::LoopbackPlain.builder(LIMITS).build().unwrap();
            let error = client
                .build()
                .unwrap()
                .get("https://pool.example/")
                .send()
                .await
                .unwrap_err();
            assert_eq!(
                broken("pool.example", &error).kind,
                "proxy_refused",
                "{status}"
            );
        }
    }

    #[test]
    fn loopback_needs_no_proxy() {
        // The variables are read once in a process, so this test runs another one in a process with a dead proxy.
        let other = "http::tests::localhost_is_this_machine_on_whichever_family_answers";
        let outcome = std::process::Command::new(std::env::current_exe().unwrap())
            .args([other, "--exact"])
            .envs(
                ["HTTP_PROXY", "http_proxy", "ALL_PROXY"].map(|name| (name, "http://127.0.0.1:1")),
            )
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&outcome.stdout).into_owned();
        assert!(
            outcome.status.success() && told.contains("1 passed"),
            "{told}"
        );
    }

    #[test]
    fn pauses_grow_and_stay_below_the_longest() {
        let nothing = Err(HttpError::TooLarge {
            host: String::new(),
        });
        for tries in 1..TRIES {
            let pause = pause_after(tries, &nothing).unwrap();
            assert!(
                pause >= FIRST_PAUSE / 2 && pause < LONGEST_PAUSE,
                "{pause:?}"
            );
        }
    }
}
