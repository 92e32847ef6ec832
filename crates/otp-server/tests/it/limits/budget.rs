//! The day's money: reserved before a send, given back when it was refused.

use std::time::Duration;

use graph_simulator::{Fault, FaultTarget};
use otp_server::config::{BudgetSettings, Config};

use super::{count, refusals, retry_after, send_to_all};
use crate::app::{TestApp, for_crowds};

/// Two units a day; a message costs 0.05, to Germany 0.5.
fn two_a_day(config: &mut Config) {
    for_crowds(config);
    config.budget = BudgetSettings {
        per_day: Some(2_000_000),
        whatsapp_prices: [("DE".to_owned(), 500_000)].into(),
        whatsapp_price_elsewhere: Some(50_000),
        ..BudgetSettings::default()
    };
}

#[actix_web::test]
async fn fifty_senders_at_once_never_spend_more_than_the_budget() {
    let app = TestApp::start_with(two_a_day).await;
    let answers = send_to_all(&app, (0..500).map(|number| format!("1415{number:07}"))).await;
    assert_eq!((count(&answers, 200), count(&answers, 429)), (40, 460));
    assert_eq!(app.simulator.message_count(), 40);
    assert_eq!(refusals(&app, "budget").await, 460);
}

#[actix_web::test]
async fn a_message_costs_what_its_country_costs_and_the_next_day_has_its_own_money() {
    let app = TestApp::start_with(two_a_day).await;
    let german = send_to_all(&app, (0..6).map(|last| format!("49301234{last}00"))).await;
    assert_eq!((count(&german, 200), count(&german, 429)), (4, 2));
    let wait = retry_after(&app.send("14155550123").await);
    app.pass(Duration::from_secs(wait - 1));
    assert_eq!(retry_after(&app.send("14155550123").await), 1);
    app.pass(Duration::from_secs(1));
    app.send("14155550123").await.is(200, "");
}

#[actix_web::test]
async fn what_whatsapp_refuses_costs_no_money() {
    let app = TestApp::start_with(two_a_day).await;
    app.simulator
        .fault(Fault::error(FaultTarget::Messages, 131_026).times(10));
    for last in 0..10 {
        let answer = app.send(&format!("493012345{last:02}")).await;
        assert_eq!(answer.status, 500, "{answer:?}");
    }
    let sent = send_to_all(&app, (0..6).map(|last| format!("49301234{last}00"))).await;
    assert_eq!((count(&sent, 200), count(&sent, 429)), (4, 2));
}

#[actix_web::test]
async fn a_person_who_cannot_be_reached_counts_all_the_same_and_a_channel_that_is_down_does_not() {
    let app = TestApp::start_with(|config| {
        for_crowds(config);
        config.shared_limits.sends_per_application_per_hour = Some(4);
    })
    .await;
    app.simulator
        .fault(Fault::error(FaultTarget::Messages, 131_026).times(2));
    let unreachable = send_to_all(&app, (0..2).map(|last| format!("1415555010{last}"))).await;
    assert_eq!(count(&unreachable, 500), 2);
    // 131031: the account is locked.
    app.simulator
        .fault(Fault::error(FaultTarget::Messages, 131_031).times(8));
    for last in 0..8 {
        let answer = app.send(&format!("1415555020{last}")).await;
        assert_eq!(answer.status, 500, "{answer:?}");
    }
    let sent = send_to_all(&app, (0..4).map(|last| format!("1415555030{last}"))).await;
    assert_eq!((count(&sent, 200), count(&sent, 429)), (2, 2));
}
