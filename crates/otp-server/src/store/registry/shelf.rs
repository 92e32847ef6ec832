//! Shelves: many small named values that commands list and change beside a running server, and that a
//! server reads one at a time. A change of one is no change of the entries, and wakes nobody.

use super::super::backend::Unavailable;
use super::{Registry, must_fit};

/// How many values one page may have, however many were asked for.
pub const PAGE_MAX: usize = 1000;

/// Which shelf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shelf {
    /// Whom nothing is sent to.
    OptOuts,
    /// Callbacks that nobody took in.
    DeadLetters,
}

/// What becomes of a new name when there is no room for one more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenFull {
    /// It is refused: everything on the shelf still counts.
    Refuse,
    /// It takes the place of the first one.
    GiveUpFirst,
}

/// What became of a value that was to be put on a shelf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// It is there.
    Done,
    /// It is not: the shelf is full, and gives nothing up.
    Full,
}

impl Shelf {
    /// What the stores call it. These names are in their data.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OptOuts => "opt-outs",
            Self::DeadLetters => "dead-letters",
        }
    }

    /// How many values there may be on it.
    #[must_use]
    pub const fn most(self) -> usize {
        match self {
            Self::OptOuts => 1_000_000,
            Self::DeadLetters => 10_000,
        }
    }

    /// What becomes of one more.
    #[must_use]
    pub const fn when_full(self) -> WhenFull {
        match self {
            Self::OptOuts => WhenFull::Refuse,
            Self::DeadLetters => WhenFull::GiveUpFirst,
        }
    }

    /// How many names must go so that a new one finds room beside those that are held; nothing when
    /// it does not get in.
    pub(super) fn to_give_up(self, held: usize, most: usize) -> Option<usize> {
        let excess = (held + 1).saturating_sub(most);
        (excess == 0 || self.when_full() == WhenFull::GiveUpFirst).then_some(excess)
    }
}

impl Registry {
    /// Puts a value on a shelf, in the place of the one of that name if there is one. Answers once it
    /// is as durable as the back end makes anything; an error may mean that it is kept all the same.
    pub async fn put(&self, which: Shelf, name: &str, value: Vec<u8>) -> Result<Put, Unavailable> {
        self.put_within(which, which.most(), name, value).await
    }

    /// The same on a shelf that has room for so many: a test need not fill one of its full size.
    pub async fn put_within(
        &self,
        which: Shelf,
        most: usize,
        name: &str,
        value: Vec<u8>,
    ) -> Result<Put, Unavailable> {
        must_fit(name, &value)?;
        each!(self, backend => backend.put(which, most, name, value).await)
    }

    /// Takes a value off a shelf. Was it there?
    pub async fn remove(&self, which: Shelf, name: &str) -> Result<bool, Unavailable> {
        each!(self, backend => backend.remove(which, name).await)
    }

    /// The value of that name. One lookup: it may be asked for on every send.
    pub async fn value(&self, which: Shelf, name: &str) -> Result<Option<Vec<u8>>, Unavailable> {
        each!(self, backend => backend.value(which, name).await)
    }

    /// Values by name, ascending by its bytes, from behind `after` on, which need not be there (any
    /// more). At most `limit`, and at most [`PAGE_MAX`]; behind the last one comes an empty page.
    pub async fn page(
        &self,
        which: Shelf,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Vec<u8>)>, Unavailable> {
        // No name is empty, so all of them are behind the empty one.
        let (after, limit) = (after.unwrap_or_default(), limit.min(PAGE_MAX));
        each!(self, backend => backend.page(which, after, limit).await)
    }

    /// How many values are on a shelf.
    pub async fn count(&self, which: Shelf) -> Result<u64, Unavailable> {
        each!(self, backend => backend.count(which).await)
    }
}
