//! Webhooks: receipts, inbound messages and template events, signed over the exact bytes.

use std::time::Duration;

use graph_simulator::{
    APP_SECRET, Fault, PHONE_NUMBER_ID, Receipts, SimulatorConfig, TEMPLATE_ID, WABA_ID,
};
use serde_json::{Value, json};

use crate::harness::{ALICE, BOB, Receiver, Stage, sign};

fn stage(receiver: &Receiver, receipts: Receipts) -> Stage {
    Stage::with(SimulatorConfig {
        webhook_url: Some(receiver.url.clone()),
        webhook_backoff: Duration::from_millis(5),
        receipts,
        ..SimulatorConfig::default()
    })
}

#[actix_web::test]
async fn receipts_follow_a_message_by_themselves() {
    let receiver = Receiver::start();
    let stage = stage(&receiver, Receipts::Auto);
    let id = stage.send_code(ALICE, "1234").await;
    for status in ["sent", "delivered", "read"] {
        let arrival = receiver.next().await;
        let json = arrival.json();
        assert_eq!(
            (&json["object"], &json["entry"][0]["id"]),
            (&json!("whatsapp_business_account"), &json!(WABA_ID))
        );
        assert_eq!(json["entry"][0]["changes"][0]["field"], "messages");
        let value = arrival.value();
        assert_eq!(
            value["metadata"],
            json!({"display_phone_number": "15550783881", "phone_number_id": PHONE_NUMBER_ID})
        );
        assert_eq!(value["contacts"][0]["wa_id"], "14152000001");
        let entry = arrival.status();
        assert_eq!(
            (&entry["id"], &entry["status"]),
            (&json!(id), &json!(status))
        );
        assert_eq!(
            (&entry["recipient_id"], &entry["biz_opaque_callback_data"]),
            (&json!("14152000001"), &json!("attempt-1"))
        );
        assert!(entry["timestamp"].as_str().unwrap().parse::<u64>().is_ok());
        let category = if status == "read" {
            Value::Null
        } else {
            json!("authentication")
        };
        assert_eq!(entry["pricing"]["category"], category);
    }
    assert_eq!(stage.simulator.messages(ALICE)[0].status, "read");
}

#[actix_web::test]
async fn every_webhook_is_signed_over_its_exact_bytes() {
    let receiver = Receiver::start();
    let stage = Stage::with(SimulatorConfig {
        webhook_url: Some(receiver.url.clone()),
        app_secret: "another secret".to_owned(),
        ..SimulatorConfig::default()
    });
    let inbound = json!({"from": ALICE, "text": "¿código? 😀 1/2"});
    stage.post("/_simulator/inbound", inbound).await.ok();
    let arrival = receiver.next().await;
    assert_eq!(arrival.signature, sign("another secret", &arrival.body));
    let raw = std::str::from_utf8(&arrival.body).unwrap();
    assert!(
        raw.contains(r#""\u00bfc\u00f3digo? \ud83d\ude00 1\/2""#),
        "{raw}"
    );
    assert_eq!(
        arrival.value()["messages"][0]["text"]["body"],
        "¿código? 😀 1/2"
    );
}

#[actix_web::test]
async fn a_receipt_is_sent_when_it_is_asked_for() {
    let receiver = Receiver::start();
    let stage = stage(&receiver, Receipts::Manual);
    let id = stage.send_code(ALICE, "1234").await;
    let request = json!({"message_id": id, "status": "delivered", "repeat": 2});
    let answer = stage.post("/_simulator/receipts", request).await.ok();
    assert_eq!(
        answer["webhooks"],
        json!([{"url": receiver.url, "http": 200}, {"url": receiver.url, "http": 200}])
    );
    let first = receiver.next().await;
    assert_eq!(
        first.body,
        receiver.next().await.body,
        "a repeated receipt is the same receipt"
    );
    assert_eq!(first.signature, sign(APP_SECRET, &first.body));
    assert_eq!(stage.simulator.messages(ALICE)[0].status, "delivered");
}

#[actix_web::test]
async fn a_failed_receipt_has_an_error_and_no_contact() {
    let receiver = Receiver::start();
    let stage = stage(&receiver, Receipts::Manual);
    let id = stage.send_code(ALICE, "1234").await;
    stage
        .post(
            "/_simulator/receipts",
            json!({"message_id": id, "status": "failed", "code": 131_049}),
        )
        .await
        .ok();
    let arrival = receiver.next().await;
    assert!(arrival.value().get("contacts").is_none());
    let entry = arrival.status();
    assert!(entry.get("recipient_user_id").is_none());
    let error = &entry["errors"][0];
    assert_eq!(error["code"], 131_049);
    assert!(
        error["title"].is_string()
            && error["message"].is_string()
            && error["error_data"]["details"].is_string()
    );
}

#[actix_web::test]
async fn a_receipt_fault_replaces_the_usual_receipts() {
    let receiver = Receiver::start();
    let stage = stage(&receiver, Receipts::Auto);
    let fault =
        json!({"on": "messages", "to": BOB, "receipt": {"status": "failed", "code": 131_049}});
    stage.post("/_simulator/faults", fault).await.ok();
    let id = stage.send_code(BOB, "1234").await;
    let entry = receiver.next().await.status();
    assert_eq!(
        (&entry["id"], &entry["status"]),
        (&json!(id), &json!("failed"))
    );
    stage.send_code(ALICE, "1234").await;
    assert_eq!(
        receiver.next().await.status()["status"],
        "sent",
        "nothing else came for the first message"
    );
    stage.simulator.fault(Fault::receipt("delivered", None));
    assert_eq!(receiver.next().await.status()["status"], "delivered");
}

#[actix_web::test]
async fn a_person_taps_that_no_code_was_asked_for() {
    let receiver = Receiver::start();
    let stage = stage(&receiver, Receipts::Manual);
    let id = stage.send_code(ALICE, "1234").await;
    let tap = json!({"from": ALICE, "button_payload": "DID_NOT_REQUEST_CODE", "context_id": id});
    stage.post("/_simulator/inbound", tap).await.ok();
    let message = receiver.next().await.value()["messages"][0].clone();
    assert_eq!(
        (&message["type"], &message["from"]),
        (&json!("button"), &json!("14152000001"))
    );
    assert_eq!(message["context"], json!({"from": "15550783881", "id": id}));
    assert_eq!(
        message["button"],
        json!({"payload": "DID_NOT_REQUEST_CODE", "text": "I didn't request a code"})
    );
}

#[actix_web::test]
async fn a_changed_template_says_so_with_its_id_as_a_number() {
    let receiver = Receiver::start();
    let stage = stage(&receiver, Receipts::Auto);
    let changed = stage
        .post(
            &format!("/_simulator/templates/{TEMPLATE_ID}"),
            json!({"status": "PAUSED"}),
        )
        .await
        .ok();
    assert_eq!(changed["status"], "PAUSED");
    let arrival = receiver.next().await;
    let json = arrival.json();
    assert_eq!(
        json["entry"][0]["changes"][0]["field"],
        "message_template_status_update"
    );
    assert!(json["entry"][0]["time"].is_number());
    let value = arrival.value();
    assert_eq!(value["message_template_id"], json!(594_425_479_261_596_u64));
    assert_eq!(
        (&value["event"], &value["message_template_language"]),
        (&json!("PAUSED"), &json!("en-US"))
    );
}

#[actix_web::test]
async fn a_refused_webhook_comes_again() {
    let receiver = Receiver::start();
    let stage = stage(&receiver, Receipts::Manual);
    receiver.refuse(3);
    stage.simulator.inbound_text(ALICE, "hello");
    let first = receiver.next().await.body;
    for _ in 0..3 {
        assert_eq!(receiver.next().await.body, first);
    }
    assert_eq!(stage.simulator.webhooks_lost(), 0);
}

#[actix_web::test]
async fn a_webhook_is_given_up_after_its_last_attempt() {
    let receiver = Receiver::start();
    let stage = Stage::with(SimulatorConfig {
        webhook_url: Some(receiver.url.clone()),
        webhook_attempts: 2,
        ..SimulatorConfig::default()
    });
    receiver.refuse(2);
    stage.simulator.inbound_text(ALICE, "lost");
    stage.simulator.inbound_text(BOB, "kept");
    let arrived: Vec<Value> = [
        receiver.next().await,
        receiver.next().await,
        receiver.next().await,
    ]
    .iter()
    .map(|arrival| arrival.value()["messages"][0]["text"]["body"].clone())
    .collect();
    assert!(arrived.contains(&json!("lost")) && arrived.contains(&json!("kept")));
}

#[actix_web::test]
async fn a_receipt_for_an_unknown_message_is_refused() {
    let stage = Stage::new();
    let answer = stage
        .post(
            "/_simulator/receipts",
            json!({"message_id": "wamid.nonsense", "status": "read"}),
        )
        .await;
    assert_eq!(answer.status, 400);
    assert!(
        answer.json["error"]
            .as_str()
            .unwrap()
            .contains("wamid.nonsense")
    );
}

#[actix_web::test]
async fn each_receipt_follows_after_the_latency() {
    let receiver = Receiver::start();
    let stage = Stage::with(SimulatorConfig {
        webhook_url: Some(receiver.url.clone()),
        latency: Duration::from_millis(1),
        ..SimulatorConfig::default()
    });
    stage.send_code(ALICE, "1234").await;
    for status in ["sent", "delivered", "read"] {
        assert_eq!(receiver.next().await.status()["status"], status);
    }
}

#[actix_web::test]
async fn brazilian_receipts_name_another_id_than_the_number() {
    let receiver = Receiver::start();
    let stage = stage(&receiver, Receipts::Auto);
    stage.send_code("+5541987654321", "1234").await;
    assert_eq!(
        receiver.next().await.status()["recipient_id"],
        "554187654321"
    );
    assert_eq!(
        stage.simulator.last_code("+5541987654321").as_deref(),
        Some("1234")
    );
}
