//! Who may use a face.

use actix_web::HttpRequest;
use actix_web::http::header::{AUTHORIZATION, HOST};

use crate::config::{Access, KeyHash};

/// Why a request may not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Denied {
    /// No key, or not one of ours.
    NoKey,
    /// A page of another site is behind it, or a browser that only guesses at what comes next.
    NotAPerson,
    /// It names a host that is not this machine, while the face is open to this machine only.
    ForeignHost,
}

/// May this request pass? Browsers' prefetches and other sites' pages may not, with or without a
/// key: a GET here costs money.
pub(super) fn admit(access: &Access, request: &HttpRequest) -> Result<(), Denied> {
    if is_prefetch(request) || is_cross_site(request) {
        return Err(Denied::NotAPerson);
    }
    match access {
        Access::Open => Ok(()),
        // A page whose name was re-bound to 127.0.0.1 still sends its own name.
        Access::Loopback if names_this_machine(request) => Ok(()),
        Access::Loopback => Err(Denied::ForeignHost),
        Access::Keys(hashes) => opens(hashes, request).then_some(()).ok_or(Denied::NoKey),
    }
}

fn opens(hashes: &[KeyHash], request: &HttpRequest) -> bool {
    let Some(key) = shown_key(request) else {
        return false;
    };
    let shown = KeyHash::of(key);
    hashes.contains(&shown)
}

fn shown_key(request: &HttpRequest) -> Option<&str> {
    let bearer = header(request, AUTHORIZATION.as_str()).and_then(|value| {
        let (scheme, key) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(key.trim())
    });
    bearer.or_else(|| header(request, "x-api-key").map(str::trim))
}

fn is_prefetch(request: &HttpRequest) -> bool {
    let says = |name: &str| {
        header(request, name).is_some_and(|value| value.to_ascii_lowercase().contains("prefetch"))
    };
    says("sec-purpose") || says("purpose") || says("x-moz")
}

fn is_cross_site(request: &HttpRequest) -> bool {
    header(request, "sec-fetch-site").is_some_and(|value| value.eq_ignore_ascii_case("cross-site"))
}

/// An IP address or `localhost`: what the clients on one machine (or its emulator) type.
fn names_this_machine(request: &HttpRequest) -> bool {
    let Some(host) = header(request, HOST.as_str()) else {
        return true;
    };
    let (name, has_brackets) = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _port)) => (address, true),
        None => (host.split(':').next().unwrap_or(host), false),
    };
    let is_address = if has_brackets {
        name.parse::<std::net::Ipv6Addr>().is_ok()
    } else {
        name.parse::<std::net::Ipv4Addr>().is_ok()
    };
    is_address
        || name.eq_ignore_ascii_case("localhost")
        || name.to_ascii_lowercase().ends_with(".localhost")
}

fn header<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request.headers().get(name)?.to_str().ok()
}
