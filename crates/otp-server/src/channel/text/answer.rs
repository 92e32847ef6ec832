//! What is answered in a chat: per language, without a code.

use std::collections::BTreeMap;

use super::{Wording, Wordings, builtin, languages};

/// What there is to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChatAnswer {
    /// It was the right code.
    Verified,
    /// It was a wrong one, and another try is left.
    Wrong,
    /// It was a wrong one, and the last.
    Locked,
    /// It was not compared: too many were wrong.
    Later,
    /// There is no code that waits for it.
    NothingWaits,
    /// The code that nobody asked for is dead.
    Reported,
    /// Nothing is sent this way any more.
    Stopped,
    /// Messages are sent this way again.
    Started,
}

impl ChatAnswer {
    /// Each of them.
    pub const ALL: [Self; 8] = [
        Self::Verified,
        Self::Wrong,
        Self::Locked,
        Self::Later,
        Self::NothingWaits,
        Self::Reported,
        Self::Stopped,
        Self::Started,
    ];

    /// The setting in which an operator words it.
    #[must_use]
    pub const fn setting(self) -> &'static str {
        match self {
            Self::Verified => "reply_verified",
            Self::Wrong => "reply_wrong",
            Self::Locked => "reply_locked",
            Self::Later => "reply_later",
            Self::NothingWaits => "reply_nothing_waits",
            Self::Reported => "reply_reported",
            Self::Stopped => "reply_stopped",
            Self::Started => "reply_started",
        }
    }

    /// What the setting is for.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Verified => "The answer in the chat to the right code, by language.",
            Self::Wrong => "The answer to a wrong code when another try is left.",
            Self::Locked => "The answer to a wrong code that was the last try.",
            Self::Later => {
                "The answer to a code that is not compared, because too many were wrong."
            }
            Self::NothingWaits => "The answer to a code when none is waited for.",
            Self::Reported => "The answer to \"I didn't request a code\".",
            Self::Stopped => "The answer to STOP. It should say how to go back.",
            Self::Started => "The answer to START.",
        }
    }
}

/// All answers of one installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answers(BTreeMap<ChatAnswer, Spoken>);

/// One answer in all its languages.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Spoken {
    wordings: Wordings,
    languages: Vec<String>,
    default: String,
}

impl Answers {
    /// The built-in ones, and the installation's own in their place. A default language in which one
    /// is not there gets it in English.
    pub(super) fn new(mut own: BTreeMap<ChatAnswer, Wordings>, default: &str) -> Self {
        let spoken = ChatAnswer::ALL.map(|answer| {
            let builtin = builtin::answers(answer).into_iter();
            let mut wordings: Wordings = builtin
                .map(|(language, text)| (language.to_owned(), Wording::builtin(text)))
                .collect();
            wordings.extend(own.remove(&answer).unwrap_or_default());
            let default = if wordings.contains_key(default) {
                default
            } else {
                builtin::LANGUAGE
            };
            let spoken = Spoken {
                languages: wordings.keys().cloned().collect(),
                default: default.to_owned(),
                wordings,
            };
            (answer, spoken)
        });
        Self(spoken.into())
    }

    pub(super) fn text(&self, answer: ChatAnswer, wanted: &[String]) -> &str {
        let Spoken {
            wordings,
            languages,
            default,
        } = &self.0[&answer];
        wordings[languages::choose(wanted, languages, default)].as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_answer_is_one_that_would_be_taken_from_an_operator() {
        for answer in ChatAnswer::ALL {
            for (language, text) in builtin::answers(answer) {
                assert_eq!(
                    Wording::answer(text),
                    Ok(Wording::builtin(text)),
                    "{language}"
                );
            }
        }
    }

    #[test]
    fn an_own_answer_stands_in_the_place_of_the_built_in_one_in_its_language() {
        let own = Wordings::from([("de".to_owned(), Wording::builtin("Passt."))]);
        let answers = Answers::new(BTreeMap::from([(ChatAnswer::Verified, own)]), "ja");
        let said = |answer, language: &str| answers.text(answer, &[language.to_owned()]).to_owned();
        assert_eq!(said(ChatAnswer::Verified, "de-AT"), "Passt.");
        assert_eq!(
            said(ChatAnswer::Verified, "ja"),
            "Verified. You can go back to where you came from."
        );
        assert_ne!(said(ChatAnswer::Wrong, "de"), "Passt.");
    }
}
