//! A user pool as a process of its own: `cognito-login sandbox`, on ports of this test only.

use std::cell::RefCell;

use serde_json::{Value, json};

use super::port::Port;
use super::terminal::{Running, Seen, Terminal};
use super::wire;

/// A running pool, and the ports its app client may be sent back to.
pub struct Pool {
    ready: Value,
    ports: Vec<Port>,
    terminal: Terminal,
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
        let mut args = vec!["sandbox", "--port", "0"];
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
            terminal,
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

    /// The letters that were sent to users.
    pub fn mailbox(&self) -> Value {
        wire::get(&format!("{}/sandbox/mailbox", self.domain())).json()
    }

    /// Stops the pool: from now on nobody answers at its address.
    pub fn stop(&self) {
        drop(self.process.borrow_mut().take());
    }

    /// Everything the pool's own log said, known once it has been stopped.
    pub fn log(&self) -> Vec<Seen> {
        self.stop();
        self.terminal.seen()
    }
}
