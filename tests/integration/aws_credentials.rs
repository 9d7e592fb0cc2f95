//! `aws-credentials`: what an identity pool gives, kept until it must be asked for again.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::support::leaks::Leaks;
use crate::support::pool::Pool;
use crate::support::service::{Answer, Asked, Service};
use crate::support::terminal::{Ran, Terminal};

pub const POOL_ID: &str = "eu-west-1:11111111-2222-3333-4444-555555555555";

/// An identity pool that gives each person an identity of their own and new credentials with every request.
pub fn identity_pool(lifetime: Duration) -> Service {
    let given = Mutex::new(0);
    Service::start(move |asked| {
        let request = asked.json();
        let logins = request["Logins"].as_object().unwrap();
        let person = claims(logins.values().next().unwrap().as_str().unwrap())["sub"].clone();
        let identity = format!("eu-west-1:{}", person.as_str().unwrap());
        match operation(asked) {
            "GetId" => ok(json!({ "IdentityId": identity })),
            _ if request["IdentityId"] != json!(identity) => {
                refusal("NotAuthorizedException", "Logins don't match.")
            }
            _ => {
                let mut given = given.lock().unwrap();
                *given += 1;
                ok(json!({ "IdentityId": identity, "Credentials": {
                    "AccessKeyId": format!("ASIAEXAMPLE{given}"),
                    "SecretKey": format!("secret/key+{given}aaaaaaaa"),
                    "SessionToken": format!("session/token+{given}aaaaaaaa=="),
                    "Expiration": (SystemTime::now() + lifetime).duration_since(UNIX_EPOCH).unwrap().as_secs_f64(),
                } }))
            }
        }
    })
}

fn ok(body: Value) -> Answer {
    (
        200,
        "Content-Type: application/x-amz-json-1.1\r\n",
        body.to_string(),
    )
}

fn refusal(kind: &str, message: &str) -> Answer {
    (
        400,
        "Content-Type: application/x-amz-json-1.1\r\n",
        json!({ "__type": kind, "message": message }).to_string(),
    )
}

fn operation(asked: &Asked) -> &str {
    asked
        .header("x-amz-target")
        .unwrap()
        .strip_prefix("AWSCognitoIdentityService.")
        .unwrap()
}

fn operations(service: &Service) -> Vec<String> {
    service
        .asked()
        .iter()
        .map(|asked| operation(asked).to_owned())
        .collect()
}

fn claims(token: &str) -> Value {
    use base64::Engine;
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(
        &base64::engine::general_purpose::URL_SAFE_NO_PAD
            .decode(part)
            .unwrap(),
    )
    .unwrap()
}

/// A machine with that identity pool configured; nobody is signed in yet.
pub fn terminal(pool: &Pool, service: &Service) -> Terminal {
    let mut terminal = pool.terminal();
    terminal.configure(&format!(
        "{}identity_pool_id = \"{POOL_ID}\"\n",
        pool.profile()
    ));
    terminal.set("AWS_ENDPOINT_URL_COGNITO_IDENTITY", &service.base);
    terminal
}

fn signed_in(lifetime: Duration) -> (Pool, Service, Terminal) {
    let (pool, service) = (Pool::start(), identity_pool(lifetime));
    let terminal = terminal(&pool, &service);
    pool.sign_in(&terminal);
    (pool, service, terminal)
}

const HOUR: Duration = Duration::from_secs(3_600);

#[test]
fn credential_process_gets_its_document_and_the_second_call_asks_nobody() {
    let (pool, service, terminal) = signed_in(HOUR);
    let first = terminal.run(&["aws-credentials"]).code(0).stderr("");
    let document = first.json();
    assert_eq!(document["Version"], 1);
    assert_eq!(document["AccessKeyId"], "ASIAEXAMPLE1");
    assert_eq!(document["SecretAccessKey"], "secret/key+1aaaaaaaa");
    assert_eq!(document["SessionToken"], "session/token+1aaaaaaaa==");
    assert!(crate::support::expect::matches(
        document["Expiration"].as_str().unwrap(),
        "[TIME]"
    ));
    assert_eq!(document.as_object().unwrap().len(), 5);
    pool.stop();
    assert_eq!(
        terminal.run(&["aws-credentials"]).code(0).stdout,
        first.stdout
    );
    assert_eq!(operations(&service), ["GetId", "GetCredentialsForIdentity"]);
    let logins = service.asked()[1].json()["Logins"].clone();
    let provider = pool.issuer().strip_prefix("http://").unwrap();
    assert_eq!(
        claims(logins[provider].as_str().unwrap())["token_use"],
        "id"
    );
}

#[test]
fn a_shell_gets_exports() {
    let (_pool, _service, terminal) = signed_in(HOUR);
    let expected = "export AWS_ACCESS_KEY_ID=ASIAEXAMPLE1\nexport AWS_SECRET_ACCESS_KEY=secret/key+1aaaaaaaa\nexport AWS_SESSION_TOKEN=session/token+1aaaaaaaa==\nexport AWS_CREDENTIAL_EXPIRATION=[TIME]\n";
    terminal
        .run(&["aws-credentials", "--format", "env"])
        .code(0)
        .stdout(expected)
        .stderr("");
}

#[test]
fn near_their_end_only_the_credentials_are_asked_for_again() {
    let (_pool, service, terminal) = signed_in(Duration::from_secs(299));
    let first = terminal.run(&["aws-credentials"]).code(0).json();
    let second = terminal.run(&["aws-credentials"]).code(0).json();
    assert_ne!(first["AccessKeyId"], second["AccessKeyId"]);
    assert_eq!(
        operations(&service),
        [
            "GetId",
            "GetCredentialsForIdentity",
            "GetCredentialsForIdentity"
        ]
    );
}

#[test]
fn many_callers_at_once_ask_once() {
    let (_pool, service, terminal) = signed_in(HOUR);
    let callers: Vec<_> = (0..16)
        .map(|_| terminal.start(&["aws-credentials"]))
        .collect();
    let mut printed: Vec<_> = callers
        .into_iter()
        .map(|caller| caller.finish().code(0).stdout)
        .collect();
    printed.dedup();
    assert_eq!(printed.len(), 1);
    assert_eq!(operations(&service), ["GetId", "GetCredentialsForIdentity"]);
}

#[test]
fn a_role_can_be_chosen_and_has_credentials_of_its_own() {
    let (_pool, service, terminal) = signed_in(HOUR);
    let role = "arn:aws:iam::111122223333:role/admin";
    terminal.run(&["aws-credentials"]).code(0);
    let chosen = terminal
        .run(&["aws-credentials", "--role-arn", role])
        .code(0)
        .json();
    assert_eq!(chosen["AccessKeyId"], "ASIAEXAMPLE2");
    assert_eq!(
        terminal
            .run(&["aws-credentials", "--role-arn", role])
            .code(0)
            .json(),
        chosen
    );
    let asked = service.asked();
    assert_eq!(
        (asked.len(), &asked[2].json()["CustomRoleArn"]),
        (3, &json!(role))
    );
}

#[test]
fn they_belong_to_who_is_signed_in() {
    let pool = Pool::start_with(&[
        "--user",
        "ada:ada@example.com:Engine-1843",
        "--user",
        "grace:grace@example.com:Compiler-1952",
    ]);
    let service = identity_pool(HOUR);
    let terminal = terminal(&pool, &service);
    terminal.run(&["aws-credentials"]).code(3).stdout("");
    pool.sign_in(&terminal);
    let ada = terminal.run(&["aws-credentials"]).code(0).json();
    terminal.run(&["logout"]).code(0);
    terminal.run(&["aws-credentials"]).code(3).stdout("");
    let mut login = terminal.start(&["login"]);
    crate::support::person::Person::new().sign_in(&login.sign_in_url(), "grace", "Compiler-1952");
    login.finish().code(0);
    let grace = terminal.run(&["aws-credentials"]).code(0).json();
    assert_ne!(ada["AccessKeyId"], grace["AccessKeyId"]);
    assert_eq!(
        operations(&service),
        [
            "GetId",
            "GetCredentialsForIdentity",
            "GetId",
            "GetCredentialsForIdentity"
        ]
    );
}

#[test]
fn a_logout_leaves_none_behind() {
    let (_pool, _service, terminal) = signed_in(HOUR);
    terminal.run(&["aws-credentials"]).code(0);
    terminal.run(&["logout"]).code(0);
    let mut leaks = Leaks::new();
    leaks.watch("AWS secret key", "secret/key+1aaaaaaaa");
    leaks.none_in(&[], &terminal, |_| false);
}

#[test]
fn no_secret_is_anywhere_but_on_stdout_and_in_the_store() {
    let (_pool, service, terminal) = signed_in(HOUR);
    terminal.run(&["aws-credentials", "-vvv"]).code(0);
    terminal
        .run(&["aws-credentials", "-vvv", "--format", "env"])
        .code(0);
    let mut leaks = Leaks::new();
    leaks.watch("AWS secret key", "secret/key+1aaaaaaaa");
    leaks.watch("AWS session token", "session/token+1aaaaaaaa==");
    let logins = service.asked()[0].json()["Logins"]
        .as_object()
        .unwrap()
        .values()
        .next()
        .unwrap()
        .clone();
    leaks.watch("ID token", logins.as_str().unwrap());
    let said: Vec<_> = terminal
        .seen()
        .into_iter()
        .filter(|seen| !seen.place.starts_with("stdout of `aws-credentials"))
        .collect();
    leaks.none_in(&said, &terminal, |path| {
        path.extension().is_some_and(|kind| kind == "secret")
    });
}

#[track_caller]
fn fails(answer: Answer, code: i32) -> Ran {
    let pool = Pool::start();
    let service = Service::start(move |_| answer.clone());
    let terminal = terminal(&pool, &service);
    pool.sign_in(&terminal);
    terminal.run(&["aws-credentials"]).code(code).stdout("")
}

#[test]
fn each_refusal_says_what_is_wrong_and_what_to_do() {
    let ran = fails(
        refusal(
            "NotAuthorizedException",
            "Token is not from a supported provider of this identity pool.",
        ),
        5,
    );
    ran.stderr(&format!(
        "error: this app client is not linked to the identity pool `{POOL_ID}`\n\
         caused by: NotAuthorizedException: Token is not from a supported provider of this identity pool.\n\
         hint: in the identity pool, under User access, add the user pool `local_Sandbox01` with the app client `1sandboxclient23456789abcd`\n"
    ));
    let ran = fails(
        refusal(
            "InvalidIdentityPoolConfigurationException",
            "Invalid identity pool configuration.",
        ),
        5,
    );
    assert!(
        ran.stderr.contains("set-identity-pool-roles"),
        "{}",
        ran.stderr
    );
}

#[test]
fn each_refusal_has_its_kind() {
    let pool = Pool::start();
    let answer = Arc::new(Mutex::new(ok(json!({}))));
    let given = answer.clone();
    let service = Service::start(move |_| given.lock().unwrap().clone());
    let terminal = terminal(&pool, &service);
    pool.sign_in(&terminal);
    let no = |name: &str, message: &str| refusal(name, message);
    let unauthorized = |message: &str| no("NotAuthorizedException", message);
    let configuration = "InvalidIdentityPoolConfigurationException";
    for (code, kind, said) in [
        (
            5,
            "app_client_not_linked",
            unauthorized("Token is not from a supported provider of this identity pool."),
        ),
        (
            5,
            "app_client_not_linked",
            unauthorized("Invalid login token. Issuer doesn't match providerName"),
        ),
        (
            1,
            "clock_wrong",
            unauthorized("Invalid login token. Token expired: 1 >= 0"),
        ),
        (
            3,
            "sign_in_needed",
            unauthorized("Access Token has been revoked"),
        ),
        (
            5,
            "identity_pool_refused",
            unauthorized("Access to Identity is forbidden"),
        ),
        (
            5,
            "identity_pool_not_found",
            no("ResourceNotFoundException", "IdentityPool 'x' not found."),
        ),
        (
            5,
            "identity_pool_role_missing",
            no(configuration, "Invalid identity pool configuration."),
        ),
        (
            5,
            "identity_conflict",
            no("ResourceConflictException", "Logins conflict"),
        ),
        (
            4,
            "identity_pool_busy",
            no("TooManyRequestsException", "Rate exceeded"),
        ),
        (
            4,
            "identity_pool_busy",
            no("LimitExceededException", "Too many identities"),
        ),
        (
            4,
            "identity_pool_down",
            (503, "Retry-After: 0\r\n", "<html>".into()),
        ),
        (5, "not_an_identity_pool", (200, "", "<html>".into())),
    ] {
        *answer.lock().unwrap() = said;
        let ran = terminal
            .run(&["aws-credentials", "--json"])
            .code(code)
            .stdout("");
        assert_eq!(ran.json_error()["error"]["kind"], kind, "{}", ran.stderr);
    }
    *answer.lock().unwrap() = no("InvalidParameterException", "role");
    let role = "arn:aws:iam::123456789012:role/other";
    let ran = terminal
        .run(&["aws-credentials", "--json", "--role-arn", role])
        .code(5);
    assert_eq!(
        ran.json_error()["error"]["kind"],
        "role_refused",
        "{}",
        ran.stderr
    );
}

#[test]
fn settings_that_cannot_be_are_named() {
    let (_pool, service, mut terminal) = signed_in(HOUR);
    terminal
        .run(&["aws-credentials", "--identity-pool-id", "nonsense"])
        .code(5)
        .stdout("");
    terminal
        .run(&["aws-credentials", "--format", "xml"])
        .code(2)
        .stdout("");
    terminal.set(
        "AWS_ENDPOINT_URL_COGNITO_IDENTITY",
        "http://169.254.169.254/",
    );
    let ran = terminal.run(&["aws-credentials"]).code(5).stdout("");
    assert!(
        ran.stderr.contains("`AWS_ENDPOINT_URL_COGNITO_IDENTITY`"),
        "{}",
        ran.stderr
    );
    terminal
        .unset("AWS_ENDPOINT_URL_COGNITO_IDENTITY")
        .set("AWS_ENDPOINT_URL", &service.base);
    terminal.run(&["aws-credentials"]).code(0);
    let bare = Terminal::new();
    bare.configure("[profiles.default]\nuser_pool_id = \"eu-west-1_AbCdEf123\"\nclient_id = \"abc\"\nstore = \"file\"\n");
    let ran = bare.run(&["aws-credentials"]).code(5).stdout("");
    assert!(
        ran.stderr.contains("COGNITO_IDENTITY_POOL_ID"),
        "{}",
        ran.stderr
    );
}
