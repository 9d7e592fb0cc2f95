//! The way to the pool: TLS and whom it trusts, a proxy that wants a password, names and ports where nobody is.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::person::Person;
use crate::support::pool::Pool;
use crate::support::terminal::{Running, Terminal};
use crate::support::tls::{Authority, Proxy, Term, TlsServer, garble};

/// A machine whose pool is said to be at `base`, an https address.
fn terminal(pool: &Pool, base: &str) -> Terminal {
    let path = pool.issuer().strip_prefix(pool.domain()).unwrap();
    let iss = json!({ "claims": { "iss": format!("{base}{path}") } });
    pool.quirk(json!({ "id_token": iss, "access_token": iss }));
    let terminal = pool.terminal();
    terminal.configure(
        &pool
            .profile()
            .replace(pool.issuer(), &format!("{base}{path}"))
            .replace("store =", &format!("domain = \"{base}\"\nstore =")),
    );
    terminal
}

/// The person reaches the login pages in the clear; it is the program's own way that is looked at.
fn sign_in(pool: &Pool, mut login: Running, base: &str) {
    let url = login.sign_in_url().replace(base, pool.domain());
    Person::new().sign_in(&url, pool.username(), pool.password());
    login.finish().code(0);
}

fn kind(said: &Value) -> &str {
    said["error"]["kind"].as_str().unwrap_or_default()
}

#[test]
fn a_private_authority_is_trusted_where_ssl_cert_file_says_so_and_nowhere_else() {
    let pool = Pool::start();
    let (ours, theirs) = (Authority::new(), Authority::new());
    let server = TlsServer::start(&ours, "localhost", Term::Now, pool.domain());
    let base = format!("https://localhost:{}", server.port);
    let mut machine = terminal(&pool, &base);

    machine.set("SSL_CERT_FILE", theirs.bundle(&machine));
    let ran = machine.run(&["login", "--json"]).code(4);
    assert_eq!(kind(&ran.json_error()), "certificate_refused");
    assert!(ran.stderr.contains("SSL_CERT_FILE"), "{}", ran.stderr);
    assert_eq!(server.heard(), [] as [String; 0], "nothing was said to it");

    machine.set("SSL_CERT_FILE", ours.bundle(&machine));
    sign_in(&pool, machine.start(&["login"]), &base);
    machine.run(&["token", "--force-refresh"]).code(0);
    machine.run(&["whoami"]).code(0);
    machine.run(&["logout"]).code(0);
    let asked = server.heard();
    for what in [
        "POST /oauth2/token",
        "GET /oauth2/userInfo",
        "POST /oauth2/revoke",
    ] {
        assert!(asked.iter().any(|line| line.starts_with(what)), "{asked:?}");
    }
}

#[test]
fn a_certificate_that_does_not_fit_is_refused_before_anything_is_said() {
    let pool = Pool::start();
    let authority = Authority::new();
    for (name, term, words) in [
        ("localhost", Term::Over, "out of date"),
        ("localhost", Term::NotYet, "out of date"),
        ("pool.example", Term::Now, "for another name"),
    ] {
        let server = TlsServer::start(&authority, name, term, pool.domain());
        let base = format!("https://localhost:{}", server.port);
        let mut machine = terminal(&pool, &base);
        machine.set("SSL_CERT_FILE", authority.bundle(&machine));
        let ran = machine.run(&["login", "--json"]).code(4);
        assert_eq!(
            kind(&ran.json_error()),
            "certificate_refused",
            "{}",
            ran.stderr
        );
        assert!(ran.stderr.contains(words), "{}", ran.stderr);
        assert_eq!(server.heard(), [] as [String; 0]);
    }
}

#[test]
fn what_breaks_off_or_is_no_tls_is_unreachable() {
    let pool = Pool::start();
    let authority = Authority::new();
    let table: [(&[u8], &str); 4] = [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "tls_failed"),
        // An alert: handshake failure.
        (&[0x15, 3, 3, 0, 2, 2, 40], "tls_failed"),
        // The start of a ServerHello, and then nothing.
        (
            &[0x16, 3, 3, 0, 122, 2, 0, 0, 118, 3, 3],
            "connection_failed",
        ),
        (b"", "connection_failed"),
    ];
    for (bytes, expected) in table {
        let base = format!("https://localhost:{}", garble(bytes));
        let mut machine = terminal(&pool, &base);
        machine.set("SSL_CERT_FILE", authority.bundle(&machine));
        let ran = machine.run(&["login", "--json"]).code(4);
        assert_eq!(
            kind(&ran.json_error()),
            expected,
            "{bytes:?}: {}",
            ran.stderr
        );
    }
}

#[test]
fn a_proxy_with_a_password_is_gone_through_and_sees_no_secret() {
    let pool = Pool::start();
    let authority = Authority::new();
    let server = TlsServer::start(&authority, "pool.invalid", Term::Now, pool.domain());
    // base64 of "ada:open sesame".
    let proxy = Proxy::start(
        BTreeMap::from([("pool.invalid", server.port)]),
        "YWRhOm9wZW4gc2VzYW1l",
    );
    let base = "https://pool.invalid";
    let mut machine = terminal(&pool, base);
    machine.set("SSL_CERT_FILE", authority.bundle(&machine));
    let through = |who: &str| format!("http://{who}127.0.0.1:{}", proxy.port);

    // Only names and ports are refused before this, since no address answers for the name.
    let ran = machine.run(&["login", "--json"]).code(4);
    assert_eq!(kind(&ran.json_error()), "host_not_found");

    for who in ["", "ada:wrong@"] {
        machine.set("HTTPS_PROXY", through(who));
        let ran = machine.run(&["login", "--json"]).code(4);
        assert_eq!(kind(&ran.json_error()), "proxy_refused", "{}", ran.stderr);
        assert!(ran.stderr.contains("HTTPS_PROXY"), "{}", ran.stderr);
        assert!(!ran.stderr.contains("wrong"), "{}", ran.stderr);
    }
    assert_eq!(server.heard(), [] as [String; 0]);

    machine.set("HTTPS_PROXY", through("ada:open%20sesame@"));
    sign_in(&pool, machine.start(&["login"]), base);
    machine.run(&["token", "--force-refresh"]).code(0);
    let lines = proxy.heard();
    assert!(
        lines
            .iter()
            .all(|line| line == "CONNECT pool.invalid:443 HTTP/1.1"),
        "{lines:?}"
    );

    machine.set("NO_PROXY", "pool.invalid");
    let ran = machine.run(&["token", "--force-refresh", "--json"]).code(4);
    assert_eq!(kind(&ran.json_error()), "host_not_found");
    machine.set("NO_PROXY", "");
    for unreachable in ["127.0.0.1:1", "proxy.invalid:3128"] {
        let proxy = format!("http://ada:open%20sesame@{unreachable}");
        machine.set("HTTPS_PROXY", proxy);
        let ran = machine
            .run(&["token", "--force-refresh", "--json", "-vvv"])
            .code(4);
        let last = ran.stderr.lines().last().unwrap();
        let error = serde_json::from_str(last).unwrap();
        assert_eq!(kind(&error), "proxy_refused", "{}", ran.stderr);
        assert!(!ran.stderr.contains("sesame"), "{}", ran.stderr);
    }
    // Five failures later the session is as good as before.
    machine.set("HTTPS_PROXY", through("ada:open%20sesame@"));
    machine.run(&["token", "--force-refresh"]).code(0);
}

/// The pool on this machine needs no proxy, whatever the environment says.
#[test]
fn a_dead_proxy_does_not_stand_between_us_and_loopback() {
    let pool = Pool::start();
    let mut machine = pool.terminal();
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"] {
        machine.set(name, "http://127.0.0.1:1");
    }
    pool.sign_in(&machine);
}

/// Whatever the network does, what is kept stays as it was, to the byte.
#[test]
fn a_failing_network_leaves_the_session_as_it_was() {
    let pool = Pool::start_with(&["--access-token-lifetime", "30s"]);
    let machine = pool.terminal();
    pool.sign_in(&machine);
    let kept = crate::support::leaks::files(machine.home());
    for (trouble, expected) in [
        (json!({ "status": 500 }), "pool_unavailable"),
        (json!({ "status": 502 }), "pool_unavailable"),
        (
            json!({ "status": 503, "retry_after": 0 }),
            "pool_unavailable",
        ),
        (
            json!({ "status": 503, "retry_after": 3600 }),
            "pool_unavailable",
        ),
        (json!({ "status": 429 }), "pool_busy"),
        (json!({ "status": 429, "retry_after": 0 }), "pool_busy"),
        (json!({ "status": 429, "retry_after": 3600 }), "pool_busy"),
        (
            json!({ "status": 429, "retry_after": "Fri, 31 Dec 2100 23:59:59 GMT" }),
            "pool_busy",
        ),
        (json!({ "hang_up": "before_answer" }), "connection_broken"),
        (json!({ "hang_up": "mid_body" }), "connection_broken"),
    ] {
        pool.quirk(json!({ "token": trouble }));
        let before = pool.refreshes();
        let ran = machine.run(&["token", "--json"]).code(4).stdout("");
        assert_eq!(
            kind(&ran.json_error()),
            expected,
            "{trouble}: {}",
            ran.stderr
        );
        let tries = pool.refreshes() - before;
        let again =
            matches!(trouble["status"].as_u64(), Some(429 | 503)) && trouble["retry_after"] != 3600;
        assert_eq!(tries, if again { 3 } else { 1 }, "{trouble}");
        let now = crate::support::leaks::files(machine.home());
        assert_eq!(now, kept, "{trouble}: the session was touched");
    }
    pool.stop();
    let ran = machine.run(&["token", "--json"]).code(4);
    assert_eq!(kind(&ran.json_error()), "connection_failed");
    assert_eq!(crate::support::leaks::files(machine.home()), kept);
}
