//! Codes in free text, while WhatsApp's service window is open.

use std::time::Duration;

use otp_core::{ChannelKind, Until, Workflow, WorkflowStep};
use otp_server::config::{ApplicationSettings, Config};

use super::{PHONE, eventually, heard, start_with, write};
use crate::native::Client;

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
    write(&app, PHONE, "hello").await;
    eventually("it is heard", async || {
        (heard(&app, "other").await == 1).then_some(())
    })
    .await;
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
