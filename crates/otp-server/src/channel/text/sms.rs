//! What is peculiar to text messages: their letters, their length, and the line that browsers look for.

use std::fmt;

/// The 7-bit letters that need no shift (3GPP TS 23.038, 6.2.1).
const GSM_BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// Those that take the room of two (6.2.1.1).
const GSM_EXTENDED: &str = "^{}\\[~]|€\u{c}";

/// How a text message's letters are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Seven bits a letter: 160 fit into one message.
    Gsm7,
    /// Sixteen bits: 70 fit.
    Ucs2,
}

/// How much room a text takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SmsSize {
    /// How its letters are sent.
    pub encoding: Encoding,
    /// The letters, counted in that encoding.
    pub units: usize,
    /// How many messages that makes; each is paid for.
    pub parts: usize,
}

impl SmsSize {
    /// Counts a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let (encoding, units) = match gsm_units(text) {
            Some(units) => (Encoding::Gsm7, units),
            None => (Encoding::Ucs2, text.encode_utf16().count()),
        };
        // Further parts lose some room to the note of which part they are.
        let (single, joined) = match encoding {
            Encoding::Gsm7 => (160, 153),
            Encoding::Ucs2 => (70, 67),
        };
        let parts = if units <= single {
            1
        } else {
            units.div_ceil(joined)
        };
        Self {
            encoding,
            units,
            parts,
        }
    }
}

fn gsm_units(text: &str) -> Option<usize> {
    text.chars()
        .map(|letter| match letter {
            letter if GSM_BASIC.contains(letter) => Some(1),
            letter if GSM_EXTENDED.contains(letter) => Some(2),
            _ => None,
        })
        .sum()
}

/// The website for which a browser may fill a code in: a host name.
///
/// A message that ends in `@host #code` is an origin-bound one-time code (WICG, "Origin-bound
/// one-time codes delivered via SMS"): browsers offer its code on that website and on no other.
#[derive(Clone, PartialEq, Eq)]
pub struct Origin(String);

/// The text is not a host name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not a host name such as example.com")]
pub struct InvalidOrigin;

impl Origin {
    /// Reads a host name: labels of ASCII letters, digits and hyphens, at least two of them.
    pub fn parse(text: &str) -> Result<Self, InvalidOrigin> {
        let is_label = |label: &str| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        let is_host = text.len() <= 253 && text.contains('.') && text.split('.').all(is_label);
        is_host
            .then(|| Self(text.to_ascii_lowercase()))
            .ok_or(InvalidOrigin)
    }

    /// The line that browsers look for; it must be the last one.
    pub(super) fn last_line(&self, code: &str) -> String {
        format!("@{} #{code}", self.0)
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Origin({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_counted_as_the_network_counts_it() {
        let size = |text: &str| {
            let size = SmsSize::of(text);
            (size.encoding, size.units, size.parts)
        };
        assert_eq!(size(&"a".repeat(160)), (Encoding::Gsm7, 160, 1));
        assert_eq!(size(&"a".repeat(161)), (Encoding::Gsm7, 161, 2));
        assert_eq!(size(&"a".repeat(307)), (Encoding::Gsm7, 307, 3));
        assert_eq!(size("[€]"), (Encoding::Gsm7, 6, 1));
        assert_eq!(size(&"ş".repeat(70)), (Encoding::Ucs2, 70, 1));
        assert_eq!(size(&"ş".repeat(71)), (Encoding::Ucs2, 71, 2));
        assert_eq!(size("😀"), (Encoding::Ucs2, 2, 1));
    }

    #[test]
    fn an_origin_is_a_host_name() {
        let origin = Origin::parse("Login.Example.com").unwrap();
        assert_eq!(origin.last_line("0427"), "@login.example.com #0427");
        for bad in [
            "",
            "localhost",
            "https://example.com",
            "example.com:8080",
            "exa mple.com",
            "-a.com",
            "a..com",
            "example.com/x",
        ] {
            assert_eq!(Origin::parse(bad), Err(InvalidOrigin), "{bad}");
        }
    }
}
