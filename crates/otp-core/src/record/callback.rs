//! What an application is to be told: in order, until it has taken it in, or for a day.

use std::time::Duration;

use super::{Attempt, Happened, Verification};
use crate::{Timestamp, VerificationId};

/// One thing to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Callback {
    /// Its number within the verification; with the verification's id it names the callback for ever.
    pub number: u16,
    /// What happened.
    pub kind: CallbackKind,
    /// When.
    pub at: Timestamp,
    /// How often it was tried.
    pub tries: u8,
    /// When it is tried next.
    pub next_at: Timestamp,
}

/// What an application is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallbackKind {
    /// The right code was given.
    Approved,
    /// Time ran out.
    Expired,
    /// It was called off, or a newer one took its place.
    Canceled,
    /// Wrong codes used it up.
    Locked,
    /// No channel took a message.
    Failed,
    /// A message got further, or failed.
    DeliveryUpdated,
    /// The person says that they asked for no code.
    Reported,
}

impl CallbackKind {
    /// The name by which it is told; it never changes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Approved => "verification.approved",
            Self::Expired => "verification.expired",
            Self::Canceled => "verification.canceled",
            Self::Locked => "verification.locked",
            Self::Failed => "verification.failed",
            Self::DeliveryUpdated => "delivery.updated",
            Self::Reported => "verification.reported",
        }
    }

    /// Of what an application is told when that happens.
    pub(super) fn of(what: Happened) -> Option<Self> {
        match what {
            Happened::Approved | Happened::ApprovedByReply => Some(Self::Approved),
            Happened::Reported => Some(Self::Reported),
            Happened::Expired => Some(Self::Expired),
            Happened::Canceled | Happened::Replaced => Some(Self::Canceled),
            Happened::Locked => Some(Self::Locked),
            Happened::Accepted
            | Happened::Refused(_)
            | Happened::Unsettled
            | Happened::Receipt { .. } => Some(Self::DeliveryUpdated),
            Happened::Sending(_)
            | Happened::Resending(_)
            | Happened::HandedOn(..)
            | Happened::NotSent
            | Happened::TakenUp
            | Happened::WrongCode { .. } => None,
        }
    }
}

/// Those that wait, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Callbacks {
    pub(crate) waiting: Vec<Callback>,
    pub(crate) last_number: u16,
}

/// What became of the first one when its time came.
pub(crate) enum Rung {
    /// It is to be tried now.
    Try(Callback),
    /// It was tried for so long that nobody will take it in any more. It stays until somebody says
    /// that it was put aside.
    GiveUp(Callback),
}

impl Callbacks {
    /// How many wait at most: with one more, the oldest word on a delivery goes.
    pub const WAITING_MAX: usize = 16;
    /// How long one is tried.
    pub const TRIED_FOR: Duration = Duration::from_hours(24);
    /// A try is longer than this under no circumstances, and the next one comes no sooner.
    pub const PAUSE_MIN: Duration = Duration::from_secs(15);
    const PAUSE_MAX: Duration = Duration::from_hours(1);
    /// The record is kept for so long after the last thing to tell: a day of tries, and a day in which
    /// no server may run.
    const KEPT_FOR: Duration = Duration::from_hours(48);

    /// Those that wait, in order.
    #[must_use]
    pub fn waiting(&self) -> &[Callback] {
        &self.waiting
    }

    pub(crate) fn add(&mut self, kind: CallbackKind, at: Timestamp) {
        if self.waiting.len() >= Self::WAITING_MAX {
            self.drop_one();
        }
        self.last_number = self.last_number.wrapping_add(1);
        self.waiting.push(Callback {
            number: self.last_number,
            kind,
            at,
            tries: 0,
            next_at: at,
        });
    }

    /// The oldest word on a delivery goes, or else the oldest of all; but not the first one once it was
    /// tried. It may be on its way just now, and the next one must not go out beside it.
    fn drop_one(&mut self) {
        let is_tried = |first: &Callback| first.tries > 0;
        let from = usize::from(self.waiting.first().is_some_and(is_tried));
        let mut all = self.waiting.iter().skip(from);
        let word = all.position(|one| one.kind == CallbackKind::DeliveryUpdated);
        let place = from + word.unwrap_or(0);
        let dropped = self.waiting.remove(place);
        // One that was never tried may be being put aside: the next one keeps its pause.
        if place == 0
            && let Some(first) = self.waiting.first_mut()
        {
            first.next_at = first.next_at.max(dropped.next_at);
        }
    }

    /// When the first one is tried next; the others wait for it.
    pub(crate) fn due_at(&self) -> Option<Timestamp> {
        self.waiting.first().map(|first| first.next_at)
    }

    /// The first one's time has come: it is tried, and again after a growing pause.
    pub(crate) fn ring(&mut self, id: VerificationId, now: Timestamp) -> Option<Rung> {
        let first = self
            .waiting
            .first_mut()
            .filter(|first| first.next_at <= now)?;
        if now.since(first.at) >= Self::TRIED_FOR {
            first.next_at = now.plus(Self::PAUSE_MIN);
            return Some(Rung::GiveUp(*first));
        }
        first.tries = first.tries.saturating_add(1);
        first.next_at = now.plus(pause(id, *first));
        Some(Rung::Try(*first))
    }

    /// Until when what waits must not be forgotten.
    pub(crate) fn kept_until(&self) -> Option<Timestamp> {
        self.waiting.last().map(|last| last.at.plus(Self::KEPT_FOR))
    }

    /// It was taken in, or put aside: the next one's turn.
    pub(crate) fn taken(&mut self, number: u16, now: Timestamp) -> bool {
        let is_first = self
            .waiting
            .first()
            .is_some_and(|first| first.number == number);
        if is_first {
            self.waiting.remove(0);
            if let Some(next) = self.waiting.first_mut() {
                next.next_at = next.next_at.min(now);
            }
        }
        is_first
    }
}

impl Verification {
    /// The message that a word on a delivery is about, as far as the trail still tells.
    #[must_use]
    pub fn told_of(&self, callback: &Callback) -> Option<&Attempt> {
        if callback.kind != CallbackKind::DeliveryUpdated {
            return None;
        }
        let last = self.attempts.last()?;
        let mut begun_since = 0;
        for step in self.trail.iter().rev() {
            let is_it = step.at == callback.at
                && CallbackKind::of(step.what) == Some(CallbackKind::DeliveryUpdated);
            match step.what {
                Happened::Receipt { number, .. } if is_it => {
                    return self.attempts.iter().find(|one| one.number == number);
                }
                _ if is_it => break,
                Happened::Sending(_) | Happened::Resending(_) | Happened::HandedOn(..) => {
                    begun_since += 1;
                }
                _ => {}
            }
        }
        let number = last.number.saturating_sub(begun_since);
        self.attempts.iter().find(|one| one.number == number)
    }
}

/// Twice as long each time, up to an hour; and up to a fifth longer, by the id, so that many that
/// failed together do not come back together.
fn pause(id: VerificationId, callback: Callback) -> Duration {
    let doublings = u32::from(callback.tries.saturating_sub(1)).min(16);
    let pause = (Callbacks::PAUSE_MIN * (1 << doublings)).min(Callbacks::PAUSE_MAX);
    let [chance, ..] = id.bytes();
    pause + pause / 5 * u32::from(chance) / 255
}
