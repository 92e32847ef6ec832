//! `POST /{phone number}/messages`.

use graph_simulator::{PHONE_NUMBER_ID, Simulator, SimulatorConfig, TOKEN};
use serde_json::{Value, json};

use crate::harness::{ALICE, BOB, Stage, code_message, read};

#[actix_web::test]
async fn a_code_is_accepted_and_remembered() {
    let stage = Stage::new();
    let answer = stage.send(code_message(ALICE, "012345")).await;
    let id = answer.message_id();
    assert_eq!(
        answer.ok(),
        json!({
            "messaging_product": "whatsapp",
            "contacts": [{"input": "+14152000001", "wa_id": "14152000001"}],
            "messages": [{"id": id, "message_status": "accepted"}]
        })
    );
    assert!(id.starts_with("wamid.HBgL"), "{id}");
    let [message] = &stage.simulator.messages("1 (415) 200-0001")[..] else {
        panic!("one message")
    };
    assert_eq!(
        (message.id.as_str(), message.to.as_str()),
        (id.as_str(), ALICE)
    );
    assert_eq!(
        (message.kind.as_str(), message.status.as_str()),
        ("template", "accepted")
    );
    assert_eq!(
        (message.template.as_deref(), message.language.as_deref()),
        (Some("otp_demo"), Some("en_US"))
    );
    assert_eq!(
        (message.code.as_deref(), message.opaque.as_deref()),
        (Some("012345"), Some("attempt-1"))
    );
    assert_eq!(
        message.text,
        "*012345* is your verification code. For your security, do not share this code."
    );
    assert_eq!(stage.simulator.last_code(ALICE).as_deref(), Some("012345"));
    assert_eq!(stage.simulator.message_count(), 1);
}

#[actix_web::test]
async fn any_version_and_none_is_served() {
    let stage = Stage::new();
    for prefix in ["", "/v16.0", "/v25.0", "/V30.0"] {
        let path = format!("{prefix}/{PHONE_NUMBER_ID}/messages");
        assert_eq!(
            stage.post(&path, code_message(ALICE, "1234")).await.status,
            200,
            "{prefix}"
        );
    }
}

#[actix_web::test]
async fn words_are_taken_in_any_case_and_the_index_as_text_or_number() {
    let stage = Stage::new();
    for index in [json!("0"), json!(0)] {
        let message = json!({
            "messaging_product": "whatsapp", "to": ALICE, "type": "TEMPLATE",
            "template": {"name": "otp_demo", "language": {"code": "en_US"}, "components": [
                {"type": "BODY", "parameters": [{"type": "TEXT", "text": "1234"}]},
                {"type": "Button", "sub_type": "URL", "index": index, "parameters": [{"type": "Text", "text": "1234"}]}
            ]}
        });
        stage.send(message).await.ok();
    }
}

#[actix_web::test]
async fn a_form_is_taken_like_json() {
    let stage = Stage::new();
    let template = code_message(ALICE, "4321")["template"].to_string();
    let fields = [
        ("messaging_product", "whatsapp"),
        ("to", ALICE),
        ("type", "template"),
        ("template", &template),
    ];
    let request = stage
        .client
        .post(stage.url(&format!("/v25.0/{PHONE_NUMBER_ID}/messages")))
        .bearer_auth(TOKEN);
    read(request.send_form(&fields).await.unwrap()).await.ok();
    assert_eq!(stage.simulator.last_code(ALICE).as_deref(), Some("4321"));
}

/// Changes one place of the right message, and says with which code Meta refuses it.
async fn refusal(pointer: &str, value: Value) -> (u16, i64, String) {
    let stage = Stage::new();
    let mut message = code_message(ALICE, "123456");
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let place = message.pointer_mut(parent).unwrap();
    match (place, value) {
        (Value::Object(fields), Value::Null) => drop(fields.remove(name)),
        (place, value) => place[name] = value,
    }
    let answer = stage.send(message).await;
    assert_eq!(
        stage.simulator.message_count(),
        0,
        "nothing is sent when {pointer} is wrong"
    );
    (
        answer.status,
        answer.code(),
        format!("{} / {}", answer.message(), answer.details()),
    )
}

#[actix_web::test]
async fn what_is_missing_is_named() {
    let (status, code, text) = refusal("/messaging_product", Value::Null).await;
    assert_eq!((status, code), (400, 100));
    assert!(
        text.starts_with("(#100) The parameter messaging_product is required."),
        "{text}"
    );
    let (status, code, text) = refusal("/to", Value::Null).await;
    assert_eq!((status, code), (400, 100));
    assert!(
        text.starts_with("(#100) The parameter to is required."),
        "{text}"
    );
    assert_eq!(refusal("/template", Value::Null).await.1, 131_008);
    assert_eq!(refusal("/template/language", Value::Null).await.1, 131_008);
    assert_eq!(refusal("/template/name", Value::Null).await.1, 131_008);
}

#[actix_web::test]
async fn a_recipient_that_is_no_number_is_refused() {
    assert_eq!(refusal("/to", json!("hello")).await.1, 131_009);
    assert_eq!(refusal("/to", json!("+1")).await.1, 131_009);
    assert_eq!(refusal("/to", json!("+1 555-078-3881")).await.1, 131_021);
}

#[actix_web::test]
async fn a_template_that_does_not_exist_in_the_language_is_refused() {
    let (status, code, text) = refusal("/template/language/code", json!("de")).await;
    assert_eq!((status, code), (404, 132_001));
    assert!(
        text.ends_with("/ template name (otp_demo) does not exist in de"),
        "{text}"
    );
    assert_eq!(refusal("/template/name", json!("other")).await.1, 132_001);
    assert_eq!(
        refusal("/template/language/policy", json!("fallback"))
            .await
            .1,
        131_009
    );
}

#[actix_web::test]
async fn wrong_parameters_are_refused_with_metas_details() {
    let (_, code, text) = refusal("/template/components", json!([])).await;
    assert_eq!(code, 132_000);
    let expected =
        "body: number of localizable_params (0) does not match the expected number of params (1)";
    assert!(text.ends_with(expected), "{text}");

    let body = json!([{"type": "body", "parameters": [{"type": "text", "text": "123456"}]}]);
    let (status, code, text) = refusal("/template/components", body).await;
    assert_eq!((status, code), (400, 131_008));
    assert!(
        text.ends_with("buttons: Button at index 0 of type Url requires a parameter"),
        "{text}"
    );
    assert!(
        text.starts_with("(#131008) Required parameter is missing"),
        "{text}"
    );
}

#[actix_web::test]
async fn the_code_has_at_most_fifteen_characters_and_is_the_same_twice() {
    let stage = Stage::new();
    stage
        .send(code_message(ALICE, "123456789012345"))
        .await
        .ok();
    assert_eq!(
        stage
            .send(code_message(ALICE, "1234567890123456"))
            .await
            .code(),
        132_005
    );
    let mut message = code_message(ALICE, "1234");
    message["template"]["components"][1]["parameters"][0]["text"] = json!("4321");
    assert_eq!(stage.send(message).await.code(), 132_018);
    let mut message = code_message(ALICE, "1234");
    message["template"]["components"][0]["parameters"][0]["type"] = json!("currency");
    assert_eq!(stage.send(message).await.code(), 132_012);
}

#[actix_web::test]
async fn a_template_that_is_not_approved_is_not_sent() {
    let stage = Stage::new();
    for (status, code) in [
        ("PENDING", 132_001),
        ("REJECTED", 132_001),
        ("PAUSED", 132_015),
        ("DISABLED", 132_016),
    ] {
        stage
            .simulator
            .set_template_status(graph_simulator::TEMPLATE_ID, status);
        assert_eq!(
            stage.send(code_message(ALICE, "1234")).await.code(),
            code,
            "{status}"
        );
    }
}

#[actix_web::test]
async fn an_unknown_or_unregistered_sender_is_refused() {
    let stage = Stage::new();
    let answer = stage
        .post("/v25.0/1/messages", code_message(ALICE, "1234"))
        .await;
    assert_eq!(
        (answer.status, answer.code(), answer.subcode()),
        (400, 100, 33)
    );
    stage.simulator.amend(
        PHONE_NUMBER_ID,
        json!({"status": "PENDING"}).as_object().unwrap().clone(),
    );
    assert_eq!(
        stage.send(code_message(ALICE, "1234")).await.code(),
        133_010
    );
}

#[actix_web::test]
async fn text_goes_only_to_a_person_who_wrote() {
    let stage = Stage::new();
    let text = json!({"messaging_product": "whatsapp", "to": ALICE, "type": "text", "text": {"body": "Verified."}});
    assert_eq!(stage.send(text.clone()).await.code(), 131_047);
    stage.simulator.inbound_text(ALICE, "hello");
    stage.send(text.clone()).await.ok();
    let message = stage.simulator.messages(ALICE).pop().unwrap();
    assert_eq!(
        (message.kind.as_str(), message.text.as_str(), message.code),
        ("text", "Verified.", None)
    );
    let mut to_bob = text;
    to_bob["to"] = json!(BOB);
    assert_eq!(stage.send(to_bob).await.code(), 131_047);
}

#[actix_web::test]
async fn the_window_closes() {
    let stage = Stage::with(SimulatorConfig {
        service_window: std::time::Duration::ZERO,
        ..SimulatorConfig::default()
    });
    stage.simulator.inbound_text(ALICE, "hello");
    let text = json!({"messaging_product": "whatsapp", "to": ALICE, "type": "text", "text": {"body": "late"}});
    assert_eq!(stage.send(text).await.code(), 131_047);
}

#[actix_web::test]
async fn a_code_cannot_go_to_a_user_id_but_the_phone_wins() {
    let stage = Stage::new();
    let mut message = code_message(ALICE, "1234");
    message["recipient"] = json!("US.13491208655302741918");
    let answer = stage.send(message.clone()).await.ok();
    assert_eq!(
        answer["contacts"],
        json!([{"input": ALICE, "wa_id": "14152000001"}])
    );
    message.as_object_mut().unwrap().remove("to");
    assert_eq!(stage.send(message).await.code(), 131_062);
}

#[actix_web::test]
async fn a_utility_template_carries_named_and_numbered_parameters() {
    let stage = Stage::new();
    for (name, body) in [
        ("named", "Hello {{first_name}}, invoice {{number}} is due"),
        ("numbered", "Hello {{1}}, invoice {{2}} is due"),
    ] {
        stage.simulator.add_template(json!({
            "name": name, "language": "en_US", "category": "UTILITY", "components": [{"type": "BODY", "text": body}]
        }));
    }
    let send = |name: &str, parameters: Value| {
        stage.send(json!({
            "messaging_product": "whatsapp", "to": ALICE, "type": "template",
            "template": {"name": name, "language": {"code": "en_US"}, "components": [{"type": "body", "parameters": parameters}]}
        }))
    };
    let named = json!([
        {"type": "text", "parameter_name": "number", "text": "42"},
        {"type": "text", "parameter_name": "first_name", "text": "Ann"}
    ]);
    send("named", named).await.ok();
    send(
        "numbered",
        json!([{"type": "text", "text": "Ann"}, {"type": "text", "text": "42"}]),
    )
    .await
    .ok();
    for message in stage.simulator.messages(ALICE) {
        assert_eq!(
            (message.text.as_str(), message.code),
            ("Hello Ann, invoice 42 is due", None)
        );
    }
    assert_eq!(
        send("numbered", json!([{"type": "text", "text": "Ann"}]))
            .await
            .code(),
        132_000
    );
}

#[actix_web::test]
async fn other_types_are_refused() {
    assert_eq!(refusal("/type", json!("image")).await.1, 131_051);
    assert_eq!(refusal("/type", json!("telegram")).await.1, 100);
    let stage = Stage::new();
    let mut message = code_message(ALICE, "1234");
    message["biz_opaque_callback_data"] = json!("x".repeat(513));
    assert_eq!(stage.send(message).await.code(), 100);
}

#[actix_web::test]
async fn a_body_that_is_not_json_is_refused_as_incomplete() {
    let stage = Stage::new();
    let request = stage
        .client
        .post(stage.url(&format!("/v25.0/{PHONE_NUMBER_ID}/messages")))
        .bearer_auth(TOKEN);
    let answer = read(request.send_body("{\"messaging_product\":").await.unwrap()).await;
    assert_eq!((answer.status, answer.code()), (400, 100));
    let answer = stage.send(json!({"messaging_product": "whatsapp", "to": ALICE, "type": "template", "template": 7})).await;
    assert_eq!((answer.status, answer.code()), (400, 100));
}

#[actix_web::test]
async fn the_business_may_mark_a_message_as_read() {
    let stage = Stage::new();
    let id = stage.send_code(ALICE, "1234").await;
    let read = json!({"messaging_product": "whatsapp", "status": "read", "message_id": id});
    assert_eq!(stage.send(read).await.ok(), json!({"success": true}));
}

#[actix_web::test]
async fn every_accepted_message_is_shown_to_the_watcher() {
    let stage = Stage::new();
    let (sender, receiver) = std::sync::mpsc::channel();
    stage
        .simulator
        .on_message(move |message| drop(sender.send(message.clone())));
    let id = stage.send_code(ALICE, "9876").await;
    let shown = receiver.try_recv().unwrap();
    assert_eq!((shown.id, shown.code.as_deref()), (id, Some("9876")));
}

#[test]
fn a_simulator_stops_when_it_is_dropped() {
    let simulator = Simulator::start(SimulatorConfig::default()).unwrap();
    let address = simulator.address();
    drop(simulator);
    assert!(std::net::TcpStream::connect(address).is_err());
}
