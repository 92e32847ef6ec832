//! The key face: `/api/v1`, as its seed document and its contract have it, word for word.

use std::time::Duration;

use graph_simulator::{Fault, FaultTarget};
use serde_json::{Value, json};

use crate::app::{Answer, TestApp, wrong};
use crate::native::Client;

const PHONE: &str = "+905551234567";

async fn send(client: &Client<'_>) -> String {
    let body = json!({ "phone": PHONE, "purpose": "verification" });
    let answer = client.post("/api/v1/otp", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let told = answer.json();
    let id = told["otpId"].as_str().expect("an id").to_owned();
    assert_eq!(told, json!({ "success": true, "otpId": id }));
    id
}

async fn verify(client: &Client<'_>, id: &str, code: &str) -> Value {
    let body = json!({ "otp_id": id, "otp": code });
    let answer = client.post("/api/v1/otp-verify", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()
}

#[track_caller]
fn failed(answer: &Answer, status: u16, error: &str) {
    let expected = json!({ "success": false, "error": error });
    assert_eq!((answer.status, answer.json()), (status, expected));
}

fn not_valid(reason: &str) -> Value {
    json!({ "valid": false, "reason": reason })
}

#[actix_web::test]
async fn the_right_code_is_valid_once() {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    let id = send(&client).await;
    let code = app.last_code(PHONE);
    assert_eq!(code.len(), 6);
    assert_eq!(
        verify(&client, &id, &wrong(&code)).await,
        not_valid("Invalid OTP")
    );
    assert_eq!(verify(&client, &id, &code).await, json!({ "valid": true }));
    assert_eq!(
        verify(&client, &id, &code).await,
        not_valid("OTP already used")
    );
}

#[actix_web::test]
async fn a_code_lives_ten_minutes_here() {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    let first = send(&client).await;
    app.pass(Duration::from_mins(10) - Duration::from_millis(1));
    let code = app.last_code(PHONE);
    assert_eq!(
        verify(&client, &first, &code).await,
        json!({ "valid": true })
    );
    let second = send(&client).await;
    app.pass(Duration::from_mins(10));
    let code = app.last_code(PHONE);
    for _ in 0..2 {
        assert_eq!(
            verify(&client, &second, &code).await,
            not_valid("OTP expired")
        );
    }
}

#[actix_web::test]
async fn three_wrong_codes_are_too_many() {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    let id = send(&client).await;
    let code = app.last_code(PHONE);
    for reason in ["Invalid OTP", "Invalid OTP", "Too many attempts"] {
        assert_eq!(verify(&client, &id, &wrong(&code)).await, not_valid(reason));
    }
    assert_eq!(
        verify(&client, &id, &code).await,
        not_valid("Too many attempts")
    );
}

#[actix_web::test]
async fn an_unknown_id_is_not_found_and_a_missing_code_is_invalid() {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    let id = send(&client).await;
    for unknown in ["", "uuid-from-step-1", &"A".repeat(43)] {
        assert_eq!(
            verify(&client, unknown, "123456").await,
            not_valid("OTP not found")
        );
    }
    for body in [
        json!({ "otp_id": id }),
        json!({ "otp_id": id, "otp": 123_456 }),
    ] {
        let answer = client.post("/api/v1/otp-verify", &body).await;
        assert_eq!(
            (answer.status, answer.json()),
            (200, not_valid("Invalid OTP"))
        );
    }
    let code = app.last_code(PHONE);
    assert_eq!(verify(&client, &id, &code).await, json!({ "valid": true }));
}

#[actix_web::test]
async fn each_refusal_has_its_status_and_its_words() {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    let path = "/api/v1/otp";
    failed(
        &client.post(path, &json!({ "phone": "12" })).await,
        400,
        "Invalid phone number.",
    );
    failed(
        &client.post(path, &json!({})).await,
        400,
        "phone is missing.",
    );
    failed(
        &client.post(path, &json!([])).await,
        400,
        "The body must be a JSON object.",
    );
    failed(
        &app.post(path, "{}").await,
        401,
        "A valid API key is required in X-API-Key.",
    );
    app.simulator
        .fault(Fault::error(FaultTarget::Messages, 131_026));
    let body = json!({ "phone": PHONE });
    failed(
        &client.post(path, &body).await,
        502,
        "The code could not be delivered.",
    );
    assert_eq!(client.post(path, &body).await.status, 200);
    let limited = client.post(path, &body).await;
    failed(
        &limited,
        429,
        "Too many requests, please try again in 60 seconds.",
    );
    assert_eq!(limited.header("retry-after"), Some("60"));
    let answer = client.get(path).await;
    failed(&answer, 405, "This address takes POST.");
    assert_eq!(answer.header("allow"), Some("POST"));
}

#[actix_web::test]
async fn the_purpose_comes_back_on_the_verification() {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    let id = send(&client).await;
    let told = client.get(&format!("/v1/verifications/{id}")).await.json();
    assert_eq!(told["purpose"], "verification");
}
