//! Where things are in Redis: `PREFIX{BUCKET}:r:KEY` is a record, `PREFIX{BUCKET}:c:KEY` a count that
//! many phones share, `PREFIX{BUCKET}:due` the timers and `PREFIX{BUCKET}:live` the count of live codes
//! of the bucket. `PREFIX{BUCKET}:out` is who holds which event of the bucket's outbox, `PREFIX{BUCKET}:ev`
//! the events themselves, `PREFIX{BUCKET}:seq` the last one's number. One bucket has the shared time too:
//! `PREFIX{BUCKET}:time`, and `PREFIX{BUCKET}:up:START` for each start of a machine; and the registry:
//! `PREFIX{BUCKET}:reg`, `PREFIX{BUCKET}:reg-version` and `PREFIX{BUCKET}:reg-used`, and of each shelf
//! `PREFIX{BUCKET}:shelf:NAME` and `PREFIX{BUCKET}:shelf-names:NAME`.
//! `PREFIX{BUCKET}:l:KEY` is the bucket's share of a list.
//!
//! What stands in braces is all that decides the hash slot, so a bucket lies in one slot whole.

use std::fmt::Write as _;

use super::super::backend::{Key, Unavailable};
use super::super::registry::Shelf;

/// Enough to spread evenly over the masters of a large cluster, few enough to look at each often.
pub(super) const BUCKETS: usize = 256;

/// As many as every Redis Cluster has.
const SLOTS: u16 = 16_384;

/// A number below [`BUCKETS`].
pub(super) type Bucket = u8;

/// Where the shared time is kept.
pub(super) const TIME_BUCKET: Bucket = 0;

/// Where applications and keys are kept.
pub(super) const REGISTRY_BUCKET: Bucket = 0;

const _: () = assert!(BUCKETS == Bucket::MAX as usize + 1);

/// Makes the names.
#[derive(Debug)]
pub(super) struct Keyspace {
    prefix: String,
}

impl Keyspace {
    /// Braces in the prefix would decide the slot.
    pub(super) fn new(prefix: &str) -> Result<Self, Unavailable> {
        if prefix.contains(['{', '}']) {
            return Err(Unavailable::saying(
                "the prefix of the names in redis has braces in it: leave them out",
            ));
        }
        Ok(Self {
            prefix: prefix.to_owned(),
        })
    }

    /// The slot of a cluster that a bucket is in.
    pub(super) fn slot(bucket: Bucket) -> u16 {
        crc16(bucket.to_string().as_bytes()) % SLOTS
    }

    /// A key is a keyed hash: any byte of it spreads evenly.
    pub(super) fn bucket(key: Key) -> Bucket {
        key.0[0]
    }

    pub(super) fn record(&self, key: Key) -> String {
        self.named_by(Self::bucket(key), "r", key.0)
    }

    /// A shared count, in the slot of a bucket of the caller's choice.
    pub(super) fn count(&self, bucket: Bucket, key: Key) -> String {
        self.named_by(bucket, "c", key.0)
    }

    /// The time that all servers share.
    pub(super) fn time_mark(&self) -> String {
        format!("{}{{{TIME_BUCKET}}}:time", self.prefix)
    }

    /// When a machine was started, by the shared time.
    pub(super) fn machine_start(&self, boot: [u8; 16]) -> String {
        self.named_by(TIME_BUCKET, "up", boot)
    }

    /// Applications and keys.
    pub(super) fn registry(&self) -> String {
        format!("{}{{{REGISTRY_BUCKET}}}:reg", self.prefix)
    }

    /// In which state they are.
    pub(super) fn registry_version(&self) -> String {
        format!("{}{{{REGISTRY_BUCKET}}}:reg-version", self.prefix)
    }

    /// When keys were last used.
    pub(super) fn registry_uses(&self) -> String {
        format!("{}{{{REGISTRY_BUCKET}}}:reg-used", self.prefix)
    }

    /// The values on a shelf.
    pub(super) fn shelf(&self, which: Shelf) -> String {
        let name = which.name();
        format!("{}{{{REGISTRY_BUCKET}}}:shelf:{name}", self.prefix)
    }

    /// Their names, in order.
    pub(super) fn shelf_names(&self, which: Shelf) -> String {
        let name = which.name();
        format!("{}{{{REGISTRY_BUCKET}}}:shelf-names:{name}", self.prefix)
    }

    pub(super) fn timers(&self, bucket: Bucket) -> String {
        format!("{}{{{bucket}}}:due", self.prefix)
    }

    pub(super) fn live_codes(&self, bucket: Bucket) -> String {
        format!("{}{{{bucket}}}:live", self.prefix)
    }

    pub(super) fn outbox(&self, bucket: Bucket) -> String {
        format!("{}{{{bucket}}}:out", self.prefix)
    }

    pub(super) fn events(&self, bucket: Bucket) -> String {
        format!("{}{{{bucket}}}:ev", self.prefix)
    }

    pub(super) fn last_event(&self, bucket: Bucket) -> String {
        format!("{}{{{bucket}}}:seq", self.prefix)
    }

    /// A bucket's share of a list.
    pub(super) fn list(&self, bucket: Bucket, list: Key) -> String {
        self.named_by(bucket, "l", list.0)
    }

    fn named_by(&self, bucket: Bucket, kind: &str, bytes: [u8; 16]) -> String {
        let mut name = format!("{}{{{bucket}}}:{kind}:", self.prefix);
        for byte in bytes {
            let _ = write!(name, "{byte:02x}");
        }
        name
    }
}

/// CRC-16/XMODEM, by which Redis Cluster places what stands in braces (Redis Cluster
/// specification, "Key distribution model").
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        let crc = crc ^ (u16::from(*byte) << 8);
        (0..8).fold(crc, |crc, _| {
            if crc & 0x8000 == 0 {
                crc << 1
            } else {
                (crc << 1) ^ 0x1021
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_one_of_the_specification() {
        assert_eq!(crc16(b"123456789"), 0x31C3);
    }

    #[test]
    fn a_bucket_has_its_names_in_one_slot_whatever_the_prefix() {
        let keys = Keyspace::new("otp:").expect("no braces");
        let key = Key([17; 16]);
        assert_eq!(
            keys.record(key),
            format!("otp:{{17}}:r:{}", "11".repeat(16))
        );
        assert_eq!(keys.timers(17), "otp:{17}:due");
        assert_eq!(keys.live_codes(17), "otp:{17}:live");
        assert_eq!(keys.time_mark(), "otp:{0}:time");
        let start = format!("otp:{{0}}:up:{}", "11".repeat(16));
        assert_eq!(keys.machine_start([17; 16]), start);
        assert_eq!(keys.outbox(17), "otp:{17}:out");
        assert_eq!(keys.events(17), "otp:{17}:ev");
        assert_eq!(keys.last_event(17), "otp:{17}:seq");
        let list = format!("otp:{{9}}:l:{}", "11".repeat(16));
        assert_eq!(keys.list(9, key), list);
        assert_eq!(keys.shelf(Shelf::OptOuts), "otp:{0}:shelf:opt-outs");
        let names = keys.shelf_names(Shelf::DeadLetters);
        assert_eq!(names, "otp:{0}:shelf-names:dead-letters");
        Keyspace::new("{otp}").expect_err("the prefix would decide the slot");
    }

    #[test]
    fn buckets_spread_over_the_slots() {
        let slots: std::collections::BTreeSet<u16> =
            (0..=Bucket::MAX).map(Keyspace::slot).collect();
        assert_eq!(slots.len(), BUCKETS);
        let thirds =
            [0, 1, 2].map(|third| slots.iter().filter(|slot| **slot / 5462 == third).count());
        assert!(
            thirds.iter().all(|buckets| (70..=100).contains(buckets)),
            "{thirds:?}"
        );
    }
}
