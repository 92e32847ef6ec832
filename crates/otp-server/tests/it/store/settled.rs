//! Nothing that a load showed is told before it is on the disk.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use otp_server::store::embedded::{EmbeddedOptions, EmbeddedStore};
use tempfile::TempDir;
use tokio::time::{interval, timeout};

use super::stage::{NOW, StuckDisk, committed, key, open, options, write};

fn poll<T>(future: std::pin::Pin<&mut impl Future<Output = T>>) -> Poll<T> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[tokio::test]
async fn a_state_that_is_on_its_way_to_the_disk_is_settled_only_when_it_is_there() {
    let dir = TempDir::new().unwrap();
    let store = open(&dir);
    let before = committed(store.commit(write(1, None, b"before"), NOW).await);
    let disk = StuckDisk::under(&dir);
    let mut commit = pin!(store.commit(write(1, Some(before), b"on its way"), NOW));
    assert!(poll(commit.as_mut()).is_pending());
    let seen = store.load(key(1), NOW).await.unwrap().unwrap();
    assert_ne!(seen.version, before);
    let mut settled = pin!(store.settled(seen.version));
    assert!(poll(settled.as_mut()).is_pending());
    store.settled(before).await.unwrap();
    disk.recovers();
    settled.await.unwrap();
    assert_eq!(committed(commit.await), seen.version);
    store.settled(seen.version).await.unwrap();
}

#[tokio::test]
async fn what_an_earlier_process_committed_is_settled() {
    let dir = TempDir::new().unwrap();
    let store = open(&dir);
    let version = committed(store.commit(write(1, None, b"kept"), NOW).await);
    drop(store);
    let store = open(&dir);
    let stored = store.load(key(1), NOW).await.unwrap().unwrap();
    assert_eq!(stored.version, version);
    store.settled(version).await.unwrap();
}

#[tokio::test]
async fn a_state_that_the_disk_refused_is_never_settled() {
    const MAX_BYTES: u64 = 512 * 1024;
    let dir = TempDir::new().unwrap();
    let options = EmbeddedOptions {
        max_bytes: Some(MAX_BYTES),
        ..options(&dir)
    };
    let store = EmbeddedStore::open(&options, NOW).unwrap();
    let before = committed(store.commit(write(1, None, b"before"), NOW).await);
    let disk = StuckDisk::under(&dir);
    let body = vec![1; usize::try_from(2 * MAX_BYTES).unwrap()];
    let mut too_large = pin!(store.commit(write(1, Some(before), &body), NOW));
    assert!(poll(too_large.as_mut()).is_pending());
    let seen = store.load(key(1), NOW).await.unwrap().unwrap();
    disk.recovers();
    too_large.await.unwrap_err();
    store.settled(seen.version).await.unwrap_err();

    let mut tries = interval(Duration::from_millis(5));
    timeout(Duration::from_secs(5), async {
        while store.health().await.is_err() {
            tries.tick().await;
        }
    })
    .await
    .unwrap();
    committed(store.commit(write(2, None, b"a later version"), NOW).await);
    store.settled(seen.version).await.unwrap_err();
    store.settled(before).await.unwrap();
}
