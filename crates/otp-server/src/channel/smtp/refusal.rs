//! From a mail server's reply, or its silence, to what the caller should do.

use lettre::transport::smtp::Error;

use crate::channel::cause::quoted;
use crate::channel::{Cause, DeliveryError, ProviderAnswer, Secret, Trouble};

pub(super) fn sorted(error: &Error, code: &Secret) -> DeliveryError {
    if let Some(status) = error.status() {
        let said = std::error::Error::source(error).map(ToString::to_string);
        let answer = ProviderAnswer {
            provider: "the mail server",
            status: status.into(),
            code: None,
            said: said.and_then(|text| quoted(&text, code)),
            retry_after: None,
        };
        return by_reply(answer);
    }
    let words = || quoted(&error.to_string(), code).unwrap_or_default();
    let trouble = || Cause::Wire(Trouble::Connect(words()));
    if error.is_tls() || error.is_client() || error.is_transport_shutdown() {
        // No TLS, no way to log in, or none that is offered: nothing has been said so far.
        return DeliveryError::ChannelDown(trouble());
    }
    if is_connection(error) {
        return DeliveryError::ChannelDown(trouble());
    }
    if error.is_response() {
        let unreadable = Trouble::Unreadable("not a reply of SMTP");
        return DeliveryError::Uncertain(unreadable.into());
    }
    DeliveryError::Uncertain(Trouble::Lost.into())
}

/// Source: RFC 5321, 4.2.3; RFC 4954, 6 for those about logging in.
fn by_reply(answer: ProviderAnswer) -> DeliveryError {
    let status = answer.status;
    let cause = Cause::Answer(answer);
    match status {
        // Log in first, or not so: it is so for every message.
        432 | 454 | 530 | 534 | 535 | 538 => DeliveryError::ChannelDown(cause),
        // A command that it does not understand.
        500..=504 => DeliveryError::Rejected(cause),
        400..=499 => DeliveryError::Throttled(cause),
        _ => DeliveryError::Undeliverable(cause),
    }
}

/// lettre tells this kind from a broken conversation in its words only.
fn is_connection(error: &Error) -> bool {
    error.to_string().starts_with("Connection error")
}
