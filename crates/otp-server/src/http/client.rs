//! Under which address a client is counted. What a header says of it is believed from proxies that
//! the operator named, and from nobody else.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::HttpRequest;
use ipnet::IpNet;

use crate::service::Principal;

const FORWARDED_FOR: &str = "x-forwarded-for";
/// Under what a client is counted whose address cannot be had.
const UNKNOWN: &str = "unknown";
/// No request passes more proxies.
const HOPS_MAX: usize = 16;

/// Who stands between us and the clients, and whose addresses count for nothing.
#[derive(Debug)]
pub struct Clients {
    proxies: Vec<IpNet>,
    uncounted: Vec<IpNet>,
    has_warned: AtomicBool,
}

impl Clients {
    /// `proxies` say for whom they ask; `uncounted` ask for many people.
    #[must_use]
    pub fn new(proxies: Vec<IpNet>, uncounted: Vec<IpNet>) -> Self {
        let has_warned = AtomicBool::new(false);
        Self {
            proxies,
            uncounted,
            has_warned,
        }
    }

    /// The address under which the client of this request is counted: an IPv4 address, or the IPv6
    /// network of 64 bits that one customer commonly has. Nothing when it is not counted.
    pub(super) fn counted(&self, request: &HttpRequest) -> Option<String> {
        let Some(peer) = request.peer_addr() else {
            // Gone already, and so nobody can say who it was.
            return Some(UNKNOWN.to_owned());
        };
        let peer = peer.ip().to_canonical();
        let client = if is_in(&self.proxies, peer) {
            match self.behind_proxies(request) {
                Some(client) => client,
                // Somebody is behind it, and it does not say who.
                None => return Some(counted_form(peer)),
            }
        } else {
            self.warn_of_unknown_proxy(peer, request);
            peer
        };
        (!is_in(&self.uncounted, client)).then(|| counted_form(client))
    }

    /// The same for a person whose address an application tells, because it asks for them: counted
    /// within that application, which nobody can keep from telling another's.
    pub(super) fn counted_as_told(&self, address: IpAddr, by: &Principal) -> Option<String> {
        let address = address.to_canonical();
        let is_counted = !is_in(&self.uncounted, address);
        is_counted.then(|| format!("{} {}", by.application.name, counted_form(address)))
    }

    /// Each proxy appends whom it was asked by. From the end, the first that is no proxy of ours;
    /// nothing when the last word is of no use.
    fn behind_proxies(&self, request: &HttpRequest) -> Option<IpAddr> {
        let lines: Vec<_> = request.headers().get_all(FORWARDED_FOR).collect();
        // As bytes: what a client put in front must not make the proxy's own word unreadable.
        let hops = lines
            .iter()
            .rev()
            .flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
        let mut client = None;
        for hop in hops.take(HOPS_MAX) {
            // What comes before something unreadable was written by we do not know whom.
            let Some(address) = str::from_utf8(hop).ok().and_then(|hop| address(hop.trim())) else {
                break;
            };
            client = Some(address);
            if !is_in(&self.proxies, address) {
                break;
            }
        }
        client
    }

    fn warn_of_unknown_proxy(&self, peer: IpAddr, request: &HttpRequest) {
        let is_forwarded = request.headers().contains_key(FORWARDED_FOR);
        if is_forwarded && !self.has_warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "{peer} says that it asks for others (X-Forwarded-For), and is not in http.trusted_proxies: \
                 whoever is behind it counts as one client, or not at all; name it there if it is your proxy"
            );
        }
    }
}

fn is_in(networks: &[IpNet], address: IpAddr) -> bool {
    networks.iter().any(|network| network.contains(&address))
}

/// With or without a port, as proxies write it.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    let address = bare.unwrap_or(text).parse::<IpAddr>().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|socket| socket.ip());
    address
        .or_else(with_port)
        .map(|address| address.to_canonical())
}

fn counted_form(client: IpAddr) -> String {
    match client {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let network = u128::from(address) >> 64 << 64;
            format!("{}/64", Ipv6Addr::from(network))
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    /// Under what a request is counted that comes from `peer` with these `X-Forwarded-For` lines,
    /// behind proxies in `10.0.0.0/8`, `fd00::/8` and at `127.0.0.9`.
    fn counted(peer: &str, lines: &[&str]) -> Option<String> {
        let networks = |texts: &[&str]| -> Vec<IpNet> {
            texts
                .iter()
                .map(|text| text.parse().expect("a network"))
                .collect()
        };
        let clients = Clients::new(
            networks(&["10.0.0.0/8", "fd00::/8", "127.0.0.9/32"]),
            networks(&["127.0.0.0/8"]),
        );
        let peer = SocketAddr::new(peer.parse().expect("an address"), 4711);
        let mut request = TestRequest::get().peer_addr(peer);
        for line in lines {
            request = request.append_header((FORWARDED_FOR, *line));
        }
        clients.counted(&request.to_http_request())
    }

    fn is(peer: &str, lines: &[&str], expected: &str) {
        assert_eq!(
            counted(peer, lines).as_deref(),
            Some(expected),
            "{peer} {lines:?}"
        );
    }

    #[test]
    fn a_stranger_is_counted_by_its_own_address_whatever_it_says() {
        is("203.0.113.9", &[], "203.0.113.9");
        is("203.0.113.9", &["198.51.100.1"], "203.0.113.9");
        is("::ffff:203.0.113.9", &["198.51.100.1"], "203.0.113.9");
    }

    #[test]
    fn of_what_a_proxy_passes_on_its_own_word_counts_and_not_the_clients() {
        is("10.0.0.1", &["198.51.100.1"], "198.51.100.1");
        is("10.0.0.1", &["1.1.1.1, 198.51.100.1"], "198.51.100.1");
        is("10.0.0.1", &["1.1.1.1", "198.51.100.1"], "198.51.100.1");
        is(
            "10.0.0.1",
            &["1.1.1.1,198.51.100.1 , 10.9.9.9"],
            "198.51.100.1",
        );
        is("fd00::1", &["198.51.100.1:8080"], "198.51.100.1");
        is(
            "10.0.0.1",
            &["[2001:db8:1:2:3::4]:443"],
            "2001:db8:1:2::/64",
        );
    }

    #[test]
    fn a_proxy_that_says_nothing_of_use_is_counted_itself() {
        is("10.0.0.1", &[], "10.0.0.1");
        is("10.0.0.1", &["unknown"], "10.0.0.1");
        is("10.0.0.1", &["1.1.1.1, 10.2.2.2, _hidden"], "10.0.0.1");
        is("127.0.0.9", &[], "127.0.0.9");
        is("127.0.0.9", &["unix:"], "127.0.0.9");
        is("10.0.0.1", &["1.1.1.1, nonsense, 10.2.2.2"], "10.2.2.2");
    }

    #[test]
    fn an_ipv6_network_of_64_bits_is_one_client() {
        is("2001:db8:1:2:aaaa::1", &[], "2001:db8:1:2::/64");
        is("2001:db8:1:2:bbbb::2", &[], "2001:db8:1:2::/64");
        is("2001:db8:1:3::1", &[], "2001:db8:1:3::/64");
    }

    #[test]
    fn what_a_client_puts_in_front_does_not_hide_the_proxys_word() {
        let line = actix_web::http::header::HeaderValue::from_bytes(b"\xff, 203.0.113.9");
        let networks = vec!["10.0.0.0/8".parse().expect("a network")];
        let clients = Clients::new(networks, Vec::new());
        let request = TestRequest::get()
            .peer_addr(SocketAddr::from(([10, 0, 0, 1], 1)))
            .append_header((FORWARDED_FOR, line.expect("bytes are allowed")))
            .to_http_request();
        assert_eq!(clients.counted(&request).as_deref(), Some("203.0.113.9"));
    }

    #[test]
    fn a_client_that_is_gone_is_counted_with_its_like() {
        let clients = Clients::new(Vec::new(), Vec::new());
        let request = TestRequest::get().to_http_request();
        assert_eq!(clients.counted(&request).as_deref(), Some(UNKNOWN));
    }

    #[test]
    fn this_machine_is_not_counted() {
        assert_eq!(counted("127.0.0.1", &[]), None);
        assert_eq!(counted("127.0.0.1", &["203.0.113.9"]), None);
        assert_eq!(counted("10.0.0.1", &["127.0.0.1"]), None);
    }
}
