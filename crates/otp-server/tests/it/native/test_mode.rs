//! A test key sends nothing.

use std::time::Duration;

use otp_core::PhoneNumber;
use otp_server::config::{ApplicationSettings, Config, Secret, TestRecipientSettings};
use serde_json::json;

use super::{Client, START, id, is_problem};
use crate::app::{START as START_OF_TESTS, TestApp};

const PHONE: &str = "+14155550123";

#[actix_web::test]
async fn a_test_key_sends_nothing_and_is_told_the_code() {
    let app = TestApp::start().await;
    let client = Client::test(&app).await;
    let told = client.start(PHONE).await;
    assert_eq!(
        (&told["test"], &told["deliveries"]),
        (&json!(true), &json!([]))
    );
    assert_eq!(app.simulator.message_count(), 0);
    let code = told["test_code"].as_str().expect("the code");
    let checked = client.check(&id(&told), code).await.json();
    assert_eq!(
        (&checked["valid"], &checked["test"]),
        (&json!(true), &json!(true))
    );
    // Nothing is sent, so nothing has to wait.
    client.start(PHONE).await;
}

#[actix_web::test]
async fn what_is_made_in_one_mode_is_not_there_in_the_other() {
    let app = TestApp::start().await;
    let (test, live) = (Client::test(&app).await, Client::live(&app).await);
    let told = test.start(PHONE).await;
    let code = told["test_code"].as_str().expect("the code");
    is_problem(&live.check(&id(&told), code).await, 404, "not-found");
    let path = format!("{START}/{}", id(&told));
    is_problem(&live.get(&path).await, 404, "not-found");
    let sent = live.start(PHONE).await;
    assert!(sent.get("test_code").is_none());
    let path = format!("{START}/{}", id(&sent));
    is_problem(&test.get(&path).await, 404, "not-found");
}

#[actix_web::test]
async fn tests_have_a_cap_of_their_own_and_use_up_nothing_of_the_live_ones() {
    let app = TestApp::start_with(|config| {
        config.shared_limits.sends_per_application_per_hour = Some(2);
        config.shared_limits.failed_checks_per_application_per_hour = Some(1);
    })
    .await;
    let (test, live) = (Client::test(&app).await, Client::live(&app).await);
    let told = test.start("+14155550101").await;
    for _ in 0..2 {
        test.check(&id(&told), "000000").await;
    }
    test.start("+14155550102").await;
    let body = json!({ "to": "+14155550103" });
    is_problem(&test.post(START, &body).await, 429, "send-limit");
    live.start("+14155550101").await;
    live.start("+14155550102").await;
    is_problem(&live.post(START, &body).await, 429, "send-limit");
}

/// A number with a code that is always the same, until the end of a day.
fn with_a_test_recipient(config: &mut Config) {
    let recipient = TestRecipientSettings {
        phone: PhoneNumber::parse(PHONE).expect("a phone"),
        code: Secret::new("424242"),
        until: START_OF_TESTS.plus(Duration::from_hours(24)),
    };
    let own = ApplicationSettings {
        test_recipients: vec![recipient],
        ..ApplicationSettings::default()
    };
    config.applications.insert("default".to_owned(), own);
}

#[actix_web::test]
async fn a_test_recipient_gets_nothing_has_its_code_and_is_marked_until_its_day() {
    let app = TestApp::start_with(with_a_test_recipient).await;
    let live = Client::live(&app).await;
    let told = live.start(PHONE).await;
    assert_eq!(told["test"], true);
    assert!(told.get("test_code").is_none(), "{told}");
    assert_eq!(
        live.check(&id(&told), "424243").await.json()["valid"],
        false
    );
    let checked = live.check(&id(&told), "424242").await.json();
    assert_eq!(
        (&checked["valid"], &checked["test"]),
        (&json!(true), &json!(true))
    );
    let timeline = live.get(&format!("{START}/{}/timeline", id(&told))).await;
    assert_eq!(timeline.json()["test"], true);
    let sent = live
        .post("/api/v1/otp", &json!({ "phone": PHONE }))
        .await
        .json();
    assert_eq!(sent["test"], true);
    assert_eq!(app.simulator.message_count(), 0);
    app.pass(Duration::from_hours(24));
    let told = live.start(PHONE).await;
    assert_eq!(
        (&told["test"], app.simulator.message_count()),
        (&json!(false), 1)
    );
}
