//! Caps on sends: per prefix, country and application; and where codes may go at all.

use std::time::Duration;

use super::{count, refusals, retry_after, send_to_all};
use crate::app::{PHONE, TestApp, for_crowds};

#[actix_web::test]
async fn ten_thousand_numbers_of_one_prefix_get_exactly_the_cap() {
    let app = TestApp::start_with(|config| {
        for_crowds(config);
        config.shared_limits.sends_per_prefix_per_hour = Some(100);
    })
    .await;
    let answers = send_to_all(&app, (0..10_000).map(|last| format!("1415555{last:04}"))).await;
    assert_eq!((count(&answers, 200), count(&answers, 429)), (100, 9_900));
    assert_eq!(app.simulator.message_count(), 100);
    assert_eq!(refusals(&app, "prefix_limit").await, 9_900);
    app.send("14155560123").await.is(200, "");
}

#[actix_web::test]
async fn a_refused_send_passes_at_retry_after_and_not_a_second_before() {
    let app = TestApp::start_with(|config| {
        config.shared_limits.sends_per_prefix_per_hour = Some(1);
    })
    .await;
    app.send(PHONE).await.is(200, "");
    let wait = retry_after(&app.send("14155550124").await);
    assert!((3_600..=3_720).contains(&wait), "{wait}");
    app.pass(Duration::from_secs(wait - 1));
    assert_eq!(retry_after(&app.send("14155550124").await), 1);
    app.pass(Duration::from_secs(1));
    app.send("14155550124").await.is(200, "");
}

#[actix_web::test]
async fn a_country_and_an_application_have_a_cap_each() {
    let app = TestApp::start_with(|config| {
        for_crowds(config);
        config.shared_limits.sends_per_country_per_hour = Some(3);
        config.shared_limits.sends_per_application_per_hour = Some(5);
    })
    .await;
    let german = send_to_all(&app, (0..5).map(|last| format!("49301234{last}00"))).await;
    assert_eq!((count(&german, 200), count(&german, 429)), (3, 2));
    let austrian = send_to_all(&app, (0..5).map(|last| format!("4312345{last}00"))).await;
    assert_eq!((count(&austrian, 200), count(&austrian, 429)), (2, 3));
    assert_eq!(refusals(&app, "country_limit").await, 2);
    assert_eq!(refusals(&app, "application_limit").await, 3);
}

#[actix_web::test]
async fn a_send_that_the_phones_own_limit_refuses_uses_nothing_up_for_others() {
    let app = TestApp::start_with(|config| {
        config.shared_limits.sends_per_application_per_hour = Some(2);
    })
    .await;
    app.send(PHONE).await.is(200, "");
    for _ in 0..20 {
        app.send(PHONE)
            .await
            .is(429, "Too many requests, please try again in 60 seconds.");
    }
    assert_eq!(refusals(&app, "cooldown").await, 20);
    app.send("14155550124").await.is(200, "");
    retry_after(&app.send("14155550125").await);
}

#[actix_web::test]
async fn no_code_goes_to_a_country_that_is_denied_or_not_allowed() {
    let app = TestApp::start_with(|config| {
        config.countries.allow = vec!["US".to_owned(), "DE".to_owned()];
        config.countries.deny = vec!["DE".to_owned()];
    })
    .await;
    for phone in ["4930123456", "43123456789", "88312345678"] {
        let answer = app.send(phone).await;
        answer.is(403, "Codes are not sent to this country.");
        assert_eq!(answer.header("retry-after"), None);
    }
    assert_eq!(app.simulator.message_count(), 0);
    assert_eq!(refusals(&app, "country_not_allowed").await, 3);
    app.send("12125550123").await.is(200, "");
}

#[actix_web::test]
async fn a_restart_forgets_no_shared_count() {
    let narrow = |config: &mut otp_server::config::Config| {
        config.shared_limits.sends_per_prefix_per_hour = Some(2);
    };
    let app = TestApp::start_with(narrow).await;
    app.send("14155550123").await.is(200, "");
    let app = app.restart(narrow).await;
    app.send("14155550124").await.is(200, "");
    retry_after(&app.send("14155550125").await);
    let app = app.restart(narrow).await;
    retry_after(&app.send("14155550126").await);
    app.stop().await;
}
