//! Misbehaviour on request.

use std::time::Duration;

use graph_simulator::{Effect, Fault, FaultTarget, PHONE_NUMBER_ID, TEMPLATE_ID, TOKEN, WABA_ID};
use serde_json::{Value, json};

use crate::harness::{ALICE, Answer, BOB, Stage, code_message};

async fn arm(stage: &Stage, fault: Value) -> Answer {
    stage.post("/_simulator/faults", fault).await
}

#[actix_web::test]
async fn an_error_hits_once_and_nothing_is_sent() {
    let stage = Stage::new();
    let error =
        json!({"http": 500, "code": 131_026, "subcode": 2_494_055, "details": "not on WhatsApp"});
    arm(&stage, json!({"on": "messages", "error": error}))
        .await
        .ok();
    let answer = stage.send(code_message(ALICE, "1234")).await;
    assert_eq!(
        (answer.status, answer.code(), answer.subcode()),
        (500, 131_026, 2_494_055)
    );
    assert_eq!(
        (answer.message(), answer.details()),
        ("(#131026) Message undeliverable", "not on WhatsApp")
    );
    assert_eq!(stage.simulator.message_count(), 0);
    stage.send_code(ALICE, "1234").await;
}

#[actix_web::test]
async fn an_error_brings_its_documented_status_and_words() {
    let stage = Stage::new();
    for (code, http) in [
        (0, 401),
        (2, 503),
        (130_429, 400),
        (131_016, 500),
        (132_001, 404),
        (131_031, 403),
        (424_242, 400),
    ] {
        stage
            .simulator
            .fault(Fault::error(FaultTarget::Messages, code));
        let answer = stage.send(code_message(ALICE, "1234")).await;
        assert_eq!((answer.status, answer.code()), (http, code));
    }
}

#[actix_web::test]
async fn a_fault_hits_so_many_times() {
    let stage = Stage::new();
    stage
        .simulator
        .fault(Fault::error(FaultTarget::Messages, 131_000).times(2));
    for status in [500, 500, 200] {
        assert_eq!(stage.send(code_message(ALICE, "1234")).await.status, status);
    }
}

#[actix_web::test]
async fn a_fault_hits_one_recipient_in_any_spelling() {
    let stage = Stage::new();
    arm(
        &stage,
        json!({"on": "messages", "to": "1 415 200-0002", "error": {"code": 131_026}}),
    )
    .await
    .ok();
    stage.send_code(ALICE, "1234").await;
    assert_eq!(stage.send(code_message(BOB, "1234")).await.code(), 131_026);
    stage.send_code(BOB, "1234").await;
}

#[actix_web::test]
async fn each_kind_of_call_can_go_wrong() {
    let stage = Stage::new();
    for (on, path) in [
        ("templates", format!("/v25.0/{WABA_ID}/message_templates")),
        ("template", format!("/v25.0/{TEMPLATE_ID}")),
        (
            "previews",
            format!(
                "/v25.0/{WABA_ID}/message_template_previews?category=AUTHENTICATION&button_types=OTP"
            ),
        ),
        ("phone_numbers", format!("/v25.0/{WABA_ID}/phone_numbers")),
        ("phone_number", format!("/v25.0/{PHONE_NUMBER_ID}")),
        ("waba", format!("/v25.0/{WABA_ID}")),
        (
            "debug_token",
            format!("/v25.0/debug_token?input_token={TOKEN}"),
        ),
        ("me", "/v25.0/me".to_owned()),
        (
            "subscribed_apps",
            format!("/v25.0/{WABA_ID}/subscribed_apps"),
        ),
        ("any", "/v25.0/me".to_owned()),
    ] {
        arm(&stage, json!({"on": on, "error": {"code": 2}}))
            .await
            .ok();
        let answer = stage.get(&path).await;
        assert_eq!((answer.status, answer.code()), (503, 2), "{on}");
        stage.get(&path).await.ok();
    }
}

#[actix_web::test]
async fn a_delay_holds_the_answer_back() {
    let stage = Stage::new();
    arm(&stage, json!({"on": "messages", "delay_ms": 60_000}))
        .await
        .ok();
    let message = code_message(ALICE, "1234");
    let sending = stage.send(message);
    assert!(
        tokio::time::timeout(Duration::from_millis(300), sending)
            .await
            .is_err()
    );
    arm(&stage, json!({"on": "messages", "delay_ms": 1}))
        .await
        .ok();
    stage.send(code_message(ALICE, "1234")).await.ok();
}

#[actix_web::test]
async fn a_dropped_connection_gives_no_answer() {
    let stage = Stage::new();
    arm(&stage, json!({"on": "messages", "drop": true}))
        .await
        .ok();
    let request = stage
        .client
        .post(stage.url(&format!("/v25.0/{PHONE_NUMBER_ID}/messages")))
        .bearer_auth(TOKEN);
    assert!(
        request
            .send_json(&code_message(ALICE, "1234"))
            .await
            .is_err()
    );
    assert_eq!(stage.simulator.message_count(), 0);
    stage.send_code(ALICE, "1234").await;
}

#[actix_web::test]
async fn an_answer_can_be_lost_although_the_message_went_out() {
    let stage = Stage::new();
    arm(&stage, json!({"on": "messages", "drop": "answer"}))
        .await
        .ok();
    let request = stage
        .client
        .post(stage.url(&format!("/v25.0/{PHONE_NUMBER_ID}/messages")))
        .bearer_auth(TOKEN);
    assert!(
        request
            .send_json(&code_message(ALICE, "1234"))
            .await
            .is_err()
    );
    assert_eq!(stage.simulator.last_code(ALICE).as_deref(), Some("1234"));
}

#[actix_web::test]
async fn garbage_is_a_page_that_is_not_json() {
    let stage = Stage::new();
    arm(&stage, json!({"on": "templates", "garbage": true}))
        .await
        .ok();
    let answer = stage
        .get(&format!("/v25.0/{WABA_ID}/message_templates"))
        .await;
    assert_eq!((answer.status, answer.json), (200, Value::Null));
}

#[actix_web::test]
async fn a_dripping_body_comes_at_last() {
    let stage = Stage::new();
    stage.simulator.fault(Fault::new(
        FaultTarget::Messages,
        Effect::Drip(Duration::from_millis(1)),
    ));
    let answer = stage.send(code_message(ALICE, "1234")).await;
    let id = answer.message_id();
    answer.ok();
    assert_eq!(stage.simulator.messages(ALICE)[0].id, id);
}

#[actix_web::test]
async fn a_body_that_drips_slowly_keeps_the_client_waiting_after_the_head() {
    let stage = Stage::new();
    arm(&stage, json!({"on": "messages", "drip_ms": 60_000}))
        .await
        .ok();
    let request = stage
        .client
        .post(stage.url(&format!("/v25.0/{PHONE_NUMBER_ID}/messages")))
        .bearer_auth(TOKEN);
    let mut response = request
        .send_json(&code_message(ALICE, "1234"))
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    assert!(
        tokio::time::timeout(Duration::from_millis(300), response.body())
            .await
            .is_err()
    );
}

#[actix_web::test]
async fn a_bad_fault_is_refused_with_what_is_allowed() {
    let stage = Stage::new();
    for (fault, expected) in [
        (json!({"error": {"code": 1}}), "`on` is missing"),
        (
            json!({"on": "nonsense", "drop": true}),
            "`on` is one of any, messages, templates",
        ),
        (json!({"on": "messages"}), "0 effects given"),
        (
            json!({"on": "messages", "drop": true, "garbage": true}),
            "2 effects given",
        ),
        (
            json!({"on": "messages", "error": {}}),
            "`error.code` is missing",
        ),
        (
            json!({"on": "messages", "error": {"code": 1, "colour": 2}}),
            "`error.colour` is not known",
        ),
        (
            json!({"on": "messages", "times": 0, "drop": true}),
            "`times` is a whole number from 1",
        ),
        (
            json!({"on": "messages", "delay_ms": -1}),
            "`delay_ms` is a whole number from 0",
        ),
        (json!({"on": "messages", "drop": "maybe"}), "`drop` is true"),
        (
            json!({"on": "messages", "receipt": {"status": "eaten"}}),
            "sent, delivered, read or failed",
        ),
        (
            json!({"on": "templates", "receipt": {"status": "failed"}}),
            "a `receipt` fault is for `on`: `messages`",
        ),
        (
            json!({"on": "messages", "mood": "bad", "drop": true}),
            "`mood` is not known here",
        ),
    ] {
        let answer = arm(&stage, fault).await;
        let reason = answer.json["error"].as_str().unwrap_or_default();
        assert!(
            answer.status == 400 && reason.contains(expected),
            "{expected}: {}",
            answer.json
        );
    }
    stage.send_code(ALICE, "1234").await;
}
