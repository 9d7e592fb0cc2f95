//! A person with a browser, without a screen: follows redirects, fills forms, keeps cookies, reads pages.

use std::collections::BTreeMap;

use url::Url;

use super::terminal::Seen;
use super::wire::{self, Answer};

/// Redirects followed in a row before the person gives up.
const PATIENCE: usize = 20;

/// A person and what is on the screen.
#[derive(Default)]
pub struct Person {
    /// By host name, as browsers keep them: ports share cookies.
    cookies: BTreeMap<String, BTreeMap<String, String>>,
    /// Every address that was visited, in order, with redirects.
    pub visited: Vec<Url>,
    /// Every page that was shown.
    pub pages: Vec<Page>,
}

/// One page as it was shown: the address bar, the answer and its text.
#[derive(Clone, Debug)]
pub struct Page {
    pub url: Url,
    pub answer: Answer,
    pub html: String,
}

/// One form of a page.
#[derive(Clone, Debug, Default)]
pub struct Form {
    action: String,
    method: String,
    fields: Vec<(String, String)>,
}

impl Person {
    pub fn new() -> Person {
        Person::default()
    }

    /// Opens an address and follows redirects to the page they end at.
    pub fn visit(&mut self, url: &str) -> &Page {
        self.go(
            "GET",
            Url::parse(url).unwrap_or_else(|error| panic!("{error}: {url}")),
            Vec::new(),
        )
    }

    /// Fills the form that has all these fields and sends it.
    pub fn submit(&mut self, filled: &[(&str, &str)]) -> &Page {
        let (method, url, body) = self.filled(filled);
        self.go(method, url, body)
    }

    /// Fills and sends a form, and stops before the redirect whose address starts with `stop`; returns that address.
    pub fn submit_until_sent_to(&mut self, filled: &[(&str, &str)], stop: &str) -> Url {
        let (method, url, body) = self.filled(filled);
        self.walk(method, url, body, Some(stop))
            .expect_err("nobody was sent there")
    }

    /// Follows the link with this text.
    pub fn follow(&mut self, text: &str) -> &Page {
        let page = self.page();
        let link = page
            .link(text)
            .unwrap_or_else(|| panic!("no link `{text}` in {}", page.html));
        let url = page.url.join(&link).unwrap();
        self.go("GET", url, Vec::new())
    }

    /// Signs in at the page that asks for name and password, starting from the address the program printed.
    pub fn sign_in(&mut self, url: &str, username: &str, password: &str) -> &Page {
        self.visit(url);
        self.submit(&[("username", username), ("password", password)])
    }

    /// The page on the screen.
    pub fn page(&self) -> &Page {
        self.pages.last().expect("a page was visited")
    }

    /// Everything this person saw but the addresses.
    pub fn seen(&self) -> Vec<Seen> {
        let place = |page: &Page| format!("the page at {}", page.url.path());
        self.pages
            .iter()
            .map(|page| Seen {
                place: place(page),
                text: page.html.clone(),
            })
            .collect()
    }

    fn filled(&self, filled: &[(&str, &str)]) -> (&'static str, Url, Vec<u8>) {
        let page = self.page();
        let forms = page.forms();
        let wanted = |form: &&Form| {
            filled
                .iter()
                .all(|(name, _)| form.fields.iter().any(|(known, _)| known == name))
        };
        let form = forms
            .iter()
            .find(wanted)
            .unwrap_or_else(|| panic!("no form with {filled:?} in {}", page.html));
        let mut fields = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in &form.fields {
            let typed = filled
                .iter()
                .find(|(typed, _)| typed == name)
                .map(|(_, value)| *value);
            fields.append_pair(name, typed.unwrap_or(value));
        }
        let mut url = if form.action.is_empty() {
            page.url.clone()
        } else {
            page.url.join(&form.action).unwrap()
        };
        let fields = fields.finish();
        if form.method.eq_ignore_ascii_case("post") {
            return ("POST", url, fields.into_bytes());
        }
        url.set_query(Some(&fields));
        ("GET", url, Vec::new())
    }

    fn go(&mut self, method: &str, url: Url, body: Vec<u8>) -> &Page {
        self.walk(method, url, body, None)
            .expect("no place to stop at was named");
        self.page()
    }

    /// Walks to a page, or to the redirect whose address starts with `stop`, which is then the error.
    fn walk(
        &mut self,
        method: &str,
        url: Url,
        body: Vec<u8>,
        stop: Option<&str>,
    ) -> Result<(), Url> {
        let (mut method, mut url, mut body) = (method.to_owned(), url, body);
        for _ in 0..PATIENCE {
            if stop.is_some_and(|stop| url.as_str().starts_with(stop)) {
                return Err(url);
            }
            self.visited.push(url.clone());
            let answer = self.ask(&method, &url, &body);
            let Some(next) = answer
                .header("location")
                .filter(|_| (300..400).contains(&answer.status))
            else {
                let html = answer.text();
                self.pages.push(Page { url, answer, html });
                return Ok(());
            };
            let mut next = url.join(next).unwrap();
            if next.fragment().is_none() {
                next.set_fragment(url.fragment());
            }
            if !matches!(answer.status, 307 | 308) {
                (method, body) = ("GET".to_owned(), Vec::new());
            }
            url = next;
        }
        panic!("sent around in circles: {:#?}", self.visited);
    }

    fn ask(&mut self, method: &str, url: &Url, body: &[u8]) -> Answer {
        let host = url.host_str().unwrap().to_owned();
        let jar = self.cookies.entry(host).or_default();
        let cookies = jar
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect::<Vec<_>>()
            .join("; ");
        let mut headers = vec![("User-Agent", "person"), ("Accept", "text/html")];
        if !cookies.is_empty() {
            headers.push(("Cookie", &cookies));
        }
        if method == "POST" {
            headers.push(("Content-Type", "application/x-www-form-urlencoded"));
        }
        let answer = wire::send(method, url, &headers, body);
        for (_, set) in answer
            .headers
            .iter()
            .filter(|(name, _)| name == "set-cookie")
        {
            let (name, value) = set
                .split(';')
                .next()
                .unwrap()
                .split_once('=')
                .expect("NAME=VALUE");
            let ended = set.to_ascii_lowercase().contains("max-age=0") || value.is_empty();
            if ended {
                jar.remove(name);
            } else {
                jar.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }
}

impl Page {
    /// Every form of the page.
    pub fn forms(&self) -> Vec<Form> {
        let mut forms: Vec<Form> = Vec::new();
        let mut open = false;
        for (name, attributes) in tags(&self.html) {
            let attribute = |wanted: &str| attributes.get(wanted).cloned().unwrap_or_default();
            match (name.as_str(), open) {
                ("form", _) => {
                    open = true;
                    forms.push(Form {
                        action: attribute("action"),
                        method: attribute("method"),
                        fields: Vec::new(),
                    });
                }
                ("/form", _) => open = false,
                ("input" | "button" | "textarea" | "select", true)
                    if attributes.contains_key("name") =>
                {
                    let form = forms.last_mut().expect("a form is open");
                    form.fields.push((attribute("name"), attribute("value")));
                }
                _ => {}
            }
        }
        forms
    }

    /// Where the first link with this text leads.
    pub fn link(&self, text: &str) -> Option<String> {
        let at = self
            .html
            .find(&format!(">{text}"))
            .or_else(|| self.html.find(text))?;
        let open = self.html[..at].rfind("<a ")?;
        tags(&self.html[open..])
            .into_iter()
            .next()?
            .1
            .remove("href")
    }

    /// What a person reads: the text without tags, styles and scripts, blanks folded. Tags inside a line add no blank.
    pub fn words(&self) -> String {
        let mut words = String::new();
        let mut rest = self.html.as_str();
        while let Some(at) = rest.find('<') {
            words.push_str(&rest[..at]);
            rest = &rest[at..];
            let name = rest[1..]
                .trim_start_matches('/')
                .split(|c: char| !c.is_alphanumeric())
                .next()
                .unwrap_or("");
            if !["a", "bdi", "code", "em", "span", "strong"].contains(&name) {
                words.push(' ');
            }
            let close = format!("</{name}>");
            let unseen = ["title", "style", "script"].contains(&name) && !rest.starts_with(&close);
            let end = if unseen {
                rest.find(&close).map(|at| at + close.len())
            } else {
                rest.find('>').map(|at| at + 1)
            };
            rest = &rest[end.unwrap_or(rest.len())..];
        }
        words.push_str(rest);
        unescape(&words)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// Every tag with its attributes, names in lower case; `/form` is the end of a form.
fn tags(html: &str) -> Vec<(String, BTreeMap<String, String>)> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let length = rest
            .find(|c: char| c.is_whitespace() || c == '>')
            .unwrap_or(rest.len());
        let name = rest[..length].trim_end_matches('/').to_ascii_lowercase();
        rest = &rest[length..];
        let mut attributes = BTreeMap::new();
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
            if rest.is_empty() || rest.starts_with('>') {
                break;
            }
            let length = rest
                .find(|c: char| c.is_whitespace() || "=>/".contains(c))
                .unwrap_or(rest.len());
            let attribute = rest[..length].to_ascii_lowercase();
            rest = rest[length..].trim_start();
            let mut value = "";
            if let Some(after) = rest.strip_prefix('=') {
                let after = after.trim_start();
                (value, rest) = match after.chars().next() {
                    Some(quote @ ('"' | '\'')) => {
                        after[1..].split_once(quote).unwrap_or((&after[1..], ""))
                    }
                    _ => after.split_at(
                        after
                            .find(|c: char| c.is_whitespace() || c == '>')
                            .unwrap_or(after.len()),
                    ),
                };
            }
            attributes.insert(attribute, unescape(value));
        }
        found.push((name, attributes));
    }
    found
}

/// Reads character references: the five names pages of ours use, and numbers.
fn unescape(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.find(';').unwrap_or(0);
        let named = match rest.get(1..end).unwrap_or("") {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            "nbsp" => Some(' '),
            number => match number
                .strip_prefix("#x")
                .or_else(|| number.strip_prefix("#X"))
            {
                Some(hex) => u32::from_str_radix(hex, 16).ok().and_then(char::from_u32),
                None => number
                    .strip_prefix('#')
                    .and_then(|digits| digits.parse().ok())
                    .and_then(char::from_u32),
            },
        };
        plain.push(named.unwrap_or('&'));
        rest = &rest[if named.is_some() { end + 1 } else { 1 }..];
    }
    plain + rest
}

#[test]
fn a_person_reads_forms_links_and_words() {
    let html = "<title>x</title><style>p { a < b }</style><p class=a>Tom &amp; &#x4a;erry</p>\
                <form action='/go?a=1&amp;b=2' method=post><input name=csrf type=hidden value=\"t&quot;k\"/>\
                <INPUT NAME=username required><button>ok</button></form><a href=\"/refuse\">[ Cancel ]</a>";
    let page = Page {
        url: Url::parse("http://localhost:1/x").unwrap(),
        answer: Answer::default(),
        html: html.into(),
    };
    assert_eq!(page.words(), "Tom & Jerry ok [ Cancel ]");
    assert_eq!(page.link("[ Cancel ]").as_deref(), Some("/refuse"));
    let form = &page.forms()[0];
    assert_eq!(
        (form.action.as_str(), form.method.as_str()),
        ("/go?a=1&b=2", "post")
    );
    assert_eq!(
        form.fields,
        [
            ("csrf".to_owned(), "t\"k".to_owned()),
            ("username".to_owned(), String::new())
        ]
    );
}
