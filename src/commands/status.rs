//! `status`: what is kept on this machine, until when, where; no network, no keyring.

use std::io::{self, Write};

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::in_use::key_of;
use super::selection::{BrowserArgs, Selection};
use super::world::World;
use crate::clock::Timestamp;
use crate::failure::printable;
use crate::output::{self, Columns, Output, Paint, Report};
use crate::profile::{Profile, ProfileFile};
use crate::session::Summary;

/// What the help shows at its end.
pub const AFTER_HELP: &str = "\
Examples:
  cognito-login status
  cognito-login status --profile work
  cognito-login status --json | jq -r '.profiles[] | select(.signed_in).profile'";

/// Prints one block per profile.
///
/// # Errors
/// Fails when the profile file cannot be read.
pub fn run(selection: &Selection, world: &World, output: &mut Output) -> Result<()> {
    let file = ProfileFile::read(&world.config_file(selection.config.as_deref())?)?;
    let mut kept = Summary::read_all(&world.state_dir()?);
    let in_use = selection.name(world, &file)?;
    if selection.profile.is_some() {
        kept.retain(|summary| summary.profile == in_use);
    }
    let mut blocks = Vec::new();
    for name in names(selection, &file, &kept, &in_use) {
        match selection.named(&name, world, &file, &BrowserArgs::default()) {
            Ok(profile) => blocks.push(Block::of_profile(&profile, &mut kept)),
            // What is kept is shown all the same.
            Err(_) if kept.iter().any(|summary| summary.profile == name) => {}
            Err(error) if selection.profile.is_some() => return Err(error),
            Err(error) => output.warn(&format!("profile `{}`: {error}", printable(&name, 60))),
        }
    }
    // Signed in with other flags, or a profile that is gone since.
    blocks.extend(kept.into_iter().map(Block::of_summary));
    output.report(&StatusReport {
        blocks,
        now: world.clock.now(),
        paint: output.paint(world.is_dumb()),
    })
}

/// The profile that was asked for; or all there are, in the file and signed in; or at least the one in use.
fn names(selection: &Selection, file: &ProfileFile, kept: &[Summary], in_use: &str) -> Vec<String> {
    let mut names = Vec::new();
    if selection.profile.is_none() {
        names = file.profiles();
        for summary in kept {
            if !names.contains(&summary.profile) {
                names.push(summary.profile.clone());
            }
        }
    }
    if names.is_empty() {
        names.push(in_use.to_owned());
    }
    names
}

/// What is known of one profile.
struct Block {
    profile: String,
    issuer: String,
    client_id: String,
    store: String,
    settings: Map<String, Value>,
    summary: Option<Summary>,
}

impl Block {
    /// Takes the profile's own summary out of `kept`.
    fn of_profile(profile: &Profile, kept: &mut Vec<Summary>) -> Block {
        let key = key_of(profile);
        let store = profile.store.to_string();
        let own = |kept: &Summary| kept.key() == key && kept.store.to_string() == store;
        let summary = kept.iter().position(own).map(|at| kept.remove(at));
        let settings = profile.settings.iter().map(|(key, sourced)| {
            let value =
                json!({ "value": sourced.given.json(), "origin": sourced.origin.to_string() });
            (key.names().file.to_owned(), value)
        });
        Block {
            profile: key.profile,
            issuer: key.issuer,
            client_id: key.client_id,
            store,
            settings: settings.collect(),
            summary,
        }
    }

    fn of_summary(summary: Summary) -> Block {
        Block {
            profile: summary.profile.clone(),
            issuer: summary.issuer.clone(),
            client_id: summary.client_id.clone(),
            store: summary.store.to_string(),
            settings: Map::new(),
            summary: Some(summary),
        }
    }

    fn is_signed_in(&self, now: Timestamp) -> bool {
        self.summary
            .as_ref()
            .is_some_and(|kept| kept.is_signed_in(now))
    }

    fn json(&self, now: Timestamp) -> Value {
        let summary = self.summary.as_ref();
        let time = |moment: Option<Timestamp>| moment.map(|moment| moment.to_string());
        json!({
            "profile": self.profile,
            "signed_in": self.is_signed_in(now),
            "issuer": self.issuer,
            "client_id": self.client_id,
            "username": summary.and_then(|kept| kept.username.clone()),
            "email": summary.and_then(|kept| kept.email.clone()),
            "groups": summary.map(|kept| kept.groups.clone()).unwrap_or_default(),
            "scopes": summary.map(|kept| kept.scopes.clone()).unwrap_or_default(),
            "access_expires_at": time(summary.map(|kept| kept.access_expires_at)),
            "id_expires_at": time(summary.and_then(|kept| kept.id_expires_at)),
            "signed_in_at": time(summary.map(|kept| kept.signed_in_at)),
            "store": self.store,
            "settings": self.settings,
        })
    }

    fn columns(&self, now: Timestamp, paint: Paint) -> Columns {
        let mut columns = Columns::default();
        match &self.summary {
            None => columns.line("signed in", paint.spent("no")),
            Some(kept) => {
                let shown =
                    |text: &Option<String>| text.as_deref().map(|text| printable(text, 200));
                columns.line(
                    "signed in",
                    match self.is_signed_in(now) {
                        true => {
                            let when = output::in_words(kept.signed_in_at, now);
                            format!("{}, {when}", paint.good("yes"))
                        }
                        false => format!("{}, the session has ended", paint.spent("no")),
                    },
                );
                columns.line_if("user", shown(&kept.username));
                columns.line_if("email", shown(&kept.email));
                columns.line_if(
                    "groups",
                    (!kept.groups.is_empty()).then(|| printable(&kept.groups.join(", "), 500)),
                );
                columns.line("scopes", printable(&kept.scopes.join(" "), 500));
                columns.line("access token", until(kept.access_expires_at, now, paint));
                columns.line_if(
                    "ID token",
                    kept.id_expires_at.map(|moment| until(moment, now, paint)),
                );
            }
        }
        columns.line("issuer", printable(&self.issuer, 300));
        columns.line("app client", printable(&self.client_id, 200));
        columns.line("store", self.store.clone());
        columns
    }
}

fn until(moment: Timestamp, now: Timestamp, paint: Paint) -> String {
    let until = output::until(moment, now);
    match moment > now {
        true => format!("good until {until}"),
        false => format!("{} {until}", paint.spent("ended")),
    }
}

struct StatusReport {
    blocks: Vec<Block>,
    now: Timestamp,
    paint: Paint,
}

impl Report for StatusReport {
    fn human(&self, out: &mut dyn Write) -> io::Result<()> {
        for (index, block) in self.blocks.iter().enumerate() {
            if index > 0 {
                writeln!(out)?;
            }
            let name = printable(&block.profile, 60);
            writeln!(out, "{}", self.paint.strong(&name))?;
            let columns = block.columns(self.now, self.paint);
            columns.write("  ", self.paint, out)?;
        }
        Ok(())
    }

    fn json(&self) -> String {
        let profiles: Vec<_> = self
            .blocks
            .iter()
            .map(|block| block.json(self.now))
            .collect();
        json!({ "profiles": profiles }).to_string()
    }
}
