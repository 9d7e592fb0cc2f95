//! Every command of the README is run as it stands there, or says that it is not.

use std::path::Path;
use std::process::Command;

/// The block that runs this very test.
const RUNNING_NOW: &str = "tests/run\n";

/// A `sh` or `fish` block of the README, and what a comment before it says of it.
#[derive(Default)]
struct Block {
    commands: String,
    line: usize,
    /// Why it is not run.
    not_run: Option<String>,
    /// The shells it is run in against the sandbox, by [`recipes`].
    run_in: Vec<String>,
}

fn blocks(markdown: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let (mut inside, mut before) = (false, "");
    for (number, line) in markdown.lines().enumerate() {
        if inside && line.starts_with("```") {
            inside = false;
        } else if inside {
            let commands = &mut blocks.last_mut().unwrap().commands;
            commands.push_str(line);
            commands.push('\n');
        } else if matches!(line.trim_end(), "```sh" | "```fish") {
            inside = true;
            let said = |what| {
                let said: Option<&str> = before.strip_prefix(what);
                said.and_then(|rest| rest.strip_suffix("-->"))
            };
            let shells = said("<!-- run in").unwrap_or_default();
            blocks.push(Block {
                commands: String::new(),
                line: number + 1,
                not_run: said("<!-- not run:").map(|reason| reason.trim().to_owned()),
                run_in: shells.split_whitespace().map(str::to_owned).collect(),
            });
        }
        before = line.trim();
    }
    blocks
}

fn readme() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap()
}

#[test]
fn every_block_is_run_or_says_why_not() {
    let blocks = blocks(&readme());
    assert!(
        blocks.iter().any(|block| block.commands == RUNNING_NOW),
        "the README names the test command"
    );
    for block in &blocks {
        let reason = block.not_run.as_deref();
        assert_ne!(
            reason,
            Some(""),
            "README.md:{} is not run and does not say why",
            block.line
        );
    }
}

#[test]
#[ignore = "needs minutes: a release build, as the README starts with"]
fn what_the_readme_says_works() {
    let scratch = tempfile::tempdir().unwrap();
    let blocks = blocks(&readme());
    let run: Vec<_> = blocks
        .iter()
        .filter(|block| block.not_run.is_none() && block.run_in.is_empty())
        .filter(|block| block.commands != RUNNING_NOW)
        .collect();
    assert!(!run.is_empty(), "the README shows nothing that can be run");
    for block in run {
        let ran = bash(&block.commands, scratch.path());
        assert!(
            ran.status.success(),
            "README.md:{}\n{}\n{}{}",
            block.line,
            block.commands,
            String::from_utf8_lossy(&ran.stdout),
            String::from_utf8_lossy(&ran.stderr)
        );
    }
}

/// Runs commands in the repository as a person would on a fresh machine that has Rust.
fn bash(commands: &str, home: &Path) -> std::process::Output {
    let mut bash = Command::new("bash");
    bash.args(["-euo", "pipefail", "-c", commands])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_clear()
        .env("HOME", home);
    let real_home = std::env::var_os("HOME")
        .map(std::path::PathBuf::from)
        .unwrap_or_default();
    for (name, below_home) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
        bash.env(
            name,
            std::env::var_os(name).unwrap_or_else(|| real_home.join(below_home).into()),
        );
    }
    let path = std::env::var("PATH").unwrap();
    // What is installed goes into the scratch home, and is found there by the blocks that follow.
    bash.env("CARGO_INSTALL_ROOT", home)
        .env("PATH", format!("{}/bin:{path}", home.display()));
    bash.output().unwrap()
}

#[test]
fn blocks_and_reasons_are_read() {
    let blocks = blocks(
        "text\n```sh\na\nb\n```\n<!-- not run: needs a pool -->\n```sh\nc\n```\n```toml\nd\n```\n<!-- not run:-->\n```sh\n```\n\
         <!-- run in zsh fish -->\n```fish\ne\n```\n",
    );
    let read: Vec<_> = blocks
        .iter()
        .map(|block| {
            (
                block.commands.as_str(),
                block.line,
                block.not_run.as_deref(),
                block.run_in.join("+"),
            )
        })
        .collect();
    let nowhere = String::new;
    assert_eq!(
        read,
        [
            ("a\nb\n", 2, None, nowhere()),
            ("c\n", 7, Some("needs a pool"), nowhere()),
            ("", 14, Some(""), nowhere()),
            ("e\n", 17, None, "zsh+fish".to_owned()),
        ]
    );
}

/// The recipes for scripts, as they stand there, in each shell, against the sandbox and an API of example.com.
#[cfg(unix)]
mod recipes {
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::time::Duration;

    use cognito_login::sandbox::{AppClient, MACHINE_CLIENT_ID, Sandbox, Settings};

    use super::{Block, blocks, readme};
    use crate::aws_credentials;
    use crate::support::pool::Pool;
    use crate::support::service::Service;
    use crate::support::terminal::{PROGRAM, Ran, Terminal};
    use crate::support::tls::{Authority, Term, TlsServer};

    /// An API at `https://api.example.com` that wants a token.
    struct Api {
        authority: Authority,
        service: Service,
        tls: TlsServer,
    }

    impl Api {
        fn start() -> Api {
            let authority = Authority::new();
            let service = Service::start(|asked| match asked.header("authorization") {
                Some(_) => (200, "", "orders\n".into()),
                None => (401, "", "who are you?\n".into()),
            });
            let tls = TlsServer::start(&authority, "api.example.com", Term::Now, &service.base);
            Api {
                authority,
                service,
                tls,
            }
        }

        /// Gives that machine a shell's surroundings: our program and the system's on the path, and a curl that finds us.
        fn at_hand(&self, terminal: &mut Terminal) {
            let bin = terminal.home().join("bin");
            let path = std::env::var("PATH").unwrap();
            terminal.set("PATH", format!("{}:{path}", bin.display()));
            symlink(PROGRAM, bin.join("cognito-login")).unwrap();
            let bundle = self.authority.bundle(terminal);
            let curlrc = format!(
                "connect-to = \"api.example.com:443:127.0.0.1:{}\"\ncacert = \"{}\"\n",
                self.tls.port,
                bundle.display()
            );
            terminal.write(".curlrc", &curlrc);
        }

        fn bearers(&self) -> Vec<String> {
            let asked = self.service.asked();
            let header = |asked: &crate::support::service::Asked| {
                asked.header("authorization").unwrap_or("none").to_owned()
            };
            asked.iter().map(header).collect()
        }
    }

    /// Prints what a program that the shell starts finds in its environment.
    const AFTERWARDS: &str = "env | grep ^AWS_ACCESS_KEY_ID= | cat\n";

    fn run(shell: &str, terminal: &Terminal, block: &Block) -> Ran {
        let commands = match block.commands.starts_with("eval ") {
            true => format!("{}{AFTERWARDS}", block.commands),
            false => block.commands.clone(),
        };
        terminal.start_program(shell, &["-c", &commands]).finish()
    }

    fn work_in(shell: &str) {
        let blocks = blocks(&readme());
        let run: Vec<_> = blocks
            .iter()
            .filter(|block| block.run_in.iter().any(|there| there == shell))
            .collect();
        assert!(run.len() >= 6, "{}", run.len());
        for block in run {
            println!("README.md:{} in {shell}", block.line);
            if block.commands.contains("< secret.txt") {
                takes_the_secret(shell, block);
            } else {
                works_and_fails_as_it_should(shell, block);
            }
        }
    }

    fn takes_the_secret(shell: &str, block: &Block) {
        let (api, pool) = (Api::start(), Pool::start_with(&["--client-secret"]));
        let mut terminal = pool.terminal();
        api.at_hand(&mut terminal);
        terminal.write("secret.txt", &format!("{}\n", pool.client_secret()));
        run(shell, &terminal, block).code(0).stdout("");
        pool.sign_in(&terminal);
    }

    fn works_and_fails_as_it_should(shell: &str, block: &Block) {
        let api = Api::start();
        let identity_pool = aws_credentials::identity_pool(Duration::from_secs(3_600));
        let lifetimes = [
            "--access-token-lifetime",
            "30s",
            "--id-token-lifetime",
            "30s",
        ];
        let pool = Pool::start_with(&lifetimes);
        let machine = || {
            let mut terminal = aws_credentials::terminal(&pool, &identity_pool);
            api.at_hand(&mut terminal);
            let script = "#!/bin/sh\nset -eu\n: $COGNITO_ID_TOKEN $COGNITO_TOKEN_EXPIRES_AT\necho \"$COGNITO_ACCESS_TOKEN\" >ran\n";
            let script = terminal.write("integration-tests", script);
            std::fs::set_permissions(script, PermissionsExt::from_mode(0o755)).unwrap();
            terminal
        };
        let (stranger, signed_in, cut_off) = (machine(), machine(), machine());
        pool.sign_in(&cut_off);
        for name in ["access_token_seconds", "id_token_seconds"] {
            pool.rule(name, 3_600);
        }
        let commands = block.commands.as_str();
        let (calls, execs) = (
            commands.contains("api.example.com"),
            commands.contains("exec"),
        );
        let (evals, ends) = (commands.starts_with("eval"), commands.contains("logout"));

        pool.sign_in(&signed_in);
        let token = signed_in.run(&["token"]).code(0).stdout;
        let ran = run(shell, &signed_in, block).code(0);
        assert!(!ran.stderr.contains("error:"), "{}", ran.stderr);
        let bearer = format!("Bearer {}", token.trim_end());
        assert_eq!(api.bearers(), if calls { vec![bearer] } else { vec![] });
        assert_eq!(ran.stdout.contains("orders\n"), calls, "{}", ran.stdout);
        assert_eq!(ran.stdout.contains(&token), ends, "{}", ran.stdout);
        assert_eq!(ran.stdout == "AWS_ACCESS_KEY_ID=ASIAEXAMPLE1\n", evals);
        let given = std::fs::read_to_string(signed_in.home().join("ran")).ok();
        assert_eq!(given, execs.then_some(token));
        signed_in.run(&["token"]).code(if ends { 3 } else { 0 });
        if ends {
            return;
        }
        let asked = api.bearers().len();
        pool.stop();
        for (terminal, code) in [(stranger, 3), (cut_off, 4)] {
            let ran = run(shell, &terminal, block);
            assert_eq!(ran.stdout, "", "{}", ran.stderr);
            assert!(ran.stderr.contains("error: "), "{}", ran.stderr);
            if evals {
                continue; // the shell itself goes on, with nothing set
            }
            let ran = ran.code(code);
            let advice = ran.stderr.ends_with("\nrun: cognito-login login\n");
            assert_eq!(
                advice,
                code == 3 && commands.contains("run: "),
                "{}",
                ran.stderr
            );
            assert_eq!(
                api.bearers().len(),
                asked,
                "nothing goes out without a token"
            );
        }
    }

    #[test]
    #[ignore = "needs curl"]
    fn work_in_bash() {
        work_in("bash");
    }

    #[test]
    #[ignore = "needs zsh and curl"]
    fn work_in_zsh() {
        work_in("zsh");
    }

    #[test]
    #[ignore = "needs fish and curl"]
    fn work_in_fish() {
        work_in("fish");
    }

    /// The steps of the two CI recipes, with the variables they set themselves.
    fn ci_steps(readme: &str) -> Vec<(String, Vec<(String, String)>)> {
        let yaml = readme.split("```yaml\n").skip(1);
        let yaml = yaml.map(|rest| rest.split("\n```").next().unwrap());
        yaml.map(|text| {
            let steps = match text.split_once("run: |\n") {
                Some((_, steps)) => steps.lines().map(str::trim).collect::<Vec<_>>(),
                None => {
                    let (_, steps) = text.split_once("script:\n").unwrap();
                    steps.lines().map(|line| &line.trim()[2..]).collect()
                }
            };
            let words: Vec<_> = text
                .split(|c: char| c.is_whitespace() || ",{}".contains(c))
                .filter(|word| !word.is_empty())
                .collect();
            let set = words.windows(2).filter_map(|pair| {
                let name = pair[0].strip_suffix(':')?;
                let ours = name.starts_with("COGNITO_") && !pair[1].starts_with('$');
                ours.then(|| (name.to_owned(), pair[1].to_owned()))
            });
            (steps.join("\n"), set.collect())
        })
        .collect()
    }

    #[test]
    #[ignore = "needs curl"]
    fn of_ci_machines_call_with_a_token_and_not_without() {
        let client = AppClient::machine();
        let secret = client.secret.clone().unwrap();
        let sandbox = Sandbox::start(Settings {
            port: 0,
            more_clients: vec![client],
            ..Settings::default()
        })
        .unwrap();
        let steps = ci_steps(&readme());
        assert_eq!(steps.len(), 2);
        for (commands, variables) in steps {
            assert_eq!(variables.len(), 2, "{variables:?}");
            let api = Api::start();
            let mut terminal = Terminal::new();
            api.at_hand(&mut terminal);
            for (name, value) in variables {
                terminal.set(&name, value);
            }
            terminal
                .set("COGNITO_ISSUER", &sandbox.ready().issuer)
                .set("COGNITO_CLIENT_ID", MACHINE_CLIENT_ID)
                .set("COGNITO_CLIENT_SECRET", "wrong");
            // As both services start it.
            let arguments = ["-e", "-o", "pipefail", "-c", &commands];
            let run = |terminal: &Terminal| terminal.start_program("bash", &arguments).finish();
            run(&terminal).code(5).stdout("");
            assert_eq!(api.bearers(), [""; 0]);
            terminal.set("COGNITO_CLIENT_SECRET", &secret);
            run(&terminal).code(0).stdout("orders\n");
            let bearers = api.bearers();
            assert!(bearers.len() == 1 && bearers[0].starts_with("Bearer eyJ"));
        }
    }
}
