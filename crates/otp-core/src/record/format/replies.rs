//! What people say in chats, as it is written down behind a record of the second format: that makes
//! it one of the third.

use serde::{Deserialize, Serialize};

use super::super::{Happened, Record, RecordError};
use crate::Timestamp;

#[derive(Serialize, Deserialize)]
pub(super) struct StoredReplies {
    reports: Vec<Timestamp>,
}

impl StoredReplies {
    /// Nothing where nobody said anything: then the second format says it all.
    pub(super) fn of(record: &Record) -> Option<Self> {
        let steps = record.verifications.iter().flat_map(|one| &one.trail);
        let is_said = steps
            .map(|step| step.what)
            .any(|what| matches!(what, Happened::ApprovedByReply | Happened::Reported));
        (is_said || !record.reports.is_empty()).then(|| Self {
            reports: record.reports.clone(),
        })
    }

    pub(super) fn read(bytes: &[u8]) -> Result<Self, RecordError> {
        postcard::from_bytes(bytes).map_err(|_| RecordError::Damaged)
    }

    pub(super) fn put_into(self, record: &mut Record) {
        record.reports = self.reports;
    }
}
