//! No room: every request says so at once, nothing is sent, and all is well again by itself.

use std::time::Duration;

use actix_web::rt::time::sleep;
use otp_server::clock::Stopwatch;

use crate::app::{Answer, PHONE, TestApp, for_crowds};
use crate::small_disk::SmallDisk;

const UNAVAILABLE: &str = "Service unavailable, please try again later.";
/// SECURITY.md, reliability row 4.
const ANSWERS_WITHIN: Duration = Duration::from_secs(1);
const RECOVERS_WITHIN: Duration = Duration::from_secs(5);

/// Sends to phone after phone until there is no room; answers with the number of sends.
async fn fill(app: &TestApp, most: u32) -> u32 {
    for number in 0..most {
        let answer = app.send(&format!("1415{number:07}")).await;
        if answer.status == 503 {
            answer.is(503, UNAVAILABLE);
            return number;
        }
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    panic!("{most} codes did not fill the store");
}

/// What everybody must be told while there is no room.
async fn says_so_at_once_and_sends_nothing(app: &TestApp, code: &str) {
    let sent = app.simulator.message_count();
    let calls = [
        timed(app.send("14155550199")).await,
        timed(app.send(PHONE)).await,
        timed(app.check(PHONE, code)).await,
        timed(app.check("14155550199", "123456")).await,
    ];
    for (answer, took) in calls {
        answer.is(503, UNAVAILABLE);
        assert_eq!(answer.header("retry-after"), Some("5"));
        assert!(took < ANSWERS_WITHIN, "{took:?}");
    }
    assert_eq!(app.simulator.message_count(), sent);
    let (status, ready) = app.get_json("/readyz").await;
    assert_eq!((status, &ready["status"]), (503, &"not ready".into()));
    assert_eq!(ready["checks"]["store"]["status"], "failed", "{ready}");
    assert_eq!(app.get("/livez").await.status, 200);
}

async fn timed(call: impl Future<Output = Answer>) -> (Answer, Duration) {
    let clock = Stopwatch::start();
    (call.await, clock.elapsed())
}

async fn recovers(app: &TestApp) {
    let clock = Stopwatch::start();
    while app.get("/readyz").await.status != 200 {
        assert!(
            clock.elapsed() < RECOVERS_WITHIN,
            "not ready after {RECOVERS_WITHIN:?}"
        );
        sleep(Duration::from_millis(10)).await;
    }
}

#[actix_web::test]
async fn a_store_at_its_size_limit_refuses_everything_until_records_may_be_forgotten() {
    let app = TestApp::start_with(|config| {
        for_crowds(config);
        config.store.max_megabytes = Some(1);
    })
    .await;
    let code = app.send_code(PHONE).await;
    let sent = fill(&app, 20_000).await;
    assert!(sent > 100, "only {sent} codes fit into a megabyte");
    says_so_at_once_and_sends_nothing(&app, &code).await;
    let (_, ready) = app.get_json("/readyz").await;
    let reason = ready["checks"]["store"]["reason"].as_str().unwrap();
    assert!(reason.contains("store.max_megabytes"), "{reason}");

    app.pass(Duration::from_hours(25));
    recovers(&app).await;
    app.send("14155550199").await.is(200, "");
}

#[actix_web::test]
async fn a_full_disk_refuses_everything_until_there_is_room_and_loses_nothing() {
    let Some(disk) = SmallDisk::mount() else {
        return;
    };
    let data_dir = disk.folder().join("data");
    let app = TestApp::start_with(|config| {
        config.secret_file = otp_server::config::SecretFile::MadeOnce(data_dir.join("secret"));
        config.data_dir = data_dir;
        for_crowds(config);
    })
    .await;
    let code = app.send_code(PHONE).await;
    disk.fill();
    fill(&app, 2_000).await;
    says_so_at_once_and_sends_nothing(&app, &code).await;

    disk.clear();
    recovers(&app).await;
    app.check(PHONE, &code).await.is(200, "");
    app.send("14155550199").await.is(200, "");
    app.stop().await;
}
