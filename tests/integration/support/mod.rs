//! What the tests stand on: the real program, a real pool, a person, and someone who watches for leaks.

#[cfg(target_os = "linux")]
pub mod bus;
pub mod catalogue;
pub mod expect;
pub mod keyring;
pub mod leaks;
pub mod liar;
pub mod person;
pub mod pool;
pub mod port;
#[cfg(target_os = "linux")]
pub mod refusing_bus;
pub mod release;
#[cfg(unix)]
pub mod seat;
pub mod service;
#[cfg(unix)]
pub mod ssh;
pub mod tap;
pub mod terminal;
pub mod tls;
pub mod wire;
