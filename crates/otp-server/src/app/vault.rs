//! The store, the secret that belongs to it, and the time that goes on in it.

use anyhow::{Context, Result, anyhow, bail};
use otp_core::{Keys, MasterSecret, Timestamp};

use crate::clock::{Clock, Seen};
use crate::config::{Config, Durability, SecretFile, StoreKind};
use crate::secret::{self, SecretError};
use crate::store::embedded::{self, EmbeddedOptions, EmbeddedStore};
use crate::store::memory::MemoryStore;
use crate::store::redis::RedisStore;
use crate::store::{Commit, Store};

/// An open store that belongs to the installation's secret.
#[derive(Debug)]
pub struct Vault {
    /// Where records are kept.
    pub store: Store,
    /// Everything keyed.
    pub keys: Keys,
    /// The time.
    pub clock: Clock,
}

impl Vault {
    /// For a server. A new installation gets a secret.
    pub(super) async fn to_serve(config: &Config, clock: Clock) -> Result<Self> {
        let store = open(config, &clock).await?;
        let clock = resume(&store, clock).await?;
        let is_new = store.owner(clock.now()).await?.is_none();
        let keys = Keys::derive(&master_secret(config, is_new)?);
        Self::claim(config, store, keys, clock).await
    }

    /// To take records out: the store must be there, and nothing is made.
    pub async fn to_take_out(config: &Config) -> Result<Self> {
        outlives_us(config)?;
        let keys = kept_keys(config)?;
        let nothing = || {
            let hint = "hint: check the configuration: --store, and --data-dir or redis.prefix";
            anyhow!(
                "{} holds nothing: no server was ever started on it\n{hint}",
                place(config)
            )
        };
        let is_embedded = config.store.kind == StoreKind::Embedded;
        if is_embedded && !EmbeddedStore::is_there(&config.data_dir) {
            return Err(nothing());
        }
        let clock = Clock::system();
        let store = open(config, &clock).await?;
        if store.owner(clock.now()).await?.is_none() {
            return Err(nothing());
        }
        let clock = resume(&store, clock).await?;
        Self::claim(config, store, keys, clock).await
    }

    /// To put in records that were taken out elsewhere at that time. Ours goes on from there if it
    /// is not so late here yet.
    pub async fn to_put_in(config: &Config, keys: Keys, taken_out: Timestamp) -> Result<Self> {
        outlives_us(config)?;
        let clock = Clock::system();
        let store = open(config, &clock).await?;
        let mut clock = resume(&store, clock).await?;
        if clock.now() < taken_out {
            clock = clock.resumed_from(Some(Seen {
                at_ms: taken_out.unix_ms(),
                uptime: None,
            }));
        }
        Self::claim(config, store, keys, clock).await
    }

    /// Of two servers that start on an empty store with two secrets, the first to claim it wins.
    async fn claim(config: &Config, store: Store, keys: Keys, clock: Clock) -> Result<Self> {
        let owner = match store.owner(clock.now()).await? {
            None => match store.claim(keys.check_value(), clock.now()).await? {
                Commit::Committed(_) => Some(keys.check_value()),
                Commit::Conflict => store.owner(clock.now()).await?,
            },
            owner => owner,
        };
        if owner == Some(keys.check_value()) {
            return Ok(Self { store, keys, clock });
        }
        let hint = match &config.store.kind {
            StoreKind::Redis(_) => {
                "all servers that share a redis share the secret file: copy it from the server that was started \
                 first and name it with --secret-file; or give this installation a redis.prefix of its own"
            }
            StoreKind::Embedded | StoreKind::Memory => {
                "restore the secret that was backed up with it; or move the directory away to start anew: codes on \
                 their way and all counts are then lost"
            }
        };
        bail!(
            "{} was made with another secret\nhint: {hint}",
            place(config)
        )
    }
}

/// The keys of a secret that is there already.
pub fn kept_keys(config: &Config) -> Result<Keys, SecretError> {
    let (SecretFile::MadeOnce(path) | SecretFile::Given(path)) = &config.secret_file;
    secret::read(path).map(|secret| Keys::derive(&secret))
}

pub(super) fn outlives_us(config: &Config) -> Result<()> {
    if config.store.kind == StoreKind::Memory {
        bail!(
            "the memory store keeps nothing after its process ends\nhint: name another with --store: embedded, or the \
             address of a redis"
        );
    }
    Ok(())
}

fn place(config: &Config) -> String {
    match &config.store.kind {
        StoreKind::Redis(options) => format!("what is in redis under {:?}", options.prefix),
        StoreKind::Embedded | StoreKind::Memory => {
            format!("the store in {}", config.data_dir.display())
        }
    }
}

/// The configured store.
async fn open(config: &Config, clock: &Clock) -> Result<Store> {
    Ok(match &config.store.kind {
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
    })
}

/// The time that goes on in the store.
async fn resume(store: &Store, clock: Clock) -> Result<Clock> {
    store.resume(clock).await.context(
        "cannot learn the time from the store\nhint: docs/redis.md says what Redis must allow, and what each message means",
    )
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
