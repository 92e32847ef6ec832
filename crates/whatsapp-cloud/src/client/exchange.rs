//! One request and its answer, under one deadline, and never more than once on the wire unless it is a read.

use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use awc::body::{BodySize, MessageBody};
use awc::http::{Method, header};
use awc::{Client, FrozenClientRequest};
use bytes::Bytes;

use super::answer::Answer;
use super::connect::{fresh_client, pooled_client, tls_config};
use super::failure::failure_of;
use super::request::bearer;
use crate::config::{ClientConfig, InvalidClientConfig};
use crate::error::{GraphError, NotSent, Uncertain};
use crate::redact::Redactor;
use crate::secret::{AccessToken, AppSecret};
use crate::webhook::hex_hmac;

/// Everything that stays the same from call to call.
pub(super) struct Wire {
    pub(super) pooled: Client,
    fresh: Client,
    pub(super) prefix: String,
    pub(super) host: header::HeaderValue,
    pub(super) authorization: header::HeaderValue,
    pub(super) appsecret_proof: Option<String>,
    pub(super) token: AccessToken,
    app_secret: Option<AppSecret>,
    deadline: Duration,
    pub(super) messages: RefCell<Option<(String, FrozenClientRequest)>>,
}

impl Wire {
    pub(super) fn new(config: &ClientConfig) -> Result<Self, InvalidClientConfig> {
        let (base, authority) = config.checked_base_url()?;
        let version = config.checked_version()?;
        let token = config.checked_token()?;
        if config.connect_timeout.is_zero() || config.deadline.is_zero() {
            return Err(InvalidClientConfig::Timeout);
        }
        let tls = tls_config(&config.extra_roots_der)?;
        Ok(Self {
            pooled: pooled_client(tls.clone(), config),
            fresh: fresh_client(tls, config),
            prefix: format!("{base}/{version}/"),
            host: header::HeaderValue::from_str(&authority)
                .map_err(|_| InvalidClientConfig::BaseUrl)?,
            authorization: bearer(token).ok_or(InvalidClientConfig::AccessToken)?,
            appsecret_proof: config
                .app_secret
                .as_ref()
                .map(|secret| hex_hmac(secret, token.as_bytes())),
            token: config.access_token.clone(),
            app_secret: config.app_secret.clone(),
            deadline: config.deadline,
            messages: RefCell::new(None),
        })
    }

    /// Sends a request and reads its answer. `known_ids` may stand in the text of an error.
    pub(super) async fn exchange(
        &self,
        request: &FrozenClientRequest,
        body: Bytes,
        known_ids: &[&str],
    ) -> Result<Answer, GraphError> {
        self.exchange_hiding(request, body, known_ids, &[]).await
    }

    /// Like [`exchange`](Self::exchange), with further secrets that must not stand in the text of an error.
    pub(super) async fn exchange_hiding(
        &self,
        request: &FrozenClientRequest,
        body: Bytes,
        known_ids: &[&str],
        secrets: &[&str],
    ) -> Result<Answer, GraphError> {
        let progress = Progress::of(&body);
        let exchange = self.attempts(request, body, &progress);
        let answer = match tokio::time::timeout(self.deadline, exchange).await {
            Ok(outcome) => outcome?,
            Err(_) if progress.may_be_written() => return Err(Uncertain::TimedOut.into()),
            Err(_) => return Err(GraphError::NotSent(NotSent::Timeout)),
        };
        if answer.is_success() && !answer.holds_error() {
            return Ok(answer);
        }
        match answer.refusal(&self.redactor(known_ids, secrets)) {
            Some(refusal) => Err(GraphError::Refused(Box::new(refusal))),
            None if answer.is_success() => Ok(answer),
            None => Err(answer.not_graph()),
        }
    }

    fn redactor<'a>(&'a self, known_ids: &[&'a str], secrets: &[&'a str]) -> Redactor<'a> {
        let own = [
            Some(self.token.reveal()),
            self.appsecret_proof.as_deref(),
            self.app_secret.as_ref().map(AppSecret::reveal),
        ];
        Redactor::new(
            own.into_iter().flatten().chain(secrets.iter().copied()),
            known_ids.iter().copied(),
        )
    }

    /// The attempt on a pooled connection, and the one that may follow it on a new connection.
    async fn attempts(
        &self,
        request: &FrozenClientRequest,
        body: Bytes,
        progress: &Progress,
    ) -> Result<Answer, GraphError> {
        let is_read = *request.get_method() == Method::GET;
        let outcome = progress
            .attempt(request.send_body(progress.track(body.clone())))
            .await;
        match outcome {
            Err(GraphError::NotSent(NotSent::Closed)) => {}
            Err(GraphError::Uncertain(Uncertain::ConnectionLost)) if is_read => {}
            outcome => return outcome,
        }
        progress.start_again();
        let mut again = self
            .fresh
            .request(request.get_method().clone(), request.get_uri().clone())
            .force_close();
        for (name, value) in request.headers() {
            again.headers_mut().insert(name.clone(), value.clone());
        }
        progress
            .attempt(again.send_body(progress.track(body)))
            .await
    }
}

/// How far a request has got: awc asks for its body after it has a connection and before it writes
/// the first byte to it, so a body that was not asked for means that nothing was written.
struct Progress {
    has_body: bool,
    body_taken: Rc<Cell<bool>>,
}

impl Progress {
    fn of(body: &Bytes) -> Self {
        Self {
            has_body: !body.is_empty(),
            body_taken: Rc::default(),
        }
    }

    /// Without a body there is nothing to tell it by, so the answer is yes.
    fn may_be_written(&self) -> bool {
        !self.has_body || self.body_taken.get()
    }

    fn start_again(&self) {
        self.body_taken.set(false);
    }

    fn track(&self, body: Bytes) -> TrackedBody {
        TrackedBody {
            body,
            taken: Rc::clone(&self.body_taken),
        }
    }

    async fn attempt(&self, sending: awc::SendClientRequest) -> Result<Answer, GraphError> {
        match sending.await {
            Ok(response) => Answer::read(response).await,
            Err(error) => Err(failure_of(&error, self.may_be_written())),
        }
    }
}

struct TrackedBody {
    body: Bytes,
    taken: Rc<Cell<bool>>,
}

impl MessageBody for TrackedBody {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.body.len() as u64)
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Infallible>>> {
        self.taken.set(true);
        let body = std::mem::take(&mut self.body);
        Poll::Ready((!body.is_empty()).then_some(Ok(body)))
    }
}
