//! Registries of every kind, and keys drawn from a seed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use otp_core::{Keys, MasterSecret, Timestamp};
use otp_server::config::Config;
use otp_server::directory::{
    Caller, Directory, Identified, KeyOrder, Mode, NewKey, Registrar, Scope, Scopes,
};
use otp_server::store::redis::{RedisOptions, RedisStore};
use otp_server::store::registry::{EmbeddedRegistry, MemoryRegistry, Registry};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use tempfile::TempDir;

use crate::redis_process::{RedisCluster, RedisProcess};

/// The same test on every back end.
macro_rules! on_each {
    ($($test:ident),* $(,)?) => {
        $(mod $test {
            #[tokio::test]
            async fn in_memory() {
                super::$test($crate::keys::stage::memory()).await;
            }

            #[tokio::test]
            async fn embedded_in_a_data_directory() {
                super::$test($crate::keys::stage::embedded()).await;
            }

            #[tokio::test]
            async fn on_redis() {
                super::$test($crate::keys::stage::redis().await).await;
            }

            #[tokio::test]
            async fn on_a_cluster() {
                super::$test($crate::keys::stage::cluster().await).await;
            }
        })*
    };
}

pub(super) use on_each;

/// 2027-01-15, 08:00 UTC.
pub(super) const NOW: Timestamp = Timestamp::from_unix_ms(1_800_000_000_000);
pub(super) const DAY: Duration = Duration::from_hours(24);

/// A registry, and what must live as long as it does.
pub(super) struct Kept<T> {
    pub(super) registry: Registry,
    /// Another way to the same entries, as another process has one.
    pub(super) elsewhere: Registry,
    pub(super) place: T,
}

pub(super) fn memory() -> Kept<()> {
    let registry = MemoryRegistry::default();
    Kept {
        registry: Registry::Memory(registry.clone()),
        elsewhere: Registry::Memory(registry),
        place: (),
    }
}

pub(super) fn embedded() -> Kept<TempDir> {
    let place = TempDir::new().unwrap();
    let open = || Registry::Embedded(EmbeddedRegistry::in_dir(&place.path().join("data")));
    Kept {
        registry: open(),
        elsewhere: open(),
        place,
    }
}

pub(super) async fn redis() -> Kept<Arc<RedisProcess>> {
    let place = RedisProcess::shared();
    on(&place.url(), Arc::clone(&place)).await
}

pub(super) async fn cluster() -> Kept<Arc<RedisCluster>> {
    let place = RedisCluster::shared();
    on(&place.url(), Arc::clone(&place)).await
}

async fn on<T>(url: &str, place: T) -> Kept<T> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let mut options = RedisOptions::parse(url).unwrap();
    options.prefix = format!("keys-{}:", NEXT.fetch_add(1, Ordering::Relaxed));
    options.response_timeout = Duration::from_secs(20);
    let (one, other) = (connect(&options).await, connect(&options).await);
    Kept {
        registry: Registry::Redis(one.registry()),
        elsewhere: Registry::Redis(other.registry()),
        place,
    }
}

async fn connect(options: &RedisOptions) -> RedisStore {
    RedisStore::connect(options).await.unwrap()
}

/// The installation's keys, from a secret that is none.
pub(super) fn keys(seed: u8) -> Keys {
    Keys::derive(&MasterSecret::new(vec![seed; 32]).unwrap())
}

pub(super) fn rng(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

pub(super) async fn directory(config: &Config, registry: &Registry) -> Directory {
    Directory::open(config, registry.clone(), &keys(1), NOW)
        .await
        .unwrap()
}

pub(super) fn registrar(registry: &Registry) -> Registrar {
    Registrar::new(Config::default(), registry.clone())
}

pub(super) fn order(application: &str, scopes: &[Scope], mode: Mode) -> KeyOrder {
    KeyOrder {
        application: application.to_owned(),
        mode,
        scopes: Scopes::of(scopes),
        expires_in: None,
        label: None,
    }
}

pub(super) async fn live_key(registrar: &Registrar, seed: u64) -> NewKey {
    let order = order("default", &[Scope::Start], Mode::Live);
    let made = registrar.create_key(&order, NOW, &mut rng(seed)).await;
    made.unwrap().0
}

/// The caller whom this key lets in.
#[track_caller]
pub(super) fn caller(directory: &Directory, key: &str, now: Timestamp) -> Caller {
    match directory.identify(key, now) {
        Identified::Caller(caller) => caller,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
pub(super) fn is_unknown(directory: &Directory, key: &str, now: Timestamp) {
    let identified = directory.identify(key, now);
    assert!(matches!(identified, Identified::Unknown), "{identified:?}");
}
