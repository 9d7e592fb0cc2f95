//! The real AWS CLI with `credential_process`, and servers of STS, S3 and identity pools that nobody here wrote (moto).

use super::python::{self, Server};
use crate::support::pool::Pool;
use crate::support::port::Port;
use crate::support::tap::Tap;
use crate::support::terminal::{PROGRAM, Ran, Terminal};

/// AWS on this machine.
struct Aws {
    _server: Server,
    _port: Port,
    tap: Tap,
}

impl Aws {
    fn start() -> Aws {
        let port = Port::reserve();
        let number = port.number.to_string();
        let (server, _) =
            Server::start("moto_server", &["-H", "127.0.0.1", "-p", &number], |line| {
                line.contains("Running on")
            });
        let tap = Tap::before(&format!("http://127.0.0.1:{number}"));
        Aws {
            _server: server,
            _port: port,
            tap,
        }
    }

    /// A machine with the AWS CLI, where somebody is signed in to `pool` and that pool is linked to an identity pool.
    fn terminal(&self, pool: &Pool) -> Terminal {
        let mut terminal = pool.terminal();
        python::install(&mut terminal);
        terminal
            .set("AWS_ENDPOINT_URL", self.tap.base())
            .set("AWS_DEFAULT_REGION", "eu-west-1");
        // As the tap reads bodies: with their length before them.
        terminal.set("AWS_REQUEST_CHECKSUM_CALCULATION", "when_required");
        pool.sign_in(&terminal);
        let provider = pool.issuer().strip_prefix("http://").unwrap();
        let link = format!(
            "ProviderName={provider},ClientId={},ServerSideTokenCheck=true",
            pool.client_id()
        );
        let mut administrator = terminal.clone();
        administrator
            .set("AWS_ACCESS_KEY_ID", "administrator")
            .set("AWS_SECRET_ACCESS_KEY", "administrator");
        let create = [
            "cognito-identity",
            "create-identity-pool",
            "--identity-pool-name",
            "test",
            "--no-allow-unauthenticated-identities",
        ];
        let more = [
            "--cognito-identity-providers",
            &link,
            "--query",
            "IdentityPoolId",
            "--output",
            "text",
        ];
        let id = aws(&administrator, &[&create[..], &more].concat())
            .code(0)
            .stdout;
        let config = format!(
            "[default]\ncredential_process = \"{PROGRAM}\" aws-credentials --identity-pool-id {}\n",
            id.trim()
        );
        terminal.write(".aws/config", &config);
        terminal
    }
}

/// Runs the AWS CLI on that machine.
fn aws(terminal: &Terminal, arguments: &[&str]) -> Ran {
    terminal.start_program("aws", arguments).finish()
}

#[test]
#[ignore = "needs the AWS CLI and moto: tests/run installs them"]
fn the_aws_cli_calls_sts_and_s3_with_the_credentials() {
    let (aws_here, pool) = (Aws::start(), Pool::start());
    let terminal = aws_here.terminal(&pool);
    let who = aws(&terminal, &["sts", "get-caller-identity"])
        .code(0)
        .json();
    assert_eq!(who["Account"], "123456789012");
    terminal.write("note", "kept in a bucket\n");
    aws(&terminal, &["s3", "mb", "s3://test-bucket"]).code(0);
    aws(&terminal, &["s3", "cp", "note", "s3://test-bucket/note"]).code(0);
    aws(&terminal, &["s3", "cp", "s3://test-bucket/note", "-"])
        .code(0)
        .stdout("kept in a bucket\n");
    let requests = aws_here.tap.copied();
    let signed = |seen: &&crate::support::terminal::Seen| {
        seen.text.contains("Credential=TESTACCESSKEY12345/")
    };
    let signed: Vec<_> = requests.iter().filter(signed).collect();
    assert!(signed.len() >= 4, "{requests:#?}");
    assert!(signed.iter().all(|seen| {
        seen.text
            .to_ascii_lowercase()
            .contains("x-amz-security-token: abc12345")
    }));
    let asked = |operation: &str| {
        requests
            .iter()
            .filter(|seen| {
                seen.text
                    .contains(&format!("AWSCognitoIdentityService.{operation}\r\n"))
            })
            .count()
    };
    assert_eq!(asked("GetId"), 1, "the identity is kept");
}

#[test]
#[ignore = "needs the AWS CLI and moto: tests/run installs them"]
fn the_aws_cli_shows_what_to_do_when_nobody_is_signed_in() {
    let (aws_here, pool) = (Aws::start(), Pool::start());
    let terminal = aws_here.terminal(&pool);
    terminal.run(&["logout"]).code(0);
    let ran = aws(&terminal, &["sts", "get-caller-identity"]).stdout("");
    assert_ne!(ran.code, 0);
    assert!(
        ran.stderr.contains("hint: cognito-login login"),
        "{}",
        ran.stderr
    );
}
