//! Random histories against a model that is too simple to be wrong; the embedded store is also
//! closed and opened again in between.

use std::collections::{BTreeMap, BTreeSet};

use otp_server::store::backend::{Commit, Key, Version, Write};
use otp_server::store::embedded::EmbeddedStore;
use proptest::prelude::*;
use tempfile::TempDir;
use tokio::runtime::Builder;

use super::stage::{AnyStore, NOW, key, options};

const KEYS: u64 = 6;
const LEASE: u64 = 40;
/// More than there are records, so that one call hands out all.
const ALL: usize = 100;

#[derive(Clone, Debug)]
enum Step {
    Commit {
        number: u64,
        outdated: bool,
        due_in: Option<u64>,
        forget_in: u64,
        live_codes: u32,
    },
    Advance(u64),
    Due,
    Reopen,
}

struct Modelled {
    version: Version,
    body: Vec<u8>,
    due_at: Option<u64>,
    attend_at: Option<u64>,
    forget_at: u64,
    live_codes: u64,
}

struct World {
    store: Option<AnyStore>,
    records: BTreeMap<u64, Modelled>,
    last: Option<Version>,
    seen: BTreeSet<Version>,
    now: u64,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_memory_store_does_what_the_model_does(steps in history()) {
        run(AnyStore::memory(), steps);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_embedded_store_does_what_the_model_does_over_restarts(steps in history()) {
        run(AnyStore::embedded(), steps);
    }
}

fn history() -> impl Strategy<Value = Vec<Step>> {
    let commit = (
        0..KEYS,
        prop::bool::weighted(0.1),
        prop::option::of(0..200_u64),
        1..300_u64,
        0..4_u32,
    )
        .prop_map(
            |(number, outdated, due_in, forget_in, live_codes)| Step::Commit {
                number,
                outdated,
                due_in,
                forget_in,
                live_codes,
            },
        );
    let step = prop_oneof![8 => commit, 4 => (0..80_u64).prop_map(Step::Advance), 4 => Just(Step::Due), 1 => Just(Step::Reopen)];
    prop::collection::vec(step, 1..80)
}

fn run(store: AnyStore, steps: Vec<Step>) {
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let (records, seen) = (BTreeMap::new(), BTreeSet::new());
        let mut world = World {
            store: Some(store),
            records,
            last: None,
            seen,
            now: NOW,
        };
        for step in steps {
            match step {
                Step::Commit {
                    number,
                    outdated,
                    due_in,
                    forget_in,
                    live_codes,
                } => {
                    let write = world.write(number, outdated, due_in, forget_in, live_codes);
                    world.commit(number, write).await;
                }
                Step::Advance(by) => world.now += by,
                Step::Due => world.due().await,
                Step::Reopen => world.reopen(),
            }
            world.compare().await;
        }
    });
}

impl World {
    fn store(&self) -> &AnyStore {
        self.store.as_ref().unwrap()
    }

    fn present(&self, number: u64) -> Option<&Modelled> {
        self.records
            .get(&number)
            .filter(|record| self.now < record.forget_at)
    }

    fn write(
        &self,
        number: u64,
        outdated: bool,
        due_in: Option<u64>,
        forget_in: u64,
        live_codes: u32,
    ) -> Write {
        let current = self.present(number).map(|record| record.version);
        Write {
            key: key(number),
            expected: if outdated { self.last } else { current },
            body: format!("{number} at {}", self.now).into_bytes(),
            due_at_ms: due_in.map(|after| self.now + after),
            forget_at_ms: self.now + forget_in,
            live_codes,
            events: Vec::new(),
            listing: None,
        }
    }

    async fn commit(&mut self, number: u64, write: Write) {
        let fits = write.expected == self.present(number).map(|record| record.version);
        match self.store().commit(write.clone(), self.now).await.unwrap() {
            Commit::Conflict => assert!(!fits, "the expected version stood"),
            Commit::Committed(version) => {
                assert!(fits, "the expected version did not stand");
                assert!(self.seen.insert(version), "{version:?} was used before");
                self.last = Some(version);
                self.records.insert(number, Modelled::of(version, write));
            }
        }
    }

    async fn due(&mut self) {
        let handed_out = self.store().due(self.now, ALL, LEASE).await.unwrap();
        self.records.retain(|_, record| self.now < record.forget_at);
        let mut expected: Vec<Key> = Vec::new();
        for (number, record) in &mut self.records {
            if record.attend_at.is_some_and(|at| at <= self.now) {
                record.attend_at = Some(self.now + LEASE);
                expected.push(key(*number));
            }
        }
        expected.sort_unstable();
        let mut sorted = handed_out;
        sorted.sort_unstable();
        assert_eq!(sorted, expected);
    }

    /// Leases are forgotten, and so is what may be.
    fn reopen(&mut self) {
        let Some(AnyStore::Embedded(store, dir)) = self
            .store
            .take_if(|store| matches!(store, AnyStore::Embedded(..)))
        else {
            return;
        };
        drop(store);
        self.store = Some(AnyStore::Embedded(open_at(&dir, self.now), dir));
        self.records.retain(|_, record| self.now < record.forget_at);
        for record in self.records.values_mut() {
            record.attend_at = record.due_at;
        }
    }

    async fn compare(&self) {
        for number in 0..KEYS {
            let stored = self.store().load(key(number), self.now).await.unwrap();
            let stored = stored.map(|stored| (stored.version, stored.body.to_vec()));
            let modelled = self
                .present(number)
                .map(|record| (record.version, record.body.clone()));
            assert_eq!(stored, modelled);
        }
        let live_codes: u64 = self.records.values().map(|record| record.live_codes).sum();
        assert_eq!(self.store().live_codes(), live_codes);
    }
}

impl Modelled {
    fn of(version: Version, write: Write) -> Self {
        Self {
            version,
            body: write.body,
            due_at: write.due_at_ms,
            attend_at: write.due_at_ms,
            forget_at: write.forget_at_ms,
            live_codes: u64::from(write.live_codes),
        }
    }
}

fn open_at(dir: &TempDir, now_ms: u64) -> EmbeddedStore {
    EmbeddedStore::open(&options(dir), now_ms).unwrap()
}
