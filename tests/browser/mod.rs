//! The sign-in in a real browser: what a person sees, and what the address bar and the history keep.

mod sandbox;
pub mod webdriver;

use std::net::TcpStream;

use serde_json::json;

use crate::support::pool::Pool;
use webdriver::Browser;

const USERNAME: &str = "input[name=username]";
const PASSWORD: &str = "input[name=password]";
const SUBMIT: &str = "form button.main";

fn sign_in(browser: &Browser, url: &str, pool: &Pool) {
    browser.visit(url);
    browser.fill(USERNAME, pool.username());
    browser.fill(PASSWORD, pool.password());
    browser.click(SUBMIT);
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn a_newcomer_signs_up_confirms_signs_in_and_out() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    let browser = Browser::start(&[]);
    let mut login = terminal.start(&["login", "--signup"]);
    browser.visit(&login.sign_in_url());
    browser.fill(USERNAME, "grace");
    browser.fill("input[name=email]", "grace@example.com");
    browser.fill("input[name=name]", "Grace Hopper");
    browser.fill(PASSWORD, "Compiler-1952");
    browser.click(SUBMIT);
    // The code is sent before the page that asks for it is there.
    browser.wait_for("input[name=code]");
    browser.fill("input[name=code]", &pool.code_for("grace"));
    browser.click(SUBMIT);
    assert_eq!(
        browser.heading("Signed in"),
        "Signed in as Grace Hopper (grace@example.com)"
    );
    login.finish().code(0);

    // The browser is still signed in at the login pages: the next login asks for nothing.
    let mut login = terminal.start(&["login"]);
    browser.visit(&login.sign_in_url());
    assert_eq!(
        browser.heading("Signed in"),
        "Signed in as Grace Hopper (grace@example.com)"
    );
    login.finish().code(0);

    let ran = terminal.run(&["logout"]).code(0);
    browser.visit(ran.stderr.lines().last().unwrap());
    let mut login = terminal.start(&["login"]);
    sign_in(&browser, &login.sign_in_url(), &pool);
    assert_eq!(
        browser.heading("Signed in"),
        "Signed in as Ada Lovelace (ada@example.com)"
    );
    login.finish().code(0);
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn neither_address_bar_nor_history_holds_the_code_and_nothing_is_loaded() {
    let pool = Pool::start();
    let browser = Browser::start(&[]);
    let mut login = pool.terminal().start(&["login"]);
    sign_in(&browser, &login.sign_in_url(), &pool);
    assert_eq!(
        browser.heading("Signed in"),
        "Signed in as Ada Lovelace (ada@example.com)"
    );
    let address = browser.address();
    assert!(
        address.starts_with(&pool.redirect()) && !address.contains(['?', '#']),
        "{address}"
    );
    for address in browser.history() {
        assert!(!address.contains("code="), "{address}");
    }
    let loaded =
        browser.script("return performance.getEntriesByType('resource').map(entry => entry.name)");
    assert_eq!(loaded, json!([]));
    let page = browser.script(
        "return [document.documentElement.lang, document.title, document.querySelectorAll('h1').length, \
         document.scripts.length, document.documentElement.scrollWidth <= innerWidth]",
    );
    assert_eq!(page, json!(["en", "Signed in – cognito-login", 1, 0, true]));
    login.finish().code(0);
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn the_page_is_readable_in_light_dark_on_a_phone_and_to_a_screen_reader() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    let browser = Browser::start(&["--window-size=1200,800"]);
    for (name, scheme, width) in [
        ("light", "light", 1200),
        ("dark", "dark", 1200),
        ("phone", "light", 360),
    ] {
        browser.appear(scheme, width);
        let mut login = terminal.start(&["login", "--switch-user"]);
        browser.visit(&login.sign_in_url());
        browser.text("form");
        browser.picture(&format!("login-pages-{name}"));
        browser.fill(USERNAME, pool.username());
        browser.fill(PASSWORD, pool.password());
        browser.click(SUBMIT);
        browser.heading("Signed in");
        browser.picture(&format!("signed-in-{name}"));
        assert!(!browser.overflows(), "{name}");
        let contrast = browser.script(CONTRAST).as_f64().unwrap();
        assert!(
            contrast >= 4.5,
            "WCAG 2 AA wants 4.5, {name} has {contrast}"
        );
        let tree = browser.devtools("Accessibility.getFullAXTree", json!({}));
        let heading = tree["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .find(|node| node["role"]["value"] == "heading");
        let heading = heading.map(|node| node["name"]["value"].as_str().unwrap_or_default());
        assert_eq!(
            heading,
            Some("Signed in as Ada Lovelace (ada@example.com)"),
            "{name}"
        );
        login.finish().code(0);
    }
}

/// The smallest contrast (WCAG 2.2 §1.4.3) of any text on the page with the background behind it.
const CONTRAST: &str = r"
    const number = colour => colour.match(/[\d.]+/g).map(Number);
    const luminance = ([r, g, b]) => [r, g, b].map(c => c / 255)
        .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const behind = element => {
        for (let e = element; e; e = e.parentElement) {
            const colour = number(getComputedStyle(e).backgroundColor);
            if (colour.length < 4 || colour[3] === 1) return colour;
        }
        return matchMedia('(prefers-color-scheme: dark)').matches ? [18, 18, 18] : [255, 255, 255];
    };
    const texts = [...document.querySelectorAll('body *')].filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()));
    return Math.min(...texts.map(e => {
        const [a, b] = [luminance(number(getComputedStyle(e).color)), luminance(behind(e))].sort((x, y) => y - x);
        return (a + 0.05) / (b + 0.05);
    }));";

#[test]
#[ignore = "needs chromium and chromedriver"]
fn a_refused_sign_in_says_so_in_the_browser() {
    let pool = Pool::start();
    let browser = Browser::start(&[]);
    pool.quirk(json!({ "id_token": { "claims": { "nonce": "another" } } }));
    let mut login = pool.terminal().start(&["login"]);
    sign_in(&browser, &login.sign_in_url(), &pool);
    browser.heading("Not signed in");
    browser.picture("refused");
    assert!(
        !browser.address().contains("code="),
        "{}",
        browser.address()
    );
    assert_ne!(login.finish().code, 0);
}

const ALIVE: &str = "</h1><script>document.title = 'owned'</script><img src=x onerror=\"document.title = 'owned'\">";

/// Asserts that nothing of [`ALIVE`] came to life on the page.
fn is_harmless(browser: &Browser) {
    let page = browser.script(
        "return [document.scripts.length, document.images.length, document.title.includes('owned'), \
         document.documentElement.scrollWidth <= innerWidth]",
    );
    assert_eq!(page, json!([0, 0, false, true]));
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn hostile_names_are_shown_and_not_run() {
    let pool = Pool::start();
    let browser = Browser::start(&[]);
    let name = format!("\u{202e}{ALIVE}{}", "x".repeat(10_000));
    pool.quirk(
        json!({ "id_token": { "claims": { "name": name, "email": format!("a@b{ALIVE}") } } }),
    );
    let mut login = pool.terminal().start(&["login"]);
    sign_in(&browser, &login.sign_in_url(), &pool);
    let heading = browser.heading("Signed in as");
    assert!(heading.contains("<script>"), "{heading}");
    is_harmless(&browser);
    login.finish().code(0);
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn a_hostile_description_is_shown_and_not_run() {
    let pool = Pool::start();
    let browser = Browser::start(&[]);
    let mut login = pool.terminal().start(&["login"]);
    let sign_in_url = login.sign_in_url();
    let state = sign_in_url
        .split_once("state=")
        .unwrap()
        .1
        .split('&')
        .next()
        .unwrap();
    let said: String = url::form_urlencoded::byte_serialize(ALIVE.as_bytes()).collect();
    browser.visit(&format!(
        "{}/?error=access_denied&error_description={said}&state={state}",
        pool.redirect()
    ));
    browser.heading("Not signed in");
    assert!(browser.text("body").contains("<script>"));
    is_harmless(&browser);
    login.finish().code(6);
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn localhost_is_served_whichever_family_the_browser_takes() {
    for family in ["127.0.0.1", "[::1]"] {
        if family == "[::1]" && std::net::TcpListener::bind("[::1]:0").is_err() {
            continue; // a machine without IPv6 has nothing to map to
        }
        let pool = Pool::start();
        let browser = Browser::start(&[&format!("--host-resolver-rules=MAP localhost {family}")]);
        let mut login = pool.terminal().start(&["login"]);
        sign_in(&browser, &login.sign_in_url(), &pool);
        assert_eq!(
            browser.heading("Signed in"),
            "Signed in as Ada Lovelace (ada@example.com)",
            "{family}"
        );
        login.finish().code(0);
    }
}

#[test]
#[ignore = "needs chromium and chromedriver"]
fn idle_connections_before_the_browser_s_do_not_hold_it_up() {
    let pool = Pool::start();
    let browser = Browser::start(&[]);
    let mut login = pool.terminal().start(&["login"]);
    let url = login.sign_in_url();
    let idle: Vec<_> = (0..8)
        .map(|_| TcpStream::connect(("localhost", pool.port())).unwrap())
        .collect();
    sign_in(&browser, &url, &pool);
    assert_eq!(
        browser.heading("Signed in"),
        "Signed in as Ada Lovelace (ada@example.com)"
    );
    login.finish().code(0);
    drop(idle);
}
