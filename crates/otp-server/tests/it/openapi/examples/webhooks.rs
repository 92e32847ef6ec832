//! What providers are told.

use actix_web::http::Method;
use serde_json::json;

use super::{Told, named};
use crate::app::{Answer, TestApp};
use crate::webhooks::{signature, with_webhooks};

const PATH: &str = "/webhooks/whatsapp";

pub(super) async fn told() -> Vec<Told> {
    let app = TestApp::start_with(with_webhooks).await;
    let right = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=let+me+in";
    let confirmed = app.get(&format!("{PATH}?{right}")).await;
    let body = json!({ "object": "whatsapp_business_account", "entry": [] }).to_string();
    let mut told = named(
        "confirmWhatsAppWebhook",
        [
            ("confirmed", confirmed),
            ("wrong-token", app.get(PATH).await),
            ("method-not-allowed", put(&app).await),
        ],
    );
    told.extend(named(
        "takeInWhatsAppWebhook",
        [
            ("kept", signed(&app, &body).await),
            ("unknown", signed(&app, "[]").await),
            ("not-signed", app.post(PATH, &body).await),
            ("method-not-allowed", put(&app).await),
        ],
    ));
    told
}

async fn signed(app: &TestApp, body: &str) -> Answer {
    let signature = signature(body);
    let headers = [("X-Hub-Signature-256", signature.as_str())];
    app.request(Method::POST, PATH, &headers, body).await
}

async fn put(app: &TestApp) -> Answer {
    app.request(Method::PUT, PATH, &[], "").await
}
