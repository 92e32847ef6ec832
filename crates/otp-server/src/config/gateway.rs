//! A gateway of one's own. Off until its address is named.

use super::{address, kind, reader::Section, ways};
use crate::channel::HttpOptions;
use crate::channel::gateway::{CodeField, GatewayOptions, SigningSecret};

/// `None` when there is no gateway.
pub(super) fn read(gateway: &mut Section<'_, '_>) -> Option<GatewayOptions> {
    let url = gateway.optional(
        "url",
        kind::parsed(
            "https://, a host and a path; http:// to this machine only",
            address::whole,
        ),
        "Where each message is posted as JSON; no gateway is used when not set.",
    );
    let text = gateway.text_or_file(
        (
            "secret",
            "What signs each request, as Standard Webhooks have it: whsec_ and the base64 of 24 to 64 random bytes.",
        ),
        ("secret_file", "A file that holds the secret instead."),
    );
    let send_code = gateway.value(
        "send_code",
        kind::switch(),
        true,
        "Whether the code is told in a field of its own, beside the text that holds it.",
    );
    let authorities = ways::authorities(gateway);
    let (connect_timeout, deadline) = ways::times(gateway);
    let is_set = text.is_some();
    let secret = text.and_then(|text| {
        SigningSecret::parse(&text)
            .map_err(|wrong| {
                let make = "make one with: echo whsec_$(head -c 32 /dev/urandom | base64)";
                gateway.problem("secret", wrong.to_string(), make);
            })
            .ok()
    });
    match (url, secret) {
        (Some(url), Some(secret)) => Some(GatewayOptions {
            url,
            secret,
            code: if send_code {
                CodeField::Shown
            } else {
                CodeField::LeftOut
            },
            http: HttpOptions {
                connect_timeout,
                deadline,
                authorities,
            },
        }),
        (Some(_), None) if !is_set => {
            ways::no_use_without(gateway, "gateway.secret", &[("url", true)]);
            None
        }
        (None, _) => {
            ways::no_use_without(gateway, "gateway.url", &[("secret", is_set)]);
            None
        }
        (Some(_), None) => None,
    }
}
