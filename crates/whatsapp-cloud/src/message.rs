//! A message on its way out, and what Meta says when it takes it.

mod accepted;
mod wire;

use std::fmt;

pub(crate) use accepted::accepted_from;
pub use accepted::{AcceptedMessage, MessageStatus};
pub(crate) use wire::request_body;

/// A message to one person.
#[derive(Clone, PartialEq, Eq)]
pub struct OutgoingMessage {
    /// The recipient in E.164 with the `+`: without it Meta prepends the sender's country code.
    pub to: String,
    /// What to say.
    pub content: MessageContent,
    /// Comes back in every receipt as `biz_opaque_callback_data`; at most 512 characters.
    pub opaque: Option<String>,
}

/// What a message says.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum MessageContent {
    /// A one-time password through an approved authentication template, whatever its button.
    Authentication {
        /// The template's name.
        template: String,
        /// One of its approved languages; Meta never falls back to another one.
        language: String,
        /// At most 15 characters.
        code: String,
    },
    /// A notice through an approved utility template that has text in its body only.
    Utility {
        /// The template's name.
        template: String,
        /// One of its approved languages; Meta never falls back to another one.
        language: String,
        /// What stands for `{{1}}`, `{{2}}` and so on: each one line of text, none of them empty, and
        /// all of them together at most 1024 characters.
        body: Vec<String>,
    },
    /// Free text, which Meta takes only within 24 hours after the person wrote.
    Text {
        /// At most 4096 characters.
        body: String,
    },
}

/// What Meta carries as a code.
const CODE_CHARS_MAX: usize = 15;
const TEXT_CHARS_MAX: usize = 4096;
/// What Meta carries as the body of a template, once its parameters are filled in.
const BODY_CHARS_MAX: usize = 1024;
/// One space more than Meta takes in a row within a parameter.
const SPACES_TOO_MANY: &str = "     ";
const OPAQUE_CHARS_MAX: usize = 512;

impl OutgoingMessage {
    /// What is wrong with it, if Meta is known to refuse it, or to send it to somebody else.
    pub(crate) fn fault(&self) -> Option<&'static str> {
        let digits = self.to.strip_prefix('+').unwrap_or_default();
        let is_text = |text: &str, chars_max| !text.is_empty() && fits(text, chars_max);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some("the recipient is not a number in E.164 with its +");
        }
        if self
            .opaque
            .as_deref()
            .is_some_and(|text| !fits(text, OPAQUE_CHARS_MAX))
        {
            return Some("the opaque text is longer than 512 characters");
        }
        match &self.content {
            MessageContent::Authentication { code, .. } if !is_text(code, CODE_CHARS_MAX) => {
                Some("the code is empty or longer than 15 characters")
            }
            MessageContent::Utility { body, .. } => parameters_fault(body),
            MessageContent::Text { body } if !is_text(body, TEXT_CHARS_MAX) => {
                Some("the text is empty or longer than 4096 characters")
            }
            _ => None,
        }
    }
}

/// What is wrong with a body's parameters. What else stands in the body only Meta knows.
fn parameters_fault(parameters: &[String]) -> Option<&'static str> {
    if parameters.iter().any(String::is_empty) {
        return Some("a parameter is empty");
    }
    let is_broken = |text: &String| text.contains(['\n', '\r', '\t']);
    if parameters.iter().any(is_broken) {
        return Some("a parameter has a line break or a tab in it");
    }
    if parameters.iter().any(|text| text.contains(SPACES_TOO_MANY)) {
        return Some("a parameter has more than four spaces in a row");
    }
    let chars = parameters.iter().map(|text| text.chars().count());
    (chars.sum::<usize>() > BODY_CHARS_MAX)
        .then_some("the parameters are longer than 1024 characters together")
}

/// Counts characters only where the bytes alone do not settle it.
fn fits(text: &str, chars_max: usize) -> bool {
    text.len() <= chars_max || text.chars().count() <= chars_max
}

/// A code, a parameter or a text must not reach a log by way of `{:?}`, and the number only masked.
impl fmt::Debug for OutgoingMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tail = self
            .to
            .char_indices()
            .rev()
            .nth(1)
            .map_or("", |(start, _)| &self.to[start..]);
        f.debug_struct("OutgoingMessage")
            .field("to", &format_args!("***{tail}"))
            .field("content", &self.content)
            .field("opaque", &self.opaque)
            .finish()
    }
}

impl fmt::Debug for MessageContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Authentication {
                template, language, ..
            } => f
                .debug_struct("Authentication")
                .field("template", template)
                .field("language", language)
                .field("code", &format_args!("***"))
                .finish(),
            Self::Utility {
                template,
                language,
                body,
            } => f
                .debug_struct("Utility")
                .field("template", template)
                .field("language", language)
                .field("body", &format_args!("{} times ***", body.len()))
                .finish(),
            Self::Text { .. } => f
                .debug_struct("Text")
                .field("body", &format_args!("***"))
                .finish(),
        }
    }
}
