//! Ids and codes of one realm in another.

use std::time::Duration;

use actix_web::http::Method;
use otp_server::clock::Stopwatch;
use otp_server::config::StoreKind;
use otp_server::store::redis::RedisOptions;
use serde_json::json;

use super::routes::Route;
use super::{
    Begun, NEVER, Realm, START, otp_not_found, pairs, phone, realms, seen, three_applications,
};
use crate::app::{Answer, TestApp};
use crate::native::is_problem;
use crate::redis_process::RedisProcess;

async fn ask(realm: &Realm<'_>, route: &Route, id: &str, code: &str) -> Answer {
    let (path, body) = route.call(id, code);
    realm.client.call(route.method.clone(), &path, &body).await
}

#[track_caller]
fn is_not_found(route: &Route, answer: &Answer) {
    if route.path.starts_with("/api/") {
        assert_eq!((answer.status, answer.json()), (200, otp_not_found()));
    } else {
        is_problem(answer, 404, "not-found");
    }
}

#[actix_web::test]
async fn an_id_of_another_application_or_mode_is_answered_as_one_that_never_was() {
    let app = TestApp::start_with(three_applications).await;
    let realms = realms(&app).await;
    let mut begun = Vec::new();
    for (number, realm) in realms.iter().enumerate() {
        begun.push(realm.start(&phone(number)).await);
    }
    let of = |wanted: &Realm<'_>| {
        let place = realms
            .iter()
            .position(|realm| realm.name() == wanted.name());
        &begun[place.expect("one of them")]
    };
    for (one, other) in pairs(&realms) {
        let Begun { id, code, .. } = of(one);
        for route in Route::about_one() {
            let answer = ask(other, route, id, code).await;
            is_not_found(route, &answer);
            let never = ask(other, route, NEVER, code).await;
            let what = format!("{} of {} in {}", route.path, one.name(), other.name());
            assert_eq!(seen(&answer), seen(&never), "{what}");
        }
    }
    // Nobody's attempts were used up, and nothing was called off or sent again.
    let live = realms.len() / 2;
    assert_eq!(app.simulator.message_count(), live as u64);
    for realm in &realms {
        let begun = of(realm);
        let shown = realm.client.get(&format!("{START}/{}", begun.id)).await;
        let shown = shown.json();
        assert_eq!(
            (&shown["status"], &shown["attempts_left"]),
            (&json!("pending"), &json!(3))
        );
        assert!(realm.is_valid(begun).await, "{}", realm.name());
    }
}

#[actix_web::test]
async fn a_code_of_one_application_or_mode_is_wrong_in_every_other_for_the_same_phone() {
    let app = TestApp::start_with(three_applications).await;
    let realms = realms(&app).await;
    for (number, (one, other)) in pairs(&realms).enumerate() {
        let phone = phone(number);
        let of_one = one.start(&phone).await;
        let of_other = other.start(&phone).await;
        if of_one.code == of_other.code {
            continue; // Once in a million.
        }
        let crossed = Begun {
            code: of_one.code.clone(),
            ..of_other
        };
        let what = format!("{} in {}", one.name(), other.name());
        assert!(!other.is_valid(&crossed).await, "{what}");
        // It is good where it belongs, and what was tried elsewhere cost nothing here.
        let shown = one.client.get(&format!("{START}/{}", of_one.id)).await;
        assert_eq!(shown.json()["attempts_left"], 3, "{what}");
        assert!(one.is_valid(&of_one).await, "{what}");
    }
}

#[actix_web::test]
async fn what_is_over_is_answered_as_what_never_was() {
    let app = TestApp::start_with(three_applications).await;
    for realm in realms(&app).await {
        let client = &realm.client;
        let approved = realm.start(&phone(1)).await;
        assert!(realm.is_valid(&approved).await);
        let canceled = realm.start(&phone(2)).await;
        let cancel = format!("{START}/{}/cancel", canceled.id);
        assert_eq!(client.call(Method::POST, &cancel, "").await.status, 200);
        let expired = realm.start(&phone(3)).await;
        app.pass(Duration::from_mins(5));
        for over in [approved, canceled, expired] {
            for route in Route::about_one().filter(|route| route.method == Method::POST) {
                if route.path.starts_with("/api/") {
                    continue; // Its contract wants the reasons told.
                }
                let answer = ask(&realm, route, &over.id, &over.code).await;
                is_not_found(route, &answer);
                let never = ask(&realm, route, NEVER, &over.code).await;
                assert_eq!(seen(&answer), seen(&never), "{}", route.path);
            }
        }
        // What has no shape of an id is no other thing.
        for id in ["x", "..", &NEVER[1..], "%20", "a%2Fb"] {
            let path = format!("{START}/{id}/check");
            let answer = client.post(&path, &json!({ "code": "123456" })).await;
            is_problem(&answer, 404, "not-found");
        }
    }
}

/// How often a record was looked at since the last time.
fn looks(redis: &RedisProcess) -> Vec<String> {
    let log = redis.ask(&["SLOWLOG", "GET", "100000"]);
    redis.ask(&["SLOWLOG", "RESET"]);
    let lines: Vec<&str> = log.lines().collect();
    let is_look = |pair: &&[&str]| {
        pair[0].ends_with("GET") && !pair[0].contains(' ') && pair[1].contains(":r:")
    };
    let looked_at = lines.windows(2).filter(is_look);
    looked_at.map(|pair| pair[1].to_owned()).collect()
}

/// What the server looks at now and then while nobody asks it anything.
async fn looked_at_anyway(redis: &RedisProcess) -> Vec<String> {
    let waiting = Stopwatch::start();
    let mut seen = Vec::new();
    while seen.is_empty() {
        assert!(
            waiting.elapsed() < Duration::from_secs(10),
            "nothing is looked at"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
        seen = looks(redis);
    }
    seen
}

#[actix_web::test]
async fn an_id_of_another_application_takes_no_more_looks_than_one_that_never_was() {
    let redis = RedisProcess::start(&[
        "--slowlog-log-slower-than",
        "0",
        "--slowlog-max-len",
        "100000",
    ]);
    let options = RedisOptions::parse(&redis.url()).expect("an address");
    let app = TestApp::start_with(|config| {
        three_applications(config);
        config.store.kind = StoreKind::Redis(Box::new(options));
    })
    .await;
    let realms = realms(&app).await;
    let begun = realms[0].start(&phone(1)).await;
    looks(&redis);
    let anyway = looked_at_anyway(&redis).await;
    let looks = || {
        let looked_at = looks(&redis);
        looked_at.iter().filter(|key| !anyway.contains(key)).count()
    };
    for route in Route::about_one() {
        for other in &realms[1..] {
            looks();
            ask(other, route, &begun.id, &begun.code).await;
            let of_another = looks();
            ask(other, route, NEVER, &begun.code).await;
            assert_eq!((of_another, looks()), (1, 1), "{}", route.path);
        }
    }
}
