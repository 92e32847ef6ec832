//! Notices of WHMCS' invoices: the template they go out in, and how WHMCS is asked what to say.

use std::time::Duration;

use super::{graph::parse_language, kind, reader::Section};
use crate::whmcs::{ApiSecret, WhmcsAddress, WhmcsOptions};

/// What `[whmcs]` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhmcsSettings {
    /// How WHMCS is asked; when absent, whoever reports an invoice must say what is in it.
    pub api: Option<WhmcsOptions>,
    /// The utility template of an invoice's notice; no notice is sent without it.
    pub invoice_template: Option<String>,
    /// The language of that template.
    pub invoice_language: String,
    /// The application whose keys may announce invoices.
    pub application: String,
}

impl WhmcsSettings {
    pub(super) fn read(whmcs: &mut Section<'_, '_>) -> Self {
        let is_set = [
            ("url", whmcs.is_set("url")),
            ("identifier", whmcs.is_set("identifier")),
            (
                "secret",
                whmcs.is_set("secret") || whmcs.is_set("secret_file"),
            ),
        ];
        let address = whmcs.optional(
            "url",
            kind::parsed(
                "https:// (or http:// to this machine), a host and perhaps a port and a path",
                WhmcsAddress::parse,
            ),
            "The address of WHMCS, without /includes/api.php, which is put behind it. Redirects are not followed.",
        );
        let identifier = whmcs.optional(
            "identifier",
            kind::text(),
            "The identifier of API credentials, whose role allows GetInvoice and GetClientsDetails and nothing else.",
        );
        let secret = whmcs.text_or_file(
            ("secret", "The secret of these credentials."),
            ("secret_file", "A file that holds the secret instead."),
        );
        let time_out = whmcs.value(
            "time_out_seconds",
            kind::seconds(1..=30),
            5,
            "Seconds for all that WHMCS is asked about one invoice, from connecting to the last byte; less than http.request_timeout_seconds.",
        );
        complain_of_parts(whmcs, is_set);
        Self {
            api: options(address, identifier, secret, time_out),
            invoice_template: whmcs.optional(
                "invoice_template",
                kind::parsed(kind::TEMPLATE_NAME, kind::template_name),
                "The name of the approved utility template that tells a client of an invoice; no notice is sent when not set. Its body has three places: {{1}} the invoice's number, {{2}} its total with the currency, {{3}} the day it is due.",
            ),
            application: whmcs.value(
                "application",
                kind::text(),
                "default",
                "The application whose keys may announce invoices; those of others are refused.",
            ),
            invoice_language: whmcs.value(
                "invoice_language",
                kind::parsed("a language code such as en_US", parse_language),
                "en_US",
                "The language of that template: one in which it is approved.",
            ),
        }
    }
}

fn options(
    address: Option<WhmcsAddress>,
    identifier: Option<String>,
    secret: Option<String>,
    time_out: Duration,
) -> Option<WhmcsOptions> {
    Some(WhmcsOptions {
        address: address?,
        identifier: identifier?,
        secret: ApiSecret::new(&secret?),
        time_out,
    })
}

/// The three that make a call are set together or not at all. What is set and wrong is complained of
/// elsewhere.
fn complain_of_parts(whmcs: &mut Section<'_, '_>, is_set: [(&str, bool); 3]) {
    let names = |wanted: bool| {
        let those = is_set.iter().filter(|(_, set)| *set == wanted);
        those
            .map(|(leaf, _)| format!("whmcs.{leaf}"))
            .collect::<Vec<_>>()
    };
    let (set, missing) = (names(true), names(false));
    let Some((first, _)) = is_set.iter().find(|(_, set)| *set) else {
        return;
    };
    if missing.is_empty() {
        return;
    }
    whmcs.problem(
        first,
        format!("is set without {}", missing.join(" and ")),
        format!(
            "set {} too, or take {} out",
            missing.join(" and "),
            set.join(" and ")
        ),
    );
}
