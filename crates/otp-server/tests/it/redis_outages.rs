//! Redis goes away, hangs, fills up or is demoted while people ask: through HTTP, under load.

mod slow_link;

use std::io::{self, Write};
use std::time::Duration;

use actix_web::rt::time::sleep;
use futures_util::future::join_all;
use otp_server::clock::Stopwatch;
use otp_server::config::StoreKind;
use otp_server::store::redis::RedisOptions;

use self::slow_link::SlowLink;
use crate::app::{Answer, PHONE, TestApp, for_crowds};
use crate::redis_process::{RedisCluster, RedisProcess, eventually};
use crate::small_disk::SmallDisk;

/// SECURITY.md, reliability row 4.
const ANSWERS_WITHIN: Duration = Duration::from_secs(1);
const RECOVERS_WITHIN: Duration = Duration::from_secs(5);
/// The trouble lasts so long.
const TROUBLE: Duration = Duration::from_millis(2_500);
const CLIENTS: u32 = 20;

async fn start_on(url: &str) -> TestApp {
    let options = RedisOptions::parse(url).expect("an address");
    TestApp::start_with(|config| {
        for_crowds(config);
        config.store.kind = StoreKind::Redis(Box::new(options));
    })
    .await
}

/// One client: asks for code after code while the trouble lasts, and hands in a right one again and
/// again. Answers with what it was told and how long each answer took.
async fn ask_on(app: &TestApp, client: u32) -> Vec<(Answer, Duration)> {
    let mut told = Vec::new();
    let trouble = Stopwatch::start();
    let mut number = 0;
    while trouble.elapsed() < TROUBLE {
        number += 1;
        let phone = format!("1{:03}55{client:02}{number:03}", 201 + client);
        told.push(timed(app.send(&phone)).await);
        told.push(timed(app.check(PHONE, &app.last_code(PHONE))).await);
        sleep(Duration::from_millis(5)).await;
    }
    told
}

async fn timed(call: impl Future<Output = Answer>) -> (Answer, Duration) {
    let stopwatch = Stopwatch::start();
    (call.await, stopwatch.elapsed())
}

/// Brings trouble under load, looks at every answer, ends the trouble, and waits for the recovery.
async fn play(
    mut redis: RedisProcess,
    reason: &str,
    begin: impl FnOnce(&mut RedisProcess),
    end: impl FnOnce(&mut RedisProcess),
) {
    let app = start_on(&redis.url()).await;
    let code = app.send_code(PHONE).await;
    begin(&mut redis);
    // What was answered before the trouble was noticed may have gone well: at most once a client.
    let sent_before = app.simulator.message_count();
    let told = join_all((0..CLIENTS).map(|client| ask_on(&app, client))).await;
    let (mut slowest, mut count) = (Duration::ZERO, 0);
    for (answer, took) in told.into_iter().flatten() {
        answer.is(503, "Service unavailable, please try again later.");
        slowest = slowest.max(took);
        count += 1;
    }
    assert!(
        slowest < ANSWERS_WITHIN,
        "{reason}: an answer took {slowest:?}"
    );
    assert!(count > 2 * CLIENTS, "{count} answers");
    assert_eq!(app.simulator.message_count(), sent_before, "{reason}: sent");
    let (status, ready) = app.get_json("/readyz").await;
    let said = ready["checks"]["store"]["reason"]
        .as_str()
        .unwrap_or_default();
    assert!(status == 503 && said.contains(reason), "{ready}");
    let metrics = app.get("/metrics").await.text;
    assert!(metrics.contains("\notp_store_up 0"), "{metrics}");

    end(&mut redis);
    let recovery = Stopwatch::start();
    while app.get("/readyz").await.status != 200 {
        assert!(recovery.elapsed() < RECOVERS_WITHIN, "{reason}: not ready");
        sleep(Duration::from_millis(10)).await;
    }
    app.check(PHONE, &code).await.is(200, "");
    assert_eq!(app.check(PHONE, &code).await.status, 404);
    app.send("12125550123").await.is(200, "");
    assert!(app.get("/metrics").await.text.contains("\notp_store_up 1"));
    tell(&format!(
        "{reason}: {count} answers of 503, the slowest after {slowest:?}; ready again after {:?}",
        recovery.elapsed()
    ));
}

/// For whoever runs this alone and wants the figures.
fn tell(line: &str) {
    writeln!(io::stderr(), "{line}").expect("stderr is there");
}

#[actix_web::test]
async fn redis_is_shut_down_under_load() {
    let shut_down = |redis: &mut RedisProcess| drop(redis.ask(&["SHUTDOWN"]));
    play(
        RedisProcess::start_durable(),
        "cannot be reached",
        shut_down,
        RedisProcess::restart,
    )
    .await;
}

#[actix_web::test]
async fn redis_is_killed_under_load() {
    play(
        RedisProcess::start_durable(),
        "cannot be reached",
        RedisProcess::kill,
        RedisProcess::restart,
    )
    .await;
}

#[actix_web::test]
async fn redis_hangs_under_load() {
    play(
        RedisProcess::start_durable(),
        "in time",
        |redis| redis.pause(),
        |redis| redis.resume(),
    )
    .await;
}

#[actix_web::test]
async fn redis_becomes_a_read_only_replica_under_load() {
    // The master that it is to follow is not there, and it keeps its data.
    let demote = |redis: &mut RedisProcess| drop(redis.ask(&["REPLICAOF", "127.0.0.1", "1"]));
    let promote = |redis: &mut RedisProcess| drop(redis.ask(&["REPLICAOF", "NO", "ONE"]));
    play(RedisProcess::start_durable(), "read-only", demote, promote).await;
}

#[actix_web::test]
async fn redis_runs_out_of_memory_under_load() {
    let fill = |redis: &mut RedisProcess| drop(redis.ask(&["CONFIG", "SET", "maxmemory", "1"]));
    let make_room =
        |redis: &mut RedisProcess| drop(redis.ask(&["CONFIG", "SET", "maxmemory", "0"]));
    play(
        RedisProcess::start_durable(),
        "out of memory",
        fill,
        make_room,
    )
    .await;
}

#[actix_web::test]
async fn redis_has_a_full_disk_under_load() {
    let Some(disk) = SmallDisk::mount() else {
        return;
    };
    let folder = disk.folder().to_str().expect("a name");
    // With `always` it would end itself, which is another test.
    let redis = RedisProcess::start(&["--appendonly", "yes", "--dir", folder]);
    let fill = |redis: &mut RedisProcess| {
        disk.fill();
        eventually("redis notices", || {
            redis
                .ask(&["SET", "filler", &"x".repeat(64)])
                .contains("MISCONF")
        });
    };
    play(redis, "cannot save to its disk", fill, |_| disk.clear()).await;
}

#[actix_web::test]
async fn redis_has_too_few_replicas_under_load() {
    let ask_for_one = |redis: &mut RedisProcess| {
        drop(redis.ask(&["CONFIG", "SET", "min-replicas-to-write", "1"]));
    };
    let ask_for_none = |redis: &mut RedisProcess| {
        drop(redis.ask(&["CONFIG", "SET", "min-replicas-to-write", "0"]));
    };
    play(
        RedisProcess::start_durable(),
        "too few replicas",
        ask_for_one,
        ask_for_none,
    )
    .await;
}

/// Each single answer comes in time; what a request asks for in all would not.
#[actix_web::test]
async fn redis_answers_slowly_under_load() {
    let redis = RedisProcess::start_durable();
    let link = SlowLink::to(&redis.address());
    let app = start_on(&link.url()).await;
    let code = app.send_code(PHONE).await;
    link.answers_take(Duration::from_millis(470));
    let phones = (0..100).map(|number| format!("1212555{number:04}"));
    let sends = phones.map(|phone| {
        let app = &app;
        async move { timed(app.send(&phone)).await }
    });
    let mut sent = 1;
    for (answer, took) in join_all(sends).await {
        assert!(took < ANSWERS_WITHIN, "{took:?}");
        // Answers that travel together may be in time for one or the other.
        sent += u64::from(answer.status == 200);
        assert!([200, 503].contains(&answer.status), "{answer:?}");
    }
    assert_eq!(app.simulator.message_count(), sent);
    assert!(sent < 50, "{sent} were in time");
    link.answers_take(Duration::ZERO);
    let recovery = Stopwatch::start();
    while app.send("12125550123").await.status != 200 {
        assert!(recovery.elapsed() < RECOVERS_WITHIN, "not ready");
    }
    app.check(PHONE, &code).await.is(200, "");
}

#[actix_web::test]
async fn a_master_of_a_cluster_is_killed_and_comes_back() {
    let mut cluster = RedisCluster::start();
    let app = start_on(&cluster.url()).await;
    let phones: Vec<String> = (0..60)
        .map(|number| format!("1212555{number:04}"))
        .collect();
    for phone in &phones {
        app.send(phone).await.is(200, "");
    }
    // The last one has no part in shared counts, which lie with the first bucket.
    let counts_with = cluster.master_of("0");
    let victim = if counts_with == 2 { 1 } else { 2 };
    cluster.masters[victim].kill();
    let mut gone = Vec::new();
    for phone in &phones {
        let (answer, took) = timed(app.check(phone, &app.last_code(phone))).await;
        assert!(took < ANSWERS_WITHIN, "{took:?}");
        match answer.status {
            200 => {}
            503 => gone.push(phone),
            other => panic!("{other}: {}", answer.text),
        }
    }
    assert!(
        (5..40).contains(&gone.len()),
        "{} of 60 lay there",
        gone.len()
    );
    cluster.masters[victim].restart();
    cluster.wait_until_whole();
    let recovery = Stopwatch::start();
    while app.get("/readyz").await.status != 200 {
        assert!(recovery.elapsed() < RECOVERS_WITHIN, "not ready");
        sleep(Duration::from_millis(10)).await;
    }
    tell(&format!(
        "{} of 60 phones were refused; ready again {:?} after the cluster was whole",
        gone.len(),
        recovery.elapsed()
    ));
    // What lay there was kept in memory only, and is gone: asked for anew, it works.
    let sends = join_all(gone.iter().map(|phone| app.send(phone))).await;
    assert!(sends.iter().all(|answer| answer.status == 200), "{sends:?}");
    for phone in gone {
        app.check(phone, &app.last_code(phone)).await.is(200, "");
    }
}
