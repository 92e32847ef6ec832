//! What servers tell each other about the time, so that all of them keep the same.

use std::time::Duration;

use super::system::SystemClock;
use super::uptime::{self, Uptime};
use super::{Clock, millis};

/// Other servers that are further ahead of us than this have seen time pass that we have not.
/// More than they may be ahead without proof, which `store/redis/tick.lua` bounds.
const BEHIND_MS: i64 = 300;
/// An answer that took longer says too little about now.
const ROUND_TRIP_MAX: Duration = Duration::from_millis(200);

/// What a server can say of the time when it asks the others.
#[derive(Clone, Copy, Debug)]
pub struct Testimony {
    /// Our own time.
    pub own_ms: u64,
    /// What the wall clock says.
    pub wall_ms: u64,
    /// How long the machine has been up; `None` where the system does not say.
    pub uptime: Option<Uptime>,
    given_at: Duration,
}

/// What an answer meant for our time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// We keep the same time, or nearly, and come nearer.
    InStep,
    /// Our machine stood still for so long while others went on; we have caught up.
    CaughtUp {
        /// The time made up for.
        by_ms: u64,
    },
}

impl Clock {
    /// What we can say now; nothing on a clock that is moved by hand.
    #[must_use]
    pub fn testimony(&self) -> Option<Testimony> {
        let Self::System(clock) = self else {
            return None;
        };
        let given_at = uptime::uptime();
        Some(Testimony {
            own_ms: clock.reading_ms(given_at),
            wall_ms: clock.wall().now_ms(),
            uptime: Uptime::now(),
            given_at,
        })
    }

    /// Comes nearer to the time that was just answered to our testimony.
    #[must_use]
    pub fn hear(&self, answered_ms: u64, to: &Testimony) -> Heard {
        match self {
            Self::System(clock) => clock.hear(answered_ms, to.given_at, uptime::uptime()),
            Self::Manual(_) => Heard::InStep,
        }
    }
}

impl SystemClock {
    fn hear(&self, answered_ms: u64, asked: Duration, heard: Duration) -> Heard {
        // The answer was true when it was given; since then the others have gone on.
        let gap_ms = self.gap_ms(answered_ms, heard);
        if gap_ms > BEHIND_MS {
            self.catch_up(gap_ms);
            return Heard::CaughtUp {
                by_ms: gap_ms.unsigned_abs(),
            };
        }
        let round_trip = heard.saturating_sub(asked);
        if round_trip <= ROUND_TRIP_MAX {
            self.follow(answered_ms + millis(round_trip / 2), heard);
        }
        Heard::InStep
    }
}

#[cfg(test)]
mod tests {
    use super::super::Wall;
    use super::*;

    const START_MS: u64 = 1_800_000_000_000;

    fn at(ms: u64) -> Duration {
        Duration::from_millis(77_000 + ms)
    }

    fn clock() -> SystemClock {
        SystemClock::starting_at(START_MS, at(0), Wall::default())
    }

    #[test]
    fn a_server_that_stood_still_catches_up_at_once() {
        let clock = clock();
        let heard = clock.hear(START_MS + 61_000, at(990), at(1_000));
        assert_eq!(heard, Heard::CaughtUp { by_ms: 60_000 });
        assert_eq!(clock.now(at(1_000)).unix_ms(), START_MS + 61_000);
    }

    #[test]
    fn a_small_lead_of_the_others_is_taken_up_slowly_and_half_the_way_back_counts() {
        let clock = clock();
        let heard = clock.hear(START_MS + 10_000 + 250, at(9_980), at(10_000));
        assert_eq!(heard, Heard::InStep);
        assert_eq!(clock.now(at(10_000)).unix_ms(), START_MS + 10_005);
        for second in 11..600 {
            let answered_ms = START_MS + second * 1_000 + 250;
            clock.hear(
                answered_ms,
                at(second * 1_000 - 10),
                at(second * 1_000 + 10),
            );
        }
        assert_eq!(clock.now(at(600_000)).unix_ms(), START_MS + 600_250);
    }

    #[test]
    fn others_that_fell_back_are_not_followed_at_once() {
        let clock = clock();
        clock.hear(START_MS, at(599_990), at(600_000));
        assert_eq!(clock.now(at(600_000)).unix_ms(), START_MS + 599_700);
    }

    #[test]
    fn an_answer_that_took_long_is_not_followed() {
        let clock = clock();
        clock.hear(START_MS + 9_900, at(9_000), at(10_000));
        assert_eq!(clock.now(at(10_000)).unix_ms(), START_MS + 10_000);
    }
}
