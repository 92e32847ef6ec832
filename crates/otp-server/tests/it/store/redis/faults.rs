//! Redis on its bad days: whoever asks is told within a second, and it recovers by itself.

use std::time::Duration;

use otp_server::store::backend::{Unavailable, Write};
use otp_server::store::redis::{RedisOptions, RedisStore};

use super::super::stage::{NOW, committed, key, write};
use super::{on_single, patient};
use crate::redis_process::{RedisProcess, now};

const SECOND: Duration = Duration::from_secs(1);
const RECOVERY: Duration = Duration::from_secs(5);

#[tokio::test]
async fn scripts_that_redis_forgot_are_sent_again() {
    let server = RedisProcess::start(&[]);
    let store = on_single(&server).await;
    let mut version = None;
    for turn in 0..3 {
        assert_eq!(server.ask(&["SCRIPT", "FLUSH"]), "OK");
        let due = Write {
            due_at_ms: Some(NOW),
            ..write(1, version, b"one")
        };
        version = Some(committed(store.commit(due, NOW).await));
        assert_eq!(server.ask(&["SCRIPT", "FLUSH"]), "OK");
        assert_eq!(store.due(NOW + turn, 10, 1).await.unwrap(), [key(1)]);
        assert_eq!(server.ask(&["SCRIPT", "FLUSH"]), "OK");
        store.health().await.unwrap();
    }
    assert_eq!(store.live_codes(), 1);
}

#[tokio::test]
async fn a_server_that_is_killed_is_refused_at_once_and_found_again() {
    let mut server = RedisProcess::start_durable();
    let store = impatient(&server).await;
    let version = committed(store.commit(write(1, None, b"kept"), NOW).await);
    server.kill();
    each_call_is_refused_within_a_second(&store).await;
    server.restart();
    recovers(&store).await;
    let stored = store
        .load(key(1), NOW)
        .await
        .unwrap()
        .expect("what was acknowledged is there");
    assert_eq!(stored.version, version);
    committed(
        store
            .commit(write(1, Some(version), b"and goes on"), NOW)
            .await,
    );
}

#[tokio::test]
async fn a_server_that_hangs_is_refused_within_a_second_and_found_again() {
    let server = RedisProcess::start(&[]);
    let store = impatient(&server).await;
    server.pause();
    each_call_is_refused_within_a_second(&store).await;
    server.resume();
    recovers(&store).await;
    committed(store.commit(write(7, None, b"goes on"), NOW).await);
}

#[tokio::test]
async fn while_memory_is_full_commits_are_refused_and_forgotten_records_still_go() {
    let server = RedisProcess::start(&[]);
    let store = impatient(&server).await;
    let version = committed(store.commit(write(1, None, b"one"), NOW).await);
    assert_eq!(server.ask(&["CONFIG", "SET", "maxmemory", "1"]), "OK");
    let refusal = store
        .commit(write(1, Some(version), b"two"), NOW)
        .await
        .unwrap_err();
    assert!(
        refusal.to_string().starts_with("redis is out of memory"),
        "{refusal}"
    );
    store.health().await.expect_err("no commit could succeed");
    assert_eq!(
        &store.load(key(1), NOW).await.unwrap().unwrap().body[..],
        b"one"
    );
    store.due(NOW * 2, 10, 1).await.unwrap();
    assert_eq!(server.ask(&["DBSIZE"]), "0");
    assert_eq!(server.ask(&["CONFIG", "SET", "maxmemory", "0"]), "OK");
    committed(store.commit(write(1, None, b"again"), NOW).await);
    store.health().await.unwrap();
}

#[tokio::test]
async fn a_server_that_became_a_replica_is_refused_until_it_is_master_again() {
    let (server, master) = (RedisProcess::start(&[]), RedisProcess::start(&[]));
    let store = impatient(&server).await;
    assert_eq!(
        server.ask(&["REPLICAOF", "127.0.0.1", &master.port().to_string()]),
        "OK"
    );
    let refusal = store.commit(write(1, None, b"one"), NOW).await.unwrap_err();
    assert!(
        refusal
            .to_string()
            .starts_with("redis is a read-only replica"),
        "{refusal}"
    );
    store.health().await.expect_err("no commit could succeed");
    assert_eq!(server.ask(&["REPLICAOF", "NO", "ONE"]), "OK");
    recovers(&store).await;
    committed(store.commit(write(1, None, b"one"), NOW).await);
}

#[tokio::test]
async fn too_few_replicas_for_the_operators_setting_is_a_refusal() {
    let server = RedisProcess::start(&[]);
    let store = impatient(&server).await;
    assert_eq!(
        server.ask(&["CONFIG", "SET", "min-replicas-to-write", "1"]),
        "OK"
    );
    let refusal = store.commit(write(1, None, b"one"), NOW).await.unwrap_err();
    assert!(
        refusal.to_string().contains("too few replicas"),
        "{refusal}"
    );
    store.health().await.expect_err("no commit could succeed");
}

#[tokio::test]
async fn more_requests_than_may_wait_are_refused_at_once() {
    let server = RedisProcess::start(&[]);
    let mut options = RedisOptions::parse(&server.url()).unwrap();
    options.in_flight_limit = 8;
    let store = std::sync::Arc::new(RedisStore::connect(&options).await.unwrap());
    server.pause();
    let waiting: Vec<_> = (0..8)
        .map(|number| {
            let store = std::sync::Arc::clone(&store);
            tokio::spawn(async move { store.load(key(number), NOW).await })
        })
        .collect();
    tokio::task::yield_now().await;
    let refusal = store.load(key(9), NOW).await.unwrap_err();
    assert!(
        refusal.to_string().starts_with("8 requests wait"),
        "{refusal}"
    );
    for load in waiting {
        load.await.unwrap().unwrap_err();
    }
    server.resume();
}

#[tokio::test]
async fn a_record_of_a_newer_server_is_refused_and_left_alone() {
    let server = RedisProcess::start(&[]);
    let options = patient(&server.url());
    let store = RedisStore::connect(&options).await.unwrap();
    let version = committed(
        store
            .commit(
                Write {
                    due_at_ms: Some(NOW),
                    ..write(1, None, b"one")
                },
                NOW,
            )
            .await,
    );
    let name = server.ask(&["KEYS", "*:r:*"]);
    server.ask(&["SETRANGE", &name, "0", "\u{2}"]);
    let newer = |refusal: Unavailable| {
        assert!(
            refusal.to_string().contains("newer otp-server"),
            "{refusal}"
        );
    };
    newer(store.load(key(1), NOW).await.unwrap_err());
    newer(store.commit(write(1, None, b"two"), NOW).await.unwrap_err());
    newer(
        store
            .commit(write(1, Some(version), b"two"), NOW)
            .await
            .unwrap_err(),
    );
    assert_eq!(store.due(NOW, 10, 1).await.unwrap(), []);
    assert_eq!(server.ask(&["GETRANGE", &name, "21", "-1"]), "one");
}

/// As servers run, unlike the contract's tests.
async fn impatient(server: &RedisProcess) -> RedisStore {
    let options = RedisOptions::parse(&server.url()).unwrap();
    RedisStore::connect(&options).await.expect("redis is there")
}

async fn each_call_is_refused_within_a_second(store: &RedisStore) {
    for number in 10..14 {
        let started = now();
        store
            .commit(write(number, None, b"lost"), NOW)
            .await
            .expect_err("a commit");
        assert!(
            started.elapsed() < SECOND,
            "a commit took {:?}",
            started.elapsed()
        );
        let started = now();
        store.load(key(number), NOW).await.expect_err("a load");
        assert!(
            started.elapsed() < SECOND,
            "a load took {:?}",
            started.elapsed()
        );
        let started = now();
        store
            .due(NOW, 10, 1)
            .await
            .expect_err("a look at what is due");
        assert!(
            started.elapsed() < SECOND,
            "a look at what is due took {:?}",
            started.elapsed()
        );
        store.health().await.expect_err("not well");
    }
}

async fn recovers(store: &RedisStore) {
    let started = now();
    while store.health().await.is_err() {
        assert!(
            started.elapsed() < RECOVERY,
            "not after {:?}",
            started.elapsed()
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
