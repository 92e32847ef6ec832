//! Very many at once, and a store that is away.

use std::time::Duration;

use futures_util::future::join_all;
use otp_server::clock::Stopwatch;
use otp_server::config::StoreKind;
use otp_server::store::redis::RedisOptions;

use super::{PHONE, STATUS, Stage, become_so, form, status};
use crate::app::for_crowds;
use crate::native::{Client, id};
use crate::redis_process::RedisProcess;

const PEOPLE: usize = 50;

#[actix_web::test]
async fn a_thousand_at_once_twice_each_and_in_any_order_leave_each_message_at_its_furthest() {
    let stage = Stage::open_with(for_crowds).await;
    let client = Client::live(&stage.app).await;
    let mut ids = Vec::new();
    for number in 0..PEOPLE {
        ids.push(id(&client.start(&format!("+1415556{number:04}")).await));
    }
    // By a step that does not divide them, so that no verification's come in their order.
    let ladder = ["submitted", "delivered", "read", "delivered", "submitted"];
    let all: Vec<_> = (0..PEOPLE * ladder.len() * 4)
        .map(|number| number * 7919 % (PEOPLE * ladder.len()))
        .map(|number| status(&ids[number / ladder.len()], ladder[number % ladder.len()]))
        .collect();
    assert_eq!(all.len(), 1000);
    let stopwatch = Stopwatch::start();
    let answers = join_all(all.iter().map(|one| stage.vonage(STATUS, one))).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    assert!(stopwatch.elapsed() < Duration::from_secs(20));
    for id in &ids {
        become_so(&client, id, &[("sms", "read")]).await;
    }
    assert_eq!(stage.twilio.arrivals().len(), 0);
}

#[actix_web::test]
async fn what_cannot_be_kept_is_to_come_again_and_then_it_counts() {
    let redis = RedisProcess::start(&[]);
    let options = RedisOptions::parse(&redis.url()).unwrap();
    let stage = Stage::open_with(|config| {
        config.store.kind = StoreKind::Redis(Box::new(options));
    })
    .await;
    let client = Client::live(&stage.app).await;
    let first = stage.start(&client).await;
    redis.pause();
    let told = status(&first, "undeliverable");
    let second = format!("{first}.2");
    for answer in [
        stage.vonage(STATUS, &told).await,
        stage.twilio(&second, &form("delivered", None)).await,
    ] {
        assert_eq!(answer.status, 503, "{answer:?}");
        assert_eq!(answer.header("retry-after"), Some("5"));
    }
    redis.resume();
    let waiting = Stopwatch::start();
    while stage.vonage(STATUS, &told).await.status != 200 {
        assert!(waiting.elapsed() < Duration::from_secs(20), "{PHONE}");
        actix_web::rt::time::sleep(Duration::from_millis(100)).await;
    }
    let both = [("sms", "failed"), ("sms", "accepted")];
    become_so(&client, &first, &both).await;
    stage
        .twilio(&second, &form("delivered", None))
        .await
        .is(200, "");
    let both = [("sms", "failed"), ("sms", "delivered")];
    become_so(&client, &first, &both).await;
}
