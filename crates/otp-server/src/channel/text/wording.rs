//! One text with places for the code and its life.

use std::time::Duration;

use zeroize::Zeroizing;

const CODE: &str = "{code}";
const MINUTES: &str = "{minutes}";
/// A code that has just been made is handed over within this.
const ON_THE_WAY: Duration = Duration::from_secs(5);

/// A text in which `{code}` and `{minutes}` stand for the code and the whole minutes that it lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wording(String);

/// Why a text was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWording {
    /// Nobody could learn the code from it.
    #[error("does not say {CODE}")]
    NoCode,
    /// A brace that belongs to no place.
    #[error("has braces other than {CODE} and {MINUTES}")]
    UnknownPlace,
    /// A brace in a text without places.
    #[error("has braces, and an answer in a chat has neither code nor life to tell")]
    NoPlace,
    /// Empty, or longer than any message.
    #[error("is empty or longer than {} characters", Wording::CHARS_MAX)]
    Length,
    /// Control characters, or a line break where there can be none.
    #[error("has control characters, or a line break in a subject")]
    Control,
}

impl Wording {
    /// Longer ones are no messages.
    pub const CHARS_MAX: usize = 1000;

    /// The body of a message.
    pub fn body(text: &str) -> Result<Self, InvalidWording> {
        if !text.contains(CODE) {
            return Err(InvalidWording::NoCode);
        }
        Self::checked(text, |letter| letter.is_control() && letter != '\n')
    }

    /// An answer in a chat, which says no code.
    pub fn answer(text: &str) -> Result<Self, InvalidWording> {
        if text.contains(['{', '}']) {
            return Err(InvalidWording::NoPlace);
        }
        Self::checked(text, |letter| letter.is_control() && letter != '\n')
    }

    /// The text of one without places.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// The subject of an e-mail: one line, which need not say the code.
    pub fn subject(text: &str) -> Result<Self, InvalidWording> {
        Self::checked(text, char::is_control)
    }

    /// One of our own, which the tests check.
    pub(super) fn builtin(text: &str) -> Self {
        Self(text.to_owned())
    }

    fn checked(text: &str, is_refused: impl Fn(char) -> bool) -> Result<Self, InvalidWording> {
        let length = text.chars().count();
        if text.trim().is_empty() || length > Self::CHARS_MAX {
            return Err(InvalidWording::Length);
        }
        if text.chars().any(is_refused) {
            return Err(InvalidWording::Control);
        }
        if text
            .replace(CODE, "")
            .replace(MINUTES, "")
            .contains(['{', '}'])
        {
            return Err(InvalidWording::UnknownPlace);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text with a code and its life. Minutes are rounded down, but for a few
    /// seconds, so that nothing is promised.
    pub(super) fn filled(&self, code: &str, life: Duration) -> Zeroizing<String> {
        // A moment on the way makes no minute less of it.
        let minutes = ((life + ON_THE_WAY).as_secs() / 60).max(1).to_string();
        // The minutes go first: they cannot hold a place, whatever the code holds.
        let text = self.0.replace(MINUTES, &minutes);
        Zeroizing::new(text.replace(CODE, code))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_says_the_code_and_its_life() {
        let wording = Wording::body("{code}, {minutes} min, {code}").unwrap();
        let filled = |secs| wording.filled("0427", Duration::from_secs(secs));
        assert_eq!(*filled(300), "0427, 5 min, 0427");
        assert_eq!(*filled(298), "0427, 5 min, 0427");
        assert_eq!(*filled(290), "0427, 4 min, 0427");
        assert_eq!(*filled(354), "0427, 5 min, 0427");
        assert_eq!(*filled(20), "0427, 1 min, 0427");
    }

    #[test]
    fn a_text_that_could_not_be_sent_is_refused() {
        for (text, why) in [
            ("Your code", InvalidWording::NoCode),
            ("{code} for {name}", InvalidWording::UnknownPlace),
            ("{code} {", InvalidWording::UnknownPlace),
            ("{code}\u{7}", InvalidWording::Control),
        ] {
            assert_eq!(Wording::body(text), Err(why), "{text}");
        }
        let long = format!("{{code}}{}", "x".repeat(1000));
        assert_eq!(Wording::body(&long), Err(InvalidWording::Length));
        assert_eq!(
            Wording::subject("Code\nBcc: all"),
            Err(InvalidWording::Control)
        );
        assert_eq!(Wording::subject(" "), Err(InvalidWording::Length));
        assert!(Wording::subject("Your code").is_ok());
    }
}
