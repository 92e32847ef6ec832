//! What people say in chats: each through the front door, as the simulator's control plane posts it
//! in a person's name.

mod codes;
mod free_text;
mod hostile;
mod opt_out;
mod reports;

use std::time::Duration;

use actix_web::rt::time::sleep;
use graph_simulator::{Receipts, SentMessage, Simulator, SimulatorConfig};
use otp_server::clock::Stopwatch;
use otp_server::config::Config;
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::native::{Client, START};
use crate::webhooks::with_webhooks;

const PHONE: &str = "+14155550123";
const OTHER: &str = "+14155550199";

async fn start() -> TestApp {
    start_with(|_| {}).await
}

/// A server whose webhooks come from the simulator.
async fn start_with(change: impl FnOnce(&mut Config)) -> TestApp {
    let manual = SimulatorConfig {
        receipts: Receipts::Manual,
        ..SimulatorConfig::default()
    };
    let simulator = Simulator::start(manual).expect("it starts");
    let app = TestApp::start_against(simulator, |config| {
        with_webhooks(config);
        change(config);
    })
    .await;
    let subscribe = format!(
        "{}/v25.0/{}/subscribed_apps?access_token={}",
        app.simulator.url(),
        graph_simulator::WABA_ID,
        graph_simulator::TOKEN,
    );
    let wanted = json!({
        "override_callback_uri": format!("http://{}/webhooks/whatsapp", app.address),
        "verify_token": "let me in",
    });
    let client = awc::Client::default();
    let subscribed = client.post(subscribe).send_json(&wanted).await;
    assert_eq!(subscribed.expect("an answer").status(), 200);
    app
}

/// What a person does, as `curl` tells the simulator.
async fn inbound(app: &TestApp, what: &Value) {
    let url = format!("{}/_simulator/inbound", app.simulator.url());
    let told = awc::Client::default().post(url).send_json(what).await;
    let mut told = told.expect("an answer");
    let body: Value = told.json().await.expect("JSON");
    assert_eq!(body["success"], true, "{body}");
}

async fn write(app: &TestApp, from: &str, text: &str) {
    inbound(app, &json!({ "from": from, "text": text })).await;
}

/// A webhook with this text, as Meta would post it again.
pub(crate) fn text_webhook(from: Option<&str>, id: &str, text: &str) -> Value {
    let mut message = json!({
        "id": id,
        "timestamp": "1800000000",
        "type": "text",
        "text": { "body": text },
    });
    if let Some(from) = from {
        message["from"] = json!(from.trim_start_matches('+'));
    }
    json!({
        "object": "whatsapp_business_account",
        "entry": [{
            "id": "102290129340398",
            "changes": [{
                "field": "messages",
                "value": {
                    "messaging_product": "whatsapp",
                    "metadata": { "phone_number_id": "106540352242922" },
                    "messages": [message],
                },
            }],
        }],
    })
}

/// The same, said so many seconds after the test's clock started.
fn text_webhook_at(secs: u64, id: &str, text: &str) -> Value {
    let mut webhook = text_webhook(Some(PHONE), id, text);
    let message = &mut webhook["entry"][0]["changes"][0]["value"]["messages"][0];
    message["timestamp"] = json!((1_800_000_000 + secs).to_string());
    webhook
}

/// Looks until something is there, for ten seconds at most.
pub(crate) async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let waiting = Stopwatch::start();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(waiting.elapsed() < Duration::from_secs(10), "{what}");
        sleep(Duration::from_millis(10)).await;
    }
}

/// What this person was answered, in order.
fn answers(app: &TestApp, phone: &str) -> Vec<String> {
    let messages = app.simulator.messages(phone);
    let is_answer = |message: &SentMessage| message.kind == "text";
    let answers = messages.into_iter().filter(is_answer);
    answers.map(|message| message.text).collect()
}

/// Waits for the answer of this number, and answers with it.
async fn answer(app: &TestApp, phone: &str, number: usize) -> String {
    let missing = format!("answer {number} to {phone}");
    eventually(&missing, async || {
        answers(app, phone).get(number - 1).cloned()
    })
    .await
}

pub(crate) async fn shown(client: &Client<'_>, id: &str) -> Value {
    client.get(&format!("{START}/{id}")).await.json()
}

/// The events on a verification's timeline.
async fn timeline(client: &Client<'_>, id: &str) -> Vec<(String, String)> {
    let told = client.get(&format!("{START}/{id}/timeline")).await.json();
    let steps = told["steps"].as_array().expect("steps").iter();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    steps
        .map(|step| (text(&step["event"]), text(&step["reason"])))
        .collect()
}

/// How often something of this meaning was said in chats, as the metrics have it.
pub(crate) async fn heard(app: &TestApp, meant: &str) -> u64 {
    let metrics = app.get("/metrics").await.text;
    let name = format!("otp_chat_words_total{{meant=\"{meant}\"}} ");
    let line = metrics.lines().find_map(|line| line.strip_prefix(&name));
    line.expect("the figure").parse().expect("a number")
}
