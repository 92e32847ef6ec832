//! Figures and reasons: for those who may know them.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use actix_web::http::Method;
use otp_server::config::{Access, Config, KeyHash};
use serde_json::{Value, json};

use super::running;
use crate::app::TestApp;
use crate::process::{Connection, free_port, get};

const KEY: &str = "a key of this test's own";

fn public(config: &mut Config) {
    config.listen = (Ipv4Addr::UNSPECIFIED, 0).into();
}

async fn metrics(app: &TestApp, headers: &[(&str, &str)]) -> u16 {
    let answer = app.request(Method::GET, "/metrics", headers, "").await;
    answer.status
}

async fn ready(app: &TestApp, headers: &[(&str, &str)]) -> Value {
    let answer = app.request(Method::GET, "/readyz", headers, "").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    serde_json::from_str(&answer.text).expect("JSON")
}

#[actix_web::test]
async fn with_keys_figures_and_reasons_want_one() {
    let app = TestApp::start_with(|config| {
        public(config);
        config.sample_face.access = Access::Keys(vec![KeyHash::of(KEY)]);
    })
    .await;
    let answer = app.get("/metrics").await;
    assert_eq!(
        (answer.status, answer.header("www-authenticate")),
        (401, Some("Bearer"))
    );
    assert!(!answer.text.contains("otp_"), "{answer:?}");
    assert_eq!(ready(&app, &[]).await, json!({ "status": "ready" }));
    assert_eq!(
        ready(&app, &[("X-API-Key", "another")]).await,
        json!({ "status": "ready" })
    );
    let bearer = format!("Bearer {KEY}");
    for header in [("X-API-Key", KEY), ("Authorization", bearer.as_str())] {
        assert_eq!(metrics(&app, &[header]).await, 200);
        assert_eq!(
            ready(&app, &[header]).await["checks"]["store"]["status"],
            "ok"
        );
    }
    app.get("/livez").await.is(200, "alive");
}

#[actix_web::test]
async fn a_public_address_without_keys_shows_them_to_nobody() {
    for access in [Access::Open, Access::Loopback] {
        let app = TestApp::start_with(|config| {
            public(config);
            config.sample_face.enabled = access == Access::Open;
            config.sample_face.access = access;
        })
        .await;
        assert_eq!(metrics(&app, &[]).await, 401);
        assert_eq!(metrics(&app, &[("X-API-Key", "")]).await, 401);
        assert_eq!(ready(&app, &[]).await, json!({ "status": "ready" }));
        app.get("/livez").await.is(200, "alive");
    }
}

#[actix_web::test]
async fn on_loopback_a_name_that_was_bound_to_it_sees_nothing() {
    for access in [Access::Open, Access::Loopback] {
        let app = TestApp::start_with(|config| config.sample_face.access = access).await;
        for header in [("Host", "evil.example"), ("Origin", "null")] {
            assert_eq!(metrics(&app, &[header]).await, 403, "{header:?}");
            assert_eq!(
                ready(&app, &[header]).await,
                json!({ "status": "ready" }),
                "{header:?}"
            );
        }
        assert_eq!(metrics(&app, &[]).await, 200);
        assert_eq!(ready(&app, &[]).await["checks"]["template"]["status"], "ok");
    }
}

#[actix_web::test]
async fn health_answers_head_as_it_answers_get_and_without_a_body() {
    let app = running(|_| {}).await;
    let mut connection = Connection::open(app.address).unwrap();
    for path in ["/livez", "/readyz"] {
        let body = connection.ask(get(path).as_bytes()).unwrap();
        let request = format!("HEAD {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        connection.send(request.as_bytes()).unwrap();
        let head = connection.head().unwrap();
        assert_eq!(head.status, body.status, "{path}");
        for name in ["content-type", "content-length", "cache-control"] {
            assert_eq!(head.header(name), body.header(name), "{name} of {path}");
        }
        let answer = app.request(Method::POST, path, &[], "").await;
        assert_eq!(
            (answer.status, answer.header("allow")),
            (405, Some("GET, HEAD"))
        );
    }
    // Had a body followed, this would not be read as an answer.
    connection
        .ask(get("/livez").as_bytes())
        .unwrap()
        .is(200, "alive");
}

#[actix_web::test]
async fn the_listener_for_metrics_is_guarded_like_the_other_one() {
    let listen: SocketAddr = ([127, 0, 0, 1], free_port()).into();
    let app = running(|config| {
        config.metrics.listen = Some(listen);
        config.http.head_timeout = Duration::from_millis(500);
        config.http.request_timeout = Duration::from_millis(500);
    })
    .await;
    let mut connection = Connection::open(listen).unwrap();
    for (path, status) in [("/metrics", 200), ("/nope", 404)] {
        let reply = connection.ask(get(path).as_bytes()).unwrap();
        assert_eq!(reply.status, status);
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        assert!(reply.header("x-request-id").is_some(), "{reply:?}");
    }
    let long = "x".repeat(17_000);
    let request = format!("GET /metrics HTTP/1.1\r\nHost: localhost\r\nX-Long: {long}\r\n\r\n");
    let reply = connection.ask(request.as_bytes()).unwrap();
    assert_eq!(reply.status, 431);
    connection.is_closed();

    let mut connection = Connection::open(listen).unwrap();
    connection.ask(get("/metrics").as_bytes()).unwrap();
    connection
        .send(b"GET /metrics HTTP/1.1\r\nX-Slow: ")
        .unwrap();
    connection.is_closed();
    assert_eq!(app.simulator.message_count(), 0);
}
