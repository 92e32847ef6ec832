//! Utility and marketing templates, as far as a service for one-time passwords meets them.

use serde_json::Value;

use super::super::error::GraphError;
use super::draft::{Design, component_type};

const BODY_MAX: usize = 1024;
const FOOTER_MAX: usize = 60;
const BUTTONS_MAX: usize = 10;

/// Checks the components, and says what becomes of them.
pub(super) fn design(components: &[Value]) -> Result<Design, GraphError> {
    let mut design = Design {
        components: Vec::new(),
        body: String::new(),
        body_parameters: Vec::new(),
        header_parameters: Vec::new(),
        url_buttons: Vec::new(),
    };
    for (index, component) in components.iter().enumerate() {
        let kind = component_type(component, index)?;
        let text = component["text"].as_str().unwrap_or_default();
        match kind.as_str() {
            "BODY" => {
                design.body = body(text)?;
                design.body_parameters = placeholders(text);
            }
            "HEADER" => design.header_parameters = placeholders(text),
            "FOOTER"
                if text.is_empty() || text.chars().count() > FOOTER_MAX || text.contains("{{") =>
            {
                let message =
                    format!("A footer is 1 to {FOOTER_MAX} characters, without variables.");
                return Err(GraphError::template(
                    2_388_073,
                    "Message footer format is incorrect",
                    message,
                ));
            }
            "BUTTONS" => design.url_buttons = url_buttons(component)?,
            _ => {}
        }
        let mut shown = component.clone();
        shown["type"] = Value::String(kind);
        design.components.push(shown);
    }
    if design.body.is_empty() {
        return Err(GraphError::template(
            2_388_072,
            "Message body format is incorrect",
            "A template needs a body with text.",
        ));
    }
    Ok(design)
}

fn body(text: &str) -> Result<String, GraphError> {
    if text.is_empty() {
        return Err(GraphError::template(
            2_388_072,
            "Message body format is incorrect",
            "A template needs a body with text.",
        ));
    }
    if text.chars().count() > BODY_MAX {
        let message = format!("The body can have {BODY_MAX} characters at most.");
        return Err(GraphError::template(
            2_388_040,
            "Character Limit Exceeded",
            message,
        ));
    }
    let trimmed = text.trim();
    if trimmed.starts_with("{{") || trimmed.ends_with("}}") {
        let message = "Variables can't be at the start or end of the template.";
        return Err(GraphError::template(
            2_388_299,
            "Leading or trailing params are not allowed",
            message,
        ));
    }
    let words = trimmed.split_whitespace().count();
    if words < 2 * placeholders(text).len() + 1 {
        let message = "This template has too many variables for its length.";
        return Err(GraphError::template(
            2_388_293,
            "Parameters words ratio exceeds limit",
            message,
        ));
    }
    Ok(text.to_owned())
}

/// The names in double braces, each once, in the order in which parameters fill them: numbers by
/// their number, wherever a language puts them, names as they stand.
fn placeholders(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for part in text.split("{{").skip(1) {
        let Some((name, _)) = part.split_once("}}") else {
            continue;
        };
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names.sort_by_key(|name| name.parse::<u32>().unwrap_or_default());
    names
}

fn url_buttons(component: &Value) -> Result<Vec<usize>, GraphError> {
    let buttons = component["buttons"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    if buttons.is_empty() || buttons.len() > BUTTONS_MAX {
        return Err(GraphError::parameter(format!(
            "Param buttons must hold 1 to {BUTTONS_MAX} buttons - got {}.",
            buttons.len()
        )));
    }
    let needs_value = |button: &Value| {
        button["url"]
            .as_str()
            .is_some_and(|url| url.contains("{{1}}"))
    };
    Ok(buttons
        .iter()
        .enumerate()
        .filter(|(_, button)| needs_value(button))
        .map(|(index, _)| index)
        .collect())
}
