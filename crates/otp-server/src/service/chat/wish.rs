//! STOP and START: a person wants nothing more this way, or wants messages again.

use super::Person;
use crate::channel::inbound::{Chat, Said};
use crate::channel::text::ChatAnswer;
use crate::opt_outs::{Noted, Way, Wished};
use crate::service::chat::code::latest_locale;
use crate::service::{Service, Shared};
use crate::store::Unavailable;
use crate::telemetry::ChatWord;
use crate::wishes::Wish;

impl Service {
    /// What a wish changes is done before it is noted that it was heard: a crash in between does it
    /// once more, and never not at all.
    pub(super) async fn hear_wish(
        &self,
        said: &Said,
        person: &Person,
        wish: Wish,
    ) -> Result<ChatWord, Unavailable> {
        if self.was_heard(said).await? {
            return Ok(ChatWord::Again);
        }
        let Shared {
            opt_outs, clock, ..
        } = self.shared();
        let (way, whom) = (way(said.by), person.somebody());
        let (is_changed, answer, word) = match wish {
            Wish::Stop => {
                let noted = opt_outs.add(way, whom, Wished::Person, clock.now()).await?;
                if noted == Noted::Full {
                    tracing::error!(
                        "a person wants no more messages, and the list of such people is full: see `otp-server opt-out list`"
                    );
                }
                (noted == Noted::Now, ChatAnswer::Stopped, ChatWord::Stop)
            }
            Wish::Start => {
                let is_changed = opt_outs.remove(way, whom).await?;
                (is_changed, ChatAnswer::Started, ChatWord::Start)
            }
        };
        if !is_changed {
            return Ok(word);
        }
        self.note_heard(said).await?;
        tracing::info!(
            channel = way.name(),
            "a person wants {} messages this way",
            if wish == Wish::Stop {
                "no more"
            } else {
                "again"
            }
        );
        if said.by != Chat::Sms && self.may_answer(person).await {
            let kept = self.kept_of(person).await.unwrap_or_default();
            self.say(said, answer, latest_locale(&kept));
        }
        Ok(word)
    }

    /// Nothing is answered to somebody who wants nothing, nor when nobody can tell.
    pub(super) async fn wants_answers(&self, said: &Said, person: &Person) -> bool {
        let opt_outs = &self.shared().opt_outs;
        let is_out = opt_outs.has(way(said.by), person.somebody()).await;
        matches!(is_out, Ok(false))
    }
}

/// What a word in this chat concerns.
fn way(chat: Chat) -> Way {
    match chat {
        Chat::WhatsApp => Way::WhatsApp,
        Chat::Messenger => Way::Messenger,
        Chat::Sms => Way::Sms,
    }
}
