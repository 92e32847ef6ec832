//! Records that want attention. Every record has a timer: it rings when the record is due, or when
//! it may be forgotten if that comes first. Whole scores are due times; a score that ends in a half
//! rings for forgetting.

use std::collections::BTreeMap;

use redis::Cmd;

use super::super::backend::{Key, Unavailable, Write};
use super::keyspace::{BUCKETS, Bucket, Keyspace};
use super::{Inner, scripts, trouble, value};

/// Records that one round drops at most: a request that takes longer holds up others.
const DROPS_MAX: usize = 4_000;
/// Timers looked at in one bucket beyond its share, so that an uneven spread seldom matters.
const SPARE_LOOKS: usize = 32;

/// The score of a record's timer.
pub(super) fn rings_at(write: &Write) -> String {
    let forget_at_ms = write.forget_at_ms.min(value::MS_MAX);
    match write.due_at_ms {
        Some(due_at_ms) if due_at_ms < forget_at_ms => due_at_ms.to_string(),
        // Half a millisecond early: at the last whole one before, it must not ring.
        _ => format!("{}.5", forget_at_ms.saturating_sub(1)),
    }
}

/// One round over all buckets.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attendance {
    now_ms: u64,
    limit: usize,
    leased_until_ms: u64,
}

/// A timer that rang, as it was seen.
struct Ringing {
    key: Key,
    /// As Redis wrote it, so that it can be compared.
    score: String,
    at_ms: f64,
}

impl Attendance {
    pub(super) fn new(now_ms: u64, limit: usize, lease_ms: u64) -> Self {
        // At least a millisecond, or the next round would hand it out again.
        let leased_until_ms = now_ms.saturating_add(lease_ms.max(1)).min(value::MS_MAX);
        Self {
            now_ms,
            limit,
            leased_until_ms,
        }
    }

    fn looks_a_bucket(&self) -> usize {
        (self.limit.max(DROPS_MAX) / BUCKETS).saturating_add(SPARE_LOOKS)
    }

    fn look(&self, timers: String) -> Cmd {
        let mut look = redis::cmd("ZRANGE");
        look.arg(timers).arg("-inf").arg(self.now_ms).arg("BYSCORE");
        look.arg("LIMIT")
            .arg(0)
            .arg(self.looks_a_bucket())
            .arg("WITHSCORES");
        look
    }

    /// The longest overdue, up to the limit, and some of those to forget; and whether that is all.
    fn chosen(&self, mut ringing: Vec<Ringing>) -> (Vec<Ringing>, bool) {
        ringing.sort_by(|one, other| one.at_ms.total_cmp(&other.at_ms));
        let (mut due, mut drops) = (0, 0);
        ringing.retain(|timer| {
            let (count, most) = if timer.is_to_forget() {
                (&mut drops, DROPS_MAX)
            } else {
                (&mut due, self.limit)
            };
            *count += 1;
            *count <= most
        });
        (ringing, due <= self.limit && drops <= DROPS_MAX)
    }
}

/// What a round came to.
pub(super) struct Attended {
    pub(super) due: Vec<Key>,
    /// Nothing was left for another round.
    pub(super) is_all: bool,
}

impl Ringing {
    fn read(name: &[u8], score: String) -> Option<Self> {
        let key = Key(name.try_into().ok()?);
        let at_ms = score.parse().ok()?;
        Some(Self { key, score, at_ms })
    }

    fn is_to_forget(&self) -> bool {
        self.score.contains('.')
    }
}

impl Inner {
    /// Looks into every bucket first, so that the longest overdue come first wherever they are;
    /// then takes those, unless another process took them meanwhile.
    pub(super) async fn attend(&self, round: Attendance) -> Result<Attended, Unavailable> {
        let looks = (0..=Bucket::MAX)
            .map(|bucket| (bucket, round.look(self.keys.timers(bucket))))
            .collect();
        let mut outcome = Outcome::default();
        let (mut ringing, mut saw_all) = (Vec::new(), true);
        for reply in self.way.ask_each(None, looks).await {
            let timers = outcome.of(reply.and_then(trouble::read::<Vec<(Vec<u8>, String)>>));
            let timers = timers.unwrap_or_default();
            saw_all &= timers.len() < round.looks_a_bucket();
            let timers = timers.into_iter();
            ringing.extend(timers.filter_map(|(name, score)| Ringing::read(&name, score)));
        }
        let (chosen, chose_all) = round.chosen(ringing);
        let mut by_bucket = BTreeMap::<Bucket, Vec<usize>>::new();
        for (index, timer) in chosen.iter().enumerate() {
            by_bucket
                .entry(Keyspace::bucket(timer.key))
                .or_default()
                .push(index);
        }
        let calls = by_bucket
            .iter()
            .map(|(bucket, timers)| (*bucket, self.take(round, *bucket, timers, &chosen)))
            .collect();
        let mut taken = Vec::<usize>::new();
        let replies = self.way.ask_each(Some(&scripts::ATTEND), calls).await;
        for ((bucket, timers), reply) in by_bucket.iter().zip(replies) {
            let Some(answer) = outcome.of(reply.and_then(trouble::read::<Vec<i64>>)) else {
                continue;
            };
            if let Some((live_codes, numbers)) = answer.split_first() {
                self.census.put(*bucket, *live_codes);
                let indexes = numbers
                    .iter()
                    .filter_map(|number| usize::try_from(number - 1).ok());
                taken.extend(indexes.filter_map(|index| timers.get(index).copied()));
            }
        }
        taken.sort_unstable();
        let due = taken.into_iter().map(|index| chosen[index].key);
        let is_all = saw_all && chose_all;
        let due: Vec<Key> = due.collect();
        outcome.unless_all_failed(!due.is_empty())?;
        Ok(Attended { due, is_all })
    }

    fn take(&self, round: Attendance, bucket: Bucket, timers: &[usize], chosen: &[Ringing]) -> Cmd {
        let mut take = scripts::ATTEND.command(2 + timers.len());
        take.arg(self.keys.timers(bucket))
            .arg(self.keys.live_codes(bucket));
        for timer in timers {
            take.arg(self.keys.record(chosen[*timer].key));
        }
        take.arg(round.now_ms).arg(round.leased_until_ms);
        for timer in timers {
            take.arg(&chosen[*timer].key.0[..])
                .arg(&chosen[*timer].score);
        }
        take
    }
}

/// What was wrong with those that did not answer.
#[derive(Default)]
pub(super) struct Outcome {
    trouble: Option<Unavailable>,
}

impl Outcome {
    pub(super) fn of<T>(&mut self, answer: Result<T, Unavailable>) -> Option<T> {
        answer.map_err(|trouble| self.trouble = Some(trouble)).ok()
    }

    /// Part of a cluster is enough for its part of the work.
    pub(super) fn unless_all_failed(self, has_any: bool) -> Result<(), Unavailable> {
        match self.trouble {
            Some(trouble) if !has_any => Err(trouble),
            _ => Ok(()),
        }
    }
}
