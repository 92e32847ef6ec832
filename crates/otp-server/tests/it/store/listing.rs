//! The contract for lists: each sentence holds for every back end; and what the embedded store keeps
//! of them on its disk.

use std::cmp::Reverse;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};

use futures_util::future::join_all;
use otp_core::{Keys, MasterSecret, Record, RecordKey, Timestamp, VerificationId};
use otp_server::store::backend::{self, Commit, Key, LISTED_FOR_MS, Place, Write};
use otp_server::store::embedded::{EmbeddedOptions, EmbeddedStore};
use otp_server::store::memory::MemoryStore;
use otp_server::store::{Along, Listed, Listing, Store};
use rusqlite::Connection;
use tempfile::TempDir;

use super::contract::on_every_back_end;
use super::stage::{AnyStore, HOUR, NOW, StuckDisk, committed, key, open, options, write};
use crate::redis_process::eventually;

const LEASE: u64 = 30_000;
const ALL: usize = 1_000_000;
const MAX_BYTES: u64 = 512 * 1024;

on_every_back_end![
    the_newest_entries_come_first_and_no_more_than_were_asked_for,
    a_list_that_nothing_was_entered_in_is_empty,
    a_commit_without_an_entry_lists_nothing,
    a_conflict_lists_nothing,
    lists_do_not_mix,
    entries_of_one_moment_are_neither_lost_nor_repeated_between_pages,
    pages_are_right_however_unevenly_the_entries_lie,
    an_entry_outlives_its_record_and_is_answered_for_a_day,
    of_a_long_list_the_newest_entries_stay,
    an_entry_that_a_commit_brings_along_with_events_leaves_them_as_they_are,
];

async fn the_newest_entries_come_first_and_no_more_than_were_asked_for(store: AnyStore) {
    for number in [3, 1, 4, 0, 2] {
        committed(store.commit(listed(number, 1, NOW + number), NOW).await);
    }
    let newest = store.list(list(1), None, 3, NOW).await.unwrap();
    assert_eq!(newest, [4, 3, 2].map(|number| place(number, NOW + number)));
    let rest = store.list(list(1), Some(newest[2]), ALL, NOW).await;
    assert_eq!(
        rest.unwrap(),
        [1, 0].map(|number| place(number, NOW + number))
    );
    assert_eq!(store.list(list(1), None, 0, NOW).await.unwrap(), []);
}

async fn a_list_that_nothing_was_entered_in_is_empty(store: AnyStore) {
    assert_eq!(store.list(list(1), None, ALL, NOW).await.unwrap(), []);
    let before = Some(place(1, NOW));
    assert_eq!(store.list(list(1), before, ALL, NOW).await.unwrap(), []);
}

async fn a_commit_without_an_entry_lists_nothing(store: AnyStore) {
    let first = committed(store.commit(listed(1, 1, NOW), NOW).await);
    committed(store.commit(write(1, Some(first), b"next"), NOW + 1).await);
    assert_eq!(all(&store, 1).await, [place(1, NOW)]);
}

async fn a_conflict_lists_nothing(store: AnyStore) {
    committed(store.commit(write(1, None, b"first"), NOW).await);
    let late = store.commit(listed(1, 1, NOW), NOW).await;
    assert_eq!(late.unwrap(), Commit::Conflict);
    assert_eq!(all(&store, 1).await, []);
}

async fn lists_do_not_mix(store: AnyStore) {
    for number in 0..20 {
        let one = listed(number, number % 2, NOW + number);
        committed(store.commit(one, NOW + number).await);
    }
    for parity in [0, 1] {
        let own = (0..20).rev().filter(|number| number % 2 == parity);
        let own: Vec<Place> = own.map(|number| place(number, NOW + number)).collect();
        assert_eq!(all(&store, parity).await, own);
    }
}

async fn entries_of_one_moment_are_neither_lost_nor_repeated_between_pages(store: AnyStore) {
    const ENTRIES: u64 = 300;
    let writes = (0..ENTRIES).map(|number| listed(number, 1, NOW + number / 100));
    commit_all(&store, writes).await;
    let expected = sorted((0..ENTRIES).map(|number| place(number, NOW + number / 100)));
    for page in [7, 100, 301] {
        assert_eq!(paged(&store, page).await, expected, "{page} a page");
    }
}

/// On Redis the records of one bucket have their entries together.
async fn pages_are_right_however_unevenly_the_entries_lie(store: AnyStore) {
    let (neighbours, others): (Vec<u64>, Vec<u64>) =
        (0..4_000).partition(|number| key(*number).0[0] == 7);
    let neighbours = neighbours[..15].iter().enumerate();
    let neighbours = neighbours.map(|(place, number)| (*number, NOW + 90 + place as u64 / 4));
    let others = others[..200].iter().enumerate();
    let others = others.map(|(place, number)| (*number, NOW + place as u64 / 2));
    let entries: Vec<(u64, u64)> = neighbours.chain(others).collect();
    let writes = entries
        .iter()
        .map(|(number, at_ms)| listed(*number, 1, *at_ms));
    commit_all(&store, writes).await;
    let places = entries.iter().map(|(number, at_ms)| place(*number, *at_ms));
    let expected = sorted(places);
    for page in [1, 10, 64] {
        assert_eq!(paged(&store, page).await, expected, "{page} a page");
    }
}

async fn an_entry_outlives_its_record_and_is_answered_for_a_day(store: AnyStore) {
    committed(store.commit(listed(1, 1, NOW), NOW).await);
    committed(store.commit(listed(2, 1, NOW + 1), NOW + 1).await);
    store.due(NOW + HOUR, 10, LEASE).await.unwrap();
    assert!(store.load(key(1), NOW + HOUR).await.unwrap().is_none());
    let both = [place(2, NOW + 1), place(1, NOW)];
    for (now_ms, left) in [
        (LISTED_FOR_MS - 1, 2),
        (LISTED_FOR_MS, 1),
        (LISTED_FOR_MS + 1, 0),
    ] {
        let answered = store.list(list(1), None, ALL, NOW + now_ms).await.unwrap();
        assert_eq!(answered, both[..left]);
        store.due(NOW + now_ms, 10, LEASE).await.unwrap();
    }
}

async fn of_a_long_list_the_newest_entries_stay(store: AnyStore) {
    const ENTRIES: u64 = 17_000;
    const KEPT_AT_LEAST: usize = 9_000;
    for first in (0..ENTRIES).step_by(5_000) {
        let numbers = first..ENTRIES.min(first + 5_000);
        commit_all(
            &store,
            numbers.map(|number| listed(number, 1, NOW + number)),
        )
        .await;
    }
    let left = all(&store, 1).await;
    assert!(left.len() < 16_500, "{} are left", left.len());
    let newest = (0..ENTRIES).rev().map(|number| place(number, NOW + number));
    let newest: Vec<Place> = newest.take(KEPT_AT_LEAST).collect();
    assert!(left[..KEPT_AT_LEAST] == newest, "a new one is missing");
}

async fn an_entry_that_a_commit_brings_along_with_events_leaves_them_as_they_are(store: AnyStore) {
    let with_both = Write {
        events: vec![b"a".to_vec(), b"b".to_vec()],
        ..listed(1, 1, NOW)
    };
    committed(store.commit(with_both, NOW).await);
    let events = store.events(NOW, 10, LEASE).await.unwrap();
    assert_eq!(super::stage::bodies(&events), [b"a", b"b"]);
    assert_eq!(all(&store, 1).await, [place(1, NOW)]);
}

#[tokio::test]
async fn what_an_application_started_is_told_with_its_moment_and_its_id() {
    let keys = Keys::derive(&MasterSecret::new(vec![7; 32]).unwrap());
    let store = Store::Memory(MemoryStore::new());
    let (list, now) = (keys.list_key("shop"), Timestamp::from_unix_ms(NOW));
    let started = [1, 2, 3].map(|number| Listed {
        at: Timestamp::from_unix_ms(NOW + u64::from(number)),
        id: VerificationId::from_bytes([number; 32]),
    });
    for (number, listed) in (1..).zip(started) {
        let along = Along {
            listing: Some(Listing { list, listed }),
            ..Along::default()
        };
        let (key, record) = (RecordKey::from_bytes([number; 16]), Record::new());
        let commit = store.commit(key, None, &record, along, now);
        committed(commit.await);
    }
    let [first, second, third] = started;
    let newest = store.list(list, None, 2, now).await.unwrap();
    assert_eq!(newest, [third, second]);
    let rest = store.list(list, Some(second), 2, now).await.unwrap();
    assert_eq!(rest, [first]);
    let other = keys.list_key("another shop");
    assert_eq!(store.list(other, None, 2, now).await.unwrap(), []);
}

#[tokio::test]
async fn an_entry_is_not_seen_before_its_commit_is_on_the_disk() {
    let dir = TempDir::new().unwrap();
    let store = open(&dir);
    let disk = StuckDisk::under(&dir);
    let mut commit = pin!(store.commit(listed(1, 1, NOW), NOW));
    let polled = commit
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()));
    assert!(polled.is_pending());
    assert_eq!(store.list(list(1), None, ALL, NOW).await.unwrap(), []);
    disk.recovers();
    committed(commit.await);
    let entries = store.list(list(1), None, ALL, NOW).await.unwrap();
    assert_eq!(entries, [place(1, NOW)]);
}

#[tokio::test]
async fn a_restart_forgets_no_entry_and_brings_no_dropped_one_back() {
    const ENTRIES: u64 = 10_300;
    let dir = TempDir::new().unwrap();
    let store = open(&dir);
    for first in (0..ENTRIES).step_by(1_000) {
        let commits = (first..ENTRIES.min(first + 1_000))
            .map(|number| store.commit(listed(number, 1, NOW + number), NOW));
        join_all(commits).await.into_iter().for_each(|commit| {
            committed(commit);
        });
    }
    committed(store.commit(listed(ENTRIES, 2, NOW), NOW).await);
    let before = store.list(list(1), None, ALL, NOW).await.unwrap();
    assert_eq!(before.len(), 10_000);
    drop(store);
    assert_eq!(on_disk(&dir), 10_001);
    let store = open(&dir);
    let after = store.list(list(1), None, ALL, NOW).await.unwrap();
    assert!(after == before, "{} entries", after.len());
    let other = store.list(list(2), None, ALL, NOW).await.unwrap();
    assert_eq!(other, [place(ENTRIES, NOW)]);
}

#[tokio::test]
async fn aged_entries_leave_the_disk_while_nothing_else_happens() {
    let dir = TempDir::new().unwrap();
    let store = open(&dir);
    committed(store.commit(listed(1, 1, NOW), NOW).await);
    assert_eq!(on_disk(&dir), 1);
    store.due(NOW + LISTED_FOR_MS, 10, LEASE).await.unwrap();
    eventually("its row is deleted", || on_disk(&dir) == 0);
}

#[tokio::test]
async fn what_has_aged_by_the_next_start_is_left_behind() {
    let dir = TempDir::new().unwrap();
    let store = open(&dir);
    committed(store.commit(listed(1, 1, NOW), NOW).await);
    committed(store.commit(listed(2, 1, NOW + HOUR), NOW).await);
    // Whoever acted last did so a day later.
    store.due(NOW + LISTED_FOR_MS - 1, 10, LEASE).await.unwrap();
    drop(store);
    let store = EmbeddedStore::open(&options(&dir), NOW + LISTED_FOR_MS).unwrap();
    let left = store.list(list(1), None, ALL, NOW).await.unwrap();
    assert_eq!(left, [place(2, NOW + HOUR)]);
}

#[tokio::test]
async fn a_data_directory_from_before_there_were_lists_opens() {
    let dir = TempDir::new().unwrap();
    let store = open(&dir);
    committed(store.commit(write(1, None, b"kept"), NOW).await);
    drop(store);
    database(&dir).execute_batch("DROP TABLE listing").unwrap();
    let store = open(&dir);
    let stored = store.load(key(1), NOW).await.unwrap().unwrap();
    assert_eq!(&stored.body[..], b"kept");
    assert_eq!(store.list(list(1), None, ALL, NOW).await.unwrap(), []);
    let next = Write {
        expected: Some(stored.version),
        ..listed(1, 1, NOW)
    };
    committed(store.commit(next, NOW).await);
    drop(store);
    let entries = open(&dir).list(list(1), None, ALL, NOW).await.unwrap();
    assert_eq!(entries, [place(1, NOW)]);
}

#[tokio::test]
async fn a_write_that_the_disk_refuses_lists_nothing() {
    let dir = TempDir::new().unwrap();
    let small = EmbeddedOptions {
        max_bytes: Some(MAX_BYTES),
        ..options(&dir)
    };
    let store = EmbeddedStore::open(&small, NOW).unwrap();
    committed(store.commit(listed(1, 1, NOW), NOW).await);
    let too_large = Write {
        body: vec![1; usize::try_from(2 * MAX_BYTES).unwrap()],
        ..listed(2, 1, NOW + 1)
    };
    store.commit(too_large, NOW).await.unwrap_err();
    let entries = store.list(list(1), None, ALL, NOW).await.unwrap();
    assert_eq!(entries, [place(1, NOW)]);
    drop(store);
    let store = EmbeddedStore::open(&small, NOW).unwrap();
    let entries = store.list(list(1), None, ALL, NOW).await.unwrap();
    assert_eq!(entries, [place(1, NOW)]);
}

/// Names one of the lists.
pub(super) fn list(number: u64) -> Key {
    key(1_000_000 + number)
}

/// What is listed of this record.
pub(super) fn place(number: u64, at_ms: u64) -> Place {
    let Key(first) = key(number);
    let Key(second) = key(2_000_000 + number);
    let entry = [first, second].concat().try_into().unwrap();
    Place { at_ms, entry }
}

/// A new record that is entered in a list.
pub(super) fn listed(number: u64, in_list: u64, at_ms: u64) -> Write {
    let Place { at_ms, entry } = place(number, at_ms);
    let list = list(in_list);
    Write {
        listing: Some(backend::Listing { list, at_ms, entry }),
        ..write(number, None, b"listed")
    }
}

async fn all(store: &AnyStore, number: u64) -> Vec<Place> {
    store.list(list(number), None, ALL, NOW).await.unwrap()
}

/// The first list, page by page.
async fn paged(store: &AnyStore, limit: usize) -> Vec<Place> {
    let (mut found, mut before) = (Vec::new(), None);
    loop {
        let page = store.list(list(1), before, limit, NOW).await.unwrap();
        assert!(page.len() <= limit);
        let Some(last) = page.last() else {
            return found;
        };
        before = Some(*last);
        found.extend(page);
        assert!(found.len() < 1_000, "the pages do not come to an end");
    }
}

fn sorted(places: impl Iterator<Item = Place>) -> Vec<Place> {
    let mut places: Vec<Place> = places.collect();
    places.sort_unstable_by_key(|place| Reverse((place.at_ms, place.entry)));
    places
}

/// All at once, so that they share a flush.
async fn commit_all(store: &AnyStore, writes: impl Iterator<Item = Write>) {
    for commit in join_all(writes.map(|write| store.commit(write, NOW))).await {
        committed(commit);
    }
}

fn database(dir: &TempDir) -> Connection {
    Connection::open(options(dir).data_dir.join("otp.db")).unwrap()
}

fn on_disk(dir: &TempDir) -> i64 {
    let count = "SELECT count(*) FROM listing";
    database(dir)
        .query_row(count, [], |row| row.get(0))
        .unwrap()
}
