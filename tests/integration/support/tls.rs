//! TLS as a test wants it: an authority of its own, servers with certificates it chose, and a proxy on the way to them.

use std::collections::BTreeMap;
use std::io::{BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::PrivatePkcs8KeyDer;
use url::Url;

use super::terminal::Terminal;
use super::wire;

/// A private certificate authority.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

/// When a certificate is good.
#[derive(Clone, Copy)]
pub enum Term {
    Now,
    Over,
    NotYet,
}

impl Authority {
    pub fn new() -> Authority {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        // OpenSSL takes a certificate whose subject is its issuer's for self-signed.
        let name = &mut params.distinguished_name;
        name.push(DnType::CommonName, "authority of a test");
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Authority {
            issuer: Issuer::new(params, key),
            pem,
        }
    }

    /// Writes the bundle of this authority to that machine; its path.
    pub fn bundle(&self, terminal: &Terminal) -> PathBuf {
        terminal.write("authority.pem", &self.pem)
    }

    fn server(&self, name: &str, term: Term) -> Arc<rustls::ServerConfig> {
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        (params.not_before, params.not_after) = match term {
            Term::Now => (date_time_ymd(2020, 1, 1), date_time_ymd(2090, 1, 1)),
            Term::Over => (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1)),
            Term::NotYet => (date_time_ymd(2089, 1, 1), date_time_ymd(2090, 1, 1)),
        };
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
            );
        Arc::new(config.unwrap())
    }
}

/// A TLS server that passes every request on to a plain one; its threads end with the test.
pub struct TlsServer {
    pub port: u16,
    /// Requests that came through, their first lines.
    heard: Arc<Mutex<Vec<String>>>,
}

impl TlsServer {
    pub fn start(authority: &Authority, name: &str, term: Term, behind: &str) -> TlsServer {
        let config = authority.server(name, term);
        let behind = Url::parse(behind).unwrap();
        let heard: Arc<Mutex<Vec<String>>> = Arc::default();
        let kept = heard.clone();
        let port = serve(move |stream| {
            let connection = rustls::ServerConnection::new(config.clone()).ok()?;
            let mut tls = rustls::StreamOwned::new(connection, stream);
            let (first, request) = wire::forwarded(&mut BufReader::new(&mut tls), &behind).ok()?;
            let method = first.split(' ').next()?.to_owned();
            kept.lock().ok()?.push(first);
            let mut server = TcpStream::connect((behind.host_str()?, behind.port()?)).ok()?;
            server.write_all(&request).ok()?;
            let answer = wire::read_answer(&mut BufReader::new(server), &method).ok()?;
            tls.write_all(&printed(&answer)).ok()?;
            tls.conn.send_close_notify();
            tls.flush().ok()
        });
        TlsServer { port, heard }
    }

    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

/// A server that answers whatever comes with these bytes and closes; its port.
pub fn garble(bytes: &'static [u8]) -> u16 {
    serve(move |mut stream| {
        let _ = stream.read(&mut [0; 4096]);
        stream.write_all(bytes).ok()?;
        stream.shutdown(Shutdown::Write).ok()?;
        stream.read_to_end(&mut Vec::new()).ok().map(drop)
    })
}

/// A proxy that wants a name and a password, and knows a few hosts.
pub struct Proxy {
    pub port: u16,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// `hosts` are where CONNECT to `name:443` leads; `credentials` is what `Proxy-Authorization: Basic` must hold.
    pub fn start(hosts: BTreeMap<&'static str, u16>, credentials: &'static str) -> Proxy {
        let heard: Arc<Mutex<Vec<String>>> = Arc::default();
        let kept = heard.clone();
        let port = serve(move |mut client| {
            let mut from_client = BufReader::new(client.try_clone().ok()?);
            let start = wire::line(&mut from_client).ok()?;
            let headers = wire::read_headers(&mut from_client).ok()?;
            kept.lock().ok()?.push(start.clone());
            let known = headers.iter().any(|(name, value)| {
                name == "proxy-authorization" && *value == format!("Basic {credentials}")
            });
            if !known {
                let refusal = "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n";
                return client.write_all(refusal.as_bytes()).ok();
            }
            let host = start.strip_prefix("CONNECT ")?.split(':').next()?;
            let server = TcpStream::connect((Ipv4Addr::LOCALHOST, *hosts.get(host)?)).ok()?;
            client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").ok()?;
            let (mut up, mut down) = (server.try_clone().ok()?, server);
            let mut back = client.try_clone().ok()?;
            thread::spawn(move || {
                let _ = std::io::copy(&mut down, &mut back);
                back.shutdown(Shutdown::Write)
            });
            std::io::copy(&mut from_client, &mut up).ok()?;
            up.shutdown(Shutdown::Write).ok()
        });
        Proxy { port, heard }
    }

    /// The first line of every request.
    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

fn serve(talk: impl Fn(TcpStream) -> Option<()> + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let talk = Arc::new(talk);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let talk = talk.clone();
            thread::spawn(move || talk(stream));
        }
    });
    port
}

fn printed(answer: &wire::Answer) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {} Whatever\r\n", answer.status);
    let framing = ["content-length", "transfer-encoding", "connection"];
    for (name, value) in &answer.headers {
        if !framing.contains(&name.as_str()) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
    }
    head.push_str(&format!(
        "content-length: {}\r\nconnection: close\r\n\r\n",
        answer.body.len()
    ));
    [head.as_bytes(), &answer.body].concat()
}
