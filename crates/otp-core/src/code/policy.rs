//! What codes look like: how long, and of which characters.

/// How many characters a code has: [`CodeLength::MIN`] to [`CodeLength::MAX`], 6 by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CodeLength(u8);

/// A number of characters that no code has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a code has {min} to {max} characters, not {characters}", min = CodeLength::MIN, max = CodeLength::MAX)]
pub struct InvalidCodeLength {
    /// What was asked for.
    pub characters: u8,
}

impl CodeLength {
    /// Shorter codes are guessed too easily.
    pub const MIN: u8 = 4;
    /// What WhatsApp carries in an authentication template.
    pub const MAX: u8 = 15;

    /// A code of `characters` characters.
    pub const fn new(characters: u8) -> Result<Self, InvalidCodeLength> {
        if characters < Self::MIN || characters > Self::MAX {
            return Err(InvalidCodeLength { characters });
        }
        Ok(Self(characters))
    }

    /// The number of characters.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }

    pub(super) const fn chars(self) -> usize {
        self.0 as usize
    }
}

impl Default for CodeLength {
    fn default() -> Self {
        Self(6)
    }
}

impl TryFrom<u8> for CodeLength {
    type Error = InvalidCodeLength;

    fn try_from(characters: u8) -> Result<Self, InvalidCodeLength> {
        Self::new(characters)
    }
}

/// The characters that codes are made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CodeAlphabet {
    /// `0` to `9`: every phone offers a keypad for them.
    #[default]
    Digits,
    /// Digits and capital letters that look like no other one: without 0 and O, 1, I and L, 2 and
    /// Z, 5 and S, 8 and B; and without vowels, so that no code spells a word.
    /// A guess may be typed in small letters.
    Unambiguous,
}

impl CodeAlphabet {
    /// The characters, each once, all ASCII.
    #[must_use]
    pub const fn symbols(self) -> &'static str {
        match self {
            Self::Digits => "0123456789",
            Self::Unambiguous => "34679CDFGHJKMNPQRTVWXY",
        }
    }
}

/// What codes look like. The default is six digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct CodePolicy {
    /// How many characters.
    pub length: CodeLength,
    /// Which characters.
    pub alphabet: CodeAlphabet,
}

impl CodePolicy {
    /// How many different codes there are; one blind guess is right once in so many times.
    #[must_use]
    pub const fn space(&self) -> u128 {
        (self.alphabet.symbols().len() as u128).pow(self.length.0 as u32)
    }
}
