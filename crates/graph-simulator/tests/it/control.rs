//! The control plane's own manners.

use graph_simulator::{Fault, FaultTarget, TEMPLATE_ID, WABA_ID};
use serde_json::{Value, json};

use crate::harness::{ALICE, BOB, Stage};

#[actix_web::test]
async fn messages_are_listed_newest_last() {
    let stage = Stage::new();
    for code in ["1111", "2222"] {
        stage.send_code(ALICE, code).await;
    }
    stage.send_code(BOB, "3333").await;
    let codes = |list: Value| -> Vec<String> {
        list.as_array()
            .unwrap()
            .iter()
            .map(|message| message["code"].as_str().unwrap().to_owned())
            .collect()
    };
    for to in ["+14152000001", "%2B14152000001", "14152000001"] {
        let list = stage
            .get(&format!("/_simulator/messages?to={to}"))
            .await
            .ok();
        assert_eq!(codes(list), ["1111", "2222"], "{to}");
    }
    let list = stage.get("/_simulator/messages").await.ok();
    assert_eq!(codes(list.clone()), ["1111", "2222", "3333"]);
    let fields: Vec<&str> = list[0]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        fields,
        [
            "at", "code", "id", "language", "opaque", "status", "template", "text", "to", "type"
        ]
    );
    assert_eq!(
        stage
            .get("/_simulator/messages?to=%2B14159999999")
            .await
            .ok(),
        json!([])
    );
}

#[actix_web::test]
async fn reset_forgets_all() {
    let stage = Stage::new();
    stage.send_code(ALICE, "1234").await;
    stage.simulator.inbound_text(ALICE, "hello");
    stage.simulator.fault(Fault::error(FaultTarget::Any, 2));
    stage.simulator.set_template_status(TEMPLATE_ID, "PAUSED");
    stage.simulator.add_language("otp_demo", "de", "APPROVED");
    stage
        .simulator
        .add_phone_number("777", "+44 7700 900000", "Shop");
    stage.simulator.set_scopes(&[]);
    stage.post("/_simulator/reset", json!({})).await.ok();
    assert_eq!(
        (stage.simulator.message_count(), stage.simulator.requests()),
        (0, 0)
    );
    assert!(stage.simulator.messages(ALICE).is_empty());
    let numbers = stage
        .get(&format!("/v25.0/{WABA_ID}/phone_numbers"))
        .await
        .ok();
    assert_eq!(numbers["data"].as_array().unwrap().len(), 1);
    let text = json!({"messaging_product": "whatsapp", "to": ALICE, "type": "text", "text": {"body": "x"}});
    assert_eq!(stage.send(text).await.code(), 131_047);
    stage.send_code(ALICE, "1234").await;
}

#[actix_web::test]
async fn graph_calls_are_counted_and_control_calls_are_not() {
    let stage = Stage::new();
    stage.get("/v25.0/me").await.ok();
    stage.get("/v25.0/999").await;
    stage.get("/_simulator/messages").await.ok();
    assert_eq!(stage.simulator.requests(), 2);
}

#[actix_web::test]
async fn bad_control_requests_are_refused_with_a_reason() {
    let stage = Stage::new();
    for (path, body, expected) in [
        (
            "receipts",
            json!({"status": "read"}),
            "`message_id` is missing",
        ),
        (
            "receipts",
            json!({"message_id": "wamid.x", "status": "eaten"}),
            "sent, delivered, read or failed",
        ),
        (
            "receipts",
            json!({"message_id": "wamid.x", "status": "read", "repeat": 1000}),
            "`repeat` is a whole number",
        ),
        (
            "inbound",
            json!({"from": ALICE}),
            "give `from` with either `text`",
        ),
        (
            "inbound",
            json!({"from": "nobody", "text": "x"}),
            "`from` is a phone number",
        ),
        (
            "inbound",
            json!({"from": ALICE, "button_payload": "X"}),
            "`context_id` is missing",
        ),
        (
            "inbound",
            json!({"from": ALICE, "text": "x", "mood": 1}),
            "`mood` is not known here",
        ),
        (
            "templates/594425479261596",
            json!({"status": "ASLEEP"}),
            "a template's status is one of APPROVED",
        ),
        (
            "templates/1",
            json!({"status": "PAUSED"}),
            "there is no template 1",
        ),
        ("faults", json!([]), "the body is a JSON object"),
    ] {
        let answer = stage.post(&format!("/_simulator/{path}"), body).await;
        let reason = answer.json["error"].as_str().unwrap_or_default();
        assert!(
            answer.status == 400 && reason.contains(expected),
            "{expected}: {}",
            answer.json
        );
    }
    assert_eq!(stage.get("/_simulator/nonsense").await.status, 404);
    assert_eq!(stage.get("/_simulator/faults").await.status, 405);
    assert_eq!(stage.get("/_simulator/messages?whom=x").await.status, 400);
}
