//! Settings that are fine by themselves and wrong together.

use super::{loaded, refused};

#[test]
fn guessing_for_a_day_must_stay_under_one_in_ten_thousand() {
    let said = refused("code_length = 4");
    assert!(said.contains("limits.failed_checks_per_day: 10 guesses a day at codes of 4 digits"));
    assert!(
        said.contains("lower it to at most 1, or raise code_length"),
        "{said}"
    );
    loaded("code_length = 4\n[limits]\nfailed_checks_per_day = 1");
    loaded("code_length = 5");
    refused("code_length = 5\n[limits]\nfailed_checks_per_day = 11");
    loaded("[limits]\nfailed_checks_per_day = 100");
}

#[test]
fn a_request_outlasts_its_call_to_meta() {
    let said = refused("[http]\nrequest_timeout_seconds = 10");
    assert!(
        said.contains(
            "http.request_timeout_seconds: 10 is not more than graph.deadline_seconds, 10"
        )
    );
    loaded("[http]\nrequest_timeout_seconds = 11");
}

#[test]
fn a_step_that_nobody_would_tell_of_is_warned_about_with_what_to_set() {
    let workflow = |steps: &str| format!("[applications.shop]\nworkflow = [{steps}]\n");
    let gateway = "[gateway]\nurl = \"https://sms.example.org/send\"\n\
                   secret = \"whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=\"\n";
    let heard = "[graph]\napp_secret = \"a-secret\"\nwebhook_verify_token = \"let me in\"\n";
    let both = workflow("\"whatsapp\", \"gateway\"");
    let half = "[graph]\napp_secret = \"a-secret\"\n";
    for deaf in ["", half] {
        let warnings = loaded(&format!("{both}{gateway}{deaf}")).warnings;
        let [only] = &warnings[..] else {
            panic!("{warnings:?}")
        };
        for part in [
            "applications.shop.workflow",
            "\"whatsapp\" is delivered",
            "every code would go by \"gateway\" too",
            "set graph.app_secret and graph.webhook_verify_token",
            "docs/whatsapp.md",
            "wait for \"accepted\"",
        ] {
            assert!(only.contains(part), "no {part:?} in {only}");
        }
    }
    let quiet = |toml: &str| assert_eq!(loaded(toml).warnings, [""; 0], "{toml}");
    quiet(&format!("{both}{gateway}{heard}"));
    let accepted = "{ channel = \"whatsapp\", until = \"accepted\" }, \"gateway\"";
    quiet(&format!("{}{gateway}", workflow(accepted)));
    quiet(&workflow("\"whatsapp\""));
    // What the gateway does with a message it never tells.
    let turned = workflow("\"gateway\", \"whatsapp\"");
    let warnings = loaded(&format!("{turned}{gateway}{heard}")).warnings;
    assert!(
        matches!(&warnings[..], [only] if only.contains("nothing tells")),
        "{warnings:?}"
    );
}

#[test]
fn connecting_is_part_of_the_deadline() {
    let said = refused("[graph]\nconnect_timeout_seconds = 5\ndeadline_seconds = 4");
    assert!(
        said.contains("graph.connect_timeout_seconds: 5 is more than"),
        "{said}"
    );
    loaded("[graph]\nconnect_timeout_seconds = 4\ndeadline_seconds = 4");
}

#[test]
fn stopping_waits_for_requests_in_flight() {
    let said = refused("[http]\nshutdown_timeout_seconds = 19");
    assert!(
        said.contains("http.shutdown_timeout_seconds: 19 is less than"),
        "{said}"
    );
    loaded("[http]\nshutdown_timeout_seconds = 20");
}

#[test]
fn metrics_cannot_listen_where_the_server_does() {
    assert!(
        refused("[metrics]\nlisten = \"127.0.0.1:3000\"")
            .contains("metrics.listen: is the address")
    );
    loaded("[metrics]\nlisten = \"127.0.0.1:3001\"");
    loaded("port = 0\n[metrics]\nlisten = \"127.0.0.1:0\"");
}

#[test]
fn disagreements_are_reported_next_to_other_problems() {
    let said = refused("colour = \"red\"\n[http]\nrequest_timeout_seconds = 5");
    assert!(
        said.contains("colour: is not") && said.contains("request_timeout_seconds: 5 is"),
        "{said}"
    );
}

#[test]
fn a_graph_version_about_to_end_is_warned_about() {
    let warnings = loaded("api_version = \"v21.0\"").warnings;
    assert!(
        warnings
            .iter()
            .any(|line| line.contains("v21.0 ends 2027-01-21")),
        "{warnings:?}"
    );
    assert_eq!(loaded("api_version = \"v22.0\"").warnings, [""; 0]);
}

#[test]
fn a_store_that_forgets_is_warned_about() {
    assert!(
        loaded("[store]\nkind = \"memory\"").warnings[0].contains("lost when the process ends")
    );
}

#[test]
fn a_token_in_the_clear_on_the_network_is_refused() {
    assert!(refused("graph_url = \"http://graph.test:9100\"").contains("in the clear"));
    for near in [
        "http://localhost:9100",
        "http://127.0.0.2",
        "http://[::1]:1",
        "https://graph.test",
    ] {
        assert_eq!(
            loaded(&format!("graph_url = \"{near}\"")).warnings,
            [""; 0],
            "{near}"
        );
    }
}
