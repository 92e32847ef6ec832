//! A moment of our time that outlives the process.

use super::uptime::Uptime;

/// A wall clock that is ahead of what has really passed by no more than this is believed.
const AHEAD_MAX_MS: u64 = 60_000;

/// A moment of our time, and how long the machine had been up then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Milliseconds since the Unix epoch.
    pub at_ms: u64,
    /// `None` where the system does not say.
    pub uptime: Option<Uptime>,
}

impl Seen {
    /// A moment that is now.
    #[must_use]
    pub fn just_now(at_ms: u64) -> Self {
        Self {
            at_ms,
            uptime: Uptime::now(),
        }
    }

    /// Where our time goes on. If the machine has been up all the while, we know how much time has
    /// passed, and a wall clock that says much more was set ahead. If it was started anew, nobody
    /// knows how long it was off, and the wall clock is the best there is; but time has not gone
    /// back, so one that lies before the kept moment is wrong.
    pub(super) fn start_ms(self, wall_ms: u64, uptime: Option<Uptime>) -> u64 {
        let passed_ms = self
            .uptime
            .zip(uptime)
            .filter(|(then, now)| then.boot == now.boot)
            .map(|(then, now)| now.ms.saturating_sub(then.ms));
        let Some(passed_ms) = passed_ms else {
            return wall_ms.max(self.at_ms);
        };
        let own_ms = self.at_ms.saturating_add(passed_ms);
        if wall_ms > own_ms.saturating_add(AHEAD_MAX_MS) {
            own_ms
        } else {
            wall_ms.max(own_ms)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEPT_MS: u64 = 1_800_000_000_000;
    const HOUR_MS: u64 = 3_600_000;

    fn up(boot: u8, ms: u64) -> Uptime {
        let boot = [boot; 16];
        Uptime { boot, ms }
    }

    /// Where our time starts, after the kept moment, an hour later by the same machine's count.
    fn an_hour_later(wall_after_ms: i64) -> u64 {
        let seen = Seen {
            at_ms: KEPT_MS,
            uptime: Some(up(1, 5)),
        };
        let wall_ms = KEPT_MS.saturating_add_signed(wall_after_ms);
        seen.start_ms(wall_ms, Some(up(1, 5 + HOUR_MS))) - KEPT_MS
    }

    #[test]
    fn a_machine_that_stayed_up_knows_how_much_time_has_passed() {
        let day = 24 * HOUR_MS.cast_signed();
        assert_eq!(an_hour_later(day), HOUR_MS);
        assert_eq!(an_hour_later(-day), HOUR_MS);
    }

    #[test]
    fn a_wall_clock_that_is_a_little_ahead_is_believed() {
        assert_eq!(
            an_hour_later(HOUR_MS.cast_signed() + 1_000),
            HOUR_MS + 1_000
        );
    }

    #[test]
    fn after_the_machine_was_off_the_wall_clock_counts_unless_it_lies_in_the_past() {
        let seen = Seen {
            at_ms: KEPT_MS,
            uptime: Some(up(1, 5)),
        };
        let day = 24 * HOUR_MS;
        assert_eq!(seen.start_ms(KEPT_MS + day, Some(up(2, 9))), KEPT_MS + day);
        assert_eq!(seen.start_ms(KEPT_MS - day, Some(up(2, 9))), KEPT_MS);
        assert_eq!(seen.start_ms(KEPT_MS - day, None), KEPT_MS);
    }
}
