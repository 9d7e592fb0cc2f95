//! `curl`: the header reaches the server, and the token nothing else.
#![cfg(unix)]

use crate::support::leaks::Leaks;
use crate::support::pool::Pool;
use crate::support::service::{Asked, Service};
use crate::support::terminal::Terminal;

fn signed_in() -> (Pool, Terminal) {
    let pool = Pool::start();
    let mut terminal = pool.terminal();
    terminal.with_system_path();
    pool.sign_in(&terminal);
    (pool, terminal)
}

fn hello() -> Service {
    Service::start(|_| (200, "", "hello\n".into()))
}

fn token(terminal: &Terminal, which: &str) -> String {
    terminal
        .run(&["token", which])
        .code(0)
        .stdout
        .trim_end()
        .to_owned()
}

fn bearer(asked: &Asked) -> &str {
    let headers: Vec<_> = asked
        .headers
        .iter()
        .filter(|(name, _)| name == "authorization")
        .collect();
    assert_eq!(headers.len(), 1, "{asked:?}");
    headers[0].1.strip_prefix("Bearer ").unwrap()
}

#[test]
#[ignore = "needs curl"]
fn the_server_gets_the_header_and_curl_s_output_is_ours() {
    let (_pool, terminal) = signed_in();
    let service = hello();
    let url = format!("{}/path?q=1", service.base);
    terminal
        .run(&["curl", "--", "-sS", &url])
        .code(0)
        .stdout("hello\n")
        .stderr("");
    terminal
        .run(&["curl", "--id", &url, "-s"])
        .code(0)
        .stdout("hello\n")
        .stderr("");
    let asked = service.asked();
    assert_eq!(asked[0].target, "/path?q=1");
    assert_eq!(bearer(&asked[0]), token(&terminal, "--access"));
    assert_eq!(bearer(&asked[1]), token(&terminal, "--id"));
}

#[test]
#[ignore = "needs curl"]
fn the_pool_itself_takes_it() {
    let (pool, terminal) = signed_in();
    let answer = terminal
        .run(&[
            "curl",
            "--",
            "-sSf",
            &format!("{}/oauth2/userInfo", pool.domain()),
        ])
        .code(0)
        .json();
    assert_eq!(answer["username"], pool.username());
}

#[test]
#[ignore = "needs curl"]
fn standard_input_and_configurations_of_one_s_own_keep_working() {
    let (_pool, terminal) = signed_in();
    let service = hello();
    let url = service.base.as_str();
    let config = terminal.write("my.conf", "header = \"X-Mine: yes\"\nuser-agent = mine\n");
    let with_url = terminal.write("url.conf", &format!("url = \"{url}/from-a-file\"\n"));
    let (config, with_url) = (config.to_str().unwrap(), with_url.to_str().unwrap());
    let posted = &["curl", "--", "-sS", "-K", config, "-d", "@-", url][..];
    terminal
        .run_with_input(posted, "a=b\n")
        .code(0)
        .stdout("hello\n")
        .stderr("");
    terminal
        .run_with_input(&["curl", "--", "-sS", "-T", "-", url], "streamed")
        .code(0)
        .stdout("hello\n");
    terminal
        .run(&["curl", "--", "-sS", "--config", with_url])
        .code(0)
        .stdout("hello\n");
    let on_stdin = format!("url = \"{url}/from-stdin\"\nheader = \"X-Mine: stdin\"\n");
    terminal
        .run_with_input(&["curl", "--", "-sS", "-K", "-"], &on_stdin)
        .code(0)
        .stdout("hello\n")
        .stderr("");
    let asked = service.asked();
    let token = token(&terminal, "--access");
    assert!(asked.iter().all(|asked| bearer(asked) == token));
    assert_eq!(
        (asked[0].method.as_str(), asked[0].body.as_str()),
        ("POST", "a=b")
    );
    assert_eq!(
        (asked[0].header("x-mine"), asked[0].header("user-agent")),
        (Some("yes"), Some("mine"))
    );
    assert_eq!(asked[1].method, "PUT");
    assert_eq!(asked[2].target, "/from-a-file");
    assert_eq!(
        (asked[3].target.as_str(), asked[3].header("x-mine")),
        ("/from-stdin", Some("stdin"))
    );
}

#[test]
#[ignore = "needs curl"]
fn curl_s_exit_code_is_ours_and_curlrc_can_still_be_disabled() {
    let (_pool, terminal) = signed_in();
    let service = Service::start(|_| (404, "", "no\n".into()));
    terminal
        .run(&["curl", "--", "-sf", &service.base])
        .code(22)
        .stdout("");
    let nobody = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    terminal
        .run(&["curl", "--", "-s", &format!("http://{nobody}")])
        .code(7);
    terminal.write(".curlrc", "user-agent = from-curlrc\n");
    terminal.run(&["curl", "--", "-s", &service.base]).code(0);
    terminal
        .run(&["curl", "--", "-q", "-s", &service.base])
        .code(0);
    let agents: Vec<_> = service
        .asked()
        .iter()
        .map(|asked| asked.header("user-agent") == Some("from-curlrc"))
        .collect();
    assert_eq!(agents, [false, true, false]);
}

/// A `curl` that only tells what it was given.
const TELLTALE: &str = r#"#!/bin/sh
printf 'argument %s\n' "$@"
env
while [ $# -gt 0 ]; do
  case $1 in --config) config=$2 ;; esac
  shift
done
exec cat "$config" >config.secret
"#;

#[test]
fn the_token_is_in_no_argument_no_environment_and_no_file() {
    let (pool, mut terminal) = signed_in();
    let script = terminal.write("bin/curl", TELLTALE);
    std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let path = format!(
        "{}:{}",
        script.parent().unwrap().display(),
        std::env::var("PATH").unwrap()
    );
    terminal.set("PATH", path);
    let token = token(&terminal, "--access");
    let ran = terminal
        .run(&["curl", "-v", "--", "-s", "https://api.example.invalid/"])
        .code(0);
    let handed = std::fs::read_to_string(terminal.home().join("config.secret")).unwrap();
    assert_eq!(
        handed,
        format!(
            "header = \"Authorization: Bearer {token}\"\nproto = \"=https\"\nproto-redir = \"=https\"\n"
        )
    );
    assert!(
        ran.stdout
            .starts_with("argument --config\nargument /dev/fd/"),
        "{}",
        ran.stdout
    );
    let mut leaks = Leaks::new();
    leaks.watch("access token", &token);
    let printed: Vec<_> = terminal
        .seen()
        .into_iter()
        .filter(|seen| !seen.place.contains("`token"))
        .collect();
    leaks.none_in(&printed, &terminal, |path| {
        path.extension().is_some_and(|kind| kind == "secret")
    });
    drop(pool);
}

#[test]
fn plain_http_to_another_machine_is_refused_before_anything_is_asked() {
    let pool = Pool::start();
    let terminal = pool.terminal(); // nobody is signed in, and there is no curl: neither matters
    let expected = "error: the token would go to `http://api.example.invalid/` by plain http, where anyone on the way can read it\nhint: write https:// before the address, or allow it: cognito-login curl --allow-http -- …\n";
    terminal
        .run(&["curl", "--", "-s", "http://api.example.invalid/"])
        .code(2)
        .stdout("")
        .stderr(expected);
    let config = "url = http://api.example.invalid/\n";
    terminal
        .run_with_input(&["curl", "--", "-K-"], config)
        .code(2)
        .stdout("")
        .stderr(expected);
    terminal
        .run(&["curl", "--allow-http", "--", "http://api.example.invalid/"])
        .code(3);
}

#[test]
#[ignore = "needs curl"]
fn what_we_do_not_see_curl_itself_does_not_send() {
    let (_pool, terminal) = signed_in();
    let service = hello();
    // A configuration that can be read only once is left to curl, which was told to speak https only.
    let config = format!("url = \\\"{}\\\"", service.base);
    let script = format!(
        "mkfifo pipe; echo \"{config}\" >pipe & exec {} curl -- -sS -K pipe",
        crate::support::terminal::PROGRAM
    );
    let ran = terminal
        .run(&["exec", "--", "sh", "-c", &script])
        .code(1)
        .stdout("");
    assert!(ran.stderr.contains("http"), "{}", ran.stderr);
    let redirected = Service::start(|_| {
        (
            302,
            "Location: http://api.example.invalid/\r\n",
            String::new(),
        )
    });
    let port = redirected.base.rsplit(':').next().unwrap().to_owned();
    terminal.run(&[
        "curl",
        "--",
        "-sSL",
        "--max-time",
        "20",
        &format!("http://127.0.0.1:{port}"),
    ]);
    assert!(service.asked().is_empty());
}

#[test]
#[ignore = "needs curl"]
fn a_proxy_does_not_see_what_is_for_this_machine() {
    let (_pool, mut terminal) = signed_in();
    let (service, proxy) = (hello(), hello());
    terminal.set("http_proxy", &proxy.base);
    terminal.run(&["curl", "--", "-sS", &service.base]).code(0);
    assert_eq!((service.asked().len(), proxy.asked().len()), (1, 0));
    // Where a person allows plain http, the proxy is theirs to use.
    terminal
        .run(&[
            "curl",
            "--allow-http",
            "--",
            "-sS",
            "http://api.example.invalid/",
        ])
        .code(0);
    assert_eq!(proxy.asked().len(), 1);
}

#[test]
fn without_curl_it_is_127() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    let ran = terminal
        .run(&["curl", "--", "https://api.example.invalid/"])
        .code(127)
        .stdout("");
    ran.stderr("error: there is no program `curl`\nhint: install curl, or use: cognito-login token --header\n");
}
