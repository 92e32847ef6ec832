//! The listening side: workers, connections, sizes and times.

use std::time::Duration;

use ipnet::IpNet;

use super::{address, kind, reader::Section, shared_limits::networks};

/// Limits of the HTTP server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpSettings {
    /// Threads that serve requests; one per core when absent.
    pub workers: Option<usize>,
    /// Connections that one worker holds at most.
    pub max_connections: usize,
    /// Largest request body.
    pub body_limit_bytes: usize,
    /// Largest request head: request line and headers.
    pub head_limit_bytes: usize,
    /// Time for a client to send the head.
    pub head_timeout: Duration,
    /// Time for a whole request once its head is in.
    pub request_timeout: Duration,
    /// Time that an idle connection is kept.
    pub keep_alive: Duration,
    /// Time for requests in flight to end when the server stops.
    pub shutdown_timeout: Duration,
    /// Where the world reaches this server, without a slash at the end.
    pub public_url: Option<String>,
    /// Proxies whose word is taken for the address of a client.
    pub trusted_proxies: Vec<IpNet>,
}

impl HttpSettings {
    pub(super) fn read(http: &mut Section<'_, '_>) -> Self {
        Self {
            workers: http.optional(
                "workers",
                kind::whole(1..=1024),
                "Threads that serve requests; one per core when not set.",
            ),
            max_connections: http.value(
                "max_connections",
                kind::whole(1..=1_000_000),
                10_000,
                "Connections that one worker holds at most; further ones wait.",
            ),
            body_limit_bytes: http.value(
                "body_limit_bytes",
                kind::whole(256..=1_048_576),
                4096,
                "Largest request body; more is answered with 413.",
            ),
            head_limit_bytes: http.value(
                "head_limit_bytes",
                kind::whole(1024..=65_536),
                16_384,
                "Largest request head (request line and headers); more is answered with 431.",
            ),
            head_timeout: http.value(
                "head_timeout_seconds",
                kind::seconds(1..=60),
                5,
                "Seconds for a client to send the head of a request.",
            ),
            request_timeout: http.value(
                "request_timeout_seconds",
                kind::seconds(2..=120),
                20,
                "Seconds for a whole request once its head is in, its body included; more than graph.deadline_seconds.",
            ),
            keep_alive: http.value(
                "keep_alive_seconds",
                kind::seconds(1..=3600),
                75,
                "Seconds that an idle connection is kept.",
            ),
            shutdown_timeout: http.value(
                "shutdown_timeout_seconds",
                kind::seconds(1..=600),
                30,
                "Seconds for requests in flight to end when the server is told to stop; not less than request_timeout_seconds.",
            ),
            public_url: http.optional(
                "public_url",
                kind::parsed(
                    "https://, a host and perhaps a port and a path; http:// to this machine only",
                    address::public,
                ),
                "Where the world reaches this server: Twilio and Vonage are told with each message to tell there what becomes of it.",
            ),
            trusted_proxies: http
                .optional(
                    "trusted_proxies",
                    networks(),
                    "Proxies in front of this server. From them, and from nobody else, the last address in X-Forwarded-For that is not itself one of them is taken for the client's.",
                )
                .unwrap_or_default(),
        }
    }
}
