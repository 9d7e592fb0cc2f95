//! The userInfo document: an open map, since pools put in what they like.

use oauth2::HttpRequest;
use oauth2::http::header;
use serde_json::{Map, Value};
use url::Url;

use super::refusal::{self, AskError};
use crate::http::{Http, Repeat};
use crate::secret::Secret;

/// The userInfo document as the pool sent it.
#[derive(Clone, Debug)]
pub struct UserInfo {
    /// The document's text, for `--json`.
    pub text: String,
    /// Its members; Cognito sends booleans as strings.
    pub members: Map<String, Value>,
}

impl UserInfo {
    /// Asks userInfo with an access token (OIDC Core §5.3.1, RFC 6750 §2.1).
    pub(super) async fn ask(url: &Url, access: &Secret, http: &Http) -> Result<UserInfo, AskError> {
        let request: HttpRequest = oauth2::http::Request::get(url.as_str())
            .header(header::AUTHORIZATION, format!("Bearer {}", access.expose()))
            .header(header::ACCEPT, "application/json")
            .body(Vec::new())
            .map_err(|_| AskError::not_asked(url))?;
        let answer = http
            .send_repeating(request, Repeat::Freely)
            .await
            .map_err(AskError::Http)?;
        UserInfo::read(refusal::expect_json(url, answer)?.into_body())
            .ok_or_else(|| AskError::unexpected(url))
    }

    pub(super) fn read(body: Vec<u8>) -> Option<UserInfo> {
        let text = String::from_utf8(body).ok()?;
        let members = serde_json::from_str(&text).ok()?;
        Some(UserInfo { text, members })
    }

    /// Returns `sub`, which every answer must have.
    pub fn sub(&self) -> Option<&str> {
        self.members.get("sub")?.as_str()
    }
}
