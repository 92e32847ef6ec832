//! Each call of the contract.

use std::time::Duration;

use actix_web::http::Method;
use graph_simulator::{Fault, FaultTarget};
use serde_json::json;

use super::{Client, START, id, is_problem};
use crate::app::{TestApp, for_crowds, wrong};

const PHONE: &str = "+14155550123";

#[actix_web::test]
async fn a_start_sends_a_code_and_says_what_may_be_done_next_and_when() {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    let body =
        json!({ "to": "+1 (415) 555-0123", "purpose": "login", "metadata": { "order": "7" } });
    let answer = client.post(START, &body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let told = answer.json();
    let path = format!("{START}/{}", id(&told));
    assert_eq!(answer.header("location"), Some(path.as_str()));
    assert_eq!(
        told,
        json!({
            "id": id(&told),
            "status": "pending",
            "to": "+1*******123",
            "channel": "whatsapp",
            "purpose": "login",
            "created_at": "2027-01-15T08:00:00.000Z",
            "expires_at": "2027-01-15T08:05:00.000Z",
            "attempts_left": 3,
            "next_send_at": "2027-01-15T08:01:00.000Z",
            "next_check_at": "2027-01-15T08:00:00.000Z",
            "deliveries": [
                { "id": 1, "channel": "whatsapp", "status": "accepted", "at": "2027-01-15T08:00:00.000Z" }
            ],
            "metadata": { "order": "7" },
            "test": false,
        })
    );
    assert_eq!(
        answer.header("ratelimit-policy"),
        Some("\"sends\";q=5;w=3600")
    );
    assert_eq!(answer.header("ratelimit"), Some("\"sends\";r=4;t=3600"));
    assert_eq!(client.get(&path).await.json(), told);
}

#[actix_web::test]
async fn the_right_code_is_valid_once() {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    let id = id(&client.start(PHONE).await);
    let code = app.last_code("14155550123");
    let answer = client.check(&id, &wrong(&code)).await;
    assert_eq!(answer.status, 200);
    let told = answer.json();
    assert_eq!(
        (&told["status"], &told["valid"], &told["attempts_left"]),
        (&json!("pending"), &json!(false), &json!(2))
    );
    let answer = client.check(&id, &code).await;
    assert_eq!(answer.status, 200);
    let told = answer.json();
    assert_eq!(
        (&told["id"], &told["status"], &told["valid"]),
        (&json!(id), &json!("approved"), &json!(true))
    );
    is_problem(&client.check(&id, &code).await, 404, "not-found");
}

#[actix_web::test]
async fn three_wrong_codes_lock_it_and_retry_after_says_when_to_start_anew() {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    let id = id(&client.start(PHONE).await);
    let code = app.last_code("14155550123");
    for _ in 0..2 {
        assert_eq!(client.check(&id, &wrong(&code)).await.status, 200);
    }
    let answer = client.check(&id, &wrong(&code)).await;
    is_problem(&answer, 429, "locked");
    assert_eq!(answer.header("retry-after"), Some("60"));
    is_problem(&client.check(&id, &code).await, 429, "locked");
    app.pass(Duration::from_mins(1));
    client.start(PHONE).await;
}

#[actix_web::test]
async fn an_expired_one_is_not_found_and_still_shown() {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    let id = id(&client.start(PHONE).await);
    app.pass(Duration::from_mins(5));
    let code = app.last_code("14155550123");
    is_problem(&client.check(&id, &code).await, 404, "not-found");
    is_problem(&client.check(&id, &code).await, 404, "not-found");
    let told = client.get(&format!("{START}/{id}")).await.json();
    assert_eq!(
        (&told["status"], &told["attempts_left"]),
        (&json!("expired"), &json!(0))
    );
}

#[actix_web::test]
async fn a_resend_ends_the_code_before_it_and_keeps_the_attempts() {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    let id = id(&client.start(PHONE).await);
    let first = app.last_code("14155550123");
    client.check(&id, &wrong(&first)).await;
    let resend = format!("{START}/{id}/resend");
    let answer = client.call(Method::POST, &resend, "").await;
    is_problem(&answer, 429, "cooldown");
    assert_eq!(answer.header("retry-after"), Some("60"));
    assert_eq!(answer.header("ratelimit"), Some("\"sends\";r=0;t=60"));
    app.pass(Duration::from_mins(1));
    let answer = client
        .post(&resend, &json!({ "channel": "whatsapp" }))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let told = answer.json();
    assert_eq!(told["attempts_left"], 2);
    assert_eq!(told["deliveries"].as_array().map(Vec::len), Some(2));
    assert_eq!(told["expires_at"], "2027-01-15T08:06:00.000Z");
    let second = app.last_code("14155550123");
    assert_eq!(app.simulator.messages("14155550123").len(), 2);
    if first != second {
        assert_eq!(client.check(&id, &first).await.json()["valid"], false);
    }
    assert_eq!(client.check(&id, &second).await.json()["valid"], true);
    is_problem(
        &client.call(Method::POST, &resend, "").await,
        404,
        "not-found",
    );
}

#[actix_web::test]
async fn a_canceled_one_is_dead() {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    let id = id(&client.start(PHONE).await);
    let cancel = format!("{START}/{id}/cancel");
    let answer = client.call(Method::POST, &cancel, "").await;
    assert_eq!(
        (answer.status, &answer.json()["status"]),
        (200, &json!("canceled"))
    );
    is_problem(
        &client.call(Method::POST, &cancel, "").await,
        404,
        "not-found",
    );
    let code = app.last_code("14155550123");
    is_problem(&client.check(&id, &code).await, 404, "not-found");
}

#[actix_web::test]
async fn the_timeline_tells_every_decision_with_its_reason() {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    let id = id(&client.start(PHONE).await);
    let code = app.last_code("14155550123");
    client.check(&id, &wrong(&code)).await;
    app.pass(Duration::from_mins(1));
    client
        .call(Method::POST, &format!("{START}/{id}/resend"), "")
        .await;
    client.check(&id, &app.last_code("14155550123")).await;
    let told = client.get(&format!("{START}/{id}/timeline")).await.json();
    assert_eq!(
        (&told["id"], &told["status"]),
        (&json!(id), &json!("approved"))
    );
    let events: Vec<_> = told["steps"]
        .as_array()
        .expect("steps")
        .iter()
        .map(|step| step["event"].as_str().expect("an event"))
        .collect();
    assert_eq!(
        events,
        [
            "sending",
            "accepted",
            "wrong_code",
            "resending",
            "accepted",
            "approved"
        ]
    );
    assert_eq!(
        told["steps"][2],
        json!({
            "at": "2027-01-15T08:00:00.000Z",
            "event": "wrong_code",
            "reason": "a wrong code was given; 2 attempts are left",
        })
    );
}

#[actix_web::test]
async fn a_code_that_approves_a_payment_approves_no_other() {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    let binding = json!({ "amount": "25.00 EUR", "payee": "Shop" });
    let body = json!({ "to": PHONE, "purpose": "pay", "binding": binding });
    let id = id(&client.post(START, &body).await.json());
    let code = app.last_code("14155550123");
    let check = format!("{START}/{id}/check");
    for other in [
        json!({ "code": code }),
        json!({ "code": code, "binding": { "amount": "250.0 EUR", "payee": "Shop" } }),
    ] {
        assert_eq!(client.post(&check, &other).await.json()["valid"], false);
    }
    let same = json!({ "code": code, "binding": binding });
    assert_eq!(client.post(&check, &same).await.json()["valid"], true);
}

#[actix_web::test]
async fn a_binding_outlives_a_resend() {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    let binding = json!({ "amount": "25.00 EUR", "payee": "Shop" });
    let body = json!({ "to": PHONE, "binding": binding });
    let id = id(&client.post(START, &body).await.json());
    app.pass(Duration::from_mins(1));
    let resend = format!("{START}/{id}/resend");
    assert_eq!(client.call(Method::POST, &resend, "").await.status, 200);
    let code = app.last_code("14155550123");
    assert_eq!(client.check(&id, &code).await.json()["valid"], false);
    let check = format!("{START}/{id}/check");
    let same = json!({ "code": code, "binding": binding });
    assert_eq!(client.post(&check, &same).await.json()["valid"], true);
}

#[actix_web::test]
async fn length_and_lifetime_can_be_asked_for() {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    let body = json!({ "to": PHONE, "code_length": 8, "ttl_seconds": 60 });
    let told = client.post(START, &body).await.json();
    assert_eq!(told["expires_at"], "2027-01-15T08:01:00.000Z");
    let code = app.last_code("14155550123");
    assert_eq!(code.len(), 8);
    assert_eq!(client.check(&id(&told), &code).await.json()["valid"], true);
    let body = json!({ "to": "+14155550199", "code_length": 4 });
    let answer = client.post(START, &body).await;
    is_problem(&answer, 422, "invalid-request");
    assert_eq!(answer.json()["errors"][0]["field"], "code_length");
}

#[actix_web::test]
async fn the_recent_ones_of_a_phone_are_listed_newest_first() {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    let mut ids = Vec::new();
    for purpose in ["one", "two", "three"] {
        let body = json!({ "to": PHONE, "purpose": purpose });
        ids.insert(0, id(&client.post(START, &body).await.json()));
        app.pass(Duration::from_mins(1));
    }
    client
        .call(Method::POST, &format!("{START}/{}/cancel", ids[1]), "")
        .await;
    let listed = async |query: &str| {
        let list = client.get(&format!("{START}?{query}")).await.json();
        let shown = list["verifications"].as_array().expect("a list").clone();
        shown.iter().map(id).collect::<Vec<_>>()
    };
    assert_eq!(listed("to=%2B14155550123").await, ids);
    assert_eq!(listed("to=%2B14155550123&status=canceled").await, ids[1..2]);
    assert_eq!(listed("to=%2B14155550123&limit=1").await, ids[..1]);
    assert_eq!(listed("to=%2B14155550100").await, [""; 0]);
}

#[actix_web::test]
async fn recent_verifications_are_paged_through_newest_first() {
    let app = TestApp::start_with(for_crowds).await;
    let client = Client::live(&app).await;
    let mut ids = Vec::new();
    for number in 0..25 {
        // Some within one moment.
        if number % 3 == 0 {
            app.pass(Duration::from_millis(1));
        }
        ids.push(id(&client.start(&format!("+1415555{number:04}")).await));
    }
    client
        .call(Method::POST, &format!("{START}/{}/cancel", ids[3]), "")
        .await;
    let mut seen = Vec::new();
    let mut query = "limit=10".to_owned();
    loop {
        let list = client.get(&format!("{START}?{query}")).await.json();
        let shown = list["verifications"].as_array().expect("a list");
        seen.extend(shown.iter().map(id));
        match list["next_cursor"].as_str() {
            Some(cursor) => query = format!("limit=10&cursor={cursor}"),
            None => break,
        }
    }
    let sorted = |ids: &[String]| {
        let mut ids = ids.to_vec();
        ids.sort();
        ids
    };
    assert_eq!(sorted(&seen), sorted(&ids), "each once");
    assert_eq!(sorted(&seen[..1]), sorted(&ids[24..]), "the newest first");
    let list = client.get(&format!("{START}?status=canceled")).await.json();
    let shown = list["verifications"].as_array().expect("a list");
    assert_eq!(shown.iter().map(id).collect::<Vec<_>>(), ids[3..4]);
}

#[actix_web::test]
async fn a_message_that_is_refused_is_a_problem_and_the_send_is_given_back() {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    app.simulator
        .fault(Fault::error(FaultTarget::Messages, 131_026));
    let body = json!({ "to": PHONE });
    is_problem(&client.post(START, &body).await, 502, "delivery-failed");
    let list = client
        .get(&format!("{START}?to=%2B14155550123"))
        .await
        .json();
    let failed = &list["verifications"][0];
    assert_eq!(failed["status"], "failed");
    assert_eq!(failed["deliveries"][0]["status"], "failed");
    assert_eq!(failed["deliveries"][0]["error"], "undeliverable");
    client.start(PHONE).await;
}

#[actix_web::test]
async fn the_next_send_waits_for_the_wrong_codes_too() {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    let first = id(&client.start(PHONE).await);
    let code = app.last_code("14155550123");
    for _ in 0..3 {
        client.check(&first, &wrong(&code)).await;
    }
    app.pass(Duration::from_mins(1));
    let second = id(&client.start(PHONE).await);
    let code = app.last_code("14155550123");
    for _ in 0..2 {
        client.check(&second, &wrong(&code)).await;
        app.pass(Duration::from_secs(61));
    }
    let list = client
        .get(&format!("{START}?to=%2B14155550123"))
        .await
        .json();
    let next = &list["verifications"][0]["next_send_at"];
    let answer = client.post(START, &json!({ "to": PHONE })).await;
    is_problem(&answer, 429, "check-limit");
    let retry_after = answer
        .header("retry-after")
        .and_then(|secs| secs.parse().ok());
    app.pass(Duration::from_secs(retry_after.expect("seconds")));
    let then = client.start(PHONE).await;
    assert_eq!(&then["created_at"], next);
}
