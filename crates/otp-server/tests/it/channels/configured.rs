//! Ways as an operator sets them up: from the configuration file to the message.

use std::fs;

use otp_core::ChannelKind;
use otp_server::channel::{Channel, Message};
use otp_server::clock::Clock;
use otp_server::config::Config;

use super::mail_server::MailServer;
use super::{CODE, PHONE, PSID, gateway, message, twilio, vonage};
use crate::app::TestApp;
use crate::config::{complaint, loaded};

/// The channels that this server has.
fn kinds(app: &TestApp) -> Vec<ChannelKind> {
    let all = app.service.channels().all();
    all.iter().map(Channel::kind).collect()
}

#[actix_web::test]
async fn nothing_beside_whatsapp_is_made_unless_it_is_chosen() {
    let app = TestApp::start().await;
    assert_eq!(
        kinds(&app),
        [ChannelKind::WhatsApp, ChannelKind::WhatsAppText]
    );
    let config = Config::default();
    assert!(config.vonage.is_none() && config.twilio.is_none());
    assert!(config.smtp.is_none() && config.gateway.is_none());
}

#[actix_web::test]
async fn every_way_that_is_configured_delivers() {
    let desk = super::desk::Desk::open();
    let (by_vonage, by_twilio) = (vonage::simulator_that_tells(None), twilio::simulator());
    let mail = MailServer::start("starttls");
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let toml = format!(
        r#"
        [texts]
        chat = {{ en = "Example: {{code}}" }}

        [vonage]
        application_id = "{application}"
        private_key_file = "{key}"
        messenger_page_id = "107083064136738"
        sms_from = "Example"
        url = "{vonage}"

        [twilio]
        account_sid = "{account}"
        auth_token_file = "{token}"
        from = "+15017122661"
        url = "{twilio}"

        [smtp]
        host = "localhost"
        port = {port}
        username = "otp"
        password = "hunter2"
        from = "Example <codes@example.com>"
        ca_file = "{ca}"

        [gateway]
        url = "{desk}/sms"
        secret = "{secret}"
        "#,
        application = vonage::APPLICATION,
        key = file("private.key", vonage::keys().0.as_bytes()),
        vonage = by_vonage.url(),
        account = twilio::ACCOUNT,
        token = file("token", twilio::TOKEN.as_bytes()),
        twilio = by_twilio.url(),
        port = mail.port,
        ca = file("ca.pem", &mail.authority),
        desk = desk.url,
        secret = gateway::SECRET,
    );
    let configured = loaded(&toml).config;
    let printed = format!("{configured:?}");
    for secret in ["PRIVATE KEY", twilio::TOKEN, "hunter2", gateway::SECRET] {
        assert!(!printed.contains(secret), "{printed}");
    }
    // By the real time, which the token for Vonage is of.
    let secret = folder.path().join("secret");
    let app = TestApp::start_by(Clock::system(), secret, |config| {
        config.texts = configured.texts;
        config.vonage = configured.vonage;
        config.twilio = configured.twilio;
        config.smtp = configured.smtp;
        config.gateway = configured.gateway;
    })
    .await;
    let ways = [
        ChannelKind::WhatsApp,
        ChannelKind::WhatsAppText,
        ChannelKind::Messenger,
        ChannelKind::VonageSms,
        ChannelKind::TwilioSms,
        ChannelKind::Email,
        ChannelKind::Gateway,
    ];
    assert_eq!(kinds(&app), ways);
    // Only now does WhatsApp take free text.
    app.simulator.inbound_text(PHONE, "hello");
    for channel in ways {
        let message = Message {
            channel,
            ..message()
        };
        let delivered = app.service.channels().deliver(&message).await;
        assert!(delivered.is_ok(), "{}: {delivered:?}", channel.name());
    }
    assert_eq!(by_vonage.messages(PSID)[0].text, "Example: 042719");
    assert_eq!(by_vonage.last_code(PHONE).as_deref(), Some(CODE));
    assert_eq!(by_twilio.last_code(PHONE).as_deref(), Some(CODE));
    assert_eq!(mail.next()["user"], "otp");
    assert_eq!(desk.arrivals().len(), 1);
}

#[test]
fn what_a_way_lacks_is_named_with_what_to_do() {
    let key = "private_key = \"x\"";
    for (toml, place, said) in [
        (
            "[vonage]\nsms_from = \"X\"",
            "vonage.sms_from",
            "vonage.application_id",
        ),
        (
            "[vonage]\napplication_id = \"a\"\nsms_from = \"X\"",
            "vonage.application_id",
            "private_key_file",
        ),
        (
            &*format!("[vonage]\napplication_id = \"a\"\n{key}"),
            "vonage.application_id",
            "sms_from",
        ),
        (
            "[twilio]\nfrom = \"X\"",
            "twilio.from",
            "twilio.account_sid",
        ),
        (
            "[twilio]\naccount_sid = \"AC0123456789abcdef0123456789abcdef\"\nfrom = \"X\"",
            "twilio.account_sid",
            "auth_token",
        ),
        (
            "[twilio]\naccount_sid = \"AC0123456789abcdef0123456789abcdef\"\nauth_token = \"t\"",
            "twilio.account_sid",
            "messaging_service_sid",
        ),
        ("[smtp]\nusername = \"X\"", "smtp.username", "smtp.host"),
        ("[smtp]\nhost = \"localhost\"", "smtp.host", "smtp.from"),
        (
            "[smtp]\nhost = \"mail.example.com\"\nsecurity = \"plain\"\nfrom = \"a@b.example\"",
            "smtp.security",
            "starttls or tls",
        ),
        (
            "[gateway]\nurl = \"https://gw.example.com/sms\"",
            "gateway.url",
            "gateway.secret",
        ),
        (
            "[gateway]\nurl = \"https://gw.example.com/sms\"\nsecret = \"hunter2\"",
            "gateway.secret",
            "whsec_",
        ),
        (
            "[gateway]\nurl = \"http://gw.example.com/sms\"",
            "gateway.url",
            "to another machine",
        ),
        ("[texts]\nsms = { en = \"hello\" }", "texts.sms", "{code}"),
        (
            "[texts]\ndefault_language = \"nl\"",
            "texts.default_language",
            "nl",
        ),
        (
            "[texts]\nsms_origin = \"https://example.com\"",
            "texts.sms_origin",
            "host name",
        ),
    ] {
        let complaint = complaint(toml);
        assert!(
            complaint.contains(&format!("{place}: ")),
            "{toml}\n{complaint}"
        );
        assert!(complaint.contains(said), "{toml}\n{complaint}");
        assert!(!complaint.contains("hunter2"), "{complaint}");
    }
}

#[test]
fn a_way_may_not_wait_longer_than_the_request_that_waits_for_it() {
    let toml = format!(
        "[gateway]\nurl = \"https://gw.example.com/sms\"\nsecret = \"{}\"\ndeadline_seconds = 20",
        gateway::SECRET
    );
    let said = complaint(&toml);
    assert!(said.contains("gateway.deadline_seconds"), "{said}");
}

#[test]
fn a_text_message_that_costs_twice_is_warned_of() {
    let gateway = format!(
        "[gateway]\nurl = \"https://gw.example.com/sms\"\nsecret = \"{}\"\n",
        gateway::SECRET
    );
    let long = "ş".repeat(70);
    let toml = format!("{gateway}[texts]\nsms = {{ tr = \"{{code}} {long}\" }}");
    let warnings = loaded(&toml).warnings;
    assert!(
        matches!(&*warnings, [only] if only.contains("in tr takes 2 messages") && only.contains("70 letters")),
        "{warnings:?}"
    );
    assert_eq!(loaded(&gateway).warnings, [""; 0]);
}

#[actix_web::test]
async fn a_key_that_is_none_stops_the_start_with_a_hint() {
    let vonage = loaded(
        "[vonage]\napplication_id = \"a\"\nprivate_key = \"no key\"\nsms_from = \"Example\"",
    );
    let said = TestApp::refusal(|config| config.vonage = vonage.config.vonage).await;
    assert!(
        said.contains("no RSA key") && said.contains("hint: vonage.private_key_file"),
        "{said}"
    );
}

#[test]
fn a_way_that_is_waited_for_and_never_heard_of_is_warned_of() {
    let vonage = "[vonage]\napplication_id = \"a\"\nprivate_key = \"k\"\nsms_from = \"Example\"\n";
    let twilio = format!(
        "[twilio]\naccount_sid = \"{}\"\nauth_token = \"t\"\nfrom = \"Example\"\n",
        twilio::ACCOUNT
    );
    let workflow = |steps: &str| format!("[applications.default]\nworkflow = [{steps}]\n");
    let public = "[http]\npublic_url = \"https://otp.example.com\"\n";
    let secret = "signature_secret = \"s\"\n";
    for (toml, wanted) in [
        (
            format!(
                "{vonage}{twilio}{}",
                workflow("\"vonage_sms\", \"twilio_sms\"")
            ),
            Some("\"vonage_sms\""),
        ),
        (
            format!(
                "{vonage}{secret}{twilio}{}",
                workflow("\"vonage_sms\", \"twilio_sms\"")
            ),
            None,
        ),
        (
            format!(
                "{vonage}{secret}{twilio}{}",
                workflow("\"twilio_sms\", \"vonage_sms\"")
            ),
            Some("http.public_url"),
        ),
        (
            format!(
                "{vonage}{secret}{twilio}{public}{}",
                workflow("\"twilio_sms\", \"vonage_sms\"")
            ),
            None,
        ),
        (
            format!("{twilio}{}", workflow("\"whatsapp\", \"twilio_sms\"")),
            Some("graph.app_secret"),
        ),
        (
            format!(
                "{twilio}[graph]\napp_secret = \"s\"\nwebhook_verify_token = \"t\"\n{}",
                workflow("\"whatsapp\", \"twilio_sms\"")
            ),
            None,
        ),
        (
            format!(
                "{twilio}{}",
                workflow("{ channel = \"whatsapp\", until = \"accepted\" }, \"twilio_sms\"")
            ),
            None,
        ),
    ] {
        let warnings = loaded(&toml).warnings;
        match wanted {
            Some(wanted) => {
                assert!(
                    warnings.iter().any(|one| one.contains(wanted)),
                    "{toml}{warnings:?}"
                );
            }
            None => assert_eq!(warnings, [""; 0], "{toml}"),
        }
    }
}

#[test]
fn providers_are_told_the_public_address_where_what_they_tell_can_be_checked() {
    let key = "[twilio]\napi_key = \"SK0123456789abcdef0123456789abcdef\"\napi_key_secret = \"s\"\nfrom = \"Example\"\n";
    let account = format!("{key}account_sid = \"{}\"\n", twilio::ACCOUNT);
    let public = "[http]\npublic_url = \"https://otp.example.com/behind/\"\n";
    let callback = |toml: &str| loaded(toml).config.twilio.unwrap().options.status_callback;
    assert_eq!(callback(&format!("{account}{public}")), None);
    let token = format!("{account}auth_token = \"t\"\n");
    assert_eq!(callback(&token), None);
    assert_eq!(
        callback(&format!("{token}{public}")).as_deref(),
        Some("https://otp.example.com/behind/webhooks/twilio#rc=2&rp=all")
    );
    let own = format!("{token}status_callback = \"https://a.example/b?c=1#rc=5\"\n{public}");
    assert_eq!(
        callback(&own).as_deref(),
        Some("https://a.example/b?c=1#rc=5")
    );
    let unchecked = format!("{account}status_callback = \"https://a.example/b\"\n");
    let warnings = loaded(&unchecked).warnings;
    assert!(
        warnings[0].contains("twilio.auth_token is not"),
        "{warnings:?}"
    );
    for (toml, said) in [
        (
            "[http]\npublic_url = \"http://otp.example.com\"",
            "to another machine",
        ),
        (
            "[http]\npublic_url = \"https://otp.example.com?x=1\"",
            "has a query",
        ),
        (
            "[twilio]\nstatus_callback = \"https://a.example/#<x>\"",
            "connection override",
        ),
    ] {
        let said_of_it = complaint(toml);
        assert!(said_of_it.contains(said), "{toml}\n{said_of_it}");
    }
}
