//! How fast a token is, beside whichever peers are installed: `cargo bench --profile dev --bench token` prints the tables of `tests/bench/README.md`.
//!
//! Bus, keyring, home and pool are its own, and it needs no network. Every round runs each command once, in random order,
//! and a figure is the median of the ratios within the rounds: that holds on a busy machine, where times do not.

#![allow(clippy::unwrap_used, reason = "a measurement that cannot go on ends")]
#![allow(
    unreachable_pub,
    dead_code,
    reason = "the support is that of the tests, which need more of it"
)]

mod desktop;
mod line;
mod rounds;
#[path = "../integration/support/mod.rs"]
mod support;

use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use desktop::Desktop;
use line::Line;
use rounds::{Quartiles, in_rounds};
use support::person::Person;
use support::pool::Pool;
use support::release;
use support::service::Service;
use support::terminal::Terminal;

/// As far away as another continent, so that what is computed does not count.
const ROUND_TRIP: Duration = Duration::from_millis(100);

fn main() {
    let program = release::build();
    let desktop = Desktop::start();
    let pool = Pool::start_with(&["--rotate-refresh-tokens", "--rotation-grace", "0"]);
    let mut terminal = pool.terminal();
    terminal.with_system_path();
    terminal.set("DBUS_SESSION_BUS_ADDRESS", desktop.address());
    terminal.configure(&pool.profile().replace("store = \"file\"\n", ""));
    pool.sign_in(&terminal);
    let in_files = pool.terminal();
    pool.sign_in(&in_files);
    let bench = Bench {
        program,
        desktop,
        pool,
        terminal,
        in_files,
    };
    bench.of_one_run();
    bench.one_at_a_time();
    bench.other_verbs();
    bench.many_calls();
    bench.many_profiles();
    bench.many_at_once();
    bench.at_expiry();
    bench.redirect_to_page();
    bench.without_a_keyring();
}

struct Bench {
    program: std::path::PathBuf,
    desktop: Desktop,
    pool: Pool,
    terminal: Terminal,
    /// The same machine with the session in a file: what a token would cost if the keyring cost nothing.
    in_files: Terminal,
}

impl Bench {
    fn token(&self) -> Command {
        let mut command = self.terminal.command(&self.program);
        command.arg("token");
        command
    }

    fn secret_tool(&self) -> Command {
        let mut command = self.terminal.command("secret-tool");
        command.args(["lookup", "service", "cognito-login"]);
        command
    }

    /// `gh auth token` with its token in the same keyring.
    fn gh(&self) -> Command {
        for user in ["", "octo"] {
            self.desktop
                .store("gho_token", &["service", "gh:github.com", "username", user]);
        }
        self.terminal.write(
            "config/gh/hosts.yml",
            "github.com:\n    user: octo\n    users:\n        octo: {}\n",
        );
        let mut command = self.terminal.command("gh");
        command.args(["auth", "token"]);
        command
    }

    /// What a run costs whatever the load, as far as there is a program that counts it.
    fn of_one_run(&self) {
        let size = std::fs::metadata(&self.program).unwrap().len();
        println!(
            "\none run, whatever the load\n{:<30} {size:>24}",
            "bytes of the program"
        );
        let counted = |what: &str, counter: &[&str], count: fn(&str) -> Option<String>| {
            let mut command = self.terminal.command(counter[0]);
            command.args(&counter[1..]).arg(&self.program).arg("token");
            let ran = command.output().ok().filter(|ran| ran.status.success());
            let count = ran.and_then(|ran| count(&String::from_utf8_lossy(&ran.stderr)));
            let count = count.unwrap_or_else(|| format!("no {}", counter[0]));
            println!("{what:<30} {count:>24}");
        };
        let callgrind = [
            "valgrind",
            "--tool=callgrind",
            "--callgrind-out-file=/dev/null",
        ];
        counted("instructions in user space", &callgrind, |said| {
            Some(
                said.rsplit_once("Collected : ")?
                    .1
                    .split_whitespace()
                    .next()?
                    .to_owned(),
            )
        });
        let strace = ["strace", "-f", "-qq", "-e", "signal=none"];
        counted("system calls", &strace, |said| {
            Some(said.lines().count().to_string())
        });
        counted("peak memory, KiB", &["/usr/bin/time", "-f", "%M"], |said| {
            Some(said.trim().to_owned())
        });
    }

    fn one_at_a_time(&self) {
        let mut commands = vec![
            ("secret-tool lookup", self.secret_tool()),
            ("/bin/true", self.terminal.command("/bin/true")),
            ("cognito-login token", self.token()),
            ("… --store file", {
                let mut token = self.in_files.command(&self.program);
                token.arg("token");
                token
            }),
            ("gh auth token", self.gh()),
        ];
        commands.retain_mut(|(name, command)| works(name, command));
        print("one process", commands, 60, once);
        let mut beside_gh = vec![
            ("gh auth token", self.gh()),
            ("cognito-login token", self.token()),
        ];
        beside_gh.retain_mut(|(name, command)| works(name, command));
        if beside_gh.len() == 2 {
            print("beside gh", beside_gh, 60, once);
        }
    }

    /// What else is had from a good token.
    fn other_verbs(&self) {
        let answer = serde_json::json!({ "IdentityId": "eu-west-1:1", "Credentials": {
            "AccessKeyId": "ASIA1", "SecretKey": "secret", "SessionToken": "t".repeat(1_000), "Expiration": u32::MAX,
        } });
        let identity_pool = Service::start(move |_| (200, "", answer.to_string()));
        for (title, terminal) in [
            ("verbs, keyring", &self.terminal),
            ("verbs, --store file", &self.in_files),
        ] {
            let mut terminal = terminal.clone();
            terminal
                .set("AWS_ENDPOINT_URL_COGNITO_IDENTITY", &identity_pool.base)
                .set(
                    "COGNITO_IDENTITY_POOL_ID",
                    "eu-west-1:11111111-2222-3333-4444-555555555555",
                );
            let verb = |arguments: &[&str]| {
                let mut command = terminal.command(&self.program);
                command.args(arguments);
                command
            };
            let commands = vec![
                ("token", vec![verb(&["token"])]),
                ("kubernetes", vec![verb(&["kubernetes"])]),
                ("aws-credentials", vec![verb(&["aws-credentials"])]),
            ];
            let in_turn = |commands: &mut Vec<Command>| commands.iter_mut().map(once).sum();
            print(title, commands, 100, in_turn);
            // The program it becomes takes its time too.
            let nothing = terminal.command("/bin/true");
            let commands = vec![
                ("token, then /bin/true", vec![verb(&["token"]), nothing]),
                (
                    "exec -- /bin/true",
                    vec![verb(&["exec", "--", "/bin/true"])],
                ),
            ];
            print(title, commands, 100, in_turn);
        }
    }

    /// As many calls as `CALLS` says, 8 at a time, every hundredth of which renews.
    fn many_calls(&self) {
        let given = std::env::var("CALLS").ok();
        let calls: usize = given.map_or(1_000, |text| text.parse().expect("CALLS is a number"));
        let (next, failed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        let (program, terminal) = (&self.program, &self.terminal);
        let before = self.pool.refreshes();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= calls {
                            return;
                        }
                        let mut token = terminal.command(program);
                        token.arg("token");
                        if number % 100 == 99 {
                            token.arg("--force-refresh");
                        }
                        let ran = token.stdin(Stdio::null()).output().unwrap();
                        if !ran.status.success() || ran.stdout.len() < 100 {
                            failed.lock().unwrap().push(ran);
                        }
                    }
                });
            }
        });
        let (failed, renewed) = (failed.into_inner().unwrap(), self.pool.refreshes() - before);
        println!(
            "\n{calls} calls of token, 8 at a time, {renewed} of which renewed: {} failed",
            failed.len()
        );
        for ran in failed.iter().take(5) {
            println!("{}", String::from_utf8_lossy(&ran.stderr));
        }
    }

    fn many_profiles(&self) {
        let others: String = (0..1_000)
            .map(|n| format!("[profiles.p{n}]\nuser_pool_id = \"us-east-1_AbCdEf123\"\nclient_id = \"1example23456789\"\n"))
            .collect();
        let one = std::fs::read_to_string(self.terminal.config_file()).unwrap();
        let many = self.terminal.write("many.toml", &format!("{one}{others}"));
        let mut token = self.token();
        token.env("COGNITO_LOGIN_CONFIG", many);
        let commands = vec![("one profile", self.token()), ("1,000 profiles", token)];
        print("profiles in the file", commands, 200, once);
    }

    fn many_at_once(&self) {
        let mut commands = vec![
            ("32 × secret-tool lookup", self.secret_tool()),
            ("32 × cognito-login token", self.token()),
        ];
        commands.retain_mut(|(name, command)| works(name, command));
        print("32 at once", commands, 12, thirty_two);
    }

    /// The pool takes 300 ms to answer, so that all 32 meet.
    fn at_expiry(&self) {
        self.pool
            .quirk(serde_json::json!({ "token": { "delay_ms": 300 } }));
        let mut times = Vec::new();
        for _ in 0..10 {
            self.pool.rule("access_token_seconds", 30);
            self.terminal
                .run(&["token", "--force-refresh", "--min-ttl", "1s"])
                .code(0);
            self.pool.rule("access_token_seconds", 3_600);
            let before = self.pool.refreshes();
            times.push(thirty_two(&mut self.token()));
            assert_eq!(self.pool.refreshes() - before, 1, "one renews");
        }
        self.pool
            .quirk(serde_json::json!({ "token": { "delay_ms": 0 } }));
        let over = times.iter().map(|time| time.as_secs_f64() * 1e3 - 300.0);
        println!(
            "\n32 at expiry, rotation, no grace: 1 request, 32 successes, all done after the pool's 300 ms and"
        );
        println!("{} ms", Quartiles::of(over.collect()));
    }

    fn redirect_to_page(&self) {
        println!(
            "\nfrom the redirect to the page, in round trips of {} ms to the pool",
            ROUND_TRIP.as_millis()
        );
        for (name, cut, idle) in [
            ("warm", false, 0),
            ("warm, 4 idle connections of the browser", false, 4),
            ("cold: TCP, TLS 1.3 and the request", true, 0),
        ] {
            let trips =
                (0..8).map(|_| self.sign_in(cut, idle).as_secs_f64() / ROUND_TRIP.as_secs_f64());
            println!("{:<45} {}", name, Quartiles::of(trips.collect()));
        }
    }

    /// Signs in with the pool far away and returns how long the browser waited from its redirect to its page.
    fn sign_in(&self, cut: bool, idle: usize) -> Duration {
        let line = Line::before(self.pool.domain(), ROUND_TRIP);
        let mut terminal = self.pool.terminal();
        terminal.set("COGNITO_DOMAIN", line.base());
        let mut login = terminal.start_program(&self.program, &["login"]);
        let url = login.sign_in_url().replace(line.base(), self.pool.domain());
        let mut person = Person::new();
        person.visit(&url);
        let filled = [
            ("username", self.pool.username()),
            ("password", self.pool.password()),
        ];
        let back = person.submit_until_sent_to(&filled, &self.pool.redirect());
        let _idle: Vec<_> = (0..idle)
            .map(|_| std::net::TcpStream::connect(("localhost", self.pool.port())).unwrap())
            .collect();
        // A person takes longer to type than a connection to become warm.
        std::thread::sleep(5 * ROUND_TRIP);
        if cut {
            line.cut();
        }
        let start = Instant::now();
        assert_eq!(person.visit(back.as_str()).answer.status, 200);
        let waited = start.elapsed();
        login.finish().code(0);
        waited
    }

    fn without_a_keyring(self) {
        println!("\nno keyring, time to a clear error");
        let failing = |command: &mut Command| {
            let start = Instant::now();
            assert!(!quiet(command).status().unwrap().success());
            start.elapsed().as_secs_f64() * 1e3
        };
        let mut no_bus = self.token();
        no_bus.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
        let times = (0..20).map(|_| failing(&mut no_bus)).collect();
        println!("{:<45} {} ms", "no bus", Quartiles::of(times));
        self.desktop.stop_answering();
        let mut with_display = self.token();
        with_display.env("DISPLAY", ":0");
        for (name, command) in [
            ("a keyring that hangs", &mut self.token()),
            ("a keyring that hangs, and a display", &mut with_display),
        ] {
            let times = (0..3).map(|_| failing(command)).collect();
            println!("{name:<45} {} ms", Quartiles::of(times));
        }
    }
}

fn print<T>(
    title: &str,
    mut commands: Vec<(&str, T)>,
    count: usize,
    time: impl Fn(&mut T) -> Duration,
) {
    let times = in_rounds(&mut commands, count, |(_, command)| {
        time(command).as_secs_f64() * 1e3
    });
    println!(
        "\n{title:<30} {:>24} {:>28}",
        "ms",
        format!("ratio to {}", commands[0].0)
    );
    for (number, (name, _)) in commands.iter().enumerate() {
        let ratios = times.iter().map(|round| round[number] / round[0]).collect();
        let times = times.iter().map(|round| round[number]).collect();
        println!(
            "{name:<30} {:>24} {:>28}",
            Quartiles::of(times).to_string(),
            Quartiles::of(ratios).to_string()
        );
    }
}

/// Tells whether a peer is installed and prints something, so that no error is taken for speed.
fn works(name: &str, command: &mut Command) -> bool {
    let works = quiet(command).status().is_ok_and(|status| status.success());
    if !works {
        println!("left out, not installed or not working: {name}");
    }
    works
}

fn quiet(command: &mut Command) -> &mut Command {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
}

fn once(command: &mut Command) -> Duration {
    let start = Instant::now();
    assert!(quiet(command).status().unwrap().success());
    start.elapsed()
}

fn thirty_two(command: &mut Command) -> Duration {
    let start = Instant::now();
    let running: Vec<_> = (0..32).map(|_| quiet(command).spawn().unwrap()).collect();
    for mut child in running {
        assert!(child.wait().unwrap().success());
    }
    start.elapsed()
}
