//! Codes as they are drawn.

mod guesses;

use otp_core::{Code, CodeAlphabet, CodeLength, CodePolicy, Guess, InvalidCodeLength};
use rand::SeedableRng;
use rand::rngs::StdRng;
use zeroize::ZeroizeOnDrop;

/// Chi-square values that a fair source exceeds once in a thousand times, by degrees of freedom.
const CHI_SQUARE_1: f64 = 10.828;
const CHI_SQUARE_5: f64 = 20.515;
const CHI_SQUARE_9: f64 = 27.877;
const CHI_SQUARE_21: f64 = 46.797;

const SAMPLE: u32 = 1_000_000;

fn policy(length: u8, alphabet: CodeAlphabet) -> CodePolicy {
    CodePolicy {
        length: CodeLength::new(length).expect("a length of codes"),
        alphabet,
    }
}

fn digits(length: u8) -> CodePolicy {
    policy(length, CodeAlphabet::Digits)
}

fn unambiguous(length: u8) -> CodePolicy {
    policy(length, CodeAlphabet::Unambiguous)
}

fn chi_square(observed: &[u32], expected: &[f64]) -> f64 {
    assert_eq!(observed.len(), expected.len());
    observed
        .iter()
        .zip(expected)
        .map(|(&count, expected)| (f64::from(count) - expected).powi(2) / expected)
        .sum()
}

#[test]
fn a_million_codes_of_six_digits_are_uniform() {
    let mut rng = StdRng::seed_from_u64(6);
    let mut positions = [[0_u32; 10]; 6];
    let mut zeros_in_front = [0_u32; 6];
    for _ in 0..SAMPLE {
        let code = Code::generate(&mut rng, &CodePolicy::default());
        for (position, digit) in code.reveal().bytes().enumerate() {
            positions[position][usize::from(digit - b'0')] += 1;
        }
        let zeros = code
            .reveal()
            .bytes()
            .take_while(|&digit| digit == b'0')
            .count();
        zeros_in_front[zeros.min(5)] += 1;
    }

    let tenth = f64::from(SAMPLE) / 10.0;
    for (position, counts) in positions.iter().enumerate() {
        let statistic = chi_square(counts, &[tenth; 10]);
        assert!(statistic < CHI_SQUARE_9, "position {position}: {statistic}");
    }
    let leading_zero = [positions[0][0], SAMPLE - positions[0][0]];
    let statistic = chi_square(&leading_zero, &[tenth, 9.0 * tenth]);
    assert!(
        statistic < CHI_SQUARE_1,
        "codes with a leading zero: {statistic}"
    );
    let expected =
        [0.9, 0.09, 0.009, 0.000_9, 0.000_09, 0.000_01].map(|share| share * f64::from(SAMPLE));
    let statistic = chi_square(&zeros_in_front, &expected);
    assert!(statistic < CHI_SQUARE_5, "zeros in front: {statistic}");
}

#[test]
fn codes_of_letters_and_digits_are_uniform() {
    let policy = unambiguous(10);
    let symbols = policy.alphabet.symbols();
    let mut rng = StdRng::seed_from_u64(22);
    let mut positions = [[0_u32; 22]; 10];
    for _ in 0..SAMPLE / 10 {
        let code = Code::generate(&mut rng, &policy);
        for (position, symbol) in code.reveal().chars().enumerate() {
            positions[position][symbols.find(symbol).unwrap()] += 1;
        }
    }
    for (position, counts) in positions.iter().enumerate() {
        let statistic = chi_square(counts, &[f64::from(SAMPLE / 10) / 22.0; 22]);
        assert!(
            statistic < CHI_SQUARE_21,
            "position {position}: {statistic}"
        );
    }
}

#[test]
fn two_digits_in_a_row_are_independent() {
    let mut rng = StdRng::seed_from_u64(99);
    let mut pairs = [0_u32; 100];
    for _ in 0..SAMPLE / 10 {
        let code = Code::generate(&mut rng, &digits(4));
        let pair: usize = code.reveal()[1..3].parse().unwrap();
        pairs[pair] += 1;
    }
    // 99 degrees of freedom, once in a thousand.
    assert!(chi_square(&pairs, &[f64::from(SAMPLE / 10) / 100.0; 100]) < 148.23);
}

#[test]
fn a_code_has_the_length_and_the_characters_of_its_policy() {
    let mut rng = StdRng::seed_from_u64(1);
    for length in CodeLength::MIN..=CodeLength::MAX {
        for policy in [digits(length), unambiguous(length)] {
            for _ in 0..100 {
                let code = Code::generate(&mut rng, &policy);
                assert_eq!(code.reveal().len(), usize::from(length));
                assert!(
                    code.reveal()
                        .chars()
                        .all(|symbol| policy.alphabet.symbols().contains(symbol))
                );
            }
        }
    }
}

#[test]
fn the_same_chance_draws_the_same_code() {
    let draw = |seed| {
        Code::generate(&mut StdRng::seed_from_u64(seed), &digits(15))
            .reveal()
            .to_owned()
    };
    assert_eq!(draw(5), draw(5));
    assert_ne!(draw(5), draw(6));
}

#[test]
fn a_code_is_four_to_fifteen_characters_long() {
    assert_eq!(CodeLength::default().get(), 6);
    assert_eq!(CodeLength::new(4).map(CodeLength::get), Ok(4));
    assert_eq!(CodeLength::new(15).map(CodeLength::get), Ok(15));
    for characters in [0, 3, 16, 255] {
        assert_eq!(
            CodeLength::new(characters),
            CodeLength::try_from(characters)
        );
        let refusal = CodeLength::new(characters).unwrap_err();
        assert_eq!(
            refusal.to_string(),
            format!("a code has 4 to 15 characters, not {characters}")
        );
        let _: InvalidCodeLength = refusal;
    }
}

#[test]
fn the_space_is_the_number_of_different_codes() {
    assert_eq!(CodePolicy::default().space(), 1_000_000);
    assert_eq!(digits(4).space(), 10_000);
    assert_eq!(digits(15).space(), 1_000_000_000_000_000);
    assert_eq!(unambiguous(4).space(), 22 * 22 * 22 * 22);
    assert_eq!(unambiguous(15).space(), 136_880_068_015_412_051_968);
}

#[test]
fn the_unambiguous_alphabet_has_no_look_alikes_and_no_vowels() {
    let symbols = CodeAlphabet::Unambiguous.symbols();
    for look_alike in "0O1IL2Z5S8BUAEI".chars() {
        assert!(!symbols.contains(look_alike), "{look_alike}");
    }
    assert!(
        symbols
            .bytes()
            .all(|symbol| symbol.is_ascii_uppercase() || symbol.is_ascii_digit())
    );
    assert!(
        symbols.as_bytes().is_sorted_by(|left, right| left < right),
        "each once"
    );
}

#[test]
fn neither_a_code_nor_a_guess_can_be_printed_by_accident() {
    let code = Code::generate(&mut StdRng::seed_from_u64(1), &digits(6));
    assert_eq!(format!("{code:?}"), "Code(***)");
    assert_eq!(
        format!("{:?}", Guess::fold("123456", &digits(6)).unwrap()),
        "Guess(***)"
    );
}

#[test]
fn codes_and_guesses_are_wiped_when_dropped() {
    fn wiped<T: ZeroizeOnDrop>() {}
    wiped::<Code>();
    wiped::<Guess>();
}
