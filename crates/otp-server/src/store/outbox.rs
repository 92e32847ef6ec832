//! The outbox in memory: events whose commits are kept, until somebody has taken them in.
//!
//! An event is handed out only when no earlier one of its record is in anybody's hands, so whoever
//! takes them sees each record's events in the order of its commits.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::backend::{EVENTS_PER_WRITE_MAX, EventId, Key, Outgoing, Version};

/// Events that wait at most. With one more the oldest is dropped: nobody has come for it while a
/// million others were made.
const EVENTS_MAX: usize = 1 << 20;
/// The last bits of an event's number say which of its commit's events it is.
const PLACE_BITS: u32 = 4;

const _: () = assert!(EVENTS_PER_WRITE_MAX <= 1 << PLACE_BITS);

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    waiting: Mutex<BTreeMap<u64, Waiting>>,
}

#[derive(Debug)]
struct Waiting {
    key: Key,
    body: Arc<[u8]>,
    /// In somebody's hands until then.
    held_until_ms: u64,
}

/// The events of one commit with their names. Versions rise with every commit, and so do numbers.
pub(super) fn named<T>(
    key: Key,
    version: Version,
    bodies: impl IntoIterator<Item = T>,
) -> impl Iterator<Item = (EventId, T)> {
    let first = version.0 << PLACE_BITS;
    let id = move |number| EventId { key, number };
    (first..).map(id).zip(bodies)
}

impl Outbox {
    /// Lets an event be seen. Its commit is kept by now.
    pub(super) fn put(&self, id: EventId, body: impl Into<Arc<[u8]>>) {
        let waiting = Waiting {
            key: id.key,
            body: body.into(),
            held_until_ms: 0,
        };
        self.lock().insert(id.number, waiting);
    }

    /// Drops the oldest events of too many. Answers with their names.
    pub(super) fn drop_excess(&self) -> Vec<EventId> {
        self.drop_beyond(EVENTS_MAX)
    }

    fn drop_beyond(&self, most: usize) -> Vec<EventId> {
        let mut dropped = Vec::new();
        let mut all = self.lock();
        while all.len() > most
            && let Some((number, Waiting { key, .. })) = all.pop_first()
        {
            dropped.push(EventId { key, number });
        }
        drop(all);
        if !dropped.is_empty() {
            tracing::error!(
                "dropped {} events that nobody came for: more than {most} wait in the store",
                dropped.len()
            );
        }
        dropped
    }

    /// The oldest events that nobody holds and that follow none that is held, at most `limit`. Each
    /// is held for `lease_ms` from now on.
    pub(super) fn hand_out(&self, now_ms: u64, limit: usize, lease_ms: u64) -> Vec<Outgoing> {
        // At least a millisecond, or the same moment would hand it out again.
        let held_until_ms = now_ms.saturating_add(lease_ms.max(1));
        let (mut handed_out, mut held) = (Vec::new(), HashSet::new());
        for (&number, event) in self.lock().iter_mut() {
            if handed_out.len() >= limit {
                break;
            }
            if event.held_until_ms > now_ms {
                held.insert(event.key);
            } else if !held.contains(&event.key) {
                event.held_until_ms = held_until_ms;
                let key = event.key;
                handed_out.push(Outgoing {
                    id: EventId { key, number },
                    body: Arc::clone(&event.body),
                });
            }
        }
        handed_out
    }

    /// They were taken in.
    pub(super) fn remove(&self, ids: &[EventId]) {
        let mut waiting = self.lock();
        for id in ids {
            waiting.remove(&id.number);
        }
    }

    /// Nothing under the lock can panic half-way through a change.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_too_many_events_the_oldest_go() {
        let outbox = Outbox::default();
        for version in 1..=5 {
            for (id, body) in named(Key([7; 16]), Version(version), [[1], [2]]) {
                outbox.put(id, body);
            }
        }
        assert_eq!(outbox.drop_beyond(10), []);
        let dropped = outbox.drop_beyond(7);
        let numbers: Vec<u64> = dropped.iter().map(|id| id.number).collect();
        assert_eq!(numbers, [1 << 4, (1 << 4) + 1, 2 << 4]);
        assert_eq!(outbox.hand_out(0, 100, 1).len(), 7);
    }
}
