//! Making a connection, and refusing a server on which codes would not be safe.

use redis::aio::MultiplexedConnection;
use redis::cluster::ClusterClient;
use redis::cluster_routing::{MultipleNodeRoutingInfo, RoutingInfo};
use redis::{AsyncConnectionConfig, Client, RedisResult};

use super::super::backend::Unavailable;
use super::connection::Connection;
use super::options::{RedisOptions, Servers};
use super::trouble;

/// The first with `#!lua` scripts, which are refused as a whole when they could not write.
const REDIS_VERSION_MIN: u32 = 7;
/// Further tries at a cluster that moves its slots, or has just lost a master.
const CLUSTER_RETRIES: u32 = 6;
const CLUSTER_RETRY_WAIT_MS: [u64; 2] = [10, 100];

/// Knows where to dial and what to say.
pub(super) enum Dialer {
    Single(Client, AsyncConnectionConfig),
    Cluster(ClusterClient),
}

impl Dialer {
    pub(super) fn new(options: &RedisOptions) -> Result<Self, Unavailable> {
        match options.servers() {
            Servers::Single(info) => single(options, *info),
            Servers::Cluster(infos) => cluster(options, infos),
        }
        .map_err(|cause| Unavailable::because("redis cannot be called with these settings", cause))
    }

    pub(super) fn is_cluster(&self) -> bool {
        matches!(self, Self::Cluster(_))
    }

    /// Connects, and looks whom it got.
    pub(super) async fn dial(&self) -> Result<Connection, Unavailable> {
        match self {
            Self::Single(client, config) => {
                let dialled = client.get_multiplexed_async_connection_with_config(config).await;
                let mut connection: MultiplexedConnection = dialled.map_err(trouble::told)?;
                let info: String = redis::cmd("INFO").query_async(&mut connection).await.map_err(trouble::told)?;
                accept(&Server::new(&info), false)?;
                Ok(Connection::Single(connection))
            }
            Self::Cluster(client) => {
                let mut connection = client.get_async_connection().await.map_err(trouble::told)?;
                let masters = RoutingInfo::MultiNode((MultipleNodeRoutingInfo::AllMasters, None));
                let infos = connection.route_command(redis::cmd("INFO"), masters).await.map_err(trouble::told)?;
                for (_, info) in trouble::read::<Vec<(String, String)>>(infos)? {
                    accept(&Server::new(&info), true)?;
                }
                Ok(Connection::Cluster(connection))
            }
        }
    }
}

fn single(options: &RedisOptions, info: redis::ConnectionInfo) -> RedisResult<Dialer> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(options.connect_timeout))
        .set_response_timeout(Some(options.response_timeout))
        .set_pipeline_buffer_size(options.in_flight_limit.clamp(64, 4096));
    Ok(Dialer::Single(Client::open(info)?, config))
}

fn cluster(options: &RedisOptions, infos: Vec<redis::ConnectionInfo>) -> RedisResult<Dialer> {
    let [wait_min, wait_max] = CLUSTER_RETRY_WAIT_MS;
    let client = ClusterClient::builder(infos)
        .connection_timeout(options.connect_timeout)
        .response_timeout(options.response_timeout)
        .retries(CLUSTER_RETRIES)
        .min_retry_wait(wait_min)
        .max_retry_wait(wait_max)
        .build()?;
    Ok(Dialer::Cluster(client))
}

/// What a server says of itself by `INFO`.
struct Server<'a>(&'a str);

impl<'a> Server<'a> {
    fn new(info: &'a str) -> Self {
        Self(info)
    }

    fn says(&self, name: &str) -> &'a str {
        let mut lines = self.0.lines();
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).unwrap_or_default().trim()
    }
}

fn accept(server: &Server<'_>, as_cluster: bool) -> Result<(), Unavailable> {
    let refuse = |why: &str| Err(Unavailable::saying(why));
    // Valkey says 7.2 here, and its own number elsewhere.
    let version = server.says("redis_version");
    let major = version.split('.').next().and_then(|major| major.parse().ok());
    if major.is_none_or(|major: u32| major < REDIS_VERSION_MIN) {
        return refuse(&format!("redis is version {version}: 7 or Valkey is needed"));
    }
    if server.says("loading") == "1" {
        return refuse("redis is still loading its data: wait until it is done");
    }
    if (server.says("cluster_enabled") == "1") != as_cluster {
        return refuse(if as_cluster {
            "redis is not a cluster: write redis:// in its address"
        } else {
            "redis is a cluster: write redis+cluster:// in its address"
        });
    }
    if !as_cluster && server.says("role") != "master" {
        return refuse("redis is a read-only replica: point the server at the master; it looks again by itself");
    }
    let (maxmemory, policy) = (server.says("maxmemory"), server.says("maxmemory_policy"));
    if maxmemory != "0" && policy != "noeviction" {
        return refuse(&format!(
            "redis may throw limits away when memory is short (maxmemory-policy {policy}): set it to noeviction"
        ));
    }
    Ok(())
}
