//! Failed checks over many phones: the budget of an application and of a client address.

use std::time::Duration;

use actix_web::http::Method;
use otp_server::config::Config;

use super::{refusals, retry_after};
use crate::app::{TestApp, for_crowds, wrong};

fn twenty_failures(config: &mut Config) {
    for_crowds(config);
    config.shared_limits.failed_checks_per_application_per_hour = Some(20);
}

fn phone(number: u32) -> String {
    format!("1415{number:07}")
}

#[actix_web::test]
async fn guesses_at_many_phones_are_compared_within_the_budget_of_the_application() {
    let app = TestApp::start_with(twenty_failures).await;
    let mut compared = 0;
    for number in 0..30 {
        let code = app.send_code(&phone(number)).await;
        for _ in 0..10 {
            let answer = app.check(&phone(number), &wrong(&code)).await;
            compared += u32::from(answer.status == 401);
        }
    }
    assert_eq!(compared, 20);
    // Not even the right one: or a guesser would only have to go on.
    let code = app.last_code(&phone(29));
    let wait = retry_after(&app.check(&phone(29), &code).await);
    assert!(refusals(&app, "application_check_limit").await > 0);
    app.pass(Duration::from_secs(wait));
    let code = app.send_code(&phone(40)).await;
    app.check(&phone(40), &code).await.is(200, "");
}

#[actix_web::test]
async fn right_checks_and_checks_that_compare_nothing_use_up_no_budget() {
    let app = TestApp::start_with(twenty_failures).await;
    for number in 0..50 {
        let code = app.send_code(&phone(number)).await;
        app.check(&phone(number), "12345")
            .await
            .is(401, "Incorrect code. 3 attempt(s) remaining.");
        app.check(&phone(number), &code).await.is(200, "");
        let answer = app.check(&phone(number), &code).await;
        assert_eq!(answer.status, 404, "{answer:?}");
    }
    assert_eq!(refusals(&app, "application_check_limit").await, 0);
}

#[actix_web::test]
async fn one_client_cannot_use_up_the_budget_of_all() {
    let app = TestApp::start_with(|config| {
        twenty_failures(config);
        config.shared_limits.failed_checks_per_address_per_hour = Some(5);
        config.http.trusted_proxies = vec!["127.0.0.0/8".parse().expect("a network")];
    })
    .await;
    let mut compared = 0;
    for number in 0..10 {
        let code = app.send_code(&phone(number)).await;
        let body = format!(r#"{{"code":"{}"}}"#, wrong(&code));
        let path = format!("/otp/{}", phone(number));
        let from = [("X-Forwarded-For", "203.0.113.9")];
        let answer = app.request(Method::POST, &path, &from, &body).await;
        compared += u32::from(answer.status == 401);
    }
    assert_eq!(compared, 5);
    assert_eq!(refusals(&app, "address_check_limit").await, 5);
    let code = app.last_code(&phone(9));
    app.check(&phone(9), &code).await.is(200, "");
}
