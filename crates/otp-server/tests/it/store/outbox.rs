//! The contract for events: each sentence holds for every back end; and what the embedded store
//! keeps of them on its disk.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

use otp_server::store::backend::{Commit, Version, Write};
use otp_server::store::embedded::{EmbeddedOptions, EmbeddedStore};
use tempfile::TempDir;
use tokio::time::{interval, timeout};

use super::contract::on_every_back_end;
use super::stage::{
    AnyStore, HOUR, NOW, StuckDisk, bodies, committed, ids, open, options, write, write_with,
};

const LEASE: u64 = 30_000;
const MAX_BYTES: u64 = 512 * 1024;

on_every_back_end![
    events_come_out_as_they_were_committed,
    a_commit_without_events_brings_none,
    a_conflict_leaves_none,
    the_oldest_come_first_and_no_more_than_were_asked_for,
    an_event_is_hidden_for_its_lease_and_then_handed_out_again,
    an_acknowledged_event_does_not_come_back,
    an_event_waits_while_an_earlier_one_of_its_record_is_in_other_hands,
    after_their_leases_a_records_events_are_in_order_again,
    an_event_outlives_its_record,
    an_event_may_be_as_long_as_the_contract_says,
];

async fn events_come_out_as_they_were_committed(store: AnyStore) {
    let first = committed(
        store
            .commit(write_with(1, None, &[b"a", b"\0\xff"]), NOW)
            .await,
    );
    committed(store.commit(write_with(1, Some(first), &[b"c"]), NOW).await);
    let events = store.events(NOW, 10, LEASE).await.unwrap();
    assert_eq!(bodies(&events), [&b"a"[..], b"\0\xff", b"c"]);
    let names: std::collections::HashSet<String> =
        events.iter().map(|event| event.id.to_string()).collect();
    assert_eq!(names.len(), 3, "{names:?}");
}

async fn a_commit_without_events_brings_none(store: AnyStore) {
    committed(store.commit(write(1, None, b"quiet"), NOW).await);
    assert_eq!(store.events(NOW + HOUR, 10, LEASE).await.unwrap(), []);
}

async fn a_conflict_leaves_none(store: AnyStore) {
    committed(store.commit(write(1, None, b"first"), NOW).await);
    let late = write_with(1, None, &[b"never"]);
    assert_eq!(store.commit(late, NOW).await.unwrap(), Commit::Conflict);
    assert_eq!(store.events(NOW, 10, LEASE).await.unwrap(), []);
}

async fn the_oldest_come_first_and_no_more_than_were_asked_for(store: AnyStore) {
    for number in 0..100_u64 {
        let one = write_with(number, None, &[&number.to_be_bytes()]);
        committed(store.commit(one, NOW + number).await);
    }
    let mut seen = Vec::new();
    for _ in 0..10 {
        let some = store.events(NOW + 100, 10, LEASE).await.unwrap();
        assert_eq!(some.len(), 10);
        seen.extend(some.iter().map(|event| event.body.to_vec()));
    }
    let all: Vec<_> = (0..100).map(u64::to_be_bytes).collect();
    assert_eq!(seen, all);
    assert_eq!(store.events(NOW + 100, 10, LEASE).await.unwrap(), []);
}

async fn an_event_is_hidden_for_its_lease_and_then_handed_out_again(store: AnyStore) {
    committed(store.commit(write_with(1, None, &[b"a"]), NOW).await);
    let first = store.events(NOW, 10, LEASE).await.unwrap();
    assert_eq!(bodies(&first), [b"a"]);
    assert_eq!(store.events(NOW + LEASE - 1, 10, LEASE).await.unwrap(), []);
    assert_eq!(store.events(NOW + LEASE, 10, LEASE).await.unwrap(), first);
}

async fn an_acknowledged_event_does_not_come_back(store: AnyStore) {
    committed(store.commit(write_with(1, None, &[b"a", b"b"]), NOW).await);
    committed(store.commit(write_with(2, None, &[b"c"]), NOW + 1).await);
    let events = store.events(NOW + 1, 10, LEASE).await.unwrap();
    assert_eq!(bodies(&events), [b"a", b"b", b"c"]);
    let done = [events[0].id, events[2].id];
    store.acknowledge(&done).await.unwrap();
    store.acknowledge(&done).await.unwrap();
    let again = store.events(NOW + HOUR, 10, LEASE).await.unwrap();
    assert_eq!(bodies(&again), [b"b"]);
    store.acknowledge(&ids(&again)).await.unwrap();
    assert_eq!(store.events(NOW + 2 * HOUR, 10, LEASE).await.unwrap(), []);
}

async fn an_event_waits_while_an_earlier_one_of_its_record_is_in_other_hands(store: AnyStore) {
    let first = committed(store.commit(write_with(1, None, &[b"a"]), NOW).await);
    let held = store.events(NOW, 10, LEASE).await.unwrap();
    assert_eq!(bodies(&held), [b"a"]);
    committed(store.commit(write_with(1, Some(first), &[b"b"]), NOW).await);
    committed(store.commit(write_with(2, None, &[b"other"]), NOW).await);
    let events = store.events(NOW, 10, LEASE).await.unwrap();
    assert_eq!(bodies(&events), [b"other"]);
    store.acknowledge(&ids(&held)).await.unwrap();
    let events = store.events(NOW, 10, LEASE).await.unwrap();
    assert_eq!(bodies(&events), [b"b"]);
}

async fn after_their_leases_a_records_events_are_in_order_again(store: AnyStore) {
    let first = committed(store.commit(write_with(1, None, &[b"a"]), NOW).await);
    store.events(NOW, 10, LEASE).await.unwrap();
    let second = committed(
        store
            .commit(write_with(1, Some(first), &[b"b"]), NOW + 1)
            .await,
    );
    committed(
        store
            .commit(write_with(1, Some(second), &[b"c"]), NOW + 2)
            .await,
    );
    for (limit, expected) in [(1, vec![b"a"]), (10, vec![])] {
        let events = store.events(NOW + LEASE, limit, LEASE).await.unwrap();
        assert_eq!(bodies(&events), expected);
    }
    let events = store.events(NOW + 2 * LEASE, 10, LEASE).await.unwrap();
    assert_eq!(bodies(&events), [b"a", b"b", b"c"]);
}

async fn an_event_outlives_its_record(store: AnyStore) {
    committed(
        store
            .commit(write_with(1, None, &[b"last words"]), NOW)
            .await,
    );
    store.due(NOW + HOUR, 10, LEASE).await.unwrap();
    let events = store.events(NOW + HOUR, 10, LEASE).await.unwrap();
    assert_eq!(bodies(&events), [b"last words"]);
}

async fn an_event_may_be_as_long_as_the_contract_says(store: AnyStore) {
    let long = [7_u8; otp_server::store::backend::EVENT_BYTES_MAX];
    let all = [&long[..]; otp_server::store::backend::EVENTS_PER_WRITE_MAX];
    committed(store.commit(write_with(1, None, &all), NOW).await);
    let events = store.events(NOW, 100, LEASE).await.unwrap();
    assert_eq!(bodies(&events), all);
}

#[tokio::test]
async fn an_event_is_not_seen_before_its_commit_is_on_the_disk() {
    let dir = TempDir::new().unwrap();
    let store = open(&dir);
    let disk = StuckDisk::under(&dir);
    let mut commit = pin!(store.commit(write_with(1, None, &[b"a"]), NOW));
    let polled = commit
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()));
    assert!(polled.is_pending());
    assert_eq!(store.events(NOW, 10, LEASE).await.unwrap(), []);
    disk.recovers();
    committed(commit.await);
    let events = store.events(NOW, 10, LEASE).await.unwrap();
    assert_eq!(bodies(&events), [b"a"]);
}

#[tokio::test]
async fn a_restart_forgets_no_event_and_brings_no_acknowledged_one_back() {
    let dir = TempDir::new().unwrap();
    let store = open(&dir);
    for number in 0..200_u64 {
        let one = write_with(number, None, &[&number.to_be_bytes(), b"second"]);
        committed(store.commit(one, NOW).await);
    }
    let events = store.events(NOW, 100, LEASE).await.unwrap();
    store.acknowledge(&ids(&events)).await.unwrap();
    drop(store);
    let store = open(&dir);
    let rest = store.events(NOW, 1_000, LEASE).await.unwrap();
    assert_eq!(rest.len(), 300);
    assert_eq!(rest[0].body[..], 50_u64.to_be_bytes());
    assert_eq!(rest[299].body[..], *b"second");
    store.acknowledge(&ids(&rest)).await.unwrap();
    drop(store);
    let store = open(&dir);
    assert_eq!(store.events(NOW, 1_000, LEASE).await.unwrap(), []);
}

#[tokio::test]
async fn acknowledged_events_leave_the_disk_while_nothing_else_happens() {
    let dir = TempDir::new().unwrap();
    let store = open(&dir);
    committed(store.commit(write_with(1, None, &[b"a"]), NOW).await);
    let events = store.events(NOW, 10, LEASE).await.unwrap();
    let on_disk = || {
        let database = rusqlite::Connection::open(options(&dir).data_dir.join("otp.db")).unwrap();
        database
            .query_row("SELECT count(*) FROM outbox", [], |row| {
                row.get::<_, i64>(0)
            })
            .unwrap()
    };
    assert_eq!(on_disk(), 1);
    store.acknowledge(&ids(&events)).await.unwrap();
    crate::redis_process::eventually("its row is deleted", || on_disk() == 0);
}

#[tokio::test]
async fn a_write_that_the_disk_refuses_leaves_no_event() {
    let dir = TempDir::new().unwrap();
    let small = EmbeddedOptions {
        max_bytes: Some(MAX_BYTES),
        ..options(&dir)
    };
    let store = EmbeddedStore::open(&small, NOW).unwrap();
    let with_event = |number: u64, expected: Option<Version>| Write {
        body: vec![0; 200],
        ..write_with(number, expected, &[&number.to_be_bytes()])
    };
    let mut kept = 0_u64;
    while store.commit(with_event(kept, None), NOW).await.is_ok() {
        kept += 1;
        assert!(kept < 10_000, "the store does not fill");
    }
    let mut tries = interval(Duration::from_millis(5));
    let up = async {
        while store.health().await.is_err() {
            let _ = store.due(NOW + HOUR, 10, 1_000).await;
            tries.tick().await;
        }
    };
    timeout(Duration::from_secs(20), up).await.unwrap();
    let all: Vec<_> = (0..kept).map(u64::to_be_bytes).collect();
    let events = store.events(NOW + HOUR, 100_000, 1).await.unwrap();
    assert!(bodies(&events) == all, "{} of {kept}", events.len());
    drop(store);
    let store = EmbeddedStore::open(&small, NOW).unwrap();
    let events = store.events(NOW, 100_000, 1).await.unwrap();
    assert!(bodies(&events) == all, "{} of {kept}", events.len());
}
