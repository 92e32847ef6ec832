//! From a call to a request that can be put on the wire.

use awc::http::{Method, Uri, header};
use awc::{Client, FrozenClientRequest};
use bytes::Bytes;
use serde::Serialize;

use super::exchange::Wire;
use crate::error::{GraphError, NotSent};
use crate::secret::{AccessToken, AppSecret};
use crate::template::push_query;

/// Meta's ids are shorter than that, and so are the longest of our own edges.
const SEGMENT_BYTES_MAX: usize = 128;

/// One call: a method, the way to an object, perhaps a query and a body.
pub(super) struct Call {
    method: Method,
    path: Option<String>,
    query: String,
    body: Bytes,
}

impl Call {
    /// `segments` are ids and edges. One that could change the address makes the call malformed.
    pub(super) fn new(method: Method, segments: &[&str]) -> Self {
        let path = segments
            .iter()
            .all(|segment| is_segment(segment))
            .then(|| segments.join("/"));
        Self {
            method,
            path,
            query: String::new(),
            body: Bytes::new(),
        }
    }

    pub(super) fn with_query(self, query: String) -> Self {
        Self { query, ..self }
    }

    pub(super) fn with_json(self, body: &impl Serialize) -> Self {
        // Our own types have text keys and finite numbers: they always serialise.
        let body = serde_json::to_vec(body).unwrap_or_default().into();
        Self { body, ..self }
    }
}

/// Whether a text can stand in an address as it is. No `/`, `?`, `#`, `%`, and no `..`.
fn is_segment(segment: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    (1..=SEGMENT_BYTES_MAX).contains(&segment.len()) && segment.bytes().all(is_allowed)
}

impl Wire {
    pub(super) fn request(&self, call: Call) -> Result<(FrozenClientRequest, Bytes), GraphError> {
        let path = call.path.ok_or(GraphError::NotSent(NotSent::Malformed(
            "an id is empty or not an id",
        )))?;
        let mut query = call.query;
        if let Some(proof) = &self.appsecret_proof {
            push_query(&mut query, "appsecret_proof", proof);
        }
        let separator = if query.is_empty() { "" } else { "?" };
        let uri = format!("{}{path}{separator}{query}", self.prefix);
        let request = self.frozen(&self.pooled, call.method, &uri, !call.body.is_empty())?;
        Ok((request, call.body))
    }

    /// The request for messages from one number; the last one is kept, since most servers have one number.
    pub(super) fn messages_request(
        &self,
        phone_number_id: &str,
    ) -> Result<FrozenClientRequest, GraphError> {
        if let Some((id, request)) = &*self.messages.borrow()
            && id == phone_number_id
        {
            return Ok(request.clone());
        }
        let call = Call::new(Method::POST, &[phone_number_id, "messages"]).with_json(&());
        let (request, _) = self.request(call)?;
        *self.messages.borrow_mut() = Some((phone_number_id.to_owned(), request.clone()));
        Ok(request)
    }

    /// The request that asks about our own token, made with the app's token, which is also returned.
    pub(super) fn inspection_request(
        &self,
        app_id: &str,
        app_secret: &AppSecret,
    ) -> Result<(FrozenClientRequest, AccessToken), GraphError> {
        if !is_segment(app_id) {
            return Err(GraphError::NotSent(NotSent::Malformed(
                "the app id is empty or not an id",
            )));
        }
        let app_token = AccessToken::new(format!("{app_id}|{}", app_secret.reveal()));
        let mut uri = format!("{}debug_token?", self.prefix);
        let mut query = String::new();
        push_query(&mut query, "input_token", self.token.reveal());
        uri.push_str(&query);
        let authorization = bearer(app_token.reveal()).ok_or(GraphError::NotSent(
            NotSent::Malformed("the app secret holds characters that no secret has"),
        ))?;
        let request = self
            .pooled
            .get(parse_uri(&uri)?)
            .insert_header((header::HOST, self.host.clone()))
            .insert_header((header::AUTHORIZATION, authorization))
            .freeze()
            .map_err(|_| MALFORMED)?;
        Ok((request, app_token))
    }

    fn frozen(
        &self,
        client: &Client,
        method: Method,
        uri: &str,
        is_json: bool,
    ) -> Result<FrozenClientRequest, GraphError> {
        let request = client
            .request(method, parse_uri(uri)?)
            .insert_header((header::HOST, self.host.clone()))
            .insert_header((header::AUTHORIZATION, self.authorization.clone()));
        let request = if is_json {
            request.insert_header((header::CONTENT_TYPE, "application/json"))
        } else {
            request
        };
        request.freeze().map_err(|_| MALFORMED)
    }
}

const MALFORMED: GraphError =
    GraphError::NotSent(NotSent::Malformed("the address is not a valid one"));

fn parse_uri(uri: &str) -> Result<Uri, GraphError> {
    uri.parse().map_err(|_| MALFORMED)
}

/// `Authorization: Bearer ..`, marked so that no log shows it.
pub(super) fn bearer(token: &str) -> Option<header::HeaderValue> {
    let mut value = header::HeaderValue::from_str(&format!("Bearer {token}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}
