//! Limits outlive the process, and a clock that was moved widens none of them.

use std::sync::atomic::Ordering;
use std::time::Duration;

use otp_server::clock::Clock;

use crate::app::{PHONE, TestApp, wrong};

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);
const GONE: &str = "No active code for phone # 14155550123";

/// Sets the clock back, as an administrator may while the server is down.
fn set_back(app: &TestApp, by: Duration) {
    let Clock::Manual(now) = &app.clock else {
        panic!("the tests' clock is moved by hand");
    };
    now.fetch_sub(
        u64::try_from(by.as_millis()).expect("not so far"),
        Ordering::SeqCst,
    );
}

#[actix_web::test]
async fn five_sends_an_hour_stay_five_across_restarts() {
    let mut app = TestApp::start().await;
    for _ in 0..5 {
        app.send(PHONE).await.is(200, "");
        app.pass(Duration::from_mins(1));
        app = app.restart(|_| {}).await;
    }
    app.send(PHONE)
        .await
        .is(429, "Too many requests, please try again in 3300 seconds.");
    app.pass(Duration::from_secs(3299));
    let app = app.restart(|_| {}).await;
    app.send(PHONE)
        .await
        .is(429, "Too many requests, please try again in 1 seconds.");
    app.pass(Duration::from_secs(1));
    app.send(PHONE).await.is(200, "");
}

#[actix_web::test]
async fn ten_sends_a_day_stay_ten_across_a_restart() {
    let mut app = TestApp::start().await;
    for sends in 0..10 {
        app.send(PHONE).await.is(200, "");
        app.pass(Duration::from_mins(31));
        if sends == 4 {
            app = app.restart(|_| {}).await;
        }
    }
    let app = app.restart(|_| {}).await;
    assert_eq!(app.send(PHONE).await.status, 429);
    app.pass(Duration::from_mins(24 * 60 - 10 * 31));
    app.send(PHONE).await.is(200, "");
}

#[actix_web::test]
async fn failed_checks_and_their_waits_outlive_a_restart() {
    let app = TestApp::start().await;
    let code = app.send_code(PHONE).await;
    for _ in 0..3 {
        app.check(PHONE, &wrong(&code)).await;
    }
    let app = app.restart(|_| {}).await;
    app.check(PHONE, &code).await.is(404, GONE);
    app.pass(Duration::from_mins(1));
    let code = app.send_code(PHONE).await;
    app.check(PHONE, &wrong(&code))
        .await
        .is(401, "Incorrect code. 1 attempt(s) remaining.");
    let app = app.restart(|_| {}).await;
    app.check(PHONE, &code)
        .await
        .is(429, "Too many requests, please try again in 60 seconds.");
    app.pass(Duration::from_mins(1));
    app.check(PHONE, &code).await.is(200, "");
}

#[actix_web::test]
async fn a_code_that_was_used_or_replaced_stays_so() {
    let app = TestApp::start().await;
    let used = app.send_code(PHONE).await;
    app.check(PHONE, &used).await.is(200, "");
    let app = app.restart(|_| {}).await;
    app.check(PHONE, &used).await.is(404, GONE);
    app.pass(Duration::from_mins(1));
    let old = app.send_code(PHONE).await;
    app.pass(Duration::from_mins(1));
    let new = app.send_code(PHONE).await;
    let app = app.restart(|_| {}).await;
    if old != new {
        app.check(PHONE, &old)
            .await
            .is(401, "Incorrect code. 2 attempt(s) remaining.");
    }
    app.check(PHONE, &new).await.is(200, "");
}

#[actix_web::test]
async fn a_code_whose_time_ran_out_while_the_server_was_down_is_refused() {
    let app = TestApp::start().await;
    let code = app.send_code(PHONE).await;
    app.pass(Duration::from_secs(299));
    let app = app.restart(|_| {}).await;
    app.pass(Duration::from_secs(1));
    let app = app.restart(|_| {}).await;
    app.check(PHONE, &code)
        .await
        .is(401, "Code has expired, please request another.");
    app.check(PHONE, &code).await.is(404, GONE);
}

#[actix_web::test]
async fn a_clock_that_went_ahead_ends_codes_and_leaves_the_day_counted() {
    for jump in [HOUR, Duration::from_mins(24 * 60 - 1)] {
        let app = TestApp::start().await;
        let code = app.send_code(PHONE).await;
        app.pass(jump);
        let app = app.restart(|_| {}).await;
        app.check(PHONE, &code)
            .await
            .is(401, "Code has expired, please request another.");
        app.send(PHONE).await.is(200, "");
    }
}

#[actix_web::test]
async fn a_clock_that_was_set_back_while_the_server_was_down_lets_no_code_live_on() {
    for jump in [HOUR, DAY] {
        let app = TestApp::start().await;
        let code = app.send_code(PHONE).await;
        app.check(PHONE, &wrong(&code))
            .await
            .is(401, "Incorrect code. 2 attempt(s) remaining.");
        set_back(&app, jump);
        let app = app.restart(|_| {}).await;
        assert_ne!(
            app.check(PHONE, &code).await.status,
            200,
            "set back by {jump:?}"
        );
    }
}

#[actix_web::test]
async fn a_clock_that_was_set_back_gives_no_send_and_no_guess_back() {
    for jump in [HOUR, DAY] {
        let app = TestApp::start().await;
        for _ in 0..5 {
            app.send(PHONE).await.is(200, "");
            app.pass(Duration::from_mins(1));
        }
        set_back(&app, jump);
        let app = app.restart(|_| {}).await;
        assert_eq!(app.send(PHONE).await.status, 429, "set back by {jump:?}");
        app.pass(Duration::from_mins(5));
        assert_eq!(app.send(PHONE).await.status, 429, "set back by {jump:?}");
    }
}
