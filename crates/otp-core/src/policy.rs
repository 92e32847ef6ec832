//! The numbers that bound guessing and sending, and the proof that they agree.

use std::time::Duration;

use crate::{CodePolicy, InvalidCodeLength, Workflow};

/// The shortest code that the defaults are made for.
pub const CODE_LENGTH_MIN: u32 = 6;
/// Failed checks a day that the defaults allow at one number.
pub const CHECKS_PER_DAY_MAX: u64 = 10;
/// No code lives longer (NIST SP 800-63B-4, 3.1.3.2).
pub const LIFETIME_MAX: Duration = Duration::from_mins(10);

// A day of guessing at one number must keep its odds under 1 in 10,000.
const _: () = assert!(CHECKS_PER_DAY_MAX * 10_000 <= 10_u64.pow(CODE_LENGTH_MIN));
// The defaults must be a policy that `Policy::validate` accepts.
const _: () = assert!(Policy::DEFAULT_LIFETIME.as_secs() <= LIFETIME_MAX.as_secs());

/// At most `count` within `length`, counted over a sliding window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// How far back the count reaches.
    pub length: Duration,
    /// How many fit.
    pub count: u32,
}

impl Window {
    /// `count` within `length`.
    #[must_use]
    pub const fn new(count: u32, length: Duration) -> Self {
        Self { length, count }
    }
}

/// How often one phone may be sent a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendLimits {
    /// The least time between two sends.
    pub cooldown: Duration,
    /// Caps over ten minutes, an hour, a day.
    pub windows: [Window; 3],
    /// Cap on sends that a channel refused: they are given back to the other caps.
    pub refused: Window,
}

/// How often one phone may guess wrong, over all its codes; only a success starts the count anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuessLimits {
    /// Caps over an hour and a day.
    pub windows: [Window; 2],
    /// Failures that cost no wait: a person's own typing errors.
    pub free_failures: u32,
    /// The wait behind the last free failure; each further failure doubles it.
    pub first_wait: Duration,
}

/// How much slower a phone is sent codes after its owner said that they asked for none: somebody
/// else asks in their name. Reports of the last day count, over all codes of the phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportLimits {
    /// The wait behind a report that is the only one of the day before it.
    pub after_one: Duration,
    /// The wait behind the latest of several; no longer than the day that reports are remembered.
    pub after_more: Duration,
}

/// Everything that the decisions are bound by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Length and alphabet of a code.
    pub code: CodePolicy,
    /// From a code's making to its end.
    pub lifetime: Duration,
    /// Wrong guesses that one code survives, plus one.
    pub attempts_per_code: u8,
    /// How often a phone may be sent a code.
    pub sends: SendLimits,
    /// How often a phone may guess wrong.
    pub guesses: GuessLimits,
    /// How much slower it is sent codes that nobody asked for.
    pub reports: ReportLimits,
    /// The channels that a code goes out by.
    pub workflow: Workflow,
    /// After this long without a result, a delivery is taken up again (once) or given up.
    pub deliver_within: Duration,
}

/// Two numbers of a policy contradict each other, or one is out of its range.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum InvalidPolicy {
    /// No code is so long.
    #[error(transparent)]
    Length(#[from] InvalidCodeLength),
    /// See [`LIFETIME_MAX`].
    #[error("a code lives at least a second and at most {} seconds", LIFETIME_MAX.as_secs())]
    Lifetime,
    /// A count of zero would refuse everything for ever.
    #[error("a limit of zero lets nothing through")]
    Zero,
    /// Guessing at one number for a day must stay under 1 in 10,000.
    #[error(
        "{failures_per_day} failed checks a day against {space} possible codes is worse than 1 in 10,000: \
         use longer codes or fewer failed checks"
    )]
    Odds {
        /// What the day's window allows.
        failures_per_day: u32,
        /// How many different codes there are.
        space: u128,
    },
}

impl Policy {
    /// Five minutes.
    pub const DEFAULT_LIFETIME: Duration = Duration::from_mins(5);

    /// Checks that the numbers agree.
    pub fn validate(&self) -> Result<(), InvalidPolicy> {
        if self.lifetime < Duration::from_secs(1) || self.lifetime > LIFETIME_MAX {
            return Err(InvalidPolicy::Lifetime);
        }
        let counts = self
            .sends
            .windows
            .iter()
            .chain(&self.guesses.windows)
            .map(|window| window.count);
        if self.attempts_per_code == 0 || counts.into_iter().any(|count| count == 0) {
            return Err(InvalidPolicy::Zero);
        }
        let failures_per_day = self.guesses.windows[1].count;
        let space = self.code.space();
        if u128::from(failures_per_day) * 10_000 > space {
            return Err(InvalidPolicy::Odds {
                failures_per_day,
                space,
            });
        }
        Ok(())
    }
}

impl Default for Policy {
    fn default() -> Self {
        const HOUR: Duration = Duration::from_hours(1);
        const DAY: Duration = Duration::from_hours(24);
        Self {
            code: CodePolicy::default(),
            lifetime: Self::DEFAULT_LIFETIME,
            attempts_per_code: 3,
            sends: SendLimits {
                cooldown: Duration::from_mins(1),
                windows: [
                    Window::new(5, Duration::from_mins(10)),
                    Window::new(5, HOUR),
                    Window::new(10, DAY),
                ],
                refused: Window::new(10, HOUR),
            },
            guesses: GuessLimits {
                windows: [Window::new(5, HOUR), Window::new(10, DAY)],
                free_failures: 3,
                first_wait: Duration::from_secs(30),
            },
            reports: ReportLimits {
                after_one: HOUR,
                after_more: DAY,
            },
            workflow: Workflow::default(),
            deliver_within: Duration::from_secs(15),
        }
    }
}
