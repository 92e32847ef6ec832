//! The settings of one application as a person gives them to a command: a text, and single ones on top.

use toml::{Table, Value};

use super::super::file::syntax_error;
use super::super::setting::{ConfigError, Problem};
use super::HINT;

/// Reads a text of settings. The error says where, and repeats nothing: a secret may be in it.
pub fn settings_of_text(source: &str, text: &str) -> Result<Table, ConfigError> {
    text.parse::<Table>().map_err(|error| ConfigError {
        source: source.to_owned(),
        problems: vec![Problem {
            place: source.to_owned(),
            wrong: syntax_error(text, &error),
            allowed: "write TOML: text stands in quotes".to_owned(),
        }],
        hint: HINT.to_owned(),
    })
}

/// Sets one setting, given as `KEY=VALUE`. A value that is no TOML is text.
pub fn put_setting(settings: &mut Table, given: &str) -> Result<(), ConfigError> {
    let Some((key, value)) = given.split_once('=') else {
        return Err(ConfigError {
            source: "the command line".to_owned(),
            problems: vec![Problem {
                place: "--set".to_owned(),
                wrong: "has no = in it".to_owned(),
                allowed: "write for instance --set code_length=8".to_owned(),
            }],
            hint: HINT.to_owned(),
        });
    };
    settings.insert(key.trim().to_owned(), value_of(value.trim()));
    Ok(())
}

fn value_of(text: &str) -> Value {
    let read = format!("value = {text}").parse::<Table>().ok();
    let alone = read.filter(|table| table.len() == 1);
    alone
        .and_then(|mut table| table.remove("value"))
        .unwrap_or_else(|| Value::from(text))
}
