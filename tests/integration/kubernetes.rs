//! `kubernetes`: the ID token in the words of client-go.

use serde_json::{Value, json};

#[cfg(unix)]
use crate::support::person::Person;
use crate::support::pool::Pool;
use crate::support::terminal::Terminal;

const V1: &str = "client.authentication.k8s.io/v1";
const V1BETA1: &str = "client.authentication.k8s.io/v1beta1";

fn exec_info(version: &str, interactive: Value) -> String {
    json!({ "apiVersion": version, "kind": "ExecCredential", "spec": { "interactive": interactive } }).to_string()
}

fn id_token(terminal: &Terminal) -> String {
    terminal
        .run(&["token", "--id"])
        .code(0)
        .stdout
        .trim_end()
        .to_owned()
}

#[test]
fn the_credential_is_the_id_token_in_the_version_that_was_asked_for() {
    let pool = Pool::start();
    let mut terminal = pool.terminal();
    pool.sign_in(&terminal);
    let token = id_token(&terminal);
    for version in [V1, V1BETA1] {
        terminal.set("KUBERNETES_EXEC_INFO", exec_info(version, json!(false)));
        let expected = format!(
            "{{\"apiVersion\":\"{version}\",\"kind\":\"ExecCredential\",\"status\":{{\"expirationTimestamp\":\"[TIME]\",\"token\":\"{token}\"}}}}\n"
        );
        terminal
            .run(&["kubernetes"])
            .code(0)
            .stdout(&expected)
            .stderr("");
    }
    // The callers that say nothing are those of v1beta1 before Kubernetes 1.20.
    terminal.unset("KUBERNETES_EXEC_INFO");
    assert_eq!(
        terminal.run(&["kubernetes"]).code(0).json()["apiVersion"],
        V1BETA1
    );
}

#[test]
fn it_ends_a_minute_before_the_token_and_is_renewed_in_time() {
    let pool = Pool::start_with(&["--id-token-lifetime", "90s"]);
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    pool.rule("id_token_seconds", 3600);
    let before = terminal
        .run(&["token", "--id", "--min-ttl", "1s"])
        .code(0)
        .stdout;
    let status = terminal.run(&["kubernetes"]).code(0).json()["status"].clone();
    assert_ne!(status["token"], before.trim_end());
    assert_eq!(pool.refreshes(), 1);
    let token_ends =
        terminal.run(&["token", "--id", "--json"]).code(0).json()["expires_at"].clone();
    let moment =
        |text: &Value| chrono::DateTime::parse_from_rfc3339(text.as_str().unwrap()).unwrap();
    assert_eq!(
        (moment(&token_ends) - moment(&status["expirationTimestamp"])).num_seconds(),
        60
    );
}

#[test]
fn what_is_asked_wrongly_is_refused_with_the_line_to_change() {
    let pool = Pool::start();
    let mut terminal = pool.terminal();
    pool.sign_in(&terminal);
    terminal.set(
        "KUBERNETES_EXEC_INFO",
        exec_info("client.authentication.k8s.io/v1alpha1", json!(true)),
    );
    let ran = terminal.run(&["kubernetes"]).code(5).stdout("");
    assert!(
        ran.stderr.contains(&format!("exec.apiVersion to {V1}")),
        "{}",
        ran.stderr
    );
    terminal.set("KUBERNETES_EXEC_INFO", "{");
    terminal.run(&["kubernetes"]).code(5).stdout("");
}

/// Opens no browser, but writes each address it is given into a file.
#[cfg(unix)]
fn watch_the_browser(terminal: &mut Terminal) {
    let script = terminal.write("bin/browser", "#!/bin/sh\necho \"$1\" >>opened\n");
    std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    terminal
        .with_system_path()
        .unset("COGNITO_LOGIN_NO_BROWSER")
        .set("BROWSER", script);
}

#[cfg(unix)]
fn opened(terminal: &Terminal) -> Vec<String> {
    let text = std::fs::read_to_string(terminal.home().join("opened")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

#[cfg(unix)]
#[test]
fn no_browser_opens_unless_both_sides_say_so() {
    let pool = Pool::start();
    let mut terminal = pool.terminal();
    watch_the_browser(&mut terminal);
    let silent = json!({ "apiVersion": V1BETA1, "kind": "ExecCredential", "spec": {} }).to_string();
    for (info, arguments) in [
        (exec_info(V1, json!(false)), &["kubernetes", "--login"][..]),
        (exec_info(V1, json!(true)), &["kubernetes"]),
        (silent, &["kubernetes", "--login"]),
        (String::new(), &["kubernetes", "--login"]),
    ] {
        terminal.set("KUBERNETES_EXEC_INFO", info);
        let ran = terminal.run(arguments).code(3).stdout("");
        assert!(
            ran.stderr.ends_with("hint: cognito-login login\n"),
            "{}",
            ran.stderr
        );
    }
    assert!(opened(&terminal).is_empty());
}

#[cfg(unix)]
#[test]
fn five_callers_at_once_open_one_browser() {
    let pool = Pool::start();
    let mut terminal = pool.terminal();
    watch_the_browser(&mut terminal);
    terminal.set("KUBERNETES_EXEC_INFO", exec_info(V1, json!(true)));
    let mut callers: Vec<_> = (0..5)
        .map(|_| terminal.start(&["kubernetes", "--login"]))
        .collect();
    // One prints the address, the others that they wait for it.
    let said: Vec<_> = callers
        .iter_mut()
        .map(|caller| {
            caller.line(|line| line.starts_with("http") || line.contains("waiting for it"))
        })
        .collect();
    let urls: Vec<_> = said
        .iter()
        .filter(|line| line.starts_with("http"))
        .collect();
    assert_eq!(urls.len(), 1, "{said:?}");
    Person::new().sign_in(urls[0], pool.username(), pool.password());
    let mut printed: Vec<_> = callers
        .into_iter()
        .map(|caller| caller.finish().code(0).stdout)
        .collect();
    printed.dedup();
    assert_eq!(printed.len(), 1);
    assert_eq!(opened(&terminal).len(), 1);
    let credential: Value = serde_json::from_str(&printed[0]).unwrap();
    assert_eq!(credential["status"]["token"], id_token(&terminal));
}

#[cfg(unix)]
#[test]
fn who_closes_the_browser_is_not_shown_four_more() {
    let pool = Pool::start();
    let mut terminal = pool.terminal();
    watch_the_browser(&mut terminal);
    terminal.set("KUBERNETES_EXEC_INFO", exec_info(V1, json!(true)));
    let mut first = terminal.start(&["kubernetes", "--login"]);
    first.sign_in_url();
    let mut others: Vec<_> = (0..4)
        .map(|_| terminal.start(&["kubernetes", "--login"]))
        .collect();
    for other in &mut others {
        other.line(|line| line.contains("waiting for it"));
    }
    first.signal(libc::SIGINT);
    first.finish().code(130).stdout("");
    for other in others {
        other.finish().code(6).stdout("");
    }
    assert_eq!(opened(&terminal).len(), 1);
}
