//! The registry's shelves in Redis: of each, a hash of values and a sorted set of their names, which is
//! what pages are read by. They lie where the registry lies. Nothing of them runs out.

use std::sync::Arc;

use redis::Cmd;

use super::super::backend::Unavailable;
use super::super::registry::{Put, Shelf, WhenFull};
use super::keyspace::{Bucket, REGISTRY_BUCKET};
use super::registry::RedisRegistry;
use super::scripts::{self, Lua};
use super::{Inner, trouble};

const BUCKET: Bucket = REGISTRY_BUCKET;

impl RedisRegistry {
    pub(in super::super) async fn put(
        &self,
        which: Shelf,
        most: usize,
        name: &str,
        value: Vec<u8>,
    ) -> Result<Put, Unavailable> {
        let inner = Arc::clone(&self.inner);
        let when_full = match which.when_full() {
            WhenFull::Refuse => "refuse",
            WhenFull::GiveUpFirst => "give-up-first",
        };
        let mut command = inner.of_shelf(&scripts::SHELF_PUT, which);
        command.arg(most).arg(when_full).arg(name).arg(value);
        let ask = async move {
            let script = Some(&*scripts::SHELF_PUT);
            let reply = inner.way.ask(BUCKET, script, &command).await?;
            Ok(match trouble::read::<i64>(reply)? {
                1 => Put::Done,
                _ => Put::Full,
            })
        };
        self.driver.finish(ask).await
    }

    pub(in super::super) async fn remove(
        &self,
        which: Shelf,
        name: &str,
    ) -> Result<bool, Unavailable> {
        let inner = Arc::clone(&self.inner);
        let mut command = inner.of_shelf(&scripts::SHELF_REMOVE, which);
        command.arg(name);
        let ask = async move {
            let script = Some(&*scripts::SHELF_REMOVE);
            trouble::read(inner.way.ask(BUCKET, script, &command).await?)
        };
        self.driver.finish(ask).await
    }

    /// Requests ask this, so it needs room among them.
    pub(in super::super) async fn value(
        &self,
        which: Shelf,
        name: &str,
    ) -> Result<Option<Vec<u8>>, Unavailable> {
        let inner = Arc::clone(&self.inner);
        let command = Cmd::hget(inner.keys.shelf(which), name);
        let ask = async move { trouble::read(inner.way.ask(BUCKET, None, &command).await?) };
        self.driver.run(ask).await
    }

    pub(in super::super) async fn page(
        &self,
        which: Shelf,
        after: &str,
        limit: usize,
    ) -> Result<Vec<(String, Vec<u8>)>, Unavailable> {
        let inner = Arc::clone(&self.inner);
        let mut command = inner.of_shelf(&scripts::SHELF_PAGE, which);
        command.arg(after).arg(limit);
        let ask = async move {
            let script = Some(&*scripts::SHELF_PAGE);
            let reply = inner.way.ask(BUCKET, script, &command).await?;
            let fields: Vec<Vec<u8>> = trouble::read(reply)?;
            let (pairs, _) = fields.as_chunks::<2>();
            Ok(pairs
                .iter()
                .map(|[name, value]| (String::from_utf8_lossy(name).into_owned(), value.clone()))
                .collect())
        };
        self.driver.finish(ask).await
    }

    pub(in super::super) async fn count(&self, which: Shelf) -> Result<u64, Unavailable> {
        let inner = Arc::clone(&self.inner);
        let command = Cmd::hlen(inner.keys.shelf(which));
        let ask = async move { trouble::read(inner.way.ask(BUCKET, None, &command).await?) };
        self.driver.finish(ask).await
    }
}

impl Inner {
    fn of_shelf(&self, script: &Lua, which: Shelf) -> Cmd {
        let mut command = script.command(2);
        command
            .arg(self.keys.shelf(which))
            .arg(self.keys.shelf_names(which));
        command
    }
}
