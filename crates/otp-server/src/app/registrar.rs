//! What commands need of the store while servers run: the registry, and the secret that its private
//! parts are sealed with.

use anyhow::{Context, Result};
use otp_core::{Keys, MasterSecret};

use super::vault::{kept_keys, outlives_us};
use crate::clock::Clock;
use crate::config::{Config, SecretFile, StoreKind};
use crate::directory::{Directory, Registrar};
use crate::opt_outs::OptOuts;
use crate::secret::{self, SecretError};
use crate::store::Store;
use crate::store::embedded::EmbeddedStore;
use crate::store::redis::{RedisOptions, RedisStore};
use crate::store::registry::{EmbeddedRegistry, Registry};

/// Applications and keys of the configured store. No server need run, and none need stop.
pub async fn registrar(config: &Config) -> Result<Registrar> {
    Ok(Registrar::new(config.clone(), registry(config).await?))
}

/// Who wants no messages, in the configured store. No server need run, and none need stop.
pub async fn opt_outs(config: &Config) -> Result<OptOuts> {
    let registry = registry(config).await?;
    Ok(OptOuts::new(registry, keys_to_seal(config).await?))
}

/// Where they are kept, and whatever else commands change beside running servers.
pub async fn registry(config: &Config) -> Result<Registry> {
    outlives_us(config)?;
    Ok(match &config.store.kind {
        StoreKind::Redis(options) => Registry::Redis(connect(options).await?.registry()),
        StoreKind::Embedded | StoreKind::Memory => {
            Registry::Embedded(EmbeddedRegistry::in_dir(&config.data_dir))
        }
    })
}

/// The applications as servers know them, with what is sealed.
pub async fn directory(config: &Config) -> Result<Directory> {
    let keys = kept_keys(config)?;
    let now = Clock::system().now();
    let opened = Directory::open(config, registry(config).await?, &keys, now);
    Ok(opened.await?)
}

/// The keys of the installation's secret. It is made if neither it nor the store is there yet.
pub async fn keys_to_seal(config: &Config) -> Result<Keys> {
    let owner = match &config.store.kind {
        StoreKind::Redis(options) => {
            let store = Store::Redis(connect(options).await?);
            store.owner(Clock::system().now()).await?
        }
        StoreKind::Embedded | StoreKind::Memory => None,
    };
    let is_new = owner.is_none() && !EmbeddedStore::is_there(&config.data_dir);
    let keys = Keys::derive(&master_secret(config, is_new)?);
    if owner.is_some_and(|owner| owner != keys.check_value()) {
        anyhow::bail!(
            "what is in redis was made with another secret\nhint: all servers that share a redis share the secret \
             file: copy it from one of them and name it with --secret-file"
        );
    }
    Ok(keys)
}

async fn connect(options: &RedisOptions) -> Result<RedisStore> {
    RedisStore::connect(options).await.context(
        "cannot use the store\nhint: docs/redis.md says what Redis must be set to, and what each message means",
    )
}

#[expect(
    clippy::disallowed_methods,
    reason = "a new installation draws its secret here"
)]
fn master_secret(config: &Config, is_new: bool) -> Result<MasterSecret, SecretError> {
    match &config.secret_file {
        SecretFile::MadeOnce(path) if is_new => secret::read_or_create(path, &mut rand::rng()),
        SecretFile::MadeOnce(path) | SecretFile::Given(path) => secret::read(path),
    }
}
