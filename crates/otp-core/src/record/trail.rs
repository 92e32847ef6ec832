//! What happened to a verification, step by step: what its timeline tells.

use crate::{ChannelKind, Failure, Progress, Timestamp};

/// One thing that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// When it was decided.
    pub at: Timestamp,
    /// What it was.
    pub what: Happened,
}

/// What can happen to a verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    /// A code was made and its send counted; it is being handed over.
    Sending(ChannelKind),
    /// The same again, with a new code that ended the one before.
    Resending(ChannelKind),
    /// The same code goes another way.
    HandedOn(ChannelKind, HandedOn),
    /// A code was made of which nothing is ever sent: for tests.
    NotSent,
    /// Its server went silent, so another one handed it over again.
    TakenUp,
    /// The channel took the message.
    Accepted,
    /// The channel refused it for good.
    Refused(Failure),
    /// Nobody knows whether the message left.
    Unsettled,
    /// A receipt said how far a message got.
    Receipt {
        /// Which message.
        number: u8,
        /// How far.
        progress: Progress,
    },
    /// A wrong code was given.
    WrongCode {
        /// Guesses left after it.
        attempts_left: u8,
    },
    /// A wrong code was given, and it was the last.
    Locked,
    /// The right code was given.
    Approved,
    /// The right code was given in the chat that it went out by.
    ApprovedByReply,
    /// The person says that they did not ask for the code.
    Reported,
    /// Time ran out.
    Expired,
    /// The application called it off.
    Canceled,
    /// A newer code for the same purpose took its place.
    Replaced,
}

impl Happened {
    /// From here on another code is valid.
    pub(crate) const fn is_a_new_code(self) -> bool {
        matches!(self, Self::Sending(_) | Self::Resending(_) | Self::NotSent)
    }
}

/// How the right code came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerifiedBy {
    /// The application handed it in.
    Check,
    /// The person sent it in the chat.
    Reply,
}

/// Why the next channel took over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandedOn {
    /// The one before did not get far enough in time.
    NotInTime,
    /// The one before refused it.
    Refused(Failure),
}

/// Steps that are kept; the first one, those that are asked for later, and the latest ones stay.
pub(crate) const STEPS_MAX: usize = 48;

pub(crate) fn add(trail: &mut Vec<Step>, at: Timestamp, what: Happened) {
    if trail.len() >= STEPS_MAX {
        let is_expendable =
            |step: &Step| !matches!(step.what, Happened::ApprovedByReply | Happened::Reported);
        let expendable = trail.iter().skip(1).position(is_expendable);
        trail.remove(expendable.map_or(0, |place| place + 1));
    }
    trail.push(Step { at, what });
}
