//! Who is let in, and which servers are not good enough.

use std::fs;

use otp_core::Cap;
use otp_server::clock::Clock;
use otp_server::store::backend::{Claim, Taken};
use otp_server::store::redis::{Password, RedisOptions, RedisStore};
use otp_server::store::registry::{Change, Changed, Expected, Put, Registry, Shelf};
use tempfile::TempDir;

use super::super::listing::{list, listed, place};
use super::super::stage::{HOUR, NOW, bodies, committed, ids, key, write, write_with};
use super::patient;
use crate::redis_process::{RedisCluster, RedisProcess, free_port, now};

/// What operators are told.
const DOCS: &str = include_str!("../../../../../../docs/redis.md");

/// The rights that the documentation gives, for a single server.
fn documented_rights() -> Vec<&'static str> {
    let (_, command) = DOCS
        .split_once("ACL SETUSER otp on >PASSWORD ")
        .expect("a line for it");
    let (rights, _) = command.split_once("```").expect("its end");
    let single = |right: &&str| !right.starts_with("+cluster");
    rights.split_whitespace().filter(single).collect()
}

#[tokio::test]
async fn a_server_that_is_not_there_is_said_so_at_once() {
    let mut gone = RedisProcess::start(&[]);
    gone.kill();
    let started = now();
    let said = refusal(&RedisOptions::parse(&gone.url()).unwrap()).await;
    assert!(said.starts_with("redis cannot be reached"), "{said}");
    assert!(started.elapsed().as_secs() < 1);
}

#[tokio::test]
async fn a_user_with_the_documented_rights_is_enough() {
    let server = RedisProcess::start(&[]);
    let rights: Vec<&str> = ["ACL", "SETUSER", "ann", "on", ">canary-password"]
        .into_iter()
        .chain(documented_rights())
        .collect();
    assert_eq!(server.ask(&rights), "OK");
    let mut options = patient(&server.url());
    options.prefix = "otp:".to_owned();
    options.username = Some("ann".to_owned());
    options.password = Some(Password::new("canary-password"));
    let store = RedisStore::connect(&options).await.expect("welcome");
    committed(store.commit(write_with(1, None, &[b"event"]), NOW).await);
    assert!(store.load(key(1), NOW).await.unwrap().is_some());
    store.due(NOW * 2, 10, 1).await.unwrap();
    assert_eq!(store.live_codes(), 0);
    let events = store.events(NOW, 10, 1).await.unwrap();
    assert_eq!(bodies(&events), [b"event"]);
    store.acknowledge(&ids(&events)).await.unwrap();
    committed(store.commit(listed(2, 1, NOW), NOW).await);
    let entries = store.list(list(1), None, 10, NOW).await.unwrap();
    assert_eq!(entries, [place(2, NOW)]);
    let registry = Registry::Redis(store.registry());
    let made = Change {
        name: "key/a".to_owned(),
        expected: Expected::Absent,
        next: Some(b"entry".to_vec()),
    };
    assert_eq!(registry.change(vec![made]).await.unwrap(), Changed::Done);
    assert_eq!(registry.snapshot().await.unwrap().entries.len(), 1);
    let used = vec![("key/a".to_owned(), NOW)];
    registry.touch(used).await.unwrap();
    assert_eq!(registry.touched().await.unwrap()["key/a"], NOW);
    may_use_shelves(&registry).await;
    let claims = [Claim {
        key: key(1),
        amount: 2,
        cap: Cap::per_hour(2),
    }];
    let hours_ago = NOW - 3 * HOUR;
    for at_ms in [hours_ago, NOW] {
        assert_eq!(store.take(&claims, at_ms).await.unwrap(), Taken::All);
        let half = claims.map(|claim| Claim { amount: 1, ..claim });
        store.give_back(&half, at_ms).await.expect("given back");
        store.give_back(&half, at_ms).await.expect("given back");
        assert_eq!(store.take(&claims, at_ms).await.unwrap(), Taken::All);
    }
    store.health().await.expect("well");
    let clock = store.join(Clock::system()).await.expect("the time is told");
    store.keep_in_step(&clock).await.expect("and kept");
}

async fn may_use_shelves(registry: &Registry) {
    for (shelf, fate) in [(Shelf::OptOuts, Put::Full), (Shelf::DeadLetters, Put::Done)] {
        let put = async |name| registry.put_within(shelf, 1, name, vec![7]).await.unwrap();
        assert_eq!(put("a").await, Put::Done);
        assert_eq!(put("b").await, fate);
        let page = registry.page(shelf, None, 10).await.unwrap();
        assert_eq!(registry.count(shelf).await.unwrap(), 1);
        let value = registry.value(shelf, &page[0].0).await.unwrap();
        assert_eq!(value, Some(vec![7]));
        assert!(registry.remove(shelf, &page[0].0).await.unwrap());
    }
}

#[tokio::test]
async fn a_wrong_password_is_said_and_not_repeated() {
    let server = RedisProcess::start(&["--requirepass", "right"]);
    let mut options = RedisOptions::parse(&server.url()).unwrap();
    assert!(
        refusal(&options)
            .await
            .starts_with("redis refuses the user or the password")
    );
    options.password = Some(Password::new("canary"));
    let error = RedisStore::connect(&options).await.expect_err("wrong");
    assert!(
        error
            .to_string()
            .starts_with("redis refuses the user or the password"),
        "{error}"
    );
    assert!(!format!("{error} {error:?}").contains("canary"));
    options.password = Some(Password::new("right"));
    RedisStore::connect(&options).await.expect("welcome");
}

#[tokio::test]
async fn a_server_that_would_throw_limits_away_is_refused() {
    let server =
        RedisProcess::start(&["--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"]);
    let said = refusal(&patient(&server.url())).await;
    assert!(said.contains("maxmemory-policy allkeys-lru"), "{said}");
    server.ask(&["CONFIG", "SET", "maxmemory-policy", "noeviction"]);
    RedisStore::connect(&patient(&server.url()))
        .await
        .expect("now it is good");
}

#[tokio::test]
async fn a_replica_is_refused() {
    let master = RedisProcess::shared();
    let replica = RedisProcess::start(&["--replicaof", &format!("127.0.0.1 {}", master.port())]);
    let said = refusal(&patient(&replica.url())).await;
    assert!(said.starts_with("redis is a read-only replica"), "{said}");
}

#[tokio::test]
async fn a_cluster_and_a_single_server_are_told_apart() {
    let cluster = RedisCluster::shared();
    let said = refusal(&patient(&cluster.masters[0].url())).await;
    assert!(said.starts_with("redis is a cluster"), "{said}");
    let single = RedisProcess::shared();
    let said = refusal(&patient(
        &single.url().replace("redis://", "redis+cluster://"),
    ))
    .await;
    assert!(said.contains("redis is not a cluster"), "{said}");
}

#[tokio::test]
async fn with_tls_only_a_server_of_a_trusted_authority_is_talked_to() {
    let dir = TempDir::new().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let certificate = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    fs::write(path("cert"), certificate.cert.pem()).unwrap();
    fs::write(path("key"), certificate.signing_key.serialize_pem()).unwrap();
    let tls_port = free_port().to_string();
    let _server = RedisProcess::start(&[
        "--tls-port",
        &tls_port,
        "--tls-cert-file",
        &path("cert"),
        "--tls-key-file",
        &path("key"),
        "--tls-auth-clients",
        "no",
    ]);
    let mut options = patient(&format!("rediss://localhost:{tls_port}"));
    assert!(
        refusal(&options)
            .await
            .starts_with("redis cannot be reached")
    );
    options.trusted_authorities = Some(certificate.cert.pem().into_bytes());
    let store = RedisStore::connect(&options).await.expect("it is trusted");
    committed(store.commit(write(1, None, b"one"), NOW).await);
    let mut elsewhere = patient(&format!("rediss://127.0.0.1:{tls_port}"));
    elsewhere.trusted_authorities = options.trusted_authorities;
    refusal(&elsewhere).await;
}

async fn refusal(options: &RedisOptions) -> String {
    RedisStore::connect(options)
        .await
        .expect_err("this is refused")
        .to_string()
}
