//! Utility templates, as a server sends notices in them.

use graph_simulator::WABA_ID;
use serde_json::{Value, json};

use crate::harness::{ALICE, Answer, Stage};

const INVOICE: &str = "Your invoice {{1}} over {{2}} is due on {{3}}.";

/// Creates the template over the API, as an account's owner would; answers with its id.
async fn create(stage: &Stage, body: &str) -> String {
    let template = json!({
        "name": "invoice_created", "language": "en_US", "category": "UTILITY",
        "components": [{"type": "BODY", "text": body}],
    });
    let path = format!("/v25.0/{WABA_ID}/message_templates");
    let created = stage.post(&path, template).await.ok();
    created["id"].as_str().unwrap().to_owned()
}

fn notice(language: &str, parameters: &Value) -> Value {
    json!({
        "messaging_product": "whatsapp", "to": ALICE, "type": "template",
        "template": {
            "name": "invoice_created", "language": {"policy": "deterministic", "code": language},
            "components": [{"type": "body", "parameters": parameters}],
        },
    })
}

fn texts(texts: &[&str]) -> Value {
    texts
        .iter()
        .map(|text| json!({"type": "text", "text": text}))
        .collect()
}

async fn send(stage: &Stage, parameters: &Value) -> Answer {
    stage.send(notice("en_US", parameters)).await
}

async fn shown(stage: &Stage) -> String {
    let list = stage.get("/_simulator/messages").await.ok();
    let newest = list.as_array().unwrap().last().unwrap().clone();
    assert_eq!(newest["code"], Value::Null);
    newest["text"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn a_notice_is_shown_as_the_person_reads_it() {
    let stage = Stage::new();
    create(&stage, INVOICE).await;
    send(&stage, &texts(&["2026-7", "15.95 USD", "2026-12-01"]))
        .await
        .ok();
    assert_eq!(
        shown(&stage).await,
        "Your invoice 2026-7 over 15.95 USD is due on 2026-12-01."
    );
}

#[actix_web::test]
async fn parameters_go_by_their_number_wherever_the_text_has_them() {
    let stage = Stage::new();
    let body = "By {{3}} we ask for {{2}}: this is invoice {{1}} of ours.";
    create(&stage, body).await;
    send(&stage, &texts(&["2026-7", "15.95 USD", "2026-12-01"]))
        .await
        .ok();
    assert_eq!(
        shown(&stage).await,
        "By 2026-12-01 we ask for 15.95 USD: this is invoice 2026-7 of ours."
    );
}

#[actix_web::test]
async fn a_value_that_looks_like_a_placeholder_is_only_text() {
    let stage = Stage::new();
    create(&stage, INVOICE).await;
    send(&stage, &texts(&["{{2}}", "{{3}}", "x"])).await.ok();
    assert_eq!(
        shown(&stage).await,
        "Your invoice {{2}} over {{3}} is due on x."
    );
}

#[actix_web::test]
async fn as_many_parameters_are_wanted_as_the_text_has() {
    let stage = Stage::new();
    create(&stage, INVOICE).await;
    for given in [&["1", "2"][..], &["1", "2", "3", "4"], &[]] {
        let answer = send(&stage, &texts(given)).await;
        assert_eq!((answer.status, answer.code()), (400, 132_000));
        let details = format!(
            "body: number of localizable_params ({}) does not match the expected number of params (3)",
            given.len()
        );
        assert_eq!(answer.details(), details);
    }
    assert_eq!(stage.simulator.message_count(), 0);
}

#[actix_web::test]
async fn a_parameter_is_one_line_of_text_and_not_empty() {
    let stage = Stage::new();
    create(&stage, INVOICE).await;
    for (bad, code) in [
        ("a\nb", 132_018),
        ("a\tb", 132_018),
        ("a     b", 132_018),
        ("", 131_008),
    ] {
        let answer = send(&stage, &texts(&["1", bad, "3"])).await;
        assert_eq!(answer.code(), code, "{bad:?}");
    }
    let mut money = texts(&["1", "2", "3"]);
    money[1]["type"] = json!("currency");
    assert_eq!(send(&stage, &money).await.code(), 132_012);
    send(&stage, &texts(&["1", "a    b", "3"])).await.ok();
}

#[actix_web::test]
async fn a_text_that_is_too_long_once_filled_in_is_refused() {
    let stage = Stage::new();
    create(&stage, INVOICE).await;
    let fixed = INVOICE.len() - "{{1}}{{2}}{{3}}".len();
    let room = "é".repeat(1024 - fixed - 2);
    send(&stage, &texts(&[&room, "2", "3"])).await.ok();
    let answer = send(&stage, &texts(&[&room, "2", "33"])).await;
    assert_eq!((answer.status, answer.code()), (400, 132_005));
}

#[actix_web::test]
async fn a_notice_wants_an_approved_template_in_its_language() {
    let stage = Stage::new();
    let parameters = texts(&["1", "2", "3"]);
    assert_eq!(send(&stage, &parameters).await.code(), 132_001);
    let id = create(&stage, INVOICE).await;
    let answer = stage.send(notice("de", &parameters)).await;
    assert_eq!((answer.status, answer.code()), (404, 132_001));
    assert_eq!(
        answer.details(),
        "template name (invoice_created) does not exist in de"
    );
    for (status, code) in [
        ("PENDING", 132_001),
        ("PAUSED", 132_015),
        ("DISABLED", 132_016),
    ] {
        stage.simulator.set_template_status(&id, status);
        assert_eq!(send(&stage, &parameters).await.code(), code, "{status}");
    }
    stage.simulator.set_template_status(&id, "APPROVED");
    send(&stage, &parameters).await.ok();
}

#[actix_web::test]
async fn a_notice_in_a_template_for_codes_lacks_its_button() {
    let stage = Stage::new();
    let mut message = notice("en_US", &texts(&["1"]));
    message["template"]["name"] = json!("otp_demo");
    assert_eq!(stage.send(message).await.code(), 131_008);
}
