//! What people say by text message and on Messenger: it verifies and stops as in any chat, and is
//! answered on Messenger alone.

use otp_server::channel::vonage::VonageWay;
use serde_json::{Value, json};

use super::super::PSID;
use super::{INBOUND, PHONE, Stage, inbound};
use crate::native::{Client, START, is_problem};
use crate::replies::{eventually, heard, shown};

/// What a person wrote, under an id of its own.
fn wrote(channel: &str, from: &str, id: &str, text: &str) -> Value {
    let mut said = inbound(channel, from, text);
    said["message_uuid"] = json!(format!("aaaaaaaa-bbbb-cccc-dddd-{id:0>12}"));
    said
}

/// What went out over Vonage last, and how much went out.
fn last_of(stage: &Stage) -> (Value, usize) {
    let arrivals = stage.vonage.arrivals();
    let last = arrivals.last().unwrap();
    (serde_json::from_slice(&last.body).unwrap(), arrivals.len())
}

#[actix_web::test]
async fn a_code_that_comes_back_by_text_message_verifies_and_is_not_answered() {
    let stage = Stage::open().await;
    let client = Client::live(&stage.app).await;
    let id = stage.start(&client).await;
    let (sent, _) = last_of(&stage);
    let text = sent["text"].as_str().unwrap();
    let code: String = text.chars().take(6).collect();
    let said = wrote("sms", "14155550123", "1", &code);
    stage.vonage(INBOUND, &said).await.is(200, "");
    stage.vonage(INBOUND, &said).await.is(200, "");
    eventually("both are heard", async || {
        let (code, again) = (
            heard(&stage.app, "code").await,
            heard(&stage.app, "again").await,
        );
        (code + again == 2).then_some(())
    })
    .await;
    assert_eq!(shown(&client, &id).await["verified_by"], "reply");
    let more = wrote("sms", "14155550123", "2", "123456");
    stage.vonage(INBOUND, &more).await.is(200, "");
    eventually("it is heard", async || {
        (heard(&stage.app, "nothing_waits").await == 1).then_some(())
    })
    .await;
    assert_eq!(last_of(&stage).1, 1, "text messages cost money");
}

#[actix_web::test]
async fn stop_by_text_message_concerns_every_provider_of_them() {
    let stage = Stage::open().await;
    let client = Client::live(&stage.app).await;
    let stop = wrote("sms", "14155550123", "1", "Stop");
    stage.vonage(INBOUND, &stop).await.is(200, "");
    eventually("it is heard", async || {
        (heard(&stage.app, "stop").await == 1).then_some(())
    })
    .await;
    let refused = client.post(START, &json!({ "to": PHONE })).await;
    is_problem(&refused, 403, "recipient-opted-out");
    assert!(stage.vonage.arrivals().is_empty() && stage.twilio.arrivals().is_empty());
    let start = wrote("sms", "14155550123", "2", "start");
    stage.vonage(INBOUND, &start).await.is(200, "");
    eventually("it is heard", async || {
        (heard(&stage.app, "start").await == 1).then_some(())
    })
    .await;
    stage.start(&client).await;
}

#[actix_web::test]
async fn somebody_on_messenger_is_answered_there() {
    let stage = Stage::open_with(|config| {
        if let Some(vonage) = &mut config.vonage {
            vonage.ways.push(VonageWay::Messenger {
                page_id: "107083064136738".to_owned(),
            });
        }
    })
    .await;
    let said = wrote("messenger", PSID, "1", "123456");
    stage.vonage(INBOUND, &said).await.is(200, "");
    stage.vonage.wait_for(1).await;
    let (answer, _) = last_of(&stage);
    assert_eq!(
        (&answer["channel"], &answer["to"]),
        (&json!("messenger"), &json!(PSID))
    );
    assert!(
        answer["text"]
            .as_str()
            .unwrap()
            .starts_with("No code is waiting"),
        "{answer}"
    );
    let stop = wrote("messenger", PSID, "2", "STOP");
    stage.vonage(INBOUND, &stop).await.is(200, "");
    stage.vonage.wait_for(2).await;
    let (answer, _) = last_of(&stage);
    assert!(
        answer["text"]
            .as_str()
            .unwrap()
            .starts_with("You will get no more"),
        "{answer}"
    );
}
