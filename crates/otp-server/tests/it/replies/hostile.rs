//! What is meant to hurt: floods, nonsense, and other machines in the chat.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{PHONE, answer, answers, eventually, heard, shown, start, text_webhook, write};
use crate::app::{for_crowds, wrong};
use crate::native::{Client, id};
use crate::webhooks::tell;

#[actix_web::test]
async fn a_thousand_replies_at_once_are_compared_three_times() {
    let app = super::start_with(for_crowds).await;
    let client = Client::live(&app).await;
    let id = id(&client.start(PHONE).await);
    let code = app.last_code(PHONE);
    let webhooks = (0..10).map(|hundred| {
        let mut webhook = text_webhook(Some(PHONE), "x", "x");
        let messages = (0..100).map(|number| {
            let id = format!("wamid.{hundred}.{number}");
            let mut one = text_webhook(Some(PHONE), &id, &wrong(&code));
            one["entry"][0]["changes"][0]["value"]["messages"][0].take()
        });
        let messages: Vec<Value> = messages.collect();
        webhook["entry"][0]["changes"][0]["value"]["messages"] = json!(messages);
        webhook
    });
    let webhooks: Vec<Value> = webhooks.collect();
    for told in join_all(webhooks.iter().map(|webhook| tell(&app, webhook))).await {
        told.is(200, "");
    }
    let metrics = async |outcome: &str| -> u64 {
        let text = app.get("/metrics").await.text;
        let name = format!("otp_verifications_total{{outcome=\"{outcome}\"}} ");
        let line = text.lines().find_map(|line| line.strip_prefix(&name));
        line.expect("the figure").parse().expect("a number")
    };
    eventually("all are heard", async || {
        let all = heard(&app, "code").await + heard(&app, "nothing_waits").await;
        (all == 1000).then_some(())
    })
    .await;
    assert_eq!(shown(&client, &id).await["status"], "locked");
    assert_eq!((metrics("wrong").await, metrics("exhausted").await), (2, 1));
    assert!(
        answers(&app, PHONE).len() <= 5,
        "{:?}",
        answers(&app, PHONE)
    );
}

#[actix_web::test]
async fn another_machine_in_the_chat_is_answered_five_times_in_ten_minutes() {
    let app = start().await;
    for _ in 0..9 {
        write(&app, PHONE, "123456").await;
    }
    eventually("all are heard", async || {
        (heard(&app, "nothing_waits").await == 9).then_some(())
    })
    .await;
    answer(&app, PHONE, 5).await;
    assert_eq!(answers(&app, PHONE).len(), 5);
    app.pass(Duration::from_mins(11));
    write(&app, PHONE, "123456").await;
    answer(&app, PHONE, 6).await;
}

#[actix_web::test]
async fn nonsense_is_taken_in_and_does_nothing() {
    let app = start().await;
    let client = Client::live(&app).await;
    let id = id(&client.start(PHONE).await);
    let long = "x".repeat(100_000);
    let digits = "1".repeat(5_000);
    let spread = "1 ".repeat(2_000);
    let texts = [
        long.as_str(),
        digits.as_str(),
        spread.as_str(),
        "\u{0}\u{1b}[31m\u{202e}",
        "",
        "{{code}} %s $(reboot)",
    ];
    for (number, text) in texts.iter().enumerate() {
        let webhook = text_webhook(Some(PHONE), &format!("wamid.{number}"), text);
        tell(&app, &webhook).await.is(200, "");
    }
    for from in [
        None,
        Some(""),
        Some("nobody"),
        Some("999999999999999999999"),
    ] {
        let webhook = text_webhook(from, "wamid.from", &app.last_code(PHONE));
        tell(&app, &webhook).await.is(200, "");
    }
    // Those without a sender are nobody's, and the others are.
    eventually("all are heard", async || {
        (heard(&app, "other").await == 9).then_some(())
    })
    .await;
    assert_eq!(answers(&app, PHONE), Vec::<String>::new());
    let told = shown(&client, &id).await;
    assert_eq!(
        (&told["status"], &told["attempts_left"]),
        (&json!("pending"), &json!(3))
    );
}
