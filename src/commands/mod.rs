//! The verbs, one per file: its arguments, its steps, its report.

pub mod completions;
#[cfg(feature = "sandbox")]
pub mod demo;
mod in_use;
pub mod login;
pub mod logout;
pub mod man;
#[cfg(feature = "sandbox")]
pub mod sandbox;
mod selection;
mod sign_in;
pub mod status;
pub mod token;
pub mod whoami;
mod world;

pub use in_use::InUse;
pub use selection::{BrowserArgs, Selection};
pub use world::World;
