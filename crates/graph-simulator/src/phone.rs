//! Telephone numbers as the platform treats them: digits, whatever they were written with.

/// The digits of `text`, whatever stands between them.
pub(crate) fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// The digits of a number that one may send to, or `None` when it is not a phone number.
///
/// Meta takes spaces, hyphens, dots and parentheses, and a leading plus sign.
pub(crate) fn recipient_digits(text: &str) -> Option<String> {
    let number = text.trim();
    let number = number.strip_prefix('+').unwrap_or(number);
    let allowed = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '.' | '(' | ')');
    let digits = digits(number);
    ((6..=15).contains(&digits.len()) && number.chars().all(allowed)).then_some(digits)
}

/// The `WhatsApp` id of a number: mostly its digits, but not everywhere.
///
/// Brazil's ninth digit is missing outside the south-east, and Mexico's mobile numbers keep the
/// old `1`; clients that compare the id with what they sent learn it here.
pub(crate) fn wa_id(digits: &str) -> String {
    let is_brazilian_mobile =
        digits.len() == 13 && digits.starts_with("55") && &digits[4..5] == "9";
    if is_brazilian_mobile && &digits[2..4] > "30" {
        return format!("{}{}", &digits[..4], &digits[5..]);
    }
    if digits.len() == 12 && digits.starts_with("52") {
        return format!("521{}", &digits[2..]);
    }
    digits.to_owned()
}

#[cfg(test)]
mod tests {
    use super::{recipient_digits, wa_id};

    #[test]
    fn a_number_is_read_in_any_spelling() {
        for spelling in ["+14152000001", "1 (415) 200-0001", "1415.200.0001"] {
            assert_eq!(recipient_digits(spelling).as_deref(), Some("14152000001"));
        }
    }

    #[test]
    fn words_and_short_or_long_numbers_are_no_recipients() {
        for text in [
            "",
            "+",
            "12345",
            "+1415200000112345",
            "hello",
            "1415x2000001",
            "++14152000001",
        ] {
            assert_eq!(recipient_digits(text), None, "{text}");
        }
    }

    #[test]
    fn brazilian_and_mexican_ids_differ_from_the_number() {
        assert_eq!(wa_id("5541987654321"), "554187654321");
        assert_eq!(wa_id("5511987654321"), "5511987654321");
        assert_eq!(wa_id("525512345678"), "5215512345678");
        assert_eq!(wa_id("14152000001"), "14152000001");
    }
}
