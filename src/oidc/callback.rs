//! What came back to the redirect URI: the parsed query, or the text a person pasted.

use url::form_urlencoded;

use crate::secret::Secret;

/// A pasted line longer than this is not an answer of a pool.
const PASTE_LIMIT_BYTES: usize = 16 * 1024;
/// Shorter words are something a person typed; a Cognito code has 36 characters.
const SHORTEST_CODE: usize = 20;

/// The parameters of an authorization response, as yet unjudged.
#[derive(Clone, Debug, Default)]
pub struct Callback {
    pub(super) code: Option<Secret>,
    pub(super) state: Option<Secret>,
    pub(super) error: Option<String>,
    pub(super) description: Option<String>,
    pub(super) issuer: Option<String>,
    /// A parameter came twice (RFC 6749 §3.1 forbids it).
    pub(super) repeats: bool,
    /// A person pasted the code alone, so there is no state to compare; PKCE still ties it to the attempt.
    pub(super) bare: bool,
}

impl Callback {
    /// Reads the query part of the redirected request, without the `?`.
    pub fn from_query(query: &str) -> Callback {
        let mut callback = Callback::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let value = value.into_owned();
            let repeated = match &*name {
                "code" => callback.code.replace(Secret::new(value)).is_some(),
                "state" => callback.state.replace(Secret::new(value)).is_some(),
                "error" => callback.error.replace(value).is_some(),
                "error_description" => callback.description.replace(value).is_some(),
                "iss" => callback.issuer.replace(value).is_some(),
                _ => false,
            };
            callback.repeats |= repeated;
        }
        callback
    }

    /// Reads what a person pasted: the whole address, its query, or the bare code; `None` if it is none of these.
    pub fn from_pasted(text: &str) -> Option<Callback> {
        let text = without_paste_marks(text.trim())
            .trim()
            .trim_matches(['"', '\'', '<', '>']);
        if text.len() > PASTE_LIMIT_BYTES
            || text.contains(|c: char| c.is_whitespace() || c.is_control())
        {
            return None;
        }
        let text = text.split('#').next().unwrap_or_default();
        let query = match text.split_once('?') {
            Some((_, query)) => query,
            None => text,
        };
        let callback = Callback::from_query(query);
        if text.contains('=') && (callback.code.is_some() || callback.error.is_some()) {
            return Some(callback);
        }
        is_bare_code(text).then(|| Callback {
            code: Some(Secret::new(text)),
            bare: true,
            ..Callback::default()
        })
    }
}

/// A terminal that an earlier program left in bracketed paste mode puts marks around what is pasted (xterm, `DECSET 2004`).
fn without_paste_marks(text: &str) -> &str {
    let text = text.strip_prefix("\x1b[200~").unwrap_or(text);
    text.strip_suffix("\x1b[201~").unwrap_or(text)
}

fn is_bare_code(text: &str) -> bool {
    let unreserved = |c: char| c.is_ascii_alphanumeric() || "-._~+/".contains(c);
    text.len() >= SHORTEST_CODE
        && !text.contains("//")
        && text.trim_end_matches('=').chars().all(unreserved)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(callback: &Callback) -> Option<&str> {
        callback.code.as_ref().map(Secret::expose)
    }

    #[test]
    fn parameters_are_read_by_name_in_any_order() {
        let callback = Callback::from_query(
            "error_description=invalid_scope+here&state=a%2Bb&error=invalid_request&x=1&x=2",
        );
        assert_eq!(callback.state, Some(Secret::new("a+b")));
        assert_eq!(callback.error.as_deref(), Some("invalid_request"));
        assert_eq!(callback.description.as_deref(), Some("invalid_scope here"));
        assert!(!callback.repeats);
    }

    #[test]
    fn a_repeated_parameter_is_noticed() {
        for query in [
            "code=a&code=a",
            "state=a&code=b&state=a",
            "iss=a&iss=b",
            "error=a&error=a",
        ] {
            assert!(Callback::from_query(query).repeats, "{query}");
        }
    }

    #[test]
    fn a_person_may_paste_the_address_its_query_or_the_code() {
        let uuid = "0c6f7a0e-1111-4222-8333-944455556666";
        for text in [
            format!("http://localhost:3000/?code={uuid}&state=s"),
            format!("  'http://localhost:3000/cb?x=1&state=s&code={uuid}#frag' \r\n"),
            format!("?code={uuid}&state=s"),
            format!("code={uuid}&state=s"),
            format!("\x1b[200~http://localhost:3000/?code={uuid}&state=s\x1b[201~\n"),
        ] {
            let callback = Callback::from_pasted(&text).unwrap();
            assert_eq!(
                (code(&callback), callback.bare),
                (Some(uuid), false),
                "{text}"
            );
            assert_eq!(callback.state, Some(Secret::new("s")));
        }
        let callback = Callback::from_pasted(uuid).unwrap();
        assert_eq!((code(&callback), callback.bare), (Some(uuid), true));
        assert!(
            Callback::from_pasted("http://localhost:3000/?error=access_denied&state=s")
                .unwrap()
                .error
                .is_some()
        );
    }

    #[test]
    fn other_words_are_not_an_answer() {
        let long = "a".repeat(PASTE_LIMIT_BYTES + 1);
        for text in [
            "",
            "yes",
            "help",
            "what do I do with this now",
            "http://localhost:3000/",
            "https://pool.example/login/page/here",
            "code",
            "state=abcdefghijklmnopqrstuvwxyz",
            "code=\x1b[200~abcdefghijklmnopqrstuvwxyz",
            &long,
        ] {
            assert!(Callback::from_pasted(text).is_none(), "{text}");
        }
    }

    #[test]
    fn debug_output_shows_neither_code_nor_state() {
        let shown = format!(
            "{:?}",
            Callback::from_query("code=the-code&state=the-state")
        );
        assert!(!shown.contains("the-"), "{shown}");
    }
}
