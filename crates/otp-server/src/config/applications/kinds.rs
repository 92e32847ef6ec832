//! The kinds of values that only applications have.

use std::collections::BTreeMap;

use otp_core::{PhoneNumber, Timestamp};
use toml::{Table, Value};

use super::super::Secret;
use super::super::graph::parse_language;
use super::super::kind::{Kind, name_of};
use super::TestRecipientSettings;

const TEMPLATES_MAX: usize = 100;
/// Meta's own limit.
const TEMPLATE_NAME_MAX: usize = 512;
const TEST_RECIPIENTS_MAX: usize = 100;
const DAY_MS: u64 = 24 * 3_600_000;

/// A table of template names by language.
pub(super) fn texts_by_language() -> Kind<BTreeMap<String, String>> {
    Kind {
        allowed: "a table such as { en_US = \"shop_login\", de = \"shop_login_de\" }".to_owned(),
        convert: Box::new(|value| {
            let table = value
                .as_table()
                .ok_or_else(|| format!("is {}, not a table", name_of(value)))?;
            if table.len() > TEMPLATES_MAX {
                return Err(format!("has more than {TEMPLATES_MAX} languages"));
            }
            let template = |(language, name): (&String, &Value)| {
                parse_language(language)
                    .map_err(|_| "has a key that is no language code".to_owned())?;
                let is_name = |text: &&str| {
                    (1..=TEMPLATE_NAME_MAX).contains(&text.len())
                        && text
                            .bytes()
                            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
                };
                let name = name.as_str().filter(is_name);
                let name = name.ok_or_else(|| {
                    format!("{language} is no template's name: small letters, digits and _")
                })?;
                Ok((language.clone(), name.to_owned()))
            };
            table.iter().map(template).collect()
        }),
    }
}

/// A list of numbers with a code each.
pub(super) fn test_recipients() -> Kind<Vec<TestRecipientSettings>> {
    Kind {
        allowed: "a list, each such as { phone = \"+14155550123\", code = \"123456\", until = \"2027-01-31\" }"
            .to_owned(),
        convert: Box::new(|value| {
            let items = value
                .as_array()
                .ok_or_else(|| format!("is {}, not a list", name_of(value)))?;
            if items.len() > TEST_RECIPIENTS_MAX {
                return Err(format!("has more than {TEST_RECIPIENTS_MAX} items"));
            }
            let mut found: Vec<TestRecipientSettings> = Vec::new();
            for (item, number) in items.iter().zip(1..) {
                let recipient = item
                    .as_table()
                    .ok_or_else(|| format!("is {}, not a table", name_of(item)))
                    .and_then(test_recipient)
                    .map_err(|wrong| format!("item {number} {wrong}"))?;
                let is_double = found
                    .iter()
                    .any(|other| other.phone.canonical() == recipient.phone.canonical());
                if is_double {
                    return Err(format!("item {number} has the number of an earlier one"));
                }
                found.push(recipient);
            }
            Ok(found)
        }),
    }
}

fn test_recipient(table: &Table) -> Result<TestRecipientSettings, String> {
    const KEYS: [&str; 3] = ["phone", "code", "until"];
    if table.keys().any(|key| !KEYS.contains(&key.as_str())) {
        return Err("has a key that is none of phone, code and until".to_owned());
    }
    let text = |key: &str| {
        let text = table.get(key).and_then(Value::as_str);
        text.ok_or_else(|| format!("has no {key} in quotes"))
    };
    let phone = PhoneNumber::parse(text("phone")?).map_err(|_| "has no phone number as phone")?;
    let code = text("code")?;
    if code.is_empty() || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("has a code that is not all digits".to_owned());
    }
    let until = match table.get("until") {
        Some(Value::String(text)) => end_of_day(text),
        Some(Value::Datetime(date)) => end_of_day(&date.to_string()),
        _ => None,
    };
    Ok(TestRecipientSettings {
        phone,
        code: Secret::new(code),
        until: until.ok_or("has no date such as \"2027-01-31\" as until")?,
    })
}

/// The first moment after the day `YYYY-MM-DD`, in UTC.
fn end_of_day(text: &str) -> Option<Timestamp> {
    let [year, month, day] = text.split('-').collect::<Vec<_>>()[..] else {
        return None;
    };
    let number = |text: &str, length: usize| {
        let is_number = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| text.parse::<u64>().ok()).flatten()
    };
    let (year, month, day) = (number(year, 4)?, number(month, 2)?, number(day, 2)?);
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let lengths = [
        31,
        if is_leap { 29 } else { 28 },
        31,
        30,
        31,
        30,
        31,
        31,
        30,
        31,
        30,
        31,
    ];
    let before: u64 = lengths
        .iter()
        .take(usize::try_from(month.checked_sub(1)?).ok()?)
        .sum();
    let is_date = year >= 1970 && month <= 12 && day >= 1;
    if !is_date || day > lengths[usize::try_from(month - 1).ok()?] {
        return None;
    }
    let leap_days = |year: u64| year / 4 - year / 100 + year / 400;
    let days = (year - 1970) * 365 + leap_days(year - 1) - leap_days(1969) + before + day;
    Some(Timestamp::from_unix_ms(days * DAY_MS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_where_the_next_begins() {
        // From `date -u -d DATE +%s`.
        for (date, seconds) in [
            ("1970-01-01", 86_400),
            ("2000-02-29", 951_868_800),
            ("2027-01-31", 1_801_440_000),
            ("2028-12-31", 1_861_920_000),
            ("2100-03-01", 4_107_628_800),
        ] {
            let end = end_of_day(date).expect("a date");
            assert_eq!(end.unix_ms(), seconds * 1000, "{date}");
        }
        for wrong in [
            "2027-02-29",
            "2027-00-10",
            "2027-13-01",
            "2027-01-32",
            "2027-01-00",
            "1969-12-31",
            "27-01-31",
            "2027-1-31",
            "2027-01-31T00:00",
            "",
            "+027-01-31",
        ] {
            assert_eq!(end_of_day(wrong), None, "{wrong}");
        }
    }
}
