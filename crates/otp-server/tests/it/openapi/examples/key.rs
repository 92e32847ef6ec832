//! What the key face says.

use std::time::Duration;

use actix_web::http::Method;
use graph_simulator::{Fault, FaultTarget, Simulator, SimulatorConfig};
use serde_json::{Value, json};

use super::{Told, named, on_redis};
use crate::app::{Answer, TestApp, wrong};
use crate::native::Client;

const OTP: &str = "/api/v1/otp";
const OTP_VERIFY: &str = "/api/v1/otp-verify";
const WHMCS_WEBHOOK: &str = "/api/v1/whmcs-webhook";
const PHONE: &str = "+905551234567";

pub(super) async fn told() -> Vec<Told> {
    let mut told = Box::pin(sent()).await;
    told.extend(verified().await);
    told.extend(Box::pin(announced()).await);
    told.extend(Box::pin(of_each()).await);
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
    let app = TestApp::start().await;
    app.opt_out(PHONE).await;
    let client = Client::live(&app).await;
    let answer = client.post(OTP, &of_one_phone()).await;
    told.extend(named("sendOtp", [("opted-out", answer)]));
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

async fn announced() -> Vec<Told> {
    let simulator = Simulator::start(SimulatorConfig::default()).expect("the simulator starts");
    simulator.add_template(json!({
        "name": "invoice_created", "language": "en_US", "category": "UTILITY",
        "components": [{
            "type": "BODY",
            "text": "Your invoice {{1}} over {{2}} is due on {{3}}.",
            "example": { "body_text": [["7", "1 EUR", "2027-01-01"]] },
        }],
    }));
    let app = TestApp::start_against(simulator, |config| {
        config.whmcs.invoice_template = Some("invoice_created".to_owned());
        config.countries.deny = vec!["DE".to_owned()];
    })
    .await;
    let client = Client::live(&app).await;
    let invoice = |id: u64, phone: &str| {
        json!({
            "action": "InvoiceCreated", "invoiceid": id, "userid": 2, "phone": phone,
            "invoicenum": "2026-1", "total": "15.95", "currency": "USD", "duedate": "2026-12-01",
        })
    };
    let bare = json!({ "action": "InvoiceCreated", "invoiceid": 1, "userid": 2 });
    let mut told = vec![
        ("told", client.post(WHMCS_WEBHOOK, &invoice(1, PHONE)).await),
        (
            "no-invoice",
            client
                .post(WHMCS_WEBHOOK, &json!({ "action": "InvoiceCreated" }))
                .await,
        ),
        (
            "no-action",
            client.post(WHMCS_WEBHOOK, &json!({ "invoiceid": 1 })).await,
        ),
        (
            "bad-phone",
            client.post(WHMCS_WEBHOOK, &invoice(2, "12")).await,
        ),
        ("nothing-said", client.post(WHMCS_WEBHOOK, &bare).await),
        (
            "country",
            client
                .post(WHMCS_WEBHOOK, &invoice(3, "+493012345678"))
                .await,
        ),
    ];
    app.opt_out("+14155550199").await;
    let unwanted = invoice(5, "+14155550199");
    told.push(("opted-out", client.post(WHMCS_WEBHOOK, &unwanted).await));
    app.simulator
        .fault(Fault::error(FaultTarget::Messages, 131_026));
    let other = invoice(4, "+14155550123");
    told.push(("not-delivered", client.post(WHMCS_WEBHOOK, &other).await));
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    told.push((
        "no-template",
        client.post(WHMCS_WEBHOOK, &invoice(1, PHONE)).await,
    ));
    named("announceInvoice", told)
}

/// What all of them say.
async fn of_each() -> Vec<Told> {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    let (gone, mut redis) = on_redis().await;
    let lost = Client::live(&gone).await;
    redis.kill();
    let mut told = Vec::new();
    for (operation, path) in [
        ("sendOtp", OTP),
        ("verifyOtp", OTP_VERIFY),
        ("announceInvoice", WHMCS_WEBHOOK),
    ] {
        let body = json!({
            "phone": PHONE, "otp_id": "A".repeat(43), "otp": "123456",
            "action": "InvoiceCreated", "invoiceid": 1, "total": "15.95", "duedate": "2026-12-01",
        });
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
