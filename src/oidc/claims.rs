//! The claims of an ID token.

use serde_json::{Map, Value};

use super::jwt::Jwt;
use crate::clock::Timestamp;
use crate::failure::printable;
use crate::secret::Secret;

/// The claims of an ID token that was verified when it came.
#[derive(Clone, Debug, PartialEq)]
pub struct IdClaims {
    /// `iss`.
    pub iss: String,
    /// `sub`: the stable id of the user.
    pub sub: String,
    /// `exp`.
    pub expires_at: Timestamp,
    /// `iat`.
    pub issued_at: Timestamp,
    /// `auth_time`: the last interactive sign-in.
    pub auth_time: Option<Timestamp>,
    /// `cognito:username`, else `preferred_username`.
    pub username: Option<String>,
    /// `email`.
    pub email: Option<String>,
    /// `name`, else `given_name` with `family_name`.
    pub name: Option<String>,
    /// `cognito:groups`.
    pub groups: Vec<String>,
    /// Every claim, as it came.
    pub all: Map<String, Value>,
}

impl IdClaims {
    /// Reads an ID token of our own store, which was verified before it was kept; `None` if it is not readable.
    pub fn of_kept(id_token: &Secret) -> Option<IdClaims> {
        IdClaims::from_map(claims_of(id_token)?).ok()
    }

    /// Reads the claims every ID token must have; the error is the name of the one that is missing or of another type.
    pub(super) fn from_map(all: Map<String, Value>) -> Result<IdClaims, &'static str> {
        Ok(IdClaims {
            iss: text(&all, "iss").ok_or("iss")?,
            sub: text(&all, "sub").ok_or("sub")?,
            expires_at: moment(&all, "exp")?.ok_or("exp")?,
            issued_at: moment(&all, "iat")?.ok_or("iat")?,
            auth_time: moment(&all, "auth_time")?,
            username: text(&all, "cognito:username").or_else(|| text(&all, "preferred_username")),
            email: text(&all, "email"),
            name: text(&all, "name").or_else(|| given_and_family(&all)),
            groups: texts(&all, "cognito:groups"),
            all,
        })
    }

    /// Returns the best name for the user: name, user name, email or `sub`; outside text.
    pub fn display_name(&self) -> &str {
        [&self.name, &self.username, &self.email]
            .into_iter()
            .flatten()
            .next()
            .unwrap_or(&self.sub)
    }

    /// Returns `NAME (EMAIL)`, or `NAME` alone when there is no other email; fit for a terminal, to be escaped for a page.
    pub fn who(&self) -> String {
        let name = printable(self.display_name(), 200);
        match &self.email {
            Some(email) if email != self.display_name() => {
                format!("{name} ({})", printable(email, 200))
            }
            _ => name,
        }
    }
}

/// Returns the claims of any JWT without verifying it, for display; `None` for an opaque token.
pub fn claims_of(token: &Secret) -> Option<Map<String, Value>> {
    Jwt::parse(token.expose()).ok().map(|jwt| jwt.claims)
}

fn given_and_family(all: &Map<String, Value>) -> Option<String> {
    let parts: Vec<String> = ["given_name", "family_name"]
        .iter()
        .filter_map(|name| text(all, name))
        .collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// Returns a claim that is a text with something in it.
pub(super) fn text(all: &Map<String, Value>, name: &str) -> Option<String> {
    let text = all.get(name)?.as_str()?;
    (!text.trim().is_empty()).then(|| text.to_owned())
}

fn texts(all: &Map<String, Value>, name: &str) -> Vec<String> {
    let items = all.get(name).and_then(Value::as_array);
    items
        .into_iter()
        .flatten()
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}

/// Returns a `NumericDate` (RFC 7519 §2: seconds, may have a fraction); a claim of another type is an error, not absent.
pub(super) fn moment(
    all: &Map<String, Value>,
    name: &'static str,
) -> Result<Option<Timestamp>, &'static str> {
    let Some(value) = all.get(name).filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    let seconds = value
        .as_i64()
        .or_else(|| whole_seconds(value.as_f64()?))
        .ok_or(name)?;
    Ok(Some(Timestamp::from_epoch(seconds)))
}

fn whole_seconds(seconds: f64) -> Option<i64> {
    /// The end of the year 9999; also far inside what an `f64` holds exactly.
    const LATEST: f64 = 253_402_300_799.0;
    (0.0..=LATEST).contains(&seconds).then_some(seconds as i64)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn claims(more: Value) -> Result<IdClaims, &'static str> {
        let mut all = json!({"iss": "https://i", "sub": "1", "exp": 2, "iat": 1});
        all.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        IdClaims::from_map(all.as_object().unwrap().clone())
    }

    #[test]
    fn the_best_name_is_shown_with_the_email() {
        let table = [
            (
                json!({"name": "Ada L.", "cognito:username": "ada", "email": "a@x"}),
                "Ada L. (a@x)",
            ),
            (
                json!({"given_name": "Ada", "family_name": "Lovelace"}),
                "Ada Lovelace",
            ),
            (json!({"family_name": "Lovelace", "name": " "}), "Lovelace"),
            (
                json!({"cognito:username": "ada", "preferred_username": "al", "email": "a@x"}),
                "ada (a@x)",
            ),
            (json!({"preferred_username": "al"}), "al"),
            (json!({"email": "a@x"}), "a@x"),
            (json!({"cognito:username": "a@x", "email": "a@x"}), "a@x"),
            (json!({"name": 7, "email": null}), "1"),
            (json!({"name": "a\u{1b}[2J\u{202e}b"}), "a [2J b"),
        ];
        for (more, shown) in table {
            assert_eq!(claims(more).unwrap().who(), shown);
        }
    }

    #[test]
    fn times_are_numbers_and_nothing_else() {
        assert_eq!(
            claims(json!({"exp": 2.9})).unwrap().expires_at,
            Timestamp::from_epoch(2)
        );
        for (claim, value) in [
            ("exp", json!("2")),
            ("iat", json!("1")),
            ("iat", json!(null)),
            ("auth_time", json!([])),
            ("exp", json!(1e300)),
            ("exp", json!(u64::MAX)),
        ] {
            assert_eq!(claims(json!({ claim: value })).unwrap_err(), claim);
        }
    }

    #[test]
    fn groups_are_texts() {
        assert_eq!(
            claims(json!({"cognito:groups": ["a", 1, "b"]}))
                .unwrap()
                .groups,
            ["a", "b"]
        );
        assert!(
            claims(json!({"cognito:groups": "a"}))
                .unwrap()
                .groups
                .is_empty()
        );
    }

    #[test]
    fn an_opaque_token_has_no_claims() {
        for text in ["", "opaque", "a.b", "a.b.c", "a.b.c.d.e"] {
            assert_eq!(claims_of(&Secret::new(text)), None);
            assert_eq!(IdClaims::of_kept(&Secret::new(text)), None);
        }
    }
}
