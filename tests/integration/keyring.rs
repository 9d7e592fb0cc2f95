//! The system's own keyring keeps a session: Secret Service, Keychain, Credential Manager.

use crate::support::keyring;
use crate::support::pool::Pool;
use crate::support::terminal::Terminal;

fn terminal(pool: &Pool) -> Terminal {
    let mut terminal = pool.terminal();
    terminal.configure(&pool.profile().replace("store = \"file\"\n", ""));
    keyring::connect(&mut terminal);
    terminal
}

#[test]
#[ignore = "needs a Secret Service (Linux), or the keyring of macOS or Windows"]
fn a_session_goes_in_comes_out_and_is_gone() {
    let pool = Pool::start_with(&["--rotate-refresh-tokens"]);
    let terminal = terminal(&pool);
    terminal.run(&["token"]).code(3);
    pool.sign_in(&terminal);
    let first = terminal.run(&["token"]).code(0).stdout;
    for _ in 0..3 {
        let next = terminal.run(&["token", "--force-refresh"]).code(0).stdout;
        assert_ne!(next, first);
        assert_eq!(terminal.run(&["token"]).code(0).stdout, next);
    }
    let kept = crate::support::leaks::files(terminal.home());
    let leak = kept
        .iter()
        .find(|(_, text)| text.contains(first.trim()) || text.contains("refresh_token"));
    assert!(leak.is_none(), "{leak:?}");
    assert_eq!(
        terminal.run(&["status", "--json"]).json()["profiles"][0]["store"],
        "keyring"
    );
    terminal.run(&["logout"]).code(0);
    terminal.run(&["token"]).code(3);
}

#[test]
#[ignore = "needs a Secret Service (Linux), or the keyring of macOS or Windows"]
fn long_tokens_survive() {
    let pool = Pool::start();
    let terminal = terminal(&pool);
    let groups: Vec<_> = (0..400)
        .map(|n| format!("a-group-with-a-rather-long-name-{n}"))
        .collect();
    pool.quirk(serde_json::json!({ "access_token": { "claims": { "cognito:groups": groups } }, "id_token": { "claims": { "cognito:groups": groups } } }));
    pool.sign_in(&terminal);
    let token = terminal.run(&["token", "--id"]).code(0).stdout;
    assert!(token.len() > 10_000, "{}", token.len());
    terminal.run(&["logout"]).code(0);
    terminal.run(&["token"]).code(3);
}

#[cfg(target_os = "linux")]
#[test]
#[ignore = "needs a Secret Service"]
fn others_find_it_by_its_attributes_and_not_in_the_clear_elsewhere() {
    let pool = Pool::start();
    let mut terminal = terminal(&pool);
    pool.sign_in(&terminal);
    // Status needs no keyring: it works where there is none.
    terminal.unset("DBUS_SESSION_BUS_ADDRESS");
    assert_eq!(
        terminal.run(&["status", "--json"]).code(0).json()["profiles"][0]["username"],
        "ada"
    );
    terminal.run(&["whoami", "--offline"]).code(0);
    terminal.run(&["token"]).code(1);
    keyring::connect(&mut terminal);
    terminal.run(&["logout"]).code(0);
}

#[test]
#[ignore = "needs a Secret Service (Linux), or the keyring of macOS or Windows"]
fn sixteen_processes_renew_once_through_the_keyring() {
    let pool = Pool::start_with(&["--rotate-refresh-tokens", "--access-token-lifetime", "30s"]);
    let terminal = terminal(&pool);
    pool.sign_in(&terminal);
    pool.rule("access_token_seconds", 3600);
    let running: Vec<_> = (0..16).map(|_| terminal.start(&["token"])).collect();
    for token in running {
        token.finish().code(0);
    }
    assert_eq!(pool.refreshes(), 1);
    terminal.run(&["logout"]).code(0);
}
