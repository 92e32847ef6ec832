//! What is known of the template: its name, its approved languages, and whether it may be sent.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use whatsapp_cloud::{GraphClient, Template, TemplateCategory, TemplateFilter, TemplateStatus};

use super::problem::AccountProblem;
use crate::channel::languages;

/// The latest word on one template, shared by all workers.
#[derive(Debug)]
pub struct TemplateBook {
    waba_id: String,
    template_id: String,
    default_language: Option<String>,
    edition: RwLock<Arc<Edition>>,
    health: RwLock<Result<(), String>>,
}

#[derive(Debug)]
struct Edition {
    name: String,
    default_language: String,
    approved: Vec<String>,
    status: TemplateStatus,
}

/// What Meta said of the template.
#[derive(Clone, Debug)]
pub struct TemplateReport {
    /// Its name.
    pub name: String,
    /// Its id in the default language.
    pub id: String,
    /// Its status in the default language.
    pub status: TemplateStatus,
    /// The languages in which it can be sent.
    pub languages: Vec<String>,
}

impl TemplateBook {
    /// Asks Meta for the template and refuses one that cannot be sent.
    pub async fn open(
        graph: &GraphClient,
        waba_id: &str,
        template_id: &str,
        default_language: Option<&str>,
    ) -> Result<(Self, TemplateReport), AccountProblem> {
        let edition = fetch(graph, waba_id, template_id, default_language).await?;
        let report = edition.report(template_id);
        edition.must_be_sendable(template_id)?;
        let book = Self {
            waba_id: waba_id.to_owned(),
            template_id: template_id.to_owned(),
            default_language: default_language.map(str::to_owned),
            edition: RwLock::new(Arc::new(edition)),
            health: RwLock::new(Ok(())),
        };
        Ok((book, report))
    }

    /// Asks again. What Meta says replaces what was known; when nobody answers, that stays.
    pub async fn refresh(&self, graph: &GraphClient) -> Result<TemplateReport, AccountProblem> {
        let (waba_id, id) = (&self.waba_id, &self.template_id);
        let fetched = fetch(graph, waba_id, id, self.default_language.as_deref()).await;
        let told = fetched.and_then(|edition| {
            let sendable = edition.must_be_sendable(id);
            let report = edition.report(id);
            *self.edition.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(edition);
            sendable.map(|()| report)
        });
        let verdict = match &told {
            Ok(_) => Some(Ok(())),
            Err(problem) if problem.may_pass() => None,
            Err(problem) => Some(Err(problem.to_string())),
        };
        if let Some(verdict) = verdict {
            *self.health.write().unwrap_or_else(PoisonError::into_inner) = verdict;
        }
        told
    }

    /// Is there a template of this name, in this language, that a code can be sent with?
    pub async fn check_own(
        &self,
        graph: &GraphClient,
        name: &str,
        language: &str,
    ) -> Result<(), AccountProblem> {
        let filter = TemplateFilter {
            name: Some(name.to_owned()),
            ..TemplateFilter::default()
        };
        let found = graph.templates(&self.waba_id, &filter).await;
        let found = found.map_err(|error| {
            let id = self.waba_id.clone();
            AccountProblem::of(error, |source| AccountProblem::AccountNotFound {
                id,
                source,
            })
        })?;
        let is_good = |one: &Template| {
            one.name == name
                && one.language == language
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

    /// As of Meta's last word, could the template be sent?
    pub fn health(&self) -> Result<(), String> {
        self.health
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Name and language for someone who reads `wanted`, best first. `own` has templates by
    /// language that go before this one.
    pub(super) fn choose(
        &self,
        wanted: &[String],
        own: &BTreeMap<String, String>,
    ) -> (String, String) {
        let edition = self.edition();
        if own.is_empty() {
            let language = languages::choose(wanted, &edition.approved, &edition.default_language);
            return (edition.name.clone(), language.to_owned());
        }
        let mut known = edition.approved.clone();
        known.extend(
            own.keys()
                .filter(|language| !known.contains(language))
                .cloned()
                .collect::<Vec<_>>(),
        );
        let language = languages::choose(wanted, &known, &edition.default_language);
        let name = own.get(language).unwrap_or(&edition.name);
        (name.clone(), language.to_owned())
    }

    fn edition(&self) -> Arc<Edition> {
        Arc::clone(&self.edition.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Edition {
    fn report(&self, template_id: &str) -> TemplateReport {
        TemplateReport {
            name: self.name.clone(),
            id: template_id.to_owned(),
            status: self.status.clone(),
            languages: self.approved.clone(),
        }
    }

    fn must_be_sendable(&self, template_id: &str) -> Result<(), AccountProblem> {
        if self.status.is_sendable() {
            return Ok(());
        }
        let (name, id) = (self.name.clone(), template_id.to_owned());
        Err(AccountProblem::NotApproved {
            name,
            id,
            status: self.status.clone(),
        })
    }
}

async fn fetch(
    graph: &GraphClient,
    waba_id: &str,
    template_id: &str,
    default_language: Option<&str>,
) -> Result<Edition, AccountProblem> {
    let named = graph.template(template_id).await.map_err(|error| {
        let id = template_id.to_owned();
        AccountProblem::of(error, |source| AccountProblem::TemplateNotFound {
            id,
            source,
        })
    })?;
    if named.category != TemplateCategory::Authentication {
        return Err(AccountProblem::NotForCodes {
            name: named.name,
            id: template_id.to_owned(),
        });
    }
    let filter = TemplateFilter {
        name: Some(named.name.clone()),
        ..TemplateFilter::default()
    };
    let siblings = graph.templates(waba_id, &filter).await.map_err(|error| {
        let id = waba_id.to_owned();
        AccountProblem::of(error, |source| AccountProblem::AccountNotFound {
            id,
            source,
        })
    })?;
    edition(named, &siblings, default_language)
}

fn edition(
    named: Template,
    siblings: &[Template],
    wanted: Option<&str>,
) -> Result<Edition, AccountProblem> {
    let approved = siblings
        .iter()
        .filter(|one| one.name == named.name && one.status.is_sendable());
    let mut approved: Vec<String> = approved.map(|one| one.language.clone()).collect();
    if named.status.is_sendable() && !approved.contains(&named.language) {
        approved.insert(0, named.language.clone());
    }
    let language = wanted.unwrap_or(&named.language).to_owned();
    if wanted.is_some() && !approved.contains(&language) {
        return Err(AccountProblem::NoDefaultLanguage {
            name: named.name,
            language,
            approved,
        });
    }
    Ok(Edition {
        name: named.name,
        default_language: language,
        approved,
        status: named.status,
    })
}
