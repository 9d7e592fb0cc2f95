//! Completion as the shells do it: scripts generated from the grammar, which ask the program for names of profiles.

use std::path::Path;

use crate::support::terminal::{PROGRAM, Terminal};

/// Profiles of which only the first two can be named in a shell without quotes.
const PROFILES: &str = "\
[profiles.work]
[profiles.work-2]
[profiles.'$(touch boom)']
[profiles.'two words']
[profiles.'-x']
";

/// A machine with these profiles, where the program and the system's shells are found.
fn machine() -> Terminal {
    let mut terminal = Terminal::new();
    terminal.configure(PROFILES);
    let folder = Path::new(PROGRAM).parent().unwrap();
    let path = std::env::var("PATH").unwrap();
    terminal.set("PATH", format!("{}:{path}", folder.display()));
    terminal
}

#[test]
fn the_names_of_profiles_are_those_a_shell_takes_as_they_are() {
    let terminal = machine();
    terminal
        .run(&["completions", "profiles"])
        .code(0)
        .stdout("sandbox\nwork\nwork-2\n")
        .stderr("");
    terminal.configure("not toml");
    terminal
        .run(&["completions", "profiles"])
        .code(0)
        .stdout("sandbox\n")
        .stderr("");
}

#[test]
fn completions_are_those_that_are_checked_in() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("completions");
    for (shell, file) in [
        ("bash", "cognito-login.bash"),
        ("zsh", "_cognito-login"),
        ("fish", "cognito-login.fish"),
        ("elvish", "cognito-login.elv"),
        ("powershell", "_cognito-login.ps1"),
    ] {
        let script = Terminal::new()
            .run(&["completions", shell])
            .code(0)
            .stderr("")
            .stdout;
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join(file), &script).unwrap();
        }
        let kept = std::fs::read_to_string(folder.join(file))
            .unwrap_or_else(|error| panic!("completions/{file}: {error}"));
        assert!(
            script == kept.replace("\r\n", "\n"),
            "completions/{file} is not what `completions {shell}` prints"
        );
    }
}

#[cfg(unix)]
mod in_a_shell {
    use super::*;
    use crate::support::seat::Seat;

    #[test]
    fn bash_completes_verbs_flags_and_profiles() {
        let terminal = machine();
        let script = terminal.run(&["completions", "bash"]).code(0).stdout;
        let ask = |words: &[&str]| {
            let (line, last) = (words.join(" "), words.len() - 1);
            let (word, before) = (words[last], words[last - 1]);
            let ask = format!(
                "{script}\nCOMP_WORDS=({line}) COMP_CWORD={last}\n_cognito__login cognito-login '{word}' {before}\n\
                 printf '%s\\n' \"${{COMPREPLY[@]}}\""
            );
            let args = ["--norc", "-c", &ask];
            terminal
                .start_program("bash", &args)
                .finish()
                .code(0)
                .stdout
        };
        assert_eq!(ask(&["cognito-login", "to"]), "token\n");
        assert_eq!(
            ask(&["cognito-login", "token", "--force"]),
            "--force-refresh\n"
        );
        assert_eq!(
            ask(&["cognito-login", "--profile", ""]),
            "sandbox\nwork\nwork-2\n"
        );
        assert_eq!(
            ask(&["cognito-login", "token", "--profile", "sa"]),
            "sandbox\n"
        );
        assert!(!terminal.home().join("boom").exists());
    }

    #[test]
    #[ignore = "needs fish"]
    fn fish_completes_profiles() {
        let terminal = machine();
        let ask = |line: &str| {
            let ask = format!("cognito-login completions fish | source; complete -C '{line}'");
            let args = ["--no-config", "-c", &ask];
            terminal
                .start_program("fish", &args)
                .finish()
                .code(0)
                .stdout
        };
        assert_eq!(ask("cognito-login --profile "), "sandbox\nwork\nwork-2\n");
        assert_eq!(ask("cognito-login token --profile wo"), "work\nwork-2\n");
        assert!(ask("cognito-login toke").starts_with("token\t"));
    }

    #[test]
    #[ignore = "needs zsh"]
    fn zsh_completes_profiles() {
        let mut terminal = machine();
        let script = terminal.run(&["completions", "zsh"]).code(0).stdout;
        terminal.write("functions/_cognito-login", &script);
        terminal.set("TERM", "dumb").set("PS1", "ready> ");
        let mut zsh = terminal.command("zsh");
        zsh.args(["-f", "-i"]);
        let mut seat = Seat::run(zsh, (200, 50));
        let load =
            "fpath=(~/functions $fpath); autoload -U compinit; compinit -u -D; echo loaded\n";
        seat.at("ready> ", load);
        seat.wait_for("\nloaded");
        for (typed, completed) in [
            (
                "cognito-login token --profile sa\t",
                "token --profile sandbox",
            ),
            ("cognito-login --profile work-\t", "--profile work-2"),
            ("cognito-login toke\t", "token"),
        ] {
            // What stands on the line then is printed, not run: Ctrl-A goes to its beginning.
            seat.at("ready> ", &format!("{typed}\x01print -r -- \n"));
            seat.wait_for(&format!("\ncognito-login {completed}\r\n"));
        }
    }
}
