//! The words by which people say that they want no more messages, or want them again.

use std::collections::BTreeSet;

use icu_normalizer::DecomposingNormalizerBorrowed;

/// What a person wishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// No more messages.
    Stop,
    /// Messages again.
    Start,
}

/// The words that carriers let everybody use.
const STOP: [&str; 11] = [
    "stop",
    "stopp",
    "stopall",
    "stop all",
    "unsubscribe",
    "cancel",
    "end",
    "quit",
    "revoke",
    "optout",
    "opt out",
];
const START: [&str; 4] = ["start", "unstop", "optin", "opt in"];

/// The words that count, folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WishWords {
    stop: BTreeSet<String>,
    start: BTreeSet<String>,
}

/// A word that cannot be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWishWord {
    /// Nobody would write it, or nothing is left of it.
    #[error("is empty, or longer than {} characters", WishWords::CHARS_MAX)]
    Length,
    /// It would be taken for a code.
    #[error("has digits in it, as codes have")]
    Digits,
}

impl WishWords {
    /// Longer texts are no such word.
    pub const CHARS_MAX: usize = 40;

    /// The built-in words and these. A word that means both is one that stops.
    #[must_use]
    pub fn new(stop: &[String], start: &[String]) -> Self {
        let all = |builtin: &[&str], own: &[String]| -> BTreeSet<String> {
            let own = own.iter().map(String::as_str);
            builtin.iter().copied().chain(own).map(folded).collect()
        };
        Self {
            stop: all(&STOP, stop),
            start: all(&START, start),
        }
    }

    /// A word that would mean both: of these, or of these and the built-in ones.
    #[must_use]
    pub fn clash(stop: &[String], start: &[String]) -> Option<String> {
        let words = Self::new(stop, start);
        words.stop.intersection(&words.start).next().cloned()
    }

    /// Checks a word of an operator's.
    pub fn check(word: &str) -> Result<(), InvalidWishWord> {
        if word.chars().count() > Self::CHARS_MAX || folded(word).is_empty() {
            return Err(InvalidWishWord::Length);
        }
        if word.chars().any(char::is_numeric) {
            return Err(InvalidWishWord::Digits);
        }
        Ok(())
    }

    /// What a whole message says, if it says this and nothing else.
    #[must_use]
    pub fn wish(&self, text: &str) -> Option<Wish> {
        if text.chars().nth(Self::CHARS_MAX).is_some() {
            return None;
        }
        let word = folded(text);
        if self.stop.contains(&word) {
            return Some(Wish::Stop);
        }
        self.start.contains(&word).then_some(Wish::Start)
    }
}

impl Default for WishWords {
    fn default() -> Self {
        Self::new(&[], &[])
    }
}

/// Small letters without accents, single spaces, and no marks around.
fn folded(text: &str) -> String {
    let apart = DecomposingNormalizerBorrowed::new_nfkd();
    let apart = apart.normalize(text);
    let letters = apart.chars().filter(|letter| !is_accent(*letter));
    let small: String = letters.flat_map(char::to_lowercase).collect();
    let words = small.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_mark = |letter: char| !letter.is_alphanumeric();
    words.trim_matches(is_mark).to_owned()
}

/// Marks that stand on or under a letter.
const fn is_accent(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{fe20}'..='\u{fe2f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_message_is_a_wish_however_it_is_written() {
        let words = WishWords::new(
            &["Parar".to_owned(), "durdur".to_owned()],
            &["Início".to_owned()],
        );
        for (text, wish) in [
            ("STOP", Some(Wish::Stop)),
            (" stop.\n", Some(Wish::Stop)),
            ("„Stop!“", Some(Wish::Stop)),
            ("Stop  all", Some(Wish::Stop)),
            ("Ｓｔｏｐ", Some(Wish::Stop)),
            ("parár", Some(Wish::Stop)),
            ("INICIO", Some(Wish::Start)),
            ("Start", Some(Wish::Start)),
            ("please stop", None),
            (
                "stop sending me codes and give me 123456 instead, will you",
                None,
            ),
            ("", None),
            ("...", None),
        ] {
            assert_eq!(words.wish(text), wish, "{text}");
        }
    }

    #[test]
    fn a_word_that_means_both_is_noticed() {
        let own = |word: &str| vec![word.to_owned()];
        assert_eq!(WishWords::clash(&own("fin"), &own("Début")), None);
        assert_eq!(
            WishWords::clash(&own("Fín"), &own("fin")),
            Some("fin".to_owned())
        );
        assert_eq!(WishWords::clash(&[], &own("Stop")), Some("stop".to_owned()));
    }

    #[test]
    fn a_word_that_could_be_a_code_or_nothing_is_refused() {
        assert_eq!(WishWords::check("fin"), Ok(()));
        assert_eq!(WishWords::check("停止"), Ok(()));
        assert_eq!(
            WishWords::check("stop 123456"),
            Err(InvalidWishWord::Digits)
        );
        assert_eq!(WishWords::check(" . "), Err(InvalidWishWord::Length));
        assert_eq!(
            WishWords::check(&"x".repeat(41)),
            Err(InvalidWishWord::Length)
        );
    }
}
