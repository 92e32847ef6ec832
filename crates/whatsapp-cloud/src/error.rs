//! What went wrong with a call, typed by what its caller can know and do.

mod advice;
mod body;
mod refusal;

use thiserror::Error;

pub use advice::Advice;
pub(crate) use body::refusal_from;
pub use refusal::Refusal;

/// Why a call to the Graph API did not succeed.
///
/// The three variants answer the one question that matters for a call that cannot be repeated
/// safely: did it have an effect?
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum GraphError {
    /// Meta answered with an error object: definitely not done.
    #[error("graph refused: {0}")]
    Refused(Box<Refusal>),
    /// Nothing of the request left this machine: definitely not done.
    #[error("the request was not sent: {0}")]
    NotSent(NotSent),
    /// The request, or part of it, was written and no usable answer came back: it may have been done.
    #[error("the outcome is unknown: {0}")]
    Uncertain(Uncertain),
}

impl GraphError {
    /// What the caller should do, by Meta's code and never by the HTTP status.
    ///
    /// Ask [`is_definite`](Self::is_definite) first: the advice for an uncertain outcome is to use
    /// another channel, because the same message sent again may arrive twice.
    #[must_use]
    pub fn advice(&self) -> Advice {
        match self {
            Self::Refused(refusal) => refusal.advice,
            Self::NotSent(NotSent::Certificate(_)) => Advice::StopChannel,
            Self::NotSent(NotSent::Malformed(_)) => Advice::FixRequest,
            Self::NotSent(_) => Advice::RetrySoon,
            Self::Uncertain(_) => Advice::UseAnotherChannel,
        }
    }

    /// Whether the call certainly had no effect.
    #[must_use]
    pub fn is_definite(&self) -> bool {
        !matches!(self, Self::Uncertain(_))
    }

    /// Meta's error code, if Meta answered with one.
    #[must_use]
    pub fn code(&self) -> Option<i64> {
        match self {
            Self::Refused(refusal) => Some(refusal.code),
            Self::NotSent(_) | Self::Uncertain(_) => None,
        }
    }
}

/// Why a request never left this machine. The texts name no token and no address of a person.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NotSent {
    /// The host name has no address.
    #[error("cannot resolve the host name: {0}")]
    Resolve(String),
    /// No connection: refused, unreachable.
    #[error("cannot connect: {0}")]
    Connect(String),
    /// The server's certificate, or its TLS, was refused. Someone may be listening in.
    #[error("cannot trust the connection: {0}")]
    Certificate(String),
    /// No connection in time, or no free one in the pool.
    #[error("no connection in time")]
    Timeout,
    /// The pooled connection turned out to be closed before the first byte, twice.
    #[error("the connection was closed before the request could be written")]
    Closed,
    /// The request breaks a rule of Meta's that is known here, or an id is none.
    #[error("the request is malformed: {0}")]
    Malformed(&'static str),
}

/// Why it is not known whether a request had an effect.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Uncertain {
    /// The deadline passed after the request began to be written.
    #[error("no answer before the deadline")]
    TimedOut,
    /// The connection ended after the request began to be written.
    #[error("the connection ended before the answer")]
    ConnectionLost,
    /// The answer is not HTTP, or breaks off.
    #[error("the answer is not readable http")]
    NotHttp,
    /// The answer is HTTP, but neither the expected JSON nor an error object.
    #[error("the answer (http {http_status}, {bytes} bytes) is not what graph answers")]
    NotGraph {
        /// The HTTP status of the answer.
        http_status: u16,
        /// How long its body was.
        bytes: usize,
    },
    /// The body is longer than any answer of the Graph API.
    #[error("the answer (http {http_status}) is longer than {limit} bytes")]
    TooLong {
        /// The HTTP status of the answer.
        http_status: u16,
        /// The longest body that is read.
        limit: usize,
    },
    /// A list does not end: its cursors repeat, or it has more pages than any account.
    #[error("the list of {0} does not end")]
    EndlessList(&'static str),
}
