//! To whom a message goes: a phone number, or a business-scoped user id.

use super::super::error::GraphError;
use super::wire::Message;
use crate::phone;

/// To whom a message goes.
pub(super) struct Recipient {
    /// As the caller wrote it.
    pub(super) input: String,
    /// Digits, or the business-scoped user id.
    pub(super) id: String,
    pub(super) is_user_id: bool,
}

impl Recipient {
    /// Reads `to`, which wins, or `recipient`.
    pub(super) fn of(message: &Message<'_>) -> Result<Recipient, GraphError> {
        if let Some(to) = message.text("to").filter(|to| !to.is_empty()) {
            let id = phone::recipient_digits(to).ok_or_else(|| {
                GraphError::coded(131_009).details("Parameter 'to' is not a valid phone number")
            })?;
            return Ok(Recipient {
                input: to.to_owned(),
                id,
                is_user_id: false,
            });
        }
        let user_id = message.text("recipient").filter(|id| !id.is_empty());
        let id = user_id.ok_or_else(|| GraphError::parameter("The parameter to is required."))?;
        if !is_user_id(id) {
            return Err(
                GraphError::coded(131_009).details("Parameter 'recipient' is not a valid user id")
            );
        }
        Ok(Recipient {
            input: id.to_owned(),
            id: id.to_owned(),
            is_user_id: true,
        })
    }
}

/// `CC.` or `CC.ENT.`, and up to 128 letters and digits.
fn is_user_id(text: &str) -> bool {
    let Some((country, rest)) = text.split_once('.') else {
        return false;
    };
    let rest = rest.strip_prefix("ENT.").unwrap_or(rest);
    country.len() == 2
        && country.bytes().all(|byte| byte.is_ascii_uppercase())
        && (1..=128).contains(&rest.len())
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
