//! Guesses as people type them.

use otp_core::{Code, CodeAlphabet, CodeLength, CodePolicy, Guess, NotACode};
use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rlibphonenumber::PHONE_NUMBER_UTIL;

use super::{digits, policy, unambiguous};

fn fold(text: &str, policy: CodePolicy) -> Result<String, NotACode> {
    Guess::fold(text, &policy).map(|guess| guess.reveal().to_owned())
}

#[test]
fn white_space_and_hyphens_are_dropped_wherever_they_stand() {
    let spellings = [
        "012345",
        " 012345 ",
        "012 345",
        "012-345",
        "0-1-2-3-4-5",
        "\t012\n345\r\n",
        "012\u{a0}345",
        "012\u{2009}345",
        "012\u{202f}345",
        "\u{3000}012345\u{3000}",
        "012\u{2011}345",
        "012\u{2013}345",
        "012\u{2014}345",
        "012\u{2212}345",
        "012\u{ff0d}345",
        "---012 - - 345---",
    ];
    for spelling in spellings {
        assert_eq!(
            fold(spelling, digits(6)).as_deref(),
            Ok("012345"),
            "{spelling:?}"
        );
    }
}

#[test]
fn digits_of_many_scripts_are_folded() {
    let scripts = [
        ("Arabic-Indic", "٠١٢٣٤٥٦٧٨٩"),
        ("Persian and Urdu", "۰۱۲۳۴۵۶۷۸۹"),
        ("N'Ko", "߀߁߂߃߄߅߆߇߈߉"),
        ("Devanagari", "०१२३४५६७८९"),
        ("Bengali", "০১২৩৪৫৬৭৮৯"),
        ("Gurmukhi", "੦੧੨੩੪੫੬੭੮੯"),
        ("Gujarati", "૦૧૨૩૪૫૬૭૮૯"),
        ("Odia", "୦୧୨୩୪୫୬୭୮୯"),
        ("Tamil", "௦௧௨௩௪௫௬௭௮௯"),
        ("Telugu", "౦౧౨౩౪౫౬౭౮౯"),
        ("Kannada", "೦೧೨೩೪೫೬೭೮೯"),
        ("Malayalam", "൦൧൨൩൪൫൬൭൮൯"),
        ("Thai", "๐๑๒๓๔๕๖๗๘๙"),
        ("Lao", "໐໑໒໓໔໕໖໗໘໙"),
        ("Tibetan", "༠༡༢༣༤༥༦༧༨༩"),
        ("Myanmar", "၀၁၂၃၄၅၆၇၈၉"),
        ("Khmer", "០១២៣៤៥៦៧៨៩"),
        ("Mongolian", "᠐᠑᠒᠓᠔᠕᠖᠗᠘᠙"),
        ("full-width", "０１２３４５６７８９"),
        ("Adlam", "𞥐𞥑𞥒𞥓𞥔𞥕𞥖𞥗𞥘𞥙"),
        ("bold mathematical", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗"),
        ("monospace mathematical", "𝟶𝟷𝟸𝟹𝟺𝟻𝟼𝟽𝟾𝟿"),
        ("mixed", "0١۲३４๕໖7᠘𝟗"),
    ];
    for (script, ten) in scripts {
        assert_eq!(
            fold(ten, digits(10)).as_deref(),
            Ok("0123456789"),
            "{script}"
        );
    }
}

#[test]
fn exactly_the_decimal_digits_of_unicode_are_folded() {
    for char in char::MIN..=char::MAX {
        if char.is_whitespace() {
            continue;
        }
        let folded = fold(&format!("000{char}"), digits(4)).ok();
        // The phone library carries its own table of Unicode's digits.
        let digit = PHONE_NUMBER_UTIL.normalize_digits_only(char.encode_utf8(&mut [0; 4]));
        let expected = (!digit.is_empty()).then(|| format!("000{digit}"));
        assert_eq!(folded, expected, "{char:?}");
    }
}

#[test]
fn numbers_that_are_no_decimal_digits_are_wrong() {
    for char in ['²', '½', 'Ⅷ', '①', '㊀', '五', '〇', '𐄇', '٪'] {
        assert_eq!(
            fold(&format!("12345{char}"), digits(6)),
            Err(NotACode::NotInAlphabet),
            "{char}"
        );
    }
}

#[test]
fn another_number_of_characters_is_no_guess() {
    let texts = [
        "", " ", "---", "1", "1e5", "12345", "1234567", "12345a7", "0x1E240", "12.34.56", "🙂",
    ];
    for text in texts {
        assert_eq!(
            fold(text, digits(6)),
            Err(NotACode::WrongLength),
            "{text:?}"
        );
    }
}

#[test]
fn characters_that_no_code_has_are_a_wrong_guess() {
    let texts = [
        "abcdef",
        "1e5000",
        "12345O",
        "12345\0",
        "\0\0\0\0\0\0",
        "12345🙂",
        "+12345",
        "12345\u{200b}",
        "1234.5",
    ];
    for text in texts {
        assert_eq!(
            fold(text, digits(6)),
            Err(NotACode::NotInAlphabet),
            "{text:?}"
        );
    }
    for text in ["34679O", "CDFGH1", "CDFGHÄ", "CDFGHа"] {
        assert_eq!(
            fold(text, unambiguous(6)),
            Err(NotACode::NotInAlphabet),
            "{text:?}"
        );
    }
}

#[test]
fn small_letters_and_foreign_digits_fit_an_alphabet_of_letters() {
    for text in ["CDF467", "cdf467", "cDf-467", " c d f ４ ６ ७ "] {
        assert_eq!(
            fold(text, unambiguous(6)).as_deref(),
            Ok("CDF467"),
            "{text:?}"
        );
    }
}

#[test]
fn a_text_past_the_limit_is_no_guess() {
    let padded = |spaces: usize| format!("{}123456", " ".repeat(spaces));
    assert_eq!(
        fold(&padded(Guess::TEXT_CHARS_MAX - 6), digits(6)).as_deref(),
        Ok("123456")
    );
    assert_eq!(
        fold(&padded(Guess::TEXT_CHARS_MAX - 5), digits(6)),
        Err(NotACode::WrongLength)
    );
    assert_eq!(
        fold(&"1".repeat(10_000), digits(6)),
        Err(NotACode::WrongLength)
    );
    assert_eq!(
        fold(&" ".repeat(10_000), digits(6)),
        Err(NotACode::WrongLength)
    );
    assert_eq!(
        fold(&"𝟎".repeat(10_000), digits(15)),
        Err(NotACode::WrongLength)
    );
}

fn any_policy() -> impl Strategy<Value = CodePolicy> {
    let alphabet = prop_oneof![Just(CodeAlphabet::Digits), Just(CodeAlphabet::Unambiguous)];
    (CodeLength::MIN..=CodeLength::MAX, alphabet)
        .prop_map(|(length, alphabet)| policy(length, alphabet))
}

proptest! {
    #[test]
    fn any_text_is_a_guess_of_the_policy_or_none(text in "(?s).{0,80}", policy in any_policy()) {
        if let Ok(guess) = Guess::fold(&text, &policy) {
            prop_assert_eq!(guess.reveal().len(), usize::from(policy.length.get()));
            prop_assert!(guess.reveal().chars().all(|symbol| policy.alphabet.symbols().contains(symbol)));
        }
    }

    #[test]
    fn a_code_is_its_own_guess_however_it_is_spaced(
        seed: u64,
        policy in any_policy(),
        gaps in prop::collection::vec("[ \t\u{a0}\u{3000}-]{0,2}", 15),
    ) {
        let code = Code::generate(&mut StdRng::seed_from_u64(seed), &policy);
        let small_letters = code.reveal().to_lowercase();
        let typed: String =
            gaps.iter().map(String::as_str).zip(small_letters.split_inclusive(|_| true)).flat_map(<[&str; 2]>::from).collect();
        prop_assert_eq!(fold(&typed, policy), Ok(code.reveal().to_owned()));
    }
}
