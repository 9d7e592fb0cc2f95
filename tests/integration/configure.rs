//! `configure`: what it writes, what it leaves alone, and how it talks with a person.

use std::fs;

use serde_json::json;

use crate::support::leaks::Leaks;
use crate::support::pool::Pool;
use crate::support::terminal::Terminal;

const POOL: &str = "us-east-1_AbCdEf123";
const FLAGS: [&str; 6] = [
    "configure",
    "--user-pool-id",
    POOL,
    "--client-id",
    "1example23456789",
    "--store=file",
];

fn written(terminal: &Terminal) -> String {
    fs::read_to_string(terminal.config_file()).unwrap_or_default()
}

/// Runs `configure` with flags that are right, and nothing to say about them.
fn silent(terminal: &Terminal, args: &[&str]) {
    terminal.run(args).code(0).stdout("").stderr("");
}

#[test]
fn flags_become_a_profile_without_a_word() {
    let terminal = Terminal::new();
    let more = [
        "--profile",
        "work",
        "--redirect-uri",
        "http://localhost:3000",
        "--redirect-uri",
        "http://localhost:3001/",
        "--no-preflight",
    ];
    let args = [&FLAGS[..], &more].concat();
    silent(&terminal, &args);
    let profile = "[profiles.work]\nuser_pool_id = \"us-east-1_AbCdEf123\"\nclient_id = \"1example23456789\"\n\
        redirect_uris = [\"http://localhost:3000\", \"http://localhost:3001/\"]\nstore = \"file\"\npreflight = false\n";
    assert_eq!(written(&terminal), profile);
    let status = terminal
        .run(&["status", "--json", "--profile", "work"])
        .json();
    assert_eq!(
        status["profiles"][0]["settings"]["client_id"]["origin"],
        "file"
    );
}

#[test]
fn a_second_time_changes_nothing_and_writes_nothing() {
    let terminal = Terminal::new();
    silent(&terminal, &FLAGS);
    let before = written(&terminal);
    let mut closed = fs::metadata(terminal.config_file()).unwrap().permissions();
    closed.set_readonly(true);
    fs::set_permissions(terminal.config_file(), closed).unwrap();
    let made = fs::metadata(terminal.config_file())
        .unwrap()
        .modified()
        .unwrap();
    silent(&terminal, &FLAGS);
    silent(&terminal, &["configure", "--client-id", "1example23456789"]);
    assert_eq!(written(&terminal), before);
    assert_eq!(
        fs::metadata(terminal.config_file())
            .unwrap()
            .modified()
            .unwrap(),
        made
    );
}

#[test]
fn comments_and_order_of_a_file_survive() {
    let terminal = Terminal::new();
    let text = "# ours\n[profiles.home] # mine\nclient_id = 'h' # why\nuser_pool_id = 'us-east-1_h'\n\n# work\n[profiles.default]\n\
        timeout = '1h' # slow people\nclient_id = 'old'   # to be renewed\nuser_pool_id = 'us-east-1_AbCdEf123'\n# the end\n";
    terminal.configure(text);
    silent(
        &terminal,
        &["configure", "--client-id", "new", "--domain", "my-app"],
    );
    let expected = text.replace("'old'", "\"new\"").replace(
        "'us-east-1_AbCdEf123'\n",
        "'us-east-1_AbCdEf123'\ndomain = \"my-app\"\n",
    );
    assert_eq!(written(&terminal), expected);
}

#[test]
fn another_pool_takes_the_app_client_and_domain_of_the_old_one_along() {
    let terminal = Terminal::new();
    silent(&terminal, &[&FLAGS[..], &["--domain", "my-app"]].concat());
    let before = written(&terminal);
    let refused = terminal
        .run(&["configure", "--user-pool-id", "us-east-1_Other"])
        .code(5)
        .stdout("");
    refused.stderr(
        "error: profile `default` names no app client\nhint: cognito-login configure [LINE]\n",
    );
    assert_eq!(
        written(&terminal),
        before,
        "what is incomplete is not written"
    );
    silent(
        &terminal,
        &[
            "configure",
            "--user-pool-id",
            "us-east-1_Other",
            "--client-id",
            "2example",
        ],
    );
    let expected = "[profiles.default]\nuser_pool_id = \"us-east-1_Other\"\nclient_id = \"2example\"\nstore = \"file\"\n";
    assert_eq!(written(&terminal), expected);
}

#[test]
fn what_is_impossible_is_named_by_its_flag_and_not_written() {
    let terminal = Terminal::new();
    for (flag, value) in [
        ("--user-pool-id", "hello world"),
        ("--redirect-uri", "https://app.example.com/"),
        ("--domain", "https://cognito-idp.us-east-1.amazonaws.com"),
        ("--timeout", "soon"),
        ("--store", "cloud"),
    ] {
        let pool = if flag == "--user-pool-id" {
            value
        } else {
            POOL
        };
        let mut args = vec!["configure", "--client-id", "x", "--user-pool-id", pool];
        if flag != "--user-pool-id" {
            args.extend([flag, value]);
        }
        let ran = terminal.run(&args).code(5).stdout("");
        assert!(
            ran.stderr.starts_with(&format!("error: `{flag}`: ")),
            "{}",
            ran.stderr
        );
    }
    assert!(!terminal.config_file().exists());
    silent(&terminal, &FLAGS);
    let ran = terminal
        .run(&["configure", "--profile", "a\u{1b}[2Jb", "--client-id", "x"])
        .code(2);
    assert!(!ran.stderr.contains('\u{1b}'), "{}", ran.stderr);
}

#[test]
fn with_nothing_to_write_and_nobody_to_ask_it_says_what_to_give() {
    let terminal = Terminal::new();
    terminal
        .run(&["configure"])
        .code(2)
        .stdout("")
        .stderr("error: there is nothing to write, and no terminal to ask at\nhint: cognito-login configure --user-pool-id POOL --client-id CLIENT\n");
    assert!(!terminal.config_file().exists());
}

#[test]
fn anything_that_names_a_pool_will_do() {
    let terminal = Terminal::new();
    let arn = format!("arn:aws:cognito-idp:us-east-1:123456789012:userpool/{POOL}");
    silent(
        &terminal,
        &["configure", "--user-pool-id", &arn, "--client-id", "x"],
    );
    assert_eq!(
        written(&terminal),
        format!("[profiles.default]\nuser_pool_id = \"{POOL}\"\nclient_id = \"x\"\n")
    );
}

#[test]
fn a_client_secret_goes_into_the_store_and_serves_from_there() {
    let pool = Pool::start_with(&["--client-secret"]);
    let terminal = pool.terminal();
    let before = written(&terminal);
    let args = ["configure", "--client-secret-stdin"];
    terminal
        .run_with_input(&args, &format!("{}\n", pool.client_secret()))
        .code(0)
        .stdout("")
        .stderr("");
    assert_eq!(written(&terminal), before);
    pool.sign_in(&terminal);
    let mut leaks = Leaks::new();
    leaks.watch("client secret", pool.client_secret());
    let store = |path: &std::path::Path| path.extension().is_some_and(|end| end == "secret");
    leaks.none_in(&terminal.seen(), &terminal, store);
}

#[test]
fn a_store_that_keeps_nothing_refuses_a_client_secret() {
    let mut terminal = Terminal::new();
    let args = [
        "configure",
        "--user-pool-id",
        POOL,
        "--client-id",
        "x",
        "--store",
        "none",
    ];
    let refused = |ran: crate::support::terminal::Ran| {
        let ran = ran.code(5).stdout("");
        assert!(
            ran.stderr.starts_with("error: store `none` keeps nothing"),
            "{}",
            ran.stderr
        );
    };
    refused(terminal.run_with_input(
        &[&args[..], &["--client-secret-stdin"]].concat(),
        "hunter2\n",
    ));
    terminal.set("COGNITO_CLIENT_SECRET", "hunter2");
    refused(terminal.run(&args));
    assert!(!terminal.config_file().exists());
}

#[test]
fn the_tutorial_s_env_file_is_enough_to_sign_in() {
    let pool = Pool::start_with(&["--client-secret"]);
    let mut terminal = Terminal::new();
    terminal
        .set("COGNITO_LOGIN_NO_BROWSER", "1")
        .set("COGNITO_LOGIN_STORE", "file");
    let env = format!(
        "# made by the tutorial\nNEXT_PUBLIC_COGNITO_AUTHORITY={}\nNEXT_PUBLIC_COGNITO_CLIENT_ID=\"{}\"\nCOGNITO_CLIENT_SECRET={}\n\
         NEXT_PUBLIC_REDIRECT_URI={}\nREDIRECT_URIS=https://app.example.com/callback\nGOOGLE_CLIENT_ID=other\n",
        pool.issuer(),
        pool.client_id(),
        pool.client_secret(),
        pool.redirect()
    );
    let file = terminal.write("project/.env.local", &env);
    let refused = terminal
        .run(&["configure", "--import", file.to_str().unwrap()])
        .code(5);
    refused.stderr("error: `[PATH].env.local` says two things: `NEXT_PUBLIC_REDIRECT_URI` in line 5 and `REDIRECT_URIS` in line 6 differ\nhint: [LINE]\n");
    let env = env.replace("REDIRECT_URIS=", "VITE_COGNITO_LOGOUT_URI=");
    let file = terminal.write("project/.env.local", &env);
    let ran = terminal
        .run(&["configure", "--import", file.to_str().unwrap()])
        .code(0)
        .stdout("");
    ran.stderr("The client secret is kept in [LINE], not in the profile file.\n");
    let expected = format!(
        "[profiles.default]\nclient_id = \"{}\"\nissuer = \"{}\"\nredirect_uris = [\"{}\"]\nlogout_uri = \"https://app.example.com/callback\"\n",
        pool.client_id(),
        pool.issuer(),
        pool.redirect()
    );
    assert_eq!(written(&terminal), expected);
    pool.sign_in(&terminal);
}

#[test]
fn an_import_may_come_from_a_pipe_and_flags_are_stronger() {
    let terminal = Terminal::new();
    let outputs = r#"{"Stacks": [{"Outputs": [
        {"OutputKey": "UserPoolId", "OutputValue": "us-east-1_AbCdEf123"}, {"OutputKey": "ClientId", "OutputValue": "1example23456789"},
        {"OutputKey": "CallbackURLs", "OutputValue": "http://localhost:3000,https://app.example.com/"}]}]}"#;
    let ran = terminal
        .run_with_input(
            &["configure", "--import", "-", "--client-id", "mine"],
            outputs,
        )
        .code(0)
        .stdout("");
    ran.stderr("warning: left out: `CallbackURLs` (line 3): `https://app.example.com/` is not on this machine, so nothing here could answer it\n");
    assert_eq!(
        written(&terminal),
        "[profiles.default]\nuser_pool_id = \"us-east-1_AbCdEf123\"\nclient_id = \"mine\"\nredirect_uris = [\"http://localhost:3000\"]\n"
    );
}

#[test]
fn a_file_that_says_nothing_is_an_error_and_one_that_is_missing_too() {
    let terminal = Terminal::new();
    let file = terminal.write("package.json", "{\"name\": \"app\"}");
    let ran = terminal
        .run(&["configure", "--import", file.to_str().unwrap()])
        .code(5);
    ran.stderr("error: `[PATH]` names no user pool and no app client\nhint: [LINE]\n");
    terminal
        .run(&["configure", "--import", "nowhere"])
        .code(5)
        .stderr("error: cannot read `nowhere`\ncaused by: [LINE]\n");
    assert!(!terminal.config_file().exists());
}

#[test]
fn a_user_for_kubectl_is_added_once() {
    let terminal = Terminal::new();
    silent(&terminal, &[&FLAGS[..], &["--profile", "work"]].concat());
    let before = "# clusters of mine\napiVersion: v1\nkind: Config\nusers: # who\n- name: admin\n  user: {}\ncurrent-context: c\n";
    let file = terminal.write(".kube/config", before);
    let args = [
        "configure",
        "--profile",
        "work",
        "--kubeconfig",
        file.to_str().unwrap(),
    ];
    let said = "Added user `cognito-login-work`. To use it with the current context: kubectl config set-context --current --user=cognito-login-work\n";
    terminal.run(&args).code(0).stdout("").stderr(said);
    let after = fs::read_to_string(&file).unwrap();
    let (head, tail) = before.split_at(before.find("current-context").unwrap());
    assert!(after.starts_with(head) && after.ends_with(tail), "{after}");
    assert!(
        after.contains(
            "\n      args:\n      - kubernetes\n      - --profile\n      - work\n      - --login\n"
        ),
        "{after}"
    );
    silent(&terminal, &args);
    assert_eq!(fs::read_to_string(&file).unwrap(), after);
    let elsewhere = terminal.home().join("other.toml");
    fs::copy(terminal.config_file(), &elsewhere).unwrap();
    terminal
        .run(&[&args[..], &["--config", "other.toml"]].concat())
        .code(0);
    let path = elsewhere.to_str().unwrap();
    // A text of YAML in double quotes, where a path has more than letters and slashes.
    let path = match path.contains('\\') {
        true => json!(path).to_string(),
        false => path.to_owned(),
    };
    assert!(
        fs::read_to_string(&file)
            .unwrap()
            .contains(&format!("- --config\n      - {path}\n")),
        "a path kubectl finds from anywhere"
    );
}

#[test]
#[ignore = "needs kubectl"]
fn kubectl_reads_the_user_as_it_was_meant() {
    let mut terminal = Terminal::new();
    terminal.with_system_path();
    let args = ["--profile", "on: #1", "--kubeconfig", "kubeconfig"];
    terminal.run(&[&FLAGS[..], &args].concat()).code(0);
    let view = ["--kubeconfig", "kubeconfig", "config", "view", "-o", "json"];
    let view = terminal
        .start_program("kubectl", &view)
        .finish()
        .code(0)
        .json();
    let mut expected = serde_json::json!({
        "name": "cognito-login-on: #1",
        "user": {"exec": {
            "apiVersion": "client.authentication.k8s.io/v1", "command": "cognito-login",
            "args": ["kubernetes", "--profile", "on: #1", "--login"], "env": null, "interactiveMode": "IfAvailable",
            "provideClusterInfo": false, "installHint": "cognito-login is missing; install it with `cargo install cognito-login`",
        }},
    });
    // Added to v1beta1 and v1 by 1.22; older ones, such as Debian 12's, do not show what they do not know.
    if view["users"][0]["user"]["exec"]
        .get("interactiveMode")
        .is_none()
    {
        let exec = expected["user"]["exec"].as_object_mut().unwrap();
        exec.remove("interactiveMode");
    }
    assert_eq!(view["users"][0], expected);
}

#[test]
fn profiles_written_at_the_same_time_are_all_there() {
    let terminal = Terminal::new();
    let names: Vec<_> = (0..8).map(|number| format!("p{number}")).collect();
    let running: Vec<_> = names
        .iter()
        .map(|name| terminal.start(&[&FLAGS[..], &["--profile", name]].concat()))
        .collect();
    for running in running {
        running.finish().code(0);
    }
    for name in &names {
        assert!(
            written(&terminal).contains(&format!("[profiles.{name}]\n")),
            "{}",
            written(&terminal)
        );
    }
}

#[cfg(unix)]
mod conversation {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;
    use crate::support::person::Person;
    use crate::support::seat::Seat;

    /// A machine where nothing is configured.
    fn machine() -> Terminal {
        let mut terminal = Terminal::new();
        terminal
            .set("COGNITO_LOGIN_NO_BROWSER", "1")
            .set("COGNITO_LOGIN_STORE", "file");
        terminal
    }

    #[test]
    fn it_checks_each_answer_and_ends_with_a_sign_in() {
        let pool = Pool::start_with(&["--client-secret"]);
        let terminal = machine();
        let mut seat = Seat::take(&terminal, &["configure"]);
        seat.at(
            "User pool: its id, its ARN, or the address of one of its pages\r\n> ",
            "hello\n",
        );
        seat.at(
            "That is no user pool",
            &format!("{}/.well-known/openid-configuration\n", pool.issuer()),
        );
        seat.at(
            "Good: the pool is there, with its login pages at http://127.0.0.1:",
            "",
        );
        seat.at("App client: its id\r\n> ", "mistyped\n");
        seat.at(
            "The pool wants a secret from this app client, or does not know it.",
            "",
        );
        seat.at(
            "Client secret (not shown; empty for another app client): ",
            "\n",
        );
        seat.at("> ", &format!("{}\n", pool.client_id()));
        seat.at("another app client): ", "wrong-secret\n");
        seat.at("No: the pool refused the secret of app client", "");
        seat.at(
            "another app client): ",
            &format!("{}\n", pool.client_secret()),
        );
        seat.at("Good: the pool takes the secret.", "");
        seat.at("[http://localhost:3000]\r\n> ", "http://localhost:1\n");
        seat.at("does not have the callback URL `http://localhost:1`", "");
        seat.at("Keep this answer all the same? [y/N] ", "n\n");
        assert!(
            !terminal.config_file().exists(),
            "nothing is written before the end"
        );
        seat.at("> ", &format!("{}\n", pool.redirect()));
        seat.at("Good: the login pages open for it.", "");
        seat.at("Sign in now? [Y/n] ", "\n");
        let url = seat.sign_in_url();
        Person::new().sign_in(&url, pool.username(), pool.password());
        let (code, screen) = seat.leave();
        assert_eq!(code, 0, "{screen}");
        assert!(screen.contains(pool.username()), "{screen}");
        assert!(
            !screen.contains(pool.client_secret()) && !screen.contains("wrong-secret"),
            "{screen}"
        );
        let expected = format!(
            "[profiles.default]\nclient_id = \"{}\"\nissuer = \"{}\"\nredirect_uris = [\"{}\"]\n",
            pool.client_id(),
            pool.issuer(),
            pool.redirect()
        );
        assert_eq!(written(&terminal), expected);
        terminal.run(&["token"]).code(0);
    }

    #[test]
    fn flags_answer_some_questions_and_the_file_offers_the_rest() {
        let pool = Pool::start();
        let terminal = machine();
        let mut seat = Seat::take(
            &terminal,
            &[
                "configure",
                "--issuer",
                pool.issuer(),
                "--redirect-uri",
                &pool.redirect(),
            ],
        );
        seat.at(
            "App client: its id\r\n> ",
            &format!("{}\n", pool.client_id()),
        );
        seat.at("Good: the pool knows it, and it needs no secret.", "");
        seat.at("Sign in now? [Y/n] ", "n\n");
        let (code, screen) = seat.leave();
        assert_eq!(code, 0, "{screen}");
        assert!(
            screen.ends_with("When you want to: cognito-login login\r\n"),
            "{screen}"
        );
        let before = written(&terminal);
        let mut seat = Seat::take(&terminal, &["configure"]);
        for offered in [pool.issuer(), pool.client_id(), &pool.redirect()] {
            seat.at(&format!("[{offered}]\r\n> "), "\n");
        }
        seat.at("Sign in now? [Y/n] ", "n\n");
        assert_eq!(seat.leave().0, 0);
        assert_eq!(written(&terminal), before);
        let mut seat = Seat::take(&terminal, &["configure", "--timeout", "1h"]);
        seat.wait_for("");
        let (code, screen) = seat.leave();
        assert_eq!(
            (code, screen.as_str()),
            (0, ""),
            "with flags that suffice nobody is asked"
        );
    }

    #[test]
    fn it_can_be_left_at_any_moment_with_nothing_written_and_the_terminal_as_it_was() {
        let pool = Pool::start_with(&["--client-secret"]);
        let terminal = machine();
        let to_the_secret = |seat: &mut Seat| {
            seat.at("> ", &format!("{}\n", pool.issuer()));
            seat.at(
                "App client: its id\r\n> ",
                &format!("{}\n", pool.client_id()),
            );
            seat.wait_for("another app client): ");
            assert!(!seat.echoes(), "who sees the question may paste at once");
        };
        let mut seat = Seat::take(&terminal, &["configure"]);
        seat.at("> ", "\u{3}");
        assert_eq!(seat.leave().0, 130);
        let mut seat = Seat::take(&terminal, &["configure", "--json"]);
        seat.at("> ", "\u{4}");
        let (code, screen) = seat.leave();
        assert_eq!(code, 6, "{screen}");
        let kind = "configure_left";
        assert!(screen.contains(kind), "{screen}");
        assert!(
            screen.contains("left before the end; nothing was written"),
            "{screen}"
        );
        for (key, exit) in [("half\u{3}", 130), ("\u{4}", 6)] {
            let mut seat = Seat::take(&terminal, &["configure"]);
            to_the_secret(&mut seat);
            seat.at("", key);
            seat.wait_for("nothing was written");
            assert!(seat.echoes(), "the terminal shows again what is typed");
            assert_eq!(seat.leave().0, exit);
        }
        for signal in [libc::SIGTERM, libc::SIGINT, libc::SIGQUIT, libc::SIGHUP] {
            let mut seat = Seat::take(&terminal, &["configure"]);
            to_the_secret(&mut seat);
            assert!(!seat.echoes());
            seat.signal(signal);
            assert_eq!(seat.end(), 128 + signal);
            assert!(seat.echoes(), "{signal}: the terminal is left silent");
        }
        assert!(!terminal.config_file().exists());
        assert!(
            !terminal.home().join("state").join("cognito-login").exists(),
            "no secret was kept"
        );
    }

    #[test]
    fn the_mode_of_a_file_stays_and_a_link_is_followed() {
        let terminal = Terminal::new();
        let target = terminal.write("dotfiles/config.toml", "# mine\n");
        fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).unwrap();
        fs::create_dir_all(terminal.config_file().parent().unwrap()).unwrap();
        symlink(&target, terminal.config_file()).unwrap();
        silent(&terminal, &FLAGS);
        assert!(
            fs::symlink_metadata(terminal.config_file())
                .unwrap()
                .is_symlink()
        );
        assert!(
            fs::read_to_string(&target)
                .unwrap()
                .starts_with("# mine\n\n[profiles.default]\n")
        );
        assert_eq!(
            fs::metadata(&target).unwrap().permissions().mode() & 0o777,
            0o640
        );
    }
}
