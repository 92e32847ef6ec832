//! What the embedded store promises beyond the contract: it keeps, and it keeps for itself.

use std::fs;
use std::path::Path;

use otp_server::store::backend::{Commit, Write};
use otp_server::store::embedded::{Durability, EmbeddedOptions, EmbeddedStore, OpenError};
use tempfile::TempDir;

use super::stage::{HOUR, NOW, committed, key, open, options, write};

#[tokio::test]
async fn a_store_that_is_opened_again_has_everything() {
    let dir = TempDir::new().unwrap();
    let store = open(&dir);
    let due = Write {
        due_at_ms: Some(NOW + 5),
        live_codes: 3,
        ..write(1, None, b"due")
    };
    let first = committed(store.commit(due, NOW).await);
    let second = committed(store.commit(write(2, None, b"first"), NOW).await);
    committed(store.commit(write(2, Some(second), b"second"), NOW).await);
    drop(store);

    let store = open(&dir);
    let stored = store.load(key(1), NOW).await.unwrap().unwrap();
    assert_eq!((stored.version, &stored.body[..]), (first, &b"due"[..]));
    assert_eq!(
        &store.load(key(2), NOW).await.unwrap().unwrap().body[..],
        b"second"
    );
    assert_eq!(store.live_codes(), 4);
    assert_eq!(store.due(NOW + 5, 10, 1_000).await.unwrap(), [key(1)]);
}

#[tokio::test]
async fn what_may_be_forgotten_by_then_is_not_there_after_a_crash() {
    let (dir, crashed) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let store = open(&dir);
    let first = committed(store.commit(write(1, None, b"long"), NOW).await);
    let short = Write {
        forget_at_ms: NOW + 5,
        ..write(1, Some(first), b"short")
    };
    committed(store.commit(short, NOW).await);
    // Both states are on the disk still.
    copy_files(&options(&dir).data_dir, &options(&crashed).data_dir);
    let store = EmbeddedStore::open(&options(&crashed), NOW + 5).unwrap();
    assert!(
        store.load(key(1), NOW + 5).await.unwrap().is_none(),
        "an older state came back"
    );
    assert_eq!(store.live_codes(), 0);
}

#[tokio::test]
async fn versions_are_not_used_again_after_a_restart_even_if_all_records_are_gone() {
    let dir = TempDir::new().unwrap();
    let store = open(&dir);
    let old = committed(store.commit(write(1, None, b"same"), NOW).await);
    store.due(NOW + HOUR, 10, 1_000).await.unwrap();
    drop(store);
    let store = open(&dir);
    let new = committed(store.commit(write(1, None, b"same"), NOW).await);
    assert!(new > old, "{new:?} after {old:?}");
    assert_eq!(
        store
            .commit(write(1, Some(old), b"same"), NOW)
            .await
            .unwrap(),
        Commit::Conflict
    );
}

#[tokio::test]
async fn a_data_directory_belongs_to_one_store_at_a_time() {
    let dir = TempDir::new().unwrap();
    let store = open(&dir);
    let second = EmbeddedStore::open(&options(&dir), NOW).unwrap_err();
    assert!(matches!(second, OpenError::InUse { .. }), "{second:?}");
    drop(store);
    open(&dir);
}

#[tokio::test]
async fn a_commit_is_in_the_files_before_it_resolves() {
    for durability in [Durability::Fsync, Durability::Process] {
        let dir = TempDir::new().unwrap();
        let store = EmbeddedStore::open(
            &EmbeddedOptions {
                durability,
                ..options(&dir)
            },
            NOW,
        )
        .unwrap();
        for number in 0..50 {
            committed(store.commit(write(number, None, b"kept"), NOW).await);
            // What another process would find if this one ended here.
            let copy = TempDir::new().unwrap();
            copy_files(&options(&dir).data_dir, &options(&copy).data_dir);
            let found = open(&copy).load(key(number), NOW).await.unwrap();
            assert!(
                found.is_some(),
                "commit {number} is not there with {durability:?}"
            );
        }
    }
}

#[tokio::test]
async fn one_write_too_many_is_refused_and_leaves_no_trace() {
    let dir = TempDir::new().unwrap();
    let store = EmbeddedStore::open(
        &EmbeddedOptions {
            queue_limit: 0,
            ..options(&dir)
        },
        NOW,
    )
    .unwrap();
    let refused = store.commit(write(1, None, b"one"), NOW).await.unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("0 writes wait for the disk already"),
        "{refused}"
    );
    assert!(store.load(key(1), NOW).await.unwrap().is_none());
    assert_eq!(store.live_codes(), 0);
    store.health().await.unwrap();
}

#[tokio::test]
async fn a_state_that_was_replaced_is_in_no_file_once_the_store_is_closed() {
    let dir = TempDir::new().unwrap();
    let store = open(&dir);
    for number in 0..200 {
        let sealed = committed(
            store
                .commit(write(number, None, &b"a sealed code".repeat(9)), NOW)
                .await,
        );
        committed(
            store
                .commit(write(number, Some(sealed), b"erased"), NOW)
                .await,
        );
    }
    drop(store);
    let kept = fs::read(options(&dir).data_dir.join("otp.db")).unwrap();
    assert!(
        !contains(&kept, b"sealed code"),
        "the database still has a replaced state"
    );
    assert!(
        contains(&kept, b"erased"),
        "the search finds nothing at all"
    );
    assert!(
        !options(&dir).data_dir.join("otp.db-wal").exists(),
        "the log is still there"
    );
}

fn copy_files(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    // The log last: it is what grows.
    for name in ["otp.db", "otp.db-wal"] {
        fs::copy(from.join(name), to.join(name)).unwrap();
    }
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}
