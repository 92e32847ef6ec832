//! A trail as it is written down: each step by how long after the one before it came.

use serde::{Deserialize, Serialize};

use super::super::{HandedOn, Happened, Step};
use super::attempts::{StoredChannel, StoredFailure, StoredProgress};
use crate::Timestamp;

#[derive(Serialize, Deserialize)]
pub(super) struct StoredStep {
    after_ms: u64,
    what: StoredHappened,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
enum StoredHappened {
    Sending(StoredChannel),
    Resending(StoredChannel),
    NotInTime(StoredChannel),
    AfterRefusal(StoredChannel, StoredFailure),
    NotSent,
    TakenUp,
    Accepted,
    Refused(StoredFailure),
    Unsettled,
    Receipt {
        number: u8,
        progress: StoredProgress,
    },
    WrongCode {
        attempts_left: u8,
    },
    Locked,
    Approved,
    Expired,
    Canceled,
    Replaced,
    // Of the third format.
    ApprovedByReply,
    Reported,
}

pub(super) fn stored(trail: &[Step]) -> Vec<StoredStep> {
    let mut before_ms = 0;
    let stored = trail.iter().map(|step| {
        // A clock that went back makes two steps one moment.
        let at_ms = step.at.unix_ms().max(before_ms);
        let after_ms = at_ms - before_ms;
        before_ms = at_ms;
        StoredStep {
            after_ms,
            what: step.what.into(),
        }
    });
    stored.collect()
}

pub(super) fn read(stored: Vec<StoredStep>) -> Vec<Step> {
    let mut at_ms = 0_u64;
    let steps = stored.into_iter().map(|step| {
        at_ms = at_ms.saturating_add(step.after_ms);
        Step {
            at: Timestamp::from_unix_ms(at_ms),
            what: step.what.into(),
        }
    });
    steps.collect()
}

impl From<Happened> for StoredHappened {
    fn from(what: Happened) -> Self {
        match what {
            Happened::Sending(channel) => Self::Sending(channel.into()),
            Happened::Resending(channel) => Self::Resending(channel.into()),
            Happened::HandedOn(channel, HandedOn::NotInTime) => Self::NotInTime(channel.into()),
            Happened::HandedOn(channel, HandedOn::Refused(failure)) => {
                Self::AfterRefusal(channel.into(), failure.into())
            }
            Happened::NotSent => Self::NotSent,
            Happened::TakenUp => Self::TakenUp,
            Happened::Accepted => Self::Accepted,
            Happened::Refused(failure) => Self::Refused(failure.into()),
            Happened::Unsettled => Self::Unsettled,
            Happened::Receipt { number, progress } => Self::Receipt {
                number,
                progress: progress.into(),
            },
            Happened::WrongCode { attempts_left } => Self::WrongCode { attempts_left },
            Happened::Locked => Self::Locked,
            Happened::Approved => Self::Approved,
            Happened::Expired => Self::Expired,
            Happened::Canceled => Self::Canceled,
            Happened::Replaced => Self::Replaced,
            Happened::ApprovedByReply => Self::ApprovedByReply,
            Happened::Reported => Self::Reported,
        }
    }
}

impl From<StoredHappened> for Happened {
    fn from(what: StoredHappened) -> Self {
        match what {
            StoredHappened::Sending(channel) => Self::Sending(channel.into()),
            StoredHappened::Resending(channel) => Self::Resending(channel.into()),
            StoredHappened::NotInTime(channel) => {
                Self::HandedOn(channel.into(), HandedOn::NotInTime)
            }
            StoredHappened::AfterRefusal(channel, failure) => {
                Self::HandedOn(channel.into(), HandedOn::Refused(failure.into()))
            }
            StoredHappened::NotSent => Self::NotSent,
            StoredHappened::TakenUp => Self::TakenUp,
            StoredHappened::Accepted => Self::Accepted,
            StoredHappened::Refused(failure) => Self::Refused(failure.into()),
            StoredHappened::Unsettled => Self::Unsettled,
            StoredHappened::Receipt { number, progress } => Self::Receipt {
                number,
                progress: progress.into(),
            },
            StoredHappened::WrongCode { attempts_left } => Self::WrongCode { attempts_left },
            StoredHappened::Locked => Self::Locked,
            StoredHappened::Approved => Self::Approved,
            StoredHappened::Expired => Self::Expired,
            StoredHappened::Canceled => Self::Canceled,
            StoredHappened::Replaced => Self::Replaced,
            StoredHappened::ApprovedByReply => Self::ApprovedByReply,
            StoredHappened::Reported => Self::Reported,
        }
    }
}
