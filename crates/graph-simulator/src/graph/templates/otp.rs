//! Authentication templates: fixed words, and one button in three kinds.

mod show;

use serde_json::Value;

use super::super::error::GraphError;
use super::draft::{Design, component_type};
use crate::wording::Wording;

const MINUTES_MAX: u64 = 90;
const LABEL_MAX: usize = 25;
const APPS_MAX: usize = 5;
const PACKAGE_MAX: usize = 224;
const HASH_LENGTH: usize = 11;
const KINDS: [&str; 3] = ["COPY_CODE", "ONE_TAP", "ZERO_TAP"];

/// What the three components of an authentication template say.
#[derive(Default)]
struct Parts {
    has_body: Option<()>,
    security: Option<()>,
    minutes: Option<u64>,
    has_footer: Option<()>,
    button: Option<Button>,
}

struct Button {
    kind: &'static str,
    text: Option<String>,
    autofill_text: Option<String>,
    apps: Vec<(String, String)>,
}

/// Checks the components, and says what becomes of them.
pub(super) fn design(components: &[Value], language: &str) -> Result<Design, GraphError> {
    let mut parts = Parts::default();
    for (index, component) in components.iter().enumerate() {
        match component_type(component, index)?.as_str() {
            "BODY" => read_body(&mut parts, component, index)?,
            "FOOTER" => read_footer(&mut parts, component, index)?,
            "BUTTONS" => read_buttons(&mut parts, component, index)?,
            _ => {
                let message = "Authentication templates can't have a header.";
                return Err(GraphError::template(
                    2_388_047,
                    "Message header format is incorrect",
                    message,
                ));
            }
        }
    }
    if parts.has_body.is_none() {
        return Err(body_error(
            "Authentication templates need a body component.",
        ));
    }
    let button = parts.button.as_ref().ok_or_else(|| {
        GraphError::parameter(
            "Authentication templates need a BUTTONS component with one OTP button.",
        )
    })?;
    Ok(show::design(&parts, button, Wording::of(language)))
}

fn read_body(parts: &mut Parts, component: &Value, index: usize) -> Result<(), GraphError> {
    if parts.has_body.replace(()).is_some() {
        return Err(body_error("A template has one body."));
    }
    if component.get("text").is_some() {
        return Err(body_error(
            "The body of an authentication template is fixed: leave out its text.",
        ));
    }
    let path = format!("components[{index}]['add_security_recommendation']");
    if flag(&component["add_security_recommendation"], &path)? == Some(true) {
        parts.security = Some(());
    }
    Ok(())
}

fn read_footer(parts: &mut Parts, component: &Value, index: usize) -> Result<(), GraphError> {
    if parts.has_footer.replace(()).is_some() || component.get("text").is_some() {
        let message =
            "The footer of an authentication template is fixed: give code_expiration_minutes only.";
        return Err(GraphError::template(
            2_388_073,
            "Message footer format is incorrect",
            message,
        ));
    }
    let value = &component["code_expiration_minutes"];
    if value.is_null() {
        return Ok(());
    }
    let minutes = value
        .as_u64()
        .or_else(|| value.as_str().and_then(|text| text.parse().ok()));
    let minutes = minutes.filter(|minutes| (1..=MINUTES_MAX).contains(minutes));
    parts.minutes = Some(minutes.ok_or_else(|| {
        GraphError::parameter(format!(
            "Param components[{index}]['code_expiration_minutes'] must be a number from 1 to {MINUTES_MAX} - got {value}."
        ))
    })?);
    Ok(())
}

fn read_buttons(parts: &mut Parts, component: &Value, index: usize) -> Result<(), GraphError> {
    let path = format!("components[{index}]['buttons']");
    let buttons = component["buttons"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    let [button] = buttons else {
        return Err(GraphError::parameter(format!(
            "Param {path} must hold exactly one OTP button - got {}.",
            buttons.len()
        )));
    };
    if parts.button.is_some() {
        return Err(GraphError::parameter(format!(
            "Param {path}: there is a BUTTONS component already."
        )));
    }
    parts.button = Some(read_button(button, &format!("{path}[0]"))?);
    Ok(())
}

fn read_button(button: &Value, path: &str) -> Result<Button, GraphError> {
    if !button["type"]
        .as_str()
        .is_some_and(|kind| kind.eq_ignore_ascii_case("OTP"))
    {
        return Err(GraphError::parameter(format!(
            "Param {path}['type'] must be one of {{OTP}} - got {}.",
            button["type"]
        )));
    }
    let given = &button["otp_type"];
    let kind = KINDS.iter().find(|known| {
        given
            .as_str()
            .is_some_and(|kind| kind.eq_ignore_ascii_case(known))
    });
    let kind = *kind.ok_or_else(|| {
        GraphError::parameter(format!(
            "Param {path}['otp_type'] must be one of {{{}}} - got {given}.",
            KINDS.join(", ")
        ))
    })?;
    let zero_tap_terms = flag(
        &button["zero_tap_terms_accepted"],
        &format!("{path}['zero_tap_terms_accepted']"),
    )?;
    if kind == "ZERO_TAP" && zero_tap_terms != Some(true) {
        return Err(GraphError::parameter(format!(
            "Param {path}['zero_tap_terms_accepted'] must be true for a zero-tap button."
        )));
    }
    Ok(Button {
        kind,
        text: label(button, "text", path)?,
        autofill_text: label(button, "autofill_text", path)?,
        apps: apps(button, kind, path)?,
    })
}

fn label(button: &Value, name: &str, path: &str) -> Result<Option<String>, GraphError> {
    let Some(value) = button.get(name).filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    let text = value.as_str().filter(|text| !text.trim().is_empty());
    let text = text.ok_or_else(|| {
        GraphError::parameter(format!("Param {path}['{name}'] must be a string."))
    })?;
    if text.chars().count() > LABEL_MAX {
        let message = format!("A button's label can have {LABEL_MAX} characters at most.");
        return Err(GraphError::template(
            2_388_040,
            "Character Limit Exceeded",
            message,
        ));
    }
    Ok(Some(text.to_owned()))
}

fn apps(button: &Value, kind: &str, path: &str) -> Result<Vec<(String, String)>, GraphError> {
    let path = format!("{path}['supported_apps']");
    let given = button["supported_apps"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    if kind == "COPY_CODE" {
        return Ok(Vec::new());
    }
    if given.is_empty() || given.len() > APPS_MAX {
        return Err(GraphError::parameter(format!(
            "Param {path} must hold 1 to {APPS_MAX} apps - got {}.",
            given.len()
        )));
    }
    given
        .iter()
        .enumerate()
        .map(|(index, app)| self::app(app, &format!("{path}[{index}]")))
        .collect()
}

fn app(app: &Value, path: &str) -> Result<(String, String), GraphError> {
    let package = app["package_name"].as_str().unwrap_or_default();
    if !is_package_name(package) {
        return Err(GraphError::parameter(format!(
            "Param {path}['package_name'] must be an Android package name of at most {PACKAGE_MAX} characters: two or \
             more segments that start with a letter - got \"{package}\"."
        )));
    }
    let hash = app["signature_hash"].as_str().unwrap_or_default();
    if !is_signature_hash(hash) {
        return Err(GraphError::parameter(format!(
            "Param {path}['signature_hash'] must be exactly {HASH_LENGTH} characters of A-Z, a-z, 0-9, +, / and = - got \"{hash}\"."
        )));
    }
    Ok((package.to_owned(), hash.to_owned()))
}

fn is_package_name(package: &str) -> bool {
    let is_segment = |segment: &str| {
        segment.starts_with(|first: char| first.is_ascii_alphabetic())
            && segment
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    package.len() <= PACKAGE_MAX && package.contains('.') && package.split('.').all(is_segment)
}

fn is_signature_hash(hash: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
    hash.len() == HASH_LENGTH && hash.bytes().all(is_allowed)
}

fn flag(value: &Value, path: &str) -> Result<Option<bool>, GraphError> {
    match value {
        Value::Null => Ok(None),
        Value::Bool(flag) => Ok(Some(*flag)),
        Value::String(text) if text == "true" || text == "false" => Ok(Some(text == "true")),
        other => Err(GraphError::parameter(format!(
            "Param {path} must be a boolean - got {other}."
        ))),
    }
}

fn body_error(message: &str) -> GraphError {
    GraphError::template(2_388_072, "Message body format is incorrect", message)
}
