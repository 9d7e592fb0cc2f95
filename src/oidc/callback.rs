//! What came back to the redirect URI: the parsed query, or the text a person pasted.

/// The parameters of an authorization response, as yet unjudged.
pub struct Callback {}

impl Callback {
    /// Reads the query part of the redirected request, without the `?`.
    pub fn from_query(_query: &str) -> Callback {
        todo!()
    }

    /// Reads what a person pasted: the whole address, its query, or the bare code; `None` if it is none of these.
    pub fn from_pasted(_text: &str) -> Option<Callback> {
        todo!()
    }
}
