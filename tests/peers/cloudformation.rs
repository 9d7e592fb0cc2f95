//! `template` before cfn-lint, and deployed to moto: its outputs are what `configure` needs.

use std::path::{Path, PathBuf};
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
    let machines = OPTIONS.map(|_| machine());
    let files: Vec<_> = OPTIONS
        .iter()
        .zip(&machines)
        .map(|(options, terminal)| terminal.write("template.yaml", &template(terminal, options)))
        .collect();
    for (terminal, (stack, client)) in machines.iter().zip(deploy(&files)) {
        assert_eq!(stack["Stacks"][0]["StackStatus"], "CREATE_COMPLETE");
        terminal
            .run_with_input(
                &["configure", "--profile", "work", "--import", "-"],
                &stack.to_string(),
            )
            .code(0)
            .stderr("");
        fits(terminal, &client);
        let imported = std::fs::read_to_string(terminal.config_file()).unwrap();
        let line = output(&stack, "Configure");
        let pasted = profile_of(line, client["ClientSecret"].as_str());
        assert_eq!(imported, pasted, "{line}");
    }
}

/// Runs the output on a fresh machine, as a person does who pastes it into a shell; of a pipe only what comes after the
/// secret was read.
fn profile_of(line: &str, secret: Option<&str>) -> String {
    let command = match (line.split_once(" | "), secret) {
        (Some((read, command)), Some(_)) => {
            assert!(read.starts_with("aws cognito-idp describe-user-pool-client "));
            command
        }
        (None, None) => line,
        _ => panic!("a secret wants a pipe: {line}"),
    };
    let mut terminal = machine();
    let ours = Path::new(PROGRAM).parent().unwrap().to_owned();
    let system = std::env::var_os("PATH").unwrap();
    let path = std::env::join_paths(std::iter::once(ours).chain(std::env::split_paths(&system)));
    terminal
        .set("PATH", path.unwrap())
        .set("COGNITO_LOGIN_STORE", "file");
    let mut shell = terminal.start_program("sh", &["-c", command]);
    shell.write(&format!("{}\n", secret.unwrap_or_default()));
    shell.close_input();
    shell.finish().code(0).stdout("").stderr("");
    std::fs::read_to_string(terminal.config_file()).unwrap()
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

/// Deploys templates to moto; returns for each what `describe-stacks` says, and the app client.
fn deploy(templates: &[PathBuf]) -> Vec<(Value, Value)> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/deploy.py");
    let ran = Command::new(python::bin().join("python"))
        .arg(script)
        .args(templates)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    let answers: Vec<Value> = said
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let complaint = String::from_utf8_lossy(&ran.stderr);
    assert_eq!(answers.len(), 2 * templates.len(), "{complaint}");
    answers
        .chunks(2)
        .map(|pair| (pair[0].clone(), pair[1].clone()))
        .collect()
}
