//! The program against a certified OpenID provider that nobody here wrote.
//!
//! It is stricter than Cognito and different from it: PKCE is required, the client's name and secret hold characters that
//! RFC 6749 §2.3.1 wants encoded, access tokens are opaque, refresh tokens rotate, and answers carry `iss` (RFC 9207).

#[cfg(unix)]
mod aws;
#[cfg(unix)]
mod cloudformation;
#[cfg(unix)]
mod kubernetes;
#[cfg(unix)]
pub mod python;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use serde_json::Value;

use crate::support::person::Person;
use crate::support::port::Port;
use crate::support::terminal::{Ran, Running, Terminal};
use crate::support::wire;

/// The provider as a process; it ends when its standard input does.
struct Provider {
    ready: Value,
    port: Port,
    process: Child,
    _input: ChildStdin,
}

impl Provider {
    fn start() -> Provider {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers");
        let port = Port::reserve();
        let mut node = Command::new("node");
        node.arg("provider.mjs")
            .arg(port.redirect())
            .current_dir(folder);
        let mut process = node
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node");
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let ready = serde_json::from_str(&line)
            .expect("a provider that is ready: npm ci --prefix tests/peers");
        Provider {
            ready,
            port,
            _input: process.stdin.take().unwrap(),
            process,
        }
    }

    fn text(&self, name: &str) -> &str {
        self.ready[name].as_str().unwrap()
    }

    fn terminal(&self) -> Terminal {
        let mut terminal = Terminal::new();
        terminal.configure(&format!(
            "[profiles.default]\nissuer = \"{}\"\nclient_id = \"{}\"\nredirect_uris = [\"{}\"]\nstore = \"file\"\n",
            self.text("issuer"),
            self.text("client_id"),
            self.port.redirect()
        ));
        terminal
            .set("COGNITO_CLIENT_SECRET", self.text("client_secret"))
            .set("COGNITO_LOGIN_NO_BROWSER", "1");
        terminal
    }

    /// How often the provider itself saw this happen.
    fn seen(&self, event: &str) -> usize {
        let journal = wire::get(self.text("journal")).json();
        journal
            .as_array()
            .unwrap()
            .iter()
            .filter(|entry| entry["event"] == event)
            .count()
    }

    fn sign_in(&self, terminal: &Terminal) -> Ran {
        let (login, mut person) = self.at_the_pages(terminal);
        person.submit(&[("login", "grace"), ("password", "any")]);
        let page = person.submit(&[("prompt", "consent")]).words();
        assert!(page.starts_with("Signed in"), "{page}");
        login.finish().code(0)
    }

    fn at_the_pages(&self, terminal: &Terminal) -> (Running, Person) {
        let mut login = terminal.start(&["login"]);
        let mut person = Person::new();
        person.visit(&login.sign_in_url());
        (login, person)
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
#[ignore = "needs node and the packages of tests/peers"]
fn a_person_signs_in_and_is_who_the_provider_says() {
    let provider = Provider::start();
    let terminal = provider.terminal();
    provider.sign_in(&terminal);
    assert_eq!(
        (
            provider.seen("authorization.success"),
            provider.seen("grant.success")
        ),
        (1, 1)
    );
    assert_eq!(
        provider.seen("grant.error") + provider.seen("server_error"),
        0
    );
    let profile = terminal.run(&["whoami", "--json"]).code(0).json();
    assert_eq!(profile["email"], "grace@example.com");
    assert_eq!(
        profile["email_verified"], true,
        "a boolean here, a text at Cognito"
    );
    assert_eq!(profile["name"], "Person grace");
    let opaque = terminal.run(&["token"]).code(0).stdout;
    assert!(
        !opaque.contains('.'),
        "this provider's access tokens are opaque"
    );
    assert_eq!(
        terminal
            .run(&["token", "--id"])
            .code(0)
            .stdout
            .split('.')
            .count(),
        3
    );
}

#[test]
#[ignore = "needs node and the packages of tests/peers"]
fn refresh_tokens_rotate_and_each_is_used_once() {
    let provider = Provider::start();
    let terminal = provider.terminal();
    provider.sign_in(&terminal);
    let mut tokens = vec![terminal.run(&["token"]).code(0).stdout];
    for _ in 0..3 {
        tokens.push(terminal.run(&["token", "--force-refresh"]).code(0).stdout);
    }
    tokens.sort();
    tokens.dedup();
    assert_eq!(tokens.len(), 4);
    assert_eq!(
        (
            provider.seen("refresh_token.consumed"),
            provider.seen("grant.error")
        ),
        (3, 0)
    );
    assert_eq!(
        terminal.run(&["whoami", "--json"]).code(0).json()["sub"],
        "grace"
    );
}

#[test]
#[ignore = "needs node and the packages of tests/peers"]
fn logout_revokes_at_the_provider() {
    let provider = Provider::start();
    let terminal = provider.terminal();
    provider.sign_in(&terminal);
    assert_eq!(provider.seen("refresh_token.destroyed"), 0);
    terminal.run(&["logout"]).code(0);
    assert!(provider.seen("refresh_token.destroyed") + provider.seen("grant.revoked") > 0);
    terminal.run(&["token"]).code(3);
}

#[test]
#[ignore = "needs node and the packages of tests/peers"]
fn a_person_who_refuses_is_heard() {
    let provider = Provider::start();
    let terminal = provider.terminal();
    let (login, mut person) = provider.at_the_pages(&terminal);
    let page = person.follow("[ Cancel ]").words();
    assert!(!page.contains("Signed in"), "{page}");
    let ran = login.finish().code(6);
    assert!(
        ran.stderr.contains("access_denied") || ran.stderr.contains("End-User aborted interaction"),
        "{}",
        ran.stderr
    );
    assert_eq!(provider.seen("authorization.success"), 0);
    terminal.run(&["token"]).code(3);
}

#[test]
#[ignore = "needs node and the packages of tests/peers"]
fn a_wrong_secret_is_a_matter_of_settings() {
    let provider = Provider::start();
    let mut terminal = provider.terminal();
    terminal.set("COGNITO_CLIENT_SECRET", "another-secret-altogether");
    let (login, mut person) = provider.at_the_pages(&terminal);
    person.submit(&[("login", "grace"), ("password", "any")]);
    let page = person.submit(&[("prompt", "consent")]).words();
    assert!(!page.contains("Signed in"), "{page}");
    login.finish().code(5);
}
