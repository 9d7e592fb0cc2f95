//! How the pages look beyond their own style sheet: a logo and a style sheet from files, read anew each time.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::message::Response;

/// Cognito takes logos of up to 100 KB and style sheets of up to 3 KB; there is no reason to be as strict here.
const LIMIT_BYTES: u64 = 1 << 20;

/// The two files, if there are any.
#[derive(Clone, Debug, Default)]
pub(super) struct Look {
    pub(super) logo: Option<PathBuf>,
    pub(super) css: Option<PathBuf>,
}

impl Look {
    /// Returns the logo with its media type told by its first bytes.
    pub(super) fn logo(&self) -> Option<Response> {
        let bytes = read(self.logo.as_deref()?).ok()?;
        let media_type = match bytes.as_slice() {
            [0x89, b'P', b'N', b'G', ..] => "image/png",
            [0xff, 0xd8, 0xff, ..] => "image/jpeg",
            [b'G', b'I', b'F', b'8', ..] => "image/gif",
            [b'R', b'I', b'F', b'F', ..] => "image/webp",
            _ => "image/svg+xml",
        };
        // An SVG may hold scripts; opened by its address it must not run them in the name of the login pages.
        let policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
        Some(file(media_type, bytes).header("content-security-policy", policy))
    }

    /// Returns the style sheet that comes after our own.
    pub(super) fn style_sheet(&self) -> Option<Response> {
        let bytes = read(self.css.as_deref()?).ok()?;
        Some(file("text/css;charset=UTF-8", bytes))
    }
}

fn file(media_type: &str, bytes: Vec<u8>) -> Response {
    Response::new(200)
        .header("content-type", media_type)
        .header("x-content-type-options", "nosniff")
        .header("cache-control", "no-cache")
        .body(bytes)
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?
        .take(LIMIT_BYTES)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}
