//! Making a connection, and refusing a server on which codes would not be safe.

use std::fmt;

use redis::{AsyncConnectionConfig, Client, ConnectionAddr, TlsCertificates};

use super::super::backend::Unavailable;
use super::connection::Connection;
use super::options::RedisOptions;
use super::trouble;

/// The first with `#!lua` scripts, which are refused as a whole when they could not write.
const REDIS_VERSION_MIN: u32 = 7;

/// Knows where to dial and what to say.
pub(super) struct Dialer {
    client: Client,
    config: AsyncConnectionConfig,
    is_cluster: bool,
}

impl Dialer {
    pub(super) fn new(
        options: &RedisOptions,
        address: &ConnectionAddr,
    ) -> Result<Self, Unavailable> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(options.connect_timeout))
            .set_response_timeout(Some(options.response_timeout))
            .set_pipeline_buffer_size(options.in_flight_limit.clamp(64, 4096));
        let authorities = options.trusted_authorities.clone();
        let client = match address {
            ConnectionAddr::TcpTls { .. } => {
                let certificates = TlsCertificates {
                    client_tls: None,
                    root_cert: authorities,
                };
                Client::build_with_tls(options.info(address), certificates)
            }
            _ => Client::open(options.info(address)),
        };
        let client = client.map_err(|cause| {
            Unavailable::because("redis cannot be called with these settings", cause)
        })?;
        Ok(Self {
            client,
            config,
            is_cluster: options.is_cluster(),
        })
    }

    /// Connects, and looks whom it got.
    pub(super) async fn dial(&self) -> Result<Connection, Unavailable> {
        let dialled = self
            .client
            .get_multiplexed_async_connection_with_config(&self.config)
            .await;
        let mut connection = dialled.map_err(trouble::told)?;
        let info: String = redis::cmd("INFO")
            .query_async(&mut connection)
            .await
            .map_err(trouble::told)?;
        Server(&info).accept(self.is_cluster)?;
        Ok(Connection(connection))
    }
}

impl fmt::Display for Dialer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.client.get_connection_info().addr().fmt(f)
    }
}

/// What a server says of itself by `INFO`.
struct Server<'a>(&'a str);

impl<'a> Server<'a> {
    fn says(&self, name: &str) -> &'a str {
        let mut lines = self.0.lines();
        lines
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
            .unwrap_or_default()
            .trim()
    }

    fn accept(&self, as_cluster: bool) -> Result<(), Unavailable> {
        let refuse = |why: &str| Err(Unavailable::saying(why));
        // Valkey says 7.2 here, and its own number elsewhere.
        let version = self.says("redis_version");
        let major = version
            .split('.')
            .next()
            .and_then(|major| major.parse().ok());
        if major.is_none_or(|major: u32| major < REDIS_VERSION_MIN) {
            return refuse(&format!(
                "redis is version {version}: 7 or Valkey is needed"
            ));
        }
        if self.says("loading") == "1" {
            return refuse("redis is still loading its data: wait until it is done");
        }
        match (self.says("cluster_enabled") == "1", as_cluster) {
            (false, true) => {
                return refuse("redis is not a cluster: write redis:// in its address");
            }
            (true, false) => {
                return refuse("redis is a cluster: write redis+cluster:// in its address");
            }
            _ => {}
        }
        if !as_cluster && self.says("role") != "master" {
            return refuse(
                "redis is a read-only replica: point the server at the master; it looks again by itself",
            );
        }
        let policy = self.says("maxmemory_policy");
        if self.says("maxmemory") != "0" && policy != "noeviction" {
            return refuse(&format!(
                "redis may throw limits away when memory is short (maxmemory-policy {policy}): set it to noeviction"
            ));
        }
        Ok(())
    }
}
