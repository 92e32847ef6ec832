//! Who may use a face.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use actix_web::HttpRequest;
use actix_web::http::header::{AUTHORIZATION, HOST, HeaderValue, ORIGIN, REFERER};

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
    if is_prefetch(request) || is_of_another_site(request) || names_another_origin(request) {
        return Err(Denied::NotAPerson);
    }
    match access {
        // A page whose name was re-bound to 127.0.0.1 still sends its own name.
        Access::Loopback if !names_this_machine(request) => Err(Denied::ForeignHost),
        Access::Loopback if is_sent_by_another_page(request) => Err(Denied::NotAPerson),
        Access::Loopback | Access::Open => Ok(()),
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

pub(super) fn shown_key(request: &HttpRequest) -> Option<&str> {
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

/// `same-site` is another port of this machine, or another name of this domain.
fn is_of_another_site(request: &HttpRequest) -> bool {
    header(request, "sec-fetch-site").is_some_and(|value| {
        value.eq_ignore_ascii_case("cross-site") || value.eq_ignore_ascii_case("same-site")
    })
}

/// Browsers send `Origin` with what pages ask for; the mobile clients send none.
fn names_another_origin(request: &HttpRequest) -> bool {
    let origin = request.headers().get(ORIGIN);
    origin.is_some_and(|origin| !is_ours(origin, request))
}

/// A link, a form or an image of a page, by browsers that send neither `Origin` nor
/// `Sec-Fetch-Site` with it.
fn is_sent_by_another_page(request: &HttpRequest) -> bool {
    let headers = request.headers();
    let page = headers.get(REFERER);
    !headers.contains_key(ORIGIN) && page.is_some_and(|page| !is_ours(page, request))
}

/// Does this URL name the host and port that the request was sent to? `null` names none.
fn is_ours(url: &HeaderValue, request: &HttpRequest) -> bool {
    let (Ok(url), Some(host)) = (url.to_str(), header(request, HOST.as_str())) else {
        return false;
    };
    let Some((scheme, rest)) = url.split_once("://") else {
        return false;
    };
    let default_port = match scheme.to_ascii_lowercase().as_str() {
        "http" => ":80",
        "https" => ":443",
        _ => return false,
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let without_port = |authority: &str| {
        let authority = authority.to_ascii_lowercase();
        let short = authority.strip_suffix(default_port).map(str::to_owned);
        short.unwrap_or(authority)
    };
    without_port(authority) == without_port(host)
}

/// An IP address or `localhost`: what the clients on one machine (or its emulator) type. Old
/// clients send no host at all; browsers always do.
fn names_this_machine(request: &HttpRequest) -> bool {
    let Some(host) = request.headers().get(HOST) else {
        return true;
    };
    host.to_str().is_ok_and(is_this_machine)
}

fn is_this_machine(host: &str) -> bool {
    if let Some((address, port)) = host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return is_port(port)
            && address
                .parse::<Ipv6Addr>()
                .is_ok_and(|it| is_one(it.into()));
    }
    let (name, port) = host.split_at(host.find(':').unwrap_or(host.len()));
    let is_address = || name.parse::<Ipv4Addr>().is_ok_and(|it| is_one(it.into()));
    is_port(port) && (is_localhost(name) || is_address())
}

/// Browsers let any page call 0.0.0.0, which is no machine, and reaches this one all the same.
fn is_one(address: IpAddr) -> bool {
    !address.to_canonical().is_unspecified()
}

fn is_localhost(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

/// Nothing, or a colon and digits.
fn is_port(text: &str) -> bool {
    text.is_empty()
        || text
            .strip_prefix(':')
            .is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()))
}

fn header<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request.headers().get(name)?.to_str().ok()
}
