//! A template as Meta shows it.

use serde_json::{Map, Value, json};

use super::super::{Answer, fields, health};
use crate::world::{Account, Template};

const USUAL: [&str; 6] = [
    "name",
    "parameter_format",
    "components",
    "language",
    "status",
    "category",
];
const KNOWN: [&str; 5] = [
    "cta_url_link_tracking_opted_out",
    "degrees_of_freedom_spec",
    "library_template_name",
    "sub_category",
    "correct_category",
];

/// The chosen fields of a template.
pub(super) fn template(
    account: &Account,
    template: &Template,
    wanted: Option<&[String]>,
) -> Answer {
    let is_wanted =
        |name: &str| wanted.is_some_and(|names| names.iter().any(|known| known == name));
    let mut node: Map<String, Value> = Map::new();
    let mut set = |name: &str, value: Value| node.insert(name.to_owned(), value);
    set("id", json!(template.id.to_string()));
    set("name", json!(template.name));
    set("parameter_format", json!(parameter_format(template)));
    set("components", json!(template.components));
    set("language", json!(template.language));
    set("status", json!(template.status));
    set("category", json!(template.category));
    set("previous_category", json!(template.category));
    set(
        "rejected_reason",
        json!(if template.status == "REJECTED" {
            "INVALID_FORMAT"
        } else {
            "NONE"
        }),
    );
    if is_wanted("quality_score") {
        set(
            "quality_score",
            json!({"score": "UNKNOWN", "date": account_start()}),
        );
    }
    if let Some(seconds) = template.ttl_seconds {
        set("message_send_ttl_seconds", json!(seconds));
    } else if template.face.is_authentication {
        set("message_send_ttl_seconds", json!(600));
    }
    if is_wanted("health_status") {
        set("health_status", health::of_template(account, template));
    }
    fields::choose(&node, wanted, &USUAL, &KNOWN, "WhatsAppMessageTemplate")
}

/// Quality is scored once a day; this one was scored when the account was new.
fn account_start() -> u64 {
    1_767_600_000
}

fn parameter_format(template: &Template) -> &'static str {
    let is_positional = template
        .face
        .body_parameters
        .iter()
        .all(|name| name.bytes().all(|byte| byte.is_ascii_digit()));
    if is_positional { "POSITIONAL" } else { "NAMED" }
}
