//! One message of a verification, and how it fared.

use crate::{ChannelKind, Timestamp};

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Its number within the verification, from 1; it never changes.
    pub number: u8,
    /// By which channel.
    pub channel: ChannelKind,
    /// What is kept of the channel's own name for it, once there is one: not the name itself where
    /// that shows the phone.
    pub message_id: String,
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
    /// It left the channel.
    Sent,
    /// It arrived.
    Delivered,
    /// The person saw it.
    Read,
    /// It did not get there.
    Failed(Failure),
    /// Nobody knows.
    Unsettled,
    /// It is a test: nothing was to be sent.
    NotSent,
}

/// Why a message did not get there.
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
    /// A limit of ours holds it back.
    OverLimit,
    /// The person wants nothing this way.
    OptedOut,
    /// The address that the channel needs is not known of this person.
    NoAddress,
}

impl Failure {
    /// Each of them.
    pub const ALL: [Self; 7] = [
        Self::Undeliverable,
        Self::Throttled,
        Self::ChannelDown,
        Self::Rejected,
        Self::OverLimit,
        Self::OptedOut,
        Self::NoAddress,
    ];

    /// The name by which it is known in settings, answers and logs; it never changes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Undeliverable => "undeliverable",
            Self::Throttled => "throttled",
            Self::ChannelDown => "channel_down",
            Self::Rejected => "rejected",
            Self::OverLimit => "over_limit",
            Self::OptedOut => "opted_out",
            Self::NoAddress => "no_address",
        }
    }
}

impl Progress {
    /// Does this word say more than what is known? Receipts come twice, late, and out of order: the
    /// furthest one counts, and a failure only while nothing says that it arrived.
    #[must_use]
    pub(crate) fn is_moved_by(self, word: Self) -> bool {
        match (self.rung(), word.rung()) {
            // Nobody knows, where the channel's word was awaited.
            (Some(0), Some(0)) => self != word && word == Self::Unsettled,
            (Some(known), Some(new)) => new > known,
            // A channel that gave up may still have got it there.
            (None, Some(new)) => new >= ARRIVED,
            (Some(known), None) => known < ARRIVED,
            (None, None) => false,
        }
    }

    /// Its place on the ladder; none for what is an end without an arrival.
    fn rung(self) -> Option<u8> {
        match self {
            Self::Queued | Self::Unsettled => Some(0),
            Self::Accepted => Some(1),
            Self::Sent => Some(2),
            Self::Delivered => Some(ARRIVED),
            Self::Read => Some(4),
            Self::Failed(_) | Self::NotSent => None,
        }
    }
}

const ARRIVED: u8 = 3;
