//! Which server to ask about a bucket: the only one, or the master of its slot.

use redis::{Cmd, Value};

use super::super::backend::Unavailable;
use super::cluster::Cluster;
use super::dial::Dialer;
use super::keyspace::Bucket;
use super::link::{Link, WatchedLink};
use super::options::RedisOptions;
use super::scripts::Lua;

/// See the module.
#[derive(Debug)]
pub(super) enum Way {
    Single(WatchedLink),
    Cluster(Box<Cluster>),
}

/// A question about a bucket.
pub(super) type Call = (Bucket, Cmd);

impl Way {
    /// Connects. Of a cluster, one server that answers is enough.
    pub(super) async fn open(options: &RedisOptions) -> Result<Self, Unavailable> {
        if options.is_cluster() {
            return Ok(Self::Cluster(Box::new(Cluster::open(options).await?)));
        }
        let link = Link::new(Dialer::new(options, &options.addresses()[0])?);
        link.open().await?;
        Ok(Self::Single(WatchedLink::new(link)))
    }

    /// Several masters, each with its own share of the buckets?
    pub(super) fn is_cluster(&self) -> bool {
        matches!(self, Self::Cluster(_))
    }

    /// Finds out who is in charge of what now.
    pub(super) async fn refresh(&self) {
        if let Self::Cluster(cluster) = self {
            cluster.refresh().await;
        }
    }

    /// One question. A script that the server does not have is sent to it.
    pub(super) async fn ask(
        &self,
        bucket: Bucket,
        script: Option<&Lua>,
        command: &Cmd,
    ) -> Result<Value, Unavailable> {
        match self {
            Self::Single(single) => Ok(single.link().ask(script, command).await?),
            Self::Cluster(cluster) => cluster.ask(bucket, script, command).await,
        }
    }

    /// Many questions at once; each has its own answer.
    pub(super) async fn ask_each(
        &self,
        script: Option<&Lua>,
        calls: Vec<Call>,
    ) -> Vec<Result<Value, Unavailable>> {
        match self {
            Self::Single(single) => {
                let commands: Vec<Cmd> = calls.into_iter().map(|(_, command)| command).collect();
                let answers = single.link().ask_all(script, &commands).await;
                answers
                    .into_iter()
                    .map(|answer| answer.map_err(Unavailable::from))
                    .collect()
            }
            Self::Cluster(cluster) => cluster.ask_each(script, calls).await,
        }
    }
}
