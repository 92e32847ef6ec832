//! Meta's answer to a message that it took.

use std::borrow::Cow;

use serde::Deserialize;

use crate::open_enum::open_enum;

/// A message that Meta took. That is no delivery: receipts come by webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AcceptedMessage {
    /// The message's id (`wamid...`), opaque.
    pub id: String,
    /// The recipient as WhatsApp knows it, without `+`; in some countries not the number that was dialled.
    pub wa_id: Option<String>,
    /// What Meta will do with it.
    pub status: MessageStatus,
}

open_enum!(
    /// What Meta does with a message that it took.
    MessageStatus {
        /// It goes out. Also assumed when Meta does not say, as it does for free text.
        Accepted = "accepted",
        /// It waits until Meta has judged the template.
        HeldForQuality = "held_for_quality_assessment",
        /// The template is being paused: it may never go out.
        Paused = "paused",
    }
);

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow, default)]
    contacts: Vec<Contact<'a>>,
    #[serde(borrow)]
    messages: Vec<Message<'a>>,
}

#[derive(Deserialize)]
struct Contact<'a> {
    #[serde(borrow, default)]
    wa_id: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(default)]
    message_status: Option<MessageStatus>,
}

/// Reads Meta's answer; `None` if it is not one.
pub(crate) fn accepted_from(body: &[u8]) -> Option<AcceptedMessage> {
    let answer: Answer<'_> = serde_json::from_slice(body).ok()?;
    let message = answer.messages.into_iter().next()?;
    if message.id.is_empty() {
        return None;
    }
    Some(AcceptedMessage {
        id: message.id.into_owned(),
        wa_id: answer
            .contacts
            .into_iter()
            .next()
            .and_then(|contact| contact.wa_id)
            .map(Cow::into_owned),
        status: message.message_status.unwrap_or(MessageStatus::Accepted),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metas_answer_is_read() {
        let body = br#"{"messaging_product":"whatsapp","contacts":[{"input":"+12015553931","wa_id":"12015553931"}],
            "messages":[{"id":"wamid.HBgL","message_status":"held_for_quality_assessment"}],"new":1}"#;
        let accepted = accepted_from(body).unwrap();
        assert_eq!(accepted.id, "wamid.HBgL");
        assert_eq!(accepted.wa_id.as_deref(), Some("12015553931"));
        assert_eq!(accepted.status, MessageStatus::HeldForQuality);
    }

    #[test]
    fn a_missing_status_and_contact_are_fine_and_a_missing_id_is_not() {
        let accepted = accepted_from(br#"{"messages":[{"id":"w"}]}"#).unwrap();
        assert_eq!(
            (accepted.wa_id, accepted.status),
            (None, MessageStatus::Accepted)
        );
        for body in [
            r#"{"messages":[]}"#,
            r#"{"messages":[{"id":""}]}"#,
            "{}",
            "",
            "[]",
            r#"{"success":true}"#,
        ] {
            assert_eq!(accepted_from(body.as_bytes()), None, "{body}");
        }
    }
}
