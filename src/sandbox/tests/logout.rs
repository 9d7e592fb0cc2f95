//! `/logout`.

use super::*;

#[test]
fn the_cookie_goes_and_the_browser_lands_where_it_is_registered() {
    let scene = Scene::new();
    scene.code(&Query::new());
    let there =
        format!("/logout?client_id={CLIENT_ID}&logout_uri=http%3A%2F%2Flocalhost%3A3001&state=x");
    let response = scene.get(&there);
    assert_eq!(location(&response), "http://localhost:3001");
    assert!(
        response
            .find("set-cookie")
            .unwrap()
            .starts_with("cognito=\"\"; Max-Age=0")
    );
    let silent = format!("/oauth2/authorize?{}", Query::new().with("prompt", "none"));
    assert_eq!(
        back(&scene.get(&silent)).get("error"),
        Some("login_required")
    );
}

#[test]
fn or_at_the_sign_in_page_with_the_same_request() {
    let query = Query::new();
    assert_eq!(
        location(&Scene::new().get(&format!("/logout?{query}"))),
        format!("/login?{query}")
    );
}

#[test]
fn an_address_that_is_not_registered_ends_at_the_error_page_signed_out_even_so() {
    let scene = Scene::new();
    scene.code(&Query::new());
    let there = format!("/logout?client_id={CLIENT_ID}&logout_uri=http%3A%2F%2Flocalhost%3A1");
    assert!(location(&scene.get(&there)).starts_with("/error?error=Required"));
    let query = Query::new();
    let again = scene.get(&format!("/oauth2/authorize?{query}"));
    assert!(location(&again).starts_with("/login?"));
}
