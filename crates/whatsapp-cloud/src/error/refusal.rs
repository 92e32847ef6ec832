//! Meta's error object.

use std::fmt;

use super::Advice;

/// An error object from the Graph API: the call was not carried out.
///
/// Texts come from outside; runs of seven and more digits (phone numbers) and secrets are masked in
/// all of them, except for ids that the caller itself had named.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// Meta's code: the one field to decide by.
    pub code: i64,
    /// A finer code; Meta no longer guarantees it.
    pub subcode: Option<i64>,
    /// Meta's message, usually starting with the code: `(#131026) Message undeliverable`.
    pub message: String,
    /// What exactly was wrong, where Meta says it.
    pub details: Option<String>,
    /// A title meant for people, on template and account calls.
    pub user_title: Option<String>,
    /// A sentence meant for people, on template and account calls.
    pub user_message: Option<String>,
    /// The HTTP status, for the log only: mirrors of Meta's pages disagree about it.
    pub http_status: u16,
    /// What Meta's support asks for.
    pub fbtrace_id: Option<String>,
    /// What the caller should do.
    pub advice: Advice,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = format!("(#{})", self.code);
        if !self.message.starts_with(&code) {
            write!(f, "{code} ")?;
        }
        f.write_str(&self.message)?;
        for text in [&self.details, &self.user_title, &self.user_message]
            .into_iter()
            .flatten()
        {
            write!(f, ": {text}")?;
        }
        if let Some(subcode) = self.subcode {
            write!(f, " [subcode {subcode}]")?;
        }
        if let Some(trace) = &self.fbtrace_id {
            write!(f, " [fbtrace {trace}]")?;
        }
        Ok(())
    }
}
