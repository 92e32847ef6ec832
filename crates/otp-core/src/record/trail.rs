//! What happened to a verification, step by step: what its timeline tells, and how its messages fared.

use crate::Timestamp;

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
    Sending,
    /// The same again, with a new code that ended the one before.
    Resending,
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
    /// A wrong code was given.
    WrongCode {
        /// Guesses left after it.
        attempts_left: u8,
    },
    /// A wrong code was given, and it was the last.
    Locked,
    /// The right code was given.
    Approved,
    /// Time ran out.
    Expired,
    /// The application called it off.
    Canceled,
    /// A newer code for the same purpose took its place.
    Replaced,
}

/// Why a channel did not take a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// This person cannot be reached this way.
    Undeliverable,
    /// Too much at once.
    Throttled,
    /// The channel serves nobody now.
    ChannelDown,
    /// The channel found fault with the request itself.
    Rejected,
}

/// How one message fared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// How far it got.
    pub progress: Progress,
    /// Since when.
    pub at: Timestamp,
}

/// How far a message got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It waits for the channel's word.
    Queued,
    /// The channel took it.
    Accepted,
    /// The channel did not.
    Failed(Failure),
    /// Nobody knows.
    Unsettled,
    /// It is a test: nothing was to be sent.
    NotSent,
}

/// Steps that are kept; the first one and the latest ones stay.
pub(crate) const STEPS_MAX: usize = 48;

pub(crate) fn add(trail: &mut Vec<Step>, at: Timestamp, what: Happened) {
    if trail.len() >= STEPS_MAX {
        trail.remove(1);
    }
    trail.push(Step { at, what });
}

/// The messages that a trail tells of, oldest first.
pub(crate) fn attempts(trail: &[Step]) -> Vec<Attempt> {
    let mut attempts: Vec<Attempt> = Vec::new();
    for Step { at, what } in trail {
        let progress = match what {
            Happened::Sending | Happened::Resending => {
                let progress = Progress::Queued;
                attempts.push(Attempt { progress, at: *at });
                continue;
            }
            Happened::NotSent => {
                let progress = Progress::NotSent;
                attempts.push(Attempt { progress, at: *at });
                continue;
            }
            Happened::Accepted => Progress::Accepted,
            Happened::Refused(failure) => Progress::Failed(*failure),
            Happened::Unsettled => Progress::Unsettled,
            Happened::TakenUp
            | Happened::WrongCode { .. }
            | Happened::Locked
            | Happened::Approved
            | Happened::Expired
            | Happened::Canceled
            | Happened::Replaced => continue,
        };
        if let Some(last) = attempts.last_mut() {
            *last = Attempt { progress, at: *at };
        }
    }
    attempts
}
