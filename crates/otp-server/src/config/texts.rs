//! What messages say in the operator's own words.

use super::{graph::parse_language, kind, reader::Section};
use std::collections::BTreeMap;

use crate::channel::text::{ChatAnswer, Origin, TextOptions, Texts, Wording};

pub(super) fn read(texts: &mut Section<'_, '_>) -> Texts {
    let default_language = texts.optional(
        "default_language",
        kind::parsed("a language code such as de or pt_BR", parse_language),
        "The language for somebody who reads none of those that there are; English when not set.",
    );
    let sms = texts.optional(
        "sms",
        kind::wordings(Wording::body),
        "Text messages by language, instead of the built-in ones (en, de, es, pt, fr, tr) or beside them.",
    );
    let chat = texts.optional(
        "chat",
        kind::wordings(Wording::body),
        "Messages in chats, such as Messenger.",
    );
    let subject = texts.optional(
        "email_subject",
        kind::wordings(Wording::subject),
        "Subjects of e-mails; they need not say the code.",
    );
    let email = texts.optional("email", kind::wordings(Wording::body), "Bodies of e-mails.");
    let origin = texts.optional(
        "sms_origin",
        kind::parsed("a host name such as example.com", |text| {
            Origin::parse(text).map_err(|wrong| wrong.to_string())
        }),
        "The website on which browsers may offer to fill the code in: text messages then end in the line @HOST #CODE.",
    );
    let mut answers = BTreeMap::new();
    for answer in ChatAnswer::ALL {
        let own = texts.optional(answer.setting(), kind::answers(), answer.about());
        answers.extend(own.map(|own| (answer, own)));
    }
    let options = TextOptions {
        default_language,
        sms: sms.unwrap_or_default(),
        chat: chat.unwrap_or_default(),
        subject: subject.unwrap_or_default(),
        email: email.unwrap_or_default(),
        answers,
        origin,
    };
    Texts::new(options).unwrap_or_else(|missing| {
        texts.problem(
            "default_language",
            format!("{missing}: it has no text in sms, chat, email_subject or email"),
            "write one into each of the four, or choose another language",
        );
        Texts::default()
    })
}
