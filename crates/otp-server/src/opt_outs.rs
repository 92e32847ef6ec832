//! Who wants no messages, and by which way: people say so in a chat, operators by command.
//!
//! They lie on a shelf of the registry, each under a keyed hash of person and way, so that nobody
//! who reads the store learns whose they are.

use otp_core::{ChannelKind, Keys, MessengerId, PhoneNumber, Timestamp};
use serde::{Deserialize, Serialize};

use crate::store::Unavailable;
use crate::store::registry::{Put, Registry, Shelf};

/// What a kept name is for.
const KIND: &str = "opt-out";

/// The ways that one word of a person's concerns together: whoever wants no text messages wants none
/// from any provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// WhatsApp, in templates and in free text.
    WhatsApp,
    /// Messenger.
    Messenger,
    /// Text messages: those of Vonage, of Twilio, and of a gateway of one's own.
    Sms,
    /// E-mail.
    Email,
}

impl Way {
    /// Each of them.
    pub const ALL: [Self; 4] = [Self::WhatsApp, Self::Messenger, Self::Sms, Self::Email];

    /// The way that this channel belongs to.
    #[must_use]
    pub const fn of(channel: ChannelKind) -> Self {
        match channel {
            ChannelKind::WhatsApp | ChannelKind::WhatsAppText => Self::WhatsApp,
            ChannelKind::Messenger => Self::Messenger,
            ChannelKind::VonageSms | ChannelKind::TwilioSms | ChannelKind::Gateway => Self::Sms,
            ChannelKind::Email => Self::Email,
        }
    }

    /// The name by which it is known in commands and in the store; it never changes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::WhatsApp => "whatsapp",
            Self::Messenger => "messenger",
            Self::Sms => "sms",
            Self::Email => "email",
        }
    }

    /// The way of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.name() == name)
    }
}

/// Somebody, by an address that they are reached at.
#[derive(Clone, Copy, Debug)]
pub enum Somebody<'a> {
    /// By phone, whatever the way.
    Phone(&'a PhoneNumber),
    /// Somebody on Messenger, whose phone nobody may know.
    Messenger(&'a MessengerId),
}

impl Somebody<'_> {
    fn name(self) -> String {
        match self {
            Self::Phone(phone) => phone.canonical().to_owned(),
            Self::Messenger(id) => format!("messenger {}", id.reveal()),
        }
    }

    fn masked(self) -> String {
        match self {
            Self::Phone(phone) => phone.masked().to_string(),
            Self::Messenger(id) => id.masked().to_string(),
        }
    }
}

/// Whose wish it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Wished {
    /// The person's, in a chat.
    Person,
    /// An operator's, by command.
    Operator,
}

/// One person's wish for one way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptOut {
    /// The person as they may be shown.
    pub to: String,
    /// By which way nothing is sent.
    pub way: Way,
    /// Since when, in milliseconds since the Unix epoch.
    pub since_ms: u64,
    /// Whose wish it was.
    pub by: Wished,
}

/// What became of a wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noted {
    /// It holds from now on.
    Now,
    /// It held before.
    Before,
    /// There is no room for one more.
    Full,
}

/// All of them.
#[derive(Clone, Debug)]
pub struct OptOuts {
    registry: Registry,
    keys: Keys,
}

impl OptOuts {
    /// Those in this registry.
    #[must_use]
    pub fn new(registry: Registry, keys: Keys) -> Self {
        Self { registry, keys }
    }

    /// Does this person want nothing by this way?
    pub async fn has(&self, way: Way, whom: Somebody<'_>) -> Result<bool, Unavailable> {
        let name = self.name(way, whom);
        Ok(self.registry.value(Shelf::OptOuts, &name).await?.is_some())
    }

    /// This person wants nothing by this way from now on.
    pub async fn add(
        &self,
        way: Way,
        whom: Somebody<'_>,
        by: Wished,
        now: Timestamp,
    ) -> Result<Noted, Unavailable> {
        if self.has(way, whom).await? {
            return Ok(Noted::Before);
        }
        let entry = OptOut {
            to: whom.masked(),
            way,
            since_ms: now.unix_ms(),
            by,
        };
        let value = serde_json::to_vec(&entry).expect("texts and numbers are JSON");
        let name = self.name(way, whom);
        Ok(
            match self.registry.put(Shelf::OptOuts, &name, value).await? {
                Put::Done => Noted::Now,
                Put::Full => Noted::Full,
            },
        )
    }

    /// This person wants messages by this way again. Was it otherwise before?
    pub async fn remove(&self, way: Way, whom: Somebody<'_>) -> Result<bool, Unavailable> {
        let name = self.name(way, whom);
        self.registry.remove(Shelf::OptOuts, &name).await
    }

    /// Some of them, from behind the given place on, with the place behind the last one; nothing is
    /// left where there is no such place.
    pub async fn page(
        &self,
        after: Option<&str>,
        most: usize,
    ) -> Result<(Vec<OptOut>, Option<String>), Unavailable> {
        let page = self.registry.page(Shelf::OptOuts, after, most).await?;
        let last = page.last().map(|(name, _)| name.clone());
        // What a newer otp-server wrote counts all the same, and cannot be shown.
        let read = page
            .iter()
            .filter_map(|(_, value)| serde_json::from_slice(value).ok());
        Ok((read.collect(), last))
    }

    fn name(&self, way: Way, whom: Somebody<'_>) -> String {
        let key = self.keys.name_key(KIND, way.name(), &whom.name());
        key.to_string()
    }
}
