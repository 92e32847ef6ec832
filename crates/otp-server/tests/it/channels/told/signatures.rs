//! What is not signed by Vonage or Twilio, or not now, or not of these bytes: 401, and nothing is
//! written.

use std::collections::BTreeMap;
use std::fs;

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use super::{
    INBOUND, PUBLIC, REFUSED, STATUS, Stage, TWILIO, bearer, become_so, call_back, claims, form,
    hash, inbound, post, signed, status, words,
};
use crate::app::TestApp;
use crate::channels::vonage::{SIGNATURE_SECRET, keys};
use crate::channels::{PSID, twilio};
use crate::native::Client;

/// Everything that the store has on its disk.
fn written(app: &TestApp) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(app.folder.path().join("data")).unwrap();
    let files = files.map(|file| file.unwrap().path());
    let of_store = files.filter(|path| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        !name.starts_with("applications")
    });
    of_store
        .map(|path| (path.display().to_string(), fs::read(path).unwrap()))
        .collect()
}

/// A wrong guess is told once it is on the disk, and whatever was committed before it is there, too.
async fn all_is_on_disk(client: &Client<'_>, id: &str) {
    assert_eq!(client.check(id, "000000").await.json()["valid"], false);
}

#[actix_web::test]
async fn what_vonage_did_not_sign_so_is_refused_and_nothing_is_written() {
    let stage = Stage::open().await;
    let app = &stage.app;
    let client = Client::live(app).await;
    let id = stage.start(&client).await;
    become_so(&client, &id, &[("sms", "accepted")]).await;
    all_is_on_disk(&client, &id).await;
    let body = status(&id, "read").to_string();
    let pretty = serde_json::to_string_pretty(&status(&id, "read")).unwrap();
    let good = claims(app, &body);
    let right = bearer(&good, SIGNATURE_SECRET);
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        bearer(&claims, SIGNATURE_SECRET)
    };
    let now = app.clock.now().unix_ms() / 1000;
    let flipped = {
        let (head, mark) = right.split_at(right.len() - 10);
        let other = if mark.starts_with('A') { "B" } else { "A" };
        format!("{head}{other}{}", &mark[1..])
    };
    let claims_part = right.split('.').nth(1).unwrap();
    let by_rsa = {
        let key = EncodingKey::from_rsa_pem(keys().0.as_bytes()).unwrap();
        let token = encode(&Header::new(Algorithm::RS256), &good, &key).unwrap();
        format!("Bearer {token}")
    };
    let longer = {
        let key = EncodingKey::from_secret(SIGNATURE_SECRET.as_bytes());
        let token = encode(&Header::new(Algorithm::HS512), &good, &key).unwrap();
        format!("Bearer {token}")
    };
    let before = written(app);
    for (what, token, body) in [
        ("no token", None, body.as_str()),
        ("an empty one", Some(String::new()), &body),
        ("no JWT", Some("Bearer x".to_owned()), &body),
        (
            "another scheme",
            Some(right.replace("Bearer", "Basic")),
            &body,
        ),
        ("a flipped bit", Some(flipped), &body),
        ("other bytes of the same JSON", Some(right.clone()), &pretty),
        ("another body", Some(right.clone()), "not JSON"),
        (
            "another body's hash",
            Some(with("payload_hash", json!(hash("x")))),
            &body,
        ),
        ("no hash", Some(with("payload_hash", Value::Null)), &body),
        ("too old", Some(with("iat", json!(now - 901))), &body),
        ("from the future", Some(with("iat", json!(now + 61))), &body),
        ("over", Some(with("exp", json!(now - 1))), &body),
        (
            "another application",
            Some(with("application_id", json!("x"))),
            &body,
        ),
        ("another secret", Some(bearer(&good, "another")), &body),
        (
            "the public key as the secret",
            Some(bearer(&good, &keys().1)),
            &body,
        ),
        (
            "alg none",
            Some(format!("Bearer eyJhbGciOiJub25lIn0.{claims_part}.")),
            &body,
        ),
        ("RS256", Some(by_rsa), &body),
        ("HS512", Some(longer), &body),
    ] {
        for path in [STATUS, INBOUND] {
            let answer = post(app, path, token.as_deref(), body).await;
            assert_eq!(
                (answer.status, answer.text.as_str()),
                (401, REFUSED),
                "{what}"
            );
        }
    }
    assert!(written(app) == before, "something was written");
    assert_eq!(words(app, "vonage", "taken").await, 0);
    post(app, STATUS, Some(&right), &body).await.is(200, "");
    become_so(&client, &id, &[("sms", "read")]).await;
    assert!(written(app) != before, "this look would have seen it");
}

#[actix_web::test]
async fn what_twilio_did_not_sign_so_is_refused_and_nothing_is_written() {
    let stage = Stage::open().await;
    let app = &stage.app;
    let client = Client::live(app).await;
    let (one, other) = (stage.start(&client).await, "A".repeat(43));
    become_so(&client, &one, &[("sms", "accepted")]).await;
    all_is_on_disk(&client, &one).await;
    let query = format!("?verification={one}.1");
    let told = form("delivered", None);
    let right = signed(&format!("{PUBLIC}{TWILIO}{query}"), &told, twilio::TOKEN);
    let elsewhere = |url: &str| signed(url, &told, twilio::TOKEN);
    let flipped = {
        let first = if right.starts_with('A') { "B" } else { "A" };
        format!("{first}{}", &right[1..])
    };
    let here = format!("http://{}{TWILIO}{query}", app.address);
    let before = written(app);
    for (what, query, signature, form) in [
        ("no signature", query.clone(), None, told.clone()),
        (
            "an empty one",
            query.clone(),
            Some(String::new()),
            told.clone(),
        ),
        (
            "no base64",
            query.clone(),
            Some("?".to_owned()),
            told.clone(),
        ),
        ("a flipped bit", query.clone(), Some(flipped), told.clone()),
        (
            "another verification",
            format!("?verification={other}.1"),
            Some(right.clone()),
            told.clone(),
        ),
        (
            "another message",
            format!("?verification={one}.2"),
            Some(right.clone()),
            told.clone(),
        ),
        (
            "more query",
            format!("{query}&x=1"),
            Some(right.clone()),
            told.clone(),
        ),
        ("no query", String::new(), Some(right.clone()), told.clone()),
        (
            "another form",
            query.clone(),
            Some(right.clone()),
            form("read", None),
        ),
        (
            "a field more",
            query.clone(),
            Some(right.clone()),
            format!("{told}&x=1"),
        ),
        (
            "another token",
            query.clone(),
            Some(signed(&format!("{PUBLIC}{TWILIO}{query}"), &told, "x")),
            told.clone(),
        ),
        (
            "the address in here",
            query.clone(),
            Some(elsewhere(&here)),
            told.clone(),
        ),
        (
            "another host",
            query.clone(),
            Some(elsewhere(&format!("https://example.org{TWILIO}{query}"))),
            told.clone(),
        ),
    ] {
        let answer = call_back(app, &query, signature.as_deref(), &form).await;
        assert_eq!(
            (answer.status, answer.text.as_str()),
            (401, REFUSED),
            "{what}"
        );
    }
    assert!(written(app) == before, "something was written");
    // The port of the scheme may be written or not, and the order of the form's fields is nothing.
    let with_port = PUBLIC.replace(".com", ".com:443");
    let shuffled: Vec<&str> = told.split('&').rev().collect();
    let signature = signed(&format!("{with_port}{TWILIO}{query}"), &told, twilio::TOKEN);
    call_back(app, &query, Some(&signature), &shuffled.join("&"))
        .await
        .is(200, "");
    become_so(&client, &one, &[("sms", "delivered")]).await;
    assert!(written(app) != before, "this look would have seen it");
}

#[actix_web::test]
async fn a_token_is_good_for_a_quarter_of_an_hour_and_may_come_again_until_then() {
    let stage = Stage::open().await;
    let client = Client::live(&stage.app).await;
    let id = stage.start(&client).await;
    let body = status(&id, "delivered").to_string();
    let token = bearer(&claims(&stage.app, &body), SIGNATURE_SECRET);
    for _ in 0..2 {
        post(&stage.app, STATUS, Some(&token), &body)
            .await
            .is(200, "");
        become_so(&client, &id, &[("sms", "delivered")]).await;
    }
    stage.app.pass(std::time::Duration::from_secs(15 * 60 + 1));
    let answer = post(&stage.app, STATUS, Some(&token), &body).await;
    answer.is(401, REFUSED);
}

#[actix_web::test]
async fn a_body_of_64_kib_is_read_and_a_longer_one_is_not() {
    let stage = Stage::open().await;
    let app = &stage.app;
    let mut body = inbound("sms", PSID, "x").to_string();
    body.push_str(&" ".repeat((64 << 10) - body.len()));
    let token = bearer(&claims(app, &body), SIGNATURE_SECRET);
    post(app, INBOUND, Some(&token), &body).await.is(200, "");
    body.push(' ');
    let token = bearer(&claims(app, &body), SIGNATURE_SECRET);
    let answer = post(app, INBOUND, Some(&token), &body).await;
    answer.is(413, "The webhook is longer than 64 KiB.");
    let signature = signed(&format!("{PUBLIC}{TWILIO}"), &body, twilio::TOKEN);
    let answer = call_back(app, "", Some(&signature), &body).await;
    answer.is(413, "The webhook is longer than 64 KiB.");
}
