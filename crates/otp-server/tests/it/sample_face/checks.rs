//! `POST /otp/{phone}`: handing a code in.

use std::time::Duration;

use futures_util::future::{join, join_all};
use graph_simulator::{Fault, FaultTarget};

use crate::app::{PHONE, TestApp, wrong};

const NO_CODE: &str = "No active code for phone # 14155550123";

#[actix_web::test]
async fn the_right_code_is_accepted_once() {
    let app = TestApp::start().await;
    let code = app.send_code(PHONE).await;
    app.check(PHONE, &code).await.is(200, "");
    app.check(PHONE, &code).await.is(404, NO_CODE);
}

#[actix_web::test]
async fn without_a_code_sent_there_is_none_to_check_whatever_the_body() {
    let app = TestApp::start().await;
    for body in ["", "{}", "nonsense", r#"{"code":"123456"}"#] {
        app.post("/otp/14155550123/", body).await.is(404, NO_CODE);
    }
    app.post("/otp/__proto__/", "{}")
        .await
        .is(404, "No active code for phone # __proto__");
    app.post("/otp/%0D%0A%1B[31m555/", "{}")
        .await
        .is(404, "No active code for phone # [31m555");
}

#[actix_web::test]
async fn a_body_without_a_code_costs_no_attempt() {
    let app = TestApp::start().await;
    let code = app.send_code(PHONE).await;
    for body in [
        "",
        "{}",
        "null",
        "[1]",
        r#"{"code":null}"#,
        r#"{"code":""}"#,
        r#"{"code":123456}"#,
        r#"{"code":["1"]}"#,
        "{\"code\":\"12",
    ] {
        app.post("/otp/14155550123/", body)
            .await
            .is(400, "No code provided.");
    }
    app.check(PHONE, &wrong(&code))
        .await
        .is(401, "Incorrect code. 2 attempt(s) remaining.");
    app.check(PHONE, &code).await.is(200, "");
}

#[actix_web::test]
async fn json_is_read_whatever_the_content_type_says() {
    let app = TestApp::start().await;
    let code = app.send_code(PHONE).await;
    let body = format!(r#"{{"code":"{code}"}}"#);
    let headers = [("Content-Type", "application/x-www-form-urlencoded")];
    app.request(
        actix_web::http::Method::POST,
        "/otp/14155550123",
        &headers,
        &body,
    )
    .await
    .is(200, "");
}

#[actix_web::test]
async fn three_wrong_guesses_kill_the_code() {
    let app = TestApp::start().await;
    let code = app.send_code(PHONE).await;
    app.check(PHONE, &wrong(&code))
        .await
        .is(401, "Incorrect code. 2 attempt(s) remaining.");
    app.check(PHONE, &wrong(&code))
        .await
        .is(401, "Incorrect code. 1 attempt(s) remaining.");
    app.check(PHONE, &wrong(&code))
        .await
        .is(401, "Too many failed attempts, please request a new code.");
    app.check(PHONE, &code).await.is(404, NO_CODE);
}

#[actix_web::test]
async fn a_code_lives_for_five_minutes_and_its_end_is_told_once() {
    let app = TestApp::start().await;
    let code = app.send_code(PHONE).await;
    app.pass(Duration::from_millis(299_900));
    app.check(PHONE, &wrong(&code))
        .await
        .is(401, "Incorrect code. 2 attempt(s) remaining.");
    app.pass(Duration::from_millis(100));
    app.check(PHONE, &code)
        .await
        .is(401, "Code has expired, please request another.");
    app.check(PHONE, &code).await.is(404, NO_CODE);
}

#[actix_web::test]
async fn a_code_is_still_good_a_moment_before_its_end() {
    let app = TestApp::start().await;
    let code = app.send_code(PHONE).await;
    app.pass(Duration::from_millis(299_900));
    app.check(PHONE, &code).await.is(200, "");
}

#[actix_web::test]
async fn what_a_person_types_is_folded_and_what_cannot_be_a_code_costs_nothing() {
    let app = TestApp::start().await;
    let code = app.send_code(PHONE).await;
    for impossible in ["1", "1234567", "abc", "1e5"] {
        app.check(PHONE, impossible)
            .await
            .is(401, "Incorrect code. 3 attempt(s) remaining.");
    }
    app.check(PHONE, "abcdef")
        .await
        .is(401, "Incorrect code. 2 attempt(s) remaining.");
    let full_width: String = code
        .bytes()
        .map(|byte| char::from_u32(0xFF10 + u32::from(byte - b'0')).expect("a digit"))
        .collect();
    app.check(
        PHONE,
        &format!(" {}-{} ", &full_width[..9], &full_width[9..]),
    )
    .await
    .is(200, "");
}

#[actix_web::test]
async fn a_new_code_kills_the_old_one_and_gives_no_failed_attempt_back() {
    let app = TestApp::start().await;
    let old = app.send_code(PHONE).await;
    app.check(PHONE, &wrong(&old))
        .await
        .is(401, "Incorrect code. 2 attempt(s) remaining.");
    app.check(PHONE, &wrong(&old))
        .await
        .is(401, "Incorrect code. 1 attempt(s) remaining.");
    app.pass(Duration::from_mins(1));
    let new = app.send_code(PHONE).await;
    app.check(PHONE, &old)
        .await
        .is(401, "Too many failed attempts, please request a new code.");
    app.check(PHONE, &new).await.is(404, NO_CODE);
}

#[actix_web::test]
async fn a_code_asked_for_in_its_time_replaces_one_that_was_not_guessed_at() {
    let app = TestApp::start().await;
    let old = app.send_code(PHONE).await;
    app.pass(Duration::from_mins(1));
    let new = app.send_code(PHONE).await;
    if old != new {
        app.check(PHONE, &old)
            .await
            .is(401, "Incorrect code. 2 attempt(s) remaining.");
    }
    app.check(PHONE, &new).await.is(200, "");
}

#[actix_web::test]
async fn five_failed_checks_in_an_hour_stop_checks_and_sends() {
    let app = TestApp::start().await;
    let first = app.send_code(PHONE).await;
    for _ in 0..3 {
        app.check(PHONE, &wrong(&first)).await;
    }
    app.pass(Duration::from_mins(1));
    let second = app.send_code(PHONE).await;
    app.check(PHONE, &wrong(&second))
        .await
        .is(401, "Incorrect code. 1 attempt(s) remaining.");
    app.pass(Duration::from_mins(1));
    app.check(PHONE, &wrong(&second))
        .await
        .is(401, "Too many failed attempts, please request a new code.");
    app.pass(Duration::from_mins(2));
    app.send(PHONE)
        .await
        .is(429, "Too many requests, please try again in 3360 seconds.");
}

#[actix_web::test]
async fn sixty_four_parallel_right_codes_are_one_success() {
    let app = TestApp::start().await;
    let code = app.send_code(PHONE).await;
    let answers = join_all((0..64).map(|_| app.check(PHONE, &code))).await;
    assert_eq!(
        answers.iter().filter(|answer| answer.status == 200).count(),
        1
    );
    assert_eq!(
        answers.iter().filter(|answer| answer.status == 404).count(),
        63
    );
}

#[actix_web::test]
async fn of_two_hundred_parallel_wrong_codes_three_are_compared() {
    let app = TestApp::start().await;
    let code = app.send_code(PHONE).await;
    let guess = wrong(&code);
    let answers = join_all((0..200).map(|_| app.check(PHONE, &guess))).await;
    let mut compared: Vec<&str> = answers
        .iter()
        .filter(|answer| answer.status == 401)
        .map(|answer| answer.text.as_str())
        .collect();
    compared.sort_unstable();
    assert_eq!(
        compared,
        [
            "Incorrect code. 1 attempt(s) remaining.",
            "Incorrect code. 2 attempt(s) remaining.",
            "Too many failed attempts, please request a new code.",
        ]
    );
    assert_eq!(
        answers.iter().filter(|answer| answer.status == 404).count(),
        197
    );
}

#[actix_web::test]
async fn a_code_is_good_for_its_own_phone_only() {
    let app = TestApp::start().await;
    let codes = [
        app.send_code("14155550101").await,
        app.send_code("14155550102").await,
    ];
    if codes[0] != codes[1] {
        app.check("14155550102", &codes[0])
            .await
            .is(401, "Incorrect code. 2 attempt(s) remaining.");
    }
    app.check("14155550102", &codes[1]).await.is(200, "");
}

#[actix_web::test]
async fn a_body_over_four_kibibytes_is_refused_and_costs_nothing() {
    let app = TestApp::start().await;
    let code = app.send_code(PHONE).await;
    let padded =
        |length: usize| format!(r#"{{"code":"{code}","padding":"{}"}}"#, "x".repeat(length));
    let overhead = padded(0).len();
    let refused = app.post("/otp/14155550123", &padded(4097 - overhead)).await;
    refused.is(413, "Request body too large, at most 4096 bytes.");
    app.post("/otp/14155550123", &padded(4096 - overhead))
        .await
        .is(200, "");
}

#[actix_web::test]
async fn a_restart_forgets_neither_code_nor_attempts() {
    let app = TestApp::start().await;
    let code = app.send_code(PHONE).await;
    app.check(PHONE, &wrong(&code))
        .await
        .is(401, "Incorrect code. 2 attempt(s) remaining.");
    let app = app.restart(|_| {}).await;
    app.check(PHONE, &wrong(&code))
        .await
        .is(401, "Incorrect code. 1 attempt(s) remaining.");
    app.send(PHONE)
        .await
        .is(429, "Too many requests, please try again in 60 seconds.");
    app.check(PHONE, &code).await.is(200, "");
}

#[actix_web::test]
async fn guesses_during_a_delivery_still_count_once_its_end_is_noted() {
    let app = TestApp::start().await;
    let slow = Fault::delay(FaultTarget::Messages, Duration::from_millis(500));
    app.simulator.fault(slow.times(1));
    // Until the send is committed there is no code, and guesses cost nothing.
    let guess_twice = async {
        while app.check(PHONE, "wrong1").await.status == 404 {}
        app.check(PHONE, "wrong2")
            .await
            .is(401, "Incorrect code. 1 attempt(s) remaining.");
    };
    let (sent, ()) = join(app.send(PHONE), guess_twice).await;
    sent.is(200, "");
    app.check(PHONE, "wrong3")
        .await
        .is(401, "Too many failed attempts, please request a new code.");
}
