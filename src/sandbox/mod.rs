//! A user pool in one process: it answers as Amazon Cognito does, on loopback, and forgets everything when it ends.
//!
//! ```text
//! mod → server → router → {oauth, hosted_ui → pages} → authorization → tokens → pool → {users, grants, signing, mailbox, quirks}
//! ```
//!
//! It shares no line of protocol with the client (`oidc`), only the clock, so that one wrong idea cannot hide in both.
//! How it answers is written in the decision tables of `cognito.md` §14; how a test makes it misbehave, in `quirks.rs`.
//!
//! Beside the pool's own paths the port has `/sandbox/mailbox` (codes it "sent"), `/sandbox/stats` (requests so far)
//! and `/sandbox/quirks` (POST: chosen misbehaviour).
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a test that cannot go on fails")
)]

mod authorization;
mod endpoint;
mod grants;
mod hosted_ui;
mod mailbox;
mod message;
mod oauth;
mod pages;
pub mod person;
mod pool;
mod quirks;
mod random;
mod router;
mod server;
mod settings;
mod signing;
#[cfg(test)]
mod tests;
mod tokens;
mod users;

use std::io;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use crate::clock::SystemClock;

pub use endpoint::Endpoint;
pub use mailbox::{Letter, Purpose};
pub use router::{GrantStats, Stats};
pub use settings::{
    AppClient, CLIENT_ID, Grant, Log, MACHINE_CLIENT_ID, ResourceServer, Rules, Settings,
    USER_POOL_ID, User,
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
    /// Who can sign in.
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

    /// Returns the letters that were "sent", the oldest first, as `GET /sandbox/mailbox` does.
    pub fn mailbox(&self) -> Vec<Letter> {
        self.router.with_pool(|pool| pool.letters().to_vec())
    }

    /// Orders misbehaviour, as `POST /sandbox/quirks` does; the words are in `quirks.rs`.
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
        let users = settings.users.iter().map(|user| ReadyUser {
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
            redirect_uris: settings.redirect_uris.clone(),
            users: users.collect(),
        }
    }
}
