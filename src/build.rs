//! Runs before the house is built: what `--version` says, and what is linked in.
//!
//! The version names the commit and its day. Only release builds are told: a commit would otherwise build everything anew
//! on a developer's machine. Where there is no Git, a published package still knows its commit (`.cargo_vcs_info.json`), and
//! the day is that of `SOURCE_DATE_EPOCH`.

use std::env;
use std::fs;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=src/build.rs");
    println!("cargo::rerun-if-env-changed=SOURCE_DATE_EPOCH");
    let version = env::var("CARGO_PKG_VERSION").unwrap_or_default();
    let told: Vec<String> = match env::var("PROFILE").as_deref() {
        Ok("release") => commit().into_iter().chain(day()).collect(),
        _ => Vec::new(),
    };
    let build = match told.is_empty() {
        true => version,
        false => format!("{version} ({})", told.join(" ")),
    };
    println!("cargo::rustc-env=COGNITO_LOGIN_BUILD={build}");
    link_the_unwinder_in();
}

/// What unwinds a stack comes from the compiler's static library: one shared library fewer to load at every start.
fn link_the_unwinder_in() {
    let target = |what: &str| env::var(format!("CARGO_CFG_TARGET_{what}")).unwrap_or_default();
    if target("OS") == "linux" && target("ENV") == "gnu" {
        println!("cargo::rustc-link-lib=static:-bundle=gcc_eh");
    }
}

/// Returns the commit, from the package or from Git, in ten digits.
fn commit() -> Option<String> {
    let packaged = fs::read_to_string(".cargo_vcs_info.json").ok();
    let packaged = packaged.as_deref().and_then(|text| {
        let (_, rest) = text.split_once("\"sha1\"")?;
        rest.split('"').nth(1).map(str::to_owned)
    });
    let commit = packaged.or_else(|| git(&["rev-parse", "HEAD"]))?;
    let is_one = commit.len() >= 10 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_one.then(|| commit[..10].to_owned())
}

/// Returns the day as `2026-11-25`: of `SOURCE_DATE_EPOCH`, or of the commit.
fn day() -> Option<String> {
    match env::var("SOURCE_DATE_EPOCH") {
        Ok(seconds) => seconds.parse().ok().map(date),
        Err(_) => git(&["log", "-1", "--format=%ct"])?.parse().ok().map(date),
    }
}

/// Asks Git about this folder, and lets Cargo look at what changes with the answer.
fn git(arguments: &[&str]) -> Option<String> {
    let ask = |arguments: &[&str]| {
        let answer = Command::new("git").args(arguments).output().ok()?;
        let text = String::from_utf8(answer.stdout).ok()?;
        answer.status.success().then(|| text.trim().to_owned())
    };
    // Anything but nothing: a package that lies somewhere in the repository of something else.
    if !ask(&["rev-parse", "--show-prefix"])?.is_empty() {
        return None;
    }
    let branch = ask(&["symbolic-ref", "--quiet", "HEAD"]);
    for name in ["HEAD", "packed-refs"].into_iter().chain(branch.as_deref()) {
        // A file that is not there would have Cargo build anew every time.
        let path = ask(&["rev-parse", "--git-path", name])
            .filter(|path| fs::exists(path).unwrap_or(false));
        if let Some(path) = path {
            println!("cargo::rerun-if-changed={path}");
        }
    }
    ask(arguments)
}

/// Returns the day of a time in seconds UTC (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
fn date(seconds: u64) -> String {
    let days = seconds / 86_400 + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    format!("{year}-{month:02}-{day:02}")
}
