//! `GET /otp/{phone}`: asking for a code.

use std::time::Duration;

use actix_web::http::Method;
use graph_simulator::{Effect, Fault, FaultTarget};

use crate::app::{PHONE, TestApp};

#[actix_web::test]
async fn a_code_is_sent_in_the_approved_template_with_an_empty_200() {
    let app = TestApp::start().await;
    let answer = app.send(PHONE).await;
    answer.is(200, "");
    assert_eq!(
        answer.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let [message] = &app.simulator.messages(PHONE)[..] else {
        panic!("one message")
    };
    assert_eq!(message.template.as_deref(), Some("otp_demo"));
    assert_eq!(message.language.as_deref(), Some("en_US"));
    let code = message.code.as_deref().expect("a code");
    assert!(
        code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()),
        "{code}"
    );
}

#[actix_web::test]
async fn the_path_matches_in_any_letter_case_with_and_without_the_slash() {
    let app = TestApp::start().await;
    for (path, phone) in [
        ("/OTP/+14155550101", "14155550101"),
        ("/otp/%2B14155550102/", "14155550102"),
        ("/Otp/1%20415%20555%200103", "14155550103"),
        ("/otp/14155550104/", "14155550104"),
        ("/OTP/(415)%20555-0105", ""),
    ] {
        let answer = app.get(path).await;
        if phone.is_empty() {
            answer.is(400, "Invalid phone number.");
        } else {
            answer.is(200, "");
            assert_eq!(app.simulator.messages(phone).len(), 1, "{path}");
        }
    }
}

#[actix_web::test]
async fn all_spellings_are_one_phone() {
    let app = TestApp::start().await;
    let code = app.send_code("14155550123").await;
    app.get("/otp/+1%20415%20555%200123")
        .await
        .is(429, "Too many requests, please try again in 60 seconds.");
    app.post("/OTP/%2B14155550123", &format!(r#"{{"code":"{code}"}}"#))
        .await
        .is(200, "");
}

#[actix_web::test]
async fn what_is_no_phone_gets_a_400_and_nothing_is_sent() {
    let app = TestApp::start().await;
    for path in [
        "/otp/abc",
        "/otp/__proto__/",
        "/otp/123",
        "/otp/%22%2C%22to%22%3A%22x",
        "/otp/1415555012345678901",
        "/otp/%FF%FE",
    ] {
        app.get(path).await.is(400, "Invalid phone number.");
    }
    assert_eq!(app.simulator.message_count(), 0);
}

#[actix_web::test]
async fn a_provider_that_refuses_or_fails_gets_a_500_with_the_sample_text() {
    let app = TestApp::start().await;
    let text = "Error calling send message API. Check server logs.";
    for (phone, effect) in [
        (
            "14155550101",
            Effect::Error {
                http: Some(400),
                code: 131_026,
                subcode: None,
                details: None,
            },
        ),
        (
            "14155550102",
            Effect::Error {
                http: Some(500),
                code: 131_000,
                subcode: None,
                details: None,
            },
        ),
        ("14155550103", Effect::Garbage),
        ("14155550104", Effect::Drop),
    ] {
        app.simulator
            .fault(Fault::new(FaultTarget::Messages, effect));
        app.send(phone).await.is(500, text);
    }
    app.send("14155550105").await.is(200, "");
}

#[actix_web::test]
async fn a_definite_refusal_gives_the_send_back_and_kills_the_code() {
    let app = TestApp::start().await;
    let effect = Effect::Error {
        http: Some(400),
        code: 131_026,
        subcode: None,
        details: None,
    };
    app.simulator
        .fault(Fault::new(FaultTarget::Messages, effect));
    assert_eq!(app.send(PHONE).await.status, 500);
    app.check(PHONE, "123456")
        .await
        .is(404, "No active code for phone # 14155550123");
    app.send(PHONE).await.is(200, "");
}

#[actix_web::test]
async fn a_lost_answer_keeps_the_code_alive_and_the_send_counted() {
    let app = TestApp::start().await;
    app.simulator
        .fault(Fault::new(FaultTarget::Messages, Effect::Drop));
    assert_eq!(app.send(PHONE).await.status, 500);
    app.send(PHONE)
        .await
        .is(429, "Too many requests, please try again in 60 seconds.");
    assert_eq!(app.check(PHONE, "abc").await.status, 401);
}

#[actix_web::test]
async fn sends_meet_the_cooldown_and_the_hourly_cap_and_pass_at_retry_after() {
    let app = TestApp::start().await;
    for _ in 0..4 {
        app.send(PHONE).await.is(200, "");
        let refused = app.send(PHONE).await;
        refused.is(429, "Too many requests, please try again in 60 seconds.");
        assert_eq!(refused.header("retry-after"), Some("60"));
        app.pass(Duration::from_mins(1));
    }
    app.send(PHONE).await.is(200, "");
    app.pass(Duration::from_mins(1));
    // The hour's window is full; the oldest of the five was 300 s ago.
    app.send(PHONE)
        .await
        .is(429, "Too many requests, please try again in 3300 seconds.");
    app.pass(Duration::from_secs(3299));
    app.send(PHONE)
        .await
        .is(429, "Too many requests, please try again in 1 seconds.");
    app.pass(Duration::from_secs(1));
    app.send(PHONE).await.is(200, "");
}

#[actix_web::test]
async fn a_thousand_requests_in_a_day_send_at_most_ten_codes() {
    let app = TestApp::start().await;
    for _ in 0..1000 {
        app.send(PHONE).await;
        app.pass(Duration::from_secs(86));
    }
    assert_eq!(app.simulator.message_count(), 10);
}

#[actix_web::test]
async fn a_person_gets_the_template_in_a_language_they_read() {
    let app = {
        let simulator =
            graph_simulator::Simulator::start(graph_simulator::SimulatorConfig::default())
                .expect("starts");
        simulator.add_language(graph_simulator::TEMPLATE_NAME, "pt_BR", "APPROVED");
        simulator.add_language(graph_simulator::TEMPLATE_NAME, "de", "PENDING");
        TestApp::start_against(simulator, |_| {}).await
    };
    for (phone, reads, language) in [
        ("14155550101", "pt-PT;q=0.9, ja", "pt_BR"),
        ("14155550102", "de, en;q=0.5", "en_US"),
        ("14155550103", "*", "en_US"),
    ] {
        let headers = [("Accept-Language", reads)];
        app.request(Method::GET, &format!("/otp/{phone}"), &headers, "")
            .await
            .is(200, "");
        assert_eq!(
            app.simulator.messages(phone)[0].language.as_deref(),
            Some(language),
            "{reads}"
        );
    }
}
