//! Applications: added, listed, switched off and on.

use std::path::Path;

use otp_core::{Keys, Timestamp};
use toml::Table;

use super::super::DEFAULT_APPLICATION;
use super::super::entry::{self, ApplicationEntry, DisabledEntry, Name};
use super::{Registrar, RegistrarError, added, replaced};
use crate::config::{ApplicationSettings, Dates, is_application_name};
use crate::store::registry::{Change, Entries, Expected};

/// What an application is to be.
#[derive(Clone, Debug)]
pub struct ApplicationOrder {
    name: String,
    settings: Table,
    is_replacement: bool,
}

/// What there is to say of an application.
#[derive(Clone, Debug)]
pub struct ApplicationRow {
    /// Its name.
    pub name: String,
    /// Where it comes from.
    pub origin: Origin,
    /// Whether its keys are taken.
    pub state: ApplicationState,
    /// When it was added, if it was by command.
    pub created_at: Option<Timestamp>,
}

/// Where an application comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The configuration, or it is the default one.
    Configuration,
    /// `otp-server application add`.
    Command,
}

/// Whether an application's keys are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApplicationState {
    /// They are.
    Enabled,
    /// They are not: somebody switched it off.
    Disabled,
    /// They are not: its entry cannot be read.
    Unreadable,
}

impl ApplicationOrder {
    /// Whether these settings must be sealed, so that a secret is needed.
    #[must_use]
    pub fn has_private(&self) -> bool {
        ApplicationEntry::has_private(&self.settings)
    }
}

impl Registrar {
    /// Checks what is asked for, and reads the files that it names. Nothing is changed.
    pub fn order_application(
        &self,
        name: &str,
        mut settings: Table,
        is_replacement: bool,
        working_dir: &Path,
        now: Timestamp,
    ) -> Result<ApplicationOrder, RegistrarError> {
        let name = name.to_owned();
        if !is_application_name(&name) {
            return Err(RegistrarError::BadName { name });
        }
        if name == DEFAULT_APPLICATION || self.config.applications.contains_key(&name) {
            return Err(RegistrarError::OfConfiguration { name });
        }
        let read = ApplicationSettings::parse(&name, settings.clone(), working_dir)?;
        self.config.check_application(&name, &read)?;
        read.check_dates(&name, Dates::New, now)?;
        // What a file holds is kept itself: other servers may not have the file.
        for (file, leaf, secret) in [
            (
                "callback_secret_file",
                "callback_secret",
                &read.callback_secret,
            ),
            (
                "callback_secret_previous_file",
                "callback_secret_previous",
                &read.callback_secret_previous,
            ),
        ] {
            if settings.remove(file).is_some()
                && let Some(secret) = secret
            {
                settings.insert(leaf.to_owned(), secret.reveal().into());
            }
        }
        Ok(ApplicationOrder {
            name,
            settings,
            is_replacement,
        })
    }

    /// Adds an application. Private settings are sealed with these keys.
    pub async fn add_application(
        &self,
        order: ApplicationOrder,
        seal: Option<(&Keys, [u8; 24])>,
        now: Timestamp,
    ) -> Result<(), RegistrarError> {
        let ApplicationOrder {
            name,
            settings,
            is_replacement,
        } = order;
        let made = ApplicationEntry::new(&name, settings, seal, now);
        let value = entry::write(&made.ok_or(RegistrarError::NoSecret)?);
        self.change(|entries| {
            let entry = Name::Application(&name);
            let change = match entries.get(&entry.written()) {
                None => added(entry, value.clone()),
                Some(before) if is_replacement => replaced(entry, before, value.clone()),
                Some(_) => {
                    return Err(RegistrarError::NameTaken { name: name.clone() });
                }
            };
            Ok((vec![change], ()))
        })
        .await
    }

    /// Switches an application off, or on again. Its keys are refused meanwhile.
    pub async fn switch_application(
        &self,
        name: &str,
        to: ApplicationState,
        now: Timestamp,
    ) -> Result<(), RegistrarError> {
        let mark = Name::Disabled(name).written();
        self.change(|entries| {
            self.must_be_there(name, entries)?;
            let next = if to == ApplicationState::Enabled {
                if self.is_off_by_configuration(name) {
                    return Err(RegistrarError::DisabledByConfiguration {
                        name: name.to_owned(),
                    });
                }
                None
            } else {
                Some(entry::write(&DisabledEntry::new(now)))
            };
            let change = Change {
                name: mark.clone(),
                expected: Expected::Any,
                next,
            };
            Ok((vec![change], ()))
        })
        .await
    }

    /// All applications by name.
    pub async fn applications(&self) -> Result<Vec<ApplicationRow>, RegistrarError> {
        let entries = self.registry.snapshot().await?.entries;
        let names = self.names(&entries);
        let row = |(name, origin): (String, Origin)| {
            let written = Name::Application(&name).written();
            let read = (origin == Origin::Command)
                .then(|| entries.get(&written))
                .flatten()
                .map(|value| entry::read::<ApplicationEntry>(value));
            let state = if self.is_off(&name, &entries) {
                ApplicationState::Disabled
            } else if matches!(read, Some(Err(_))) {
                ApplicationState::Unreadable
            } else {
                ApplicationState::Enabled
            };
            let created_at = read.and_then(Result::ok).map(|entry| entry.created_at);
            ApplicationRow {
                name,
                origin,
                state,
                created_at,
            }
        };
        Ok(names.into_iter().map(row).collect())
    }

    fn is_off(&self, name: &str, entries: &Entries) -> bool {
        self.is_off_by_configuration(name) || entries.contains_key(&Name::Disabled(name).written())
    }

    fn is_off_by_configuration(&self, name: &str) -> bool {
        let settings = self.config.applications.get(name);
        settings.is_some_and(|settings| !settings.enabled)
    }
}
