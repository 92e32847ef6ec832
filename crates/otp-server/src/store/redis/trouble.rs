//! What Redis' errors mean for whoever asked: why, and what to do.

use redis::{ErrorKind, FromRedisValue, RedisError, ServerErrorKind, Value};

use super::super::backend::Unavailable;

const PART_IS_DOWN: &str =
    "a part of the redis cluster is down: bring its master back; the store recovers by itself";

const TOO_SLOW: &str =
    "redis did not answer in time: see whether it, its disk or the network is overloaded";

/// What became of a question that has no answer.
pub(super) struct Refusal {
    pub(super) reason: Unavailable,
    /// Another server of the cluster is in charge of it now.
    pub(super) has_moved: bool,
}

impl From<RedisError> for Refusal {
    fn from(error: RedisError) -> Self {
        let has_moved = error.kind() == ErrorKind::Server(ServerErrorKind::Moved);
        Self {
            reason: told(error),
            has_moved,
        }
    }
}

impl From<Unavailable> for Refusal {
    fn from(reason: Unavailable) -> Self {
        Self {
            reason,
            has_moved: false,
        }
    }
}

impl From<Refusal> for Unavailable {
    fn from(refusal: Refusal) -> Self {
        refusal.reason
    }
}

/// Says what an error means.
pub(super) fn told(error: RedisError) -> Unavailable {
    let message = match (error.kind(), error.code().unwrap_or_default()) {
        (ErrorKind::Server(ServerErrorKind::BusyLoading), _) => {
            "redis is still loading its data: wait until it is done"
        }
        (ErrorKind::Server(ServerErrorKind::ReadOnly), _) => {
            "redis is a read-only replica: point the server at the master; it looks again by itself"
        }
        (ErrorKind::Server(ServerErrorKind::ClusterDown | ServerErrorKind::MasterDown), _) => {
            PART_IS_DOWN
        }
        (
            ErrorKind::Server(
                ServerErrorKind::TryAgain | ServerErrorKind::Moved | ServerErrorKind::Ask,
            ),
            _,
        ) => "a part of the redis cluster is on its way to another master: try again",
        (ErrorKind::Server(ServerErrorKind::NoPerm), _) => {
            "redis does not let this user do what is needed: see the ACL line in docs/redis.md"
        }
        (ErrorKind::AuthenticationFailed, _) | (_, "NOAUTH" | "WRONGPASS") => {
            "redis refuses the user or the password: check them"
        }
        (_, "OOM") => "redis is out of memory: raise its maxmemory; the store recovers by itself",
        (_, "MISCONF") => {
            "redis refuses writes because it cannot save to its disk: see its log and free space"
        }
        (_, "NOREPLICAS") => {
            "redis refuses writes because too few replicas follow it: bring them back"
        }
        (_, "BUSY") => "redis is busy with a script that does not end: see its log",
        _ if error.is_timeout() => TOO_SLOW,
        (ErrorKind::Io, _) => {
            "redis cannot be reached: start it, or check its address; the store recovers by itself"
        }
        _ => {
            "redis answers with an error that the server does not understand: see its version and the cause"
        }
    };
    Unavailable::because(message, error)
}

/// No answer within the time that a request may take.
pub(super) fn too_slow() -> Unavailable {
    Unavailable::saying(TOO_SLOW)
}

/// Nobody is in charge of the record's slot.
pub(super) fn part_is_down() -> Unavailable {
    Unavailable::saying(PART_IS_DOWN)
}

/// Whether the way to the server is no good any more and another should be tried: it is broken, or
/// it is silent, or behind it is no longer the master.
pub(super) fn condemns_connection(error: &RedisError) -> bool {
    error.is_io_error()
        || error.is_unrecoverable_error()
        || matches!(error.kind(), ErrorKind::Server(ServerErrorKind::ReadOnly))
}

/// The server does not have the script (any more).
pub(super) fn is_script_unknown<T>(answer: &Result<T, RedisError>) -> bool {
    let kind = answer.as_ref().err().map(RedisError::kind);
    kind == Some(ErrorKind::Server(ServerErrorKind::NoScript))
}

/// The reply as what it should be.
pub(super) fn read<T: FromRedisValue>(reply: Value) -> Result<T, Unavailable> {
    redis::from_redis_value(reply).map_err(|error| told(error.into()))
}
