//! Template languages, forgiving of repeats and of a wrong region.

use whatsapp_cloud::{LanguageCode, LanguageSet};

use super::Invalid;

/// One language.
pub fn language(typed: &str) -> Result<LanguageCode, Invalid> {
    let wanted = typed.trim();
    LanguageCode::parse(wanted).map_err(|_| Invalid::new(refusal(wanted)))
}

/// Names the near ones: a wrong region is the usual slip.
fn refusal(wanted: &str) -> String {
    let stem = |code: &str| {
        code.split(['_', '-'])
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase()
    };
    let near: Vec<&str> = LanguageCode::all()
        .map(LanguageCode::as_str)
        .filter(|code| stem(code) == stem(wanted))
        .collect();
    if near.is_empty() {
        format!("{wanted:?} is not a template language; codes look like en_US, es or pt_BR")
    } else {
        format!(
            "{wanted:?} is not a template language; there is {}",
            near.join(", ")
        )
    }
}

/// One language or more, with commas or spaces between.
pub fn languages(typed: &str) -> Result<LanguageSet, Invalid> {
    let words = typed.split([',', ' ']).filter(|word| !word.is_empty());
    language_set(words.map(language).collect::<Result<_, _>>()?)
}

/// Drops repeats, keeps the order.
pub fn language_set(languages: Vec<LanguageCode>) -> Result<LanguageSet, Invalid> {
    let mut unique = Vec::new();
    for language in languages {
        if !unique.contains(&language) {
            unique.push(language);
        }
    }
    Ok(LanguageSet::new(unique)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_hyphens_are_forgiven() {
        assert_eq!(language("en-us").unwrap().as_str(), "en_US");
        assert_eq!(language(" PT_br").unwrap().as_str(), "pt_BR");
    }

    #[test]
    fn an_unknown_region_is_answered_with_the_known_ones() {
        let refusal = language("de_DE").unwrap_err().to_string();
        assert_eq!(
            refusal,
            "\"de_DE\" is not a template language; there is de, de_AT, de_CH"
        );
        assert!(language("xx").is_err());
    }

    #[test]
    fn a_list_drops_repeats_and_keeps_the_order() {
        let codes: Vec<&str> = languages("es, en_US es")
            .unwrap()
            .as_slice()
            .iter()
            .map(|language| language.as_str())
            .collect();
        assert_eq!(codes, ["es", "en_US"]);
        assert!(languages(" , ").is_err());
    }
}
