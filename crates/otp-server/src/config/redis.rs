//! How to be let in by Redis, and how long to wait for it. Where it is stands in `store.kind`.

use std::{fs, path::Path};

use super::{StoreKind, kind, reader::Section};
use crate::store::redis::Password;

/// A list of certificate authorities is some hundred kilobytes.
const AUTHORITIES_MAX_BYTES: u64 = 4 << 20;

/// Reads `[redis]` and puts it to the address in `kind`. Other stores leave it alone.
pub(super) fn read(redis: &mut Section<'_, '_>, kind: &mut StoreKind, queue_limit: usize) {
    let username = redis.optional(
        "username",
        kind::text(),
        "The user to log in as, if it is not the default one and not in the address.",
    );
    let password = redis.text_or_file(
        (
            "password",
            "The password, if one is wanted and not in the address.",
        ),
        ("password_file", "A file that holds the password instead."),
    );
    let authorities = redis.optional_path(
        "ca_file",
        "With rediss://, the certificate authorities to trust, in PEM, instead of the system's.",
    );
    let prefix = redis.value(
        "prefix",
        kind::parsed("text without braces, not empty", |text| {
            let is_prefix = !text.is_empty() && !text.contains(['{', '}']);
            let allowed = is_prefix.then(|| text.to_owned());
            allowed.ok_or_else(|| "is empty or has braces in it".to_owned())
        }),
        "otp:",
        "What all names in Redis begin with. All servers of one installation use the same; another installation another.",
    );
    let connect_timeout = redis.value(
        "connect_timeout_milliseconds",
        kind::milliseconds(10..=10_000),
        400,
        "Milliseconds for a new connection.",
    );
    let response_timeout = redis.value(
        "response_timeout_milliseconds",
        kind::milliseconds(10..=10_000),
        500,
        "Milliseconds for an answer of Redis; with connect_timeout_milliseconds under 1000, a request that cannot be served is refused within a second.",
    );
    let authorities = authorities.and_then(|path| {
        read_authorities(&path)
            .map_err(|wrong| {
                let wrong = format!("{} {wrong}", path.display());
                redis.problem("ca_file", wrong, "name a readable PEM file");
            })
            .ok()
    });
    let StoreKind::Redis(options) = kind else {
        return;
    };
    redis.forbid_both(
        "password",
        password.is_some(),
        "kind",
        options.password.is_some(),
    );
    options.username = username.or_else(|| options.username.take());
    if let Some(text) = password {
        options.password = Some(Password::new(&text));
    }
    options.trusted_authorities = authorities;
    options.prefix = prefix;
    options.connect_timeout = connect_timeout;
    options.response_timeout = response_timeout;
    options.in_flight_limit = queue_limit;
}

pub(super) fn read_authorities(path: &Path) -> Result<Vec<u8>, String> {
    let cannot = |error: std::io::Error| format!("cannot be read: {error}");
    if fs::metadata(path).map_err(cannot)?.len() > AUTHORITIES_MAX_BYTES {
        return Err(format!("is larger than {AUTHORITIES_MAX_BYTES} bytes"));
    }
    fs::read(path).map_err(cannot)
}
