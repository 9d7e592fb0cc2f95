//! The domain of a user pool, where its login pages and OAuth endpoints live.

use crate::failure::Failure;

/// A user pool domain: prefix and Region, full host, URL or custom host, normalised once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain {}

impl Domain {
    /// Reads what a person wrote. A bare prefix needs the pool's Region.
    pub fn parse(_text: &str, _region: Option<&str>) -> Result<Domain, Failure> {
        todo!()
    }
}
