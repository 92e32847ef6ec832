//! What is known of the template: its name, its approved languages, and whether it may be sent.

use std::sync::{Arc, PoisonError, RwLock};

use whatsapp_cloud::{
    GraphClient, GraphError, Template, TemplateCategory, TemplateFilter, TemplateStatus,
};

use super::languages;

/// Meta's code for a token that is refused.
const TOKEN_REFUSED: [i64; 3] = [0, 104, 190];
/// Meta's code for an object that does not exist, or that the token may not see.
const UNKNOWN_OBJECT: [i64; 3] = [33, 100, 803];

/// The latest word on one template, shared by all workers.
#[derive(Debug)]
pub struct TemplateBook {
    waba_id: String,
    template_id: String,
    default_language: Option<String>,
    edition: RwLock<Arc<Edition>>,
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

/// Why codes cannot be sent with this template. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum TemplateProblem {
    /// No such template under this token.
    #[error(
        "the OTP template with id {id} was not found ({source})\nhint: check template_id, and that the System User \
         may manage this account's templates; `wa-setup` creates a template or picks one that exists"
    )]
    NotFound {
        /// The id that was asked for.
        id: String,
        /// Meta's own words.
        source: GraphError,
    },
    /// It is there, but Meta would refuse to send it.
    #[error(
        "the OTP template '{name}' with id {id} is {status}, not APPROVED, so no code can be sent\nhint: see its \
         review in WhatsApp Manager, or run `wa-setup` to create another"
    )]
    NotApproved {
        /// Its name.
        name: String,
        /// Its id.
        id: String,
        /// Meta's word for how it stands.
        status: TemplateStatus,
    },
    /// It is no authentication template, and codes may not go out in others.
    #[error(
        "the template '{name}' with id {id} is no AUTHENTICATION template, and Meta lets codes go out in no other\n\
         hint: run `wa-setup` to create one"
    )]
    NotForCodes {
        /// Its name.
        name: String,
        /// Its id.
        id: String,
    },
    /// The configured default language has no approved template.
    #[error(
        "the OTP template '{name}' is not approved in the default language {language}; it is in: {}\nhint: change \
         graph.default_language, or add the language with `wa-setup`",
        approved.join(", ")
    )]
    NoDefaultLanguage {
        /// Its name.
        name: String,
        /// The language asked for.
        language: String,
        /// Those it has.
        approved: Vec<String>,
    },
    /// The token does not open this account.
    #[error(
        "Meta refuses the access token ({0})\nhint: create a System User token with whatsapp_business_management and \
         whatsapp_business_messaging, and run `wa-setup` to store it"
    )]
    TokenRefused(#[source] GraphError),
    /// Meta refused for another reason.
    #[error(
        "Meta refuses to show the OTP template ({0})\nhint: `wa-setup doctor` checks the account step by step"
    )]
    Refused(#[source] GraphError),
    /// Nobody answered, or nothing that could be read.
    #[error(
        "the Graph API cannot be reached ({0})\nhint: check the network, and --graph-url if you set it; then start again"
    )]
    Unreachable(#[source] GraphError),
}

impl TemplateBook {
    /// Asks Meta for the template and refuses one that cannot be sent.
    pub async fn open(
        graph: &GraphClient,
        waba_id: &str,
        template_id: &str,
        default_language: Option<&str>,
    ) -> Result<(Self, TemplateReport), TemplateProblem> {
        let edition = fetch(graph, waba_id, template_id, default_language).await?;
        let report = edition.report(template_id);
        edition.must_be_sendable(template_id)?;
        let book = Self {
            waba_id: waba_id.to_owned(),
            template_id: template_id.to_owned(),
            default_language: default_language.map(str::to_owned),
            edition: RwLock::new(Arc::new(edition)),
        };
        Ok((book, report))
    }

    /// Asks again. What Meta says replaces what was known; when nobody answers, that stays.
    pub async fn refresh(&self, graph: &GraphClient) -> Result<TemplateReport, TemplateProblem> {
        let fetched = fetch(
            graph,
            &self.waba_id,
            &self.template_id,
            self.default_language.as_deref(),
        )
        .await?;
        let report = fetched.report(&self.template_id);
        let sendable = fetched.must_be_sendable(&self.template_id);
        *self.edition.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(fetched);
        sendable.map(|()| report)
    }

    /// As of the last word, could the template be sent?
    pub fn health(&self) -> Result<(), TemplateProblem> {
        self.edition().must_be_sendable(&self.template_id)
    }

    /// Name and language for someone who reads `wanted`, best first.
    pub(super) fn choose(&self, wanted: &[String]) -> (String, String) {
        let edition = self.edition();
        let language = languages::choose(wanted, &edition.approved, &edition.default_language);
        (edition.name.clone(), language.to_owned())
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

    fn must_be_sendable(&self, template_id: &str) -> Result<(), TemplateProblem> {
        if self.status.is_sendable() {
            return Ok(());
        }
        let (name, id) = (self.name.clone(), template_id.to_owned());
        Err(TemplateProblem::NotApproved {
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
) -> Result<Edition, TemplateProblem> {
    let named = graph
        .template(template_id)
        .await
        .map_err(|error| problem(error, template_id))?;
    if named.category != TemplateCategory::Authentication {
        return Err(TemplateProblem::NotForCodes {
            name: named.name,
            id: template_id.to_owned(),
        });
    }
    let filter = TemplateFilter {
        name: Some(named.name.clone()),
        ..TemplateFilter::default()
    };
    let siblings = graph
        .templates(waba_id, &filter)
        .await
        .map_err(|error| problem(error, template_id))?;
    edition(named, &siblings, default_language)
}

fn edition(
    named: Template,
    siblings: &[Template],
    wanted: Option<&str>,
) -> Result<Edition, TemplateProblem> {
    let approved = siblings
        .iter()
        .filter(|one| one.name == named.name && one.status.is_sendable());
    let mut approved: Vec<String> = approved.map(|one| one.language.clone()).collect();
    if named.status.is_sendable() && !approved.contains(&named.language) {
        approved.insert(0, named.language.clone());
    }
    let language = wanted.unwrap_or(&named.language).to_owned();
    if wanted.is_some() && !approved.contains(&language) {
        return Err(TemplateProblem::NoDefaultLanguage {
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

fn problem(error: GraphError, template_id: &str) -> TemplateProblem {
    match error.code() {
        Some(code) if TOKEN_REFUSED.contains(&code) => TemplateProblem::TokenRefused(error),
        Some(code) if UNKNOWN_OBJECT.contains(&code) => TemplateProblem::NotFound {
            id: template_id.to_owned(),
            source: error,
        },
        Some(_) => TemplateProblem::Refused(error),
        None => TemplateProblem::Unreachable(error),
    }
}
