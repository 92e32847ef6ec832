//! A disk that does not answer: whoever waits for it has an answer within a second.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

use otp_server::store::embedded::EmbeddedStore;
use tempfile::TempDir;
use tokio::time::{interval, timeout};

use super::stage::{NOW, StuckDisk, committed, key, open, write};

const ANSWERS_WITHIN: Duration = Duration::from_secs(1);
const RECOVERS_WITHIN: Duration = Duration::from_secs(5);

async fn within<T>(limit: Duration, work: impl Future<Output = T>) -> T {
    timeout(limit, work).await.expect("an answer in time")
}

async fn recovered(store: &EmbeddedStore) {
    let mut tries = interval(Duration::from_millis(5));
    within(RECOVERS_WITHIN, async {
        while store.health().await.is_err() {
            tries.tick().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_commit_that_a_slow_disk_holds_up_says_so_within_a_second() {
    let dir = TempDir::new().unwrap();
    let store = open(&dir);
    let disk = StuckDisk::under(&dir);
    let slow = within(
        ANSWERS_WITHIN,
        store.commit(write(1, None, b"held up"), NOW),
    )
    .await;
    let text = slow.unwrap_err().to_string();
    assert!(text.contains("within 800 ms"), "{text}");
    disk.recovers();

    recovered(&store).await;
    let stored = store.load(key(1), NOW).await.unwrap().unwrap();
    store.settled(stored.version).await.unwrap();
    drop(store);
    let kept = open(&dir).load(key(1), NOW).await.unwrap().unwrap();
    assert_eq!(kept.version, stored.version, "what stayed queued is lost");
}

#[tokio::test]
async fn a_store_with_a_slow_disk_is_unwell_and_refuses_at_once_until_the_disk_answers() {
    let dir = TempDir::new().unwrap();
    let store = open(&dir);
    let disk = StuckDisk::under(&dir);
    store
        .commit(write(1, None, b"held up"), NOW)
        .await
        .unwrap_err();
    let mut late = pin!(store.commit(write(2, None, b"late"), NOW));
    let first_poll = late.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    for unwell in [
        store.health().await.unwrap_err(),
        store.load(key(1), NOW).await.unwrap_err(),
        store.due(NOW, 10, 1_000).await.unwrap_err(),
    ] {
        assert!(unwell.to_string().contains("check the disk"), "{unwell}");
    }
    assert!(
        first_poll.is_ready(),
        "it waits for a disk that is known to be slow"
    );
    disk.recovers();

    recovered(&store).await;
    assert!(
        store.load(key(2), NOW).await.unwrap().is_none(),
        "what was refused is there"
    );
    committed(store.commit(write(2, None, b"again"), NOW).await);
}
