//! Who may use a face, and on whose behalf.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use actix_web::HttpRequest;
use actix_web::http::header::{AUTHORIZATION, HOST, HeaderValue, ORIGIN, REFERER};

use crate::config::{Access, KeyHash};
use crate::directory::{
    Caller, DEFAULT_APPLICATION, Face, Identified, Mode, Scope, is_shaped_as_key,
};
use crate::service::{Principal, Shared};

/// Why a request may not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Denied {
    /// No key, or not one of ours.
    NoKey,
    /// The key is for something else.
    NotAllowed,
    /// Without a key it would be on behalf of an application that is not served here.
    NotServed,
    /// Nobody can say now whose key it is.
    Unavailable,
    /// A page of another site is behind it, or a browser that only guesses at what comes next.
    NotAPerson,
    /// It names a host that is not this machine, while the face is open to this machine only.
    ForeignHost,
}

/// What somebody wants to do, and where.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wish<'a> {
    pub(super) face: Face,
    pub(super) scope: Scope,
    /// On whose behalf, where no key says.
    pub(super) application: &'a str,
}

/// On whose behalf may this request pass? Browsers' prefetches and other sites' pages may not, with
/// or without a key: a GET here costs money. A key that a command made speaks for its application,
/// and is refused where it is not good, even where nobody needs one; everybody else speaks for the
/// application that the face acts for.
pub(super) fn admit(
    access: &Access,
    shared: &Shared,
    request: &HttpRequest,
    wish: Wish<'_>,
) -> Result<Principal, Denied> {
    must_be_meant(request)?;
    if let Some(key) = shown_key(request)
        && is_shaped_as_key(key)
        && !is_configured(access, key)
    {
        let caller = identify(shared, key)?;
        // What is made in test mode is not for this face, which could not say so.
        let is_allowed = caller.mode == Mode::Live
            && caller.scopes.allows(wish.scope)
            && caller.application.faces.allows(wish.face);
        return if is_allowed {
            Ok(Principal::live(caller.application))
        } else {
            Err(Denied::NotAllowed)
        };
    }
    must_be_let_in(access, request)?;
    let application = shared.directory.application(wish.application);
    application
        .filter(|application| application.faces.allows(wish.face))
        .map(Principal::live)
        .ok_or(Denied::NotServed)
}

/// May whoever sends this see figures and reasons?
pub(super) fn may_look(
    access: &Access,
    shared: &Shared,
    request: &HttpRequest,
) -> Result<(), Denied> {
    must_be_meant(request)?;
    let denied = match must_be_let_in(access, request) {
        Ok(()) => return Ok(()),
        Err(denied) => denied,
    };
    let Some(key) = shown_key(request).filter(|key| is_shaped_as_key(key)) else {
        return Err(denied);
    };
    let caller = identify(shared, key)?;
    let is_operators =
        caller.mode == Mode::Live && *caller.application.name == *DEFAULT_APPLICATION;
    if is_operators && caller.scopes.allows(Scope::Admin) {
        Ok(())
    } else {
        Err(Denied::NotAllowed)
    }
}

fn must_be_meant(request: &HttpRequest) -> Result<(), Denied> {
    let is_not_meant =
        is_prefetch(request) || is_of_another_site(request) || names_another_origin(request);
    if is_not_meant {
        Err(Denied::NotAPerson)
    } else {
        Ok(())
    }
}

/// As far as the configuration goes.
fn must_be_let_in(access: &Access, request: &HttpRequest) -> Result<(), Denied> {
    match access {
        // A page whose name was re-bound to 127.0.0.1 still sends its own name.
        Access::Loopback if !names_this_machine(request) => Err(Denied::ForeignHost),
        Access::Loopback if is_sent_by_another_page(request) => Err(Denied::NotAPerson),
        Access::Loopback | Access::Open => Ok(()),
        Access::Keys(_) => shown_key(request)
            .is_some_and(|key| is_configured(access, key))
            .then_some(())
            .ok_or(Denied::NoKey),
    }
}

fn identify(shared: &Shared, key: &str) -> Result<Caller, Denied> {
    match shared.directory.identify(key, shared.clock.now()) {
        Identified::Caller(caller) => Ok(caller),
        Identified::Unknown => Err(Denied::NoKey),
        Identified::Unavailable => Err(Denied::Unavailable),
    }
}

fn is_configured(access: &Access, key: &str) -> bool {
    let Access::Keys(hashes) = access else {
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
