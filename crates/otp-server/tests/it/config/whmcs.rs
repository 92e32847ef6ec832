//! Notices of WHMCS' invoices: what is set together, and what may not cross a network.

use std::time::Duration;

use super::{Place, complaint, loaded, refused, setting};

const API: &str = "[whmcs]\nurl = \"https://billing.example.com/whmcs/\"\nidentifier = \"us\"\n";

#[test]
fn whmcs_is_left_alone_unless_it_is_set() {
    let whmcs = loaded("").config.whmcs;
    assert_eq!(whmcs.api, None);
    assert_eq!(whmcs.invoice_template, None);
    assert_eq!(whmcs.invoice_language, "en_US");
}

#[test]
fn what_calls_whmcs_is_read_and_its_secret_not_printed() {
    let loaded = loaded(&format!(
        "{API}secret = \"hunter2\"\ntime_out_seconds = 7\ninvoice_template = \"invoice_created\"\ninvoice_language = \"de\""
    ));
    let whmcs = &loaded.config.whmcs;
    let api = whmcs.api.as_ref().unwrap();
    assert_eq!(
        (api.identifier.as_str(), api.secret.reveal(), api.time_out),
        ("us", "hunter2", Duration::from_secs(7))
    );
    assert_eq!(whmcs.invoice_template.as_deref(), Some("invoice_created"));
    assert_eq!(whmcs.invoice_language, "de");
    assert_eq!(loaded.warnings, [""; 0]);
    let printed = format!("{loaded:?}");
    assert!(!printed.contains("hunter2"), "{printed}");
}

#[test]
fn the_secret_can_stand_in_a_file_of_its_own_and_in_one_place_only() {
    let place = Place::with(&format!("{API}secret_file = \"secret.txt\""));
    let said = place.load(&[]).unwrap_err().to_string();
    assert!(said.contains("whmcs.secret_file: ") && said.contains("cannot be read"));
    assert!(said.starts_with("1 problem"), "{said}");
    place.write("secret.txt", "hunter2\n");
    let config = place.load(&[]).unwrap().config;
    assert_eq!(config.whmcs.api.unwrap().secret.reveal(), "hunter2");

    let twice = format!("{API}secret = \"hunter2\"\nsecret_file = \"secret.txt\"");
    assert!(complaint(&twice).contains("whmcs.secret: is set together with whmcs.secret_file"));
}

#[test]
fn address_identifier_and_secret_are_set_together() {
    for (lines, said) in [
        (
            "url = \"https://x.test\"",
            "whmcs.url: is set without whmcs.identifier and whmcs.secret; set whmcs.identifier and whmcs.secret too, or take whmcs.url out",
        ),
        (
            "identifier = \"us\"\nsecret = \"hunter2\"",
            "whmcs.identifier: is set without whmcs.url; set whmcs.url too, or take whmcs.identifier and whmcs.secret out",
        ),
        (
            "secret = \"hunter2\"",
            "whmcs.secret: is set without whmcs.url and whmcs.identifier",
        ),
    ] {
        let refused = refused(&format!("[whmcs]\n{lines}"));
        assert!(refused.contains(said), "{refused}");
        assert!(refused.starts_with("1 problem"), "{refused}");
        assert!(!refused.contains("hunter2"), "{refused}");
    }
}

#[test]
fn a_secret_in_the_clear_on_the_network_is_refused() {
    let at = |url: &str| {
        complaint(&format!(
            "[whmcs]\nurl = \"{url}\"\nidentifier = \"us\"\nsecret = \"hunter2\""
        ))
    };
    for url in ["http://billing.example.com", "http://10.0.0.1"] {
        assert!(at(url).contains("whmcs.url: is http:// to another machine"));
        assert!(at(url).starts_with("1 problem"), "{}", at(url));
    }
    for url in [
        "https://billing.example.com:8443/whmcs",
        "http://127.0.0.1:8080",
    ] {
        assert_eq!(at(url), "", "{url}");
    }
    assert!(!at("https://ann:hunter3@x.test").contains("hunter"));
}

#[test]
fn a_templates_name_and_language_are_metas() {
    for (key, wrong) in [
        ("whmcs.invoice_template", "Invoice Created"),
        ("whmcs.invoice_template", ""),
        ("whmcs.invoice_language", "english"),
        ("whmcs.invoice_language", "e"),
    ] {
        let said = refused(&setting(key, &format!("{wrong:?}")));
        assert!(said.contains(key), "{said}");
    }
    loaded(&setting("whmcs.invoice_template", "\"invoice_2\""));
}

#[test]
fn a_request_outlasts_what_whmcs_is_asked() {
    let with = |time_out: u32| {
        complaint(&format!(
            "{API}secret = \"s\"\ntime_out_seconds = {time_out}\n"
        ))
    };
    assert!(
        with(20).contains(
            "whmcs.time_out_seconds: 20 is not less than http.request_timeout_seconds, 20"
        )
    );
    assert_eq!(with(19), "");
}

#[test]
fn an_api_without_a_template_is_warned_about() {
    let warnings = loaded(&format!("{API}secret = \"s\"")).warnings;
    assert!(
        warnings[0].contains("whmcs.invoice_template is not"),
        "{warnings:?}"
    );
}
