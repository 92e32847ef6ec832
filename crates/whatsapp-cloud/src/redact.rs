//! Cleaning texts that come from outside before they reach an error or a log.

use std::borrow::Cow;

/// What must not be shown, and what may.
pub(crate) struct Redactor<'a> {
    secrets: Vec<&'a str>,
    known_ids: Vec<&'a str>,
}

/// A run of this many digits may be a phone number.
const PHONE_DIGITS_MIN: usize = 7;

/// Secrets shorter than this are not worth hiding: their letters stand in every text.
const SECRET_LENGTH_MIN: usize = 4;

impl<'a> Redactor<'a> {
    pub(crate) fn new(
        secrets: impl IntoIterator<Item = &'a str>,
        known_ids: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let secrets = secrets
            .into_iter()
            .filter(|secret| secret.len() >= SECRET_LENGTH_MIN)
            .collect();
        Self {
            secrets,
            known_ids: known_ids.into_iter().collect(),
        }
    }

    /// One line without secrets, tokens and phone numbers, at most `chars_max` characters long.
    pub(crate) fn clean(&self, text: &str, chars_max: usize) -> String {
        let mut text = Cow::Borrowed(text);
        for secret in &self.secrets {
            if text.contains(secret) {
                text = Cow::Owned(text.replace(secret, "***"));
            }
        }
        let masked = self.mask_words(&text);
        masked
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .take(chars_max)
            .collect::<String>()
            .trim()
            .to_owned()
    }

    /// Masks whole tokens word by word, and digits in all the others.
    fn mask_words(&self, text: &str) -> String {
        let mut masked = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find(|c: char| c.is_ascii_alphanumeric()) {
            let (before, word_on) = rest.split_at(start);
            masked.push_str(before);
            let word_end = word_on
                .find(|c: char| !c.is_ascii_alphanumeric())
                .unwrap_or(word_on.len());
            let (word, _) = word_on.split_at(word_end);
            let digits_end = phone_end(word_on);
            if looks_like_token(word) {
                masked.push_str("***");
                rest = &word_on[word_end..];
            } else if let Some(end) =
                digits_end.filter(|end| !self.known_ids.contains(&&word_on[..*end]))
            {
                let run = &word_on[..end];
                masked.push_str("***");
                masked.push_str(&run[run.len() - 2..]);
                rest = &word_on[end..];
            } else {
                // A word that starts with letters may still hold digits further on ("wa14155550123").
                let step = digits_end.unwrap_or_else(|| leading_kind_end(word));
                masked.push_str(&word_on[..step]);
                rest = &word_on[step..];
            }
        }
        masked.push_str(rest);
        masked
    }
}

/// Meta's tokens start so, and nothing else of that length does.
fn looks_like_token(word: &str) -> bool {
    word.len() >= 20 && word.starts_with("EAA")
}

/// Where the leading run of digits, or of everything but digits, ends.
fn leading_kind_end(word: &str) -> usize {
    let starts_with_digit = word.starts_with(|c: char| c.is_ascii_digit());
    word.find(|c: char| c.is_ascii_digit() != starts_with_digit)
        .unwrap_or(word.len())
}

/// Where a phone number that starts `text` ends: digits with at most one space, dot, hyphen or
/// bracket between two of them.
fn phone_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut digits, mut end, mut gap) = (0, 0, 0);
    for (index, byte) in bytes.iter().enumerate() {
        match byte {
            b'0'..=b'9' => {
                digits += 1;
                end = index + 1;
                gap = 0;
            }
            b' ' | b'.' | b'-' | b'(' | b')' if digits > 0 && gap < 2 => gap += 1,
            _ => break,
        }
    }
    (digits >= PHONE_DIGITS_MIN).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(text: &str) -> String {
        Redactor::new(["canary-secret"], ["106540352242922"]).clean(text, 200)
    }

    #[test]
    fn runs_of_seven_digits_are_masked_and_shorter_ones_kept() {
        assert_eq!(
            clean("to +14155550123, code 131026"),
            "to +***23, code 131026"
        );
        assert_eq!(
            clean("call 415-555-0123 or (415) 555 0123"),
            "call ***23 or (***23"
        );
        assert_eq!(clean("wa14155550123x v25.0"), "wa***23x v25.0");
    }

    #[test]
    fn ids_that_the_caller_named_stay() {
        assert_eq!(
            clean("Object with ID '106540352242922' missing"),
            "Object with ID '106540352242922' missing"
        );
    }

    #[test]
    fn secrets_and_token_like_words_are_masked() {
        assert_eq!(
            clean("Malformed access token canary-secret!"),
            "Malformed access token ***!"
        );
        assert_eq!(
            clean("token EAABsbCS1iHgBAKZCZCmZBkZD bad"),
            "token *** bad"
        );
    }

    #[test]
    fn a_text_becomes_one_line_of_limited_length() {
        assert_eq!(clean("a\r\nb\u{1b}[31m"), "a  b [31m");
        assert_eq!(clean(&"é".repeat(500)).chars().count(), 200);
    }
}
