//! How far a message got, by Vonage's word and by Twilio's.

use serde_json::{Value, json};

use super::{
    INBOUND, PHONE, PUBLIC, STATUS, Stage, become_so, deliveries, form, inbound, status, words,
};
use crate::app::TestApp;
use crate::channels::PSID;
use crate::native::{Client, START};

#[actix_web::test]
async fn each_message_asks_for_its_status_at_the_public_address() {
    let stage = Stage::open().await;
    let client = Client::live(&stage.app).await;
    let id = stage.start(&client).await;
    let sent = stage.vonage.wait_for(1).await.pop().unwrap();
    let sent: Value = serde_json::from_slice(&sent.body).unwrap();
    assert_eq!(sent["webhook_url"], format!("{PUBLIC}{STATUS}"));
    assert_eq!(sent["webhook_version"], "v1");
    assert_eq!(sent["client_ref"], format!("{id}.1"));
    stage
        .vonage(STATUS, &status(&id, "rejected"))
        .await
        .is(200, "");
    let sent = stage.twilio.wait_for(1).await.pop().unwrap();
    let mut fields = form_urlencoded::parse(&sent.body);
    let told_at = fields.find(|(name, _)| name == "StatusCallback").unwrap().1;
    assert_eq!(
        told_at,
        format!("{PUBLIC}/webhooks/twilio?verification={id}.2#rc=2&rp=all")
    );
}

#[actix_web::test]
async fn without_a_public_address_or_a_secret_to_check_with_nothing_is_asked_and_nothing_served() {
    let (vonage, twilio) = super::desks();
    let app = TestApp::start_with(|config| {
        super::with_vendors(config, &vonage.url, &twilio.url);
        let vonage = config.vonage.as_mut().unwrap();
        (vonage.signature_secret, vonage.options.status_webhook) = (None, None);
        config.twilio.as_mut().unwrap().options.status_callback = None;
    })
    .await;
    let client = Client::live(&app).await;
    client.start(PHONE).await;
    let sent = vonage.wait_for(1).await.pop().unwrap();
    let sent: Value = serde_json::from_slice(&sent.body).unwrap();
    assert_eq!(sent.get("webhook_url"), None);
    for path in [STATUS, INBOUND, super::TWILIO] {
        app.post(path, "{}").await.is(404, "Not found.");
    }
}

#[actix_web::test]
async fn vonages_statuses_move_a_delivery_up_its_ladder_in_any_order_and_twice() {
    let stage = Stage::open().await;
    let client = Client::live(&stage.app).await;
    let id = stage.start(&client).await;
    for (told, stands) in [
        ("submitted", "sent"),
        ("delivered", "delivered"),
        ("submitted", "delivered"),
        ("read", "read"),
        ("delivered", "read"),
        ("read", "read"),
        ("undeliverable", "read"),
    ] {
        stage.vonage(STATUS, &status(&id, told)).await.is(200, "");
        become_so(&client, &id, &[("sms", stands)]).await;
    }
    assert_eq!(words(&stage.app, "vonage", "taken").await, 7);
    let told = client.get(&format!("{START}/{id}/timeline")).await.text;
    assert!(told.contains("read"), "{told}");
    assert_eq!(
        stage.twilio.arrivals().len(),
        0,
        "what was read goes no other way"
    );
}

#[actix_web::test]
async fn an_sms_that_failed_after_all_goes_by_the_next_way_at_once_and_once() {
    let stage = Stage::open().await;
    let client = Client::live(&stage.app).await;
    let id = stage.start(&client).await;
    let mut failed = status(&id, "undeliverable");
    failed["error"] =
        json!({ "type": "https://developer.vonage.com/api-errors/messages#1180", "title": 1180 });
    stage.vonage(STATUS, &failed).await.is(200, "");
    stage.twilio.wait_for(1).await;
    become_so(&client, &id, &[("sms", "failed"), ("sms", "accepted")]).await;
    let told = client.get(&format!("{START}/{id}")).await.json();
    assert_eq!(told["deliveries"][0]["error"], "undeliverable");
    let second = format!("{id}.2");
    for (told, stands) in [
        ("queued", "accepted"),
        ("sent", "sent"),
        ("delivered", "delivered"),
        ("read", "read"),
        ("sent", "read"),
    ] {
        stage.twilio(&second, &form(told, None)).await.is(200, "");
        become_so(&client, &id, &[("sms", "failed"), ("sms", stands)]).await;
    }
    stage.vonage(STATUS, &failed).await.is(200, "");
    stage.app.pass(std::time::Duration::from_secs(90));
    stage
        .vonage(STATUS, &status(&id, "delivered"))
        .await
        .is(200, "");
    become_so(&client, &id, &[("sms", "delivered"), ("sms", "read")]).await;
    assert_eq!(stage.twilio.arrivals().len(), 1);
    assert_eq!(stage.vonage.arrivals().len(), 1);
}

#[actix_web::test]
async fn the_last_ways_failure_ends_the_verification_with_what_the_code_says() {
    for (told, code, error) in [
        ("undelivered", Some(30_003), "undeliverable"),
        ("undelivered", None, "undeliverable"),
        ("failed", Some(30_001), "throttled"),
        ("failed", Some(30_002), "channel_down"),
        ("failed", Some(21_606), "rejected"),
        ("failed", None, "rejected"),
    ] {
        let stage = Stage::open().await;
        let client = Client::live(&stage.app).await;
        let id = stage.start(&client).await;
        stage
            .vonage(STATUS, &status(&id, "rejected"))
            .await
            .is(200, "");
        let both = [("sms", "failed"), ("sms", "accepted")];
        become_so(&client, &id, &both).await;
        stage
            .twilio(&format!("{id}.2"), &form(told, code))
            .await
            .is(200, "");
        let both = [("sms", "failed"), ("sms", "failed")];
        become_so(&client, &id, &both).await;
        let verification = client.get(&format!("{START}/{id}")).await.json();
        assert_eq!(verification["status"], "failed", "{told} {code:?}");
        let named = &verification["deliveries"][1]["error"];
        assert_eq!(named, error, "{told} {code:?}");
    }
}

#[actix_web::test]
async fn each_code_of_vonages_says_what_to_do() {
    let stage = Stage::open().await;
    let client = Client::live(&stage.app).await;
    for (number, told, code, error) in [
        (0, "rejected", 1000, "throttled"),
        (1, "rejected", 1070, "channel_down"),
        (2, "rejected", 1240, "undeliverable"),
        (3, "rejected", 1120, "rejected"),
        (4, "undeliverable", 1290, "undeliverable"),
    ] {
        let told_of = client.start(&format!("+1415555018{number}")).await;
        let id = crate::native::id(&told_of);
        let mut failed = status(&id, told);
        failed["error"] = json!({ "title": code.to_string() });
        stage.vonage(STATUS, &failed).await.is(200, "");
        let both = [("sms", "failed"), ("sms", "accepted")];
        become_so(&client, &id, &both).await;
        let told_of = client.get(&format!("{START}/{id}")).await.json();
        assert_eq!(told_of["deliveries"][0]["error"], error, "{code}");
    }
}

#[actix_web::test]
async fn what_a_person_writes_is_kept_and_what_nobody_knows_is_counted_and_ignored() {
    let stage = Stage::open().await;
    let client = Client::live(&stage.app).await;
    let id = stage.start(&client).await;
    for channel in ["messenger", "sms"] {
        let said = inbound(channel, PSID, "042719");
        stage.vonage(INBOUND, &said).await.is(200, "");
    }
    assert_eq!(words(&stage.app, "vonage", "taken").await, 2);
    let mut picture = inbound("messenger", PSID, "");
    picture.as_object_mut().unwrap().remove("text");
    for (path, body) in [
        (INBOUND, picture),
        (INBOUND, inbound("viber_service", PSID, "042719")),
        (INBOUND, inbound("sms", &"1".repeat(200), "042719")),
        (INBOUND, json!([])),
        (STATUS, json!({ "hello": 1 })),
        (STATUS, status(&id, "teleported")),
        (STATUS, json!({ "message_uuid": "x", "status": "read" })),
    ] {
        let ignored = words(&stage.app, "vonage", "ignored").await;
        stage.vonage(path, &body).await.is(200, "");
        assert_eq!(words(&stage.app, "vonage", "taken").await, 2, "{body}");
        assert!(
            words(&stage.app, "vonage", "ignored").await > ignored,
            "{body}"
        );
    }
    for (reference, told) in [
        (format!("{id}.1"), form("teleported", None)),
        (format!("{id}.1"), "MessageSid=SM1".to_owned()),
        ("x".repeat(100), form("delivered", None)),
    ] {
        stage.twilio(&reference, &told).await.is(200, "");
    }
    assert_eq!(words(&stage.app, "twilio", "ignored").await, 3);
    assert_eq!(words(&stage.app, "twilio", "taken").await, 0);
    // Of nothing that is ours: kept, and nothing comes of it.
    for reference in ["x", "x.1", &format!("{id}.9"), &format!("{id}.300")] {
        stage
            .twilio(reference, &form("delivered", None))
            .await
            .is(200, "");
    }
    let unmoved = [("sms".to_owned(), "accepted".to_owned())];
    assert_eq!(deliveries(&client, &id).await, unmoved);
}
