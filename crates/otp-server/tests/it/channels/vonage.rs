//! Vonage: what is sent, and what each refusal means.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use graph_simulator::{
    Effect, Fault, FaultTarget, Receipts, Simulator, SimulatorConfig, VonageConfig,
};
use otp_core::PhoneNumber;
use otp_server::channel::breaker::Breaker;
use otp_server::channel::text::{Origin, TextOptions, Texts};
use otp_server::channel::vonage::{InvalidVonage, Vonage, VonageChannel, VonageOptions, VonageWay};
use otp_server::channel::{Channel, DeliveryError, HttpOptions, ProviderSecret};
use otp_server::clock::Clock;

use super::{CODE, PHONE, PSID, advice, breaker, hasty, is_fit_for_a_log, message, message_to};
use super::{patient, texts};

pub(crate) const APPLICATION: &str = "aaaaaaaa-bbbb-cccc-dddd-0123456789ab";
pub(crate) const SIGNATURE_SECRET: &str = "a-signature-secret-of-thirty-two-b";

/// The application's keys, private and public, made once: making one takes a while.
pub(crate) fn keys() -> &'static (String, String) {
    static KEYS: OnceLock<(String, String)> = OnceLock::new();
    KEYS.get_or_init(|| {
        let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
        (pair.serialize_pem(), pair.public_key_pem())
    })
}

fn simulator() -> Simulator {
    simulator_that_tells(None)
}

pub(crate) fn simulator_that_tells(webhooks: Option<&str>) -> Simulator {
    Simulator::start(SimulatorConfig {
        receipts: Receipts::Manual,
        vonage: Some(VonageConfig {
            application_id: APPLICATION.to_owned(),
            public_key: keys().1.clone(),
            signature_secret: SIGNATURE_SECRET.to_owned(),
            status_url: webhooks.map(|url| format!("{url}/status")),
            inbound_url: webhooks.map(|url| format!("{url}/inbound")),
        }),
        ..SimulatorConfig::default()
    })
    .unwrap()
}

fn options(url: &str, http: HttpOptions) -> VonageOptions {
    VonageOptions {
        url: url.to_owned(),
        application_id: APPLICATION.to_owned(),
        private_key: ProviderSecret::new(&keys().0),
        status_webhook: None,
        http,
    }
}

pub(super) fn messenger() -> VonageWay {
    VonageWay::Messenger {
        page_id: "107083064136738".to_owned(),
    }
}

fn sms() -> VonageWay {
    VonageWay::Sms {
        from: "ExampleCo".to_owned(),
    }
}

fn channel_with(
    options: &VonageOptions,
    way: VonageWay,
    texts: Arc<Texts>,
    breaker: Arc<Breaker>,
) -> Channel {
    let vonage = Vonage::new(options, texts, Clock::system()).unwrap();
    Channel::Vonage(VonageChannel::new(Arc::new(vonage), Arc::new(way), breaker))
}

pub(super) fn channel(simulator: &Simulator, way: VonageWay) -> Channel {
    let options = options(&simulator.url(), patient());
    channel_with(&options, way, texts(), breaker().0)
}

#[actix_web::test]
async fn a_code_goes_out_over_messenger_to_the_persons_id() {
    let simulator = simulator();
    let channel = channel(&simulator, messenger());
    let accepted = channel.deliver(&message()).await.unwrap();
    let [sent] = <[_; 1]>::try_from(simulator.messages(PSID)).unwrap();
    assert_eq!(sent.id, accepted.message_id);
    assert_eq!((sent.kind.as_str(), sent.to.as_str()), ("messenger", PSID));
    assert_eq!(
        sent.text,
        "042719 is your verification code. It expires in 5 min. Do not share it with anyone."
    );
    assert_eq!(sent.opaque, Some(message().reference()));
    assert_eq!(simulator.message_count(), 1);
    assert_eq!(channel.kind().name(), "messenger");
}

#[actix_web::test]
async fn a_code_goes_out_as_a_text_message_in_the_persons_language_with_the_line_for_browsers() {
    let simulator = simulator();
    let texts = Texts::new(TextOptions {
        origin: Some(Origin::parse("example.com").unwrap()),
        ..TextOptions::default()
    });
    let options = options(&simulator.url(), patient());
    let channel = channel_with(&options, sms(), Arc::new(texts.unwrap()), breaker().0);
    let mut message = message();
    message.languages = vec!["de-AT".to_owned(), "en".to_owned()];
    channel.deliver(&message).await.unwrap();
    let [sent] = <[_; 1]>::try_from(simulator.messages(PHONE)).unwrap();
    assert_eq!((sent.kind.as_str(), sent.to.as_str()), ("sms", PHONE));
    assert_eq!(
        sent.text,
        "042719 ist Ihr Code. Er gilt 5 Min. Geben Sie ihn niemandem weiter.\n\n@example.com #042719"
    );
    assert_eq!(simulator.last_code(PHONE).as_deref(), Some(CODE));
}

#[actix_web::test]
async fn a_person_without_the_address_that_a_way_needs_cannot_be_reached_that_way() {
    let simulator = simulator();
    let phone_only = message_to(PhoneNumber::parse(PHONE).unwrap().into());
    let error = channel(&simulator, messenger())
        .deliver(&phone_only)
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "undeliverable: no Messenger id is known of this person"
    );
    let error = channel(&simulator, sms())
        .deliver(&message_to(super::on_messenger_only()))
        .await
        .unwrap_err();
    assert_eq!(advice(&error), "undeliverable");
    assert_eq!(simulator.requests(), 0);
}

#[actix_web::test]
async fn each_refusal_says_what_to_do() {
    let simulator = simulator();
    let channel = channel(&simulator, sms());
    for (http, code, wanted) in [
        (None, 1000, "throttled"),
        (None, 1070, "channel down"),
        (None, 1120, "rejected"),
        (None, 1170, "undeliverable"),
        (None, 1350, "undeliverable"),
        (None, 1030, "uncertain"),
        (Some(401), 0, "channel down"),
        (Some(403), 0, "channel down"),
        (Some(404), 0, "channel down"),
        (Some(503), 0, "uncertain"),
        (Some(422), 1150, "rejected"),
    ] {
        let fault = Effect::Error {
            http,
            code,
            subcode: None,
            details: None,
        };
        simulator.fault(Fault::new(FaultTarget::Vonage, fault));
        let error = channel.deliver(&message()).await.unwrap_err();
        assert_eq!(advice(&error), wanted, "{http:?} {code}: {error}");
        assert!(error.to_string().contains(&format!("#{code}")), "{error}");
        is_fit_for_a_log(&error);
        let wait = (code == 1000).then_some(Duration::from_secs(7));
        assert_eq!(error.retry_after(), wait);
        // So that the breaker stays out of this.
        channel.deliver(&message()).await.unwrap();
    }
}

#[actix_web::test]
async fn a_key_that_is_not_the_applications_is_an_alarm() {
    let simulator = simulator();
    let other = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
    let options = VonageOptions {
        private_key: ProviderSecret::new(&other.serialize_pem()),
        ..options(&simulator.url(), patient())
    };
    let channel = channel_with(&options, sms(), texts(), breaker().0);
    let error = channel.deliver(&message()).await.unwrap_err();
    assert!(
        matches!(error, DeliveryError::ChannelDown(_)) && error.to_string().contains("401"),
        "{error}"
    );
    assert_eq!(simulator.message_count(), 0);
}

#[test]
fn a_key_that_is_none_is_refused_before_anything_is_sent() {
    let options = VonageOptions {
        private_key: ProviderSecret::new(
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        ),
        ..options("http://127.0.0.1:1", patient())
    };
    let made = Vonage::new(&options, texts(), Clock::system());
    assert_eq!(made.unwrap_err(), InvalidVonage::PrivateKey);
    assert!(!format!("{options:?}").contains("AAAA"));
}

#[actix_web::test]
async fn an_answer_that_is_lost_late_or_nonsense_leaves_it_open_and_nothing_is_sent_twice() {
    let simulator = simulator();
    let options = options(&simulator.url(), hasty());
    for (effect, is_done) in [
        (Effect::Drop, 0),
        (Effect::DropAnswer, 1),
        (Effect::Garbage, 0),
        (Effect::Delay(Duration::from_secs(2)), 1),
        (Effect::Drip(Duration::from_millis(300)), 1),
    ] {
        simulator.reset();
        let channel = channel_with(&options, sms(), texts(), breaker().0);
        simulator.fault(Fault::new(FaultTarget::Vonage, effect.clone()));
        let error = channel.deliver(&message()).await.unwrap_err();
        assert_eq!(advice(&error), "uncertain", "{effect:?}: {error}");
        assert_eq!(simulator.requests(), 1, "{effect:?}");
        if !matches!(effect, Effect::Delay(_)) {
            assert_eq!(simulator.message_count(), is_done, "{effect:?}");
        }
    }
}

#[actix_web::test]
async fn a_server_that_is_not_there_is_a_channel_that_is_down() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let channel = channel_with(&options(&url, patient()), sms(), texts(), breaker().0);
    let error = channel.deliver(&message()).await.unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("channel down: cannot connect"),
        "{error}"
    );
}

#[actix_web::test]
async fn a_way_that_fails_time_after_time_rests_and_is_then_tried_with_one_message() {
    let simulator = simulator();
    let (breaker, clock) = breaker();
    let options = options(&simulator.url(), patient());
    let channel = channel_with(&options, sms(), texts(), breaker);
    simulator.fault(Fault::new(FaultTarget::Vonage, Effect::Drop).times(6));
    for _ in 0..5 {
        assert_eq!(channel.health(), Ok(()));
        channel.deliver(&message()).await.unwrap_err();
    }
    let resting = channel.deliver(&message()).await.unwrap_err();
    assert_eq!(advice(&resting), "channel down");
    assert_eq!(resting.retry_after(), Some(Duration::from_secs(5)));
    let health = channel.health().unwrap_err();
    assert!(
        health.starts_with("vonage_sms: it failed 5 times"),
        "{health}"
    );
    assert_eq!(simulator.requests(), 5, "the resting way is left alone");

    clock.advance(Duration::from_secs(5));
    channel.deliver(&message()).await.unwrap_err();
    clock.advance(Duration::from_secs(9));
    let resting = channel.deliver(&message()).await.unwrap_err();
    assert_eq!(resting.retry_after(), Some(Duration::from_secs(1)));
    assert_eq!(simulator.requests(), 6, "one probe, and a longer pause");

    clock.advance(Duration::from_secs(1));
    channel.deliver(&message()).await.unwrap();
    assert_eq!(channel.health(), Ok(()));
    channel.deliver(&message()).await.unwrap();
}

#[actix_web::test]
async fn a_person_who_cannot_be_reached_is_no_failure_of_the_way() {
    let simulator = simulator();
    let channel = channel(&simulator, sms());
    simulator.fault(Fault::error(FaultTarget::Vonage, 1170).times(20));
    for _ in 0..20 {
        channel.deliver(&message()).await.unwrap_err();
    }
    channel.deliver(&message()).await.unwrap();
}
