//! Who writes, and what is kept of the codes that they were sent.

use std::sync::Arc;

use futures_util::future::join_all;
use otp_core::{
    ChannelKind, Keys, MessengerId, NameKey, PhoneNumber, Record, RecordKey, Timestamp,
    Verification,
};

use crate::channel::inbound::{Chat, Said};
use crate::directory::{Application, Mode, Realm};
use crate::opt_outs::Somebody;
use crate::service::{Principal, Service, Shared};
use crate::store::{Unavailable, Versioned};

/// Applications whose codes somebody may have been sent: more are not looked at, those that come
/// first by name are.
pub(super) const APPLICATIONS_MAX: usize = 1_000;
/// Records that are asked for together.
const AT_ONCE: usize = 50;
/// What a kept way back is for.
const WAY_BACK: &str = "messenger";

/// Somebody who writes.
#[derive(Debug)]
pub(in crate::service) enum Person {
    /// By phone: WhatsApp and SMS.
    Phone(PhoneNumber),
    /// On Messenger.
    Messenger(MessengerId),
}

/// What is kept of somebody's codes at one application.
pub(super) struct Kept {
    pub(super) principal: Principal,
    pub(super) key: RecordKey,
    pub(super) record: Record,
}

impl Person {
    /// Nobody, where what the provider writes is no address.
    pub(in crate::service) fn of(said: &Said) -> Option<Self> {
        match said.by {
            Chat::WhatsApp | Chat::Sms => {
                let phone = format!("+{}", said.from.trim_start_matches('+'));
                PhoneNumber::parse(&phone).ok().map(Self::Phone)
            }
            Chat::Messenger => MessengerId::parse(&said.from).ok().map(Self::Messenger),
        }
    }

    /// As the list of opt-outs knows them.
    pub(super) fn somebody(&self) -> Somebody<'_> {
        match self {
            Self::Phone(phone) => Somebody::Phone(phone),
            Self::Messenger(id) => Somebody::Messenger(id),
        }
    }

    /// The same for every spelling of the address; goes into keyed hashes only.
    pub(in crate::service) fn name(&self) -> String {
        match self {
            Self::Phone(phone) => phone.canonical().to_owned(),
            Self::Messenger(id) => format!("messenger {}", id.reveal()),
        }
    }
}

impl Kept {
    /// The verification that one of these messages belongs to.
    pub(super) fn with_message(&self, kept_name: &str) -> Option<&Verification> {
        self.record.verifications().iter().find(|verification| {
            let mut attempts = verification.attempts.iter();
            attempts.any(|attempt| attempt.message_id == kept_name)
        })
    }

    /// Those whose code can still be used, and who may be known by what is said in this chat. Behind
    /// a Messenger id there may be a phone that somebody else named along with it: only what was sent
    /// to Messenger is answered there.
    pub(super) fn open(&self, by: Chat, now: Timestamp) -> impl Iterator<Item = &Verification> {
        let went_there = move |verification: &&Verification| {
            let mut attempts = verification.attempts.iter();
            by != Chat::Messenger || attempts.any(|one| one.channel == ChannelKind::Messenger)
        };
        let all = self.record.verifications().iter();
        all.filter(move |verification| verification.is_open(now))
            .filter(went_there)
    }
}

impl Service {
    /// What is kept of this person's codes, at all applications. Tests send nothing, so nobody
    /// answers them.
    pub(super) async fn kept_of(&self, person: &Person) -> Result<Vec<Kept>, Unavailable> {
        let Shared {
            keys, directory, ..
        } = self.shared();
        match person {
            Person::Phone(phone) => {
                let mut found = Vec::new();
                let applications = directory.applications(APPLICATIONS_MAX);
                for some in applications.chunks(AT_ONCE) {
                    let loads = some.iter().map(|application| {
                        let realm = application.realm(Mode::Live);
                        let key = keys.record_key(realm.as_str(), phone);
                        self.kept_at(Arc::clone(application), key)
                    });
                    for kept in join_all(loads).await {
                        found.extend(kept?);
                    }
                }
                Ok(found)
            }
            Person::Messenger(id) => self.kept_on_messenger(id).await,
        }
    }

    async fn kept_at(
        &self,
        application: Arc<Application>,
        key: RecordKey,
    ) -> Result<Option<Kept>, Unavailable> {
        let Shared { store, clock, .. } = self.shared();
        let loaded = store.load(key, clock.now()).await?;
        Ok(loaded.map(|Versioned { record, .. }| Kept {
            principal: Principal::live(application),
            key,
            record,
        }))
    }

    /// A record is found by its phone, and Messenger tells none.
    async fn kept_on_messenger(&self, id: &MessengerId) -> Result<Vec<Kept>, Unavailable> {
        let Shared {
            store,
            clock,
            keys,
            directory,
            ..
        } = self.shared();
        let now = clock.now();
        let way_back = store.recall(way_back(keys, id), now).await?;
        let key = way_back.and_then(|kept| <[u8; 16]>::try_from(kept.value()).ok());
        let Some(key) = key.map(RecordKey::from_bytes) else {
            return Ok(Vec::new());
        };
        let Some(Versioned { record, .. }) = store.load(key, now).await? else {
            return Ok(Vec::new());
        };
        let application = directory.application(Realm::application(record.application()));
        Ok(application
            .map(|application| Kept {
                principal: Principal::live(application),
                key,
                record,
            })
            .into_iter()
            .collect())
    }

    /// Notes to which record an answer of this person on Messenger belongs, until then. Should it
    /// be lost, an answer finds nothing that waits.
    pub(in crate::service) async fn keep_way_back(
        &self,
        id: &MessengerId,
        key: RecordKey,
        until: Timestamp,
    ) {
        let Shared {
            store, clock, keys, ..
        } = self.shared();
        let (name, now) = (way_back(keys, id), clock.now());
        let kept = async {
            let before = store.recall(name, now).await?;
            let version = before.map(|kept| kept.version);
            store
                .remember(name, version, &key.bytes(), until, now)
                .await
        };
        if let Err(error) = kept.await {
            tracing::warn!("could not note whom an answer on messenger comes from: {error}");
        }
    }
}

fn way_back(keys: &Keys, id: &MessengerId) -> NameKey {
    keys.name_key(WAY_BACK, "", id.reveal())
}
