//! The verbs, one per file: its arguments, its steps, its report.

mod announcement;
pub mod aws_credentials;
pub mod completions;
pub mod configure;
mod conversation;
pub mod curl;
mod curl_line;
#[cfg(feature = "sandbox")]
pub mod demo;
pub mod doctor;
mod doctor_checks;
pub mod errors;
pub mod exec;
mod in_use;
mod inquiry;
pub mod kubernetes;
pub mod login;
pub mod logout;
pub mod man;
mod one_sign_in;
#[cfg(feature = "sandbox")]
pub mod sandbox;
mod selection;
mod sign_in;
pub mod status;
pub mod template;
pub mod token;
mod valid_token;
mod waiting;
pub mod whoami;
mod world;

pub use in_use::InUse;
pub use selection::{BrowserArgs, ElsewhereArgs, Selection, without_idle_settings};
pub use valid_token::{ValidToken, valid_token};
pub use world::World;
