//! Lists of what was entered lately. Each bucket has its share of a list in a sorted set, in its slot,
//! so that record and entry are written together. Scores are the moments; members of one score stand
//! in the order of their bytes, as places do.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use redis::Cmd;

use super::super::backend::{Key, LISTED_FOR_MS, Place, Unavailable, Write};
use super::keyspace::{BUCKETS, Bucket, Keyspace};
use super::timers::Outcome;
use super::{Inner, trouble, value};

/// Entries of one list that a bucket keeps; with one more its oldest goes. Redis keeps so few packed.
const ENTRIES_MAX: usize = 64;
/// Entries that are asked of a bucket beyond its share of a page, so that few are asked again.
const SPARE: usize = 4;

/// A member and its score.
type Entry = (Vec<u8>, u64);

/// One call for a list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Page {
    list: Key,
    before: Option<Place>,
    limit: usize,
    now_ms: u64,
}

impl Page {
    pub(super) fn new(list: Key, before: Option<Place>, limit: usize, now_ms: u64) -> Self {
        Self {
            list,
            before,
            limit,
            now_ms,
        }
    }

    /// What a bucket has, newest first. Entries of the moment that the page begins at are among it,
    /// also those that were on the page before.
    fn look(&self, share: String, most: usize) -> Cmd {
        let mut look = redis::cmd("ZRANGE");
        look.arg(share);
        match self.before {
            Some(before) => look.arg(before.at_ms.min(value::MS_MAX)),
            None => look.arg("+inf"),
        };
        look.arg(aged_by(self.now_ms).map_or("-inf".to_owned(), |at_ms| format!("({at_ms}")))
            .arg("BYSCORE")
            .arg("REV");
        look.arg("LIMIT").arg(0).arg(most).arg("WITHSCORES");
        look
    }

    /// The page, of all that the buckets have told.
    fn of(&self, shares: &BTreeMap<Bucket, Vec<Place>>) -> Vec<Place> {
        let told = shares.values().flatten();
        let is_in = |place: &&Place| self.before.is_none_or(|before| **place < before);
        let mut page: Vec<Place> = told.filter(is_in).copied().collect();
        page.sort_unstable_by_key(|place| Reverse(*place));
        page.truncate(self.limit);
        page
    }
}

impl Inner {
    /// The name that a commit needs for its entry; none without one.
    pub(super) fn add_list_key(&self, command: &mut Cmd, write: &Write) {
        if let Some(listing) = write.listing {
            command.arg(self.keys.list(Keyspace::bucket(write.key), listing.list));
        }
    }

    /// The commit's entry.
    pub(super) fn add_listing(command: &mut Cmd, write: &Write, now_ms: u64) {
        if let Some(listing) = write.listing {
            command
                .arg(listing.at_ms.min(value::MS_MAX))
                .arg(&listing.entry[..])
                .arg(ENTRIES_MAX)
                .arg(aged_by(now_ms).unwrap_or_default())
                .arg(LISTED_FOR_MS);
        }
    }

    /// Asks every bucket for a few, and those that may have more of the page for all they have.
    pub(super) async fn list(&self, page: Page) -> Result<Vec<Place>, Unavailable> {
        let few = (page.limit / BUCKETS + SPARE).min(ENTRIES_MAX);
        let all = (0..=Bucket::MAX).collect();
        let (mut shares, mut outcome) = (BTreeMap::new(), Outcome::default());
        self.look_into(page, all, few, &mut shares, &mut outcome)
            .await;
        let told = page.of(&shares);
        let last = told.last().filter(|_| told.len() == page.limit);
        let may_have_more = |told: &Vec<Place>| {
            let reached = told.last().filter(|_| told.len() == few);
            reached.is_some_and(|reached| last.is_none_or(|last| reached > last))
        };
        let deeper = shares.iter().filter(|(_, told)| may_have_more(told));
        let deeper: Vec<Bucket> = deeper.map(|(bucket, _)| *bucket).collect();
        self.look_into(page, deeper, ENTRIES_MAX, &mut shares, &mut outcome)
            .await;
        let told = page.of(&shares);
        outcome.unless_all_failed(!told.is_empty())?;
        Ok(told)
    }

    async fn look_into(
        &self,
        page: Page,
        buckets: Vec<Bucket>,
        most: usize,
        shares: &mut BTreeMap<Bucket, Vec<Place>>,
        outcome: &mut Outcome,
    ) {
        let look = |bucket| page.look(self.keys.list(bucket, page.list), most);
        let looks = buckets.iter().map(|bucket| (*bucket, look(*bucket)));
        let replies = self.way.ask_each(None, looks.collect()).await;
        for (bucket, reply) in buckets.into_iter().zip(replies) {
            if let Some(entries) = outcome.of(reply.and_then(trouble::read::<Vec<Entry>>)) {
                shares.insert(bucket, entries.into_iter().filter_map(read).collect());
            }
        }
    }
}

fn read((entry, at_ms): Entry) -> Option<Place> {
    let entry = entry.try_into().ok()?;
    Some(Place { at_ms, entry })
}

/// The last moment of which nothing is answered any more.
fn aged_by(now_ms: u64) -> Option<u64> {
    now_ms.min(value::MS_MAX).checked_sub(LISTED_FOR_MS)
}
