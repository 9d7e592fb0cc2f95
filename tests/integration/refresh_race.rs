//! Many processes at one session: exactly one renews it, whoever is killed, signs in or signs out meanwhile.
//!
//! Short by itself; `ROUNDS=300` kills that many processes, `CALLS=10000` calls that often.

#[cfg(unix)]
use std::collections::BTreeSet;
#[cfg(unix)]
use std::time::Duration;

use serde_json::json;

use crate::support::person::Person;
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

/// Readers, those who wait, and those who renew, all mixed.
#[test]
fn eight_at_a_time_never_fail_while_every_fortieth_renews() {
    let pool = Pool::start_with(&["--rotate-refresh-tokens", "--rotation-grace", "0"]);
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    let given = std::env::var("CALLS").ok();
    let calls = given.map_or(240, |text| text.parse().expect("CALLS is a number"));
    let next = std::sync::atomic::AtomicU32::new(1);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    if number > calls {
                        return;
                    }
                    let arguments = match number % 40 {
                        0 => &["token", "--force-refresh"][..],
                        _ => &["token"],
                    };
                    let ran = terminal.run(arguments).code(0).stderr("");
                    assert!(ran.stdout.starts_with("eyJ"), "{}", ran.stdout);
                }
            });
        }
    });
    let renewed = pool.refreshes();
    assert!((1..=u64::from(calls / 40)).contains(&renewed), "{renewed}");
    println!("{calls} calls, 8 at a time, {renewed} renewals, none failed");
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

/// Rotation without grace, four processes that want a new token, and one of them killed at a random moment.
///
/// What may be lost is exactly a rotation whose answer was never stored: the pool has forgotten the old refresh token by
/// then and told the new one to a process that is dead. Everything else has to survive.
#[cfg(unix)]
#[test]
fn a_session_dies_only_with_a_rotated_token_that_nobody_but_the_dead_has_seen() {
    kill_one_of_four("0", &[libc::SIGKILL]);
}

/// One who is asked to end, by a key, by `kill` or because the window was closed, takes the answer that is on its way first.
#[cfg(unix)]
#[test]
fn one_who_is_asked_to_end_takes_no_session_along() {
    let asked = [libc::SIGINT, libc::SIGTERM, libc::SIGHUP];
    assert_eq!(kill_one_of_four("0", &asked), 0);
}

/// What the pool's grace period is for: the old refresh token works once more, so the dead take nothing along.
#[cfg(unix)]
#[test]
fn with_a_grace_period_no_killed_process_costs_the_session() {
    assert_eq!(kill_one_of_four("60", &[libc::SIGKILL]), 0);
}

/// Ends one of four processes by one of these signals, round after round; returns how many sessions died.
#[cfg(unix)]
fn kill_one_of_four(grace: &str, signals: &[i32]) -> u32 {
    let pool = Pool::start_with(&["--rotate-refresh-tokens", "--rotation-grace", grace]);
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    let given = std::env::var("ROUNDS").ok();
    let rounds = given.map_or(12, |text| text.parse().expect("ROUNDS is a number"));
    let (mut in_time, mut died, mut printed) = (0, 0, 0);
    let mut random = Random::new();
    for round in 0..rounds {
        let before = granted(&pool);
        // Long enough for the kill to find it anywhere between its start and the stored answer.
        pool.quirk(json!({ "token": { "delay_ms": random.below(30), "times": 1 } }));
        let victim = terminal.start(&["token", "--force-refresh"]);
        let others: Vec<_> = (0..3)
            .map(|_| terminal.start(&["token", "--force-refresh"]))
            .collect();
        std::thread::park_timeout(Duration::from_micros(random.below(120_000)));
        victim.signal(signals[random.below(signals.len() as u64) as usize]);
        let victim = victim.finish();
        let ends: Vec<_> = others.into_iter().map(|other| other.finish()).collect();
        let mut seen: BTreeSet<_> = ends
            .iter()
            .filter(|ran| ran.code == 0)
            .map(|ran| ran.stdout.clone())
            .collect();
        if victim.code == 0 {
            in_time += 1;
            seen.insert(victim.stdout);
        }
        printed += seen.len() as u64;
        let unseen = granted(&pool) - before - seen.len() as u64;
        assert!(
            unseen <= 1,
            "round {round}: only one can have been killed with a token in its hands"
        );
        let last = terminal.run(&["token", "--force-refresh"]);
        match last.code {
            0 => (),
            3 => {
                assert_eq!(
                    unseen, 1,
                    "round {round}: a session died that could have lived: {ends:?}"
                );
                died += 1;
                pool.sign_in(&terminal);
            }
            code => panic!("round {round}: {code}: {}", last.stderr),
        }
        for ran in &ends {
            assert!(ran.code == 0 || ran.code == 3, "round {round}: {ran:?}");
        }
    }
    println!(
        "races, {grace} s of grace: {rounds} rounds of 4 processes, one killed ({in_time} came too late for it), {printed} renewals came out, \
         {died} sessions died, each with a rotated token that only the dead process had"
    );
    died
}

#[test]
fn two_logins_at_once_both_end_well_and_one_of_them_is_kept() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    let (first, second) = (pool.redirect(), pool.second_redirect());
    let both = ["login", "--redirect-uri", &first, "--redirect-uri", &second];
    let mut logins = [terminal.start(&both), terminal.start(&both)];
    let urls = [logins[0].sign_in_url(), logins[1].sign_in_url()];
    let people: Vec<_> = urls
        .into_iter()
        .map(|url| {
            let (name, password) = (pool.username().to_owned(), pool.password().to_owned());
            std::thread::spawn(move || Person::new().sign_in(&url, &name, &password).words())
        })
        .collect();
    for person in people {
        let page = person.join().unwrap();
        assert!(page.starts_with("Signed in as Ada Lovelace"), "{page}");
    }
    for login in logins {
        login.finish().code(0);
    }
    terminal.run(&["token"]).code(0);
    terminal.run(&["token", "--force-refresh"]).code(0);
}

#[test]
fn a_logout_during_a_renewal_has_the_last_word() {
    let pool = Pool::start_with(&["--rotate-refresh-tokens", "--rotation-grace", "0"]);
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    pool.quirk(json!({ "token": { "delay_ms": 700, "times": 1 } }));
    let token = terminal.start(&["token", "--force-refresh"]);
    pool.wait_for_refreshes(1);
    let logout = terminal.start(&["logout"]);
    token.finish().code(0);
    logout.finish().code(0);
    terminal.run(&["token"]).code(3);
    let kept = crate::support::leaks::files(terminal.home());
    assert!(
        kept.iter()
            .all(|(path, _)| path.extension().is_none_or(|kind| kind != "secret")),
        "{kept:?}"
    );
}

#[test]
fn a_login_during_a_renewal_is_not_overwritten_by_it() {
    let pool = Pool::start_with(&[
        "--user",
        "ada:ada@example.com:Engine-1843",
        "--user",
        "grace:grace@example.com:Compiler-1952",
    ]);
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    pool.quirk(json!({ "token": { "delay_ms": 1_500, "times": 1, "grant": "refresh_token" } }));
    let token = terminal.start(&["token", "--force-refresh"]);
    pool.wait_for_refreshes(1);
    let mut login = terminal.start(&["login"]);
    let url = login.sign_in_url();
    Person::new().sign_in(&url, "grace", "Compiler-1952");
    login.finish().code(0);
    token.finish().code(0);
    let who = terminal.run(&["whoami", "--json"]).code(0).json();
    assert_eq!(who["username"], "grace");
    terminal.run(&["token", "--force-refresh"]).code(0);
}

/// The clocks of laptops and pools differ by minutes, and jump.
#[test]
fn a_clock_that_jumps_by_minutes_costs_nothing_and_by_hours_is_named() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    for seconds in [-240, 240, 0] {
        pool.rule("clock_offset_seconds", seconds);
        pool.sign_in(&terminal);
        terminal.run(&["token"]).code(0);
        terminal.run(&["token", "--force-refresh"]).code(0);
    }
    for seconds in [-7_200, 7_200] {
        pool.rule("clock_offset_seconds", seconds);
        let ran = terminal
            .run(&["token", "--force-refresh", "--json"])
            .code(1);
        assert_eq!(ran.json_error()["error"]["kind"], "clock_wrong");
        pool.rule("clock_offset_seconds", 0);
        terminal.run(&["token", "--force-refresh"]).code(0);
    }
}

#[cfg(unix)]
fn granted(pool: &Pool) -> u64 {
    pool.stats()["grants"]["refresh_token"]["granted"]
        .as_u64()
        .unwrap_or(0)
}

/// Marsaglia's xorshift: another moment in every run.
#[cfg(unix)]
struct Random(u64);

#[cfg(unix)]
impl Random {
    fn new() -> Random {
        let now = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap();
        Random(now.as_nanos() as u64 | 1)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}
