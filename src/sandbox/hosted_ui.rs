//! The login pages as a conversation: a form comes in, the pool decides, a page or a redirect goes out.

use super::authorization::Authorization;
use super::message::{Form, Request, Response};
use super::pages::{self, Notice, Page};
use super::pool::Pool;
use super::settings::User;
use super::users::{Application, SignIn};

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
        Err(refused) => refused,
    }
}

/// `/error`: 400, and for the person who develops with this pool what is registered instead.
pub(super) fn error(pool: &Pool, request: &Request) -> Response {
    let query = request.query_form();
    let client = query.get("client_id").and_then(|id| pool.client(id));
    let error = query.filled("error").unwrap_or("invalid_request");
    Response::html(400, pages::error(error, client))
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
    fn of(pool: &Pool, request: &'a Request) -> Result<Visit<'a>, Response> {
        let whole = request.query_form();
        let query = whole.without(&OURS);
        let authorization =
            Authorization::check(pool, &query).map_err(|refusal| refusal.response())?;
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

    /// `/login`: name and password on one page.
    pub(super) fn login(&self, pool: &mut Pool) -> Response {
        let hint = self.query.filled("login_hint").unwrap_or_default();
        let known = if self.username.is_empty() {
            hint
        } else {
            &self.username
        };
        if !self.submitted {
            return self.show(pool, |page| page.login(known, self.notice));
        }
        let login = self.typed("username");
        let refused = match pool.sign_in(login, self.form.get("password").unwrap_or_default()) {
            SignIn::Welcome(username) => return self.finish(pool, &username),
            SignIn::Unconfirmed(username) => return self.await_confirmation(pool, &username),
            SignIn::Incorrect => Notice::Incorrect,
            SignIn::Closed => Notice::Closed,
        };
        self.show(pool, |page| page.login(login, Some(refused)))
    }

    /// `/signup`.
    pub(super) fn sign_up(&self, pool: &mut Pool) -> Response {
        let application = Application {
            username: self.typed("username"),
            email: self.typed("email"),
            name: self.typed("name"),
            password: self.form.get("password").unwrap_or_default(),
        };
        if !self.submitted {
            return self.show(pool, |page| page.sign_up(application, None, self.notice));
        }
        match pool.users.sign_up(application) {
            Ok(username) => self.await_confirmation(pool, &username),
            Err(refused) => self.show(pool, |page| page.sign_up(application, Some(&refused), None)),
        }
    }

    /// `/confirm`: the code of a sign-up.
    pub(super) fn confirm(&self, pool: &mut Pool) -> Response {
        if !self.submitted {
            return self.show(pool, |page| page.confirm(&self.username, None, self.notice));
        }
        let proof = self.request.cookie("cognito-fl").unwrap_or_default();
        match pool.confirm(&self.username, &self.code()) {
            // Only the browser that knows the password is signed in by the code alone.
            Ok(username) if pool.has_proved_password(proof, &username) => {
                self.finish(pool, &username)
            }
            Ok(username) => self.redirect("/login", &username, Some("confirmed")),
            Err(refused) => self.show(pool, |page| {
                page.confirm(&self.username, Some(&refused), None)
            }),
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
        let (login, code) = (&self.username, self.code());
        if !self.submitted {
            return self.show(pool, |page| {
                page.new_password(login, &code, None, self.notice)
            });
        }
        let password = self.form.get("password").unwrap_or_default();
        match pool.reset_password(login, &code, password) {
            Ok(()) => self.redirect("/login", login, Some("password_changed")),
            Err(refused) => self.show(pool, |page| {
                page.new_password(login, &code, Some(&refused), None)
            }),
        }
    }

    fn typed(&self, name: &str) -> &str {
        self.form.get(name).unwrap_or_default().trim()
    }

    /// Returns the code a person typed or pasted, without what mail programs put around it.
    fn code(&self) -> String {
        let typed = self.typed("code").chars();
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
        };
        let cookie = format!("XSRF-TOKEN={csrf}; Path=/; HttpOnly; SameSite=Lax");
        Response::html(200, draw(&page)).header("set-cookie", cookie)
    }

    fn redirect(&self, path: &str, username: &str, notice: Option<&str>) -> Response {
        let mut query = self.query.clone().with("user_name", username);
        if let Some(notice) = notice {
            query = query.with("notice", notice);
        }
        Response::redirect(format!("{path}?{query}"))
    }

    /// Sends a code, and remembers that this browser knew the password.
    fn await_confirmation(&self, pool: &mut Pool, username: &str) -> Response {
        pool.send_confirmation_code(username);
        let proof = pool.expect_confirmation(username);
        let cookie = format!("cognito-fl={proof}; Max-Age=3600; Path=/; HttpOnly; SameSite=Lax");
        self.redirect("/confirm", username, None)
            .header("set-cookie", cookie)
    }

    /// Signs the browser in and sends it back to the client with a code.
    fn finish(&self, pool: &mut Pool, username: &str) -> Response {
        let (session, browser) = pool.welcome(username);
        let code = pool.code(&self.authorization.code, &browser);
        let cookie = format!(
            "cognito=\"{session}\"; Version=1; Max-Age=3600; Path=/; HttpOnly; SameSite=Lax"
        );
        self.authorization
            .granted(&code)
            .header("set-cookie", cookie)
    }
}

/// Returns the built-in user while it can sign in with the built-in password: the pages may show these two.
fn test_user(pool: &Pool) -> Option<&User> {
    let ada = User::ada();
    let account = pool.users.find(&ada.username)?;
    (account.user == ada).then_some(&account.user)
}
