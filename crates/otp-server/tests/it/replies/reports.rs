//! "I didn't request a code."

use std::time::Duration;

use serde_json::json;

use super::{
    OTHER, PHONE, answer, eventually, heard, inbound, shown, start, text_webhook, timeline,
};
use crate::app::TestApp;
use crate::native::{Client, START, id, is_problem};
use crate::webhooks::tell;

/// The person taps the button of the message that they got last.
async fn report(app: &TestApp, phone: &str) {
    let message = app
        .simulator
        .messages(phone)
        .into_iter()
        .rfind(|one| one.code.is_some());
    let tap = json!({
        "from": phone,
        "button_payload": "DID_NOT_REQUEST_CODE",
        "context_id": message.expect("a message").id,
    });
    inbound(app, &tap).await;
}

#[actix_web::test]
async fn a_code_that_nobody_asked_for_is_dead_once_its_recipient_says_so() {
    let app = start().await;
    let client = Client::live(&app).await;
    let id = id(&client.start(PHONE).await);
    report(&app, PHONE).await;
    assert!(
        answer(&app, PHONE, 1)
            .await
            .starts_with("Thank you for telling us.")
    );
    assert_eq!(shown(&client, &id).await["status"], "canceled");
    assert_eq!(client.check(&id, &app.last_code(PHONE)).await.status, 404);
    let last = timeline(&client, &id).await.pop().expect("a step");
    assert_eq!(last.0, "reported");
    let metrics = app.get("/metrics").await.text;
    assert!(
        metrics.contains("otp_verifications_total{outcome=\"reported\"} 1"),
        "{metrics}"
    );
}

#[actix_web::test]
async fn a_report_without_a_message_is_about_no_later_code_when_it_is_told_again() {
    let app = start().await;
    let client = Client::live(&app).await;
    let mut webhook = text_webhook(Some(PHONE), "wamid.tap", "");
    let message = &mut webhook["entry"][0]["changes"][0]["value"]["messages"][0];
    message["type"] = json!("button");
    message["button"] = json!({ "payload": "DID_NOT_REQUEST_CODE" });
    let first = id(&client.start(PHONE).await);
    let reports = async |meant: &str| {
        tell(&app, &webhook).await.is(200, "");
        eventually("it is heard", async || {
            (heard(&app, meant).await == 1).then_some(())
        })
        .await;
    };
    reports("report").await;
    assert_eq!(shown(&client, &first).await["status"], "canceled");
    app.pass(Duration::from_hours(1));
    let second = id(&client.start(PHONE).await);
    reports("again").await;
    assert_eq!(shown(&client, &second).await["status"], "pending");
}

#[actix_web::test]
async fn after_one_report_the_next_code_waits_an_hour_and_after_two_a_day() {
    let app = start().await;
    let client = Client::live(&app).await;
    let begin = async || client.post(START, &json!({ "to": PHONE })).await;
    let wait = async |at_least: u64| {
        let refused = begin().await;
        is_problem(&refused, 429, "send-limit");
        let after: u64 = refused
            .header("retry-after")
            .expect("a time")
            .parse()
            .expect("seconds");
        assert!((at_least - 60..=at_least).contains(&after), "{after}");
    };
    for (number, at_least) in [(1, 3_600), (2, 86_400)] {
        assert_eq!(begin().await.status, 201);
        report(&app, PHONE).await;
        // A report that comes again counts once.
        report(&app, PHONE).await;
        answer(&app, PHONE, number).await;
        eventually("it is noted", async || {
            (begin().await.status == 429).then_some(())
        })
        .await;
        wait(at_least).await;
        app.pass(Duration::from_secs(at_least));
    }
    assert_eq!(begin().await.status, 201);
    assert_eq!(
        client.post(START, &json!({ "to": OTHER })).await.status,
        201
    );
}
