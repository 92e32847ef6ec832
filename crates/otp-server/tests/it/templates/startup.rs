//! A start that finds its template paused, and what it warns of.

use graph_simulator::TEMPLATE_ID;
use serde_json::json;

use super::add;
use crate::app::PHONE;
use crate::process::Place;

#[test]
fn check_warns_of_a_message_that_may_come_after_the_text_message() {
    let configuration = |ttl: u32| {
        let place = Place::new();
        place.write(
            "otp-server.toml",
            "[graph]\napp_secret = \"simulator-app-secret\"\nwebhook_verify_token = \"let me in\"\n\
             [gateway]\nurl = \"https://sms.example.org/send\"\n\
             secret = \"whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=\"\n\
             [applications.shop]\nworkflow = [{ channel = \"whatsapp\", wait_seconds = 60 }, \"gateway\"]\n",
        );
        let id = place.simulator.add_template(json!({
            "name": "otp_short",
            "language": "en_US",
            "category": "AUTHENTICATION",
            "message_send_ttl_seconds": ttl,
            "components": [
                { "type": "BODY" },
                { "type": "BUTTONS", "buttons": [{ "type": "OTP", "otp_type": "COPY_CODE" }] },
            ],
        }));
        let mut account = crate::app::account_file();
        account["template_id"] = json!(id);
        place.account(&account);
        place.run(&["--check"])
    };
    let warned = configuration(300);
    assert_eq!(warned.code, Some(0), "{}", warned.err);
    for part in [
        "applications.shop.workflow: waits 60 s for WhatsApp",
        "template otp_short for 300 s",
        "after \"gateway\"",
        "`wa-setup --ttl-seconds 60`",
        "wait_seconds to 300",
    ] {
        assert!(warned.err.contains(part), "no {part:?} in {}", warned.err);
    }
    let quiet = configuration(60);
    assert_eq!(quiet.code, Some(0), "{}", quiet.err);
    assert!(!quiet.err.contains("waits 60 s"), "{}", quiet.err);
}

#[test]
fn a_server_starts_on_the_alternate_and_says_so() {
    let place = Place::with(
        "[graph]\nalternate_templates = [\"otp_second\", \"otp_nowhere\", \"otp_tap\"]\n",
    );
    let id = add(&place.simulator, "otp_second", "en_US");
    place.simulator.set_template_status(TEMPLATE_ID, "PAUSED");
    let greeting =
        format!("Verified OTP template 'otp_second' with ID {id} is approved and ready to send.");
    let checked = place.run(&["--check"]);
    let lines: Vec<&str> = checked.out.lines().collect();
    assert_eq!((checked.code, lines), (Some(0), vec![greeting.as_str()]));
    for part in [
        "template otp_demo is PAUSED in en_US; otp_second is used",
        "template otp_nowhere is not in the account, so it cannot take over",
    ] {
        assert!(checked.err.contains(part), "no {part:?} in {}", checked.err);
    }
    let server = place.start();
    assert!(server.said().starts_with(&greeting), "{}", server.said());
    assert_eq!(server.get("/readyz").status, 200);
    assert_eq!(server.get(&format!("/otp/{PHONE}")).status, 200);
    let sent = place.simulator.messages(PHONE);
    assert_eq!(sent[0].template.as_deref(), Some("otp_second"));
}
