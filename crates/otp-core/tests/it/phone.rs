//! Phone numbers as people type them.

mod countries;
mod properties;

use std::collections::HashSet;

use otp_core::{PhoneNumber, PhoneNumberError};

use self::countries::COUNTRIES;

fn phone(text: &str) -> PhoneNumber {
    PhoneNumber::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn refusal(text: &str) -> PhoneNumberError {
    PhoneNumber::parse(text).expect_err(text)
}

#[test]
fn numbers_of_fifty_countries_are_read() {
    for (country, typed, e164) in COUNTRIES {
        let phone = phone(typed);
        assert_eq!(phone.e164(), e164);
        assert_eq!(phone.country(), Some(country), "{typed}");
        let calling_code: String = typed[1..]
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        assert_eq!(phone.calling_code().to_string(), calling_code, "{typed}");
    }
}

#[test]
fn numbers_made_for_documentation_are_possible() {
    for e164 in [
        "+15551234567",
        "+14155550123",
        "+14152000001",
        "+15550783881",
        "+442079460958",
        "+33199001234",
    ] {
        assert_eq!(phone(e164).e164(), e164);
    }
}

#[test]
fn every_spelling_of_a_number_is_one_phone() {
    let spellings = [
        "+14155550123",
        "14155550123",
        "+1 415 555 0123",
        "1 415 555 0123",
        "+1-415-555-0123",
        "+1.415.555.0123",
        "+1 (415) 555-0123",
        "+1(415)555-0123",
        "1 (415) 555 0123",
        "+1 (415)-555-0123",
        "+1 - 415 - 555 - 0123",
        "(1) 415 555 0123",
        "+1 1 415 555 0123",
        " 14155550123",
        "  +1 415 555 0123  ",
        "+1 4 1 5 5 5 5 0 1 2 3",
    ];
    let phones: HashSet<PhoneNumber> = spellings.into_iter().map(phone).collect();
    assert_eq!(phones.len(), 1);
    assert_eq!(phones.iter().next().unwrap().canonical(), "+14155550123");
}

#[test]
fn a_trunk_prefix_is_left_out_and_an_italian_zero_is_not() {
    assert_eq!(phone("+44 (0)20 7946 0958").e164(), "+442079460958");
    assert_eq!(phone("+7 8 912 345 67 89").e164(), "+79123456789");
    assert_eq!(phone("+49 00 30 1234567").e164(), "+49301234567");
    assert_eq!(phone("+39 06 6982 1234").e164(), "+390669821234");
}

#[test]
fn numbers_of_no_country_are_possible() {
    for e164 in ["+80012345678", "+883510012345678"] {
        assert_eq!(phone(e164).country(), None);
    }
    assert_eq!(
        phone("+15551234567").country(),
        None,
        "a shared code, and nobody's number"
    );
}

#[test]
fn what_stands_for_no_digit_is_refused() {
    let texts = [
        "+1415555CALL",
        "+14155550123;ext=9",
        "+14155550123 ext 9",
        "+14155550123x9",
        "tel:+14155550123",
        "++14155550123",
        "+ 14155550123",
        "1+4155550123",
        "(+1) 4155550123",
        "+14155550123+",
        "+1415555\u{200b}0123",
        "\u{200e}+14155550123",
        "+1415555\u{a0}0123",
        "＋14155550123",
        "+１４１５５５５０",
        "+١٤١٥٥٥٥٠١٢٣",
        "+1415555\u{2011}0123",
        "+14155550123\n",
        "\t+14155550123",
        "+1415555\x000123",
        "+1415555/0123",
        "+1415555*0123#",
        "%2B14155550123",
        "📞4155550123",
        "+",
        "-",
        "()",
        "a",
    ];
    for text in texts {
        assert_eq!(
            refusal(text),
            PhoneNumberError::UnexpectedCharacter,
            "{text:?}"
        );
    }
}

#[test]
fn separators_stand_singly_and_between_digits() {
    let texts = [
        "+1  4155550123",
        "+1--4155550123",
        "+1..4155550123",
        "-14155550123",
        ".14155550123",
        "+-14155550123",
        "+14155550123-",
        "+14155550123.",
        "+1 ((415)) 5550123",
        "+1 (415 5550123",
        "+1 415) 5550123",
        "+1 () 4155550123",
        "+1 ( 415) 5550123",
        "+1 (415 ) 5550123",
        "+1 (415)(555) 0123",
        "+14155550123 (",
    ];
    for text in texts {
        assert_eq!(
            refusal(text),
            PhoneNumberError::UnexpectedCharacter,
            "{text:?}"
        );
    }
}

#[test]
fn each_refusal_names_what_is_wrong() {
    use PhoneNumberError::*;
    let nine_digits = "123456789";
    let cases = [
        ("", Empty),
        ("   ", Empty),
        ("+1 4 1 5 5 5 5 0 1 2 3            ", TextTooLong),
        (&"1".repeat(10_000), TextTooLong),
        (&"🙂".repeat(9), TextTooLong),
        ("4155550", WrongLength { calling_code: 41 }),
        ("+141555", TooFewDigits),
        ("1", TooFewDigits),
        ("+1234567890123456", TooManyDigits),
        ("004915123456789", LeadingZero),
        ("0151 23456789", LeadingZero),
        ("+0 151 23456789", LeadingZero),
        ("0", LeadingZero),
        (&format!("+999{nine_digits}"), UnknownCallingCode),
        (&format!("+210{nine_digits}"), UnknownCallingCode),
        ("+1 415 555 012", WrongLength { calling_code: 1 }),
        ("+1 415 555 01234", WrongLength { calling_code: 1 }),
        ("+1 555 0123", WrongLength { calling_code: 1 }),
        ("+47 1234 56789", WrongLength { calling_code: 47 }),
        ("+55 12345", WrongLength { calling_code: 55 }),
    ];
    for (text, expected) in cases {
        assert_eq!(refusal(text), expected, "{text:?}");
    }
}

#[test]
fn a_text_of_the_longest_length_is_read() {
    let text = format!(
        "{:<width$}",
        "+1 415 555 0123",
        width = PhoneNumber::TEXT_LENGTH_MAX
    );
    assert_eq!(phone(&text).e164(), "+14155550123");
    assert_eq!(refusal(&(text + " ")), PhoneNumberError::TextTooLong);
}

#[test]
fn a_refusal_does_not_repeat_the_number() {
    for text in [
        "+1 415 555 0124 5",
        "+999 415 555 0124",
        "0415 555 0124",
        "415 555 0124x",
    ] {
        let error = refusal(text);
        assert!(!error.to_string().contains("0124"), "{error}");
        assert!(!format!("{error:?}").contains("0124"), "{error:?}");
    }
}

#[test]
fn argentinas_nine_is_not_counted() {
    let spellings = [
        "+54 9 11 2345 6789",
        "+54 11 2345 6789",
        "+54 11 15 2345 6789",
        "+54 011 15 2345 6789",
    ];
    for spelling in spellings {
        assert_eq!(phone(spelling).canonical(), "+541123456789", "{spelling}");
    }
    assert_eq!(phone(spellings[0]).e164(), "+5491123456789");
    assert_eq!(phone(spellings[1]).e164(), "+541123456789");
    assert_eq!(
        phone("+54 9 223 412 3456").canonical(),
        phone("+54 223 412 3456").canonical()
    );
}

#[test]
fn mexicos_one_is_not_counted() {
    for spelling in [
        "+52 1 55 1234 5678",
        "+52 55 1234 5678",
        "5215512345678",
        "+52 (1) 55-1234-5678",
    ] {
        assert_eq!(phone(spelling).canonical(), "+525512345678", "{spelling}");
        assert_eq!(phone(spelling).e164(), "+525512345678", "{spelling}");
    }
}

#[test]
fn brazils_ninth_digit_is_not_counted() {
    for spelling in [
        "+55 11 96123-4567",
        "+55 11 6123-4567",
        "+55 (011) 96123-4567",
    ] {
        assert_eq!(phone(spelling).canonical(), "+551161234567", "{spelling}");
    }
    assert_eq!(phone("+55 11 96123-4567").e164(), "+5511961234567");
    assert_eq!(phone("+55 11 6123-4567").e164(), "+551161234567");
    assert_eq!(
        phone("+55 85 99999-0000").canonical(),
        phone("+55 85 9999-0000").canonical()
    );
}

#[test]
fn a_brazilian_landline_is_not_the_mobile_with_a_nine_before() {
    for first in 2..=5 {
        let mobile = phone(&format!("+55 11 9{first}123-4567"));
        let landline = phone(&format!("+55 11 {first}123-4567"));
        assert_ne!(mobile.canonical(), landline.canonical());
        assert_eq!(mobile.canonical(), mobile.e164());
    }
}

#[test]
fn benins_new_prefix_is_not_counted() {
    assert_eq!(phone("+229 01 97 12 34 56").canonical(), "+22997123456");
    assert_eq!(phone("+229 97 12 34 56").canonical(), "+22997123456");
    assert_eq!(phone("+229 01 97 12 34 56").e164(), "+2290197123456");
}

#[test]
fn a_number_prints_masked() {
    let masks = [
        ("+15551234567", "+1*******567"),
        ("+447400123456", "+44*******456"),
        ("+2250123456789", "+225*******789"),
        ("+80012345678", "+800******78"),
        ("+24712345", "+247****5"),
        ("+6831234", "+683****"),
    ];
    for (e164, mask) in masks {
        let mask = if e164 == "+24712345" {
            "+247****5"
        } else {
            mask
        };
        assert_eq!(phone(e164).masked().to_string(), mask);
        assert_eq!(format!("{:?}", phone(e164)), format!("PhoneNumber({mask})"));
    }
}
