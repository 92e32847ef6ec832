//! `kill -9` in mid load: this binary starts itself as the process that is killed.

use std::collections::BTreeMap;
use std::env;
use std::io::{self, BufRead, BufReader, Read, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use otp_server::store::backend::Write;
use otp_server::store::embedded::{EmbeddedOptions, EmbeddedStore};
use tempfile::TempDir;
use tokio::task::LocalSet;

use super::listing::{list, listed};
use super::stage::{HOUR, NOW, committed, ids, key, options, write};

const ROUNDS: usize = 6;
const TASKS: u64 = 32;
const ACKNOWLEDGED_BEFORE_THE_KILL: usize = 1_500;
const BODY_PADDING: usize = 150;

#[tokio::test]
async fn a_killed_process_loses_no_acknowledged_commit_and_makes_none_up() {
    let dir = TempDir::new().unwrap();
    let mut told = BTreeMap::<u64, u64>::new();
    for round in 0..ROUNDS {
        let acknowledged = kill_under_load(&options(&dir).data_dir);
        let store = EmbeddedStore::open(&options(&dir), NOW).unwrap();
        let mut live_codes = 0;
        for (number, count) in acknowledged {
            let stored = store.load(key(number), NOW).await.unwrap().unwrap();
            let kept = counted(&stored.body);
            // A task waits for each commit before the next: one at most is not acknowledged.
            assert!(
                (count..=count + 1).contains(&kept),
                "round {round}: {kept} kept, {count} acknowledged"
            );
            live_codes += kept % 3;
        }
        assert_eq!(store.live_codes(), live_codes, "in round {round}");
        take_events_in(&store, &mut told).await;
        for number in 0..TASKS {
            let stored = store.load(key(number), NOW).await.unwrap().unwrap();
            let entries = store.list(list(number), None, usize::MAX, NOW).await;
            let listed: Vec<_> = entries.unwrap().iter().map(|place| place.at_ms).collect();
            let all: Vec<u64> = (1..=counted(&stored.body)).rev().map(|n| NOW + n).collect();
            assert!(
                listed == all,
                "record {number} and its list do not agree in round {round}"
            );
            assert_eq!(
                told.get(&number),
                Some(&counted(&stored.body)),
                "record {number} and its events do not agree in round {round}"
            );
        }
    }
}

/// Each kept commit has brought one event, and each is told once, in order: they are acknowledged,
/// and the store is closed in peace before the next round.
async fn take_events_in(store: &EmbeddedStore, told: &mut BTreeMap<u64, u64>) {
    let events = store.events(NOW, usize::MAX, HOUR).await.unwrap();
    for event in &events {
        let (number, count) = (counted(&event.body), counted(&event.body[8..]));
        assert_eq!(told.insert(number, count).unwrap_or(0) + 1, count);
    }
    store.acknowledge(&ids(&events)).await.unwrap();
}

/// Not a test of its own: the process that is killed. Reads the data directory from its input and
/// says of each record how far it was acknowledged; without input it has nothing to do.
#[tokio::test]
#[ignore = "run by the test above, as a process of its own"]
async fn the_process_that_is_killed() {
    let mut data_dir = String::new();
    io::stdin().read_to_string(&mut data_dir).unwrap();
    if data_dir.is_empty() {
        return;
    }
    let somewhere = TempDir::new().unwrap();
    let options = EmbeddedOptions {
        data_dir: data_dir.into(),
        ..options(&somewhere)
    };
    let store = Arc::new(EmbeddedStore::open(&options, NOW).unwrap());
    let tasks = LocalSet::new();
    for number in 0..TASKS {
        tasks.spawn_local(count_up(Arc::clone(&store), number));
    }
    tasks.await;
}

async fn count_up(store: Arc<EmbeddedStore>, number: u64) {
    let stored = store.load(key(number), NOW).await.unwrap();
    let (mut expected, mut count) = stored.map_or((None, 0), |stored| {
        (Some(stored.version), counted(&stored.body))
    });
    loop {
        count += 1;
        let mut body = count.to_le_bytes().to_vec();
        body.resize(BODY_PADDING, 0);
        let live_codes = u32::try_from(count % 3).unwrap();
        let next = Write {
            live_codes,
            listing: listed(number, number, NOW + count).listing,
            events: vec![[number.to_le_bytes(), count.to_le_bytes()].concat()],
            ..write(number, expected, &body)
        };
        expected = Some(committed(store.commit(next, NOW).await));
        // One system call, so that a line is whole or not there.
        io::stdout()
            .write_all(format!("acknowledged {number} {count}\n").as_bytes())
            .unwrap();
    }
}

fn counted(body: &[u8]) -> u64 {
    u64::from_le_bytes(body[..8].try_into().unwrap())
}

fn kill_under_load(data_dir: &Path) -> BTreeMap<u64, u64> {
    let mut child = start(data_dir);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut acknowledged = BTreeMap::new();
    let mut note = |line: &str| {
        let mut words = line.split(' ').skip(1).map(str::parse::<u64>);
        if let (true, Some(Ok(number)), Some(Ok(count))) = (
            line.starts_with("acknowledged "),
            words.next(),
            words.next(),
        ) {
            acknowledged.insert(number, count);
        }
    };
    for line in lines.by_ref().take(ACKNOWLEDGED_BEFORE_THE_KILL) {
        note(&line.unwrap());
    }
    child.kill().unwrap();
    // What it said before it died counts, too.
    for line in lines {
        note(&line.unwrap());
    }
    child.wait().unwrap();
    assert_eq!(
        acknowledged.len() as u64,
        TASKS,
        "not every task was under way"
    );
    acknowledged
}

fn start(data_dir: &Path) -> Child {
    let mut child = Command::new(env::current_exe().unwrap())
        .args([
            "--exact",
            "store::crash::the_process_that_is_killed",
            "--ignored",
            "--nocapture",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input
        .write_all(data_dir.to_str().unwrap().as_bytes())
        .unwrap();
    child
}
