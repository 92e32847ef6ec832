//! The face as an operator sets it up.

use std::time::Duration;

use otp_core::{ChannelKind, Until};
use otp_server::config::Config;

use crate::app::TestApp;
use crate::config::{complaint, loaded};

const VONAGE: &str = "[vonage]\napplication_id = \"a\"\nprivate_key = \"x\"\nmessenger_page_id = \"1\"\nsms_from = \"X\"\n";
const ON: &str = "[dispatch_face]\nenabled = true\n";

#[actix_web::test]
async fn it_is_off_unless_it_is_chosen() {
    assert!(!Config::default().dispatch_face.enabled);
    assert!(Config::default().applications.is_empty());
    let app = TestApp::start().await;
    for path in ["/", "/dispatch/otp/1/12345"] {
        app.get(path).await.is(404, "Not found.");
    }
    app.post("/dispatch/otp/1", "{}")
        .await
        .is(404, "Not found.");
}

#[test]
fn its_application_has_what_the_contract_wants_unless_it_says_otherwise() {
    let config = loaded(&format!("{VONAGE}{ON}")).config;
    let own = &config.applications["dispatch"];
    assert_eq!(own.code_length, Some(5));
    assert_eq!(own.code_lifetime, Some(Duration::from_mins(5)));
    let steps = own.workflow.as_ref().unwrap().steps();
    let (first, second) = (&steps[0], &steps[1]);
    assert_eq!(
        (first.channel, first.wait, first.until),
        (ChannelKind::Messenger, Duration::from_mins(2), Until::Read)
    );
    assert_eq!(second.channel, ChannelKind::VonageSms);
    let otherwise = "application = \"tutorial\"\n[applications.tutorial]\ncode_length = 6\n\
                     code_lifetime_minutes = 3\nworkflow = [\"whatsapp\"]\n";
    let config = loaded(&format!("{ON}{otherwise}")).config;
    assert!(!config.applications.contains_key("dispatch"));
    let own = &config.applications["tutorial"];
    assert_eq!(own.code_length, Some(6));
    assert_eq!(own.code_lifetime, Some(Duration::from_mins(3)));
    assert_eq!(
        own.workflow.as_ref().unwrap().first(),
        ChannelKind::WhatsApp
    );
}

#[test]
fn what_does_not_go_together_is_named_with_what_to_do() {
    let on = format!("{VONAGE}{ON}");
    let public = format!("address = \"0.0.0.0\"\n{on}open = true\n");
    for (toml, said) in [
        (
            ON.to_owned(),
            "applications.dispatch.workflow: names \"messenger\", which is not configured",
        ),
        (ON.to_owned(), "set vonage.messenger_page_id"),
        (
            format!("{on}prefix = \"/otp\"\n"),
            "set sample_face.enabled = false",
        ),
        (
            format!("{on}prefix = \"/OTP/x\"\n"),
            "where the sample face is",
        ),
        (
            format!("{on}prefix = \"/v1/otp\"\n"),
            "/v1, which is served already",
        ),
        (format!("{on}prefix = \"otp\"\n"), "is not such a path"),
        (format!("{on}prefix = \"/a/\"\n"), "is not such a path"),
        (
            format!("{on}prefix = \"/{{token}}\"\n"),
            "is not such a path",
        ),
        (
            format!("{on}application = \"default\"\n"),
            "the other faces act for",
        ),
        (format!("{on}application = \"Big Shop\"\n"), "is no name"),
        // Five digits and more guesses a day than their odds allow.
        (
            format!("{on}[applications.dispatch]\nfailed_checks_per_day = 11\n"),
            "lower it to at most 10, or raise code_length",
        ),
    ] {
        let complaint = complaint(&toml);
        assert!(complaint.contains(said), "{toml}\n{complaint}");
    }
    let off = "[sample_face]\nenabled = false\n";
    assert_eq!(complaint(&format!("{on}prefix = \"/otp\"\n{off}")), "");
    let warnings = loaded(&public).warnings.join("\n");
    assert!(
        warnings.contains("dispatch_face.open is true"),
        "{warnings}"
    );
}
