//! Meta's webhooks: checked, kept, and worked off.

mod signatures;
mod strangers;

use std::time::Duration;

use actix_web::http::Method;
use actix_web::rt::time::sleep;
use graph_simulator::{Receipts, Simulator, SimulatorConfig};
use hmac::{Hmac, KeyInit as _, Mac as _};
use otp_server::clock::Stopwatch;
use otp_server::config::{Config, Secret};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::app::{Answer, TestApp};
use crate::native::{Client, START, id};

const SECRET: &str = "simulator-app-secret";
const PHONE: &str = "+14155550123";
const PATH: &str = "/webhooks/whatsapp";

pub(crate) fn with_webhooks(config: &mut Config) {
    config.graph.app_secret = Some(Secret::new(SECRET));
    config.graph.webhook_verify_token = Some(Secret::new("let me in"));
}

async fn start() -> TestApp {
    TestApp::start_with(with_webhooks).await
}

pub(crate) fn signature(body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("a key");
    mac.update(body.as_bytes());
    let digest = mac.finalize().into_bytes().into_iter();
    digest.fold("sha256=".to_owned(), |text, byte| {
        format!("{text}{byte:02x}")
    })
}

async fn post(app: &TestApp, signature: Option<&str>, body: &str) -> Answer {
    let mut headers = vec![("Content-Type", "application/json")];
    headers.extend(signature.map(|signature| ("X-Hub-Signature-256", signature)));
    app.request(Method::POST, PATH, &headers, body).await
}

pub(crate) async fn tell(app: &TestApp, body: &Value) -> Answer {
    let body = body.to_string();
    post(app, Some(&signature(&body)), &body).await
}

/// Has the simulator send its webhooks to this server.
pub(crate) async fn subscribe(app: &TestApp) {
    let subscribe = format!(
        "{}/v25.0/{}/subscribed_apps?access_token={}",
        app.simulator.url(),
        graph_simulator::WABA_ID,
        graph_simulator::TOKEN,
    );
    let address = format!("http://{}{PATH}", app.address);
    let wanted = json!({ "override_callback_uri": address, "verify_token": "let me in" });
    let subscribed = awc::Client::default()
        .post(subscribe)
        .send_json(&wanted)
        .await;
    assert_eq!(subscribed.expect("an answer").status(), 200);
}

/// A webhook with these receipts of the first message of this verification.
pub(crate) fn receipts(id: &str, statuses: &[&str]) -> Value {
    let status = |status: &&str| {
        json!({
            "id": "wamid.x",
            "status": status,
            "timestamp": "1800000000",
            "recipient_id": "14155550123",
            "biz_opaque_callback_data": format!("{id}.1"),
        })
    };
    let statuses: Vec<Value> = statuses.iter().map(status).collect();
    json!({
        "object": "whatsapp_business_account",
        "entry": [{
            "id": "102290129340398",
            "changes": [{
                "field": "messages",
                "value": {
                    "messaging_product": "whatsapp",
                    "metadata": { "phone_number_id": "106540352242922" },
                    "statuses": statuses,
                },
            }],
        }],
    })
}

async fn delivery(client: &Client<'_>, id: &str) -> Value {
    let told = client.get(&format!("{START}/{id}")).await.json();
    told["deliveries"][0]["status"].clone()
}

/// Until the delivery stands so, for ten seconds at most.
async fn becomes(client: &Client<'_>, id: &str, status: &str) {
    let waiting = Stopwatch::start();
    loop {
        let found = delivery(client, id).await;
        if found == status {
            return;
        }
        let told = format!("it stands as {found}, not as {status}");
        assert!(waiting.elapsed() < Duration::from_secs(10), "{told}");
        sleep(Duration::from_millis(10)).await;
    }
}

#[actix_web::test]
async fn meta_is_told_its_challenge_for_the_right_token_only() {
    let app = start().await;
    let ask = async |query: &str| app.get(&format!("{PATH}?{query}")).await;
    let right = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=let+me+in";
    ask(right).await.is(200, "1158201444");
    for wrong in [
        "",
        "hub.mode=subscribe&hub.challenge=1&hub.verify_token=let+me",
        "hub.mode=subscribe&hub.challenge=1",
        "hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=let+me+in",
    ] {
        assert_eq!(ask(wrong).await.status, 403, "{wrong}");
    }
}

#[actix_web::test]
async fn receipts_move_a_delivery_up_its_ladder_in_any_order() {
    let app = start().await;
    let client = Client::live(&app).await;
    let id = id(&client.start(PHONE).await);
    assert_eq!(delivery(&client, &id).await, "accepted");
    tell(&app, &receipts(&id, &["read", "sent", "read"]))
        .await
        .is(200, "");
    becomes(&client, &id, "read").await;
    tell(&app, &receipts(&id, &["delivered", "failed"]))
        .await
        .is(200, "");
    tell(&app, &receipts(&id, &["sent"])).await.is(200, "");
    let other = crate::native::id(&client.start("+14155550199").await);
    tell(&app, &receipts(&other, &["delivered"]))
        .await
        .is(200, "");
    becomes(&client, &other, "delivered").await;
    assert_eq!(delivery(&client, &id).await, "read");
}

#[actix_web::test]
async fn what_the_simulator_sends_is_understood() {
    let manual = SimulatorConfig {
        receipts: Receipts::Manual,
        ..SimulatorConfig::default()
    };
    let simulator = Simulator::start(manual).expect("it starts");
    let app = TestApp::start_against(simulator, with_webhooks).await;
    subscribe(&app).await;
    let client = Client::live(&app).await;
    let id = id(&client.start(PHONE).await);
    let message = app.simulator.messages(PHONE).pop().expect("a message");
    for status in ["sent", "delivered", "read"] {
        app.simulator.receipt(&message.id, status, None);
        becomes(&client, &id, status).await;
    }
}

#[actix_web::test]
async fn a_message_that_failed_after_all_ends_the_verification() {
    let app = start().await;
    let client = Client::live(&app).await;
    let id = id(&client.start(PHONE).await);
    let mut webhook = receipts(&id, &["failed"]);
    let status = &mut webhook["entry"][0]["changes"][0]["value"]["statuses"][0];
    status["errors"] = json!([{ "code": 131_026, "title": "Message undeliverable" }]);
    tell(&app, &webhook).await.is(200, "");
    becomes(&client, &id, "failed").await;
    let told = client.get(&format!("{START}/{id}")).await.json();
    assert_eq!(told["status"], "failed");
    assert_eq!(told["deliveries"][0]["error"], "undeliverable");
}

#[actix_web::test]
async fn without_the_right_signature_nothing_is_written() {
    let app = start().await;
    let client = Client::live(&app).await;
    let id = id(&client.start(PHONE).await);
    let body = receipts(&id, &["read"]).to_string();
    let right = signature(&body);
    let flipped = right.replace(right.chars().last().expect("a digit"), "x");
    let reserialised = serde_json::to_string_pretty(&receipts(&id, &["read"])).expect("JSON");
    for (signature, body) in [
        (None, body.as_str()),
        (Some(""), body.as_str()),
        (Some(flipped.as_str()), body.as_str()),
        (Some(right.as_str()), reserialised.as_str()),
        (Some(right.as_str()), "not JSON"),
    ] {
        let answer = post(&app, signature, body).await;
        answer.is(401, "The signature is missing or wrong.");
    }
    let other = crate::native::id(&client.start("+14155550199").await);
    tell(&app, &receipts(&other, &["read"])).await.is(200, "");
    becomes(&client, &other, "read").await;
    assert_eq!(delivery(&client, &id).await, "accepted");
}

#[actix_web::test]
async fn what_nobody_knows_is_counted_and_ignored() {
    let app = start().await;
    let unknown = json!({
        "object": "whatsapp_business_account",
        "entry": [{ "id": "1", "changes": [{ "field": "new_thing", "value": { "a": 1 } }] }],
    });
    tell(&app, &unknown).await.is(200, "");
    let metrics = app.get("/metrics").await.text;
    assert!(
        metrics.contains("otp_webhook_words_total{provider=\"whatsapp\",result=\"ignored\"} 1"),
        "{metrics}"
    );
    tell(&app, &json!({ "object": "page", "entry": [] }))
        .await
        .is(200, "");
    let statuses = vec!["sent"; 1001];
    assert_eq!(tell(&app, &receipts("x", &statuses)).await.status, 413);
}

#[actix_web::test]
async fn what_was_taken_in_is_worked_off_after_a_restart() {
    let app = start().await;
    let client = Client::live(&app).await;
    let id = id(&client.start(PHONE).await);
    let webhook = receipts(&id, &["delivered"]);
    tell(&app, &webhook).await.is(200, "");
    let app = app.restart(with_webhooks).await;
    let client = Client::live(&app).await;
    becomes(&client, &id, "delivered").await;
}

#[actix_web::test]
async fn without_the_apps_secret_there_is_no_such_address() {
    let app = TestApp::start().await;
    tell(&app, &receipts("x", &["read"]))
        .await
        .is(404, "Not found.");
}

#[actix_web::test]
async fn a_webhook_of_three_megabytes_is_read_and_a_longer_one_is_not() {
    let app = start().await;
    let mut body = json!({ "object": "whatsapp_business_account", "entry": [] }).to_string();
    body.push_str(&" ".repeat((3 << 20) - body.len()));
    let signed = signature(&body);
    post(&app, Some(&signed), &body).await.is(200, "");
    body.push(' ');
    let answer = post(&app, Some(&signed), &body).await;
    answer.is(413, "The webhook is longer than 3 MB.");
}
