//! What can be wrong with the account that codes are sent from, and what to do about it.

use whatsapp_cloud::{Advice, GraphError, TemplateStatus};

/// Meta's code for a token that is refused.
const TOKEN_REFUSED: [i64; 3] = [0, 104, 190];
/// Meta's code for an object that does not exist, or that the token may not see.
const UNKNOWN_OBJECT: [i64; 3] = [33, 100, 803];

/// Why codes cannot be sent. What to do about it: [`AccountProblem::hint`].
#[derive(Debug, thiserror::Error)]
pub enum AccountProblem {
    /// No such template under this token.
    #[error("the OTP template with id {id} was not found ({source})")]
    TemplateNotFound {
        /// The id that was asked for.
        id: String,
        /// Meta's own words.
        source: GraphError,
    },
    /// No such account under this token.
    #[error("the WhatsApp Business Account {id} was not found ({source})")]
    AccountNotFound {
        /// The id that was asked for.
        id: String,
        /// Meta's own words.
        source: GraphError,
    },
    /// No such number under this token.
    #[error("the phone number with id {id} was not found ({source})")]
    NumberNotFound {
        /// The id that was asked for.
        id: String,
        /// Meta's own words.
        source: GraphError,
    },
    /// It is there, but Meta would refuse to send it.
    #[error(
        "the OTP template '{name}' with id {id} is {status}, not APPROVED, so no code can be sent"
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
        "the template '{name}' with id {id} is no AUTHENTICATION template, and Meta lets codes go out in no other"
    )]
    NotForCodes {
        /// Its name.
        name: String,
        /// Its id.
        id: String,
    },
    /// The configured default language has no approved template.
    #[error(
        "the OTP template '{name}' is not approved in the default language {language}; it is in: {}",
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
    /// An application names a template that cannot be sent.
    #[error("the template '{name}' is not approved in {language} as an AUTHENTICATION template")]
    NoOwnTemplate {
        /// Its name.
        name: String,
        /// The language asked for.
        language: String,
    },
    /// Neither the template nor an alternate can be sent.
    #[error("{0}")]
    NoTemplateLeft(String),
    /// The token does not open this account.
    #[error("Meta refuses the access token ({0})")]
    TokenRefused(#[source] GraphError),
    /// Meta is overloaded, or this app has asked too often.
    #[error("the Graph API answers that it cannot serve the request now ({0})")]
    Busy(#[source] GraphError),
    /// Meta refused for another reason.
    #[error("Meta refuses to show the account ({0})")]
    Refused(#[source] GraphError),
    /// Nobody answered in time.
    #[error("the Graph API cannot be reached ({0})")]
    Unreachable(#[source] GraphError),
}

impl AccountProblem {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::TemplateNotFound { .. } => {
                "check template_id, and that the System User may manage this account's templates; \
                 `wa-setup` creates a template or picks one that exists"
            }
            Self::AccountNotFound { .. } => {
                "check waba_id, and that the System User is assigned to that account"
            }
            Self::NumberNotFound { .. } => {
                "check phone_number_id; `wa-setup` lists the account's numbers"
            }
            Self::NotApproved { .. } => {
                "see its review in WhatsApp Manager, or run `wa-setup` to create another"
            }
            Self::NoTemplateLeft(_) => {
                "see their reviews in WhatsApp Manager, or run `wa-setup` to create another"
            }
            Self::NotForCodes { .. } => "run `wa-setup` to create one",
            Self::NoDefaultLanguage { .. } => {
                "change graph.default_language, or add the language with `wa-setup`"
            }
            Self::NoOwnTemplate { .. } => {
                "correct the application's `templates`, or create the template with `wa-setup` and wait for its approval"
            }
            Self::TokenRefused(_) => {
                "create a System User token with whatsapp_business_management and \
                 whatsapp_business_messaging, and run `wa-setup` to store it"
            }
            Self::Busy(_) => "try again in a minute",
            Self::Refused(_) => "`wa-setup doctor` checks the account step by step",
            Self::Unreachable(_) => {
                "check the network, and --graph-url if you set it; then try again"
            }
        }
    }

    /// It says nothing about the account: nobody answered, or not now.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Busy(_) | Self::Unreachable(_))
    }

    /// Sorts an error by what it says about the object that was asked for.
    pub(super) fn of(error: GraphError, not_found: impl FnOnce(GraphError) -> Self) -> Self {
        match error.code() {
            Some(code) if TOKEN_REFUSED.contains(&code) => Self::TokenRefused(error),
            Some(code) if UNKNOWN_OBJECT.contains(&code) => not_found(error),
            Some(_) => match error.advice() {
                Advice::RetrySoon | Advice::RetryAfter { .. } => Self::Busy(error),
                _ => Self::Refused(error),
            },
            None => Self::Unreachable(error),
        }
    }
}
