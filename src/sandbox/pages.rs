//! What a person sees on the way to an app: pages made on the server, complete without a script, nothing from elsewhere.

use maud::{Markup, html};

use super::diagnosis::{Finding, Wrong};
use super::frame::{Field, Frame, draw, told};
use super::look::Look;
use super::message::encode;
use super::policy::{Attribute, PasswordPolicy};
use super::pool::Pool;
use super::qr;
use super::settings::{AppClient, IdentityProvider, User};
use super::totp::Authenticator;
use super::users::{Application, Refused};

/// What a page says before its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notice {
    Incorrect,
    Closed,
    Stale,
    StartAgain,
    Confirmed,
    PasswordChanged,
    Sent,
}

impl Notice {
    /// Returns the notice a redirect of ours carries; others are not for a query to choose.
    pub(super) fn named(name: &str) -> Option<Notice> {
        match name {
            "start_again" => Some(Notice::StartAgain),
            "confirmed" => Some(Notice::Confirmed),
            "password_changed" => Some(Notice::PasswordChanged),
            "sent" => Some(Notice::Sent),
            _ => None,
        }
    }

    fn text(self) -> &'static str {
        match self {
            Notice::Incorrect => "Incorrect user name or password.",
            Notice::Closed => "Too many wrong attempts. Wait a moment, then try again.",
            Notice::Stale => "This page was open for too long. Please fill it in again.",
            Notice::StartAgain => "That took too long. Please sign in again.",
            Notice::Confirmed => "Your address is confirmed. Sign in to go on.",
            Notice::PasswordChanged => "Your password is changed. Sign in with the new one.",
            Notice::Sent => "A new code is on its way.",
        }
    }

    fn is_bad(self) -> bool {
        !matches!(
            self,
            Notice::Confirmed | Notice::PasswordChanged | Notice::Sent
        )
    }

    /// Returns what the developer reads about it.
    pub(super) fn wrong(self) -> Wrong {
        match self {
            Notice::Incorrect => Wrong::Password,
            Notice::Closed => Wrong::Closed,
            _ => Wrong::StaleForm,
        }
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
    pub(super) look: &'a Look,
    pub(super) policy: &'a PasswordPolicy,
    /// The attributes a sign-up has to give.
    pub(super) required: &'a [&'static Attribute],
    pub(super) providers: &'a [IdentityProvider],
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
            p.aside { a.redirect-customizable href=(self.to("/forgotPassword")) { "Forgot your password?" } }
        };
        let body = html! {
            (self.waiting())
            (banner(notice))
            (self.form(&self.to("/login"), "Sign in", &fields))
            (self.other_providers())
            p.other { "New here? " a.redirect-customizable href=(self.to("/signup")) { "Create an account" } }
            @if let Some(user) = self.test_user { (test_user(user)) }
        };
        self.frame("Sign in", notice.is_some_and(Notice::is_bad), &body)
    }

    /// For a browser somebody is signed in with.
    pub(super) fn go_on_as(&self, name: &str, email: &str) -> String {
        let again = html! { input type="hidden" name="continue" value="yes"; };
        let body = html! {
            p.lead.textDescription-customizable { "Go on to " strong { (self.client) } " as" }
            div.person {
                span.initial aria-hidden="true" { (name.chars().next().unwrap_or('·')) }
                p { strong { (name) } @if email != name { br; (email) } }
            }
            (self.form(&self.to("/login"), &format!("Continue as {name}"), &again))
            p.other { a.redirect-customizable href={ (self.to("/login")) "&prompt=login" } { "Use another account" } }
        };
        self.frame("You are signed in", false, &body)
    }

    pub(super) fn sign_up(
        &self,
        filled: &Application<'_>,
        refused: Option<&Refused>,
        notice: Option<Notice>,
    ) -> String {
        let rules = self.policy.rules();
        let mut fields = vec![
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
        ];
        for (attribute, value) in &filled.attributes {
            fields.push(Field {
                value,
                kind: attribute.kind,
                autocomplete: attribute.autocomplete,
                hint: attribute.hint,
                optional: !self.required.contains(attribute),
                ..Field::text(attribute.name, attribute.label)
            });
        }
        fields.push(Field::new_password("Password", &rules));
        let body = html! {
            (self.waiting())
            (banner(notice))
            (self.form(&self.to("/signup"), "Create account", &draw(&fields, refused)))
            p.other { "Have an account? " a.redirect-customizable href=(self.to("/login")) { "Sign in" } }
        };
        self.frame("Create an account", refused.is_some(), &body)
    }

    pub(super) fn confirm(
        &self,
        username: &str,
        refused: Option<&Refused>,
        notice: Option<Notice>,
    ) -> String {
        let fields = [Field {
            focus: refused.is_none(),
            ..Field::code("code", "Six-digit code")
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
        self.frame("Confirm your address", refused.is_some(), &body)
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
            (self.back())
        };
        let wrong = notice.is_some_and(Notice::is_bad);
        self.frame("Reset your password", wrong, &body)
    }

    pub(super) fn new_password(
        &self,
        login: &str,
        code: &str,
        refused: Option<&Refused>,
        notice: Option<Notice>,
    ) -> String {
        let rules = self.policy.rules();
        let fields = [
            Field {
                value: code,
                focus: refused.is_none(),
                ..Field::code("code", "Six-digit code")
            },
            Field::new_password("New password", &rules),
        ];
        let body = html! {
            p.lead { "If there is an account for " strong { (login) } ", a code was sent to its address." }
            (banner(notice))
            (self.form(&self.to_for("/confirmforgotPassword", login), "Change password", &draw(&fields, refused)))
            (self.back())
            (where_codes_are())
        };
        self.frame("Choose a new password", refused.is_some(), &body)
    }

    /// For somebody whose password was chosen by an administrator.
    pub(super) fn change_password(
        &self,
        username: &str,
        refused: Option<&Refused>,
        notice: Option<Notice>,
    ) -> String {
        let rules = self.policy.rules();
        let fields = [Field {
            focus: true,
            ..Field::new_password("New password", &rules)
        }];
        let form = html! {
            // Password managers file the new password under this name.
            input.unseen type="text" name="username" value=(username) autocomplete="username" readonly tabindex="-1" aria-hidden="true";
            (draw(&fields, refused))
        };
        let body = html! {
            p.lead { "Your password is a temporary one. Choose one that only you know." }
            (banner(notice))
            (self.form(&self.to("/changePassword"), "Go on", &form))
        };
        self.frame("Choose your password", refused.is_some(), &body)
    }

    /// For somebody who has an authenticator app.
    pub(super) fn challenge(&self, refused: Option<&Refused>, notice: Option<Notice>) -> String {
        let fields = [Field {
            focus: true,
            ..Field::code("authentication_code", "Six-digit code")
        }];
        let body = html! {
            p.lead { "Open your authenticator app and enter the code it shows for this account." }
            (banner(notice))
            (self.form(&self.to("/mfa"), "Sign in", &draw(&fields, refused)))
            (self.back())
        };
        let wrong = refused.is_some() || notice.is_some_and(Notice::is_bad);
        self.frame("Enter your code", wrong, &body)
    }

    /// For somebody who sets up an authenticator app.
    pub(super) fn set_up_app(
        &self,
        app: &Authenticator,
        account: &str,
        may_decline: bool,
        refused: Option<&Refused>,
        notice: Option<Notice>,
    ) -> String {
        let fields = [Field {
            focus: refused.is_some(),
            ..Field::code("authentication_code", "2. Enter the code it shows")
        }];
        let uri = app.uri("Sandbox", account);
        let body = html! {
            p.lead { "An authenticator app on your phone makes a new code every 30 seconds, and only it knows which." }
            (banner(notice))
            p.step { "1. Scan this with the app" }
            @if let Some(picture) = qr::draw(&uri, "QR code with the secret that is written below") {
                (picture)
            }
            details.secret {
                summary { "Type a secret instead" }
                p { "Account " code { (account) } }
                p { "Secret " code.secret-text { (app.secret()) } }
            }
            (self.form(&self.to("/mfa/setup"), "Set up", &draw(&fields, refused)))
            @if may_decline {
                form.other method="post" action=(self.to("/mfa/setup")) {
                    (self.hidden())
                    input type="hidden" name="decline" value="yes";
                    button.link type="submit" { "Not now" }
                }
            }
        };
        let wrong = refused.is_some() || notice.is_some_and(Notice::is_bad);
        self.frame("Set up your authenticator app", wrong, &body)
    }

    fn frame(&self, title: &str, wrong: bool, body: &Markup) -> String {
        Frame::new(title, wrong, self.look).around(body)
    }

    fn to(&self, path: &str) -> String {
        format!("{path}?{}", self.query)
    }

    fn to_for(&self, path: &str, username: &str) -> String {
        format!("{path}?{}&user_name={}", self.query, encode(username))
    }

    fn waiting(&self) -> Markup {
        html! { p.lead.textDescription-customizable { "to continue to " strong { (self.client) } } }
    }

    fn other_providers(&self) -> Markup {
        html! {
            @if !self.providers.is_empty() {
                p.or.idpDescription-customizable aria-hidden="true" { span { "or" } }
                @for provider in self.providers {
                    a.provider.idpButton-customizable href={ (self.to("/oauth2/authorize")) "&identity_provider=" (encode(&provider.name)) } {
                        "Continue with " (provider.name)
                    }
                }
            }
        }
    }

    fn back(&self) -> Markup {
        html! { p.other { a.redirect-customizable href=(self.to("/login")) { "Back to sign in" } } }
    }

    fn form(&self, action: &str, button: &str, fields: &Markup) -> Markup {
        html! {
            form method="post" action=(action) {
                (self.hidden())
                (fields)
                button.main.submitButton-customizable type="submit" { (button) }
            }
        }
    }

    fn hidden(&self) -> Markup {
        html! { input type="hidden" name="_csrf" value=(self.csrf); }
    }
}

/// The page for a request whose client cannot be told: what was wrong, what is registered, which setting mends it.
pub(super) fn error(
    look: &Look,
    error: &str,
    client: Option<&AppClient>,
    finding: Option<&Finding>,
) -> String {
    let body = html! {
        p.lead { "An error was encountered with the requested page." }
        p.banner.bad.errorMessage-customizable role="alert" { code { (error) } }
        @if let Some(finding) = finding { (told(finding)) }
        @if let Some(client) = client {
            h2 { "Registered for " (client.name) }
            ul.urls { @for uri in &client.redirect_uris { li { code { (uri) } } } }
        }
        p.other { a href="/sandbox" { "What was wrong with the last requests" } }
    };
    Frame::new("This request cannot go on", true, look).around(&body)
}

/// The front page.
pub(super) fn front(pool: &Pool, user: Option<&User>) -> String {
    let body = html! {
        p.lead { "A user pool that behaves like Amazon Cognito, in a program on this computer." }
        @if let Some(user) = user { (test_user(user)) }
        dl {
            dt { "Issuer" } dd { code { (pool.issuer) } }
            dt { "User pool domain" } dd { code { (pool.domain) } }
            @for client in &pool.clients {
                dt { "App client " (client.name) } dd { code { (client.id) } }
            }
        }
        ul.links {
            li { a href="/sandbox" { "Users, mail and the last requests" } ", and what was wrong with them" }
            li { a href={ (pool.issuer) "/.well-known/openid-configuration" } { "Discovery document" } }
        }
    };
    Frame::new("Sandbox user pool", false, &pool.look).around(&body)
}

fn banner(notice: Option<Notice>) -> Markup {
    html! {
        @if let Some(notice) = notice {
            p #notice.banner.bad[notice.is_bad()].errorMessage-customizable[notice.is_bad()]
                role=(if notice.is_bad() { "alert" } else { "status" }) { (notice.text()) }
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
                a href="/sandbox#mail" target="_blank" { "mailbox" } "."
            }
        }
    }
}
