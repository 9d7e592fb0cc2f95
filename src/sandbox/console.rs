//! `/sandbox`: what the console of a real pool shows, and what it does not: the last requests and what was wrong with them.

use maud::{Markup, html};

use super::frame::{Frame, Width, told};
use super::journal::Entry;
use super::mailbox::Letter;
use super::message::Response;
use super::pool::Pool;
use super::settings::User;
use super::users::Account;
use crate::clock::Timestamp;

/// Users shown; a pool may have thousands.
const SHOWN_USERS: usize = 100;
const SHOWN_LETTERS: usize = 20;
/// Requests shown; `/sandbox/requests` has more.
const SHOWN_REQUESTS: usize = 20;

/// Answers with the page; its script fetches it anew each second.
pub(super) fn page(pool: &Pool) -> Response {
    let body = html! {
        p.lead { "Issuer " code { (pool.issuer) } ". This page renews itself." }
        p.banner.bad.when-gone role="alert" { "The sandbox has ended. What you see was its last word." }
        div #live {
            (requests(pool))
            (mail(pool))
            (users(pool))
        }
        p.other {
            a href="/sandbox/requests" { "Requests" } " and " a href="/sandbox/mailbox" { "mail" } " as JSON · "
            a href="/" { "About this sandbox" }
        }
    };
    let frame = Frame {
        width: Width::Wide,
        ..Frame::new("What happens here", false, &pool.look)
    };
    Response::html(200, frame.around(&body))
}

fn requests(pool: &Pool) -> Markup {
    html! {
        section aria-labelledby="requests" {
            h2 #requests { "Last requests" }
            @if pool.journal.entries().is_empty() {
                p.empty { "None yet. Send a browser to " code { (pool.domain) "/oauth2/authorize" } "." }
            } @else {
                ol.rows reversed { @for entry in pool.journal.entries().iter().rev().take(SHOWN_REQUESTS) { (request(pool, entry)) } }
            }
        }
    }
}

fn request(pool: &Pool, entry: &Entry) -> Markup {
    let client = entry.client.as_deref().map(|id| {
        let known = pool.client(id).map(|client| client.name.as_str());
        known.unwrap_or(id)
    });
    let bad = entry.finding.is_some() || entry.status >= 400;
    html! {
        li.wrong[entry.finding.is_some()] {
            p.line {
                span.status.bad[bad] { (entry.status) }
                " " code { (entry.method) " " (entry.path) }
                @if let Some(grant) = entry.grant { " " span.tag { (grant) } }
                @if let Some(client) = client { " " span.tag { (client) } }
                " " span.when { (time(entry.at)) }
            }
            @if let Some(finding) = &entry.finding { (told(finding)) }
        }
    }
}

fn mail(pool: &Pool) -> Markup {
    html! {
        section aria-labelledby="mail" {
            h2 #mail { "Mail" }
            @if pool.letters().is_empty() {
                p.empty { "No code was “sent” yet." }
            } @else {
                ol.rows reversed { @for sent in pool.letters().iter().rev().take(SHOWN_LETTERS) { (letter(sent)) } }
            }
        }
    }
}

fn letter(letter: &Letter) -> Markup {
    html! {
        li {
            p.line {
                code.secret-text { (letter.code) }
                " " span.tag { (letter.purpose.words()) }
                " to " span { (letter.to) }
                " " span.when { (time(letter.sent_at)) }
            }
        }
    }
}

fn users(pool: &Pool) -> Markup {
    let all = pool.users.all();
    let count = all.len();
    html! {
        section aria-labelledby="users" {
            h2 #users { "Users " span.tag { (count) } }
            ul.rows { @for account in all.take(SHOWN_USERS) { (user(pool, account)) } }
            @if count > SHOWN_USERS { p.empty { "And " (count - SHOWN_USERS) " more." } }
        }
    }
}

fn user(pool: &Pool, account: &Account) -> Markup {
    let name = &account.user.username;
    html! {
        li {
            p.line {
                strong { (name) }
                @if account.display_name() != name { " " span { (account.display_name()) } }
                " " span.tag { (state(pool, account)) }
                @if account.has_app() { " " span.tag { "MFA" } }
                " " span.when {
                    @match account.last_sign_in {
                        Some(at) => { "signed in " (time(at)) },
                        None => "never signed in",
                    }
                }
            }
            p.mend { (facts(pool, &account.user)) }
        }
    }
}

/// Returns address, groups and live sessions in one line.
fn facts(pool: &Pool, user: &User) -> String {
    let counted = |count: usize, what: &str| match count {
        0 => None,
        1 => Some(format!("1 {what}")),
        _ => Some(format!("{count} {what}s")),
    };
    let sessions = [
        counted(
            pool.grants.sessions_of(&user.username, pool.now()),
            "app session",
        ),
        counted(pool.browsers_of(&user.username), "browser session"),
    ];
    let groups = Some(user.groups.join(", ")).filter(|groups| !groups.is_empty());
    let facts = [
        Some(user.email.clone()),
        groups.map(|groups| format!("in {groups}")),
    ];
    let facts: Vec<String> = facts.into_iter().chain(sessions).flatten().collect();
    facts.join(" · ")
}

/// Returns the state in the words of the Cognito console.
fn state(pool: &Pool, account: &Account) -> &'static str {
    match &account.identity {
        Some(_) => "External provider",
        None if pool.users.is_closed(&account.user.username, pool.now()) => "Locked for a while",
        None if !account.confirmed => "Unconfirmed",
        None if account.user.temporary_password => "Force change password",
        None => "Confirmed",
    }
}

fn time(at: Timestamp) -> Markup {
    let written = at.to_string();
    let clock = written.get(11..19).unwrap_or(&written);
    html! { time datetime=(written) { (clock) " UTC" } }
}
