//! No secret of a run is anywhere but in the store.

use crate::support::leaks::Leaks;
use crate::support::person::Person;
use crate::support::pool::Pool;
use crate::support::tap::Tap;

#[test]
fn no_secret_of_a_whole_life_is_seen_outside_the_store() {
    let pool = Pool::start_with(&["--client-secret", "--rotate-refresh-tokens"]);
    let tap = Tap::before(pool.domain());
    let mut terminal = pool.terminal();
    terminal
        .set("COGNITO_CLIENT_SECRET", pool.client_secret())
        .set("COGNITO_DOMAIN", tap.base());
    terminal
        .set("RUST_BACKTRACE", "full")
        .set("RUST_LOG", "trace");

    let mut login = terminal.start(&["login", "-vvv"]);
    let url = login.sign_in_url();
    let mut person = Person::new();
    person.sign_in(&url, pool.username(), pool.password());
    login.finish().code(0);
    for arguments in [
        &["whoami", "-vvv"][..],
        &["whoami", "--offline", "-vvv"],
        &["whoami", "--claims", "-vvv"],
        &["status", "--json", "-vvv"],
        &[
            "token",
            "--json",
            "--force-refresh",
            "--min-ttl",
            "9h",
            "-vvv",
        ],
        &["whoami", "--json", "-vvv"],
    ] {
        terminal.run(arguments);
    }
    pool.quirk(serde_json::json!({ "token": { "status": 400, "body": "{\"error\":\"invalid_grant\"}", "content_type": "application/json" } }));
    terminal.run(&["token", "--force-refresh", "-vvv"]);
    pool.quirk(serde_json::json!({ "reset": true }));

    let mut leaks = Leaks::new();
    leaks.watch("client secret", pool.client_secret());
    leaks.watch("password", pool.password());
    leaks.watch_wire(
        &tap.copied(),
        &[
            "code",
            "code_verifier",
            "access_token",
            "id_token",
            "refresh_token",
        ],
    );
    let basic = tap.copied().iter().find_map(|seen| {
        let at = seen.text.find("authorization: Basic ")?;
        seen.text[at + 21..].lines().next().map(str::to_owned)
    });
    leaks.watch(
        "Basic credentials",
        &basic.expect("the client authenticated"),
    );

    // The pages the login pages themselves made are the pool's; ours is the last.
    let mut seen = terminal.seen();
    seen.push(person.seen().pop().unwrap());
    leaks.none_in(&seen, &terminal, |path| {
        path.extension().is_some_and(|kind| kind == "secret")
    });

    // State and nonce are part of the address that has to be shown, and of nothing else.
    let mut in_the_address = Leaks::new();
    for name in ["state", "nonce"] {
        let url = url::Url::parse(&url).unwrap();
        let value = url
            .query_pairs()
            .find(|(known, _)| known == name)
            .unwrap()
            .1
            .into_owned();
        in_the_address.watch(name, &value);
    }
    for seen in &mut seen {
        seen.text = seen.text.replace(&url, "");
    }
    // The nonce is a claim, and whoever asks for all claims gets it.
    seen.retain(|seen| !seen.place.contains("--claims"));
    in_the_address.none_in(&seen, &terminal, |_| false);
}

#[test]
fn a_wrong_flag_does_not_repeat_what_was_meant_to_be_secret() {
    let terminal = crate::support::terminal::Terminal::new();
    let ran = terminal
        .run(&["login", "--client-secret", "hunter2hunter2hunter2"])
        .code(2);
    assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_secret_is_on_a_command_line_or_in_a_child_s_environment() {
    let pool = Pool::start_with(&["--client-secret"]);
    let mut terminal = pool.terminal();
    terminal
        .set("COGNITO_CLIENT_SECRET", pool.client_secret())
        .with_system_path();
    let told = terminal.home().join("told");
    let script = format!(
        "#!/bin/sh\n{{ env; echo \"$@\"; }} > '{}'\n",
        told.display()
    );
    let program = |name| {
        let path = terminal.write(name, &script);
        let all = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(&path, all).unwrap();
        path
    };
    let browser = program("browser");
    let mut login = terminal.start(&["login", "--browser", browser.to_str().unwrap()]);
    let url = login.sign_in_url();
    Person::new().sign_in(&url, pool.username(), pool.password());
    login.finish().code(0);
    let to_the_browser = std::fs::read_to_string(&told).unwrap();
    assert!(
        to_the_browser.contains(&url),
        "the browser was opened: {to_the_browser}"
    );

    program("bin/curl");
    let path = std::env::var("PATH").unwrap();
    let path = format!("{}:{path}", terminal.home().join("bin").display());
    let mut terminal = terminal.clone();
    terminal.set("PATH", path);
    terminal.run(&["curl", "https://api.example/"]).code(0);
    let to_curl = std::fs::read_to_string(&told).unwrap();
    assert!(
        to_curl.contains("https://api.example/"),
        "curl was started: {to_curl}"
    );

    let token = terminal.run(&["token"]).code(0).stdout;
    for (who, got) in [("the browser", to_the_browser), ("curl", to_curl)] {
        for (what, secret) in [
            ("client secret", pool.client_secret()),
            ("token", token.trim()),
        ] {
            assert!(!got.contains(secret), "{who} got the {what}");
        }
    }
}
