//! `POST /api/v1/whmcs-webhook`: the client is told of an invoice, once.

use std::time::Duration;

use actix_web::rt::System;
use futures_util::future::join_all;
use graph_simulator::{Fault, FaultTarget, Simulator, SimulatorConfig};
use otp_server::config::{ApplicationSettings, BudgetSettings, Config};
use otp_server::directory::Mode;
use otp_server::whmcs::{ApiSecret, WhmcsAddress, WhmcsOptions};
use serde_json::{Value, json};

use super::stand_in::{StandIn, Whmcs};
use super::{IDENTIFIER, SECRET};
use crate::app::{Answer, TestApp};
use crate::native::Client;

const PATH: &str = "/api/v1/whmcs-webhook";
const PHONE: &str = "+14155550123";

/// A server whose account has the template; it asks this WHMCS, if there is one.
async fn start(whmcs: Option<&StandIn>) -> TestApp {
    start_with(whmcs, |_| {}).await
}

async fn start_with(whmcs: Option<&StandIn>, change: impl FnOnce(&mut Config)) -> TestApp {
    let simulator = Simulator::start(SimulatorConfig::default()).expect("it starts");
    simulator.add_template(json!({
        "name": "invoice_created",
        "language": "en_US",
        "category": "UTILITY",
        "components": [{
            "type": "BODY",
            "text": "Your invoice {{1}} over {{2}} is due on {{3}}.",
            "example": { "body_text": [["7", "1 EUR", "2027-01-01"]] },
        }],
    }));
    let api = whmcs.map(|whmcs| WhmcsOptions {
        address: WhmcsAddress::parse(&whmcs.url).expect("an address"),
        identifier: IDENTIFIER.to_owned(),
        secret: ApiSecret::new(SECRET),
        time_out: Duration::from_secs(5),
    });
    TestApp::start_against(simulator, move |config: &mut Config| {
        config.whmcs.api = api;
        config.whmcs.invoice_template = Some("invoice_created".to_owned());
        change(config);
    })
    .await
}

fn told(id: u64) -> Value {
    json!({
        "action": "InvoiceCreated", "invoiceid": id, "userid": 2, "phone": PHONE,
        "invoicenum": "2026-7", "total": "15.95", "currency": "USD", "duedate": "2026-12-01",
    })
}

async fn post(app: &TestApp, body: &Value) -> Answer {
    Client::live(app).await.post(PATH, body).await
}

#[track_caller]
fn failed(answer: &Answer, status: u16, error: &str) {
    let expected = json!({ "success": false, "error": error });
    assert_eq!((answer.status, answer.json()), (status, expected));
}

#[track_caller]
fn accepted(answer: &Answer) {
    let expected = json!({ "success": true });
    assert_eq!((answer.status, answer.json()), (202, expected));
}

#[test]
fn the_client_is_told_what_the_hook_says_and_once() {
    System::new().block_on(async {
        let app = start(None).await;
        let bodies = vec![told(7); 8];
        let answers = join_all(bodies.iter().map(|body| post(&app, body))).await;
        let said_yes = answers.iter().filter(|answer| answer.status == 202);
        assert!(said_yes.count() >= 1);
        for answer in answers.iter().filter(|answer| answer.status != 202) {
            failed(answer, 409, "This invoice is being announced.");
        }
        accepted(&post(&app, &bodies[0]).await);
        let sent = app.simulator.messages(PHONE);
        let [only] = &sent[..] else {
            panic!("{} messages", sent.len());
        };
        assert_eq!(
            only.text,
            "Your invoice 2026-7 over 15.95 USD is due on 2026-12-01."
        );
        accepted(&post(&app, &told(8)).await);
        assert_eq!(app.simulator.messages(PHONE).len(), 2);
        let app = app
            .restart(|config| config.whmcs.invoice_template = Some("invoice_created".to_owned()))
            .await;
        accepted(&post(&app, &told(7)).await);
        assert_eq!(app.simulator.messages(PHONE).len(), 2);
    });
}

#[test]
fn notices_are_paid_for_out_of_their_applications_own_budget() {
    System::new().block_on(async {
        let app = start_with(None, |config| {
            config.budget = BudgetSettings {
                per_day: None,
                whatsapp_prices: [].into(),
                whatsapp_price_elsewhere: Some(50_000),
            };
            let own = ApplicationSettings {
                budget_per_day: Some(100_000),
                ..ApplicationSettings::default()
            };
            config.applications.insert("default".to_owned(), own);
        })
        .await;
        for id in [7, 8] {
            accepted(&post(&app, &told(id)).await);
        }
        let third = post(&app, &told(9)).await;
        assert_eq!(third.status, 429, "{third:?}");
        assert_eq!(app.simulator.messages(PHONE).len(), 2);
    });
}

#[test]
fn for_the_two_ids_alone_whmcs_is_asked() {
    System::new().block_on(async {
        let whmcs = Whmcs::usual().start();
        let app = start(Some(&whmcs)).await;
        let other = json!({ "action": "InvoiceCreated", "invoiceid": 1, "userid": 9 });
        failed(
            &post(&app, &other).await,
            422,
            "The invoice belongs to another client.",
        );
        let bare = json!({ "action": "InvoiceCreated", "invoiceid": 1, "userid": 2361 });
        accepted(&post(&app, &bare).await);
        assert_eq!(app.simulator.message_count(), 1);
    });
}

#[test]
fn what_cannot_be_told_is_refused_with_the_reason() {
    System::new().block_on(async {
        let app = start(None).await;
        let bare = json!({ "action": "InvoiceCreated", "invoiceid": 1, "userid": null });
        failed(
            &post(&app, &bare).await,
            422,
            "phone, total and duedate are missing, and whmcs.url is not configured to ask for them.",
        );
        let other = json!({ "action": "InvoicePaid", "invoiceid": 1 });
        failed(&post(&app, &other).await, 422, "action must be InvoiceCreated.");
        let nothing = json!({ "action": "InvoiceCreated" });
        failed(&post(&app, &nothing).await, 400, "invoiceid is missing.");
        let mut nobody = told(7);
        nobody["phone"] = json!("12");
        failed(&post(&app, &nobody).await, 400, "Invalid phone number.");
        let answer = app.post(PATH, &told(7).to_string()).await;
        failed(&answer, 401, "A valid API key is required in X-API-Key.");
        let app = TestApp::start().await;
        failed(
            &post(&app, &told(7)).await,
            422,
            "No notice is sent: whmcs.invoice_template is not configured.",
        );
        assert_eq!(app.simulator.message_count(), 0);
    });
}

#[test]
fn one_phone_gets_ten_notices_a_day_and_only_one_application_announces() {
    System::new().block_on(async {
        let app = start(None).await;
        for number in 1..=10 {
            accepted(&post(&app, &told(number)).await);
        }
        assert_eq!(post(&app, &told(11)).await.status, 429);
        // Codes are counted apart.
        assert_eq!(app.send(PHONE).await.status, 200);
        app.add_application("shop", "").await;
        let shop = Client::of(&app, "shop", Mode::Live).await;
        let answer = shop.post(PATH, &told(12)).await;
        failed(&answer, 403, "This key may not do that.");
        let mut advert = told(13);
        advert["invoicenum"] = json!("win at https://example.com");
        failed(
            &post(&app, &advert).await,
            400,
            "invoicenum, total, currency or duedate is not what WHMCS sends.",
        );
    });
}

#[test]
fn what_the_provider_refused_may_be_tried_again() {
    System::new().block_on(async {
        let app = start(None).await;
        app.simulator
            .fault(Fault::error(FaultTarget::Messages, 131_026));
        let refused = post(&app, &told(7)).await;
        failed(&refused, 502, "The message could not be delivered.");
        accepted(&post(&app, &told(7)).await);
        assert_eq!(app.simulator.message_count(), 1);
    });
}
