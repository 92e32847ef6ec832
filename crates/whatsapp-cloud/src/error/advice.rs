//! From Meta's error code to what the caller should do.

/// How long to leave a management call alone when Meta does not say.
const SLOW_SECS: u64 = 300;

/// Longer than any of Meta's windows: more is not believed.
const DAY_SECS: u64 = 24 * 60 * 60;

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
    /// Source: Meta's tables of Cloud API error codes as of 2026. What is not in them advises another
    /// channel: that neither repeats what may be hopeless nor shuts the channel for everybody. Among
    /// the codes that are in them this is also the advice for 130403 (the person blocked the
    /// business), 130497 (country), 131026 (not on WhatsApp), 131047 (window closed), 131049, 131050,
    /// 131056 (too many to one person) and 137000 (the number may have a new owner).
    #[must_use]
    pub fn for_code(code: i64) -> Self {
        match code {
            1 | 2 | 130_429 | 131_000 | 131_016 | 131_057 | 131_059 | 133_000 | 133_004 => {
                Self::RetrySoon
            }
            4 | 17 | 613 | 80_007 | 80_008 | 133_008 | 133_009 | 133_015 | 133_016 => {
                Self::RetryAfter { secs: SLOW_SECS }
            }
            0
            | 3
            | 10
            | 33
            | 104
            | 190
            | 200..=299
            | 368
            | 131_005
            | 131_031
            | 131_037
            | 131_042
            | 131_045
            | 131_048
            | 131_064
            | 133_006
            | 133_010 => Self::StopChannel,
            132_001 | 132_007 | 132_015 | 132_016 => Self::SwitchTemplate,
            100
            | 192
            | 803
            | 131_008
            | 131_009
            | 131_021
            | 131_030
            | 131_051..=131_053
            | 131_055
            | 131_062
            | 132_000
            | 132_005
            | 132_008
            | 132_012
            | 132_018
            | 132_068
            | 132_069
            | 133_005
            | 135_000
            | 136_024
            | 136_025
            | 200_002 => Self::FixRequest,
            _ => Self::UseAnotherChannel,
        }
    }

    /// The same, with the waiting time that Meta named in a header of its answer.
    pub(super) fn or_after(self, meta_says_secs: Option<u64>) -> Self {
        match (self, meta_says_secs) {
            (Self::RetryAfter { .. }, Some(secs)) if secs > 0 => Self::RetryAfter {
                secs: secs.min(DAY_SECS),
            },
            (advice, _) => advice,
        }
    }
}
