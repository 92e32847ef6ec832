//! Whose webhooks are taken for Vonage's, and what they say.

use std::time::Duration;

use graph_simulator::VonageChannel as Spoken;
use otp_core::Timestamp;
use otp_server::channel::ProviderSecret;
use otp_server::channel::vonage::webhook::{NotFromVonage, VonageStep, inbound, status, verify};
use otp_server::clock::Clock;

use super::desk::Desk;
use super::vonage::{APPLICATION, SIGNATURE_SECRET, channel, messenger, simulator_that_tells};
use super::{CODE, PSID, message};

fn now() -> Timestamp {
    Clock::system().now()
}

fn is_vonage(
    token: Option<&str>,
    body: &[u8],
    secret: &str,
    application: &str,
    now: Timestamp,
) -> Result<(), NotFromVonage> {
    verify(token, body, &ProviderSecret::new(secret), application, now).map(drop)
}

#[actix_web::test]
async fn what_became_of_a_message_is_told_by_a_signed_webhook() {
    let desk = Desk::open();
    let simulator = simulator_that_tells(Some(&desk.url));
    let channel = channel(&simulator, messenger());
    let id = channel.deliver(&message()).await.unwrap().message_id;
    for (count, (told, code, step)) in (1..).zip([
        ("sent", None, VonageStep::Submitted),
        ("delivered", None, VonageStep::Delivered),
        ("read", None, VonageStep::Read),
        ("failed", Some(1120), VonageStep::Rejected),
        ("undeliverable", Some(1290), VonageStep::Undeliverable),
    ]) {
        simulator.receipt(&id, told, code);
        let arrival = desk.wait_for(count).await.pop().unwrap();
        assert!(arrival.url.ends_with("/status"));
        let token = arrival.header("authorization");
        assert_eq!(
            is_vonage(token, &arrival.body, SIGNATURE_SECRET, APPLICATION, now()),
            Ok(())
        );
        let status = status(&arrival.body).unwrap();
        assert_eq!(
            (status.message_id.as_str(), &status.step),
            (id.as_str(), &step)
        );
        assert_eq!(status.reference, Some(message().reference()));
        assert_eq!(status.error, code.map(|code| code.to_string()));
    }
}

#[actix_web::test]
async fn what_a_person_writes_is_told_by_a_signed_webhook() {
    let desk = Desk::open();
    let simulator = simulator_that_tells(Some(&desk.url));
    simulator.inbound_vonage(Spoken::Messenger, PSID, CODE);
    let arrival = desk.wait_for(1).await.pop().unwrap();
    let token = arrival.header("authorization");
    assert_eq!(
        is_vonage(token, &arrival.body, SIGNATURE_SECRET, APPLICATION, now()),
        Ok(())
    );
    let said = inbound(&arrival.body).unwrap();
    assert_eq!(
        (said.channel.as_str(), said.from.as_str()),
        ("messenger", PSID)
    );
    assert_eq!(said.text.as_deref(), Some(CODE));
    let printed = format!("{said:?}");
    assert!(
        !printed.contains(CODE) && !printed.contains(PSID),
        "{printed}"
    );
    assert!(inbound(b"{}").is_err() && status(b"[]").is_err());
}

#[actix_web::test]
async fn a_webhook_that_was_changed_replayed_late_or_signed_by_another_is_not_vonages() {
    let desk = Desk::open();
    let simulator = simulator_that_tells(Some(&desk.url));
    simulator.inbound_vonage(Spoken::Sms, "14155550123", CODE);
    let arrival = desk.wait_for(1).await.pop().unwrap();
    let (body, token) = (&arrival.body[..], arrival.header("authorization").unwrap());
    let check = |token, body, secret, application, now| {
        is_vonage(token, body, secret, application, now).unwrap_err()
    };
    let good = (SIGNATURE_SECRET, APPLICATION);

    let mut flipped = body.to_vec();
    flipped[10] ^= 1;
    assert_eq!(
        check(Some(token), &flipped, good.0, good.1, now()),
        NotFromVonage::Payload
    );
    let spaced = [body, b" "].concat();
    assert_eq!(
        check(Some(token), &spaced, good.0, good.1, now()),
        NotFromVonage::Payload
    );
    for missing in [None, Some(""), Some("Bearer "), Some("Basic abc")] {
        assert_eq!(
            check(missing, body, good.0, good.1, now()),
            NotFromVonage::NoToken
        );
    }
    let cut = &token[..token.len() - 4];
    assert_eq!(
        check(Some(cut), body, good.0, good.1, now()),
        NotFromVonage::Signature
    );
    assert_eq!(
        check(Some(token), body, "another", good.1, now()),
        NotFromVonage::Signature
    );
    // "alg": "none" is no signature.
    let claims = token.split('.').nth(1).unwrap();
    let unsigned = format!("Bearer eyJhbGciOiJub25lIn0.{claims}.");
    assert_eq!(
        check(Some(&unsigned), body, good.0, good.1, now()),
        NotFromVonage::Signature
    );
    assert_eq!(
        check(Some(token), body, good.0, "another", now()),
        NotFromVonage::Application
    );
    let later = now().plus(Duration::from_mins(17));
    assert_eq!(
        check(Some(token), body, good.0, good.1, later),
        NotFromVonage::Age
    );
    let earlier = Timestamp::from_unix_ms(now().unix_ms() - 120_000);
    assert_eq!(
        check(Some(token), body, good.0, good.1, earlier),
        NotFromVonage::Age
    );
}
