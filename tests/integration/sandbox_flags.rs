//! The flags of `sandbox`, each by what it changes.

use serde_json::Value;

use crate::support::person::Person;
use crate::support::pool::Pool;
use crate::support::port::Port;
use crate::support::terminal::Terminal;
use crate::support::wire;

#[test]
fn a_seed_makes_the_same_secrets_again() {
    let secret = |seed: &str| {
        let pool = Pool::start_with(&["--client-secret", "--seed", seed]);
        pool.client_secret().to_owned()
    };
    assert_eq!(secret("1"), secret("1"));
    assert_ne!(secret("1"), secret("2"));
}

#[test]
fn a_session_lives_as_long_as_it_was_told() {
    let pool = Pool::start_with(&["--refresh-token-lifetime", "2m"]);
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    pool.rule("clock_offset_seconds", 60);
    terminal.run(&["token", "--force-refresh"]).code(0);
    pool.rule("clock_offset_seconds", 121);
    terminal.run(&["token", "--force-refresh"]).code(3);
}

#[test]
fn flags_are_stronger_than_the_pool_file_and_add_to_its_lists() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pool.toml");
    std::fs::write(
        &file,
        "mfa = 'required'\nrequired_attributes = ['nickname']\n",
    )
    .unwrap();
    let pool = Pool::start_with(&[
        "--pool-file",
        file.to_str().unwrap(),
        "--mfa",
        "off",
        "--require-attribute",
        "phone_number",
    ]);
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    let mut login = terminal.start(&["login", "--signup"]);
    let mut person = Person::new();
    person.visit(&login.sign_in_url());
    for wanted in ["nickname", "phone_number"] {
        let field = format!("name=\"{wanted}\"");
        assert!(
            person.page().html.contains(&field),
            "{wanted} is not asked for"
        );
    }
}

#[test]
fn an_app_may_send_people_to_further_addresses_after_signing_out() {
    let pool = Pool::start_with(&["--logout-uri", "http://localhost:8080/bye"]);
    let address = |uri: &str| {
        let url = format!(
            "{}/logout?client_id={}&logout_uri={uri}",
            pool.domain(),
            pool.client_id()
        );
        wire::get(&url).header("location").unwrap().to_owned()
    };
    assert_eq!(
        address("http://localhost:8080/bye"),
        "http://localhost:8080/bye"
    );
    assert!(address("http://localhost:8080/").contains("/error?"));
}

#[test]
fn the_secret_of_a_provider_comes_from_its_variable() {
    for right in [true, false] {
        let (port, app) = (Port::reserve(), Port::reserve());
        let number = port.number.to_string();
        let callback = format!("http://127.0.0.1:{number}/oauth2/idpresponse");
        let work = Pool::start_with(&["--client-secret", "--redirect-uri", &callback]);
        let mut terminal = Terminal::new();
        let secret = if right { work.client_secret() } else { "wrong" };
        terminal.set("COGNITO_IDP_SECRET_MY_WORK", secret);
        let provider = format!("my-work={},{}", work.issuer(), work.client_id());
        let app = app.redirect();
        let mut pool = terminal.start(&[
            "sandbox",
            "--port",
            &number,
            "--idp",
            &provider,
            "--redirect-uri",
            &app,
        ]);
        let ready = pool.line(|line| line.starts_with('{'));
        let ready: Value = serde_json::from_str(&ready).unwrap();
        let mut person = Person::new();
        person.visit(&format!(
            "{}/login?client_id={}&response_type=code&redirect_uri={app}&scope=openid",
            ready["domain"].as_str().unwrap(),
            ready["client_id"].as_str().unwrap()
        ));
        person.follow("Continue with my-work");
        let form = [("username", work.username()), ("password", work.password())];
        let back = person.submit_until_sent_to(&form, &app);
        assert_eq!(
            back.query_pairs().any(|(name, _)| name == "code"),
            right,
            "{back}"
        );
    }
}

#[test]
fn what_cannot_be_is_said_before_it_starts() {
    let terminal = Terminal::new();
    let misspelt = terminal.write("misspelt.toml", "colour = 'red'\n");
    let misspelt = misspelt.to_str().unwrap();
    for (arguments, code, said) in [
        (["--mfa", "maybe"], 2, "`off`, `optional` or `required`"),
        (["--idp", "Work"], 2, "NAME=ISSUER,CLIENT_ID"),
        (["--user", "ada"], 2, "NAME:EMAIL:PASSWORD"),
        (["--rotation-grace", "61"], 2, "0..=60"),
        (["--access-token-lifetime", "soon"], 2, "soon"),
        (["--require-attribute", "shoe_size"], 5, "shoe_size"),
        (["--pool-file", "nowhere.toml"], 5, "nowhere.toml"),
        (
            ["--pool-file", misspelt],
            5,
            "`colour` is not a word of a pool file",
        ),
        (["--logo", "nowhere.svg"], 5, "nowhere.svg"),
        (["--css", "nowhere.css"], 5, "nowhere.css"),
    ] {
        let ran = terminal.run(&[&["sandbox", "--port", "0"], &arguments[..]].concat());
        let ran = ran.code(code).stdout("");
        assert!(ran.stderr.contains(said), "{arguments:?}: {}", ran.stderr);
    }
}
