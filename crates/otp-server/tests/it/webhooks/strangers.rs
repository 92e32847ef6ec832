//! One Meta app tells of all its accounts and numbers; only ours concern us.

use serde_json::{Value, json};

use super::{PHONE, delivery, receipts, start, tell};
use crate::app::TestApp;
use crate::native::{Client, START, id};
use crate::replies::{eventually, heard, text_webhook};

const OTHER: &str = "+14155550199";

async fn ignored(app: &TestApp) -> String {
    let metrics = app.get("/metrics").await.text;
    let name = "otp_webhook_words_total{provider=\"whatsapp\",result=\"ignored\"} ";
    let line = metrics.lines().find_map(|line| line.strip_prefix(name));
    line.expect("the figure").to_owned()
}

/// The same webhook, of another account and of none.
fn of_other_accounts(webhook: &Value) -> [Value; 2] {
    [json!("999"), Value::Null].map(|account| {
        let mut other = webhook.clone();
        other["entry"][0]["id"] = account;
        other
    })
}

/// The same webhook, of another number of our account and of none.
fn of_other_numbers(webhook: &Value) -> [Value; 2] {
    [json!({ "phone_number_id": "888" }), Value::Null].map(|metadata| {
        let mut other = webhook.clone();
        other["entry"][0]["changes"][0]["value"]["metadata"] = metadata;
        other
    })
}

#[actix_web::test]
async fn what_meta_tells_of_other_accounts_and_numbers_is_counted_and_ignored() {
    let app = start().await;
    let client = Client::live(&app).await;
    let id = id(&client.start(OTHER).await);
    let disabled = json!({
        "object": "whatsapp_business_account",
        "entry": [{
            "id": graph_simulator::WABA_ID,
            "time": 1_800_000_000,
            "changes": [{
                "field": "account_update",
                "value": {
                    "event": "DISABLED_UPDATE",
                    "ban_info": { "waba_ban_state": "DISABLE" },
                },
            }],
        }],
    });
    let stop = text_webhook(Some(PHONE), "wamid.stop", "stop");
    let read = receipts(&id, &["read"]);
    let mut foreign: Vec<Value> = of_other_accounts(&disabled).to_vec();
    for of_a_number in [&stop, &read] {
        foreign.extend(of_other_accounts(of_a_number));
        foreign.extend(of_other_numbers(of_a_number));
    }
    for webhook in &foreign {
        tell(&app, webhook).await.is(200, "");
    }
    assert_eq!(ignored(&app).await, foreign.len().to_string());
    let ours = text_webhook(Some(OTHER), "wamid.ours", "stop");
    tell(&app, &ours).await.is(200, "");
    eventually("ours is heard", async || {
        (heard(&app, "stop").await == 1).then_some(())
    })
    .await;
    assert_eq!(app.get("/readyz").await.status, 200);
    assert_eq!(delivery(&client, &id).await, "accepted");
    let begun = client.post(START, &json!({ "to": PHONE })).await;
    assert_eq!(begun.status, 201);
}
