//! Is this the code? Every failed comparison is paid for in the record that comes back.

use crate::record::{Happened, Status, Verification, VerifiedBy};
use crate::window;
use crate::{
    Binding, Bound, Decision, Event, Guess, Keys, NotACode, Policy, Record, RecordKey, Timestamp,
    VerificationId,
};

/// Which verification a guess is for.
#[derive(Clone, Copy, Debug)]
pub enum Which<'a> {
    /// The latest one of this purpose.
    Purpose(&'a str),
    /// The same, by somebody who kept a name for it: who holds its code learns what became of it,
    /// also once it is over.
    Named(&'a str),
    /// This very one.
    Id(VerificationId),
}

/// What the person handed in.
#[derive(Clone, Copy)]
pub enum Submitted<'a> {
    /// No code at all.
    Nothing,
    /// The text, as typed.
    Text(&'a str),
}

/// A guess, and what it is for.
#[derive(Clone, Copy)]
pub struct Submission<'a> {
    /// Which verification.
    pub which: Which<'a>,
    /// What was handed in.
    pub submitted: Submitted<'a>,
    /// The payment that it is to approve, if it is one.
    pub binding: Option<&'a Binding>,
}

/// The answer to a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The right code, for the first time.
    Approved(VerificationId),
    /// A wrong one, or a text that cannot be a code.
    Wrong {
        /// Guesses left for this code.
        attempts_left: u8,
    },
    /// A wrong one, and the last: the code is dead.
    Exhausted,
    /// The code's time is over; told once.
    Expired,
    /// No code waits for this recipient.
    NotFound,
    /// A code waits, but none was handed in.
    NoCode,
    /// Too many failed checks: nothing was compared.
    Wait {
        /// The first moment at which a check is compared again.
        retry_at: Timestamp,
    },
    /// The verification was named, and is over.
    Finished(Status),
    /// The right code, which was given before.
    UsedAlready,
    /// The right code, too late.
    TooLate,
}

impl Record {
    /// Decides on a guess. `key` is this record's own key. A code that was bound to a payment is
    /// wrong with any other one.
    pub fn check(
        &self,
        submission: Submission<'_>,
        (keys, key): (&Keys, RecordKey),
        policy: &Policy,
        now: Timestamp,
    ) -> Decision<Verdict> {
        self.check_by(VerifiedBy::Check, submission, (keys, key), policy, now)
    }

    /// The same for a code that the person sent in the chat: it counts like any other.
    pub fn check_reply(
        &self,
        submission: Submission<'_>,
        (keys, key): (&Keys, RecordKey),
        policy: &Policy,
        now: Timestamp,
    ) -> Decision<Verdict> {
        self.check_by(VerifiedBy::Reply, submission, (keys, key), policy, now)
    }

    fn check_by(
        &self,
        by: VerifiedBy,
        submission: Submission<'_>,
        (keys, key): (&Keys, RecordKey),
        policy: &Policy,
        now: Timestamp,
    ) -> Decision<Verdict> {
        let Submission {
            which,
            submitted,
            binding,
        } = submission;
        let Some(found) = self.find(which) else {
            return Decision::unchanged(Verdict::NotFound);
        };
        if matches!(which, Which::Named(_)) && found.is_over_for_good(now) {
            return self.look_back(found, submission, (keys, key), now);
        }
        if !matches!(found.status, Status::Pending | Status::Expired) {
            return Decision::unchanged(over(which, found.status));
        }
        let Submitted::Text(text) = submitted else {
            return Decision::unchanged(Verdict::NoCode);
        };
        if found.status == Status::Expired || found.is_overdue(now) {
            return self.tell_expired(found.id, now);
        }
        if let Some(retry_at) = window::next_check_at(&self.failures, &policy.guesses, now) {
            return Decision::unchanged(Verdict::Wait { retry_at });
        }
        match Guess::fold(text, &found.code) {
            Err(NotACode::WrongLength) => Decision::unchanged(Verdict::Wrong {
                attempts_left: self.attempts_left(found, policy, now),
            }),
            Err(NotACode::NotInAlphabet) => self.fail(found.id, policy, now),
            Ok(guess) => {
                let bound = Bound {
                    purpose: &found.purpose,
                    to: binding,
                };
                let digest = keys.code_digest(key, bound, found.id, guess.reveal());
                if found.digest.matches(&digest) {
                    self.approve(found.id, by, now)
                } else {
                    self.fail(found.id, policy, now)
                }
            }
        }
    }

    /// What became of a code is told to whoever holds it. It opens nothing any more, so a wrong guess
    /// costs nothing; one whose time has just run out is dead before anybody learns that it was right.
    fn look_back(
        &self,
        found: &Verification,
        submission: Submission<'_>,
        (keys, key): (&Keys, RecordKey),
        now: Timestamp,
    ) -> Decision<Verdict> {
        let Submitted::Text(text) = submission.submitted else {
            return Decision::unchanged(Verdict::NoCode);
        };
        let bound = Bound {
            purpose: &found.purpose,
            to: submission.binding,
        };
        let is_right = Guess::fold(text, &found.code).is_ok_and(|guess| {
            let digest = keys.code_digest(key, bound, found.id, guess.reveal());
            found.digest.matches(&digest)
        });
        let verdict = match found.status {
            _ if !is_right => Verdict::NotFound,
            Status::Approved => Verdict::UsedAlready,
            _ => Verdict::TooLate,
        };
        match found.status {
            Status::Pending => self.tell_expired(found.id, now).map(|_| verdict),
            _ => Decision::unchanged(verdict),
        }
    }

    fn approve(&self, id: VerificationId, by: VerifiedBy, now: Timestamp) -> Decision<Verdict> {
        let mut next = self.clone();
        next.failures.clear();
        if let Some(verification) = next.verification_mut(id) {
            verification.finish(Status::Approved);
            let happened = match by {
                VerifiedBy::Check => Happened::Approved,
                VerifiedBy::Reply => Happened::ApprovedByReply,
            };
            verification.note(now, happened);
        }
        Decision::changed(Verdict::Approved(id), next, vec![Event::Approved(id)])
    }

    fn fail(&self, id: VerificationId, policy: &Policy, now: Timestamp) -> Decision<Verdict> {
        let mut next = self.clone();
        window::forget_old(&mut next.failures, now);
        next.failures.push(now);
        let budget = window::failures_left(&next.failures, &policy.guesses, now);
        let mut event = Event::CheckFailed(id);
        let mut verdict = Verdict::Exhausted;
        if let Some(verification) = next.verification_mut(id) {
            verification.attempts_left = verification.attempts_left.saturating_sub(1);
            let attempts_left = within_budget(verification.attempts_left, budget);
            if attempts_left == 0 {
                verification.finish(Status::Locked);
                verification.note(now, Happened::Locked);
                event = Event::Locked(id);
            } else {
                verification.note(now, Happened::WrongCode { attempts_left });
                verdict = Verdict::Wrong { attempts_left };
            }
        }
        Decision::changed(verdict, next, vec![event])
    }

    fn tell_expired(&self, id: VerificationId, now: Timestamp) -> Decision<Verdict> {
        let mut next = self.clone();
        let mut events = Vec::new();
        if let Some(verification) = next.verification_mut(id) {
            if verification.status == Status::Pending {
                verification.note(now, Happened::Expired);
                events.push(Event::Expired(id));
            }
            verification.finish(Status::ExpiredAndTold);
        }
        Decision::changed(Verdict::Expired, next, events)
    }

    /// Guesses left for a code: its own, or fewer when the phone's are nearly used up.
    pub(crate) fn attempts_left(
        &self,
        verification: &Verification,
        policy: &Policy,
        now: Timestamp,
    ) -> u8 {
        within_budget(
            verification.attempts_left,
            window::failures_left(&self.failures, &policy.guesses, now),
        )
    }

    /// The verification that a guess would be for, whatever its status.
    #[must_use]
    pub fn find(&self, which: Which<'_>) -> Option<&Verification> {
        match which {
            Which::Id(id) => self.verification(id),
            Which::Purpose(purpose) | Which::Named(purpose) => self
                .verifications
                .iter()
                .rev()
                .find(|verification| verification.purpose == purpose),
        }
    }
}

impl Verification {
    /// Its code was used, or its time is over.
    fn is_over_for_good(&self, now: Timestamp) -> bool {
        match self.status {
            Status::Approved | Status::Expired | Status::ExpiredAndTold => true,
            Status::Pending => self.is_overdue(now),
            Status::Canceled | Status::Locked | Status::Failed => false,
        }
    }
}

/// By purpose, a finished verification is no verification; by id or name, the caller may know.
fn over(which: Which<'_>, status: Status) -> Verdict {
    match which {
        Which::Purpose(_) => Verdict::NotFound,
        Which::Id(_) | Which::Named(_) => Verdict::Finished(status),
    }
}

fn within_budget(attempts_left: u8, budget: u32) -> u8 {
    attempts_left.min(u8::try_from(budget).unwrap_or(u8::MAX))
}
