//! The catalogue of errors: it names what the source can say and nothing else, and every kind is met here or elsewhere in
//! these tests. Each run of the program with `--json` checks its exit code against it (`support/terminal.rs`).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value, json};

use crate::support::catalogue::{self, kinds};
use crate::support::leaks::files;
use crate::support::liar::{self, Liar};
use crate::support::person::Person;
use crate::support::pool::Pool;
#[cfg(target_os = "linux")]
use crate::support::port::Port;
#[cfg(target_os = "linux")]
use crate::support::refusing_bus;
use crate::support::terminal::{Ran, Terminal};

/// Kinds that a test can only meet without the program, each with the reason.
const MET_ELSEWHERE: [(&str, &str); 2] = [
    ("lock_held", "it takes 30 seconds: `session/lock.rs`"),
    ("no_answer", "it takes 30 seconds: `http.rs`"),
];

fn kind(ran: &Ran) -> String {
    let last = ran.stderr.lines().last().unwrap_or_default();
    let error: Value = serde_json::from_str(last).unwrap_or_default();
    error["error"]["kind"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[track_caller]
fn is(ran: &Ran, expected: &str) {
    assert_eq!(
        kind(ran),
        expected,
        "`{}`: {}{}",
        ran.name,
        ran.stdout,
        ran.stderr
    );
}

/// Runs each command with `--json` and compares the kind of its error.
#[track_caller]
fn each(terminal: &Terminal, table: &[(&[&str], &str)]) {
    for (args, expected) in table {
        let (verb, rest) = args.split_first().unwrap();
        is(
            &terminal.run(&[&[*verb, "--json"], rest].concat()),
            expected,
        );
    }
}

#[test]
fn the_catalogue_is_printed_as_it_is() {
    let terminal = Terminal::new();
    for args in [&["help", "errors"][..], &["errors", "--help"], &["errors"]] {
        let ran = terminal.run(args).code(0).stderr("");
        assert_eq!(ran.stdout.trim_end(), catalogue::TEXT.trim_end());
    }
}

#[test]
fn the_catalogue_names_what_the_source_can_say_and_nothing_else() {
    let said = said_in_the_source();
    assert!(said.len() > 80, "only {said:?} were found");
    let catalogued: BTreeSet<&str> = kinds().into_keys().collect();
    let new: Vec<_> = said
        .iter()
        .filter(|(kind, _)| !catalogued.contains(kind.as_str()))
        .collect();
    assert!(new.is_empty(), "not in src/commands/errors.txt: {new:?}");
    let gone: Vec<_> = catalogued
        .iter()
        .filter(|kind| !said.contains_key(**kind))
        .collect();
    assert!(
        gone.is_empty(),
        "in src/commands/errors.txt, and nowhere in the source: {gone:?}"
    );
}

#[test]
fn every_kind_has_a_cause_and_a_fix() {
    let mut entries = BTreeMap::new();
    let mut kind = "";
    for line in catalogue::TEXT.lines() {
        assert!(line.chars().count() <= 100 && line.is_ascii(), "{line}");
        match line.strip_prefix("    ") {
            Some(_) => *entries.entry(kind).or_insert(0) += 1,
            None => kind = line,
        }
    }
    for kind in kinds().keys() {
        let lines = entries.get(kind).copied().unwrap_or_default();
        assert!((2..=3).contains(&lines), "{kind} has {lines} lines");
    }
}

#[test]
fn every_kind_is_met_by_a_test() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/integration");
    let text: String = files(&tests)
        .into_iter()
        .filter(|(path, _)| path.extension().is_some_and(|end| end == "rs"))
        .map(|(_, text)| text)
        .collect();
    let excused: BTreeSet<&str> = MET_ELSEWHERE.iter().map(|(kind, _)| *kind).collect();
    let unmet: Vec<_> = kinds()
        .into_keys()
        .filter(|kind| {
            // One mention of those below is their excuse.
            let mentions = text.matches(&format!("\"{kind}\"")).count();
            mentions == 0 && !excused.contains(kind) || mentions > 1 && excused.contains(kind)
        })
        .collect();
    assert!(
        unmet.is_empty(),
        "no test meets (or an excuse is out of date): {unmet:?}"
    );
}

/// Every kind that stands in the source, with its file: second argument of `Failure::new`, or what is handed to a
/// function or closure that takes a `kind`, or the first of a tuple that becomes one.
fn said_in_the_source() -> BTreeMap<String, String> {
    let mut said = BTreeMap::new();
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (path, text) in files(&top) {
        if path.extension().is_none_or(|end| end != "rs") || path.starts_with(top.join("sandbox")) {
            continue;
        }
        let text = without_tests(&text);
        let named = text.lines().filter_map(|line| {
            let (head, _) = line
                .split_once("(kind: &'static str")
                .or_else(|| line.split_once(" = |kind"))?;
            Some(format!("{}(", head.rsplit(' ').next()?))
        });
        let mut makers: Vec<String> = named.collect();
        let closed: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if closed.contains("let (kind,") {
            makers.push("=> (".to_owned());
        }
        for (at, _) in closed.match_indices('"') {
            let head = closed[..at].trim_end();
            let after_exit = head
                .strip_suffix(',')
                .and_then(|head| head.rsplit(' ').next())
                .is_some_and(|word| {
                    word.rsplit('(')
                        .next()
                        .is_some_and(|word| word.starts_with("Exit::"))
                });
            if !after_exit && !makers.iter().any(|maker| head.ends_with(maker.as_str())) {
                continue;
            }
            let word = closed[at + 1..].split('"').next().unwrap_or_default();
            if !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c == '_') {
                said.insert(word.to_owned(), path.display().to_string());
            }
        }
    }
    // What carries no `Failure`: `output/explain.rs`.
    said.insert("failed".to_owned(), "output/explain.rs".to_owned());
    said
}

/// The unit tests of a file stand at its end.
fn without_tests(text: &str) -> String {
    let end = ["\n#[cfg(test)]\n", "\n#[cfg(all(test"]
        .iter()
        .filter_map(|mark| text.find(mark))
        .min()
        .unwrap_or(text.len());
    let lines = text[..end].lines().map(|line| line.trim_start());
    lines
        .filter(|line| !line.starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn settings_that_are_wrong_or_missing() {
    let mut terminal = Terminal::new();
    each(
        &terminal,
        &[
            (&["token"], "profile_unknown"),
            (&["token", "--profile", "nobody"], "profile_unknown"),
            (
                &["token", "--user-pool-id", "us-east-1_AbCdEf123"],
                "setting_missing",
            ),
            (
                &["token", "--user-pool-id", "nonsense", "--client-id", "x"],
                "setting_invalid",
            ),
            (
                &[
                    "token",
                    "--issuer",
                    "http://pool.example/x",
                    "--client-id",
                    "x",
                ],
                "setting_invalid",
            ),
            (
                &[
                    "token",
                    "--user-pool-id",
                    "us-east-1_AbCdEf123",
                    "--client-id",
                    "x",
                    "--domain",
                    "a b",
                ],
                "setting_invalid",
            ),
            (
                &[
                    "login",
                    "--user-pool-id",
                    "us-east-1_AbCdEf123",
                    "--client-id",
                    "x",
                    "--redirect-uri",
                    "https://example.com",
                ],
                "setting_invalid",
            ),
            (
                &[
                    "login",
                    "--user-pool-id",
                    "us-east-1_AbCdEf123",
                    "--client-id",
                    "x",
                    "--grant",
                    "client_credentials",
                ],
                "grant_needs_no_login",
            ),
            (
                &[
                    "configure",
                    "--user-pool-id",
                    "us-east-1_AbCdEf123",
                    "--client-id",
                    "x",
                    "--store",
                    "none",
                    "--client-secret-stdin",
                ],
                "usage",
            ),
            (
                &["sandbox", "--port", "0", "--pool-file", "nowhere.toml"],
                "setting_invalid",
            ),
        ],
    );
    let args = [
        "configure",
        "--json",
        "--user-pool-id",
        "us-east-1_AbCdEf123",
        "--client-id",
        "x",
        "--store",
        "none",
        "--client-secret-stdin",
    ];
    is(
        &terminal.run_with_input(&args, "secret\n"),
        "store_keeps_nothing",
    );

    terminal.configure("nonsense = [");
    each(&terminal, &[(&["token"], "profile_file_invalid")]);
    let folder = terminal.home().join("folder");
    std::fs::create_dir(&folder).unwrap();
    each(
        &terminal,
        &[
            (&["token", "--config", "folder"], "profile_file_unreadable"),
            #[cfg(unix)]
            (
                &["token", "--config", "/dev/zero"],
                "profile_file_unreadable",
            ),
        ],
    );

    terminal.configure("[profiles.default]\nuser_pool_id = \"us-east-1_AbCdEf123\"\nclient_id = \"x\"\nstore = \"file\"\n");
    terminal.set("KUBERNETES_EXEC_INFO", "nonsense");
    each(&terminal, &[(&["kubernetes"], "exec_info_invalid")]);
    terminal.set("KUBERNETES_EXEC_INFO", "{\"apiVersion\":\"client.authentication.k8s.io/v9\",\"kind\":\"ExecCredential\",\"spec\":{}}");
    each(&terminal, &[(&["kubernetes"], "exec_info_invalid")]);
    for name in [
        "HOME",
        "USERPROFILE",
        "APPDATA",
        "LOCALAPPDATA",
        "XDG_CONFIG_HOME",
        "XDG_STATE_HOME",
    ] {
        terminal.unset(name);
    }
    each(&terminal, &[(&["token"], "no_home")]);
}

#[test]
fn files_to_import_or_to_add_to() {
    let terminal = Terminal::new();
    terminal.write("package.json", "{\"name\": \"app\"}");
    terminal.write(
        "two.env",
        "COGNITO_USER_POOL_ID=us-east-1_AbCdEf123\nVITE_COGNITO_USER_POOL_ID=us-east-1_AbCdEf456\nCOGNITO_CLIENT_ID=x\n",
    );
    terminal.write("flow.yaml", "{apiVersion: v1, users: []}\n");
    each(
        &terminal,
        &[
            (&["configure", "--import", "nowhere"], "import_unreadable"),
            (&["configure", "--import", "package.json"], "import_empty"),
            (
                &["configure", "--import", "two.env"],
                "import_contradicts_itself",
            ),
        ],
    );
    terminal.configure(
        "[profiles.default]\nuser_pool_id = \"us-east-1_AbCdEf123\"\nclient_id = \"x\"\n",
    );
    std::fs::create_dir(terminal.home().join("folder")).unwrap();
    each(
        &terminal,
        &[
            (&["configure", "--kubeconfig", "folder"], "file_unreadable"),
            (
                &["configure", "--kubeconfig", "flow.yaml"],
                "kubeconfig_not_understood",
            ),
        ],
    );
}

#[test]
fn what_the_look_at_the_login_pages_finds() {
    let pool = Pool::start();
    let login = |order: Value, more: &[&str], expected: &str| {
        pool.quirk(json!({ "reset": true }));
        pool.quirk(order);
        is(
            &pool.terminal().run(&[&["login", "--json"], more].concat()),
            expected,
        );
    };
    let nothing = || json!({});
    login(nothing(), &["--client-id", "0nobody"], "client_unknown");
    let elsewhere = format!("{}x", pool.issuer());
    login(nothing(), &["--issuer", &elsewhere], "user_pool_not_found");
    let no_domain = json!({ "discovery": { "merge": { "authorization_endpoint": format!("{}/authorize", pool.issuer()) } } });
    login(no_domain, &[], "no_domain");
    login(
        json!({ "rules": { "branding": false } }),
        &[],
        "login_pages_unavailable",
    );
}

#[test]
fn what_the_pages_send_back() {
    let pool = Pool::start();
    for (answer, expected) in [
        ("error=access_denied", "denied"),
        ("error=login_required", "interaction_required"),
        (
            "error=invalid_request&error_description=PreSignUp+failed+with+error+no.",
            "sign_in_refused",
        ),
        (
            "error=invalid_request&error_description=invalid_scope",
            "invalid_scope",
        ),
        ("error=unauthorized_client", "flow_not_enabled"),
        ("error=server_error", "pool_unavailable"),
    ] {
        let mut login = pool.terminal().start(&["login", "--json"]);
        let url = url::Url::parse(&login.sign_in_url()).unwrap();
        let state = url
            .query_pairs()
            .find(|(name, _)| name == "state")
            .unwrap()
            .1
            .into_owned();
        Person::new().visit(&format!("{}/?{answer}&state={state}", pool.redirect()));
        is(&login.finish(), expected);
    }
    is(
        &pool.terminal().run(&["login", "--json", "--timeout", "1s"]),
        "timed_out",
    );
}

/// The documented answers of the token endpoint (400 and `error`), by the name a person reads.
#[test]
fn what_the_token_endpoint_refuses() {
    let pool = Pool::start();
    for (body, expected) in [
        (json!({ "error": "invalid_grant" }), "code_refused"),
        (
            json!({ "error": "invalid_client" }),
            "client_secret_missing",
        ),
        (
            json!({ "error": "unauthorized_client" }),
            "flow_not_enabled",
        ),
        (
            json!({ "error": "unauthorized_client", "error_description": "invalid_redirect" }),
            "redirect_mismatch",
        ),
        (json!({ "error": "invalid_scope" }), "invalid_scope"),
        (json!({ "error": "invalid_target" }), "resource_refused"),
        (
            json!({ "error": "invalid_request" }),
            "token_request_refused",
        ),
    ] {
        pool.quirk(json!({ "token": { "status": 400, "body": body.to_string(), "content_type": "application/json"} }));
        let mut login = pool.terminal().start(&["login", "--json"]);
        let url = login.sign_in_url();
        Person::new().sign_in(&url, pool.username(), pool.password());
        is(&login.finish(), expected);
    }
    let firewall = json!({ "token": { "status": 403, "body": "<html>" } });
    pool.quirk(firewall);
    let mut terminal = pool.terminal();
    terminal.set("COGNITO_CLIENT_SECRET", "unneeded");
    let login = |terminal: &Terminal| {
        let mut login = terminal.start(&["login", "--json"]);
        let url = login.sign_in_url();
        Person::new().sign_in(&url, pool.username(), pool.password());
        login.finish()
    };
    is(&login(&terminal), "waf_blocked");
    pool.quirk(json!({ "reset": true }));
    is(&login(&terminal), "client_secret_refused");
}

#[test]
fn what_a_session_meets() {
    let pool = Pool::start();
    let mut terminal = pool.terminal();
    each(&terminal, &[(&["token"], "sign_in_needed")]);
    pool.sign_in(&terminal);
    let user_info = |order: Value, expected: &str| {
        pool.quirk(json!({ "userinfo": order }));
        each(&terminal, &[(&["whoami"], expected)]);
        pool.quirk(json!({ "reset": true }));
    };
    let says = |status: u16, error: &str, description: &str| {
        let body = json!({ "error": error, "error_description": description }).to_string();
        json!({ "status": status, "body": body, "content_type": "application/json" })
    };
    user_info(
        json!({ "merge": { "sub": "someone-else" } }),
        "user_info_mismatch",
    );
    user_info(
        says(
            401,
            "invalid_token",
            "Access token is expired, disabled, or deleted",
        ),
        "access_token_refused",
    );
    user_info(
        says(
            401,
            "invalid_token",
            "Access token does not contain openid scope",
        ),
        "openid_scope_missing",
    );
    user_info(
        says(
            400,
            "invalid_request",
            "Bad OAuth2 request at UserInfo Endpoint",
        ),
        "user_info_refused",
    );
    each(
        &terminal,
        &[
            (&["token", "--min-ttl", "300d"], "min_ttl_too_long"),
            (&["curl", "--", "http://api.example"], "plain_http"),
            (
                &[
                    "curl",
                    "--",
                    "https://a.example",
                    "--next",
                    "https://b.example",
                ],
                "usage",
            ),
            (&["exec", "--", "no-such-program"], "command_not_found"),
            (&["aws-credentials"], "setting_missing"),
        ],
    );
    terminal.set("COGNITO_CLIENT_SECRET", "wrong");
    each(
        &terminal,
        &[(&["token", "--force-refresh"], "client_secret_refused")],
    );
    terminal.unset("COGNITO_CLIENT_SECRET");
    pool.quirk(
        json!({ "revoke": { "status": 400, "body": "{\"error\":\"unsupported_token_type\"}" } }),
    );
    each(&terminal, &[(&["logout"], "not_revoked")]);
    pool.sign_in(&terminal);
    pool.quirk(json!({ "revoke_all": true }));
    each(
        &terminal,
        &[(&["token", "--force-refresh"], "sign_in_needed")],
    );
}

#[test]
fn a_doctor_who_finds_something() {
    let ran = Terminal::new().run(&["doctor", "--json"]);
    is(&ran, "unwell");
}

#[test]
fn ports_that_cannot_be_had() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    let _holder = std::net::TcpListener::bind(("127.0.0.1", pool.port())).unwrap();
    each(
        &terminal,
        &[
            (&["login"], "port_busy"),
            // An address of the documentation is nobody's.
            (&["login", "--listen", "192.0.2.1"], "port_refused"),
        ],
    );
}

#[cfg(unix)]
#[test]
fn signals_and_standard_streams() {
    let pool = Pool::start();
    for (signal, expected) in [(libc::SIGINT, "interrupted"), (libc::SIGTERM, "terminated")] {
        let mut login = pool.terminal().start(&["login", "--json"]);
        login.sign_in_url();
        login.line(|line| line.starts_with("Waiting"));
        login.signal(signal);
        is(&login.finish(), expected);
    }
    let terminal = pool.terminal();
    let folder = std::fs::File::open(terminal.home()).unwrap();
    let login = terminal.start_with(&["login", "--json", "--client-secret-stdin"], folder.into());
    is(&login.finish(), "failed");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_standard_output() {
    let terminal = Terminal::new();
    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let ran = terminal
        .command(crate::support::terminal::PROGRAM)
        .args(["man", "--json"])
        .stdout(full)
        .output()
        .unwrap();
    let error: Value = serde_json::from_slice(&ran.stderr).unwrap();
    assert_eq!(error["error"]["kind"], "stdout_not_writable");
    assert_eq!(ran.status.code(), Some(1));
}

/// Linux takes its certificates from where `SSL_CERT_FILE` says.
#[cfg(target_os = "linux")]
#[test]
fn no_certificates() {
    let mut terminal = Terminal::new();
    let port = Port::reserve();
    terminal.set("COGNITO_REDIRECT_URI", port.redirect());
    let empty = terminal.write("empty.pem", "");
    terminal.set("SSL_CERT_FILE", empty);
    let args = [
        "login",
        "--user-pool-id",
        "us-east-1_AbCdEf123",
        "--client-id",
        "x",
        "--store",
        "file",
        "--no-browser",
    ];
    each(&terminal, &[(&args, "no_ca_certificates")]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_keyring_that_says_no() {
    let pool = Pool::start();
    let mut terminal = pool.terminal();
    let no = "org.freedesktop.DBus.Error.NotSupported";
    for (call, error, expected) in [
        ("OpenSession", no, "keyring_plain_refused"),
        (
            "OpenSession",
            "org.freedesktop.Secret.Error.IsLocked",
            "keyring_locked",
        ),
        (
            "OpenSession",
            "org.freedesktop.DBus.Error.AccessDenied",
            "keyring_denied",
        ),
        ("SearchItems", "org.example.Broken", "keyring_failed"),
    ] {
        let path = terminal.home().join(expected);
        terminal.set(
            "DBUS_SESSION_BUS_ADDRESS",
            refusing_bus::start(&path, call, error),
        );
        each(&terminal, &[(&["token", "--store", "keyring"], expected)]);
    }
}

/// Another login has the browser, and is called off.
#[cfg(unix)]
#[test]
fn a_sign_in_of_another_that_is_not_completed() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    let mut first = terminal.start(&["token", "--login"]);
    first.sign_in_url();
    let mut second = terminal.start(&["token", "--login", "--json"]);
    second.line(|line| line.contains("waiting for it"));
    first.signal(libc::SIGINT);
    first.finish().code(130);
    is(&second.finish(), "sign_in_not_completed");
}

/// The pool replaces the refresh token, and by then the place it is kept in is gone.
#[cfg(unix)]
#[test]
fn a_refresh_token_that_is_replaced_and_cannot_be_kept() {
    let pool = Pool::start_with(&["--rotate-refresh-tokens"]);
    let mut terminal = pool.terminal();
    pool.sign_in(&terminal);
    let (state, gone) = (terminal.home().join("state"), terminal.home().join("gone"));
    let between = Liar::before(pool.domain(), move |what| {
        if what == "POST /oauth2/token" {
            std::fs::rename(&state, &gone).unwrap();
            std::fs::write(&state, "").unwrap();
        }
        None
    });
    pool.quirk(json!({ "id_token": { "signature": "broken" } }));
    terminal.set("COGNITO_DOMAIN", between.base());
    each(
        &terminal,
        &[(&["token", "--force-refresh"], "session_lost")],
    );
}

/// Another provider than Cognito may have neither userInfo nor a page to sign out at.
#[test]
fn an_issuer_without_user_info() {
    let pool = Pool::start();
    let base = std::sync::Arc::new(std::sync::OnceLock::<String>::new());
    let (known, domain, keys) = (
        base.clone(),
        pool.domain().to_owned(),
        format!("{}/.well-known/jwks.json", pool.issuer()),
    );
    let liar = Liar::before(pool.domain(), move |what| {
        what.ends_with("/.well-known/openid-configuration")
            .then(|| {
                let document = json!({
                    "issuer": known.get(),
                    "authorization_endpoint": format!("{domain}/oauth2/authorize"),
                    "token_endpoint": format!("{domain}/oauth2/token"),
                    "jwks_uri": keys,
                });
                liar::answer(
                    "200 OK",
                    "Content-Type: application/json\r\n",
                    document.to_string().as_bytes(),
                )
            })
    });
    base.set(liar.base().to_owned()).unwrap();
    let issuer = json!({ "claims": { "iss": liar.base() } });
    pool.quirk(json!({ "id_token": issuer, "access_token": issuer }));
    let mut terminal = pool.terminal();
    terminal.set("COGNITO_ISSUER", liar.base());
    pool.sign_in(&terminal);
    each(&terminal, &[(&["whoami"], "endpoint_missing")]);
}
