//! A registry that is gone with the process: for tests.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::super::backend::Unavailable;
use super::{Change, Changed, ENTRIES_MAX, Entries, RegistryVersion, Seen, Snapshot};

/// Clones share their entries.
#[derive(Clone, Debug, Default)]
pub struct MemoryRegistry(Arc<Mutex<Held>>);

#[derive(Debug, Default)]
struct Held {
    version: u64,
    entries: Entries,
    uses: BTreeMap<String, u64>,
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

    /// Nothing under the lock can panic half-way.
    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
