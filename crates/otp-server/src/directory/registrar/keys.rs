//! Keys: made, listed, replaced, revoked.

use std::time::Duration;

use otp_core::Timestamp;
use rand::CryptoRng;

use super::super::entry::{self, KeyEntry, KeyTerms, Name, Replaced};
use super::super::{KeyId, Mode, NewKey, Scope, Scopes};
use super::{Registrar, RegistrarError, added, replaced};
use crate::config::KeyHash;
use crate::store::registry::{Change, Entries, Expected};

const DAY: Duration = Duration::from_hours(24);
const LIFE_DAYS_MAX: u64 = 3650;
const OVERLAP_DAYS_MAX: u64 = 90;
/// Keys that ended longer ago are forgotten when others are made.
const KEPT_AFTER_END: Duration = Duration::from_hours(90 * 24);
const LABEL_CHARS_MAX: usize = 100;

/// What a new key is to be.
#[derive(Clone, Debug)]
pub struct KeyOrder {
    /// Whose it is.
    pub application: String,
    /// Whether messages really go out.
    pub mode: Mode,
    /// What it may be used for.
    pub scopes: Scopes,
    /// How long it is good; for ever when absent.
    pub expires_in: Option<Duration>,
    /// What people call it.
    pub label: Option<String>,
}

/// A key that took another one's place.
#[derive(Debug)]
pub struct Rotated {
    /// The successor, to be shown once.
    pub key: NewKey,
    /// Until when the old one is good.
    pub old_until: Timestamp,
    /// When the successor ends, if it does.
    pub expires_at: Option<Timestamp>,
}

/// What there is to say of a key: neither the key nor its hash.
#[derive(Clone, Debug)]
pub struct KeyRow {
    /// Its id.
    pub id: KeyId,
    /// What is known of it; nothing when its entry cannot be read.
    pub about: Option<KeyAbout>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// How it is.
    pub state: KeyState,
}

/// See [`KeyRow`].
#[derive(Clone, Debug)]
pub struct KeyAbout {
    /// Whose it is.
    pub application: String,
    /// Whether messages really go out.
    pub mode: Mode,
    /// What it may be used for.
    pub scopes: Scopes,
    /// What people call it.
    pub label: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
}

/// How a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// It is good.
    Active,
    /// It is good for a while beside its successor.
    Replaced {
        /// Its successor.
        by: KeyId,
        /// Until then.
        until: Timestamp,
    },
    /// Its successor is all there is.
    Over {
        /// Its successor.
        by: KeyId,
    },
    /// It ended by itself.
    Expired,
    /// Somebody ended it.
    Revoked,
    /// Its entry cannot be read, so it is refused.
    Unreadable,
}

impl Registrar {
    /// Makes a key. Answers with it, and with when it ends.
    pub async fn create_key(
        &self,
        order: &KeyOrder,
        now: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<(NewKey, Option<Timestamp>), RegistrarError> {
        let label = checked_label(order.label.as_deref())?;
        let expires_in = at_most(order.expires_in, "the life of a key", LIFE_DAYS_MAX)?;
        let expires_at = expires_in.map(|life| now.plus(life));
        let key = NewKey::draw(order.mode, rng);
        let terms = KeyTerms {
            application: order.application.clone(),
            mode: order.mode,
            scopes: order.scopes.listed(),
            label,
            expires_at,
        };
        let value = entry::write(&KeyEntry::new(hash_of(&key), terms, now));
        self.change(|entries| {
            self.must_be_there(&order.application, entries)?;
            let mut changes = vec![added(Name::Key(key.id), value.clone())];
            changes.extend(long_ended(entries, now));
            Ok((changes, ()))
        })
        .await?;
        Ok((key, expires_at))
    }

    /// Makes a key that takes another one's place: of the same application, mode, scopes and label,
    /// and for as long. The other one is good until the overlap is over.
    pub async fn rotate_key(
        &self,
        id: &str,
        overlap: Duration,
        now: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<Rotated, RegistrarError> {
        let overlap = at_most(Some(overlap), "the overlap", OVERLAP_DAYS_MAX)?.unwrap_or_default();
        let until = now.plus(overlap);
        let entries = self.registry.snapshot().await?.entries;
        let (_, _, old) = found(id, &entries)?;
        let key = NewKey::draw(old.mode, rng);
        let (old_until, expires_at) = self
            .change(|entries| {
                let (id, before, old) = found(id, entries)?;
                must_be_good(id, &old, now)?;
                let successor = KeyEntry::new(hash_of(&key), terms_after(&old, now), now);
                let old_until = old.expires_at.map_or(until, |end| end.min(until));
                let expires_at = successor.expires_at;
                let old = KeyEntry {
                    replaced: Some(Replaced { by: key.id, until }),
                    ..old
                };
                let mut changes = vec![
                    added(Name::Key(key.id), entry::write(&successor)),
                    replaced(Name::Key(id), before, entry::write(&old)),
                ];
                changes.extend(long_ended(entries, now));
                Ok((changes, (old_until, expires_at)))
            })
            .await?;
        Ok(Rotated {
            key,
            old_until,
            expires_at,
        })
    }

    /// Ends a key at once; one whose entry cannot be read, by taking the entry away.
    pub async fn revoke_key(&self, id: &str, now: Timestamp) -> Result<KeyId, RegistrarError> {
        self.change(|entries| match found(id, entries) {
            Ok((id, before, old)) => {
                let revoked_at = old.revoked_at.or(Some(now));
                let revoked = KeyEntry { revoked_at, ..old };
                let change = replaced(Name::Key(id), before, entry::write(&revoked));
                Ok((vec![change], id))
            }
            Err(RegistrarError::Unreadable { .. }) => {
                let id = KeyId::parse(id).ok_or(RegistrarError::Contended)?;
                Ok((vec![removed(Name::Key(id).written())], id))
            }
            Err(error) => Err(error),
        })
        .await
    }

    /// All keys, or those of one application, the oldest first.
    pub async fn keys(
        &self,
        application: Option<&str>,
        now: Timestamp,
    ) -> Result<Vec<KeyRow>, RegistrarError> {
        let entries = self.registry.snapshot().await?.entries;
        if let Some(name) = application {
            self.must_be_there(name, &entries)?;
        }
        let used = self.registry.touched().await?;
        let mut rows = Vec::new();
        for (name, value) in &entries {
            let Some(Name::Key(id)) = Name::read(name) else {
                continue;
            };
            let last_used_at = used.get(name).copied().map(Timestamp::from_unix_ms);
            let read = entry::read::<KeyEntry>(value).ok();
            let is_wanted = application.is_none_or(|application| {
                read.as_ref()
                    .is_some_and(|key| key.application == application)
            });
            if is_wanted {
                rows.push(KeyRow {
                    id,
                    last_used_at,
                    state: read
                        .as_ref()
                        .map_or(KeyState::Unreadable, |key| state_of(key, now)),
                    about: read.map(about),
                });
            }
        }
        rows.sort_by_key(|row| {
            let created_at = row.about.as_ref().map(|about| about.created_at);
            (created_at, row.id)
        });
        Ok(rows)
    }
}

fn hash_of(key: &NewKey) -> String {
    KeyHash::of(key.reveal()).to_string()
}

/// What the successor of this key is to be: the same, and for as long.
fn terms_after(old: &KeyEntry, now: Timestamp) -> KeyTerms {
    let good_for = old.expires_at.map(|end| end.since(old.created_at));
    KeyTerms {
        application: old.application.clone(),
        mode: old.mode,
        scopes: old.scopes.clone(),
        label: old.label.clone(),
        expires_at: good_for.map(|good_for| now.plus(good_for)),
    }
}

fn about(key: KeyEntry) -> KeyAbout {
    KeyAbout {
        application: key.application,
        mode: key.mode,
        scopes: Scopes::of(&key.scopes),
        label: key.label,
        created_at: key.created_at,
        expires_at: key.expires_at,
    }
}

fn state_of(key: &KeyEntry, now: Timestamp) -> KeyState {
    let is_over = |end: Timestamp| end <= now;
    if key.revoked_at.is_some() {
        KeyState::Revoked
    } else if key.expires_at.is_some_and(is_over) {
        KeyState::Expired
    } else if let Some(Replaced { by, until }) = key.replaced {
        if is_over(until) {
            KeyState::Over { by }
        } else {
            KeyState::Replaced { by, until }
        }
    } else {
        KeyState::Active
    }
}

/// The key of this id, with its entry as it stands there.
fn found<'a>(
    text: &str,
    entries: &'a Entries,
) -> Result<(KeyId, &'a [u8], KeyEntry), RegistrarError> {
    let unknown = || RegistrarError::UnknownKey {
        id: text.to_owned(),
    };
    let id = KeyId::parse(text).ok_or_else(unknown)?;
    let value = entries.get(&Name::Key(id).written()).ok_or_else(unknown)?;
    let read = entry::read(value).map_err(|why| RegistrarError::Unreadable {
        what: format!("the entry of key {id}"),
        why: why.to_string(),
    });
    Ok((id, value, read?))
}

fn must_be_good(id: KeyId, key: &KeyEntry, now: Timestamp) -> Result<(), RegistrarError> {
    let ended = |why| Err(RegistrarError::Ended { id, why });
    match state_of(key, now) {
        KeyState::Active => Ok(()),
        KeyState::Replaced { by, .. } | KeyState::Over { by } => {
            Err(RegistrarError::Replaced { id, by })
        }
        KeyState::Expired => ended("has expired"),
        KeyState::Revoked | KeyState::Unreadable => ended("is revoked"),
    }
}

/// Takes away what ended so long ago that nobody asks for it any more.
fn long_ended(entries: &Entries, now: Timestamp) -> Vec<Change> {
    let is_long_ended = |(name, value): &(&String, &Vec<u8>)| {
        matches!(Name::read(name), Some(Name::Key(_)))
            && entry::read::<KeyEntry>(value)
                .ok()
                .and_then(|key| key.ends_at())
                .is_some_and(|end| end.plus(KEPT_AFTER_END) <= now)
    };
    let ended = entries.iter().filter(is_long_ended);
    ended.map(|(name, _)| removed(name.clone())).collect()
}

fn removed(name: String) -> Change {
    Change {
        name,
        expected: Expected::Any,
        next: None,
    }
}

fn checked_label(label: Option<&str>) -> Result<Option<String>, RegistrarError> {
    let Some(label) = label.map(str::trim).filter(|label| !label.is_empty()) else {
        return Ok(None);
    };
    if label.chars().count() > LABEL_CHARS_MAX || label.contains(char::is_control) {
        return Err(RegistrarError::BadLabel {
            max: LABEL_CHARS_MAX,
        });
    }
    Ok(Some(label.to_owned()))
}

fn at_most(
    time: Option<Duration>,
    what: &'static str,
    days_max: u64,
) -> Result<Option<Duration>, RegistrarError> {
    let days = |time: Duration| time.as_secs().div_ceil(DAY.as_secs());
    match time {
        Some(time) if days(time) > days_max => Err(RegistrarError::TooLong { what, days_max }),
        time => Ok(time),
    }
}

/// Words for lists.
impl KeyRow {
    /// What it may be used for, in words.
    #[must_use]
    pub fn scopes(&self) -> Vec<Scope> {
        let scopes = self.about.as_ref().map(|about| about.scopes.listed());
        scopes.unwrap_or_default()
    }
}
