//! `login`: through the login pages and back, and what the terminal and the browser then say.

use serde_json::json;

use crate::support::person::Person;
use crate::support::pool::Pool;
use crate::support::port::is_free;
use crate::support::tap::Tap;
use crate::support::wire;

/// What `login` says without a browser, up to the end of the sign-in; in a container it says how to publish the port.
const INVITATION: &str = "\
Open this address in a browser to sign in:

[URL]

[LINES]Waiting for the sign-in. If the browser ends at a page that does not load, paste that page's address here.
";

const ADA: &str = "\
custom:team     analytical-engine
email           ada@example.com
email_verified  true
family_name     Lovelace
given_name      Ada
name            Ada Lovelace
sub             [WORD]
username        ada
";

#[test]
fn a_person_signs_in_and_both_sides_say_who() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    let mut login = terminal.start(&["login"]);
    let url = login.sign_in_url();
    let mut person = Person::new();
    let page = person.sign_in(&url, pool.username(), pool.password());
    assert_eq!(page.answer.status, 200);
    assert_eq!(
        page.words(),
        "Signed in as Ada Lovelace (ada@example.com) You can close this window and return to the terminal. cognito-login"
    );
    let welcome = "Signed in as Ada Lovelace (ada@example.com); the access token is good until [TIME] (in [WHEN]).\n";
    login
        .finish()
        .code(0)
        .stdout(ADA)
        .stderr(&format!("{INVITATION}{welcome}"));
}

#[test]
fn neither_the_address_bar_nor_the_page_holds_the_code() {
    let pool = Pool::start();
    let mut login = pool.terminal().start(&["login"]);
    let url = login.sign_in_url();
    let mut person = Person::new();
    person.sign_in(&url, pool.username(), pool.password());
    let (last, before) = person.visited.split_last().unwrap();
    assert!(last.query().is_none(), "{last}");
    assert!(
        before
            .iter()
            .any(|url| url.query().is_some_and(|query| query.contains("code="))),
        "{before:?}"
    );
    let answer = &person.page().answer;
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(answer.header("connection"), Some("close"));
    assert!(
        answer
            .header("content-security-policy")
            .is_some_and(|policy| policy.contains("default-src 'none'"))
    );
    for outside in ["<script", "src=", "<link", "@import", "url("] {
        assert!(
            !person.page().html.contains(outside),
            "the page loads something: {outside}"
        );
    }
    login.finish().code(0);
}

#[test]
fn the_redirect_goes_out_byte_for_byte() {
    for slash in ["", "/", "/deep/path?kept=1"] {
        let redirect = format!(
            "http://localhost:{}{slash}",
            crate::support::port::Port::reserve().number
        );
        let pool = Pool::start_with(&["--redirect-uri", &redirect]);
        let tap = Tap::before(pool.domain());
        let terminal = pool.terminal();
        let mut login =
            terminal.start(&["login", "--redirect-uri", &redirect, "--domain", tap.base()]);
        let url = login.sign_in_url();
        let sent = url::Url::parse(&url).unwrap();
        let sent: Vec<_> = sent
            .query_pairs()
            .filter(|(name, _)| name == "redirect_uri")
            .collect();
        assert_eq!(sent[0].1, redirect);
        Person::new().sign_in(&url, pool.username(), pool.password());
        login.finish().code(0);
        let exchange = tap.requests("POST /oauth2/token").remove(0);
        let encoded: String = url::form_urlencoded::byte_serialize(redirect.as_bytes()).collect();
        assert!(
            exchange.contains(&format!("redirect_uri={encoded}")),
            "{}",
            exchange
        );
    }
}

#[test]
fn what_is_wished_for_reaches_the_login_pages() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    for (flag, value, path, parameter) in [
        ("--idp", "Google", "/oauth2/authorize", "identity_provider"),
        (
            "--idp-identifier",
            "example.com",
            "/oauth2/authorize",
            "idp_identifier",
        ),
        (
            "--resource",
            "https://api.example.com",
            "/oauth2/authorize",
            "resource",
        ),
        ("--switch-user", "code", "/logout", "response_type"),
        ("--signup", "code", "/signup", "response_type"),
    ] {
        let mut arguments = vec!["login", "--no-preflight", flag];
        if value != "code" {
            arguments.push(value);
        }
        let mut login = terminal.start(&arguments);
        let url = url::Url::parse(&login.sign_in_url()).unwrap();
        assert_eq!(url.path(), path, "{flag}");
        let sent = url.query_pairs().find(|(name, _)| name == parameter);
        assert_eq!(sent.map(|(_, value)| value).as_deref(), Some(value));
    }
    let both = ["login", "--idp", "Google", "--idp-identifier", "x"];
    terminal.run(&both).code(2).stdout("");
}

#[test]
fn the_authorize_request_has_everything_and_nothing_twice() {
    let pool = Pool::start();
    let mut login = pool.terminal().start(&[
        "login",
        "--login-hint",
        "ada@example.com",
        "--lang",
        "de",
        "--prompt",
        "login",
    ]);
    let url = url::Url::parse(&login.sign_in_url()).unwrap();
    assert_eq!(url.path(), "/oauth2/authorize");
    let mut names: Vec<_> = url
        .query_pairs()
        .map(|(name, _)| name.into_owned())
        .collect();
    names.sort();
    let expected = [
        "client_id",
        "code_challenge",
        "code_challenge_method",
        "lang",
        "login_hint",
        "nonce",
        "prompt",
        "redirect_uri",
        "response_type",
        "scope",
        "state",
    ];
    assert_eq!(names, expected);
    let value = |wanted: &str| {
        url.query_pairs()
            .find(|(name, _)| name == wanted)
            .unwrap()
            .1
            .into_owned()
    };
    assert_eq!(value("response_type"), "code");
    assert_eq!(value("code_challenge_method"), "S256");
    assert_eq!(value("code_challenge").len(), 43);
    assert_eq!(value("scope"), "openid email profile");
    assert!(
        value("state").len() >= 22
            && value("nonce").len() >= 22
            && value("state") != value("nonce")
    );
}

#[test]
fn json_is_the_user_info_document_as_the_pool_sent_it() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    let mut login = terminal.start(&["login", "--json"]);
    let url = login.sign_in_url();
    Person::new().sign_in(&url, pool.username(), pool.password());
    let ran = login.finish().code(0);
    assert_eq!(
        ran.json()["email_verified"],
        json!("true"),
        "Cognito's userInfo says it as a text"
    );
    assert_eq!(ran.json()["custom:team"], json!("analytical-engine"));
    assert_eq!(
        ran.stdout,
        terminal.run(&["whoami", "--json"]).code(0).stdout
    );
}

#[test]
fn quiet_says_the_address_and_nothing_else() {
    let pool = Pool::start();
    let mut login = pool.terminal().start(&["login", "--quiet"]);
    let url = login.sign_in_url();
    Person::new().sign_in(&url, pool.username(), pool.password());
    login.finish().code(0).stdout(ADA).stderr("[URL]\n");
}

#[test]
fn a_confidential_client_authenticates_with_basic() {
    let pool = Pool::start_with(&["--client-secret"]);
    let tap = Tap::before(pool.domain());
    let mut terminal = pool.terminal();
    terminal.set("COGNITO_CLIENT_SECRET", pool.client_secret());
    let mut login = terminal.start(&["login", "--domain", tap.base()]);
    let url = login.sign_in_url();
    Person::new().sign_in(&url, pool.username(), pool.password());
    login.finish().code(0);
    let exchange = tap.requests("POST /oauth2/token").remove(0);
    let (head, body) = exchange.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("authorization: Basic "), "{head}");
    assert!(
        !body.contains("client_id=") && !body.contains("client_secret="),
        "{body}"
    );
}

#[test]
fn the_secret_of_a_confidential_client_can_come_on_standard_input() {
    let pool = Pool::start_with(&["--client-secret"]);
    let terminal = pool.terminal();
    let mut login = terminal.start(&["login", "--client-secret-stdin"]);
    login.write(&format!("{}\n", pool.client_secret()));
    let url = login.sign_in_url();
    Person::new().sign_in(&url, pool.username(), pool.password());
    login.finish().code(0);
    // It was for that run: nothing keeps it, so the next renewal has none.
    terminal.run(&["token", "--force-refresh"]).code(5);
}

#[test]
fn the_rest_of_standard_input_is_still_for_pasting() {
    let pool = Pool::start_with(&["--client-secret"]);
    let terminal = pool.terminal();
    let mut login = terminal.start(&["login", "--client-secret-stdin"]);
    login.write(&format!("{}\n", pool.client_secret()));
    let url = login.sign_in_url();
    let mut person = Person::new();
    person.visit(&url);
    let back = person.submit_until_sent_to(
        &[("username", pool.username()), ("password", pool.password())],
        &pool.redirect(),
    );
    login.write(&format!("{back}\n"));
    login.finish().code(0);
}

#[test]
fn a_warm_session_of_the_login_pages_needs_no_form_and_loses_no_code() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    let mut person = Person::new();
    for round in 0..3 {
        let mut login = terminal.start(&["login"]);
        let url = login.sign_in_url();
        if round == 0 {
            person.sign_in(&url, pool.username(), pool.password());
        } else {
            person.visit(&url);
        }
        assert!(
            person
                .page()
                .words()
                .starts_with("Signed in as Ada Lovelace"),
            "{}",
            person.page().words()
        );
        login.finish().code(0);
    }
}

#[cfg(unix)]
#[test]
fn the_browser_command_gets_the_address_whole_and_says_nothing_on_our_streams() {
    let pool = Pool::start();
    let mut terminal = pool.terminal();
    terminal
        .unset("COGNITO_LOGIN_NO_BROWSER")
        .with_system_path();
    let told = terminal.home().join("told");
    let script = format!(
        "#!/bin/sh\nprintf '%s\\n' \"$@\" > '{0}.part'; mv '{0}.part' '{0}'; echo noise; echo noise >&2\n",
        told.display()
    );
    let browser = terminal.write("my browser", &script);
    let runnable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&browser, runnable).unwrap();
    for command in [
        format!("'{}'", browser.display()),
        format!("'{}' --new-window %s", browser.display()),
    ] {
        let mut login = terminal.start(&["login", "--browser", &command]);
        let url = login.sign_in_url();
        Person::new().sign_in(&url, pool.username(), pool.password());
        let ran = login.finish().code(0);
        assert!(
            !ran.stdout.contains("noise") && !ran.stderr.contains("noise"),
            "{ran:?}"
        );
        let heard = std::fs::read_to_string(&told).unwrap();
        assert_eq!(heard.lines().last(), Some(url.as_str()));
    }
}

#[test]
fn a_browser_that_cannot_be_opened_is_a_notice() {
    let pool = Pool::start();
    let mut login = pool
        .terminal()
        .start(&["login", "--browser", "there-is-no-such-browser"]);
    let url = login.sign_in_url();
    login.line(|line| line.starts_with("warning: no browser could be opened"));
    Person::new().sign_in(&url, pool.username(), pool.password());
    login.finish().code(0);
}

#[test]
fn the_ports_are_free_again_when_the_login_is_over() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    assert!(is_free(pool.port()));
    let mut login = terminal.start(&["login"]);
    login.sign_in_url();
    assert!(!is_free(pool.port()), "while it waits it holds the port");
    drop(login);
    assert!(is_free(pool.port()));
}

#[test]
fn both_families_of_localhost_answer() {
    let pool = Pool::start();
    let mut login = pool.terminal().start(&["login"]);
    login.sign_in_url();
    for host in ["127.0.0.1", "[::1]", "localhost"] {
        if host == "[::1]" && std::net::TcpListener::bind("[::1]:0").is_err() {
            continue; // a machine without IPv6 has nothing to answer on
        }
        let answer = wire::get(&format!("http://{host}:{}/favicon.ico", pool.port()));
        assert_eq!(answer.status, 404, "{host}");
    }
}

#[test]
fn someone_else_at_the_same_profile_is_pointed_out_with_the_way_back() {
    let pool = Pool::start_with(&[
        "--user",
        "ada:ada@example.com:Engine-1843",
        "--user",
        "grace:grace@example.com:Compiler-1952",
    ]);
    let terminal = pool.terminal();
    let mut browser = Person::new();
    let mut sign_in = |arguments: &[&str], name, password| {
        let mut login = terminal.start(arguments);
        browser.sign_in(&login.sign_in_url(), name, password);
        let ran = login.finish().code(0);
        let warning = ran.stderr.lines().find(|line| line.starts_with("warning:"));
        warning.map(str::to_owned)
    };
    let held = |name: &str| {
        Some(format!(
            "warning: this profile held the session of `{name}` before; to go back: cognito-login login --switch-user"
        ))
    };
    let switch = &["login", "--switch-user"][..];
    assert_eq!(sign_in(&["login"], "ada", "Engine-1843"), None);
    assert_eq!(sign_in(switch, "grace", "Compiler-1952"), held("ada"));
    assert_eq!(sign_in(switch, "ada", "Engine-1843"), held("grace"));
    assert_eq!(sign_in(switch, "ada", "Engine-1843"), None);
    let who = terminal.run(&["whoami", "--json"]).code(0).json();
    assert_eq!(who["username"], "ada");
}

#[test]
fn switch_user_asks_again_in_a_browser_that_is_signed_in() {
    let pool = Pool::start_with(&[
        "--user",
        "ada:ada@example.com:Engine-1843",
        "--user",
        "grace:grace@example.com:Compiler-1952",
    ]);
    let terminal = pool.terminal();
    let mut browser = Person::new();
    let mut login = terminal.start(&["login"]);
    browser.sign_in(&login.sign_in_url(), "ada", "Engine-1843");
    login.finish().code(0);
    let mut login = terminal.start(&["login", "--switch-user"]);
    let page = browser
        .sign_in(&login.sign_in_url(), "grace", "Compiler-1952")
        .words();
    assert!(page.starts_with("Signed in as grace"), "{page}");
    login.finish().code(0);
}

#[test]
fn hostile_attributes_reach_neither_the_screen_nor_the_page_alive() {
    let pool = Pool::start();
    let nasty =
        "\u{1b}[2J\u{202e}\u{61c}\u{9b}2J<script>alert(1)</script>\r\nSigned in as root\u{7}";
    pool.quirk(json!({
        "id_token": { "claims": { "name": nasty, "email": nasty } },
        "userinfo": { "merge": { "name": nasty, nasty: nasty } },
    }));
    let terminal = pool.terminal();
    let mut login = terminal.start(&["login"]);
    let url = login.sign_in_url();
    let mut person = Person::new();
    let html = person
        .sign_in(&url, pool.username(), pool.password())
        .html
        .clone();
    assert!(
        !html.contains("<script") && !html.contains(['\u{1b}', '\u{9b}', '\u{202e}', '\u{61c}']),
        "{html}"
    );
    let ran = login.finish().code(0);
    let whoami = terminal.run(&["whoami", "--json"]).code(0);
    assert_eq!(
        whoami.json()["name"],
        nasty,
        "a program gets what the pool sent"
    );
    for stream in [&ran.stdout, &ran.stderr, &whoami.stdout] {
        let alive = stream
            .chars()
            .find(|c| (c.is_control() && *c != '\n') || matches!(c, '\u{202e}' | '\u{61c}'));
        assert_eq!(alive, None, "{stream:?}");
    }
    assert!(
        !ran.stderr.lines().any(|line| line == "Signed in as root"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_proxy_is_not_asked_for_what_is_on_this_machine() {
    let pool = Pool::start();
    let mut terminal = pool.terminal();
    // Port 9 (discard): nobody answers there.
    for name in [
        "HTTP_PROXY",
        "http_proxy",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "all_proxy",
    ] {
        terminal.set(name, "http://127.0.0.1:9");
    }
    pool.sign_in(&terminal);
    terminal.run(&["whoami"]).code(0).stdout(ADA);
}

#[test]
fn with_no_store_the_sign_in_is_shown_and_nothing_is_kept() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    let mut login = terminal.start(&["login", "--store", "none"]);
    let url = login.sign_in_url();
    Person::new().sign_in(&url, pool.username(), pool.password());
    login.finish().code(0).stdout(ADA);
    let secret = crate::support::leaks::files(&terminal.home().join("state"))
        .into_iter()
        .map(|(path, _)| path);
    let secret: Vec<_> = secret
        .filter(|path| path.extension().is_some_and(|kind| kind == "secret"))
        .collect();
    assert!(secret.is_empty(), "{secret:?}");
    terminal.run(&["token", "--store", "none"]).code(3);
}

#[test]
fn clocks_that_differ_by_minutes_do_not_matter() {
    for seconds in [-200, 200] {
        let pool = Pool::start();
        pool.rule("clock_offset_seconds", seconds);
        let terminal = pool.terminal();
        pool.sign_in(&terminal);
        terminal.run(&["token"]).code(0);
        assert_eq!(pool.refreshes(), 0, "{seconds}");
    }
}

#[test]
fn the_address_to_bind_can_differ_from_the_redirect() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    let mut login = terminal.start(&["login", "--listen", "127.0.0.1"]);
    let url = login.sign_in_url();
    assert!(
        std::net::TcpListener::bind(("::1", pool.port())).is_ok(),
        "only what was named is bound"
    );
    Person::new().sign_in(&url, pool.username(), pool.password());
    let ran = login.finish().code(0);
    assert!(!ran.stderr.contains("warning"), "{}", ran.stderr);
}

#[test]
fn to_listen_beyond_this_machine_is_said() {
    let pool = Pool::start();
    let mut login = pool.terminal().start(&["login", "--listen", "0.0.0.0"]);
    let url = login.sign_in_url();
    Person::new().sign_in(&url, pool.username(), pool.password());
    let ran = login.finish().code(0);
    let warning =
        "warning: `listen` is 0.0.0.0: other machines can knock at the sign-in while it waits";
    assert_eq!(ran.stderr.lines().next(), Some(warning), "{}", ran.stderr);
}
