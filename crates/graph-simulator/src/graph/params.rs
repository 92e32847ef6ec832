//! A call's parameters, wherever they stand: query, JSON body or form body.

use actix_web::HttpRequest;
use actix_web::web::Query;
use serde_json::{Map, Value};

use super::error::GraphError;

/// Every parameter of a call; the body wins over the query.
pub(super) struct Params(Map<String, Value>);

impl Params {
    pub(super) fn collect(request: &HttpRequest, body: &[u8]) -> Params {
        let mut all = pairs(request.query_string());
        all.extend(parse_body(body));
        Params(all)
    }

    /// A parameter as text; numbers and booleans count as what they look like.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            _ => None,
        }
    }

    /// A parameter as JSON; text that holds JSON is read.
    pub(super) fn json(&self, name: &str) -> Option<Value> {
        let value = self.0.get(name)?;
        let parsed = value
            .as_str()
            .and_then(|text| serde_json::from_str(text).ok());
        Some(parsed.unwrap_or_else(|| value.clone()))
    }

    /// A list: JSON, or text with commas.
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        match self.json(name) {
            Some(Value::Array(items)) => items
                .iter()
                .map(|item| {
                    item.as_str()
                        .map_or_else(|| item.to_string(), str::to_owned)
                })
                .collect(),
            Some(Value::String(text)) => text
                .split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .map(str::to_owned)
                .collect(),
            Some(Value::Number(number)) => vec![number.to_string()],
            _ => Vec::new(),
        }
    }

    pub(super) fn required(&self, name: &str) -> Result<String, GraphError> {
        self.text(name)
            .filter(|text| !text.is_empty())
            .ok_or_else(|| GraphError::parameter(format!("The parameter {name} is required.")))
    }

    /// Everything, with JSON in text read: what a template is made of.
    pub(super) fn to_object(&self, names: &[&str]) -> Value {
        let known = names
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), self.json(name)?)));
        Value::Object(known.collect())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}

/// A body as an object: JSON whatever its content type says, or else a form.
pub(super) fn parse_body(body: &[u8]) -> Map<String, Value> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(fields)) => fields,
        Ok(_) => Map::new(),
        Err(_) => std::str::from_utf8(body).map_or_else(|_| Map::new(), pairs),
    }
}

fn pairs(text: &str) -> Map<String, Value> {
    let pairs = Query::<Vec<(String, String)>>::from_query(text.trim());
    let pairs = pairs.map(Query::into_inner).unwrap_or_default();
    pairs
        .into_iter()
        .map(|(name, value)| (name, Value::String(value)))
        .collect()
}
