//! What people say to the business number on WhatsApp, in this service's words.

use otp_core::REPLY_CHARS_MAX;
use whatsapp_cloud::webhook::{ButtonTap, DID_NOT_REQUEST_CODE, TextMessage};

use super::{Chat, Inbound, Said, Utterance};

/// No id and no payload of Meta's is longer.
const CHARS_MAX: usize = 256;
/// The label of the button, where it is told instead of what it stands for.
const DID_NOT_REQUEST_LABEL: &str = "i didn't request a code";

/// Nothing of somebody who goes by a user name, and whose number is not told: no code went there.
pub(super) fn text(message: TextMessage) -> Option<Inbound> {
    said(
        message.id,
        message.from?.as_str(),
        Utterance::Text(cut(message.body.reveal(), REPLY_CHARS_MAX + 1)),
        message.context_id,
        message.timestamp,
    )
}

pub(super) fn tap(tap: ButtonTap) -> Option<Inbound> {
    let meant = match (tap.payload.is_empty(), &tap.text) {
        (true, Some(label)) => label,
        _ => &tap.payload,
    };
    let what = Utterance::Tap(cut(meant, CHARS_MAX));
    said(
        tap.id,
        tap.from?.as_str(),
        what,
        tap.context_id,
        tap.timestamp,
    )
}

fn said(
    id: String,
    from: &str,
    what: Utterance,
    about: Option<String>,
    timestamp: Option<i64>,
) -> Option<Inbound> {
    let is_usual = |text: &str| text.len() <= CHARS_MAX;
    let is_told = !id.is_empty() && is_usual(&id) && is_usual(from);
    is_told.then(|| {
        Inbound::Said(Said {
            by: Chat::WhatsApp,
            id,
            from: from.to_owned(),
            what,
            about: about.filter(|about| is_usual(about)),
            at_secs: timestamp.and_then(|secs| u64::try_from(secs).ok()),
        })
    })
}

/// What is kept of a text says that it is too long, and no more.
fn cut(text: &str, chars_max: usize) -> String {
    text.chars().take(chars_max).collect()
}

impl Utterance {
    /// Does the person say that they asked for no code?
    #[must_use]
    pub fn is_report(&self) -> bool {
        match self {
            Self::Text(_) => false,
            Self::Tap(meant) => {
                let label = meant.replace('\u{2019}', "'").to_lowercase();
                meant == DID_NOT_REQUEST_CODE || label == DID_NOT_REQUEST_LABEL
            }
        }
    }

    /// The words, written or tapped.
    #[must_use]
    pub fn words(&self) -> &str {
        match self {
            Self::Text(words) | Self::Tap(words) => words,
        }
    }
}

impl Chat {
    /// The name by which it is known in logs, metrics and keys; it never changes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::WhatsApp => "whatsapp",
            Self::Messenger => "messenger",
            Self::Sms => "sms",
        }
    }
}
