//! What providers tell: taken in fast, kept, and worked off soon by whichever server comes first.

mod vendors;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::rt;
use futures_util::future::join_all;
use otp_core::{Receipt, Received, RecordKey, Timestamp, VerificationId};
use rand::Rng;
use tokio::sync::Semaphore;

pub use self::vendors::VonageTells;
use super::{Service, Shared};
use crate::channel::inbound::Inbound;
pub use crate::channel::inbound::NotTaken;
use crate::channel::inbound::{
    News, Subject, Taken, TemplateAspect, TwilioWebhook, VonageWebhook, WhatsAppWebhook,
};
use crate::store::{Parcel, Unavailable};
use crate::telemetry::{Provider, WhatsAppAlert};

/// Words that go into one parcel: a few kilobytes.
const WORDS_PER_PARCEL: usize = 50;
/// Words of this server that wait to be worked off at most; one more is refused, and its sender
/// sends it again later.
const WAITING_MAX: usize = 50_000;
/// How long what was taken in here counts as waiting, where another server works it off.
const COUNTED_FOR: Duration = Duration::from_mins(1);
/// Nobody waits for what a provider told a day ago.
const KEPT_FOR: Duration = Duration::from_hours(24);
/// What the sealed value is for.
const KIND: &str = "parcel";

/// Where providers' words arrive.
#[derive(Debug, Default)]
pub struct Inbox {
    /// Meta's webhooks; nothing without the app's secret.
    pub whatsapp: Option<WhatsAppWebhook>,
    /// Vonage's; nothing without the account's signature secret.
    pub vonage: Option<VonageWebhook>,
    /// Twilio's; nothing without the account's token and this server's public address.
    pub twilio: Option<TwilioWebhook>,
    /// What this server took in lately, and nobody here has worked off yet.
    waiting: Mutex<HashMap<RecordKey, (Timestamp, usize)>>,
}

impl Inbox {
    /// Takes in what can be checked.
    #[must_use]
    pub fn new(
        whatsapp: Option<WhatsAppWebhook>,
        vonage: Option<VonageWebhook>,
        twilio: Option<TwilioWebhook>,
    ) -> Self {
        Self {
            whatsapp,
            vonage,
            twilio,
            waiting: Mutex::default(),
        }
    }

    /// Words that this server took in and has not worked off. Others may have: what was taken in
    /// long ago counts no more.
    fn waiting(&self, now: Timestamp) -> usize {
        let mut waiting = self.lock();
        waiting.retain(|_, (at, _)| now.since(*at) < COUNTED_FOR);
        waiting.values().map(|(_, words)| words).sum()
    }

    /// Nothing under the lock can panic half-way.
    fn lock(&self) -> MutexGuard<'_, HashMap<RecordKey, (Timestamp, usize)>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why a webhook is not answered with "yes".
#[derive(Debug)]
pub enum Rejected {
    /// It is not taken in.
    Not(NotTaken),
    /// There is no room, or no store: it should be sent again.
    Later(Unavailable),
}

impl Service {
    /// Takes in a webhook of Meta's. When this says yes, what it holds is kept.
    pub async fn take_in_whatsapp(&self, raw: &[u8], signature: &str) -> Result<(), Rejected> {
        let Shared { inbox, metrics, .. } = self.shared();
        let webhook = inbox.whatsapp.as_ref();
        let webhook = webhook.ok_or(Rejected::Not(NotTaken::NotSigned))?;
        let taken = match webhook.read(raw, signature) {
            Ok(taken) => taken,
            // Meta's all the same: it would only come again.
            Err(NotTaken::NotUnderstood) => Taken::nothing_known(),
            Err(why) => return Err(Rejected::Not(why)),
        };
        let Taken { words, unknown, .. } = taken;
        metrics.webhook_ignored(Provider::WhatsApp, unknown);
        self.keep(Provider::WhatsApp, &words)
            .await
            .map_err(Rejected::Later)
    }

    async fn keep(&self, provider: Provider, words: &[Inbound]) -> Result<(), Unavailable> {
        let Shared { inbox, metrics, .. } = self.shared();
        let count = words.len();
        if inbox.waiting(self.shared().clock.now()) + count > WAITING_MAX {
            return Err(Unavailable::too_much_waits(WAITING_MAX));
        }
        let parcels = words.chunks(WORDS_PER_PARCEL).map(|words| self.post(words));
        let kept = join_all(parcels).await;
        let kept: Result<(), Unavailable> = kept.into_iter().collect();
        if kept.is_ok() {
            metrics.webhook_taken(provider, count);
        }
        kept
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "a parcel lies under a random key, and is sealed with a nonce of its own"
    )]
    async fn post(&self, words: &[Inbound]) -> Result<(), Unavailable> {
        let Shared {
            store, keys, clock, ..
        } = self.shared();
        let (mut key, mut nonce) = ([0; 16], [0; 24]);
        rand::rng().fill_bytes(&mut key);
        rand::rng().fill_bytes(&mut nonce);
        let name = label(RecordKey::from_bytes(key));
        let plain = serde_json::to_vec(words).expect("texts and numbers are JSON");
        let sealed = keys.seal_value(&name, &plain, nonce);
        let now = clock.now();
        let until = now.plus(KEPT_FOR);
        let key = RecordKey::from_bytes(key);
        self.shared().inbox.lock().insert(key, (now, words.len()));
        let posted = store.post(key, &sealed, until, now).await;
        if posted.is_err() {
            self.shared().inbox.lock().remove(&key);
        }
        posted.map(drop)
    }

    /// Works a parcel off and throws it away. When the store is lost meanwhile it is handed out
    /// again, and what was done already is done again without harm.
    pub(super) async fn work_off(
        &self,
        key: RecordKey,
        parcel: Parcel,
        slots: &Arc<Semaphore>,
    ) -> Result<(), Unavailable> {
        let Shared {
            store,
            keys,
            clock,
            inbox,
            ..
        } = self.shared();
        let plain = keys.unseal_value(&label(key), parcel.contents());
        let words = plain
            .ok()
            .and_then(|plain| serde_json::from_slice(&plain).ok());
        let words: Vec<Inbound> = words.unwrap_or_else(|| {
            tracing::error!("dropped what a provider told: it was kept by a newer otp-server, or with another secret");
            Vec::new()
        });
        let mut heard = Ok(());
        for word in words {
            // One that cannot be heard holds up no other. All come again, which does no harm.
            heard = heard.and(self.hear(word, slots).await);
        }
        heard?;
        store.throw_away(key, &parcel, clock.now()).await?;
        inbox.lock().remove(&key);
        Ok(())
    }

    async fn hear(&self, word: Inbound, slots: &Arc<Semaphore>) -> Result<(), Unavailable> {
        match word {
            Inbound::Receipt { reference, word } => {
                if let Some((id, number)) = read_reference(&reference) {
                    self.receive(id, number, word.receipt(), slots).await?;
                }
            }
            Inbound::Said(said) => self.hear_said(&said).await?,
            Inbound::TemplateChanged {
                name,
                status,
                about,
            } => {
                self.shared().metrics.whatsapp_alert(match about {
                    TemplateAspect::Status => WhatsAppAlert::TemplateStatus,
                    TemplateAspect::Quality => WhatsAppAlert::TemplateQuality,
                });
                tracing::warn!(template.name = %name, "whatsapp says of template {name:?}: {status}");
                self.shared().templates_changed.notify_one();
                self.note_template_word().await?;
            }
            Inbound::Alert {
                about,
                said,
                news,
                at_secs,
            } => self.hear_alert(&about, &said, news, at_secs).await?,
        }
        Ok(())
    }

    async fn hear_alert(
        &self,
        about: &str,
        said: &str,
        news: Option<News>,
        at_secs: Option<u64>,
    ) -> Result<(), Unavailable> {
        let subject = news.map_or(Subject::Alert, |news| news.subject);
        self.shared().metrics.whatsapp_alert(match subject {
            Subject::Account => WhatsAppAlert::Account,
            Subject::Number => WhatsAppAlert::Number,
            Subject::Alert => WhatsAppAlert::Alert,
        });
        tracing::warn!("whatsapp says of the {about}: {said}");
        match news.and_then(|news| news.bearing) {
            Some(bearing) => self.note_news(subject, bearing, said, at_secs).await,
            None => Ok(()),
        }
    }

    async fn receive(
        &self,
        id: VerificationId,
        number: u8,
        receipt: Receipt,
        slots: &Arc<Semaphore>,
    ) -> Result<(), Unavailable> {
        let key = id.record_key(&self.shared().keys);
        let (received, application) = self
            .decide(key, |record, now| {
                let application = self.application_of(record);
                let decision = record.receipt(id, number, receipt, &application.policy, now);
                decision.map(|received| (received, application))
            })
            .await?;
        if let Received::HandedOn(handover) = received {
            let slots = Arc::clone(slots);
            rt::spawn(self.clone().take_up(key, handover, application, slots));
        }
        Ok(())
    }
}

/// What a parcel is sealed as.
fn label(key: RecordKey) -> String {
    format!("{KIND} {:032x}", u128::from_be_bytes(key.bytes()))
}

/// The verification and the number of its message, as [`crate::channel::Message::reference`] writes
/// them.
fn read_reference(text: &str) -> Option<(VerificationId, u8)> {
    let (id, number) = text.split_once('.')?;
    Some((VerificationId::parse(id).ok()?, number.parse().ok()?))
}
