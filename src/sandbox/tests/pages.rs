//! The login pages as a person meets them.

use super::*;

fn login() -> String {
    format!("/login?{}", Query::new())
}

/// Signs Grace up; returns where her code is asked for.
fn signs_up(scene: &Scene) -> String {
    let form = [
        ("username", "grace"),
        ("email", "grace@example.com"),
        ("password", "Cobol-1959"),
    ];
    location(&scene.fill(&format!("/signup?{}", Query::new()), &form)).to_owned()
}

fn first_code(scene: &Scene) -> String {
    let letters = json_of(&scene.get("/sandbox/mailbox"));
    letters[0]["code"].as_str().unwrap().to_owned()
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
    let confirm = signs_up(&scene);
    let code = first_code(&scene);
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
    signs_up(&scene);
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
    let code = first_code(&scene);
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
        "/sandbox",
        "/",
    ] {
        let response = scene.get(&format!("{path}?{query}"));
        let page = text(&response);
        assert!(page.contains("This is a sandbox."), "{path}");
        let loaded: Vec<&str> = page.split("src=\"").skip(1).collect();
        assert_eq!(loaded.len(), 1, "{path}");
        assert!(
            loaded[0].starts_with("/script.js\" defer></script>"),
            "{path}"
        );
        assert!(page.matches("<script").count() == 1 && !page.contains("url("));
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

fn with(change: impl FnOnce(&mut Settings)) -> Scene {
    let mut settings = Settings::default();
    change(&mut settings);
    Scene::of(settings)
}

const ADA: [(&str, &str); 2] = [("username", "ada"), ("password", "Engine-1843")];

/// The app a person has scanned the page with.
fn app_of(page: &str) -> super::super::totp::Authenticator {
    let secret = page.split("<code class=\"secret-text\">").nth(1).unwrap();
    super::super::totp::Authenticator::read(secret.split('<').next().unwrap()).unwrap()
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_epoch(NOW + seconds)
}

#[test]
fn a_required_app_is_set_up_at_the_first_sign_in_and_asked_at_the_second() {
    let scene = with(|settings| settings.rules.mfa = Mfa::Required);
    let set_up = location(&scene.fill(&login(), &ADA)).to_owned();
    assert!(set_up.starts_with("/mfa/setup?"));
    let page = text(&scene.get(&set_up));
    assert!(page.contains("<svg class=\"qr\"") && !page.contains("Not now"));
    let app = app_of(&page);
    let wrong = scene.fill(&set_up, &[("authentication_code", "000")]);
    assert!(text(&wrong).contains("This code is wrong."));
    let requests = json_of(&scene.get("/sandbox/requests"));
    let told = &requests.as_array().unwrap().last().unwrap()["finding"]["wrong"];
    assert!(told.as_str().unwrap().contains("authenticator app"));
    let decline = scene.fill(&set_up, &[("decline", "yes")]);
    assert_eq!(decline.status, 200, "required means required");
    let done = scene.fill(&set_up, &[("authentication_code", &app.shows(at(0)))]);
    assert!(back(&done).get("code").is_some());

    scene.later(60);
    let again = format!("/login?{}", Query::new().with("prompt", "login"));
    let challenge = location(&scene.fill(&again, &ADA)).to_owned();
    assert!(challenge.starts_with("/mfa?"));
    let used = scene.fill(&challenge, &[("authentication_code", &app.shows(at(0)))]);
    assert!(text(&used).contains("This code is wrong."));
    let shown = app.shows(at(60));
    let spaced = format!("{} {}", &shown[..3], &shown[3..]);
    let done = scene.fill(&challenge, &[("authentication_code", &spaced)]);
    assert!(back(&done).get("code").is_some());
}

#[test]
fn an_optional_app_may_be_declined() {
    let scene = with(|settings| settings.rules.mfa = Mfa::Optional);
    let set_up = location(&scene.fill(&login(), &ADA)).to_owned();
    assert!(text(&scene.get(&set_up)).contains("Not now"));
    let done = scene.fill(&set_up, &[("decline", "yes")]);
    assert!(back(&done).get("code").is_some());
}

#[test]
fn no_step_is_taken_without_the_one_before() {
    let scene = with(|settings| settings.rules.mfa = Mfa::Required);
    let query = Query::new();
    for path in ["/mfa", "/mfa/setup", "/changePassword"] {
        let target = location(&scene.get(&format!("{path}?{query}"))).to_owned();
        assert!(target.starts_with("/login?") && target.ends_with("notice=start_again"));
    }
    scene.fill(&login(), &ADA);
    for path in ["/mfa", "/changePassword"] {
        let target = location(&scene.get(&format!("{path}?{query}"))).to_owned();
        assert!(target.starts_with("/login?"), "{path}");
    }
}

#[test]
fn a_temporary_password_is_changed_before_anything_else() {
    let scene = with(|settings| settings.users[0].temporary_password = true);
    let change = location(&scene.fill(&login(), &ADA)).to_owned();
    assert!(change.starts_with("/changePassword?"));
    let weak = scene.fill(&change, &[("password", "weak")]);
    assert!(text(&weak).contains("This password is too weak."));
    let done = scene.fill(&change, &[("password", "Engine-1844")]);
    assert!(back(&done).get("code").is_some());
    let target = location(&scene.get(&change)).to_owned();
    assert!(target.starts_with("/login?"), "the proof was used up");
}

#[test]
fn a_signed_in_browser_may_go_on_as_the_same_person_or_another() {
    let scene = with(|settings| settings.rules.offer_to_continue = true);
    let authorize = format!("/oauth2/authorize?{}", Query::new());
    let page = location(&scene.get(&authorize)).to_owned();
    scene.fill(&page, &ADA);
    let page = location(&scene.get(&authorize)).to_owned();
    let shown = text(&scene.get(&page));
    assert!(shown.contains("Continue as Ada Lovelace") && shown.contains("&amp;prompt=login"));
    let done = scene.fill(&page, &[("continue", "yes")]);
    assert!(back(&done).get("code").is_some());
    let other = text(&scene.get(&format!("{page}&prompt=login")));
    assert!(other.contains("name=\"password\""));
    let silent = scene.get(&format!("{authorize}&prompt=none"));
    assert!(back(&silent).get("code").is_some());
    scene.order(json!({"end_browser_sessions": true}));
    let csrf_page = text(&scene.get(&page));
    let late = scene.post(
        &page,
        &[("_csrf", csrf_of(&csrf_page)), ("continue", "yes")],
    );
    assert!(location(&late).starts_with("/login?"));
}

#[test]
fn what_the_pool_requires_is_asked_for_and_kept() {
    let scene = with(|settings| {
        settings.required_attributes = vec!["phone_number".to_owned(), "birthdate".to_owned()];
    });
    let sign_up = format!("/signup?{}", Query::new().with("scope", "openid"));
    let page = text(&scene.get(&sign_up));
    assert!(page.contains("type=\"tel\"") && page.contains("type=\"date\""));
    let mut form = vec![
        ("username", "grace"),
        ("email", "grace@example.com"),
        ("password", "Cobol-1959"),
        ("birthdate", "1906-12-09"),
        ("phone_number", "555"),
    ];
    let refused = text(&scene.fill(&sign_up, &form));
    assert!(refused.contains("Write it with the country code"));
    form[4].1 = "+15555550100";
    let confirm = location(&scene.fill(&sign_up, &form)).to_owned();
    let letters = json_of(&scene.get("/sandbox/mailbox"));
    let code = letters[0]["code"].as_str().unwrap();
    let done = scene.fill(&confirm, &[("code", code)]);
    let tokens = json_of(&scene.redeem(back(&done).get("code").unwrap()));
    assert_eq!(claims(&tokens["id_token"])["birthdate"], "1906-12-09");
}

#[test]
fn logo_and_style_sheet_are_taken_as_they_are_now() {
    let folder = tempfile::tempdir().unwrap();
    let (logo, css) = (folder.path().join("logo"), folder.path().join("style"));
    std::fs::write(&css, ".submitButton-customizable{color:red}").unwrap();
    let scene = with(|settings| {
        settings.logo = Some(logo.clone());
        settings.css = Some(css.clone());
    });
    let page = text(&scene.get(&login()));
    assert!(page.contains("src=\"/logo\"") && page.contains("href=\"/custom.css\""));
    assert_eq!(scene.get("/logo").status, 404);
    std::fs::write(&logo, b"\x89PNG\r\n").unwrap();
    assert_eq!(scene.get("/logo").find("content-type"), Some("image/png"));
    std::fs::write(&logo, "<svg xmlns='http://www.w3.org/2000/svg'/>").unwrap();
    let svg = scene.get("/logo");
    assert_eq!(svg.find("content-type"), Some("image/svg+xml"));
    assert!(
        svg.find("content-security-policy")
            .unwrap()
            .contains("sandbox")
    );
    assert!(text(&scene.get("/custom.css")).contains("red"));
    std::fs::write(&css, "main{color:blue}").unwrap();
    assert!(text(&scene.get("/custom.css")).contains("blue"));
    assert_eq!(Scene::new().get("/custom.css").status, 404);
}

#[test]
fn names_nobody_has_are_locked_out_as_all_others() {
    let answer = |name: &str| {
        let scene = Scene::new();
        let mut page = String::new();
        for _ in 0..6 {
            page = text(&scene.fill(&login(), &[("username", name), ("password", "x")]));
        }
        assert!(page.contains("Too many wrong attempts."));
        let csrf = csrf_of(&page).to_owned();
        page.replace(&csrf, "")
            .replace(&format!("value=\"{name}\""), "")
    };
    assert_eq!(answer("ada"), answer("nobody"));
}
