//! One template as Meta last showed it, in all its languages.

use whatsapp_cloud::{
    GraphClient, OtpType, Template, TemplateCategory, TemplateFilter, TemplateStatus,
};

use super::super::problem::AccountProblem;

/// How long WhatsApp tries to deliver a message whose template does not say.
const TIME_TO_LIVE_SECS: u64 = 600;
/// What "-1" stands for: 30 days.
const LONGEST_TIME_TO_LIVE_SECS: u64 = 30 * 24 * 60 * 60;

/// A template: its name, and where it stands in each language.
#[derive(Clone, Debug)]
pub(super) struct Edition {
    pub(super) name: String,
    /// Its language for whoever reads none of them.
    pub(super) default_language: String,
    pub(super) translations: Vec<Translation>,
    /// Why it is out in all its languages, where it is not the languages' fault.
    pub(super) obstacle: Option<String>,
}

/// A template in one language.
#[derive(Clone, Debug)]
pub(super) struct Translation {
    pub(super) id: String,
    pub(super) language: String,
    pub(super) status: TemplateStatus,
    pub(super) otp_type: Option<OtpType>,
    /// How long WhatsApp tries to deliver.
    pub(super) time_to_live_secs: u64,
}

impl Edition {
    /// One that cannot be looked at.
    pub(super) fn without(name: &str, default_language: &str, obstacle: String) -> Self {
        Self {
            name: name.to_owned(),
            default_language: default_language.to_owned(),
            translations: Vec::new(),
            obstacle: Some(obstacle),
        }
    }

    pub(super) fn translation(&self, language: &str) -> Option<&Translation> {
        self.translations
            .iter()
            .find(|one| one.language == language)
    }

    /// The languages in which Meta would send it.
    pub(super) fn approved(&self) -> Vec<String> {
        if self.obstacle.is_some() {
            return Vec::new();
        }
        let approved = self.translations.iter();
        approved
            .filter(|one| one.status.is_sendable())
            .map(|one| one.language.clone())
            .collect()
    }

    /// The template that is named by its id.
    pub(super) async fn of_id(
        graph: &GraphClient,
        waba_id: &str,
        template_id: &str,
        default_language: Option<&str>,
    ) -> Result<Self, AccountProblem> {
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
        let siblings = by_name(graph, waba_id, &named.name).await?;
        let default_language = default_language.unwrap_or(&named.language).to_owned();
        let (name, language) = (named.name.clone(), named.language.clone());
        let mut translations = vec![Translation::of(named)];
        let others = siblings
            .into_iter()
            .filter(|one| one.language != language && is_for_codes(one));
        translations.extend(others.map(Translation::of));
        Ok(Self {
            name,
            default_language,
            translations,
            obstacle: None,
        })
    }

    /// The template of this name, for readers of `wanted` if it has that.
    pub(super) async fn of_name(
        graph: &GraphClient,
        waba_id: &str,
        name: &str,
        wanted: &str,
    ) -> Result<Self, AccountProblem> {
        let found = by_name(graph, waba_id, name).await?;
        if found.is_empty() {
            let obstacle = "is not in the account".to_owned();
            return Ok(Self::without(name, wanted, obstacle));
        }
        let translations: Vec<Translation> = found
            .into_iter()
            .filter(is_for_codes)
            .map(Translation::of)
            .collect();
        if translations.is_empty() {
            let obstacle = "is no AUTHENTICATION template with a button for the code".to_owned();
            return Ok(Self::without(name, wanted, obstacle));
        }
        let mut edition = Self {
            name: name.to_owned(),
            default_language: wanted.to_owned(),
            translations,
            obstacle: None,
        };
        let approved = edition.approved();
        if let Some(first) = approved.first()
            && !approved.iter().any(|language| language == wanted)
        {
            edition.default_language.clone_from(first);
        }
        Ok(edition)
    }
}

impl Translation {
    fn of(template: Template) -> Self {
        let time_to_live_secs = match template.time_to_live_secs {
            None => TIME_TO_LIVE_SECS,
            Some(secs) => u64::try_from(secs).unwrap_or(LONGEST_TIME_TO_LIVE_SECS),
        };
        Self {
            id: template.id,
            language: template.language,
            status: template.status,
            otp_type: template.otp_type,
            time_to_live_secs,
        }
    }

    /// Meta has not approved it yet, or did not want to.
    pub(super) fn is_in_review(&self) -> bool {
        let status = &self.status;
        matches!(
            status,
            TemplateStatus::Pending | TemplateStatus::Rejected | TemplateStatus::InAppeal
        )
    }
}

/// Our messages hand the code to the body and to the one button.
fn is_for_codes(template: &Template) -> bool {
    template.category == TemplateCategory::Authentication && template.otp_type.is_some()
}

pub(super) async fn by_name(
    graph: &GraphClient,
    waba_id: &str,
    name: &str,
) -> Result<Vec<Template>, AccountProblem> {
    let filter = TemplateFilter::by_name(name);
    graph.templates(waba_id, &filter).await.map_err(|error| {
        let id = waba_id.to_owned();
        AccountProblem::of(error, |source| AccountProblem::AccountNotFound {
            id,
            source,
        })
    })
}
