//! Tell applications what happened, each thing in its turn, until it is taken in or given up.
//!
//! What is to be told stands in the record ([`otp_core::Callbacks`]), which says when each is tried and
//! in which order. Here it is sent, and the record is told what came of it. A try that is cut short,
//! by a crash or because too many wait, is a try that failed: the record comes back to it.

mod lanes;

use std::sync::Arc;

use otp_core::{Attempt, Attention, CallbackDue, CallbackKind, Event, Overview, Policy};
use otp_core::{Record, RecordKey, Timestamp, VerificationId};

pub use self::lanes::Lanes;
use super::{Service, Shared, finish_aside};
use crate::callback::dead_letter::{DeadLetter, DeadLetters};
use crate::callback::{Call, NotTaken};
use crate::directory::{Application, Callback, Realm};
use crate::signing;
use crate::store::Unavailable;
use crate::telemetry::CallbackResult;

/// How applications are told.
#[derive(Debug)]
pub struct Callbacks {
    /// How an occurrence is written: a matter of the face that shows verifications.
    pub write: fn(&Occurrence) -> String,
    /// Whose turn it is.
    pub lanes: Lanes,
    /// Where what is given up goes.
    pub dead_letters: DeadLetters,
}

/// Something that an application is told of.
#[derive(Clone, Debug)]
pub struct Occurrence {
    /// In whose name the verification was started.
    pub realm: String,
    /// Which verification.
    pub id: VerificationId,
    /// Which of the things that are told of it.
    pub number: u16,
    /// What it is.
    pub kind: CallbackKind,
    /// When it happened.
    pub at: Timestamp,
    /// How the verification stands now.
    pub overview: Overview,
    /// The message that a word on a delivery is about.
    pub delivery: Option<Attempt>,
}

/// What is to be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// It is to be told.
    Tell,
    /// It was tried for a day.
    GiveUp,
}

impl Occurrence {
    /// The same at every try, and of nothing else.
    #[must_use]
    pub fn event_id(&self) -> String {
        format!("{}-{}", self.id, self.number)
    }
}

/// What a decision wants told, with the record as it will be.
pub(super) fn occurrences(
    next: &Record,
    attention: &Attention,
    policy: &Policy,
    now: Timestamp,
) -> Vec<(Turn, Occurrence)> {
    let with = |turn| move |due: &CallbackDue| Some((turn, occurrence(next, due, policy, now)?));
    let tell = attention.call.iter().filter_map(with(Turn::Tell));
    let give_up = attention.give_up.iter().filter_map(with(Turn::GiveUp));
    tell.chain(give_up).collect()
}

/// What a decision on this record leaves untold for good, because its verification makes room for
/// another one.
pub(super) fn untold(
    record: &Record,
    events: &[Event],
    policy: &Policy,
    now: Timestamp,
) -> Vec<Occurrence> {
    let gone = events.iter().filter_map(|event| match event {
        Event::CallbackDropped(id) => record.verification(*id),
        _ => None,
    });
    let mut gone: Vec<_> = gone.collect();
    // There is an event for each callback.
    gone.dedup_by_key(|verification| verification.id);
    let due = gone.into_iter().flat_map(|verification| {
        let waiting = verification.callbacks.waiting().iter();
        waiting.map(|callback| CallbackDue {
            id: verification.id,
            callback: *callback,
        })
    });
    due.filter_map(|due| occurrence(record, &due, policy, now))
        .collect()
}

fn occurrence(
    record: &Record,
    due: &CallbackDue,
    policy: &Policy,
    now: Timestamp,
) -> Option<Occurrence> {
    let overview = record.overview(due.id, policy, now)?;
    let delivery = overview.verification.told_of(&due.callback).cloned();
    Some(Occurrence {
        realm: record.application().to_owned(),
        id: due.id,
        number: due.callback.number,
        kind: due.callback.kind,
        at: due.callback.at,
        overview,
        delivery,
    })
}

impl Service {
    /// Puts aside what its verification took along. Nobody waits for it, and no record comes back to
    /// it: whoever dies just now loses it.
    pub(super) async fn put_aside_untold(&self, untold: Vec<Occurrence>) {
        if untold.is_empty() {
            return;
        }
        let service = self.clone();
        finish_aside(async move {
            for occurrence in &untold {
                let why = "its verification made room for another one of the same person";
                if let Err(error) = service.put_aside(occurrence, why).await {
                    tracing::error!(
                        callback.id = %occurrence.event_id(),
                        "could not put a callback aside, which is lost: {error}"
                    );
                }
            }
        })
        .await;
    }

    /// Does what is to be done about something that happened, and notes what came of it.
    pub(super) async fn call_back(self, key: RecordKey, turn: Turn, occurrence: Occurrence) {
        let name = Realm::application(&occurrence.realm);
        let application = self.shared().directory.application(name);
        let noted = match turn {
            Turn::GiveUp => {
                self.give_up(key, &occurrence, "nobody took it in for a day")
                    .await
            }
            Turn::Tell => self.tell(key, &occurrence, application).await,
        };
        if let Err(error) = noted {
            tracing::error!(
                verification.id = %occurrence.id,
                "could not note what came of a callback, which is made again: {error}"
            );
        }
    }

    async fn tell(
        &self,
        key: RecordKey,
        occurrence: &Occurrence,
        application: Option<Arc<Application>>,
    ) -> Result<(), Unavailable> {
        let Some(application) = application else {
            // Gone or disabled: it may come back within the day.
            self.not_taken(occurrence, "its application is not there");
            return Ok(());
        };
        let Some(callback) = &application.callback else {
            // It does not want to be told any more.
            return self.told(key, occurrence).await;
        };
        let metrics = &self.shared().metrics;
        match self
            .tell_once(occurrence, &application.name, callback)
            .await
        {
            Ok(()) => {
                metrics.callback(CallbackResult::Delivered);
                self.told(key, occurrence).await
            }
            Err(error) if error.is_final() => {
                let why = format!("{error}: it wants no more");
                self.give_up(key, occurrence, &why).await
            }
            Err(error) => {
                self.not_taken(occurrence, &error.to_string());
                Ok(())
            }
        }
    }

    async fn tell_once(
        &self,
        occurrence: &Occurrence,
        application: &str,
        callback: &Callback,
    ) -> Result<(), NotTaken> {
        let Shared {
            clock, callbacks, ..
        } = self.shared();
        let Some(turn) = callbacks.lanes.enter(application).await else {
            return Err(NotTaken::Busy);
        };
        let body = (callbacks.write)(occurrence);
        let id = occurrence.event_id();
        let headers = signing::headers(&callback.secrets, &id, clock.now(), &body);
        let call = Call {
            to: &callback.url,
            headers: &headers,
            body: &body,
        };
        let called = self.caller.call(call).await;
        turn.went(&called);
        called
    }

    /// It is done with: the next one's turn.
    async fn told(&self, key: RecordKey, occurrence: &Occurrence) -> Result<(), Unavailable> {
        let Occurrence { id, number, .. } = *occurrence;
        self.decide(key, |record, now| record.called(id, number, now))
            .await
    }

    /// Said at each try: the next one may be an hour away.
    fn not_taken(&self, occurrence: &Occurrence, why: &str) {
        self.shared().metrics.callback(CallbackResult::Failed);
        tracing::warn!(
            application = %occurrence.realm,
            verification.id = %occurrence.id,
            callback.id = %occurrence.event_id(),
            "{} was not taken in, and is told again later: {why}",
            occurrence.kind.name(),
        );
    }

    /// Puts it aside where a command finds it, and then says so: who dies in between does it again.
    async fn give_up(
        &self,
        key: RecordKey,
        occurrence: &Occurrence,
        why: &str,
    ) -> Result<(), Unavailable> {
        let Occurrence { id, number, .. } = *occurrence;
        self.put_aside(occurrence, why).await?;
        self.decide(key, |record, now| record.gave_up(id, number, now))
            .await
    }

    async fn put_aside(&self, occurrence: &Occurrence, why: &str) -> Result<(), Unavailable> {
        let Shared {
            clock,
            callbacks,
            metrics,
            ..
        } = self.shared();
        let letter = DeadLetter {
            id: occurrence.event_id(),
            application: Realm::application(&occurrence.realm).to_owned(),
            kind: occurrence.kind.name().to_owned(),
            at: occurrence.at,
            given_up_at: clock.now(),
            why: why.to_owned(),
            body: (callbacks.write)(occurrence),
        };
        callbacks.dead_letters.keep(&letter).await?;
        metrics.callback(CallbackResult::Dropped);
        tracing::error!(
            application = %occurrence.realm,
            verification.id = %occurrence.id,
            callback.id = %occurrence.event_id(),
            hint = "otp-server callback list",
            "gave {} up: {why}",
            occurrence.kind.name(),
        );
        Ok(())
    }
}
