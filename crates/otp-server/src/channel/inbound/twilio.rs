//! Twilio's status callbacks, in this service's words.

use super::{Inbound, NotTaken, REFERENCE_BYTES_MAX, Taken};
use crate::channel::ProviderSecret;
use crate::channel::twilio::REFERENCE;
use crate::channel::twilio::callback::{self, NotFromTwilio};

/// Where Twilio's callbacks arrive: what they are checked with.
#[derive(Debug)]
pub struct TwilioWebhook {
    auth_token: ProviderSecret,
    /// The public address without its query, in each spelling that Twilio may sign.
    spellings: Vec<String>,
}

impl TwilioWebhook {
    /// Checks with the account's token. `address` is what each message tells Twilio: proxies may
    /// rewrite it on the way here, and Twilio signs it as it knows it.
    #[must_use]
    pub fn new(auth_token: ProviderSecret, address: &str) -> Self {
        Self {
            auth_token,
            spellings: spellings(address),
        }
    }

    /// Reads what became of a message, where the signature is right over the form as it came and
    /// over the public address with this query.
    pub fn read(
        &self,
        raw: &[u8],
        signature: Option<&str>,
        query: &str,
    ) -> Result<Taken, NotTaken> {
        let is_signed = self.spellings.iter().any(|address| {
            let mark = if query.is_empty() { "" } else { "?" };
            let url = format!("{address}{mark}{query}");
            callback::verify(signature, &url, raw, &self.auth_token).is_ok()
        });
        if !is_signed {
            return Err(NotFromTwilio.into());
        }
        let Ok(status) = callback::status(raw) else {
            return Ok(Taken::nothing_known());
        };
        let mut fields = form_urlencoded::parse(query.as_bytes());
        let reference = fields.find(|(name, _)| name == REFERENCE);
        let reference = reference.map(|(_, value)| value.into_owned());
        let reference = reference.filter(|text| text.len() <= REFERENCE_BYTES_MAX);
        let receipt = reference
            .zip(status.word())
            .map(|(reference, word)| Inbound::Receipt { reference, word });
        Ok(Taken {
            code: status.error.map(|code| code.to_string()),
            ..Taken::of(receipt)
        })
    }
}

/// Twilio signs some addresses with their port and some without, and its own libraries try both.
fn spellings(address: &str) -> Vec<String> {
    let bare = address.split(['?', '#']).next().unwrap_or_default();
    let mut all = vec![bare.to_owned()];
    if let Some((scheme, rest)) = bare.split_once("://") {
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let port = authority.rsplit_once(':');
        let port = port.filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
        let usual = if scheme == "http" { "80" } else { "443" };
        let (host, port) = port.unwrap_or((authority, usual));
        all.push(format!("{scheme}://{host}{path}"));
        all.push(format!("{scheme}://{host}:{port}{path}"));
    }
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_known_with_its_port_and_without() {
        assert_eq!(
            spellings("https://otp.example.com/a?tenant=1#rc=2"),
            ["https://otp.example.com/a", "https://otp.example.com:443/a"]
        );
        assert_eq!(
            spellings("http://[::1]:3000/a"),
            [
                "http://[::1]:3000/a",
                "http://[::1]/a",
                "http://[::1]:3000/a"
            ]
        );
        assert_eq!(
            spellings("http://[::1]"),
            ["http://[::1]", "http://[::1]:80"]
        );
    }
}
