//! People who are named by an e-mail address at the API for applications.

use std::time::Duration;

use otp_core::{ChannelKind, Until, Workflow, WorkflowStep};
use otp_server::channel::smtp::{Sender, SmtpOptions, SmtpSecurity};
use otp_server::config::{ApplicationSettings, Config};
use serde_json::{Value, json};

use super::mail_server::MailServer;
use crate::app::TestApp;
use crate::native::{Client, START, id, is_problem};

const ANN: &str = "ann@example.org";

/// WhatsApp where there is a phone, else e-mail.
fn with_mail(config: &mut Config, mail: &MailServer) {
    config.smtp = Some(SmtpOptions {
        host: "localhost".to_owned(),
        port: mail.port,
        security: SmtpSecurity::Plain,
        login: None,
        from: Sender::parse("codes@example.com").unwrap(),
        authorities: None,
        connect_timeout: Duration::from_secs(5),
        deadline: Duration::from_secs(10),
    });
    let step = |channel| WorkflowStep::new(channel, Duration::from_mins(1), Until::Accepted);
    let steps = [ChannelKind::WhatsApp, ChannelKind::Email].map(step);
    let own = ApplicationSettings {
        workflow: Some(Workflow::new(steps.to_vec()).unwrap()),
        ..ApplicationSettings::default()
    };
    config.applications.insert("default".to_owned(), own);
}

/// The code in the latest mail, which is to this address.
fn code(mail: &MailServer, to: &str) -> String {
    let kept = mail.next();
    assert_eq!(kept["to"][0], to);
    let content = kept["content"].as_str().unwrap();
    let is_code = |line: &&str| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit());
    content.lines().find(is_code).unwrap().to_owned()
}

fn reasons(timeline: &Value) -> Vec<&str> {
    let steps = timeline["steps"].as_array().unwrap().iter();
    steps.map(|step| step["reason"].as_str().unwrap()).collect()
}

#[actix_web::test]
async fn a_code_goes_to_an_address_and_every_other_way_is_passed_over_with_its_reason() {
    let mail = MailServer::start("plain");
    let app = TestApp::start_with(|config| with_mail(config, &mail)).await;
    let client = Client::live(&app).await;
    let told = client.start(ANN).await;
    assert_eq!(told["to"], "a***@example.org");
    assert_eq!(told["channel"], "email");
    let (id, code) = (id(&told), code(&mail, ANN));
    let timeline = client.get(&format!("{START}/{id}/timeline")).await.json();
    let reasons = reasons(&timeline).join("\n");
    let passed_over = "the address that the channel needs is not known of this person";
    assert!(reasons.contains(passed_over), "{reasons}");
    assert_eq!(app.simulator.message_count(), 0);
    let checked = client.check(&id, &code).await.json();
    assert_eq!(checked["valid"], true);
}

#[actix_web::test]
async fn limits_hold_for_an_address_however_it_is_spelled() {
    let mail = MailServer::start("plain");
    let app = TestApp::start_with(|config| with_mail(config, &mail)).await;
    let client = Client::live(&app).await;
    client.start(ANN).await;
    code(&mail, ANN);
    for same in [ANN, "Ann@Example.ORG"] {
        let soon = client.post(START, &json!({ "to": same })).await;
        is_problem(&soon, 429, "cooldown");
    }
    client.start("bob@example.org").await;
    code(&mail, "bob@example.org");
    assert!(mail.is_idle());
    let listed = client.get(&format!("{START}?to=ANN%40example.org")).await;
    assert_eq!(listed.json()["verifications"].as_array().unwrap().len(), 1);
}

#[actix_web::test]
async fn a_resend_knows_the_address_by_the_id_alone() {
    let mail = MailServer::start("plain");
    let app = TestApp::start_with(|config| with_mail(config, &mail)).await;
    let client = Client::live(&app).await;
    let id = id(&client.start(ANN).await);
    code(&mail, ANN);
    app.pass(Duration::from_mins(1));
    let resent = client
        .post(&format!("{START}/{id}/resend"), &json!({}))
        .await;
    assert_eq!(resent.status, 200, "{}", resent.text);
    let checked = client.check(&id, &code(&mail, ANN)).await.json();
    assert_eq!(checked["valid"], true);
}

#[actix_web::test]
async fn whom_no_channel_reaches_is_refused_by_name_of_the_field_and_costs_nothing() {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    for (to, said) in [
        (ANN, "none of the application's channels"),
        ("ann@", "is not an e-mail address"),
        ("@", "is not an e-mail address"),
    ] {
        let answer = client.post(START, &json!({ "to": to })).await;
        is_problem(&answer, 422, "invalid-request");
        let error = answer.json()["errors"][0].clone();
        assert_eq!(error["field"], "to");
        assert!(error["message"].as_str().unwrap().contains(said), "{error}");
        assert!(!answer.text.contains("ann@"), "{}", answer.text);
    }
    let listed = client.get(START).await.json();
    assert_eq!(listed["verifications"], json!([]));
}
