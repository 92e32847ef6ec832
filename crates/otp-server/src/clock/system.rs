//! The time since the machine started, on a base that follows another clock slowly.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use otp_core::Timestamp;

use super::{ClockJump, Wall, millis};

/// A drift that is worth a warning: no clock that is merely corrected moves so far at once.
const JUMP: Duration = Duration::from_secs(2);
/// Our time follows another clock by at most this share of the time gone by: 500 parts in a million,
/// the rate at which `adjtime` and time servers turn a clock.
const SLEW_DIVISOR: u64 = 2_000;

/// The time since the machine started, on a wall-clock base.
#[derive(Debug)]
pub struct SystemClock {
    started: Duration,
    started_ms: u64,
    correction_ms: AtomicI64,
    last_gap_ms: AtomicI64,
    last_followed_ms: AtomicU64,
    last_told_ms: AtomicU64,
    wall: Wall,
}

impl SystemClock {
    pub(super) fn starting_at(start_ms: u64, uptime: Duration, wall: Wall) -> Self {
        Self {
            started: uptime,
            started_ms: start_ms,
            correction_ms: AtomicI64::new(0),
            last_gap_ms: AtomicI64::new(0),
            last_followed_ms: AtomicU64::new(0),
            last_told_ms: AtomicU64::new(0),
            wall,
        }
    }

    /// The wall clock beside it.
    pub(super) fn wall(&self) -> &Wall {
        &self.wall
    }

    pub(super) fn now(&self, uptime: Duration) -> Timestamp {
        let now_ms = self.reading_ms(uptime);
        // A correction can be larger than the time since somebody last asked.
        let told_ms = self.last_told_ms.fetch_max(now_ms, Ordering::Relaxed);
        Timestamp::from_unix_ms(now_ms.max(told_ms))
    }

    /// Our time before it is kept from going back.
    pub(super) fn reading_ms(&self, uptime: Duration) -> u64 {
        let elapsed_ms = millis(uptime.saturating_sub(self.started));
        self.started_ms
            .saturating_add(elapsed_ms)
            .saturating_add_signed(self.correction_ms.load(Ordering::Relaxed))
    }

    /// Takes up a small part of the gap to another clock. Answers with the gap as it was.
    pub(super) fn follow(&self, other_ms: u64, uptime: Duration) -> i64 {
        let gap_ms = self.gap_ms(other_ms, uptime);
        let elapsed_ms = millis(uptime.saturating_sub(self.started));
        let followed_ms = self.last_followed_ms.load(Ordering::Relaxed);
        let step_ms = elapsed_ms.saturating_sub(followed_ms) / SLEW_DIVISOR;
        // What is too short for a whole millisecond counts the next time.
        self.last_followed_ms
            .store(followed_ms + step_ms * SLEW_DIVISOR, Ordering::Relaxed);
        let step_ms = step_ms.cast_signed();
        self.correction_ms
            .fetch_add(gap_ms.clamp(-step_ms, step_ms), Ordering::Relaxed);
        gap_ms
    }

    /// Takes the whole gap at once: the machine stood still, and others know for how long.
    pub(super) fn catch_up(&self, gap_ms: i64) {
        self.correction_ms.fetch_add(gap_ms, Ordering::Relaxed);
    }

    /// How far another clock is ahead of our time.
    pub(super) fn gap_ms(&self, other_ms: u64, uptime: Duration) -> i64 {
        other_ms
            .cast_signed()
            .saturating_sub(self.reading_ms(uptime).cast_signed())
    }

    /// Is the gap to the wall clock another one than last time?
    pub(super) fn jump(&self, gap_ms: i64) -> Option<ClockJump> {
        let moved_ms = gap_ms.abs_diff(self.last_gap_ms.swap(gap_ms, Ordering::Relaxed));
        (u128::from(moved_ms) > JUMP.as_millis()).then_some(ClockJump { gap_ms })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR_MS: u64 = 3_600_000;
    const START_MS: u64 = 1_800_000_000_000;

    /// Runs a clock for `secs` seconds beside a wall clock that is `off_ms` away from the truth.
    fn after(secs: u64, wall_off_ms: i64) -> (u64, usize) {
        let base = Duration::from_secs(77);
        let clock = SystemClock::starting_at(START_MS, base, Wall::default());
        let mut jumps = 0;
        for second in 1..=secs {
            let wall_ms = (START_MS + second * 1000).saturating_add_signed(wall_off_ms);
            let gap_ms = clock.follow(wall_ms, base + Duration::from_secs(second));
            jumps += usize::from(clock.jump(gap_ms).is_some());
        }
        (
            clock.now(base + Duration::from_secs(secs)).unix_ms() - START_MS,
            jumps,
        )
    }

    #[test]
    fn a_wall_clock_that_jumps_an_hour_ahead_moves_our_time_by_300_ms_in_ten_minutes() {
        assert_eq!(after(600, HOUR_MS.cast_signed()), (600_300, 1));
    }

    #[test]
    fn a_wall_clock_that_jumps_a_day_back_never_turns_our_time_back() {
        assert_eq!(after(600, -24 * HOUR_MS.cast_signed()), (599_700, 1));
    }

    #[test]
    fn a_steady_wall_clock_is_followed_without_a_word() {
        assert_eq!(after(300, 0), (300_000, 0));
    }

    #[test]
    fn a_small_offset_is_made_up_for() {
        assert_eq!(after(3_000, 1_000), (3_001_000, 0));
    }

    #[test]
    fn our_time_stands_still_rather_than_go_back_when_it_follows_after_a_pause() {
        let base = Duration::from_secs(77);
        let clock = SystemClock::starting_at(START_MS, base, Wall::default());
        let after_an_hour = base + Duration::from_hours(1);
        let before = clock.now(after_an_hour);
        let gap_ms = clock.follow(START_MS, after_an_hour);
        assert_eq!(gap_ms, -HOUR_MS.cast_signed());
        assert_eq!(clock.now(after_an_hour), before);
        assert_eq!(clock.now(after_an_hour + Duration::from_secs(1)), before);
        let later = clock.now(after_an_hour + Duration::from_secs(2));
        assert_eq!(later.unix_ms(), before.unix_ms() + 200);
    }
}
