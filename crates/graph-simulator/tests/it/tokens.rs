//! Who may call: tokens, permissions, `appsecret_proof`.

use graph_simulator::{APP_ID, APP_SECRET, PHONE_NUMBER_ID, SimulatorConfig, TOKEN, WABA_ID};
use serde_json::{Value, json};

use crate::harness::{ALICE, Answer, Stage, code_message, read, sign};

async fn call(stage: &Stage, path: &str, authorization: Option<&str>) -> Answer {
    let mut request = stage.client.get(stage.url(path));
    if let Some(value) = authorization {
        request = request.insert_header(("Authorization", value));
    }
    read(request.send().await.unwrap()).await
}

#[actix_web::test]
async fn a_token_is_taken_from_header_query_and_body() {
    let stage = Stage::new();
    let waba = format!("/v25.0/{WABA_ID}");
    for authorization in [
        format!("Bearer {TOKEN}"),
        format!("bearer {TOKEN}"),
        format!("OAuth {TOKEN}"),
    ] {
        call(&stage, &waba, Some(&authorization)).await.ok();
    }
    call(&stage, &format!("{waba}?access_token={TOKEN}"), None)
        .await
        .ok();
    let mut message = code_message(ALICE, "1234");
    message["access_token"] = json!(TOKEN);
    let request = stage
        .client
        .post(stage.url(&format!("/v25.0/{PHONE_NUMBER_ID}/messages")));
    read(request.send_json(&message).await.unwrap()).await.ok();
}

#[actix_web::test]
async fn a_wrong_token_is_refused_with_190() {
    let stage = Stage::new();
    let answer = call(&stage, &format!("/v25.0/{WABA_ID}"), Some("Bearer wrong")).await;
    assert_eq!((answer.status, answer.code()), (401, 190));
    assert_eq!(answer.json["error"]["type"], "OAuthException");
    assert!(
        answer.json["error"]["fbtrace_id"]
            .as_str()
            .unwrap()
            .starts_with('A')
    );
    let request = stage
        .client
        .post(stage.url(&format!("/v25.0/{PHONE_NUMBER_ID}/messages")))
        .bearer_auth("wrong");
    let answer = read(
        request
            .send_json(&code_message(ALICE, "1234"))
            .await
            .unwrap(),
    )
    .await;
    assert_eq!((answer.status, answer.code()), (401, 190));
    assert_eq!(stage.simulator.message_count(), 0);
}

#[actix_web::test]
async fn no_token_is_refused() {
    let stage = Stage::new();
    let answer = call(&stage, &format!("/v25.0/{WABA_ID}"), None).await;
    assert_eq!((answer.status, answer.code()), (401, 104));
    let answer = call(&stage, "/v25.0/me", None).await;
    assert_eq!((answer.status, answer.code()), (400, 2500));
}

#[actix_web::test]
async fn the_token_is_described() {
    let stage = Stage::new();
    let path = format!("/v25.0/debug_token?input_token={TOKEN}");
    for authorization in [
        format!("Bearer {APP_ID}|{APP_SECRET}"),
        format!("Bearer {TOKEN}"),
    ] {
        let data = call(&stage, &path, Some(&authorization)).await.ok()["data"].clone();
        assert_eq!(
            (&data["app_id"], &data["is_valid"], &data["type"]),
            (&json!(APP_ID), &json!(true), &json!("SYSTEM_USER"))
        );
        assert_eq!(data["expires_at"], 0);
        let scopes: Vec<&str> = data["scopes"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_str)
            .collect();
        assert!(
            scopes.contains(&"whatsapp_business_management")
                && scopes.contains(&"whatsapp_business_messaging")
        );
        assert_eq!(data["granular_scopes"][1]["target_ids"], json!([WABA_ID]));
    }
    let other = stage.get("/v25.0/debug_token?input_token=other").await.ok();
    assert_eq!(
        (&other["data"]["is_valid"], &other["data"]["error"]["code"]),
        (&json!(false), &json!(190))
    );
}

#[actix_web::test]
async fn the_system_user_and_its_permissions_are_shown() {
    let stage = Stage::new();
    assert!(stage.get("/v25.0/me?fields=id,name").await.ok()["id"].is_string());
    let permissions = stage.get("/me/permissions").await.ok();
    assert_eq!(
        permissions["data"][1],
        json!({"permission": "whatsapp_business_management", "status": "granted"})
    );
}

#[actix_web::test]
async fn a_missing_permission_is_refused() {
    let stage = Stage::new();
    stage
        .simulator
        .set_scopes(&["whatsapp_business_management"]);
    let answer = stage.send(code_message(ALICE, "1234")).await;
    assert_eq!((answer.status, answer.code()), (403, 10));
    stage.simulator.set_scopes(&["whatsapp_business_messaging"]);
    let answer = stage.get(&format!("/v25.0/{WABA_ID}")).await;
    assert_eq!((answer.status, answer.code()), (403, 200));
}

#[actix_web::test]
async fn an_expired_token_is_refused_with_its_subcode() {
    let stage = Stage::new();
    stage.simulator.set_token_expiry(1);
    let answer = stage.send(code_message(ALICE, "1234")).await;
    assert_eq!(
        (answer.status, answer.code(), answer.subcode()),
        (401, 190, 463)
    );
    let inspected = format!("/v25.0/debug_token?input_token={TOKEN}");
    let data = call(
        &stage,
        &inspected,
        Some(&format!("Bearer {APP_ID}|{APP_SECRET}")),
    )
    .await
    .ok();
    assert_eq!(
        (&data["data"]["is_valid"], &data["data"]["expires_at"]),
        (&json!(false), &json!(1))
    );
}

#[actix_web::test]
async fn the_proof_is_checked_when_it_is_given() {
    let stage = Stage::new();
    let proof = sign(APP_SECRET, TOKEN.as_bytes()).replace("sha256=", "");
    let path = format!("/v25.0/{WABA_ID}?appsecret_proof=");
    stage.get(&format!("{path}{proof}")).await.ok();
    let answer = stage.get(&format!("{path}{}", "0".repeat(64))).await;
    assert_eq!((answer.status, answer.code()), (400, 100));
    let stale = sign(APP_SECRET, format!("{TOKEN}|1000").as_bytes()).replace("sha256=", "");
    assert_eq!(
        stage
            .get(&format!("{path}{stale}&appsecret_time=1000"))
            .await
            .code(),
        100
    );
    let messages = format!("/v25.0/{PHONE_NUMBER_ID}/messages?appsecret_proof=");
    stage
        .post(&format!("{messages}{proof}"), code_message(ALICE, "1234"))
        .await
        .ok();
    assert_eq!(
        stage
            .post(&format!("{messages}00"), code_message(ALICE, "1234"))
            .await
            .code(),
        100
    );
}

#[actix_web::test]
async fn an_app_may_insist_on_the_proof() {
    let stage = Stage::with(SimulatorConfig {
        require_app_secret_proof: true,
        ..SimulatorConfig::default()
    });
    let answer = stage.send(code_message(ALICE, "1234")).await;
    assert_eq!(
        (answer.code(), answer.message()),
        (
            100,
            "API calls from the server require an appsecret_proof argument"
        )
    );
    assert_eq!(stage.get(&format!("/v25.0/{WABA_ID}")).await.code(), 100);
}
