//! A registry that is gone with the process: for tests.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::super::backend::Unavailable;
use super::{Change, Changed, ENTRIES_MAX, Entries, Put, RegistryVersion, Seen, Shelf, Snapshot};

/// Clones share their entries.
#[derive(Clone, Debug, Default)]
pub struct MemoryRegistry(Arc<Mutex<Held>>);

#[derive(Debug, Default)]
struct Held {
    version: u64,
    entries: Entries,
    uses: BTreeMap<String, u64>,
    shelves: BTreeMap<Shelf, Entries>,
}

#[expect(clippy::unused_async, reason = "the same face as the other back ends")]
impl MemoryRegistry {
    pub(super) async fn look(&self, known: Option<RegistryVersion>) -> Result<Seen, Unavailable> {
        let held = self.held();
        let version = RegistryVersion(held.version);
        if known == Some(version) {
            return Ok(Seen::Unchanged);
        }
        Ok(Seen::Snapshot(Snapshot {
            version,
            entries: held.entries.clone(),
        }))
    }

    pub(super) async fn change(&self, changes: Vec<Change>) -> Result<Changed, Unavailable> {
        let mut held = self.held();
        let is_expected = |change: &Change| {
            let current = held.entries.get(&change.name);
            change.expected.is(current.map(Vec::as_slice))
        };
        if !changes.iter().all(is_expected) {
            return Ok(Changed::Differs);
        }
        let mut next = held.entries.clone();
        for Change {
            name, next: value, ..
        } in changes
        {
            match value {
                Some(value) => next.insert(name, value),
                None => next.remove(&name),
            };
        }
        if next.len() > ENTRIES_MAX.max(held.entries.len()) {
            return Ok(Changed::Full);
        }
        held.uses.retain(|name, _| next.contains_key(name));
        held.entries = next;
        held.version += 1;
        Ok(Changed::Done)
    }

    pub(super) async fn touch(&self, uses: Vec<(String, u64)>) -> Result<(), Unavailable> {
        let mut held = self.held();
        for (name, at_ms) in uses {
            let latest = held.uses.entry(name).or_default();
            *latest = at_ms.max(*latest);
        }
        Ok(())
    }

    pub(super) async fn touched(&self) -> Result<BTreeMap<String, u64>, Unavailable> {
        Ok(self.held().uses.clone())
    }

    pub(super) async fn put(
        &self,
        which: Shelf,
        most: usize,
        name: &str,
        value: Vec<u8>,
    ) -> Result<Put, Unavailable> {
        let mut held = self.held();
        let on_it = held.shelves.entry(which).or_default();
        if !on_it.contains_key(name) {
            let Some(excess) = which.to_give_up(on_it.len(), most) else {
                return Ok(Put::Full);
            };
            for _ in 0..excess {
                on_it.pop_first();
            }
        }
        on_it.insert(name.to_owned(), value);
        Ok(Put::Done)
    }

    pub(super) async fn remove(&self, which: Shelf, name: &str) -> Result<bool, Unavailable> {
        let mut held = self.held();
        let on_it = held.shelves.get_mut(&which);
        Ok(on_it.is_some_and(|on_it| on_it.remove(name).is_some()))
    }

    pub(super) async fn value(
        &self,
        which: Shelf,
        name: &str,
    ) -> Result<Option<Vec<u8>>, Unavailable> {
        let held = self.held();
        let on_it = held.shelves.get(&which);
        Ok(on_it.and_then(|on_it| on_it.get(name).cloned()))
    }

    pub(super) async fn page(
        &self,
        which: Shelf,
        after: &str,
        limit: usize,
    ) -> Result<Vec<(String, Vec<u8>)>, Unavailable> {
        let held = self.held();
        let Some(on_it) = held.shelves.get(&which) else {
            return Ok(Vec::new());
        };
        let behind = on_it.range::<str, _>((Bound::Excluded(after), Bound::Unbounded));
        let page = behind.take(limit);
        Ok(page
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect())
    }

    pub(super) async fn count(&self, which: Shelf) -> Result<u64, Unavailable> {
        let held = self.held();
        Ok(held.shelves.get(&which).map_or(0, BTreeMap::len) as u64)
    }

    /// Nothing under the lock can panic half-way.
    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
