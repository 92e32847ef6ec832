//! Objects and paths: what is there, and how the rest is refused.

use graph_simulator::{APP_ID, PHONE_NUMBER_ID, TEMPLATE_ID, WABA_ID};
use serde_json::json;

use crate::harness::Stage;

#[actix_web::test]
async fn an_unknown_object_is_refused_with_100_33_and_http_400() {
    let stage = Stage::new();
    for answer in [
        stage.get("/v25.0/999").await,
        stage.get("/v25.0/999/phone_numbers").await,
        stage.post("/v25.0/999/message_templates", json!({})).await,
        stage.delete("/999/message_templates?name=x").await,
    ] {
        assert_eq!(
            (answer.status, answer.code(), answer.subcode()),
            (400, 100, 33),
            "{}",
            answer.json
        );
        assert_eq!(answer.json["error"]["type"], "GraphMethodException");
        assert!(
            answer
                .message()
                .contains("Object with ID '999' does not exist"),
            "{}",
            answer.json
        );
    }
}

#[actix_web::test]
async fn an_unknown_path_is_refused() {
    let stage = Stage::new();
    let answer = stage.get("/v25.0/nonsense").await;
    assert_eq!((answer.status, answer.code()), (400, 2500));
    assert_eq!(
        stage
            .get(&format!("/v25.0/{WABA_ID}/nonsense"))
            .await
            .code(),
        2500
    );
}

#[actix_web::test]
async fn the_account_shows_the_fields_that_are_asked_for() {
    let stage = Stage::new();
    let fields = "id,name,currency,timezone_id,account_review_status,business_verification_status,ownership_type,health_status{can_send_message}";
    let account = stage
        .get(&format!("/v25.0/{WABA_ID}?fields={fields}"))
        .await
        .ok();
    assert_eq!(account["id"], WABA_ID);
    assert_eq!(account["account_review_status"], "APPROVED");
    assert_eq!(account["health_status"]["can_send_message"], "AVAILABLE");
    let entities = account["health_status"]["entities"].as_array().unwrap();
    let kinds: Vec<_> = entities
        .iter()
        .map(|entity| entity["entity_type"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["WABA", "BUSINESS", "APP"]);
    let usual = stage.get(&format!("/v25.0/{WABA_ID}")).await.ok();
    assert!(usual["name"].is_string() && usual.get("health_status").is_none());
}

#[actix_web::test]
async fn an_unknown_field_is_refused() {
    let stage = Stage::new();
    for id in [WABA_ID, PHONE_NUMBER_ID, TEMPLATE_ID] {
        let answer = stage.get(&format!("/v25.0/{id}?fields=id,nonsense")).await;
        assert_eq!((answer.status, answer.code()), (400, 100));
        assert!(
            answer
                .message()
                .starts_with("(#100) Tried accessing nonexisting field (nonsense) on node type")
        );
    }
}

#[actix_web::test]
async fn an_account_in_trouble_shows_it() {
    let stage = Stage::new();
    stage.simulator.amend(
        WABA_ID,
        json!({"account_review_status": "REJECTED"})
            .as_object()
            .unwrap()
            .clone(),
    );
    let account = stage
        .get(&format!("/v25.0/{WABA_ID}?fields=health_status"))
        .await
        .ok();
    assert_eq!(account["health_status"]["can_send_message"], "BLOCKED");
    let problem = &account["health_status"]["entities"][0]["errors"][0];
    assert!(problem["error_code"].is_number() && problem["possible_solution"].is_string());
}

#[actix_web::test]
async fn the_app_is_shown() {
    let stage = Stage::new();
    assert_eq!(
        stage.get(&format!("/v25.0/{APP_ID}")).await.ok()["id"],
        APP_ID
    );
}

#[actix_web::test]
async fn the_answer_says_which_version_served_it() {
    let stage = Stage::new();
    let response = stage
        .client
        .get(stage.url("/v16.0/me"))
        .bearer_auth(graph_simulator::TOKEN)
        .send()
        .await
        .unwrap();
    assert_eq!(
        response.headers().get("facebook-api-version").unwrap(),
        "v21.0"
    );
}
