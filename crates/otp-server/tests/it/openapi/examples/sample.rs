//! What the sample face says.

use std::time::Duration;

use actix_web::http::Method;
use graph_simulator::{Fault, FaultTarget};
use otp_server::config::{Access, KeyHash};
use otp_server::directory::{Mode, Scope};

use super::{Told, named, on_redis};
use crate::app::{PHONE, TestApp, wrong};

const PATH: &str = "/otp/14155550123";

pub(super) async fn told() -> Vec<Told> {
    let mut told = Box::pin(sent()).await;
    told.extend(checked().await);
    for (operation, method) in [("sampleSend", Method::GET), ("sampleCheck", Method::POST)] {
        told.extend(told_to_strangers_by(operation, method.clone(), PATH).await);
        let (app, mut redis) = on_redis().await;
        redis.kill();
        let body = r#"{"code":"123456"}"#;
        let unavailable = app.request(method, PATH, &[], body).await;
        let refused = app.request(Method::DELETE, PATH, &[], "").await;
        told.extend(named(
            operation,
            [
                ("unavailable", unavailable),
                ("method-not-allowed", refused),
            ],
        ));
    }
    told
}

async fn sent() -> Vec<Told> {
    let app = TestApp::start().await;
    let mut told = named(
        "sampleSend",
        [
            ("sent", app.get(PATH).await),
            ("too-many", app.get(PATH).await),
            ("no-phone", app.get("/otp/12").await),
        ],
    );
    app.simulator
        .fault(Fault::error(FaultTarget::Messages, 131_026));
    let not_sent = app.get("/otp/14155550199").await;
    told.extend(named("sampleSend", [("not-sent", not_sent)]));
    let deny = vec!["US".to_owned()];
    let app = TestApp::start_with(|config| config.countries.deny = deny).await;
    told.extend(named("sampleSend", [("country", app.get(PATH).await)]));
    let app = TestApp::start().await;
    app.opt_out("+14155550123").await;
    told.extend(named("sampleSend", [("opted-out", app.get(PATH).await)]));
    told
}

async fn checked() -> Vec<Told> {
    let app = TestApp::start().await;
    let none = app.check(PHONE, "123456").await;
    let code = app.send_code(PHONE).await;
    let mut told = vec![
        ("no-active-code", none),
        ("no-code", app.post(PATH, "{}").await),
        ("too-large", app.post(PATH, &" ".repeat(4097)).await),
        ("wrong", app.check(PHONE, &wrong(&code)).await),
        ("right", app.check(PHONE, &code).await),
    ];
    app.pass(Duration::from_mins(1));
    let code = app.send_code(PHONE).await;
    app.pass(Duration::from_mins(5));
    told.push(("expired", app.check(PHONE, &code).await));
    let code = wrong(&app.send_code(PHONE).await);
    app.check(PHONE, &code).await;
    app.check(PHONE, &code).await;
    told.push(("last-wrong", app.check(PHONE, &code).await));
    app.pass(Duration::from_mins(1));
    let code = wrong(&app.send_code(PHONE).await);
    app.check(PHONE, &code).await;
    told.push(("too-many", app.check(PHONE, &code).await));
    named("sampleCheck", told)
}

/// What callers without a key are told, and pages of other sites.
pub(super) async fn told_to_strangers(operation: &str, path: &str) -> Vec<Told> {
    let mut told = told_to_strangers_by(operation, Method::GET, path).await;
    told.retain(|(name, _)| !name.ends_with("foreign-host"));
    told
}

async fn told_to_strangers_by(operation: &str, method: Method, path: &str) -> Vec<Told> {
    let app = TestApp::start().await;
    let ask = async |header| app.request(method.clone(), path, &[header], "").await;
    let page = ask(("Origin", "https://evil.example")).await;
    let host = ask(("Host", "otp.example")).await;
    let keys = vec![KeyHash::of("a key of this test's own")];
    let app = TestApp::start_with(|config| config.sample_face.access = Access::Keys(keys)).await;
    let no_key = app.request(method.clone(), path, &[], "").await;
    let reader = app.key("default", &[Scope::Read], Mode::Live).await;
    let headers = [("X-API-Key", reader.as_str())];
    let not_allowed = app.request(method, path, &headers, "").await;
    named(
        operation,
        [
            ("foreign-page", page),
            ("foreign-host", host),
            ("no-key", no_key),
            ("not-allowed", not_allowed),
        ],
    )
}
