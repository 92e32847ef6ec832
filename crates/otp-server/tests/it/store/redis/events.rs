//! Events that several servers take from one Redis.

use std::collections::BTreeMap;
use std::sync::Arc;

use otp_server::store::backend::{EVENTS_PER_WRITE_MAX, Write};
use otp_server::store::redis::RedisStore;

use super::super::stage::{HOUR, NOW, bodies, committed, ids, key, write, write_with};
use super::{connect, patient};
use crate::redis_process::{RedisCluster, RedisProcess};

const LEASE: u64 = 30_000;
const RECORDS: u64 = 40;
const COMMITS: u64 = 25;

#[tokio::test]
async fn two_servers_take_each_event_once_and_each_records_in_order() {
    let server = RedisProcess::shared();
    each_is_taken_once_in_order(&server.url()).await;
    let cluster = RedisCluster::shared();
    each_is_taken_once_in_order(&cluster.url()).await;
}

/// Two take events while two others still commit.
async fn each_is_taken_once_in_order(url: &str) {
    let options = patient(url);
    let [one, other] = [
        Arc::new(connect(&options).await),
        Arc::new(connect(&options).await),
    ];
    let writers = [
        tokio::spawn(commit_all(Arc::clone(&one), 0)),
        tokio::spawn(commit_all(Arc::clone(&other), 1)),
    ];
    let log = Arc::new(std::sync::Mutex::new(Vec::<[u64; 2]>::new()));
    let takers = [one, other].map(|store| tokio::spawn(take_all(store, Arc::clone(&log))));
    for writer in writers {
        writer.await.unwrap();
    }
    for taker in takers {
        taker.await.unwrap();
    }
    let log = log.lock().unwrap();
    assert_eq!(log.len() as u64, RECORDS * COMMITS);
    let mut counts = BTreeMap::new();
    for [number, count] in log.iter() {
        let before = counts.insert(number, count).copied();
        assert_eq!(before.map_or(0, |before| before + 1), *count, "of {number}");
    }
}

async fn commit_all(store: Arc<RedisStore>, parity: u64) {
    let mut versions = BTreeMap::new();
    for count in 0..COMMITS {
        for number in (0..RECORDS).filter(|number| number % 2 == parity) {
            let body = [number.to_be_bytes(), count.to_be_bytes()].concat();
            let expected = versions.get(&number).copied();
            let next = write_with(number, expected, &[&body]);
            // The clocks of two servers differ.
            let now_ms = NOW + count - parity;
            versions.insert(number, committed(store.commit(next, now_ms).await));
        }
    }
}

/// What is in one's hands is noted before it is acknowledged, as a consumer would.
async fn take_all(store: Arc<RedisStore>, log: Arc<std::sync::Mutex<Vec<[u64; 2]>>>) {
    let all = usize::try_from(RECORDS * COMMITS).unwrap();
    while log.lock().unwrap().len() < all {
        let events = store.events(NOW + COMMITS, 30, LEASE).await.unwrap();
        for event in &events {
            let (number, count) = event.body.split_at(8);
            let read = |bytes: &[u8]| u64::from_be_bytes(bytes.try_into().unwrap());
            log.lock().unwrap().push([read(number), read(count)]);
            tokio::task::yield_now().await;
        }
        store.acknowledge(&ids(&events)).await.unwrap();
    }
}

#[tokio::test]
async fn all_that_events_leave_in_redis_passes_and_nothing_is_left_of_acknowledged_ones() {
    let server = RedisProcess::start(&[]);
    let store = connect(&patient(&server.url())).await;
    committed(store.commit(write(1, None, b"quiet"), NOW).await);
    let named = |part: &str| {
        let names = server.ask(&["KEYS", &format!("*:{part}")]);
        let names: Vec<_> = names.split_whitespace().map(str::to_owned).collect();
        names
    };
    for part in ["out", "ev", "seq"] {
        assert_eq!(named(part), [""; 0], "without an event");
    }
    committed(store.commit(write_with(2, None, &[b"a"]), NOW).await);
    for part in ["out", "ev", "seq"] {
        let [name] = &named(part)[..] else {
            panic!("one {part} in {:?}", named(part))
        };
        let to_live: u64 = server.ask(&["PTTL", name]).parse().expect("a time to live");
        assert!(to_live <= 26 * HOUR, "{name}: {to_live}");
    }
    let events = store.events(NOW, 10, LEASE).await.unwrap();
    store.acknowledge(&ids(&events)).await.unwrap();
    assert_eq!([named("out"), named("ev")], [[""; 0], [""; 0]]);
}

#[tokio::test]
async fn of_too_many_events_that_nobody_takes_the_oldest_go() {
    let server = RedisProcess::shared();
    let store = connect(&patient(&server.url())).await;
    let most = 4_096_u64;
    let mut expected = None;
    for group in 0..=most / EVENTS_PER_WRITE_MAX as u64 {
        let first = group * EVENTS_PER_WRITE_MAX as u64;
        let events = (first..).take(EVENTS_PER_WRITE_MAX);
        let next = Write {
            events: events.map(|count| count.to_be_bytes().to_vec()).collect(),
            ..write(1, expected, b"many")
        };
        expected = Some(committed(store.commit(next, NOW).await));
    }
    let events = store.events(NOW, 10_000, LEASE).await.unwrap();
    let last: Vec<_> = (16..most + 16).map(u64::to_be_bytes).collect();
    assert_eq!(bodies(&events), last);
    assert!(store.load(key(1), NOW).await.unwrap().is_some());
}
