//! `/sandbox`: what the console of a real pool shows, and what it does not: the last requests and what was wrong with them.

use maud::{Markup, html};

use super::diagnosis::Finding;
use super::frame::{Frame, Width};
use super::journal::Entry;
use super::mailbox::Letter;
use super::message::Response;
use super::pool::Pool;
use super::users::Account;
use crate::clock::Timestamp;

/// Users shown; a pool may have thousands.
const SHOWN_USERS: usize = 100;
const SHOWN_LETTERS: usize = 20;

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
                ol.requests reversed { @for entry in pool.journal.entries().iter().rev() { (request(pool, entry)) } }
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
                " " (time(entry.at))
            }
            @if let Some(finding) = &entry.finding {
                (told(finding))
            }
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
                div.scroll {
                    table {
                        thead { tr { th scope="col" { "Code" } th scope="col" { "For" } th scope="col" { "To" } th scope="col" { "When" } } }
                        tbody { @for sent in pool.letters().iter().rev().take(SHOWN_LETTERS) { (letter(sent)) } }
                    }
                }
            }
        }
    }
}

fn letter(letter: &Letter) -> Markup {
    html! {
        tr {
            td { code.secret-text { (letter.code) } }
            td { (letter.purpose.words()) }
            td { (letter.to) }
            td { (time(letter.sent_at)) }
        }
    }
}

fn users(pool: &Pool) -> Markup {
    let all = pool.users.all();
    let count = all.len();
    html! {
        section aria-labelledby="users" {
            h2 #users { "Users " span.count { (count) } }
            div.scroll {
                table {
                    thead {
                        tr {
                            th scope="col" { "User name" } th scope="col" { "Email" } th scope="col" { "State" }
                            th scope="col" { "Groups" } th scope="col" { "Sessions" } th scope="col" { "Last sign-in" }
                        }
                    }
                    tbody { @for account in all.take(SHOWN_USERS) { (user(pool, account)) } }
                }
            }
            @if count > SHOWN_USERS { p.empty { "And " (count - SHOWN_USERS) " more." } }
        }
    }
}

fn user(pool: &Pool, account: &Account) -> Markup {
    let name = &account.user.username;
    let tokens = pool.grants.sessions_of(name, pool.now());
    let browsers = pool.browsers_of(name);
    html! {
        tr {
            td { (name) @if account.display_name() != name { br; span.soft { (account.display_name()) } } }
            td { (account.user.email) }
            td {
                (state(pool, account))
                @if account.has_app() { " " span.tag { "MFA" } }
            }
            td { (account.user.groups.join(", ")) }
            td {
                @if tokens + browsers == 0 { span.soft { "none" } }
                @if tokens > 0 { (tokens) @if tokens == 1 { " app" } @else { " apps" } }
                @if tokens > 0 && browsers > 0 { ", " }
                @if browsers > 0 { (browsers) @if browsers == 1 { " browser" } @else { " browsers" } }
            }
            td { @match account.last_sign_in { Some(at) => (time(at)), None => span.soft { "never" } } }
        }
    }
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
    html! { time.soft datetime=(written) { (clock) " UTC" } }
}

/// Draws what was found, with what stands in backticks as code.
pub(super) fn told(finding: &Finding) -> Markup {
    html! {
        p.finding { (marked(&sentence(&finding.wrong))) }
        p.mend { strong { "Mend it: " } (marked(&finding.mend)) }
    }
}

fn marked(text: &str) -> Markup {
    html! {
        @for (at, part) in text.split('`').enumerate() {
            @if at % 2 == 0 { (part) } @else { code { (part) } }
        }
    }
}

/// Returns a finding as a sentence.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}
