//! What messages say where no provider words them: per way and language, with the code and its life.

mod answer;
mod builtin;
mod sms;
mod wording;

use std::collections::BTreeMap;
use std::time::Duration;

use zeroize::Zeroizing;

use super::{Message, languages};
use answer::Answers;
pub use answer::ChatAnswer;
pub use sms::{Encoding, Origin, SmsSize};
pub use wording::{InvalidWording, Wording};

/// One wording by language code, such as `en` or `pt_BR`.
pub type Wordings = BTreeMap<String, Wording>;

/// All texts of one installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Texts {
    sms: ByLanguage,
    chat: ByLanguage,
    subject: ByLanguage,
    email: ByLanguage,
    answers: Answers,
    origin: Option<Origin>,
}

/// What an installation says in its own words, and to whom it says which.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextOptions {
    /// The language for somebody who reads none of those that are there; English when absent.
    pub default_language: Option<String>,
    /// Text messages.
    pub sms: Wordings,
    /// Chats: Messenger, and WhatsApp where free text is allowed.
    pub chat: Wordings,
    /// Subjects of e-mails.
    pub subject: Wordings,
    /// Bodies of e-mails.
    pub email: Wordings,
    /// What is answered in chats.
    pub answers: BTreeMap<ChatAnswer, Wordings>,
    /// The website for which browsers may fill the code of a text message in.
    pub origin: Option<Origin>,
}

/// The default language has no wording.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no text in the default language {0}")]
pub struct NoDefaultLanguage(pub String);

impl Texts {
    /// The built-in texts, and the installation's own in their place where it has any.
    pub fn new(options: TextOptions) -> Result<Self, NoDefaultLanguage> {
        let default = options
            .default_language
            .unwrap_or_else(|| builtin::LANGUAGE.to_owned());
        let all = |builtin: &[(&str, &str)], own: Wordings| {
            ByLanguage::new(builtin, own, default.clone())
        };
        Ok(Self {
            sms: all(&builtin::SMS, options.sms)?,
            chat: all(&builtin::CHAT, options.chat)?,
            subject: all(&builtin::SUBJECT, options.subject)?,
            email: all(&builtin::EMAIL, options.email)?,
            answers: Answers::new(options.answers, &default),
            origin: options.origin,
        })
    }

    /// For a text message. With an origin it ends in the line that browsers look for.
    #[must_use]
    pub fn sms(&self, message: &Message) -> Body {
        let (_, mut text) = self.sms.filled(message);
        if let Some(origin) = &self.origin {
            text.push_str("\n\n");
            text.push_str(&origin.last_line(message.code.reveal()));
        }
        Body(text)
    }

    /// For a chat.
    #[must_use]
    pub fn chat(&self, message: &Message) -> Body {
        Body(self.chat.filled(message).1)
    }

    /// What is answered in a chat to somebody who reads these languages, best first.
    #[must_use]
    pub fn answer(&self, answer: ChatAnswer, languages: &[String]) -> &str {
        self.answers.text(answer, languages)
    }

    /// For an e-mail.
    #[must_use]
    pub fn email(&self, message: &Message) -> Email {
        let (language, body) = self.email.filled(message);
        let (_, subject) = self.subject.filled(message);
        Email {
            subject: Body(subject),
            body: Body(body),
            language: language.replace('_', "-"),
        }
    }

    /// How large the text message in each language is, for a code and a life of these lengths.
    #[must_use]
    pub fn sms_sizes(&self, code_chars: usize, life: Duration) -> Vec<(String, SmsSize)> {
        let code = "0".repeat(code_chars);
        let of = |(language, wording): (&String, &Wording)| {
            let mut text = wording.filled(&code, life);
            if let Some(origin) = &self.origin {
                text.push_str("\n\n");
                text.push_str(&origin.last_line(&code));
            }
            (language.clone(), SmsSize::of(&text))
        };
        self.sms.wordings.iter().map(of).collect()
    }
}

impl Default for Texts {
    fn default() -> Self {
        Self::new(TextOptions::default()).expect("the built-in texts have the built-in language")
    }
}

/// A text with the code in it; `Debug` prints stars.
pub struct Body(Zeroizing<String>);

impl Body {
    /// The text, for the channel that sends it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// An e-mail's text.
#[derive(Debug)]
pub struct Email {
    /// Its subject.
    pub subject: Body,
    /// Its body.
    pub body: Body,
    /// The language of both, as in `Content-Language`.
    pub language: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct ByLanguage {
    wordings: Wordings,
    languages: Vec<String>,
    default: String,
}

impl ByLanguage {
    fn new(
        builtin: &[(&str, &str)],
        own: Wordings,
        default: String,
    ) -> Result<Self, NoDefaultLanguage> {
        let builtin = builtin
            .iter()
            .map(|(language, text)| ((*language).to_owned(), Wording::builtin(text)));
        let mut wordings: Wordings = builtin.collect();
        wordings.extend(own);
        if !wordings.contains_key(&default) {
            return Err(NoDefaultLanguage(default));
        }
        Ok(Self {
            languages: wordings.keys().cloned().collect(),
            wordings,
            default,
        })
    }

    /// The language that suits the person, and the text in it.
    fn filled(&self, message: &Message) -> (&str, Zeroizing<String>) {
        let language = languages::choose(&message.languages, &self.languages, &self.default);
        let wording = &self.wordings[language];
        let text = wording.filled(message.code.reveal(), message.expires_in);
        (language, text)
    }
}
