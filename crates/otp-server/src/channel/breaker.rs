//! A breaker: a way that fails time after time rests, and is then tried with one message at a time.
//!
//! It opens after a number of failures in a row. While it is open nobody is sent that way. After a
//! pause one message goes through as a probe; if it fails, the next pause is longer; if the way
//! answers, everything is as before. What counts is whether the way answers, not what: a person who
//! cannot be reached is no failure of the way.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use otp_core::Timestamp;

use super::{Accepted, Cause, DeliveryError};
use crate::clock::Clock;

/// When a way rests, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct BreakerSettings {
    /// Failures in a row that open it.
    pub failures: u32,
    /// The first pause; each further one is twice as long.
    pub pause: Duration,
    /// The longest pause.
    pub pause_max: Duration,
}

impl Default for BreakerSettings {
    fn default() -> Self {
        Self {
            failures: 5,
            pause: Duration::from_secs(5),
            pause_max: Duration::from_mins(5),
        }
    }
}

/// The way rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it failed {failures} times in a row and rests; the next try is due in {}", Seconds(*left))]
pub struct Resting {
    /// Failures in a row.
    pub failures: u32,
    /// Time until the next try.
    pub left: Duration,
}

struct Seconds(Duration);

impl std::fmt::Display for Seconds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} s", self.0.as_millis().div_ceil(1000))
    }
}

/// Watches one way for all threads.
#[derive(Debug)]
pub struct Breaker {
    settings: BreakerSettings,
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    failures: u32,
    /// Raised whenever it opens or closes, so that messages under way since before say nothing.
    era: u64,
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    until: Timestamp,
    pause: Duration,
    is_probed: bool,
}

impl Breaker {
    /// A closed one.
    #[must_use]
    pub fn new(settings: BreakerSettings, clock: Clock) -> Self {
        Self {
            settings,
            clock,
            state: Mutex::new(State {
                failures: 0,
                era: 0,
                open: None,
            }),
        }
    }

    /// Lets one message through, or says that the way rests.
    pub fn admit(&self) -> Result<Pass<'_>, Resting> {
        let now = self.clock.now();
        let mut state = self.state();
        let (failures, era) = (state.failures, state.era);
        let Some(open) = &mut state.open else {
            return Ok(Pass {
                breaker: self,
                era,
                is_probe: false,
            });
        };
        if open.is_probed || now < open.until {
            let left = open.until.since(now);
            return Err(Resting { failures, left });
        }
        open.is_probed = true;
        Ok(Pass {
            breaker: self,
            era,
            is_probe: true,
        })
    }

    /// Hands one message over by this way, and learns from what becomes of it.
    pub(super) async fn guard(
        &self,
        delivery: impl Future<Output = Result<Accepted, DeliveryError>>,
    ) -> Result<Accepted, DeliveryError> {
        let pass = self
            .admit()
            .map_err(|resting| DeliveryError::ChannelDown(Cause::Resting(resting)))?;
        let outcome = delivery.await;
        match &outcome {
            Err(DeliveryError::ChannelDown(_) | DeliveryError::Uncertain(_)) => pass.failed(),
            _ => pass.answered(),
        }
        outcome
    }

    /// Whether messages go this way now.
    pub fn health(&self) -> Result<(), Resting> {
        let state = self.state();
        match &state.open {
            None => Ok(()),
            Some(open) => Err(Resting {
                failures: state.failures,
                left: open.until.since(self.clock.now()),
            }),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One message's way through. Dropped without a word, it was called off, and says nothing.
#[derive(Debug)]
pub struct Pass<'a> {
    breaker: &'a Breaker,
    era: u64,
    is_probe: bool,
}

impl Pass<'_> {
    /// The way answered, whatever it said.
    pub fn answered(self) {
        let mut state = self.breaker.state();
        if state.era != self.era {
            return;
        }
        state.failures = 0;
        if state.open.take().is_some() {
            state.era += 1;
        }
    }

    /// The way failed.
    pub fn failed(self) {
        let Breaker {
            settings, clock, ..
        } = self.breaker;
        let mut state = self.breaker.state();
        if state.era != self.era {
            return;
        }
        state.failures = state.failures.saturating_add(1);
        let pause = match &state.open {
            Some(open) => open.pause.saturating_mul(2).min(settings.pause_max),
            None if state.failures >= settings.failures => settings.pause,
            None => return,
        };
        state.era += 1;
        state.open = Some(Open {
            until: clock.now().plus(pause),
            pause,
            is_probed: false,
        });
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if !self.is_probe {
            return;
        }
        let mut state = self.breaker.state();
        if state.era == self.era
            && let Some(open) = &mut state.open
        {
            open.is_probed = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: BreakerSettings = BreakerSettings {
        failures: 3,
        pause: Duration::from_secs(5),
        pause_max: Duration::from_secs(15),
    };

    fn breaker() -> (Breaker, Clock) {
        let clock = Clock::manual(Timestamp::from_unix_ms(1_800_000_000_000));
        (Breaker::new(SETTINGS, clock.clone()), clock)
    }

    fn fail(breaker: &Breaker, times: u32) {
        for _ in 0..times {
            breaker.admit().unwrap().failed();
        }
    }

    fn rest(breaker: &Breaker) -> Duration {
        breaker.admit().unwrap_err().left
    }

    #[test]
    fn it_opens_after_failures_in_a_row_and_not_before() {
        let (breaker, _) = breaker();
        fail(&breaker, 2);
        breaker.admit().unwrap().answered();
        fail(&breaker, 2);
        assert!(breaker.health().is_ok());
        fail(&breaker, 1);
        assert_eq!(rest(&breaker), SETTINGS.pause);
        let said = breaker.health().unwrap_err().to_string();
        assert!(
            said.contains("failed 3 times") && said.ends_with("due in 5 s"),
            "{said}"
        );
    }

    #[test]
    fn after_the_pause_one_message_goes_through_at_a_time() {
        let (breaker, clock) = breaker();
        fail(&breaker, 3);
        clock.advance(Duration::from_millis(4_999));
        assert!(breaker.admit().is_err());
        clock.advance(Duration::from_millis(1));
        let probe = breaker.admit().unwrap();
        assert!(breaker.admit().is_err(), "a second one beside the probe");
        probe.answered();
        assert!(breaker.admit().is_ok() && breaker.health().is_ok());
        fail(&breaker, 2);
        assert!(breaker.health().is_ok(), "the count began anew");
    }

    #[test]
    fn each_probe_that_fails_makes_the_pause_longer_up_to_a_limit() {
        let (breaker, clock) = breaker();
        fail(&breaker, 3);
        for longer in [10, 15, 15] {
            clock.advance(rest(&breaker));
            fail(&breaker, 1);
            assert_eq!(rest(&breaker), Duration::from_secs(longer));
        }
    }

    #[test]
    fn a_probe_that_is_called_off_makes_room_for_another() {
        let (breaker, clock) = breaker();
        fail(&breaker, 3);
        clock.advance(SETTINGS.pause);
        drop(breaker.admit().unwrap());
        breaker.admit().unwrap().answered();
        assert!(breaker.health().is_ok());
    }

    #[test]
    fn what_was_under_way_before_it_opened_neither_closes_it_nor_makes_the_pause_longer() {
        let (breaker, _) = breaker();
        let (late_answer, late_failure) = (breaker.admit().unwrap(), breaker.admit().unwrap());
        fail(&breaker, 3);
        late_answer.answered();
        late_failure.failed();
        assert_eq!(rest(&breaker), SETTINGS.pause);
    }
}
