//! A template's name and its two times: how long the code is said to be good, how long WhatsApp may try to deliver it.

use std::fmt;

use whatsapp_cloud::{CodeExpiration, TemplateName, TimeToLive};

use super::Invalid;

/// The server's code lifetime by default: a code that arrives later could not be used.
pub const DEFAULT_TIME_TO_LIVE_SECS: i64 = 300;

/// A template's name.
pub fn template_name(typed: &str) -> Result<TemplateName, Invalid> {
    let name = typed.trim();
    match name
        .chars()
        .find(|c| !matches!(c, 'a'..='z' | '0'..='9' | '_'))
    {
        // Which character it is helps more than the rule does.
        Some(stray) => Err(Invalid::new(format!(
            "a name holds only a-z, 0-9 and _, not {stray:?}"
        ))),
        None => Ok(TemplateName::parse(name)?),
    }
}

/// The template's expiry line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// The message says nothing of expiry.
    Unsaid,
    /// The message says "This code expires in N minutes."
    Said(CodeExpiration),
}

impl Expiry {
    /// The minutes, when the message says them.
    pub fn minutes(self) -> Option<u32> {
        self.code_expiration().map(CodeExpiration::minutes)
    }

    /// For the wire.
    #[must_use]
    pub fn code_expiration(self) -> Option<CodeExpiration> {
        match self {
            Self::Unsaid => None,
            Self::Said(expiration) => Some(expiration),
        }
    }
}

impl fmt::Display for Expiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.minutes() {
            None => f.write_str("none"),
            Some(minutes) => write!(f, "{minutes}"),
        }
    }
}

/// Minutes from 1 to 90, or `none`.
pub fn expiry(typed: &str) -> Result<Expiry, Invalid> {
    let typed = typed.trim();
    if typed == "none" {
        return Ok(Expiry::Unsaid);
    }
    let minutes = typed
        .parse()
        .map_err(|_| Invalid::new("minutes are 1 to 90, or none for no expiry line"))?;
    Ok(Expiry::Said(CodeExpiration::from_minutes(minutes)?))
}

/// Seconds from 30 to 900, or -1 for 30 days.
pub fn time_to_live(typed: &str) -> Result<TimeToLive, Invalid> {
    let secs = typed
        .trim()
        .parse()
        .map_err(|_| Invalid::new("seconds are 30 to 900, or -1 for 30 days"))?;
    Ok(TimeToLive::from_secs(secs)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_512_characters_is_taken_and_one_of_513_is_not() {
        assert!(template_name(&"a".repeat(512)).is_ok());
        assert!(template_name(&"a".repeat(513)).is_err());
        assert!(template_name(" ").is_err());
    }

    #[test]
    fn a_refusal_names_the_character_that_does_not_belong() {
        assert_eq!(
            template_name("otp-code").unwrap_err().to_string(),
            "a name holds only a-z, 0-9 and _, not '-'"
        );
        assert!(template_name("Otp").is_err());
    }

    #[test]
    fn minutes_run_from_1_to_90_or_are_none() {
        assert_eq!(expiry("1").unwrap().minutes(), Some(1));
        assert_eq!(expiry(" 90 ").unwrap().minutes(), Some(90));
        assert_eq!(expiry("none"), Ok(Expiry::Unsaid));
        for typed in ["0", "91", "-1", "five", "", "1.5"] {
            assert!(expiry(typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn time_to_live_runs_from_30_to_900_or_is_minus_one() {
        for (typed, secs) in [("30", 30), ("900", 900), ("-1", -1)] {
            assert_eq!(time_to_live(typed).unwrap().secs(), secs);
        }
        for typed in ["29", "901", "0", "-2", "5 min"] {
            assert!(time_to_live(typed).is_err(), "{typed}");
        }
    }
}
