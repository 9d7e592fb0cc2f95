//! `grant = "client_credentials"`: a token for a machine, which nobody signs in for and each of which is billed.

use cognito_login::sandbox::{AppClient, MACHINE_CLIENT_ID, Sandbox, Settings};
use serde_json::json;

use crate::support::terminal::Terminal;

struct Machine {
    sandbox: Sandbox,
    secret: String,
    terminal: Terminal,
}

impl Machine {
    fn new() -> Machine {
        let client = AppClient::machine();
        let secret = client.secret.clone().unwrap();
        let settings = Settings {
            port: 0,
            more_clients: vec![client],
            ..Settings::default()
        };
        let sandbox = Sandbox::start(settings).unwrap();
        let mut terminal = Terminal::new();
        terminal.configure(&format!(
            "[profiles.default]\nissuer = \"{}\"\nclient_id = \"{MACHINE_CLIENT_ID}\"\ngrant = \"client_credentials\"\nstore = \"file\"\n",
            sandbox.ready().issuer
        ));
        terminal.set("COGNITO_CLIENT_SECRET", &secret);
        Machine {
            sandbox,
            secret,
            terminal,
        }
    }

    /// How many tokens were asked for: what would be on the bill.
    fn billed(&self) -> u64 {
        self.sandbox
            .stats()
            .grants
            .get("client_credentials")
            .map_or(0, |grant| grant.asked)
    }
}

#[test]
fn a_token_needs_no_login_and_is_asked_for_once() {
    let machine = Machine::new();
    let first = machine.terminal.run(&["token"]).code(0).stderr("").stdout;
    assert_eq!(first.trim_end().split('.').count(), 3);
    assert_eq!(machine.terminal.run(&["token"]).code(0).stdout, first);
    let json = machine.terminal.run(&["token", "--json"]).code(0).json();
    assert_eq!(
        (&json["token"], &json["scope"]),
        (&json!(first.trim_end()), &json!("api/read api/write"))
    );
    assert_eq!(machine.billed(), 1);
    machine
        .terminal
        .run(&["token", "--scope", "api/read", "--force-refresh"])
        .code(0);
    assert_eq!(machine.billed(), 2);
}

#[test]
fn any_number_of_callers_at_once_is_billed_once() {
    let machine = Machine::new();
    machine
        .sandbox
        .quirks(json!({ "token": { "delay_ms": 300 } }))
        .unwrap();
    let callers: Vec<_> = (0..32)
        .map(|_| machine.terminal.start(&["token"]))
        .collect();
    let mut tokens: Vec<_> = callers
        .into_iter()
        .map(|caller| caller.finish().code(0).stdout)
        .collect();
    tokens.dedup();
    assert_eq!((tokens.len(), machine.billed()), (1, 1));
}

#[test]
fn the_secret_may_come_on_standard_input() {
    let mut machine = Machine::new();
    machine.terminal.unset("COGNITO_CLIENT_SECRET");
    let secret = format!("{}\n", machine.secret);
    machine
        .terminal
        .run_with_input(&["token", "--client-secret-stdin"], &secret)
        .code(0)
        .stderr("");
    // What is kept and good needs no secret.
    machine.terminal.run(&["token"]).code(0);
    assert_eq!(machine.billed(), 1);
}

#[test]
fn the_secret_may_be_kept() {
    let mut machine = Machine::new();
    machine.terminal.unset("COGNITO_CLIENT_SECRET");
    let secret = format!("{}\n", machine.secret);
    let keep = ["configure", "--client-secret-stdin"];
    machine.terminal.run_with_input(&keep, &secret).code(0);
    machine.terminal.run(&["token"]).code(0).stderr("");
    assert_eq!(machine.billed(), 1);
}

#[test]
fn a_wrong_secret_is_a_wrong_setting() {
    let mut machine = Machine::new();
    machine.terminal.set("COGNITO_CLIENT_SECRET", "wrong");
    machine.terminal.run(&["token"]).code(5).stdout("");
    machine.terminal.unset("COGNITO_CLIENT_SECRET");
    machine.terminal.run(&["token"]).code(5).stdout("");
}

#[test]
fn no_machine_has_an_id_token_and_none_is_paid_for() {
    let machine = Machine::new();
    let exec_info = r#"{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":true}}"#;
    let mut terminal = machine.terminal.clone();
    terminal.set("KUBERNETES_EXEC_INFO", exec_info).set(
        "COGNITO_IDENTITY_POOL_ID",
        "eu-west-1:11111111-2222-3333-4444-555555555555",
    );
    for arguments in [
        &["token", "--id", "--json"][..],
        &["kubernetes", "--login", "--json"],
        &["aws-credentials", "--json"],
    ] {
        let error = terminal.run(arguments).code(5).stdout("").json_error();
        assert_eq!(error["error"]["kind"], "id_token_missing", "{arguments:?}");
    }
    assert_eq!(machine.billed(), 0);
}

#[cfg(unix)]
#[test]
fn a_program_gets_the_machine_s_token_and_no_id_token_of_another() {
    let machine = Machine::new();
    let mut terminal = machine.terminal.clone();
    terminal
        .with_system_path()
        .set("COGNITO_ID_TOKEN", "of an outer exec");
    let script = "echo \"$COGNITO_ACCESS_TOKEN\"; echo \"${COGNITO_ID_TOKEN-none}\"";
    let token = terminal.run(&["token"]).code(0).stdout;
    terminal
        .run(&["exec", "--", "sh", "-c", script])
        .code(0)
        .stdout(&format!("{token}none\n"));
    assert_eq!(machine.billed(), 1);
}

#[cfg(unix)]
#[test]
fn what_follows_the_secret_on_standard_input_is_the_program_s() {
    let machine = Machine::new();
    let mut terminal = machine.terminal.clone();
    terminal.with_system_path().unset("COGNITO_CLIENT_SECRET");
    let input = format!("{}\nthe rest\n", machine.secret);
    let exec = ["exec", "--client-secret-stdin", "--", "cat"];
    terminal
        .run_with_input(&exec, &input)
        .code(0)
        .stdout("the rest\n");
}
