//! Where an application is called: https, or http to this very machine.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

use awc::http::Uri;

use super::Networks;

const BYTES_MAX: usize = 2048;

/// An address that may be called, as far as it shows. `Debug` and `Display` show no more of it than
/// scheme, host and port: what follows may hold a token.
#[derive(Clone, PartialEq, Eq)]
pub struct CallbackAddress {
    uri: Uri,
    port: u16,
}

/// The text is no such address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCallbackAddress {
    /// Longer than anybody needs.
    #[error("is longer than {BYTES_MAX} bytes")]
    TooLong,
    /// Not an address at all.
    #[error("is not an address")]
    NotAnAddress,
    /// Somebody's password would stand in the configuration.
    #[error("holds a user name or password")]
    User,
    /// It would not be sent.
    #[error("has a # in it")]
    Fragment,
    /// What an address of IP, version 6, is called on one machine means nothing elsewhere.
    #[error("has no host that others know")]
    Host,
    /// Port 0 is none.
    #[error("has a port that is none")]
    Port,
    /// Everybody on the way could read along.
    #[error("is http:// to another machine")]
    InTheClear,
    /// Another protocol.
    #[error("does not begin with https://")]
    Scheme,
}

impl CallbackAddress {
    /// Reads an address. Whether it may be called is known once its host is resolved.
    pub fn parse(text: &str) -> Result<Self, InvalidCallbackAddress> {
        if text.len() > BYTES_MAX {
            return Err(InvalidCallbackAddress::TooLong);
        }
        if text.contains('#') {
            return Err(InvalidCallbackAddress::Fragment);
        }
        let uri: Uri = text
            .parse()
            .map_err(|_| InvalidCallbackAddress::NotAnAddress)?;
        let authority = uri
            .authority()
            .ok_or(InvalidCallbackAddress::NotAnAddress)?;
        if authority.as_str().contains('@') {
            return Err(InvalidCallbackAddress::User);
        }
        let usual = match uri.scheme_str() {
            Some("https") => 443,
            Some("http") => 80,
            _ => return Err(InvalidCallbackAddress::Scheme),
        };
        let host = authority.host();
        let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-._[]:".contains(&byte);
        if host.is_empty() || !host.bytes().all(is_host) {
            return Err(InvalidCallbackAddress::Host);
        }
        let told = authority.as_str().strip_prefix(host).unwrap_or_default();
        let port = match told.strip_prefix(':') {
            None => usual,
            Some(text) => text
                .parse()
                .ok()
                .filter(|port| *port != 0)
                .ok_or(InvalidCallbackAddress::Port)?,
        };
        let address = Self { uri, port };
        let is_loopback = address.is_loopback_by_name();
        if !address.is_encrypted() && !is_loopback {
            return Err(InvalidCallbackAddress::InTheClear);
        }
        Ok(address)
    }

    /// The address as it was given.
    #[must_use]
    pub fn reveal(&self) -> String {
        self.uri.to_string()
    }

    pub(super) fn uri(&self) -> &Uri {
        &self.uri
    }

    /// The host: a name, or an IP address without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        let host = self.uri.host().unwrap_or_default();
        host.trim_matches(['[', ']'])
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The host, where it is no name.
    pub(super) fn ip(&self) -> Option<IpAddr> {
        self.host().parse().ok()
    }

    fn is_encrypted(&self) -> bool {
        self.uri.scheme_str() == Some("https")
    }

    fn is_loopback_by_name(&self) -> bool {
        self.known_ip().is_some_and(|ip| ip.is_loopback())
    }

    /// Where it leads, where no resolver need be asked.
    fn known_ip(&self) -> Option<IpAddr> {
        let is_localhost = self.host().eq_ignore_ascii_case("localhost");
        let localhost = is_localhost.then_some(Ipv4Addr::LOCALHOST.into());
        self.ip().or(localhost)
    }

    /// May a connection go there?
    pub(super) fn may_lead_to(&self, ip: IpAddr, networks: &Networks) -> bool {
        networks.allow(ip) && (self.is_encrypted() || ip.is_loopback())
    }

    /// The forbidden address that it names, so that it can be said before anything is called.
    #[must_use]
    pub fn forbidden_by(&self, networks: &Networks) -> Option<IpAddr> {
        self.known_ip()
            .filter(|ip| !self.may_lead_to(*ip, networks))
    }
}

impl fmt::Display for CallbackAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.uri.scheme_str().unwrap_or_default();
        let host = self.uri.host().unwrap_or_default();
        write!(f, "{scheme}://{host}:{}", self.port)
    }
}

impl fmt::Debug for CallbackAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CallbackAddress({self}/***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callbacks_are_encrypted_or_stay_on_this_machine() {
        for (good, host, port) in [
            ("https://shop.example/hooks?a=b", "shop.example", 443),
            ("https://shop.example:8443", "shop.example", 8443),
            ("http://127.0.0.1:8080/hook", "127.0.0.1", 8080),
            ("http://localhost/x", "localhost", 80),
            ("http://[::1]:1/", "::1", 1),
            ("https://2130706433/", "2130706433", 443),
        ] {
            let address = CallbackAddress::parse(good).unwrap();
            assert_eq!((address.host(), address.port()), (host, port), "{good}");
        }
        let long = format!("https://shop.example/{}", "a".repeat(BYTES_MAX));
        for bad in [
            "http://shop.example/",
            "ftp://shop.example",
            "shop.example",
            "https://",
            "https:///x",
            "",
            "https://ann:secret@shop.example/",
            "https://shop.example/#top",
            "https://shop.example:0/",
            "https://shop.example:/",
            "https://shop.example:99999/",
            "http://127.0.0.1.evil.example/",
            "http://0x7f.1/",
            "https://[fe80::1%25lo]/",
            "https://shop.example\\@127.0.0.1/",
            "https://shop.example /",
            "https://①②⑦.⓪.⓪.①/",
            "https://127%2e0.0.1/",
            &long,
        ] {
            assert!(CallbackAddress::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_may_hold_a_token_is_not_printed() {
        let address = CallbackAddress::parse("https://shop.example/canary?canary=1").unwrap();
        assert!(!format!("{address} {address:?}").contains("canary"));
    }
}
