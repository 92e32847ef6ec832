//! What people say in chats: a code, that they asked for none, or that they want nothing more.
//!
//! It arrives through the inbox, at least once and in any order. What it brings about is counted
//! once: the provider's id of a message is noted before anything is compared, so that a crash in
//! between loses a reply rather than count it twice. Answers are best effort, and few.

mod code;
mod person;
mod report;
mod window;
mod wish;

use std::sync::Arc;
use std::time::Duration;

use actix_web::rt;
use otp_core::{Cap, Claim, Reason};
use tokio::sync::Semaphore;

pub(super) use self::person::Person;
use super::{Service, Shared};
use crate::channel::ChatReply;
use crate::channel::inbound::{Chat, Said};
use crate::channel::text::ChatAnswer;
use crate::store::{Taken, Unavailable};
use crate::telemetry::ChatWord;
use crate::wishes::WishWords;

/// Answers on their way at once; more are left out.
const ANSWERS_AT_ONCE: usize = 32;
/// Answers to one person: enough for every try that a code has. Another machine in the chat must not
/// keep us talking.
const ANSWERS: Cap = Cap {
    limit: 5,
    within: Duration::from_mins(10),
};

/// What all threads share of the chats.
#[derive(Debug)]
pub struct Chats {
    answers: Arc<Semaphore>,
    words: WishWords,
}

impl Chats {
    /// With these words for "no more" and "again".
    #[must_use]
    pub fn new(words: WishWords) -> Self {
        Self {
            answers: Arc::new(Semaphore::new(ANSWERS_AT_ONCE)),
            words,
        }
    }
}

impl Service {
    /// Does what a person's words bring about.
    pub(super) async fn hear_said(&self, said: &Said) -> Result<(), Unavailable> {
        let metrics = &self.shared().metrics;
        let Some(person) = Person::of(said) else {
            metrics.chat_word(ChatWord::Other);
            return Ok(());
        };
        if said.by == Chat::WhatsApp {
            self.open_window(&person, said).await?;
        }
        let word = if said.what.is_report() {
            self.hear_report(said, &person).await?
        } else if let Some(wish) = self.shared().chats.words.wish(said.what.words()) {
            self.hear_wish(said, &person, wish).await?
        } else {
            self.hear_code(said, &person).await?
        };
        metrics.chat_word(word);
        Ok(())
    }

    /// Answers in the chat, if there is anything to answer by and this person was not answered too
    /// often. Nobody waits for it.
    async fn answer(&self, said: &Said, person: &Person, answer: ChatAnswer, locale: &str) {
        let is_wanted = said.by != Chat::Sms && self.wants_answers(said, person).await;
        if is_wanted && self.may_answer(person).await {
            self.say(said, answer, locale);
        }
    }

    fn say(&self, said: &Said, answer: ChatAnswer, locale: &str) {
        let Ok(slot) = Arc::clone(&self.shared().chats.answers).try_acquire_owned() else {
            tracing::warn!("left an answer in a chat out: too many are on their way");
            return;
        };
        let reply = ChatReply {
            chat: said.by,
            to: said.from.trim_start_matches('+').to_owned(),
            answer,
            languages: (!locale.is_empty())
                .then(|| locale.to_owned())
                .into_iter()
                .collect(),
            reference: self.kept_name(&said.id),
        };
        let service = self.clone();
        rt::spawn(async move {
            let _slot = slot;
            if let Err(error) = service.channels.answer(&reply).await {
                tracing::warn!(
                    chat = reply.chat.name(),
                    "could not answer in a chat: {error}"
                );
            }
        });
    }

    /// Counts an answer to this person. Without a store nothing is answered.
    async fn may_answer(&self, person: &Person) -> bool {
        let Shared {
            store, keys, clock, ..
        } = self.shared();
        let claim = Claim {
            key: keys.tally_key(Reason::AnswerLimit, &person.name(), ANSWERS),
            amount: 1,
            cap: ANSWERS,
            reason: Reason::AnswerLimit,
        };
        match store.take(&[claim], clock.now()).await {
            Ok(Taken::All) => true,
            Ok(Taken::Refused(refusal)) => {
                self.refused(refusal.reason);
                false
            }
            Err(error) => {
                tracing::warn!("left an answer in a chat out: {error}");
                false
            }
        }
    }
}
