//! Who may ask for what: applications, and the keys that callers present for them.
//!
//! A request is made on behalf of one application, which has rules and limits of its own.
//! Applications come from the configuration and from the registry, keys from the registry, which
//! commands change while servers run. What a server knows of it is at most a second old, or it
//! says that it does not know.

mod application;
mod entry;
mod key;
mod known;
mod policy;
mod registrar;
mod scope;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use otp_core::{InvalidPolicy, Keys, Timestamp};

pub use self::application::{Application, Callback, Mode, Realm, TestRecipient};
use self::entry::Name;
pub use self::key::{KeyId, NewKey, is_marked_as_key, is_shaped_as_key};
use self::known::{Complaint, Configured, Known};
pub use self::registrar::{
    ApplicationOrder, ApplicationRow, ApplicationState, KeyAbout, KeyOrder, KeyRow, KeyState,
    Origin, Registrar, RegistrarError, Rotated,
};
pub use self::scope::{Scope, Scopes};
use crate::clock::Stopwatch;
use crate::config::{Config, ConfigError, KeyHash};
pub use crate::config::{Face, Faces};
use crate::store::Unavailable;
use crate::store::registry::{MemoryRegistry, Registry, Seen};

/// The application that is there without anybody making one.
pub const DEFAULT_APPLICATION: &str = "default";

/// Without a successful look for so long, a key that was revoked meanwhile could still work: so no
/// key does.
const STALE_AFTER: Duration = Duration::from_secs(5);

/// All applications and keys.
#[derive(Debug)]
pub struct Directory {
    configured: Configured,
    registry: Registry,
    known: RwLock<Arc<Known>>,
    /// When the last look began that succeeded: milliseconds of `age`.
    looked_at_ms: AtomicU64,
    age: Stopwatch,
    /// Complaints about entries that were made already.
    complaints: Mutex<BTreeSet<Complaint>>,
    /// Uses of keys that are not noted in the registry yet.
    uses: Mutex<BTreeMap<KeyId, Timestamp>>,
}

/// The directory cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// The rules of an application contradict each other.
    #[error("the limits of application {name:?} do not fit together: {cause}")]
    Policy {
        /// Which one.
        name: String,
        /// Why.
        #[source]
        cause: InvalidPolicy,
    },
    /// A test recipient would be one for too long.
    #[error(transparent)]
    Settings(#[from] ConfigError),
    /// Applications and keys cannot be read.
    #[error("cannot read applications and keys: {0}")]
    Registry(#[from] Unavailable),
}

/// Who presents a key.
#[derive(Debug)]
pub enum Identified {
    /// Somebody whom we know.
    Caller(Caller),
    /// Nobody: there is no such key, or it is good no more.
    Unknown,
    /// Nobody can say now.
    Unavailable,
}

/// On whose behalf somebody asks, and for what they may.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Whose key it is.
    pub application: Arc<Application>,
    /// Whether messages really go out.
    pub mode: Mode,
    /// What the key may be used for.
    pub scopes: Scopes,
    /// Which key it is.
    pub key_id: Option<KeyId>,
}

impl Directory {
    /// The applications of the configuration alone, for tests.
    pub fn configured(config: &Config) -> Result<Self, DirectoryError> {
        let configured = Configured::new(config, None, None)?;
        let registry = Registry::Memory(MemoryRegistry::default());
        Ok(Self::of(configured, registry))
    }

    /// The applications of the configuration and those in the registry, with all keys.
    pub async fn open(
        config: &Config,
        registry: Registry,
        keys: &Keys,
        now: Timestamp,
    ) -> Result<Self, DirectoryError> {
        let configured = Configured::new(config, Some(keys.clone()), Some(now))?;
        let directory = Self::of(configured, registry);
        directory.refresh().await?;
        Ok(directory)
    }

    fn of(configured: Configured, registry: Registry) -> Self {
        Self {
            known: RwLock::new(Arc::new(Known::without_registry(&configured))),
            configured,
            registry,
            looked_at_ms: AtomicU64::new(0),
            age: Stopwatch::start(),
            complaints: Mutex::default(),
            uses: Mutex::default(),
        }
    }

    /// The application that serves whoever needs no key.
    #[must_use]
    pub fn default_application(&self) -> Arc<Application> {
        Arc::clone(&self.configured.default)
    }

    /// The application of this name, unless it is disabled.
    #[must_use]
    pub fn application(&self, name: &str) -> Option<Arc<Application>> {
        self.known().applications.get(name).map(Arc::clone)
    }

    /// All applications that are enabled, by name, the first so many.
    #[must_use]
    pub fn applications(&self, most: usize) -> Vec<Arc<Application>> {
        let known = self.known();
        known
            .applications
            .values()
            .take(most)
            .map(Arc::clone)
            .collect()
    }

    /// Whose key this is. What cannot be a key is refused without a look; a key that is not there
    /// takes as long as one that is.
    #[must_use]
    pub fn identify(&self, key: &str, now: Timestamp) -> Identified {
        let Some(shown) = key::Shown::read(key) else {
            return Identified::Unknown;
        };
        if self.is_stale() {
            return Identified::Unavailable;
        }
        let known = self.known();
        let found = known.keys.get(&shown.id);
        let is_right = KeyHash::of(key) == found.map_or(known.no_hash, |found| found.hash);
        let is_good = |found: &&known::KnownKey| {
            is_right && found.entry.mode == shown.mode && found.entry.is_good_at(now)
        };
        let Some(found) = found.filter(is_good) else {
            return Identified::Unknown;
        };
        let Some(application) = known.applications.get(found.entry.application.as_str()) else {
            return Identified::Unknown;
        };
        if found.is_used_anew(now) {
            self.uses().insert(shown.id, now);
        }
        Identified::Caller(Caller {
            application: Arc::clone(application),
            mode: found.entry.mode,
            scopes: Scopes::of(&found.entry.scopes),
            key_id: Some(shown.id),
        })
    }

    /// Looks at what has changed. Call it some times a second.
    pub async fn refresh(&self) -> Result<(), Unavailable> {
        let began_ms = self.age_ms();
        let known = self.known();
        match self.registry.look(known.version).await? {
            Seen::Unchanged => {}
            Seen::Snapshot(snapshot) => {
                let (next, complaints) = Known::read(&self.configured, &snapshot, &known);
                *self.known.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
                self.complain(complaints);
            }
        }
        self.looked_at_ms.store(began_ms, Ordering::Relaxed);
        Ok(())
    }

    /// Notes in the registry which keys were used since. Call it every few seconds.
    pub async fn note_uses(&self) -> Result<(), Unavailable> {
        let uses = std::mem::take(&mut *self.uses());
        let named = uses
            .iter()
            .map(|(id, at)| (Name::Key(*id).written(), at.unix_ms()));
        let noted = self.registry.touch(named.collect()).await;
        if noted.is_err() {
            let mut later = self.uses();
            for (id, at) in uses {
                later.entry(id).or_insert(at);
            }
        }
        noted
    }

    fn uses(&self) -> MutexGuard<'_, BTreeMap<KeyId, Timestamp>> {
        self.uses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What commands do to the registry, for tests without one outside this process.
    #[must_use]
    pub fn registrar(&self) -> Registrar {
        Registrar::new(self.configured.config.clone(), self.registry.clone())
    }

    fn known(&self) -> Arc<Known> {
        Arc::clone(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn is_stale(&self) -> bool {
        let looked_at = Duration::from_millis(self.looked_at_ms.load(Ordering::Relaxed));
        let is_elsewhere = !matches!(self.registry, Registry::Memory(_));
        is_elsewhere && self.age.elapsed().saturating_sub(looked_at) > STALE_AFTER
    }

    fn age_ms(&self) -> u64 {
        u64::try_from(self.age.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Each is said once, for as long as it holds.
    fn complain(&self, complaints: BTreeSet<Complaint>) {
        let mut said = self
            .complaints
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        for complaint in complaints.difference(&said) {
            match complaint {
                Complaint::Warning(what) => tracing::warn!("{what}"),
                Complaint::Error(what) => tracing::error!("{what}"),
            }
        }
        *said = complaints;
    }
}
