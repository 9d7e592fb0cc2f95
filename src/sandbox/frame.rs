//! What every page is made of: the frame around it, its fields, its style sheet and its one script.
//!
//! Elements carry the class names of Cognito's classic pages (`submitButton-customizable` and so on) beside their own,
//! so that a style sheet written for those pages works here.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::diagnosis::Finding;
use super::look::Look;
use super::message::Response;
use super::users::Refused;

/// `form-action` stays open: after a sign-in the form's redirect leaves for the client.
pub(super) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; \
     script-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

const ICON: &str = include_str!("icon.svg");

/// The style sheet of every page.
pub(super) fn style_sheet() -> Response {
    asset("text/css;charset=UTF-8", include_str!("style.css"))
}

/// The script of the pages that are kinder with one.
pub(super) fn script() -> Response {
    asset("text/javascript;charset=UTF-8", include_str!("script.js"))
}

/// The icon in the browser's tab.
pub(super) fn icon() -> Response {
    asset("image/svg+xml", ICON)
}

fn asset(media_type: &str, text: &'static str) -> Response {
    Response::new(200)
        .header("content-type", media_type)
        .header("cache-control", "no-cache")
        .header("x-content-type-options", "nosniff")
        .body(text)
}

/// How much room a page takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    /// One column to read and to fill in.
    Column,
    /// Tables.
    Wide,
}

/// One whole page.
pub(super) struct Frame<'a> {
    pub(super) title: &'a str,
    /// Something is wrong with what the person sent: the title says so first, for who hears it.
    pub(super) wrong: bool,
    pub(super) width: Width,
    pub(super) look: &'a Look,
}

impl<'a> Frame<'a> {
    pub(super) fn new(title: &'a str, wrong: bool, look: &'a Look) -> Frame<'a> {
        Frame {
            title,
            wrong,
            width: Width::Column,
            look,
        }
    }

    pub(super) fn around(&self, body: &Markup) -> String {
        let wide = self.width == Width::Wide;
        // Style sheets for Cognito's classic pages know no dark.
        let custom = self.look.css.is_some() && !wide;
        let page = html! {
            (DOCTYPE)
            html.light[custom] lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content=(if custom { "light" } else { "light dark" });
                    meta name="robots" content="noindex";
                    title { @if self.wrong { "Error: " } (self.title) " · Sandbox" }
                    link rel="icon" href="/icon.svg" type="image/svg+xml";
                    link rel="stylesheet" href="/style.css";
                    @if custom { link rel="stylesheet" href="/custom.css"; }
                    script src="/script.js" defer {}
                    @if wide { noscript { meta http-equiv="refresh" content="3"; } }
                }
                body.wide[wide].background-customizable[!wide] {
                    main.modal-content[!wide] {
                        (self.mark())
                        h1 { (self.title) }
                        (body)
                    }
                    footer {
                        p {
                            strong { "This is a sandbox." }
                            " The user pool lives in a program on this computer: nothing you type leaves it, "
                            "and it forgets everything when the program ends."
                        }
                    }
                }
            }
        };
        page.into_string()
    }

    fn mark(&self) -> Markup {
        html! {
            @if self.look.logo.is_some() && self.width == Width::Column {
                div.logo.banner-customizable { img.logo-customizable src="/logo" alt=""; }
            } @else {
                div.mark { (PreEscaped(ICON)) span { "Sandbox" } }
            }
        }
    }
}

/// One labelled input.
#[derive(Clone, Copy)]
pub(super) struct Field<'a> {
    pub(super) name: &'a str,
    pub(super) label: &'a str,
    pub(super) kind: &'a str,
    pub(super) value: &'a str,
    pub(super) autocomplete: &'a str,
    pub(super) hint: &'a str,
    /// The rules a new password is held against while it is typed: words and pattern.
    pub(super) rules: &'a [(String, String)],
    pub(super) optional: bool,
    pub(super) focus: bool,
    pub(super) wrong: bool,
    pub(super) numeric: bool,
}

impl<'a> Field<'a> {
    pub(super) fn text(name: &'a str, label: &'a str) -> Field<'a> {
        Field {
            name,
            label,
            kind: "text",
            value: "",
            autocomplete: "off",
            hint: "",
            rules: &[],
            optional: false,
            focus: false,
            wrong: false,
            numeric: false,
        }
    }

    pub(super) fn password(label: &'a str) -> Field<'a> {
        Field {
            kind: "password",
            ..Field::text("password", label)
        }
    }

    pub(super) fn new_password(label: &'a str, rules: &'a [(String, String)]) -> Field<'a> {
        Field {
            autocomplete: "new-password",
            rules,
            ..Field::password(label)
        }
    }

    pub(super) fn code(name: &'a str, label: &'a str) -> Field<'a> {
        Field {
            autocomplete: "one-time-code",
            numeric: true,
            ..Field::text(name, label)
        }
    }

    pub(super) fn draw(&self, complaint: Option<&str>) -> Markup {
        let (note, rules) = (
            format!("{}-note", self.name),
            format!("{}-rules", self.name),
        );
        let mut described_by = Vec::new();
        if complaint.is_some() || !self.hint.is_empty() {
            described_by.push(note.as_str());
        } else if self.wrong {
            described_by.push("notice");
        }
        if !self.rules.is_empty() {
            described_by.push(rules.as_str());
        }
        let described_by = Some(described_by.join(" ")).filter(|ids| !ids.is_empty());
        html! {
            div.field {
                label.label-customizable for=(self.name) {
                    (self.label)
                    @if self.optional { " " span.optional { "optional" } }
                }
                div.input {
                    input.inputField-customizable.digits[self.numeric] id=(self.name) name=(self.name) type=(self.kind) value=(self.value)
                        autocomplete=(self.autocomplete) autocapitalize="none" spellcheck="false"
                        required[!self.optional] autofocus[self.focus || complaint.is_some()]
                        inputmode=[self.numeric.then_some("numeric")]
                        aria-invalid=[(self.wrong || complaint.is_some()).then_some("true")]
                        aria-describedby=[described_by];
                }
                @if let Some(complaint) = complaint {
                    p.complaint.errorMessage-customizable id=(note) role="alert" { (complaint) }
                } @else if !self.hint.is_empty() {
                    p.hint id=(note) { (self.hint) }
                }
                @if !self.rules.is_empty() {
                    ul.rules id=(rules) data-rules-of=(self.name) aria-label="The password needs" {
                        @for (words, pattern) in self.rules {
                            li data-pattern=(pattern) { (words) span.unseen {} }
                        }
                    }
                }
            }
        }
    }
}

/// Draws fields, with the complaint under the one it is about.
pub(super) fn draw(fields: &[Field<'_>], refused: Option<&Refused>) -> Markup {
    html! {
        @for field in fields {
            (field.draw(refused.filter(|refused| refused.field == field.name).map(|refused| refused.message)))
        }
    }
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
