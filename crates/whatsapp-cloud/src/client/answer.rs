//! A whole answer, and how much of one is read.

use awc::ClientResponse;
use awc::http::header;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use serde::Deserialize;
use serde_json::Value;

use super::failure::failure_of_body;
use crate::error::{GraphError, Refusal, Uncertain, refusal_from};
use crate::redact::Redactor;

/// The longest body that is read. A page of 100 templates is about 200 KiB.
const BODY_BYTES_MAX: usize = 1024 * 1024;

/// A whole answer.
pub(super) struct Answer {
    http_status: u16,
    pub(super) body: Bytes,
    /// When Meta's limit on management calls lets go again, if it was reached.
    regain_access_secs: Option<u64>,
}

impl Answer {
    pub(super) async fn read(mut response: ClientResponse) -> Result<Self, GraphError> {
        let http_status = response.status().as_u16();
        let declared = response
            .headers()
            .get(header::CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        let regain_access_secs = regain_access_secs(response.headers());
        let too_long = || Uncertain::TooLong {
            http_status,
            limit: BODY_BYTES_MAX,
        };
        if declared.is_some_and(|length| length > BODY_BYTES_MAX) {
            return Err(too_long().into());
        }
        let mut body = Bytes::new();
        while let Some(chunk) = response.next().await {
            let chunk = chunk.map_err(|error| failure_of_body(&error))?;
            if body.len() + chunk.len() > BODY_BYTES_MAX {
                return Err(too_long().into());
            }
            body = joined(body, chunk);
        }
        // awc takes the end of the connection for the end of the body.
        if declared.is_some_and(|length| length != body.len()) {
            return Err(Uncertain::NotHttp.into());
        }
        Ok(Self {
            http_status,
            body,
            regain_access_secs,
        })
    }

    pub(super) fn parse<'de, T: Deserialize<'de>>(&'de self) -> Result<T, GraphError> {
        serde_json::from_slice(&self.body).map_err(|_| self.not_graph())
    }

    pub(super) fn not_graph(&self) -> GraphError {
        Uncertain::NotGraph {
            http_status: self.http_status,
            bytes: self.body.len(),
        }
        .into()
    }

    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.http_status)
    }

    pub(super) fn refusal(&self, redactor: &Redactor<'_>) -> Option<Refusal> {
        refusal_from(
            &self.body,
            self.http_status,
            self.regain_access_secs,
            redactor,
        )
    }

    /// Whether the body of a success looks like an error object. Cheap: Meta's starts with it.
    pub(super) fn holds_error(&self) -> bool {
        self.body
            .trim_ascii_start()
            .strip_prefix(b"{")
            .is_some_and(|rest| rest.trim_ascii_start().starts_with(br#""error""#))
    }
}

/// Most answers come in one chunk, which is then not copied.
fn joined(body: Bytes, chunk: Bytes) -> Bytes {
    if body.is_empty() {
        return chunk;
    }
    let mut whole = BytesMut::from(body);
    whole.extend_from_slice(&chunk);
    whole.freeze()
}

/// What Meta says in `X-Business-Use-Case-Usage`, in minutes:
/// `{"<waba-id>":[{"type":"..","estimated_time_to_regain_access":5}]}`.
fn regain_access_secs(headers: &header::HeaderMap) -> Option<u64> {
    let usage = headers.get("x-business-use-case-usage")?.to_str().ok()?;
    let usage: Value = serde_json::from_str(usage).ok()?;
    let minutes = usage
        .as_object()?
        .values()
        .filter_map(Value::as_array)
        .flatten()
        .filter_map(|entry| entry.get("estimated_time_to_regain_access")?.as_u64())
        .max()?;
    minutes.checked_mul(60)
}
