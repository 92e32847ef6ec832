//! Who may use the sample face, and by which methods.

use actix_web::http::Method;
use otp_server::config::{Access, ApiKey};

use crate::app::{PHONE, TestApp};

#[actix_web::test]
async fn head_prefetch_and_other_sites_pages_send_nothing() {
    let app = TestApp::start().await;
    let path = "/otp/14155550123/";
    let head = app.request(Method::HEAD, path, &[], "").await;
    assert_eq!(
        (head.status, head.header("allow")),
        (405, Some("GET, POST"))
    );
    for (name, value) in [
        ("Sec-Purpose", "prefetch"),
        ("Sec-Purpose", "prefetch;prerender"),
        ("Purpose", "prefetch"),
        ("X-Moz", "prefetch"),
        ("Sec-Fetch-Site", "cross-site"),
    ] {
        assert_eq!(
            app.request(Method::GET, path, &[(name, value)], "")
                .await
                .status,
            403,
            "{name}: {value}"
        );
        assert_eq!(
            app.request(Method::POST, path, &[(name, value)], "{}")
                .await
                .status,
            403,
            "{name}: {value}"
        );
    }
    assert_eq!(app.simulator.message_count(), 0);
}

#[actix_web::test]
async fn another_method_gets_405_with_the_allowed_ones() {
    let app = TestApp::start().await;
    for method in [Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS] {
        let answer = app.request(method, "/otp/14155550123", &[], "").await;
        assert_eq!(
            (answer.status, answer.header("allow")),
            (405, Some("GET, POST"))
        );
    }
}

#[actix_web::test]
async fn a_face_with_keys_wants_one_as_bearer_or_header() {
    let key = new_key();
    let hash = key.hash();
    let app =
        TestApp::start_with(|config| config.sample_face.access = Access::Keys(vec![hash])).await;
    let refused = app.send(PHONE).await;
    assert_eq!(
        (refused.status, refused.header("www-authenticate")),
        (401, Some("Bearer"))
    );
    let bearer = format!("Bearer {}", key.reveal());
    for (name, value, status) in [
        ("Authorization", "Bearer nonsense", 401),
        ("Authorization", key.reveal(), 401),
        ("X-API-Key", "", 401),
        ("Authorization", bearer.as_str(), 200),
        ("X-API-Key", key.reveal(), 429),
    ] {
        let answer = app
            .request(Method::GET, "/otp/14155550123", &[(name, value)], "")
            .await;
        assert_eq!(answer.status, status, "{name}");
    }
}

#[actix_web::test]
async fn a_page_whose_name_is_bound_to_loopback_is_refused() {
    let app = TestApp::start().await;
    for (host, status) in [
        ("evil.example", 403),
        ("evil.example:3000", 403),
        ("10.0.2.2:3000", 200),
        ("localhost:3000", 429),
    ] {
        let answer = app
            .request(Method::GET, "/otp/14155550123", &[("Host", host)], "")
            .await;
        assert_eq!(answer.status, status, "{host}");
    }
}

#[actix_web::test]
async fn an_open_face_answers_to_any_name() {
    let app = TestApp::start_with(|config| config.sample_face.access = Access::Open).await;
    let answer = app
        .request(
            Method::GET,
            "/otp/14155550123",
            &[("Host", "otp.example")],
            "",
        )
        .await;
    answer.is(200, "");
}

#[expect(clippy::disallowed_methods, reason = "a test draws a key of its own")]
fn new_key() -> ApiKey {
    ApiKey::create(&mut rand::rng())
}
