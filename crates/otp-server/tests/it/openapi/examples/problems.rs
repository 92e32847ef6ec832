//! Each problem of the native face, as it really comes.

use std::time::Duration;

use actix_web::http::Method;
use graph_simulator::{Fault, FaultTarget};
use otp_server::config::{BudgetSettings, Config};
use otp_server::directory::{Mode, Scope};
use serde_json::json;

use super::{Told, on_redis};
use crate::app::{Answer, TestApp, wrong};
use crate::native::{Client, id};

const START: &str = "/v1/verifications";
const PHONE: &str = "+14155550123";

pub(super) async fn told() -> Vec<Told> {
    let mut told = of_requests().await;
    told.extend(of_one_phone().await);
    told.extend([
        (
            "country-not-allowed",
            started(|config| config.countries.deny = vec!["US".to_owned()]).await,
        ),
        (
            "send-limit",
            second(|config| config.shared_limits.sends_per_application_per_hour = Some(1)).await,
        ),
        ("budget-exhausted", second(one_message_a_day).await),
        ("delivery-failed", undelivered().await),
        ("unavailable", unavailable().await),
        ("recipient-opted-out", opted_out().await),
    ]);
    let told = told.into_iter();
    told.map(|(name, answer)| (format!("problem {name}"), answer))
        .collect()
}

/// What is wrong with the request itself.
async fn of_requests() -> Vec<(&'static str, Answer)> {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    let only_checks = app.key("default", &[Scope::Check], Mode::Live).await;
    let unknown = format!("{START}/{}", "A".repeat(43));
    let with_key = async |body: &str| {
        let headers = [("Idempotency-Key", "order-7")];
        client.call_with(Method::POST, START, &headers, body).await
    };
    with_key(&json!({ "to": PHONE }).to_string()).await;
    vec![
        ("invalid-request", client.post(START, &json!({})).await),
        (
            "body-too-large",
            client.call(Method::POST, START, &" ".repeat(4097)).await,
        ),
        (
            "method-not-allowed",
            client.call(Method::DELETE, START, "").await,
        ),
        ("unauthorized", app.get(START).await),
        (
            "forbidden",
            app.request(
                Method::POST,
                START,
                &[("X-API-Key", only_checks.as_str())],
                "",
            )
            .await,
        ),
        ("not-found", client.get(&unknown).await),
        (
            "idempotency-conflict",
            with_key(r#"{"to":"+14155550199"}"#).await,
        ),
    ]
}

/// What holds one phone back.
async fn of_one_phone() -> Vec<(&'static str, Answer)> {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    let first = id(&client.start(PHONE).await);
    let cooldown = client.post(START, &json!({ "to": PHONE })).await;
    let code = app.last_code(PHONE);
    client.check(&first, &wrong(&code)).await;
    client.check(&first, &wrong(&code)).await;
    let locked = client.check(&first, &wrong(&code)).await;
    app.pass(Duration::from_mins(1));
    let second = id(&client.start(PHONE).await);
    let code = app.last_code(PHONE);
    client.check(&second, &wrong(&code)).await;
    let check_limit = client.check(&second, &code).await;
    vec![
        ("cooldown", cooldown),
        ("locked", locked),
        ("check-limit", check_limit),
    ]
}

/// A start under such settings.
async fn started(change: impl FnOnce(&mut Config)) -> Answer {
    let app = TestApp::start_with(change).await;
    let client = Client::live(&app).await;
    client.post(START, &json!({ "to": PHONE })).await
}

/// A start at another phone right after the first.
async fn second(change: impl FnOnce(&mut Config)) -> Answer {
    let app = TestApp::start_with(change).await;
    let client = Client::live(&app).await;
    client.start("+14155550199").await;
    client.post(START, &json!({ "to": PHONE })).await
}

fn one_message_a_day(config: &mut Config) {
    config.budget = BudgetSettings {
        per_day: Some(50_000),
        whatsapp_prices: [].into(),
        whatsapp_price_elsewhere: Some(50_000),
    };
}

async fn undelivered() -> Answer {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    app.simulator
        .fault(Fault::error(FaultTarget::Messages, 131_026));
    client.post(START, &json!({ "to": PHONE })).await
}

async fn opted_out() -> Answer {
    let app = TestApp::start().await;
    app.opt_out(PHONE).await;
    let client = Client::live(&app).await;
    client.post(START, &json!({ "to": PHONE })).await
}

async fn unavailable() -> Answer {
    let (app, mut redis) = on_redis().await;
    let client = Client::live(&app).await;
    redis.kill();
    client.post(START, &json!({ "to": PHONE })).await
}
