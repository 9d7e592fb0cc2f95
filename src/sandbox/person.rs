//! A person without a screen: follows the login pages as a browser would, for `demo` where there is no browser.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use url::{Url, form_urlencoded};

const PATIENCE: Duration = Duration::from_secs(30);
const PAGE_LIMIT_BYTES: u64 = 1 << 20;
const REDIRECTS: usize = 10;

/// Opens the address, fills in the sign-in form, and follows the redirects to their end.
///
/// # Errors
/// Fails when an address is not plain http on loopback, a server does not answer, or a page holds no form.
pub fn sign_in(address: &str, username: &str, password: &str) -> io::Result<()> {
    let mut person = Person::default();
    let address = Url::parse(address).map_err(io::Error::other)?;
    let page = person.visit("GET", address, "")?;
    let (action, body) = page.filled_in(&[("username", username), ("password", password)])?;
    person.visit("POST", action, &body).map(drop)
}

#[derive(Default)]
struct Person {
    cookies: BTreeMap<String, String>,
}

/// A page where the redirects ended.
struct Page {
    address: Url,
    html: String,
}

impl Person {
    fn visit(&mut self, method: &str, address: Url, body: &str) -> io::Result<Page> {
        let (mut method, mut address, mut body) = (method, address, body);
        for _ in 0..REDIRECTS {
            let answer = self.ask(method, &address, body)?;
            let Some(location) = header(&answer, "location") else {
                let html = answer
                    .split_once("\r\n\r\n")
                    .map(|(_, html)| html.to_owned());
                return Ok(Page {
                    address,
                    html: html.unwrap_or_default(),
                });
            };
            address = address.join(location).map_err(io::Error::other)?;
            (method, body) = ("GET", "");
        }
        Err(io::Error::other("the pages redirect for ever"))
    }

    fn ask(&mut self, method: &str, address: &Url, body: &str) -> io::Result<String> {
        let (Some(host), Some(port), "http") =
            (address.host_str(), address.port(), address.scheme())
        else {
            return Err(io::Error::other("the pages lead away from this machine"));
        };
        let mut socket = TcpStream::connect((host.trim_matches(['[', ']']), port))?;
        if !socket.peer_addr()?.ip().is_loopback() {
            return Err(io::Error::other("the pages lead away from this machine"));
        }
        socket.set_read_timeout(Some(PATIENCE))?;
        let target = &address[url::Position::BeforePath..url::Position::AfterQuery];
        let cookies: Vec<_> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = format!(
            "{method} {target} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\nCookie: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            cookies.join("; "),
            body.len()
        );
        socket.write_all(request.as_bytes())?;
        let mut answer = Vec::new();
        socket.take(PAGE_LIMIT_BYTES).read_to_end(&mut answer)?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        self.keep_cookies(&answer);
        Ok(answer)
    }

    fn keep_cookies(&mut self, answer: &str) {
        for cookie in headers(answer, "set-cookie") {
            if let Some((name, value)) = cookie
                .split(';')
                .next()
                .and_then(|pair| pair.split_once('='))
            {
                self.cookies
                    .insert(name.trim().to_owned(), value.trim().to_owned());
            }
        }
    }
}

impl Page {
    /// Fills in the first form: its own hidden fields and `typed`; returns where it goes and what is sent.
    fn filled_in(&self, typed: &[(&str, &str)]) -> io::Result<(Url, String)> {
        let no_form = || io::Error::other("the login page holds no form");
        let form = self.html.split_once("<form").ok_or_else(no_form)?.1;
        let form = form.split("</form>").next().unwrap_or_default();
        let action = form
            .split('>')
            .next()
            .and_then(|tag| attribute(tag, "action"))
            .unwrap_or_default();
        let address = match action.is_empty() {
            true => self.address.clone(),
            false => self.address.join(&action).map_err(io::Error::other)?,
        };
        let mut body = form_urlencoded::Serializer::new(String::new());
        for input in form
            .split("<input")
            .skip(1)
            .filter_map(|rest| rest.split('>').next())
        {
            if attribute(input, "type").as_deref() == Some("hidden") {
                let name = attribute(input, "name").ok_or_else(no_form)?;
                body.append_pair(&name, &attribute(input, "value").unwrap_or_default());
            }
        }
        Ok((address, body.extend_pairs(typed).finish()))
    }
}

fn header<'a>(answer: &'a str, name: &'a str) -> Option<&'a str> {
    headers(answer, name).next()
}

fn headers<'a>(answer: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    let head = answer.split("\r\n\r\n").next().unwrap_or_default();
    let pairs = head.lines().filter_map(|line| line.split_once(':'));
    pairs
        .filter(move |(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}

/// Reads an attribute of a tag in our own pages: in double quotes, `&` escaped.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let value = tag
        .split_once(&format!(" {name}=\""))?
        .1
        .split('"')
        .next()?;
    Some(
        value
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&amp;", "&"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_filled_in_with_its_hidden_fields() {
        let page = Page {
            address: Url::parse("http://127.0.0.1:1/login?a=b").expect("an address"),
            html: "<form method=\"post\" action=\"/login?a=b&amp;c=d\"><input type=\"hidden\" name=\"csrf\" value=\"x&amp;y\">\
                   <input type=\"text\" name=\"username\"></form>"
                .to_owned(),
        };
        let (address, body) = page
            .filled_in(&[("username", "ada")])
            .expect("there is a form");
        assert_eq!(address.as_str(), "http://127.0.0.1:1/login?a=b&c=d");
        assert_eq!(body, "csrf=x%26y&username=ada");
    }
}
