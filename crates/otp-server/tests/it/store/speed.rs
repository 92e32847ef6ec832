//! How fast the embedded store is on this machine. Not a test: it prints, and fails only if the
//! store does. `cargo test --release -p otp-server --test it -- --ignored --nocapture store::speed`

use std::fs::{self, File};
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use otp_server::store::backend::Commit;
use otp_server::store::embedded::{Durability, EmbeddedOptions, EmbeddedStore};
use tempfile::TempDir;
use tokio::runtime::Builder;
use tokio::task::LocalSet;

use super::stage::{NOW, committed, key, open, options, write};

const THREADS: u64 = 2;
const TASKS_PER_THREAD: u64 = 32;
const LIVE: u64 = 100_000;
const BODY: [u8; 200] = [7; 200];
/// About what a group of 64 writes to the log.
const FLUSH_BYTES: usize = 24 * 1024;

#[test]
#[ignore = "prints figures; run it in release, alone"]
fn commits_a_second() {
    println!("one flush of 24 KB: {:?}", one_flush());
    for durability in [Durability::Fsync, Durability::Process] {
        let dir = TempDir::new().expect("a temporary directory");
        let store = EmbeddedStore::open(
            &EmbeddedOptions {
                durability,
                ..options(&dir)
            },
            NOW,
        );
        let store = Arc::new(store.expect("the store opens"));
        println!("{durability:?}");
        measure("creates", LIVE, &store, |store, number| async move {
            committed(store.commit(write(number, None, &BODY), NOW).await);
        });
        measure(
            "updates of random records",
            2 * LIVE,
            &store,
            |store, number| async move {
                update(&store, random(number) % LIVE).await;
            },
        );
        measure(
            "updates of random records, again",
            2 * LIVE,
            &store,
            |store, number| async move {
                update(&store, random(number * 7) % LIVE).await;
            },
        );
        let next = Arc::new(AtomicU64::new(LIVE));
        measure(
            "creates, each updated twice at once",
            LIVE,
            &store,
            move |store, _| {
                let number = next.fetch_add(1, Ordering::Relaxed);
                async move {
                    let first = committed(store.commit(write(number, None, &BODY), NOW).await);
                    let second =
                        committed(store.commit(write(number, Some(first), &BODY), NOW).await);
                    committed(store.commit(write(number, Some(second), &BODY), NOW).await);
                }
            },
        );
        let size = |name: &str| {
            fs::metadata(dir.path().join("data").join(name)).map_or(0, |file| file.len()) >> 20
        };
        println!(
            "  otp.db {} MB, log {} MB",
            size("otp.db"),
            size("otp.db-wal")
        );
        let started = now();
        drop(store);
        println!("  closed in {:?}", started.elapsed());
    }
}

#[test]
#[ignore = "prints figures; run it in release, alone"]
fn opening_a_million_records() {
    const MILLION: u64 = 1_000_000;
    let dir = TempDir::new().expect("a temporary directory");
    let started = now();
    let store = Arc::new(open(&dir));
    println!("empty store opened in {:?}", started.elapsed());
    let before = resident_bytes();
    measure("creates", MILLION, &store, |store, number| async move {
        committed(store.commit(write(number, None, &BODY), NOW).await);
    });
    println!(
        "resident: {} bytes a record, {} of them its body",
        (resident_bytes() - before) / MILLION,
        BODY.len()
    );
    drop(store);
    let started = now();
    let store = EmbeddedStore::open(&options(&dir), NOW).expect("the store opens");
    println!(
        "{} records opened in {:?}",
        store.live_codes(),
        started.elapsed()
    );
}

#[test]
#[ignore = "prints figures; run it in release, alone"]
fn two_hundred_at_once_on_one_record() {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    for (what, settle) in [("load", false), ("load, waiting until it is durable", true)] {
        let dir = TempDir::new().expect("a temporary directory");
        let store = EmbeddedStore::open(
            &EmbeddedOptions {
                durability: Durability::Fsync,
                ..options(&dir)
            },
            NOW,
        );
        let store = Arc::new(store.expect("the store opens"));
        LocalSet::new().block_on(&runtime, async {
            let started = now();
            let tasks: Vec<_> = (0..200)
                .map(|_| {
                    let store = Arc::clone(&store);
                    tokio::task::spawn_local(async move {
                        let mut tries = 0_u32;
                        loop {
                            tries += 1;
                            let expected = store
                                .load(key(1), NOW)
                                .await
                                .expect("up")
                                .map(|stored| stored.version);
                            if settle && let Some(version) = expected {
                                store.settled(version).await.expect("up");
                            }
                            if store
                                .commit(write(1, expected, &BODY), NOW)
                                .await
                                .expect("up")
                                != Commit::Conflict
                            {
                                return tries;
                            }
                        }
                    })
                })
                .collect();
            let mut most = 0;
            for task in tasks {
                most = most.max(task.await.expect("no panic"));
            }
            println!(
                "200 commits on one record, {what}: {:?}, {most} tries at most",
                started.elapsed()
            );
            let started = now();
            let version = store
                .load(key(1), NOW)
                .await
                .expect("up")
                .expect("there")
                .version;
            for _ in 0..100_000 {
                store.settled(version).await.expect("up");
            }
            println!(
                "settled of a durable version: {:?}",
                started.elapsed() / 100_000
            );
        });
    }
}

async fn update(store: &EmbeddedStore, number: u64) {
    loop {
        let expected = store
            .load(key(number), NOW)
            .await
            .unwrap()
            .map(|stored| stored.version);
        let commit = store
            .commit(write(number, expected, &BODY), NOW)
            .await
            .unwrap();
        if commit != Commit::Conflict {
            return;
        }
    }
}

#[expect(clippy::print_stdout, reason = "figures are what it is for")]
fn measure<F>(
    what: &str,
    count: u64,
    store: &Arc<EmbeddedStore>,
    work: impl Fn(Arc<EmbeddedStore>, u64) -> F + Clone + Send + 'static,
) where
    F: Future<Output = ()> + 'static,
{
    let next = Arc::new(AtomicU64::new(0));
    let started = now();
    let threads: Vec<_> = (0..THREADS)
        .map(|_| {
            let (next, store, work) = (Arc::clone(&next), Arc::clone(store), work.clone());
            thread::spawn(move || run_tasks(&next, count, &store, &work))
        })
        .collect();
    let mut times: Vec<Duration> = threads
        .into_iter()
        .flat_map(|thread| thread.join().expect("no panic"))
        .collect();
    let elapsed = started.elapsed();
    times.sort_unstable();
    let share = |percent: usize| times[(times.len() - 1) * percent / 1000];
    println!(
        "  {what}: {:.0} a second; p50 {:?}, p99 {:?}, p99.9 {:?}, worst {:?}",
        f64::from(u32::try_from(count).expect("small")) / elapsed.as_secs_f64(),
        share(500),
        share(990),
        share(999),
        share(1000),
    );
}

fn run_tasks<F: Future<Output = ()> + 'static>(
    next: &Arc<AtomicU64>,
    count: u64,
    store: &Arc<EmbeddedStore>,
    work: &(impl Fn(Arc<EmbeddedStore>, u64) -> F + Clone + 'static),
) -> Vec<Duration> {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    LocalSet::new().block_on(&runtime, async {
        let tasks: Vec<_> = (0..TASKS_PER_THREAD)
            .map(|_| {
                let (next, store, work) = (Arc::clone(next), Arc::clone(store), work.clone());
                tokio::task::spawn_local(async move {
                    let mut times = Vec::new();
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= count {
                            return times;
                        }
                        let started = now();
                        work(Arc::clone(&store), number).await;
                        times.push(started.elapsed());
                    }
                })
            })
            .collect();
        let mut times = Vec::new();
        for task in tasks {
            times.extend(task.await.expect("no panic"));
        }
        times
    })
}

/// What the disk itself takes for the bytes of one group, the file being there already.
fn one_flush() -> Duration {
    const FLUSHES: u32 = 200;
    let dir = TempDir::new().expect("a temporary directory");
    let path = dir.path().join("flush");
    fs::write(&path, vec![1; FLUSH_BYTES]).expect("room");
    File::open(&path)
        .and_then(|file| file.sync_all())
        .expect("a disk");
    let mut elapsed = Duration::ZERO;
    for _ in 0..FLUSHES {
        let mut file = File::options().write(true).open(&path).expect("the file");
        file.write_all(&vec![2; FLUSH_BYTES]).expect("room");
        let started = now();
        file.sync_data().expect("a disk");
        elapsed += started.elapsed();
    }
    elapsed / FLUSHES
}

fn random(number: u64) -> u64 {
    let mixed = (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 20
}

fn resident_bytes() -> u64 {
    let statm = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse::<u64>().ok())
        .unwrap_or(0)
        * 4096
}

#[expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]
fn now() -> Instant {
    Instant::now()
}
