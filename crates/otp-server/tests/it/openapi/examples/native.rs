//! What the native face says when all goes well.

use std::time::Duration;

use actix_web::http::Method;
use serde_json::json;

use super::{Told, named};
use crate::app::{TestApp, wrong};
use crate::native::{Client, id};

const START: &str = "/v1/verifications";
const PHONE: &str = "+14155550123";

pub(super) async fn told() -> Vec<Told> {
    let mut told = started().await;
    told.extend(resent_and_canceled().await);
    told
}

async fn started() -> Vec<Told> {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    let body = json!({ "to": PHONE, "purpose": "login", "metadata": { "order": "7" } });
    let sent = client.post(START, &body).await;
    let id = id(&sent.json());
    let path = format!("{START}/{id}");
    let tester = Client::test(&app).await;
    let of_a_test_key = tester.post(START, &body).await;
    let pending = client.get(&path).await;
    let listed = client.get(&format!("{START}?to=%2B14155550123")).await;
    let code = app.last_code(PHONE);
    let wrong = client.check(&id, &wrong(&code)).await;
    let right = client.check(&id, &code).await;
    let approved = client.get(&path).await;
    let timeline = client.get(&format!("{path}/timeline")).await;
    [
        named(
            "startVerification",
            [("sent", sent), ("test-key", of_a_test_key)],
        ),
        named(
            "findVerification",
            [("pending", pending), ("approved", approved)],
        ),
        named("listVerifications", [("of-one-phone", listed)]),
        named("checkVerification", [("wrong", wrong), ("right", right)]),
        named("findTimeline", [("approved", timeline)]),
    ]
    .into_iter()
    .flatten()
    .collect()
}

async fn resent_and_canceled() -> Vec<Told> {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    let body = json!({ "to": PHONE, "purpose": "login", "metadata": { "order": "7" } });
    let first = id(&client.post(START, &body).await.json());
    app.pass(Duration::from_mins(1));
    let resent = client
        .call(Method::POST, &format!("{START}/{first}/resend"), "")
        .await;
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    let second = id(&client.post(START, &body).await.json());
    let canceled = client
        .call(Method::POST, &format!("{START}/{second}/cancel"), "")
        .await;
    let mut told = named("resendVerification", [("resent", resent)]);
    told.extend(named("cancelVerification", [("canceled", canceled)]));
    told
}
