//! What commands do: applications are added and switched off, keys made, replaced and revoked. Servers
//! find out by looking at the registry.

mod applications;
mod error;
mod keys;

use std::collections::BTreeMap;

pub use self::applications::{ApplicationOrder, ApplicationRow, ApplicationState, Origin};
pub use self::error::RegistrarError;
pub use self::keys::{KeyAbout, KeyOrder, KeyRow, KeyState, Rotated};
use super::DEFAULT_APPLICATION;
use super::entry::Name;
use crate::config::Config;
use crate::store::registry::{Change, Changed, Entries, Expected, Registry};

/// How often a change is tried again that others got ahead of.
const TRIES_MAX: usize = 16;

/// See the module.
#[derive(Debug)]
pub struct Registrar {
    config: Config,
    registry: Registry,
}

impl Registrar {
    /// For this registry, beside the applications of this configuration.
    #[must_use]
    pub fn new(config: Config, registry: Registry) -> Self {
        Self { config, registry }
    }

    /// Looks, decides and changes, until nobody got in between.
    async fn change<T>(
        &self,
        decide: impl Fn(&Entries) -> Result<(Vec<Change>, T), RegistrarError>,
    ) -> Result<T, RegistrarError> {
        for _ in 0..TRIES_MAX {
            let entries = self.registry.snapshot().await?.entries;
            let (changes, outcome) = decide(&entries)?;
            match self.registry.change(changes).await? {
                Changed::Done => return Ok(outcome),
                Changed::Differs => {}
                Changed::Full => return Err(RegistrarError::Full),
            }
        }
        Err(RegistrarError::Contended)
    }

    /// The names of all applications, and where each comes from.
    fn names(&self, entries: &Entries) -> BTreeMap<String, Origin> {
        let mut names = BTreeMap::new();
        for name in entries.keys() {
            if let Some(Name::Application(name)) = Name::read(name) {
                names.insert(name.to_owned(), Origin::Command);
            }
        }
        names.insert(DEFAULT_APPLICATION.to_owned(), Origin::Configuration);
        for name in self.config.applications.keys() {
            names.insert(name.clone(), Origin::Configuration);
        }
        names
    }

    fn must_be_there(&self, name: &str, entries: &Entries) -> Result<Origin, RegistrarError> {
        let names = self.names(entries);
        names
            .get(name)
            .copied()
            .ok_or_else(|| RegistrarError::UnknownApplication {
                name: name.to_owned(),
                there: names.into_keys().collect(),
            })
    }
}

/// An entry that is there for the first time.
fn added(name: Name<'_>, value: Vec<u8>) -> Change {
    Change {
        name: name.written(),
        expected: Expected::Absent,
        next: Some(value),
    }
}

/// An entry in another state than before.
fn replaced(name: Name<'_>, before: &[u8], value: Vec<u8>) -> Change {
    Change {
        name: name.written(),
        expected: Expected::Value(before.to_vec()),
        next: Some(value),
    }
}
