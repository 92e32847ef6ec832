//! Do something once, however often it is asked for: the answer to an idempotency key is kept, and
//! whoever asks again gets it.
//!
//! First the key is taken, with the id of the verification that is about to be made; so when the
//! server dies in between, the next one to ask finds what came of it.

use std::time::Duration;

use otp_core::{NameKey, Progress, Recipient, Timestamp, VerificationId};
use serde::{Deserialize, Serialize};
use tokio::time::sleep;

use super::start::draw::nonce;
use super::{Found, Principal, Service, Shared};
use crate::clock::Stopwatch;
use crate::store::{Commit, Kept, Unavailable, Version};

/// How long an answer is kept.
const KEPT_FOR: Duration = Duration::from_hours(24);
/// Whoever began and is silent for so long is not coming back. Longer than any request takes.
const SILENCE_MAX: Duration = Duration::from_mins(2);
/// How long those who come second wait for the first, and how often they look.
const WAIT_MAX: Duration = Duration::from_secs(12);
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// Whoever knows what became of it has kept the answer by then, if alive.
const TOLD_WITHIN: Duration = Duration::from_secs(2);
/// Keys that are lost to others while we look are looked at again this often at most.
const TRIES_MAX: usize = 8;
/// What the value is for.
const KIND: &str = "idempotency key";

/// What to do about a request with an idempotency key.
#[derive(Debug)]
pub enum Once {
    /// Do it, and keep the answer.
    First(Ticket),
    /// It was done: the answer that was kept.
    Again(String),
    /// It was begun by a server that died, and this came of it: answer so, and keep the answer.
    Interrupted(Ticket, Box<Found>),
    /// The key was used for another request.
    Other,
    /// Whoever came first is not done yet.
    UnderWay,
}

/// The right to do it, or to say what came of it.
#[derive(Debug)]
pub struct Ticket {
    /// The id of the verification that is made.
    pub id: VerificationId,
    name: NameKey,
    version: Version,
    fingerprint: [u8; 32],
    until: Timestamp,
}

/// What is kept, sealed.
#[derive(Serialize, Deserialize)]
struct Entry {
    fingerprint: [u8; 32],
    id: VerificationId,
    begun_at: Timestamp,
    until: Timestamp,
    answer: Option<String>,
}

/// What a look at a key finds.
enum Look {
    Settled(Once),
    Wait,
    Lost,
}

impl Service {
    /// Takes the key for this request, or finds what came of it before.
    pub async fn begin_once(
        &self,
        principal: &Principal,
        key: &str,
        request: &[u8],
        to: &Recipient,
    ) -> Result<Once, Unavailable> {
        let Shared { keys, .. } = self.shared();
        let realm = principal.realm();
        let name = keys.name_key(KIND, realm.as_str(), key);
        let fingerprint = keys.fingerprint(request);
        let id = self.draw_id(keys.recipient_key(realm.as_str(), to));
        let waiting = Stopwatch::start();
        let mut lost = 0;
        loop {
            match self.look_once(principal, name, fingerprint, id).await? {
                Look::Settled(once) => return Ok(once),
                Look::Lost if lost < TRIES_MAX => lost += 1,
                Look::Lost => return Err(Unavailable::contended()),
                Look::Wait if waiting.elapsed() >= WAIT_MAX => return Ok(Once::UnderWay),
                Look::Wait => sleep(LOOK_EVERY).await,
            }
        }
    }

    /// Keeps the answer for whoever asks again.
    pub async fn finish_once(&self, ticket: Ticket, answer: String) {
        let until = ticket.until;
        self.replace(ticket, Some(answer), until).await;
    }

    /// Nothing came of it: the key is free again.
    pub async fn forget_once(&self, ticket: Ticket) {
        let now = self.shared().clock.now();
        self.replace(ticket, None, now).await;
    }

    async fn look_once(
        &self,
        principal: &Principal,
        name: NameKey,
        fingerprint: [u8; 32],
        id: VerificationId,
    ) -> Result<Look, Unavailable> {
        let Shared { store, clock, .. } = self.shared();
        let now = clock.now();
        let Some(kept) = store.recall(name, now).await? else {
            return self.take(name, None, fingerprint, id).await;
        };
        // Nothing is told that a crash could take back.
        store.settled(kept.version).await?;
        let entry = self.read(name, &kept)?;
        if entry.fingerprint != fingerprint {
            return Ok(Look::Settled(Once::Other));
        }
        if let Some(answer) = entry.answer {
            return Ok(Look::Settled(Once::Again(answer)));
        }
        let is_silent = now.since(entry.begun_at) >= SILENCE_MAX;
        let came_of_it = self.find(principal, entry.id).await?;
        match came_of_it {
            Some(found) if is_silent || has_ended(&found) => {
                let ticket = Ticket {
                    id: entry.id,
                    name,
                    version: kept.version,
                    fingerprint,
                    until: entry.until,
                };
                Ok(Look::Settled(Once::Interrupted(ticket, Box::new(found))))
            }
            None if is_silent => self.take(name, Some(kept.version), fingerprint, id).await,
            Some(_) | None => Ok(Look::Wait),
        }
    }

    async fn take(
        &self,
        name: NameKey,
        expected: Option<Version>,
        fingerprint: [u8; 32],
        id: VerificationId,
    ) -> Result<Look, Unavailable> {
        let Shared { store, clock, .. } = self.shared();
        let now = clock.now();
        let until = now.plus(KEPT_FOR);
        let entry = Entry {
            fingerprint,
            id,
            begun_at: now,
            until,
            answer: None,
        };
        let value = self.seal(name, &entry);
        Ok(
            match store.remember(name, expected, &value, until, now).await? {
                Commit::Committed(version) => Look::Settled(Once::First(Ticket {
                    id,
                    name,
                    version,
                    fingerprint,
                    until,
                })),
                Commit::Conflict => Look::Lost,
            },
        )
    }

    async fn replace(&self, ticket: Ticket, answer: Option<String>, until: Timestamp) {
        let Shared { store, clock, .. } = self.shared();
        let now = clock.now();
        let entry = Entry {
            fingerprint: ticket.fingerprint,
            id: ticket.id,
            begun_at: now,
            until,
            answer,
        };
        let value = self.seal(ticket.name, &entry);
        let kept = store
            .remember(ticket.name, Some(ticket.version), &value, until, now)
            .await;
        if let Err(error) = kept {
            // Whoever asks again finds the verification by the id that was kept before.
            tracing::warn!(verification.id = %ticket.id, "could not keep the answer to an idempotency key: {error}");
        }
    }

    fn seal(&self, name: NameKey, entry: &Entry) -> Vec<u8> {
        let plain = serde_json::to_vec(entry).expect("numbers and bytes are JSON");
        self.shared()
            .keys
            .seal_value(&name.to_string(), &plain, nonce())
    }

    fn read(&self, name: NameKey, kept: &Kept) -> Result<Entry, Unavailable> {
        let plain = self
            .shared()
            .keys
            .unseal_value(&name.to_string(), kept.value())
            .map_err(Unavailable::unreadable)?;
        serde_json::from_slice(&plain).map_err(Unavailable::unreadable)
    }
}

/// Is it known what became of its last message, and was it known to whoever began for long enough
/// to say so?
fn has_ended(found: &Found) -> bool {
    let attempts = &found.overview.verification.attempts;
    attempts.last().is_none_or(|last| {
        let is_known = last.progress != Progress::Queued;
        is_known && found.now.since(last.at) >= TOLD_WITHIN
    })
}
