//! What the Redis store promises beyond the contract.

mod cluster;
mod connecting;
mod events;
mod faults;
mod lists;
mod sharing;
mod speed;
mod time;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use otp_server::store::redis::{RedisOptions, RedisStore};

use crate::redis_process::{RedisCluster, RedisProcess};

/// Patient options, for machines that are busy with other tests; names that no other test uses.
pub(super) fn patient(url: &str) -> RedisOptions {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let mut options = RedisOptions::parse(url).expect("an address");
    options.prefix = format!("test-{}:", NEXT.fetch_add(1, Ordering::Relaxed));
    options.response_timeout = Duration::from_secs(20);
    options
}

pub(super) async fn on_single(server: &RedisProcess) -> RedisStore {
    connect(&patient(&server.url())).await
}

pub(super) async fn on_cluster(cluster: &RedisCluster) -> RedisStore {
    connect(&patient(&cluster.url())).await
}

async fn connect(options: &RedisOptions) -> RedisStore {
    RedisStore::connect(options).await.expect("redis is there")
}
