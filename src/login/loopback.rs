//! The sockets a browser is sent back to: bound before anyone is told of them, and kept bound.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

use anyhow::{Error, Result, anyhow};

use super::door::Door;
use crate::failure::{Exit, Failure};
use crate::oidc::{LoopbackHost, RedirectUri};
use crate::platform::ports;

/// Listening sockets on the port of a redirect URI; dropped, the port is free at once.
#[derive(Debug)]
pub struct Loopback {
    redirect: RedirectUri,
    listeners: Vec<TcpListener>,
}

impl Loopback {
    /// Binds the first candidate whose port is free on 127.0.0.1 and ::1 together: a browser may try either first, and
    /// would hand our code to whoever listens there. A family that this machine does not have is left out.
    ///
    /// With `listen`, that address alone is bound, on the port of the candidate.
    ///
    /// # Errors
    /// Fails with kind `port_busy` (exit 1) when no candidate is free, naming who holds it where that is cheap, or
    /// `port_refused` when the system does not let us have it.
    pub fn bind(candidates: &[RedirectUri], listen: Option<IpAddr>) -> Result<Loopback> {
        let mut refused = Vec::new();
        for redirect in candidates {
            match listeners(redirect, listen) {
                Ok(listeners) => {
                    return Ok(Loopback {
                        redirect: redirect.clone(),
                        listeners,
                    });
                }
                Err(taken) => refused.push(taken),
            }
        }
        Err(none_free(candidates, refused))
    }

    /// Returns the candidate that was free.
    pub fn redirect_uri(&self) -> &RedirectUri {
        &self.redirect
    }

    pub(super) fn open(self) -> Result<Door> {
        let cannot = Failure::new(
            Exit::Failed,
            "port_refused",
            "cannot listen for the browser",
        );
        Door::open(self.listeners, self.redirect.port())
            .map_err(|error| Error::new(error).context(cannot))
    }
}

/// An address that could not be bound.
struct Refused {
    address: SocketAddr,
    error: io::Error,
}

fn listeners(redirect: &RedirectUri, listen: Option<IpAddr>) -> Result<Vec<TcpListener>, Refused> {
    let (v4, v6) = (
        IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(Ipv6Addr::LOCALHOST),
    );
    // The one a literal names must be there.
    let families = match (listen, redirect.host()) {
        (Some(address), _) => vec![(address, Family::Needed)],
        (None, LoopbackHost::Localhost) => vec![(v4, Family::Optional), (v6, Family::Optional)],
        (None, LoopbackHost::V4) => vec![(v4, Family::Needed), (v6, Family::Optional)],
        (None, LoopbackHost::V6) => vec![(v6, Family::Needed), (v4, Family::Optional)],
    };
    let mut listeners = Vec::new();
    let mut missing = None;
    for (address, family) in families {
        let address = SocketAddr::new(address, redirect.port());
        match bind(address) {
            Ok(listener) => listeners.push(listener),
            Err(error)
                if matches!(family, Family::Optional) && ports::is_address_missing(&error) =>
            {
                missing = Some(Refused { address, error });
            }
            Err(error) => return Err(Refused { address, error }),
        }
    }
    match missing {
        Some(missing) if listeners.is_empty() => Err(missing),
        _ => Ok(listeners),
    }
}

enum Family {
    Needed,
    Optional,
}

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    ports::lengthen_queue(&listener);
    listener.set_nonblocking(true)?;
    Ok(listener)
}

fn none_free(candidates: &[RedirectUri], refused: Vec<Refused>) -> Error {
    let Some(first) = refused.first() else {
        return Failure::new(
            Exit::Settings,
            "setting_missing",
            "no redirect URI is configured",
        )
        .hint("--redirect-uri http://localhost:3000")
        .into();
    };
    let busy = refused
        .iter()
        .find(|refused| refused.error.kind() == io::ErrorKind::AddrInUse);
    let failure = match busy {
        Some(refused) => port_busy(candidates, refused.address.port()),
        None => port_refused(first),
    };
    let causes: Vec<String> = refused
        .iter()
        .map(|refused| format!("{}: {}", refused.address, refused.error))
        .collect();
    anyhow!(causes.join("; ")).context(failure)
}

fn port_busy(candidates: &[RedirectUri], port: u16) -> Failure {
    let message = match candidates {
        [one] => format!("port {port} of `{}` is taken", one.as_str()),
        several => {
            let all: Vec<&str> = several.iter().map(RedirectUri::as_str).collect();
            format!("the ports of `{}` are all taken", all.join("`, `"))
        }
    };
    let who = match ports::holder(port) {
        Some(holder) => format!("end {holder}, which holds port {port}"),
        None => format!(
            "end the program that holds port {port} (a development server, or another `cognito-login`)"
        ),
    };
    let other = candidates
        .iter()
        .map(RedirectUri::port)
        .max()
        .unwrap_or(port)
        .checked_add(1)
        .unwrap_or(3000);
    Failure::new(Exit::Failed, "port_busy", message).hint(format!(
        "{who}; or register a second callback URL with the app client and name it too: --redirect-uri http://localhost:{other}"
    ))
}

fn port_refused(refused: &Refused) -> Failure {
    let Refused { address, error } = refused;
    let failure = Failure::new(
        Exit::Failed,
        "port_refused",
        format!("cannot listen on `{address}`"),
    );
    if ports::is_reserved(error) {
        return failure.hint("Windows keeps this port for itself (netsh int ipv4 show excludedportrange tcp): register another");
    }
    if error.kind() == io::ErrorKind::PermissionDenied {
        return failure.hint("register a callback URL with a port of 1024 or more: --redirect-uri http://localhost:3000");
    }
    failure.hint("--redirect-uri http://127.0.0.1:3000, registered with the app client, or --listen with an address of this machine")
}
