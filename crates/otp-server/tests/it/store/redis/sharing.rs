//! Several servers on one Redis.

use std::collections::HashSet;
use std::sync::Arc;

use otp_server::store::backend::{Commit, Key, Version, Write};
use otp_server::store::redis::RedisStore;

use super::super::stage::{HOUR, NOW, committed, key, write};
use super::{connect, patient};
use crate::redis_process::{RedisCluster, RedisProcess, eventually};

const LEASE: u64 = 30_000;

#[tokio::test]
async fn of_64_rivals_on_two_servers_one_wins() {
    let server = RedisProcess::shared();
    of_64_rivals_one_wins(two_on(&server.url()).await).await;
    let cluster = RedisCluster::shared();
    of_64_rivals_one_wins(two_on(&cluster.url()).await).await;
}

async fn of_64_rivals_one_wins(stores: [Arc<RedisStore>; 2]) {
    for round in 0..20 {
        let seen = committed(stores[0].commit(write(round, None, b"seen"), NOW).await);
        let rivals: Vec<_> = (0..64)
            .map(|number| tokio::spawn(rival(Arc::clone(&stores[number % 2]), round, seen)))
            .collect();
        let mut winners = 0;
        for rival in rivals {
            winners += usize::from(rival.await.unwrap());
        }
        assert_eq!(winners, 1, "in round {round}");
    }
}

async fn rival(store: Arc<RedisStore>, number: u64, seen: Version) -> bool {
    store
        .commit(write(number, Some(seen), b"won"), NOW)
        .await
        .unwrap()
        != Commit::Conflict
}

#[tokio::test]
async fn a_record_made_through_one_server_is_checked_through_the_other() {
    let server = RedisProcess::shared();
    let [here, there] = two_on(&server.url()).await;
    let made = committed(here.commit(write(1, None, b"made"), NOW).await);
    let stored = there.load(key(1), NOW).await.unwrap().unwrap();
    assert_eq!((stored.version, &stored.body[..]), (made, &b"made"[..]));
    committed(there.commit(write(1, Some(made), b"checked"), NOW).await);
    assert_eq!(
        here.commit(write(1, Some(made), b"again"), NOW)
            .await
            .unwrap(),
        Commit::Conflict
    );
}

#[tokio::test]
async fn each_due_record_goes_to_one_of_two_servers() {
    let server = RedisProcess::shared();
    each_due_record_goes_to_one(two_on(&server.url()).await).await;
    let cluster = RedisCluster::shared();
    each_due_record_goes_to_one(two_on(&cluster.url()).await).await;
}

async fn each_due_record_goes_to_one(stores: [Arc<RedisStore>; 2]) {
    const RECORDS: u64 = 500;
    for number in 0..RECORDS {
        let due = Write {
            due_at_ms: Some(NOW + number % 7),
            ..write(number, None, b"due")
        };
        committed(stores[0].commit(due, NOW).await);
    }
    let takers = stores.map(|store| tokio::spawn(take_all(store)));
    let mut taken: Vec<Key> = Vec::new();
    for taker in takers {
        taken.extend(taker.await.unwrap());
    }
    assert_eq!(taken.len(), 500, "none twice, none left");
    assert_eq!(taken.iter().collect::<HashSet<_>>().len(), 500);
}

/// Takes until there is nothing left: another server may have taken what was seen, so one empty
/// answer does not say so.
async fn take_all(store: Arc<RedisStore>) -> Vec<Key> {
    let mut taken = Vec::new();
    let mut empty = 0;
    while empty < 3 {
        let some = store.due(NOW + 10, 20, LEASE).await.unwrap();
        empty = if some.is_empty() { empty + 1 } else { 0 };
        taken.extend(some);
    }
    taken
}

#[tokio::test]
async fn a_lease_of_a_server_that_died_is_taken_over() {
    let server = RedisProcess::shared();
    let [here, there] = two_on(&server.url()).await;
    committed(
        here.commit(
            Write {
                due_at_ms: Some(NOW),
                ..write(1, None, b"due")
            },
            NOW,
        )
        .await,
    );
    assert_eq!(here.due(NOW, 10, LEASE).await.unwrap(), [key(1)]);
    drop(here);
    assert_eq!(there.due(NOW + LEASE - 1, 10, LEASE).await.unwrap(), []);
    assert_eq!(there.due(NOW + LEASE, 10, LEASE).await.unwrap(), [key(1)]);
}

#[tokio::test]
async fn every_server_learns_of_all_live_codes() {
    let server = RedisProcess::shared();
    let [here, there] = two_on(&server.url()).await;
    for number in 0..10 {
        committed(here.commit(write(number, None, b"code"), NOW).await);
    }
    assert_eq!(here.live_codes(), 10);
    eventually("the other knows", || there.live_codes() == 10);
    there.due(NOW + HOUR, 10, LEASE).await.unwrap();
    assert_eq!(there.live_codes(), 0);
    eventually("the first knows", || here.live_codes() == 0);
}

#[tokio::test]
async fn installations_with_other_prefixes_do_not_meet() {
    let server = RedisProcess::shared();
    let (here, there) = (
        connect(&patient(&server.url())).await,
        connect(&patient(&server.url())).await,
    );
    committed(
        here.commit(
            Write {
                due_at_ms: Some(NOW),
                ..write(1, None, b"here")
            },
            NOW,
        )
        .await,
    );
    assert!(there.load(key(1), NOW).await.unwrap().is_none());
    assert_eq!(there.due(NOW, 10, LEASE).await.unwrap(), []);
}

#[tokio::test]
async fn all_that_is_in_redis_has_an_end() {
    let server = RedisProcess::start(&[]);
    let store = connect(&patient(&server.url())).await;
    for number in 0..300 {
        let first = committed(store.commit(write(number, None, b"code"), NOW).await);
        let later = Write {
            forget_at_ms: NOW + 48 * HOUR,
            ..write(number, Some(first), b"code")
        };
        committed(store.commit(later, NOW).await);
    }
    for name in server.ask(&["KEYS", "*"]).lines() {
        let to_live: u64 = server.ask(&["PTTL", name]).parse().expect("a time to live");
        assert!(
            (48 * HOUR..75 * HOUR).contains(&to_live),
            "{name}: {to_live}"
        );
    }
    store.due(NOW + 48 * HOUR, 1000, LEASE).await.unwrap();
    assert_eq!(
        server.ask(&["DBSIZE"]),
        "0",
        "what is forgotten leaves nothing behind"
    );
}

async fn two_on(url: &str) -> [Arc<RedisStore>; 2] {
    let options = patient(url);
    [
        Arc::new(connect(&options).await),
        Arc::new(connect(&options).await),
    ]
}
