//! `whoami`: who is signed in, as the pool says now.

use std::io::{self, Write};

use anyhow::Result;
use clap::Args;
use serde_json::{Map, Value, json};

use super::in_use::InUse;
use super::selection::{BrowserArgs, Selection};
use super::world::World;
use crate::clock::Timestamp;
use crate::failure::{Exit, Failure, printable};
use crate::oidc::{UserInfo, claims_of};
use crate::output::{Columns, Output, Paint, Report, until};
use crate::session::{Session, Wanted};

/// Arguments of `whoami`.
#[derive(Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub struct WhoamiArgs {
    /// From what is kept here, without the network
    #[arg(long, conflicts_with = "claims")]
    offline: bool,
    /// The decoded claims of the ID and access tokens
    #[arg(long)]
    claims: bool,
}

const AFTER_HELP: &str = "\
Examples:
  cognito-login whoami
  cognito-login whoami --json | jq -r .email
  cognito-login whoami --claims --json | jq '.id_token[\"cognito:groups\"]'";

/// Prints the profile of who is signed in.
///
/// # Errors
/// Fails with exit 3 when nobody is, 4 when the pool cannot be reached.
pub fn run(
    args: WhoamiArgs,
    selection: &Selection,
    world: &World,
    output: &mut Output,
) -> Result<()> {
    let in_use = InUse::open(selection, &BrowserArgs::default(), world)?;
    let paint = output.paint(world.is_dumb());
    if args.offline {
        let summary = in_use
            .sessions
            .summary(&in_use.key)
            .ok_or_else(|| in_use.not_signed_in())?;
        return output.report(&ProfileReport::of_claims(
            &summary.claims.unwrap_or_default(),
            paint,
        ));
    }
    let wanted = Wanted::default();
    let session = in_use.fresh(wanted, world, output)?;
    if args.claims {
        let now = world.clock.now();
        return output.report(&ClaimsReport::of(&session, now, paint));
    }
    let user_info = match ask(&in_use, &session, world, output) {
        Err(error) if is_refused(&error) => {
            output.trace("the pool refused the access token: renewing the session to see whether it still lives");
            let session = in_use.fresh(
                Wanted {
                    force: true,
                    ..wanted
                },
                world,
                output,
            )?;
            ask(&in_use, &session, world, output)?
        }
        asked => asked?,
    };
    output.report(&ProfileReport::of_user_info(user_info, paint))
}

fn ask(in_use: &InUse, session: &Session, world: &World, output: &Output) -> Result<UserInfo> {
    let _spinner = output.wait_for("asking who you are");
    let sub = session.id_claims().map(|claims| claims.sub);
    let pool = in_use.pool(world)?;
    world.wait(pool.user_info(&session.access_token, sub.as_deref()))?
}

/// A revoked token looks valid here until the pool is asked.
fn is_refused(error: &anyhow::Error) -> bool {
    Failure::of(error).is_some_and(|failure| failure.exit == Exit::SignInNeeded)
}

/// A person's profile: the userInfo document, or what the ID token says.
pub struct ProfileReport {
    members: Map<String, Value>,
    text: String,
    paint: Paint,
}

impl ProfileReport {
    /// Shows the document as the pool sent it.
    pub fn of_user_info(user_info: UserInfo, paint: Paint) -> ProfileReport {
        ProfileReport {
            members: user_info.members,
            text: user_info.text,
            paint,
        }
    }

    /// Shows the claims that are about the person, not about the token.
    pub fn of_claims(claims: &Map<String, Value>, paint: Paint) -> ProfileReport {
        const OF_THE_TOKEN: [&str; 15] = [
            "iss",
            "aud",
            "azp",
            "exp",
            "iat",
            "nbf",
            "jti",
            "nonce",
            "at_hash",
            "auth_time",
            "token_use",
            "origin_jti",
            "event_id",
            "acr",
            "amr",
        ];
        let members = claims
            .iter()
            .filter(|(name, _)| !OF_THE_TOKEN.contains(&name.as_str()));
        let members: Map<_, _> = members
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        ProfileReport {
            text: Value::Object(members.clone()).to_string(),
            members,
            paint,
        }
    }
}

impl Report for ProfileReport {
    fn human(&self, out: &mut dyn Write) -> io::Result<()> {
        columns(&self.members, |_, _| None).write("", self.paint, out)
    }

    fn json(&self) -> String {
        self.text.clone()
    }
}

/// The claims of both tokens.
struct ClaimsReport {
    id_token: Option<Map<String, Value>>,
    access_token: Option<Map<String, Value>>,
    now: Timestamp,
    paint: Paint,
}

impl ClaimsReport {
    fn of(session: &Session, now: Timestamp, paint: Paint) -> ClaimsReport {
        ClaimsReport {
            id_token: session.id_token.as_ref().and_then(claims_of),
            access_token: claims_of(&session.access_token),
            now,
            paint,
        }
    }
}

impl Report for ClaimsReport {
    fn human(&self, out: &mut dyn Write) -> io::Result<()> {
        for (name, claims) in [
            ("ID token", &self.id_token),
            ("access token", &self.access_token),
        ] {
            writeln!(out, "{}", self.paint.strong(name))?;
            match claims {
                Some(claims) => columns(claims, |name, value| self.moment(name, value))
                    .write("  ", self.paint, out)?,
                None => writeln!(out, "  opaque, or none")?,
            }
        }
        Ok(())
    }

    fn json(&self) -> String {
        json!({ "id_token": self.id_token, "access_token": self.access_token }).to_string()
    }
}

impl ClaimsReport {
    /// Says a claim that is a moment as people do (RFC 7519 §4.1, OIDC Core §2).
    fn moment(&self, name: &str, value: &Value) -> Option<String> {
        let is_moment = matches!(name, "auth_time" | "exp" | "iat" | "nbf");
        let moment = value.as_i64().filter(|_| is_moment)?;
        Some(until(Timestamp::from_epoch(moment), self.now))
    }
}

/// Puts each member on a line; `said` knows how some are said better than as JSON.
fn columns(members: &Map<String, Value>, said: impl Fn(&str, &Value) -> Option<String>) -> Columns {
    let mut columns = Columns::default();
    for (name, value) in members {
        let text = said(name, value).unwrap_or_else(|| in_words(value));
        columns.line(printable(name, 60), printable(&text, 2_000));
    }
    columns
}

/// Texts stand as they are, and lists of texts with commas.
fn in_words(value: &Value) -> String {
    let list = value
        .as_array()
        .map(|items| items.iter().map(Value::as_str));
    let list = list.and_then(|texts| texts.collect::<Option<Vec<_>>>());
    match (value, list) {
        (Value::String(text), _) => text.clone(),
        (_, Some(texts)) => texts.join(", "),
        (other, None) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_attributes_cannot_move_the_cursor() {
        let Value::Object(members) = json!({ "na\x1bme": "a\x1b[2Jb", "n": 1 }) else {
            panic!("it is an object")
        };
        let mut out = Vec::new();
        ProfileReport {
            members,
            text: String::new(),
            paint: Paint::default(),
        }
        .human(&mut out)
        .expect("a Vec takes every write");
        assert_eq!(String::from_utf8_lossy(&out), "n      1\nna me  a [2Jb\n");
    }
}
