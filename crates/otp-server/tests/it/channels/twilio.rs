//! Twilio: what is sent, what each refusal means, and whose callbacks are taken.

use std::sync::Arc;
use std::time::Duration;

use graph_simulator::{
    Effect, Fault, FaultTarget, Receipts, Simulator, SimulatorConfig, TwilioConfig,
};
use otp_server::channel::twilio::callback::{TwilioStep, status, verify};
use otp_server::channel::twilio::{
    InvalidTwilio, Twilio, TwilioChannel, TwilioOptions, TwilioSender,
};
use otp_server::channel::{Channel, HttpOptions, ProviderSecret};

use super::desk::Desk;
use super::{PHONE, advice, breaker, hasty, is_fit_for_a_log, message, message_to, patient, texts};

pub(crate) const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
pub(crate) const TOKEN: &str = "0123456789abcdef0123456789abcdee";
const KEY: &str = "SK0123456789abcdef0123456789abcdef";
const KEY_SECRET: &str = "a-secret-of-an-api-key";

pub(super) fn simulator() -> Simulator {
    Simulator::start(SimulatorConfig {
        receipts: Receipts::Manual,
        twilio: Some(TwilioConfig {
            account_sid: ACCOUNT.to_owned(),
            auth_token: TOKEN.to_owned(),
            api_key: KEY.to_owned(),
            api_key_secret: KEY_SECRET.to_owned(),
        }),
        ..SimulatorConfig::default()
    })
    .unwrap()
}

fn options(url: &str, http: HttpOptions) -> TwilioOptions {
    TwilioOptions {
        url: url.to_owned(),
        account_sid: ACCOUNT.to_owned(),
        user: ACCOUNT.to_owned(),
        password: ProviderSecret::new(TOKEN),
        sender: TwilioSender::From("+15017122661".to_owned()),
        status_callback: None,
        http,
    }
}

fn channel(options: &TwilioOptions) -> Channel {
    let twilio = Twilio::new(options, texts()).unwrap();
    Channel::Twilio(TwilioChannel::new(Arc::new(twilio), breaker().0))
}

#[actix_web::test]
async fn a_code_goes_out_as_a_text_message() {
    let simulator = simulator();
    let channel = channel(&options(&simulator.url(), patient()));
    let accepted = channel.deliver(&message()).await.unwrap();
    let [sent] = <[_; 1]>::try_from(simulator.messages(PHONE)).unwrap();
    assert!(sent.id.starts_with("SM") && sent.id == accepted.message_id);
    assert_eq!((sent.kind.as_str(), sent.to.as_str()), ("sms", PHONE));
    assert_eq!(
        sent.text,
        "042719 is your code. It expires in 5 min. Do not share it with anyone."
    );
    assert_eq!(channel.kind().name(), "twilio_sms");
}

#[actix_web::test]
async fn an_api_key_and_a_messaging_service_do_as_well_as_the_token_and_a_number() {
    let simulator = simulator();
    let service = "MG0123456789abcdef0123456789abcdef".to_owned();
    let channel = channel(&TwilioOptions {
        user: KEY.to_owned(),
        password: ProviderSecret::new(KEY_SECRET),
        sender: TwilioSender::MessagingService(service),
        ..options(&simulator.url(), patient())
    });
    channel.deliver(&message()).await.unwrap();
    assert_eq!(simulator.message_count(), 1);
}

#[actix_web::test]
async fn credentials_that_are_wrong_are_an_alarm() {
    let simulator = simulator();
    let channel = channel(&TwilioOptions {
        password: ProviderSecret::new("another"),
        ..options(&simulator.url(), patient())
    });
    let error = channel.deliver(&message()).await.unwrap_err();
    assert_eq!(advice(&error), "channel down");
    assert_eq!(
        error.to_string(),
        "channel down: twilio answered 401 (#20003): Authenticate"
    );
}

#[test]
fn an_account_that_cannot_be_one_is_refused_before_anything_is_sent() {
    let good = options("http://127.0.0.1:1", patient());
    let sid = TwilioOptions {
        account_sid: "AC/../1".to_owned(),
        ..good.clone()
    };
    assert_eq!(
        Twilio::new(&sid, texts()).unwrap_err(),
        InvalidTwilio::AccountSid
    );
    let password = TwilioOptions {
        password: ProviderSecret::new("to ken"),
        ..good
    };
    assert_eq!(
        Twilio::new(&password, texts()).unwrap_err(),
        InvalidTwilio::Credentials
    );
}

#[actix_web::test]
async fn each_refusal_says_what_to_do() {
    let simulator = simulator();
    let channel = channel(&options(&simulator.url(), patient()));
    for (http, code, wanted) in [
        (None, 21211, "undeliverable"),
        (None, 21610, "undeliverable"),
        (None, 21614, "undeliverable"),
        (None, 21408, "undeliverable"),
        (None, 30003, "undeliverable"),
        (None, 20429, "throttled"),
        (None, 30001, "throttled"),
        (None, 20003, "channel down"),
        (None, 20404, "channel down"),
        (None, 30002, "channel down"),
        (None, 21606, "rejected"),
        (None, 99999, "rejected"),
        (None, 20500, "uncertain"),
        (Some(500), 21211, "uncertain"),
    ] {
        let fault = Effect::Error {
            http,
            code,
            subcode: None,
            details: None,
        };
        simulator.fault(Fault::new(FaultTarget::Twilio, fault));
        let error = channel.deliver(&message()).await.unwrap_err();
        assert_eq!(advice(&error), wanted, "{http:?} {code}: {error}");
        assert!(error.to_string().contains(&format!("#{code}")), "{error}");
        is_fit_for_a_log(&error);
        let wait = (code == 20429).then_some(Duration::from_secs(1));
        assert_eq!(error.retry_after(), wait);
        channel.deliver(&message()).await.unwrap();
    }
}

#[actix_web::test]
async fn somebody_without_a_phone_cannot_be_reached() {
    let simulator = simulator();
    let channel = channel(&options(&simulator.url(), patient()));
    let nobody = message_to(super::on_messenger_only());
    let error = channel.deliver(&nobody).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "undeliverable: no phone number is known of this person"
    );
}

#[actix_web::test]
async fn an_answer_that_is_lost_leaves_it_open_and_nothing_is_sent_twice() {
    let simulator = simulator();
    for effect in [Effect::DropAnswer, Effect::Drip(Duration::from_millis(300))] {
        simulator.reset();
        let channel = channel(&options(&simulator.url(), hasty()));
        simulator.fault(Fault::new(FaultTarget::Twilio, effect.clone()));
        let error = channel.deliver(&message()).await.unwrap_err();
        assert_eq!(advice(&error), "uncertain", "{effect:?}: {error}");
        assert_eq!(simulator.message_count(), 1, "{effect:?}");
    }
}

#[actix_web::test]
async fn what_became_of_a_message_is_told_by_a_signed_callback_that_names_the_verification() {
    let desk = Desk::open();
    let simulator = simulator();
    let channel = channel(&TwilioOptions {
        status_callback: Some(format!("{}/twilio?tenant=1", desk.url)),
        ..options(&simulator.url(), patient())
    });
    let id = channel.deliver(&message()).await.unwrap().message_id;
    let token = ProviderSecret::new(TOKEN);
    for (count, (told, code, step)) in (1..).zip([
        ("sent", None, TwilioStep::Sent),
        ("delivered", None, TwilioStep::Delivered),
        ("failed", Some(30007), TwilioStep::Failed),
        ("undeliverable", Some(30003), TwilioStep::Undelivered),
    ]) {
        simulator.receipt(&id, told, code);
        let arrival = desk.wait_for(count).await.pop().unwrap();
        let reference = format!("/twilio?tenant=1&verification={}", message().reference());
        assert!(arrival.url.ends_with(&reference), "{}", arrival.url);
        let signature = arrival.header("x-twilio-signature");
        assert!(verify(signature, &arrival.url, &arrival.body, &token).is_ok());
        let elsewhere = arrival.url.replace("tenant=1", "tenant=2");
        assert!(verify(signature, &elsewhere, &arrival.body, &token).is_err());
        let told = status(&arrival.body).unwrap();
        assert_eq!((told.message_id.as_str(), told.step), (id.as_str(), step));
        assert_eq!(told.error.map(i64::from), code);
    }
}
