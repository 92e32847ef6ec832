//! `/metrics`: what is counted, under which labels, and where it is served.

use std::time::Duration;

use actix_web::http::Method;
use graph_simulator::{Effect, Fault, FaultTarget};

use crate::app::{PHONE, TestApp, wrong};
use crate::process::{Connection, free_port, get};

async fn figure(app: &TestApp, series: &str) -> u64 {
    let text = app.get("/metrics").await.text;
    let line = text.lines().find_map(|line| line.strip_prefix(series));
    line.map_or(0, |value| value.trim().parse().expect("a whole number"))
}

async fn outcome(app: &TestApp, outcome: &str) -> u64 {
    figure(
        app,
        &format!("otp_verifications_total{{outcome=\"{outcome}\"}}"),
    )
    .await
}

async fn delivery(app: &TestApp, result: &str) -> u64 {
    let series = format!("otp_deliveries_total{{channel=\"whatsapp\",result=\"{result}\"}}");
    figure(app, &series).await
}

async fn answered(app: &TestApp, method: &str, status: u16) -> u64 {
    let labels = r#"face="sample",route="/otp/{phone}""#;
    let series =
        format!("otp_http_requests_total{{{labels},method=\"{method}\",status=\"{status}\"}}");
    figure(app, &series).await
}

#[actix_web::test]
async fn each_outcome_moves_its_own_figure() {
    let app = TestApp::start().await;
    app.check(PHONE, "123456").await;
    assert_eq!(outcome(&app, "not_found").await, 1);
    let code = app.send_code(PHONE).await;
    assert_eq!(outcome(&app, "started").await, 1);
    assert_eq!(delivery(&app, "accepted").await, 1);
    assert_eq!(figure(&app, "otp_live_codes").await, 1);
    app.send(PHONE).await;
    assert_eq!(outcome(&app, "send_limited").await, 1);
    app.check(PHONE, &wrong(&code)).await;
    app.check(PHONE, &code).await.is(200, "");
    for expected in ["wrong", "approved"] {
        assert_eq!(outcome(&app, expected).await, 1, "{expected}");
    }
    assert_eq!(figure(&app, "otp_live_codes").await, 0);
    for (method, status, count) in [
        ("GET", 200, 1),
        ("GET", 429, 1),
        ("POST", 200, 1),
        ("POST", 401, 1),
        ("POST", 404, 1),
    ] {
        assert_eq!(
            answered(&app, method, status).await,
            count,
            "{method} {status}"
        );
    }
}

#[actix_web::test]
async fn exhausted_and_limited_checks_are_counted_apart_from_wrong_ones() {
    let app = TestApp::start().await;
    let code = app.send_code(PHONE).await;
    for _ in 0..3 {
        app.check(PHONE, &wrong(&code)).await;
    }
    assert_eq!(outcome(&app, "exhausted").await, 1);
    app.pass(Duration::from_mins(1));
    let code = app.send_code(PHONE).await;
    app.check(PHONE, &wrong(&code)).await;
    app.check(PHONE, &wrong(&code)).await;
    assert_eq!(outcome(&app, "check_limited").await, 1);
}

#[actix_web::test]
async fn each_way_a_delivery_can_fail_is_counted() {
    let app = TestApp::start().await;
    for (number, code, result) in [
        (1, 131_026, "undeliverable"),
        (2, 130_429, "throttled"),
        (3, 190, "channel_down"),
    ] {
        app.simulator
            .fault(Fault::error(FaultTarget::Messages, code));
        let answer = app.send(&format!("1415555010{number}")).await;
        assert_eq!(answer.status, 500, "{code}");
        assert_eq!(delivery(&app, result).await, 1, "{code}");
    }
    app.simulator
        .fault(Fault::new(FaultTarget::Messages, Effect::DropAnswer));
    assert_eq!(app.send("14155550109").await.status, 500);
    assert_eq!(delivery(&app, "uncertain").await, 1);
}

#[actix_web::test]
async fn no_label_ever_holds_a_phone_a_path_or_a_made_up_method() {
    let app = TestApp::start().await;
    for path in [
        "/otp/14155550123",
        "/OTP/%2B14155550123/",
        "/otp/14155550123/x",
        "/14155550123",
        "/otp/14155550123?phone=14155550123",
        "/livez/14155550123",
        "/metrics?14155550123",
    ] {
        for method in [Method::GET, Method::POST, Method::HEAD, Method::DELETE] {
            app.request(method, path, &[], "").await;
        }
        let brew = Method::from_bytes(b"BREW14155550123").unwrap();
        app.request(brew, path, &[], "").await;
    }
    let text = app.get("/metrics").await.text;
    assert!(
        !text.contains("5550123") && !text.contains("BREW"),
        "{text}"
    );
    assert!(text.contains(r#"route="/otp/{phone}""#), "{text}");
    assert!(text.contains(r#"route="none""#), "{text}");
}

#[actix_web::test]
async fn metrics_with_an_address_of_their_own_are_served_there_alone() {
    let port = free_port();
    let listen = ([127, 0, 0, 1], port).into();
    let app = TestApp::start_with(|config| config.metrics.listen = Some(listen)).await;
    assert_eq!(app.get("/metrics").await.status, 404);
    app.send_code(PHONE).await;
    let mut connection = Connection::open(listen).unwrap();
    let reply = connection.ask(get("/metrics").as_bytes()).unwrap();
    assert_eq!(reply.status, 200);
    assert!(
        reply.text.contains(r#"outcome="started"} 1"#),
        "{}",
        reply.text
    );
    let text = reply.header("content-type").unwrap();
    assert!(text.starts_with("text/plain; version=0.0.4"), "{text}");
    for path in ["/otp/14155550123", "/livez", "/"] {
        assert_eq!(
            connection.ask(get(path).as_bytes()).unwrap().status,
            404,
            "{path}"
        );
    }
    assert_eq!(app.simulator.message_count(), 1);
}
