//! A template that Meta does not send gives way to an alternate, and takes its place again.

mod standing;
mod startup;

use std::time::Duration;

use actix_web::rt::time::sleep;
use graph_simulator::{Fault, FaultTarget, SentMessage, Simulator, SimulatorConfig, TEMPLATE_ID};
use otp_server::clock::Stopwatch;
use otp_server::config::Config;
use serde_json::{Value, json};

use crate::app::{PHONE, TestApp};
use crate::webhooks::{subscribe, with_webhooks};

const FIRST: &str = "otp_demo";
/// "The template is paused."
const PAUSED: i64 = 132_015;
const PATIENCE: Duration = Duration::from_secs(10);

/// An account that has these templates too, in one language each. Answers with their ids.
pub(crate) fn account(alternates: &[(&str, &str)]) -> (Simulator, Vec<String>) {
    let simulator = Simulator::start(SimulatorConfig::default()).expect("the simulator starts");
    let ids = alternates
        .iter()
        .map(|(name, language)| add(&simulator, name, language));
    let ids = ids.collect();
    (simulator, ids)
}

fn add(simulator: &Simulator, name: &str, language: &str) -> String {
    simulator.add_template(json!({
        "name": name,
        "language": language,
        "category": "AUTHENTICATION",
        "components": [
            { "type": "BODY" },
            { "type": "BUTTONS", "buttons": [{ "type": "OTP", "otp_type": "COPY_CODE" }] },
        ],
    }))
}

pub(crate) fn with_alternates(names: &'static [&'static str]) -> impl Fn(&mut Config) {
    move |config| {
        with_webhooks(config);
        config.graph.alternate_templates = names.iter().map(ToString::to_string).collect();
    }
}

/// A server that Meta tells of its templates.
async fn told(simulator: Simulator, names: &'static [&'static str]) -> TestApp {
    let app = TestApp::start_against(simulator, with_alternates(names)).await;
    subscribe(&app).await;
    app
}

/// The status of a template, set by the simulator's own API, which sends the webhook.
async fn set_status(app: &TestApp, id: &str, status: &str) {
    let url = format!("{}/_simulator/templates/{id}", app.simulator.url());
    let client = awc::Client::default();
    let answer = client.post(url).send_json(&json!({ "status": status }));
    assert_eq!(answer.await.expect("an answer").status(), 200);
}

/// What `/readyz` says of the template once this is so.
pub(crate) async fn template_is(app: &TestApp, status: &str) -> Value {
    stands(app, "template", status).await
}

/// The same of any check.
async fn stands(app: &TestApp, check: &str, status: &str) -> Value {
    let waiting = Stopwatch::start();
    loop {
        let (code, body) = app.get_json("/readyz").await;
        let found = body["checks"][check].clone();
        if found["status"] == status {
            let is_ready = body["status"] == "ready";
            assert_eq!(code, if is_ready { 200 } else { 503 }, "{body}");
            assert!(!is_ready || status != "failed", "{body}");
            return found;
        }
        assert!(
            waiting.elapsed() < PATIENCE,
            "{body}: {check} is not {status}"
        );
        sleep(Duration::from_millis(10)).await;
    }
}

#[track_caller]
fn says(check: &Value, parts: &[&str]) {
    let reason = check["reason"].as_str().unwrap_or_default();
    for part in parts {
        assert!(reason.contains(part), "nothing of {part:?} in {reason:?}");
    }
}

/// Template and language of the last message to this phone.
fn went_in(app: &TestApp, phone: &str) -> (String, String) {
    let last = app.simulator.messages(phone).pop().expect("a message");
    let SentMessage {
        template, language, ..
    } = last;
    (template.unwrap_or_default(), language.unwrap_or_default())
}

async fn goes_in(app: &TestApp, phone: &str, template: &str, language: &str) {
    app.send_code(phone).await;
    let expected = (template.to_owned(), language.to_owned());
    assert_eq!(went_in(app, phone), expected);
}

async fn switches(app: &TestApp, to: &str) -> u64 {
    let metrics = app.get("/metrics").await.text;
    let series = format!("otp_template_switches_total{{to=\"{to}\"}} ");
    let line = metrics.lines().find_map(|line| line.strip_prefix(&series));
    line.expect("the series").parse().expect("a number")
}

async fn calls_of(app: &TestApp, work: impl Future<Output = ()>) -> u64 {
    let before = app.simulator.requests();
    work.await;
    app.simulator.requests() - before
}

#[actix_web::test]
async fn a_paused_template_gives_way_to_the_alternate_until_it_is_approved_again() {
    let (simulator, _) = account(&[("otp_second", "en_US")]);
    let app = told(simulator, &["otp_second"]).await;
    goes_in(&app, "14155550100", FIRST, "en_US").await;
    assert_eq!(template_is(&app, "ok").await, json!({ "status": "ok" }));

    set_status(&app, TEMPLATE_ID, "PAUSED").await;
    let check = template_is(&app, "degraded").await;
    says(
        &check,
        &["template otp_demo is PAUSED", "otp_second is used"],
    );
    goes_in(&app, "14155550101", "otp_second", "en_US").await;
    let metrics = app.get("/metrics").await.text;
    assert!(metrics.contains("\notp_template_approved 0\n"), "{metrics}");
    assert_eq!(switches(&app, "alternate").await, 1);

    set_status(&app, TEMPLATE_ID, "APPROVED").await;
    template_is(&app, "ok").await;
    goes_in(&app, "14155550102", FIRST, "en_US").await;
    assert_eq!(switches(&app, "first").await, 1);
    assert_eq!(switches(&app, "alternate").await, 1);
}

#[actix_web::test]
async fn the_very_code_that_finds_the_template_paused_goes_out_in_the_alternate() {
    let (simulator, _) = account(&[("otp_second", "en_US")]);
    // Nobody tells this server anything.
    let app = TestApp::start_against(simulator, with_alternates(&["otp_second"])).await;
    app.simulator.set_template_status(TEMPLATE_ID, "PAUSED");
    let code = app.send_code(PHONE).await;
    assert_eq!(went_in(&app, PHONE).0, "otp_second");
    app.check(PHONE, &code).await.is(200, "");
    let check = template_is(&app, "degraded").await;
    says(
        &check,
        &["otp_demo was refused", "132015", "otp_second is used"],
    );
    // All workers know by now: no code asks for the first one.
    for last in 0..8 {
        let phone = format!("1415555020{last}");
        let calls = calls_of(&app, goes_in(&app, &phone, "otp_second", "en_US")).await;
        assert_eq!(calls, 1);
    }
    assert_eq!(switches(&app, "alternate").await, 1);
}

#[actix_web::test]
async fn a_message_is_sent_again_once_and_not_in_every_template_there_is() {
    let (simulator, _) = account(&[("otp_second", "en_US"), ("otp_third", "en_US")]);
    let names = &["otp_second", "otp_third"];
    let app = TestApp::start_against(simulator, with_alternates(names)).await;
    let fault = Fault::error(FaultTarget::Messages, PAUSED);
    app.simulator.fault(fault.times(2));
    let refused = async { assert_eq!(app.send(PHONE).await.status, 500) };
    assert_eq!(calls_of(&app, refused).await, 2);
    assert_eq!(app.simulator.message_count(), 0);
    goes_in(&app, "14155550199", "otp_third", "en_US").await;
}

#[actix_web::test]
async fn a_message_whose_fate_is_unknown_is_not_sent_again_in_another_template() {
    let (simulator, _) = account(&[("otp_second", "en_US")]);
    let app = TestApp::start_against(simulator, with_alternates(&["otp_second"])).await;
    for effect in [
        graph_simulator::Effect::DropAnswer,
        graph_simulator::Effect::Garbage,
    ] {
        app.simulator
            .fault(Fault::new(FaultTarget::Messages, effect));
    }
    for last in 0..2 {
        let answer = app.send(&format!("1415555030{last}")).await;
        assert_eq!(answer.status, 500);
    }
    assert_eq!(app.simulator.message_count(), 1);
    assert_eq!(template_is(&app, "ok").await, json!({ "status": "ok" }));
}

#[actix_web::test]
async fn when_no_template_is_left_codes_fail_and_the_server_is_not_ready() {
    let (simulator, ids) = account(&[("otp_second", "en_US")]);
    let app = told(simulator, &["otp_second"]).await;
    set_status(&app, TEMPLATE_ID, "PAUSED").await;
    template_is(&app, "degraded").await;
    set_status(&app, &ids[0], "DISABLED").await;
    let check = template_is(&app, "failed").await;
    says(
        &check,
        &[
            "otp_demo is PAUSED",
            "otp_second is DISABLED",
            "no code can be sent",
        ],
    );
    assert_eq!(app.send(PHONE).await.status, 500);
    assert_eq!(switches(&app, "nothing").await, 1);

    set_status(&app, &ids[0], "APPROVED").await;
    template_is(&app, "degraded").await;
    goes_in(&app, "14155550199", "otp_second", "en_US").await;
}

#[actix_web::test]
async fn an_alternate_in_other_languages_serves_everybody_as_well_as_it_can() {
    let (simulator, _) = account(&[("otp_second", "de"), ("otp_third", "en_US")]);
    add(&simulator, "otp_second", "es");
    simulator.add_language(FIRST, "de", "APPROVED");
    let app = told(simulator, &["otp_second", "otp_third"]).await;
    let in_language = async |phone: &str, language: &str| {
        let headers = [("Accept-Language", language)];
        let path = format!("/otp/{phone}/");
        let answer = app.request(actix_web::http::Method::GET, &path, &headers, "");
        answer.await.is(200, "");
        went_in(&app, phone)
    };
    set_status(&app, TEMPLATE_ID, "PAUSED").await;
    template_is(&app, "degraded").await;
    let pair = |template: &str, language: &str| (template.to_owned(), language.to_owned());
    // The first one is paused in English alone.
    assert_eq!(in_language("14155550100", "de").await, pair(FIRST, "de"));
    assert_eq!(
        in_language("14155550101", "en").await,
        pair("otp_third", "en_US")
    );
    app.stop().await;

    let (simulator, _) = account(&[("otp_second", "de")]);
    let app = told(simulator, &["otp_second"]).await;
    set_status(&app, TEMPLATE_ID, "PAUSED").await;
    let check = template_is(&app, "degraded").await;
    says(&check, &["otp_second is used, in de"]);
    goes_in(&app, PHONE, "otp_second", "de").await;
}

#[actix_web::test]
async fn an_applications_own_template_gives_way_to_the_accounts() {
    let (simulator, ids) = account(&[("shop_otp", "en_US")]);
    let app = TestApp::start_against(simulator, |config| {
        let own = otp_server::config::ApplicationSettings {
            templates: [("en_US".to_owned(), "shop_otp".to_owned())].into(),
            ..otp_server::config::ApplicationSettings::default()
        };
        config.applications.insert("default".to_owned(), own);
    })
    .await;
    goes_in(&app, "14155550100", "shop_otp", "en_US").await;
    set_status(&app, &ids[0], "PAUSED").await;
    goes_in(&app, "14155550101", FIRST, "en_US").await;
}
