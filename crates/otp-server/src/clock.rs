//! The one place that reads a real clock.
//!
//! Wall time is read once, at start, and carried on by the time since the machine started, sleep
//! included, so a wall clock that jumps cannot widen a limit or let a code live on. Where the two
//! drift apart, our time follows slowly, at most 0.05 % faster or slower than real time. A restart
//! of the process goes on where the last one was: see [`Seen`].

mod seen;
mod system;
mod uptime;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use otp_core::Timestamp;

pub use self::seen::Seen;
pub use self::system::SystemClock;
pub use self::uptime::Uptime;

/// Tells the time; cheap to clone, all clones agree.
#[derive(Clone, Debug)]
pub enum Clock {
    /// Real time.
    System(Arc<SystemClock>),
    /// Time that a test moves by hand: milliseconds since the Unix epoch.
    Manual(Arc<AtomicU64>),
}

impl Clock {
    /// Real time, read from the wall now.
    #[must_use]
    pub fn system() -> Self {
        Self::system_from(None)
    }

    /// Real time that goes on from what an earlier process kept. It never starts before that, and
    /// where the machine has been up since, it starts as much later as has really passed, whatever
    /// the wall clock says by now.
    #[must_use]
    pub fn system_from(seen: Option<Seen>) -> Self {
        let (wall_ms, uptime) = read_clocks();
        let start_ms = seen.map_or(wall_ms, |seen| seen.start_ms(wall_ms, Uptime::now()));
        Self::System(Arc::new(SystemClock::starting_at(start_ms, uptime)))
    }

    /// What the wall clock says. Only for opening a store, which has to come before
    /// [`Clock::system_from`].
    #[must_use]
    pub fn wall() -> Timestamp {
        Timestamp::from_unix_ms(read_clocks().0)
    }

    /// A real clock goes on from what the store kept; one that is moved by hand stays as it is.
    #[must_use]
    pub fn resumed_from(self, seen: Option<Seen>) -> Self {
        match self {
            Self::System(_) => Self::system_from(seen),
            Self::Manual(_) => self,
        }
    }

    /// A clock that stands still until it is moved.
    #[must_use]
    pub fn manual(now: Timestamp) -> Self {
        Self::Manual(Arc::new(AtomicU64::new(now.unix_ms())))
    }

    /// Milliseconds since the Unix epoch, never less than before.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System(clock) => clock.now(uptime::uptime()),
            Self::Manual(now) => Timestamp::from_unix_ms(now.load(Ordering::SeqCst)),
        }
    }

    /// Compares with the wall clock and follows it a little. Call it about once a second.
    /// Answers with the gap when the wall clock has just jumped.
    #[must_use]
    pub fn follow_wall(&self) -> Option<ClockJump> {
        let Self::System(clock) = self else {
            return None;
        };
        let (wall_ms, uptime) = read_clocks();
        clock.follow(wall_ms, uptime)
    }

    /// Moves a manual clock on.
    ///
    /// # Panics
    ///
    /// On a real clock, which moves by itself.
    pub fn advance(&self, by: Duration) {
        let Self::Manual(now) = self else {
            panic!("only a manual clock can be moved")
        };
        now.fetch_add(millis(by), Ordering::SeqCst);
    }
}

/// The wall clock moved away from the monotonic one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockJump {
    /// Wall time less our time: positive when the wall clock went ahead.
    pub gap_ms: i64,
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the real clock"
)]
fn read_clocks() -> (u64, Duration) {
    let wall = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    (millis(wall), uptime::uptime())
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the real clock"
)]
fn monotonic_now() -> Instant {
    Instant::now()
}

/// Measures how long something takes, for metrics; no decision rests on it.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts now.
    #[must_use]
    pub fn start() -> Self {
        Self(monotonic_now())
    }

    /// Time since the start.
    #[must_use]
    pub fn elapsed(self) -> Duration {
        monotonic_now().saturating_duration_since(self.0)
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR_MS: u64 = 3_600_000;

    #[test]
    fn a_restart_under_a_wall_clock_that_was_set_back_goes_on_from_the_kept_time() {
        let seen = Seen {
            at_ms: Clock::wall().unix_ms() + HOUR_MS,
            uptime: None,
        };
        let clock = Clock::system_from(Some(seen));
        assert!(clock.now().unix_ms() >= seen.at_ms);
        assert!(clock.now().unix_ms() < seen.at_ms + HOUR_MS);
    }

    #[test]
    fn a_restart_under_a_wall_clock_that_was_set_ahead_goes_on_from_the_kept_time() {
        let wall_ms = Clock::wall().unix_ms();
        let seen = Seen::just_now(wall_ms - 25 * HOUR_MS);
        if seen.uptime.is_some() {
            let now_ms = Clock::system_from(Some(seen)).now().unix_ms();
            assert!(now_ms < seen.at_ms + HOUR_MS, "{now_ms} after {seen:?}");
        }
    }
}
