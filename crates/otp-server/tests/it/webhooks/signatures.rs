//! Webhooks that are not Meta's: refused before anything is read, and nothing is written.

use std::path::Path;
use std::time::Duration;

use actix_web::rt::time::sleep;
use otp_server::clock::Stopwatch;
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

use super::{PHONE, becomes, delivery, post, receipts, signature, start, tell};
use crate::app::{Answer, TestApp};
use crate::native::{Client, id};

/// All that lies in a store: what wrote it, and what it says.
type Rows = Vec<(i64, Vec<u8>)>;

fn rows(app: &TestApp) -> Rows {
    let file = app.folder.path().join("data/otp.db");
    let open = |file: &Path| Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY);
    let store = open(&file).expect("a store");
    let all = "SELECT version, body FROM record UNION ALL SELECT -id, body FROM outbox \
               UNION ALL SELECT version, entry FROM listing ORDER BY 1";
    let mut query = store.prepare(all).expect("tables");
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    rows.expect("rows").map(|row| row.expect("a row")).collect()
}

/// Once what was told is written, and what it replaced is gone.
async fn rows_at_rest(app: &TestApp) -> Rows {
    let waiting = Stopwatch::start();
    let mut found = rows(app);
    loop {
        sleep(Duration::from_millis(1500)).await;
        let now = rows(app);
        if now == found {
            return found;
        }
        assert!(
            waiting.elapsed() < Duration::from_secs(20),
            "it never rests"
        );
        found = now;
    }
}

/// The same with one bit of one digit changed.
fn flipped(signature: &str, place: usize) -> String {
    let digit = signature[place..=place].chars().next();
    let digit = digit.and_then(|digit| digit.to_digit(16)).expect("a digit");
    let mut flipped = signature.to_owned();
    flipped.replace_range(place..=place, &format!("{:x}", digit ^ 1));
    flipped
}

/// The same JSON in other bytes.
fn written_otherwise(body: &Value) -> Vec<String> {
    let plain = body.to_string();
    let escaped = plain.replace("delivered", "\\u0064elivered");
    let spaced = plain.replacen(':', ": ", 1);
    let ended = format!("{plain}\n");
    let pretty = serde_json::to_string_pretty(body).expect("JSON");
    let doubled = plain.replacen('{', "{\"object\":\"whatsapp_business_account\",", 1);
    let others = vec![escaped, spaced, ended, pretty, doubled];
    for other in &others {
        let read: Value = serde_json::from_str(other).expect("JSON");
        assert!(read == *body && *other != plain);
    }
    others
}

#[actix_web::test]
async fn whatever_is_not_signed_as_it_came_is_refused_and_nothing_is_written() {
    let app = start().await;
    let client = Client::live(&app).await;
    let id = id(&client.start(PHONE).await);
    let before = rows_at_rest(&app).await;
    let told = receipts(&id, &["delivered"]);
    let body = told.to_string();
    let right = signature(&body);
    let digits = &right["sha256=".len()..];
    let mut wrong = vec![
        format!("sha1={digits}"),
        format!("SHA256={digits}"),
        digits.to_owned(),
        format!("{right}0"),
        right[..right.len() - 1].to_owned(),
        format!("{right}, {right}"),
        signature(""),
        format!("sha256={}", "0".repeat(64)),
    ];
    wrong.extend(("sha256=".len()..right.len()).map(|place| flipped(&right, place)));
    for wrong in &wrong {
        is_refused(&post(&app, Some(wrong), &body).await, wrong);
    }
    is_refused(&post(&app, None, &body).await, "no signature");
    for other in written_otherwise(&told) {
        is_refused(&post(&app, Some(&right), &other).await, &other);
    }
    // Neither every bit of a body nor each of its ends may be changed.
    for place in (0..body.len()).step_by(7) {
        let mut changed = body.clone().into_bytes();
        changed[place] ^= 1;
        let changed = String::from_utf8(changed).expect("ASCII");
        is_refused(&post(&app, Some(&right), &changed).await, &changed);
    }
    is_refused(&post(&app, Some(&right), &body[1..]).await, "cut");

    assert_eq!(rows_at_rest(&app).await, before);
    assert_eq!(delivery(&client, &id).await, "accepted");
    let metrics = app.get("/metrics").await.text;
    let words = metrics
        .lines()
        .filter(|line| line.starts_with("otp_webhook_words_total"));
    let words: Vec<_> = words.filter(|line| !line.ends_with(" 0")).collect();
    assert!(words.is_empty(), "{words:?}");
    // The comparison sees what is written.
    tell(&app, &told).await.is(200, "");
    becomes(&client, &id, "delivered").await;
    assert_ne!(rows_at_rest(&app).await, before);
}

#[track_caller]
fn is_refused(answer: &Answer, what: &str) {
    let found = (answer.status, answer.text.as_str());
    assert_eq!(found, (401, "The signature is missing or wrong."), "{what}");
}
