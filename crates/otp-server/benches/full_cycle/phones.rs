//! Phone numbers, each used once: limits are counted per phone.

use std::ops::Range;

/// In +1, with a first digit that area codes may have: ten digits that pass as a number.
const FIRST: u64 = 12_000_000_000;

/// Hands out numbers that were not handed out before.
#[derive(Debug)]
pub(crate) struct Phones {
    next: u64,
}

impl Default for Phones {
    fn default() -> Self {
        Self { next: FIRST }
    }
}

impl Phones {
    /// So many fresh numbers.
    pub(crate) fn take(&mut self, count: u64) -> Range<u64> {
        let first = self.next;
        self.next += count;
        first..self.next
    }
}
