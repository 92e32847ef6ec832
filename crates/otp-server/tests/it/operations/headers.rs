//! Methods, unknown paths, and the headers that every answer carries.

use actix_web::http::Method;
use graph_simulator::{Effect, Fault, FaultTarget};
use otp_server::config::Access;

use crate::app::{Answer, PHONE, TestApp, wrong};
use crate::dispatch::{BOTH, Stage};

const PROTECTED: [(&str, &str); 4] = [
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
    (
        "content-security-policy",
        "default-src 'none'; frame-ancestors 'none'",
    ),
    ("referrer-policy", "no-referrer"),
];

#[track_caller]
fn is_protected(answer: &Answer, status: u16) {
    assert_eq!(answer.status, status, "{answer:?}");
    for (name, value) in PROTECTED {
        assert_eq!(answer.header(name), Some(value), "{name} of {answer:?}");
    }
    let kind = answer.header("content-type").unwrap_or_default();
    let is_told = kind == "application/json" || kind.ends_with("; charset=utf-8");
    assert!(is_told, "{kind:?} of {answer:?}");
    assert!(answer.header("x-request-id").is_some(), "{answer:?}");
    assert_eq!(answer.header("server"), None);
    assert_eq!(answer.header("x-powered-by"), None);
}

#[actix_web::test]
async fn every_answer_of_every_route_keeps_out_of_caches_and_frames() {
    let app = TestApp::start().await;
    for (method, path, status) in [
        (Method::GET, "/livez", 200),
        (Method::POST, "/livez", 405),
        (Method::GET, "/readyz", 200),
        (Method::PUT, "/readyz", 405),
        (Method::GET, "/metrics", 200),
        (Method::DELETE, "/metrics", 405),
        (Method::GET, "/", 404),
        (Method::POST, "/otp", 404),
        (Method::GET, "/otp/abc", 400),
        (Method::PUT, "/otp/14155550123", 405),
        (Method::POST, "/otp/14155550123", 404),
    ] {
        is_protected(&app.request(method, path, &[], "").await, status);
    }
    app.simulator
        .fault(Fault::new(FaultTarget::Messages, Effect::Garbage));
    is_protected(&app.send("14155550199").await, 500);
    is_protected(&app.send(PHONE).await, 200);
    is_protected(&app.send(PHONE).await, 429);
    is_protected(&app.post("/otp/14155550123", "{}").await, 400);
    is_protected(&app.post("/otp/14155550123", &"x".repeat(5000)).await, 413);
    is_protected(&app.check(PHONE, &wrong(&app.last_code(PHONE))).await, 401);
    let prefetch = [("Sec-Purpose", "prefetch")];
    is_protected(
        &app.request(Method::GET, "/otp/14155550123", &prefetch, "")
            .await,
        403,
    );
    is_protected(&app.check(PHONE, &app.last_code(PHONE)).await, 200);
    let long = "x".repeat(17_000);
    let answer = app
        .request(Method::GET, "/livez", &[("X-Filler", &long)], "")
        .await;
    is_protected(&answer, 431);
}

#[actix_web::test]
async fn answers_to_providers_are_protected_too() {
    let nobody = "http://127.0.0.1:1";
    let app = TestApp::start_with(|config| {
        crate::webhooks::with_webhooks(config);
        crate::channels::told::with_vendors(config, nobody, nobody);
    })
    .await;
    for path in [
        "/webhooks/whatsapp",
        "/webhooks/vonage/status",
        "/webhooks/vonage/inbound",
        "/webhooks/twilio",
    ] {
        is_protected(&app.post(path, "{}").await, 401);
        is_protected(&app.request(Method::PUT, path, &[], "").await, 405);
    }
}

#[actix_web::test]
async fn every_answer_of_the_dispatch_face_is_protected_too() {
    let stage = Stage::open_with("").await;
    is_protected(&stage.app.get("/").await, 200);
    is_protected(&stage.app.post("/", "").await, 405);
    is_protected(&stage.post("1", "{}").await, 400);
    is_protected(&stage.post("1", &"x".repeat(5000)).await, 413);
    is_protected(&stage.post("1", BOTH).await, 201);
    is_protected(&stage.post("1", BOTH).await, 429);
    let code = stage.code_on_messenger();
    is_protected(&stage.check("1", &wrong(&code)).await, 404);
    is_protected(&stage.check("1", &code).await, 200);
    is_protected(&stage.check("1", &code).await, 409);
    stage.pass(60);
    let code = stage.code("2").await;
    stage.pass(300);
    is_protected(&stage.check("2", &code).await, 410);
    let (path, prefetch) = (stage.path("2"), [("Sec-Purpose", "prefetch")]);
    let request = stage.app.request(Method::POST, &path, &prefetch, BOTH);
    is_protected(&request.await, 403);
}

#[actix_web::test]
async fn an_answer_without_a_key_is_protected_too() {
    let hash = otp_server::config::KeyHash::of("somebody else's");
    let app =
        TestApp::start_with(|config| config.sample_face.access = Access::Keys(vec![hash])).await;
    is_protected(&app.send(PHONE).await, 401);
    is_protected(&app.check(PHONE, "123456").await, 401);
}

#[actix_web::test]
async fn a_path_that_is_not_served_is_not_found_whatever_the_method() {
    let app = TestApp::start().await;
    for path in [
        "/",
        "/otp",
        "/otp/",
        "/otp/14155550123/x",
        "/otpx/14155550123",
        "/livez/",
        "//otp/14155550123",
        "/.env",
    ] {
        for method in [Method::GET, Method::POST, Method::PUT] {
            app.request(method, path, &[], "")
                .await
                .is(404, "Not found.");
        }
    }
    assert_eq!(app.simulator.message_count(), 0);
}

#[actix_web::test]
async fn a_wrong_method_names_the_right_ones() {
    let app = TestApp::start().await;
    for path in ["/livez", "/readyz", "/metrics"] {
        for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
            let answer = app.request(method, path, &[], "").await;
            answer.is(405, "Method not allowed.");
            let allowed = if path == "/metrics" {
                "GET"
            } else {
                "GET, HEAD"
            };
            assert_eq!(answer.header("allow"), Some(allowed), "{path}");
        }
    }
}

#[actix_web::test]
async fn a_sample_face_that_is_switched_off_is_not_there() {
    let app = TestApp::start_with(|config| config.sample_face.enabled = false).await;
    app.send(PHONE).await.is(404, "Not found.");
    app.check(PHONE, "123456").await.is(404, "Not found.");
    app.get("/livez").await.is(200, "alive");
}
