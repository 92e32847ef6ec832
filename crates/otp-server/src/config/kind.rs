//! The kinds of values a setting can take: what is allowed, in words, and how to read one.

use std::{collections::BTreeMap, ops::RangeInclusive, path::PathBuf, time::Duration};

use toml::Value;

use super::graph::parse_language;
use crate::channel::text::{InvalidWording, Wording};

/// What is allowed, and a conversion whose error says what is wrong. Neither repeats a text value:
/// it may be a secret that someone put under the wrong key.
pub(super) struct Kind<T> {
    pub(super) allowed: String,
    pub(super) convert: Convert<T>,
}

/// Where a price has no country of its own.
pub(super) const DEFAULT_PRICE: &str = "default";
/// What a template's name is, in words.
pub(super) const TEMPLATE_NAME: &str = "a template's name: lower-case letters, digits and _";
/// Meta's longest name of a template.
const TEMPLATE_NAME_CHARS_MAX: usize = 512;
/// Larger ones are typing errors.
const AMOUNT_MAX: u32 = 1_000_000_000;

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

/// An amount of money, in millionths: what providers charge for a message has up to four decimals.
pub(super) fn money() -> Kind<u64> {
    Kind {
        allowed: format!("an amount from 0 to {AMOUNT_MAX}, such as 25 or 0.0553"),
        convert: Box::new(millionths),
    }
}

fn millionths(value: &Value) -> Result<u64, String> {
    let amount = match value {
        Value::Integer(number) => i32::try_from(*number).map_or(f64::INFINITY, f64::from),
        Value::Float(number) => *number,
        other => return Err(format!("is {}, not an amount", name_of(other))),
    };
    if !(0.0..=f64::from(AMOUNT_MAX)).contains(&amount) {
        return Err(format!("{value} is out of range"));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a number from 0 to 10^15"
    )]
    let millionths = (amount * 1e6).round() as u64;
    Ok(millionths)
}

/// What messages cost, by country, in millionths; under `default`, what they cost everywhere else.
pub(super) fn prices() -> Kind<BTreeMap<String, u64>> {
    Kind {
        allowed: "a table such as { default = 0.03, DE = 0.0553 }: amounts by two-letter country code, and a default"
            .to_owned(),
        convert: Box::new(|value| {
            let Value::Table(table) = value else {
                return Err(format!("is {}, not a table of amounts", name_of(value)));
            };
            let price = |(country, value): (&String, &Value)| {
                if country != DEFAULT_PRICE && country_code(country).is_err() {
                    return Err("has a key that is no two-letter country code".to_owned());
                }
                let amount = millionths(value).map_err(|wrong| format!("{country} {wrong}"))?;
                Ok((country.clone(), amount))
            };
            table.iter().map(price).collect()
        }),
    }
}

/// The two capital letters of a country, as ISO 3166-1 has them.
pub(super) fn country_code(text: &str) -> Result<String, String> {
    let is_code = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase());
    is_code
        .then(|| text.to_owned())
        .ok_or_else(|| "is no two-letter country code".to_owned())
}

/// The name of a template, as Meta takes it.
pub(super) fn template_name(text: &str) -> Result<String, String> {
    let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let is_name =
        (1..=TEMPLATE_NAME_CHARS_MAX).contains(&text.len()) && text.bytes().all(is_allowed);
    is_name
        .then(|| text.to_owned())
        .ok_or_else(|| "is not a template's name".to_owned())
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

/// Texts by language code that tell a code.
pub(super) fn wordings(
    parse: fn(&str) -> Result<Wording, InvalidWording>,
) -> Kind<BTreeMap<String, Wording>> {
    by_language(", with {code} and perhaps {minutes} in them", parse)
}

/// Texts by language code that tell none.
pub(super) fn answers() -> Kind<BTreeMap<String, Wording>> {
    by_language("", Wording::answer)
}

fn by_language(
    with: &str,
    parse: fn(&str) -> Result<Wording, InvalidWording>,
) -> Kind<BTreeMap<String, Wording>> {
    Kind {
        allowed: format!(
            "a table such as {{ en = \"..\", pt_BR = \"..\" }}: texts by language code{with}"
        ),
        convert: Box::new(move |value| {
            let Value::Table(table) = value else {
                return Err(format!("is {}, not a table of texts", name_of(value)));
            };
            let wording = |(language, value): (&String, &Value)| {
                let language = parse_language(language)
                    .map_err(|_| "has a key that is no language code".to_owned())?;
                let text = value
                    .as_str()
                    .ok_or_else(|| format!("{language} is {}, not text", name_of(value)))?;
                let wording = parse(text).map_err(|wrong| format!("{language} {wrong}"))?;
                Ok((language, wording))
            };
            table.iter().map(wording).collect()
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
