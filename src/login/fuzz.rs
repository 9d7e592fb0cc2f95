//! What comes through the door, byte for byte: for the fuzzers of `tests/fuzz`, and for their short run below.

use super::request;

/// The head of a request: what comes through is a plain path and query, whatever was around it.
pub fn request(bytes: &[u8]) {
    if let Ok(request) = request::parse(bytes, 3000) {
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
        assert!(request.path.starts_with('/') && !request.path.contains('?'));
        assert!(plain(&request.path) && plain(&request.query));
    }
}

#[cfg(test)]
mod tests {
    use crate::mutations;

    #[test]
    fn only_plain_requests_come_through() {
        mutations::run(
            &[
                b"GET /back?code=a&state=b HTTP/1.1\r\nHost: localhost:3000\r\nCookie: x=\xc3\xa4\r\n\r\n",
                b"GET / HTTP/1.0\r\nhost:127.0.0.1:3000\r\n\r\n",
                b"OPTIONS * HTTP/1.1\r\nHost: [::1]:3000\r\nOrigin: https://x\r\n\r\n",
                b"GET http://localhost:3000/ HTTP/1.1\r\nHost: localhost:3000\r\nHost: localhost:3000\r\n\r\n",
            ],
            super::request,
        );
    }
}
