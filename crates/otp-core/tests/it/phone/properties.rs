//! What holds for every number, and how long one takes.

use otp_core::{PhoneNumber, PhoneNumberError};
use proptest::prelude::*;

use super::countries::COUNTRIES;

/// A number of a listed country with other digits behind its calling code.
fn some_number() -> impl Strategy<Value = String> {
    (prop::sample::select(&COUNTRIES[..]), "[0-9]{15}").prop_map(|((_, typed, e164), other)| {
        let head = typed.find(' ').expect("a space follows the calling code");
        format!("{}{}", &e164[..head], &other[..e164.len() - head])
    })
}

fn digits(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_text_is_read_or_refused(text in "(?s).{0,40}") {
        let _: Result<PhoneNumber, PhoneNumberError> = PhoneNumber::parse(&text);
    }

    #[test]
    fn what_is_accepted_is_a_plus_and_seven_to_fifteen_digits(text in "\\+?[0-9() .-]{5,30}") {
        if let Ok(phone) = PhoneNumber::parse(&text) {
            let digits = phone.e164().strip_prefix('+').unwrap();
            prop_assert!(digits.bytes().all(|digit| digit.is_ascii_digit()));
            prop_assert!((PhoneNumber::DIGITS_MIN..=PhoneNumber::DIGITS_MAX).contains(&digits.len()));
        }
    }

    #[test]
    fn what_is_kept_reads_as_itself(text in prop_oneof![some_number(), "\\+[1-9][0-9]{6,14}".boxed()]) {
        if let Ok(phone) = PhoneNumber::parse(&text) {
            let again = PhoneNumber::parse(phone.e164()).unwrap();
            prop_assert_eq!(again.e164(), phone.e164());
            prop_assert_eq!(again.canonical(), phone.canonical());
        }
    }

    #[test]
    fn what_is_counted_is_counted_as_itself(
        text in prop_oneof![some_number(), "\\+5[245][0-9]{10,11}".boxed(), "\\+22901[0-9]{8}".boxed()],
    ) {
        if let Ok(phone) = PhoneNumber::parse(&text) {
            let counted = PhoneNumber::parse(phone.canonical()).unwrap();
            prop_assert_eq!(counted.canonical(), phone.canonical());
        }
    }

    #[test]
    fn separators_change_nothing(number in some_number(), gaps in prop::collection::vec("|| |-|\\.| -", 15)) {
        let mut spelled = String::from("+");
        for (index, digit) in number[1..].chars().enumerate() {
            spelled.push_str(if index == 0 { "" } else { &gaps[index] });
            spelled.push(digit);
        }
        prop_assume!(spelled.len() <= PhoneNumber::TEXT_LENGTH_MAX);
        let plain = PhoneNumber::parse(&number);
        prop_assert_eq!(PhoneNumber::parse(&spelled), plain.clone());
        prop_assert_eq!(PhoneNumber::parse(&spelled[1..]), plain);
    }

    #[test]
    fn a_masked_number_shows_at_most_half_of_its_digits(text in prop_oneof![some_number(), "\\+[1-9][0-9]{6,14}".boxed()]) {
        if let Ok(phone) = PhoneNumber::parse(&text) {
            let masked = phone.masked().to_string();
            prop_assert_eq!(masked.len(), phone.e164().len());
            prop_assert!(digits(&masked) * 2 <= digits(phone.e164()));
            let tail = masked.rsplit('*').next().unwrap();
            prop_assert!(tail.len() <= 3 && phone.e164().ends_with(tail));
            let head = format!("+{}*", phone.calling_code());
            prop_assert!(masked.starts_with(&head));
        }
    }
}

#[test]
#[ignore = "prints a measurement; run with --release and --nocapture"]
fn how_long_a_number_takes_to_read() {
    const ROUNDS: u32 = 100_000;
    for text in [
        "+15551234567",
        "+14155550123",
        "+44 (0) 7400 123456",
        "+5491123456789",
        "+918123456789",
        "garbage",
    ] {
        let rounds = || {
            (0..ROUNDS)
                .filter(|_| {
                    std::hint::black_box(PhoneNumber::parse(std::hint::black_box(text))).is_ok()
                })
                .count()
        };
        rounds();
        #[expect(
            clippy::disallowed_methods,
            reason = "a measurement, whose figure decides nothing"
        )]
        let start = std::time::Instant::now();
        rounds();
        println!("{text:25} {:5} ns", (start.elapsed() / ROUNDS).as_nanos());
    }
}
