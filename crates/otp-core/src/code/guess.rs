//! What a person typed for a code, in the form in which it is compared.

use std::fmt;

use zeroize::ZeroizeOnDrop;

use super::{CodeAlphabet, CodePolicy, digit};

/// A text that could be a code of its policy. As secret as the code: it may be the right one.
#[derive(ZeroizeOnDrop)]
pub struct Guess(String);

/// Why a text cannot be a code. The two differ in what they cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotACode {
    /// Too few or too many characters: a slip of the hand, not a guess; it costs no attempt.
    #[error("the code has another number of characters")]
    WrongLength,
    /// As long as a code, with characters that no code has: wrong, and it costs an attempt.
    #[error("the code has other characters")]
    NotInAlphabet,
}

impl Guess {
    /// The longest text that is looked at, in characters; any longer one has the wrong length.
    pub const TEXT_CHARS_MAX: usize = 64;

    /// Folds what people type to what codes are made of: white space and hyphens are dropped
    /// wherever they stand, decimal digits of any script become ASCII ones, and small ASCII
    /// letters become capitals where the alphabet has letters. Everything else counts as a
    /// character, also one that cannot be seen.
    pub fn fold(text: &str, policy: &CodePolicy) -> Result<Self, NotACode> {
        let length = policy.length.chars();
        // Only ASCII goes in, and never past the capacity: no copy is left behind in freed memory.
        let mut guess = Self(String::with_capacity(length));
        let mut counted = 0;
        for (position, char) in text.chars().enumerate() {
            if position == Self::TEXT_CHARS_MAX || counted > length {
                return Err(NotACode::WrongLength);
            }
            if char.is_whitespace() || is_hyphen(char) {
                continue;
            }
            counted += 1;
            if let Some(symbol) = symbol(char, policy.alphabet)
                && counted <= length
            {
                guess.0.push(symbol);
            }
        }
        match (counted == length, guess.0.len() == length) {
            (false, _) => Err(NotACode::WrongLength),
            (true, false) => Err(NotACode::NotInAlphabet),
            (true, true) => Ok(guess),
        }
    }

    /// The folded text, for hashing.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Guess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Guess(***)")
    }
}

fn symbol(char: char, alphabet: CodeAlphabet) -> Option<char> {
    let folded = match (digit::ascii(char), alphabet) {
        (Some(digit), _) => digit,
        (None, CodeAlphabet::Digits) => return None,
        (None, CodeAlphabet::Unambiguous) => char.to_ascii_uppercase(),
    };
    alphabet.symbols().contains(folded).then_some(folded)
}

/// The ASCII hyphen and what keyboards put in its place: hyphens, dashes, the minus sign, and
/// their small and full-width forms.
pub(super) const fn is_hyphen(char: char) -> bool {
    matches!(
        char,
        '-' | '\u{ad}' | '\u{2010}'
            ..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}'
    )
}
