//! Where Meta shall send this account's events.

use std::fmt;

use whatsapp_cloud::WebhookOverride;

use super::Invalid;

const TOKEN_LENGTH_MAX: usize = 200;

/// An `https://` address of at most 200 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookUrl(String);

impl WebhookUrl {
    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl WebhookUrl {
    /// Checks what was typed.
    pub fn parse(typed: &str) -> Result<Self, Invalid> {
        let url = typed.trim();
        // The word does not matter here; the address is what is checked.
        WebhookOverride::parse(url, "word").map_err(|refusal| {
            Invalid::new(format!(
                "{refusal}; a public one looks like https://otp.example.com/webhooks/whatsapp"
            ))
        })?;
        Ok(Self(url.to_owned()))
    }
}

impl fmt::Display for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The word that Meta repeats when it checks the webhook; a secret, so it prints as stars.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifyToken(String);

impl VerifyToken {
    /// The word, for the wire.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl VerifyToken {
    /// Checks what was typed.
    pub fn parse(typed: &str) -> Result<Self, Invalid> {
        let token = typed.trim();
        if token.is_empty()
            || token.len() > TOKEN_LENGTH_MAX
            || !token.bytes().all(|byte| byte.is_ascii_graphic())
        {
            return Err(Invalid::new(
                "a verify token is 1 to 200 visible ASCII characters",
            ));
        }
        Ok(Self(token.to_owned()))
    }
}

impl fmt::Debug for VerifyToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VerifyToken(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webhook_is_https_and_at_most_200_characters() {
        assert!(WebhookUrl::parse("https://otp.example.com/webhooks/whatsapp").is_ok());
        for bad in [
            "http://otp.example.com",
            "https://",
            "https:///x",
            "https://a b",
            "",
        ] {
            assert!(WebhookUrl::parse(bad).is_err(), "{bad}");
        }
        assert!(WebhookUrl::parse(&format!("https://e.com/{}", "a".repeat(187))).is_err());
    }

    #[test]
    fn a_verify_token_never_prints() {
        let token = VerifyToken::parse("tell-no-one").unwrap();
        assert!(!format!("{token:?}").contains("tell-no-one"));
    }
}
