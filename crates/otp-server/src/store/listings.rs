//! Lists in memory: what was entered lately, newest first. A back end that also writes it elsewhere
//! is told which entries it need not keep.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::backend::{Key, LISTED_FOR_MS, Listing, Place, Version};

/// Entries of one list; with one more its oldest goes.
const ENTRIES_MAX: usize = 10_000;
/// Entries of all lists together: some 15 MB. With one more the oldest of all go, whichever lists
/// they are in.
const ENTRIES_IN_ALL_MAX: usize = 200_000;
/// So many go at once then, because finding the oldest takes a look at every list.
const DROPPED_IN_ALL: usize = 4_096;
/// Aged entries that go at once, so that nobody waits long for the lock.
const AGED_AT_ONCE: usize = 4_096;

const _: () = assert!(ENTRIES_MAX + DROPPED_IN_ALL < ENTRIES_IN_ALL_MAX);

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Listings {
    lists: Mutex<Lists>,
}

/// Of each entry the version of the commit that brought it: its row's name on a disk.
#[derive(Debug, Default)]
struct Lists {
    by_key: HashMap<Key, BTreeMap<Place, Version>>,
    entries: usize,
}

impl Listings {
    /// Lets an entry be seen, whose commit is kept by now. Answers with what was dropped for it.
    pub(super) fn put(&self, listing: Listing, version: Version) -> Vec<Version> {
        self.lock().put(listing, version)
    }

    /// The newest entries of a list, or the newest before a place, at most `limit`.
    pub(super) fn newest(
        &self,
        list: Key,
        before: Option<Place>,
        limit: usize,
        now_ms: u64,
    ) -> Vec<Place> {
        let lists = self.lock();
        let Some(entries) = lists.by_key.get(&list) else {
            return Vec::new();
        };
        let end = before.map_or(Bound::Unbounded, Bound::Excluded);
        let newest_first = entries.range((Bound::Unbounded, end)).rev();
        newest_first
            .map(|(place, _)| *place)
            .take_while(|place| !place.is_aged(now_ms))
            .take(limit)
            .collect()
    }

    /// Drops entries that are too old to be answered, a good deal at a time. Answers with them.
    pub(super) fn drop_aged(&self, now_ms: u64) -> Vec<Version> {
        self.lock()
            .drop_oldest(AGED_AT_ONCE, |place| place.is_aged(now_ms))
    }

    /// Nothing under the lock can panic half-way through a change.
    fn lock(&self) -> MutexGuard<'_, Lists> {
        self.lists.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lists {
    fn put(&mut self, listing: Listing, version: Version) -> Vec<Version> {
        let entries = self.by_key.entry(listing.list).or_default();
        let mut dropped = Vec::new();
        match entries.insert(listing.place(), version) {
            Some(same) => dropped.push(same),
            None => self.entries += 1,
        }
        if entries.len() > ENTRIES_MAX
            && let Some((_, oldest)) = entries.pop_first()
        {
            self.entries -= 1;
            dropped.push(oldest);
        }
        if self.entries > ENTRIES_IN_ALL_MAX {
            dropped.extend(self.drop_oldest(DROPPED_IN_ALL, |_| true));
        }
        dropped
    }

    /// Drops the oldest of all lists, at most so many, for as long as the oldest is to go.
    fn drop_oldest(&mut self, most: usize, is_to_go: impl Fn(&Place) -> bool) -> Vec<Version> {
        let first = |(key, entries): (&Key, &BTreeMap<Place, Version>)| {
            let (place, _) = entries.first_key_value()?;
            is_to_go(place).then_some(Reverse((*place, *key)))
        };
        let mut oldest: BinaryHeap<_> = self.by_key.iter().filter_map(first).collect();
        let mut dropped = Vec::new();
        while dropped.len() < most
            && let Some(Reverse((_, key))) = oldest.pop()
            && let Some(entries) = self.by_key.get_mut(&key)
        {
            dropped.extend(entries.pop_first().map(|(_, version)| version));
            oldest.extend(first((&key, entries)));
            if entries.is_empty() {
                self.by_key.remove(&key);
            }
        }
        self.entries -= dropped.len();
        dropped
    }
}

impl Place {
    fn is_aged(self, now_ms: u64) -> bool {
        self.at_ms.saturating_add(LISTED_FOR_MS) <= now_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(list: u64, number: u64) -> (Listing, Version) {
        let mut key = Key([0; 16]);
        key.0[..8].copy_from_slice(&list.to_le_bytes());
        let listing = Listing {
            list: key,
            at_ms: number,
            entry: [1; 32],
        };
        (listing, Version(number))
    }

    fn put(listings: &Listings, list: u64, number: u64) -> Vec<u64> {
        let (listing, version) = numbered(list, number);
        let dropped = listings.put(listing, version);
        dropped.into_iter().map(|version| version.0).collect()
    }

    #[test]
    fn of_a_list_that_is_too_long_the_oldest_entry_goes() {
        let listings = Listings::default();
        for number in 1..=ENTRIES_MAX as u64 {
            assert_eq!(put(&listings, 1, number), [0; 0]);
        }
        assert_eq!(put(&listings, 2, 7), [0; 0]);
        assert_eq!(put(&listings, 1, 1 << 20), [1]);
        let (Listing { list, .. }, _) = numbered(1, 0);
        let all = listings.newest(list, None, usize::MAX, 0);
        assert_eq!(all.len(), ENTRIES_MAX);
        assert_eq!((all[0].at_ms, all[ENTRIES_MAX - 1].at_ms), (1 << 20, 2));
    }

    #[test]
    fn of_too_many_lists_the_oldest_entries_go_wherever_they_are() {
        let listings = Listings::default();
        let most = ENTRIES_IN_ALL_MAX as u64;
        for number in 1..=most {
            assert_eq!(put(&listings, number % 1_000, number), [0; 0]);
        }
        let dropped = put(&listings, 5_000, most + 1);
        assert_eq!(dropped, (1..=DROPPED_IN_ALL as u64).collect::<Vec<_>>());
        assert_eq!(listings.lock().entries, ENTRIES_IN_ALL_MAX + 1 - 4_096);
    }

    #[test]
    fn aged_entries_go_and_so_do_lists_of_nothing_else() {
        let listings = Listings::default();
        for number in 1..=10 {
            put(&listings, number % 2, number);
        }
        put(&listings, 1, 100);
        assert_eq!(listings.drop_aged(LISTED_FOR_MS), []);
        let dropped = listings.drop_aged(LISTED_FOR_MS + 10);
        assert_eq!(dropped, (1..=10).map(Version).collect::<Vec<_>>());
        let lists = listings.lock();
        assert_eq!((lists.by_key.len(), lists.entries), (1, 1));
    }
}
