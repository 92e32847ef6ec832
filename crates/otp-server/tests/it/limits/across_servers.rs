//! Two servers on one Redis are one: for codes, for guesses, and for every limit.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::join_all;
use futures_util::stream;
use otp_server::config::{Config, StoreKind};
use otp_server::store::redis::RedisOptions;

use super::retry_after;
use crate::app::{PHONE, TestApp, for_crowds, wrong};
use crate::redis_process::RedisProcess;

/// Two servers, and the Redis that they share.
struct Pair {
    one: TestApp,
    other: TestApp,
    _redis: Arc<RedisProcess>,
}

impl Pair {
    async fn start(prefix: &str, change: impl Fn(&mut Config)) -> Self {
        let redis = RedisProcess::shared();
        let mut options = RedisOptions::parse(&redis.url()).expect("an address");
        options.prefix = format!("pair-{prefix}:");
        // For a machine that is busy with other tests.
        options.response_timeout = Duration::from_secs(20);
        let on_redis = |config: &mut Config| {
            config.store.kind = StoreKind::Redis(Box::new(options.clone()));
            change(config);
        };
        let one = TestApp::start_with(on_redis).await;
        let other = one.start_beside(on_redis).await;
        Self {
            one,
            other,
            _redis: redis,
        }
    }

    /// Takes turns.
    fn turn(&self, number: usize) -> &TestApp {
        if number.is_multiple_of(2) {
            &self.one
        } else {
            &self.other
        }
    }
}

#[actix_web::test]
async fn a_code_that_one_server_sent_is_checked_by_the_other() {
    let pair = Pair::start("check", |_| {}).await;
    let code = pair.one.send_code(PHONE).await;
    pair.other
        .check(PHONE, &wrong(&code))
        .await
        .is(401, "Incorrect code. 2 attempt(s) remaining.");
    pair.one
        .check(PHONE, &wrong(&code))
        .await
        .is(401, "Incorrect code. 1 attempt(s) remaining.");
    pair.other.check(PHONE, &code).await.is(200, "");
    assert_eq!(pair.one.check(PHONE, &code).await.status, 404);
}

#[actix_web::test]
async fn of_two_hundred_parallel_wrong_guesses_over_both_three_are_compared() {
    let pair = Pair::start("guesses", |_| {}).await;
    let code = pair.one.send_code(PHONE).await;
    let guess = wrong(&code);
    let guesses = (0..200).map(|number| pair.turn(number).check(PHONE, &guess));
    let mut told = BTreeMap::<(u16, String), usize>::new();
    for answer in join_all(guesses).await {
        *told.entry((answer.status, answer.text)).or_default() += 1;
    }
    let compared: usize = told
        .iter()
        .filter(|((status, _), _)| *status == 401)
        .map(|(_, count)| count)
        .sum();
    assert_eq!(compared, 3, "{told:?}");
    assert_eq!(pair.one.check(PHONE, &code).await.status, 404);
}

#[actix_web::test]
async fn the_phones_daily_cap_holds_over_both() {
    let pair = Pair::start("daily", |_| {}).await;
    let mut sent = 0;
    // Every 80 seconds of a day.
    for number in 0..1_080 {
        sent += usize::from(pair.turn(number).send(PHONE).await.status == 200);
        pair.one.pass(Duration::from_secs(80));
    }
    assert_eq!((sent, pair.one.simulator.message_count()), (10, 10));
}

#[actix_web::test]
async fn caps_that_many_phones_share_hold_over_both() {
    let pair = Pair::start("caps", |config| {
        for_crowds(config);
        config.shared_limits.sends_per_prefix_per_hour = Some(100);
    })
    .await;
    let phones = (0..2_000).map(|last| (last, format!("1415555{last:04}")));
    let answers: Vec<_> = stream::iter(phones)
        .map(|(number, phone)| {
            let app = pair.turn(number);
            async move { app.send(&phone).await.status }
        })
        .buffer_unordered(50)
        .collect()
        .await;
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 100);
    assert_eq!(pair.one.simulator.message_count(), 100);
}

#[actix_web::test]
async fn the_budget_of_failed_checks_holds_over_both() {
    let pair = Pair::start("failures", |config| {
        for_crowds(config);
        config.shared_limits.failed_checks_per_application_per_hour = Some(9);
    })
    .await;
    let mut compared = 0;
    for number in 0..10 {
        let phone = format!("1415{number:07}");
        pair.one.send(&phone).await.is(200, "");
        let code = pair.one.last_code(&phone);
        for turn in 0..2 {
            let answer = pair.turn(turn).check(&phone, &wrong(&code)).await;
            compared += u32::from(answer.status == 401);
        }
    }
    assert_eq!(compared, 9);
    let code = pair.one.last_code("14150000009");
    retry_after(&pair.other.check("14150000009", &code).await);
}

/// The best attacker asks for a code whenever one may be sent, and guesses whenever a guess is compared.
#[actix_web::test]
async fn the_best_attacker_of_a_day_gets_ten_comparisons_over_both() {
    let pair = Pair::start("attacker", |_| {}).await;
    let (mut compared, mut passed) = (0, Duration::ZERO);
    while passed < Duration::from_hours(24) {
        for number in 0..2 {
            let app = pair.turn(number);
            app.send(PHONE).await;
            let code = pair.one.simulator.last_code(PHONE).unwrap_or_default();
            let text = app.check(PHONE, &wrong(&code)).await.text;
            // An expired code was not compared.
            let verdicts = ["Incorrect code.", "Too many failed attempts,"];
            compared += u32::from(verdicts.iter().any(|verdict| text.starts_with(verdict)));
        }
        let step = Duration::from_mins(2);
        pair.one.pass(step);
        passed += step;
    }
    assert!((5..=10).contains(&compared), "{compared} comparisons");
}
