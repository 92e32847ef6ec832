//! Where Redis is, who we are to it, and how long we wait.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo};

pub use crate::credential::Credential as Password;

/// The ways to write an address, for whoever wrote another.
const FORMS: &str =
    "redis://HOST:PORT, rediss://HOST:PORT (TLS), or redis+cluster://HOST:PORT,HOST:PORT";

/// How to reach a Redis or Valkey, alone or as a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedisOptions {
    /// One, or the first few of a cluster: it tells of the others.
    addresses: Vec<ConnectionAddr>,
    is_cluster: bool,
    database: i64,
    /// The user, if it is not the default one.
    pub username: Option<String>,
    /// The password, if one is wanted.
    pub password: Option<Password>,
    /// With TLS: the authorities to trust, in PEM, instead of the system's.
    pub trusted_authorities: Option<Vec<u8>>,
    /// What all names in Redis start with. Servers of one installation share it.
    pub prefix: String,
    /// How long a new connection may take, greeting included.
    pub connect_timeout: Duration,
    /// How long an answer may take. With `connect_timeout`, the most that any request takes.
    pub response_timeout: Duration,
    /// Requests that wait for Redis at most; one more is refused. At least 1.
    pub in_flight_limit: usize,
}

impl RedisOptions {
    /// Reads `redis[s]://[USER[:PASSWORD]@]HOST[:PORT][/DATABASE]` or
    /// `redis[s]+cluster://[USER[:PASSWORD]@]HOST[:PORT],HOST[:PORT],..`. User and password are
    /// percent-encoded there, and can be given apart. The rest is as is good for most.
    pub fn parse(address: &str) -> Result<Self, RedisUrlError> {
        let (scheme, rest) = address.split_once("://").ok_or(RedisUrlError::SCHEME)?;
        let (scheme, is_cluster) = match scheme {
            "redis" | "rediss" => (scheme, false),
            "redis+cluster" => ("redis", true),
            "rediss+cluster" => ("rediss", true),
            _ => return Err(RedisUrlError::SCHEME),
        };
        if rest.contains(['?', '#']) {
            return Err(RedisUrlError(
                "has ? or # in it: settings have places of their own, and a password is percent-encoded",
            ));
        }
        let (user, hosts) = rest
            .rsplit_once('@')
            .map_or(("", rest), |(user, hosts)| (user, hosts));
        let hosts: Vec<&str> = hosts.split(',').collect();
        if hosts.len() > 1 && !is_cluster {
            return Err(RedisUrlError(
                "lists several servers: write redis+cluster:// if they are a cluster",
            ));
        }
        let at = if user.is_empty() { "" } else { "@" };
        let infos = hosts
            .iter()
            .map(|host| server(&format!("{scheme}://{user}{at}{host}")));
        let infos: Vec<ConnectionInfo> = infos.collect::<Result<_, _>>()?;
        let [first, ..] = infos.as_slice() else {
            return Err(RedisUrlError::SCHEME);
        };
        let settings = first.redis_settings();
        if is_cluster && infos.iter().any(|info| info.redis_settings().db() != 0) {
            return Err(RedisUrlError("names a database: a cluster has none but 0"));
        }
        Ok(Self {
            addresses: infos.iter().map(|info| info.addr().clone()).collect(),
            is_cluster,
            database: settings.db(),
            username: settings.username().map(str::to_owned),
            password: settings.password().map(Password::new),
            trusted_authorities: None,
            prefix: "otp:".to_owned(),
            connect_timeout: Duration::from_millis(400),
            response_timeout: Duration::from_millis(500),
            in_flight_limit: 10_000,
        })
    }

    /// Does the password go over a network in the clear?
    #[must_use]
    pub fn tells_password_in_the_clear(&self) -> bool {
        let is_elsewhere = |address: &ConnectionAddr| match address {
            ConnectionAddr::Tcp(host, _) => {
                let is_loopback = host.parse().map(|address: IpAddr| address.is_loopback());
                host != "localhost" && !is_loopback.unwrap_or_default()
            }
            _ => false,
        };
        self.password.is_some() && self.addresses.iter().any(is_elsewhere)
    }

    pub(super) fn is_cluster(&self) -> bool {
        self.is_cluster
    }

    /// Where to begin. At least one.
    pub(super) fn addresses(&self) -> &[ConnectionAddr] {
        &self.addresses
    }

    /// Another server of the cluster, reached in the same manner.
    pub(super) fn address(&self, host: String, port: u16) -> ConnectionAddr {
        match self.addresses[0] {
            ConnectionAddr::TcpTls { insecure, .. } => ConnectionAddr::TcpTls {
                host,
                port,
                insecure,
                tls_params: None,
            },
            _ => ConnectionAddr::Tcp(host, port),
        }
    }

    /// An address with all that is needed to be let in there.
    pub(super) fn info(&self, address: &ConnectionAddr) -> ConnectionInfo {
        let info = address
            .clone()
            .into_connection_info()
            .expect("an address is all that is needed");
        let mut settings = info
            .redis_settings()
            .clone()
            .set_db(self.database)
            .set_skip_set_lib_name();
        if let Some(username) = &self.username {
            settings = settings.set_username(username);
        }
        if let Some(password) = &self.password {
            settings = settings.set_password(password.reveal());
        }
        info.set_redis_settings(settings)
    }
}

fn server(url: &str) -> Result<ConnectionInfo, RedisUrlError> {
    // Its own words may repeat what it was given.
    url.into_connection_info()
        .map_err(|_| RedisUrlError::SCHEME)
}

/// The address is no address of a Redis. Does not repeat it: a password may be in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RedisUrlError(&'static str);

impl RedisUrlError {
    const SCHEME: Self = Self("is no address of a redis");
}

impl fmt::Display for RedisUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; the forms are {FORMS}", self.0)
    }
}

impl std::error::Error for RedisUrlError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_gives_server_user_password_and_database() {
        let options =
            RedisOptions::parse("rediss://ann:p%40ss@cache.example:7000/3").expect("an address");
        assert_eq!(options.username.as_deref(), Some("ann"));
        assert_eq!(
            options.password.as_ref().map(Password::reveal),
            Some("p@ss")
        );
        assert_eq!((options.database, options.is_cluster), (3, false));
        assert_eq!(options.addresses[0].to_string(), "cache.example:7000");
        assert!(matches!(
            options.addresses[0],
            ConnectionAddr::TcpTls {
                insecure: false,
                ..
            }
        ));
    }

    #[test]
    fn a_cluster_is_a_list_with_one_password() {
        let options =
            RedisOptions::parse("redis+cluster://:secret@one:1,[::1]:2,three").expect("an address");
        let addresses: Vec<String> = options.addresses.iter().map(ToString::to_string).collect();
        assert_eq!((addresses.len(), options.is_cluster), (3, true));
        assert_eq!((&*addresses[0], &*addresses[2]), ("one:1", "three:6379"));
        let info = options.info(&options.address("four".to_owned(), 4));
        assert_eq!(info.redis_settings().password(), Some("secret"));
    }

    #[test]
    fn no_password_is_printed() {
        let options = RedisOptions::parse("redis://ann:canary@cache").expect("an address");
        assert!(!format!("{options:?}").contains("canary"));
        for bad in [
            "redis://ann:canary@",
            "http://ann:canary@cache",
            "redis://ann:canary@a,b",
            "redis://ann:canary@cache/x",
        ] {
            let error = RedisOptions::parse(bad).expect_err(bad);
            assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
        }
    }

    #[test]
    fn a_password_in_the_clear_on_a_network_is_noticed() {
        let tells = |address| {
            let options = RedisOptions::parse(address).expect("an address");
            options.tells_password_in_the_clear()
        };
        assert!(tells("redis://:secret@cache.example"));
        assert!(tells("redis+cluster://:secret@127.0.0.1,10.0.0.1"));
        for fine in [
            "redis://cache.example",
            "rediss://:secret@cache.example",
            "redis://:secret@localhost",
            "redis://:secret@[::1]:6379",
        ] {
            assert!(!tells(fine), "{fine}");
        }
    }

    #[test]
    fn what_would_be_ignored_is_refused() {
        for bad in [
            "rediss://cache#insecure",
            "redis://cache?protocol=resp3",
            "redis+cluster://a/1",
            "redis://0.0.0.0",
            "redis:cache",
        ] {
            assert!(RedisOptions::parse(bad).is_err(), "{bad}");
        }
    }
}
