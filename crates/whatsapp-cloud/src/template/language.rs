//! The languages that a template can be in.

use std::fmt;

use super::InvalidTemplateField;

/// The codes that WhatsApp has for templates, as of 2025-11.
const CODES: &[&str] = &[
    "af", "sq", "ar", "ar_EG", "ar_AE", "ar_LB", "ar_MA", "ar_QA", "az", "be_BY", "bn", "bn_IN",
    "bg", "ca", "zh_CN", "zh_HK", "zh_TW", "hr", "cs", "da", "prs_AF", "nl", "nl_BE", "en",
    "en_GB", "en_US", "en_AE", "en_AU", "en_CA", "en_GH", "en_IE", "en_IN", "en_JM", "en_MY",
    "en_NZ", "en_QA", "en_SG", "en_UG", "en_ZA", "et", "fil", "fi", "fr", "fr_BE", "fr_CA",
    "fr_CH", "fr_CI", "fr_MA", "ka", "de", "de_AT", "de_CH", "el", "gu", "ha", "he", "hi", "hu",
    "id", "ga", "it", "ja", "kn", "kk", "rw_RW", "ko", "ky_KG", "lo", "lv", "lt", "mk", "ms", "ml",
    "mr", "nb", "ps_AF", "fa", "pl", "pt_BR", "pt_PT", "pa", "ro", "ru", "sr", "si_LK", "sk", "sl",
    "es", "es_AR", "es_CL", "es_CO", "es_CR", "es_DO", "es_EC", "es_HN", "es_MX", "es_PA", "es_PE",
    "es_ES", "es_UY", "sw", "sv", "ta", "te", "th", "tr", "uk", "ur", "uz", "vi", "zu",
];

/// One of WhatsApp's template languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LanguageCode(&'static str);

impl LanguageCode {
    /// Finds a language by its code in any letter case, with `_` or `-`: webhooks say `en-US`.
    pub fn parse(text: &str) -> Result<Self, InvalidTemplateField> {
        let is_same = |code: &str| {
            code.len() == text.len()
                && code.bytes().zip(text.bytes()).all(|(a, b)| {
                    let b = if b == b'-' { b'_' } else { b };
                    a.eq_ignore_ascii_case(&b)
                })
        };
        CODES
            .iter()
            .find(|code| is_same(code))
            .map(|code| Self(code))
            .ok_or(InvalidTemplateField::Language)
    }

    /// Every language, in Meta's order.
    #[must_use]
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        CODES.iter().map(|code| Self(code))
    }

    /// The code as Meta writes it: `en_US`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for LanguageCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// At least one language, none twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LanguageSet(Vec<LanguageCode>);

impl LanguageSet {
    /// Keeps the order.
    pub fn new(languages: Vec<LanguageCode>) -> Result<Self, InvalidTemplateField> {
        if languages.is_empty() {
            return Err(InvalidTemplateField::LanguagesEmpty);
        }
        let is_repeated = |(index, language)| languages[..index].contains(language);
        if languages.iter().enumerate().any(is_repeated) {
            return Err(InvalidTemplateField::LanguageRepeated);
        }
        Ok(Self(languages))
    }

    /// The languages, in the order given.
    #[must_use]
    pub fn as_slice(&self) -> &[LanguageCode] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_in_any_case_and_with_a_hyphen() {
        for text in ["en_US", "en-US", "EN_us"] {
            assert_eq!(LanguageCode::parse(text).unwrap().as_str(), "en_US");
        }
        for text in ["", "en_", "en_XX", "english", "e\u{301}n_U"] {
            assert_eq!(
                LanguageCode::parse(text),
                Err(InvalidTemplateField::Language),
                "{text}"
            );
        }
    }

    #[test]
    fn a_set_is_neither_empty_nor_repeats_a_language() {
        let [en, es] = ["en", "es"].map(|code| LanguageCode::parse(code).unwrap());
        assert!(LanguageSet::new(vec![en, es]).is_ok());
        assert_eq!(
            LanguageSet::new(vec![]),
            Err(InvalidTemplateField::LanguagesEmpty)
        );
        assert_eq!(
            LanguageSet::new(vec![en, es, en]),
            Err(InvalidTemplateField::LanguageRepeated)
        );
    }

    #[test]
    fn no_code_stands_twice_in_the_list() {
        assert!(LanguageSet::new(LanguageCode::all().collect()).is_ok());
    }
}
