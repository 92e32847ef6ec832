//! The template and its alternates, in their order, and which of them serves whom. Pure: what Meta
//! says comes in, and a choice goes out.

use std::collections::BTreeMap;

use super::edition::{Edition, Translation};
use super::switch::{Switch, SwitchTarget};
use crate::channel::languages;

/// A template in a language, as a message names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Choice {
    pub(in super::super) template: String,
    pub(in super::super) language: String,
}

/// The templates that codes may go out in.
#[derive(Clone, Debug)]
pub(super) struct Shelf {
    pub(super) first: Edition,
    pub(super) alternates: Vec<Edition>,
    /// What a send was refused with since Meta was last asked: that is newer than what Meta said.
    refusals: Vec<(Choice, String)>,
}

impl Shelf {
    pub(super) fn new(first: Edition, alternates: Vec<Edition>) -> Self {
        Self {
            first,
            alternates,
            refusals: Vec::new(),
        }
    }

    /// All of them, the first one first.
    pub(super) fn editions(&self) -> impl Iterator<Item = &Edition> {
        std::iter::once(&self.first).chain(&self.alternates)
    }

    /// What serves someone who reads `wanted`, best first; nothing when Meta would refuse all of
    /// it. `own` has templates by language that go before these.
    ///
    /// The language is picked as if all were well, and then the first template that can be sent in
    /// it: a pause changes the template, not the language, as long as one has both.
    pub(super) fn pick(&self, wanted: &[String], own: &BTreeMap<String, String>) -> Option<Choice> {
        let language = self.language(wanted, own);
        if let Some(template) = own.get(&language) {
            let choice = Choice {
                template: template.clone(),
                language: language.clone(),
            };
            if self.refusal(&choice).is_none() {
                return Some(choice);
            }
        }
        let in_language = self
            .editions()
            .find(|edition| self.sendable(edition).contains(&language));
        if let Some(edition) = in_language {
            let template = edition.name.clone();
            return Some(Choice { template, language });
        }
        self.editions().find_map(|edition| {
            let sendable = self.sendable(edition);
            let language = languages::choose(wanted, &sendable, &edition.default_language);
            sendable.iter().any(|one| one == language).then(|| Choice {
                template: edition.name.clone(),
                language: language.to_owned(),
            })
        })
    }

    /// What to try when nothing can be sent as far as we know: we may be the last to know.
    pub(super) fn last_resort(&self, wanted: &[String], own: &BTreeMap<String, String>) -> Choice {
        let language = self.language(wanted, own);
        let is_known = self.first.translation(&language).is_some();
        Choice {
            template: self.first.name.clone(),
            language: if is_known {
                language
            } else {
                self.first.default_language.clone()
            },
        }
    }

    /// Meta refuses to send this. Says whether that is news.
    pub(super) fn refuse(&mut self, choice: &Choice, why: String) -> bool {
        if self.refusal(choice).is_some() {
            return false;
        }
        self.refusals.push((choice.clone(), why));
        true
    }

    /// Why this template does not go out in this language; nothing when it does.
    pub(super) fn why_not(&self, edition: &Edition, language: &str) -> Option<String> {
        let name = &edition.name;
        if let Some(obstacle) = &edition.obstacle {
            return Some(format!("template {name} {obstacle}"));
        }
        let Some(translation) = edition.translation(language) else {
            return Some(format!("template {name} is not there in {language}"));
        };
        if !translation.status.is_sendable() {
            let status = &translation.status;
            return Some(format!("template {name} is {status} in {language}"));
        }
        let choice = Choice {
            template: name.clone(),
            language: language.to_owned(),
        };
        self.refusal(&choice)
            .map(|why| format!("template {name} was refused in {language} ({why})"))
    }

    /// Why nothing goes out to whoever asks for no language.
    pub(super) fn why_nothing(&self) -> String {
        let language = &self.first.default_language;
        let reasons = self
            .editions()
            .filter_map(|edition| self.why_not(edition, language));
        let reasons: Vec<String> = reasons.collect();
        format!("{}: no code can be sent", reasons.join(", "))
    }

    /// For each language of the first template in which something else is used: why, and what.
    pub(super) fn detours(&self) -> Vec<String> {
        let default = &self.first.default_language;
        let detours = self.usage().into_iter().filter_map(|(language, choice)| {
            let translation = self.first.translation(&language);
            if language != *default && translation.is_some_and(Translation::is_in_review) {
                // It is only about to come.
                return None;
            }
            let why = self.why_not(&self.first, &language)?;
            Some(match choice {
                Some(choice) if choice.language == language => {
                    format!("{why}; {} is used", choice.template)
                }
                Some(choice) => {
                    format!("{why}; {} is used, in {}", choice.template, choice.language)
                }
                None => format!("{why}; no other can be sent"),
            })
        });
        detours.collect()
    }

    /// What changes for whom when this takes the place of `before`.
    pub(super) fn switches_from(&self, before: &Self) -> Vec<Switch> {
        let old = before.usage();
        let changes = self.usage().into_iter().filter_map(|(language, now)| {
            let (_, was) = old.iter().find(|(other, _)| *other == language)?;
            let name = |choice: &Option<Choice>| choice.as_ref().map(|one| one.template.clone());
            let to = name(&now);
            if to == name(was) {
                return None;
            }
            let why = self.why_not(&self.first, &language).unwrap_or_else(|| {
                let name = &self.first.name;
                format!("template {name} can be sent again in {language}")
            });
            let to = match to {
                None => SwitchTarget::Nothing,
                Some(name) if name == self.first.name => SwitchTarget::First(name),
                Some(name) => SwitchTarget::Alternate(name),
            };
            Some(Switch { language, to, why })
        });
        changes.collect()
    }

    /// What is used for each language that the first template has.
    fn usage(&self) -> Vec<(String, Option<Choice>)> {
        let default = &self.first.default_language;
        let mut languages = vec![default.clone()];
        let others = self.first.translations.iter().map(|one| &one.language);
        languages.extend(others.filter(|language| *language != default).cloned());
        let pick = |language: String| {
            let choice = self.pick(std::slice::from_ref(&language), &BTreeMap::new());
            (language, choice)
        };
        languages.into_iter().map(pick).collect()
    }

    /// As if everything could be sent.
    fn language(&self, wanted: &[String], own: &BTreeMap<String, String>) -> String {
        let first = self.first.translations.iter().map(|one| &one.language);
        let mut known: Vec<String> = first.cloned().collect();
        for language in own.keys() {
            if !known.contains(language) {
                known.push(language.clone());
            }
        }
        languages::choose(wanted, &known, &self.first.default_language).to_owned()
    }

    /// The languages in which this one goes out.
    fn sendable(&self, edition: &Edition) -> Vec<String> {
        let mut languages = edition.approved();
        if !self.refusals.is_empty() {
            languages.retain(|language| self.why_not(edition, language).is_none());
        }
        languages
    }

    fn refusal(&self, choice: &Choice) -> Option<&String> {
        let refusal = self.refusals.iter().find(|(refused, _)| refused == choice);
        refusal.map(|(_, why)| why)
    }
}

#[cfg(test)]
mod tests {
    use whatsapp_cloud::{OtpType, TemplateStatus};

    use super::*;

    fn edition(name: &str, default: &str, languages: &[(&str, TemplateStatus)]) -> Edition {
        let translation = |(language, status): &(&str, TemplateStatus)| Translation {
            id: format!("{name}-{language}"),
            language: (*language).to_owned(),
            status: status.clone(),
            otp_type: Some(OtpType::CopyCode),
            time_to_live_secs: 600,
        };
        Edition {
            name: name.to_owned(),
            default_language: default.to_owned(),
            translations: languages.iter().map(translation).collect(),
            obstacle: None,
        }
    }

    const GOOD: TemplateStatus = TemplateStatus::Approved;
    const PAUSED: TemplateStatus = TemplateStatus::Paused;

    #[track_caller]
    fn serves(shelf: &Shelf, wanted: &[&str], expected: Option<(&str, &str)>) {
        let wanted: Vec<String> = wanted.iter().map(ToString::to_string).collect();
        let picked = shelf.pick(&wanted, &BTreeMap::new());
        let picked = picked
            .as_ref()
            .map(|choice| (choice.template.as_str(), choice.language.as_str()));
        assert_eq!(picked, expected, "{wanted:?}");
    }

    #[test]
    fn the_first_serves_all_its_languages_and_no_alternate_is_asked() {
        let first = edition("first", "en_US", &[("en_US", GOOD), ("de", GOOD)]);
        let second = edition("second", "en_US", &[("en_US", GOOD), ("fr", GOOD)]);
        let shelf = Shelf::new(first, vec![second]);
        serves(&shelf, &[], Some(("first", "en_US")));
        serves(&shelf, &["de-AT"], Some(("first", "de")));
        serves(&shelf, &["fr"], Some(("first", "en_US")));
        assert_eq!(shelf.detours(), Vec::<String>::new());
    }

    #[test]
    fn a_language_that_is_paused_goes_out_in_the_first_alternate_that_has_it() {
        let first = edition("first", "en_US", &[("en_US", GOOD), ("de", PAUSED)]);
        let second = edition("second", "en_US", &[("en_US", GOOD)]);
        let third = edition("third", "en_US", &[("en_US", GOOD), ("de", GOOD)]);
        let shelf = Shelf::new(first, vec![second, third]);
        serves(&shelf, &[], Some(("first", "en_US")));
        serves(&shelf, &["de"], Some(("third", "de")));
        assert_eq!(
            shelf.detours(),
            ["template first is PAUSED in de; third is used"]
        );
    }

    #[test]
    fn without_the_language_the_nearest_that_can_be_sent_is_used() {
        let first = edition("first", "en_US", &[("en_US", PAUSED), ("de", GOOD)]);
        let alone = Shelf::new(first.clone(), vec![]);
        serves(&alone, &["de"], Some(("first", "de")));
        // Nobody is sent German who did not ask for it.
        serves(&alone, &[], None);
        assert_eq!(alone.last_resort(&[], &BTreeMap::new()).language, "en_US");
        let second = edition("second", "fr", &[("fr", GOOD), ("es", GOOD)]);
        let shelf = Shelf::new(first, vec![second]);
        serves(&shelf, &["en"], Some(("second", "fr")));
        serves(&shelf, &["en", "es"], Some(("second", "es")));
    }

    #[test]
    fn what_was_refused_is_not_used_again_until_meta_was_asked() {
        let first = edition("first", "en_US", &[("en_US", GOOD)]);
        let second = edition("second", "en_US", &[("en_US", GOOD)]);
        let asked = Shelf::new(first, vec![second]);
        let mut shelf = asked.clone();
        let choice = shelf.pick(&[], &BTreeMap::new()).expect("a choice");
        assert!(shelf.refuse(&choice, "132015".to_owned()));
        assert!(!shelf.refuse(&choice, "132015".to_owned()));
        serves(&shelf, &[], Some(("second", "en_US")));
        let [switch] = &shelf.switches_from(&asked)[..] else {
            panic!("one switch")
        };
        assert_eq!(switch.to, SwitchTarget::Alternate("second".to_owned()));
        assert!(switch.why.contains("132015"), "{}", switch.why);
        let [back] = &asked.switches_from(&shelf)[..] else {
            panic!("one switch")
        };
        assert_eq!(back.to, SwitchTarget::First("first".to_owned()));
        assert!(back.why.contains("again"), "{}", back.why);
        assert_eq!(asked.switches_from(&asked), []);
    }

    #[test]
    fn an_applications_own_template_goes_first_and_the_accounts_stand_in_for_it() {
        let first = edition("first", "en_US", &[("en_US", GOOD), ("de", GOOD)]);
        let mut shelf = Shelf::new(first, vec![]);
        let own = BTreeMap::from([("de".to_owned(), "shop".to_owned())]);
        let wanted = ["de".to_owned()];
        let choice = shelf.pick(&wanted, &own).expect("a choice");
        assert_eq!(choice.template, "shop");
        shelf.refuse(&choice, "132016".to_owned());
        let choice = shelf.pick(&wanted, &own).expect("a choice");
        assert_eq!(
            (choice.template.as_str(), choice.language.as_str()),
            ("first", "de")
        );
    }

    #[test]
    fn when_all_are_out_each_is_named() {
        let first = edition("first", "en_US", &[("en_US", PAUSED)]);
        let gone = Edition::without("second", "en_US", "is not in the account".to_owned());
        let shelf = Shelf::new(first, vec![gone]);
        serves(&shelf, &[], None);
        assert_eq!(
            shelf.why_nothing(),
            "template first is PAUSED in en_US, template second is not in the account: no code can be sent"
        );
    }
}
