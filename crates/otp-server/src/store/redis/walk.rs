//! A walk over all records, bucket by bucket: every record has a timer, so the timers name them all.

use redis::Cmd;

use super::super::backend::{Key, Stored, Unavailable};
use super::keyspace::Bucket;
use super::{Inner, trouble, value};

/// Records that are asked for in one go: enough to keep the way busy, few enough for one answer's
/// time.
pub(super) const LOADS_AT_ONCE: usize = 256;

impl Inner {
    /// Which records a bucket has. All names at once, so that none is missed or told twice while
    /// others come and go; a million records have some 4,000 in each bucket.
    pub(super) async fn names(&self, bucket: Bucket) -> Result<Vec<Key>, Unavailable> {
        let mut all = redis::cmd("ZRANGE");
        all.arg(self.keys.timers(bucket)).arg(0).arg(-1);
        let reply = self.way.ask(bucket, None, &all).await?;
        let names = trouble::read::<Vec<Vec<u8>>>(reply)?.into_iter();
        Ok(names
            .filter_map(|name| Some(Key(name.try_into().ok()?)))
            .collect())
    }

    /// Those of a bucket's records that are still there.
    pub(super) async fn load_all(
        &self,
        bucket: Bucket,
        keys: &[Key],
        now_ms: u64,
    ) -> Result<Vec<(Key, Stored)>, Unavailable> {
        let loads = keys
            .iter()
            .map(|key| (bucket, Cmd::get(self.keys.record(*key))))
            .collect();
        let mut found = Vec::with_capacity(keys.len());
        for (key, reply) in keys.iter().zip(self.way.ask_each(None, loads).await) {
            let bytes: Option<Vec<u8>> = trouble::read(reply?)?;
            let stored = bytes.map_or(Ok(None), |bytes| value::decode(&bytes, now_ms))?;
            found.extend(stored.map(|stored| (*key, stored)));
        }
        Ok(found)
    }
}
