//! What the pool itself thinks of the answers in `configure`'s conversation.

use anyhow::Result;

use super::conversation::{Answers, Check, Finding};
use super::world::World;
use crate::failure::{Exit, Failure, printable};
use crate::oidc::{
    AppClient, Domain, Issuer, Preflight, RedirectUri, RefreshError, UserPool, UserPoolId, Wishes,
};
use crate::profile::{Given, Key, Settings};
use crate::secret::Secret;

/// Asks the pool. What the answers do not say, `known` may.
pub(super) fn ask(check: Check, answers: &Answers, known: &Settings, world: &World) -> Finding {
    asked(check, answers, known, world).unwrap_or_else(|error| match Failure::of(&error) {
        // Settings that are wrong are the person's to correct; whatever else failed says nothing about them.
        Some(failure) if failure.exit == Exit::Settings => Finding::Bad(failure.clone()),
        _ => Finding::Unsure(printable(&error.to_string(), 300)),
    })
}

fn asked(check: Check, answers: &Answers, known: &Settings, world: &World) -> Result<Finding> {
    let text = |key| match answers.settings.get(key) {
        Some(Given::Text(text)) => Some(text.as_str()),
        _ => None,
    };
    let issuer = match (text(Key::Issuer), text(Key::UserPoolId)) {
        (Some(issuer), _) => Issuer::parse(issuer)?,
        (None, pool) => Issuer::of_pool(&UserPoolId::parse(pool.unwrap_or_default())?),
    };
    let domain = text(Key::Domain).map(|domain| Domain::parse(domain, issuer.region()));
    // Whether the pool is there, its own host says; the domain's would not know.
    let domain = domain.transpose()?.filter(|_| check != Check::Pool);
    let scopes = match answers.settings.get(Key::Scopes).or(known.get(Key::Scopes)) {
        Some(Given::List(scopes)) => scopes.clone(),
        _ => ["openid", "email", "profile"].map(str::to_owned).to_vec(),
    };
    let client = AppClient {
        id: text(Key::ClientId).unwrap_or("none").to_owned(),
        secret: answers.client_secret.clone(),
        scopes,
    };
    let pool = UserPool::new(issuer, domain, client, world.http.clone());
    match check {
        Check::Pool => {
            let survey = world.wait(pool.survey())??;
            Ok(Finding::Good(format!(
                "the pool is there, with its login pages at {}",
                printable(&survey.discovered_login_pages, 100)
            )))
        }
        Check::Client if text(Key::Grant) == Some("client_credentials") => {
            Ok(match answers.client_secret {
                None => Finding::WantsSecret,
                Some(_) => Finding::Unsure("a token for a machine would be billed".to_owned()),
            })
        }
        Check::Client => ask_about_the_client(&pool, world),
        Check::Redirect => {
            let Some(Given::List(uris)) = answers.settings.get(Key::RedirectUris) else {
                return Ok(Finding::Unsure("there is none".to_owned()));
            };
            for uri in uris {
                let redirect = RedirectUri::parse(uri)?;
                let attempt = world.wait(pool.begin(&redirect, &Wishes::default()))??;
                if let Preflight::Doubt(why) = world.wait(pool.preflight(&attempt))?? {
                    return Ok(Finding::Unsure(why.to_owned()));
                }
            }
            Ok(Finding::Good("the login pages open for it".to_owned()))
        }
    }
}

/// Asks for tokens with a refresh token that cannot be one: a pool that says so has accepted the app client first.
fn ask_about_the_client(pool: &UserPool, world: &World) -> Result<Finding> {
    let nonsense = Secret::new("cognito-login-configure");
    let asked = pool.refresh(&nonsense, None, world.clock.now(), |_| Ok(()));
    match world.wait(asked)? {
        Err(RefreshError::Failed(error)) => {
            let wants_secret =
                Failure::of(&error).is_some_and(|failure| failure.kind == "client_secret_missing");
            if wants_secret {
                Ok(Finding::WantsSecret)
            } else {
                Err(error)
            }
        }
        Ok(_) | Err(RefreshError::SignedOut(_)) => Ok(Finding::Good(match pool.client().secret {
            Some(_) => "the pool takes the secret".to_owned(),
            None => "the pool knows it, and it needs no secret".to_owned(),
        })),
    }
}
