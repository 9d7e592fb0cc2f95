//! The sandbox against clients and a provider that nobody here wrote: what they take for a user pool is one.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use crate::browser::webdriver::Browser;
use crate::peers::python;
use crate::support::person::Person;
use crate::support::pool::Pool;
use crate::support::terminal::Terminal;
use crate::support::wire;

/// A program of this folder, talked to over its standard input and output. It ends when its input does.
struct Program {
    process: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Program {
    fn start(interpreter: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> Program {
        let mut process = Command::new(interpreter)
            .args(arguments)
            .current_dir(folder())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node, and the packages of tests/peers");
        Program {
            input: process.stdin.take(),
            output: BufReader::new(process.stdout.take().unwrap()),
            process,
        }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    fn json(&mut self) -> Value {
        let line = self.line();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    fn tell(&mut self, text: &str) {
        writeln!(self.input.as_mut().unwrap(), "{text}").unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/clients")
}

/// Signs in with an app that says its address, and takes the address the browser came back to.
fn signs_in(
    interpreter: impl AsRef<std::ffi::OsStr>,
    script: &str,
    pool: &Pool,
    redirect: &str,
) -> Value {
    let secret = pool.ready()["client_secret"].as_str().unwrap_or_default();
    let arguments = [script, pool.issuer(), pool.client_id(), secret, redirect];
    let mut app = Program::start(interpreter, &arguments);
    let mut person = Person::new();
    person.visit(&app.line());
    let form = [("username", pool.username()), ("password", pool.password())];
    let back = person.submit_until_sent_to(&form, redirect);
    app.tell(back.as_str());
    app.json()
}

#[test]
#[ignore = "needs node and the packages of tests/peers"]
fn openid_client_signs_in_refreshes_and_revokes() {
    for (arguments, rotated) in [
        (&[][..], false),
        (
            &[
                "--client-secret",
                "--rotate-refresh-tokens",
                "--rotation-grace",
                "60",
            ],
            true,
        ),
    ] {
        let port = crate::support::port::Port::reserve();
        let redirect = format!("{}/callback", port.redirect());
        let pool = Pool::start_with(&[arguments, &["--redirect-uri", &redirect]].concat());
        let got = signs_in("node", "openid-client.mjs", &pool, &redirect);
        assert_eq!(got["claims"]["name"], "Ada Lovelace");
        assert_eq!(got["claims"]["email_verified"], true);
        assert_eq!(got["person"]["email_verified"], "true");
        assert_eq!(got["refreshed"], true);
        assert_eq!(got["rotated"], rotated);
        assert_eq!(
            got["refused"], 401,
            "a revoked session is seen at userInfo at once"
        );
    }
}

#[test]
#[ignore = "needs the packages of tests/peers"]
fn authlib_signs_in_refreshes_and_revokes() {
    for arguments in [&[][..], &["--client-secret"]] {
        let pool = Pool::start_with(arguments);
        let got = signs_in(
            python::bin().join("python3"),
            "authlib_client.py",
            &pool,
            &pool.redirect(),
        );
        assert_eq!(got["claims"]["cognito:groups"], json!(["engineers"]));
        assert_eq!(got["person"]["name"], "Ada Lovelace");
        assert_eq!(
            (&got["revoked"], &got["refused"]),
            (&json!(200), &json!(401))
        );
    }
}

#[test]
#[ignore = "needs node and the packages of tests/peers"]
fn aws_jwt_verify_takes_the_tokens_and_no_others() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    pool.sign_in(&terminal);
    let token = |flag: &[&str]| {
        let ran = terminal.run(&[&["token"], flag].concat()).code(0);
        ran.stdout.trim_end().to_owned()
    };
    let tokens = json!({"id_token": token(&["--id"]), "access_token": token(&[])});
    let arguments = ["aws-jwt-verify.mjs", pool.issuer(), pool.client_id()];
    let mut verifier = Program::start("node", &arguments);
    verifier.tell(&tokens.to_string());
    drop(verifier.input.take());
    let mut said = String::new();
    verifier.output.read_to_string(&mut said).unwrap();
    let said: Value = serde_json::from_str(&said).unwrap();
    let expected = json!({
        "id": "id",
        "access": "access",
        "swapped": "CognitoJwtInvalidTokenUseError",
        "forged": "JwtInvalidSignatureError",
    });
    assert_eq!(said, expected);
}

#[test]
#[ignore = "needs chromium, chromedriver, node and the packages of tests/peers"]
fn the_app_of_the_tutorial_greets_by_name_and_address() {
    let port = crate::support::port::Port::reserve();
    let home = port.redirect();
    let pool = Pool::start_with(&[
        "--client-secret",
        "--redirect-uri",
        &home,
        "--logout-uri",
        &home,
    ]);
    let number = port.number.to_string();
    let arguments = [
        "tutorial.mjs",
        pool.domain(),
        pool.client_id(),
        pool.client_secret(),
        &number,
    ];
    let mut app = Program::start("node", &arguments);
    app.json();
    let browser = Browser::start(&[]);
    browser.visit(&home);
    browser.click("#sign-in");
    sign_in(&browser, &pool);
    assert_eq!(browser.heading("Hello"), "Hello Ada Lovelace");
    assert_eq!(browser.text("#email"), "ada@example.com");
    browser.click("#sign-out");
    browser.heading("Welcome");
    browser.click("#sign-in");
    browser.heading("Sign in");
}

#[test]
#[ignore = "needs chromium, chromedriver, openssl, node and the packages of tests/peers"]
fn amplify_signs_in_with_redirect() {
    let port = crate::support::port::Port::reserve();
    // Amplify writes a slash behind the address of the page.
    let (home, slash) = (port.redirect(), format!("{}/", port.redirect()));
    let pool = Pool::start_with(&["--redirect-uri", &home, "--redirect-uri", &slash]);
    let pool_id = pool.ready()["user_pool_id"].as_str().unwrap();
    let number = port.number.to_string();
    let mut app = Program::start(
        "node",
        &[
            "amplify.mjs",
            pool.domain(),
            pool_id,
            pool.client_id(),
            &number,
        ],
    );
    app.json();
    let browser = Browser::start(&["--ignore-certificate-errors"]);
    browser.visit(&home);
    browser.text("body[data-ready]");
    browser.click("#sign-in");
    sign_in(&browser, &pool);
    browser.text("#said:not(:empty)");
    assert_eq!(
        browser.text("#said"),
        "hello Ada Lovelace openid email profile"
    );
}

#[test]
#[ignore = "needs node and the packages of tests/peers"]
fn a_person_of_a_certified_provider_signs_in_at_the_pool() {
    // The provider has to know the pool's address and the pool the provider's, so the pool's port is chosen first.
    let port = crate::support::port::Port::reserve();
    let number = port.number.to_string();
    let callback = format!("http://127.0.0.1:{number}/oauth2/idpresponse");
    let mut provider = Program::start("node", &["provider.mjs", &callback]);
    let ready = provider.json();
    let text = |name: &str| ready[name].as_str().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pool.toml");
    let written = format!(
        "[[identity_providers]]\nname = \"Work\"\nissuer = \"{}\"\nclient_id = \"{}\"\nclient_secret = \"{}\"\n",
        text("issuer"),
        text("client_id"),
        text("client_secret")
    );
    std::fs::write(&file, written).unwrap();
    let app = crate::support::port::Port::reserve();
    let terminal = Terminal::new();
    let mut sandbox = terminal.start(&[
        "sandbox",
        "--port",
        &number,
        "--pool-file",
        file.to_str().unwrap(),
        "--redirect-uri",
        &app.redirect(),
    ]);
    let pool = sandbox.line(|line| line.starts_with('{'));
    let pool: Value = serde_json::from_str(&pool).unwrap();
    let query = format!(
        "client_id={}&response_type=code&redirect_uri={}&scope=openid",
        pool["client_id"].as_str().unwrap(),
        app.redirect()
    );
    let mut person = Person::new();
    person.visit(&format!("http://127.0.0.1:{number}/login?{query}"));
    person.follow("Continue with Work");
    person.submit(&[("login", "grace"), ("password", "any")]);
    let back = person.submit_until_sent_to(&[("prompt", "consent")], &app.redirect());
    let code = back
        .query_pairs()
        .find(|(name, _)| name == "code")
        .unwrap()
        .1;
    let form = format!(
        "grant_type=authorization_code&client_id={}&code={code}&redirect_uri={}",
        pool["client_id"].as_str().unwrap(),
        app.redirect()
    );
    let answer = wire::send(
        "POST",
        &format!("http://127.0.0.1:{number}/oauth2/token")
            .parse()
            .unwrap(),
        &[("Content-Type", "application/x-www-form-urlencoded")],
        form.as_bytes(),
    );
    let bearer = format!("Bearer {}", answer.json()["access_token"].as_str().unwrap());
    let person = wire::send(
        "GET",
        &format!("http://127.0.0.1:{number}/oauth2/userInfo")
            .parse()
            .unwrap(),
        &[("Authorization", &bearer)],
        b"",
    )
    .json();
    assert_eq!(person["username"], "Work_grace");
    assert_eq!(person["email"], "grace@example.com");
    assert_eq!(person["name"], "Person grace");
}

fn sign_in(browser: &Browser, pool: &Pool) {
    browser.fill("input[name=username]", pool.username());
    browser.fill("input[name=password]", pool.password());
    browser.click("form button.main");
}
