//! A code in a chat is checked against what its sender was sent: one reply, one check.

use std::time::Duration;

use otp_core::{
    CodeAlphabet, CodeLength, CodePolicy, Status, Timestamp, Verdict, Verification, code_in,
};
use zeroize::Zeroizing;

use super::Person;
use super::person::{APPLICATIONS_MAX, Kept};
use crate::channel::Secret;
use crate::channel::inbound::{Chat, Said, Utterance};
use crate::channel::text::ChatAnswer;
use crate::service::{CheckRequest, Service, Shared, Wanted};
use crate::store::{Commit, Unavailable};
use crate::telemetry::ChatWord;

/// What a noted message is for.
const HEARD: &str = "heard";
/// Meta tells again for a week what was not answered.
const HEARD_FOR: Duration = Duration::from_hours(7 * 24);

/// The verification that a reply is for.
struct Waiting<'a> {
    kept: &'a Kept,
    verification: &'a Verification,
    code: Zeroizing<String>,
}

impl Service {
    pub(super) async fn hear_code(
        &self,
        said: &Said,
        person: &Person,
    ) -> Result<ChatWord, Unavailable> {
        let Utterance::Text(words) = &said.what else {
            return Ok(ChatWord::Other);
        };
        if !holds_code_of_any_length(words) {
            return Ok(ChatWord::Other);
        }
        if self.was_heard(said).await? {
            return Ok(ChatWord::Again);
        }
        let kept = self.kept_of(person).await?;
        let about = said.about.as_deref().map(|about| self.kept_name(about));
        let now = self.shared().clock.now();
        if let Some(waiting) = waiting(&kept, words, (said.by, about.as_deref()), now) {
            return self.check_reply_of(said, person, waiting).await;
        }
        if !self.looks_like_ours(words, &kept) {
            return Ok(ChatWord::Other);
        }
        // Only what is answered is noted: what anybody sends us must not fill the store.
        if said.by != Chat::Sms
            && self.wants_answers(said, person).await
            && self.may_answer(person).await
        {
            if !self.note_heard(said).await? {
                return Ok(ChatWord::Again);
            }
            self.say(said, ChatAnswer::NothingWaits, latest_locale(&kept));
        }
        Ok(ChatWord::NothingWaits)
    }

    async fn check_reply_of(
        &self,
        said: &Said,
        person: &Person,
        waiting: Waiting<'_>,
    ) -> Result<ChatWord, Unavailable> {
        if !self.note_heard(said).await? {
            return Ok(ChatWord::Again);
        }
        let Waiting {
            kept,
            verification,
            code,
        } = waiting;
        let keys = &self.shared().keys;
        let id = verification.id;
        // What a code approves was told when it was asked for; a chat tells no more.
        let recipient = verification.about.recipient.as_ref();
        let recipient = recipient.and_then(|sealed| keys.unseal_recipient(id, sealed).ok());
        let checked = self
            .check_reply(CheckRequest {
                principal: kept.principal.clone(),
                wanted: Wanted::Of(id),
                submitted: Some(Secret::new(code)),
                binding: recipient.and_then(|recipient| recipient.binding),
                client: None,
            })
            .await;
        let checked = match checked {
            Ok(checked) => checked,
            Err(error) => {
                if !error.is_begun() {
                    // Nothing was compared, so it may be tried again.
                    self.unhear(said).await;
                }
                return Err(error);
            }
        };
        tracing::info!(verification.id = %id, chat = said.by.name(), "checked a code that was sent in a chat");
        let locale = &verification.about.locale;
        self.answer(said, person, answer_to(checked.verdict), locale)
            .await;
        Ok(ChatWord::Code)
    }

    /// Was this very message worked off before, or begun?
    pub(super) async fn was_heard(&self, said: &Said) -> Result<bool, Unavailable> {
        let Shared {
            store, keys, clock, ..
        } = self.shared();
        let name = keys.name_key(HEARD, said.by.name(), &said.id);
        Ok(store.recall(name, clock.now()).await?.is_some())
    }

    /// Notes that this message is being worked off. False when somebody else was first.
    pub(super) async fn note_heard(&self, said: &Said) -> Result<bool, Unavailable> {
        let Shared {
            store, keys, clock, ..
        } = self.shared();
        let name = keys.name_key(HEARD, said.by.name(), &said.id);
        let now = clock.now();
        let until = now.plus(HEARD_FOR);
        let noted = store.remember(name, None, &[], until, now).await?;
        Ok(matches!(noted, Commit::Committed(_)))
    }

    /// It may be told again.
    pub(super) async fn unhear(&self, said: &Said) {
        let Shared {
            store, keys, clock, ..
        } = self.shared();
        let name = keys.name_key(HEARD, said.by.name(), &said.id);
        let now = clock.now();
        let forgotten = async {
            let Some(kept) = store.recall(name, now).await? else {
                return Ok(());
            };
            let version = Some(kept.version);
            store.remember(name, version, &[], now, now).await.map(drop)
        };
        let forgotten: Result<(), Unavailable> = forgotten.await;
        if let Err(error) = forgotten {
            tracing::warn!(
                "something that was said in a chat is lost, and must be said again: {error}"
            );
        }
    }

    /// Could it be a code of any application, or one that this person was sent?
    fn looks_like_ours(&self, words: &str, kept: &[Kept]) -> bool {
        let directory = &self.shared().directory;
        let applications = directory.applications(APPLICATIONS_MAX);
        let usual = applications.iter().map(|one| one.policy.code);
        let sent = kept.iter().flat_map(|kept| kept.record.verifications());
        let mut policies = usual.chain(sent.map(|verification| verification.code));
        policies.any(|policy| code_in(words, &policy).is_some())
    }
}

/// The verification whose message is answered; else the one that was sent latest. Only one that is
/// open, and whose code is as long as the one in the text.
fn waiting<'a>(
    kept: &'a [Kept],
    words: &str,
    (by, about): (Chat, Option<&str>),
    now: Timestamp,
) -> Option<Waiting<'a>> {
    let all = kept.iter().flat_map(|kept| {
        kept.open(by, now).filter_map(move |verification| {
            let code = code_in(words, &verification.code)?;
            Some(Waiting {
                kept,
                verification,
                code,
            })
        })
    });
    all.max_by_key(|waiting| {
        let mut attempts = waiting.verification.attempts.iter();
        let is_answered = attempts.any(|attempt| Some(attempt.message_id.as_str()) == about);
        (is_answered, waiting.verification.created_at)
    })
}

/// The language of the code that was sent last.
pub(super) fn latest_locale(kept: &[Kept]) -> &str {
    let all = kept.iter().flat_map(|kept| kept.record.verifications());
    let latest = all.max_by_key(|verification| verification.created_at);
    latest.map_or("", |verification| verification.about.locale.as_str())
}

fn holds_code_of_any_length(words: &str) -> bool {
    let lengths =
        (CodeLength::MIN..=CodeLength::MAX).filter_map(|length| CodeLength::new(length).ok());
    let mut policies = lengths.flat_map(|length| {
        [CodeAlphabet::Digits, CodeAlphabet::Unambiguous]
            .map(|alphabet| CodePolicy { length, alphabet })
    });
    policies.any(|policy| code_in(words, &policy).is_some())
}

fn answer_to(verdict: Verdict) -> ChatAnswer {
    match verdict {
        Verdict::Approved(_) => ChatAnswer::Verified,
        Verdict::Wrong { .. } => ChatAnswer::Wrong,
        Verdict::Exhausted | Verdict::Finished(Status::Locked) => ChatAnswer::Locked,
        Verdict::Wait { .. } => ChatAnswer::Later,
        Verdict::Expired
        | Verdict::NotFound
        | Verdict::NoCode
        | Verdict::Finished(_)
        | Verdict::UsedAlready
        | Verdict::TooLate => ChatAnswer::NothingWaits,
    }
}
