//! Rows that are written in one transaction, and what is known of them meanwhile.

use std::sync::Arc;

use super::super::super::backend::{Unavailable, Version};
use super::super::super::live::{Along, Next};
use super::super::written::Written;

/// A row to be written.
#[derive(Debug)]
pub(in super::super) struct Row {
    pub(in super::super) version: Version,
    pub(in super::super) next: Next,
    pub(in super::super) along: Along,
}

/// Rows that become durable together. Whoever waits for one that is dropped unwritten is told so.
#[derive(Debug, Default)]
pub(in super::super) struct Group {
    pub(in super::super) rows: Vec<Row>,
    pub(in super::super) written: Arc<Written>,
    pub(super) begun_ms: u64,
}

impl Drop for Group {
    fn drop(&mut self) {
        self.written.settle(Err(Unavailable::stopping()));
    }
}

/// What is known of a group without its rows.
#[derive(Debug)]
pub(super) struct Ticket {
    pub(super) last: Version,
    pub(super) written: Arc<Written>,
    pub(super) begun_ms: u64,
}

impl Group {
    pub(super) fn begun(begun_ms: u64) -> Self {
        let (rows, written) = (Vec::new(), Arc::default());
        Self {
            rows,
            written,
            begun_ms,
        }
    }

    /// The row of this version. Versions in a group follow one another.
    pub(super) fn row(&mut self, version: Version) -> Option<&mut Row> {
        let first = self.rows.first()?.version;
        let place = usize::try_from(version.0.checked_sub(first.0)?).ok()?;
        self.rows.get_mut(place)
    }

    pub(super) fn ticket(&self) -> Option<Ticket> {
        Some(Ticket {
            last: self.rows.last()?.version,
            written: Arc::clone(&self.written),
            begun_ms: self.begun_ms,
        })
    }
}
