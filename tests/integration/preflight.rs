//! The look at the login pages before the browser opens: what a browser would meet is told here, with the remedy; what is
//! not understood is let pass.

use serde_json::{Value, json};

use crate::support::person::Person;
use crate::support::pool::Pool;
use crate::support::port::Port;
use crate::support::terminal::{Ran, Terminal};

/// Asserts that no address was printed: nobody is sent to pages that cannot work.
#[track_caller]
fn told(ran: Ran, wanted: &str) {
    let ran = ran.code(5).stdout("").stderr(wanted);
    assert!(!ran.stderr.contains("/oauth2/authorize"), "{}", ran.stderr);
}

#[test]
fn a_redirect_uri_that_is_not_registered_is_told_with_the_string_to_register() {
    let pool = Pool::start();
    let wrong = format!("{}/", pool.redirect());
    let id = pool.client_id();
    told(
        pool.terminal().run(&["login", "--redirect-uri", &wrong]),
        &format!(
            "error: app client `{id}` does not have the callback URL `{wrong}`\n\
             hint: add exactly this string, without a slash more or less: {wrong}\n      \
             in the console: Applications, App clients, Login pages, Edit, Allowed callback URLs\n      \
             or: aws cognito-idp update-user-pool-client --user-pool-id local_Sandbox01 --client-id {id} --callback-urls {wrong} \
             (this resets every setting of the app client that the command does not name)\n"
        ),
    );
}

#[test]
fn login_pages_without_a_style_are_told_with_the_command_that_gives_them_one() {
    let pool = Pool::start();
    pool.quirk(json!({ "rules": { "branding": false } }));
    let id = pool.client_id();
    told(
        pool.terminal().run(&["login"]),
        &format!(
            "error: the login pages have no style for app client `{id}`\n\
             hint: aws cognito-idp create-managed-login-branding --user-pool-id local_Sandbox01 --client-id {id} \
             --use-cognito-provided-values\n"
        ),
    );
}

#[test]
fn an_app_client_that_may_not_sign_people_in_is_told() {
    let scratch = Terminal::new();
    let port = Port::reserve();
    let file = scratch.write(
        "pool.toml",
        &format!(
            "[[resource_servers]]\nidentifier = \"api\"\nscopes = [\"read\"]\n\n\
             [[clients]]\nid = \"1batch0123456789abcdefghi\"\nsecret = \"only-for-this-sandbox-0123\"\n\
             grant = \"client_credentials\"\nscopes = [\"api/read\"]\ncallback_urls = [\"{}\"]\n",
            port.redirect()
        ),
    );
    let pool = Pool::start_with(&["--pool-file", file.to_str().unwrap()]);
    let mut terminal = pool.terminal();
    terminal.set("COGNITO_CLIENT_ID", "1batch0123456789abcdefghi");
    terminal.set("COGNITO_REDIRECT_URI", port.redirect());
    let ran = terminal.run(&["login", "--json"]).code(5);
    assert_eq!(ran.json_error()["error"]["kind"], "flow_not_enabled");
}

#[test]
fn what_is_not_understood_is_let_pass() {
    let pool = Pool::start();
    for first in [
        json!({ "status": 500 }),
        json!({ "status": 200, "body": "<html>" }),
        json!({ "status": 302, "body": "" }),
        json!({ "status": 403, "body": "<html>Forbidden</html>" }),
        json!({ "hang_up": "before_answer" }),
        json!({ "bytes": 10_485_760 }),
    ] {
        let mut once = first.clone();
        once["times"] = Value::from(1);
        pool.quirk(json!({ "authorize": once }));
        let mut login = pool.terminal().start(&["login"]);
        let url = login.sign_in_url();
        Person::new().sign_in(&url, pool.username(), pool.password());
        let ran = login.finish().code(0);
        let firewall = ["EC2MetaDataSSRF_QUERYARGUMENTS", "NoUserAgent_HEADER"];
        let noted = firewall.iter().all(|rule| ran.stderr.contains(rule));
        assert_eq!(
            noted,
            first["status"] == json!(403),
            "{first}: {}",
            ran.stderr
        );
    }
}

#[test]
fn it_can_be_left_out() {
    let pool = Pool::start();
    let wrong = format!("{}/", pool.redirect());
    let args = [
        "login",
        "--no-preflight",
        "--timeout",
        "1s",
        "--redirect-uri",
        &wrong,
    ];
    let ran = pool.terminal().run(&args).code(6);
    assert!(ran.stderr.contains("/oauth2/authorize?"), "{}", ran.stderr);
    pool.quirk(json!({ "authorize": { "status": 500 } }));
    let terminal = pool.terminal();
    terminal.configure(&format!("{}preflight = false\n", pool.profile()));
    let mut login = terminal.start(&["login"]);
    login.sign_in_url();
    login.line(|line| line.starts_with("Waiting"));
    let asked = pool.log();
    assert!(!asked.contains("/oauth2/authorize"), "{asked}");
}
