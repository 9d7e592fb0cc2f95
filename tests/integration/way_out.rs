//! A person's way out: Ctrl-C and SIGTERM at every stage, streams that are closed or full, a parent that is gone.

#![cfg(unix)]

use std::fs::File;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::support::person::Person;
use crate::support::pool::Pool;
use crate::support::port::is_free;
use crate::support::terminal::{PROGRAM, Running, Terminal};

const SIGNALS: [(i32, i32); 2] = [(libc::SIGINT, 130), (libc::SIGTERM, 143)];

/// The window was closed. Nobody reads the code; what counts is what stays behind.
const HANG_UP: (i32, i32) = (libc::SIGHUP, 143);

/// Longer than anyone waits.
const FOR_EVER: u64 = 600_000;

/// Waits until that endpoint was asked once more than before.
fn wait_for(pool: &Pool, endpoint: &str, before: u64) {
    while asked(pool, endpoint) <= before {
        std::thread::yield_now();
    }
}

fn asked(pool: &Pool, endpoint: &str) -> u64 {
    pool.stats()["requests"][endpoint].as_u64().unwrap_or(0)
}

/// Ends it by that signal and looks at what it leaves: the code, an empty standard output, a free port, a free lock.
fn leaves_nothing(
    pool: &Pool,
    machine: &Terminal,
    running: Running,
    (signal, code): (i32, i32),
    stage: &str,
) {
    running.signal(signal);
    let ran = running.finish();
    assert_eq!(ran.code, code, "{stage}: {}", ran.stderr);
    assert_eq!(ran.stdout, "", "{stage}");
    assert!(!ran.stderr.contains("panicked"), "{stage}: {}", ran.stderr);
    assert!(is_free(pool.port()), "{stage}: the port is held");
    pool.quirk(json!({ "reset": true }));
    // Would wait for the lock, and leave by it.
    machine.run(&["logout"]).code(0);
}

#[test]
fn a_login_can_be_left_at_every_stage() {
    for ending in SIGNALS {
        for stage in [
            "discovery",
            "authorize",
            "waiting",
            "token",
            "jwks",
            "userinfo",
        ] {
            let pool = Pool::start();
            let machine = pool.terminal();
            if stage != "waiting" {
                pool.quirk(json!({ stage: { "delay_ms": FOR_EVER } }));
            }
            let mut login = machine.start(&["login"]);
            match stage {
                "discovery" | "authorize" => wait_for(&pool, stage, 0),
                "waiting" => drop(login.line(|line| line.starts_with("Waiting"))),
                _ => {
                    let url = login.sign_in_url();
                    let mut person = Person::new();
                    person.visit(&url);
                    let filled = [("username", pool.username()), ("password", pool.password())];
                    let back = person.submit_until_sent_to(&filled, &pool.redirect());
                    let tab = std::thread::spawn(move || {
                        crate::support::wire::try_send("GET", &back, &[], b"")
                            .map(|answer| answer.status)
                    });
                    if stage == "userinfo" {
                        // The session is kept and the browser told; only the greeting is cut short.
                        assert_eq!(tab.join().unwrap().unwrap(), 303);
                        crate::support::wire::get(&format!("{}/signed-in", pool.redirect()));
                    }
                    wait_for(&pool, stage, 0);
                }
            }
            leaves_nothing(&pool, &machine, login, ending, stage);
        }
    }
}

#[test]
fn the_other_verbs_can_be_left_too() {
    for ending in SIGNALS {
        let pool = Pool::start();
        let machine = pool.terminal();
        for (args, stage) in [
            (&["token", "--force-refresh"][..], "token"),
            (&["whoami"], "userinfo"),
            (&["logout"], "revoke"),
        ] {
            pool.sign_in(&machine);
            let before = asked(&pool, stage);
            pool.quirk(json!({ stage: { "delay_ms": FOR_EVER } }));
            let running = machine.start(args);
            wait_for(&pool, stage, before);
            leaves_nothing(&pool, &machine, running, ending, stage);
        }
    }
}

#[test]
fn one_who_waits_for_another_s_lock_can_be_left() {
    for (signal, code) in SIGNALS {
        let pool = Pool::start();
        let machine = pool.terminal();
        pool.sign_in(&machine);
        pool.quirk(json!({ "token": { "delay_ms": FOR_EVER } }));
        let holder = machine.start(&["token", "--force-refresh"]);
        pool.wait_for_refreshes(1);
        let waiting = machine.start(&["token", "--force-refresh"]);
        waiting.signal(signal);
        assert_eq!(waiting.finish().code, code);
        holder.signal(libc::SIGKILL);
        holder.finish();
    }
}

/// Rotation without grace: the answer that is on its way is the only one that keeps the session.
#[test]
fn ctrl_c_during_a_renewal_does_not_lose_the_session() {
    for (signal, code) in SIGNALS.into_iter().chain([HANG_UP]) {
        let pool = Pool::start_with(&["--rotate-refresh-tokens", "--rotation-grace", "0"]);
        let machine = pool.terminal();
        pool.sign_in(&machine);
        pool.quirk(json!({ "token": { "delay_ms": 700, "times": 1 } }));
        let token = machine.start(&["token", "--force-refresh"]);
        pool.wait_for_refreshes(1);
        token.signal(signal);
        let ran = token.finish().code(code);
        assert_eq!(ran.stdout, "");
        machine.run(&["token", "--force-refresh"]).code(0);
    }
}

#[test]
fn a_reader_that_went_away_is_no_failure_and_a_full_disk_is() {
    let pool = Pool::start();
    let machine = pool.terminal();
    pool.sign_in(&machine);
    let shell = |script: &str| {
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", script])
            .env_clear()
            .env("HOME", machine.home());
        for (name, folder) in [("XDG_CONFIG_HOME", "config"), ("XDG_STATE_HOME", "state")] {
            command.env(name, machine.home().join(folder));
        }
        let output = command
            .env("PROGRAM", PROGRAM)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stdout).into_owned(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    };
    for verb in [
        "token",
        "token --json",
        "whoami",
        "status",
        "completions bash",
        "man",
    ] {
        let (_, said, errors) = shell(&format!("{{ $PROGRAM {verb}; echo $? >&2; }} | true"));
        assert_eq!((said.as_str(), errors.trim()), ("", "0"), "{verb} | true");
        let (code, said, errors) = shell(&format!("exec $PROGRAM {verb} >&-"));
        assert_eq!(
            (code, said.as_str(), errors.as_str()),
            (Some(0), "", ""),
            "{verb} >&-"
        );
        if std::path::Path::new("/dev/full").exists() {
            let (code, _, errors) = shell(&format!("exec $PROGRAM {verb} >/dev/full"));
            assert_eq!(code, Some(1), "{verb} >/dev/full: {errors}");
            assert!(
                errors.contains("standard output cannot be written"),
                "{verb}: {errors}"
            );
        }
    }
    // Nobody reads the errors either.
    let (code, ..) = shell("exec $PROGRAM token >&- 2>&- <&-");
    assert_eq!(code, Some(0));
}

/// A program that starts a login and dies without a word leaves no listener behind.
#[cfg(target_os = "linux")]
#[test]
fn a_dead_parent_is_noticed() {
    let pool = Pool::start();
    let machine = pool.terminal();
    let told = machine.home().join("told");
    let mut parent = Command::new("/bin/sh")
        .args(["-c", "$PROGRAM login 2>$TOLD & wait"])
        .env_clear()
        .env("PROGRAM", PROGRAM)
        .env("TOLD", &told)
        .env("HOME", machine.home())
        .env("XDG_CONFIG_HOME", machine.home().join("config"))
        .env("XDG_STATE_HOME", machine.home().join("state"))
        .env("COGNITO_LOGIN_NO_BROWSER", "1")
        .stdin(Stdio::null())
        .stdout(File::create(machine.home().join("out")).unwrap())
        .spawn()
        .unwrap();
    // A parent that is gone before the wait begins has detached us, as `(cognito-login login &)` does.
    while !std::fs::read_to_string(&told).is_ok_and(|said| said.contains("\nWaiting for")) {
        std::thread::yield_now();
    }
    parent.kill().unwrap();
    parent.wait().unwrap();
    // Ends the test run, not the wait, if nobody notices.
    while !is_free(pool.port()) {
        std::thread::yield_now();
    }
    // The port is free before the last word is said.
    let last = "error: the program that started the sign-in has ended";
    while !std::fs::read_to_string(&told).is_ok_and(|said| said.contains(last)) {
        std::thread::yield_now();
    }
}
