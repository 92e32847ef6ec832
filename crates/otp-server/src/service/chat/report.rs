//! "I didn't request a code": the code dies, and the phone is sent others more slowly.

use otp_core::{ReportOutcome, Verification};

use super::Person;
use super::person::Kept;
use crate::channel::inbound::{Chat, Said};
use crate::channel::text::ChatAnswer;
use crate::service::{Service, Shared};
use crate::store::Unavailable;
use crate::telemetry::ChatWord;

impl Service {
    /// Told twice, a report counts once. The verification remembers it, and so does the report: where
    /// it names no message, it would be about the next code when it is told again.
    pub(super) async fn hear_report(
        &self,
        said: &Said,
        person: &Person,
    ) -> Result<ChatWord, Unavailable> {
        if self.was_heard(said).await? {
            return Ok(ChatWord::Again);
        }
        let Shared { clock, .. } = self.shared();
        let kept = self.kept_of(person).await?;
        let about = said.about.as_deref().map(|about| self.kept_name(about));
        let reported = match &about {
            Some(about) => kept.iter().find_map(|kept| {
                let verification = kept.with_message(about)?;
                Some((kept, verification))
            }),
            None => latest_open(&kept, said.by, clock.now()),
        };
        let Some((kept, verification)) = reported else {
            return Ok(ChatWord::Other);
        };
        if !self.note_heard(said).await? {
            return Ok(ChatWord::Again);
        }
        let id = verification.id;
        let noted = self
            .decide(kept.key, |record, now| record.report(id, now))
            .await;
        let noted = match noted {
            Ok(noted) => noted,
            Err(error) => {
                // Told again it does no harm that was not to be done now.
                self.unhear(said).await;
                return Err(error);
            }
        };
        if noted == ReportOutcome::Ignored {
            return Ok(ChatWord::Again);
        }
        tracing::warn!(
            verification.id = %id,
            phone = %verification.about.to,
            "a person says that they asked for no code: it is dead, and the next one waits"
        );
        let locale = &verification.about.locale;
        self.answer(said, person, ChatAnswer::Reported, locale)
            .await;
        Ok(ChatWord::Report)
    }
}

/// What is meant where no message is named.
fn latest_open(
    kept: &[Kept],
    by: Chat,
    now: otp_core::Timestamp,
) -> Option<(&Kept, &Verification)> {
    let open = kept.iter().flat_map(|kept| {
        kept.open(by, now)
            .map(move |verification| (kept, verification))
    });
    open.max_by_key(|(_, verification)| verification.created_at)
}
