//! `whatsapp-info.json`: everything that can be wrong with it.

use std::fs;

use graph_simulator::TOKEN;
use serde_json::{Value, json};

use super::{complaint, says};
use crate::app::account_file;
use crate::process::Place;

const KEYS: [&str; 4] = ["waba_id", "access_token", "phone_number_id", "template_id"];

fn with(key: &str, value: Value) -> Place {
    let place = Place::new();
    let mut account = account_file();
    account[key] = value;
    place.account(&account);
    place
}

#[test]
fn a_missing_account_file_is_named_with_the_way_to_make_one() {
    let place = Place::new();
    fs::remove_file(place.account_path()).unwrap();
    says(
        &complaint(&place),
        &["whatsapp-info.json", "does not exist", "wa-setup"],
    );
}

#[test]
fn a_file_that_is_no_json_is_refused_at_its_line_and_column() {
    let place = Place::new();
    place.write(
        "whatsapp-info.json",
        format!("{{\n \"waba_id\": {TOKEN}\n}}"),
    );
    says(
        &complaint(&place),
        &["whatsapp-info.json", "not valid JSON at line 2"],
    );
    place.write("whatsapp-info.json", "");
    says(&complaint(&place), &["not valid JSON at line 1"]);
    place.write("whatsapp-info.json", format!("[\"{TOKEN}\"]"));
    says(&complaint(&place), &["not valid JSON"]);
}

#[test]
fn a_half_written_file_is_refused_wherever_it_ends() {
    let place = Place::new();
    let whole = account_file().to_string();
    for length in [1, whole.len() / 3, whole.len() / 2, whole.len() - 1] {
        place.write("whatsapp-info.json", &whole[..length]);
        says(
            &complaint(&place),
            &["not valid JSON at line 1", "wa-setup"],
        );
    }
}

#[test]
fn what_is_no_text_file_cannot_be_read() {
    let place = Place::new();
    place.write("whatsapp-info.json", [0xff, 0xfe, 0x00]);
    says(
        &complaint(&place),
        &["whatsapp-info.json", "cannot be read"],
    );
    fs::remove_file(place.account_path()).unwrap();
    fs::create_dir(place.account_path()).unwrap();
    says(
        &complaint(&place),
        &["whatsapp-info.json", "cannot be read", "not a file"],
    );
}

#[test]
fn an_empty_key_is_named() {
    for key in KEYS {
        for empty in ["", "  "] {
            let said = complaint(&with(key, json!(empty)));
            says(&said, &[&format!("\"{key}\" is empty"), "wa-setup"]);
        }
    }
}

#[test]
fn a_missing_key_is_named() {
    for key in KEYS {
        let place = Place::new();
        let mut account = account_file();
        account.as_object_mut().unwrap().remove(key);
        place.account(&account);
        says(&complaint(&place), &[&format!("\"{key}\" is missing")]);
    }
}

#[test]
fn a_number_where_a_string_belongs_is_named_with_the_remedy() {
    for key in KEYS {
        let said = complaint(&with(key, json!(123_456)));
        says(
            &said,
            &[&format!("\"{key}\" is not a text"), "double quotes"],
        );
        assert!(!said.contains("123456"), "{said}");
    }
}

#[test]
fn a_value_that_would_change_an_address_or_a_header_is_refused_and_not_repeated() {
    for (key, value) in [
        ("access_token", "canary-token\r\nX-Evil: 1"),
        ("template_id", "canary-token/../me"),
        ("waba_id", "canary-token?fields=x"),
    ] {
        let said = complaint(&with(key, json!(value)));
        says(&said, &[&format!("\"{key}\" cannot be right")]);
        assert!(!said.contains("canary-token"), "{said}");
    }
}

#[test]
fn keys_that_this_program_does_not_know_are_left_alone() {
    drop(with("app_id", json!(["anything"])).start());
}
