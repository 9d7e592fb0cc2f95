//! Everything outside the process that a command may touch, gathered once.

use std::cell::OnceCell;
use std::convert::Infallible;
use std::future::Future;
use std::io::{self, BufRead, BufReader, IsTerminal};
use std::path::{Path, PathBuf};
use std::thread;

use anyhow::{Context, Result};
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

use crate::clock::{Clock, SystemClock};
use crate::http::Http;
use crate::login::Browser;
use crate::platform::{authorities, browser, dirs};
use crate::profile::{BrowserChoice, Key, Origin, Profile};
use crate::secret::Secret;

/// The process's surroundings: environment, clock, network, folders.
pub struct World {
    /// What time it is.
    pub clock: Box<dyn Clock>,
    /// The one HTTP client.
    pub http: Http,
    network: OnceCell<Network>,
}

/// The runtime that drives all connections, on a thread that ends with this value.
struct Network {
    runtime: Handle,
    _stays: oneshot::Sender<Infallible>,
}

impl World {
    /// Returns the real one; nothing is opened yet.
    pub fn new() -> World {
        World {
            clock: Box::new(SystemClock),
            http: Http::trusting(authorities::beside_the_system(variable)),
            network: OnceCell::new(),
        }
    }

    /// Returns an environment variable, if it is set to text that is not empty.
    pub fn variable(&self, name: &str) -> Option<String> {
        variable(name)
    }

    /// Returns the client secret the environment gives.
    pub fn client_secret(&self) -> Option<Secret> {
        self.variable("COGNITO_CLIENT_SECRET")
            .map(|text| Secret::new(text.trim()))
    }

    /// Returns the profile file: `given`, or the one in the platform's config directory.
    ///
    /// # Errors
    /// Fails when there is no home to look in.
    pub fn config_file(&self, given: Option<&Path>) -> Result<PathBuf> {
        let named = given
            .map(Path::to_owned)
            .or_else(|| self.variable("COGNITO_LOGIN_CONFIG").map(PathBuf::from));
        match named {
            Some(path) => Ok(path),
            None => Ok(dirs::config_dir(|name| std::env::var_os(name))?.join("config.toml")),
        }
    }

    /// Returns the folder of what is kept without secrets: summaries, locks, and the files of `--store file`.
    ///
    /// # Errors
    /// Fails when there is no home to look in.
    pub fn state_dir(&self) -> Result<PathBuf> {
        dirs::state_dir(|name| std::env::var_os(name))
    }

    /// Returns whether the terminal knows nothing but text.
    pub fn is_dumb(&self) -> bool {
        self.variable("TERM").is_some_and(|kind| kind == "dumb")
    }

    /// Returns whether a person sits at the terminal.
    pub fn is_interactive(&self) -> bool {
        std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }

    /// Returns the browser to open for a profile; `None` where nothing should or could be opened.
    pub fn browser(&self, profile: &Profile) -> Option<Box<dyn Browser>> {
        let of_environment = profile.settings.origin(Key::Browser) == Some(Origin::Environment);
        match &profile.browser {
            BrowserChoice::Nothing => None,
            // The variable may list several commands; a flag or a profile names one.
            BrowserChoice::Command(list) if of_environment => Some(Box::new(browser::System {
                preferred: Some(list.clone()),
            })),
            BrowserChoice::Command(command) => Some(Box::new(browser::Command(command.clone()))),
            BrowserChoice::System if browser::is_at_hand(|name| self.variable(name)) => {
                Some(Box::new(browser::System::default()))
            }
            BrowserChoice::System => None,
        }
    }

    /// Returns where a person may paste; its end ends nothing.
    pub fn paste(&self) -> Box<dyn BufRead + Send> {
        Box::new(BufReader::new(std::io::stdin()))
    }

    /// Runs a future to its end: the only place where the program blocks on one.
    ///
    /// A thread beside this one drives all connections, those too that were opened ahead of need.
    ///
    /// # Errors
    /// Fails when the runtime cannot be started.
    pub fn wait<T>(&self, future: impl Future<Output = T>) -> Result<T> {
        let network = match self.network.get() {
            Some(network) => network,
            None => {
                let started = start_network().context("cannot start the network runtime")?;
                self.network.get_or_init(|| started)
            }
        };
        Ok(network.runtime.block_on(future))
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name)
        .ok()
        .filter(|value| !value.trim().is_empty())
}

fn start_network() -> io::Result<Network> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let handle = runtime.handle().clone();
    let (stays, over) = oneshot::channel();
    thread::Builder::new()
        .name("network".to_owned())
        .spawn(move || runtime.block_on(over))?;
    Ok(Network {
        runtime: handle,
        _stays: stays,
    })
}

impl Default for World {
    fn default() -> World {
        World::new()
    }
}
