//! What is known of the template and its alternates: their names, their approved languages, and
//! which of them may be sent.

mod edition;
mod shelf;
mod switch;

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use whatsapp_cloud::{GraphClient, GraphError, Template, TemplateCategory};

use self::edition::Edition;
pub(super) use self::shelf::Choice;
use self::shelf::Shelf;
use self::switch::Switches;
pub use self::switch::{Switch, SwitchTarget};
use super::problem::AccountProblem;

/// Which templates codes go out in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateOrder {
    /// The account.
    pub waba_id: String,
    /// The template, in one of its languages.
    pub template_id: String,
    /// The language of whoever asks for none; the template's own when absent.
    pub default_language: Option<String>,
    /// Names of templates that take over, in this order, when that one cannot be sent.
    pub alternates: Vec<String>,
}

/// The latest word on the templates, shared by all workers: a switch that one makes holds for all.
#[derive(Debug)]
pub struct TemplateBook {
    order: TemplateOrder,
    shelf: RwLock<Arc<Shelf>>,
    /// What keeps every template from being sent, as Meta said last.
    trouble: RwLock<Option<String>>,
    switches: Switches,
}

/// The template that codes go out in.
#[derive(Clone, Debug)]
pub struct TemplateReport {
    /// Its name.
    pub name: String,
    /// Its id in the default language.
    pub id: String,
    /// What should be known at the start.
    pub warnings: Vec<String>,
}

impl TemplateBook {
    /// Asks Meta for the template and its alternates, and refuses when none can be sent.
    pub async fn open(
        graph: &GraphClient,
        order: TemplateOrder,
    ) -> Result<(Self, TemplateReport), AccountProblem> {
        let (first, problem) = match first(graph, &order).await {
            Ok(first) => {
                let problem = must_be_sendable(&first, &order);
                (first, problem)
            }
            Err(problem @ AccountProblem::TemplateNotFound { .. }) => {
                (absent(None, &order, &problem), Some(problem))
            }
            Err(problem) => return Err(problem),
        };
        let alternates = alternates(graph, &order, &first, &[]).await;
        let shelf = Shelf::new(first, alternates);
        let Some(choice) = shelf.pick(&[], &BTreeMap::new()) else {
            let all_is_well = || AccountProblem::NoTemplateLeft(shelf.why_nothing());
            return Err(problem.unwrap_or_else(all_is_well));
        };
        let used = shelf
            .editions()
            .find(|one| one.name == choice.template)
            .and_then(|edition| edition.translation(&choice.language));
        let report = TemplateReport {
            id: used.map(|one| one.id.clone()).unwrap_or_default(),
            name: choice.template,
            warnings: warnings(&shelf),
        };
        let book = Self {
            order,
            shelf: RwLock::new(Arc::new(shelf)),
            trouble: RwLock::new(None),
            switches: Switches::default(),
        };
        Ok((book, report))
    }

    /// Asks again. What Meta says replaces what was known; when nobody answers, that stays.
    pub async fn refresh(&self, graph: &GraphClient) -> Result<(), AccountProblem> {
        let order = &self.order;
        let known = self.shelf();
        let first = match first(graph, order).await {
            Ok(first) => first,
            Err(problem) if problem.may_pass() => return Err(problem),
            Err(
                problem @ (AccountProblem::TemplateNotFound { .. }
                | AccountProblem::NotForCodes { .. }),
            ) => absent(Some(&known.first), order, &problem),
            Err(problem) => {
                self.note_trouble(Some(problem.to_string()));
                return Err(problem);
            }
        };
        self.note_trouble(None);
        let alternates = alternates(graph, order, &first, &known.alternates).await;
        let problem = must_be_sendable(&first, order);
        let is_served = self.replace(Shelf::new(first, alternates));
        match problem {
            _ if is_served => Ok(()),
            Some(problem) => Err(problem),
            None => Err(AccountProblem::NoTemplateLeft(self.shelf().why_nothing())),
        }
    }

    /// Is there a template of this name, in this language, that a code can be sent with?
    pub async fn check_own(
        &self,
        graph: &GraphClient,
        name: &str,
        language: &str,
    ) -> Result<(), AccountProblem> {
        let found = edition::by_name(graph, &self.order.waba_id, name).await?;
        let is_good = |one: &Template| {
            one.language == language
                && one.status.is_sendable()
                && one.category == TemplateCategory::Authentication
        };
        if found.iter().any(is_good) {
            return Ok(());
        }
        Err(AccountProblem::NoOwnTemplate {
            name: name.to_owned(),
            language: language.to_owned(),
        })
    }

    /// As of the last word, could a code be sent to whoever asks for no language?
    pub fn health(&self) -> Result<(), String> {
        let trouble = self.trouble.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(trouble) = &*trouble {
            return Err(trouble.clone());
        }
        let shelf = self.shelf();
        match shelf.pick(&[], &BTreeMap::new()) {
            Some(_) => Ok(()),
            None => Err(shelf.why_nothing()),
        }
    }

    /// Which template is used instead of the first one, and why; nothing when all is as ordered.
    #[must_use]
    pub fn detour(&self) -> Option<String> {
        let detours = self.shelf().detours();
        (!detours.is_empty()).then(|| detours.join(", "))
    }

    /// May the first template be sent, to whoever asks for no language?
    #[must_use]
    pub fn is_first_sendable(&self) -> bool {
        let shelf = self.shelf();
        let language = &shelf.first.default_language;
        shelf.why_not(&shelf.first, language).is_none()
    }

    /// The longest that WhatsApp tries to deliver a message in each template, by its name.
    #[must_use]
    pub fn times_to_live(&self) -> Vec<(String, Duration)> {
        let shelf = self.shelf();
        let longest = shelf.editions().filter_map(|edition| {
            let all = edition
                .translations
                .iter()
                .filter(|one| one.status.is_sendable());
            let longest = all.map(|one| one.time_to_live_secs).max()?;
            Some((edition.name.clone(), Duration::from_secs(longest)))
        });
        longest.collect()
    }

    /// The next switch to be told, when there is one. One listens.
    pub async fn next_switch(&self) -> Switch {
        self.switches.next().await
    }

    /// Template and language for someone who reads `wanted`, best first. `own` has templates by
    /// language that go before these.
    pub(super) fn choose(&self, wanted: &[String], own: &BTreeMap<String, String>) -> Choice {
        let shelf = self.shelf();
        let choice = shelf.pick(wanted, own);
        choice.unwrap_or_else(|| shelf.last_resort(wanted, own))
    }

    /// Meta refused to send this. All workers leave it alone until Meta is asked how it stands.
    pub(super) fn refused(&self, choice: &Choice, error: &GraphError) {
        let mut shelf = self.shelf.write().unwrap_or_else(PoisonError::into_inner);
        let mut next = Shelf::clone(&shelf);
        if next.refuse(choice, error.to_string()) {
            self.switches.push(next.switches_from(&shelf));
            *shelf = Arc::new(next);
        }
    }

    /// Puts this in the place of what was known. Says whether a code can be sent.
    fn replace(&self, next: Shelf) -> bool {
        let is_served = next.pick(&[], &BTreeMap::new()).is_some();
        let mut shelf = self.shelf.write().unwrap_or_else(PoisonError::into_inner);
        self.switches.push(next.switches_from(&shelf));
        *shelf = Arc::new(next);
        is_served
    }

    fn note_trouble(&self, trouble: Option<String>) {
        *self.trouble.write().unwrap_or_else(PoisonError::into_inner) = trouble;
    }

    fn shelf(&self) -> Arc<Shelf> {
        Arc::clone(&self.shelf.read().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn first(graph: &GraphClient, order: &TemplateOrder) -> Result<Edition, AccountProblem> {
    let language = order.default_language.as_deref();
    Edition::of_id(graph, &order.waba_id, &order.template_id, language).await
}

/// The first template after Meta has said that there is no such thing.
fn absent(known: Option<&Edition>, order: &TemplateOrder, problem: &AccountProblem) -> Edition {
    let name = known.map_or(&order.template_id, |known| &known.name);
    let configured = order.default_language.as_ref();
    let language = configured.or(known.map(|known| &known.default_language));
    let obstacle = format!("cannot be sent ({problem})");
    Edition::without(name, language.map_or("", String::as_str), obstacle)
}

/// Asks for each of them. One that nobody answers for stays as it was.
async fn alternates(
    graph: &GraphClient,
    order: &TemplateOrder,
    first: &Edition,
    known: &[Edition],
) -> Vec<Edition> {
    let mut editions = Vec::with_capacity(order.alternates.len());
    for name in order.alternates.iter().filter(|name| **name != first.name) {
        let language = &first.default_language;
        let asked = Edition::of_name(graph, &order.waba_id, name, language).await;
        editions.push(asked.unwrap_or_else(|problem| {
            let known = known.iter().find(|one| one.name == *name);
            let obstacle = format!("could not be looked at ({problem})");
            let unknown = || Edition::without(name, language, obstacle);
            known.cloned().unwrap_or_else(unknown)
        }));
    }
    editions
}

/// What is wrong with the first template, in the words of a start.
fn must_be_sendable(first: &Edition, order: &TemplateOrder) -> Option<AccountProblem> {
    let language = &first.default_language;
    let approved = first.approved();
    if approved.contains(language) {
        return None;
    }
    let named = first.translations.first();
    let unsendable = named.filter(|named| !named.status.is_sendable());
    Some(match unsendable {
        Some(named) => AccountProblem::NotApproved {
            name: first.name.clone(),
            id: order.template_id.clone(),
            status: named.status.clone(),
        },
        None => AccountProblem::NoDefaultLanguage {
            name: first.name.clone(),
            language: language.clone(),
            approved,
        },
    })
}

/// What should be known at a start, with what to do.
fn warnings(shelf: &Shelf) -> Vec<String> {
    let mut warnings: Vec<String> = shelf
        .detours()
        .into_iter()
        .map(|detour| format!("{detour}: see its review in WhatsApp Manager"))
        .collect();
    let kind = |edition: &Edition| {
        let translation = edition.translations.first()?;
        translation.otp_type.clone()
    };
    for alternate in &shelf.alternates {
        if let Some(why) = shelf.why_not(alternate, &alternate.default_language) {
            warnings.push(format!(
                "graph.alternate_templates: {why}, so it cannot take over; create it with `wa-setup`, \
                 wait for its approval, or leave it out"
            ));
            continue;
        }
        if let (Some(first), Some(other)) = (kind(&shelf.first), kind(alternate))
            && first != other
        {
            warnings.push(format!(
                "graph.alternate_templates: template {} has a button {other} where {} has {first}: codes reach \
                 people another way while it stands in; create one of the same kind with `wa-setup`",
                alternate.name, shelf.first.name
            ));
        }
    }
    warnings
}
