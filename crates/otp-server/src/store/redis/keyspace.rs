//! Where things are in Redis: `PREFIX{BUCKET}:r:KEY` is a record, `PREFIX{BUCKET}:due` the timers
//! and `PREFIX{BUCKET}:live` the count of live codes of the bucket.
//!
//! What stands in braces is all that decides the hash slot, so a bucket lies in one slot whole.

use std::fmt::Write as _;

use super::super::backend::Key;

/// Enough to spread evenly over the masters of a large cluster, few enough to look at each often.
pub(super) const BUCKETS: usize = 256;

/// A number below [`BUCKETS`].
pub(super) type Bucket = u8;

const _: () = assert!(BUCKETS == Bucket::MAX as usize + 1);

/// Makes the names.
#[derive(Debug)]
pub(super) struct Keyspace {
    prefix: String,
}

impl Keyspace {
    pub(super) fn new(prefix: &str) -> Self {
        Self { prefix: prefix.to_owned() }
    }

    /// A key is a keyed hash: any byte of it spreads evenly.
    pub(super) fn bucket(key: Key) -> Bucket {
        key.0[0]
    }

    pub(super) fn record(&self, key: Key) -> String {
        let mut name = format!("{}{{{}}}:r:", self.prefix, Self::bucket(key));
        for byte in key.0 {
            let _ = write!(name, "{byte:02x}");
        }
        name
    }

    pub(super) fn timers(&self, bucket: Bucket) -> String {
        format!("{}{{{bucket}}}:due", self.prefix)
    }

    pub(super) fn live_codes(&self, bucket: Bucket) -> String {
        format!("{}{{{bucket}}}:live", self.prefix)
    }
}
