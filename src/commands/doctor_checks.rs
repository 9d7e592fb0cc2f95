//! The checks of `doctor`, one function each: a name, a verdict, what was found, what to do.
//!
//! Nothing here holds a secret, so that a report can be posted as it is.

use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::time::timeout;

use super::in_use::InUse;
use super::world::World;
use crate::clock::Timestamp;
use crate::failure::{Exit, Failure};
use crate::login::Loopback;
use crate::oidc::{Preflight, RedirectUri, Survey, UserPool, Wishes};
use crate::output;
use crate::platform::browser;
use crate::profile::{Grant, Profile};
use crate::secret::Secret;
use crate::session::Patience;

/// All checks of the network together; with a keyring that hangs, the whole stays below 20 seconds.
const NETWORK_PATIENCE: Duration = Duration::from_secs(12);
/// Beyond this, tokens seem expired or not yet valid.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(60);
/// The size of a session with all its tokens.
const SESSION_BYTES: usize = 5_000;

/// What a check found.
#[derive(Clone, Debug)]
pub(super) struct Check {
    pub(super) name: &'static str,
    pub(super) ok: bool,
    pub(super) detail: String,
    pub(super) hint: Option<String>,
}

impl Check {
    fn passed(name: &'static str, detail: impl Into<String>) -> Check {
        Check {
            name,
            ok: true,
            detail: detail.into(),
            hint: None,
        }
    }

    /// Returns a failed check in the words of the error, with something to do in any case.
    pub(super) fn failed(name: &'static str, error: &anyhow::Error) -> Check {
        let hint = Failure::of(error).and_then(|failure| failure.hint.clone());
        let hint = hint.or(Some("cognito-login help errors".to_owned()));
        Check {
            name,
            ok: false,
            detail: format!("{error:#}"),
            hint,
        }
    }

    /// Returns which program this is, on what.
    pub(super) fn of_program() -> Check {
        let (system, machine) = (std::env::consts::OS, std::env::consts::ARCH);
        Check::passed(
            "program",
            format!(
                "cognito-login {} on {system} {machine}",
                env!("COGNITO_LOGIN_BUILD")
            ),
        )
    }

    fn of(name: &'static str, found: Result<String>) -> Check {
        match found {
            Ok(detail) => Check::passed(name, detail),
            Err(error) => Check::failed(name, &error),
        }
    }
}

/// The profile under examination, in its surroundings.
pub(super) struct Patient<'a> {
    profile: Profile,
    world: &'a World,
}

impl<'a> Patient<'a> {
    pub(super) fn new(profile: Profile, world: &'a World) -> Patient<'a> {
        Patient { profile, world }
    }

    /// Runs every check that makes sense for the profile; none stops the next.
    pub(super) fn examine(&self, checks: &mut Vec<Check>) {
        checks.push(self.settings());
        // It may hang, and it must not wait for a person: someone may have asked for this from afar.
        let in_use = InUse::within(Patience::Program, self.profile.clone(), None, self.world);
        checks.push(match &in_use {
            Ok(in_use) => Check::of("store", store(in_use)),
            Err(error) => Check::failed("store", error),
        });
        self.network(checks);
        if self.profile.grant == Grant::Code {
            checks.extend(
                self.profile
                    .redirect_uris
                    .iter()
                    .map(|uri| self.listener(uri)),
            );
            checks.push(self.browser());
        }
        checks.extend(in_use.ok().map(|in_use| self.session(&in_use)));
    }

    fn settings(&self) -> Check {
        let given = self
            .profile
            .settings
            .iter()
            .filter(|(_, sourced)| sourced.origin != crate::profile::Origin::BuiltIn);
        let given: Vec<_> = given
            .map(|(key, sourced)| format!("{} ({})", key.names().file, sourced.origin))
            .collect();
        let given = if given.is_empty() {
            "all built-in".to_owned()
        } else {
            given.join(", ")
        };
        Check::passed(
            "settings",
            format!("profile `{}`: {given}", self.profile.name),
        )
    }

    fn network(&self, checks: &mut Vec<Check>) {
        let Profile { issuer, domain, .. } = &self.profile;
        // Nothing of this needs the client secret.
        let client = self.profile.app_client(None);
        let pool = &UserPool::new(
            issuer.clone(),
            domain.clone(),
            client,
            self.world.http.clone(),
        );
        let started = Instant::now();
        let end = started + NETWORK_PATIENCE;
        let surveyed = self.until(end, pool.survey());
        let survey = match surveyed {
            Ok(survey) => survey,
            Err(error) => return checks.push(Check::failed("user pool", &error)),
        };
        let took = started.elapsed().as_millis();
        if survey.signing_keys == 0 {
            let failure = Failure::new(
                Exit::Settings,
                "discovery_unusable",
                "the key set holds no key to check tokens with",
            )
            .hint("check `user_pool_id` or `issuer`");
            return checks.push(Check::failed("user pool", &failure.into()));
        }
        checks.push(Check::passed(
            "user pool",
            format!(
                "{} signs with {} keys, answered in {took} ms",
                pool.issuer().as_str(),
                survey.signing_keys
            ),
        ));
        checks.push(domain_of(&survey));
        checks.push(clock(&survey, self.world.clock.now()));
        if self.profile.grant == Grant::Code {
            let pages = self
                .profile
                .redirect_uris
                .iter()
                .map(|uri| self.login_pages(pool, uri, end));
            checks.extend(pages);
        }
    }

    fn login_pages(&self, pool: &UserPool, uri: &RedirectUri, end: Instant) -> Check {
        let looked = self.until(end, async {
            let attempt = pool.begin(uri, &Wishes::default()).await?;
            pool.preflight(&attempt).await
        });
        match looked {
            Ok(Preflight::Clear) => {
                Check::passed("login pages", format!("open for {}", uri.as_str()))
            }
            Ok(Preflight::Doubt(what)) => Check {
                hint: Some(what.to_owned()),
                ..Check::passed("login pages", "answered 403 to this program")
            },
            Err(error) => Check::failed("login pages", &error),
        }
    }

    fn until<T>(&self, end: Instant, asking: impl Future<Output = Result<T>>) -> Result<T> {
        let too_slow = || {
            let message = format!("no answer within {} seconds", NETWORK_PATIENCE.as_secs());
            Failure::new(Exit::Unreachable, "no_answer", message)
                .hint("check the network; behind a proxy set HTTPS_PROXY (exceptions: NO_PROXY)")
        };
        let left = end.saturating_duration_since(Instant::now());
        self.world
            .wait(async { timeout(left, asking).await.map_err(|_| too_slow())? })?
    }

    fn listener(&self, uri: &RedirectUri) -> Check {
        let bound = Loopback::bind(std::slice::from_ref(uri), self.profile.listen);
        Check::of(
            "listener",
            bound.map(|_| format!("{} is free on every loopback address", uri.as_str())),
        )
    }

    fn browser(&self) -> Check {
        let variable = |name: &str| self.world.variable(name);
        let at_hand = self.world.browser(&self.profile).is_some();
        let mut notes = vec![if at_hand {
            "one will be opened"
        } else {
            "none will be opened: the address is printed, and where it led can be pasted"
        }];
        let surroundings = [
            (
                variable("SSH_CONNECTION").is_some(),
                "this is an SSH session",
            ),
            (variable("WSL_DISTRO_NAME").is_some(), "this is WSL"),
            (
                variable("CODESPACES").is_some() || variable("REMOTE_CONTAINERS").is_some(),
                "this is a development container",
            ),
            (browser::in_container(), "this is a container"),
            (variable("SNAP").is_some(), "this is a snap"),
            (
                variable("HTTPS_PROXY")
                    .or_else(|| variable("https_proxy"))
                    .is_some(),
                "HTTPS_PROXY is set",
            ),
        ];
        notes.extend(
            surroundings
                .iter()
                .filter(|(holds, _)| *holds)
                .map(|(_, note)| *note),
        );
        Check::passed("browser", notes.join("; "))
    }

    fn session(&self, in_use: &InUse) -> Check {
        let now = self.world.clock.now();
        match in_use.sessions.summary(&in_use.key) {
            None => Check {
                hint: Some(in_use.key.login_command()),
                ..Check::passed("session", "nobody is signed in")
            },
            Some(kept) if !kept.is_signed_in(now) => Check {
                name: "session",
                ok: false,
                detail: "the session has ended and cannot be renewed".to_owned(),
                hint: Some(in_use.key.login_command()),
            },
            Some(kept) => {
                // Not who: that is nobody's business in a bug report, and `status` tells.
                let ends = output::in_words(kept.access_expires_at, now);
                Check::passed(
                    "session",
                    format!("signed in; the access token ends {ends}"),
                )
            }
        }
    }
}

/// Writes, reads and removes an item as large as a session.
fn store(in_use: &InUse) -> Result<String> {
    let store = in_use.sessions.store();
    let item = format!("doctor {}", std::process::id());
    let text = Secret::new("x".repeat(SESSION_BYTES));
    let started = Instant::now();
    store.save(&item, &text)?;
    let read = store.load(&item);
    store.remove(&item)?;
    if read?.as_ref() != Some(&text) {
        let message = format!(
            "{} gave back something else than was put in",
            store.describe()
        );
        let failure = Failure::new(Exit::Failed, "session_unreadable", message);
        return Err(failure.hint("--store file, or another keyring").into());
    }
    Ok(format!(
        "{} took, gave and dropped {SESSION_BYTES} bytes in {} ms",
        store.describe(),
        started.elapsed().as_millis()
    ))
}

fn domain_of(survey: &Survey) -> Check {
    match survey.login_pages == survey.discovered_login_pages {
        true => Check::passed("domain", survey.login_pages.clone()),
        // Both work; a token endpoint must only be that of the same domain, which it is.
        false => Check::passed(
            "domain",
            format!(
                "{} is used, though discovery names {}",
                survey.login_pages, survey.discovered_login_pages
            ),
        ),
    }
}

fn clock(survey: &Survey, now: Timestamp) -> Check {
    let Some(there) = survey.server_time else {
        return Check::passed("clock", "the pool did not say what time it is");
    };
    let apart = there.left_at(now).max(now.left_at(there));
    let detail = format!("{} seconds apart from the pool's", apart.as_secs());
    match apart <= CLOCK_TOLERANCE {
        true => Check::passed("clock", detail),
        false => Check {
            name: "clock",
            ok: false,
            detail,
            hint: Some(
                "set this machine's clock, for example: timedatectl set-ntp true".to_owned(),
            ),
        },
    }
}
