//! What providers are told.

use actix_web::http::Method;
use serde_json::json;

use super::{Told, named};
use crate::app::{Answer, TestApp};
use crate::channels::told::{
    self, INBOUND, STATUS, TWILIO, bearer, call_back, claims, form, inbound, post, with_vendors,
};
use crate::channels::{twilio, vonage};
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
    told.extend(Box::pin(told_to_vendors()).await);
    told
}

async fn told_to_vendors() -> Vec<Told> {
    let nobody = "http://127.0.0.1:1";
    let app = TestApp::start_with(|config| with_vendors(config, nobody, nobody)).await;
    let mut told = Vec::new();
    let status = json!({ "message_uuid": "x", "status": "read", "client_ref": "x.1" });
    for (operation, path, known) in [
        ("takeInVonageStatus", STATUS, status),
        (
            "takeInVonageInbound",
            INBOUND,
            inbound("sms", "14155550123", "hello"),
        ),
    ] {
        let by_vonage = async |body: &str| {
            let bearer = bearer(&claims(&app, body), vonage::SIGNATURE_SECRET);
            post(&app, path, Some(&bearer), body).await
        };
        told.extend(named(
            operation,
            [
                ("kept", by_vonage(&known.to_string()).await),
                ("unknown", by_vonage("[]").await),
                ("not-signed", app.post(path, "{}").await),
                ("method-not-allowed", app.get(path).await),
            ],
        ));
    }
    let by_twilio = async |form: &str| {
        let url = format!("https://otp.example.com/behind{TWILIO}?verification=x.1");
        let signature = told::signed(&url, form, twilio::TOKEN);
        call_back(&app, "?verification=x.1", Some(&signature), form).await
    };
    told.extend(named(
        "takeInTwilioStatus",
        [
            ("kept", by_twilio(&form("read", None)).await),
            ("unknown", by_twilio("x=1").await),
            ("not-signed", app.post(TWILIO, "x=1").await),
            ("method-not-allowed", app.get(TWILIO).await),
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
