//! What providers tell us, in this service's words.

mod news;
mod twilio;
mod vonage;
mod whatsapp;

use otp_core::{Failure, Receipt, Timestamp};
use serde::{Deserialize, Serialize};
use whatsapp_cloud::webhook::{self, DeliveryStatus, Event, EventKind, StatusUpdate};
use whatsapp_cloud::{Advice, AppSecret};

pub use self::twilio::TwilioWebhook;
pub use self::vonage::VonageWebhook;
use super::twilio::callback::NotFromTwilio;
use super::vonage::webhook::NotFromVonage;

/// Updates that one webhook holds at most (Meta's own limit).
const UPDATES_MAX: usize = 1_000;
/// Longer than any reference of ours.
const REFERENCE_BYTES_MAX: usize = 64;

/// Something that a provider tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Inbound {
    /// How far a message got.
    Receipt {
        /// What went along with the message.
        reference: String,
        /// How far.
        word: Word,
    },
    /// A person wrote, or tapped a button.
    Said(Said),
    /// Something about templates changed.
    TemplateChanged {
        /// Which one, as far as it is told.
        name: String,
        /// What is said of it.
        status: String,
        /// What that is about.
        #[serde(default)]
        about: TemplateAspect,
    },
    /// Something for people to look at.
    Alert {
        /// What about.
        about: String,
        /// What is said.
        said: String,
        /// What it means for sending, as far as we know.
        #[serde(default)]
        news: Option<News>,
        /// When it was said, in seconds since 1970 by the provider's clock, if that is told.
        #[serde(default)]
        at_secs: Option<u64>,
    },
}

/// What is said of a template.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum TemplateAspect {
    /// Whether it may be sent.
    #[default]
    Status,
    /// What people think of it.
    Quality,
}

/// What a word about account or number means for sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct News {
    /// What it is about.
    pub subject: Subject,
    /// What it means; nothing when it is only to be read.
    pub bearing: Option<Bearing>,
}

/// What news is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Subject {
    /// The account.
    Account,
    /// The business number.
    Number,
    /// Something that Meta wants somebody to look at.
    Alert,
}

/// What news means for sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Bearing {
    /// What was wrong is over.
    Well,
    /// Codes go out, perhaps not all.
    Limps {
        /// Until then, in seconds since 1970, if that is said.
        until_secs: Option<u64>,
    },
    /// None goes out.
    Stopped,
}

/// What a person said to us. `Debug` shows neither who nor what.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Where.
    pub by: Chat,
    /// The provider's id of it: the same when it is told twice.
    pub id: String,
    /// The person as the provider writes them: a number without `+`, or a Messenger id.
    pub from: String,
    /// What.
    pub what: Utterance,
    /// The provider's id of the message that it answers.
    pub about: Option<String>,
    /// When, in seconds since 1970 by the provider's clock, if that is told.
    #[serde(default)]
    pub at_secs: Option<u64>,
}

impl Said {
    /// When it was said, in whole seconds, as providers tell time. Nobody speaks in the future, and
    /// what has no time was said just now.
    #[must_use]
    pub fn at(&self, now: Timestamp) -> Timestamp {
        told_at(self.at_secs, now)
    }
}

/// A provider's time in ours.
pub(crate) fn told_at(secs: Option<u64>, now: Timestamp) -> Timestamp {
    let now_secs = now.unix_ms() / 1_000;
    let secs = secs.map_or(now_secs, |secs| secs.min(now_secs));
    Timestamp::from_unix_ms(secs * 1_000)
}

impl std::fmt::Debug for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Said")
            .field("by", &self.by)
            .finish_non_exhaustive()
    }
}

/// Where people write to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Chat {
    /// To the business number on WhatsApp.
    WhatsApp,
    /// To the page, over Messenger.
    Messenger,
    /// To the number that text messages come from.
    Sms,
}

/// What a person says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Utterance {
    /// Words.
    Text(String),
    /// A tap on a button: what it stands for.
    Tap(String),
}

/// How far a message got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Word {
    /// It left.
    Sent,
    /// It arrived.
    Delivered,
    /// It was read.
    Read,
    /// This person cannot be reached this way.
    Undeliverable,
    /// Too much at once.
    Throttled,
    /// The channel serves nobody now.
    ChannelDown,
    /// The request was at fault.
    Rejected,
}

impl Word {
    /// The same in the rules' words.
    #[must_use]
    pub fn receipt(self) -> Receipt {
        match self {
            Self::Sent => Receipt::Sent,
            Self::Delivered => Receipt::Delivered,
            Self::Read => Receipt::Read,
            Self::Undeliverable => Receipt::Failed(Failure::Undeliverable),
            Self::Throttled => Receipt::Failed(Failure::Throttled),
            Self::ChannelDown => Receipt::Failed(Failure::ChannelDown),
            Self::Rejected => Receipt::Failed(Failure::Rejected),
        }
    }
}

/// Where Meta's webhooks arrive: what they are checked with, and whose they must be. One Meta app,
/// with one secret, may serve several accounts and numbers, and is told of all of them.
#[derive(Debug)]
pub struct WhatsAppWebhook {
    secret: AppSecret,
    waba_id: String,
    phone_number_id: String,
}

/// Why a webhook is not taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// It is not Meta's.
    #[error("the signature is missing or wrong")]
    NotSigned,
    /// It is not Vonage's.
    #[error(transparent)]
    NotFromVonage(#[from] NotFromVonage),
    /// It is not Twilio's.
    #[error(transparent)]
    NotFromTwilio(#[from] NotFromTwilio),
    /// Meta's, but nothing that we understand.
    #[error("it is no webhook of a whatsapp business account")]
    NotUnderstood,
    /// It holds more than Meta says it may.
    #[error("it holds more than {UPDATES_MAX} updates")]
    TooMuch,
}

/// What a webhook holds, and how much of it nobody here knows.
#[derive(Debug, Default)]
pub struct Taken {
    /// What to work off.
    pub words: Vec<Inbound>,
    /// What this version does not know, or what concerns somebody else: counted and ignored.
    pub unknown: usize,
    /// The provider's own code for a failure, where one is told alone.
    pub code: Option<String>,
}

impl Taken {
    /// A webhook that holds one word, or none that is known.
    fn of(word: Option<Inbound>) -> Self {
        word.map_or_else(Self::nothing_known, |word| Self {
            words: vec![word],
            ..Self::default()
        })
    }

    /// A webhook that is about nothing here.
    #[must_use]
    pub fn nothing_known() -> Self {
        Self {
            unknown: 1,
            ..Self::default()
        }
    }
}

impl WhatsAppWebhook {
    /// Checks with the app's secret, and takes in what concerns this account and this number.
    #[must_use]
    pub fn new(
        app_secret: &str,
        waba_id: impl Into<String>,
        phone_number_id: impl Into<String>,
    ) -> Self {
        Self {
            secret: AppSecret::new(app_secret),
            waba_id: waba_id.into(),
            phone_number_id: phone_number_id.into(),
        }
    }

    /// Reads a webhook whose signature is right over the bytes as they came.
    pub fn read(&self, raw: &[u8], signature: &str) -> Result<Taken, NotTaken> {
        webhook::verify_signature(&self.secret, raw, signature).map_err(|_| NotTaken::NotSigned)?;
        let batch = webhook::parse(raw).map_err(|_| NotTaken::NotUnderstood)?;
        if batch.events.len() > UPDATES_MAX {
            return Err(NotTaken::TooMuch);
        }
        let mut taken = Taken::default();
        for event in batch.events {
            let is_ours = self.is_ours(&event);
            match inbound(event).filter(|_| is_ours) {
                Some(word) => taken.words.push(word),
                None => taken.unknown += 1,
            }
        }
        Ok(taken)
    }

    /// Is it of our account, and of our number where numbers have a part in it? Meta names the
    /// account in every envelope, and the number with every message and receipt: what names none is
    /// nothing that Meta documents, and nobody can say whose it is.
    fn is_ours(&self, event: &Event) -> bool {
        let is_of_a_number = matches!(
            event.kind,
            EventKind::Status(_) | EventKind::Text(_) | EventKind::Button(_)
        );
        let number = event.phone_number_id.as_ref();
        event.waba_id == self.waba_id
            && number.map_or(!is_of_a_number, |id| *id == self.phone_number_id)
    }
}

fn inbound(event: Event) -> Option<Inbound> {
    let at_secs = event.timestamp.and_then(|secs| u64::try_from(secs).ok());
    match event.kind {
        EventKind::Status(status) => receipt(status),
        EventKind::Text(message) => whatsapp::text(message),
        EventKind::Button(tap) => whatsapp::tap(tap),
        EventKind::TemplateStatus(update) => Some(Inbound::TemplateChanged {
            name: update.name.unwrap_or_default(),
            status: update.event.as_str().to_owned(),
            about: TemplateAspect::Status,
        }),
        EventKind::TemplateQuality(update) => Some(Inbound::TemplateChanged {
            name: update.name.unwrap_or_default(),
            status: format!("quality {}", update.new_quality_score.as_str()),
            about: TemplateAspect::Quality,
        }),
        EventKind::Account(update) => Some(news::of_account(&update, at_secs)),
        EventKind::Alert(alert) => Some(news::of_alert(alert, at_secs)),
        EventKind::Number(update) => Some(news::of_number(update, at_secs)),
        _ => None,
    }
}

/// Receipts of messages that are not ours have no reference.
fn receipt(status: StatusUpdate) -> Option<Inbound> {
    let word = match status.status {
        DeliveryStatus::Sent => Word::Sent,
        DeliveryStatus::Delivered => Word::Delivered,
        DeliveryStatus::Read | DeliveryStatus::Played => Word::Read,
        DeliveryStatus::Failed => failed(status.errors.first().map(|error| error.code)),
        _ => return None,
    };
    let reference = status.opaque?;
    Some(Inbound::Receipt { reference, word })
}

fn failed(code: Option<i64>) -> Word {
    match code.map(Advice::for_code) {
        Some(Advice::UseAnotherChannel) | None => Word::Undeliverable,
        Some(Advice::RetrySoon | Advice::RetryAfter { .. }) => Word::Throttled,
        Some(Advice::StopChannel | Advice::SwitchTemplate) => Word::ChannelDown,
        Some(Advice::FixRequest) => Word::Rejected,
    }
}
