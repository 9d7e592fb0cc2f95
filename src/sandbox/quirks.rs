//! Chosen misbehaviour: what a test orders at `POST /sandbox/quirks`, applied to answers and tokens in this file only.
//!
//! The order is one JSON object; every member is optional, an unknown one is refused. A list of quirks is a queue:
//! the first that fits is used, and leaves after its `times`. Naming a place replaces its queue, `[]` empties it.
//!
//! ```json
//! {
//!   "token": {"status": 429, "retry_after": 1, "times": 2, "grant": "refresh_token"},
//!   "jwks": [{"status": 500, "times": 1}],
//!   "userinfo": {"merge": {"email": "\u001b[2J", "email_verified": true}},
//!   "id_token": {"claims": {"nonce": "wrong"}, "times": 1},
//!   "access_token": {"signature": "hs256"},
//!   "rules": {"access_token_seconds": 60, "rotate_refresh_tokens": true, "rotation_grace_seconds": 10},
//!   "rotate_keys": true, "revoke_all": true, "end_browser_sessions": true, "reset": true
//! }
//! ```
//!
//! Some recipes: a token endpoint that gives no ID token is `{"token":{"merge":{"id_token":null}}}`; one that writes
//! numbers as texts, `{"token":{"merge":{"expires_in":"3600"}}}`; a page of a firewall, `{"token":{"status":403,
//! "body":"<html>…"}}`; ten megabytes, `{"token":{"bytes":10485760}}`; an answer that is lost after it had its effect,
//! `{"token":{"hang_up":"mid_body","times":1}}`; login pages without branding, `{"rules":{"branding":false}}`.
//!
//! Places: `discovery jwks authorize token userinfo revoke login signup confirm resendcode forgot_password
//! confirm_forgot_password change_password mfa mfa_setup idpresponse logout error`. `rules` is [`Rules`](super::Rules).
//! The four switches act once, `reset` (no quirks, rules kept) first.
//!
//! | of an answer | |
//! |---|---|
//! | `times` | how many requests meet it; all when absent |
//! | `grant` | only requests with this `grant_type` |
//! | `status` | with `status`, `body` or `bytes` the request is not even looked at; 200 when absent |
//! | `retry_after` | the header: seconds or a date |
//! | `body`, `content_type` | the body, byte for byte; `text/html` when absent |
//! | `bytes` | the size of a body of spaces |
//! | `merge` | a merge patch (RFC 7396) for the JSON document of the genuine answer |
//! | `delay_ms` | before the first byte |
//! | `hang_up` | `before_answer` or `mid_body`; the request has had its effect by then |
//!
//! | of `id_token`, `access_token` | |
//! |---|---|
//! | `times`, `grant` | as above |
//! | `header`, `claims` | merge patches, such as `{"kid":"unknown"}` and `{"nonce":"wrong"}`, `{"at_hash":null}` |
//! | `shift_seconds` | added to `iat`, `exp` and `auth_time`: -7200 is expired, 7200 is not valid yet |
//! | `signature` | `genuine`, `other_key`, `broken`, `none`, `hs256` |
//! | `opaque` | random text instead of a signed token; the pool still knows it |

use std::collections::BTreeMap;
use std::time::Duration;

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::endpoint::Endpoint;
use super::message::{HangUp, Response};
use super::signing::{Signature, TokenUse};

/// One order, as posted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Order {
    pub(super) reset: bool,
    pub(super) rotate_keys: bool,
    pub(super) revoke_all: bool,
    pub(super) end_browser_sessions: bool,
    /// A merge patch for the rules.
    pub(super) rules: Option<Value>,
    id_token: Option<Queue<TokenQuirk>>,
    access_token: Option<Queue<TokenQuirk>>,
    #[serde(flatten)]
    answers: BTreeMap<Endpoint, Queue<AnswerQuirk>>,
}

/// What an answer looks like instead.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct AnswerQuirk {
    times: Option<u32>,
    grant: Option<String>,
    status: Option<u16>,
    retry_after: Option<Value>,
    body: Option<String>,
    content_type: Option<String>,
    bytes: Option<usize>,
    merge: Option<Value>,
    delay_ms: u64,
    hang_up: Option<HangUp>,
}

/// What a token looks like instead.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct TokenQuirk {
    times: Option<u32>,
    grant: Option<String>,
    header: Option<Value>,
    claims: Option<Value>,
    shift_seconds: i64,
    signature: Signature,
    opaque: bool,
}

/// Every quirk in force.
#[derive(Debug, Default)]
pub(super) struct Quirks {
    answers: BTreeMap<Endpoint, Queue<AnswerQuirk>>,
    id_token: Queue<TokenQuirk>,
    access_token: Queue<TokenQuirk>,
}

impl Quirks {
    /// Takes over what the order says about answers and tokens.
    pub(super) fn obey(&mut self, order: Order) {
        if order.reset {
            *self = Quirks::default();
        }
        self.answers.extend(order.answers);
        self.id_token = order.id_token.unwrap_or(std::mem::take(&mut self.id_token));
        self.access_token = order
            .access_token
            .unwrap_or(std::mem::take(&mut self.access_token));
    }

    /// Returns the quirk this request meets, and counts it.
    pub(super) fn of_answer(
        &mut self,
        endpoint: Endpoint,
        grant: Option<&str>,
    ) -> Option<AnswerQuirk> {
        self.answers.get_mut(&endpoint)?.take(grant)
    }

    /// Returns the quirk this token gets, and counts it.
    pub(super) fn of_token(&mut self, token: TokenUse, grant: &str) -> TokenQuirk {
        let queue = match token {
            TokenUse::Id => &mut self.id_token,
            TokenUse::Access => &mut self.access_token,
        };
        queue.take(Some(grant)).unwrap_or_default()
    }
}

impl AnswerQuirk {
    /// Returns the answer that replaces the genuine one, if this quirk replaces it.
    pub(super) fn instead(&self) -> Option<Response> {
        if self.status.is_none() && self.body.is_none() && self.bytes.is_none() {
            return None;
        }
        let status = self.status.unwrap_or(200);
        let plain = match (&self.body, self.bytes) {
            (Some(body), _) => Response::new(status).body(body.as_str()),
            (None, Some(bytes)) => Response::new(status).body(vec![b' '; bytes]),
            (None, None) if status == 429 => Response::new(status).body("Rate Exceeded"),
            (None, None) => {
                Response::new(status).body(json!({"error": "server_error"}).to_string())
            }
        };
        let usual = if self.body.is_some() || status == 429 {
            "text/html"
        } else {
            "application/json"
        };
        Some(plain.header(
            "content-type",
            self.content_type.as_deref().unwrap_or(usual),
        ))
    }

    /// Bends an answer, the genuine one or the one instead.
    pub(super) fn apply(&self, mut response: Response) -> Response {
        if let (Some(patch), Ok(mut document)) =
            (&self.merge, serde_json::from_slice(&response.body))
        {
            merge(&mut document, patch);
            response.body = document.to_string().into_bytes();
        }
        if let Some(wait) = &self.retry_after {
            let text = wait
                .as_str()
                .map_or_else(|| wait.to_string(), str::to_owned);
            response = response.header("retry-after", text);
        }
        response.delay = Duration::from_millis(self.delay_ms);
        response.hang_up = self.hang_up;
        response
    }
}

impl TokenQuirk {
    /// Bends header and claims; returns how to sign them.
    pub(super) fn apply(&self, header: &mut Value, claims: &mut Value) -> Signature {
        for claim in ["iat", "exp", "auth_time"] {
            if let Some(seconds) = claims[claim].as_i64() {
                claims[claim] = json!(seconds.saturating_add(self.shift_seconds));
            }
        }
        merge(claims, self.claims.as_ref().unwrap_or(&json!({})));
        merge(header, self.header.as_ref().unwrap_or(&json!({})));
        self.signature
    }

    pub(super) fn is_opaque(&self) -> bool {
        self.opaque
    }
}

/// Applies a JSON merge patch (RFC 7396 §2): `null` removes, objects go deep, everything else replaces.
pub(super) fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    let Value::Object(members) = target else {
        return;
    };
    for (name, change) in changes {
        if change.is_null() {
            members.remove(name);
        } else {
            merge(members.entry(name).or_insert(Value::Null), change);
        }
    }
}

/// Something that a queue hands out a number of times.
trait Quirk: Clone {
    fn fits(&self, grant: Option<&str>) -> bool;
    fn times(&mut self) -> &mut Option<u32>;
}

impl Quirk for AnswerQuirk {
    fn fits(&self, grant: Option<&str>) -> bool {
        self.grant.is_none() || self.grant.as_deref() == grant
    }

    fn times(&mut self) -> &mut Option<u32> {
        &mut self.times
    }
}

impl Quirk for TokenQuirk {
    fn fits(&self, grant: Option<&str>) -> bool {
        self.grant.is_none() || self.grant.as_deref() == grant
    }

    fn times(&mut self) -> &mut Option<u32> {
        &mut self.times
    }
}

#[derive(Clone, Debug)]
struct Queue<Q>(Vec<Q>);

impl<Q> Default for Queue<Q> {
    fn default() -> Queue<Q> {
        Queue(Vec::new())
    }
}

impl<Q: Quirk> Queue<Q> {
    fn take(&mut self, grant: Option<&str>) -> Option<Q> {
        self.0.retain_mut(|quirk| *quirk.times() != Some(0));
        let quirk = self.0.iter_mut().find(|quirk| quirk.fits(grant))?;
        if let Some(times) = quirk.times() {
            *times -= 1;
        }
        Some(quirk.clone())
    }
}

/// One quirk, or a list of them.
impl<'de, Q: DeserializeOwned> Deserialize<'de> for Queue<Q> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Queue<Q>, D::Error> {
        let many = match Value::deserialize(deserializer)? {
            Value::Array(many) => many,
            one => vec![one],
        };
        let quirks: Result<Vec<Q>, _> = many.into_iter().map(serde_json::from_value).collect();
        quirks.map(Queue).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quirks(order: Value) -> Quirks {
        let mut quirks = Quirks::default();
        quirks.obey(serde_json::from_value(order).unwrap());
        quirks
    }

    #[test]
    fn a_quirk_leaves_after_its_times_and_the_next_one_comes() {
        let mut quirks =
            quirks(json!({"token": [{"status": 503, "times": 2}, {"status": 429, "times": 1}]}));
        let mut statuses = Vec::new();
        while let Some(quirk) = quirks.of_answer(Endpoint::Token, None) {
            statuses.push(quirk.instead().unwrap().status);
        }
        assert_eq!(statuses, [503, 503, 429]);
    }

    #[test]
    fn a_quirk_can_be_meant_for_one_grant() {
        let mut quirks = quirks(json!({"token": {"status": 500, "grant": "refresh_token"}}));
        assert!(
            quirks
                .of_answer(Endpoint::Token, Some("authorization_code"))
                .is_none()
        );
        assert!(
            quirks
                .of_answer(Endpoint::Token, Some("refresh_token"))
                .is_some()
        );
        assert!(
            quirks
                .of_answer(Endpoint::Jwks, Some("refresh_token"))
                .is_none()
        );
    }

    #[test]
    fn an_unknown_word_is_refused_so_that_no_test_passes_by_a_spelling_mistake() {
        for wrong in [
            json!({"tokens": {"status": 1}}),
            json!({"token": {"state": 1}}),
            json!({"id_token": {"kid": 1}}),
        ] {
            assert!(
                serde_json::from_value::<Order>(wrong.clone()).is_err(),
                "{wrong}"
            );
        }
    }

    #[test]
    fn an_order_about_one_place_leaves_the_others() {
        let mut quirks = quirks(json!({"jwks": {"status": 500}, "id_token": {"opaque": true}}));
        quirks
            .obey(serde_json::from_value(json!({"jwks": [], "revoke": {"status": 500}})).unwrap());
        assert!(quirks.of_answer(Endpoint::Jwks, None).is_none());
        assert!(quirks.of_answer(Endpoint::Revoke, None).is_some());
        assert!(quirks.of_token(TokenUse::Id, "refresh_token").is_opaque());
        quirks.obey(serde_json::from_value(json!({"reset": true})).unwrap());
        assert!(quirks.of_answer(Endpoint::Revoke, None).is_none());
    }

    /// RFC 7396 §3 in short.
    #[test]
    fn a_merge_patch_removes_replaces_and_goes_deep() {
        let mut document = json!({"a": "b", "c": {"d": "e", "f": "g"}});
        merge(
            &mut document,
            &json!({"a": "z", "c": {"f": null}, "n": {"x": {"y": null}}}),
        );
        assert_eq!(document, json!({"a": "z", "c": {"d": "e"}, "n": {"x": {}}}));
    }

    #[test]
    fn an_answer_can_be_bent_without_being_replaced() {
        let quirk: AnswerQuirk = serde_json::from_value(
            json!({"merge": {"id_token": null}, "delay_ms": 5, "hang_up": "mid_body"}),
        )
        .unwrap();
        assert!(quirk.instead().is_none());
        let bent = quirk.apply(Response::json(
            200,
            &json!({"id_token": "x", "expires_in": 1}),
        ));
        assert_eq!(bent.body, br#"{"expires_in":1}"#);
        assert_eq!(
            (bent.delay, bent.hang_up),
            (Duration::from_millis(5), Some(HangUp::MidBody))
        );
    }
}
