//! The pool that lies: whatever it sends, the sign-in ends with the right code and kind, nothing is kept, and no secret
//! goes anywhere but to the pool.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde_json::{Value, json};

use crate::support::liar::{self, Liar};
use crate::support::person::Person;
use crate::support::pool::Pool;
use crate::support::terminal::{Ran, Terminal};
use crate::support::wire;

/// How a run ended: its exit code and the kind of its error.
type End = (i32, &'static str);

/// Signs in and returns how it ended, if that is not as expected. Whatever happens, the page does not say "signed in" and
/// nothing is kept.
fn differs(
    pool: &Pool,
    terminal: &Terminal,
    more: &[&str],
    expected: End,
    what: &str,
) -> Option<String> {
    let mut login = terminal.start(&[&["login", "--json"], more].concat());
    let url = login.sign_in_url();
    let page = Person::new()
        .sign_in(&url, pool.username(), pool.password())
        .words();
    assert!(!page.contains("Signed in as"), "{what}: {page}");
    let ran = login.finish();
    assert_eq!(ran.stdout, "", "{what}");
    assert!(ran.stderr.len() < 4_000, "{what}: a page was poured out");
    terminal.run(&["token"]).code(3);
    unlike(&ran, expected, what)
}

fn unlike(ran: &Ran, expected: End, what: &str) -> Option<String> {
    let last = ran.stderr.lines().last().unwrap_or_default();
    let error: Value = serde_json::from_str(last).unwrap_or_default();
    let kind = error["error"]["kind"].as_str().unwrap_or_default();
    let what: String = what.chars().take(120).collect();
    ((ran.code, kind) != expected)
        .then(|| format!("{what}: {} and not {expected:?}: {last}", ran.code))
}

#[track_caller]
fn none(wrong: &[String]) {
    assert!(
        wrong.is_empty(),
        "{} are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn a_lie_in_the_id_token_is_never_believed() {
    let pool = Pool::start();
    let bad = (1, "id_token_refused");
    let (mixed_up, clock) = ((5, "issuer_mismatch"), (1, "clock_wrong"));
    let another_issuer = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Another01";
    let table = [
        (json!({ "signature": "none" }), bad),
        (json!({ "signature": "hs256" }), bad),
        (json!({ "signature": "other_key" }), bad),
        (json!({ "signature": "broken" }), bad),
        (json!({ "header": { "alg": "none" } }), bad),
        (json!({ "header": { "alg": "HS256" } }), bad),
        (json!({ "header": { "alg": "RS512" } }), bad),
        (json!({ "header": { "kid": "unknown" } }), bad),
        (json!({ "header": { "kid": null } }), bad),
        (json!({ "header": { "kid": 7 } }), bad),
        (json!({ "header": { "crit": ["exp"], "exp": 1 } }), bad),
        (json!({ "claims": { "iss": another_issuer } }), mixed_up),
        (
            json!({ "claims": { "iss": format!("{}/", pool.issuer()) } }),
            mixed_up,
        ),
        (json!({ "claims": { "iss": null } }), bad),
        (json!({ "claims": { "aud": "another" } }), bad),
        (json!({ "claims": { "aud": [] } }), bad),
        (
            json!({ "claims": { "aud": [pool.client_id(), "another"] } }),
            bad,
        ),
        (json!({ "claims": { "aud": null } }), bad),
        (json!({ "claims": { "azp": "another" } }), bad),
        (json!({ "claims": { "token_use": "access" } }), bad),
        (json!({ "claims": { "token_use": null } }), bad),
        (json!({ "claims": { "nonce": "another" } }), bad),
        (json!({ "claims": { "nonce": null } }), bad),
        (
            json!({ "claims": { "at_hash": "AAAAAAAAAAAAAAAAAAAAAA" } }),
            bad,
        ),
        (json!({ "claims": { "sub": null } }), bad),
        (json!({ "claims": { "exp": "9999999999" } }), bad),
        (json!({ "claims": { "exp": null } }), bad),
        (json!({ "claims": { "exp": -1 } }), clock),
        (json!({ "claims": { "iat": "now" } }), bad),
        (json!({ "shift_seconds": -7200 }), clock),
        (json!({ "shift_seconds": 7200 }), clock),
        (json!({ "opaque": true }), bad),
    ];
    let mut wrong = Vec::new();
    for (order, expected) in table {
        pool.quirk(json!({ "reset": true }));
        pool.quirk(json!({ "id_token": order }));
        let what = order.to_string();
        wrong.extend(differs(&pool, &pool.terminal(), &[], expected, &what));
    }
    none(&wrong);
}

/// Its signature is for whoever it is meant for; what a client can see of it must fit.
#[test]
fn an_access_token_for_someone_else_is_not_kept() {
    let pool = Pool::start();
    let bad = (1, "access_token_contradicts");
    let mut wrong = Vec::new();
    for order in [
        json!({ "claims": { "client_id": "another" } }),
        json!({ "claims": { "token_use": "id" } }),
        json!({ "claims": { "iss": "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Another01" } }),
    ] {
        pool.quirk(json!({ "reset": true }));
        pool.quirk(json!({ "access_token": order }));
        let what = order.to_string();
        wrong.extend(differs(&pool, &pool.terminal(), &[], bad, &what));
    }
    none(&wrong);
}

/// What Cognito may add or leave out does not stop anyone.
#[test]
fn what_is_only_unusual_is_taken() {
    let pool = Pool::start();
    for order in [
        json!({ "id_token": { "claims": { "aud": [pool.client_id()] } } }),
        json!({ "id_token": { "claims": { "at_hash": null } } }),
        json!({ "id_token": { "claims": { "cognito:groups": 7, "custom:x": { "y": [null] }, "name": ["x"] } } }),
        json!({ "id_token": { "header": { "typ": "JWT", "unknown": 1 } } }),
        json!({ "token": { "merge": { "unknown": { "deep": [1, 2, 3] }, "scope": "openid" } } }),
        json!({ "token": { "merge": { "token_type": "bearer" } } }),
        json!({ "token": { "merge": { "expires_in": "3600" } } }),
        json!({ "access_token": { "opaque": true }, "id_token": { "claims": { "at_hash": null } } }),
        json!({ "discovery": { "merge": { "unknown": 1 } } }),
        json!({ "jwks": { "merge": { "unknown": 1 } } }),
        // Where a pool's keys are is known, so what the document says of it is not even read.
        json!({ "discovery": { "merge": { "jwks_uri": "http://127.0.0.1:1/jwks.json" } } }),
    ] {
        pool.quirk(json!({ "reset": true }));
        pool.quirk(order.clone());
        let mut login = pool.terminal().start(&["login", "--json"]);
        let url = login.sign_in_url();
        Person::new().sign_in(&url, pool.username(), pool.password());
        let ran = login.finish();
        assert_eq!(ran.code, 0, "{order}: {}", ran.stderr);
    }
}

#[test]
fn a_lie_of_the_token_endpoint_is_told_and_costs_nothing() {
    let pool = Pool::start();
    let html = ("text/html", b"<html>Signed in as root</html>".as_slice());
    let bomb = gzip_bomb();
    let strange = (4, "unreadable_answer");
    let document = |text: &str| answer("200 OK", "application/json", text.as_bytes());
    let token = jwt(&json!({ "alg": "none" }), &json!({}));
    let table: Vec<(&str, Vec<u8>, (i32, &str))> = vec![
        ("HTML", answer("200 OK", html.0, html.1), strange),
        ("a JSON list", document("[]"), strange),
        ("no JSON", document("{"), strange),
        ("nothing", document(""), strange),
        ("no access token", document("{\"token_type\":\"Bearer\"}"), strange),
        (
            "numbers for tokens",
            document("{\"access_token\":1,\"id_token\":2,\"token_type\":\"Bearer\",\"expires_in\":1}"),
            strange,
        ),
        (
            "another token type",
            document("{\"access_token\":\"x\",\"id_token\":\"y\",\"token_type\":\"mac\",\"expires_in\":1}"),
            strange,
        ),
        (
            "a token of two lines",
            document("{\"access_token\":\"x\\r\\nX-Admin: yes\",\"id_token\":\"y\",\"token_type\":\"Bearer\",\"expires_in\":1}"),
            strange,
        ),
        (
            "a token that moves the cursor",
            document("{\"access_token\":\"x\\u001b[2J\",\"id_token\":\"y\",\"token_type\":\"Bearer\",\"expires_in\":1}"),
            strange,
        ),
        (
            "no ID token",
            document("{\"access_token\":\"x\",\"token_type\":\"Bearer\",\"expires_in\":3600}"),
            (5, "id_token_missing"),
        ),
        (
            "an ID token of two parts",
            document("{\"access_token\":\"x\",\"id_token\":\"a.b\",\"token_type\":\"Bearer\",\"expires_in\":3600}"),
            (1, "id_token_refused"),
        ),
        (
            "an ID token without signature",
            document(&format!(
                "{{\"access_token\":\"x\",\"id_token\":\"{token}\",\"token_type\":\"Bearer\",\"expires_in\":3600}}"
            )),
            (1, "id_token_refused"),
        ),
        (
            "an ID token of 900 KB",
            document(&format!(
                "{{\"access_token\":\"x\",\"id_token\":\"{}.{}.x\",\"token_type\":\"Bearer\",\"expires_in\":3600}}",
                "A".repeat(100_000),
                "A".repeat(800_000)
            )),
            (1, "id_token_refused"),
        ),
        (
            "a JSON document 100,000 deep",
            document(&format!("{}{}", "[".repeat(100_000), "]".repeat(100_000))),
            strange,
        ),
        (
            "ten megabytes",
            answer("200 OK", "application/json", &vec![b' '; 10 << 20]),
            (4, "answer_too_large"),
        ),
        (
            "a body that ends too soon",
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{\"access_token\":".to_vec(),
            (4, "connection_broken"),
        ),
        ("a head that ends too soon", b"HTTP/1.1 200 OK\r\nConte".to_vec(), (4, "connection_broken")),
        ("no HTTP", b"SSH-2.0-OpenSSH_9.9\r\n".to_vec(), (4, "connection_broken")),
        ("silence", Vec::new(), (4, "connection_broken")),
        (
            "a gzip bomb",
            [
                format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
                    bomb.len()
                )
                .as_bytes(),
                &bomb,
            ]
            .concat(),
            strange,
        ),
        (
            "an endless chunked body",
            [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec(), b"10000\r\n".iter().copied().chain([b' '; 65_536]).chain(*b"\r\n").collect::<Vec<_>>().repeat(40)].concat(),
            (4, "answer_too_large"),
        ),
    ];
    let mut wrong = Vec::new();
    for (what, bytes, expected) in table {
        let answered = bytes.clone();
        let liar = Liar::before(pool.domain(), move |asked| {
            (asked == "POST /oauth2/token").then(|| answered.clone())
        });
        wrong.extend(differs(
            &pool,
            &pool.terminal(),
            &["--domain", liar.base()],
            expected,
            what,
        ));
        let redeemed = liar
            .heard()
            .iter()
            .filter(|request| request.contains("grant_type=authorization_code"))
            .count();
        assert_eq!(redeemed, 1, "{what}: a code is redeemed once");
    }
    none(&wrong);
}

#[test]
fn a_redirect_takes_no_secret_elsewhere() {
    let pool = Pool::start_with(&["--client-secret"]);
    let elsewhere = Liar::elsewhere();
    let mut wrong = Vec::new();
    for status in [
        "301 Moved",
        "302 Found",
        "303 See Other",
        "307 Temporary",
        "308 Permanent",
    ] {
        let to = format!("Location: {}/oauth2/token\r\n", elsewhere.base());
        let liar = Liar::before(pool.domain(), move |asked| {
            (asked == "POST /oauth2/token").then(|| liar::answer(status, &to, b""))
        });
        let mut terminal = pool.terminal();
        terminal.set("COGNITO_CLIENT_SECRET", pool.client_secret());
        wrong.extend(differs(
            &pool,
            &terminal,
            &["--domain", liar.base()],
            (5, "endpoint_not_found"),
            status,
        ));
        assert_eq!(
            liar.heard()
                .iter()
                .filter(|request| request.starts_with("POST "))
                .count(),
            1,
            "{status}"
        );
    }
    none(&wrong);
    assert_eq!(elsewhere.heard(), [] as [String; 0]);
}

/// The document of the issuer decides where the code and the client secret go, so it may name only places that fit.
#[test]
fn a_discovery_document_that_points_elsewhere_is_refused_before_any_browser() {
    let pool = Pool::start_with(&["--client-secret"]);
    let elsewhere = Liar::elsewhere();
    let other = |path: &str| format!("{}{path}", elsewhere.base());
    let unusable = (5, "discovery_unusable");
    let table = [
        (
            json!({ "token_endpoint": other("/oauth2/token") }),
            unusable,
        ),
        (
            json!({ "authorization_endpoint": other("/oauth2/authorize") }),
            unusable,
        ),
        (
            json!({ "userinfo_endpoint": other("/oauth2/userInfo") }),
            unusable,
        ),
        (
            json!({ "revocation_endpoint": other("/oauth2/revoke") }),
            unusable,
        ),
        (
            json!({ "token_endpoint": "http://pool.example/oauth2/token" }),
            unusable,
        ),
        (
            json!({ "token_endpoint": "https://pool.example/oauth2/token" }),
            unusable,
        ),
        (json!({ "token_endpoint": "file:///etc/passwd" }), unusable),
        (
            json!({ "token_endpoint": "//pool.example/token" }),
            unusable,
        ),
        (json!({ "token_endpoint": 7 }), unusable),
        (json!({ "token_endpoint": null }), unusable),
        (
            json!({ "issuer": "https://pool.example/us-east-1_Another01" }),
            (5, "issuer_mismatch"),
        ),
        (
            json!({ "issuer": format!("{}/", pool.issuer()) }),
            (5, "issuer_mismatch"),
        ),
        (json!({ "issuer": null }), unusable),
    ];
    let mut wrong = Vec::new();
    for (change, expected) in table {
        pool.quirk(json!({ "reset": true }));
        pool.quirk(json!({ "discovery": { "merge": change } }));
        let mut terminal = pool.terminal();
        terminal.set("COGNITO_CLIENT_SECRET", pool.client_secret());
        let ran = terminal.run(&["login", "--json", "--timeout", "1s"]);
        wrong.extend(unlike(&ran, expected, &change.to_string()));
    }
    none(&wrong);
    assert_eq!(elsewhere.heard(), [] as [String; 0]);
}

#[test]
fn discovery_and_key_set_in_trouble_are_the_pool_s_trouble() {
    let pool = Pool::start();
    let mut wrong = Vec::new();
    let strange = (4, "unreadable_answer");
    for (order, expected) in [
        (
            json!({ "discovery": { "status": 500 } }),
            (4, "pool_unavailable"),
        ),
        (
            json!({ "discovery": { "status": 429, "retry_after": 0 } }),
            (4, "pool_busy"),
        ),
        (json!({ "discovery": { "body": "<html>" } }), strange),
        (
            json!({ "discovery": { "bytes": 10_485_760 } }),
            (4, "answer_too_large"),
        ),
        (
            json!({ "discovery": { "hang_up": "mid_body" } }),
            (4, "connection_broken"),
        ),
    ] {
        pool.quirk(json!({ "reset": true }));
        pool.quirk(order.clone());
        let ran = pool.terminal().run(&["login", "--json"]);
        wrong.extend(unlike(&ran, expected, &order.to_string()));
    }
    for (order, expected) in [
        (
            json!({ "jwks": { "status": 500 } }),
            (4, "pool_unavailable"),
        ),
        (json!({ "jwks": { "body": "<html>" } }), strange),
        (
            json!({ "jwks": { "body": "{\"keys\":7}", "content_type": "application/json" } }),
            strange,
        ),
        (
            json!({ "jwks": { "body": "{\"keys\":[]}", "content_type": "application/json" } }),
            (1, "id_token_refused"),
        ),
        (
            json!({ "jwks": { "bytes": 10_485_760 } }),
            (4, "answer_too_large"),
        ),
        (
            json!({ "jwks": { "hang_up": "before_answer" } }),
            (4, "connection_broken"),
        ),
    ] {
        pool.quirk(json!({ "reset": true }));
        pool.quirk(order.clone());
        wrong.extend(differs(
            &pool,
            &pool.terminal(),
            &[],
            expected,
            &order.to_string(),
        ));
    }
    none(&wrong);
}

/// A passing stumble is not even noticed, and a code is never redeemed a second time for it.
#[test]
fn what_may_be_asked_again_is_asked_again_and_nothing_else() {
    let pool = Pool::start();
    let terminal = pool.terminal();
    for stumble in [
        json!({ "discovery": { "status": 500, "times": 2 } }),
        json!({ "jwks": { "hang_up": "before_answer", "times": 1 } }),
        json!({ "token": { "status": 429, "retry_after": 0, "times": 2, "grant": "refresh_token" } }),
    ] {
        pool.quirk(json!({ "reset": true }));
        pool.quirk(stumble);
        pool.sign_in(&terminal);
        terminal.run(&["token", "--force-refresh"]).code(0);
    }
    let before = pool.stats()["grants"]["authorization_code"]["asked"].as_u64();
    pool.quirk(json!({ "reset": true, "token": { "status": 500, "grant": "authorization_code" } }));
    let mut login = terminal.start(&["login"]);
    let url = login.sign_in_url();
    Person::new().sign_in(&url, pool.username(), pool.password());
    login.finish().code(4);
    let after = pool.stats()["grants"]["authorization_code"]["asked"].as_u64();
    assert_eq!(after, before.map(|before| before + 1));
    assert_eq!(
        wire::get(&format!("{}/sandbox/stats", pool.domain())).status,
        200
    );
}

fn answer(status: &str, kind: &str, body: &[u8]) -> Vec<u8> {
    liar::answer(status, &format!("Content-Type: {kind}\r\n"), body)
}

fn jwt(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| BASE64.encode(value.to_string());
    format!("{}.{}.", part(header), part(claims))
}

/// A deflate stream of stored-free blocks whose plain text is far longer: 1,000 zeros in a handful of bytes, many times.
fn gzip_bomb() -> Vec<u8> {
    let head = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    // A fixed-Huffman literal zero and 258-byte copies of it, which is what `gzip -9 < /dev/zero` makes.
    let block = [
        0xec, 0xc1, 0x01, 0x01, 0, 0, 0, 0x80, 0x90, 0xfe, 0xaf, 0xee, 0x08, 0x0a,
    ];
    [head.as_slice(), &block.repeat(50_000)].concat()
}
