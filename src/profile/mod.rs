//! Which app client of which pool: settings from flags, environment and file, layered and checked.
//!
//! ```text
//! Settings (flags) ┐
//! Settings (environment) ├─resolve→ Resolved (value + Origin per Key) ─check→ Profile
//! Settings (file, built-in) ┘
//! ```

mod checked;
mod file;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
#[allow(clippy::unwrap_used, missing_docs, reason = "not part of the program")]
pub mod fuzz;
mod layers;
mod settings;

pub use checked::{BrowserChoice, Grant, Profile, StoreChoice, parse_duration};
pub use file::ProfileFile;
pub use layers::{Origin, Resolved, Sourced};
pub use settings::{Given, Key, Settings};
