//! Vonage: Messenger and text messages. Off until an application is named.

use super::{address, kind, reader::Section, ways};
use crate::channel::ProviderSecret;
use crate::channel::vonage::{DEFAULT_URL, VonageOptions, VonageWay};

/// An application at Vonage, and the ways that it is used for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VonageSettings {
    /// The application.
    pub options: VonageOptions,
    /// Checks that a webhook is Vonage's.
    pub signature_secret: Option<ProviderSecret>,
    /// Messenger and text messages, as far as they are set up; never empty.
    pub ways: Vec<VonageWay>,
}

impl VonageSettings {
    /// `None` when there is no application.
    pub(super) fn read(vonage: &mut Section<'_, '_>) -> Option<Self> {
        let application_id = vonage.optional(
            "application_id",
            kind::text(),
            "The id of the application at Vonage that has the capability Messages; Vonage is not used when not set.",
        );
        let private_key = ways::secret(
            vonage,
            ("private_key", "The application's private key, in PEM."),
            (
                "private_key_file",
                "A file that holds the private key instead, as Vonage's dashboard hands it out.",
            ),
        );
        let signature_secret = ways::secret(
            vonage,
            (
                "signature_secret",
                "The account's signature secret, from the dashboard's API settings: proves that a webhook is Vonage's.",
            ),
            (
                "signature_secret_file",
                "A file that holds the signature secret instead.",
            ),
        );
        let page_id = vonage.optional(
            "messenger_page_id",
            kind::text(),
            "The id of the Facebook page that writes over Messenger, linked to the application; Messenger is not used when not set.",
        );
        let from = vonage.optional(
            "sms_from",
            kind::text(),
            "The number or name that text messages come from; Vonage sends none when not set.",
        );
        let url = vonage.value(
            "url",
            kind::parsed(ways::ADDRESS, address::base),
            DEFAULT_URL,
            "Where Vonage's Messages API is; a simulator can stand in for it.",
        );
        let http = ways::public_http(vonage);
        let Some(application_id) = application_id else {
            let set = [
                ("private_key", private_key.is_some()),
                ("signature_secret", signature_secret.is_some()),
                ("messenger_page_id", page_id.is_some()),
                ("sms_from", from.is_some()),
            ];
            ways::no_use_without(vonage, "vonage.application_id", &set);
            return None;
        };
        let messenger = page_id.map(|page_id| VonageWay::Messenger { page_id });
        let sms = from.map(|from| VonageWay::Sms { from });
        let ways: Vec<VonageWay> = messenger.into_iter().chain(sms).collect();
        if ways.is_empty() {
            let missing = "vonage.messenger_page_id or vonage.sms_from";
            ways::no_use_without(vonage, missing, &[("application_id", true)]);
        }
        let Some(private_key) = private_key else {
            let missing = "vonage.private_key_file";
            ways::no_use_without(vonage, missing, &[("application_id", true)]);
            return None;
        };
        Some(Self {
            options: VonageOptions {
                url,
                application_id,
                private_key,
                status_webhook: None,
                http,
            },
            signature_secret,
            ways,
        })
    }
}

impl VonageSettings {
    /// Has Vonage tell below this server's public address, where that can be checked.
    pub(super) fn tell_at(&mut self, public_url: &str) {
        if self.signature_secret.is_some() {
            let address = format!("{public_url}/webhooks/vonage/status");
            self.options.status_webhook = Some(address);
        }
    }
}
