//! `template`: what it prints and what it refuses. That CloudFormation takes it: `tests/peers/cloudformation.rs`.

use crate::support::terminal::Terminal;

/// Every option, alone and together, as far as they change each other.
pub const OPTIONS: [&[&str]; 7] = [
    &[],
    &["--confidential", "--rotation"],
    &[
        "--rotation",
        "--group",
        "admins",
        "--group",
        "site-admins",
        "--identity-pool",
    ],
    &[
        "--resource-server",
        "api:read,write",
        "--resource-server",
        "https://api.example.com:all",
    ],
    &[
        "--logo",
        "logo.png",
        "--domain",
        "my-app",
        "--redirect-uri",
        "http://127.0.0.1:8400/cb",
        "--logout-uri",
        "https://example.com/",
    ],
    &[
        "--css",
        "style.css",
        "--logo",
        "logo.png",
        "--confidential",
        "--identity-pool",
    ],
    &[
        "--classic",
        "--scope",
        "openid email",
        "--resource-server",
        "api:read",
    ],
];

/// A machine with a logo and a style sheet.
pub fn machine() -> Terminal {
    let terminal = Terminal::new();
    std::fs::write(terminal.home().join("logo.png"), b"\x89PNG\r\n\x1a\n").unwrap();
    terminal.write(
        "style.css",
        ".logo-customizable {\n\tmax-width: 60%;\n}\n\n.banner-customizable { background: #fff }\n",
    );
    terminal
}

pub fn template(terminal: &Terminal, options: &[&str]) -> String {
    let args = [&["template", "--profile", "work"], options].concat();
    terminal.run(&args).code(0).stderr("").stdout
}

#[test]
fn it_is_printed_and_nothing_else() {
    let terminal = machine();
    for options in OPTIONS {
        let printed = template(&terminal, options);
        assert!(
            printed.starts_with("# A user pool") && printed.ends_with('\n'),
            "{printed}"
        );
        assert!(
            printed.contains("| cognito-login configure --profile work --import -\n"),
            "{printed}"
        );
    }
    assert!(!terminal.config_file().exists());
}

#[test]
fn what_cannot_become_a_template_is_wrong_usage() {
    let terminal = machine();
    for options in [
        ["--css", "nowhere"],
        ["--logo", "style.css"],
        ["--group", "a b"],
        ["--resource-server", "api"],
        ["--domain", "my.example"],
    ] {
        let ran = terminal
            .run(&[&["template"], &options[..]].concat())
            .code(2)
            .stdout("");
        assert!(ran.stderr.starts_with("error: "), "{}", ran.stderr);
    }
}

#[test]
fn a_long_template_says_how_to_deploy_it() {
    let terminal = machine();
    let logo = [b"\x89PNG".to_vec(), vec![0; 60_000]].concat();
    std::fs::write(terminal.home().join("logo.png"), logo).unwrap();
    let ran = terminal.run(&["template", "--logo", "logo.png"]).code(0);
    assert!(ran.stdout.len() > 60_000);
    ran.stderr("warning: the template is longer than 51,200 bytes: add --s3-bucket BUCKET to aws cloudformation deploy\n");
}
