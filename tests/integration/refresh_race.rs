//! Many processes ask for a token in the same moment, and exactly one renews it.

use crate::support::pool::Pool;
use crate::support::terminal::Terminal;

/// Starts that many processes at once; returns the one token they all printed, after one refresh.
fn race(pool: &Pool, terminal: &Terminal, processes: usize) -> String {
    let running: Vec<_> = (0..processes).map(|_| terminal.start(&["token"])).collect();
    let mut tokens: Vec<_> = running
        .into_iter()
        .map(|token| token.finish().code(0).stdout)
        .collect();
    tokens.dedup();
    assert_eq!(tokens.len(), 1, "different tokens were printed");
    assert_eq!(pool.refreshes(), 1);
    tokens.remove(0)
}

/// Rotation with no grace is the hard case: a second use of the old refresh token would be refused.
#[test]
fn sixty_four_processes_renew_once() {
    let pool = Pool::start_with(&[
        "--rotate-refresh-tokens",
        "--rotation-grace",
        "0",
        "--access-token-lifetime",
        "30s",
    ]);
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    pool.rule("access_token_seconds", 3600);
    let printed = race(&pool, &terminal, 64);
    assert_eq!(
        terminal.run(&["token"]).code(0).stdout,
        printed,
        "the kept token is the printed one"
    );
    terminal.run(&["token", "--force-refresh"]).code(0);
}

#[test]
fn a_slow_pool_makes_them_wait_and_not_renew_twice() {
    let pool = Pool::start_with(&["--rotate-refresh-tokens", "--access-token-lifetime", "30s"]);
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    pool.rule("access_token_seconds", 3600);
    pool.quirk(serde_json::json!({ "token": { "delay_ms": 1500 } }));
    race(&pool, &terminal, 8);
}

#[cfg(unix)]
#[test]
fn a_process_that_dies_while_it_renews_holds_nobody_up() {
    let pool = Pool::start_with(&["--access-token-lifetime", "30s"]);
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    pool.rule("access_token_seconds", 3600);
    pool.quirk(serde_json::json!({ "token": { "delay_ms": 600_000, "times": 1 } }));
    let stuck = terminal.start(&["token", "-v"]);
    pool.wait_for_refreshes(1);
    stuck.signal(libc::SIGKILL);
    stuck.finish();
    terminal.run(&["token"]).code(0);
}
