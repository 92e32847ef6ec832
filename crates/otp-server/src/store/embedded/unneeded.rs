//! What the disk need not keep any more: how it comes to the writer, and what of it goes with which
//! transaction.

use super::super::backend::{EventId, Version};
use super::garbage::Garbage;

/// Events deleted in one transaction.
const EVENTS_DELETED: usize = 1_024;

/// What is to be deleted: of the queue's what came since the writer looked, of a transaction's its
/// share.
#[derive(Debug, Default)]
pub(super) struct Unneeded {
    /// Versions that were superseded or forgotten.
    pub(super) rows: Vec<Version>,
    /// Events that were acknowledged.
    pub(super) events: Vec<EventId>,
    /// Versions whose commits brought entries of lists that are too old or too many.
    pub(super) listings: Vec<Version>,
}

impl Unneeded {
    pub(super) fn len(&self) -> usize {
        self.rows.len() + self.events.len() + self.listings.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// All that is still on the disk and that nobody needs.
#[derive(Debug, Default)]
pub(super) struct Leftovers {
    pub(super) rows: Garbage,
    pub(super) events: Vec<EventId>,
    pub(super) listings: Garbage,
}

impl Leftovers {
    pub(super) fn add(&mut self, unneeded: Unneeded) {
        self.rows.extend(unneeded.rows);
        self.events.extend(unneeded.events);
        self.listings.extend(unneeded.listings);
    }

    /// A share for one transaction: at most so many rows of each table. Say [`Leftovers::deleted`]
    /// when it is gone.
    pub(super) fn next(&mut self, rows_max: usize) -> Unneeded {
        let events = self.events.iter().take(EVENTS_DELETED);
        Unneeded {
            rows: self.rows.next(rows_max),
            events: events.copied().collect(),
            listings: self.listings.next(rows_max),
        }
    }

    /// The share that was given out last is gone.
    pub(super) fn deleted(&mut self, share: &Unneeded) {
        self.rows.deleted(share.rows.len());
        self.events.drain(..share.events.len());
        self.listings.deleted(share.listings.len());
    }

    /// Lets whatever has gathered be deleted from now on.
    pub(super) fn sweep(&mut self) {
        self.rows.sweep();
        self.listings.sweep();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.events.is_empty() && self.listings.is_empty()
    }
}
