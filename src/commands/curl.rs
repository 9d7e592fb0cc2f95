//! `curl`: curl with the `Authorization` header, which no command line, environment or named file ever holds.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::process::Command;

use anyhow::{Context, Result};
use clap::Args;
use zeroize::Zeroizing;

use super::curl_line::CurlLine;
use super::exec::not_run;
use super::in_use::InUse;
use super::selection::{BrowserArgs, Selection};
use super::world::World;
use crate::failure::{Exit, Failure, printable};
use crate::output::Output;
use crate::platform::process::{Handed, run_in_place};
use crate::secret::Secret;
use crate::session::{TokenUse, Wanted};

/// No configuration of curl that a person wrote is longer.
const CONFIG_LIMIT_BYTES: u64 = 1 << 20;

/// Arguments of `curl`.
#[derive(Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub struct CurlArgs {
    /// Send the ID token, where an authorizer wants it
    #[arg(long)]
    id: bool,
    /// Send the token by plain http too, to any host
    #[arg(long)]
    allow_http: bool,
    /// curl's own arguments
    #[arg(required = true, trailing_var_arg = true, value_name = "ARGS")]
    args: Vec<OsString>,
}

const AFTER_HELP: &str = "\
The header reaches curl through a private pipe that it reads as one more `--config`. Your own
`--config`, `-d @-` and standard input work as ever; the exit code is curl's. Plain http is refused
but to this machine, also after a redirect (`-L`), where curl itself drops the header if the host
changes. One request for each call: no `--next`.

Example:
  cognito-login curl -- -sS https://api.example.com/orders -d @- < order.json";

/// Becomes curl.
///
/// # Errors
/// Fails with exit 2 when the token would leave by plain http, as `token` does when there is none, and with 127 without curl.
pub fn run(
    args: CurlArgs,
    selection: &Selection,
    world: &World,
    output: &mut Output,
) -> Result<()> {
    // First, as it may read a client secret from standard input, before a configuration there.
    let in_use = InUse::open(selection, &BrowserArgs::default(), world)?;
    let mut line = CurlLine::read(&args.args);
    let own_config = read_configs(&mut line)?;
    refuse(&line, &args)?;
    let token = if args.id {
        TokenUse::Id
    } else {
        TokenUse::Access
    };
    let session = in_use.fresh(
        Wanted {
            token,
            ..Wanted::default()
        },
        world,
        output,
    )?;
    let token = session.token(token).ok_or_else(|| in_use.no_id_token())?;
    let protocols = (!args.allow_http).then(|| line.protocols());
    let handed = Handed::new(&config(token, protocols, own_config)?)
        .context("the header could not be handed to curl")?;
    let mut command = Command::new("curl");
    command.args(configured(args.args, &line, &handed.path()));
    keep_from_proxies(&mut command, &line, world);
    // Not curl's business, as it is not the browser's.
    command.env_remove("COGNITO_CLIENT_SECRET");
    Err(no_curl(&run_in_place(command, Some(handed))).into())
}

/// Reads the configurations that the line names, as far as that does not take them from curl; the one on standard input is
/// taken, and returned.
fn read_configs(line: &mut CurlLine) -> Result<Option<Zeroizing<String>>> {
    let files: Vec<String> = line
        .configs
        .iter()
        .map(|config| config.file.clone())
        .collect();
    let mut taken = None;
    for file in files {
        if file == "-" {
            let mut text = Zeroizing::new(String::new());
            let mut stdin = std::io::stdin().lock().take(CONFIG_LIMIT_BYTES);
            stdin
                .read_to_string(&mut text)
                .context("cannot read curl's configuration from standard input")?;
            line.configured_by(&text);
            taken = taken.or(Some(text));
        } else if let Some(text) = text_of(&file) {
            line.configured_by(&text);
        }
    }
    Ok(taken)
}

/// Returns the text of a file, unless reading it would take it from curl (a pipe) or curl will not find it either.
fn text_of(file: &str) -> Option<String> {
    // Before it is opened: that alone wakes whoever writes into a pipe.
    let is_file = std::fs::metadata(file).is_ok_and(|metadata| metadata.is_file());
    let file = is_file.then(|| File::open(file).ok()).flatten()?;
    let mut bytes = Vec::new();
    file.take(CONFIG_LIMIT_BYTES).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn refuse(line: &CurlLine, args: &CurlArgs) -> Result<(), Failure> {
    let usage = |message: String| Failure::new(Exit::Usage, "usage", message);
    match line.exposed_url() {
        Some(url) if !args.allow_http => {
            let message = format!(
                "the token would go to `{}` by plain http, where anyone on the way can read it",
                printable(url, 200)
            );
            return Err(Failure::new(Exit::Usage, "plain_http", message).hint("write https:// before the address, or allow it: cognito-login curl --allow-http -- …"));
        }
        _ => {}
    }
    if line.has_next {
        let message = "with `--next`, only the first request would carry the token".to_owned();
        return Err(usage(message).hint("call `cognito-login curl` once for each request"));
    }
    if Handed::TAKES_STDIN && line.reads_stdin {
        let message = "on this system curl gets the header on its standard input, so nothing else can come from there".to_owned();
        return Err(usage(message).hint("put the data into a file: -d @FILE"));
    }
    Ok(())
}

/// Returns the configuration for curl: the header, where it may go, and what the person has to say.
fn config(
    token: &Secret,
    protocols: Option<&str>,
    own: Option<Zeroizing<String>>,
) -> Result<Secret> {
    let token = token.expose();
    // A line break would begin another option.
    if !token.bytes().all(|b| b.is_ascii_graphic()) {
        let message = "the token holds characters that no header can carry";
        return Err(Failure::new(Exit::Failed, "session_unreadable", message)
            .hint("cognito-login login")
            .into());
    }
    let quoted = Zeroizing::new(token.replace('\\', "\\\\").replace('"', "\\\""));
    let mut text = format!("header = \"Authorization: Bearer {}\"\n", *quoted);
    if let Some(protocols) = protocols {
        text.push_str(&format!(
            "proto = \"{protocols}\"\nproto-redir = \"{protocols}\"\n"
        ));
    }
    text.push_str(own.as_deref().map_or("", String::as_str));
    Ok(Secret::new(text))
}

/// Returns the arguments with our configuration among them: in place of one from standard input, or in front.
fn configured(mut args: Vec<OsString>, line: &CurlLine, path: &str) -> Vec<OsString> {
    match line.configs.iter().find(|config| config.file == "-") {
        Some(config) => args[config.at] = format!("{}{path}", config.before).into(),
        None => drop(args.splice(line.front..line.front, ["--config".into(), path.into()])),
    }
    args
}

/// A proxy for plain http reads what passes, and curl would send it even what is for this machine.
fn keep_from_proxies(command: &mut Command, line: &CurlLine, world: &World) {
    let hosts = line.loopback_hosts();
    let before = world
        .variable("no_proxy")
        .or_else(|| world.variable("NO_PROXY"));
    if hosts.is_empty() || before.as_deref() == Some("*") {
        return;
    }
    let list: Vec<String> = before.into_iter().chain(hosts).collect();
    command
        .env("no_proxy", list.join(","))
        .env("NO_PROXY", list.join(","));
}

fn no_curl(error: &io::Error) -> Failure {
    let failure = not_run("curl".as_ref(), error);
    match failure.exit {
        Exit::NotFound => failure.hint("install curl, or use: cognito-login token --header"),
        _ => failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(args: &[&str]) -> CurlArgs {
        CurlArgs {
            id: false,
            allow_http: false,
            args: args.iter().map(OsString::from).collect(),
        }
    }

    fn line(list: &[&str]) -> CurlLine {
        CurlLine::read(&args(list).args)
    }

    fn refusal(list: &[&str]) -> Option<&'static str> {
        refuse(&line(list), &args(list))
            .err()
            .map(|failure| failure.kind)
    }

    fn text(token: &str, protocols: Option<&str>, own: Option<&str>) -> Result<String> {
        let own = own.map(|own| Zeroizing::new(own.to_owned()));
        config(&Secret::new(token), protocols, own).map(|config| config.expose().to_owned())
    }

    #[test]
    fn the_token_goes_nowhere_unseen() {
        assert_eq!(refusal(&["https://api.example"]), None);
        assert_eq!(refusal(&["http://api.example"]), Some("plain_http"));
        assert_eq!(
            refusal(&["https://a.example", "--next", "https://b.example"]),
            Some("usage")
        );
        let allowed = CurlArgs {
            allow_http: true,
            ..args(&["http://api.example"])
        };
        assert!(refuse(&line(&["http://api.example"]), &allowed).is_ok());
    }

    #[test]
    fn the_configuration_holds_the_header_and_where_it_may_go() {
        let expected = "header = \"Authorization: Bearer eyJ\"\nproto = \"=https\"\nproto-redir = \"=https\"\n";
        assert_eq!(text("eyJ", Some("=https"), None).unwrap(), expected);
        assert_eq!(
            text("a\"\\b", None, Some("url = x")).unwrap(),
            "header = \"Authorization: Bearer a\\\"\\\\b\"\nurl = x"
        );
        assert!(text("a\nurl = http://evil.example", None, None).is_err());
    }

    #[test]
    fn our_configuration_stands_in_front_or_in_place_of_standard_input() {
        let with = |list: &[&str]| configured(args(list).args, &line(list), "/dev/fd/7");
        assert_eq!(with(&["-s", "x"]), ["--config", "/dev/fd/7", "-s", "x"]);
        assert_eq!(
            with(&["-q", "-K", "mine", "x"]),
            ["-q", "--config", "/dev/fd/7", "-K", "mine", "x"]
        );
        assert_eq!(
            with(&["-s", "-K", "-", "x"]),
            ["-s", "-K", "/dev/fd/7", "x"]
        );
        assert_eq!(with(&["-sK-", "x"]), ["-sK/dev/fd/7", "x"]);
    }

    #[test]
    fn a_configuration_in_a_file_is_looked_at() {
        let scratch = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(scratch.path(), "url = \"http://api.example\"").unwrap();
        let mut line = line(&["-K", scratch.path().to_str().unwrap()]);
        assert!(read_configs(&mut line).unwrap().is_none());
        assert_eq!(line.exposed_url(), Some("http://api.example"));
    }
}
