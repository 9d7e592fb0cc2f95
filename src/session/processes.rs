//! Tests with real processes: this test program, started again as a child that plays one command.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Write, stdin};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

use anyhow::{Result, anyhow};

use super::file_store::FileStore;
use super::lock::Lock;
use super::record::Session;
use super::renewal::Wanted;
use super::sessions::Sessions;
use super::store::StoreKind;
use super::summary::file_of;
use super::testing::{EXPIRES, at, key, renewal, session};
use crate::oidc::{RefreshError, Renewal};
use crate::secret::Secret;

/// Names the scratch directory of a child, and makes this program one.
const CHILD: &str = "COGNITO_LOGIN_TEST_CHILD";
/// Makes the child stop inside its renewal, with the lock held.
const STOP: &str = "COGNITO_LOGIN_TEST_STOP";

fn sessions(dir: &Path) -> Sessions {
    Sessions::new(
        Box::new(FileStore::new(dir)),
        StoreKind::File,
        dir.to_owned(),
    )
}

/// A pool with rotation and no grace, in files: the refresh token that is good now, and a line for every request.
fn renew_at(dir: &Path, session: &Session) -> Result<Renewal, RefreshError> {
    let log = OpenOptions::new()
        .create(true)
        .append(true)
        .open(dir.join("requests"));
    log.and_then(|mut log| log.write_all(b"request\n")).unwrap();
    let good = fs::read_to_string(dir.join("good")).unwrap();
    if session.refresh_token != Some(Secret::new(good.as_str())) {
        return Err(RefreshError::SignedOut(anyhow!("used before")));
    }
    let next = format!("{good}'");
    fs::write(dir.join("good"), &next).unwrap();
    Ok(renewal("renewed", Some(&next), EXPIRES))
}

/// The child: waits for a line, asks for a fresh token, and says what it got. Passes at once when it is not a child.
#[test]
fn child() {
    let Some(dir) = std::env::var_os(CHILD).map(PathBuf::from) else {
        return;
    };
    say("ready");
    stdin().lock().lines().next();
    let fresh = sessions(&dir).fresh(
        &key(),
        Wanted::default(),
        &at(EXPIRES),
        |session, keep_rotated| {
            let renewal = renew_at(&dir, session)?;
            keep_rotated(renewal.refresh.as_ref().unwrap()).unwrap();
            if std::env::var_os(STOP).is_some() {
                say("renewing");
                stdin().lock().lines().next();
            }
            Ok(renewal)
        },
    );
    let fresh = fresh.unwrap().unwrap();
    assert!(fresh.not_kept.is_none());
    say(&format!("got {}", fresh.session.access_token.expose()));
}

/// Writes past the capture of the test harness.
fn say(line: &str) {
    writeln!(std::io::stdout(), "\n> {line}").unwrap();
}

struct Running {
    child: Child,
    stdin: ChildStdin,
    lines: Box<dyn Iterator<Item = String>>,
}

impl Running {
    fn start(dir: &Path, stop: bool) -> Running {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", "session::processes::child", "--nocapture"])
            .env(CHILD, dir);
        if stop {
            command.env(STOP, "1");
        }
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdin = child.stdin.take().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap())
            .lines()
            .map(Result::unwrap);
        let lines = lines.filter_map(|line| line.strip_prefix("> ").map(str::to_owned));
        Running {
            child,
            stdin,
            lines: Box::new(lines),
        }
    }

    fn says(&mut self) -> Option<String> {
        self.lines.next()
    }

    fn go(&mut self) {
        writeln!(self.stdin).unwrap();
    }
}

fn signed_in() -> tempfile::TempDir {
    let scratch = tempfile::tempdir().unwrap();
    sessions(scratch.path())
        .keep(&key(), &session("a", "r", EXPIRES))
        .unwrap();
    fs::write(scratch.path().join("good"), "r").unwrap();
    scratch
}

fn requests(dir: &Path) -> usize {
    fs::read_to_string(dir.join("requests")).map_or(0, |log| log.lines().count())
}

#[test]
fn of_sixty_four_processes_one_renews_and_none_loses_the_session() {
    let scratch = signed_in();
    let mut children: Vec<_> = (0..64)
        .map(|_| Running::start(scratch.path(), false))
        .collect();
    assert!(
        children
            .iter_mut()
            .all(|child| child.says().as_deref() == Some("ready"))
    );
    children.iter_mut().for_each(Running::go);
    for mut child in children {
        assert_eq!(child.says().as_deref(), Some("got renewed"));
        assert!(child.child.wait().unwrap().success());
    }
    assert_eq!(requests(scratch.path()), 1);
    let kept = sessions(scratch.path()).find(&key()).unwrap().unwrap();
    assert_eq!(kept.refresh_token, Some(Secret::new("r'")));
}

#[test]
fn a_process_killed_while_it_renews_frees_the_lock_and_leaves_the_rotated_token() {
    let scratch = signed_in();
    let lock = Lock::at(&file_of(scratch.path(), &key(), StoreKind::File, "lock"));
    let mut child = Running::start(scratch.path(), true);
    assert_eq!(child.says().as_deref(), Some("ready"));
    child.go();
    assert_eq!(child.says().as_deref(), Some("renewing"));
    assert!(lock.try_hold().unwrap().is_none(), "the child holds it");
    child.child.kill().unwrap();
    child.child.wait().unwrap();
    assert!(lock.try_hold().unwrap().is_some());
    // The pool knows only the rotated token now; the child kept it before it was killed.
    let fresh =
        sessions(scratch.path()).fresh(&key(), Wanted::default(), &at(EXPIRES), |session, _| {
            renew_at(scratch.path(), session)
        });
    assert_eq!(
        fresh.unwrap().unwrap().session.refresh_token,
        Some(Secret::new("r''"))
    );
    assert_eq!(requests(scratch.path()), 2);
}

#[test]
fn a_logout_waits_for_a_renewal_and_then_ends_what_it_brought() {
    let scratch = signed_in();
    let mut child = Running::start(scratch.path(), true);
    assert_eq!(child.says().as_deref(), Some("ready"));
    child.go();
    assert_eq!(child.says().as_deref(), Some("renewing"));
    let ours = key();
    std::thread::scope(|scope| {
        let logout = scope.spawn(|| {
            let sessions = sessions(scratch.path());
            let locked = sessions.locked(&ours).unwrap();
            let seen = locked.load().unwrap().unwrap();
            locked.end().unwrap();
            seen
        });
        child.go();
        assert_eq!(child.says().as_deref(), Some("got renewed"));
        assert_eq!(
            logout.join().unwrap().refresh_token,
            Some(Secret::new("r'")),
            "the token to revoke"
        );
    });
    assert!(child.child.wait().unwrap().success());
    assert_eq!(
        sessions(scratch.path()).find(&key()).unwrap(),
        None,
        "nothing comes back"
    );
}

#[test]
fn a_login_waits_for_a_renewal_and_its_session_stays() {
    let scratch = signed_in();
    let mut child = Running::start(scratch.path(), true);
    assert_eq!(child.says().as_deref(), Some("ready"));
    child.go();
    assert_eq!(child.says().as_deref(), Some("renewing"));
    std::thread::scope(|scope| {
        let login = scope.spawn(|| {
            sessions(scratch.path())
                .keep(&key(), &session("login", "new", EXPIRES))
                .unwrap()
        });
        child.go();
        assert_eq!(child.says().as_deref(), Some("got renewed"));
        login.join().unwrap();
    });
    assert!(child.child.wait().unwrap().success());
    let kept = sessions(scratch.path()).find(&key()).unwrap().unwrap();
    assert_eq!(kept.access_token, Secret::new("login"));
}
