//! The sandbox's own pages in a real browser: each one legible to everybody, each step as the tutorial walks it.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::webdriver::Browser;
use super::{ALIVE, PASSWORD, SUBMIT, USERNAME, sign_in};
use crate::support::person::Person;
use crate::support::pool::Pool;
use crate::support::port::Port;
use crate::support::terminal::{Running, Terminal};
use crate::support::wire;

const CODE: &str = "input[name=code]";
const APP_CODE: &str = "input[name=authentication_code]";
const BANNER: &str = ".banner";
const COMPLAINT: &str = ".complaint";
const ADA: &str = "Signed in as Ada Lovelace (ada@example.com)";

/// Keys by their names in WebDriver (§17.4.2).
const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";

/// A page of the pool, as an app would send somebody to it.
fn address(pool: &Pool, path: &str, more: &str) -> String {
    let (domain, client, redirect) = (pool.domain(), pool.client_id(), pool.redirect());
    format!(
        "{domain}{path}?client_id={client}&response_type=code&redirect_uri={redirect}&scope=openid{more}"
    )
}

/// A folder with a pool file, and the arguments that name it.
fn pool_of(file: &str) -> (TempDir, Pool) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pool.toml");
    std::fs::write(&path, file).unwrap();
    let pool = Pool::start_with(&["--pool-file", path.to_str().unwrap()]);
    (folder, pool)
}

/// Starts a login that asks for name and password whoever is signed in at the pages.
fn new_login(terminal: &Terminal, browser: &Browser, pool: &Pool) -> Running {
    let mut login = terminal.start(&["login", "--switch-user"]);
    sign_in(browser, &login.sign_in_url(), pool);
    login
}

fn names_on_page(browser: &Browser, css: &str) -> Value {
    browser.script(&format!(
        "return [...document.querySelectorAll('{css}')].map(e => e.textContent.trim())"
    ))
}

/// Asserts that axe finds nothing wrong, and nothing it cannot tell, in light and in dark, and that a phone shows it all.
#[track_caller]
fn is_fit_for_everybody(browser: &Browser, page: &str, heading: &str) {
    browser.heading(heading);
    let axe =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/node_modules/axe-core/axe.min.js");
    browser.script(&std::fs::read_to_string(axe).expect("npm ci --prefix tests/peers"));
    for scheme in ["light", "dark"] {
        browser.appear(scheme, 1000);
        browser.picture(&format!("sandbox-{page}-{scheme}"));
        let found = browser.script(
            "return axe.run({ resultTypes: ['violations', 'incomplete'] }).then(({ violations, incomplete }) => \
             [...violations, ...incomplete].map(({ id, nodes }) => [id, nodes.map(node => node.html)]))",
        );
        assert_eq!(found, json!([]), "{page} in {scheme}");
    }
    browser.appear("light", 320);
    browser.picture(&format!("sandbox-{page}-phone"));
    assert!(!browser.overflows(), "{page} on a phone");
}

#[test]
#[ignore = "needs chromium, chromedriver and the packages of tests/peers"]
fn every_page_is_fit_for_screen_readers_in_light_in_dark_and_on_a_phone() {
    let (_folder, pool) = pool_of(
        "required_attributes = ['phone_number', 'birthdate']\n\
         [[users]]\nusername = 'ada'\nemail = 'ada@example.com'\npassword = 'Engine-1843'\n\
         attributes = { name = 'Ada Lovelace' }\n\
         [[users]]\nusername = 'grace'\npassword = 'Cobol-1959'\ntemporary_password = true\ngroups = ['admins', 'navy']\n\
         email = 'grace.brewster.murray.hopper@a-name-that-is-long-for-a.phone.example.com'\n\
         [[identity_providers]]\nname = 'Work'\nissuer = 'http://127.0.0.1:9/x'\nclient_id = 'x'\n",
    );
    let browser = Browser::start(&[]);
    let visit = |path: &str, more: &str| browser.visit(&address(&pool, path, more));
    let look = |page: &str, heading: &str| is_fit_for_everybody(&browser, page, heading);
    let type_in = |fields: &[(&str, &str)]| {
        for (css, text) in fields {
            browser.fill(css, text);
        }
        browser.leave_by(SUBMIT);
    };

    visit("/login", "");
    look("sign-in", "Sign in");
    type_in(&[(USERNAME, "ada"), (PASSWORD, "wrong")]);
    look("wrong-password", "Sign in");
    visit("/signup", "");
    look("sign-up", "Create an account");
    browser.script("document.getElementById('birthdate').value = '1906-12-09'");
    type_in(&[
        (USERNAME, "mary"),
        ("#email", "mary@example.com"),
        ("#phone_number", "555"),
        (PASSWORD, "Mechanism-1831"),
    ]);
    look("sign-up-refused", "Create an account");
    type_in(&[
        ("#phone_number", "\u{e003}\u{e003}\u{e003}+15555550100"),
        (PASSWORD, "Mechanism-1831"),
    ]);
    look("confirm", "Confirm your address");
    type_in(&[(CODE, "000000")]);
    look("confirm-wrong", "Confirm your address");
    visit("/forgotPassword", "");
    look("forgot-password", "Reset your password");
    type_in(&[(USERNAME, "ada")]);
    look("reset-password", "Choose a new password");
    type_in(&[(CODE, &pool.code_for("ada")), (PASSWORD, "weak")]);
    look("reset-password-weak", "Choose a new password");
    visit("/login", "");
    type_in(&[(USERNAME, "grace"), (PASSWORD, "Cobol-1959")]);
    look("temporary-password", "Choose your password");

    pool.rule("mfa", "optional");
    visit("/login", "");
    type_in(&[(USERNAME, "ada"), (PASSWORD, "Engine-1843")]);
    browser.click("summary");
    look("app-set-up", "Set up your authenticator app");
    let app = App::scanned(&browser);
    browser.fill(APP_CODE, &app.shows(app.step));
    // Nobody listens at the app; the browser is signed in all the same.
    browser.click(SUBMIT);
    browser.wait_for_text("body", "localhost");
    pool.rule("offer_to_continue", true);
    visit("/login", "");
    look("continue-as", "You are signed in");
    browser.leave_by("p.other a");
    type_in(&[(USERNAME, "ada"), (PASSWORD, "Engine-1843")]);
    look("app-code", "Enter your code");
    type_in(&[(APP_CODE, "000")]);
    look("app-code-wrong", "Enter your code");

    browser.visit(
        &address(&pool, "/oauth2/authorize", "").replace(&pool.redirect(), "http://localhost:1"),
    );
    look("error", "This request cannot go on");
    browser.visit(pool.domain());
    look("front", "Sandbox user pool");
    browser.visit(&format!("{}/sandbox", pool.domain()));
    look("what-happens", "What happens here");
    pool.rule("branding", false);
    visit("/login", "");
    look("no-login-pages", "No login pages");
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn a_sign_up_ticks_rules_as_one_types_and_asks_for_what_the_pool_wants() {
    let pool = Pool::start_with(&["--require-attribute", "phone_number"]);
    let browser = Browser::start(&[]);
    let terminal = pool.terminal();
    let mut login = terminal.start(&["login", "--signup"]);
    browser.visit(&login.sign_in_url());
    let ticked = || names_on_page(&browser, ".rules .met");
    assert_eq!(ticked(), json!([]));
    let (small, digit) = ("A lower-case letter (done)", "A digit (done)");
    browser.fill(PASSWORD, "a");
    assert_eq!(ticked(), json!([small]));
    browser.fill(PASSWORD, "7");
    assert_eq!(ticked(), json!([small, digit]));
    browser.fill(PASSWORD, "\u{e003}\u{e003}");
    assert_eq!(ticked(), json!([]));
    browser.fill(PASSWORD, "Compiler-1952");
    assert_eq!(names_on_page(&browser, ".rules li:not(.met)"), json!([]));
    browser.click(".reveal");
    assert_eq!(
        browser.script("return document.getElementById('password').type"),
        "text"
    );

    browser.fill(USERNAME, "grace");
    browser.fill("#email", "grace@example.com");
    browser.fill("#phone_number", "555");
    browser.leave_by(SUBMIT);
    assert_eq!(
        browser.text(COMPLAINT),
        "Write it with the country code, like +15555550100."
    );
    assert_eq!(
        browser.script("return document.activeElement.id"),
        "phone_number"
    );
    browser.fill("#phone_number", "\u{e003}\u{e003}\u{e003}+15555550100");
    browser.fill(PASSWORD, "Compiler-1952");
    browser.leave_by(SUBMIT);
    let first = pool.code_for("grace");
    browser.leave_by("button.link");
    assert_eq!(browser.text(BANNER), "A new code is on its way.");
    browser.fill(CODE, &first);
    browser.leave_by(SUBMIT);
    assert!(
        browser
            .text(COMPLAINT)
            .starts_with("This code is wrong or too old.")
    );
    browser.fill(CODE, &pool.code_for("grace"));
    browser.click(SUBMIT);
    assert_eq!(
        browser.heading("Signed in"),
        "Signed in as grace (grace@example.com)"
    );
    login.finish().code(0);
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn a_name_is_closed_after_wrong_passwords_until_the_password_is_reset() {
    let pool = Pool::start();
    let browser = Browser::start(&[]);
    let mut login = pool.terminal().start(&["login"]);
    browser.visit(&login.sign_in_url());
    browser.fill(USERNAME, pool.username());
    let mut said = String::new();
    // Each wrong guess closes the name for twice as long, so a slow machine meets it closed as well, if later.
    for _ in 0..30 {
        browser.fill(PASSWORD, "wrong");
        browser.leave_by(SUBMIT);
        said = browser.text(BANNER);
        if said != "Incorrect user name or password." {
            break;
        }
    }
    assert_eq!(
        said,
        "Too many wrong attempts. Wait a moment, then try again."
    );
    browser.leave_by(".aside a");
    browser.fill(USERNAME, pool.username());
    browser.leave_by(SUBMIT);
    browser.fill(CODE, &pool.code_for(pool.username()));
    browser.fill(PASSWORD, "Engine-1844");
    browser.leave_by(SUBMIT);
    assert_eq!(
        browser.text(BANNER),
        "Your password is changed. Sign in with the new one."
    );
    browser.fill(PASSWORD, "Engine-1844");
    browser.click(SUBMIT);
    assert_eq!(browser.heading("Signed in"), ADA);
    login.finish().code(0);
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn an_authenticator_app_is_offered_set_up_and_then_asked() {
    let pool = Pool::start_with(&["--mfa", "optional"]);
    let (browser, terminal) = (Browser::start(&[]), pool.terminal());

    let login = new_login(&terminal, &browser, &pool);
    browser.heading("Set up your authenticator app");
    browser.click("button.link");
    assert_eq!(browser.heading("Signed in"), ADA);
    login.finish().code(0);

    pool.rule("mfa", "required");
    let login = new_login(&terminal, &browser, &pool);
    browser.heading("Set up your authenticator app");
    assert_eq!(
        names_on_page(&browser, "button.link"),
        json!([]),
        "required is not to be declined"
    );
    browser.click("summary");
    let app = App::scanned(&browser);
    browser.fill(APP_CODE, "000000");
    browser.leave_by(SUBMIT);
    assert!(browser.text(COMPLAINT).starts_with("This code is wrong."));
    let used = app.shows(app.step);
    browser.fill(APP_CODE, &used);
    browser.click(SUBMIT);
    assert_eq!(browser.heading("Signed in"), ADA);
    login.finish().code(0);

    pool.rule("mfa", "optional");
    let login = new_login(&terminal, &browser, &pool);
    browser.heading("Enter your code");
    browser.fill(APP_CODE, &used);
    browser.leave_by(SUBMIT);
    assert!(
        browser.text(COMPLAINT).starts_with("This code is wrong."),
        "a code works once"
    );
    browser.fill(APP_CODE, &app.shows(this_step().max(app.step + 1)));
    browser.click(SUBMIT);
    assert_eq!(browser.heading("Signed in"), ADA);
    login.finish().code(0);

    pool.rule("mfa", "off");
    let login = new_login(&terminal, &browser, &pool);
    assert_eq!(browser.heading("Signed in"), ADA);
    login.finish().code(0);
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn a_temporary_password_is_changed_and_the_browser_may_go_on_or_use_another_account() {
    let (_folder, pool) = pool_of(
        "[[users]]\nusername = 'grace'\nemail = 'grace@example.com'\npassword = 'Cobol-1959'\n\
         temporary_password = true\nattributes = { name = 'Grace Hopper' }\n[rules]\noffer_to_continue = true\n",
    );
    let (browser, terminal) = (Browser::start(&[]), pool.terminal());
    let grace = "Signed in as Grace Hopper (grace@example.com)";
    let mut login = terminal.start(&["login"]);
    sign_in(&browser, &login.sign_in_url(), &pool);
    browser.heading("Choose your password");
    browser.fill(PASSWORD, "Cobol-1959");
    browser.leave_by(SUBMIT);
    browser.text(COMPLAINT);
    browser.fill(PASSWORD, "Cobol-1960");
    browser.click(SUBMIT);
    assert_eq!(browser.heading("Signed in"), grace);
    login.finish().code(0);

    let mut login = terminal.start(&["login"]);
    browser.visit(&login.sign_in_url());
    assert_eq!(
        names_on_page(&browser, SUBMIT),
        json!(["Continue as Grace Hopper"])
    );
    browser.click(SUBMIT);
    assert_eq!(browser.heading("Signed in"), grace);
    login.finish().code(0);

    let mut login = terminal.start(&["login"]);
    browser.visit(&login.sign_in_url());
    browser.leave_by("p.other a");
    assert_eq!(browser.heading("Sign in"), "Sign in");
    browser.fill(USERNAME, "grace");
    browser.fill(PASSWORD, "Cobol-1960");
    browser.click(SUBMIT);
    assert_eq!(browser.heading("Signed in"), grace);
    login.finish().code(0);
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn nobody_needs_a_mouse_and_everybody_sees_where_the_focus_is() {
    let pool = Pool::start();
    let browser = Browser::start(&[]);
    // A window that is not in front shows no focus, and without a screen none need be.
    browser.devtools(
        "Emulation.setFocusEmulationEnabled",
        json!({ "enabled": true }),
    );
    let mut login = pool.terminal().start(&["login"]);
    browser.visit(&login.sign_in_url());
    let focus = || {
        browser.script(
            "const e = document.activeElement, style = getComputedStyle(e); \
             return [e.getAttribute('aria-label') || e.id || e.innerText, \
             style.outlineStyle === 'solid' && parseFloat(style.outlineWidth) >= 2]",
        )
    };
    let mut met = vec![focus()];
    for _ in 0..5 {
        browser.press(TAB);
        met.push(focus());
    }
    let names = [
        "username",
        "password",
        "Show password",
        "Forgot your password?",
        "Sign in",
        "Create an account",
    ];
    assert_eq!(met, names.map(|name| json!([name, true])));
    browser.visit(&browser.address());
    browser.press(pool.username());
    browser.press(TAB);
    browser.press(pool.password());
    browser.press(ENTER);
    assert_eq!(browser.heading("Signed in"), ADA);
    login.finish().code(0);
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn what_was_wrong_with_a_request_is_told_live_with_the_setting_that_mends_it() {
    let pool = Pool::start();
    let browser = Browser::start(&[]);
    browser.visit(
        &address(&pool, "/oauth2/authorize", "")
            .replace(&pool.redirect(), &format!("{}/", pool.redirect())),
    );
    let error = browser.text("main");
    assert!(
        error.contains("and the difference is the slash at the end."),
        "{error}"
    );

    browser.visit(&format!("{}/sandbox", pool.domain()));
    let mut login = pool.terminal().start(&["login"]);
    let asked = login.sign_in_url();
    drop(login);
    // From here on the page is only looked at: what it says, it learnt by itself.
    let tells = |wrong: &str, mend: &str| {
        browser.wait_for_text("p", wrong);
        browser.wait_for_text("p", &format!("Mend it: {mend}"));
    };
    let answer = |path: &str| wire::get(path).header("location").unwrap().to_owned();
    answer(&address(&pool, "/oauth2/authorize", "+offline_access"));
    tells(
        "may not ask for offline_access.",
        "client: leave offline_access out",
    );
    answer(&address(&pool, "/oauth2/authorize", "").replace("localhost", "127.0.0.1"));
    let other = pool.redirect().replace("localhost", "127.0.0.1");
    tells(
        &format!("{} is, and the difference is the host.", pool.redirect()),
        &format!("Login pages → Allowed callback URLs: add {other}, letter for letter"),
    );
    let mut person = Person::new();
    person.visit(&asked);
    let form = [("username", pool.username()), ("password", pool.password())];
    let back = person.submit_until_sent_to(&form, &pool.redirect());
    let code = back
        .query_pairs()
        .find(|(name, _)| name == "code")
        .unwrap()
        .1;
    let form = format!(
        "grant_type=authorization_code&client_id={}&code={code}&redirect_uri={}&code_verifier={}",
        pool.client_id(),
        pool.redirect(),
        "x".repeat(43)
    );
    let token = format!("{}/oauth2/token", pool.domain()).parse().unwrap();
    let form_type = [("Content-Type", "application/x-www-form-urlencoded")];
    let answer = wire::send("POST", &token, &form_type, form.as_bytes());
    assert_eq!(
        answer.json(),
        json!({"error": "invalid_grant"}),
        "the client learns no more than from Cognito"
    );
    tells(
        "code_verifier does not match the code_challenge of authorize.",
        "client: one verifier for each attempt",
    );
    browser.wait_for_text("li", "1 browser session");

    browser.visit(&address(&pool, "/forgotPassword", ""));
    browser.fill(USERNAME, pool.username());
    browser.leave_by(SUBMIT);
    let code = pool.code_for(pool.username());
    browser.visit(&format!("{}/sandbox#mail", pool.domain()));
    browser.wait_for_text("li", &format!("{code} password reset to ada@example.com"));
    pool.stop();
    browser.wait_for_text("body[@class=\"wide gone\"]", "The sandbox has ended.");
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn logo_and_style_sheet_are_taken_without_restart() {
    let folder = tempfile::tempdir().unwrap();
    let (logo, css) = (
        folder.path().join("logo.svg"),
        folder.path().join("style.css"),
    );
    let draw = |width: u32, colour: &str| {
        let picture =
            format!("<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='20'/>");
        std::fs::write(&logo, picture).unwrap();
        std::fs::write(
            &css,
            format!(".submitButton-customizable {{ background: {colour} }}"),
        )
        .unwrap();
    };
    draw(40, "rgb(1, 2, 3)");
    let pool = Pool::start_with(&[
        "--logo",
        logo.to_str().unwrap(),
        "--css",
        css.to_str().unwrap(),
    ]);
    let browser = Browser::start(&[]);
    let seen = || {
        browser.visit(&address(&pool, "/login", ""));
        browser.script(&format!(
            "return [document.images[0].naturalWidth, getComputedStyle(document.querySelector('{SUBMIT}')).backgroundColor]"
        ))
    };
    assert_eq!(seen(), json!([40, "rgb(1, 2, 3)"]));
    browser.picture("sandbox-customised");
    draw(50, "rgb(4, 5, 6)");
    assert_eq!(seen(), json!([50, "rgb(4, 5, 6)"]));
    browser.appear("dark", 1000);
    let sheet = "return getComputedStyle(document.querySelector('main')).backgroundColor";
    assert_eq!(
        browser.script(sheet),
        "rgb(255, 255, 255)",
        "style sheets for Cognito's classic pages know no dark"
    );
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn a_person_of_another_pool_comes_in_by_its_button() {
    let port = Port::reserve();
    let number = port.number.to_string();
    let callback = format!("http://127.0.0.1:{number}/oauth2/idpresponse");
    let work = Pool::start_with(&["--redirect-uri", &callback]);
    let provider = format!("Work={},{}", work.issuer(), work.client_id());
    let pool = Pool::start_with(&["--port", &number, "--idp", &provider]);
    let (browser, terminal) = (Browser::start(&[]), pool.terminal());
    let mut login = terminal.start(&["login"]);
    browser.visit(&login.sign_in_url());
    browser.leave_by(".provider");
    assert!(
        browser.address().starts_with(work.domain()),
        "{}",
        browser.address()
    );
    browser.fill(USERNAME, work.username());
    browser.fill(PASSWORD, work.password());
    browser.click(SUBMIT);
    assert_eq!(browser.heading("Signed in"), ADA);
    login.finish().code(0);
    let claims = terminal
        .run(&["whoami", "--claims", "--json"])
        .code(0)
        .json();
    assert!(
        claims.to_string().contains("\"providerName\":\"Work\""),
        "{claims}"
    );
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn hostile_text_is_shown_on_every_page_and_run_on_none() {
    let hostile = ALIVE.replace('"', "\\\"");
    let (_folder, pool) = pool_of(&format!(
        "[client]\nname = \"{hostile}\"\n[rules]\noffer_to_continue = true\n\
         [[users]]\nusername = \"ada\"\nemail = \"ada@example.com\"\npassword = \"Engine-1843\"\n\
         groups = [\"{hostile}\"]\nattributes = {{ name = \"{hostile}\" }}\n"
    ));
    let browser = Browser::start(&[]);
    let text: String = url::form_urlencoded::byte_serialize(ALIVE.as_bytes()).collect();
    let is_harmless = |place: &str| {
        assert!(
            browser.text("main").contains("<script>"),
            "{place} does not show it"
        );
        let page = browser.script("return [document.scripts.length, document.images.length, document.title.includes('owned')]");
        assert_eq!(page, json!([1, 0, false]), "{place}");
    };
    let visit = |path: &str, more: &str| {
        browser.visit(&address(&pool, path, more));
        is_harmless(path);
    };
    visit(
        "/login",
        &format!("&login_hint={text}&state={text}&lang={text}&nonce={text}"),
    );
    visit("/signup", "");
    visit("/confirm", &format!("&user_name={text}"));
    visit("/confirmforgotPassword", &format!("&user_name={text}"));
    browser.visit(&address(&pool, "/login", "").replace(&pool.redirect(), &text));
    is_harmless("/error of a request");
    browser.visit(&format!("{}/error?error={text}", pool.domain()));
    is_harmless("/error");
    browser.visit(&address(&pool, "/login", ""));
    browser.fill(USERNAME, "ada");
    browser.fill(PASSWORD, "Engine-1843");
    browser.click(SUBMIT);
    browser.wait_for_text("body", "localhost");
    visit("/login", "");
    browser.text(".person");
    wire::get(&format!(
        "{}/oauth2/authorize?client_id={text}",
        pool.domain()
    ));
    browser.visit(&format!("{}/sandbox", pool.domain()));
    is_harmless("/sandbox");
    browser.visit(pool.domain());
    is_harmless("/");
}

/// An authenticator app, by RFC 6238 and RFC 4648 alone: nothing here is the sandbox's.
struct App {
    key: ring::hmac::Key,
    /// The step in which it was set up.
    step: u64,
}

impl App {
    /// Takes the secret from the page that shows it.
    fn scanned(browser: &Browser) -> App {
        let mut bits = Vec::new();
        for letter in browser
            .text(".secret-text")
            .bytes()
            .filter(|byte| *byte != b' ')
        {
            let value = match letter {
                b'A'..=b'Z' => letter - b'A',
                _ => letter - b'2' + 26,
            };
            bits.extend((0..5).rev().map(|place| value >> place & 1));
        }
        let bytes: Vec<u8> = bits
            .chunks(8)
            .map(|byte| byte.iter().fold(0, |byte, bit| byte << 1 | bit))
            .collect();
        App {
            key: ring::hmac::Key::new(ring::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &bytes),
            step: this_step(),
        }
    }

    fn shows(&self, step: u64) -> String {
        let tag = ring::hmac::sign(&self.key, &step.to_be_bytes());
        let from = usize::from(tag.as_ref()[19] % 16);
        let word: [u8; 4] = tag.as_ref()[from..from + 4].try_into().unwrap();
        format!("{:06}", u32::from_be_bytes(word) % (1 << 31) % 1_000_000)
    }
}

fn this_step() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
        / 30
}
