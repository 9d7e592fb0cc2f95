//! A look at the login pages without a browser: what Cognito would tell only a browser, it tells here.

use anyhow::Result;
use oauth2::http::header;
use oauth2::{HttpRequest, HttpResponse};
use url::Url;

use super::app_client::AppClient;
use super::attempt::{Attempt, Verdict};
use super::callback::Callback;
use super::refusal::{AskError, Refusal, of_anything};
use super::user_pool::UserPool;
use crate::failure::{Exit, Failure, printable};
use crate::http::{Http, Repeat};

/// From the authorize endpoint to the sign-in form is one.
const REDIRECTS: usize = 3;

impl UserPool {
    /// Asks what a browser would meet at the address of an attempt. Sends nobody anywhere and signs nobody in.
    ///
    /// # Errors
    /// Fails with exit 5 when the pool would show an error in place of its login pages: a redirect URI that is not
    /// registered, an app client it does not know, a scope or flow that is not enabled, pages without a style. Fails with
    /// exit 4 when there is no answer to judge by.
    pub async fn preflight(&self, attempt: &Attempt) -> Result<()> {
        let mut url = attempt.url().clone();
        for _ in 0..=REDIRECTS {
            let answer = ask(&url, self.http()).await?;
            match next_page(&url, &answer) {
                Some(next) => match judge(&next, attempt, self.client()) {
                    Step::Refused(failure) => return Err(failure.into()),
                    Step::Follow => url = next,
                    Step::Enough => return Ok(()),
                },
                None => return shown(&url, &answer, attempt, self.client()),
            }
        }
        Ok(())
    }
}

/// What a redirect means.
enum Step {
    /// Another page of the pool.
    Follow,
    /// The pages of someone else, such as an external identity provider.
    Enough,
    Refused(Failure),
}

async fn ask(url: &Url, http: &Http) -> Result<HttpResponse> {
    let explained = |error: AskError| error.explained(of_anything);
    let mut request = HttpRequest::new(Vec::new());
    let target = url.as_str().parse();
    *request.uri_mut() = target.map_err(|_| explained(AskError::not_asked(url)))?;
    let answer = http.send_repeating(request, Repeat::Freely).await;
    answer.map_err(|error| explained(AskError::Http(error)))
}

fn next_page(url: &Url, answer: &HttpResponse) -> Option<Url> {
    if !answer.status().is_redirection() {
        return None;
    }
    let location = answer.headers().get(header::LOCATION)?;
    url.join(location.to_str().ok()?).ok()
}

fn judge(next: &Url, attempt: &Attempt, client: &AppClient) -> Step {
    if let Some(callback) = sent_back(next, attempt) {
        return match attempt.judge(&callback) {
            Verdict::Denied { error, description } => {
                Step::Refused(attempt.denial(&error, description.as_deref()))
            }
            Verdict::Ours(_) | Verdict::NotOurs(_) => Step::Enough,
        };
    }
    if next.origin() != attempt.url().origin() {
        return Step::Enough;
    }
    let said = |name: &str| {
        let mut pairs = next.query_pairs();
        pairs
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    };
    match said("error") {
        Some(error) => Step::Refused(of_error_page(&error, attempt, client)),
        None => Step::Follow,
    }
}

/// Reads an answer that goes to the redirect URI.
fn sent_back(next: &Url, attempt: &Attempt) -> Option<Callback> {
    let redirect = Url::parse(attempt.redirect_uri().as_str()).ok()?;
    let same = next.origin() == redirect.origin() && next.path() == redirect.path();
    same.then(|| Callback::from_query(next.query().unwrap_or_default()))
}

/// Judges a page that is shown at once.
fn shown(url: &Url, answer: &HttpResponse, attempt: &Attempt, client: &AppClient) -> Result<()> {
    let page = String::from_utf8_lossy(answer.body());
    match answer.status().as_u16() {
        200..=299 => Ok(()),
        // Words of the page, since there is nothing else to tell it by.
        403 if page.contains("Login pages unavailable") => Err(without_style(client).into()),
        400 if page.contains("redirect_mismatch") => {
            Err(of_error_page("redirect_mismatch", attempt, client).into())
        }
        _ => Err(AskError::Refused(Refusal::read(url, answer)).explained(of_anything)),
    }
}

/// `/error?error=…`: Cognito's page for what it does not tell the app.
fn of_error_page(error: &str, attempt: &Attempt, client: &AppClient) -> Failure {
    let (id, uri) = (&client.id, attempt.redirect_uri());
    match error {
        "redirect_mismatch" => {
            let message = format!("redirect URI `{uri}` is not registered with app client `{id}`");
            Failure::new(Exit::Settings, "redirect_mismatch", message).hint(format!(
                "register exactly this callback URL with app client {id}: {uri}"
            ))
        }
        "invalid_scope" => attempt.denial(error, None),
        error => {
            let said = printable(error, 60);
            let message = format!("the login pages do not open for app client `{id}` ({said})");
            Failure::new(Exit::Settings, "app_client_refused", message).hint(
                "check `client_id` and `domain`: they have to be of one pool, and the app client needs the authorization code grant",
            )
        }
    }
}

fn without_style(client: &AppClient) -> Failure {
    let id = &client.id;
    let message = format!("the login pages have no style for app client `{id}`");
    Failure::new(Exit::Settings, "login_pages_unavailable", message).hint(format!(
        "aws cognito-idp create-managed-login-branding --user-pool-id POOL --client-id {id} --use-cognito-provided-values"
    ))
}

#[cfg(test)]
mod tests {
    use super::super::attempt::Wishes;
    use super::super::redirect_uri::RedirectUri;
    use super::super::testing::{ScriptedPool, client};
    use super::*;
    use crate::http::responder::answer;

    /// Asks a pool that answers each path from a table; a redirect is written as its place.
    async fn asked(pages: &'static [(&'static str, &'static str)]) -> Result<(), &'static str> {
        let pool = ScriptedPool::start(move |base, received| {
            let (path, query) = received.target.split_once('?')?;
            let state = query.split('&').find(|pair| pair.starts_with("state="));
            let (_, said) = pages.iter().find(|(page, _)| *page == path)?;
            let said = said
                .replace("BASE", base)
                .replace("STATE", state.unwrap_or("state="));
            Some(match said.split_once(' ') {
                Some(("302", place)) => answer("302 Found", &format!("location: {place}\r\n"), ""),
                Some((status, page)) => {
                    answer(&format!("{status} -"), "content-type: text/html\r\n", page)
                }
                None => answer("500 -", "", ""),
            })
        });
        let pool = pool.known(client());
        let redirect = RedirectUri::parse("http://localhost:3000").unwrap();
        let attempt = pool.begin(&redirect, &Wishes::default()).await.unwrap();
        let outcome = pool.preflight(&attempt).await;
        outcome.map_err(|error| Failure::of(&error).map_or("none", |failure| failure.kind))
    }

    const AUTHORIZE: &str = "/oauth2/authorize";

    #[tokio::test]
    async fn login_pages_that_open_are_good() {
        assert_eq!(
            asked(&[(AUTHORIZE, "302 /login?a=b"), ("/login", "200 form")]).await,
            Ok(())
        );
        assert_eq!(asked(&[(AUTHORIZE, "200 form")]).await, Ok(()));
        assert_eq!(
            asked(&[(AUTHORIZE, "302 https://idp.example/?error=x")]).await,
            Ok(())
        );
        assert_eq!(
            asked(&[(AUTHORIZE, "302 /oauth2/authorize?error_free=1")]).await,
            Ok(())
        );
    }

    #[tokio::test]
    async fn what_a_browser_would_be_told_is_told_here() {
        let table: [(&'static [(&str, &str)], &str); 9] = [
            (
                &[(
                    AUTHORIZE,
                    "302 BASE/error?error=redirect_mismatch&client_id=x",
                )],
                "redirect_mismatch",
            ),
            (
                &[(AUTHORIZE, "400 <p>redirect_mismatch</p>")],
                "redirect_mismatch",
            ),
            (
                &[(AUTHORIZE, "302 /error?error=invalid_request")],
                "app_client_refused",
            ),
            (
                &[(AUTHORIZE, "302 /error?error=invalid_scope")],
                "scope_refused",
            ),
            (
                &[(
                    AUTHORIZE,
                    "302 http://localhost:3000?error_description=invalid_scope&STATE&error=invalid_request",
                )],
                "scope_refused",
            ),
            (
                &[(
                    AUTHORIZE,
                    "302 http://localhost:3000?STATE&error=unauthorized_client",
                )],
                "flow_not_enabled",
            ),
            (
                &[
                    (AUTHORIZE, "302 /login?x"),
                    ("/login", "403 Login pages unavailable."),
                ],
                "login_pages_unavailable",
            ),
            (&[(AUTHORIZE, "403 Request blocked")], "waf_blocked"),
            (&[], "endpoint_not_found"),
        ];
        for (pages, kind) in table {
            assert_eq!(asked(pages).await, Err(kind), "{pages:?}");
        }
    }

    #[tokio::test]
    async fn a_stranger_s_error_says_nothing() {
        assert_eq!(
            asked(&[(
                AUTHORIZE,
                "302 http://localhost:3000?state=other&error=access_denied"
            )])
            .await,
            Ok(())
        );
    }
}
