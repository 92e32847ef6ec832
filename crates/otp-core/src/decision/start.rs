//! May a code be sent to this phone now? A start makes a verification.

use crate::record::{About, Callbacks, Delivery, Happened, Progress, Status};
use crate::window::{self, Blocked};
use crate::{
    ChannelKind, CodeDigest, Decision, Event, Policy, Reason, Record, Refusal, Sealed, Timestamp,
    Verification, VerificationId, Which,
};

/// A freshly drawn code, as the rules see it: never in the clear.
#[derive(Clone, Debug)]
pub struct NewCode {
    /// The verification that it belongs to.
    pub id: VerificationId,
    /// Its keyed hash.
    pub digest: CodeDigest,
    /// Whether it leaves.
    pub way_out: WayOut,
}

/// Whether a code leaves.
#[derive(Clone, Debug)]
pub enum WayOut {
    /// Addresses and code, for a delivery that must be taken up again.
    Deliver(Sealed),
    /// A test: nothing is sent.
    Nothing,
}

/// A code, and what it is for.
#[derive(Clone, Debug)]
pub struct NewVerification {
    /// The code.
    pub code: NewCode,
    /// On whose behalf.
    pub application: String,
    /// What it is good for.
    pub purpose: String,
    /// What is to be known of it again.
    pub about: About,
}

/// The answer to a start or a resend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendOutcome {
    /// Counted and remembered; deliver it.
    Send {
        /// The code's end.
        expires_at: Timestamp,
        /// The next send is refused before this moment.
        next_send_at: Timestamp,
    },
    /// Not sent, nothing counted.
    Refused(Refusal),
    /// A resend for a verification that is not pending.
    NotFound,
}

impl Record {
    /// Decides on a new verification. A pending one of the same purpose is called off: a new code
    /// kills the old one, and gives no failed check back.
    pub fn start(
        &self,
        new: &NewVerification,
        policy: &Policy,
        now: Timestamp,
    ) -> Decision<SendOutcome> {
        if let Some(refusal) = self.refuses(&new.code.way_out, policy, now) {
            return Decision::unchanged(SendOutcome::Refused(refusal));
        }
        let mut next = self.clone();
        let attempts_left = self.attempts_carried_over(&new.purpose, now);
        let mut events = next.call_off(&new.purpose, now);
        events.extend(next.make_room());
        next.application.clone_from(&new.application);
        let mut verification = Verification {
            id: new.code.id,
            purpose: new.purpose.clone(),
            status: Status::Pending,
            created_at: now,
            expires_at: now.plus(policy.lifetime),
            attempts_left: attempts_left.unwrap_or(policy.attempts_per_code),
            code: policy.code,
            digest: new.code.digest,
            delivery: Delivery::Dropped,
            about: new.about.clone(),
            attempts: Vec::new(),
            trail: Vec::new(),
            callbacks: Callbacks::default(),
        };
        verification.set_out(&new.code.way_out, Happened::Sending, policy, now);
        next.verifications.push(verification);
        events.push(Event::Started(new.code.id));
        next.count_send(&new.code.way_out, policy, now, events)
    }

    /// The limit that holds longest: once it lets go, all others have. A code of which nothing is
    /// sent costs nobody anything; but it can be guessed like any other.
    pub(super) fn refuses(
        &self,
        way_out: &WayOut,
        policy: &Policy,
        now: Timestamp,
    ) -> Option<Refusal> {
        let by_checks =
            window::next_check_at(&self.failures, &policy.guesses, now).map(|retry_at| Refusal {
                reason: Reason::CheckLimit,
                retry_at,
            });
        if matches!(way_out, WayOut::Nothing) {
            return by_checks;
        }
        let by_sends = window::next_send_at(&self.sends, &self.refused_sends, &policy.sends, now)
            .map(|blocked| match blocked {
                Blocked::ByCooldown(retry_at) => Refusal {
                    reason: Reason::Cooldown,
                    retry_at,
                },
                Blocked::ByWindow(retry_at) => Refusal {
                    reason: Reason::SendLimit,
                    retry_at,
                },
            });
        let by_reports =
            window::next_send_after_reports(&self.reports, &policy.reports, now).map(|retry_at| {
                Refusal {
                    reason: Reason::Reported,
                    retry_at,
                }
            });
        by_sends
            .into_iter()
            .chain(by_checks)
            .chain(by_reports)
            .max_by_key(|refusal| refusal.retry_at)
    }

    /// A code asked for while the one before would still be good gives no attempt back, also when
    /// that one was called off or could not be delivered.
    fn attempts_carried_over(&self, purpose: &str, now: Timestamp) -> Option<u8> {
        let last = self
            .find(Which::Purpose(purpose))
            .filter(|one| !one.is_overdue(now))?;
        match last.status {
            Status::Pending | Status::Canceled | Status::Failed => Some(last.attempts_left),
            Status::Approved | Status::Locked | Status::Expired | Status::ExpiredAndTold => None,
        }
    }

    fn call_off(&mut self, purpose: &str, now: Timestamp) -> Vec<Event> {
        let replaced = self.verifications.iter_mut().filter(|verification| {
            verification.purpose == purpose && verification.status == Status::Pending
        });
        replaced
            .map(|verification| {
                verification.finish(Status::Canceled);
                verification.note(now, Happened::Replaced);
                Event::Canceled(verification.id)
            })
            .collect()
    }

    /// Makes room for one more, giving up the oldest that is finished and of which nothing is still
    /// to be told, or else the oldest that is finished, or else the oldest. Says of each thing that
    /// goes untold.
    fn make_room(&mut self) -> Vec<Event> {
        let is_finished = |one: &Verification| one.status != Status::Pending;
        let is_told = |one: &Verification| is_finished(one) && one.callbacks.waiting().is_empty();
        let mut events = Vec::new();
        while self.verifications.len() >= Self::VERIFICATIONS_MAX {
            let told = self.verifications.iter().position(is_told);
            let finished = told.or_else(|| self.verifications.iter().position(is_finished));
            let gone = self.verifications.remove(finished.unwrap_or(0));
            let untold = gone.callbacks.waiting().iter();
            events.extend(untold.map(|_| Event::CallbackDropped(gone.id)));
        }
        events
    }

    pub(super) fn count_send(
        mut self,
        way_out: &WayOut,
        policy: &Policy,
        now: Timestamp,
        events: Vec<Event>,
    ) -> Decision<SendOutcome> {
        window::forget_old(&mut self.sends, now);
        let refused_window = policy.sends.refused.length;
        self.refused_sends
            .retain(|at| now.since(*at) < refused_window);
        window::forget_old(&mut self.failures, now);
        window::forget_old(&mut self.reports, now);
        if matches!(way_out, WayOut::Deliver(_)) {
            self.sends.push(now);
        }
        let outcome = SendOutcome::Send {
            expires_at: now.plus(policy.lifetime),
            next_send_at: self.next_send_at(policy, now),
        };
        Decision::changed(outcome, self, events)
    }
}

impl Verification {
    /// A new code goes out by the workflow's first step.
    pub(super) fn set_out(
        &mut self,
        way_out: &WayOut,
        sending: impl FnOnce(ChannelKind) -> Happened,
        policy: &Policy,
        now: Timestamp,
    ) {
        let channel = policy.workflow.first();
        match way_out {
            WayOut::Deliver(sealed) => {
                self.delivery = Delivery::Underway {
                    step: 0,
                    deliver_by: now.plus(policy.deliver_within),
                    tries: 1,
                    sealed: sealed.clone(),
                };
                self.begin_attempt(channel, Progress::Queued, now);
                self.note(now, sending(channel));
            }
            WayOut::Nothing => {
                self.delivery = Delivery::NotSent;
                self.begin_attempt(channel, Progress::NotSent, now);
                self.note(now, Happened::NotSent);
            }
        }
    }
}
