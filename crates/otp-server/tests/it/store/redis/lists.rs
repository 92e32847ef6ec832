//! Lists whose entries several servers keep in one Redis.

use otp_server::store::backend::{LISTED_FOR_MS, Write};
use otp_server::store::redis::{RedisOptions, RedisStore};

use super::super::listing::{list, listed, place};
use super::super::stage::{HOUR, NOW, committed, key};
use super::{connect, patient};
use crate::redis_process::{RedisCluster, RedisProcess};

const KEPT_IN_A_BUCKET: usize = 64;

/// Records whose keys begin alike, and so lie in one bucket.
fn neighbours(count: usize) -> impl Iterator<Item = u64> {
    let all = (0_u64..).filter(|number| key(*number).0[0] == 7);
    all.take(count)
}

#[tokio::test]
async fn two_servers_enter_in_one_list() {
    let server = RedisProcess::shared();
    let options = patient(&server.url());
    let stores = [connect(&options).await, connect(&options).await];
    for (number, store) in (0_u64..).zip(stores.iter().cycle().take(20)) {
        committed(store.commit(listed(number, 1, NOW + number), NOW).await);
    }
    let expected: Vec<_> = (0..20).rev().map(|n| place(n, NOW + n)).collect();
    for store in &stores {
        let entries = store.list(list(1), None, 100, NOW).await.unwrap();
        assert_eq!(entries, expected);
    }
}

#[tokio::test]
async fn a_buckets_share_of_a_list_is_short_packed_and_passes() {
    let server = RedisProcess::start(&[]);
    let store = connect(&patient(&server.url())).await;
    let entries: Vec<(u64, u64)> = neighbours(KEPT_IN_A_BUCKET + 6).zip(NOW..).collect();
    for (number, at_ms) in &entries {
        committed(store.commit(listed(*number, 1, *at_ms), *at_ms).await);
    }
    let names = server.ask(&["KEYS", "*:l:*"]);
    let [name] = names.split_whitespace().collect::<Vec<_>>()[..] else {
        panic!("one share in {names:?}")
    };
    assert_eq!(server.ask(&["ZCARD", name]), "64");
    assert_eq!(server.ask(&["OBJECT", "ENCODING", name]), "listpack");
    let to_live: u64 = server.ask(&["PTTL", name]).parse().expect("a time to live");
    assert!((24 * HOUR..=25 * HOUR).contains(&to_live), "{to_live}");
    let left = store.list(list(1), None, 100, NOW).await.unwrap();
    let newest = entries[6..].iter().rev();
    let newest: Vec<_> = newest.map(|(number, at)| place(*number, *at)).collect();
    assert_eq!(left, newest);

    // What has aged goes with the next entry.
    let later_ms = NOW + LISTED_FOR_MS + 60;
    let number = neighbours(100).last().expect("there are plenty");
    let next = Write {
        forget_at_ms: later_ms + HOUR,
        ..listed(number, 1, later_ms)
    };
    committed(store.commit(next, later_ms).await);
    // The 61 first of the 70 were made by then; the other nine and the new one are left.
    assert_eq!(server.ask(&["ZCARD", name]), "10");
}

#[tokio::test]
async fn while_a_master_is_gone_the_others_entries_are_told() {
    const ENTRIES: u64 = 60;
    let mut cluster = RedisCluster::start();
    let options = RedisOptions::parse(&cluster.url()).unwrap();
    let store = RedisStore::connect(&options).await.unwrap();
    for number in 0..ENTRIES {
        committed(store.commit(listed(number, 1, NOW), NOW).await);
    }
    let all = store.list(list(1), None, 100, NOW).await.unwrap();
    assert_eq!(all.len() as u64, ENTRIES);
    cluster.masters[1].kill();
    let some = store.list(list(1), None, 100, NOW).await.unwrap();
    assert!((1..all.len()).contains(&some.len()), "{} left", some.len());
    assert!(some.iter().all(|place| all.contains(place)));
    let masters = cluster.masters.iter_mut();
    masters.for_each(RedisProcess::kill);
    let told = store.list(list(1), None, 100, NOW).await;
    told.expect_err("nobody answers");
}
