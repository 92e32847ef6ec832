//! How much happened lately, over many phones: a count in a sliding window, kept in slots of time.
//!
//! A slot counts in full until its last moment is out of the window, so never more than the limit
//! falls into any window, wherever it begins; the price is a wait that is longer by up to a slot.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// Records have formats from 1 on, tallies from here on: whoever finds bytes can tell them apart.
const FORMAT: u8 = 129;
const USUAL_BYTES: usize = 64;

/// At most `limit` within any window of this length. What is counted is up to who counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cap {
    /// How much fits.
    pub limit: u64,
    /// How far back the count reaches; at least [`Cap::SLOTS`] milliseconds.
    pub within: Duration,
}

impl Cap {
    /// Slots in a window.
    pub const SLOTS: u64 = 30;

    /// `limit` within a time a little shorter than this one: by a slot, so that nobody waits longer.
    #[must_use]
    pub(crate) fn within(limit: u64, time: Duration) -> Self {
        let time_ms = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let slot_ms = time_ms / (Self::SLOTS + 1);
        Self {
            limit,
            within: Duration::from_millis(slot_ms * Self::SLOTS),
        }
    }

    /// `limit` within any hour.
    #[must_use]
    pub const fn per_hour(limit: u64) -> Self {
        Self {
            limit,
            within: Duration::from_hours(1),
        }
    }

    /// `limit` within any 24 hours.
    #[must_use]
    pub const fn per_day(limit: u64) -> Self {
        Self {
            limit,
            within: Duration::from_hours(24),
        }
    }

    /// The window's length in milliseconds.
    #[must_use]
    pub fn within_ms(self) -> u64 {
        u64::try_from(self.within.as_millis()).unwrap_or(u64::MAX)
    }

    /// A slot's length in milliseconds.
    #[must_use]
    pub fn slot_ms(self) -> u64 {
        (self.within_ms() / Self::SLOTS).max(1)
    }

    fn slot(self, at: Timestamp) -> u64 {
        at.unix_ms() / self.slot_ms()
    }

    /// The first moment at which nothing in the slot counts any more.
    fn free_at(self, slot: u64) -> Timestamp {
        let end_ms = slot.saturating_add(1).saturating_mul(self.slot_ms());
        Timestamp::from_unix_ms(end_ms).plus(self.within)
    }
}

/// Amounts by slot, oldest first. Always used with one and the same window.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally(Vec<(u64, u64)>);

/// Stored bytes that cannot be read as a tally.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TallyError {
    /// Written by a newer program.
    #[error(
        "the count has format {0}, this program reads up to format {FORMAT}: run the newer version"
    )]
    NewerFormat(u8),
    /// No tally at all.
    #[error("the count is damaged")]
    Damaged,
}

impl Tally {
    /// When this much more fits: nothing if it fits now. What never fits is put off by a window.
    #[must_use]
    pub fn fits_at(&self, amount: u64, cap: Cap, now: Timestamp) -> Option<Timestamp> {
        let counting = || self.0.iter().filter(|(slot, _)| cap.free_at(*slot) > now);
        let mut total = counting().fold(amount, |total, (_, taken)| total.saturating_add(*taken));
        if total <= cap.limit {
            return None;
        }
        for (slot, taken) in counting() {
            total = total.saturating_sub(*taken);
            if total <= cap.limit {
                return Some(cap.free_at(*slot));
            }
        }
        Some(now.plus(cap.within))
    }

    /// Counts this much more, and forgets what no longer counts.
    pub fn add(&mut self, amount: u64, cap: Cap, now: Timestamp) {
        self.0.retain(|(slot, _)| cap.free_at(*slot) > now);
        let slot = cap.slot(now);
        match self.0.binary_search_by_key(&slot, |(slot, _)| *slot) {
            Ok(place) => self.0[place].1 = self.0[place].1.saturating_add(amount),
            Err(place) => self.0.insert(place, (slot, amount)),
        }
    }

    /// Takes back what was counted at that moment.
    pub fn give_back(&mut self, amount: u64, cap: Cap, taken_at: Timestamp) {
        let slot = cap.slot(taken_at);
        if let Ok(place) = self.0.binary_search_by_key(&slot, |(slot, _)| *slot) {
            self.0[place].1 = self.0[place].1.saturating_sub(amount);
            self.0.retain(|(_, taken)| *taken > 0);
        }
    }

    /// From here on nothing counts.
    #[must_use]
    pub fn forget_at(&self, cap: Cap) -> Timestamp {
        let last = self.0.last().map(|(slot, _)| cap.free_at(*slot));
        last.unwrap_or(Timestamp::from_unix_ms(0))
    }

    /// The bytes to store: a format byte, then `postcard`.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(USUAL_BYTES);
        bytes.push(FORMAT);
        postcard::to_extend(self, bytes).expect("a tally in memory can always be written down")
    }

    /// Are these the bytes of a tally, rather than of a record?
    #[must_use]
    pub fn is_in(bytes: &[u8]) -> bool {
        bytes.first().is_some_and(|format| *format >= FORMAT)
    }

    /// Reads what [`Tally::encode`] wrote.
    pub fn decode(bytes: &[u8]) -> Result<Self, TallyError> {
        match bytes.split_first() {
            Some((&FORMAT, body)) => postcard::from_bytes(body).map_err(|_| TallyError::Damaged),
            Some((&newer, _)) if newer > FORMAT => Err(TallyError::NewerFormat(newer)),
            _ => Err(TallyError::Damaged),
        }
    }
}
