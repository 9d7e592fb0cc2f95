//! `logout`: revoked at the pool, deleted here, and honest about what still lives.

use serde_json::json;

use crate::support::leaks::values;
use crate::support::person::Person;
use crate::support::pool::Pool;
use crate::support::tap::Tap;
use crate::support::terminal::Terminal;

const GOODBYE: &str = "\
Signed out of profile `default` on this machine.
Tokens already handed out stay valid at services that do not ask the pool, until [TIME] (in [WHEN]).
The browser may still be signed in at the login pages. To end that too, open:
[URL]
";

#[test]
fn the_session_is_revoked_and_deleted() {
    let pool = Pool::start();
    let tap = Tap::before(pool.domain());
    let mut terminal = pool.terminal();
    terminal.set("COGNITO_DOMAIN", tap.base());
    pool.sign_in(&terminal);
    let granted = tap
        .copied()
        .into_iter()
        .find(|seen| seen.place == "answer to POST /oauth2/token")
        .unwrap();
    let refresh_token = values(&granted.text, "refresh_token").remove(0);
    terminal.run(&["logout"]).code(0).stdout("").stderr(GOODBYE);
    let revoked = tap.requests("POST /oauth2/revoke").remove(0);
    assert!(
        revoked.contains(&format!("token={refresh_token}")),
        "{revoked}"
    );
    terminal.run(&["token"]).code(3);
    assert_eq!(
        terminal.run(&["status", "--json"]).json()["profiles"][0]["signed_in"],
        false
    );
    // The pool agrees: the refresh token is worth nothing now.
    let url = url::Url::parse(&format!("{}/oauth2/token", pool.domain())).unwrap();
    let form = format!(
        "grant_type=refresh_token&client_id={}&refresh_token={refresh_token}",
        pool.client_id()
    );
    let headers = [("Content-Type", "application/x-www-form-urlencoded")];
    let answer = crate::support::wire::send("POST", &url, &headers, form.as_bytes());
    assert_eq!(
        (answer.status, &answer.json()["error"]),
        (400, &json!("invalid_grant"))
    );
}

#[test]
fn nothing_kept_is_nothing_to_do() {
    let pool = Pool::start();
    pool.terminal()
        .run(&["logout"])
        .code(0)
        .stdout("")
        .stderr("Not signed in to profile `default`.\n");
}

#[test]
fn a_pool_out_of_reach_leaves_nothing_here_and_exit_4() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    pool.stop();
    let ran = terminal.run(&["logout"]).code(4).stdout("");
    assert!(
        ran.stderr.contains(
            "profile `default` is signed out here, but the pool did not revoke the refresh token"
        ),
        "{}",
        ran.stderr
    );
    terminal.run(&["token"]).code(3);
    terminal.run(&["logout"]).code(0);
}

#[test]
fn an_unreadable_session_is_deleted_too() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    for (path, _) in crate::support::leaks::files(&terminal.home().join("state")) {
        if path.extension().is_some_and(|kind| kind == "secret") {
            std::fs::write(path, "{").unwrap();
        }
    }
    terminal.run(&["logout"]).code(0);
    terminal.run(&["token"]).code(3);
    terminal
        .run(&["logout"])
        .code(0)
        .stderr("Not signed in to profile `default`.\n");
}

#[test]
fn the_printed_address_ends_the_browser_s_own_session() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    let mut browser = Person::new();
    let mut login = terminal.start(&["login"]);
    browser.sign_in(&login.sign_in_url(), pool.username(), pool.password());
    login.finish().code(0);
    let ran = terminal.run(&["logout"]).code(0);
    let address = ran.stderr.lines().last().unwrap().to_owned();
    browser.visit(&address);
    let mut login = terminal.start(&["login"]);
    let page = browser.visit(&login.sign_in_url());
    assert!(
        !page.forms().is_empty(),
        "the login pages still know the person: {}",
        page.words()
    );
}

#[test]
fn what_was_handed_out_is_not_forgotten_by_the_pool_but_refused() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    let access = terminal.run(&["token"]).code(0).stdout;
    terminal.run(&["logout"]).code(0);
    let url = url::Url::parse(&format!("{}/oauth2/userInfo", pool.domain())).unwrap();
    let bearer = format!("Bearer {}", access.trim());
    assert_eq!(
        crate::support::wire::send("GET", &url, &[("Authorization", &bearer)], b"").status,
        401
    );
}

/// Three profiles at two pools, and one nobody is signed in to.
fn profiles(pool: &Pool, other: &Pool) -> String {
    let of = |name: &str, pool: &Pool| {
        pool.profile()
            .replace("profiles.default", &format!("profiles.{name}"))
    };
    [
        of("work", pool),
        of("home", pool),
        of("away", other),
        of("empty", pool),
    ]
    .concat()
}

fn signed_in(terminal: &Terminal) -> Vec<String> {
    let status = terminal.run(&["status", "--json"]).code(0).json();
    let profiles = status["profiles"].as_array().unwrap();
    let there = profiles
        .iter()
        .filter(|profile| profile["signed_in"] == true);
    there
        .map(|profile| profile["profile"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn all_ends_every_session_whichever_pool_can_be_reached() {
    let (pool, other) = (Pool::start(), Pool::start());
    let mut terminal = pool.terminal();
    terminal.configure(&profiles(&pool, &other));
    let sign_in_to_all = |terminal: &mut Terminal| {
        for (profile, pool) in [("work", &pool), ("home", &pool), ("away", &other)] {
            terminal.set("COGNITO_LOGIN_PROFILE", profile);
            pool.sign_in(terminal);
        }
        terminal.unset("COGNITO_LOGIN_PROFILE");
        assert_eq!(signed_in(terminal).len(), 3);
    };
    sign_in_to_all(&mut terminal);
    let ran = terminal.run(&["logout", "--all"]).code(0).stdout("");
    for profile in ["work", "home", "away"] {
        let line = format!("Signed out of profile `{profile}` on this machine.\n");
        assert!(ran.stderr.contains(&line), "{}", ran.stderr);
    }
    assert!(!ran.stderr.contains("empty"), "{}", ran.stderr);
    assert_eq!(signed_in(&terminal), [""; 0]);
    let revoked = |pool: &Pool| pool.stats()["requests"]["revoke"].clone();
    assert_eq!((revoked(&pool), revoked(&other)), (json!(2), json!(1)));

    sign_in_to_all(&mut terminal);
    other.stop();
    let ran = terminal
        .run(&["logout", "--all", "--json", "--quiet"])
        .code(4)
        .stdout("");
    let error = &ran.json_error()["error"];
    assert_eq!(error["kind"], "not_revoked");
    let message = error["message"].as_str().unwrap();
    assert!(message.starts_with("profile `away` is signed out here"));
    assert_eq!(signed_in(&terminal), [""; 0]);
    assert_eq!(revoked(&pool), json!(4), "the others are revoked even so");

    terminal
        .run(&["logout", "--all"])
        .code(0)
        .stdout("")
        .stderr("Not signed in to any profile.\n");
}

#[test]
fn all_names_every_profile_that_could_not_be_revoked() {
    let pool = Pool::start();
    let mut terminal = pool.terminal();
    terminal.configure(&profiles(&pool, &pool));
    for profile in ["work", "home"] {
        terminal.set("COGNITO_LOGIN_PROFILE", profile);
        pool.sign_in(&terminal);
    }
    terminal.unset("COGNITO_LOGIN_PROFILE");
    pool.stop();
    let ran = terminal.run(&["logout", "--all"]).code(4).stdout("");
    for profile in ["work", "home"] {
        let said = format!("profile `{profile}` is signed out here, but");
        assert!(ran.stderr.contains(&said), "{}", ran.stderr);
    }
}

/// A profile whose app client has a sign-out URL on this machine, and a browser that opens nothing.
#[cfg(unix)]
mod with_browser {
    use super::*;
    use crate::support::port::{Port, is_free};
    use crate::support::terminal::Running;

    struct Scene {
        pool: Pool,
        sign_out: Port,
        terminal: Terminal,
        browser: Person,
    }

    const OPENS: &str = "Your browser opens the sign-out page. If it does not, open this address:";

    impl Scene {
        fn new() -> Scene {
            let sign_out = Port::reserve();
            let pool = Pool::start_with(&["--logout-uri", &sign_out.redirect()]);
            let mut terminal = pool.terminal();
            terminal
                .with_system_path()
                .unset("COGNITO_LOGIN_NO_BROWSER")
                .set("BROWSER", "true")
                .set("COGNITO_LOGOUT_URI", sign_out.redirect());
            Scene {
                pool,
                sign_out,
                terminal,
                browser: Person::new(),
            }
        }

        /// Opens the login pages in the person's browser; they show a form unless they know the person.
        fn knows_the_person(&mut self) -> bool {
            let mut login = self.terminal.start(&["login"]);
            let page = self.browser.visit(&login.sign_in_url());
            page.forms().is_empty()
        }

        fn sign_in(&mut self) {
            let mut login = self.terminal.start(&["login"]);
            let url = login.sign_in_url();
            self.browser
                .sign_in(&url, self.pool.username(), self.pool.password());
            login.finish().code(0);
        }

        fn logout(&self, more: &[&str]) -> Running {
            self.terminal
                .start(&[&["logout", "--browser"], more].concat())
        }
    }

    #[test]
    fn the_login_pages_forget_the_person_and_the_terminal_says_so() {
        let mut scene = Scene::new();
        scene.sign_in();
        assert!(scene.knows_the_person(), "there is no cookie to end");
        let mut logout = scene.logout(&[]);
        let url = logout.sign_in_url();
        assert!(
            url.starts_with(&format!("{}/logout?", scene.pool.domain())),
            "{url}"
        );
        let page = scene.browser.visit(&url);
        assert_eq!(
            page.words(),
            "Signed out You can close this window and return to the terminal. cognito-login"
        );
        assert_eq!(
            page.url.as_str(),
            format!("{}/signed-out", scene.sign_out.redirect())
        );
        let ran = logout.finish().code(0).stdout("");
        ran.stderr(&format!(
            "Signed out of profile `default` on this machine.\nTokens already handed out stay valid at services that do not ask the pool, until [TIME] (in [WHEN]).\n{OPENS}\n{url}\nThe browser is signed out of the login pages too.\n"
        ));
        assert!(!scene.knows_the_person());
        scene.terminal.run(&["token"]).code(3);
    }

    #[test]
    fn who_signed_out_here_before_can_still_end_the_browser_s_session() {
        let mut scene = Scene::new();
        scene.sign_in();
        scene.terminal.run(&["logout"]).code(0);
        assert!(scene.knows_the_person());
        // Signed in again by the cookie alone.
        scene.terminal.run(&["logout"]).code(0);
        let mut logout = scene.logout(&[]);
        let url = logout.sign_in_url();
        scene.browser.visit(&url);
        let ran = logout.finish().code(0).stdout("");
        assert!(
            ran.stderr
                .ends_with("The browser is signed out of the login pages too.\n"),
            "{}",
            ran.stderr
        );
        assert!(!scene.knows_the_person());
    }

    #[test]
    fn a_taken_port_is_told_and_the_browser_signs_out_unseen() {
        let mut scene = Scene::new();
        scene.sign_in();
        let _taken = std::net::TcpListener::bind(("127.0.0.1", scene.sign_out.number)).unwrap();
        let ran = scene.logout(&[]).finish().code(0).stdout("");
        let warning = format!(
            "warning: port {} of `{}` is taken, so it cannot be seen here whether the browser signs out\n{OPENS}\n",
            scene.sign_out.number,
            scene.sign_out.redirect()
        );
        assert!(ran.stderr.contains(&warning), "{}", ran.stderr);
        let url = ran.stderr.lines().last().unwrap();
        assert!(url.contains("/logout?"), "{url}");
        scene.terminal.run(&["token"]).code(3);
    }

    #[test]
    fn without_a_browser_the_address_is_for_the_person() {
        let mut scene = Scene::new();
        scene.sign_in();
        scene.terminal.set("BROWSER", "none");
        let ran = scene.logout(&[]).finish().code(0).stdout("");
        assert!(ran.stderr.contains("To end that too, open:\n"));
        let registered = format!(
            "logout_uri={}",
            scene
                .sign_out
                .redirect()
                .replace(':', "%3A")
                .replace('/', "%2F")
        );
        let url = ran.stderr.lines().last().unwrap();
        assert!(url.ends_with(&registered), "{url}");
    }

    #[test]
    fn one_that_does_not_start_is_told_and_can_be_done_by_hand() {
        let mut scene = Scene::new();
        scene.sign_in();
        scene.terminal.configure(&format!(
            "{}browser = \"/no/such/browser\"\n",
            scene.pool.profile()
        ));
        scene.terminal.unset("BROWSER");
        let mut logout = scene.logout(&[]);
        let url = logout.sign_in_url();
        logout.line(|line| line.starts_with("warning: no browser could be opened"));
        scene.browser.visit(&url);
        let ran = logout.finish().code(0).stdout("");
        assert!(
            ran.stderr
                .ends_with("The browser is signed out of the login pages too.\n"),
            "{}",
            ran.stderr
        );
    }

    #[test]
    fn a_browser_that_stays_away_is_told_with_what_to_look_at() {
        let mut scene = Scene::new();
        scene.sign_in();
        // As at an address that is not registered: the pool shows its own page, and nobody comes.
        let elsewhere = Port::reserve();
        scene
            .terminal
            .set("COGNITO_LOGOUT_URI", elsewhere.redirect());
        let mut logout = scene.logout(&["--timeout", "1s"]);
        let url = logout.sign_in_url();
        let page = scene.browser.visit(&url);
        assert!(page.url.path().contains("error"), "{}", page.url);
        let ran = logout.finish().code(0).stdout("");
        let warning = format!(
            "warning: the browser did not come back from the sign-out page; look there, and whether `{}` is among the app client's Allowed sign-out URLs\n",
            elsewhere.redirect()
        );
        assert!(ran.stderr.ends_with(&warning), "{}", ran.stderr);
        scene.terminal.run(&["token"]).code(3);
    }

    #[test]
    fn it_can_be_left_by_ctrl_c_with_the_session_deleted_and_the_port_free() {
        for (signal, code) in [(libc::SIGINT, 130), (libc::SIGTERM, 143)] {
            let mut scene = Scene::new();
            scene.sign_in();
            let mut logout = scene.logout(&[]);
            logout.sign_in_url();
            // Answered once it waits.
            let elsewhere = format!("{}/favicon.ico", scene.sign_out.redirect());
            assert_eq!(crate::support::wire::get(&elsewhere).status, 404);
            logout.signal(signal);
            logout.finish().code(code).stdout("");
            assert!(is_free(scene.sign_out.number));
            scene.terminal.run(&["token"]).code(3);
        }
    }
}
