//! Where a WHMCS is, checked once.

use std::net::IpAddr;

use awc::http::Uri;

/// Where the API is, below the address of the installation.
const API_PATH: &str = "/includes/api.php";

/// The address of a WHMCS installation: `https`, or `http` to this machine only, because each call
/// carries the secret. A host, perhaps a port and a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhmcsAddress {
    api: Uri,
}

impl WhmcsAddress {
    /// Reads an address; the error says what is wrong, without repeating the text.
    pub fn parse(text: &str) -> Result<Self, String> {
        let uri: Uri = text.parse().map_err(|_| "is not an address")?;
        let base = text.trim_end_matches('/');
        let authority = uri.authority().ok_or("has no host")?;
        if authority.as_str().contains('@') {
            return Err("holds a user name or password".to_owned());
        }
        if authority.host().is_empty() {
            return Err("has no host".to_owned());
        }
        if uri.query().is_some() || base.contains('#') {
            return Err("has a query after the path".to_owned());
        }
        if base.ends_with(API_PATH) {
            return Err(format!(
                "ends in {API_PATH}: leave that out, it is put there"
            ));
        }
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if is_loopback(authority.host()) => {}
            Some("http") => {
                return Err(
                    "is http:// to another machine, so the secret would cross the network in the clear"
                        .to_owned(),
                );
            }
            _ => return Err("does not begin with http:// or https://".to_owned()),
        }
        let api = format!("{base}{API_PATH}").parse();
        Ok(Self {
            api: api.map_err(|_| "is not an address")?,
        })
    }

    /// Where calls go.
    pub(super) fn api(&self) -> &Uri {
        &self.api
    }
}

/// Whether a host name certainly means this machine.
fn is_loopback(host: &str) -> bool {
    let bare = host.trim_matches(['[', ']']);
    host.eq_ignore_ascii_case("localhost") || bare.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_api_is_below_the_installation() {
        for (address, api) in [
            (
                "https://billing.example.com",
                "https://billing.example.com/includes/api.php",
            ),
            (
                "https://example.com:8443/path/to/whmcs/",
                "https://example.com:8443/path/to/whmcs/includes/api.php",
            ),
            (
                "http://127.0.0.1:8080",
                "http://127.0.0.1:8080/includes/api.php",
            ),
            ("http://[::1]/w", "http://[::1]/w/includes/api.php"),
            ("http://localhost", "http://localhost/includes/api.php"),
        ] {
            let parsed = WhmcsAddress::parse(address).unwrap();
            assert_eq!(parsed.api().to_string(), api);
        }
    }

    #[test]
    fn what_would_show_the_secret_or_lead_elsewhere_is_refused() {
        for (address, wrong) in [
            ("", "is not an address"),
            ("billing.example.com", "begin with"),
            ("/whmcs", "has no host"),
            ("ftp://example.com", "begin with"),
            ("https://", "is not an address"),
            ("https://user:hunter2@example.com", "user name"),
            ("https://example.com/?a=b", "query"),
            ("https://example.com/#a", "query"),
            ("https://example.com/includes/api.php", "leave that out"),
            ("http://example.com", "in the clear"),
            ("http://10.0.0.1", "in the clear"),
            ("http://127.0.0.1.example.com", "in the clear"),
        ] {
            let said = WhmcsAddress::parse(address).unwrap_err();
            assert!(said.contains(wrong), "{address}: {said}");
            assert!(!said.contains("hunter2"), "{said}");
        }
    }
}
