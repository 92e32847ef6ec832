//! Choosing fields, as `fields=a,b{c}` does.

use serde_json::{Map, Value};

use super::error::GraphError;
use super::params::Params;

/// The names that a caller asks for, without what is nested in them; `None` when it asks for none.
pub(super) fn wanted(params: &Params) -> Option<Vec<String>> {
    let text = params.text("fields").or_else(|| {
        params
            .json("fields")
            .map(|_| params.list("fields").join(","))
    })?;
    let mut names = Vec::new();
    let mut name = String::new();
    let mut depth = 0_u32;
    for character in text.chars() {
        match character {
            '{' | '(' => depth += 1,
            '}' | ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => names.push(std::mem::take(&mut name)),
            plain if depth == 0 => name.push(plain),
            _ => {}
        }
    }
    names.push(name);
    let names = names
        .iter()
        .map(|name| name.trim().split('.').next().unwrap_or_default().to_owned());
    let names: Vec<String> = names.filter(|name| !name.is_empty()).collect();
    (!names.is_empty()).then_some(names)
}

/// What is shown of an object: the wanted fields, or the usual ones; the id always.
pub(super) fn choose(
    node: &Map<String, Value>,
    wanted: Option<&[String]>,
    usual: &[&str],
    known: &[&str],
    kind: &str,
) -> Result<Value, GraphError> {
    let mut shown = Map::new();
    let usual: Vec<String> = usual.iter().map(|&name| name.to_owned()).collect();
    for name in wanted.unwrap_or(&usual) {
        if let Some(value) = node.get(name) {
            shown.insert(name.clone(), value.clone());
        } else if !known.contains(&name.as_str()) {
            return Err(GraphError::parameter(format!(
                "Tried accessing nonexisting field ({name}) on node type ({kind})"
            )));
        }
    }
    if let Some(id) = node.get("id") {
        shown.insert("id".to_owned(), id.clone());
    }
    Ok(Value::Object(shown))
}
