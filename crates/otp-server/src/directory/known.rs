//! What a server knows: the configuration, which stays, and the registry as it was at one moment.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use otp_core::{Keys, Timestamp};

use super::entry::{self, ApplicationEntry, DisabledEntry, KeyEntry, Name};
use super::{Application, DEFAULT_APPLICATION, DirectoryError, KeyId};
use crate::config::{ApplicationSettings, Config, Dates, KeyHash, is_application_name};
use crate::store::registry::{RegistryVersion, Snapshot};

/// How often a use of a key is worth noting.
const NOTED_EVERY: Duration = Duration::from_mins(1);

/// What does not change while the server runs.
#[derive(Debug)]
pub(super) struct Configured {
    pub(super) config: Config,
    /// What opens settings that were sealed.
    keys: Option<Keys>,
    pub(super) default: Arc<Application>,
    /// By name, with whether they are enabled.
    applications: BTreeMap<Arc<str>, (Arc<Application>, bool)>,
}

impl Configured {
    /// Test recipients are looked at only where the time is known.
    pub(super) fn new(
        config: &Config,
        keys: Option<Keys>,
        now: Option<Timestamp>,
    ) -> Result<Self, DirectoryError> {
        let mut all = config.applications.clone();
        all.entry(DEFAULT_APPLICATION.to_owned()).or_default();
        let mut applications = BTreeMap::new();
        for (name, settings) in &all {
            if let Some(now) = now {
                settings.check_dates(name, Dates::Known, now)?;
            }
            let application = make(config, name, settings)?;
            applications.insert(
                Arc::clone(&application.name),
                (application, settings.enabled),
            );
        }
        let (default, _) = &applications[DEFAULT_APPLICATION];
        Ok(Self {
            config: config.clone(),
            keys,
            default: Arc::clone(default),
            applications,
        })
    }
}

fn make(
    config: &Config,
    name: &str,
    settings: &ApplicationSettings,
) -> Result<Arc<Application>, DirectoryError> {
    let made = Application::new(config, name, settings);
    made.map(Arc::new).map_err(|cause| DirectoryError::Policy {
        name: name.to_owned(),
        cause,
    })
}

/// Applications that are enabled, and keys.
#[derive(Debug)]
pub(super) struct Known {
    /// The state of the registry, if it was read.
    pub(super) version: Option<RegistryVersion>,
    pub(super) applications: BTreeMap<Arc<str>, Arc<Application>>,
    pub(super) keys: HashMap<KeyId, KnownKey>,
    /// What is compared with when there is no key.
    pub(super) no_hash: KeyHash,
}

#[derive(Debug)]
pub(super) struct KnownKey {
    pub(super) entry: KeyEntry,
    pub(super) hash: KeyHash,
    /// When a use was last noted; shared by all states of what is known.
    noted_at_ms: Arc<AtomicU64>,
}

impl KnownKey {
    /// Is this use one that should be noted?
    pub(super) fn is_used_anew(&self, now: Timestamp) -> bool {
        let noted_at = Timestamp::from_unix_ms(self.noted_at_ms.load(Ordering::Relaxed));
        let is_anew = now >= noted_at.plus(NOTED_EVERY);
        if is_anew {
            self.noted_at_ms.store(now.unix_ms(), Ordering::Relaxed);
        }
        is_anew
    }
}

impl Known {
    pub(super) fn without_registry(configured: &Configured) -> Self {
        let nothing = Snapshot::default();
        let (known, _) = Reading::new(configured).read(&nothing, None);
        Self {
            version: None,
            ..known
        }
    }

    /// Reads what it can, and complains of what it cannot.
    pub(super) fn read(
        configured: &Configured,
        snapshot: &Snapshot,
        before: &Self,
    ) -> (Self, BTreeSet<Complaint>) {
        Reading::new(configured).read(snapshot, Some(before))
    }
}

/// What is wrong with an entry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Complaint {
    /// It is as somebody may want it.
    Warning(String),
    /// Nobody wants it so.
    Error(String),
}

/// One reading of the registry.
struct Reading<'a> {
    configured: &'a Configured,
    complaints: BTreeSet<Complaint>,
}

impl<'a> Reading<'a> {
    fn new(configured: &'a Configured) -> Self {
        Self {
            configured,
            complaints: BTreeSet::new(),
        }
    }

    fn read(mut self, snapshot: &Snapshot, before: Option<&Known>) -> (Known, BTreeSet<Complaint>) {
        let mut disabled: BTreeSet<&str> = BTreeSet::new();
        let mut applications: BTreeMap<Arc<str>, Arc<Application>> = BTreeMap::new();
        let mut keys = HashMap::new();
        for (name, (application, is_enabled)) in &self.configured.applications {
            if *is_enabled {
                applications.insert(Arc::clone(name), Arc::clone(application));
            }
        }
        for (name, value) in &snapshot.entries {
            match Name::read(name) {
                Some(Name::Disabled(name)) => {
                    disabled.insert(name);
                    self.check_mark(name, value);
                }
                Some(Name::Application(name)) => {
                    if let Some(application) = self.application(name, value) {
                        applications.insert(Arc::clone(&application.name), application);
                    }
                }
                Some(Name::Key(id)) => {
                    if let Some(key) = self.key(id, value, before) {
                        keys.insert(id, key);
                    }
                }
                None => {
                    let complaint = format!(
                        "there is an entry beside applications and keys that this otp-server does not know: {name:?}"
                    );
                    self.complaints.insert(Complaint::Warning(complaint));
                }
            }
        }
        self.check_owners(&keys, snapshot);
        applications.retain(|name, _| !disabled.contains(&**name));
        let known = Known {
            version: Some(snapshot.version),
            applications,
            keys,
            no_hash: KeyHash::of(""),
        };
        (known, self.complaints)
    }

    fn application(&mut self, name: &str, value: &[u8]) -> Option<Arc<Application>> {
        if self.configured.applications.contains_key(name) {
            self.complaints.insert(Complaint::Warning(format!(
                "application {name:?} stands in the configuration, so what was added by command under this name is ignored"
            )));
            return None;
        }
        match self.try_application(name, value) {
            Ok(application) => application,
            Err(why) => {
                self.complaints.insert(Complaint::Error(format!(
                    "application {name:?} cannot be used, and its keys are refused: {why}"
                )));
                None
            }
        }
    }

    fn try_application(
        &self,
        name: &str,
        value: &[u8],
    ) -> Result<Option<Arc<Application>>, String> {
        let Configured { config, keys, .. } = self.configured;
        let entry: ApplicationEntry = entry::read(value).map_err(|why| format!("it {why}"))?;
        let keys = keys.as_ref().ok_or("there are no keys to open it with")?;
        let settings = settings_in(&entry, name, keys)?;
        let fits = config.check_application(name, &settings);
        fits.map_err(|error| error.to_string())?;
        let application = make(config, name, &settings).map_err(|error| error.to_string())?;
        Ok(settings.enabled.then_some(application))
    }

    fn key(&mut self, id: KeyId, value: &[u8], before: Option<&Known>) -> Option<KnownKey> {
        let read = entry::read::<KeyEntry>(value);
        let hashed = read.and_then(|entry| {
            let hash = KeyHash::parse(&entry.hash).map_err(|_| entry::EntryError::Damaged)?;
            Ok((entry, hash))
        });
        let (entry, hash) = hashed
            .map_err(|why| {
                let complaint = format!("key {id} is refused: its entry {why}");
                self.complaints.insert(Complaint::Error(complaint));
            })
            .ok()?;
        let known_before = before.and_then(|before| before.keys.get(&id));
        let noted_at_ms = known_before.map(|key| Arc::clone(&key.noted_at_ms));
        Some(KnownKey {
            entry,
            hash,
            noted_at_ms: noted_at_ms.unwrap_or_default(),
        })
    }

    /// An application may have gone from the configuration, and its keys are still there.
    fn check_owners(&mut self, keys: &HashMap<KeyId, KnownKey>, snapshot: &Snapshot) {
        for key in keys.values() {
            let name = key.entry.application.as_str();
            let is_there = self.configured.applications.contains_key(name)
                || snapshot
                    .entries
                    .contains_key(&Name::Application(name).written());
            if !is_there {
                self.complaints.insert(Complaint::Warning(format!(
                    "there are keys of an application {name:?}, which is not there, so they are refused"
                )));
            }
        }
    }

    /// Whatever it says, the application is off.
    fn check_mark(&mut self, name: &str, value: &[u8]) {
        if let Err(why) = entry::read::<DisabledEntry>(value) {
            self.complaints.insert(Complaint::Warning(format!(
                "that application {name:?} is disabled stands in an entry that {why}"
            )));
        }
    }
}

/// The settings in an entry, whole.
pub(super) fn settings_in(
    entry: &ApplicationEntry,
    name: &str,
    keys: &Keys,
) -> Result<ApplicationSettings, String> {
    if !is_application_name(name) {
        return Err("its name is none".to_owned());
    }
    let table = entry
        .settings(name, keys)
        .map_err(|why| format!("it {why}"))?;
    ApplicationSettings::parse(name, table, "".as_ref()).map_err(|error| error.to_string())
}
