//! A template as it is asked for, checked against every limit.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::super::error::GraphError;
use super::generic;
use super::otp;
use crate::languages;
use crate::world::{Face, Template};

const NAME_MAX: usize = 512;
const CATEGORIES: [&str; 3] = ["AUTHENTICATION", "MARKETING", "UTILITY"];

/// A template that Meta would take.
pub(crate) struct Draft {
    pub(crate) name: String,
    pub(crate) language: String,
    pub(crate) category: String,
    ttl_seconds: Option<i64>,
    request: Map<String, Value>,
    design: Design,
}

/// What becomes of the components.
pub(super) struct Design {
    pub(super) components: Vec<Value>,
    pub(super) body: String,
    pub(super) body_parameters: Vec<String>,
    pub(super) header_parameters: Vec<String>,
    pub(super) url_buttons: Vec<usize>,
}

impl Draft {
    /// What a creation may say.
    pub(super) const FIELDS: [&str; 7] = [
        "name",
        "language",
        "category",
        "components",
        "message_send_ttl_seconds",
        "parameter_format",
        "allow_category_change",
    ];

    /// Checks a creation's parameters.
    pub(crate) fn from_json(request: Value) -> Result<Draft, GraphError> {
        let Value::Object(request) = request else {
            return Err(GraphError::parameter("The parameter name is required."));
        };
        let name = name(&request)?;
        let language = language(&request)?;
        let category = category(&request)?;
        let ttl_seconds = ttl(&request, &category)?;
        let components = request.get("components").and_then(Value::as_array);
        let components = components
            .ok_or_else(|| GraphError::parameter("The parameter components is required."))?;
        let design = if category == "AUTHENTICATION" {
            otp::design(components, &language)?
        } else {
            generic::design(components)?
        };
        Ok(Draft {
            name,
            language,
            category,
            ttl_seconds,
            request,
            design,
        })
    }

    /// The draft that made a template.
    pub(crate) fn of(template: &Template) -> Result<Draft, GraphError> {
        Draft::from_json(Value::Object(template.request.clone()))
    }

    /// The same template in another language.
    pub(crate) fn in_language(self, language: &str) -> Result<Draft, GraphError> {
        let mut request = self.request;
        request.insert("language".to_owned(), json!(language));
        Draft::from_json(Value::Object(request))
    }

    pub(crate) fn into_template(self, id: u64, status: &str) -> Template {
        let face = Face {
            name: self.name.clone(),
            language: self.language.clone(),
            body: self.design.body,
            body_parameters: self.design.body_parameters,
            header_parameters: self.design.header_parameters,
            url_buttons: self.design.url_buttons,
            is_authentication: self.category == "AUTHENTICATION",
        };
        Template {
            id,
            name: self.name,
            language: self.language,
            category: self.category,
            status: status.to_owned(),
            request: self.request,
            components: self.design.components,
            ttl_seconds: self.ttl_seconds,
            review_ends_ms: None,
            edits_ms: Vec::new(),
            face: Arc::new(face),
        }
    }
}

fn name(request: &Map<String, Value>) -> Result<String, GraphError> {
    let name = request
        .get("name")
        .and_then(Value::as_str)
        .filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| GraphError::parameter("The parameter name is required."))?;
    if name.chars().count() > NAME_MAX {
        let message = format!("The template's name can have {NAME_MAX} characters at most.");
        return Err(GraphError::template(
            2_388_040,
            "Character Limit Exceeded",
            message,
        ));
    }
    let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if !name.bytes().all(is_allowed) {
        return Err(GraphError::parameter(
            "Param name can only contain lowercase alphanumeric characters and underscores (_).",
        ));
    }
    Ok(name.to_owned())
}

fn language(request: &Map<String, Value>) -> Result<String, GraphError> {
    let code = request
        .get("language")
        .and_then(Value::as_str)
        .filter(|code| !code.is_empty());
    let code = code.ok_or_else(|| GraphError::parameter("The parameter language is required."))?;
    languages::find(code).map(str::to_owned).ok_or_else(|| {
        let known = languages::LANGUAGES
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(", ");
        GraphError::parameter(format!(
            "Param language must be one of {{{known}}} - got \"{code}\"."
        ))
    })
}

fn category(request: &Map<String, Value>) -> Result<String, GraphError> {
    let category = request
        .get("category")
        .and_then(Value::as_str)
        .filter(|category| !category.is_empty());
    let category =
        category.ok_or_else(|| GraphError::parameter("The parameter category is required."))?;
    let known = CATEGORIES
        .iter()
        .find(|known| known.eq_ignore_ascii_case(category));
    known.map(|&known| known.to_owned()).ok_or_else(|| {
        let known = CATEGORIES.join(", ");
        GraphError::parameter(format!(
            "Param category must be one of {{{known}}} - got \"{category}\"."
        ))
    })
}

fn ttl(request: &Map<String, Value>, category: &str) -> Result<Option<i64>, GraphError> {
    let Some(value) = request.get("message_send_ttl_seconds") else {
        return Ok(None);
    };
    let (min, max) = match category {
        "AUTHENTICATION" => (30, 900),
        "UTILITY" => (30, 43_200),
        _ => (43_200, 2_592_000),
    };
    let seconds = value
        .as_i64()
        .or_else(|| value.as_str().and_then(|text| text.parse().ok()));
    let in_range = |seconds: &i64| {
        (min..=max).contains(seconds) || (*seconds == -1 && category != "MARKETING")
    };
    let seconds = seconds.filter(in_range).ok_or_else(|| {
        let got = value.to_string();
        GraphError::parameter(format!(
            "Param message_send_ttl_seconds must be between {min} and {max}, or -1, for the category {category} - got {got}."
        ))
    })?;
    Ok(Some(seconds))
}

/// A component's type, in capitals.
pub(super) fn component_type(component: &Value, index: usize) -> Result<String, GraphError> {
    let kind = component["type"].as_str().map(str::to_uppercase);
    let known =
        kind.filter(|kind| matches!(kind.as_str(), "HEADER" | "BODY" | "FOOTER" | "BUTTONS"));
    known.ok_or_else(|| {
        GraphError::parameter(format!(
            "Param components[{index}]['type'] must be one of {{BODY, BUTTONS, FOOTER, HEADER}} - got {}.",
            component["type"]
        ))
    })
}
