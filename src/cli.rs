//! The grammar of the command line, and the way from arguments to an exit code.

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::mem::ManuallyDrop;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, ColorChoice, Command, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::commands::{self, Selection, World};
use crate::failure::{Exit, Failure};
use crate::output::{self, Output, Style};

/// Sign in to an Amazon Cognito user pool with the system browser; tokens go into the OS keyring and renew themselves.
#[derive(Debug, Parser)]
#[command(name = NAME, bin_name = NAME, version, long_version = env!("COGNITO_LOGIN_BUILD"), max_term_width = WIDTH, propagate_version = true, after_help = AFTER_HELP)]
#[command(
    disable_help_subcommand = false,
    subcommand_required = true,
    arg_required_else_help = true
)]
pub struct Cli {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    options: Options,
}

/// What every verb knows.
#[derive(Args, Debug)]
struct Options {
    #[command(flatten)]
    selection: Selection,
    /// Data and errors as JSON
    #[arg(long, global = true)]
    json: bool,
    /// Say nothing but errors and what must be seen to go on
    #[arg(long, short, global = true)]
    quiet: bool,
    /// Tell each step on stderr, never a secret
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
    /// When to use colour
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        hide_default_value = true
    )]
    color: ColorChoice,
}

const NAME: &str = "cognito-login";
const WIDTH: usize = 100;

const AFTER_HELP: &str = "\
Examples:
  cognito-login demo                                    see it work, without an AWS account
  cognito-login login --user-pool-id us-east-1_AbCdEf123 --client-id 1example23456789
  cognito-login curl -- https://api.example.com/        call an API with the access token

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 sign-in needed, 4 pool unreachable, 5 settings wrong,
6 sign-in not completed, 130 interrupted, 143 terminated. `cognito-login help errors` names every error.";

#[derive(Debug, Subcommand)]
enum Verb {
    /// Sign in through the pool's login pages and keep the session
    Login(commands::login::LoginArgs),
    /// Show who is signed in, as the pool says now
    Whoami(commands::whoami::WhoamiArgs),
    /// Print a valid token, renewing it if needed
    Token(commands::token::TokenArgs),
    /// Revoke and delete the session
    Logout(commands::logout::LogoutArgs),
    /// Show what is kept on this machine, without network or keyring
    #[command(after_help = commands::status::AFTER_HELP)]
    Status,
    /// Check everything a sign-in needs, and say what to do about each failure
    #[command(after_help = commands::doctor::AFTER_HELP)]
    Doctor,
    /// Run a program with the tokens in its environment
    Exec(commands::exec::ExecArgs),
    /// Run curl with the Authorization header
    Curl(commands::curl::CurlArgs),
    /// Print temporary AWS credentials from an identity pool
    AwsCredentials(commands::aws_credentials::AwsCredentialsArgs),
    /// Print the ID token as a Kubernetes client wants it
    Kubernetes(commands::kubernetes::KubernetesArgs),
    /// Run a user pool on this machine, with login pages
    #[cfg(feature = "sandbox")]
    Sandbox(commands::sandbox::SandboxArgs),
    /// See a whole sign-in against a pool in this process, without an AWS account
    #[cfg(feature = "sandbox")]
    Demo(commands::demo::DemoArgs),
    /// Set up a profile: asks, or takes flags or another tool's file
    Configure(commands::configure::ConfigureArgs),
    /// Print a CloudFormation template that makes a pool, its login pages and an app client
    Template(commands::template::TemplateArgs),
    /// Print the completion script of a shell
    Completions(commands::completions::CompletionsArgs),
    /// Print the manual page
    Man(commands::man::ManArgs),
    /// Print every error by name
    #[command(hide = true, override_help = commands::errors::CATALOGUE)]
    Errors,
}

/// Runs the program and returns its exit code.
pub fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let cli = match parse(&arguments) {
        Ok(cli) => cli,
        Err(error) => return usage(&error, &arguments),
    };
    let world = World::new();
    let style = cli.style(&world);
    let mut output = Output::new(style);
    let exit = match cli.run(&world, &mut output) {
        Ok(exit) => exit,
        Err(error) if output::is_broken_pipe(&error) => Exit::Done,
        Err(error) => {
            output.fail(&error);
            Exit::of(&error)
        }
    };
    // Threads that wait for a person or a peer are not joined.
    std::process::exit(exit as i32)
}

/// Parses by the grammar of the one verb that the first argument names, if it names one.
///
/// clap copies every global flag into every verb there is, which would cost more than all the rest of a valid token.
/// Taking a grammar apart costs as much as making it, and this process ends soon: that is left to the system.
fn parse(arguments: &[OsString]) -> clap::error::Result<Cli> {
    // `help VERB` is `VERB --help`, so that both say the same.
    if let [program, help, verb] = arguments
        && help == "help"
        && verb != "help"
        && !verb.to_string_lossy().starts_with('-')
    {
        return parse(&[program.clone(), verb.clone(), "--help".into()]);
    }
    let whole = ManuallyDrop::new(Verb::augment_subcommands(Command::new(NAME)));
    let verb = arguments
        .get(1)
        .and_then(|name| whole.find_subcommand(name));
    let mut meant = ManuallyDrop::new(match verb {
        None => grammar(),
        // The verb's own flags come first in its help.
        Some(verb) => {
            let options = Options::augment_args(Command::new(NAME).next_display_order(100));
            commands::without_idle_settings(options, verb.get_name())
                .bin_name(NAME)
                .version(env!("CARGO_PKG_VERSION"))
                .propagate_version(true)
                .max_term_width(WIDTH)
                .subcommand(verb)
        }
    });
    Cli::from_arg_matches(&meant.try_get_matches_from_mut(arguments)?)
}

/// Returns the grammar, for completions, the manual page and tests.
pub fn grammar() -> Command {
    Cli::command()
}

impl Cli {
    fn run(self, world: &World, output: &mut Output) -> Result<Exit> {
        let selection = &self.options.selection;
        match self.verb {
            Verb::Login(args) => commands::login::run(args, selection, world, output),
            Verb::Whoami(args) => commands::whoami::run(args, selection, world, output),
            Verb::Token(args) => commands::token::run(args, selection, world, output),
            Verb::Logout(args) => commands::logout::run(args, selection, world, output),
            Verb::Status => commands::status::run(selection, world, output),
            Verb::Doctor => commands::doctor::run(selection, world, output),
            Verb::Exec(args) => commands::exec::run(args, selection, world, output),
            Verb::Curl(args) => commands::curl::run(args, selection, world, output),
            Verb::AwsCredentials(args) => {
                commands::aws_credentials::run(args, selection, world, output)
            }
            Verb::Kubernetes(args) => commands::kubernetes::run(args, selection, world, output),
            #[cfg(feature = "sandbox")]
            Verb::Sandbox(args) => commands::sandbox::run(args, selection, world, output),
            #[cfg(feature = "sandbox")]
            Verb::Demo(args) => commands::demo::run(args, selection, world, output),
            Verb::Configure(args) => commands::configure::run(args, selection, world, output),
            Verb::Template(args) => commands::template::run(args, selection, output),
            Verb::Completions(args) => {
                commands::completions::run(args, selection, grammar(), world, output)
            }
            Verb::Man(args) => commands::man::run(args, grammar(), output),
            Verb::Errors => commands::errors::run(output),
        }?;
        Ok(Exit::Done)
    }

    /// Colour as `--color` says; by default on a terminal unless `NO_COLOR` is set or it is a dumb one, or where
    /// `CLICOLOR_FORCE` is.
    fn style(&self, world: &World) -> Style {
        let forced = || {
            world
                .variable("CLICOLOR_FORCE")
                .filter(|value| value != "0")
        };
        let wanted = match self.options.color {
            ColorChoice::Always => Some(true),
            ColorChoice::Never => Some(false),
            ColorChoice::Auto if world.variable("NO_COLOR").is_some() => Some(false),
            ColorChoice::Auto => forced().map(|_| true),
        };
        let rich = std::io::stderr().is_terminal() && !world.is_dumb();
        Style {
            json: self.options.json,
            quiet: self.options.quiet,
            verbose: self.options.verbose,
            wanted,
            colour: wanted.unwrap_or(rich),
            rich,
        }
    }
}

/// Help and version are answers; anything else clap says is a usage error, as JSON where that was asked for.
fn usage(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    if !error.use_stderr() {
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    if arguments.iter().any(|argument| argument == "--json") {
        let text = error.to_string();
        let first = text
            .lines()
            .next()
            .unwrap_or_default()
            .trim_start_matches("error: ");
        let failure = Failure::new(Exit::Usage, "usage", first).hint("cognito-login --help");
        Output::new(Style {
            json: true,
            ..Style::default()
        })
        .fail(&failure.into());
    } else {
        let _ = error.print();
        let _ = std::io::stderr().flush();
    }
    ExitCode::from(Exit::Usage as u8)
}
