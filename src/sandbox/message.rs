//! A request, its answer and a form, as plain values: no socket knows them, no rule needs more.

use std::time::Duration;

use serde_json::Value;

use super::diagnosis::Wrong;
use super::federation::Errand;

/// One HTTP request, read completely.
#[derive(Clone, Debug, Default)]
pub(super) struct Request {
    /// As sent, upper case; `HEAD` is answered like `GET` without the body.
    pub(super) method: String,
    /// Without the query, as sent.
    pub(super) path: String,
    /// Without the question mark, as sent; empty when absent.
    pub(super) query: String,
    /// Names in lower case, in the order sent.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Request {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name)?;
        Some(&found.1)
    }

    /// Returns the first cookie of that name, without the quotes Cognito puts around it.
    pub(super) fn cookie(&self, name: &str) -> Option<&str> {
        let sent = self.headers.iter().filter(|(known, _)| known == "cookie");
        let mut pairs = sent.flat_map(|(_, line)| line.split(';'));
        let (_, value) = pairs.find_map(|pair| {
            pair.trim()
                .split_once('=')
                .filter(|(known, _)| *known == name)
        })?;
        Some(value.trim_matches('"'))
    }

    pub(super) fn reads(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD")
    }

    pub(super) fn writes(&self) -> bool {
        self.method == "POST"
    }

    pub(super) fn query_form(&self) -> Form {
        Form::parse(&self.query)
    }

    /// Returns the body as a form, or `None` when its media type or its encoding is another one.
    pub(super) fn body_form(&self) -> Option<Form> {
        let media_type = self.header("content-type")?.split(';').next()?.trim();
        media_type
            .eq_ignore_ascii_case("application/x-www-form-urlencoded")
            .then_some(())?;
        Some(Form::parse(std::str::from_utf8(&self.body).ok()?))
    }
}

/// How the connection ends when it does not end well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum HangUp {
    /// The connection closes and not a byte is sent.
    BeforeAnswer,
    /// The head and half of the body are sent.
    MidBody,
}

/// The answer to one request, and what the wire does to it.
#[derive(Clone, Debug, Default)]
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
    /// Passes before the first byte.
    pub(super) delay: Duration,
    pub(super) hang_up: Option<HangUp>,
    /// Why it is a refusal; for the developer, it is not sent.
    pub(super) wrong: Option<Wrong>,
    /// What has to be asked of another server before there is an answer.
    pub(super) errand: Option<Errand>,
}

impl Response {
    pub(super) fn new(status: u16) -> Response {
        Response {
            status,
            ..Response::default()
        }
    }

    pub(super) fn json(status: u16, document: &Value) -> Response {
        Response::new(status)
            .header("content-type", "application/json;charset=UTF-8")
            .body(document.to_string())
    }

    pub(super) fn html(status: u16, page: impl Into<String>) -> Response {
        Response::new(status)
            .header("content-type", "text/html;charset=UTF-8")
            .body(page.into())
    }

    pub(super) fn text(status: u16, text: impl Into<String>) -> Response {
        Response::new(status)
            .header("content-type", "text/plain;charset=UTF-8")
            .body(text.into())
    }

    /// Returns a 302; `location` must be made of characters fit for a header.
    pub(super) fn redirect(location: impl Into<String>) -> Response {
        Response::new(302).header("location", location)
    }

    #[must_use]
    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Response {
        self.headers.push((name, value.into()));
        self
    }

    #[must_use]
    pub(super) fn because(mut self, wrong: Wrong) -> Response {
        self.wrong = Some(wrong);
        self
    }

    #[must_use]
    pub(super) fn body(mut self, body: impl Into<Vec<u8>>) -> Response {
        self.body = body.into();
        self
    }

    #[cfg(test)]
    pub(super) fn find(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| *known == name)?;
        Some(&found.1)
    }
}

/// Names and values of `application/x-www-form-urlencoded`, as in bodies and queries.
#[derive(Clone, Debug, Default)]
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    pub(super) fn parse(text: &str) -> Form {
        let pairs = text.split('&').filter(|pair| !pair.is_empty());
        let decoded = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        });
        Form(decoded.collect())
    }

    /// Returns the first value of that name.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name)?;
        Some(&found.1)
    }

    /// Returns the first value of that name unless it is empty.
    pub(super) fn filled(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// Returns the form without the pairs of these names.
    pub(super) fn without(&self, names: &[&str]) -> Form {
        let kept = self
            .0
            .iter()
            .filter(|(name, _)| !names.contains(&name.as_str()));
        Form(kept.cloned().collect())
    }

    #[must_use]
    pub(super) fn with(mut self, name: &str, value: &str) -> Form {
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// As a query: safe in a URL, a header and HTML.
impl std::fmt::Display for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (position, (name, value)) in self.0.iter().enumerate() {
            let separator = if position == 0 { "" } else { "&" };
            write!(f, "{separator}{}={}", encode(name), encode(value))?;
        }
        Ok(())
    }
}

/// Returns `text` with everything but RFC 3986 unreserved characters escaped.
pub(super) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte))
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

/// Returns `text` with `+` and `%XX` resolved; a broken escape stays as it is, broken UTF-8 becomes `U+FFFD`.
pub(super) fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = (bytes[at] == b'%')
            .then(|| hex_pair(bytes, at + 1))
            .flatten();
        let (byte, width) = match (escaped, bytes[at]) {
            (Some(byte), _) => (byte, 3),
            (None, b'+') => (b' ', 1),
            (None, byte) => (byte, 1),
        };
        decoded.push(byte);
        at += width;
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

fn hex_pair(bytes: &[u8], at: usize) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let high = digit(*bytes.get(at)?)?;
    let low = digit(*bytes.get(at + 1)?)?;
    u8::try_from(high * 16 + low).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_decoded_and_a_broken_escape_harms_nobody() {
        let form = Form::parse("a=1+2%2B3&b=%zz%4&c&&=x&a=second&e=%C3%A9");
        assert_eq!(form.get("a"), Some("1 2+3"));
        assert_eq!(form.get("b"), Some("%zz%4"));
        assert_eq!(form.get("c"), Some(""));
        assert_eq!(form.filled("c"), None);
        assert_eq!(form.get("e"), Some("é"));
        assert_eq!(form.get("missing"), None);
    }

    #[test]
    fn what_is_written_reads_back() {
        let form = Form::default().with("state", "a b&c=d%/é");
        assert_eq!(form.to_string(), "state=a%20b%26c%3Dd%25%2F%C3%A9");
        assert_eq!(
            Form::parse(&form.to_string()).get("state"),
            Some("a b&c=d%/é")
        );
    }

    #[test]
    fn a_cookie_is_found_among_others_without_its_quotes() {
        let request = Request {
            headers: vec![("cookie".into(), "lang=en; cognito=\"abc\"; x=y".into())],
            ..Request::default()
        };
        assert_eq!(request.cookie("cognito"), Some("abc"));
        assert_eq!(request.cookie("x"), Some("y"));
        assert_eq!(request.cookie("ang"), None);
    }
}
