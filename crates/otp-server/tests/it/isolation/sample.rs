//! The sample face, which speaks for the default application where nobody shows a key.

use actix_web::http::Method;
use otp_server::directory::{Mode, Scope};
use serde_json::json;

use super::{APPLICATIONS, Begun, phone, realms, three_applications};
use crate::app::{Answer, TestApp};

/// The id of what the sample face started, as its own application sees it.
async fn shown_to(realm: &super::Realm<'_>, phone: &str) -> Vec<String> {
    realm
        .listed(&format!("to=%2B{}", phone.trim_start_matches('+')))
        .await
}

fn is_no_code(answer: &Answer, phone: &str) -> bool {
    let expected = format!("No active code for phone # {phone}");
    (answer.status, answer.text.as_str()) == (404, expected.as_str())
}

#[actix_web::test]
async fn codes_of_others_are_none_at_the_sample_face_and_the_other_way_round() {
    let app = TestApp::start_with(three_applications).await;
    for (number, realm) in realms(&app).await.into_iter().enumerate() {
        let is_its_own = (realm.application, realm.mode) == ("default", Mode::Live);
        let phone = phone(number);
        let begun = realm.start(&phone).await;
        let answer = app.check(&phone, &begun.code).await;
        if is_its_own {
            answer.is(200, "");
            continue;
        }
        assert!(is_no_code(&answer, &phone), "{}: {answer:?}", realm.name());
        // Nor does a code of the sample face's own make a difference.
        let code = app.send_code(&phone).await;
        if code == begun.code {
            continue; // Once in a million.
        }
        let answer = app.check(&phone, &begun.code).await;
        answer.is(401, "Incorrect code. 2 attempt(s) remaining.");
        let crossed = Begun { code, ..begun };
        assert!(!realm.is_valid(&crossed).await, "{}", realm.name());
        app.check(&phone, &crossed.code).await.is(200, "");
    }
}

#[actix_web::test]
async fn what_the_sample_face_starts_is_the_default_applications_and_live() {
    let app = TestApp::start_with(three_applications).await;
    let phone = phone(1);
    let code = app.send_code(&phone).await;
    for realm in realms(&app).await {
        let shown = shown_to(&realm, &phone).await;
        if (realm.application, realm.mode) != ("default", Mode::Live) {
            assert_eq!(shown, [""; 0], "{}", realm.name());
            continue;
        }
        let begun = Begun {
            id: shown[0].clone(),
            code: code.clone(),
        };
        assert!(realm.is_valid(&begun).await);
    }
    assert!(is_no_code(&app.check(&phone, &code).await, &phone));
}

#[actix_web::test]
async fn with_a_key_the_sample_face_knows_the_codes_of_its_application_only() {
    let app = TestApp::start_with(three_applications).await;
    let mut keys = Vec::new();
    for application in APPLICATIONS {
        let scopes = [Scope::Start, Scope::Check];
        keys.push(app.key(application, &scopes, Mode::Live).await);
    }
    let ask = async |key: &str, method, phone: &str, code: &str| {
        let body = json!({ "code": code }).to_string();
        let headers = [("X-API-Key", key)];
        app.request(method, &format!("/otp/{phone}"), &headers, &body)
            .await
    };
    for (number, one) in keys.iter().enumerate() {
        let phone = phone(number);
        ask(one, Method::GET, &phone, "").await.is(200, "");
        let code = app.last_code(&phone);
        for other in keys.iter().filter(|other| *other != one) {
            let answer = ask(other, Method::POST, &phone, &code).await;
            assert!(is_no_code(&answer, &phone), "{answer:?}");
        }
        ask(one, Method::POST, &phone, &code).await.is(200, "");
    }
}
