//! A user pool in one process: it answers as Amazon Cognito does, on loopback, and forgets everything when it ends.
//!
//! Beside the pool's own paths the port has `/sandbox` (users, mail, and the last requests with what was wrong with
//! them), the same as JSON at `/sandbox/requests` and `/sandbox/mailbox`, `/sandbox/stats` (requests so far) and
//! `/sandbox/quirks` (POST: chosen misbehaviour, in the words of [`quirks`]).
//!
//! # In the tests of another program
//!
//! After `cargo add --dev cognito-login` each test starts a pool of its own, on a free port, and reads from it what it
//! needs to know:
//!
//! ```
//! use cognito_login::sandbox::{AppClient, Mfa, Rules, Sandbox, Settings, User, CLIENT_ID, person};
//!
//! let app = "http://localhost:8080/callback";
//! let sandbox = Sandbox::start(Settings {
//!     port: 0,
//!     client: AppClient { redirect_uris: vec![app.into()], ..AppClient::public(CLIENT_ID, "my app") },
//!     users: vec![User::new("grace", "grace@example.com", "Cobol-1959")],
//!     rules: Rules { access_token_seconds: 60, mfa: Mfa::Off, ..Rules::default() },
//!     seed: Some("the same codes each time".into()),
//!     ..Settings::default()
//! })?;
//!
//! // Give these to the program under test …
//! let ready = sandbox.ready();
//! assert!(ready.issuer.starts_with("http://127.0.0.1:"));
//! assert_eq!(ready.redirect_uris, [app]);
//!
//! // … play the person in front of its address …
//! let address = format!(
//!     "{}/oauth2/authorize?client_id={CLIENT_ID}&response_type=code&state=1&redirect_uri={app}", ready.domain);
//! let sent_to = person::sign_in_for(app, &address, "grace", "Cobol-1959")?;
//! assert!(sent_to.starts_with("http://localhost:8080/callback?code="));
//!
//! // … and ask the pool what was wrong when something was.
//! assert!(person::sign_in(&format!("{address}/"), "grace", "Cobol-1959").is_err());
//! let finding = sandbox.requests().into_iter().find_map(|request| request.finding).expect("a finding");
//! assert!(finding.wrong.ends_with("the difference is the slash at the end"));
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! Dropping the sandbox frees its port. [`Settings::read`] takes the same from a file, in the words of [`pool_file`]; a
//! program that is not written in Rust starts `cognito-login sandbox --port 0` and reads the one line it prints.
//!
//! # How it is made
//!
//! ```text
//! mod → server → router → {console, oauth, hosted_ui → pages → frame, federation → wire} → authorization → tokens → pool
//! pool → {users → {lockout, policy, totp}, grants, signing, journal → diagnosis, mailbox, memory, quirks, look}
//! ```
//!
//! It shares no line of protocol with the client (`oidc`), only the clock, so that one wrong idea cannot hide in both.
//! Which row of Cognito's behaviour is answered how stands in `tests/README.md`, and where comments name a row, it is one
//! of that table; the pages they name are those of the Amazon Cognito developer guide.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a test that cannot go on fails")
)]

mod authorization;
mod console;
mod diagnosis;
mod endpoint;
mod federation;
mod frame;
mod grants;
mod hosted_ui;
mod journal;
mod lockout;
mod look;
mod mailbox;
mod memory;
mod message;
mod oauth;
mod pages;
pub mod person;
mod policy;
mod pool;
pub mod pool_file;
mod qr;
pub mod quirks;
mod random;
mod router;
mod server;
mod settings;
mod signing;
#[cfg(test)]
mod tests;
mod tokens;
mod totp;
mod users;
mod wire;

use std::io;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use crate::clock::SystemClock;

pub use diagnosis::Finding;
pub use endpoint::Endpoint;
pub use journal::Entry;
pub use mailbox::{Letter, Purpose};
pub use policy::PasswordPolicy;
pub use router::{GrantStats, Stats};
pub use settings::{
    AppClient, CLIENT_ID, Grant, Group, IdentityProvider, Log, MACHINE_CLIENT_ID, Mfa,
    ResourceServer, Rules, Settings, USER_POOL_ID, User,
};

use pool::Pool;
use router::Router;
use server::{Listeners, Server};

/// A running user pool; dropping it frees the port and ends every connection.
pub struct Sandbox {
    ready: Ready,
    router: Arc<Router>,
    _server: Server,
}

/// What a client must know to sign in: the one line `cognito-login sandbox` prints on stdout.
#[derive(Clone, Serialize)]
pub struct Ready {
    /// The issuer, a URL without a slash at the end.
    pub issuer: String,
    /// The user pool domain, a URL without a slash at the end.
    pub domain: String,
    /// The pool's id.
    pub user_pool_id: String,
    /// The default app client.
    pub client_id: String,
    /// Its secret if it is confidential.
    pub client_secret: Option<String>,
    /// Its callback URLs.
    pub redirect_uris: Vec<String>,
    /// Who can sign in: the first ten.
    pub users: Vec<ReadyUser>,
}

/// One account of the ready line.
#[derive(Clone, Serialize)]
pub struct ReadyUser {
    /// The user name.
    pub username: String,
    /// The e-mail address.
    pub email: String,
    /// The password.
    pub password: String,
}

const READY_USERS: usize = 10;

impl Sandbox {
    /// Starts a pool on threads of its own.
    ///
    /// # Errors
    /// Fails when the port is taken on 127.0.0.1 or ::1 (`AddrInUse`), or no thread can be started.
    pub fn start(settings: Settings) -> io::Result<Sandbox> {
        let listeners = Listeners::bind(settings.port)?;
        let domain = format!("http://127.0.0.1:{}", listeners.port());
        let pool = Pool::open(&settings, &domain, USER_POOL_ID, Box::new(SystemClock))?;
        let ready = Ready::of(&pool, &settings);
        let router = Arc::new(Router::new(pool, USER_POOL_ID));
        let server = Server::start(listeners, Arc::clone(&router))?;
        Ok(Sandbox {
            ready,
            router,
            _server: server,
        })
    }

    /// Returns what a client must know.
    pub fn ready(&self) -> &Ready {
        &self.ready
    }

    /// Returns what was asked so far, as `GET /sandbox/stats` does.
    pub fn stats(&self) -> Stats {
        self.router.stats()
    }

    /// Returns the last requests with what was wrong with each, the oldest first, as `GET /sandbox/requests` does.
    pub fn requests(&self) -> Vec<Entry> {
        self.router
            .with_pool(|pool| pool.journal.entries().iter().cloned().collect())
    }

    /// Returns the letters that were "sent", the oldest first, as `GET /sandbox/mailbox` does.
    pub fn mailbox(&self) -> Vec<Letter> {
        self.router.with_pool(|pool| pool.letters().to_vec())
    }

    /// Orders misbehaviour, as `POST /sandbox/quirks` does, in the words of [`quirks`].
    ///
    /// # Errors
    /// Fails when the order has an unknown word or a wrong type.
    pub fn quirks(&self, order: Value) -> io::Result<()> {
        let order = serde_json::from_value(order)?;
        self.router
            .with_pool(|pool| pool.obey(order))
            .map_err(io::Error::other)
    }
}

impl Ready {
    fn of(pool: &Pool, settings: &Settings) -> Ready {
        let users = settings
            .users
            .iter()
            .take(READY_USERS)
            .map(|user| ReadyUser {
                username: user.username.clone(),
                email: user.email.clone(),
                password: user.password.clone(),
            });
        Ready {
            issuer: pool.issuer.clone(),
            domain: pool.domain.clone(),
            user_pool_id: USER_POOL_ID.to_owned(),
            client_id: CLIENT_ID.to_owned(),
            client_secret: pool
                .client(CLIENT_ID)
                .and_then(|client| client.secret.clone()),
            redirect_uris: settings.client.redirect_uris.clone(),
            users: users.collect(),
        }
    }
}
