//! `POST /{phone number}/messages`: the busiest call, kept short.

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
use crate::world::{Account, Face, World};
use crate::{clock, phone};
use wire::{Component, Message, TemplatePart};

/// What `biz_opaque_callback_data` may hold.
const OPAQUE_MAX: usize = 512;
/// The longest code that an authentication template carries.
const CODE_MAX: usize = 15;
/// The longest free text.
const TEXT_MAX: usize = 4096;
/// Every type of message that Meta knows.
const TYPES: [&str; 12] = [
    "audio",
    "contacts",
    "document",
    "image",
    "interactive",
    "location",
    "order",
    "reaction",
    "sticker",
    "template",
    "text",
    "video",
];

/// To whom a message goes.
struct Recipient {
    /// As the caller wrote it.
    input: String,
    /// Digits, or the business-scoped user id.
    id: String,
    is_user_id: bool,
}

/// Takes a message, or refuses it as Meta would.
pub(super) fn answer(
    context: &Context<'_>,
    phone_number_id: &str,
) -> Result<HttpResponse, GraphError> {
    let fields;
    let message = match serde_json::from_slice::<Message<'_>>(context.body) {
        Ok(message) => message,
        Err(_) => {
            // A form, or JSON of the wrong shape: which one shows only here, off the fast path.
            fields = Value::Object(parse_nested(context.body));
            Message::deserialize(&fields)
                .map_err(|error| GraphError::parameter(format!("Invalid parameter: {error}")))?
        }
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
        return mark_as_read(world, &message);
    }
    let recipient = recipient(&message)?;
    if !number.is_connected {
        return Err(GraphError::coded(133_010));
    }
    if recipient.id == number.digits {
        return Err(GraphError::coded(131_021));
    }
    let opaque = opaque(&message)?;
    let content = content(world, &account, &message, &recipient)?;
    let record = Record {
        sequence: world.sent.next_sequence(),
        at_ms: clock::now_ms(),
        content,
        opaque,
        user_id: recipient.is_user_id.then(|| recipient.id.as_str().into()),
        phone_number_id: Arc::clone(&number.id),
        status: "accepted",
    };
    let wants_receipts = account.webhook_url("messages", Some(&number.id)).is_some();
    drop(account);
    Ok(accept(world, &recipient, record, wants_receipts))
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

fn mark_as_read(world: &World, message: &Message<'_>) -> Result<HttpResponse, GraphError> {
    let id = message
        .text("message_id")
        .ok_or_else(|| GraphError::parameter("The parameter message_id is required."))?;
    Wamid::parse(id).ok_or_else(|| {
        GraphError::coded(131_009).details("message_id is not a message of yours")
    })?;
    let _ = world;
    Ok(json_response(&serde_json::json!({"success": true})))
}

fn recipient(message: &Message<'_>) -> Result<Recipient, GraphError> {
    if let Some(to) = message.text("to").filter(|to| !to.is_empty()) {
        let id = phone::recipient_digits(to).ok_or_else(|| {
            GraphError::coded(131_009).details("Parameter 'to' is not a valid phone number")
        })?;
        return Ok(Recipient {
            input: to.to_owned(),
            id,
            is_user_id: false,
        });
    }
    let user_id = message.text("recipient").filter(|id| !id.is_empty());
    let id = user_id.ok_or_else(|| GraphError::parameter("The parameter to is required."))?;
    if !is_user_id(id) {
        return Err(
            GraphError::coded(131_009).details("Parameter 'recipient' is not a valid user id")
        );
    }
    Ok(Recipient {
        input: id.to_owned(),
        id: id.to_owned(),
        is_user_id: true,
    })
}

/// `CC.` or `CC.ENT.`, and up to 128 letters and digits.
fn is_user_id(text: &str) -> bool {
    let Some((country, rest)) = text.split_once('.') else {
        return false;
    };
    let rest = rest.strip_prefix("ENT.").unwrap_or(rest);
    country.len() == 2
        && country.bytes().all(|byte| byte.is_ascii_uppercase())
        && (1..=128).contains(&rest.len())
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
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

fn content(
    world: &World,
    account: &Account,
    message: &Message<'_>,
    recipient: &Recipient,
) -> Result<Content, GraphError> {
    let kind = message.text("type").unwrap_or("text");
    if kind.eq_ignore_ascii_case("template") {
        let part = message.template.as_ref();
        let part = part.ok_or_else(|| missing("Parameter 'template' is required"))?;
        return template(account, part, recipient);
    }
    if kind.eq_ignore_ascii_case("text") {
        return free_text(world, message, recipient);
    }
    if TYPES.iter().any(|known| known.eq_ignore_ascii_case(kind)) {
        return Err(
            GraphError::coded(131_051).details("The simulator carries templates and text only")
        );
    }
    let known = TYPES.join(", ").to_uppercase();
    Err(GraphError::parameter(format!(
        "Param type must be one of {{{known}}} - got \"{kind}\"."
    )))
}

fn free_text(
    world: &World,
    message: &Message<'_>,
    recipient: &Recipient,
) -> Result<Content, GraphError> {
    let body = message
        .text
        .as_ref()
        .and_then(|text| text.body.as_ref())
        .map(|body| body.0.as_ref());
    let body = body.filter(|body| !body.is_empty());
    let body =
        body.ok_or_else(|| GraphError::parameter("The parameter text['body'] is required."))?;
    if body.chars().count() > TEXT_MAX {
        return Err(GraphError::parameter(format!(
            "Param text['body'] must be at most {TEXT_MAX} characters long."
        )));
    }
    let wa_id = phone::wa_id(&recipient.id);
    if !world
        .windows
        .is_open(&wa_id, clock::now_ms(), world.config.service_window)
    {
        return Err(GraphError::coded(131_047).details(super::error::known(131_047).details));
    }
    Ok(Content::Text(body.into()))
}

fn template(
    account: &Account,
    part: &TemplatePart<'_>,
    recipient: &Recipient,
) -> Result<Content, GraphError> {
    let name = part
        .name
        .as_ref()
        .map(|name| name.0.as_ref())
        .filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| missing("Parameter 'template.name' is required"))?;
    let language = part.language.as_ref();
    let code = language
        .and_then(|language| language.code.as_ref())
        .map(|code| code.0.as_ref());
    let code = code.filter(|code| !code.is_empty());
    let code = code.ok_or_else(|| missing("Parameter 'template.language.code' is required"))?;
    let policy = language.and_then(|language| language.policy.as_ref());
    if policy.is_some_and(|policy| !policy.0.eq_ignore_ascii_case("deterministic")) {
        return Err(GraphError::coded(131_009)
            .details("Parameter 'template.language.policy' must be deterministic"));
    }
    let unknown = || {
        GraphError::coded(132_001)
            .details(format!("template name ({name}) does not exist in {code}"))
    };
    let template = account.templates.find(name, code).ok_or_else(unknown)?;
    match template.status.as_str() {
        "PAUSED" => return Err(GraphError::coded(132_015)),
        "DISABLED" => return Err(GraphError::coded(132_016)),
        _ if !template.is_sendable() => return Err(unknown()),
        _ => {}
    }
    if recipient.is_user_id && template.face.is_authentication {
        return Err(GraphError::coded(131_062));
    }
    fill(&template.face, &part.components)
}

fn fill(face: &Arc<Face>, components: &[Component<'_>]) -> Result<Content, GraphError> {
    let body = components.iter().find(|component| component.is("body"));
    let values = values(face, body, "body", &face.body_parameters)?;
    let header = components.iter().find(|component| component.is("header"));
    self::values(face, header, "header", &face.header_parameters)?;
    let mut button_code = None;
    for index in &face.url_buttons {
        let button = components
            .iter()
            .find(|component| component.is_url_button(*index));
        let value = button
            .and_then(|button| button.parameters.first())
            .and_then(wire::Parameter::text);
        let value = value.filter(|value| !value.is_empty()).ok_or_else(|| {
            missing(&format!(
                "buttons: Button at index {index} of type Url requires a parameter"
            ))
        })?;
        button_code = Some(value);
    }
    if !face.is_authentication {
        return Ok(Content::Template(
            Arc::clone(face),
            hydrate(face, &values).into(),
        ));
    }
    let code = values.first().copied().unwrap_or_default();
    let length = code.chars().count();
    if length > CODE_MAX {
        let details = format!("body: the code has {length} characters, {CODE_MAX} is the maximum");
        return Err(GraphError::coded(132_005).details(details));
    }
    if button_code != Some(code) {
        return Err(
            GraphError::coded(132_018).details("buttons: the button's code is not the body's code")
        );
    }
    Ok(Content::Code(Arc::clone(face), code.into()))
}

/// The values of a component's placeholders, in their order.
fn values<'a>(
    face: &Face,
    component: Option<&'a Component<'_>>,
    place: &str,
    names: &[String],
) -> Result<Vec<&'a str>, GraphError> {
    let given = component.map_or(&[][..], |component| component.parameters.as_slice());
    if given.len() != names.len() {
        let details = format!(
            "{place}: number of localizable_params ({}) does not match the expected number of params ({})",
            given.len(),
            names.len()
        );
        return Err(GraphError::coded(132_000).details(details));
    }
    let mut values = Vec::with_capacity(names.len());
    for (name, positional) in names.iter().zip(given) {
        let is_named = !name.bytes().all(|byte| byte.is_ascii_digit());
        let named = given.iter().find(|parameter| parameter.is_named(name));
        let parameter = if is_named { named } else { Some(positional) };
        let parameter = parameter.ok_or_else(|| {
            GraphError::parameter("Invalid parameter")
                .details(format!("{place}: Parameter name {name} is missing"))
        })?;
        values.push(value(face, parameter, place)?);
    }
    Ok(values)
}

fn value<'a>(
    face: &Face,
    parameter: &'a wire::Parameter<'_>,
    place: &str,
) -> Result<&'a str, GraphError> {
    if !parameter.is_text() {
        let details = format!("{place}: {} takes text parameters only", face.name);
        return Err(GraphError::coded(132_012).details(details));
    }
    let text = parameter.text().filter(|text| !text.is_empty());
    let text = text.ok_or_else(|| {
        missing(&format!(
            "{place}: Parameter of type text is missing text value"
        ))
    })?;
    if text.contains(['\n', '\t']) || text.contains("     ") {
        let details = format!(
            "{place}: Param text cannot have new-line/tab characters or more than 4 consecutive spaces"
        );
        return Err(GraphError::coded(132_018).details(details));
    }
    Ok(text)
}

fn hydrate(face: &Face, values: &[&str]) -> String {
    let placeholders = face.body_parameters.iter().zip(values);
    placeholders.fold(face.body.clone(), |text, (name, value)| {
        text.replace(&format!("{{{{{name}}}}}"), value)
    })
}

fn missing(details: &str) -> GraphError {
    GraphError::coded(131_008).details(details)
}

fn accept(
    world: &World,
    recipient: &Recipient,
    record: Record,
    wants_receipts: bool,
) -> HttpResponse {
    let addressee = Addressee::of(&recipient.id);
    let message_id = Wamid::write(&recipient.id, record.sequence);
    let is_template = !matches!(record.content, Content::Text(_));
    let watched = world
        .watcher()
        .map(|watcher| (watcher, record.present(addressee)));
    world.sent.push(addressee, record);
    if let Some((watcher, message)) = watched {
        watcher(&message);
    }
    follow_up(world, recipient, &message_id, wants_receipts);
    let body = response_body(recipient, &message_id, is_template);
    HttpResponse::Ok()
        .content_type("application/json; charset=UTF-8")
        .body(body)
}

/// Lets the receipts follow: the ones that a fault asks for, or the usual ones.
fn follow_up(world: &World, recipient: &Recipient, message_id: &str, wants_receipts: bool) {
    let steps = match world.faults.take_receipt(&recipient.id) {
        Some(Effect::Receipt { status, code }) => status
            .parse()
            .map(|status| vec![(status, code)])
            .unwrap_or_default(),
        _ if wants_receipts && world.config.receipts == Receipts::Auto => {
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
        steps,
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
