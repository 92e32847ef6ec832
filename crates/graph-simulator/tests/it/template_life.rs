//! A template's life: review, lists, edits, deletion.

use std::time::Duration;

use graph_simulator::{SimulatorConfig, TEMPLATE_ID, WABA_ID};
use serde_json::{Value, json};

use crate::harness::{ALICE, Receiver, Stage, code_message};

fn templates() -> String {
    format!("/v25.0/{WABA_ID}/message_templates")
}

fn template(name: &str, language: &str) -> Value {
    json!({
        "name": name, "language": language, "category": "AUTHENTICATION",
        "components": [{"type": "BODY"}, {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]}]
    })
}

fn names(page: &Value) -> Vec<&str> {
    page["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|template| template["name"].as_str().unwrap())
        .collect()
}

#[actix_web::test]
async fn a_new_template_is_pending_until_its_review_ends() {
    let receiver = Receiver::start();
    let stage = Stage::with(SimulatorConfig {
        review: Duration::from_secs(1),
        webhook_url: Some(receiver.url.clone()),
        ..SimulatorConfig::default()
    });
    let created = stage
        .post(&templates(), template("otp_new", "en_US"))
        .await
        .ok();
    assert_eq!(created["status"], "PENDING");
    let id = created["id"].as_str().unwrap();
    let mut message = code_message(ALICE, "1234");
    message["template"]["name"] = json!("otp_new");
    assert_eq!(stage.send(message.clone()).await.code(), 132_001);
    let pending = stage
        .get(&format!("/v25.0/{id}?fields=status,health_status"))
        .await
        .ok();
    assert_eq!(
        pending["health_status"]["entities"][0]["errors"][0]["error_code"],
        141_002
    );

    let webhook = receiver.next().await.value();
    assert_eq!(
        (&webhook["event"], &webhook["message_template_name"]),
        (&json!("APPROVED"), &json!("otp_new"))
    );
    assert_eq!(
        stage.get(&format!("/v25.0/{id}?fields=status")).await.ok()["status"],
        "APPROVED"
    );
    stage.send(message).await.ok();
}

#[actix_web::test]
async fn the_list_is_filtered_and_paged() {
    let stage = Stage::new();
    for name in ["otp_a", "otp_b", "otp_c"] {
        stage.simulator.add_template(template(name, "en_US"));
    }
    let german = stage.simulator.add_language("otp_a", "de", "PENDING");
    let all = stage
        .get(&format!("{}?fields=name,status,language", templates()))
        .await
        .ok();
    assert_eq!(names(&all).len(), 5);
    assert_eq!(all["data"][0]["id"], json!(TEMPLATE_ID));
    assert!(all["data"][0].get("components").is_none());
    let pending = stage
        .get(&format!("{}?status=PENDING", templates()))
        .await
        .ok();
    assert_eq!(pending["data"][0]["id"], json!(german));
    assert_eq!(
        names(&stage.get(&format!("{}?name=otp_a", templates())).await.ok()),
        ["otp_a", "otp_a"]
    );
    assert_eq!(
        names(
            &stage
                .get(&format!("{}?name=otp_a&language=de", templates()))
                .await
                .ok()
        ),
        ["otp_a"]
    );
    assert_eq!(
        names(
            &stage
                .get(&format!("{}?category=MARKETING", templates()))
                .await
                .ok()
        ),
        [""; 0]
    );
    assert_eq!(
        names(&stage.get(&format!("{}?name=otp", templates())).await.ok()).len(),
        5
    );

    let first = stage
        .get(&format!("{}?limit=2&fields=name", templates()))
        .await
        .ok();
    assert!(first["paging"]["next"].is_string());
    let after = first["paging"]["cursors"]["after"].as_str().unwrap();
    let rest = stage
        .get(&format!(
            "{}?limit=3&fields=name&after={after}",
            templates()
        ))
        .await
        .ok();
    assert_eq!((names(&first).len(), names(&rest).len()), (2, 3));
    assert!(rest["paging"].get("next").is_none());
    assert_eq!(
        stage
            .get(&format!("{}?after=bad", templates()))
            .await
            .code(),
        131_059
    );
}

#[actix_web::test]
async fn a_template_is_edited_once_a_day() {
    let stage = Stage::new();
    let path = format!("/v25.0/{TEMPLATE_ID}");
    assert_eq!(
        stage
            .post(&path, json!({"category": "UTILITY"}))
            .await
            .code(),
        100
    );
    let components = template("x", "en_US")["components"].clone();
    let edit = json!({"components": components, "message_send_ttl_seconds": 60});
    assert_eq!(
        stage.post(&path, edit.clone()).await.ok(),
        json!({"success": true})
    );
    let edited = stage
        .get(&format!(
            "{path}?fields=components,message_send_ttl_seconds,status"
        ))
        .await
        .ok();
    assert_eq!(
        edited["components"][0]["text"],
        "*{{1}}* is your verification code."
    );
    assert_eq!(
        (&edited["message_send_ttl_seconds"], &edited["status"]),
        (&json!(60), &json!("APPROVED"))
    );
    assert_eq!(stage.post(&path, edit).await.subcode(), 2_388_039);
}

#[actix_web::test]
async fn only_some_states_can_be_edited() {
    let stage = Stage::new();
    stage.simulator.set_template_status(TEMPLATE_ID, "PENDING");
    let answer = stage
        .post(
            &format!("/v25.0/{TEMPLATE_ID}"),
            json!({"message_send_ttl_seconds": 60}),
        )
        .await;
    assert_eq!(answer.subcode(), 2_388_039);
    stage.simulator.set_template_status(TEMPLATE_ID, "REJECTED");
    stage
        .post(
            &format!("/v25.0/{TEMPLATE_ID}"),
            json!({"message_send_ttl_seconds": 60}),
        )
        .await
        .ok();
}

#[actix_web::test]
async fn a_name_is_deleted_with_all_its_languages_and_stays_blocked() {
    let stage = Stage::new();
    stage.simulator.add_language("otp_demo", "de", "APPROVED");
    assert_eq!(
        stage
            .delete(&format!("{}?name=otp_demo", templates()))
            .await
            .ok(),
        json!({"success": true})
    );
    let gone = stage.get(&format!("/v25.0/{TEMPLATE_ID}")).await;
    assert_eq!((gone.code(), gone.subcode()), (100, 33));
    assert_eq!(
        stage
            .post(&templates(), template("otp_demo", "en_US"))
            .await
            .subcode(),
        2_388_023
    );
    assert_eq!(
        stage
            .delete(&format!("{}?name=otp_demo", templates()))
            .await
            .subcode(),
        2_593_002
    );
}

#[actix_web::test]
async fn one_language_is_deleted_by_its_id() {
    let stage = Stage::new();
    let german = stage.simulator.add_language("otp_demo", "de", "APPROVED");
    stage
        .delete(&format!("{}?name=otp_demo&hsm_id={german}", templates()))
        .await
        .ok();
    stage.get(&format!("/v25.0/{TEMPLATE_ID}")).await.ok();
    assert_eq!(stage.get(&format!("/v25.0/{german}")).await.subcode(), 33);
}

#[actix_web::test]
async fn several_are_deleted_by_their_ids() {
    let stage = Stage::new();
    let german = stage.simulator.add_language("otp_demo", "de", "APPROVED");
    let ids = format!("[{TEMPLATE_ID},{german}]");
    assert_eq!(
        stage
            .delete(&format!("{}?hsm_ids={ids}&name=otp_demo", templates()))
            .await
            .code(),
        100
    );
    stage
        .delete(&format!("{}?hsm_ids={ids}", templates()))
        .await
        .ok();
    assert_eq!(names(&stage.get(&templates()).await.ok()), [""; 0]);
}

#[actix_web::test]
async fn a_disabled_template_is_not_deleted() {
    let stage = Stage::new();
    stage.simulator.set_template_status(TEMPLATE_ID, "DISABLED");
    assert_eq!(
        stage
            .delete(&format!("{}?name=otp_demo", templates()))
            .await
            .subcode(),
        2_388_039
    );
}

#[actix_web::test]
async fn a_template_can_vanish_behind_the_clients_back() {
    let stage = Stage::new();
    stage.simulator.delete_template(TEMPLATE_ID);
    assert_eq!(
        stage.send(code_message(ALICE, "1234")).await.code(),
        132_001
    );
}
