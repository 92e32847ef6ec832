//! One start, however often it is asked for.

use std::time::Duration;

use actix_web::http::Method;
use futures_util::future::join_all;
use graph_simulator::{Fault, FaultTarget};
use serde_json::{Value, json};

use super::{Client, START, id, is_problem};
use crate::app::{Answer, TestApp};

const PHONE: &str = "+14155550123";

async fn start(client: &Client<'_>, key: &str, body: &Value) -> Answer {
    let headers = [("Idempotency-Key", key)];
    client
        .call_with(Method::POST, START, &headers, &body.to_string())
        .await
}

#[actix_web::test]
async fn of_sixty_four_starts_at_once_with_one_key_one_sends_and_all_get_its_answer() {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    let body = json!({ "to": PHONE });
    let answers = join_all((0..64).map(|_| start(&client, "order-7", &body))).await;
    let first = &answers[0];
    assert_eq!(first.status, 201, "{}", first.text);
    for answer in &answers {
        assert_eq!((answer.status, &answer.text), (201, &first.text));
        assert_eq!(answer.header("location"), first.header("location"));
    }
    assert_eq!(app.simulator.message_count(), 1);

    let app = app.restart(|_| {}).await;
    let client = Client::live(&app).await;
    let again = start(&client, "order-7", &body).await;
    assert_eq!((again.status, &again.text), (201, &first.text));
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(app.simulator.message_count(), 1);
}

#[actix_web::test]
async fn another_body_under_the_same_key_is_a_conflict() {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    start(&client, "k", &json!({ "to": PHONE })).await;
    let answer = start(&client, "k", &json!({ "to": PHONE, "purpose": "x" })).await;
    is_problem(&answer, 409, "idempotency-conflict");
    assert_eq!(app.simulator.message_count(), 1);
}

#[actix_web::test]
async fn a_key_is_good_for_a_day() {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    let body = json!({ "to": PHONE });
    let first = id(&start(&client, "k", &body).await.json());
    app.pass(Duration::from_hours(24) - Duration::from_secs(1));
    assert_eq!(id(&start(&client, "k", &body).await.json()), first);
    app.pass(Duration::from_secs(1));
    assert_ne!(id(&start(&client, "k", &body).await.json()), first);
}

#[actix_web::test]
async fn what_a_limit_refused_may_be_asked_for_again_with_the_same_key() {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    client.start(PHONE).await;
    let body = json!({ "to": PHONE });
    is_problem(&start(&client, "k", &body).await, 429, "cooldown");
    app.pass(Duration::from_mins(1));
    assert_eq!(start(&client, "k", &body).await.status, 201);
}

#[actix_web::test]
async fn a_message_that_was_refused_stays_refused_under_its_key() {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    app.simulator
        .fault(Fault::error(FaultTarget::Messages, 131_026));
    let body = json!({ "to": PHONE });
    is_problem(&start(&client, "k", &body).await, 502, "delivery-failed");
    is_problem(&start(&client, "k", &body).await, 502, "delivery-failed");
    assert_eq!(start(&client, "l", &body).await.status, 201);
}

#[actix_web::test]
async fn a_key_that_is_no_text_is_named_in_the_problem() {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    let long = "x".repeat(256);
    for key in ["", long.as_str()] {
        let answer = start(&client, key, &json!({ "to": PHONE })).await;
        is_problem(&answer, 422, "invalid-request");
        assert_eq!(answer.json()["errors"][0]["field"], "Idempotency-Key");
    }
    assert_eq!(app.simulator.message_count(), 0);
}

#[actix_web::test]
async fn what_the_provider_may_take_later_is_asked_again_with_the_same_key() {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    app.simulator
        .fault(Fault::error(FaultTarget::Messages, 130_429).times(8));
    let body = json!({ "to": PHONE });
    let answer = start(&client, "k", &body).await;
    is_problem(&answer, 502, "delivery-failed");
    assert_eq!(answer.header("retry-after"), Some("5"));
    app.simulator.reset();
    assert_eq!(start(&client, "k", &body).await.status, 201);
}
