//! How to reach the Graph API, and what is refused before the first call.

use std::net::IpAddr;
use std::time::Duration;

use awc::http::Uri;
use thiserror::Error;

use crate::secret::{AccessToken, AppSecret};

/// Where Meta serves the Graph API.
pub const DEFAULT_BASE_URL: &str = "https://graph.facebook.com";

/// The Graph version that this crate was written against; Meta serves it until 2028-07-29.
pub const DEFAULT_API_VERSION: &str = "v25.0";

/// How one [`GraphClient`](crate::GraphClient) reaches the Graph API.
#[derive(Debug, Clone)]
pub struct ClientConfig {
    /// Scheme, host and port, perhaps a path; a trailing slash is ignored. `https`, or `http` to this machine only.
    pub base_url: String,
    /// The Graph version, `v` and two numbers: `v25.0`.
    pub api_version: String,
    /// Goes into the `Authorization` header of every call and nowhere else.
    pub access_token: AccessToken,
    /// Adds `appsecret_proof` to every call, for apps that have "Require app secret" on.
    pub app_secret: Option<AppSecret>,
    /// How long to resolve and connect, and once more for the TLS handshake.
    pub connect_timeout: Duration,
    /// How long a call may take as a whole: connection, request, answer and its body, and a retry if there is one.
    pub deadline: Duration,
    /// How many connections one client keeps open at most. A call that finds none free waits, within its deadline.
    pub connections: usize,
    /// Certificates (DER) to trust besides the public ones, for a proxy or a test server of one's own.
    pub extra_roots_der: Vec<Vec<u8>>,
}

impl ClientConfig {
    /// Meta's own address, three seconds to connect, ten for the whole call.
    #[must_use]
    pub fn new(access_token: AccessToken) -> Self {
        Self {
            base_url: DEFAULT_BASE_URL.to_owned(),
            api_version: DEFAULT_API_VERSION.to_owned(),
            access_token,
            app_secret: None,
            connect_timeout: Duration::from_secs(3),
            deadline: Duration::from_secs(10),
            connections: 256,
            extra_roots_der: Vec::new(),
        }
    }

    /// The base URL without a trailing slash, and the `Host` header that goes with it.
    pub(crate) fn checked_base_url(&self) -> Result<(&str, String), InvalidClientConfig> {
        let base = self.base_url.trim_end_matches('/');
        let uri: Uri = base.parse().map_err(|_| InvalidClientConfig::BaseUrl)?;
        let authority = uri.authority().ok_or(InvalidClientConfig::BaseUrl)?;
        let decorated = base.contains(['?', '#', '@']) || authority.host().is_empty();
        if decorated {
            return Err(InvalidClientConfig::BaseUrl);
        }
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if is_loopback(authority.host()) => {}
            Some("http") => return Err(InvalidClientConfig::PlainHttp),
            _ => return Err(InvalidClientConfig::BaseUrl),
        }
        Ok((base, authority.to_string()))
    }

    pub(crate) fn checked_version(&self) -> Result<&str, InvalidClientConfig> {
        let is_number =
            |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        let numbers = self
            .api_version
            .strip_prefix('v')
            .and_then(|rest| rest.split_once('.'));
        match numbers {
            Some((major, minor)) if is_number(major) && is_number(minor) => Ok(&self.api_version),
            _ => Err(InvalidClientConfig::ApiVersion),
        }
    }

    pub(crate) fn checked_token(&self) -> Result<&str, InvalidClientConfig> {
        let token = self.access_token.reveal();
        let is_plain = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
        if is_plain {
            Ok(token)
        } else {
            Err(InvalidClientConfig::AccessToken)
        }
    }
}

/// Whether a host name certainly means this machine.
fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || bare
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// Why a [`ClientConfig`] was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidClientConfig {
    /// Not an absolute `http` or `https` address, or one with user, query or fragment.
    #[error("the graph url is not a plain http(s) address such as {DEFAULT_BASE_URL}")]
    BaseUrl,
    /// Plain `http` to another machine would show the token to everyone on the way.
    #[error("the graph url must use https unless it points to this machine")]
    PlainHttp,
    /// Not `v` and two numbers.
    #[error("the graph version is not of the form {DEFAULT_API_VERSION}")]
    ApiVersion,
    /// Empty, or with spaces, control or non-ASCII characters: no header can carry it.
    #[error(
        "the access token is empty or holds characters that no token has (a space, a line break?)"
    )]
    AccessToken,
    /// A timeout of zero would fail every call.
    #[error("the connect timeout and the deadline must be longer than zero")]
    Timeout,
    /// A certificate in `extra_roots_der` cannot be read.
    #[error("an extra root certificate cannot be read")]
    RootCertificate,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(base_url: &str) -> ClientConfig {
        ClientConfig {
            base_url: base_url.to_owned(),
            ..ClientConfig::new(AccessToken::new("EAAB"))
        }
    }

    #[test]
    fn https_anywhere_and_http_to_this_machine_are_taken() {
        for url in [
            "https://graph.facebook.com",
            "https://graph.facebook.com/",
            "http://127.0.0.1:9100",
            "http://localhost:9100",
            "http://[::1]:9100",
            "http://127.8.9.10",
        ] {
            assert!(config(url).checked_base_url().is_ok(), "{url}");
        }
    }

    #[test]
    fn plain_http_to_another_machine_is_refused() {
        for url in [
            "http://graph.facebook.com",
            "http://10.0.0.1:80",
            "http://127.0.0.1.example.com",
            "http://[::2]",
        ] {
            assert_eq!(
                config(url).checked_base_url(),
                Err(InvalidClientConfig::PlainHttp),
                "{url}"
            );
        }
    }

    #[test]
    fn what_is_no_plain_address_is_refused() {
        for url in [
            "",
            "graph.facebook.com",
            "ftp://localhost",
            "https://",
            "https://u:p@localhost",
            "https://h/?q=1",
            "https://h/#f",
            "https://h h",
        ] {
            assert_eq!(
                config(url).checked_base_url(),
                Err(InvalidClientConfig::BaseUrl),
                "{url}"
            );
        }
    }

    #[test]
    fn a_version_is_v_and_two_numbers() {
        for (version, good) in [
            ("v25.0", true),
            ("v9.12", true),
            ("25.0", false),
            ("v25", false),
            ("v25.0/x", false),
            ("v.", false),
            ("", false),
        ] {
            let config = ClientConfig {
                api_version: version.to_owned(),
                ..config("https://h")
            };
            assert_eq!(config.checked_version().is_ok(), good, "{version}");
        }
    }

    #[test]
    fn a_token_that_no_header_can_carry_is_refused() {
        for (token, good) in [
            ("EAAB|x-_.", true),
            ("", false),
            ("EA A", false),
            ("EAA\n", false),
            ("EAÄ", false),
        ] {
            let config = ClientConfig {
                access_token: AccessToken::new(token),
                ..config("https://h")
            };
            assert_eq!(config.checked_token().is_ok(), good, "{token:?}");
        }
    }
}
