//! Which apps hear of what happens in an account, and where.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The longest address that Meta takes as an override.
const CALLBACK_CHARS_MAX: usize = 200;

/// An app that receives the account's webhooks.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct SubscribedApp {
    /// The app's id.
    pub id: String,
    /// The app's name.
    pub name: Option<String>,
    /// Where the app is described.
    pub link: Option<String>,
    /// The address that replaces the app's own for this account.
    pub override_callback_uri: Option<String>,
}

/// An address that replaces the app's own webhook address for one account.
///
/// Meta calls it at once with the verify token, so it must be reachable when it is set.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct WebhookOverride {
    #[serde(rename = "override_callback_uri")]
    callback_url: String,
    verify_token: String,
}

impl WebhookOverride {
    /// `callback_url` is `https` and at most 200 characters long; `verify_token` is any text but none.
    pub fn parse(callback_url: &str, verify_token: &str) -> Result<Self, InvalidWebhookOverride> {
        let is_address = callback_url.strip_prefix("https://").is_some_and(|rest| {
            !rest.is_empty()
                && !rest.starts_with(['/', '?', '#'])
                && rest.bytes().all(|byte| byte.is_ascii_graphic())
        });
        if !is_address {
            return Err(InvalidWebhookOverride::CallbackUrl);
        }
        if callback_url.len() > CALLBACK_CHARS_MAX {
            return Err(InvalidWebhookOverride::CallbackUrlLength);
        }
        if verify_token.is_empty() {
            return Err(InvalidWebhookOverride::VerifyToken);
        }
        Ok(Self {
            callback_url: callback_url.to_owned(),
            verify_token: verify_token.to_owned(),
        })
    }

    /// The address.
    #[must_use]
    pub fn callback_url(&self) -> &str {
        &self.callback_url
    }
}

impl fmt::Debug for WebhookOverride {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookOverride")
            .field("callback_url", &self.callback_url)
            .field("verify_token", &format_args!("***"))
            .finish()
    }
}

/// Why a [`WebhookOverride`] was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidWebhookOverride {
    /// Meta calls `https` only.
    #[error("the webhook address is not an https address")]
    CallbackUrl,
    /// Too long for Meta.
    #[error("the webhook address is longer than {CALLBACK_CHARS_MAX} characters")]
    CallbackUrlLength,
    /// An empty verify token protects nothing.
    #[error("the verify token is empty")]
    VerifyToken,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_addresses_of_up_to_200_characters_are_taken() {
        let long = format!("https://example.com/{}", "x".repeat(180));
        assert!(WebhookOverride::parse(&long, "t").is_ok());
        assert_eq!(
            WebhookOverride::parse(&format!("{long}x"), "t"),
            Err(InvalidWebhookOverride::CallbackUrlLength)
        );
        for url in [
            "http://example.com",
            "https://",
            "https:///x",
            "example.com",
            "https://a b",
        ] {
            assert_eq!(
                WebhookOverride::parse(url, "t"),
                Err(InvalidWebhookOverride::CallbackUrl),
                "{url}"
            );
        }
        assert_eq!(
            WebhookOverride::parse("https://a", ""),
            Err(InvalidWebhookOverride::VerifyToken)
        );
    }

    #[test]
    fn debug_hides_the_verify_token() {
        let webhook = WebhookOverride::parse("https://a", "canary").unwrap();
        assert!(!format!("{webhook:?}").contains("canary"));
    }
}
