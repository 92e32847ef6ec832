//! Who takes turns with the ceiling: servers on a store.

use std::net::SocketAddr;
use std::slice;
use std::time::Duration;

use anyhow::Result;

use crate::arguments::StoreKind;
use crate::machine::processor_time;
use crate::program::{Installation, Program};
use crate::redis::{Fsync, Redis};

/// Servers on a store of this kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Setup {
    pub(crate) store: Backing,
    pub(crate) servers: usize,
}

/// What the servers keep their records in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Backing {
    Embedded,
    Memory,
    Redis(Fsync),
}

/// Numbers of servers that share a Redis.
const SHARING: [usize; 2] = [1, 2];

/// What is measured for these stores.
pub(crate) fn setups(stores: &[StoreKind]) -> Vec<Setup> {
    let mut setups = Vec::new();
    for store in stores {
        match store {
            StoreKind::Embedded => setups.push(Setup::alone(Backing::Embedded)),
            StoreKind::Memory => setups.push(Setup::alone(Backing::Memory)),
            StoreKind::Redis => {
                for fsync in [Fsync::EverySecond, Fsync::Always] {
                    let store = Backing::Redis(fsync);
                    setups.extend(SHARING.map(|servers| Setup { store, servers }));
                }
            }
        }
    }
    setups
}

/// A setup's servers, and the Redis that they share.
#[derive(Clone, Copy)]
pub(crate) struct Running<'a> {
    pub(crate) servers: &'a [Program],
    pub(crate) redis: Option<&'a Redis>,
}

/// Where a setup's servers come from.
pub(crate) enum Home {
    /// One server that runs from the first turn to the last.
    Lasting {
        server: Program,
        // Held for its end.
        _installation: Installation,
    },
    /// Servers on an empty Redis, all new in each turn: while they waited for it they would ask
    /// for due records ten times a second, at the cost of whose turn it is.
    Anew {
        fsync: Fsync,
        servers: usize,
        graph_url: String,
    },
}

impl Setup {
    pub(crate) fn alone(store: Backing) -> Self {
        Self { store, servers: 1 }
    }

    pub(crate) fn home(self, graph_url: String) -> Result<Home> {
        let word = match self.store {
            Backing::Embedded => "embedded",
            Backing::Memory => "memory",
            Backing::Redis(fsync) => {
                return Ok(Home::Anew {
                    fsync,
                    servers: self.servers,
                    graph_url,
                });
            }
        };
        let installation = Installation::new(word, graph_url)?;
        Ok(Home::Lasting {
            server: installation.start()?,
            _installation: installation,
        })
    }
}

impl Home {
    /// Measures the servers; then, on the same Redis, the commits that it can take without them.
    pub(crate) fn turn<T>(
        &self,
        measure: impl FnOnce(Running<'_>) -> Result<T>,
        benchmark: impl FnOnce(&Redis) -> Result<f64>,
    ) -> Result<(T, Option<f64>)> {
        let (fsync, count, graph_url) = match self {
            Self::Lasting { server, .. } => {
                let servers = slice::from_ref(server);
                let redis = None;
                return Ok((measure(Running { servers, redis })?, None));
            }
            Self::Anew {
                fsync,
                servers,
                graph_url,
            } => (*fsync, *servers, graph_url.clone()),
        };
        let redis = Redis::start(fsync)?;
        let installation = Installation::new(&redis.url(), graph_url)?;
        // One after the other: the first makes the secret that all share.
        let servers: Result<Vec<Program>> = (0..count).map(|_| installation.start()).collect();
        let servers = servers?;
        let measured = measure(Running {
            servers: &servers,
            redis: Some(&redis),
        })?;
        for server in servers {
            server.stop()?;
        }
        redis.empty()?;
        Ok((measured, Some(benchmark(&redis)?)))
    }

    pub(crate) fn end(self) -> Result<()> {
        match self {
            Self::Lasting { server, .. } => server.stop(),
            Self::Anew { .. } => Ok(()),
        }
    }
}

impl Running<'_> {
    pub(crate) fn addresses(&self) -> Vec<SocketAddr> {
        self.servers.iter().map(Program::address).collect()
    }

    /// Processor time that the servers have used.
    pub(crate) fn processor_time(&self) -> Option<Duration> {
        let times = self.servers.iter().map(Program::process_id);
        times.map(processor_time).sum()
    }

    /// Processor time that Redis has used.
    pub(crate) fn redis_time(&self) -> Option<Duration> {
        processor_time(self.redis?.process_id())
    }
}
