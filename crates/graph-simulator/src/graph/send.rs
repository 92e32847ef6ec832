//! `POST /{phone number}/messages`: the busiest call, kept short.

mod content;
mod recipient;
mod wire;

use std::sync::Arc;

use actix_web::HttpResponse;
use serde::Deserialize as _;
use serde_json::Value;

use super::error::GraphError;
use super::params::parse_body;
use super::{Context, auth, json_response};
use crate::config::Receipts;
use crate::fault::Effect;
use crate::sent::{Addressee, Content, Record, Wamid};
use crate::webhook::{Job, Status};
use crate::world::{Account, World};
use crate::{clock, phone};
use recipient::Recipient;
use wire::Message;

/// What `biz_opaque_callback_data` may hold.
const OPAQUE_MAX: usize = 512;
/// Takes a message, or refuses it as Meta would.
pub(super) fn answer(
    context: &Context<'_>,
    phone_number_id: &str,
) -> Result<HttpResponse, GraphError> {
    let fields;
    let message = if let Ok(message) = serde_json::from_slice::<Message<'_>>(context.body) {
        message
    } else {
        // A form, or JSON of the wrong shape: which one shows only here, off the fast path.
        fields = Value::Object(parse_nested(context.body));
        Message::deserialize(&fields)
            .map_err(|error| GraphError::parameter(format!("Invalid parameter: {error}")))?
    };
    let world = context.world;
    let account = world.account();
    authorize(context, &account, &message)?;
    let number = account
        .number(phone_number_id)
        .ok_or_else(|| GraphError::unknown_object("post", phone_number_id))?;
    auth::check_scope(&account, auth::MESSAGING)?;
    if message.text("messaging_product") != Some("whatsapp") {
        return Err(GraphError::parameter(
            "The parameter messaging_product is required.",
        ));
    }
    if message.status.is_some() {
        return mark_as_read(&message);
    }
    let recipient = Recipient::of(&message)?;
    if !number.is_connected {
        return Err(GraphError::coded(133_010));
    }
    if recipient.id == number.digits {
        return Err(GraphError::coded(131_021));
    }
    let opaque = opaque(&message)?;
    let said = content::read(world, &account, &message, &recipient)?;
    let record = Record {
        sequence: world.sent.next_sequence(),
        at_ms: clock::now_ms(),
        content: said,
        opaque,
        told_at: None,
        user_id: recipient.is_user_id.then(|| recipient.id.as_str().into()),
        phone_number_id: Arc::clone(&number.id),
        status: "accepted",
    };
    let is_listened_to = account.webhook_url("messages", Some(&number.id)).is_some();
    drop(account);
    Ok(accept(world, &recipient, record, is_listened_to))
}

fn authorize(
    context: &Context<'_>,
    account: &Account,
    message: &Message<'_>,
) -> Result<(), GraphError> {
    let world = context.world;
    let query = context.request.query_string();
    // The usual call has its token in the header and nothing in the query.
    if query.is_empty()
        && message.access_token.is_none()
        && !world.config.require_app_secret_proof
        && let Some(token) = auth::header_token(context.request)
    {
        return auth::check_user(world, account, token);
    }
    let params = super::params::Params::collect(context.request, context.body);
    let token = auth::token(context, &params)?;
    auth::check_user(world, account, &token)?;
    let proof = params.text("appsecret_proof");
    auth::check_proof(
        world,
        &token,
        proof.as_deref(),
        params.text("appsecret_time").as_deref(),
    )
}

/// A body whose text values hold JSON, as forms do.
fn parse_nested(body: &[u8]) -> serde_json::Map<String, Value> {
    let mut fields = parse_body(body);
    for (name, value) in &mut fields {
        let nested = matches!(name.as_str(), "template" | "text" | "context");
        if nested && let Some(Ok(parsed)) = value.as_str().map(serde_json::from_str) {
            *value = parsed;
        }
    }
    fields
}

/// Read receipts of the business, and its typing indicator: taken, and of no further effect.
fn mark_as_read(message: &Message<'_>) -> Result<HttpResponse, GraphError> {
    let id = message.text("message_id");
    let id = id.ok_or_else(|| GraphError::parameter("The parameter message_id is required."))?;
    Wamid::parse(id).ok_or_else(|| {
        GraphError::coded(131_009).details("message_id is not a message of yours")
    })?;
    Ok(json_response(&serde_json::json!({"success": true})))
}

fn opaque(message: &Message<'_>) -> Result<Option<Box<str>>, GraphError> {
    let opaque = message.text("biz_opaque_callback_data");
    if opaque.is_some_and(|opaque| opaque.chars().count() > OPAQUE_MAX) {
        let message =
            format!("Param biz_opaque_callback_data must be at most {OPAQUE_MAX} characters long.");
        return Err(GraphError::parameter(message));
    }
    Ok(opaque.map(Into::into))
}

fn accept(
    world: &World,
    recipient: &Recipient,
    record: Record,
    is_listened_to: bool,
) -> HttpResponse {
    let addressee = Addressee::of(&recipient.id);
    let message_id = Wamid::write(&recipient.id, record.sequence);
    let is_template = !matches!(record.content, Content::Text(_));
    let shown = world
        .watcher()
        .map(|watcher| (watcher, record.present(addressee)));
    world.sent.push(addressee, record);
    if let Some((watcher, message)) = shown {
        watcher(&message);
    }
    follow_up(world, recipient, &message_id, is_listened_to);
    let body = response_body(recipient, &message_id, is_template);
    HttpResponse::Ok()
        .content_type("application/json; charset=UTF-8")
        .body(body)
}

/// Lets the receipts follow: the ones that a fault asks for, or the usual ones.
fn follow_up(world: &World, recipient: &Recipient, message_id: &str, is_listened_to: bool) {
    let receipts = match world.faults.take_receipt(&recipient.id) {
        Some(Effect::Receipt { status, code }) => status
            .parse()
            .map(|status| vec![(status, code)])
            .unwrap_or_default(),
        _ if is_listened_to && world.config.receipts == Receipts::Auto => {
            vec![
                (Status::Sent, None),
                (Status::Delivered, None),
                (Status::Read, None),
            ]
        }
        _ => return,
    };
    world.webhooks.push(Job::Receipts {
        message_id: message_id.to_owned(),
        steps: receipts,
    });
}

/// Written by hand: nothing in it needs escaping once the recipient is known to be one.
fn response_body(recipient: &Recipient, message_id: &str, is_template: bool) -> String {
    let Recipient {
        input,
        id,
        is_user_id,
    } = recipient;
    let contact = if *is_user_id {
        format!(r#"{{"input":"{input}","user_id":"{id}"}}"#)
    } else {
        format!(r#"{{"input":"{input}","wa_id":"{}"}}"#, phone::wa_id(id))
    };
    let status = if is_template {
        r#","message_status":"accepted""#
    } else {
        ""
    };
    format!(
        r#"{{"messaging_product":"whatsapp","contacts":[{contact}],"messages":[{{"id":"{message_id}"{status}}}]}}"#
    )
}
