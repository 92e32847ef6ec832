//! One call: a form goes out, and an answer of limited length comes back.

use std::sync::Arc;
use std::time::Duration;

use actix_http::error::ParseError;
use awc::error::{ConnectError, PayloadError, SendRequestError};
use awc::http::Uri;
use awc::http::header::CONTENT_LENGTH;
use awc::{Client, ClientResponse, Connector};
use futures_util::StreamExt as _;
use rustls::crypto::aws_lc_rs;
use rustls::{ClientConfig, RootCertStore};

use super::answer::Answer;
use super::{ApiSecret, Misconfigured, Outage, WhmcsError, WhmcsOptions};

/// The longest answer that is read. Those of a client with many custom fields, or of an invoice with
/// hundreds of items, have some tens of kilobytes.
pub(super) const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// To resolve and connect, and once more for the TLS handshake; never more than the whole time.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(3);

/// Connections of one worker at a time; further calls wait, within their time.
const CONNECTIONS_MAX: usize = 8;

/// What WHMCS is asked to do.
#[derive(Clone, Copy, Debug)]
pub(super) enum Action {
    GetInvoice,
    GetClientsDetails,
}

impl Action {
    const fn name(self) -> &'static str {
        match self {
            Self::GetInvoice => "GetInvoice",
            Self::GetClientsDetails => "GetClientsDetails",
        }
    }

    /// The parameter that says of which one.
    const fn subject(self) -> &'static str {
        match self {
            Self::GetInvoice => "invoiceid",
            Self::GetClientsDetails => "clientid",
        }
    }
}

/// What stays the same from call to call.
pub(super) struct Wire {
    client: Client,
    api: Uri,
    identifier: String,
    secret: ApiSecret,
}

impl Wire {
    /// A client that follows no redirect, and has no time-out of awc's, which would end at the head
    /// of an answer: the caller has one of its own.
    pub(super) fn new(options: &WhmcsOptions) -> Self {
        let connect_time = options.time_out.min(CONNECT_TIME_MAX);
        let connector = Connector::new()
            .rustls_0_23(tls_config())
            .timeout(connect_time)
            .handshake_timeout(connect_time)
            .limit(CONNECTIONS_MAX);
        let client = Client::builder()
            .connector(connector)
            .disable_redirects()
            .disable_timeout()
            .finish();
        Self {
            client,
            api: options.address.api().clone(),
            identifier: options.identifier.clone(),
            secret: options.secret.clone(),
        }
    }

    /// Calls once, on a connection of its own: invoices are too rare to keep one open, and a kept one
    /// may be closed at the other end.
    pub(super) async fn call(&self, action: Action, id: u64) -> Result<Answer<'_>, WhmcsError> {
        let id = id.to_string();
        let form = [
            ("identifier", self.identifier.as_str()),
            ("secret", self.secret.reveal()),
            ("action", action.name()),
            ("responsetype", "json"),
            (action.subject(), id.as_str()),
        ];
        let request = self.client.post(self.api.clone()).force_close();
        let response = request
            .send_form(&form)
            .await
            .map_err(|error| failure_of(&error))?;
        let http_status = response.status().as_u16();
        Ok(Answer {
            http_status,
            body: read(response, http_status).await?,
            ours: [self.secret.reveal(), &self.identifier],
        })
    }
}

/// The whole body. awc takes the end of the connection for the end of the body, so the length is
/// compared with the one that was announced.
async fn read(mut response: ClientResponse, http_status: u16) -> Result<Vec<u8>, WhmcsError> {
    let announced = response.headers().get(CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let too_long = Misconfigured::TooLong {
        http_status,
        limit: ANSWER_BYTES_MAX,
    };
    if announced.is_some_and(|length| length > ANSWER_BYTES_MAX) {
        return Err(too_long.into());
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.next().await {
        let chunk = chunk.map_err(|error| failure_of_body(&error))?;
        if body.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Err(too_long.into());
        }
        body.extend_from_slice(&chunk);
    }
    if announced.is_some_and(|length| length != body.len()) {
        return Err(Outage::ConnectionLost.into());
    }
    Ok(body)
}

/// TLS 1.2 and 1.3 with the public roots; HTTP/1.1 only.
fn tls_config() -> Arc<ClientConfig> {
    let roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .expect("the provider has both versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Arc::new(config)
}

fn failure_of(error: &SendRequestError) -> WhmcsError {
    match error {
        SendRequestError::Connect(ConnectError::Disconnected) => Outage::ConnectionLost.into(),
        SendRequestError::Connect(ConnectError::Io(error)) => {
            let inner = error.get_ref();
            match inner.and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
                // A server with a bad moment says so itself; that is no matter of trust.
                Some(rustls::Error::AlertReceived(_)) | None => {
                    Outage::Unreachable(error.to_string()).into()
                }
                Some(error) => Misconfigured::Certificate(error.to_string()).into(),
            }
        }
        SendRequestError::Connect(error) => Outage::Unreachable(error.to_string()).into(),
        SendRequestError::Response(ParseError::Io(_) | ParseError::Incomplete) => {
            Outage::ConnectionLost.into()
        }
        SendRequestError::Response(_) => Misconfigured::NotHttp.into(),
        _ => Outage::ConnectionLost.into(),
    }
}

fn failure_of_body(error: &PayloadError) -> WhmcsError {
    match error {
        PayloadError::Io(_) | PayloadError::Incomplete(_) => Outage::ConnectionLost.into(),
        _ => Misconfigured::NotHttp.into(),
    }
}
