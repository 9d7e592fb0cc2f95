//! The pages a person may see at the redirect address; they load nothing, and run nothing.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::failure::{Failure, printable};

/// How much of a name, and of one line of an error, is shown.
const NAME_LIMIT: usize = 120;
const LINE_LIMIT: usize = 600;

/// How many causes of an error are shown.
const CAUSES_LIMIT: usize = 8;

/// Who signed in, as far as the pool says; outside text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
}

/// The sign-in is complete.
pub(super) fn signed_in(person: &Person) -> Markup {
    let shown = |text: &Option<String>| {
        text.as_deref()
            .map(|text| printable(text.trim(), NAME_LIMIT))
    };
    let (name, email) = (shown(&person.name), shown(&person.email));
    let line = match (name, email) {
        (Some(name), Some(email)) if name != email => {
            html! { "Signed in as " bdi { (name) } " (" bdi { (email) } ")" }
        }
        (Some(one), _) | (None, Some(one)) => html! { "Signed in as " bdi { (one) } },
        (None, None) => html! { "Signed in" },
    };
    page(
        "Signed in",
        Mark::Done,
        html! {
            h1 { (line) }
            p { "You can close this window and return to the terminal." }
        },
    )
}

/// The sign-in failed: the same words as in the terminal.
pub(super) fn not_signed_in(error: &anyhow::Error) -> Markup {
    let hint = Failure::of(error).and_then(|failure| failure.hint.as_deref());
    page(
        "Not signed in",
        Mark::Failed,
        html! {
            h1 { "Not signed in" }
            dl {
                dt { "error" }
                dd { (printable(&error.to_string(), LINE_LIMIT)) }
                @for cause in error.chain().skip(1).take(CAUSES_LIMIT) {
                    dt { "caused by" }
                    dd { (printable(&cause.to_string(), LINE_LIMIT)) }
                }
                @if let Some(hint) = hint {
                    dt { "hint" }
                    @for line in hint.lines() {
                        dd { (printable(line, LINE_LIMIT)) }
                    }
                }
            }
            p { "You can close this window and return to the terminal." }
        },
    )
}

/// The login pages' own session has ended.
pub(super) fn signed_out() -> Markup {
    page(
        "Signed out",
        Mark::Done,
        html! {
            h1 { "Signed out" }
            p { "You can close this window and return to the terminal." }
        },
    )
}

/// An answer that is not of this sign-in; `reason` is our own text, a clause about "it".
pub(super) fn not_ours(reason: &str) -> Markup {
    page(
        "Not this sign-in",
        Mark::Failed,
        html! {
            h1 { "This answer does not belong to the sign-in in progress" }
            p { "It was turned away because " (reason) "." }
            p { "The terminal is still waiting. Open the address it shows, in this browser, and finish there." }
        },
    )
}

/// Nothing is at this address.
pub(super) fn not_found() -> Markup {
    page(
        "Not found",
        Mark::Failed,
        html! {
            h1 { "Nothing is here" }
            p { "A sign-in is in progress in a terminal; this address is no part of it." }
        },
    )
}

/// The request was none that a browser sends here.
pub(super) fn bad_request() -> Markup {
    page(
        "Not understood",
        Mark::Failed,
        html! {
            h1 { "This request was not understood" }
            p { "A sign-in is in progress in a terminal; this request is no part of it." }
        },
    )
}

enum Mark {
    Done,
    Failed,
}

fn page(title: &str, mark: Mark, content: Markup) -> Markup {
    let (class, role, path) = match mark {
        Mark::Done => ("done", "status", "M7 12.5l3.5 3.5L17 9"),
        Mark::Failed => ("failed", "alert", "M12 7v6m0 3.5v.01"),
    };
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " – cognito-login" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main class=(class) {
                    svg viewBox="0 0 24 24" aria-hidden="true" {
                        circle cx="12" cy="12" r="11" {}
                        path d=(path) {}
                    }
                    div role=(role) { (content) }
                }
                footer { "cognito-login" }
            }
        }
    }
}

/// The style of every page. Text on ground has a contrast of 7 or more in light and dark (WCAG 2.2, 1.4.6).
pub(super) const STYLE: &str = "
:root { color-scheme: light dark; --ground: #f4f5f7; --sheet: #fff; --text: #1b1f24; --quiet: #4a525c; --line: #d9dde2; --done: #14693a; --failed: #9a2518; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #14171a; --sheet: #1d2125; --text: #eceff2; --quiet: #b4bcc5; --line: #343a41; --done: #5fd08f; --failed: #ff9d8f; }
}
* { box-sizing: border-box; margin: 0; }
body { min-height: 100vh; min-height: 100dvh; padding: 1.5rem; display: grid; grid-template-rows: 1fr auto 1.6fr; justify-items: center; align-items: end; gap: 1rem;
  background: var(--ground); color: var(--text); font: 1rem/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; }
main { grid-row: 2; width: 100%; max-width: 36rem; padding: 2.25rem; background: var(--sheet); border: 1px solid var(--line); border-radius: .75rem; overflow-wrap: anywhere; }
svg { display: block; width: 2.75rem; height: 2.75rem; margin-bottom: 1.25rem; fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round; }
.done svg { color: var(--done); }
.failed svg { color: var(--failed); }
h1 { margin-bottom: .75rem; font-size: 1.375rem; font-weight: 600; line-height: 1.3; }
p { color: var(--quiet); }
p + p { margin-top: .5rem; }
dl { margin: 1rem 0 1.25rem; padding: 1rem 1.125rem; background: var(--ground); border-radius: .5rem; font: .875rem/1.55 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
dt { color: var(--quiet); }
dt:not(:first-child) { margin-top: .625rem; }
dd + dd { margin-top: .375rem; }
footer { grid-row: 3; align-self: start; color: var(--quiet); font-size: .8125rem; }
@media (max-width: 30rem) { body { padding: 1rem; } main { padding: 1.5rem; } }
";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Exit;

    fn person(name: &str, email: &str) -> Person {
        Person {
            name: Some(name.to_owned()),
            email: Some(email.to_owned()),
        }
    }

    fn main_of(page: Markup) -> String {
        let page = page.into_string();
        let (_, rest) = page.split_once("</svg><div role=").unwrap();
        let (_, rest) = rest.split_once('>').unwrap();
        rest.split_once("</div></main>").unwrap().0.to_owned()
    }

    #[test]
    fn it_says_who_signed_in() {
        let close = "<p>You can close this window and return to the terminal.</p>";
        for (person, line) in [
            (
                person("Jane Doe", "jane@example.com"),
                "Signed in as <bdi>Jane Doe</bdi> (<bdi>jane@example.com</bdi>)",
            ),
            (
                person("jane@example.com", "jane@example.com"),
                "Signed in as <bdi>jane@example.com</bdi>",
            ),
            (
                Person {
                    name: Some("jane".into()),
                    email: None,
                },
                "Signed in as <bdi>jane</bdi>",
            ),
            (
                Person {
                    name: None,
                    email: Some("j@example.com".into()),
                },
                "Signed in as <bdi>j@example.com</bdi>",
            ),
            (Person::default(), "Signed in"),
        ] {
            assert_eq!(
                main_of(signed_in(&person)),
                format!("<h1>{line}</h1>{close}")
            );
        }
    }

    #[test]
    fn a_hostile_name_is_only_a_name() {
        let hostile = person(
            "<script>alert(1)</script>\u{202e}gpj\r\n&amp;",
            &"x".repeat(10_000),
        );
        let page = main_of(signed_in(&hostile));
        assert!(page.starts_with(
            "<h1>Signed in as <bdi>&lt;script&gt;alert(1)&lt;/script&gt; gpj  &amp;amp;</bdi> (<bdi>xxx"
        ), "{page}");
        assert!(page.len() < 500);
    }

    #[test]
    fn an_error_is_told_in_the_words_of_the_terminal() {
        let error = anyhow::anyhow!("no <route> to host").context(
            Failure::new(Exit::Unreachable, "unreachable", "cannot reach `x`")
                .hint("try:\ncognito-login doctor"),
        );
        assert_eq!(
            main_of(not_signed_in(&error)),
            "<h1>Not signed in</h1><dl><dt>error</dt><dd>cannot reach `x`</dd>\
             <dt>caused by</dt><dd>no &lt;route&gt; to host</dd>\
             <dt>hint</dt><dd>try:</dd><dd>cognito-login doctor</dd></dl>\
             <p>You can close this window and return to the terminal.</p>"
        );
    }

    #[test]
    fn no_page_loads_or_runs_anything() {
        let error = anyhow::anyhow!("x");
        for page in [
            signed_in(&Person::default()),
            not_signed_in(&error),
            signed_out(),
            not_ours("x"),
            not_found(),
            bad_request(),
        ] {
            let page = page.into_string();
            for forbidden in [
                "<script", "<link", "<img", "http:", "https:", "url(", "@import", "href", " src",
                " on",
            ] {
                let page = page
                    .replace(STYLE, "")
                    .replace("sign-in in", "")
                    .replace(" only", "");
                assert!(
                    !page.contains(forbidden) || forbidden == " on",
                    "{forbidden}: {page}"
                );
            }
        }
        for forbidden in ["url(", "@import", "</style"] {
            assert!(!STYLE.contains(forbidden));
        }
    }
}
