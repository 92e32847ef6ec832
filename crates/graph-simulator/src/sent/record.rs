//! One message as it is remembered, in few bytes.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::vendor_id::{self, Vendor};
use super::{SentMessage, Wamid};
use crate::world::Face;

/// A leading digit keeps leading zeros of a number apart.
const PHONE_MARK: u64 = 1;
const USER_ID_BIT: u64 = 1 << 63;

/// A recipient in eight bytes, so that a million of them stay small.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Addressee(u64);

impl Addressee {
    /// The recipient behind digits (at most 15) or a business-scoped user id.
    pub(crate) fn of(recipient: &str) -> Addressee {
        let is_phone = recipient.len() <= 15 && recipient.bytes().all(|byte| byte.is_ascii_digit());
        if !is_phone {
            let mut hasher = DefaultHasher::new();
            recipient.hash(&mut hasher);
            return Addressee(hasher.finish() | USER_ID_BIT);
        }
        let number = recipient.bytes().fold(PHONE_MARK, |number, byte| {
            number * 10 + u64::from(byte - b'0')
        });
        Addressee(number)
    }

    /// As it stands in the ids of vendors beside Meta.
    pub(super) fn bits(self) -> u64 {
        self.0
    }

    pub(super) fn from_bits(bits: u64) -> Addressee {
        Addressee(bits)
    }

    fn digits(self) -> String {
        self.0.to_string()[1..].to_owned()
    }

    /// A number that differs well between neighbours, to choose a shard by.
    pub(super) fn spread(self) -> usize {
        let mixed = self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        usize::try_from(mixed).unwrap_or(0)
    }
}

/// What a message said.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// An authentication template with its code.
    Code(Arc<Face>, Box<str>),
    /// Another template, filled in.
    Template(Arc<Face>, Box<str>),
    /// Free text.
    Text(Box<str>),
    /// A message over Vonage.
    Vonage(VonageChannel, Box<str>),
    /// A text message over Twilio.
    Twilio(Box<str>),
}

/// Which of Vonage's channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VonageChannel {
    /// Messenger.
    Messenger,
    /// Text messages.
    Sms,
}

impl VonageChannel {
    pub(crate) fn name(self) -> &'static str {
        match self {
            VonageChannel::Messenger => "messenger",
            VonageChannel::Sms => "sms",
        }
    }
}

/// One message as it is remembered.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) sequence: u64,
    pub(crate) at_ms: u64,
    pub(crate) content: Content,
    pub(crate) opaque: Option<Box<str>>,
    /// Where its receipts go, when the sender said so with the message.
    pub(crate) told_at: Option<Box<str>>,
    /// Set when the message went to a business-scoped user id and not to a phone.
    pub(crate) user_id: Option<Box<str>>,
    pub(crate) phone_number_id: Arc<str>,
    pub(crate) status: &'static str,
}

impl Record {
    /// The recipient as it stands in the message id: digits, or the user id.
    pub(crate) fn recipient(&self, addressee: Addressee) -> String {
        self.user_id
            .as_deref()
            .map_or_else(|| addressee.digits(), str::to_owned)
    }

    pub(crate) fn code(&self) -> Option<&str> {
        match &self.content {
            Content::Code(_, code) => Some(code),
            Content::Vonage(_, text) | Content::Twilio(text) => picked_out(text),
            Content::Template(..) | Content::Text(_) => None,
        }
    }

    pub(crate) fn present(&self, addressee: Addressee) -> SentMessage {
        let recipient = self.recipient(addressee);
        let (face, text) = match &self.content {
            Content::Code(face, code) => (Some(face), face.body.replace("{{1}}", code)),
            Content::Template(face, text) => (Some(face), text.to_string()),
            Content::Text(text) | Content::Vonage(_, text) | Content::Twilio(text) => {
                (None, text.to_string())
            }
        };
        SentMessage {
            id: match self.content {
                Content::Vonage(..) => vendor_id::write(Vendor::Vonage, addressee, self.sequence),
                Content::Twilio(_) => vendor_id::write(Vendor::Twilio, addressee, self.sequence),
                _ => Wamid::write(&recipient, self.sequence),
            },
            to: self
                .user_id
                .as_deref()
                .map_or_else(|| format!("+{recipient}"), str::to_owned),
            kind: match self.content {
                Content::Code(..) | Content::Template(..) => "template",
                Content::Text(_) => "text",
                Content::Vonage(channel, _) => channel.name(),
                Content::Twilio(_) => "sms",
            }
            .to_owned(),
            template: face.map(|face| face.name.clone()),
            language: face.map(|face| face.language.clone()),
            code: self.code().map(str::to_owned),
            text,
            opaque: self.opaque.as_deref().map(str::to_owned),
            at: self.at_ms,
            status: self.status.to_owned(),
        }
    }
}

/// What a person would take for the code: the first run of four to ten digits.
fn picked_out(text: &str) -> Option<&str> {
    let runs = text.split(|letter: char| !letter.is_ascii_digit());
    runs.into_iter().find(|run| (4..=10).contains(&run.len()))
}
