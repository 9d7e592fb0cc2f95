//! `completions`: the completion script of a shell, generated from the grammar; it asks the program for names of profiles.

use anyhow::Result;
use clap::builder::PossibleValue;
use clap::{Args, Command, ValueEnum};
use clap_complete::Shell;

use super::selection::{Selection, built_in};
use super::world::World;
use crate::output::Output;
use crate::profile::ProfileFile;
use crate::session::Summary;

/// Arguments of `completions`.
#[derive(Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub struct CompletionsArgs {
    /// The shell
    shell: Asked,
}

const AFTER_HELP: &str = "\
Examples:
  cognito-login completions bash > ~/.local/share/bash-completion/completions/cognito-login
  cognito-login completions zsh > ~/.zfunc/_cognito-login      with fpath+=~/.zfunc before compinit
  cognito-login completions fish > ~/.config/fish/completions/cognito-login.fish
  cognito-login completions powershell >> $PROFILE

Names of profiles are completed too, in bash, zsh and fish.";

/// Whose script is asked for; or what the scripts ask for, which no list shows.
#[derive(Clone, Copy, Debug)]
enum Asked {
    Script(Shell),
    Profiles,
}

impl ValueEnum for Asked {
    fn value_variants<'a>() -> &'a [Asked] {
        &[
            Asked::Script(Shell::Bash),
            Asked::Script(Shell::Elvish),
            Asked::Script(Shell::Fish),
            Asked::Script(Shell::PowerShell),
            Asked::Script(Shell::Zsh),
            Asked::Profiles,
        ]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Asked::Script(shell) => shell.to_possible_value(),
            Asked::Profiles => Some(PossibleValue::new("profiles").hide(true)),
        }
    }
}

/// Prints the script, or what it asks for.
///
/// # Errors
/// Fails when stdout cannot be written.
pub fn run(
    args: CompletionsArgs,
    selection: &Selection,
    grammar: Command,
    world: &World,
    output: &mut Output,
) -> Result<()> {
    match args.shell {
        Asked::Script(shell) => output.data(script(shell, grammar).as_bytes()),
        Asked::Profiles => output.data(names(selection, world).as_bytes()),
    }
}

/// The word in whose place a script asks for names.
const NAMES: &str = "NAMES-OF-PROFILES";

/// What a script runs then.
const ASK: &str = "cognito-login completions profiles 2>/dev/null";

fn script(shell: Shell, grammar: Command) -> String {
    let mut grammar = grammar.mut_arg("profile", |profile| profile.value_parser([NAMES]));
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut grammar, "cognito-login", &mut script);
    let script = String::from_utf8_lossy(&script);
    match shell {
        // The generator spells a name with a hyphen in two ways, and no verb is completed (clap-rs/clap#6421).
        Shell::Bash => script
            .replace("cognito__subcmd__login", "cognito__login")
            .replace(NAMES, &format!("$({ASK})")),
        Shell::Zsh => script.replace(NAMES, &format!("$({ASK})")),
        // Its conditions do not hold before the first verb while a flag still lacks its value: this line has none.
        Shell::Fish => {
            let asking = format!("complete -c cognito-login -l profile -r -f -a \"({ASK})\"\n");
            asking + &script.replace(&format!(" -a \"{NAMES}\\t''\""), "")
        }
        // They complete no values.
        _ => script.into_owned(),
    }
}

/// The profiles in the file, those that are built in, and those that are signed in; as many as can be read.
///
/// Shells take words apart and expand what is in them, so only names that no shell gives a meaning are among them.
fn names(selection: &Selection, world: &World) -> String {
    let file = world.config_file(selection.config.as_deref());
    let file = file.and_then(|path| ProfileFile::read(&path));
    let kept = world.state_dir().map(|folder| Summary::read_all(&folder));
    let mut names = file.map_or_else(|_| Vec::new(), |file| file.profiles());
    names.extend(kept.into_iter().flatten().map(|summary| summary.profile));
    names.extend(
        ["sandbox".to_owned()]
            .into_iter()
            .filter(|name| built_in(name).is_some()),
    );
    names.retain(|name| {
        name.starts_with(|c: char| c.is_ascii_alphanumeric())
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "._-@+".contains(c))
    });
    names.sort();
    names.dedup();
    names.iter().map(|name| format!("{name}\n")).collect()
}
