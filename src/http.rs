//! One HTTP client: user agent, time limits, no redirects, capped bodies, bounded retries where a retry is safe.

/// The one HTTP client of the process; cheap to make and to clone, connects on first use.
#[derive(Clone, Debug, Default)]
pub struct Http {}

impl Http {
    /// Returns the client; nothing is read or connected yet.
    pub fn new() -> Http {
        Http {}
    }
}
