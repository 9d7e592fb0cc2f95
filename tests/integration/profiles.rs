//! Profiles and settings: what is wrong is named with file, line and key; stronger sources win.

use crate::support::pool::Pool;
use crate::support::terminal::{Ran, Terminal};

fn wrong(toml: &str) -> Ran {
    let terminal = Terminal::new();
    terminal.configure(toml);
    let ran = terminal.run(&["token"]).code(5).stdout("");
    assert!(ran.stderr.contains("\nhint: "), "{}", ran.stderr);
    ran
}

#[test]
fn an_unknown_key_is_named_with_its_line_and_the_keys_there_are() {
    let ran = wrong("[profiles.default]\nclient_id = \"1x\"\n\nclientid = \"1x\"\n");
    let first = ran.stderr.lines().next().unwrap();
    assert!(
        first.starts_with("error: `")
            && first.contains(
                "config.toml:4`: `clientid` is no key of a profile; the keys are user_pool_id, "
            ),
        "{first}"
    );
}

#[test]
fn a_wrong_type_is_named_with_its_line_and_the_form_that_is_accepted() {
    for (line, key) in [
        ("redirect_uris = \"http://localhost:3000\"", "redirect_uris"),
        ("scopes = 1", "scopes"),
        ("client_id = 5", "client_id"),
        ("preflight = \"yes\"", "preflight"),
    ] {
        let ran = wrong(&format!("[profiles.default]\n{line}\n"));
        assert!(
            ran.stderr
                .contains(&format!("config.toml:2`: `{key}` must be ")),
            "{}",
            ran.stderr
        );
    }
}

#[test]
fn a_broken_file_is_named_with_its_line() {
    assert!(
        wrong("[profiles.default]\nclient_id = \n")
            .stderr
            .contains("config.toml:2`: this is not TOML")
    );
}

#[test]
fn a_secret_in_the_file_is_refused_and_not_repeated() {
    let ran = wrong("[profiles.default]\nclient_secret = \"hunter2hunter2\"\n");
    assert!(
        ran.stderr.contains("COGNITO_CLIENT_SECRET") && !ran.stderr.contains("hunter2"),
        "{}",
        ran.stderr
    );
}

#[test]
fn impossible_values_name_the_key_and_where_they_come_from() {
    const GOOD: &str = "user_pool_id = \"us-east-1_AbCdEf123\"\nclient_id = \"1x\"\n";
    for (line, key) in [
        ("user_pool_id = \"AbCdEf123\"", "user_pool_id"),
        ("issuer = \"http://example.com\"", "issuer"),
        (
            "redirect_uris = [\"http://example.com:3000\"]",
            "redirect_uris",
        ),
        ("redirect_uris = [\"localhost:3000\"]", "redirect_uris"),
        (
            "redirect_uris = [\"http://localhost:3000#x\"]",
            "redirect_uris",
        ),
        ("store = \"cloud\"", "store"),
        ("timeout = \"soon\"", "timeout"),
        ("grant = \"password\"", "grant"),
        ("listen = \"everywhere\"", "listen"),
        ("domain = \"cognito-idp.us-east-1.amazonaws.com\"", "domain"),
    ] {
        let base: String = GOOD
            .lines()
            .filter(|known| !line.starts_with(known.split(' ').next().unwrap()))
            .map(|known| format!("{known}\n"))
            .collect();
        let ran = wrong(&format!("[profiles.default]\n{base}{line}\n"));
        assert!(ran.stderr.contains(key), "no `{key}` in {}", ran.stderr);
    }
}

#[test]
fn a_profile_that_is_not_there_names_those_that_are() {
    let terminal = Terminal::new();
    terminal
        .configure("[profiles.work]\nuser_pool_id = \"us-east-1_AbCdEf123\"\nclient_id = \"1x\"\n");
    let ran = terminal.run(&["token", "--profile", "wrok"]).code(5);
    assert!(
        ran.stderr.contains("`wrok`") && ran.stderr.contains("work"),
        "{}",
        ran.stderr
    );
}

#[test]
fn flag_beats_environment_beats_file_beats_what_is_built_in() {
    let terminal = &mut Terminal::new();
    let of = |terminal: &Terminal, arguments: &[&str]| {
        let json = terminal
            .run(&[&["status", "--json"], arguments].concat())
            .code(0)
            .json();
        json["profiles"][0]["settings"]["timeout"]["value"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    terminal.configure(
        "[profiles.default]\nuser_pool_id = \"us-east-1_AbCdEf123\"\nclient_id = \"1x\"\n",
    );
    assert_eq!(of(terminal, &[]), "5m");
    terminal.configure("[profiles.default]\nuser_pool_id = \"us-east-1_AbCdEf123\"\nclient_id = \"1x\"\ntimeout = \"6m\"\n");
    assert_eq!(of(terminal, &[]), "6m");
    terminal.set("COGNITO_LOGIN_TIMEOUT", "7m");
    assert_eq!(of(terminal, &[]), "7m");
    assert_eq!(of(terminal, &["--timeout", "8m"]), "8m");
}

#[test]
fn the_profile_is_chosen_by_flag_environment_or_the_file_s_default() {
    let terminal = &mut Terminal::new();
    let pool = |id: &str| format!("user_pool_id = \"us-east-1_{id}\"\nclient_id = \"1x\"\n");
    terminal.configure(&format!(
        "default_profile = \"a\"\n[profiles.a]\n{}[profiles.b]\n{}",
        pool("AAAAAAAAA"),
        pool("BBBBBBBBB")
    ));
    let missing = |terminal: &Terminal, arguments: &[&str]| {
        terminal
            .run(&[&["token", "--store", "file"], arguments].concat())
            .code(3)
            .stderr
    };
    assert!(missing(terminal, &[]).contains("`a`"));
    terminal.set("COGNITO_LOGIN_PROFILE", "b");
    assert!(missing(terminal, &[]).contains("`b`"));
    assert!(missing(terminal, &["--profile", "a"]).contains("`a`"));
}

#[test]
fn each_profile_has_a_session_of_its_own() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    terminal.configure(&format!(
        "{0}\n{1}",
        pool.profile(),
        pool.profile()
            .replace("profiles.default", "profiles.second")
    ));
    pool.sign_in(&terminal);
    terminal.run(&["token"]).code(0);
    terminal.run(&["token", "--profile", "second"]).code(3);
}

#[test]
fn another_file_can_be_named() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    std::fs::rename(terminal.config_file(), terminal.home().join("mine.toml")).unwrap();
    terminal.run(&["token"]).code(5);
    terminal.run(&["token", "--config", "mine.toml"]).code(0);
}

/// A file that is shared, or came with a repository, names its profiles as it likes, and hints are there to be copied.
#[test]
fn a_hint_holds_the_name_of_a_profile_as_one_word() {
    let terminal = Terminal::new();
    let (name, word) = ("my work; id", "'my work; id'");
    let run = |profile: &str, arguments: &[&str]| {
        terminal.configure(profile);
        let named = [arguments, &["--profile", name, "--json"]].concat();
        let error = terminal.run(&named).json_error();
        error["error"]["hint"].as_str().unwrap().to_owned()
    };
    let whole = "user_pool_id = \"eu-west-1_AbCdEf123\"\nclient_id = \"1x\"\nstore = \"file\"\n";
    let with = |settings| format!("[profiles.\"{name}\"]\n{settings}");
    let login = format!("cognito-login login --profile {word}");
    assert_eq!(run(&with(whole), &["token"]), login);
    for (profile, arguments) in [
        (String::new(), &["token"][..]),
        (with("client_id = \"1x\"\n"), &["token"]),
        (with(whole), &["aws-credentials"]),
    ] {
        let hint = run(&profile, arguments);
        assert!(hint.contains(&format!("--profile {word} ")), "{hint}");
    }
}
