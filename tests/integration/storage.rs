//! Stores that fail: each says what is wrong and what to do, in time, and nothing is deleted because it could not be read.

#![cfg(unix)]

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::support::leaks::files;
use crate::support::pool::Pool;
use crate::support::terminal::{PROGRAM, Terminal};

/// Asserts that `token` fails with that kind, says what to do, and leaves the folder as it was.
#[track_caller]
fn fails(machine: &Terminal, kind: &str, folder: &Path) {
    let before = files(folder);
    let ran = machine.run(&["token", "--json"]).code(1).stdout("");
    let error = &ran.json_error()["error"];
    assert_eq!(error["kind"], kind, "{}", ran.stderr);
    assert!(error["hint"].is_string(), "{}", ran.stderr);
    assert_eq!(files(folder), before, "{kind}: something was changed");
    // What needs no store still works.
    machine.run(&["status"]).code(0);
}

fn secret_of(machine: &Terminal) -> PathBuf {
    let all = files(machine.home()).into_iter();
    let mut secrets = all.filter(|(path, _)| path.extension().is_some_and(|kind| kind == "secret"));
    secrets.next().expect("a kept session").0
}

#[test]
fn a_record_that_cannot_be_read_is_told_and_stays() {
    let pool = Pool::start();
    let machine = pool.terminal();
    pool.sign_in(&machine);
    let path = secret_of(&machine);
    let good = fs::read_to_string(&path).unwrap();
    let newer = good.replacen("\"v\":1", "\"v\":2", 1);
    assert_ne!(newer, good);
    for (text, kind) in [
        ("", "session_unreadable"),
        ("no session", "session_unreadable"),
        (&good[..good.len() / 2], "session_unreadable"),
        (&good[..good.len() - 1], "session_unreadable"),
        ("{\"v\":\"1\"}", "session_unreadable"),
        ("[[[[[[[[", "session_unreadable"),
        (&newer, "session_newer"),
        ("{\"v\":4294967295}", "session_newer"),
    ] {
        fs::write(&path, text).unwrap();
        fails(&machine, kind, machine.home());
    }
    fs::write(&path, [0xff, 0xfe]).unwrap();
    fails(&machine, "session_unreadable", machine.home());
    fs::write(&path, vec![b' '; 3 << 20]).unwrap();
    fails(&machine, "file_too_large", machine.home());
    fs::write(&path, &good).unwrap();
    machine.run(&["token"]).code(0);
}

#[test]
fn a_file_that_is_not_only_ours_is_not_trusted() {
    let pool = Pool::start();
    let machine = pool.terminal();
    pool.sign_in(&machine);
    let path = secret_of(&machine);
    for mode in [0o644, 0o660, 0o666] {
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        fails(&machine, "file_mode", machine.home());
    }
    fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    // Only root can give a file away.
    if std::os::unix::fs::chown(&path, Some(4321), None).is_ok() {
        fails(&machine, "file_owner", machine.home());
        // SAFETY: has no arguments and cannot fail.
        std::os::unix::fs::chown(&path, Some(unsafe { libc::geteuid() }), None).unwrap();
    }
    let elsewhere = machine.home().join("elsewhere");
    fs::rename(&path, &elsewhere).unwrap();
    symlink(&elsewhere, &path).unwrap();
    fails(&machine, "file_not_plain", machine.home());
    fs::remove_file(&path).unwrap();
    fs::rename(&elsewhere, &path).unwrap();
    machine.run(&["token"]).code(0);
}

/// A disk of a few kilobytes that is full, and one that cannot be written, in a mount namespace of their own.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "needs root, to mount a small disk"]
fn a_full_or_read_only_disk_is_told_before_any_browser_and_keeps_what_it_has() {
    let pool = Pool::start_with(&["--access-token-lifetime", "30s"]);
    let machine = pool.terminal();
    pool.sign_in(&machine);
    pool.rule("access_token_seconds", 3600);
    let run = |prepare: &str, verb: &str| {
        let script = format!(
            "set -e; cp -a \"$HOME/state\" \"$HOME/saved\"; mount -t tmpfs -o size=128k,mode=700 tmpfs \"$HOME/state\"
             cp -a \"$HOME/saved/.\" \"$HOME/state\"; rm -r \"$HOME/saved\"; {prepare}; set +e
             find \"$HOME/state\" -name '*.secret' | xargs cat | sha256sum > \"$HOME/before\"
             $PROGRAM {verb} --json; code=$?
             find \"$HOME/state\" -name '*.secret' | xargs cat | sha256sum | cmp - \"$HOME/before\" || code=99; exit $code"
        );
        let output = Command::new("unshare")
            .args(["--mount", "/bin/sh", "-c", &script])
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("PROGRAM", PROGRAM)
            .env("HOME", machine.home())
            .env("XDG_CONFIG_HOME", machine.home().join("config"))
            .env("XDG_STATE_HOME", machine.home().join("state"))
            .env("COGNITO_LOGIN_NO_BROWSER", "1")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    };
    let full = "head -c 1000000 /dev/zero > \"$HOME/state/full\" 2>/dev/null || true";
    let read_only = "mount -o remount,ro \"$HOME/state\"";
    for (prepare, kind) in [(full, "disk_full"), (read_only, "file_not_writable")] {
        let (code, said) = run(prepare, "login");
        assert_eq!(code, Some(1), "{said}");
        assert!(
            said.contains(kind) && !said.contains("/oauth2/authorize"),
            "{kind}: {said}"
        );
    }
    // A renewal whose result cannot be kept still gives what was asked for, and says what is the matter.
    let (code, said) = run(full, "token");
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("could not be kept"), "{said}");
}

#[test]
fn a_bus_that_is_not_there_or_never_answers_is_told_in_time() {
    let pool = Pool::start();
    let mut machine = pool.terminal();
    machine.configure(&pool.profile().replace("store = \"file\"\n", ""));
    fails(&machine, "keyring_absent", machine.home());
    machine.set("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
    fails(&machine, "keyring_absent", machine.home());
    machine.set("DBUS_SESSION_BUS_ADDRESS", "nonsense");
    fails(&machine, "keyring_absent", machine.home());

    let bus = machine.home().join("bus");
    let _silent = std::os::unix::net::UnixListener::bind(&bus).unwrap();
    machine.set(
        "DBUS_SESSION_BUS_ADDRESS",
        format!("unix:path={}", bus.display()),
    );
    fails(&machine, "keyring_timeout", &machine.home().join("state"));
}

/// A bus of its own; `activation` is what it starts when somebody asks for the keyring.
struct Bus {
    daemon: Child,
    address: String,
}

impl Bus {
    fn start(folder: &Path, activation: Option<&str>) -> Bus {
        fs::create_dir_all(folder.join("services")).unwrap();
        if let Some(program) = activation {
            let service =
                format!("[D-BUS Service]\nName=org.freedesktop.secrets\nExec={program}\n");
            fs::write(
                folder.join("services/org.freedesktop.secrets.service"),
                service,
            )
            .unwrap();
        }
        let socket = folder.join("socket");
        let address = format!("unix:path={}", socket.display());
        let config = format!(
            "<busconfig><type>session</type><listen>{address}</listen><servicedir>{}</servicedir>
             <policy context=\"default\"><allow send_destination=\"*\"/><allow receive_sender=\"*\"/><allow own=\"*\"/></policy></busconfig>",
            folder.join("services").display()
        );
        fs::write(folder.join("bus.conf"), config).unwrap();
        let daemon = Command::new("dbus-daemon")
            .args(["--nofork", "--config-file"])
            .arg(folder.join("bus.conf"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while !socket.exists() {
            std::thread::yield_now();
        }
        Bus { daemon, address }
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

#[cfg(target_os = "linux")]
#[test]
#[ignore = "needs dbus-daemon"]
fn a_bus_without_a_keyring_and_one_whose_keyring_never_starts_are_told_in_time() {
    let pool = Pool::start();
    let mut machine = pool.terminal();
    machine.configure(&pool.profile().replace("store = \"file\"\n", ""));
    let scratch = tempfile::tempdir().unwrap();
    for (name, activation, kind) in [
        ("none", None, "keyring_absent"),
        ("gone", Some("/bin/false"), "keyring_absent"),
        ("missing", Some("/nonexistent/keyring"), "keyring_absent"),
        ("hangs", Some("/bin/sleep 60"), "keyring_timeout"),
    ] {
        let bus = Bus::start(&scratch.path().join(name), activation);
        machine.set("DBUS_SESSION_BUS_ADDRESS", &bus.address);
        fails(&machine, kind, machine.home());
        let ran = machine.run(&["login", "--json"]).code(1);
        assert_eq!(ran.json_error()["error"]["kind"], kind);
        assert!(!ran.stderr.contains("/oauth2/authorize"), "{}", ran.stderr);
    }
}

#[cfg(target_os = "linux")]
#[test]
#[ignore = "needs dbus-daemon and gnome-keyring"]
fn a_locked_keyring_and_a_no_to_its_question_are_told_and_cost_nothing() {
    let pool = Pool::start();
    let mut machine = pool.terminal();
    machine.configure(&pool.profile().replace("store = \"file\"\n", ""));
    let scratch = tempfile::tempdir().unwrap();
    let bus = Bus::start(&scratch.path().join("bus"), None);
    machine.set("DBUS_SESSION_BUS_ADDRESS", &bus.address);
    let desktop = |program: &str, args: &[&str]| {
        let mut command = Command::new(program);
        command
            .args(args)
            .env("HOME", scratch.path())
            .env("XDG_RUNTIME_DIR", scratch.path())
            .env("XDG_DATA_HOME", scratch.path().join("data"))
            .env("DBUS_SESSION_BUS_ADDRESS", &bus.address)
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    };
    let is_locked = [
        "--session",
        "--print-reply",
        "--dest=org.freedesktop.secrets",
        "/org/freedesktop/secrets/collection/login",
        "org.freedesktop.DBus.Properties.Get",
        "string:org.freedesktop.Secret.Collection",
        "string:Locked",
    ];
    let open = || {
        let args = ["--foreground", "--components=secrets", "--unlock"];
        let mut keyring = desktop("gnome-keyring-daemon", &args)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        std::io::Write::write_all(&mut keyring.stdin.take().unwrap(), b"pw").unwrap();
        // It answers before it is open.
        let opened = || {
            let mut asked = desktop("dbus-send", &is_locked);
            let output = asked.stdout(Stdio::piped()).output().unwrap();
            String::from_utf8_lossy(&output.stdout).contains("boolean false")
        };
        while !opened() {
            std::thread::yield_now();
        }
        keyring
    };
    let mut keyring = open();
    pool.sign_in(&machine);
    machine.run(&["token"]).code(0);
    let lock = [
        "--session",
        "--print-reply",
        "--dest=org.freedesktop.secrets",
        "/org/freedesktop/secrets",
        "org.freedesktop.Secret.Service.Lock",
        "array:objpath:/org/freedesktop/secrets/collection/login",
    ];
    assert!(desktop("dbus-send", &lock).status().unwrap().success());
    fails(&machine, "keyring_locked", &machine.home().join("state"));
    let ran = machine.run(&["login", "--json"]).code(1);
    assert!(!ran.stderr.contains("/oauth2/authorize"), "{}", ran.stderr);
    // With a screen the person is asked. Nobody can show the question here, which the keyring passes on as a no.
    machine.set("DISPLAY", ":0");
    for session in ["encrypted", "plain"] {
        machine.set("COGNITO_LOGIN_SECRET_SERVICE", session);
        fails(&machine, "keyring_denied", &machine.home().join("state"));
        let ran = machine.run(&["login", "--json"]).code(1);
        assert_eq!(ran.json_error()["error"]["kind"], "keyring_denied");
        assert!(!ran.stderr.contains("/oauth2/authorize"), "{}", ran.stderr);
    }
    machine.unset("DISPLAY");
    let _ = keyring.kill();
    let _ = keyring.wait();
    let mut keyring = open();
    machine.run(&["token"]).code(0);
    let _ = keyring.kill();
    let _ = keyring.wait();
}
