//! What the key face says.

use std::time::Duration;

use actix_web::http::Method;
use graph_simulator::{Fault, FaultTarget};
use serde_json::{Value, json};

use super::{Told, named, without_store};
use crate::app::{Answer, TestApp, wrong};
use crate::native::Client;

const OTP: &str = "/api/v1/otp";
const OTP_VERIFY: &str = "/api/v1/otp-verify";
const PHONE: &str = "+905551234567";

pub(super) async fn told() -> Vec<Told> {
    let mut told = sent().await;
    told.extend(verified().await);
    told.extend(of_either().await);
    told
}

fn of_one_phone() -> Value {
    json!({ "phone": PHONE, "purpose": "verification" })
}

async fn sent() -> Vec<Told> {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    let mut told = named(
        "sendOtp",
        [
            ("sent", client.post(OTP, &of_one_phone()).await),
            ("too-many", client.post(OTP, &of_one_phone()).await),
            ("no-phone", client.post(OTP, &json!({})).await),
            (
                "bad-phone",
                client.post(OTP, &json!({ "phone": "12" })).await,
            ),
        ],
    );
    app.simulator
        .fault(Fault::error(FaultTarget::Messages, 131_026));
    let other = json!({ "phone": "+14155550123" });
    let answer = client.post(OTP, &other).await;
    told.extend(named("sendOtp", [("not-delivered", answer)]));

    let deny = vec!["TR".to_owned()];
    let app = TestApp::start_with(|config| config.countries.deny = deny).await;
    let client = Client::live(&app).await;
    let answer = client.post(OTP, &of_one_phone()).await;
    told.extend(named("sendOtp", [("country", answer)]));
    told
}

async fn verified() -> Vec<Told> {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    let first = start(&client).await;
    let code = app.last_code(PHONE);
    let mut told = vec![
        ("unknown", verify(&client, "", &code).await),
        ("wrong", verify(&client, &first, &wrong(&code)).await),
        ("valid", verify(&client, &first, &code).await),
        ("used", verify(&client, &first, &code).await),
    ];
    app.pass(Duration::from_mins(1));
    let second = start(&client).await;
    let code = app.last_code(PHONE);
    app.pass(Duration::from_mins(10));
    told.push(("expired", verify(&client, &second, &code).await));
    let third = start(&client).await;
    let code = wrong(&app.last_code(PHONE));
    verify(&client, &third, &code).await;
    verify(&client, &third, &code).await;
    told.push(("too-many", verify(&client, &third, &code).await));
    named("verifyOtp", told)
}

/// What both say.
async fn of_either() -> Vec<Told> {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    let gone = without_store().await;
    let lost = Client::live(&gone).await;
    let mut told = Vec::new();
    for (operation, path) in [("sendOtp", OTP), ("verifyOtp", OTP_VERIFY)] {
        let body = json!({ "phone": PHONE, "otp_id": "A".repeat(43), "otp": "123456" });
        let answers = [
            ("no-object", client.post(path, &json!([])).await),
            ("no-key", app.post(path, "{}").await),
            ("method-not-allowed", client.get(path).await),
            (
                "too-large",
                client.call(Method::POST, path, &" ".repeat(4097)).await,
            ),
            ("unavailable", lost.post(path, &body).await),
        ];
        told.extend(named(operation, answers));
    }
    told
}

async fn start(client: &Client<'_>) -> String {
    let answer = client.post(OTP, &of_one_phone()).await;
    answer.json()["otpId"].as_str().expect("an id").to_owned()
}

async fn verify(client: &Client<'_>, id: &str, code: &str) -> Answer {
    client
        .post(OTP_VERIFY, &json!({ "otp_id": id, "otp": code }))
        .await
}
