//! The store, and the secret that belongs to it.

use anyhow::{Context, Result, bail};
use otp_core::{Keys, MasterSecret};

use crate::clock::Clock;
use crate::config::{Config, Durability, SecretFile, StoreKind};
use crate::secret::{self, SecretError};
use crate::store::embedded::{self, EmbeddedOptions, EmbeddedStore};
use crate::store::memory::MemoryStore;
use crate::store::redis::RedisStore;
use crate::store::{Commit, Store};

/// Opens the configured store.
pub(super) async fn open(config: &Config, clock: &Clock) -> Result<Store> {
    let store = match &config.store.kind {
        StoreKind::Memory => Store::Memory(MemoryStore::new()),
        StoreKind::Embedded => {
            let options = EmbeddedOptions {
                data_dir: config.data_dir.clone(),
                durability: match config.store.durability {
                    Durability::Fsync => embedded::Durability::Fsync,
                    Durability::Process => embedded::Durability::Process,
                },
                max_bytes: config
                    .store
                    .max_megabytes
                    .map(|megabytes| u64::from(megabytes) << 20),
                queue_limit: config.store.queue_limit,
            };
            let opened = EmbeddedStore::open(&options, clock.now().unix_ms());
            Store::Embedded(opened.map_err(|error| {
                let hint = error.hint();
                anyhow::Error::new(error).context(format!("cannot open the store\nhint: {hint}"))
            })?)
        }
        StoreKind::Redis(options) => {
            let connected = RedisStore::connect(options).await;
            Store::Redis(connected.context(
                "cannot use the store\nhint: docs/redis.md says what Redis must be set to, and what each message means",
            )?)
        }
    };
    Ok(store)
}

/// The keys, from a secret that belongs to the store. Of two servers that start on an empty store
/// with two secrets, the first to claim it wins.
pub(super) async fn keys(config: &Config, store: &Store, clock: &Clock) -> Result<Keys> {
    let owner = store.owner(clock.now()).await?;
    let keys = Keys::derive(&master_secret(config, owner.is_none())?);
    let owner = match owner {
        None => match store.claim(keys.check_value(), clock.now()).await? {
            Commit::Committed(_) => Some(keys.check_value()),
            Commit::Conflict => store.owner(clock.now()).await?,
        },
        owner => owner,
    };
    if owner == Some(keys.check_value()) {
        return Ok(keys);
    }
    match &config.store.kind {
        StoreKind::Redis(options) => bail!(
            "what is in redis under {:?} was made with another secret\nhint: all servers that share a redis share the \
             secret file: copy it from the server that was started first and name it with --secret-file; or give this \
             installation a redis.prefix of its own",
            options.prefix
        ),
        StoreKind::Embedded | StoreKind::Memory => bail!(
            "the store in {} was made with another secret\nhint: restore the secret that was backed up with it; \
             or move the directory away to start anew: codes on their way and all counts are then lost",
            config.data_dir.display()
        ),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a new installation draws its secret here"
)]
fn master_secret(config: &Config, store_is_new: bool) -> Result<MasterSecret, SecretError> {
    match &config.secret_file {
        SecretFile::MadeOnce(path) if store_is_new => {
            secret::read_or_create(path, &mut rand::rng())
        }
        SecretFile::MadeOnce(path) | SecretFile::Given(path) => secret::read(path),
    }
}
