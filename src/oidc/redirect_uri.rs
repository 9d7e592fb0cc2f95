//! The redirect URI, sent byte for byte as configured.

use std::fmt;

use url::Url;

use crate::failure::{Exit, Failure, printable_address};

/// `RedirectUrlType`.
const LENGTH_LIMIT: usize = 1024;

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
///
/// Cognito compares it as text, down to a slash at the end, so it never goes through a URL type on its way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedirectUri {
    text: String,
    host: LoopbackHost,
    port: u16,
    path: String,
}

impl RedirectUri {
    /// Checks a redirect URI and keeps its text as it was written.
    pub fn parse(text: &str) -> Result<RedirectUri, Failure> {
        let host = loopback_host(text)
            .ok_or_else(|| refused(text, "is not plain http to localhost, 127.0.0.1 or [::1]"))?;
        if text.len() > LENGTH_LIMIT {
            return Err(refused(text, "is longer than 1024 characters"));
        }
        if text.contains('#') {
            return Err(refused(text, "has a fragment, which Cognito refuses"));
        }
        let blank = |c: char| c.is_whitespace() || c.is_control() || c == '\\';
        let url = Url::parse(text)
            .ok()
            .filter(|_| !text.contains(blank))
            .ok_or_else(|| refused(text, "is not a URL"))?;
        match url.port_or_known_default() {
            // What a browser will ask for is the path after normalisation, so the listener must wait for that one.
            Some(port) if port != 0 => Ok(RedirectUri {
                text: text.to_owned(),
                host,
                port,
                path: url.path().to_owned(),
            }),
            _ => Err(refused(
                text,
                "has port 0, but Cognito compares the port it was given",
            )),
        }
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

    /// Returns its path as a browser asks for it, without the query; `/` when none is written.
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Display for RedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Reads the host from the text itself, in lower case only, since Cognito compares text and a URL type would tidy it.
fn loopback_host(text: &str) -> Option<LoopbackHost> {
    let rest = text.strip_prefix("http://")?;
    let hosts = [
        ("localhost", LoopbackHost::Localhost),
        ("127.0.0.1", LoopbackHost::V4),
        ("[::1]", LoopbackHost::V6),
    ];
    hosts.iter().find_map(|(name, host)| {
        let after = rest.strip_prefix(name)?;
        (after.is_empty() || after.starts_with([':', '/', '?', '#'])).then_some(*host)
    })
}

fn refused(text: &str, why: &str) -> Failure {
    let message = format!("redirect URI `{}` {why}", printable_address(text, 200));
    Failure::new(Exit::Settings, "setting_invalid", message).hint(
        "use http://localhost:PORT, http://127.0.0.1:PORT or http://[::1]:PORT, with any path, exactly as registered \
         with the app client; AWS also accepts https and app schemes, which a listener on this machine cannot serve",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_kept_byte_for_byte() {
        for text in [
            "http://localhost:3000",
            "http://localhost:3000/",
            "http://127.0.0.1:8400/callback",
            "http://[::1]:8400/a%2Fb/../c",
            "http://localhost/x",
            "http://localhost:3000/cb?app=1&x=%20",
        ] {
            assert_eq!(RedirectUri::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn host_port_and_path_are_read() {
        let table = [
            ("http://localhost:3000", LoopbackHost::Localhost, 3000, "/"),
            ("http://localhost", LoopbackHost::Localhost, 80, "/"),
            (
                "http://127.0.0.1:8400/callback",
                LoopbackHost::V4,
                8400,
                "/callback",
            ),
            ("http://[::1]:65535/", LoopbackHost::V6, 65535, "/"),
            (
                "http://localhost:3000?app=1",
                LoopbackHost::Localhost,
                3000,
                "/",
            ),
            (
                "http://localhost:3000/cb?app=1",
                LoopbackHost::Localhost,
                3000,
                "/cb",
            ),
            (
                "http://localhost:3000/a/../ü",
                LoopbackHost::Localhost,
                3000,
                "/%C3%BC",
            ),
        ];
        for (text, host, port, path) in table {
            let uri = RedirectUri::parse(text).unwrap();
            assert_eq!(
                (uri.host(), uri.port(), uri.path()),
                (host, port, path),
                "{text}"
            );
        }
    }

    #[test]
    fn what_cannot_be_registered_or_served_is_refused() {
        let long = format!("http://localhost:3000/{}", "a".repeat(LENGTH_LIMIT));
        for text in [
            "",
            "localhost:3000",
            "https://localhost:3000",
            "http://example.com/",
            "http://localhost.example:3000",
            "http://localhost@example.com",
            "http://LOCALHOST:3000",
            "http://127.0.0.2:3000",
            "http://0.0.0.0:3000",
            "http://localhost:0",
            "http://localhost:65536",
            "http://localhost:+80",
            "http://localhost:3000/#x",
            "http://localhost:3000/a b",
            "http://localhost:3000\n",
            "http://localhost:3000\\a",
            "myapp://callback",
            &long,
        ] {
            let failure = RedirectUri::parse(text).unwrap_err();
            assert_eq!(
                (failure.exit, failure.kind),
                (Exit::Settings, "setting_invalid"),
                "{text}"
            );
        }
    }
}
