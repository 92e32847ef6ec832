//! How fast the Redis store is on this machine, beside what `redis-benchmark` gets out of the same
//! server, and what a record costs in memory. Not a test: it prints.
//! `cargo test --release -p otp-server --test it -- --ignored --nocapture store::redis::speed`

#![expect(clippy::print_stdout, reason = "a measurement prints")]

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use otp_server::store::backend::Write;
use otp_server::store::redis::RedisStore;
use tokio::runtime::Builder;
use tokio::task::LocalSet;

use super::super::stage::{HOUR, NOW, committed, key, write};
use super::{connect, patient};
use crate::redis_process::{RedisCluster, RedisProcess, now};

const THREADS: u64 = 2;
const TASKS_A_THREAD: u64 = 32;
const RECORDS: u64 = 200_000;
const BODY: [u8; 200] = [7; 200];

#[tokio::test]
#[ignore = "prints figures; run it in release, alone"]
async fn on_a_single_server() {
    for settings in [
        &[][..],
        &["--appendonly", "yes"],
        &["--appendonly", "yes", "--appendfsync", "always"],
    ] {
        let server = RedisProcess::start(settings);
        println!(
            "single, {}",
            if settings.is_empty() {
                "kept in memory".to_owned()
            } else {
                settings.join(" ")
            }
        );
        ceiling(&server);
        let store = Arc::new(connect(&patient(&server.url())).await);
        let before = used_memory(&server);
        measure_all(&store);
        println!(
            "  {} bytes a record, {} of them its body",
            (used_memory(&server) - before) / RECORDS,
            BODY.len()
        );
    }
}

#[tokio::test]
#[ignore = "prints figures; run it in release, alone"]
async fn on_a_cluster() {
    let cluster = RedisCluster::start();
    println!("cluster of three masters, kept in memory");
    measure_all(&Arc::new(connect(&patient(&cluster.url())).await));
}

fn measure_all(store: &Arc<RedisStore>) {
    measure("creates", store, |store, number| async move {
        let due_at_ms = Some(NOW + HOUR / 2);
        committed(
            store
                .commit(
                    Write {
                        due_at_ms,
                        ..write(number, None, &BODY)
                    },
                    NOW,
                )
                .await,
        );
    });
    measure("loads", store, |store, number| async move {
        store
            .load(key(number), NOW)
            .await
            .unwrap()
            .expect("it was made");
    });
    measure("loads and updates", store, |store, number| async move {
        let version = store
            .load(key(number), NOW)
            .await
            .unwrap()
            .map(|stored| stored.version);
        let due_at_ms = Some(NOW + HOUR / 2);
        committed(
            store
                .commit(
                    Write {
                        due_at_ms,
                        ..write(number, version, &BODY)
                    },
                    NOW,
                )
                .await,
        );
    });
}

fn measure<F: Future<Output = ()> + 'static>(
    what: &str,
    store: &Arc<RedisStore>,
    work: impl Fn(Arc<RedisStore>, u64) -> F + Copy + Send + 'static,
) {
    let next = Arc::new(AtomicU64::new(0));
    let started = now();
    let threads: Vec<_> = (0..THREADS)
        .map(|_| {
            let (next, store) = (Arc::clone(&next), Arc::clone(store));
            thread::spawn(move || run_tasks(&next, &store, work))
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    let a_second = f64::from(u32::try_from(RECORDS).unwrap()) / started.elapsed().as_secs_f64();
    println!("  {what}: {a_second:.0} a second");
}

fn run_tasks<F: Future<Output = ()> + 'static>(
    next: &Arc<AtomicU64>,
    store: &Arc<RedisStore>,
    work: impl Fn(Arc<RedisStore>, u64) -> F + Copy + 'static,
) {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    LocalSet::new().block_on(&runtime, async {
        let tasks: Vec<_> = (0..TASKS_A_THREAD)
            .map(|_| {
                let (next, store) = (Arc::clone(next), Arc::clone(store));
                tokio::task::spawn_local(async move {
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= RECORDS {
                            return;
                        }
                        work(Arc::clone(&store), number).await;
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}

/// The same script, asked for by 64 connections that do nothing else.
fn ceiling(server: &RedisProcess) {
    let script = include_str!("../../../../src/store/redis/commit.lua");
    let sha1 = server.ask(&["SCRIPT", "LOAD", script]);
    // Text where servers send bytes: a head of layout 1, far from being forgotten, and a body.
    let value = format!("\u{1}{}{}", "v".repeat(20), "b".repeat(200));
    let names = [
        "bench:{0}:r:__rand_int__",
        "bench:{0}:due",
        "bench:{0}:live",
    ];
    let args = [
        "",
        &value,
        "1800000000000",
        "__rand_int__",
        "1800003600000",
        "90000000",
        "1",
    ];
    let output = Command::new("redis-benchmark")
        .args([
            "-p",
            &server.port().to_string(),
            "-c",
            "64",
            "-n",
            "200000",
            "-r",
            "100000000",
            "--csv",
        ])
        .args(["EVALSHA", &sha1, "3"])
        .args(names)
        .args(args)
        .output()
        .expect("redis-benchmark: install redis-tools");
    let text = String::from_utf8_lossy(&output.stdout);
    let a_second = text
        .lines()
        .last()
        .and_then(|line| line.rsplit("\",\"").nth(6));
    println!(
        "  redis-benchmark, this script: {} a second",
        a_second.unwrap_or("?")
    );
    server.ask(&["FLUSHALL"]);
}

fn used_memory(server: &RedisProcess) -> u64 {
    let info = server.ask(&["INFO", "memory"]);
    let line = info
        .lines()
        .find_map(|line| line.strip_prefix("used_memory:"))
        .expect("redis says so");
    line.trim().parse().expect("a number")
}
