//! Reads a JSON body field by field, and reports all that is wrong with it at once.

use actix_web::web::Bytes;
use serde_json::{Map, Value};

use super::super::problem::{FieldError, Problem};

/// A body while it is being read.
pub(super) struct Fields {
    map: Map<String, Value>,
    /// In front of each name in what is reported: `binding.` within `binding`.
    prefix: String,
    known: Vec<&'static str>,
    errors: Vec<FieldError>,
}

impl Fields {
    /// Reads an object; nothing at all counts as an empty one where that is enough.
    pub(super) fn of(body: &Bytes) -> Result<Self, Problem> {
        if body.is_empty() {
            return Ok(Self::within(Map::new(), ""));
        }
        match serde_json::from_slice(body) {
            Ok(Value::Object(map)) => Ok(Self::within(map, "")),
            Ok(_) => Err(Problem::invalid_field("body", "must be a JSON object")),
            Err(error) => Err(Problem::invalid_field(
                "body",
                format!("is not JSON: {}", place(&error)),
            )),
        }
    }

    fn within(map: Map<String, Value>, prefix: &str) -> Self {
        Self {
            map,
            prefix: prefix.to_owned(),
            known: Vec::new(),
            errors: Vec::new(),
        }
    }

    /// A field that may be absent; null counts as absent. `read` says what is allowed instead.
    pub(super) fn optional<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&Value) -> Result<T, String>,
    ) -> Option<T> {
        self.known.push(name);
        match self.map.get(name) {
            None | Some(Value::Null) => None,
            Some(value) => match read(value) {
                Ok(read) => Some(read),
                Err(message) => {
                    self.fault(name, message);
                    None
                }
            },
        }
    }

    /// A field that must be there.
    pub(super) fn required<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&Value) -> Result<T, String>,
    ) -> Option<T> {
        if matches!(self.map.get(name), None | Some(Value::Null)) {
            self.known.push(name);
            self.fault(name, "is missing");
            return None;
        }
        self.optional(name, read)
    }

    /// An object within, with fields of its own.
    pub(super) fn object<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<T> {
        let map = self.optional(name, |value| {
            let object = value.as_object().cloned();
            object.ok_or_else(|| "must be an object".to_owned())
        })?;
        let mut within = Self::within(map, &format!("{}{name}.", self.prefix));
        let value = read(&mut within);
        within.report_unknown();
        self.errors.append(&mut within.errors);
        value
    }

    /// Notes what is wrong with a field.
    pub(super) fn fault(&mut self, name: &str, message: impl Into<String>) {
        self.errors.push(FieldError {
            field: format!("{}{name}", self.prefix),
            message: message.into(),
        });
    }

    /// Everything that was wrong, if anything was.
    pub(super) fn finish(mut self) -> Result<(), Problem> {
        self.report_unknown();
        if self.errors.is_empty() {
            Ok(())
        } else {
            Err(Problem::invalid(self.errors))
        }
    }

    fn report_unknown(&mut self) {
        let known = self.known.clone();
        let unknown: Vec<String> = self
            .map
            .keys()
            .filter(|name| !known.contains(&name.as_str()))
            .map(|name| shown(name))
            .collect();
        for name in unknown {
            let allowed = known.join(", ");
            self.fault(&name, format!("is not a field; there are {allowed}"));
        }
    }
}

/// Longest name of an unknown field that is repeated to the caller.
const NAME_CHARS_MAX: usize = 64;

/// A name as it may be repeated.
fn shown(name: &str) -> String {
    let harmless = name.chars().filter(|char| !char.is_control());
    harmless.take(NAME_CHARS_MAX).collect()
}

/// Where the body stops being JSON; the library's own message may repeat what is there.
fn place(error: &serde_json::Error) -> String {
    format!("see line {}, column {}", error.line(), error.column())
}
