//! Rows that nobody needs any more, waiting to be deleted.
//!
//! Deleting each row as it becomes garbage would rewrite a page somewhere in the table for every
//! commit. So they gather, and are deleted in the order of the table, many to a page. That order
//! also keeps a promise: of one record's rows the older goes first, so a crash half-way never
//! leaves an older state as the newest.

use super::super::backend::Version;

/// Gathered rows that are worth a round of deleting.
const GATHERED_MAX: usize = 65_536;

/// The rows to delete.
#[derive(Debug, Default)]
pub(super) struct Garbage {
    gathered: Vec<Version>,
    /// This round's, the last of the table first.
    round: Vec<Version>,
}

impl Extend<Version> for Garbage {
    fn extend<T: IntoIterator<Item = Version>>(&mut self, versions: T) {
        self.gathered.extend(versions);
    }
}

impl Garbage {
    /// At most so many of the rows to delete now. Say [`Garbage::deleted`] when they are gone.
    pub(super) fn next(&mut self, most: usize) -> Vec<Version> {
        if self.gathered.len() >= GATHERED_MAX {
            self.sweep();
        }
        self.round.iter().rev().take(most).copied().collect()
    }

    /// The first so many of the round are gone.
    pub(super) fn deleted(&mut self, count: usize) {
        self.round.truncate(self.round.len().saturating_sub(count));
        if self.round.is_empty() {
            self.round.shrink_to(GATHERED_MAX);
        }
    }

    /// Lets a round begin with whatever has gathered, if none is under way.
    pub(super) fn sweep(&mut self) {
        if self.round.is_empty() {
            self.round = std::mem::take(&mut self.gathered);
            self.round.sort_unstable_by(|a, b| b.cmp(a));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.gathered.is_empty() && self.round.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_deleted_in_the_order_of_the_table() {
        let mut garbage = Garbage::default();
        garbage.extend([Version(5), Version(2), Version(9)]);
        garbage.sweep();
        assert_eq!(garbage.next(2), [Version(2), Version(5)]);
        garbage.deleted(2);
        assert_eq!(garbage.next(2), [Version(9)]);
    }

    #[test]
    fn what_gathers_during_a_round_waits_for_the_next_one() {
        let mut garbage = Garbage::default();
        garbage.extend([Version(5)]);
        garbage.sweep();
        garbage.extend([Version(1)]);
        garbage.sweep();
        assert_eq!(garbage.next(2), [Version(5)]);
        garbage.deleted(1);
        garbage.sweep();
        assert_eq!(garbage.next(2), [Version(1)]);
    }

    #[test]
    fn nothing_is_deleted_before_it_is_worth_a_round() {
        let mut garbage = Garbage::default();
        garbage.extend((1..65_536).map(Version));
        assert_eq!(garbage.next(1), []);
        garbage.extend([Version(65_536)]);
        assert_eq!(garbage.next(1), [Version(1)]);
    }
}
