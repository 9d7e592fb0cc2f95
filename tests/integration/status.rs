//! `status`: what is kept here, until when and where, without network or keyring.

use serde_json::json;

use crate::support::pool::Pool;

#[test]
fn one_block_for_each_profile() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    terminal.configure(&format!(
        "{}\n[profiles.work]\nuser_pool_id = \"eu-west-1_AbCdEf123\"\nclient_id = \"1work\"\n",
        pool.profile()
    ));
    pool.sign_in(&terminal);
    pool.stop();
    terminal
        .run(&["status"])
        .code(0)
        .stderr("")
        .stdout(&format!(
            "default
  signed in     yes, [WHEN]
  user          ada
  email         ada@example.com
  groups        engineers
  scopes        openid email profile
  access token  good until [TIME] (in [WHEN])
  ID token      good until [TIME] (in [WHEN])
  issuer        {}
  app client    {}
  store         file

work
  signed in   no
  issuer      https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123
  app client  1work
  store       keyring
",
            pool.issuer(),
            pool.client_id()
        ));
}

#[test]
fn json_has_every_key_and_names_the_origin_of_each_setting() {
    let pool = Pool::start();
    let mut terminal = pool.terminal();
    pool.sign_in(&terminal);
    terminal.set("COGNITO_SCOPE", "openid email profile");
    let profile = terminal
        .run(&["status", "--json", "--timeout", "9m"])
        .code(0)
        .json()["profiles"][0]
        .take();
    let mut names: Vec<_> = profile
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    let expected = [
        "access_expires_at",
        "client_id",
        "email",
        "groups",
        "id_expires_at",
        "issuer",
        "profile",
        "scopes",
        "settings",
        "signed_in",
        "signed_in_at",
        "store",
        "username",
    ];
    assert_eq!(names, expected);
    assert_eq!(profile["signed_in"], json!(true));
    assert_eq!(profile["username"], "ada");
    assert_eq!(profile["groups"], json!(["engineers"]));
    assert_eq!(profile["scopes"], json!(["openid", "email", "profile"]));
    for time in ["access_expires_at", "id_expires_at", "signed_in_at"] {
        assert!(
            crate::support::expect::matches(profile[time].as_str().unwrap(), "[TIME]"),
            "{time}: {}",
            profile[time]
        );
    }
    let origin = |key: &str| {
        profile["settings"][key]["origin"]
            .as_str()
            .unwrap_or_default()
            .to_lowercase()
    };
    assert!(origin("timeout").contains("flag"), "{}", origin("timeout"));
    assert!(
        origin("scopes").contains("environment"),
        "{}",
        origin("scopes")
    );
    assert!(
        origin("client_id").contains("file") || origin("client_id").contains("config"),
        "{}",
        origin("client_id")
    );
}

#[test]
fn nothing_configured_and_nothing_kept_is_no_error() {
    let ran = crate::support::terminal::Terminal::new()
        .run(&["status", "--json"])
        .code(0);
    assert!(ran.json()["profiles"].is_array(), "{}", ran.stdout);
}

#[cfg(unix)]
#[test]
fn a_terminal_gets_colour_and_nobody_else_does_unless_it_is_forced() {
    use crate::support::seat::Seat;

    let pool = Pool::start();
    let mut terminal = pool.terminal();
    pool.sign_in(&terminal);
    let coloured = "\x1b[1mdefault\x1b[0m\r\n  \x1b[2msigned in   \x1b[0m  \x1b[32myes\x1b[0m, ";
    for args in [&["status"][..], &["status", "--profile", "default"]] {
        let (code, screen) = Seat::take(&terminal, args).leave();
        assert_eq!(code, 0, "{screen}");
        assert!(screen.starts_with(coloured), "{screen}");
    }
    let (_, screen) = Seat::take(&terminal, &["whoami"]).leave();
    assert!(
        screen.contains("\x1b[2memail         \x1b[0m  ada@example.com\r\n"),
        "{screen}"
    );
    let piped = |args: &[&str]| terminal.run(args).code(0).stdout;
    assert!(!piped(&["status"]).contains('\x1b'));
    let forced = piped(&["status", "--color", "always"]);
    assert!(forced.starts_with(&coloured.replace('\r', "")), "{forced}");
    for (name, value) in [("TERM", "dumb"), ("NO_COLOR", "1")] {
        terminal.set(name, value);
        for verb in ["status", "whoami", "doctor"] {
            let (_, screen) = Seat::take(&terminal, &[verb]).leave();
            assert!(!screen.contains('\x1b'), "{name}, {verb}: {screen}");
        }
        terminal.unset(name);
    }
}
