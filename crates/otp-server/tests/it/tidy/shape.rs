//! Rules about a file as a whole.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// What Meta's own samples write and read, no more and no less.
const ACCOUNT_KEYS: [&str; 4] = ["access_token", "phone_number_id", "template_id", "waba_id"];

pub(super) fn no_mod_rs(path: &str) -> Vec<String> {
    let named_mod = path.rsplit('/').next() == Some("mod.rs");
    complain_if(
        named_mod,
        "a module with parts is name.rs beside the folder name/, so that tabs and searches tell",
    )
}

pub(super) fn opens_with_its_purpose(text: &str) -> Vec<String> {
    let says = text.lines().next().is_some_and(|line| {
        line.strip_prefix("//! ")
            .is_some_and(|rest| rest.len() > 10)
    });
    complain_if(
        !says,
        "the first line is `//! ` and a sentence: what this room is for",
    )
}

pub(super) fn at_most_lines(text: &str, limit: usize) -> Vec<String> {
    let lines = text.lines().count();
    complain_if(
        lines > limit,
        &format!("{lines} lines, where {limit} are the limit: make it two"),
    )
}

pub(super) fn is_account_file(text: &str) -> Vec<String> {
    let object: Map<String, Value> = match serde_json::from_str(text) {
        Ok(object) => object,
        Err(error) => return vec![format!("not a JSON object: {error}")],
    };
    let keys: BTreeSet<&str> = object.keys().map(String::as_str).collect();
    let mut complaints = complain_if(
        keys != BTreeSet::from(ACCOUNT_KEYS),
        &format!("the keys are {keys:?}"),
    );
    let not_texts = object
        .iter()
        .filter(|(_, value)| value.as_str().is_none_or(str::is_empty));
    complaints
        .extend(not_texts.map(|(key, _)| format!("{key} is not a string with something in it")));
    complaints
}

fn complain_if(wrong: bool, complaint: &str) -> Vec<String> {
    wrong.then(|| complaint.to_owned()).into_iter().collect()
}

#[test]
fn a_mod_rs_is_noticed() {
    assert_eq!(no_mod_rs("crates/otp-server/src/http/mod.rs").len(), 1);
    assert_eq!(
        no_mod_rs("crates/otp-server/src/http/payment_mod.rs").len(),
        0
    );
}

#[test]
fn a_file_that_does_not_say_what_it_is_for_is_noticed() {
    assert_eq!(
        opens_with_its_purpose("use std::fmt;\n//! Too late to say.\n").len(),
        1
    );
    assert_eq!(opens_with_its_purpose("//!\n").len(), 1);
    assert_eq!(opens_with_its_purpose("").len(), 1);
    assert_eq!(opens_with_its_purpose("//! Rules about a file.\n").len(), 0);
}

#[test]
fn one_line_too_many_is_noticed() {
    assert_eq!(at_most_lines(&"line\n".repeat(401), 400).len(), 1);
    assert_eq!(at_most_lines(&"line\n".repeat(400), 400).len(), 0);
}

#[test]
fn an_account_file_of_another_shape_is_noticed() {
    let good = r#"{"waba_id":"1","access_token":"t","phone_number_id":"2","template_id":"3"}"#;
    assert_eq!(is_account_file(good).len(), 0);
    assert_eq!(is_account_file(&good.replace(r#""3""#, "3")).len(), 1);
    assert_eq!(is_account_file(&good.replace(r#""t""#, r#""""#)).len(), 1);
    assert_eq!(is_account_file(&good.replace("waba_id", "wabaId")).len(), 1);
    assert_eq!(
        is_account_file(&good.replace('}', r#","app_secret":"s"}"#)).len(),
        1
    );
    assert_eq!(is_account_file("[]").len(), 1);
}
