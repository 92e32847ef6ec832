//! What a provider or the network said about a failed delivery, in words that a log may show.
//!
//! No text here holds the code, a whole number or an address: what comes from outside goes through
//! [`quoted`] first.

use std::fmt;
use std::time::Duration;

use otp_core::AddressKind;
use otp_core::Refusal;
use whatsapp_cloud::{Advice, GraphError};

use super::Secret;
use super::breaker::Resting;

/// Why a delivery failed.
#[derive(Debug, thiserror::Error)]
pub enum Cause {
    /// Meta's Graph API, or the way there.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// Another provider answered.
    #[error(transparent)]
    Answer(#[from] ProviderAnswer),
    /// The way to another provider.
    #[error(transparent)]
    Wire(#[from] Trouble),
    /// The channel needs an address that is not known of this person.
    #[error("no {0} is known of this person")]
    NoAddress(AddressKind),
    /// The channel is not set up here.
    #[error("this channel is not configured")]
    NotConfigured,
    /// The person wants nothing this way.
    #[error("the person wants no messages this way")]
    OptedOut,
    /// Nobody knows whether the person wants anything this way, and then nothing is sent.
    #[error("it is not known whether the person wants messages this way: {0}")]
    OptOutsUnknown(String),
    /// Free text may be sent only for a day after the person wrote.
    #[error("the person has not written within a day, so free text is not allowed")]
    NoWindow,
    /// The day's money is spent.
    #[error("the budget is spent")]
    OverBudget(Refusal),
    /// Nobody knows whether there is money left, and then nothing is sent.
    #[error("it is not known whether the budget allows it: {0}")]
    BudgetUnknown(String),
    /// The channel was not asked, because it has just failed several times.
    #[error(transparent)]
    Resting(#[from] Resting),
}

impl Cause {
    /// How long to leave the channel alone, where it said so.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Graph(error) => match error.advice() {
                Advice::RetryAfter { secs } => Some(Duration::from_secs(secs)),
                _ => None,
            },
            Self::Answer(answer) => answer.retry_after,
            Self::Resting(resting) => Some(resting.left),
            Self::Wire(_)
            | Self::NoAddress(_)
            | Self::NotConfigured
            | Self::OptedOut
            | Self::OptOutsUnknown(_)
            | Self::NoWindow
            | Self::OverBudget(_)
            | Self::BudgetUnknown(_) => None,
        }
    }
}

/// What a provider answered instead of taking a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderAnswer {
    /// Who answered.
    pub provider: &'static str,
    /// The status of the answer, in the provider's protocol.
    pub status: u16,
    /// The provider's own code for what is wrong, which its documentation explains.
    pub code: Option<String>,
    /// The provider's own words, fit for a log.
    pub said: Option<String>,
    /// How long it wants to be left alone.
    pub retry_after: Option<Duration>,
}

impl fmt::Display for ProviderAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} answered {}", self.provider, self.status)?;
        if let Some(code) = &self.code {
            write!(f, " (#{code})")?;
        }
        if let Some(said) = &self.said {
            write!(f, ": {said}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ProviderAnswer {}

/// What went wrong between us and a provider.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// No connection: no address, refused, unreachable, no trust.
    #[error("cannot connect: {0}")]
    Connect(String),
    /// The connection ended.
    #[error("the connection ended before the answer")]
    Lost,
    /// The deadline passed.
    #[error("no answer before the deadline")]
    TimedOut,
    /// What came is not what this protocol answers with.
    #[error("the answer cannot be read: {0}")]
    Unreadable(&'static str),
    /// The request could not be made.
    #[error("the request cannot be made: {0}")]
    Malformed(&'static str),
}

/// Longer texts are cut: an error is a line in a log.
const CHARS_MAX: usize = 200;
/// A run of so many digits may be part of a number; providers' own codes are told apart before.
const DIGITS_MIN: usize = 4;

/// One line of a provider's words, without the code, digits in a row and e-mail addresses.
pub(super) fn quoted(text: &str, code: &Secret) -> Option<String> {
    let text = match code.reveal() {
        "" => text.to_owned(),
        code => text.replace(code, "***"),
    };
    let masked: Vec<String> = text.split_whitespace().map(masked_word).collect();
    let masked = mask_digits(&masked.join(" "));
    let cut: String = masked
        .chars()
        .filter(|letter| !letter.is_control())
        .take(CHARS_MAX)
        .collect();
    (!cut.is_empty()).then_some(cut)
}

/// A provider's own code: short, and nothing but letters, digits and marks that join them.
pub(super) fn own_code(text: &str) -> Option<String> {
    let is_code = (1..=32).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    is_code.then(|| text.to_owned())
}

fn masked_word(word: &str) -> String {
    if word.contains('@') { "***" } else { word }.to_owned()
}

/// Masks each run of digits, with at most one mark between two of them.
fn mask_digits(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let (before, run_on) = rest.split_at(start);
        masked.push_str(before);
        let (mut digits, mut end, mut gap) = (0, 0, 0);
        for (index, byte) in run_on.bytes().enumerate() {
            match byte {
                b'0'..=b'9' => (digits, end, gap) = (digits + 1, index + 1, 0),
                b' ' | b'.' | b'-' | b'(' | b')' if gap < 2 => gap += 1,
                _ => break,
            }
        }
        masked.push_str(if digits < DIGITS_MIN {
            &run_on[..end]
        } else {
            "***"
        });
        rest = &run_on[end..];
    }
    masked.push_str(rest);
    masked
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    fn quote(text: &str) -> String {
        quoted(text, &Secret::new(Zeroizing::new("K7PQ".to_owned()))).unwrap_or_default()
    }

    #[test]
    fn what_a_provider_says_is_quoted_without_the_code_and_the_number() {
        assert_eq!(
            quote("The 'To' number +1 (415) 555-0123 is not valid.\r\nCode K7PQ"),
            "The 'To' number +*** is not valid. Code ***"
        );
        assert_eq!(
            quote("550 5.1.1 <ann@example.org>: unknown"),
            "*** *** unknown"
        );
        assert_eq!(quote("wait 30 s, 2 of 3"), "wait 30 s, 2 of 3");
        assert_eq!(quote(&"é".repeat(500)).chars().count(), CHARS_MAX);
    }

    #[test]
    fn a_code_of_a_providers_own_is_short_and_plain() {
        assert_eq!(own_code("21610").as_deref(), Some("21610"));
        assert_eq!(own_code("5.1.1").as_deref(), Some("5.1.1"));
        for bad in ["", "a b", "x\n", &"1".repeat(33)] {
            assert_eq!(own_code(bad), None);
        }
    }
}
