//! A cluster of three masters on its bad days.

use std::time::Duration;

use otp_server::store::backend::{Commit, Unavailable, Version};
use otp_server::store::redis::{RedisOptions, RedisStore};

use super::super::stage::{NOW, committed, key, write};
use crate::redis_process::{RedisCluster, eventually, now};

/// Enough that each master has some.
const RECORDS: u64 = 60;

#[tokio::test]
async fn a_master_that_is_killed_costs_its_share_only_and_is_found_again() {
    let mut cluster = RedisCluster::start();
    let store = RedisStore::connect(&RedisOptions::parse(&cluster.url()).unwrap())
        .await
        .unwrap();
    let mut versions = Vec::new();
    for number in 0..RECORDS {
        versions.push(committed(
            store.commit(write(number, None, b"one"), NOW).await,
        ));
    }
    cluster.masters[1].kill();
    let refused = update_all(&store, &mut versions).await;
    assert!(
        (1..RECORDS).contains(&refused),
        "{refused} of {RECORDS} were refused"
    );
    store
        .health()
        .await
        .expect_err("not all commits could succeed");
    cluster.masters[1].restart();
    recovers(&store).await;
    // The killed master kept nothing, so its share is made again.
    for number in 0..RECORDS {
        let version = store
            .load(key(number), NOW)
            .await
            .unwrap()
            .map(|stored| stored.version);
        committed(store.commit(write(number, version, b"two"), NOW).await);
    }
}

#[tokio::test]
async fn a_replica_that_takes_over_is_found() {
    let mut cluster = RedisCluster::start();
    let replica = cluster.add_replica_of(1);
    let store = RedisStore::connect(&RedisOptions::parse(&cluster.url()).unwrap())
        .await
        .unwrap();
    for number in 0..RECORDS {
        committed(store.commit(write(number, None, b"one"), NOW).await);
    }
    // WAIT counts what its own connection wrote, which is nothing.
    let written = cluster.masters[1].says("replication", "master_repl_offset");
    eventually("the replica has all", || {
        replica.says("replication", "slave_repl_offset") >= written
    });
    cluster.masters[1].kill();
    eventually("the replica is master", || {
        replica.ask(&["ROLE"]).starts_with("master")
    });
    recovers(&store).await;
    for number in 0..RECORDS {
        let stored = store
            .load(key(number), NOW)
            .await
            .unwrap()
            .expect("it was replicated");
        committed(
            store
                .commit(write(number, Some(stored.version), b"two"), NOW)
                .await,
        );
    }
}

#[tokio::test]
async fn a_master_that_hangs_costs_its_share_only() {
    let cluster = RedisCluster::start();
    let store = RedisStore::connect(&RedisOptions::parse(&cluster.url()).unwrap())
        .await
        .unwrap();
    cluster.masters[1].pause();
    let mut refused = 0;
    for number in 0..RECORDS {
        let started = now();
        refused += u64::from(
            store
                .commit(write(number, None, b"one"), NOW)
                .await
                .is_err(),
        );
        assert!(
            started.elapsed() < Duration::from_secs(1),
            "it took {:?}",
            started.elapsed()
        );
    }
    assert!(
        (1..RECORDS).contains(&refused),
        "{refused} of {RECORDS} were refused"
    );
    cluster.masters[1].resume();
    recovers(&store).await;
}

#[tokio::test]
async fn a_cluster_that_is_killed_whole_is_refused_and_found_again() {
    let mut cluster = RedisCluster::start();
    let store = RedisStore::connect(&RedisOptions::parse(&cluster.url()).unwrap())
        .await
        .unwrap();
    committed(store.commit(write(1, None, b"one"), NOW).await);
    cluster
        .masters
        .iter_mut()
        .for_each(super::RedisProcess::kill);
    for number in 0..5 {
        let started = now();
        store
            .commit(write(number, None, b"lost"), NOW)
            .await
            .expect_err("a commit");
        assert!(
            started.elapsed() < Duration::from_secs(1),
            "it took {:?}",
            started.elapsed()
        );
    }
    cluster
        .masters
        .iter_mut()
        .for_each(super::RedisProcess::restart);
    recovers(&store).await;
    committed(store.commit(write(1, None, b"again"), NOW).await);
}

#[tokio::test]
async fn slots_that_move_to_another_master_are_followed() {
    let cluster = RedisCluster::start();
    let mut options = RedisOptions::parse(&cluster.url()).unwrap();
    options.prefix = "moved:".to_owned();
    let store = RedisStore::connect(&options).await.unwrap();
    let version = committed(store.commit(write(1, None, b"one"), NOW).await);
    let [from, to, other] = &cluster.masters[..] else {
        panic!("three")
    };
    // An empty slot that changes hands answers as a migrated one does afterwards.
    let name = format!("moved:{{{}}}:due", key(2).0[0]);
    let slot = from.ask(&["CLUSTER", "KEYSLOT", &name]);
    let new_owner = to.ask(&["CLUSTER", "MYID"]);
    for master in [to, from, other] {
        master.ask(&["CLUSTER", "SETSLOT", &slot, "NODE", &new_owner]);
    }
    committed(store.commit(write(2, None, b"two"), NOW).await);
    committed(store.commit(write(1, Some(version), b"three"), NOW).await);
}

/// Answers how many were refused. Each answer comes within a second.
async fn update_all(store: &RedisStore, versions: &mut [Version]) -> u64 {
    let mut refused = 0;
    for (number, version) in (0..).zip(versions) {
        let started = now();
        let answer: Result<Commit, Unavailable> = store
            .commit(write(number, Some(*version), b"two"), NOW)
            .await;
        assert!(
            started.elapsed() < Duration::from_secs(1),
            "it took {:?}",
            started.elapsed()
        );
        match answer {
            Ok(Commit::Committed(next)) => *version = next,
            Ok(Commit::Conflict) => panic!("nobody else is here"),
            Err(_) => refused += 1,
        }
    }
    refused
}

async fn recovers(store: &RedisStore) {
    let started = now();
    while store.health().await.is_err() {
        assert!(
            started.elapsed() < Duration::from_secs(10),
            "not after {:?}",
            started.elapsed()
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
