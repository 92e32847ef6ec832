//! The contract: each sentence holds for every back end.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::thread;

use futures_util::future::join_all;
use otp_server::store::backend::{Commit, Version, Write};
use tokio::runtime::Builder;

use super::stage::{AnyStore, HOUR, NOW, committed, key, write};

const LEASE: u64 = 30_000;

/// Runs each test against each back end.
macro_rules! on_every_back_end {
    ($($test:ident),* $(,)?) => {
        mod memory {
            $(#[tokio::test] async fn $test() { super::$test(super::AnyStore::memory()).await; })*
        }
        mod embedded {
            $(#[tokio::test] async fn $test() { super::$test(super::AnyStore::embedded()).await; })*
        }
        mod redis {
            $(#[tokio::test] async fn $test() { super::$test(super::AnyStore::redis().await).await; })*
        }
        mod redis_cluster {
            $(#[tokio::test] async fn $test() { super::$test(super::AnyStore::redis_cluster().await).await; })*
        }
    };
}

pub(super) use on_every_back_end;

on_every_back_end![
    a_record_is_loaded_as_it_was_committed,
    a_record_is_made_once,
    a_change_of_an_outdated_version_is_a_conflict_and_changes_nothing,
    a_change_of_a_record_that_is_not_there_is_a_conflict,
    of_64_tasks_that_saw_the_same_version_one_wins,
    a_record_past_its_time_is_absent_and_can_be_made_again,
    a_version_is_not_used_again_after_the_record_was_forgotten,
    a_commit_that_nobody_waits_for_counts,
    due_records_are_handed_out_the_longest_overdue_first,
    a_record_that_is_not_due_is_not_handed_out,
    no_more_are_handed_out_than_were_asked_for,
    a_due_record_is_handed_out_again_after_its_lease,
    a_commit_ends_the_lease,
    a_commit_moves_the_timer_either_way,
    a_commit_without_a_due_time_stops_the_timer,
    timers_that_ring_in_vain_keep_no_due_record_waiting,
    what_was_committed_is_settled,
    live_codes_are_the_sum_over_the_records,
    forgotten_records_are_dropped_and_a_due_one_behind_them_is_handed_out,
    a_walk_finds_every_record_once_as_it_was_committed_last,
    a_walk_leaves_out_what_may_be_forgotten,
];

async fn a_record_is_loaded_as_it_was_committed(store: AnyStore) {
    let version = committed(store.commit(write(1, None, b"one"), NOW).await);
    let stored = store.load(key(1), NOW).await.unwrap().unwrap();
    assert_eq!((stored.version, &stored.body[..]), (version, &b"one"[..]));
    assert!(store.load(key(2), NOW).await.unwrap().is_none());
}

async fn a_record_is_made_once(store: AnyStore) {
    committed(store.commit(write(1, None, b"one"), NOW).await);
    assert_eq!(
        store.commit(write(1, None, b"two"), NOW).await.unwrap(),
        Commit::Conflict
    );
    assert_eq!(body(&store, 1).await, b"one");
}

async fn a_change_of_an_outdated_version_is_a_conflict_and_changes_nothing(store: AnyStore) {
    let first = committed(store.commit(write(1, None, b"one"), NOW).await);
    let second = committed(store.commit(write(1, Some(first), b"two"), NOW).await);
    assert_eq!(
        store
            .commit(write(1, Some(first), b"three"), NOW)
            .await
            .unwrap(),
        Commit::Conflict
    );
    assert_eq!(body(&store, 1).await, b"two");
    committed(store.commit(write(1, Some(second), b"four"), NOW).await);
}

async fn a_change_of_a_record_that_is_not_there_is_a_conflict(store: AnyStore) {
    let version = committed(store.commit(write(1, None, b"one"), NOW).await);
    assert_eq!(
        store
            .commit(write(2, Some(version), b"two"), NOW)
            .await
            .unwrap(),
        Commit::Conflict
    );
    assert_eq!(store.live_codes(), 1);
}

async fn of_64_tasks_that_saw_the_same_version_one_wins(store: AnyStore) {
    let store = Arc::new(store);
    for round in 0..100 {
        let seen = committed(store.commit(write(round, None, b"seen"), NOW).await);
        let threads: Vec<_> = (0..4)
            .map(|_| rivals(Arc::clone(&store), round, seen))
            .collect();
        let winners: usize = threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum();
        assert_eq!(winners, 1, "in round {round}");
    }
    assert_eq!(store.live_codes(), 100);
}

/// Sixteen tasks on a thread with a runtime of its own, as a worker has. Answers how many won.
fn rivals(store: Arc<AnyStore>, number: u64, seen: Version) -> thread::JoinHandle<usize> {
    thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let tasks: Vec<_> = (0..16)
                .map(|_| {
                    let store = Arc::clone(&store);
                    tokio::spawn(async move {
                        store
                            .commit(write(number, Some(seen), b"won"), NOW)
                            .await
                            .unwrap()
                    })
                })
                .collect();
            let mut winners = 0;
            for task in tasks {
                winners += usize::from(task.await.unwrap() != Commit::Conflict);
            }
            winners
        })
    })
}

async fn a_record_past_its_time_is_absent_and_can_be_made_again(store: AnyStore) {
    let version = committed(store.commit(write(1, None, b"one"), NOW).await);
    assert!(store.load(key(1), NOW + HOUR - 1).await.unwrap().is_some());
    assert!(store.load(key(1), NOW + HOUR).await.unwrap().is_none());
    let late = Write {
        forget_at_ms: NOW + 3 * HOUR,
        ..write(1, Some(version), b"late")
    };
    assert_eq!(
        store.commit(late, NOW + HOUR).await.unwrap(),
        Commit::Conflict
    );
    let again = Write {
        forget_at_ms: NOW + 3 * HOUR,
        ..write(1, None, b"again")
    };
    committed(store.commit(again, NOW + HOUR).await);
    assert_eq!(store.live_codes(), 1);
}

async fn a_version_is_not_used_again_after_the_record_was_forgotten(store: AnyStore) {
    let old = committed(store.commit(write(1, None, b"same"), NOW).await);
    store.due(NOW + HOUR, 10, LEASE).await.unwrap();
    let later = |expected| Write {
        forget_at_ms: NOW + 3 * HOUR,
        ..write(1, expected, b"same")
    };
    committed(store.commit(later(None), NOW + HOUR).await);
    assert_eq!(
        store.commit(later(Some(old)), NOW + HOUR).await.unwrap(),
        Commit::Conflict
    );
}

async fn a_commit_that_nobody_waits_for_counts(store: AnyStore) {
    {
        let abandoned = pin!(store.commit(write(1, None, b"one"), NOW));
        let _ = abandoned.poll(&mut Context::from_waker(Waker::noop()));
    }
    assert_eq!(
        store.commit(write(1, None, b"two"), NOW).await.unwrap(),
        Commit::Conflict
    );
    assert_eq!(body(&store, 1).await, b"one");
}

async fn due_records_are_handed_out_the_longest_overdue_first(store: AnyStore) {
    for (number, after) in [(1, 30), (2, 10), (3, 20), (4, 40)] {
        committed(store.commit(due(number, None, NOW + after), NOW).await);
    }
    assert_eq!(
        store.due(NOW + 30, 10, LEASE).await.unwrap(),
        [key(2), key(3), key(1)]
    );
}

async fn a_record_that_is_not_due_is_not_handed_out(store: AnyStore) {
    committed(store.commit(due(1, None, NOW + 10), NOW).await);
    committed(store.commit(write(2, None, b"never"), NOW).await);
    assert_eq!(store.due(NOW + 9, 10, LEASE).await.unwrap(), []);
    assert_eq!(store.due(NOW + 10, 10, LEASE).await.unwrap(), [key(1)]);
}

async fn no_more_are_handed_out_than_were_asked_for(store: AnyStore) {
    for number in 0..100 {
        committed(store.commit(due(number, None, NOW + number), NOW).await);
    }
    let mut handed_out = Vec::new();
    for _ in 0..10 {
        let some = store.due(NOW + 100, 10, LEASE).await.unwrap();
        assert_eq!(some.len(), 10);
        handed_out.extend(some);
    }
    assert_eq!(handed_out, (0..100).map(key).collect::<Vec<_>>());
    assert_eq!(store.due(NOW + 100, 10, LEASE).await.unwrap(), []);
}

async fn a_due_record_is_handed_out_again_after_its_lease(store: AnyStore) {
    committed(store.commit(due(1, None, NOW), NOW).await);
    assert_eq!(store.due(NOW, 10, LEASE).await.unwrap(), [key(1)]);
    assert_eq!(store.due(NOW + LEASE - 1, 10, LEASE).await.unwrap(), []);
    assert_eq!(store.due(NOW + LEASE, 10, LEASE).await.unwrap(), [key(1)]);
}

async fn a_commit_ends_the_lease(store: AnyStore) {
    let version = committed(store.commit(due(1, None, NOW), NOW).await);
    assert_eq!(store.due(NOW, 10, LEASE).await.unwrap(), [key(1)]);
    committed(store.commit(due(1, Some(version), NOW + 5), NOW).await);
    assert_eq!(store.due(NOW + 5, 10, LEASE).await.unwrap(), [key(1)]);
}

async fn a_commit_moves_the_timer_either_way(store: AnyStore) {
    let late = committed(store.commit(due(1, None, NOW + 100), NOW).await);
    let early = committed(store.commit(due(1, Some(late), NOW + 10), NOW).await);
    committed(store.commit(due(1, Some(early), NOW + 50), NOW).await);
    assert_eq!(store.due(NOW + 49, 10, LEASE).await.unwrap(), []);
    assert_eq!(store.due(NOW + 50, 10, LEASE).await.unwrap(), [key(1)]);
    assert_eq!(store.due(NOW + 100, 10, LEASE).await.unwrap(), []);
}

async fn timers_that_ring_in_vain_keep_no_due_record_waiting(store: AnyStore) {
    const IN_VAIN: u64 = 5_000;
    let commits = (0..IN_VAIN).map(|number| {
        let store = &store;
        async move {
            let version = committed(store.commit(due(number, None, NOW + 10), NOW).await);
            committed(
                store
                    .commit(write(number, Some(version), b"done"), NOW)
                    .await,
            );
        }
    });
    join_all(commits).await;
    committed(store.commit(due(IN_VAIN, None, NOW + 11), NOW).await);
    assert_eq!(
        store.due(NOW + 11, 10, LEASE).await.unwrap(),
        [key(IN_VAIN)]
    );
}

async fn what_was_committed_is_settled(store: AnyStore) {
    let version = committed(store.commit(write(1, None, b"kept"), NOW).await);
    store.settled(version).await.unwrap();
}

async fn a_commit_without_a_due_time_stops_the_timer(store: AnyStore) {
    let version = committed(store.commit(due(1, None, NOW + 10), NOW).await);
    committed(store.commit(write(1, Some(version), b"done"), NOW).await);
    assert_eq!(store.due(NOW + HOUR - 1, 10, LEASE).await.unwrap(), []);
}

async fn live_codes_are_the_sum_over_the_records(store: AnyStore) {
    let with_codes = |number, expected, live_codes| Write {
        live_codes,
        ..write(number, expected, b"codes")
    };
    let first = committed(store.commit(with_codes(1, None, 3), NOW).await);
    committed(store.commit(with_codes(2, None, 4), NOW).await);
    assert_eq!(store.live_codes(), 7);
    let second = committed(store.commit(with_codes(1, Some(first), 0), NOW).await);
    assert_eq!(store.live_codes(), 4);
    committed(store.commit(with_codes(1, Some(second), 1), NOW).await);
    assert_eq!(store.live_codes(), 5);
    assert_eq!(
        store
            .commit(with_codes(2, Some(first), 9), NOW)
            .await
            .unwrap(),
        Commit::Conflict
    );
    assert_eq!(store.live_codes(), 5);
}

async fn forgotten_records_are_dropped_and_a_due_one_behind_them_is_handed_out(store: AnyStore) {
    const RECORDS: u64 = 5_000;
    commit_all(
        &store,
        (0..RECORDS).map(|number| write(number, None, b"soon gone")),
    )
    .await;
    assert_eq!(store.live_codes(), RECORDS);
    let later = Write {
        forget_at_ms: NOW + 2 * HOUR,
        ..due(RECORDS, None, NOW + HOUR)
    };
    committed(store.commit(later, NOW).await);
    assert_eq!(
        store.due(NOW + HOUR, 10, LEASE).await.unwrap(),
        [key(RECORDS)]
    );
    assert_eq!(store.live_codes(), 1);
}

async fn a_walk_finds_every_record_once_as_it_was_committed_last(store: AnyStore) {
    const RECORDS: u64 = 3_000;
    assert_eq!(store.walk(NOW).await.len(), 0);
    commit_all(
        &store,
        (0..RECORDS).map(|number| write(number, None, &number.to_be_bytes())),
    )
    .await;
    let first = store.load(key(0), NOW).await.unwrap().unwrap();
    let changed = committed(store.commit(due(0, Some(first.version), NOW), NOW).await);
    // One that is handed out and hidden from others is found all the same.
    assert_eq!(store.due(NOW, 10, LEASE).await.unwrap(), [key(0)]);

    let found = store.walk(NOW).await;
    let by_key: BTreeMap<_, _> = found.iter().cloned().collect();
    assert_eq!((found.len(), by_key.len()), (3_000, 3_000));
    let last = &by_key[&key(0)];
    assert_eq!((last.version, &last.body[..]), (changed, &b"due"[..]));
    for number in 1..RECORDS {
        assert_eq!(by_key[&key(number)].body[..], number.to_be_bytes());
    }
}

async fn a_walk_leaves_out_what_may_be_forgotten(store: AnyStore) {
    committed(store.commit(write(1, None, b"an hour"), NOW).await);
    let longer = Write {
        forget_at_ms: NOW + 2 * HOUR,
        ..write(2, None, b"two hours")
    };
    committed(store.commit(longer, NOW).await);
    assert_eq!(store.walk(NOW + HOUR - 1).await.len(), 2);
    let left: Vec<_> = store.walk(NOW + HOUR).await;
    assert_eq!(
        left.iter().map(|(key, _)| *key).collect::<Vec<_>>(),
        [key(2)]
    );
}

/// All at once, so that they share a flush.
async fn commit_all(store: &AnyStore, writes: impl Iterator<Item = Write>) {
    for commit in join_all(writes.map(|write| store.commit(write, NOW))).await {
        committed(commit);
    }
}

fn due(number: u64, expected: Option<Version>, due_at_ms: u64) -> Write {
    Write {
        due_at_ms: Some(due_at_ms),
        ..write(number, expected, b"due")
    }
}

async fn body(store: &AnyStore, number: u64) -> Vec<u8> {
    store
        .load(key(number), NOW)
        .await
        .unwrap()
        .unwrap()
        .body
        .to_vec()
}
