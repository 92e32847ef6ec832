//! One connection to one server, over which everything travels at once.

use redis::aio::MultiplexedConnection;
use redis::{Cmd, Pipeline, RedisError, RedisResult, Value};

/// Cloning it shares it.
#[derive(Clone)]
pub(super) struct Connection(pub(super) MultiplexedConnection);

impl Connection {
    /// One question.
    pub(super) async fn ask(&self, command: &Cmd) -> RedisResult<Value> {
        command.query_async(&mut self.0.clone()).await
    }

    /// Many questions on their way together. Answers in the order of the questions.
    pub(super) async fn ask_all(&self, commands: &[Cmd]) -> Vec<RedisResult<Value>> {
        let mut pipeline = Pipeline::with_capacity(commands.len());
        for command in commands {
            pipeline.add_command(command.clone());
        }
        match self
            .0
            .clone()
            .send_packed_commands(&pipeline, 0, commands.len())
            .await
        {
            Ok(values) => values.into_iter().map(told_apart).collect(),
            Err(error) => commands.iter().map(|_| Err(error.clone())).collect(),
        }
    }
}

/// A pipeline's errors come as values.
fn told_apart(value: Value) -> RedisResult<Value> {
    match value {
        Value::ServerError(error) => Err(RedisError::from(error)),
        value => Ok(value),
    }
}
