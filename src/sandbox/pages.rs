//! What a person sees: pages made on the server, one style sheet, no script, nothing from anywhere else.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::message::{Response, encode};
use super::pool::Pool;
use super::settings::{AppClient, User};
use super::users::{Application, Refused};

/// `form-action` stays open: after a sign-in the form's redirect leaves for the client.
pub(super) const CONTENT_SECURITY_POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'";

const ICON: &str = include_str!("icon.svg");

/// The style sheet of every page.
pub(super) fn style_sheet() -> Response {
    Response::new(200)
        .header("content-type", "text/css;charset=UTF-8")
        .header("cache-control", "max-age=300")
        .body(include_str!("style.css"))
}

/// The icon in the browser's tab.
pub(super) fn icon() -> Response {
    Response::new(200)
        .header("content-type", "image/svg+xml")
        .header("cache-control", "max-age=300")
        .body(ICON)
}

/// What a page says before its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notice {
    Incorrect,
    Closed,
    Stale,
    Confirmed,
    PasswordChanged,
    Sent,
}

impl Notice {
    /// Returns the notice a redirect of ours carries; others are not for a query to choose.
    pub(super) fn named(name: &str) -> Option<Notice> {
        match name {
            "confirmed" => Some(Notice::Confirmed),
            "password_changed" => Some(Notice::PasswordChanged),
            "sent" => Some(Notice::Sent),
            _ => None,
        }
    }

    fn text(self) -> &'static str {
        match self {
            Notice::Incorrect => "Incorrect user name or password.",
            Notice::Closed => "Too many wrong passwords. Wait a moment, then try again.",
            Notice::Stale => "This page was open for too long. Please fill it in again.",
            Notice::Confirmed => "Your address is confirmed. Sign in to go on.",
            Notice::PasswordChanged => "Your password is changed. Sign in with the new one.",
            Notice::Sent => "A new code is on its way.",
        }
    }

    fn is_bad(self) -> bool {
        matches!(self, Notice::Incorrect | Notice::Closed | Notice::Stale)
    }
}

/// A page of the conversation before a sign-in.
pub(super) struct Page<'a> {
    /// The name of the app client that waits.
    pub(super) client: &'a str,
    /// The authorize request, encoded.
    pub(super) query: &'a str,
    pub(super) csrf: &'a str,
    /// Shown on the sign-in page, so that nobody has to look for it.
    pub(super) test_user: Option<&'a User>,
}

impl Page<'_> {
    pub(super) fn login(&self, login: &str, notice: Option<Notice>) -> String {
        let wrong = notice == Some(Notice::Incorrect);
        let name = Field {
            value: login,
            autocomplete: "username",
            focus: login.is_empty(),
            wrong,
            ..Field::text("username", "User name or email")
        };
        let password = Field {
            autocomplete: "current-password",
            focus: !login.is_empty(),
            wrong,
            ..Field::password("Password")
        };
        let fields = html! {
            (name.draw(None))
            (password.draw(None))
            p.aside { a href=(self.to("/forgotPassword")) { "Forgot your password?" } }
        };
        let body = html! {
            (self.waiting())
            (banner(notice))
            (self.form(&self.to("/login"), "Sign in", &fields))
            p.other { "New here? " a href=(self.to("/signup")) { "Create an account" } }
            @if let Some(user) = self.test_user { (test_user(user)) }
        };
        frame("Sign in", notice.is_some_and(Notice::is_bad), &body)
    }

    pub(super) fn sign_up(
        &self,
        filled: Application<'_>,
        refused: Option<&Refused>,
        notice: Option<Notice>,
    ) -> String {
        let fields = [
            Field {
                value: filled.username,
                autocomplete: "username",
                focus: refused.is_none(),
                ..Field::text("username", "User name")
            },
            Field {
                value: filled.email,
                autocomplete: "email",
                kind: "email",
                ..Field::text("email", "Email")
            },
            Field {
                value: filled.name,
                autocomplete: "name",
                optional: true,
                ..Field::text("name", "Full name")
            },
            Field {
                autocomplete: "new-password",
                hint: PASSWORD_HINT,
                ..Field::password("Password")
            },
        ];
        let body = html! {
            (self.waiting())
            (banner(notice))
            (self.form(&self.to("/signup"), "Create account", &draw(&fields, refused)))
            p.other { "Have an account? " a href=(self.to("/login")) { "Sign in" } }
        };
        frame("Create an account", refused.is_some(), &body)
    }

    pub(super) fn confirm(
        &self,
        username: &str,
        refused: Option<&Refused>,
        notice: Option<Notice>,
    ) -> String {
        let fields = [Field {
            focus: refused.is_none(),
            ..Field::code()
        }];
        let body = html! {
            p.lead { "We sent a six-digit code to the address of " strong { (username) } "." }
            (banner(notice))
            (self.form(&self.to_for("/confirm", username), "Confirm", &draw(&fields, refused)))
            form.other method="post" action=(self.to_for("/resendcode", username)) {
                (self.hidden())
                "No code? " button.link type="submit" { "Send a new one" }
            }
            (where_codes_are())
        };
        frame("Confirm your address", refused.is_some(), &body)
    }

    pub(super) fn forgot_password(&self, notice: Option<Notice>) -> String {
        let name = Field {
            autocomplete: "username",
            focus: true,
            ..Field::text("username", "User name or email")
        };
        let body = html! {
            p.lead { "We will send a code to the address of your account." }
            (banner(notice))
            (self.form(&self.to("/forgotPassword"), "Send code", &name.draw(None)))
            p.other { a href=(self.to("/login")) { "Back to sign in" } }
        };
        frame(
            "Reset your password",
            notice.is_some_and(Notice::is_bad),
            &body,
        )
    }

    pub(super) fn new_password(
        &self,
        login: &str,
        code: &str,
        refused: Option<&Refused>,
        notice: Option<Notice>,
    ) -> String {
        let fields = [
            Field {
                value: code,
                focus: refused.is_none(),
                ..Field::code()
            },
            Field {
                autocomplete: "new-password",
                hint: PASSWORD_HINT,
                ..Field::password("New password")
            },
        ];
        let body = html! {
            p.lead { "If there is an account for " strong { (login) } ", a code was sent to its address." }
            (banner(notice))
            (self.form(&self.to_for("/confirmforgotPassword", login), "Change password", &draw(&fields, refused)))
            p.other { a href=(self.to("/login")) { "Back to sign in" } }
            (where_codes_are())
        };
        frame("Choose a new password", refused.is_some(), &body)
    }

    fn to(&self, path: &str) -> String {
        format!("{path}?{}", self.query)
    }

    fn to_for(&self, path: &str, username: &str) -> String {
        format!("{path}?{}&user_name={}", self.query, encode(username))
    }

    fn waiting(&self) -> Markup {
        html! { p.lead { "to continue to " strong { (self.client) } } }
    }

    fn form(&self, action: &str, button: &str, fields: &Markup) -> Markup {
        html! {
            form method="post" action=(action) {
                (self.hidden())
                (fields)
                button.main type="submit" { (button) }
            }
        }
    }

    fn hidden(&self) -> Markup {
        html! { input type="hidden" name="_csrf" value=(self.csrf); }
    }
}

/// The page for a request whose client cannot be told: what was wrong, and what is registered.
pub(super) fn error(error: &str, client: Option<&AppClient>) -> String {
    let body = html! {
        p.lead { "An error was encountered with the requested page." }
        p.banner.bad role="alert" { code { (error) } }
        @if error == "redirect_mismatch" {
            p { "The redirect address in the request is not registered for this app client. It has to be the same, letter for letter, port and slash included." }
        }
        @if let Some(client) = client {
            h2 { "Registered for " (client.name) }
            ul.urls { @for uri in &client.redirect_uris { li { code { (uri) } } } }
        }
        p.other { a href="/" { "About this sandbox" } }
    };
    frame("This request cannot go on", true, &body)
}

/// The front page.
pub(super) fn front(pool: &Pool, user: Option<&User>) -> String {
    let body = html! {
        p.lead { "A user pool that behaves like Amazon Cognito, in a program on this computer." }
        @if let Some(user) = user { (test_user(user)) }
        dl {
            dt { "Issuer" } dd { code { (pool.issuer) } }
            @for client in &pool.clients {
                dt { "App client " (client.name) } dd { code { (client.id) } }
            }
        }
        ul.links {
            li { a href={ (pool.issuer) "/.well-known/openid-configuration" } { "Discovery document" } }
            li { a href="/sandbox/mailbox" { "Mailbox" } " with the codes it “sent”" }
            li { a href="/sandbox/stats" { "Requests" } " so far" }
        }
    };
    frame("Sandbox user pool", false, &body)
}

const PASSWORD_HINT: &str = "At least 8 characters: upper and lower case, a digit and a symbol.";

/// One labelled input.
#[derive(Clone, Copy)]
struct Field<'a> {
    name: &'a str,
    label: &'a str,
    kind: &'a str,
    value: &'a str,
    autocomplete: &'a str,
    hint: &'a str,
    optional: bool,
    focus: bool,
    wrong: bool,
    numeric: bool,
}

impl<'a> Field<'a> {
    fn text(name: &'a str, label: &'a str) -> Field<'a> {
        Field {
            name,
            label,
            kind: "text",
            value: "",
            autocomplete: "off",
            hint: "",
            optional: false,
            focus: false,
            wrong: false,
            numeric: false,
        }
    }

    fn password(label: &'a str) -> Field<'a> {
        Field {
            kind: "password",
            ..Field::text("password", label)
        }
    }

    fn code() -> Field<'a> {
        Field {
            autocomplete: "one-time-code",
            numeric: true,
            ..Field::text("code", "Six-digit code")
        }
    }

    fn draw(&self, complaint: Option<&str>) -> Markup {
        let note = format!("{}-note", self.name);
        let described_by = match complaint.is_some() || !self.hint.is_empty() {
            true => Some(note.as_str()),
            false => self.wrong.then_some("notice"),
        };
        html! {
            div.field {
                label for=(self.name) {
                    (self.label)
                    @if self.optional { " " span.optional { "optional" } }
                }
                input id=(self.name) name=(self.name) type=(self.kind) value=(self.value)
                    autocomplete=(self.autocomplete) autocapitalize="none" spellcheck="false"
                    required[!self.optional] autofocus[self.focus || complaint.is_some()]
                    inputmode=[self.numeric.then_some("numeric")]
                    class=[self.numeric.then_some("digits")]
                    aria-invalid=[(self.wrong || complaint.is_some()).then_some("true")]
                    aria-describedby=[described_by];
                @if let Some(complaint) = complaint {
                    p.complaint id=(note) role="alert" { (complaint) }
                } @else if !self.hint.is_empty() {
                    p.hint id=(note) { (self.hint) }
                }
            }
        }
    }
}

/// Draws fields, with the complaint under the one it is about.
fn draw(fields: &[Field<'_>], refused: Option<&Refused>) -> Markup {
    html! {
        @for field in fields {
            (field.draw(refused.filter(|refused| refused.field == field.name).map(|refused| refused.message)))
        }
    }
}

fn banner(notice: Option<Notice>) -> Markup {
    html! {
        @if let Some(notice) = notice {
            p #notice.banner.bad[notice.is_bad()] role=(if notice.is_bad() { "alert" } else { "status" }) { (notice.text()) }
        }
    }
}

fn test_user(user: &User) -> Markup {
    html! {
        section.note aria-label="Test account" {
            p { "A test account is ready:" }
            dl.pair {
                dt { "User name" } dd { code { (user.username) } }
                dt { "Password" } dd { code { (user.password) } }
            }
        }
    }
}

fn where_codes_are() -> Markup {
    html! {
        section.note aria-label="Where the code is" {
            p {
                "A sandbox sends no mail. The code is in the terminal where it runs, and in its "
                a href="/sandbox/mailbox" target="_blank" { "mailbox" } "."
            }
        }
    }
}

fn frame(title: &str, wrong: bool, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { @if wrong { "Error: " } (title) " · Sandbox" }
                link rel="icon" href="/icon.svg" type="image/svg+xml";
                link rel="stylesheet" href="/style.css";
            }
            body {
                main {
                    div.mark { (PreEscaped(ICON)) span { "Sandbox" } }
                    h1 { (title) }
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
