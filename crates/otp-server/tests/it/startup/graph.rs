//! What Meta may say to a start, and what may stand between us and Meta.

use std::time::Duration;

use graph_simulator::{Effect, Fault, FaultTarget, TEMPLATE_ID};
use otp_server::clock::Stopwatch;
use serde_json::json;

use super::{complaint, complaint_of, says};
use crate::app::account_file;
use crate::process::{Place, free_port};

/// A start must not make its operator wait for longer than the deadlines, and a little.
const IMPATIENT: &str = "[graph]\nconnect_timeout_seconds = 1\ndeadline_seconds = 1\n";

#[test]
fn a_template_that_is_not_there_is_named_with_its_id() {
    let place = Place::new();
    let mut account = account_file();
    account["template_id"] = json!("999999999999999");
    place.account(&account);
    says(
        &complaint(&place),
        &["999999999999999", "was not found", "template_id"],
    );
    let place = Place::new();
    place.simulator.delete_template(TEMPLATE_ID);
    says(&complaint(&place), &[TEMPLATE_ID, "was not found"]);
}

#[test]
fn a_template_that_is_not_approved_is_named_with_its_status() {
    for status in ["PENDING", "PAUSED", "REJECTED", "DISABLED"] {
        let place = Place::new();
        place.simulator.set_template_status(TEMPLATE_ID, status);
        says(
            &complaint(&place),
            &[
                "'otp_demo'",
                TEMPLATE_ID,
                status,
                "not APPROVED",
                "WhatsApp Manager",
            ],
        );
    }
}

#[test]
fn a_template_that_is_not_for_codes_is_refused() {
    let place = Place::new();
    let id = place.simulator.add_template(json!({
        "name": "order_update",
        "language": "en_US",
        "category": "UTILITY",
        "message_send_ttl_seconds": 600,
        "components": [{ "type": "BODY", "text": "Your order is on its way." }],
    }));
    let mut account = account_file();
    account["template_id"] = json!(id);
    place.account(&account);
    says(
        &complaint(&place),
        &["'order_update'", "no AUTHENTICATION template"],
    );
}

#[test]
fn a_default_language_that_the_template_does_not_have_is_named() {
    let place = Place::with("[graph]\ndefault_language = \"sv\"\n");
    says(
        &complaint(&place),
        &["default language sv", "en_US", "graph.default_language"],
    );
}

#[test]
fn a_refused_token_is_told_apart_and_never_shown() {
    let place = Place::new();
    let mut account = account_file();
    account["access_token"] = json!("EAAcanarytokencanarytokencanary");
    place.account(&account);
    let ended = place.run(&[]);
    let said = complaint_of(&ended);
    says(
        &said,
        &["refuses the access token", "190", "System User token"],
    );
    assert!(!ended.err.contains("canary"), "{}", ended.err);
}

#[test]
fn a_token_without_the_permissions_is_refused_in_metas_words() {
    let place = Place::new();
    place.simulator.set_scopes(&[]);
    let said = complaint(&place);
    says(&said, &["refuses", "hint: "]);
}

#[test]
fn a_closed_port_is_unreachable() {
    let place = Place::new().calling(&format!("http://127.0.0.1:{}", free_port()));
    says(
        &complaint(&place),
        &[
            "cannot be reached",
            "cannot connect",
            "hint: check the network",
        ],
    );
}

#[test]
fn a_host_without_an_address_is_unreachable() {
    let place = Place::new().calling("https://graph.invalid");
    says(
        &complaint(&place),
        &["cannot be reached", "resolve the host name"],
    );
}

#[test]
fn a_connection_that_is_cut_a_page_of_garbage_and_a_silence_are_told_apart() {
    let cases = [
        (Effect::Drop, "connection ended before the answer"),
        (Effect::DropAnswer, "connection ended before the answer"),
        (Effect::Garbage, "is not what graph answers"),
        (
            Effect::Delay(Duration::from_mins(1)),
            "no answer before the deadline",
        ),
        (
            Effect::Drip(Duration::from_millis(300)),
            "no answer before the deadline",
        ),
    ];
    for (effect, cause) in cases {
        let place = Place::with(IMPATIENT);
        place
            .simulator
            .fault(Fault::new(FaultTarget::Template, effect.clone()).times(9));
        let waiting = Stopwatch::start();
        let said = complaint(&place);
        says(
            &said,
            &["cannot be reached", cause, "hint: check the network"],
        );
        assert!(waiting.elapsed() < Duration::from_secs(10), "{effect:?}");
    }
}

#[test]
fn trouble_with_the_list_of_languages_stops_a_start_too() {
    let place = Place::with(IMPATIENT);
    place
        .simulator
        .fault(Fault::new(FaultTarget::Templates, Effect::Garbage).times(9));
    says(
        &complaint(&place),
        &["cannot be reached", "is not what graph answers"],
    );
}

#[test]
fn an_error_of_metas_own_is_told_with_its_code() {
    let place = Place::new();
    place
        .simulator
        .fault(Fault::error(FaultTarget::Template, 131_000).times(9));
    says(
        &complaint(&place),
        &["cannot serve the request now", "131000", "try again"],
    );
    let place = Place::new();
    place
        .simulator
        .fault(Fault::error(FaultTarget::Template, 200).times(9));
    says(
        &complaint(&place),
        &["refuses to show the account", "200", "doctor"],
    );
}

#[test]
fn a_wrong_account_or_number_is_named() {
    let place = Place::new();
    let mut account = crate::app::account_file();
    account["waba_id"] = "999".into();
    place.account(&account);
    says(
        &complaint(&place),
        &["Business Account 999 was not found", "check waba_id"],
    );
    let mut account = crate::app::account_file();
    account["phone_number_id"] = "998".into();
    place.account(&account);
    says(
        &complaint(&place),
        &[
            "phone number with id 998 was not found",
            "check phone_number_id",
        ],
    );
}

#[test]
fn a_token_is_not_sent_in_the_clear_to_another_machine() {
    let place = Place::new().calling("http://graph.invalid");
    says(
        &complaint(&place),
        &["graph_url", "in the clear", "use https://"],
    );
}

#[test]
fn a_template_that_an_application_names_must_be_there() {
    let place = Place::new();
    place.write(
        "otp-server.toml",
        "[applications.shop]\ntemplates = { de = \"shop_otp_de\" }\n",
    );
    says(
        &complaint(&place),
        &[
            "application \"shop\"",
            "'shop_otp_de'",
            "not approved in de",
        ],
    );
}
