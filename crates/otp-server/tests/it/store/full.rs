//! A store that is full: it says no, loses nothing, shows nothing that it refused, and recovers.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use otp_server::store::backend::Write;
use otp_server::store::embedded::{EmbeddedOptions, EmbeddedStore};
use tempfile::TempDir;
use tokio::time::{interval, timeout};

use super::stage::{HOUR, NOW, committed, key, options, write};

const MAX_BYTES: u64 = 512 * 1024;
const RECORDS_MAX: u64 = 10_000;
/// SECURITY.md, reliability row 4.
const RECOVERS_WITHIN: Duration = Duration::from_secs(5);

fn small(dir: &TempDir) -> EmbeddedStore {
    EmbeddedStore::open(
        &EmbeddedOptions {
            max_bytes: Some(MAX_BYTES),
            ..options(dir)
        },
        NOW,
    )
    .unwrap()
}

/// Commits until the store says no. Answers with what it acknowledged, and the first refused number.
async fn fill(store: &EmbeddedStore) -> (BTreeMap<u64, Vec<u8>>, u64) {
    let mut acknowledged = BTreeMap::new();
    for number in 0..RECORDS_MAX {
        let body = number.to_le_bytes().repeat(25);
        if store.commit(write(number, None, &body), NOW).await.is_err() {
            return (acknowledged, number);
        }
        acknowledged.insert(number, body);
    }
    panic!("{RECORDS_MAX} records did not fill {MAX_BYTES} bytes");
}

async fn recovered(store: &EmbeddedStore, now_ms: u64) {
    let mut tries = interval(Duration::from_millis(5));
    let up = async {
        while store.health().await.is_err() {
            let _ = store.due(now_ms, 10, 1_000).await;
            tries.tick().await;
        }
    };
    timeout(RECOVERS_WITHIN, up)
        .await
        .expect("the store recovers in time");
}

#[tokio::test]
async fn a_full_store_says_so_to_everybody_at_once() {
    let dir = TempDir::new().unwrap();
    let store = small(&dir);
    let (_, refused) = fill(&store).await;
    for error in [
        store
            .commit(write(refused, None, b"more"), NOW)
            .await
            .unwrap_err(),
        store.load(key(0), NOW).await.unwrap_err(),
        store.due(NOW, 10, 1_000).await.unwrap_err(),
        store.health().await.unwrap_err(),
    ] {
        assert!(error.to_string().contains("size limit"), "{error}");
    }
}

#[tokio::test]
async fn what_was_refused_is_never_seen_and_what_was_acknowledged_always() {
    let dir = TempDir::new().unwrap();
    let store = small(&dir);
    let (acknowledged, refused) = fill(&store).await;
    drop(store);
    let store = EmbeddedStore::open(&options(&dir), NOW).unwrap();
    for (number, body) in &acknowledged {
        assert_eq!(
            &store.load(key(*number), NOW).await.unwrap().unwrap().body[..],
            body
        );
    }
    assert!(store.load(key(refused), NOW).await.unwrap().is_none());
    assert_eq!(store.live_codes(), acknowledged.len() as u64);
}

#[tokio::test]
async fn a_full_store_recovers_once_records_may_be_forgotten() {
    let dir = TempDir::new().unwrap();
    let store = small(&dir);
    let long = Write {
        forget_at_ms: NOW + 9 * HOUR,
        ..write(RECORDS_MAX, None, b"first")
    };
    let first = committed(store.commit(long, NOW).await);
    let (_, refused) = fill(&store).await;

    recovered(&store, NOW + HOUR).await;
    let stored = store
        .load(key(RECORDS_MAX), NOW + HOUR)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((stored.version, &stored.body[..]), (first, &b"first"[..]));
    assert!(
        store.load(key(refused), NOW).await.unwrap().is_none(),
        "a refused record is there"
    );
    let later = Write {
        forget_at_ms: NOW + 9 * HOUR,
        ..write(refused, None, b"now")
    };
    committed(store.commit(later, NOW + HOUR).await);
}

#[tokio::test]
async fn a_refused_change_leaves_the_record_as_it_was() {
    let dir = TempDir::new().unwrap();
    let store = small(&dir);
    let long = Write {
        forget_at_ms: NOW + 9 * HOUR,
        live_codes: 2,
        ..write(RECORDS_MAX, None, b"before")
    };
    let before = committed(store.commit(long.clone(), NOW).await);
    // Larger than the whole store: refused whatever else is there.
    let body = vec![1; usize::try_from(2 * MAX_BYTES).unwrap()];
    let too_large = Write {
        expected: Some(before),
        live_codes: 9,
        body,
        ..long
    };
    store.commit(too_large, NOW).await.unwrap_err();

    recovered(&store, NOW).await;
    let stored = store.load(key(RECORDS_MAX), NOW).await.unwrap().unwrap();
    assert_eq!((stored.version, &stored.body[..]), (before, &b"before"[..]));
    assert_eq!(store.live_codes(), 2);
}

#[tokio::test]
async fn changes_queued_behind_a_refused_one_are_refused_with_it() {
    let dir = TempDir::new().unwrap();
    let store = small(&dir);
    let before = committed(store.commit(write(1, None, b"before"), NOW).await);
    let body = vec![1; usize::try_from(2 * MAX_BYTES).unwrap()];
    let mut too_large = pin!(store.commit(
        Write {
            body,
            ..write(1, Some(before), b"")
        },
        NOW
    ));
    let first_poll = too_large
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()));
    // It is visible to those who decide next; what they decide shares its fate.
    if let Ok(Some(seen)) = store.load(key(1), NOW).await {
        let behind = store
            .commit(write(1, Some(seen.version), b"behind"), NOW)
            .await;
        assert!(behind.is_err(), "{behind:?}");
    }
    let outcome = match first_poll {
        Poll::Ready(outcome) => outcome,
        Poll::Pending => too_large.await,
    };
    outcome.unwrap_err();

    recovered(&store, NOW).await;
    let stored = store.load(key(1), NOW).await.unwrap().unwrap();
    assert_eq!((stored.version, &stored.body[..]), (before, &b"before"[..]));
    committed(store.commit(write(1, Some(before), b"after"), NOW).await);
    assert_eq!(store.live_codes(), 1);
}

#[tokio::test]
async fn replaced_states_make_room_before_the_store_is_called_full() {
    let dir = TempDir::new().unwrap();
    let store = small(&dir);
    let mut version = committed(store.commit(write(1, None, b"first"), NOW).await);
    // Ten times what fits, but one record.
    for _ in 0..10 * MAX_BYTES / 1_000 {
        version = committed(
            store
                .commit(write(1, Some(version), &[1; 1_000]), NOW)
                .await,
        );
    }
}
