//! The answers of the door: complete, closed, kept by nobody, and of use to no other site.
//!
//! `tiny_http` prints them. Its server is not used: before it reads a byte of ours it takes a thread for every idle
//! connection, buffers heads without end, gives slow clients for ever and closes on a cookie that is not ASCII, and it
//! cannot be told otherwise. Behind a front door that reads the head first there is nothing left for it to serve.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::Markup;
use tiny_http::{HTTPVersion, Header, StatusCode};

use super::pages;

/// An answer, ready to be printed.
pub(super) struct Response(tiny_http::Response<std::io::Cursor<Vec<u8>>>);

impl Response {
    /// Answers with a page.
    pub(super) fn page(status: u16, page: Markup) -> Response {
        Response::new(status, page.into_string()).with("Content-Type", "text/html; charset=utf-8")
    }

    /// Sends the browser on with a `GET` (RFC 9110 §15.4.4), so that the address it shows and keeps is `path`.
    ///
    /// The path alone: whichever of our names the browser used, it stays with it.
    pub(super) fn see_other(path: &str) -> Response {
        Response::new(303, "").with("Location", path)
    }

    /// Answers `OPTIONS`, and any method but the one that is allowed. A preflight (CORS, private network) is told nothing
    /// that would let another site's script in; the browser's own navigation to the redirect URI asks for none.
    pub(super) fn allow_get(status: u16) -> Response {
        Response::new(status, "").with("Allow", "GET")
    }

    fn new(status: u16, body: impl Into<Vec<u8>>) -> Response {
        let response = tiny_http::Response::from_data(body)
            .with_status_code(StatusCode(status))
            .with_chunked_threshold(usize::MAX);
        Response(response)
            .with("Server", "cognito-login")
            .with("Cache-Control", "no-store")
            .with("Content-Security-Policy", &CONTENT_SECURITY_POLICY)
            .with("Cross-Origin-Opener-Policy", "same-origin")
            .with("Cross-Origin-Resource-Policy", "same-origin")
            .with("Referrer-Policy", "no-referrer")
            .with("X-Content-Type-Options", "nosniff")
            .with("X-Frame-Options", "DENY")
    }

    fn with(self, name: &'static str, value: &str) -> Response {
        let header = Header::from_bytes(name, value).expect("names and values are ours, and ASCII");
        Response(self.0.with_header(header))
    }

    /// Returns the bytes of the whole answer.
    pub(super) fn print(self) -> Vec<u8> {
        let mut bytes = Vec::new();
        // Cannot fail: a `Vec` takes everything.
        let _ = self
            .0
            .raw_print(&mut bytes, HTTPVersion(1, 1), &[], false, None);
        // tiny_http throws away a `Connection` header of ours, so it goes in by hand, after the status line.
        let status_line = bytes
            .windows(2)
            .position(|window| window == b"\r\n")
            .map_or(0, |at| at + 2);
        bytes.splice(status_line..status_line, *b"Connection: close\r\n");
        bytes
    }
}

/// Nothing may be loaded, sent, framed or run; the one style sheet in the page is known by its hash.
static CONTENT_SECURITY_POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = ring::digest::digest(&ring::digest::SHA256, pages::STYLE.as_bytes());
    format!(
        "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        STANDARD.encode(hash)
    )
});

#[cfg(test)]
mod tests {
    use maud::html;

    use super::*;

    fn printed(response: Response) -> String {
        let text = String::from_utf8(response.print()).unwrap();
        let date = text
            .lines()
            .find(|line| line.starts_with("Date: "))
            .unwrap();
        text.replace(date, "Date: [DATE]")
            .replace(CONTENT_SECURITY_POLICY.as_str(), "[POLICY]")
    }

    #[test]
    fn every_answer_closes_the_connection_and_is_of_use_to_nobody_else() {
        let common = "Connection: close\r\nDate: [DATE]\r\nServer: cognito-login\r\nCache-Control: no-store\r\n\
            Content-Security-Policy: [POLICY]\r\nCross-Origin-Opener-Policy: same-origin\r\n\
            Cross-Origin-Resource-Policy: same-origin\r\nReferrer-Policy: no-referrer\r\n\
            X-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\n";
        assert_eq!(
            printed(Response::page(400, html! { p { "<no>" } })),
            format!(
                "HTTP/1.1 400 Bad Request\r\n{common}Content-Type: text/html; charset=utf-8\r\n\
                 Content-Length: 17\r\n\r\n<p>&lt;no&gt;</p>"
            )
        );
        assert_eq!(
            printed(Response::see_other("/signed-in")),
            format!(
                "HTTP/1.1 303 See Other\r\n{common}Location: /signed-in\r\nContent-Length: 0\r\n\r\n"
            )
        );
        assert_eq!(
            printed(Response::allow_get(405)),
            format!(
                "HTTP/1.1 405 Method Not Allowed\r\n{common}Allow: GET\r\nContent-Length: 0\r\n\r\n"
            )
        );
    }

    #[test]
    fn a_large_page_still_has_a_length() {
        let page = "x".repeat(100_000);
        assert!(
            printed(Response::page(200, html! { (page) }))
                .contains("\r\nContent-Length: 100000\r\n")
        );
    }

    #[test]
    fn the_policy_lets_in_the_style_of_the_pages_and_nothing_else() {
        assert!(CONTENT_SECURITY_POLICY.starts_with("default-src 'none'; style-src 'sha256-"));
        assert!(
            pages::not_found()
                .into_string()
                .contains(&format!("<style>{}</style>", pages::STYLE))
        );
    }
}
