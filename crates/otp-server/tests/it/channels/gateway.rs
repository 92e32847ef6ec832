//! A gateway of one's own: what it is told, how that is signed, and what its answers mean.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use otp_core::Timestamp;
use otp_server::channel::Channel;
use otp_server::channel::Message;
use otp_server::channel::gateway::{
    CodeField, Gateway, GatewayChannel, GatewayOptions, SigningSecret,
};
use otp_server::clock::Clock;
use serde_json::{Value, json};
use sha2::Sha256;

use super::desk::Desk;
use super::{CODE, PHONE, advice, breaker, is_fit_for_a_log, message, message_to, patient, texts};

pub(super) const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn channel(desk: &Desk, code: CodeField) -> Channel {
    let options = GatewayOptions {
        url: format!("{}/sms", desk.url),
        secret: SigningSecret::parse(SECRET).unwrap(),
        code,
        http: patient(),
    };
    let clock = Clock::manual(Timestamp::from_unix_ms(1_800_000_000_000));
    let gateway = Gateway::new(&options, texts(), clock).unwrap();
    Channel::Gateway(GatewayChannel::new(Arc::new(gateway), breaker().0))
}

#[actix_web::test]
async fn a_gateway_is_told_whom_what_and_until_when_under_a_signature() {
    let desk = Desk::open();
    desk.answer(202, r#"{"message_id":"gw-17"}"#);
    let channel = channel(&desk, CodeField::Shown);
    let accepted = channel.deliver(&message()).await.unwrap();
    assert_eq!(accepted.message_id, "gw-17");
    let [arrival] = <[_; 1]>::try_from(desk.arrivals()).ok().unwrap();
    let told: Value = serde_json::from_slice(&arrival.body).unwrap();
    assert_eq!(
        told,
        json!({
            "id": message().id.to_string(),
            "to": PHONE,
            "code": CODE,
            "text": "042719 is your code. It expires in 5 min. Do not share it with anyone.",
            "expires_at": "2027-01-15T08:05:00Z",
        })
    );
    let id = arrival.header("webhook-id").unwrap();
    assert_eq!(id, format!("{}-{}", message().id, message().number));
    assert_eq!(arrival.header("webhook-timestamp"), Some("1800000000"));
    let key = STANDARD
        .decode(SECRET.strip_prefix("whsec_").unwrap())
        .unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("{id}.1800000000.").as_bytes());
    mac.update(&arrival.body);
    let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    assert_eq!(arrival.header("webhook-signature"), Some(&*signature));
}

#[actix_web::test]
async fn a_message_that_is_handed_over_once_more_has_the_same_name_and_the_next_one_another() {
    let desk = Desk::open();
    let channel = channel(&desk, CodeField::Shown);
    let next = Message {
        number: message().number + 1,
        ..message()
    };
    for message in [message(), message(), next] {
        desk.answer(202, "{}");
        channel.deliver(&message).await.unwrap();
    }
    let arrivals = desk.arrivals();
    let names = arrivals.iter().map(|arrival| arrival.header("webhook-id"));
    let [first, again, next] = <[_; 3]>::try_from(names.collect::<Vec<_>>()).unwrap();
    assert_eq!(first, again);
    assert_ne!(first, next);
}

#[actix_web::test]
async fn the_code_can_be_left_out_and_an_answer_need_not_name_the_message() {
    let desk = Desk::open();
    let channel = channel(&desk, CodeField::LeftOut);
    let accepted = channel.deliver(&message()).await.unwrap();
    let arrival = desk.arrivals().pop().unwrap();
    assert_eq!(Some(&*accepted.message_id), arrival.header("webhook-id"));
    let told: Value = serde_json::from_slice(&arrival.body).unwrap();
    assert_eq!(told.get("code"), None);
}

#[actix_web::test]
async fn each_answer_says_what_to_do() {
    let desk = Desk::open();
    for (status, wanted) in [
        (422, "undeliverable"),
        (429, "throttled"),
        (401, "channel down"),
        (404, "channel down"),
        (503, "channel down"),
        (400, "rejected"),
        (500, "uncertain"),
        (408, "uncertain"),
    ] {
        let body = format!(r#"{{"error":"{PHONE} has no route for {CODE}"}}"#);
        desk.answer_with(status, &body, &[("Retry-After", "30")]);
        let channel = channel(&desk, CodeField::Shown);
        let error = channel.deliver(&message()).await.unwrap_err();
        assert_eq!(advice(&error), wanted, "{status}: {error}");
        assert!(error.to_string().contains("has no route"), "{error}");
        assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
        is_fit_for_a_log(&error);
    }
}

#[actix_web::test]
async fn a_redirect_is_not_followed() {
    let (desk, elsewhere) = (Desk::open(), Desk::open());
    for status in [301, 302, 307, 308] {
        desk.answer_with(status, "", &[("Location", &elsewhere.url)]);
        let channel = channel(&desk, CodeField::Shown);
        let error = channel.deliver(&message()).await.unwrap_err();
        assert_eq!(advice(&error), "channel down", "{error}");
    }
    assert_eq!(elsewhere.arrivals().len(), 0);
}

#[actix_web::test]
async fn an_answer_that_is_endless_is_not_read_to_its_end() {
    let desk = Desk::open();
    let long = "x".repeat(200 * 1024);
    desk.answer(500, &long);
    let channel = channel(&desk, CodeField::Shown);
    let error = channel.deliver(&message()).await.unwrap_err();
    assert_eq!(error.to_string(), "uncertain: gateway answered 500");
    // It said that it took the message, so it did, whatever follows.
    desk.answer(200, &long);
    channel.deliver(&message()).await.unwrap();
}

#[actix_web::test]
async fn somebody_without_a_phone_is_not_handed_to_a_gateway() {
    let desk = Desk::open();
    let channel = channel(&desk, CodeField::Shown);
    let error = channel
        .deliver(&message_to(super::on_messenger_only()))
        .await
        .unwrap_err();
    assert_eq!(advice(&error), "undeliverable");
    assert_eq!(desk.arrivals().len(), 0);
}
