//! What a token costs, in figures that do not depend on how busy the machine is. Times are for `tests/bench`.
//!
//! The bounds are what was measured and some room, so that a change that costs something is noticed; see the table in
//! `tests/bench/README.md`.

use crate::support::person::Person;
use crate::support::pool::Pool;

/// The requests and connections the pool counts from the redirect until the page.
#[test]
fn from_the_redirect_to_the_page_the_pool_is_asked_once_on_a_warm_connection() {
    let pool = Pool::start();
    let mut login = pool.terminal().start(&["login"]);
    let url = login.sign_in_url();
    let mut person = Person::new();
    person.visit(&url);
    let filled = [("username", pool.username()), ("password", pool.password())];
    let back = person.submit_until_sent_to(&filled, &pool.redirect());
    // A person types longer than the warm-up takes; this one has to wait for it.
    let is_warm = || {
        let asked = &pool.stats()["requests"];
        ["jwks", "token"]
            .iter()
            .all(|endpoint| asked[endpoint].is_u64())
    };
    while !is_warm() {
        std::thread::yield_now();
    }
    let before = pool.stats();
    assert_eq!(person.visit(back.as_str()).answer.status, 200);
    let after = pool.stats();
    // The one connection is that of our second question.
    let opened = after["connections"].as_u64().unwrap() - before["connections"].as_u64().unwrap();
    assert!(opened <= 1, "{before}\n{after}");
    for (endpoint, count) in after["requests"].as_object().unwrap() {
        let earlier = before["requests"][endpoint].as_u64().unwrap_or(0);
        let expected = match endpoint.as_str() {
            "token" => 1,
            // userInfo is for the terminal; it may be on its way already.
            "user_info" | "userinfo" => continue,
            _ => 0,
        };
        assert_eq!(count.as_u64().unwrap() - earlier, expected, "{endpoint}");
    }
    login.finish().code(0);
}

#[cfg(target_os = "linux")]
mod on_linux {
    use std::fs;
    use std::path::Path;
    use std::process::Command;
    use std::time::Duration;

    use crate::aws_credentials::{POOL_ID, identity_pool};
    use crate::support::bus::Tap;
    use crate::support::keyring;
    use crate::support::pool::Pool;
    use crate::support::release;
    use crate::support::terminal::{PROGRAM, Terminal};

    /// A machine whose keyring holds a session of that pool, of the size Cognito's have.
    fn signed_in(pool: &Pool) -> Terminal {
        let mut terminal = pool.terminal();
        terminal.configure(&pool.profile().replace("store = \"file\"\n", ""));
        keyring::connect(&mut terminal);
        pool.sign_in(&terminal);
        terminal
    }

    /// Runs a command whose report goes to a file of its own, and returns that report.
    fn report(command: &mut Command, file: &Path) -> String {
        let ran = command.output().unwrap();
        assert!(
            ran.status.success(),
            "{command:?}: {}",
            String::from_utf8_lossy(&ran.stderr)
        );
        fs::read_to_string(file).unwrap()
    }

    #[test]
    #[ignore = "needs a Secret Service"]
    fn a_valid_token_and_what_is_had_from_it_is_one_connection_and_four_calls() {
        let pool = Pool::start();
        let mut terminal = signed_in(&pool);
        let identity_pool = identity_pool(Duration::from_secs(3_600));
        terminal
            .with_system_path()
            .set("AWS_ENDPOINT_URL_COGNITO_IDENTITY", &identity_pool.base)
            .set("COGNITO_IDENTITY_POOL_ID", POOL_ID);
        terminal.run(&["aws-credentials"]).code(0);
        let bus = std::env::var("DBUS_SESSION_BUS_ADDRESS").unwrap();
        let tap = Tap::before(&bus, &terminal.home().join("tap"));
        terminal.set("DBUS_SESSION_BUS_ADDRESS", tap.address());
        let verbs = [
            &["token"][..],
            &["exec", "--", "true"],
            &["kubernetes"],
            &["aws-credentials"],
        ];
        for (number, verb) in verbs.into_iter().enumerate() {
            terminal.run(verb).code(0);
            assert_eq!(
                tap.calls()[number..],
                [["Hello", "SearchItems", "OpenSession", "GetSecret"]],
                "{verb:?}"
            );
        }
        terminal.run(&["logout"]).code(0);
    }

    /// Thirty-two at once meet there; the fewer questions each asks of a keyring that answers one at a time, the better.
    #[test]
    #[ignore = "needs a Secret Service"]
    fn a_renewal_is_one_connection_too() {
        let pool = Pool::start_with(&["--rotate-refresh-tokens"]);
        let mut terminal = signed_in(&pool);
        let bus = std::env::var("DBUS_SESSION_BUS_ADDRESS").unwrap();
        let tap = Tap::before(&bus, &terminal.home().join("tap"));
        terminal.set("DBUS_SESSION_BUS_ADDRESS", tap.address());
        terminal.run(&["token", "--force-refresh"]).code(0);
        let calls = tap.calls();
        let [calls] = calls.as_slice() else {
            panic!("{calls:?}");
        };
        let expected = [
            "Hello SearchItems OpenSession GetSecret", // what is kept
            "SearchItems GetSecret",                   // and still is, under the lock
            "SearchItems",                             // a client secret, of which there is none
            "SearchItems SetSecret",                   // the rotated refresh token
            "SearchItems SetSecret",                   // and all the rest
        ];
        assert_eq!(calls.join(" "), expected.join(" "));
        terminal.run(&["logout"]).code(0);
    }

    #[test]
    #[ignore = "needs a Secret Service and strace"]
    fn a_valid_token_touches_the_settings_the_keyring_and_stdout_and_nothing_else() {
        let pool = Pool::start();
        let terminal = signed_in(&pool);
        let log = terminal.home().join("strace");
        let calls = report(
            terminal
                .command("/usr/bin/strace")
                .args(["-f", "-qq", "-e", "signal=none", "-o"])
                .args([&log, Path::new(PROGRAM)])
                .arg("token"),
            &log,
        );
        let named = |names: &[&str]| -> Vec<&str> {
            let is = |line: &&str| {
                let call = line
                    .split_once(' ')
                    .map_or("", |(_, call)| call.trim_start());
                names
                    .iter()
                    .any(|name| call.starts_with(&format!("{name}(")))
            };
            calls.lines().filter(is).collect()
        };
        assert_eq!(
            named(&["clone", "clone3", "fork", "vfork"]),
            [""; 0],
            "no thread"
        );
        assert_eq!(named(&["flock"]), [""; 0], "no lock");
        let sockets = named(&["socket"]);
        assert!(
            sockets.len() == 1 && sockets[0].contains("AF_UNIX"),
            "{sockets:?}"
        );
        let config = terminal.config_file().display().to_string();
        let of_the_loader = ["/etc/ld.so", "/lib", "/usr/lib", "/proc/self/maps"];
        let files: Vec<_> = named(&["open", "openat"])
            .into_iter()
            .filter(|line| {
                !of_the_loader
                    .iter()
                    .any(|place| line.contains(&format!("\"{place}")))
            })
            .collect();
        assert!(files.len() == 1 && files[0].contains(&config), "{files:?}");
        let count = calls.lines().count();
        assert!(count <= 82, "{count} system calls:\n{calls}");
        terminal.run(&["logout"]).code(0);
    }

    #[test]
    #[ignore = "needs a Secret Service, valgrind and minutes: a release build"]
    fn a_valid_token_takes_few_instructions_however_many_profiles_there_are() {
        let program = release::build();
        let size = fs::metadata(&program).unwrap().len();
        assert!(size <= 6_000_000, "{size} bytes");
        let pool = Pool::start();
        let terminal = signed_in(&pool);
        let log = terminal.home().join("callgrind");
        let instructions = || -> u64 {
            let said = report(
                terminal
                    .command("/usr/bin/valgrind")
                    .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
                    .arg(format!("--log-file={}", log.display()))
                    .args([program.as_os_str(), "token".as_ref()]),
                &log,
            );
            let (_, count) = said
                .rsplit_once("Collected : ")
                .unwrap_or_else(|| panic!("{said}"));
            count.split_whitespace().next().unwrap().parse().unwrap()
        };
        let with_one = instructions();
        assert!(with_one <= 1_300_000, "{with_one} instructions");
        let others: String = (0..1_000)
            .map(|n| format!("[profiles.p{n}]\nuser_pool_id = \"us-east-1_AbCdEf123\"\nclient_id = \"1example23456789\"\n"))
            .collect();
        let alone = fs::read_to_string(terminal.config_file()).unwrap();
        terminal.configure(&format!("{alone}{others}"));
        let with_many = instructions();
        assert!(
            with_many <= with_one + 700_000,
            "{with_one} → {with_many} instructions"
        );
        terminal.run(&["logout"]).code(0);
    }
}
