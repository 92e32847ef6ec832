//! The one place that reads a real clock.
//!
//! Wall time is read once, at start, and carried on by the time since the machine started, sleep
//! included, so a wall clock that jumps cannot widen a limit or let a code live on. Where the two
//! drift apart, our time follows slowly, at most 0.05 % faster or slower than real time. A restart
//! of the process goes on where the last one was: see [`Seen`]. Servers that share a store share
//! one time: see [`Testimony`].

mod seen;
mod system;
mod testimony;
mod uptime;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use otp_core::Timestamp;

pub use self::seen::Seen;
pub use self::system::SystemClock;
pub use self::testimony::{Heard, Testimony};
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
        Self::system_beside(Wall::default())
    }

    /// Real time on a machine with this wall clock.
    #[must_use]
    pub fn system_beside(wall: Wall) -> Self {
        let start_ms = wall.now_ms();
        Self::System(Arc::new(SystemClock::starting_at(
            start_ms,
            uptime::uptime(),
            wall,
        )))
    }

    /// A clock that stands still until it is moved.
    #[must_use]
    pub fn manual(now: Timestamp) -> Self {
        Self::Manual(Arc::new(AtomicU64::new(now.unix_ms())))
    }

    /// A real clock goes on from what an earlier process kept; one that is moved by hand stays as
    /// it is. Time never starts before that, and where the machine has been up since, it starts as
    /// much later as has really passed, whatever the wall clock says by now.
    #[must_use]
    pub fn resumed_from(self, seen: Option<Seen>) -> Self {
        match (&self, seen) {
            (Self::System(clock), Some(seen)) => {
                let start_ms = seen.start_ms(clock.wall().now_ms(), Uptime::now());
                self.restarted_at(start_ms)
            }
            _ => self,
        }
    }

    /// A real clock goes on from this moment; one that is moved by hand stays as it is.
    #[must_use]
    pub fn restarted_at(self, start_ms: u64) -> Self {
        match self {
            Self::System(clock) => Self::System(Arc::new(SystemClock::starting_at(
                start_ms,
                uptime::uptime(),
                clock.wall().clone(),
            ))),
            Self::Manual(_) => self,
        }
    }

    /// Milliseconds since the Unix epoch, never less than before.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System(clock) => clock.now(uptime::uptime()),
            Self::Manual(now) => Timestamp::from_unix_ms(now.load(Ordering::SeqCst)),
        }
    }

    /// Compares with the wall clock and follows it a little. Call it about once a second, unless
    /// our time goes by other servers'. Answers with the gap when the wall clock has just jumped.
    #[must_use]
    pub fn follow_wall(&self) -> Option<ClockJump> {
        let Self::System(clock) = self else {
            return None;
        };
        clock.jump(clock.follow(clock.wall().now_ms(), uptime::uptime()))
    }

    /// Compares with the wall clock and leaves it at that.
    #[must_use]
    pub fn watch_wall(&self) -> Option<ClockJump> {
        let Self::System(clock) = self else {
            return None;
        };
        clock.jump(clock.gap_ms(clock.wall().now_ms(), uptime::uptime()))
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

/// The machine's wall clock, which a test can make go wrong.
#[derive(Clone, Debug, Default)]
pub struct Wall {
    wrong_by_ms: Arc<AtomicI64>,
}

impl Wall {
    /// From now on it is this far ahead of what the machine says, or behind.
    pub fn go_wrong_by(&self, ms: i64) {
        self.wrong_by_ms.store(ms, Ordering::SeqCst);
    }

    fn now_ms(&self) -> u64 {
        wall_ms().saturating_add_signed(self.wrong_by_ms.load(Ordering::SeqCst))
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
fn wall_ms() -> u64 {
    let wall = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    millis(wall)
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
            at_ms: wall_ms() + HOUR_MS,
            uptime: None,
        };
        let clock = Clock::system().resumed_from(Some(seen));
        assert!(clock.now().unix_ms() >= seen.at_ms);
        assert!(clock.now().unix_ms() < seen.at_ms + HOUR_MS);
    }

    #[test]
    fn a_restart_under_a_wall_clock_that_was_set_ahead_goes_on_from_the_kept_time() {
        let wall = Wall::default();
        wall.go_wrong_by(25 * HOUR_MS.cast_signed());
        let seen = Seen::just_now(wall_ms());
        if seen.uptime.is_some() {
            let clock = Clock::system_beside(wall).resumed_from(Some(seen));
            let now_ms = clock.now().unix_ms();
            assert!(now_ms < seen.at_ms + HOUR_MS, "{now_ms} after {seen:?}");
        }
    }
}
