//! Names that applications may choose alike: idempotency keys, phones, cursors.

use std::collections::BTreeSet;

use actix_web::http::Method;
use serde_json::{Value, json};

use super::{Realm, START, pairs, phone, realms, three_applications};
use crate::app::{Answer, TestApp};
use crate::native::{id, is_problem};

async fn start_once(realm: &Realm<'_>, key: &str, body: &Value) -> Answer {
    let headers = [("Idempotency-Key", key)];
    let client = &realm.client;
    client
        .call_with(Method::POST, START, &headers, &body.to_string())
        .await
}

#[actix_web::test]
async fn one_idempotency_key_is_another_in_every_application_and_mode() {
    let app = TestApp::start_with(three_applications).await;
    let realms = realms(&app).await;
    let body = json!({ "to": phone(1) });
    let mut answers = Vec::new();
    for realm in &realms {
        let answer = start_once(realm, "order-7", &body).await;
        assert_eq!(answer.status, 201, "{}: {}", realm.name(), answer.text);
        assert_eq!(answer.header("idempotency-replayed"), None);
        answers.push(answer);
    }
    let ids: BTreeSet<String> = answers.iter().map(|answer| id(&answer.json())).collect();
    assert_eq!(ids.len(), realms.len());
    assert_eq!(app.simulator.message_count(), realms.len() as u64 / 2);
    for (realm, first) in realms.iter().zip(&answers) {
        let again = start_once(realm, "order-7", &body).await;
        assert_eq!((again.status, &again.text), (201, &first.text));
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
    }
    assert_eq!(app.simulator.message_count(), realms.len() as u64 / 2);
}

#[actix_web::test]
async fn another_body_under_a_key_of_another_application_is_no_conflict() {
    let app = TestApp::start_with(three_applications).await;
    let realms = realms(&app).await;
    for (number, (one, other)) in pairs(&realms).enumerate() {
        let key = format!("key-{number}");
        let first = json!({ "to": phone(number) });
        let second = json!({ "to": phone(number), "purpose": "other" });
        assert_eq!(start_once(one, &key, &first).await.status, 201);
        assert_eq!(start_once(other, &key, &second).await.status, 201);
        let conflict = start_once(one, &key, &second).await;
        is_problem(&conflict, 409, "idempotency-conflict");
    }
}

#[actix_web::test]
async fn a_list_shows_what_is_ones_own_and_nothing_else() {
    let app = TestApp::start_with(three_applications).await;
    let realms = realms(&app).await;
    let mut own = vec![BTreeSet::new(); realms.len()];
    for number in 0..5 {
        for (realm, own) in realms.iter().zip(&mut own) {
            own.insert(realm.start(&phone(number)).await.id);
        }
    }
    for (realm, own) in realms.iter().zip(&own) {
        let listed: BTreeSet<_> = realm.listed("limit=100").await.into_iter().collect();
        assert_eq!(&listed, own, "{}", realm.name());
        let pending = realm.listed("limit=100&status=pending").await;
        assert_eq!(pending.len(), own.len(), "{}", realm.name());
        let of_phone = realm.listed("to=%2B14157770003").await;
        assert_eq!(of_phone.len(), 1, "{}", realm.name());
        assert!(own.contains(&of_phone[0]), "{}", realm.name());
    }
}

#[actix_web::test]
async fn a_cursor_of_another_application_leads_nowhere_but_through_ones_own() {
    let app = TestApp::start_with(three_applications).await;
    let realms = realms(&app).await;
    let mut own = vec![BTreeSet::new(); realms.len()];
    for number in 0..4 {
        for (realm, own) in realms.iter().zip(&mut own) {
            own.insert(realm.start(&phone(number)).await.id);
        }
    }
    for (one, other) in pairs(&realms) {
        for query in ["limit=2", "limit=2&status=pending"] {
            let answer = one.client.get(&format!("{START}?{query}")).await.json();
            let cursor = answer["next_cursor"].as_str().expect("there is more");
            let listed = other.listed(&format!("{query}&cursor={cursor}")).await;
            let place = realms
                .iter()
                .position(|realm| realm.name() == other.name())
                .expect("one of them");
            let strange: Vec<_> = listed
                .iter()
                .filter(|id| !own[place].contains(*id))
                .collect();
            assert!(strange.is_empty(), "{strange:?}");
        }
    }
}
