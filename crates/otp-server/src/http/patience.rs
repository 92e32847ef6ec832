//! How long one connection is waited for. Whatever its client does, there is always a moment at
//! which it is cut, and only a whole request that was answered moves that moment on.
//!
//! The HTTP library limits the time for a connection's first head and for silence between two
//! requests; it does not limit a later head that trickles, nor a body that nobody reads.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use actix_web::http::header::{CONTENT_LENGTH, HeaderMap, TRANSFER_ENCODING};
use actix_web::{HttpMessage, HttpRequest};

use super::Limits;
use crate::clock::Stopwatch;

/// The request's own limits act first, and answer; this is for what is left.
const MARGIN: Duration = Duration::from_secs(2);
/// For the rest of a body that nobody reads: long enough for the client to see the answer.
const REST: Duration = Duration::from_secs(2);
/// A connection that has served for so long is closed after its next answer, so that connections
/// spread again over the processes behind a balancer.
const AGE_MAX: Duration = Duration::from_hours(1);

/// What became of a request's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyRest {
    /// It was read to its end, or there was none.
    Nothing,
    /// Nobody read it, or not to its end.
    Unread,
}

impl BodyRest {
    /// Of a request that was answered.
    pub(super) fn of(request: &HttpRequest) -> Self {
        let was_read = request.extensions().contains::<BodyWasRead>();
        if was_read || !has_body(request.headers()) {
            Self::Nothing
        } else {
            Self::Unread
        }
    }
}

struct BodyWasRead;

/// To be called where a body was read to its end; else its connection is closed.
pub(super) fn body_was_read(request: &HttpRequest) {
    request.extensions_mut().insert(BodyWasRead);
}

fn has_body(headers: &HeaderMap) -> bool {
    let length = headers.get(CONTENT_LENGTH);
    headers.contains_key(TRANSFER_ENCODING) || length.is_some_and(|length| length != "0")
}

/// Counts one connection's time. All times are since it was opened.
#[derive(Debug)]
pub(crate) struct Patience {
    opened: Stopwatch,
    exchange: Duration,
    idle: Duration,
    end: Cell<Duration>,
    is_idle: Cell<bool>,
}

impl Patience {
    /// For a connection that was opened just now.
    pub(crate) fn new(limits: &Limits) -> Rc<Self> {
        let exchange = limits.head_timeout + limits.request_timeout + MARGIN;
        Rc::new(Self {
            opened: Stopwatch::start(),
            exchange,
            idle: limits.keep_alive + MARGIN,
            end: Cell::new(exchange),
            is_idle: Cell::new(false),
        })
    }

    /// From a request's first byte to its answer.
    pub(crate) fn exchange(&self) -> Duration {
        self.exchange
    }

    /// When the connection is cut, as things stand.
    pub(crate) fn end(&self) -> Duration {
        self.end.get()
    }

    /// What is left until then.
    pub(crate) fn left(&self) -> Duration {
        self.end.get().saturating_sub(self.opened.elapsed())
    }

    /// Bytes have come, or wait to leave: an exchange is under way.
    pub(crate) fn is_busy(&self) {
        if self.is_idle.replace(false) {
            self.end.set(self.opened.elapsed() + self.exchange);
        }
    }

    /// A request has its answer.
    pub(super) fn is_answered(&self, rest: BodyRest) {
        let time = match rest {
            BodyRest::Nothing => self.idle,
            BodyRest::Unread => REST,
        };
        self.is_idle.set(rest == BodyRest::Nothing);
        self.end.set(self.opened.elapsed() + time);
    }

    /// Has it been open for so long that it should end with its next answer?
    pub(super) fn is_old(&self) -> bool {
        self.opened.elapsed() > AGE_MAX
    }
}
