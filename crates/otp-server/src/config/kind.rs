//! The kinds of values a setting can take: what is allowed, in words, and how to read one.

use std::{ops::RangeInclusive, path::PathBuf, time::Duration};

use toml::Value;

/// What is allowed, and a conversion whose error says what is wrong. Neither repeats a text value:
/// it may be a secret that someone put under the wrong key.
pub(super) struct Kind<T> {
    pub(super) allowed: String,
    pub(super) convert: Convert<T>,
}

type Convert<T> = Box<dyn Fn(&Value) -> Result<T, String>>;

/// Whole numbers in a range.
pub(super) fn whole<T: TryFrom<u32>>(range: RangeInclusive<u32>) -> Kind<T> {
    Kind {
        allowed: format!("a whole number from {} to {}", range.start(), range.end()),
        convert: Box::new(move |value| match value {
            Value::Integer(number) => u32::try_from(*number)
                .ok()
                .filter(|number| range.contains(number))
                .and_then(|number| T::try_from(number).ok())
                .ok_or_else(|| format!("{number} is out of range")),
            other => Err(format!("is {}, not a whole number", name_of(other))),
        }),
    }
}

/// A time in whole seconds.
pub(super) fn seconds(range: RangeInclusive<u32>) -> Kind<Duration> {
    let whole = whole::<u32>(range);
    Kind {
        allowed: whole.allowed,
        convert: Box::new(move |value| {
            (whole.convert)(value).map(|seconds| Duration::from_secs(seconds.into()))
        }),
    }
}

/// A time in whole milliseconds.
pub(super) fn milliseconds(range: RangeInclusive<u32>) -> Kind<Duration> {
    let whole = whole::<u32>(range);
    Kind {
        allowed: whole.allowed,
        convert: Box::new(move |value| {
            (whole.convert)(value).map(|milliseconds| Duration::from_millis(milliseconds.into()))
        }),
    }
}

/// A time in whole minutes.
pub(super) fn minutes(range: RangeInclusive<u32>) -> Kind<Duration> {
    let whole = whole::<u32>(range);
    Kind {
        allowed: whole.allowed,
        convert: Box::new(move |value| {
            (whole.convert)(value).map(|minutes| Duration::from_secs(u64::from(minutes) * 60))
        }),
    }
}

/// `true` or `false`.
pub(super) fn switch() -> Kind<bool> {
    Kind {
        allowed: "true or false".to_owned(),
        convert: Box::new(|value| {
            value
                .as_bool()
                .ok_or_else(|| format!("is {}, not true or false", name_of(value)))
        }),
    }
}

/// One of a few words.
pub(super) fn choice<T: Copy + 'static>(options: &'static [(&'static str, T)]) -> Kind<T> {
    let words: Vec<String> = options
        .iter()
        .map(|(word, _)| format!("\"{word}\""))
        .collect();
    parsed(&words.join(" or "), |text| {
        let found = options.iter().find(|(word, _)| *word == text);
        found
            .map(|(_, value)| *value)
            .ok_or_else(|| "is none of the choices".to_owned())
    })
}

/// A text that `parse` understands; its error says what is wrong without repeating the text.
pub(super) fn parsed<T: 'static>(
    allowed: &str,
    parse: impl Fn(&str) -> Result<T, String> + 'static,
) -> Kind<T> {
    Kind {
        allowed: allowed.to_owned(),
        convert: Box::new(move |value| match value.as_str() {
            Some(text) => parse(text),
            None => Err(format!("is {}, not text in quotes", name_of(value))),
        }),
    }
}

/// Any text that is not empty.
pub(super) fn text() -> Kind<String> {
    parsed("text, not empty", |text| not_empty(text).map(str::to_owned))
}

/// The name of a file or directory.
pub(super) fn path() -> Kind<PathBuf> {
    parsed("a path, relative to the working directory", |text| {
        not_empty(text).map(PathBuf::from)
    })
}

fn not_empty(text: &str) -> Result<&str, String> {
    if text.trim().is_empty() {
        Err("is empty".to_owned())
    } else {
        Ok(text)
    }
}

/// A list of texts that `parse` understands; the error tells which one is wrong.
pub(super) fn list<T: 'static>(
    allowed: &str,
    parse: impl Fn(&str) -> Result<T, String> + 'static,
) -> Kind<Vec<T>> {
    let item = parsed(allowed, parse);
    Kind {
        allowed: format!("a list, each {allowed}"),
        convert: Box::new(move |value| {
            let items = value
                .as_array()
                .ok_or_else(|| format!("is {}, not a list", name_of(value)))?;
            let numbered = items.iter().zip(1..);
            numbered
                .map(|(value, number)| {
                    (item.convert)(value).map_err(|wrong| format!("item {number} {wrong}"))
                })
                .collect()
        }),
    }
}

/// What a TOML value is, in words for a person.
pub(super) fn name_of(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "text",
        Value::Integer(_) => "a whole number",
        Value::Float(_) => "a fraction",
        Value::Boolean(_) => "true or false",
        Value::Datetime(_) => "a date",
        Value::Array(_) => "a list",
        Value::Table(_) => "a section",
    }
}
