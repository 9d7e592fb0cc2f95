//! Which app client of which pool: settings from flags, environment and file, layered and checked.
//!
//! ```text
//! Settings (flags) ┐
//! Settings (environment) ├─resolve→ Resolved (value + Origin per Key) ─check→ Profile
//! Settings (file, built-in) ┘
//! ```

mod checked;
mod edit;
mod excerpt;
mod file;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
#[allow(clippy::unwrap_used, missing_docs, reason = "not part of the program")]
pub mod fuzz;
mod import;
mod kubeconfig;
mod layers;
mod settings;

pub use checked::{
    BrowserChoice, DEFAULT_REDIRECT_URI, Grant, Profile, StoreChoice, parse_duration,
};
pub use file::{DEFAULT_PROFILE, ProfileFile};
pub use import::{Import, LeftOut, read_pasted};
pub use kubeconfig::KubeUser;
pub use layers::{Origin, Resolved, Sourced};
pub use settings::{Given, Key, Settings};
