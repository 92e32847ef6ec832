//! Versions that were seen in memory and then refused by the disk: they never happened.

use std::collections::VecDeque;
use std::ops::Range;

use super::super::backend::Version;

/// Outages remembered. A reader asks right after it has loaded, and an outage lasts as long as a
/// probe's pause at least, so none asks about one so long ago.
const OUTAGES_MAX: usize = 64;

/// The versions that each of the last outages took back.
#[derive(Debug, Default)]
pub(super) struct Voided(VecDeque<Range<u64>>);

impl Voided {
    pub(super) fn add(&mut self, versions: Range<u64>) {
        if self.0.len() == OUTAGES_MAX {
            self.0.pop_front();
        }
        self.0.push_back(versions);
    }

    pub(super) fn contains(&self, version: Version) -> bool {
        self.0.iter().any(|versions| versions.contains(&version.0))
    }
}
