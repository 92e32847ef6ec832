//! Verifications under names that their callers pick: asked for, asked for again, and checked by
//! them.
//!
//! A name is remembered before the verification that it stands for, and says whose record that is
//! in; which one in there, the purpose says, which is the name's own. So a code that is asked for
//! again takes the place of the one before, and one that a limit refuses leaves it as it was.

use std::time::Duration;

use actix_web::rt;
use otp_core::{Decision, NameKey, RecordKey, Timestamp, VerificationId, Which};

use super::{Principal, Service, Shared, StartOutcome, StartRequest, Wanted, to_its_end};
use crate::store::{Commit, Unavailable, Version};

/// What the value is for.
const KIND: &str = "caller's name";
/// Longer than a record remembers what is over.
const KEPT_FOR: Duration = Duration::from_hours(25);
/// Names that are lost to others while we look are looked at again this often at most.
const TRIES_MAX: usize = 8;

/// A name that was taken, and what it stood for before.
struct Taken {
    name: NameKey,
    version: Version,
    before: Option<VerificationId>,
}

impl Service {
    /// Makes a code and sends it, under this name. While the name stands for a code that could still
    /// be used, that one dies, and its failed attempts are not given back; the same where the code
    /// went to somebody else.
    pub async fn start_named(
        &self,
        name: &str,
        request: StartRequest,
    ) -> Result<StartOutcome, Unavailable> {
        // In a task of its own: a client that hangs up must not leave a name without what it is for.
        let started = rt::spawn(self.clone().take_and_start(name.to_owned(), request));
        started.await.map_err(|_| Unavailable::stopping())?
    }

    /// What a name stands for; nothing when nobody took it lately.
    pub async fn named(
        &self,
        principal: &Principal,
        name: &str,
    ) -> Result<Option<Wanted>, Unavailable> {
        let name = self.name_of(principal, name);
        let service = self.clone();
        let looked = to_its_end(async move {
            let Shared { store, clock, .. } = service.shared();
            let kept = store.recall(name, clock.now()).await?;
            kept.map(|kept| read(kept.value())).transpose()
        });
        let found = looked.await?;
        Ok(found.map(|id| Wanted::Named {
            id,
            purpose: purpose(name),
        }))
    }

    async fn take_and_start(
        self,
        name: String,
        mut request: StartRequest,
    ) -> Result<StartOutcome, Unavailable> {
        let Shared { keys, .. } = self.shared();
        let principal = request.principal.clone();
        let name = self.name_of(&principal, &name);
        let key = keys.recipient_key(principal.realm().as_str(), &request.to);
        let id = self.draw_id(key);
        request.purpose = purpose(name).into();
        request.wishes.id = Some(id);
        let taken = to_its_end(self.clone().take_name(name, id)).await?;
        let elsewhere = taken
            .before
            .map(|before| before.record_key(keys))
            .filter(|before| *before != key);
        let outcome = self.start(request).await;
        let Ok(told) = &outcome else {
            // Whether it was begun is not known.
            return outcome;
        };
        if told.started().is_some() {
            if let Some(elsewhere) = elsewhere {
                self.call_off_named(&principal, elsewhere, name).await;
            }
        } else if elsewhere.is_some() || taken.before.is_none() {
            // It stands for what it stood for before.
            self.put_back(taken).await;
        }
        outcome
    }

    fn name_of(&self, principal: &Principal, name: &str) -> NameKey {
        let keys = &self.shared().keys;
        keys.name_key(KIND, principal.realm().as_str(), name)
    }

    async fn take_name(self, name: NameKey, id: VerificationId) -> Result<Taken, Unavailable> {
        let Shared { store, clock, .. } = self.shared();
        for _ in 0..TRIES_MAX {
            let now = clock.now();
            let kept = store.recall(name, now).await?;
            let before = kept.as_ref().map(|kept| read(kept.value())).transpose()?;
            let expected = kept.map(|kept| kept.version);
            let until = now.plus(KEPT_FOR);
            let value = id.bytes();
            match store.remember(name, expected, &value, until, now).await? {
                Commit::Committed(version) => {
                    return Ok(Taken {
                        name,
                        version,
                        before,
                    });
                }
                Commit::Conflict => {}
            }
        }
        Err(Unavailable::contended())
    }

    /// Nothing was begun under the name. Should this be lost, it stands for nothing, and ends.
    async fn put_back(&self, taken: Taken) {
        let Shared { store, clock, .. } = self.shared();
        let now = clock.now();
        let (value, until) = match taken.before {
            Some(before) => (before.bytes().to_vec(), now.plus(KEPT_FOR)),
            None => (Vec::new(), now),
        };
        let put = store
            .remember(taken.name, Some(taken.version), &value, until, now)
            .await;
        if let Err(error) = put {
            tracing::warn!("could not put back what a caller's name stood for: {error}");
        }
    }

    /// Nobody can ask for it any more, so nothing more of it is to be sent.
    async fn call_off_named(&self, principal: &Principal, key: RecordKey, name: NameKey) {
        let (realm, purpose) = (principal.realm(), purpose(name));
        let called_off = self
            .decide(key, |record, now: Timestamp| {
                let ours = record.belongs_to(realm.as_str());
                let found = record.find(Which::Named(&purpose)).filter(|_| ours);
                match found {
                    Some(found) => record.cancel(found.id, now).map(|_| ()),
                    None => Decision::unchanged(()),
                }
            })
            .await;
        if let Err(error) = called_off {
            tracing::warn!("could not call off what a caller's name stood for: {error}");
        }
    }
}

/// What the codes of a name are good for. It shows nothing of the name.
fn purpose(name: NameKey) -> String {
    format!("named {name}")
}

fn read(value: &[u8]) -> Result<VerificationId, Unavailable> {
    let bytes = <[u8; 32]>::try_from(value).map_err(Unavailable::unreadable)?;
    Ok(VerificationId::from_bytes(bytes))
}
