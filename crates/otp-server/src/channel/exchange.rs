//! One request to a provider and its answer: one deadline over both, one size for the answer, one attempt.
//!
//! Each request has a connection of its own. These ways carry few messages, and a connection that
//! was kept may have been closed by the other side just now, which leaves nobody knowing whether
//! the message was read.

use std::cell::Cell;
use std::convert::Infallible;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use awc::body::{BodySize, MessageBody};
use awc::error::{ConnectError, SendRequestError};
use awc::http::header::{self, HeaderName, HeaderValue};
use awc::{Client, ClientRequest, Connector};
use bytes::Bytes;
use rustls::ClientConfig;

use super::{Cause, DeliveryError, ProviderAnswer, Trouble};
use crate::tls;
pub use crate::tls::InvalidAuthorities;

/// No provider answers with more than a few hundred bytes.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// Requests of one thread to one provider at once; further ones wait, within their deadline.
const CONNECTIONS_MAX: usize = 256;
/// A provider that wants to be left alone for longer is asked again after that long all the same.
const RETRY_AFTER_MAX: Duration = Duration::from_hours(24);

/// How to reach a provider over HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpOptions {
    /// Time to resolve and connect, and once more for the TLS handshake.
    pub connect_timeout: Duration,
    /// Time for all, from resolving the name to the last byte of the answer.
    pub deadline: Duration,
    /// Certificate authorities to trust, in PEM; the public ones when absent.
    pub authorities: Option<Vec<u8>>,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(3),
            deadline: Duration::from_secs(10),
            authorities: None,
        }
    }
}

/// What all threads share of the way to a provider.
#[derive(Clone, Debug)]
pub(super) struct Exchanges {
    tls: Arc<ClientConfig>,
    connect_timeout: Duration,
    deadline: Duration,
}

impl Exchanges {
    pub(super) fn new(options: &HttpOptions) -> Result<Self, InvalidAuthorities> {
        Ok(Self {
            tls: Arc::new(tls::client(options.authorities.as_deref())?),
            connect_timeout: options.connect_timeout,
            deadline: options.deadline,
        })
    }

    /// A client for the calling thread.
    pub(super) fn exchange(&self) -> Exchange {
        let connector = Connector::new()
            .rustls_0_23(Arc::clone(&self.tls))
            .timeout(self.connect_timeout)
            .handshake_timeout(self.connect_timeout)
            .conn_keep_alive(Duration::ZERO)
            .limit(CONNECTIONS_MAX);
        // A redirect could carry the authorization elsewhere; awc's own time limit ends at the head.
        let client = Client::builder()
            .connector(connector)
            .disable_redirects()
            .disable_timeout()
            .finish();
        Exchange {
            client,
            deadline: self.deadline,
        }
    }
}

/// What is posted.
pub(super) struct Post<'a> {
    pub(super) url: &'a str,
    pub(super) content_type: &'static str,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) body: String,
}

/// What came back. The body may have been lost on the way; the status stands.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) retry_after: Option<Duration>,
    pub(super) body: Result<Bytes, Trouble>,
}

impl Answer {
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body, if it is JSON of this shape.
    pub(super) fn json<'de, T: serde::Deserialize<'de>>(&'de self) -> Option<T> {
        serde_json::from_slice(self.body.as_ref().ok()?).ok()
    }

    /// For an answer that says "taken" and does not say what: nobody knows, so it is not repeated.
    pub(super) fn not_understood(&self) -> DeliveryError {
        let trouble = self.body.as_ref().err().cloned();
        let trouble = trouble.unwrap_or(Trouble::Unreadable("not the JSON that was expected"));
        DeliveryError::Uncertain(trouble.into())
    }
}

/// No answer.
pub(super) enum Silence {
    /// Nothing of the request left: certainly not done.
    NotSent(Trouble),
    /// It may have been done.
    MaybeSent(Trouble),
}

impl From<Silence> for DeliveryError {
    fn from(silence: Silence) -> Self {
        match silence {
            Silence::NotSent(trouble @ Trouble::Malformed(_)) => Self::Rejected(trouble.into()),
            Silence::NotSent(trouble) => Self::ChannelDown(trouble.into()),
            Silence::MaybeSent(trouble) => Self::Uncertain(trouble.into()),
        }
    }
}

/// What an answer's status alone says. A provider's own codes go first.
pub(super) fn sorted_by_status(answer: ProviderAnswer) -> DeliveryError {
    let status = answer.status;
    let cause = Cause::Answer(answer);
    match status {
        // Not let in, not paid for, not there, moved: so it is for every message.
        300..=399 | 401..=404 | 407 | 410 => DeliveryError::ChannelDown(cause),
        429 => DeliveryError::Throttled(cause),
        400..=499 if status != 408 => DeliveryError::Rejected(cause),
        _ => DeliveryError::Uncertain(cause),
    }
}

/// One thread's client.
#[derive(Clone)]
pub(super) struct Exchange {
    client: Client,
    deadline: Duration,
}

impl std::fmt::Debug for Exchange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Exchange")
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

impl Exchange {
    /// Posts once, and reads the whole answer.
    pub(super) async fn post(&self, post: Post<'_>) -> Result<Answer, Silence> {
        let mut request = self
            .client
            .post(post.url)
            .force_close()
            .insert_header((header::CONTENT_TYPE, post.content_type))
            .insert_header((header::ACCEPT, "application/json"));
        for header in post.headers {
            request = request.insert_header(header);
        }
        let is_taken = Rc::new(Cell::new(false));
        let body = Tracked {
            body: post.body.into(),
            is_taken: Rc::clone(&is_taken),
        };
        match tokio::time::timeout(self.deadline, exchange(request, body, &is_taken)).await {
            Ok(outcome) => outcome,
            Err(_) if is_taken.get() => Err(Silence::MaybeSent(Trouble::TimedOut)),
            Err(_) => Err(Silence::NotSent(Trouble::TimedOut)),
        }
    }
}

async fn exchange(
    request: ClientRequest,
    body: Tracked,
    is_taken: &Cell<bool>,
) -> Result<Answer, Silence> {
    let mut response = match request.send_body(body).await {
        Ok(response) => response,
        Err(error) => return Err(silence(&error, is_taken.get())),
    };
    let retry_after = response
        .headers()
        .get(header::RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.trim().parse().ok())
        .map(|secs| Duration::from_secs(secs).min(RETRY_AFTER_MAX));
    let body = response.body().limit(ANSWER_BYTES_MAX).await;
    Ok(Answer {
        status: response.status().as_u16(),
        retry_after,
        body: body.map_err(|error| match error {
            awc::error::PayloadError::Overflow => Trouble::Unreadable("longer than 64 KiB"),
            _ => Trouble::Lost,
        }),
    })
}

/// What an error says about the request. One whose body was never asked for was not written.
fn silence(error: &SendRequestError, is_taken: bool) -> Silence {
    let trouble = match error {
        SendRequestError::Url(_) | SendRequestError::Http(_) => {
            return Silence::NotSent(Trouble::Malformed("the address is not a valid one"));
        }
        SendRequestError::Connect(ConnectError::Disconnected) => Trouble::Lost,
        SendRequestError::Connect(ConnectError::Timeout) | SendRequestError::Timeout => {
            Trouble::TimedOut
        }
        SendRequestError::Connect(error) => Trouble::Connect(error.to_string()),
        SendRequestError::Response(_) => Trouble::Unreadable("not HTTP"),
        _ => Trouble::Lost,
    };
    if is_taken {
        Silence::MaybeSent(trouble)
    } else {
        Silence::NotSent(trouble)
    }
}

/// awc asks for a body after it has a connection and before it writes the first byte to it.
struct Tracked {
    body: Bytes,
    is_taken: Rc<Cell<bool>>,
}

impl MessageBody for Tracked {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.body.len() as u64)
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Infallible>>> {
        self.is_taken.set(true);
        let body = std::mem::take(&mut self.body);
        Poll::Ready((!body.is_empty()).then_some(Ok(body)))
    }
}
