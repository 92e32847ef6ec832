//! From awc's errors to what is known about the request.
//!
//! | awc says | what it means | we say |
//! |---|---|---|
//! | `Connect(..)`, all but `Disconnected` | there was no connection yet | not sent |
//! | `Connect(Disconnected)` | the answer's head never came: end of stream | lost |
//! | `Send(NothingWritten)` | the first write failed (see `stream`) | not sent: closed |
//! | `Send(..)`, other | a later write failed; part of the request may be out | lost |
//! | `Response(Io)` | reading the head failed: reset | lost |
//! | `Response(..)`, other | what came is not HTTP | not http |
//!
//! And whatever awc says, a request whose body it never asked for was not written.

use std::io;

use actix_http::error::ParseError;
use awc::error::{ConnectError, PayloadError, SendRequestError};

use super::stream::NothingWritten;
use crate::error::{GraphError, NotSent, Uncertain};

/// What a failure to get the head of an answer says about the request.
pub(super) fn failure_of(error: &SendRequestError, may_be_written: bool) -> GraphError {
    match error {
        SendRequestError::Connect(ConnectError::Disconnected) if may_be_written => {
            Uncertain::ConnectionLost.into()
        }
        SendRequestError::Connect(ConnectError::Disconnected) => {
            GraphError::NotSent(NotSent::Closed)
        }
        SendRequestError::Connect(error) => GraphError::NotSent(no_connection(error)),
        SendRequestError::Url(_) | SendRequestError::Http(_) => {
            GraphError::NotSent(NotSent::Malformed("the address is not a valid one"))
        }
        SendRequestError::Send(error) if is_nothing_written(error) => {
            GraphError::NotSent(NotSent::Closed)
        }
        _ if !may_be_written => GraphError::NotSent(NotSent::Closed),
        SendRequestError::Response(ParseError::Io(_) | ParseError::Incomplete) => {
            Uncertain::ConnectionLost.into()
        }
        SendRequestError::Response(_) => Uncertain::NotHttp.into(),
        SendRequestError::Timeout => Uncertain::TimedOut.into(),
        _ => Uncertain::ConnectionLost.into(),
    }
}

/// What a failure to get the body of an answer says: never that nothing was sent.
pub(super) fn failure_of_body(error: &PayloadError) -> Uncertain {
    match error {
        PayloadError::Io(_) | PayloadError::Incomplete(_) => Uncertain::ConnectionLost,
        _ => Uncertain::NotHttp,
    }
}

fn is_nothing_written(error: &io::Error) -> bool {
    error
        .get_ref()
        .is_some_and(<dyn std::error::Error + Send + Sync>::is::<NothingWritten>)
}

/// A server that cannot be trusted is told apart from one that has a bad moment and says so.
fn no_tls(error: &rustls::Error) -> NotSent {
    match error {
        rustls::Error::AlertReceived(_) => NotSent::Connect(error.to_string()),
        error => NotSent::Certificate(error.to_string()),
    }
}

fn no_connection(error: &ConnectError) -> NotSent {
    match error {
        ConnectError::Resolver(error) => NotSent::Resolve(error.to_string()),
        ConnectError::NoRecords | ConnectError::Unresolved => {
            NotSent::Resolve("no address found".to_owned())
        }
        ConnectError::Timeout => NotSent::Timeout,
        ConnectError::Io(error) => match error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<rustls::Error>())
        {
            Some(error) => no_tls(error),
            None => NotSent::Connect(error.to_string()),
        },
        error => NotSent::Connect(error.to_string()),
    }
}
