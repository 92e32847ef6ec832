//! Where webhooks go: the account's override, the app's subscription, the number's own.

use awc::http::header::AUTHORIZATION;
use graph_simulator::{APP_ID, APP_SECRET, PHONE_NUMBER_ID, Receipts, SimulatorConfig, WABA_ID};
use serde_json::{Value, json};

use crate::harness::{ALICE, Answer, Receiver, Stage, read};

fn subscribed_apps() -> String {
    format!("/v25.0/{WABA_ID}/subscribed_apps")
}

async fn as_app(stage: &Stage, body: Value) -> Answer {
    let request = stage
        .client
        .post(stage.url(&format!("/v25.0/{APP_ID}/subscriptions")));
    let request = request.insert_header((AUTHORIZATION, format!("Bearer {APP_ID}|{APP_SECRET}")));
    read(request.send_json(&body).await.unwrap()).await
}

#[actix_web::test]
async fn nobody_is_subscribed_at_the_start() {
    let stage = Stage::new();
    assert_eq!(
        stage.get(&subscribed_apps()).await.ok(),
        json!({"data": []})
    );
    let sent = stage
        .post(
            "/_simulator/inbound",
            json!({"from": ALICE, "text": "hello"}),
        )
        .await
        .ok();
    assert_eq!(sent["webhooks"][0]["url"], Value::Null);
}

#[actix_web::test]
async fn an_override_is_verified_and_gets_the_webhooks() {
    let receiver = Receiver::start();
    let stage = Stage::new();
    let subscribe = json!({"override_callback_uri": receiver.url, "verify_token": "right-token"});
    assert_eq!(
        stage.post(&subscribed_apps(), subscribe).await.ok(),
        json!({"success": true})
    );
    let shown = stage.get(&subscribed_apps()).await.ok();
    assert_eq!(
        shown["data"][0]["override_callback_uri"],
        json!(receiver.url)
    );
    assert_eq!(shown["data"][0]["whatsapp_business_api_data"]["id"], APP_ID);
    stage.send_code(ALICE, "1234").await;
    assert_eq!(receiver.next().await.status()["status"], "sent");
}

#[actix_web::test]
async fn an_override_that_does_not_prove_itself_is_refused() {
    let receiver = Receiver::start();
    let stage = Stage::new();
    for (url, verify_token) in [
        (receiver.url.as_str(), "wrong-token"),
        ("http://127.0.0.1:1/hook", "right-token"),
        ("nonsense", "x"),
    ] {
        let subscribe = json!({"override_callback_uri": url, "verify_token": verify_token});
        let answer = stage.post(&subscribed_apps(), subscribe).await;
        assert_eq!(
            (answer.status, answer.code()),
            (400, 2200),
            "{}",
            answer.json
        );
        assert!(
            answer
                .message()
                .starts_with("(#2200) Callback verification failed")
        );
    }
    assert_eq!(
        stage.get(&subscribed_apps()).await.ok(),
        json!({"data": []})
    );
    let long = format!("https://example.com/{}", "a".repeat(200));
    let answer = stage
        .post(
            &subscribed_apps(),
            json!({"override_callback_uri": long, "verify_token": "x"}),
        )
        .await;
    assert_eq!(answer.code(), 100);
    let without_token = stage
        .post(
            &subscribed_apps(),
            json!({"override_callback_uri": receiver.url}),
        )
        .await;
    assert_eq!(without_token.code(), 100);
}

#[actix_web::test]
async fn the_apps_webhook_is_set_with_the_apps_token() {
    let receiver = Receiver::start();
    let stage = Stage::new();
    let subscription = json!({
        "object": "whatsapp_business_account", "callback_url": receiver.url, "verify_token": "right-token",
        "fields": "messages,account_update"
    });
    let path = format!("/v25.0/{APP_ID}/subscriptions");
    assert_eq!(
        stage.post(&path, subscription.clone()).await.status,
        400,
        "a user's token is not enough"
    );
    as_app(&stage, subscription).await.ok();
    stage.post(&subscribed_apps(), json!({})).await.ok();
    // The app did not ask for template events, so the first webhook is the receipt.
    stage
        .simulator
        .set_template_status(graph_simulator::TEMPLATE_ID, "FLAGGED");
    stage.send_code(ALICE, "1234").await;
    assert_eq!(receiver.next().await.status()["status"], "sent");
}

#[actix_web::test]
async fn an_app_that_is_taken_off_the_account_gets_nothing() {
    let receiver = Receiver::start();
    let stage = Stage::with(SimulatorConfig {
        webhook_url: Some(receiver.url.clone()),
        receipts: Receipts::Manual,
        ..SimulatorConfig::default()
    });
    stage.delete(&subscribed_apps()).await.ok();
    let sent = stage
        .post(
            "/_simulator/inbound",
            json!({"from": ALICE, "text": "hello"}),
        )
        .await
        .ok();
    assert_eq!(sent["webhooks"][0]["url"], Value::Null);
}

#[actix_web::test]
async fn a_numbers_own_webhook_comes_first() {
    let (of_number, of_account) = (Receiver::start(), Receiver::start());
    let stage = Stage::with(SimulatorConfig {
        webhook_url: Some(of_account.url.clone()),
        ..SimulatorConfig::default()
    });
    let configure = |verify_token: &str| json!({"webhook_configuration": {"override_callback_uri": of_number.url, "verify_token": verify_token}});
    let path = format!("/v25.0/{PHONE_NUMBER_ID}");
    assert_eq!(
        stage.post(&path, configure("wrong-token")).await.code(),
        2200
    );
    stage.post(&path, configure("right-token")).await.ok();
    stage.send_code(ALICE, "1234").await;
    assert_eq!(of_number.next().await.status()["status"], "sent");
}
