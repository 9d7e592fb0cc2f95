//! The redirect URI, sent byte for byte as configured.

use crate::failure::Failure;

/// The loopback host a redirect URI names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoopbackHost {
    /// `localhost`: the browser may take either family.
    Localhost,
    /// `127.0.0.1`.
    V4,
    /// `[::1]`.
    V6,
}

/// A redirect URI that Cognito accepts and a listener on this machine can serve: `http`, a loopback host, a port, no fragment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedirectUri {
    text: String,
    host: LoopbackHost,
    port: u16,
    path: String,
}

impl RedirectUri {
    /// Checks a redirect URI and keeps its text as it was written.
    pub fn parse(_text: &str) -> Result<RedirectUri, Failure> {
        todo!()
    }

    /// Returns the text, byte for byte.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the loopback host it names.
    pub fn host(&self) -> LoopbackHost {
        self.host
    }

    /// Returns its port; 80 when none is written.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Returns its path; `/` when none is written.
    pub fn path(&self) -> &str {
        &self.path
    }
}
