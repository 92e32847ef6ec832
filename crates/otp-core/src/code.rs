//! One-time codes: how they are drawn, and how what a person typed is read.

mod digit;
mod guess;
mod policy;
mod reply;

use std::fmt;

use rand::CryptoRng;
use zeroize::{ZeroizeOnDrop, Zeroizing};

pub use self::guess::{Guess, NotACode};
pub use self::policy::{CodeAlphabet, CodeLength, CodePolicy, InvalidCodeLength};
pub use self::reply::{REPLY_CHARS_MAX, code_in};

/// A code in the clear: it lives from its drawing to its delivery, and is wiped from memory when
/// dropped. What is kept of it is a keyed hash.
///
/// It cannot be cloned, compared, serialized or printed; [`Code::reveal`] is the only way to its
/// text.
#[derive(ZeroizeOnDrop)]
pub struct Code(String);

impl Code {
    /// Draws a code. Every code of the policy is equally likely, those with leading zeros too.
    #[must_use]
    pub fn generate(rng: &mut impl CryptoRng, policy: &CodePolicy) -> Self {
        let symbols = policy.alphabet.symbols().as_bytes();
        let length = policy.length.chars();
        // The text never grows past its capacity, so no copy is left behind in freed memory.
        let mut code = Self(String::with_capacity(length));
        let mut bytes = Zeroizing::new([0; CodeLength::MAX as usize]);
        while code.0.len() < length {
            rng.fill_bytes(bytes.as_mut());
            let missing = length - code.0.len();
            code.0.extend(
                bytes
                    .iter()
                    .filter_map(|&byte| pick(symbols, byte))
                    .take(missing),
            );
        }
        code
    }

    /// The code, for the message that carries it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(***)")
    }
}

/// The symbol that a random byte stands for. `None` for the last bytes of the range, which would
/// favour the first symbols: 256 is no multiple of 10.
fn pick(symbols: &[u8], byte: u8) -> Option<char> {
    let fair = 256 - 256 % symbols.len();
    let byte = usize::from(byte);
    (byte < fair).then(|| char::from(symbols[byte % symbols.len()]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_symbol_stands_for_as_many_bytes_as_every_other() {
        for alphabet in [CodeAlphabet::Digits, CodeAlphabet::Unambiguous] {
            let symbols = alphabet.symbols();
            let picked: String = (0..=255)
                .filter_map(|byte| pick(symbols.as_bytes(), byte))
                .collect();
            for symbol in symbols.chars() {
                assert_eq!(
                    picked.matches(symbol).count(),
                    256 / symbols.len(),
                    "{symbol}"
                );
            }
        }
    }
}
