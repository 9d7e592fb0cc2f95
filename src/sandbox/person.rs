//! A person without a screen: follows the login pages as a browser would, for `demo` where there is no browser.

use std::collections::BTreeMap;
use std::io;

use url::{Url, form_urlencoded};

use super::wire::{self, Answer};

const REDIRECTS: usize = 10;

/// Opens the address, fills in the sign-in form, and follows the redirects to their end.
///
/// # Errors
/// Fails when an address is not plain http on loopback, a server does not answer, or a page holds no form.
pub fn sign_in(address: &str, username: &str, password: &str) -> io::Result<()> {
    Person::default()
        .sign_in(address, username, password, None)
        .map(drop)
}

/// As [`sign_in`], but returns the address where the browser is sent to `app` instead of going there: for an app that
/// is a test, not a server. `app` is how that address begins; it has `code` and `state` in its query, or `error`.
///
/// # Errors
/// As [`sign_in`], and when the pages end elsewhere.
pub fn sign_in_for(app: &str, address: &str, username: &str, password: &str) -> io::Result<String> {
    match Person::default().sign_in(address, username, password, Some(app))? {
        Seen::Sent(address) => Ok(address),
        Seen::Page(page) => Err(io::Error::other(format!(
            "the pages end at `{}`",
            page.address.path()
        ))),
    }
}

#[derive(Default)]
struct Person {
    cookies: BTreeMap<String, String>,
}

/// Where the redirects ended.
enum Seen {
    Page(Page),
    /// On the way to the app.
    Sent(String),
}

struct Page {
    address: Url,
    html: String,
}

impl Person {
    fn sign_in(
        &mut self,
        address: &str,
        username: &str,
        password: &str,
        app: Option<&str>,
    ) -> io::Result<Seen> {
        let address = Url::parse(address).map_err(io::Error::other)?;
        let page = match self.visit("GET", address, "", app)? {
            Seen::Page(page) => page,
            sent => return Ok(sent),
        };
        let (action, body) = page.filled_in(&[("username", username), ("password", password)])?;
        self.visit("POST", action, &body, app)
    }

    fn visit(
        &mut self,
        method: &str,
        address: Url,
        body: &str,
        app: Option<&str>,
    ) -> io::Result<Seen> {
        let (mut method, mut address, mut body) = (method, address, body);
        for _ in 0..REDIRECTS {
            let answer = self.ask(method, &address, body)?;
            let Some(location) = answer.header("location") else {
                let html = answer.body;
                return Ok(Seen::Page(Page { address, html }));
            };
            if app.is_some_and(|app| location.starts_with(app)) {
                return Ok(Seen::Sent(location.to_owned()));
            }
            address = address.join(location).map_err(io::Error::other)?;
            (method, body) = ("GET", "");
        }
        Err(io::Error::other("the pages redirect for ever"))
    }

    fn ask(&mut self, method: &str, address: &Url, body: &str) -> io::Result<Answer> {
        let cookies: Vec<_> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let cookies = cookies.join("; ");
        let answer = wire::send(method, address, &[("Cookie", &cookies)], body)?;
        self.keep_cookies(&answer);
        Ok(answer)
    }

    fn keep_cookies(&mut self, answer: &Answer) {
        let sent = answer
            .headers
            .iter()
            .filter(|(name, _)| name == "set-cookie");
        for (_, cookie) in sent {
            let pair = cookie
                .split(';')
                .next()
                .and_then(|pair| pair.split_once('='));
            if let Some((name, value)) = pair {
                let (name, value) = (name.trim().to_owned(), value.trim().to_owned());
                self.cookies.insert(name, value);
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
