//! What a message says: a template with its parameters, or free text.

use std::sync::Arc;

use super::super::error::{GraphError, known};
use super::recipient::Recipient;
use super::wire::{Component, Message, Parameter, TemplatePart};
use crate::sent::Content;
use crate::world::{Account, Face, World};
use crate::{clock, phone};

/// The longest code that an authentication template carries.
const CODE_MAX: usize = 15;
/// The longest body of a template, once its parameters are filled in.
const BODY_MAX: usize = 1024;
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

/// What a message says, once it is known to be allowed.
pub(super) fn read(
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
        return Err(GraphError::coded(131_047).details(known(131_047).details));
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
    let values = values_of(face, body, "body", &face.body_parameters)?;
    let header = components.iter().find(|component| component.is("header"));
    values_of(face, header, "header", &face.header_parameters)?;
    let mut button_code = None;
    for index in &face.url_buttons {
        let button = components
            .iter()
            .find(|component| component.is_url_button(*index));
        let value = button
            .and_then(|button| button.parameters.first())
            .and_then(Parameter::text);
        let value = value.filter(|value| !value.is_empty()).ok_or_else(|| {
            missing(&format!(
                "buttons: Button at index {index} of type Url requires a parameter"
            ))
        })?;
        button_code = Some(value);
    }
    if !face.is_authentication {
        let text = hydrate(face, &values);
        let length = text.chars().count();
        if length > BODY_MAX {
            let details =
                format!("body: the text has {length} characters, {BODY_MAX} is the maximum");
            return Err(GraphError::coded(132_005).details(details));
        }
        return Ok(Content::Template(Arc::clone(face), text.into()));
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
fn values_of<'a>(
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
        let by_name = given.iter().find(|parameter| parameter.is_named(name));
        let parameter = if is_named { by_name } else { Some(positional) };
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
    parameter: &'a Parameter<'_>,
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

/// The body with its placeholders filled in; what looks like one in a value stays as it is.
fn hydrate(face: &Face, values: &[&str]) -> String {
    let value_of = |wanted: &str| {
        let index = face.body_parameters.iter().position(|name| name == wanted);
        index.and_then(|index| values.get(index))
    };
    let mut parts = face.body.split("{{");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let filled = part
            .split_once("}}")
            .and_then(|(name, rest)| Some((*value_of(name)?, rest)));
        match filled {
            Some((value, rest)) => text.extend([value, rest]),
            None => text.extend(["{{", part]),
        }
    }
    text
}

fn missing(details: &str) -> GraphError {
    GraphError::coded(131_008).details(details)
}
