//! The userInfo document: an open map, since pools put in what they like.

use serde_json::{Map, Value};

/// The userInfo document as the pool sent it.
#[derive(Clone, Debug)]
pub struct UserInfo {
    /// The document's text, for `--json`.
    pub text: String,
    /// Its members; Cognito sends booleans as strings.
    pub members: Map<String, Value>,
}
