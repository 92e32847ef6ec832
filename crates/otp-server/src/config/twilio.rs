//! Twilio: text messages. Off until an account is named.

use super::{address, kind, reader::Section, ways};
use crate::channel::ProviderSecret;
use crate::channel::twilio::{DEFAULT_URL, TwilioOptions, TwilioSender, is_sid};

/// An account at Twilio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TwilioSettings {
    /// The account.
    pub options: TwilioOptions,
    /// The account's token, which signs callbacks, also where an API key asks.
    pub auth_token: Option<ProviderSecret>,
}

impl TwilioSettings {
    /// `None` when there is no account.
    pub(super) fn read(twilio: &mut Section<'_, '_>) -> Option<Self> {
        let account = twilio.optional(
            "account_sid",
            sid("AC"),
            "The account at Twilio; Twilio is not used when not set.",
        );
        let auth_token = ways::secret(
            twilio,
            (
                "auth_token",
                "The account's token. With an API key it serves only to prove that callbacks are Twilio's.",
            ),
            ("auth_token_file", "A file that holds the token instead."),
        );
        let api_key = twilio.optional(
            "api_key",
            sid("SK"),
            "An API key of the account, which can be revoked by itself, to ask with instead of the token.",
        );
        let api_key_secret = ways::secret(
            twilio,
            ("api_key_secret", "The API key's secret."),
            (
                "api_key_secret_file",
                "A file that holds the API key's secret instead.",
            ),
        );
        let from = twilio.optional(
            "from",
            kind::text(),
            "The number or name that text messages come from.",
        );
        let service = twilio.optional(
            "messaging_service_sid",
            sid("MG"),
            "A messaging service that picks the number instead.",
        );
        let status_callback = twilio.optional(
            "status_callback",
            kind::parsed("an address that Twilio can reach", address::with_overrides),
            "Where Twilio is to tell what becomes of a message, if not at /webhooks/twilio below http.public_url: an address that a proxy passes on to /webhooks/twilio here. Behind # may stand Twilio's connection overrides.",
        );
        let url = twilio.value(
            "url",
            kind::parsed(ways::ADDRESS, address::base),
            DEFAULT_URL,
            "Where Twilio's API is; a simulator can stand in for it.",
        );
        let http = ways::public_http(twilio);
        twilio.forbid_both(
            "from",
            from.is_some(),
            "messaging_service_sid",
            service.is_some(),
        );
        let set = [
            ("auth_token", auth_token.is_some()),
            ("api_key", api_key.is_some()),
            ("api_key_secret", api_key_secret.is_some()),
            ("from", from.is_some()),
            ("messaging_service_sid", service.is_some()),
            ("status_callback", status_callback.is_some()),
        ];
        let Some(account_sid) = account else {
            ways::no_use_without(twilio, "twilio.account_sid", &set);
            return None;
        };
        let sender = from.map(TwilioSender::From);
        let sender = sender.or(service.map(TwilioSender::MessagingService));
        if sender.is_none() {
            let missing = "twilio.from or twilio.messaging_service_sid";
            ways::no_use_without(twilio, missing, &[("account_sid", true)]);
        }
        let credentials = credentials(
            twilio,
            &account_sid,
            auth_token.clone(),
            (api_key, api_key_secret),
        );
        let (sender, (user, password)) = (sender?, credentials?);
        Some(Self {
            options: TwilioOptions {
                url,
                account_sid,
                user,
                password,
                sender,
                status_callback,
                http,
            },
            auth_token,
        })
    }
}

/// Twilio repeats by itself only what it could not connect for; it should whatever went wrong, twice.
const OVERRIDES: &str = "#rc=2&rp=all";

impl TwilioSettings {
    /// Can what Twilio tells arrive here, and be checked?
    pub(super) fn is_told(&self) -> bool {
        self.auth_token.is_some() && self.options.status_callback.is_some()
    }

    /// Has Twilio tell below this server's public address, where that can be checked.
    pub(super) fn tell_at(&mut self, public_url: &str) {
        let callback = &mut self.options.status_callback;
        if callback.is_none() && self.auth_token.is_some() {
            *callback = Some(format!("{public_url}/webhooks/twilio{OVERRIDES}"));
        }
    }
}

/// Who asks, and with what: the API key where there is one, else the account.
fn credentials(
    twilio: &mut Section<'_, '_>,
    account_sid: &str,
    auth_token: Option<ProviderSecret>,
    (api_key, api_key_secret): (Option<String>, Option<ProviderSecret>),
) -> Option<(String, ProviderSecret)> {
    match (api_key, api_key_secret) {
        (Some(key), Some(secret)) => Some((key, secret)),
        (Some(_), None) => {
            let missing = "twilio.api_key_secret";
            ways::no_use_without(twilio, missing, &[("api_key", true)]);
            None
        }
        (None, Some(_)) => {
            ways::no_use_without(twilio, "twilio.api_key", &[("api_key_secret", true)]);
            None
        }
        (None, None) if auth_token.is_none() => {
            let missing = "twilio.auth_token, or api_key and api_key_secret";
            ways::no_use_without(twilio, missing, &[("account_sid", true)]);
            None
        }
        (None, None) => Some((account_sid.to_owned(), auth_token?)),
    }
}

fn sid(kind: &'static str) -> kind::Kind<String> {
    let allowed = format!("{kind} and 32 hexadecimal digits");
    kind::parsed(&allowed, move |text| {
        let is_one = is_sid(kind, text);
        is_one
            .then(|| text.to_owned())
            .ok_or_else(|| "is not one".to_owned())
    })
}
