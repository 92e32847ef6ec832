//! STOP stops, START starts again, and whoever opted out gets nothing that way.

use std::time::Duration;

use actix_web::http::Method;
use otp_core::{ChannelKind, Failure, Until, Workflow, WorkflowStep};
use otp_server::config::{ApplicationSettings, Config};
use otp_server::wishes::WishWords;
use serde_json::{Value, json};

use super::{
    PHONE, answer, answers, eventually, heard, shown, start, start_with, text_webhook,
    text_webhook_at, timeline, write,
};
use crate::app::TestApp;
use crate::channels::{code_at, with_gateway};
use crate::native::{Client, START, id, is_problem};
use crate::process::Place;
use crate::webhooks::tell;

async fn begin(client: &Client<'_>) -> crate::app::Answer {
    client.post(START, &json!({ "to": PHONE })).await
}

#[actix_web::test]
async fn stop_stops_and_start_starts_again() {
    let app = start().await;
    let client = Client::live(&app).await;
    for (number, stop, start) in [(1, "STOP", "Start"), (3, " stopp! ", "UNSTOP")] {
        write(&app, PHONE, stop).await;
        assert!(
            answer(&app, PHONE, number)
                .await
                .starts_with("You will get no more")
        );
        let sent = app.simulator.message_count();
        let refused = begin(&client).await;
        is_problem(&refused, 403, "recipient-opted-out");
        assert_eq!(app.simulator.message_count(), sent, "nothing goes out");
        write(&app, PHONE, start).await;
        assert!(
            answer(&app, PHONE, number + 1)
                .await
                .starts_with("You get messages here again")
        );
        // What was refused is given back.
        assert_eq!(begin(&client).await.status, 201);
        app.pass(Duration::from_mins(11));
    }
}

#[actix_web::test]
async fn a_word_is_answered_once_and_comes_again_without_harm() {
    let app = start().await;
    let client = Client::live(&app).await;
    let stop = text_webhook(Some(PHONE), "wamid.stop", "stop");
    // Only now may the simulator's person be answered.
    write(&app, PHONE, "hello").await;
    tell(&app, &stop).await.is(200, "");
    answer(&app, PHONE, 1).await;
    let more = text_webhook(Some(PHONE), "wamid.more", "stop");
    tell(&app, &more).await.is(200, "");
    eventually("it is heard", async || {
        (heard(&app, "stop").await == 2).then_some(())
    })
    .await;
    let start = text_webhook(Some(PHONE), "wamid.start", "start");
    tell(&app, &start).await.is(200, "");
    answer(&app, PHONE, 2).await;
    tell(&app, &stop).await.is(200, "");
    eventually("it is heard", async || {
        (heard(&app, "again").await == 1).then_some(())
    })
    .await;
    assert_eq!(begin(&client).await.status, 201, "the last word counts");
    assert_eq!(answers(&app, PHONE).len(), 2);
}

/// Tells it, and waits until so many words of this meaning were heard.
async fn tell_until(app: &TestApp, webhook: &Value, meant: &str, count: u64) {
    tell(app, webhook).await.is(200, "");
    eventually("it is heard", async || {
        (heard(app, meant).await == count).then_some(())
    })
    .await;
}

#[actix_web::test]
async fn a_word_that_changed_nothing_changes_nothing_when_it_is_told_again() {
    let app = start().await;
    let client = Client::live(&app).await;
    // All within one second: only the provider's id tells them apart.
    let start = text_webhook(Some(PHONE), "wamid.start", "start");
    tell_until(&app, &start, "start", 1).await;
    let stop = text_webhook(Some(PHONE), "wamid.stop", "stop");
    tell_until(&app, &stop, "stop", 1).await;
    tell_until(&app, &start, "again", 1).await;
    is_problem(&begin(&client).await, 403, "recipient-opted-out");
}

#[actix_web::test]
async fn the_word_that_was_said_last_counts_in_whatever_order_they_are_told() {
    let app = start().await;
    let client = Client::live(&app).await;
    app.pass(Duration::from_secs(90));
    let said = |secs: u64, text: &str| text_webhook_at(secs, &format!("wamid.{secs}"), text);
    tell_until(&app, &said(60, "stop"), "stop", 1).await;
    tell_until(&app, &said(30, "start"), "again", 1).await;
    is_problem(&begin(&client).await, 403, "recipient-opted-out");
    // A week is as long as Meta repeats what it could not tell.
    app.pass(Duration::from_hours(7 * 24));
    tell_until(&app, &said(59, "start"), "again", 2).await;
    is_problem(&begin(&client).await, 403, "recipient-opted-out");
    tell_until(&app, &said(90, "start"), "start", 1).await;
    tell_until(&app, &said(80, "stop"), "again", 3).await;
    assert_eq!(begin(&client).await.status, 201);
}

#[actix_web::test]
async fn somebody_who_wants_nothing_is_not_answered_either() {
    let app = start().await;
    let client = Client::live(&app).await;
    let id = id(&client.start(PHONE).await);
    write(&app, PHONE, "STOP").await;
    answer(&app, PHONE, 1).await;
    // They may verify all the same.
    write(&app, PHONE, &app.last_code(PHONE)).await;
    eventually("it is heard", async || {
        (heard(&app, "code").await == 1).then_some(())
    })
    .await;
    assert_eq!(shown(&client, &id).await["verified_by"], "reply");
    assert_eq!(answers(&app, PHONE).len(), 1);
}

#[actix_web::test]
async fn the_code_goes_the_next_way_at_once_and_the_timeline_says_why() {
    let desk = crate::channels::Desk::open();
    let app = start_with(|config| {
        with_gateway(config, &desk);
        // Text messages are another way, and this refusal hands on whatever the step awaits.
        let mut first = WorkflowStep::new(
            ChannelKind::WhatsApp,
            Duration::from_mins(1),
            Until::Delivered,
        );
        first.fail_fast_on = vec![Failure::Undeliverable];
        let last = WorkflowStep::new(
            ChannelKind::Gateway,
            Duration::from_mins(1),
            Until::Accepted,
        );
        let own = ApplicationSettings {
            workflow: Workflow::new(vec![first, last]).ok(),
            ..ApplicationSettings::default()
        };
        config.applications.insert("default".to_owned(), own);
    })
    .await;
    let client = Client::live(&app).await;
    write(&app, PHONE, "STOP").await;
    answer(&app, PHONE, 1).await;
    let told = client.start(PHONE).await;
    assert_eq!(told["channel"], "gateway");
    assert_eq!(told["deliveries"][0]["error"], "opted_out");
    let id = id(&told);
    let steps = timeline(&client, &id).await;
    let why = "it failed (opted_out), so it goes out by gateway".to_owned();
    assert!(steps.contains(&("handed_on".to_owned(), why)), "{steps:?}");
    let checked = client.check(&id, &code_at(&desk)).await.json();
    assert_eq!(checked["valid"], true);
}

#[actix_web::test]
async fn the_operators_words_count_in_any_spelling() {
    let words = |words: &[&str]| -> Vec<String> { words.iter().map(ToString::to_string).collect() };
    let app = start_with(|config: &mut Config| {
        config.opt_out = WishWords::new(&words(&["arrêt"]), &words(&["заново"]));
    })
    .await;
    let client = Client::live(&app).await;
    write(&app, PHONE, "ARRET.").await;
    answer(&app, PHONE, 1).await;
    is_problem(&begin(&client).await, 403, "recipient-opted-out");
    write(&app, PHONE, "ЗАНОВО").await;
    answer(&app, PHONE, 2).await;
    assert_eq!(begin(&client).await.status, 201);
}

#[actix_web::test]
async fn when_nobody_can_tell_who_opted_out_nothing_is_sent() {
    let app = TestApp::start().await;
    let client = Client::live(&app).await;
    let list = app.folder.path().join("data/applications.sqlite3");
    let moved = app.folder.path().join("moved");
    std::fs::rename(&list, &moved).expect("it is there");
    std::fs::write(&list, "no database").expect("it can be written");
    let refused = begin(&client).await;
    is_problem(&refused, 503, "unavailable");
    assert_eq!(app.simulator.message_count(), 0);
}

#[test]
fn commands_beside_a_running_server_count_at_once() {
    let place = Place::new();
    let server = place.start();
    let send = || server.get("/otp/14155550123").status;
    let run = |arguments: &[&str]| {
        let ended = place.run(arguments);
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        ended.out
    };
    run(&["opt-out", "add", "+1 415 555 0123", "--channel", "whatsapp"]);
    assert_eq!(send(), 403);
    let listed: Value = serde_json::from_str(&run(&["opt-out", "list", "--json"])).expect("JSON");
    assert_eq!(listed[0]["channel"], "whatsapp");
    assert_eq!(listed[0]["by"], "operator");
    assert!(!listed.to_string().contains("4155550123"), "{listed}");
    assert_eq!(listed.as_array().expect("a list").len(), 1);
    run(&["opt-out", "remove", "+14155550123"]);
    assert_eq!(send(), 200);
    let wrong = place.run(&["opt-out", "add", "12"]);
    assert_ne!(wrong.code, Some(0));
    assert!(
        wrong.err.contains("hint: write it with its country code"),
        "{}",
        wrong.err
    );
}

#[actix_web::test]
async fn a_list_of_opt_outs_survives_a_restart() {
    let app = start().await;
    write(&app, PHONE, "STOP").await;
    answer(&app, PHONE, 1).await;
    let app = app.restart(crate::webhooks::with_webhooks).await;
    let refused = app.request(Method::GET, "/otp/14155550123", &[], "").await;
    refused.is(403, "This person wants no messages.");
}
