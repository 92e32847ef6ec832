//! From Meta's error code to what the caller should do.

/// How long to leave a management call alone when Meta does not say.
const SLOW_SECS: u64 = 300;

/// What to do about a failed call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Advice {
    /// Passing: try again within the life of the code, with backoff and jitter; then another channel.
    RetrySoon,
    /// Throttled for longer than a code usually lives.
    RetryAfter {
        /// Seconds to wait.
        secs: u64,
    },
    /// This recipient cannot be reached this way; others can.
    UseAnotherChannel,
    /// The request, or the configuration behind it, is wrong: raise an alarm, do not repeat.
    FixRequest,
    /// Nobody can be reached this way until a person has acted: token, permission, payment, a block.
    StopChannel,
    /// The template cannot be used: take another one, or another of its languages, and raise an alarm.
    SwitchTemplate,
}

impl Advice {
    /// The advice for one of Meta's codes.
    ///
    /// Source: Meta's tables of Cloud API error codes as of 2026. An unknown code advises another
    /// channel: it neither repeats what may be hopeless nor shuts the channel for everybody.
    #[must_use]
    pub fn for_code(code: i64) -> Self {
        match code {
            1 | 2 | 130_429 | 131_000 | 131_016 | 131_057 | 131_059 | 133_000 | 133_004 => {
                Self::RetrySoon
            }
            4 | 17 | 613 | 80_007 | 80_008 | 133_006 | 133_008 | 133_009 | 133_015 => {
                Self::RetryAfter { secs: SLOW_SECS }
            }
            130_403 | 130_472 | 130_497 | 131_026 | 131_047 | 131_049 | 131_050 | 131_056
            | 137_000 => Self::UseAnotherChannel,
            0 | 3 | 10 | 33 | 104 | 190 | 200..=299 | 368 => Self::StopChannel,
            131_005 | 131_031 | 131_037 | 131_042 | 131_045 | 131_048 | 131_064 | 133_010 => {
                Self::StopChannel
            }
            132_001 | 132_007 | 132_015 | 132_016 => Self::SwitchTemplate,
            100 | 803 | 131_008 | 131_009 | 131_021 | 131_030 | 131_051 | 131_062 | 135_000 => {
                Self::FixRequest
            }
            132_000 | 132_005 | 132_008 | 132_012 | 132_018 => Self::FixRequest,
            _ => Self::UseAnotherChannel,
        }
    }
}
