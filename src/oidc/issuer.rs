//! The issuer of a pool's tokens, and the user pool id it is made from.

use crate::failure::Failure;

/// A user pool id such as `us-east-1_AbCdEf123`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserPoolId {}

impl UserPoolId {
    /// Reads a user pool id.
    pub fn parse(_text: &str) -> Result<UserPoolId, Failure> {
        todo!()
    }

    /// Returns its Region, the part before `_`.
    pub fn region(&self) -> &str {
        todo!()
    }
}

/// The issuer: https, or http on loopback; compared byte for byte with `iss`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {}

impl Issuer {
    /// Reads an issuer URL.
    pub fn parse(_text: &str) -> Result<Issuer, Failure> {
        todo!()
    }

    /// Returns the issuer of a pool, in its original form.
    pub fn of_pool(_pool: &UserPoolId) -> Issuer {
        todo!()
    }

    /// Returns the text as it was given.
    pub fn as_str(&self) -> &str {
        todo!()
    }

    /// Returns the Region, if this is one of Cognito's own issuers.
    pub fn region(&self) -> Option<&str> {
        todo!()
    }
}
