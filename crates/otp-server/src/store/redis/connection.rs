//! One way to Redis, over which everything travels at once.

use futures_util::future;
use redis::aio::MultiplexedConnection;
use redis::cluster_async::ClusterConnection;
use redis::{Cmd, Pipeline, RedisError, RedisResult, Value};

/// A single server, or a cluster. Cloning it shares it.
#[derive(Clone)]
pub(super) enum Connection {
    /// One server. When this breaks, it is dialled anew.
    Single(MultiplexedConnection),
    /// All masters. It repairs itself as long as one of them answers.
    Cluster(ClusterConnection),
}

impl Connection {
    /// One question.
    pub(super) async fn ask(&self, command: &Cmd) -> RedisResult<Value> {
        match self.clone() {
            Self::Single(mut single) => command.query_async(&mut single).await,
            Self::Cluster(mut cluster) => command.query_async(&mut cluster).await,
        }
    }

    /// Many questions on their way together. Answers in the order of the questions.
    pub(super) async fn ask_all(&self, commands: &[Cmd]) -> Vec<RedisResult<Value>> {
        match self {
            Self::Single(single) => pipelined(single.clone(), commands).await,
            Self::Cluster(_) => future::join_all(commands.iter().map(|command| self.ask(command))).await,
        }
    }
}

async fn pipelined(mut single: MultiplexedConnection, commands: &[Cmd]) -> Vec<RedisResult<Value>> {
    let mut pipeline = Pipeline::with_capacity(commands.len());
    for command in commands {
        pipeline.add_command(command.clone());
    }
    match single.send_packed_commands(&pipeline, 0, commands.len()).await {
        Ok(values) => values.into_iter().map(told_apart).collect(),
        Err(error) => commands.iter().map(|_| Err(error.clone())).collect(),
    }
}

/// A pipeline's errors come as values.
fn told_apart(value: Value) -> RedisResult<Value> {
    match value {
        Value::ServerError(error) => Err(RedisError::from(error)),
        value => Ok(value),
    }
}
