//! `template` before cfn-lint, and deployed to moto: its outputs are what `configure` needs.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::python;
use crate::support::terminal::{PROGRAM, Terminal};
use crate::template::{OPTIONS, machine, template};

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
    let linted = Command::new(python::bin().join("cfn-lint"))
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
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/deploy.py");
    let ran = Command::new(python::bin().join("python"))
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
