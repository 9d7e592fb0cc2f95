//! The login pages as a person meets them.

use super::*;

fn login() -> String {
    format!("/login?{}", Query::new())
}

#[test]
fn a_wrong_password_shows_the_page_again_with_the_name_and_without_the_password() {
    let scene = Scene::new();
    let response = scene.fill(
        &login(),
        &[("username", "<ada>"), ("password", "s3cret&pass")],
    );
    let page = text(&response);
    assert_eq!(response.status, 200);
    assert!(page.contains("Incorrect user name or password.") && page.contains("role=\"alert\""));
    assert!(page.contains("value=\"&lt;ada&gt;\"") && !page.contains("<ada>"));
    assert!(!page.contains("s3cret"));
}

#[test]
fn a_form_from_elsewhere_or_from_long_ago_is_not_taken() {
    let scene = Scene::new();
    let forged = scene.post(
        &login(),
        &[("username", "ada"), ("password", "Engine-1843")],
    );
    assert!(text(&forged).contains("open for too long"));
    let page = text(&scene.get(&login()));
    let csrf = csrf_of(&page);
    let form = [
        ("_csrf", csrf),
        ("username", "ada"),
        ("password", "Engine-1843"),
    ];
    scene.later(300);
    assert!(text(&scene.post(&login(), &form)).contains("open for too long"));
}

#[test]
fn a_form_of_another_browser_is_not_taken() {
    let scene = Scene::new();
    let page = text(&scene.get(&login()));
    let form = [
        ("_csrf", csrf_of(&page)),
        ("username", "ada"),
        ("password", "Engine-1843"),
    ];
    scene.cookies.borrow_mut().clear();
    assert!(text(&scene.post(&login(), &form)).contains("open for too long"));
}

#[test]
fn two_tabs_share_one_form_token() {
    let scene = Scene::new();
    let first = text(&scene.get(&login()));
    let csrf = csrf_of(&first);
    scene.get(&login());
    let form = [
        ("_csrf", csrf),
        ("username", "ada"),
        ("password", "Engine-1843"),
    ];
    assert_eq!(scene.post(&login(), &form).status, 302);
}

#[test]
fn a_page_without_a_valid_request_is_the_error_page() {
    let scene = Scene::new();
    for path in [
        "/login",
        "/signup",
        "/confirm",
        "/forgotPassword",
        "/confirmforgotPassword",
    ] {
        assert!(location(&scene.get(path)).starts_with("/error?"), "{path}");
    }
}

#[test]
fn a_person_signs_up_confirms_and_is_signed_in() {
    let scene = Scene::new();
    let form = [
        ("username", "grace"),
        ("email", "grace@example.com"),
        ("name", "Grace Hopper"),
        ("password", "Cobol-1959"),
    ];
    let response = scene.fill(&format!("/signup?{}", Query::new()), &form);
    let confirm = location(&response).to_owned();
    assert!(confirm.starts_with("/confirm?") && confirm.ends_with("&user_name=grace"));
    let letters = json_of(&scene.get("/sandbox/mailbox"));
    let code = letters[0]["code"].as_str().unwrap();
    assert_eq!(
        (&letters[0]["to"], &letters[0]["purpose"]),
        (&json!("grace@example.com"), &json!("confirmation"))
    );
    let line = format!("a confirmation code was sent to grace@example.com: {code}");
    assert!(scene.lines.lock().unwrap().contains(&line));

    assert!(text(&scene.fill(&confirm, &[("code", "000")])).contains("This code is wrong"));
    let spaced = format!(" {} {}\n", &code[..3], &code[3..]);
    let response = scene.fill(&confirm, &[("code", &spaced)]);
    let tokens = json_of(&scene.redeem(back(&response).get("code").unwrap()));
    assert_eq!(claims(&tokens["id_token"])["name"], "Grace Hopper");
}

#[test]
fn a_browser_that_never_showed_the_password_is_not_signed_in_by_a_code() {
    let scene = Scene::new();
    let form = [
        ("username", "grace"),
        ("email", "grace@example.com"),
        ("password", "Cobol-1959"),
    ];
    let confirm = location(&scene.fill(&format!("/signup?{}", Query::new()), &form)).to_owned();
    let code = json_of(&scene.get("/sandbox/mailbox"))[0]["code"]
        .as_str()
        .unwrap()
        .to_owned();
    scene.cookies.borrow_mut().clear();
    let response = scene.fill(&confirm, &[("code", &code)]);
    assert!(
        location(&response).starts_with("/login?")
            && location(&response).ends_with("&notice=confirmed")
    );
    let page = text(&scene.get(location(&response)));
    assert!(page.contains("Your address is confirmed.") && page.contains("value=\"grace\""));
}

#[test]
fn an_unconfirmed_account_is_led_to_its_code_and_can_ask_for_another() {
    let scene = Scene::new();
    let form = [
        ("username", "grace"),
        ("email", "grace@example.com"),
        ("password", "Cobol-1959"),
    ];
    scene.fill(&format!("/signup?{}", Query::new()), &form);
    let response = scene.fill(
        &login(),
        &[("username", "grace"), ("password", "Cobol-1959")],
    );
    let confirm = location(&response).to_owned();
    assert!(confirm.starts_with("/confirm?"));
    let page = text(&scene.get(&confirm));
    let csrf = csrf_of(&page);
    let again = scene.post(
        &confirm.replace("/confirm?", "/resendcode?"),
        &[("_csrf", csrf)],
    );
    assert!(text(&scene.get(location(&again))).contains("A new code is on its way."));
    assert_eq!(
        json_of(&scene.get("/sandbox/mailbox"))
            .as_array()
            .map(Vec::len),
        Some(3)
    );
}

#[test]
fn a_forgotten_password_is_replaced_and_strangers_learn_nothing() {
    let scene = Scene::new();
    let forgot = format!("/forgotPassword?{}", Query::new());
    let stranger = scene.fill(&forgot, &[("username", "nobody")]);
    assert!(location(&stranger).starts_with("/confirmforgotPassword?"));
    assert_eq!(json_of(&scene.get("/sandbox/mailbox")), json!([]));
    let reset = location(&scene.fill(&forgot, &[("username", "ada@example.com")])).to_owned();
    let code = json_of(&scene.get("/sandbox/mailbox"))[0]["code"]
        .as_str()
        .unwrap()
        .to_owned();
    let response = scene.fill(&reset, &[("code", &code), ("password", "Engine-1844")]);
    assert!(location(&response).ends_with("&notice=password_changed"));
    let old = scene.fill(
        &login(),
        &[("username", "ada"), ("password", "Engine-1843")],
    );
    assert!(text(&old).contains("Incorrect"));
    let new = scene.fill(
        &login(),
        &[("username", "ada"), ("password", "Engine-1844")],
    );
    assert_eq!(new.status, 302);
}

#[test]
fn every_page_says_that_it_is_a_sandbox_and_loads_nothing_from_elsewhere() {
    let scene = Scene::new();
    let query = Query::new();
    for path in [
        "/login",
        "/signup",
        "/confirm",
        "/forgotPassword",
        "/confirmforgotPassword",
        "/error",
        "/",
    ] {
        let response = scene.get(&format!("{path}?{query}"));
        let page = text(&response);
        assert!(page.contains("This is a sandbox."), "{path}");
        assert!(
            !page.contains("<script") && !page.contains("src=") && !page.contains("url("),
            "{path}"
        );
        assert!(
            response
                .find("content-security-policy")
                .unwrap()
                .starts_with("default-src 'none'")
        );
        assert_eq!(response.find("x-frame-options"), Some("DENY"));
    }
}

#[test]
fn the_test_account_is_shown_only_while_it_works() {
    let shows = |scene: &Scene| text(&scene.get(&login())).contains("Engine-1843");
    assert!(shows(&Scene::new()));
    let users = vec![
        "grace:grace@example.com:Cobol-1959"
            .parse::<User>()
            .unwrap(),
    ];
    assert!(!shows(&Scene::of(Settings {
        users,
        ..Settings::default()
    })));
}
