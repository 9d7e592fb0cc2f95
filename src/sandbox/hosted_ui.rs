//! The login pages as a conversation: a form comes in, the pool decides, a page or a redirect goes out.

use super::authorization::Authorization;
use super::message::{Form, Request, Response};
use super::pages::{self, Notice, Page};
use super::pool::Pool;
use super::settings::User;
use super::users::{Application, SignIn};

/// What our own redirects add to the query of an authorize request.
const OURS: [&str; 2] = ["notice", "user_name"];

/// `/login`: name and password on one page.
pub(super) fn login(pool: &mut Pool, request: &Request) -> Response {
    let visit = match Visit::of(pool, request) {
        Ok(visit) => visit,
        Err(refused) => return refused,
    };
    if request.reads() {
        let query = request.query_form();
        let notice = query.get("notice").and_then(Notice::named);
        let login = query
            .filled("user_name")
            .or(query.filled("login_hint"))
            .unwrap_or_default();
        return visit.show(pool, request, |page| page.login(login, notice));
    }
    let Some(form) = visit.submitted(pool, request) else {
        return visit.show(pool, request, |page| page.login("", Some(Notice::Stale)));
    };
    let (login, password) = (
        form.get("username").unwrap_or_default(),
        form.get("password").unwrap_or_default(),
    );
    let now = pool.now();
    match pool.users.sign_in(login.trim(), password, now) {
        SignIn::Welcome(username) => visit.finish(pool, &username),
        SignIn::Unconfirmed(username) => {
            pool.send_confirmation_code(&username);
            visit.to_confirmation(pool, &username)
        }
        SignIn::Incorrect => visit.show(pool, request, |page| {
            page.login(login, Some(Notice::Incorrect))
        }),
        SignIn::Closed => visit.show(pool, request, |page| {
            page.login(login, Some(Notice::Closed))
        }),
    }
}

/// `/signup`.
pub(super) fn sign_up(pool: &mut Pool, request: &Request) -> Response {
    let visit = match Visit::of(pool, request) {
        Ok(visit) => visit,
        Err(refused) => return refused,
    };
    let form = request.body_form().unwrap_or_default();
    let filled = |name| form.get(name).unwrap_or_default().trim();
    let application = Application {
        username: filled("username"),
        email: filled("email"),
        name: filled("name"),
        password: form.get("password").unwrap_or_default(),
    };
    if request.reads() {
        return visit.show(pool, request, |page| page.sign_up(application, None, None));
    }
    if visit.submitted(pool, request).is_none() {
        return visit.show(pool, request, |page| {
            page.sign_up(application, None, Some(Notice::Stale))
        });
    }
    match pool.users.sign_up(application) {
        Ok(username) => {
            pool.send_confirmation_code(&username);
            visit.to_confirmation(pool, &username)
        }
        Err(refused) => visit.show(pool, request, |page| {
            page.sign_up(application, Some(&refused), None)
        }),
    }
}

/// `/confirm`: the code of a sign-up.
pub(super) fn confirm(pool: &mut Pool, request: &Request) -> Response {
    let visit = match Visit::of(pool, request) {
        Ok(visit) => visit,
        Err(refused) => return refused,
    };
    let query = request.query_form();
    let username = query.get("user_name").unwrap_or_default();
    if request.reads() {
        let notice = query.get("notice").and_then(Notice::named);
        return visit.show(pool, request, |page| page.confirm(username, None, notice));
    }
    let Some(form) = visit.submitted(pool, request) else {
        return visit.show(pool, request, |page| {
            page.confirm(username, None, Some(Notice::Stale))
        });
    };
    let now = pool.now();
    match pool.users.confirm(username, &code(&form), now) {
        Ok(username) => {
            // Only the browser that knows the password is signed in by the code alone.
            let cookie = request.cookie("cognito-fl").unwrap_or_default();
            match pool.has_proved_password(cookie, &username) {
                true => visit.finish(pool, &username),
                false => visit.redirect(
                    "/login",
                    &[("user_name", &username), ("notice", "confirmed")],
                ),
            }
        }
        Err(refused) => visit.show(pool, request, |page| {
            page.confirm(username, Some(&refused), None)
        }),
    }
}

/// `/resendcode`: a new code for the same sign-up.
pub(super) fn resend_code(pool: &mut Pool, request: &Request) -> Response {
    let visit = match Visit::of(pool, request) {
        Ok(visit) => visit,
        Err(refused) => return refused,
    };
    let query = request.query_form();
    let username = query.get("user_name").unwrap_or_default();
    if visit.submitted(pool, request).is_none() {
        return visit.show(pool, request, |page| {
            page.confirm(username, None, Some(Notice::Stale))
        });
    }
    pool.send_confirmation_code(username);
    visit.redirect("/confirm", &[("user_name", username), ("notice", "sent")])
}

/// `/forgotPassword`: sends a code, or says it did.
pub(super) fn forgot_password(pool: &mut Pool, request: &Request) -> Response {
    let visit = match Visit::of(pool, request) {
        Ok(visit) => visit,
        Err(refused) => return refused,
    };
    if request.reads() {
        return visit.show(pool, request, |page| page.forgot_password(None));
    }
    let Some(form) = visit.submitted(pool, request) else {
        return visit.show(pool, request, |page| {
            page.forgot_password(Some(Notice::Stale))
        });
    };
    let login = form.get("username").unwrap_or_default().trim();
    pool.send_reset_code(login);
    visit.redirect("/confirmforgotPassword", &[("user_name", login)])
}

/// `/confirmforgotPassword`: the code and a new password.
pub(super) fn new_password(pool: &mut Pool, request: &Request) -> Response {
    let visit = match Visit::of(pool, request) {
        Ok(visit) => visit,
        Err(refused) => return refused,
    };
    let query = request.query_form();
    let login = query.get("user_name").unwrap_or_default();
    if request.reads() {
        return visit.show(pool, request, |page| {
            page.new_password(login, "", None, None)
        });
    }
    let Some(form) = visit.submitted(pool, request) else {
        return visit.show(pool, request, |page| {
            page.new_password(login, "", None, Some(Notice::Stale))
        });
    };
    let (code, now) = (code(&form), pool.now());
    match pool
        .users
        .reset(login, &code, form.get("password").unwrap_or_default(), now)
    {
        Ok(()) => visit.redirect(
            "/login",
            &[("user_name", login), ("notice", "password_changed")],
        ),
        Err(refused) => visit.show(pool, request, |page| {
            page.new_password(login, &code, Some(&refused), None)
        }),
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

/// A browser that came with a valid authorize request.
struct Visit {
    authorization: Authorization,
    /// The authorize request, for links and form actions.
    query: Form,
}

impl Visit {
    /// Checks the query, which travels through every page; the error is the answer.
    fn of(pool: &Pool, request: &Request) -> Result<Visit, Response> {
        let query = request.query_form().without(&OURS);
        match Authorization::check(pool, &query) {
            Ok(authorization) => Ok(Visit {
                authorization,
                query,
            }),
            Err(refusal) => Err(refusal.response()),
        }
    }

    /// Returns the form if the page it was on is from here and not older than five minutes.
    fn submitted(&self, pool: &Pool, request: &Request) -> Option<Form> {
        let form = request.body_form()?;
        // Classic pages call it `_csrf`, managed login `csrf`.
        let shown = form.filled("_csrf").or(form.filled("csrf"))?;
        (request.cookie("XSRF-TOKEN") == Some(shown) && pool.knows_form(shown)).then_some(form)
    }

    fn show(
        &self,
        pool: &mut Pool,
        request: &Request,
        draw: impl FnOnce(&Page<'_>) -> String,
    ) -> Response {
        let csrf = pool.form(request.cookie("XSRF-TOKEN"));
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

    fn redirect(&self, path: &str, more: &[(&str, &str)]) -> Response {
        let add = |query: Form, (name, value): &(&str, &str)| query.with(name, value);
        let query = more.iter().fold(self.query.clone(), add);
        Response::redirect(format!("{path}?{query}"))
    }

    fn to_confirmation(&self, pool: &mut Pool, username: &str) -> Response {
        let proof = pool.expect_confirmation(username);
        let cookie = format!("cognito-fl={proof}; Max-Age=3600; Path=/; HttpOnly; SameSite=Lax");
        self.redirect("/confirm", &[("user_name", username)])
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

/// Returns the code a person typed or pasted, with what mail programs put around it removed.
fn code(form: &Form) -> String {
    let typed = form.get("code").unwrap_or_default();
    typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(16)
        .collect()
}
