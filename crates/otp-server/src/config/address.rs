//! Addresses of providers: https anywhere, http to this machine only.

use std::net::IpAddr;

use actix_web::http::Uri;

/// Scheme, host and perhaps a port: what a provider's paths are appended to.
pub(super) fn base(text: &str) -> Result<String, String> {
    let uri = checked(text)?;
    if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
        return Err("has a path or query after the host".to_owned());
    }
    Ok(text.trim_end_matches('/').to_owned())
}

/// Where a server is reached, perhaps below a path of a proxy's.
pub(super) fn public(text: &str) -> Result<String, String> {
    let uri = checked(text)?;
    if uri.query().is_some() {
        return Err("has a query".to_owned());
    }
    Ok(text.trim_end_matches('/').to_owned())
}

/// A whole address, with Twilio's connection overrides behind it or without them.
pub(super) fn with_overrides(text: &str) -> Result<String, String> {
    let (address, overrides) = text.split_once('#').unwrap_or((text, ""));
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'=' | b'&' | b',');
    if !overrides.bytes().all(is_plain) {
        return Err("has something behind # that is no connection override".to_owned());
    }
    checked(address).map(|_| text.to_owned())
}

/// A whole address, with its path and perhaps a query.
pub(super) fn whole(text: &str) -> Result<String, String> {
    checked(text).map(|_| text.to_owned())
}

fn checked(text: &str) -> Result<Uri, String> {
    let uri: Uri = text.parse().map_err(|_| "is not an address")?;
    let authority = uri.authority().ok_or("has no scheme and host")?;
    if authority.as_str().contains('@') {
        return Err("holds a user name or password".to_owned());
    }
    if authority.host().is_empty() || text.contains('#') {
        return Err("has no host, or a # in it".to_owned());
    }
    match uri.scheme_str() {
        Some("https") => Ok(uri),
        Some("http") if is_this_machine(authority.host()) => Ok(uri),
        Some("http") => Err(
            "is http:// to another machine, which would show codes and secrets to the network"
                .to_owned(),
        ),
        _ => Err("does not begin with https://".to_owned()),
    }
}

/// Whether a host certainly is this machine.
pub(super) fn is_this_machine(host: &str) -> bool {
    let bare = host.trim_matches(['[', ']']);
    bare.eq_ignore_ascii_case("localhost") || bare.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}
