//! What the store tells the next process about the time.

use otp_server::store::backend::Write;
use otp_server::store::embedded::EmbeddedStore;
use rusqlite::Connection;
use tempfile::TempDir;

use super::stage::{HOUR, NOW, committed, key, open, options, write};

const DAY: u64 = 24 * HOUR;

#[tokio::test]
async fn the_next_process_learns_the_latest_moment_of_the_last_one() {
    let dir = TempDir::new().unwrap();
    let store = open(&dir);
    assert_eq!(store.latest_seen(), None);
    committed(store.commit(write(1, None, b"kept"), NOW + 5).await);
    store.due(NOW + 9, 10, 1_000).await.unwrap();
    store.due(NOW + 7, 10, 1_000).await.unwrap();
    drop(store);
    let store = EmbeddedStore::open(&options(&dir), NOW - DAY).unwrap();
    assert_eq!(store.latest_seen().unwrap().at_ms, NOW + 9);
}

#[tokio::test]
async fn the_latest_moment_is_kept_along_with_the_commits() {
    let dir = TempDir::new().unwrap();
    let store = open(&dir);
    let first = committed(store.commit(write(1, None, b"first"), NOW).await);
    committed(
        store
            .commit(write(1, Some(first), b"second"), NOW + 1_500)
            .await,
    );
    // As another process would find it if this one ended here.
    let database = Connection::open(options(&dir).data_dir.join("otp.db")).unwrap();
    let kept: i64 = database
        .query_row("SELECT at_ms FROM seen", [], |row| row.get(0))
        .unwrap();
    assert_eq!(kept.cast_unsigned(), NOW + 1_500);
}

#[tokio::test]
async fn a_wall_clock_that_is_a_day_ahead_at_the_start_empties_nothing() {
    let dir = TempDir::new().unwrap();
    let store = open(&dir);
    committed(store.commit(write(1, None, b"a limit"), NOW).await);
    drop(store);
    let store = EmbeddedStore::open(&options(&dir), NOW + DAY).unwrap();
    assert!(store.load(key(1), NOW).await.unwrap().is_some());
    assert_eq!(store.latest_seen().unwrap().at_ms, NOW);
}

#[tokio::test]
async fn a_machine_that_was_off_for_a_day_forgets_as_soon_as_our_own_clock_says_so() {
    let dir = TempDir::new().unwrap();
    let store = open(&dir);
    committed(store.commit(write(1, None, b"a limit"), NOW).await);
    drop(store);
    let store = EmbeddedStore::open(&options(&dir), NOW + DAY).unwrap();
    assert!(store.load(key(1), NOW + DAY).await.unwrap().is_none());
    store.due(NOW + DAY, 10, 1_000).await.unwrap();
    assert_eq!(store.live_codes(), 0);
    drop(store);
    let store = EmbeddedStore::open(&options(&dir), NOW).unwrap();
    assert!(store.load(key(1), NOW).await.unwrap().is_none());
}

#[tokio::test]
async fn without_a_record_that_passes_no_wrong_clock_of_the_past_is_carried_on() {
    let dir = TempDir::new().unwrap();
    let store = open(&dir);
    let mark = Write {
        forget_at_ms: u64::MAX >> 12,
        ..write(2, None, b"lasts")
    };
    committed(store.commit(mark, NOW).await);
    committed(store.commit(write(1, None, b"short"), NOW).await);
    store.due(NOW + DAY, 10, 1_000).await.unwrap();
    drop(store);
    assert_eq!(open(&dir).latest_seen(), None);
}

#[tokio::test]
async fn a_data_directory_from_before_the_time_was_kept_opens() {
    let dir = TempDir::new().unwrap();
    let store = open(&dir);
    committed(store.commit(write(1, None, b"kept"), NOW).await);
    drop(store);
    let database = Connection::open(options(&dir).data_dir.join("otp.db")).unwrap();
    database.execute_batch("DROP TABLE seen").unwrap();
    drop(database);
    let store = open(&dir);
    assert_eq!(store.latest_seen(), None);
    assert!(store.load(key(1), NOW).await.unwrap().is_some());
}
