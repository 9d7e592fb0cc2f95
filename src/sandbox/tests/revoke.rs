//! `/oauth2/revoke`.

use super::*;

fn revoke(scene: &Scene, form: &[(&str, &str)]) -> Response {
    scene.post("/oauth2/revoke", form)
}

#[test]
fn a_revoked_session_ends_at_once_and_others_stay() {
    let scene = Scene::new();
    let (mine, other) = (scene.tokens(), scene.tokens());
    let form = [
        ("client_id", CLIENT_ID),
        ("token", mine["refresh_token"].as_str().unwrap()),
    ];
    for _ in 0..2 {
        let response = revoke(&scene, &form);
        assert_eq!((response.status, response.body.len()), (200, 0));
    }
    assert_eq!(
        refused(&scene.refresh(&mine["refresh_token"])),
        error("invalid_grant")
    );
    assert_eq!(scene.user_info(&mine["access_token"]).status, 401);
    assert_eq!(scene.user_info(&other["access_token"]).status, 200);
    assert_eq!(scene.refresh(&other["refresh_token"]).status, 200);
    assert!(
        location(&scene.get(&format!("/oauth2/authorize?{}", Query::new()))).contains("code="),
        "the browser's session is another matter"
    );
}

#[test]
fn errors_are_those_of_the_table() {
    let scene = Scene::new();
    let tokens = scene.tokens();
    let id = ("client_id", CLIENT_ID);
    assert_eq!(refused(&revoke(&scene, &[id])), error("invalid_request"));
    for wrong in ["access_token", "id_token"] {
        let form = [id, ("token", tokens[wrong].as_str().unwrap())];
        assert_eq!(
            refused(&revoke(&scene, &form)),
            error("unsupported_token_type")
        );
    }
    assert_eq!(revoke(&scene, &[id, ("token", "unknown")]).status, 200);
    let nobody = [("client_id", "nobody"), ("token", "x")];
    assert_eq!(
        refused(&revoke(&scene, &nobody)),
        (401, "invalid_client".to_owned())
    );
    assert_eq!(scene.get("/oauth2/revoke").status, 405);
}
