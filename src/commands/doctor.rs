//! `doctor`: checks everything a sign-in needs, runs to the end whatever fails, and says what to do about each failure.

use std::io::{self, Write};

use anyhow::Result;
use serde_json::json;

use super::doctor_checks::{Check, Patient};
use super::selection::{BrowserArgs, Selection};
use super::world::World;
use crate::failure::{Exit, Failure, printable};
use crate::output::{Output, Paint, Report};
use crate::profile::{Profile, ProfileFile};

/// What the help shows at its end.
pub const AFTER_HELP: &str = "\
Examples:
  cognito-login doctor --profile work
  cognito-login doctor --json > report.json      for a bug report; holds no secret";

/// Runs the checks and prints a line for each.
///
/// # Errors
/// Fails with exit 1 when a check failed, after all of them were reported.
pub fn run(selection: &Selection, world: &World, output: &mut Output) -> Result<()> {
    let mut checks = vec![Check::of_program()];
    match examined(selection, world) {
        Err(error) => checks.push(Check::failed("settings", &error)),
        Ok(profile) => {
            let _spinner = output.wait_for("examining");
            Patient::new(profile, world).examine(&mut checks);
        }
    }
    let failed = checks.iter().filter(|check| !check.ok).count();
    let homes = ["HOME", "USERPROFILE"].map(|name| world.variable(name));
    let homes = homes.into_iter().flatten();
    let homes = homes.map(|home| home.trim_end_matches(['/', '\\']).to_owned());
    let homes = homes.filter(|home| home.len() > 3);
    output.report(&DoctorReport {
        checks,
        homes: homes.collect(),
        paint: output.paint(world.is_dumb()),
    })?;
    match failed {
        0 => Ok(()),
        1 => Err(Failure::new(Exit::Failed, "unwell", "1 check failed").into()),
        _ => Err(Failure::new(Exit::Failed, "unwell", format!("{failed} checks failed")).into()),
    }
}

fn examined(selection: &Selection, world: &World) -> Result<Profile> {
    let file = ProfileFile::read(&world.config_file(selection.config.as_deref())?)?;
    let name = selection.name(world, &file)?;
    selection.named(&name, world, &file, &BrowserArgs::default())
}

struct DoctorReport {
    checks: Vec<Check>,
    /// Says who a person is, so it is `~` in what may be posted.
    homes: Vec<String>,
    paint: Paint,
}

impl Report for DoctorReport {
    fn human(&self, out: &mut dyn Write) -> io::Result<()> {
        let width = self
            .checks
            .iter()
            .map(|check| check.name.len())
            .max()
            .unwrap_or(0);
        for check in &self.checks {
            let verdict = match check.ok {
                true => self.paint.good("ok    "),
                false => self.paint.bad("FAILED"),
            };
            writeln!(
                out,
                "{verdict}  {:width$}  {}",
                check.name,
                printable(&check.detail, 500)
            )?;
            for line in check.hint.iter().flat_map(|hint| hint.lines()) {
                writeln!(out, "{:8}{:width$}  → {}", "", "", printable(line, 500))?;
            }
        }
        Ok(())
    }

    fn json(&self) -> String {
        let ok = self.checks.iter().all(|check| check.ok);
        let redacted = |text: &str| {
            let homes = self.homes.iter();
            homes.fold(text.to_owned(), |text, home| text.replace(home, "~"))
        };
        let checks = self.checks.iter().map(|check| {
            let hint = check.hint.as_deref().map(redacted);
            json!({ "name": check.name, "ok": check.ok, "detail": redacted(&check.detail), "hint": hint })
        });
        json!({ "ok": ok, "checks": checks.collect::<Vec<_>>() }).to_string()
    }
}
