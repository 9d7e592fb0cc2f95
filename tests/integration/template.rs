//! `template`: what it prints is a template that CloudFormation takes, and whose outputs `configure` understands.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::support::terminal::{PROGRAM, Terminal};

/// Every option, alone and together, as far as they change each other.
const OPTIONS: [&[&str]; 7] = [
    &[],
    &["--confidential", "--rotation"],
    &[
        "--rotation",
        "--group",
        "admins",
        "--group",
        "site-admins",
        "--identity-pool",
    ],
    &[
        "--resource-server",
        "api:read,write",
        "--resource-server",
        "https://api.example.com:all",
    ],
    &[
        "--logo",
        "logo.png",
        "--domain",
        "my-app",
        "--redirect-uri",
        "http://127.0.0.1:8400/cb",
        "--logout-uri",
        "https://example.com/",
    ],
    &[
        "--css",
        "style.css",
        "--logo",
        "logo.png",
        "--confidential",
        "--identity-pool",
    ],
    &[
        "--classic",
        "--scope",
        "openid email",
        "--resource-server",
        "api:read",
    ],
];

/// A machine with a logo and a style sheet.
fn machine() -> Terminal {
    let terminal = Terminal::new();
    std::fs::write(terminal.home().join("logo.png"), b"\x89PNG\r\n\x1a\n").unwrap();
    terminal.write(
        "style.css",
        ".logo-customizable {\n\tmax-width: 60%;\n}\n\n.banner-customizable { background: #fff }\n",
    );
    terminal
}

fn template(terminal: &Terminal, options: &[&str]) -> String {
    let args = [&["template", "--profile", "work"], options].concat();
    terminal.run(&args).code(0).stderr("").stdout
}

#[test]
fn it_is_printed_and_nothing_else() {
    let terminal = machine();
    for options in OPTIONS {
        let printed = template(&terminal, options);
        assert!(
            printed.starts_with("# A user pool") && printed.ends_with('\n'),
            "{printed}"
        );
        assert!(
            printed.contains("| cognito-login configure --profile work --import -\n"),
            "{printed}"
        );
    }
    assert!(!terminal.config_file().exists());
}

#[test]
fn what_cannot_become_a_template_is_wrong_usage() {
    let terminal = machine();
    for options in [
        ["--css", "nowhere"],
        ["--logo", "style.css"],
        ["--group", "a b"],
        ["--resource-server", "api"],
        ["--domain", "my.example"],
    ] {
        let ran = terminal
            .run(&[&["template"], &options[..]].concat())
            .code(2)
            .stdout("");
        assert!(ran.stderr.starts_with("error: "), "{}", ran.stderr);
    }
}

#[test]
fn a_long_template_says_how_to_deploy_it() {
    let terminal = machine();
    let logo = [b"\x89PNG".to_vec(), vec![0; 60_000]].concat();
    std::fs::write(terminal.home().join("logo.png"), logo).unwrap();
    let ran = terminal.run(&["template", "--logo", "logo.png"]).code(0);
    assert!(ran.stdout.len() > 60_000);
    ran.stderr("warning: the template is longer than 51,200 bytes: add --s3-bucket BUCKET to aws cloudformation deploy\n");
}

#[test]
#[ignore = "needs cfn-lint and moto"]
fn cfn_lint_finds_nothing_wrong() {
    let terminal = machine();
    let files: Vec<_> = OPTIONS
        .iter()
        .enumerate()
        .map(|(number, options)| {
            terminal.write(&format!("{number}.yaml"), &template(&terminal, options))
        })
        .collect();
    let linted = Command::new(programs().join("cfn-lint"))
        .arg("--template")
        .args(&files)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&linted.stdout).into_owned()
        + &String::from_utf8_lossy(&linted.stderr);
    assert!(linted.status.success() && said.is_empty(), "{said}");
}

#[test]
#[ignore = "needs cfn-lint and moto"]
fn deployed_its_outputs_configure_the_same_whether_imported_or_run() {
    for options in OPTIONS {
        let terminal = machine();
        let file = terminal.write("template.yaml", &template(&terminal, options));
        let (stack, client) = deploy(&file);
        assert_eq!(stack["Stacks"][0]["StackStatus"], "CREATE_COMPLETE");
        terminal
            .run_with_input(
                &["configure", "--profile", "work", "--import", "-"],
                &stack.to_string(),
            )
            .code(0)
            .stderr("");
        let imported = std::fs::read_to_string(terminal.config_file()).unwrap();
        run_configure(
            &terminal,
            output(&stack, "Configure"),
            client["ClientSecret"].as_str(),
        );
        let run = std::fs::read_to_string(terminal.config_file()).unwrap();
        assert_eq!(imported, run, "{options:?}");
        fits(&terminal, &client);
    }
}

/// Runs the output, as a person does who pastes it into a shell; of a pipe only what comes after the secret was read.
fn run_configure(terminal: &Terminal, line: &str, secret: Option<&str>) {
    let command = match line.split_once(" | ") {
        Some((read, command)) => {
            assert!(
                read.starts_with("aws cognito-idp describe-user-pool-client ") && secret.is_some(),
                "{line}"
            );
            command
        }
        None => line,
    };
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!(
        "printf '%s\\n' \"$SECRET\" | {command} --store file; echo $?"
    ));
    let path = Path::new(PROGRAM).parent().unwrap().display().to_string();
    shell
        .env_clear()
        .env("PATH", format!("{path}:/usr/bin:/bin"))
        .env("HOME", terminal.home());
    shell
        .env("XDG_CONFIG_HOME", terminal.home().join("config"))
        .env("XDG_STATE_HOME", terminal.home().join("state"));
    shell.env("SECRET", secret.unwrap_or_default());
    let ran = shell.output().unwrap();
    assert_eq!(
        (ran.stdout.as_slice(), ran.stderr.as_slice()),
        (b"0\n".as_slice(), b"".as_slice()),
        "{command}"
    );
    // The store is ours, not the output's: there is no keyring here.
    let text = std::fs::read_to_string(terminal.config_file()).unwrap();
    terminal.configure(&text.replace("store = \"file\"\n", ""));
}

/// What the profile sends has to be what the app client takes.
fn fits(terminal: &Terminal, client: &Value) {
    let status = terminal
        .run(&["status", "--json", "--profile", "work"])
        .json();
    let settings = &status["profiles"][0]["settings"];
    let value = |key: &str| settings[key]["value"].clone();
    assert_eq!(value("client_id"), client["ClientId"]);
    assert_eq!(value("redirect_uris"), client["CallbackURLs"]);
    assert_eq!(value("scopes"), client["AllowedOAuthScopes"]);
    assert_eq!(client["AllowedOAuthFlows"], serde_json::json!(["code"]));
    assert_eq!(client["AllowedOAuthFlowsUserPoolClient"], true);
}

fn output<'a>(stack: &'a Value, key: &str) -> &'a str {
    let outputs = stack["Stacks"][0]["Outputs"].as_array().unwrap();
    let output = outputs.iter().find(|output| output["OutputKey"] == key);
    output.unwrap()["OutputValue"].as_str().unwrap()
}

/// Deploys a template to moto; returns what `describe-stacks` says, and the app client.
fn deploy(template: &Path) -> (Value, Value) {
    let script = folder().join("deploy.py");
    let ran = Command::new(programs().join("python"))
        .arg(script)
        .arg(template)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    let mut lines = said.lines().map(|line| serde_json::from_str(line).unwrap());
    match (lines.next(), lines.next()) {
        (Some(stack), Some(client)) => (stack, client),
        _ => panic!("{}", String::from_utf8_lossy(&ran.stderr)),
    }
}

/// Returns where cfn-lint and moto's Python are; installs them if need be.
fn programs() -> PathBuf {
    let installed = Command::new(folder().join("install")).output().unwrap();
    assert!(
        installed.status.success(),
        "{}",
        String::from_utf8_lossy(&installed.stderr)
    );
    PathBuf::from(String::from_utf8(installed.stdout).unwrap().trim())
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stack")
}
