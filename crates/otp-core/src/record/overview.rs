//! What may be told of a verification, and what may be done next.

use super::{Record, Status, Verification};
use crate::window;
use crate::{Policy, Timestamp, VerificationId};

/// A verification as it stands at a moment.
#[derive(Clone, Debug)]
pub struct Overview {
    /// It.
    pub verification: Verification,
    /// Where it stands: a code whose time is over has expired, whether anybody noticed or not.
    pub status: Status,
    /// Guesses left.
    pub attempts_left: u8,
    /// The next send to this phone is refused before this moment.
    pub next_send_at: Timestamp,
    /// The next guess is not compared before this moment.
    pub next_check_at: Timestamp,
    /// How many sends to this phone the tightest limit lets through.
    pub room: Room,
}

/// What a limit lets through from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// So many.
    pub left: u32,
    /// Of so many.
    pub limit: u32,
    /// Within so many seconds.
    pub within_secs: u64,
    /// When there is more room again.
    pub more_at: Timestamp,
}

impl Record {
    /// How a verification stands; nothing when it is not remembered.
    #[must_use]
    pub fn overview(
        &self,
        id: VerificationId,
        policy: &Policy,
        now: Timestamp,
    ) -> Option<Overview> {
        let verification = self.verification(id)?;
        let status = match verification.status {
            Status::Pending if verification.is_overdue(now) => Status::Expired,
            Status::ExpiredAndTold => Status::Expired,
            status => status,
        };
        Some(Overview {
            status,
            attempts_left: match status {
                Status::Pending => self.attempts_left(verification, policy, now),
                _ => 0,
            },
            next_send_at: self.next_send_at(policy, now),
            next_check_at: window::next_check_at(&self.failures, &policy.guesses, now)
                .unwrap_or(now),
            room: self.room(policy, now),
            verification: verification.clone(),
        })
    }

    /// What the tightest limit on sends lets through.
    #[must_use]
    pub fn room(&self, policy: &Policy, now: Timestamp) -> Room {
        window::room(&self.sends, &policy.sends.windows, now)
    }
}
