//! A code that does not arrive by one way goes another, once.

use std::time::Duration;

use actix_web::rt::time::sleep;
use graph_simulator::{Fault, FaultTarget};
use otp_core::{ChannelKind, Failure, Until, Workflow, WorkflowStep};
use otp_server::channel::HttpOptions;
use otp_server::channel::gateway::{CodeField, GatewayOptions, SigningSecret};
use otp_server::config::{ApplicationSettings, Config};
use serde_json::Value;

use super::desk::Desk;
use super::gateway::SECRET;
use crate::app::TestApp;
use crate::native::{Client, START, id};
use crate::webhooks::{receipts, tell, with_webhooks};

const PHONE: &str = "+14155550123";
/// "The recipient cannot get this message."
const UNREACHABLE: i64 = 131_026;
const WAIT: Duration = Duration::from_mins(1);

/// WhatsApp for a minute, then the gateway at `desk`.
pub(crate) fn with_gateway(config: &mut Config, desk: &Desk) {
    with_webhooks(config);
    config.gateway = Some(GatewayOptions {
        url: format!("{}/sms", desk.url),
        secret: SigningSecret::parse(SECRET).unwrap(),
        code: CodeField::Shown,
        http: HttpOptions {
            deadline: Duration::from_secs(10),
            ..super::patient()
        },
    });
    let mut first = WorkflowStep::new(ChannelKind::WhatsApp, WAIT, Until::Delivered);
    first.fail_fast_on = vec![Failure::Undeliverable];
    let last = WorkflowStep::new(ChannelKind::Gateway, WAIT, Until::Accepted);
    let own = ApplicationSettings {
        workflow: Some(Workflow::new(vec![first, last]).unwrap()),
        ..ApplicationSettings::default()
    };
    config.applications.insert("default".to_owned(), own);
}

/// The code that the gateway got last.
pub(crate) fn code_at(desk: &Desk) -> String {
    let arrivals = desk.arrivals();
    let told: Value = serde_json::from_slice(&arrivals.last().unwrap().body).unwrap();
    assert_eq!(told["to"], PHONE);
    told["code"].as_str().unwrap().to_owned()
}

/// Channel and status of each message.
async fn deliveries(client: &Client<'_>, id: &str) -> Vec<(String, String)> {
    let told = client.get(&format!("{START}/{id}")).await.json();
    let deliveries = told["deliveries"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    deliveries
        .iter()
        .map(|one| (text(&one["channel"]), text(&one["status"])))
        .collect()
}

fn pairs(wanted: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(channel, status): &(&str, &str)| ((*channel).to_owned(), (*status).to_owned());
    wanted.iter().map(owned).collect()
}

/// Waits until the note of the second message is there, too.
async fn settles(client: &Client<'_>, id: &str, wanted: &[(&str, &str)]) {
    let mut found = Vec::new();
    for _ in 0..1000 {
        found = deliveries(client, id).await;
        if found == pairs(wanted) {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("{found:?}, not {wanted:?}");
}

#[actix_web::test]
async fn a_person_whom_whatsapp_does_not_reach_gets_the_code_by_the_next_way_at_once() {
    let desk = Desk::open();
    let app = TestApp::start_with(|config| with_gateway(config, &desk)).await;
    let client = Client::live(&app).await;
    app.simulator
        .fault(Fault::error(FaultTarget::Messages, UNREACHABLE));
    let told = client.start(PHONE).await;
    assert_eq!(told["channel"], "gateway", "the way that was really used");
    let id = id(&told);
    let both = [("whatsapp", "failed"), ("gateway", "accepted")];
    assert_eq!(deliveries(&client, &id).await, pairs(&both));
    let checked = client.check(&id, &code_at(&desk)).await.json();
    assert_eq!(checked["valid"], true);
}

#[actix_web::test]
async fn a_receipt_that_says_failed_sends_the_same_code_the_next_way_within_a_second() {
    let desk = Desk::open();
    let app = TestApp::start_with(|config| with_gateway(config, &desk)).await;
    let client = Client::live(&app).await;
    let id = id(&client.start(PHONE).await);
    assert_eq!(
        deliveries(&client, &id).await,
        pairs(&[("whatsapp", "accepted")])
    );
    let mut failed = receipts(&id, &["failed"]);
    failed["entry"][0]["changes"][0]["value"]["statuses"][0]["errors"] =
        serde_json::json!([{ "code": UNREACHABLE, "title": "Message undeliverable" }]);
    let at = otp_server::clock::Stopwatch::start();
    tell(&app, &failed).await.is(200, "");
    desk.wait_for(1).await;
    assert!(at.elapsed() < Duration::from_secs(1), "{:?}", at.elapsed());
    assert_eq!(code_at(&desk), app.last_code("14155550123"));
    settles(
        &client,
        &id,
        &[("whatsapp", "failed"), ("gateway", "accepted")],
    )
    .await;
    // What comes late, or again, sends nothing.
    tell(&app, &failed).await.is(200, "");
    tell(&app, &receipts(&id, &["delivered"])).await.is(200, "");
    app.pass(WAIT);
    sleep(Duration::from_millis(500)).await;
    assert_eq!(desk.arrivals().len(), 1);
}

#[actix_web::test]
async fn a_code_that_is_not_delivered_in_time_goes_the_next_way_once() {
    let desk = Desk::open();
    let app = TestApp::start_with(|config| with_gateway(config, &desk)).await;
    let client = Client::live(&app).await;
    let id = id(&client.start(PHONE).await);
    app.pass(WAIT.checked_sub(Duration::from_secs(1)).unwrap());
    sleep(Duration::from_millis(700)).await;
    assert_eq!(desk.arrivals().len(), 0, "it has its time");
    app.pass(Duration::from_secs(2));
    desk.wait_for(1).await;
    settles(
        &client,
        &id,
        &[("whatsapp", "accepted"), ("gateway", "accepted")],
    )
    .await;
    app.pass(WAIT);
    sleep(Duration::from_millis(700)).await;
    assert_eq!(desk.arrivals().len(), 1);
    let checked = client.check(&id, &code_at(&desk)).await.json();
    assert_eq!(checked["valid"], true);
}

#[actix_web::test]
async fn a_code_that_was_delivered_or_used_goes_no_other_way() {
    let desk = Desk::open();
    let app = TestApp::start_with(|config| with_gateway(config, &desk)).await;
    let client = Client::live(&app).await;
    let delivered = id(&client.start(PHONE).await);
    tell(&app, &receipts(&delivered, &["delivered"]))
        .await
        .is(200, "");
    settles(&client, &delivered, &[("whatsapp", "delivered")]).await;
    let used = id(&client.start("+14155550199").await);
    let checked = client.check(&used, &app.last_code("14155550199")).await;
    assert_eq!(checked.json()["valid"], true);
    app.pass(WAIT + Duration::from_secs(1));
    sleep(Duration::from_millis(700)).await;
    assert_eq!(desk.arrivals().len(), 0);
}
