//! Receivers that are down: everything is told once they are back, in order.

use std::time::Duration;

use otp_server::config::Config;
use otp_server::directory::Mode;

use super::{
    SHOP, add_shop, allow_this_machine, app_telling, counts, eventually, names, numbered, on_redis,
    shop, told,
};
use crate::app::TestApp;
use crate::channels::desk::Desk;
use crate::native::{Client, id};
use crate::redis_process::RedisProcess;

const PHONE: &str = "+14155550123";
const LIFE: [&str; 2] = ["delivery.updated", "verification.approved"];

/// Down, over a restart, and back.
async fn told_once_it_is_back(configure: impl Fn(&mut Config)) {
    let desk = Desk::open();
    desk.answer(503, "later");
    let app = TestApp::start_with(&configure).await;
    add_shop(&app, SHOP, &desk.url).await;
    let client = shop(&app).await;
    let id = id(&client.start(PHONE).await);
    client.check(&id, &app.last_code(PHONE)).await;
    let all = numbered(&id, &LIFE);
    desk.wait_for(1).await;
    app.pass(Duration::from_secs(20));
    let arrivals = desk.wait_for(2).await;
    assert_eq!(names(&arrivals), [&all[..1], &all[..1]].concat());
    assert_ne!(
        arrivals[0].header("webhook-signature"),
        arrivals[1].header("webhook-signature"),
        "each try has its own time"
    );

    let app = app.restart(&configure).await;
    app.pass(Duration::from_mins(1));
    let arrivals = desk.wait_for(3).await;
    assert_eq!(names(&arrivals)[2], all[0], "the next one waits for it");

    desk.answer(204, "");
    app.pass(Duration::from_mins(3));
    let arrivals = desk.wait_for(5).await;
    assert_eq!(names(&arrivals)[3..], all);
    assert_eq!(told(&arrivals[4])["data"]["status"], "approved");
    counts(&app, "delivered", 2).await;
    // Nothing is told once more, however long it takes.
    app.pass(Duration::from_hours(2));
    let other = crate::native::id(&shop(&app).await.start("+14155550199").await);
    let arrivals = desk.wait_for(6).await;
    assert_eq!(names(&arrivals)[5], numbered(&other, &LIFE)[0]);
    app.stop().await;
}

#[actix_web::test]
async fn a_receiver_that_is_back_is_told_everything_in_order_also_after_a_restart() {
    told_once_it_is_back(allow_this_machine).await;
}

#[actix_web::test]
async fn the_same_on_redis() {
    let redis = RedisProcess::shared();
    told_once_it_is_back(on_redis(&redis, "callbacks-outage:")).await;
}

#[actix_web::test]
async fn after_a_day_it_is_put_aside_and_the_next_one_has_its_turn() {
    let desk = Desk::open();
    desk.answer(500, "");
    let app = app_telling(&desk).await;
    let client = shop(&app).await;
    let id = id(&client.start(PHONE).await);
    desk.wait_for(1).await;
    app.pass(Duration::from_hours(25));
    // It expired in this moment, and is told; what happened a day ago is not.
    let arrivals = desk.wait_for(2).await;
    let all = numbered(&id, &["delivery.updated", "verification.expired"]);
    assert_eq!(names(&arrivals), all);
    counts(&app, "dropped", 1).await;
    let letters = letters(&app).await;
    assert_eq!(
        letters,
        [(all[0].0.clone(), "nobody took it in for a day".to_owned())]
    );
}

#[actix_web::test]
async fn whoever_says_gone_is_not_asked_again() {
    let desk = Desk::open();
    desk.answer(410, "");
    let app = app_telling(&desk).await;
    let client = shop(&app).await;
    let id = id(&client.start(PHONE).await);
    client.check(&id, &app.last_code(PHONE)).await;
    let arrivals = desk.wait_for(2).await;
    let all = numbered(&id, &LIFE);
    assert_eq!(names(&arrivals), all);
    counts(&app, "dropped", 2).await;
    let letters = letters(&app).await;
    let ids: Vec<&String> = letters.iter().map(|(id, _)| id).collect();
    assert_eq!(ids, [&all[0].0, &all[1].0]);
    assert_eq!(letters[0].1, "it answered 410: it wants no more");
    eventually("the figure of dead letters", async || {
        let metrics = app.get("/metrics").await.text;
        metrics
            .contains("otp_callback_dead_letters 2\n")
            .then_some(())
    })
    .await;
}

#[actix_web::test]
async fn what_makes_room_for_newer_ones_takes_nothing_along_unsaid() {
    let desk = Desk::open();
    desk.answer(500, "");
    let app = app_telling(&desk).await;
    let client = Client::of(&app, SHOP, Mode::Test).await;
    let first = id(&client.start(PHONE).await);
    // Each one calls the one before off, and the ninth finds no room.
    for _ in 0..8 {
        id(&client.start(PHONE).await);
    }
    counts(&app, "dropped", 1).await;
    let all = numbered(&first, &["verification.canceled"]);
    let why = "its verification made room for another one of the same person";
    assert_eq!(letters(&app).await, [(all[0].0.clone(), why.to_owned())]);
}

/// Id and reason of what lies there.
async fn letters(app: &TestApp) -> Vec<(String, String)> {
    let dead_letters = &app.service.shared().callbacks.dead_letters;
    let all = dead_letters.all().await.expect("the registry answers");
    all.into_iter()
        .map(|letter| (letter.id, letter.why))
        .collect()
}
