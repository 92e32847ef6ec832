//! STOP and START: a person wants nothing more this way, or wants messages again.
//!
//! Providers tell in no order, and again what they heard no answer to. So the last wish by the
//! provider's time is kept for as long as an older one may still come, and that one is not obeyed.

mod last;

use self::last::Wished;
use super::Person;
use crate::channel::inbound::{Chat, Said};
use crate::channel::text::ChatAnswer;
use crate::opt_outs::{self, Noted, Way};
use crate::service::Service;
use crate::service::chat::code::latest_locale;
use crate::store::Unavailable;
use crate::telemetry::ChatWord;
use crate::wishes::Wish;

impl Service {
    /// What a wish changes is done before it is noted that it was heard: a crash in between does it
    /// once more, and never not at all. It is noted also when it changes nothing: when it is told
    /// again, it may.
    pub(super) async fn hear_wish(
        &self,
        said: &Said,
        person: &Person,
        wish: Wish,
    ) -> Result<ChatWord, Unavailable> {
        if self.was_heard(said).await? {
            return Ok(ChatWord::Again);
        }
        let way = way(said.by);
        let said_at = said.at(self.shared().clock.now());
        let Some(is_changed) = self.obey(way, person, Wished { wish, said_at }).await? else {
            return Ok(ChatWord::Again);
        };
        self.note_heard(said).await?;
        let (answer, word) = match wish {
            Wish::Stop => (ChatAnswer::Stopped, ChatWord::Stop),
            Wish::Start => (ChatAnswer::Started, ChatWord::Start),
        };
        if !is_changed {
            return Ok(word);
        }
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

    /// Does what the person wished last, and says whether that changed anything; nothing when it is
    /// not what they wish here. Another server may hear another wish meanwhile: whoever finds a later
    /// one noted than it obeyed obeys that one too.
    async fn obey(
        &self,
        way: Way,
        person: &Person,
        wished: Wished,
    ) -> Result<Option<bool>, Unavailable> {
        let mut last = self.note_wish(way, person, wished).await?;
        if last != wished {
            return Ok(None);
        }
        loop {
            let is_changed = self.do_wish(way, person, last).await?;
            let noted = self.note_wish(way, person, last).await?;
            if noted == last {
                return Ok((last == wished).then_some(is_changed));
            }
            last = noted;
        }
    }

    async fn do_wish(
        &self,
        way: Way,
        person: &Person,
        wished: Wished,
    ) -> Result<bool, Unavailable> {
        let opt_outs = &self.shared().opt_outs;
        let whom = person.somebody();
        if wished.wish == Wish::Start {
            return opt_outs.remove(way, whom).await;
        }
        let by = opt_outs::Wished::Person;
        let noted = opt_outs.add(way, whom, by, wished.said_at).await?;
        if noted == Noted::Full {
            tracing::error!(
                "a person wants no more messages, and the list of such people is full: see `otp-server opt-out list`"
            );
        }
        Ok(noted == Noted::Now)
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
