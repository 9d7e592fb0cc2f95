//! A user pool as a process of its own: `cognito-login sandbox`, on ports of this test only.

use std::cell::RefCell;

use serde_json::{Value, json};

use super::person::Person;
use super::port::Port;
use super::terminal::{Ran, Running, Terminal};
use super::wire;

/// A running pool, and the ports its app client may be sent back to.
pub struct Pool {
    ready: Value,
    ports: Vec<Port>,
    process: RefCell<Option<Running>>,
}

impl Pool {
    /// Starts a pool with one public app client and one user.
    pub fn start() -> Pool {
        Pool::start_with(&[])
    }

    /// Starts a pool with further arguments for `cognito-login sandbox`.
    pub fn start_with(more: &[&str]) -> Pool {
        let ports = vec![Port::reserve(), Port::reserve()];
        let redirects: Vec<_> = ports.iter().map(Port::redirect).collect();
        let mut args = vec!["sandbox"];
        if !more.contains(&"--port") {
            args.extend(["--port", "0"]);
        }
        if !more.contains(&"--redirect-uri") {
            for redirect in &redirects {
                args.extend(["--redirect-uri", redirect]);
            }
        }
        args.extend(more);
        let terminal = Terminal::new();
        let mut process = terminal.start(&args);
        let ready = process.line(|line| line.starts_with('{'));
        let ready = serde_json::from_str(&ready)
            .unwrap_or_else(|error| panic!("the ready line is no JSON ({error}): {ready}"));
        Pool {
            ready,
            ports,
            process: RefCell::new(Some(process)),
        }
    }

    /// The line of JSON it said when it was ready.
    pub fn ready(&self) -> &Value {
        &self.ready
    }

    pub fn issuer(&self) -> &str {
        self.text("issuer")
    }

    pub fn domain(&self) -> &str {
        self.text("domain")
    }

    pub fn client_id(&self) -> &str {
        self.text("client_id")
    }

    pub fn client_secret(&self) -> &str {
        self.text("client_secret")
    }

    pub fn username(&self) -> &str {
        self.ready["users"][0]["username"].as_str().unwrap()
    }

    pub fn password(&self) -> &str {
        self.ready["users"][0]["password"].as_str().unwrap()
    }

    fn text(&self, name: &str) -> &str {
        self.ready[name]
            .as_str()
            .unwrap_or_else(|| panic!("no `{name}` in {}", self.ready))
    }

    /// The first registered redirect address, on a port that is this test's own.
    pub fn redirect(&self) -> String {
        self.ports[0].redirect()
    }

    /// The port of the first redirect address.
    pub fn port(&self) -> u16 {
        self.ports[0].number
    }

    /// The second registered redirect address.
    pub fn second_redirect(&self) -> String {
        self.ports[1].redirect()
    }

    /// A profile for this pool: sessions in files, no browser.
    pub fn profile(&self) -> String {
        format!(
            "[profiles.default]\nissuer = \"{}\"\nclient_id = \"{}\"\nredirect_uris = [\"{}\"]\nstore = \"file\"\n",
            self.issuer(),
            self.client_id(),
            self.redirect()
        )
    }

    /// A fresh machine that is configured for this pool and opens no browser.
    pub fn terminal(&self) -> Terminal {
        let mut terminal = Terminal::new();
        terminal.configure(&self.profile());
        terminal.set("COGNITO_LOGIN_NO_BROWSER", "1");
        terminal
    }

    /// Signs the user in on that machine, through the pages, and returns what `login` said.
    #[track_caller]
    pub fn sign_in(&self, terminal: &Terminal) -> Ran {
        let mut login = terminal.start(&["login"]);
        let url = login.sign_in_url();
        Person::new().sign_in(&url, self.username(), self.password());
        login.finish().code(0)
    }

    /// Orders misbehaviour, or new rules.
    pub fn quirk(&self, order: Value) {
        let answer = wire::post_json(&format!("{}/sandbox/quirks", self.domain()), &order);
        assert!(
            answer.status < 300,
            "the order {order} was refused: {} {}",
            answer.status,
            answer.text()
        );
    }

    /// Changes the rules for tokens.
    pub fn rule(&self, name: &str, value: impl Into<Value>) {
        self.quirk(json!({ "rules": { name: value.into() } }));
    }

    /// What the pool has counted so far.
    pub fn stats(&self) -> Value {
        wire::get(&format!("{}/sandbox/stats", self.domain())).json()
    }

    /// How many refreshes were asked for, granted or not.
    pub fn refreshes(&self) -> u64 {
        self.stats()["grants"]["refresh_token"]["asked"]
            .as_u64()
            .unwrap_or(0)
    }

    /// Asks until that many refreshes have reached the pool.
    pub fn wait_for_refreshes(&self, wanted: u64) {
        while self.refreshes() < wanted {
            std::thread::yield_now();
        }
    }

    /// The last code that was sent to this user.
    pub fn code_for(&self, username: &str) -> String {
        let letters = wire::get(&format!("{}/sandbox/mailbox", self.domain())).json();
        let mut letters = letters.as_array().expect("a list of letters").iter().rev();
        let letter = letters.find(|letter| letter["username"] == username);
        let code = letter.and_then(|letter| letter["code"].as_str());
        code.unwrap_or_else(|| panic!("nothing was sent to {username}"))
            .to_owned()
    }

    /// Stops the pool: from now on nobody answers at its address.
    pub fn stop(&self) {
        drop(self.process.borrow_mut().take());
    }

    /// Stops the pool and returns all its log said.
    pub fn log(&self) -> String {
        self.process
            .borrow_mut()
            .take()
            .expect("a running pool")
            .end()
            .stderr
    }
}
