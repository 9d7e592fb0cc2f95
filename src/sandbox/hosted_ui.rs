//! The login pages as a conversation: a form comes in, the pool decides, a page or a redirect goes out.

use super::authorization::{Authorization, Refusal};
use super::diagnosis::Wrong;
use super::message::{Form, Request, Response};
use super::oauth;
use super::pages::{self, Notice, Page};
use super::policy;
use super::pool::Pool;
use super::settings::User;
use super::users::{Application, Refused, SignIn, Step};

/// What our own redirects add to the query of an authorize request.
const OURS: [&str; 2] = ["notice", "user_name"];

/// Answers one step of the conversation, or refuses a visit that did not come from an authorize request.
pub(super) fn step<'a>(
    pool: &mut Pool,
    request: &'a Request,
    step: fn(&Visit<'a>, &mut Pool) -> Response,
) -> Response {
    match Visit::of(pool, request) {
        Ok(visit) => step(&visit, pool),
        Err(refused) => refused.response(),
    }
}

/// `/error`: 400, and for the person who develops with this pool what is registered instead.
pub(super) fn error(pool: &Pool, request: &Request) -> Response {
    let query = request.query_form();
    let client = query.get("client_id").and_then(|id| pool.client(id));
    let error = query.filled("error").unwrap_or("invalid_request");
    let finding = pool
        .journal
        .last_finding(client.map(|client| client.id.as_str()));
    Response::html(400, pages::error(&pool.look, error, client, finding))
}

/// `/`: what this is, for a person who found the port.
pub(super) fn front_page(pool: &Pool) -> Response {
    Response::html(200, pages::front(pool, test_user(pool)))
}

/// A browser that came with a valid authorize request, and what it brought.
pub(super) struct Visit<'a> {
    request: &'a Request,
    authorization: Authorization,
    /// The authorize request, for links and form actions.
    query: Form,
    /// Whose code is awaited, by the query of `/confirm` and `/confirmforgotPassword`.
    username: String,
    notice: Option<Notice>,
    /// What was filled in.
    form: Form,
    /// The form is from a page of ours that is not older than five minutes.
    submitted: bool,
}

impl<'a> Visit<'a> {
    fn of(pool: &Pool, request: &'a Request) -> Result<Visit<'a>, Box<Refusal>> {
        let whole = request.query_form();
        let query = whole.without(&OURS);
        let authorization = Authorization::check(pool, &query)?;
        let form = request.body_form().unwrap_or_default();
        // Classic pages call it `_csrf`, managed login `csrf`.
        let shown = form.filled("_csrf").or(form.filled("csrf"));
        let cookie = request.cookie("XSRF-TOKEN");
        let submitted = shown.is_some_and(|shown| cookie == Some(shown) && pool.knows_form(shown));
        let stale = request.writes() && !submitted;
        Ok(Visit {
            request,
            authorization,
            username: whole.get("user_name").unwrap_or_default().to_owned(),
            notice: match stale {
                true => Some(Notice::Stale),
                false => whole.get("notice").and_then(Notice::named),
            },
            query,
            form,
            submitted: submitted && request.writes(),
        })
    }

    /// `/login`: name and password on one page; whoever is signed in may go on as the same person.
    pub(super) fn login(&self, pool: &mut Pool) -> Response {
        let session = oauth::usable_session(pool, self.request, &self.authorization);
        if self.submitted && self.form.get("continue").is_some() {
            return match session {
                Some(browser) => oauth::grant(pool, &self.authorization, &browser),
                None => self.start_again(),
            };
        }
        if !self.submitted {
            let name = session
                .and_then(|browser| pool.users.find(&browser.username))
                .map(|account| {
                    (
                        account.display_name().to_owned(),
                        account.user.email.clone(),
                    )
                });
            if let Some((name, email)) = name.filter(|_| self.notice.is_none()) {
                return self.show(pool, |page| page.go_on_as(&name, &email));
            }
            let hint = self.query.filled("login_hint").unwrap_or_default();
            let known = match self.username.is_empty() {
                true => hint,
                false => &self.username,
            };
            return self.show(pool, |page| page.login(known, self.notice));
        }
        let login = self.typed("username");
        let password = self.form.get("password").unwrap_or_default();
        let refused = match pool.sign_in(login, password) {
            SignIn::Welcome(username) => return self.go_on(pool, &username),
            SignIn::Incorrect => Notice::Incorrect,
            SignIn::Closed => Notice::Closed,
        };
        self.show(pool, |page| page.login(login, Some(refused)))
            .because(refused.wrong())
    }

    /// `/signup`.
    pub(super) fn sign_up(&self, pool: &mut Pool) -> Response {
        let mut wanted = pool.users.required().to_vec();
        if !wanted.contains(&policy::NAME) {
            wanted.push(policy::NAME);
        }
        let application = Application {
            username: self.typed("username"),
            email: self.typed("email"),
            password: self.form.get("password").unwrap_or_default(),
            attributes: wanted
                .into_iter()
                .map(|attribute| (attribute, self.typed(attribute.name)))
                .collect(),
        };
        if !self.submitted {
            return self.show(pool, |page| page.sign_up(&application, None, self.notice));
        }
        match pool.users.sign_up(&application) {
            Ok(username) => self.go_on(pool, &username),
            Err(refused) => self
                .show(pool, |page| {
                    page.sign_up(&application, Some(&refused), None)
                })
                .because(form(&refused)),
        }
    }

    /// `/confirm`: the code of a sign-up.
    pub(super) fn confirm(&self, pool: &mut Pool) -> Response {
        if !self.submitted {
            return self.show(pool, |page| page.confirm(&self.username, None, self.notice));
        }
        match pool.confirm(&self.username, &self.code("code")) {
            // Only the browser that knows the password is signed in by the code alone.
            Ok(username) if self.halfway(pool) == Some(&username) => self.go_on(pool, &username),
            Ok(username) => self.redirect("/login", &username, Some("confirmed")),
            Err(refused) => self
                .show(pool, |page| {
                    page.confirm(&self.username, Some(&refused), None)
                })
                .because(Wrong::Code),
        }
    }

    /// `/resendcode`: a new code for the same sign-up.
    pub(super) fn resend_code(&self, pool: &mut Pool) -> Response {
        if !self.submitted {
            return self.show(pool, |page| page.confirm(&self.username, None, self.notice));
        }
        pool.send_confirmation_code(&self.username);
        self.redirect("/confirm", &self.username, Some("sent"))
    }

    /// `/forgotPassword`: sends a code, or says it did.
    pub(super) fn forgot_password(&self, pool: &mut Pool) -> Response {
        if !self.submitted {
            return self.show(pool, |page| page.forgot_password(self.notice));
        }
        let login = self.typed("username");
        pool.send_reset_code(login);
        self.redirect("/confirmforgotPassword", login, None)
    }

    /// `/confirmforgotPassword`: the code and a new password.
    pub(super) fn new_password(&self, pool: &mut Pool) -> Response {
        let (login, code) = (&self.username, self.code("code"));
        if !self.submitted {
            return self.show(pool, |page| {
                page.new_password(login, &code, None, self.notice)
            });
        }
        let password = self.form.get("password").unwrap_or_default();
        match pool.reset_password(login, &code, password) {
            Ok(()) => self.redirect("/login", login, Some("password_changed")),
            Err(refused) => self
                .show(pool, |page| {
                    page.new_password(login, &code, Some(&refused), None)
                })
                .because(form(&refused)),
        }
    }

    /// `/changePassword`: a new one instead of the temporary one.
    pub(super) fn change_password(&self, pool: &mut Pool) -> Response {
        let Some(username) = self.expected(pool, &[Step::ChangePassword]) else {
            return self.start_again();
        };
        if !self.submitted {
            return self.show(pool, |page| {
                page.change_password(&username, None, self.notice)
            });
        }
        let password = self.form.get("password").unwrap_or_default();
        match pool.users.change_password(&username, password) {
            Ok(()) => self.go_on(pool, &username),
            Err(refused) => self
                .show(pool, |page| {
                    page.change_password(&username, Some(&refused), None)
                })
                .because(form(&refused)),
        }
    }

    /// `/mfa`: the code of the authenticator app.
    pub(super) fn challenge(&self, pool: &mut Pool) -> Response {
        let Some(username) = self.expected(pool, &[Step::Challenge]) else {
            return self.start_again();
        };
        if !self.submitted {
            return self.show(pool, |page| page.challenge(None, self.notice));
        }
        self.prove_app(pool, &username, |page, refused, notice| {
            page.challenge(refused, notice)
        })
    }

    /// `/mfa/setup`: the secret for the app, and its first code as proof.
    pub(super) fn set_up_app(&self, pool: &mut Pool) -> Response {
        let steps = [Step::SetUp, Step::OfferSetUp];
        let Some(username) = self.expected(pool, &steps) else {
            return self.start_again();
        };
        let may_decline = pool.next_step(&username) == Step::OfferSetUp;
        if self.submitted && may_decline && self.form.get("decline").is_some() {
            return self.finish(pool, &username);
        }
        let account = match pool.users.find(&username) {
            Some(account) if !account.user.email.is_empty() => account.user.email.clone(),
            _ => username.clone(),
        };
        let Some(app) = pool.users.offered_app(&username).cloned() else {
            return self.start_again();
        };
        let draw = |page: &Page<'_>, refused: Option<&Refused>, notice| {
            page.set_up_app(&app, &account, may_decline, refused, notice)
        };
        if !self.submitted {
            return self.show(pool, |page| draw(page, None, self.notice));
        }
        self.prove_app(pool, &username, draw)
    }

    fn prove_app(
        &self,
        pool: &mut Pool,
        username: &str,
        draw: impl FnOnce(&Page<'_>, Option<&Refused>, Option<Notice>) -> String,
    ) -> Response {
        let wrong = Refused {
            field: "authentication_code",
            message: "This code is wrong. Wait for the next one in your app, then try again.",
        };
        match pool.challenge(username, &self.code("authentication_code")) {
            SignIn::Welcome(_) => self.finish(pool, username),
            SignIn::Incorrect => self
                .show(pool, |page| draw(page, Some(&wrong), None))
                .because(Wrong::AppCode),
            SignIn::Closed => self
                .show(pool, |page| draw(page, None, Some(Notice::Closed)))
                .because(Wrong::Closed),
        }
    }

    fn typed(&self, name: &str) -> &str {
        self.form.get(name).unwrap_or_default().trim()
    }

    /// Returns the code a person typed or pasted, without what mail programs put around it.
    fn code(&self, name: &str) -> String {
        let typed = self.typed(name).chars();
        typed.filter(char::is_ascii_alphanumeric).take(16).collect()
    }

    fn show(&self, pool: &mut Pool, draw: impl FnOnce(&Page<'_>) -> String) -> Response {
        let csrf = pool.form(self.request.cookie("XSRF-TOKEN"));
        let client = pool.client(&self.authorization.code.client_id);
        let page = Page {
            client: client.map_or("", |client| &client.name),
            query: &self.query.to_string(),
            csrf: &csrf,
            test_user: test_user(pool),
            look: &pool.look,
            policy: pool.users.policy(),
            required: pool.users.required(),
            providers: &pool.providers,
        };
        let cookie = format!("XSRF-TOKEN={csrf}; Path=/; HttpOnly; SameSite=Lax");
        let response = Response::html(200, draw(&page)).header("set-cookie", cookie);
        match self.notice {
            Some(Notice::Stale) => response.because(Wrong::StaleForm),
            _ => response,
        }
    }

    fn redirect(&self, path: &str, username: &str, notice: Option<&str>) -> Response {
        let mut query = self.query.clone();
        if !username.is_empty() {
            query = query.with("user_name", username);
        }
        if let Some(notice) = notice {
            query = query.with("notice", notice);
        }
        Response::redirect(format!("{path}?{query}"))
    }

    fn start_again(&self) -> Response {
        self.redirect("/login", "", Some("start_again"))
            .because(Wrong::StaleForm)
    }

    /// Returns whose password this browser has shown.
    fn halfway<'p>(&self, pool: &'p Pool) -> Option<&'p str> {
        let proof = self.request.cookie("cognito-fl")?;
        pool.halfway.get(proof, pool.now()).map(String::as_str)
    }

    /// Returns whose password this browser has shown, if one of these steps is next.
    fn expected(&self, pool: &Pool, steps: &[Step]) -> Option<String> {
        let username = self.halfway(pool)?;
        steps
            .contains(&pool.next_step(username))
            .then(|| username.to_owned())
    }

    /// Leads a person whose password was right to the next page, or to the client.
    fn go_on(&self, pool: &mut Pool, username: &str) -> Response {
        let path = match pool.next_step(username) {
            Step::Done => return self.finish(pool, username),
            Step::Confirm => {
                pool.send_confirmation_code(username);
                "/confirm"
            }
            Step::ChangePassword => "/changePassword",
            Step::Challenge => "/mfa",
            Step::SetUp | Step::OfferSetUp => "/mfa/setup",
        };
        let now = pool.now();
        let proof = pool.halfway.keep(username.to_owned(), now);
        let cookie = format!("cognito-fl={proof}; Max-Age=3600; Path=/; HttpOnly; SameSite=Lax");
        // Only the pages of codes that were sent name the person in their address.
        let named = if path == "/confirm" { username } else { "" };
        self.redirect(path, named, None)
            .header("set-cookie", cookie)
    }

    /// Signs the browser in and sends it back to the client.
    fn finish(&self, pool: &mut Pool, username: &str) -> Response {
        if let Some(proof) = self.request.cookie("cognito-fl") {
            pool.halfway.forget(proof);
        }
        welcome(pool, &self.authorization, username)
    }
}

/// Starts a browser session and sends the browser back to the client.
pub(super) fn welcome(pool: &mut Pool, authorization: &Authorization, username: &str) -> Response {
    let (session, browser) = pool.welcome(username);
    let cookie =
        format!("cognito=\"{session}\"; Version=1; Max-Age=3600; Path=/; HttpOnly; SameSite=Lax");
    oauth::grant(pool, authorization, &browser).header("set-cookie", cookie)
}

fn form(refused: &Refused) -> Wrong {
    Wrong::Form(refused.message.to_owned())
}

/// Returns the built-in user while it can sign in with the built-in password: the pages may show these two.
fn test_user(pool: &Pool) -> Option<&User> {
    let ada = User::ada();
    let account = pool.users.find(&ada.username)?;
    (account.user == ada).then_some(&account.user)
}
