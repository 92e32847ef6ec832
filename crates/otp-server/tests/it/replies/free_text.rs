//! Codes in free text, while WhatsApp's service window is open.

use std::time::Duration;

use otp_core::{ChannelKind, Until, Workflow, WorkflowStep};
use otp_server::config::{ApplicationSettings, Config};

use super::{PHONE, eventually, heard, start_with, text_webhook_at, write};
use crate::app::TestApp;
use crate::native::Client;
use crate::webhooks::tell;

const WAIT: Duration = Duration::from_mins(1);

/// Free text, and the template for whom it cannot reach.
fn with_free_text(config: &mut Config) {
    let steps = [ChannelKind::WhatsAppText, ChannelKind::WhatsApp];
    let steps = steps.map(|channel| WorkflowStep::new(channel, WAIT, Until::Accepted));
    let own = ApplicationSettings {
        workflow: Workflow::new(steps.to_vec()).ok(),
        ..ApplicationSettings::default()
    };
    config.applications.insert("default".to_owned(), own);
}

#[actix_web::test]
async fn a_code_goes_out_in_free_text_for_a_day_after_the_person_wrote() {
    let app = start_with(with_free_text).await;
    let client = Client::live(&app).await;
    let before = client.start(PHONE).await;
    assert_eq!(before["channel"], "whatsapp", "no window is open");
    assert_eq!(before["deliveries"][0]["error"], "undeliverable");
    say_hello(&app, "hello", 0, 2).await;
    app.pass(Duration::from_hours(23));
    let within = client.start(PHONE).await;
    assert_eq!(within["channel"], "whatsapp_text");
    let message = app.simulator.messages(PHONE).pop().expect("a message");
    assert_eq!(message.kind, "text");
    assert!(
        message.text.contains(" is your verification code."),
        "{}",
        message.text
    );
    let code: String = message.text.chars().take(6).collect();
    let id = crate::native::id(&within);
    assert_eq!(client.check(&id, &code).await.json()["valid"], true);
    app.pass(Duration::from_hours(1));
    let after = client.start(PHONE).await;
    assert_eq!(after["channel"], "whatsapp", "the window is closed again");
}

/// The simulator hears it by its own clock, and we by ours.
async fn say_hello(app: &TestApp, id: &str, secs: u64, count: u64) {
    write(app, PHONE, "hello").await;
    let hello = text_webhook_at(secs, &format!("wamid.{id}"), "hello");
    tell(app, &hello).await.is(200, "");
    eventually("it is heard", async || {
        (heard(app, "other").await == count).then_some(())
    })
    .await;
}

#[actix_web::test]
async fn what_is_told_late_opens_the_window_for_no_longer() {
    let app = start_with(with_free_text).await;
    let client = Client::live(&app).await;
    app.pass(Duration::from_hours(24));
    say_hello(&app, "late", 0, 2).await;
    assert_eq!(client.start(PHONE).await["channel"], "whatsapp");
    app.pass(Duration::from_mins(30));
    say_hello(&app, "in time", 3_600, 4).await;
    assert_eq!(client.start(PHONE).await["channel"], "whatsapp_text");
    // Told again, it was not said again.
    say_hello(&app, "in time", 3_600, 6).await;
    app.pass(Duration::from_mins(30));
    assert_eq!(client.start(PHONE).await["channel"], "whatsapp");
}
