//! What the dispatch face is asked.

use otp_core::{MessengerId, PhoneNumber, Recipient};
use serde_json::{Map, Value};

const TOKEN_LENGTH_MAX: usize = 128;

/// Is this a token as a caller may pick one?
pub(super) fn is_token(text: &str) -> bool {
    (1..=TOKEN_LENGTH_MAX).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._~-".contains(&byte))
}

/// To whom a code goes: by the addresses that are there and good. Nobody when there is none.
pub(super) fn recipient(body: &[u8]) -> Option<Recipient> {
    let fields: Map<String, Value> = serde_json::from_slice(body).ok()?;
    let text = |name: &str| fields.get(name).and_then(Value::as_str);
    Recipient::new(
        text("phoneNumber").and_then(|text| PhoneNumber::parse(text).ok()),
        text("messengerId").and_then(|text| MessengerId::parse(text.trim()).ok()),
        None,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_short_and_plain() {
        let long = "a".repeat(TOKEN_LENGTH_MAX);
        for good in ["1", "123456789", "a._~-Z", &long] {
            assert!(is_token(good), "{good}");
        }
        let longer = "a".repeat(TOKEN_LENGTH_MAX + 1);
        for bad in ["", "a b", "a/b", "é", "a%20", "a\n", &longer] {
            assert!(!is_token(bad), "{bad}");
        }
    }

    #[test]
    fn one_good_address_is_enough() {
        let has = |body: &str| {
            let found = recipient(body.as_bytes());
            found.map(|found| (found.messenger().is_some(), found.phone().is_some()))
        };
        let both = r#"{"messengerId":"8192836451","phoneNumber":"393331234567"}"#;
        assert_eq!(has(both), Some((true, true)));
        for one in [
            r#"{"messengerId":"8192836451"}"#,
            r#"{"messengerId":"8192836451","phoneNumber":null}"#,
            r#"{"messengerId":"8192836451","phoneNumber":"12"}"#,
        ] {
            assert_eq!(has(one), Some((true, false)), "{one}");
        }
        let bad = r#"{"messengerId":"me","phoneNumber":"+393331234567"}"#;
        assert_eq!(has(bad), Some((false, true)));
        for none in [
            "",
            "{}",
            "[]",
            "messengerId=8192836451",
            r#"{"messengerId":"","phoneNumber":""}"#,
            r#"{"messengerId":"me","phoneNumber":"12"}"#,
            r#"{"messengerId":["8192836451"],"phoneNumber":393331234567}"#,
        ] {
            assert_eq!(has(none), None, "{none}");
        }
    }
}
