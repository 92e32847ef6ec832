//! Requests that cannot be understood: each field is named, and nothing is sent.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::{Client, START, is_problem};
use crate::app::TestApp;

async fn faults(client: &Client<'_>, body: &str) -> Vec<String> {
    let answer = client.call(Method::POST, START, body).await;
    is_problem(&answer, 422, "invalid-request");
    let told = answer.json();
    let errors = told["errors"].as_array().expect("errors");
    let field = |error: &Value| error["field"].as_str().expect("a name").to_owned();
    errors.iter().map(field).collect()
}

#[actix_web::test]
async fn everything_that_is_wrong_is_told_at_once() {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    let body = json!({
        "to": "call me",
        "purpose": "a\u{0}b",
        "channel": "pigeon",
        "locale": "english please",
        "code_length": 3,
        "ttl_seconds": 601,
        "end_user_ip": "localhost",
        "metadata": { "a": 1 },
        "binding": { "amount": "1", "currency": "EUR" },
        "phone": "+14155550123",
    });
    assert_eq!(
        faults(&client, &body.to_string()).await,
        [
            "to",
            "purpose",
            "channel",
            "locale",
            "code_length",
            "ttl_seconds",
            "end_user_ip",
            "metadata",
            "binding.payee",
            "binding.currency",
            "phone"
        ]
    );
    assert_eq!(app.simulator.message_count(), 0);
}

#[actix_web::test]
async fn a_body_that_is_no_object_is_named_as_the_body() {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    for body in ["[]", "7", "null", "{", "\u{1}", "{\"to\":\"\\ud800\"}"] {
        assert_eq!(faults(&client, body).await, ["body"], "{body}");
    }
    assert_eq!(faults(&client, "").await, ["to"]);
    assert_eq!(faults(&client, "{\"to\":null}").await, ["to"]);
}

#[actix_web::test]
async fn what_was_sent_is_not_repeated() {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    let body = json!({ "to": "+1415555012345678", "locale": "canary-canary-x" });
    let answer = client.post(START, &body).await;
    assert!(!answer.text.contains("5555012345678"), "{}", answer.text);
    assert!(!answer.text.contains("canary"), "{}", answer.text);
}

#[actix_web::test]
async fn a_long_body_is_refused() {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    let body = json!({ "to": "x".repeat(5000) });
    is_problem(&client.post(START, &body).await, 413, "body-too-large");
}

#[actix_web::test]
async fn without_a_key_of_ours_nothing_is_told() {
    let app = TestApp::start().await;
    for headers in [
        &[][..],
        &[("X-API-Key", "nonsense")],
        &[("Authorization", "Basic eDp5")],
    ] {
        for (method, path) in [
            (Method::POST, START),
            (Method::GET, START),
            (Method::GET, "/v1/verifications/x"),
            (Method::POST, "/v1/verifications/x/check"),
            (Method::POST, "/v1/verifications/x/resend"),
            (Method::POST, "/v1/verifications/x/cancel"),
            (Method::GET, "/v1/verifications/x/timeline"),
        ] {
            let answer = app.request(method, path, headers, "{}").await;
            is_problem(&answer, 401, "unauthorized");
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        }
    }
}

#[actix_web::test]
async fn other_methods_and_other_addresses_are_told_as_problems() {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    let answer = client.call(Method::DELETE, START, "").await;
    is_problem(&answer, 405, "method-not-allowed");
    assert_eq!(answer.header("allow"), Some("GET, POST"));
    is_problem(&client.get("/v1/nothing/here").await, 404, "not-found");
    is_problem(
        &client.get("/v1/verifications/short").await,
        404,
        "not-found",
    );
}

#[actix_web::test]
async fn each_problem_has_a_page_that_says_what_to_do() {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    let told = client.get("/v1/verifications/short").await.json();
    let page = app.get(told["type"].as_str().expect("a type")).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("What to do"), "{}", page.text);
    assert_eq!(app.get("/problems/nothing").await.status, 404);
}

#[actix_web::test]
async fn parameters_of_the_list_are_checked() {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    for (query, field) in [
        ("to=x", "to"),
        ("status=open", "status"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("cursor=x", "cursor"),
        ("page=1", "page"),
    ] {
        let answer = client.get(&format!("{START}?{query}")).await;
        is_problem(&answer, 422, "invalid-request");
        assert_eq!(answer.json()["errors"][0]["field"], field);
    }
}

#[actix_web::test]
async fn a_whole_number_may_be_written_with_a_point() {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    let body = r#"{"to":"+14155550123","code_length":8.0,"ttl_seconds":60.0}"#;
    let answer = client.call(Method::POST, START, body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert_eq!(app.last_code("14155550123").len(), 8);
    let body = r#"{"to":"+14155550123","code_length":8.5,"ttl_seconds":60.1}"#;
    assert_eq!(faults(&client, body).await, ["code_length", "ttl_seconds"]);
}
