//! The registry in Redis: a hash of entries, their version, and a hash of moments of use, all in one
//! slot. Nothing of it runs out.

use std::collections::BTreeMap;
use std::sync::Arc;

use redis::Cmd;

use super::super::backend::Unavailable;
use super::super::registry::{
    Change, Changed, ENTRIES_MAX, Expected, RegistryVersion, Seen, Snapshot,
};
use super::driver::Driver;
use super::keyspace::{Bucket, REGISTRY_BUCKET};
use super::{Inner, scripts, trouble};

const BUCKET: Bucket = REGISTRY_BUCKET;

/// Shares its connections with the store that it comes from. Its questions need no room among the
/// requests, or a rush of them would make keys unreadable.
#[derive(Clone, Debug)]
pub struct RedisRegistry {
    pub(super) inner: Arc<Inner>,
    pub(super) driver: Arc<Driver>,
}

impl RedisRegistry {
    pub(in super::super) async fn look(
        &self,
        known: Option<RegistryVersion>,
    ) -> Result<Seen, Unavailable> {
        let inner = Arc::clone(&self.inner);
        self.driver
            .finish(async move { inner.look(known).await })
            .await
    }

    pub(in super::super) async fn change(
        &self,
        changes: Vec<Change>,
    ) -> Result<Changed, Unavailable> {
        let inner = Arc::clone(&self.inner);
        self.driver
            .finish(async move { inner.change(&changes).await })
            .await
    }

    pub(in super::super) async fn touch(
        &self,
        uses: Vec<(String, u64)>,
    ) -> Result<(), Unavailable> {
        let inner = Arc::clone(&self.inner);
        self.driver
            .finish(async move { inner.touch(&uses).await })
            .await
    }

    pub(in super::super) async fn touched(&self) -> Result<BTreeMap<String, u64>, Unavailable> {
        let inner = Arc::clone(&self.inner);
        self.driver
            .finish(async move { inner.touched().await })
            .await
    }
}

impl Inner {
    async fn look(&self, known: Option<RegistryVersion>) -> Result<Seen, Unavailable> {
        let mut command = scripts::REGISTRY_LOOK.command(2);
        command
            .arg(self.keys.registry())
            .arg(self.keys.registry_version())
            .arg(known.map_or_else(String::new, |RegistryVersion(known)| known.to_string()));
        let script = Some(&*scripts::REGISTRY_LOOK);
        let reply = self.way.ask(BUCKET, script, &command).await?;
        let (version, fields): (u64, Vec<Vec<u8>>) = trouble::read(reply)?;
        let version = RegistryVersion(version);
        if known == Some(version) {
            return Ok(Seen::Unchanged);
        }
        let (pairs, _) = fields.as_chunks::<2>();
        let entries = pairs
            .iter()
            .map(|[name, value]| (String::from_utf8_lossy(name).into_owned(), value.clone()))
            .collect();
        Ok(Seen::Snapshot(Snapshot { version, entries }))
    }

    async fn change(&self, changes: &[Change]) -> Result<Changed, Unavailable> {
        let mut command = scripts::REGISTRY_CHANGE.command(3);
        command
            .arg(self.keys.registry())
            .arg(self.keys.registry_version())
            .arg(self.keys.registry_uses())
            .arg(ENTRIES_MAX);
        for Change {
            name,
            expected,
            next,
        } in changes
        {
            let (expected, value) = match expected {
                Expected::Any => ("any", &[][..]),
                Expected::Absent => ("absent", &[][..]),
                Expected::Value(value) => ("value", &value[..]),
            };
            let (action, next) = match next {
                Some(next) => ("put", &next[..]),
                None => ("remove", &[][..]),
            };
            command
                .arg(name)
                .arg(expected)
                .arg(value)
                .arg(action)
                .arg(next);
        }
        let script = Some(&*scripts::REGISTRY_CHANGE);
        let reply = self.way.ask(BUCKET, script, &command).await?;
        Ok(match trouble::read::<i64>(reply)? {
            1 => Changed::Done,
            0 => Changed::Differs,
            _ => Changed::Full,
        })
    }

    async fn touch(&self, uses: &[(String, u64)]) -> Result<(), Unavailable> {
        let mut command = redis::cmd("HSET");
        command.arg(self.keys.registry_uses());
        for (name, at_ms) in uses {
            command.arg(name).arg(at_ms);
        }
        let reply = self.way.ask(BUCKET, None, &command).await?;
        trouble::read::<i64>(reply).map(drop)
    }

    async fn touched(&self) -> Result<BTreeMap<String, u64>, Unavailable> {
        let all = Cmd::hgetall(self.keys.registry_uses());
        trouble::read(self.way.ask(BUCKET, None, &all).await?)
    }
}
