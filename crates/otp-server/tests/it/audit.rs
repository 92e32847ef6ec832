//! The audit trail, through the front door: what a verification leaves in the log.

mod lines;

use std::sync::Arc;
use std::time::Duration;

use graph_simulator::TEMPLATE_ID;
use otp_core::{PhoneNumber, Record, Which};
use otp_server::config::{Config, StoreKind};
use otp_server::store::Along;
use otp_server::store::redis::RedisOptions;

use self::lines::{all_of, wait_for};
use crate::app::{PHONE, TestApp, wrong};
use crate::redis_process::RedisProcess;
use crate::templates::{account, with_alternates};

/// Longer than a server holds an event.
const LEASE: Duration = Duration::from_secs(31);
const LIFETIME: Duration = Duration::from_mins(5);

fn on(config: &mut Config) {
    config.audit.enabled = true;
}

/// The id of the verification under way, as only the store knows it.
async fn id_at(app: &TestApp) -> String {
    let shared = app.service.shared();
    let phone = PhoneNumber::parse(&format!("+{PHONE}")).expect("a phone");
    let key = shared.keys.record_key("default", &phone);
    let loaded = shared.store.load(key, shared.clock.now()).await;
    let record = loaded.expect("a store").expect("a record").record;
    let found = record.find(Which::Purpose("")).expect("a verification");
    found.id.to_string()
}

/// What nobody has taken out of the store.
async fn left_in_store(app: &TestApp) -> usize {
    let shared = app.service.shared();
    let events = shared.store.events(shared.clock.now(), 1_000, 1).await;
    events.expect("a store").len()
}

#[actix_web::test]
async fn a_send_a_wrong_and_a_right_check_leave_one_line_each() {
    lines::listen();
    let app = TestApp::start_with(on).await;
    let code = app.send_code(PHONE).await;
    let id = id_at(&app).await;
    app.check(PHONE, &wrong(&code)).await;
    app.check(PHONE, &code).await.is(200, "");
    let expected = ["started", "accepted", "check_failed", "approved"];
    wait_for(&id, &expected).await;
    // What was written is done with: nothing comes back after the lease.
    app.pass(LEASE);
    assert_eq!(left_in_store(&app).await, 0);
    let lines = all_of(&id);
    assert_eq!(lines.len(), 4, "{lines:?}");
    for line in &lines {
        assert_eq!(line["target"], "otp_server::audit");
        assert_eq!(line["level"], "INFO");
        assert!(
            line["event.id"].is_string() && line["at"].is_u64(),
            "{line}"
        );
        let text = line.to_string();
        assert!(
            !text.contains(&code) && !text.contains(&PHONE[4..]),
            "{text}"
        );
    }
    assert_eq!(lines[3]["message"], "audit: verification approved");
    app.stop().await;
}

#[actix_web::test]
async fn an_end_in_time_leaves_a_line_when_it_comes() {
    lines::listen();
    let app = TestApp::start_with(on).await;
    app.send_code(PHONE).await;
    let id = id_at(&app).await;
    wait_for(&id, &["started", "accepted"]).await;
    app.pass(LIFETIME);
    wait_for(&id, &["started", "accepted", "expired"]).await;
    app.stop().await;
}

#[actix_web::test]
async fn a_restart_leaves_no_gap_and_repeats_nothing() {
    lines::listen();
    let app = TestApp::start_with(on).await;
    let code = app.send_code(PHONE).await;
    // Most likely nothing is written yet.
    let app = app.restart(on).await;
    let id = id_at(&app).await;
    app.check(PHONE, &code).await.is(200, "");
    wait_for(&id, &["started", "accepted", "approved"]).await;
    app.pass(LEASE);
    assert_eq!(left_in_store(&app).await, 0);
    assert_eq!(all_of(&id).len(), 3);
    app.stop().await;
}

#[actix_web::test]
async fn a_switch_of_templates_leaves_a_line() {
    lines::listen();
    let (simulator, _) = account(&[("otp_audited", "en_US")]);
    let app = TestApp::start_against(simulator, |config| {
        on(config);
        with_alternates(&["otp_audited"])(config);
    })
    .await;
    app.simulator.set_template_status(TEMPLATE_ID, "PAUSED");
    app.send_code(PHONE).await;
    let told = || lines::with_text("template.switched");
    lines::eventually("the switch in the log", || !told().is_empty()).await;
    let lines = told();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!(lines[0]["template.name"], "otp_audited");
    let said = lines[0]["message"].as_str().expect("a text");
    assert!(
        said.contains("another template") && said.contains("132015"),
        "{said}"
    );
    app.stop().await;
}

#[actix_web::test]
async fn without_a_trail_the_store_holds_no_event() {
    let app = TestApp::start().await;
    let code = app.send_code(PHONE).await;
    app.check(PHONE, &wrong(&code)).await;
    app.check(PHONE, &code).await.is(200, "");
    assert_eq!(left_in_store(&app).await, 0);
    app.stop().await;
}

#[actix_web::test]
async fn two_servers_on_one_redis_write_each_line_once() {
    lines::listen();
    let redis: Arc<RedisProcess> = RedisProcess::shared();
    let mut options = RedisOptions::parse(&redis.url()).expect("an address");
    options.prefix = "audit:".to_owned();
    // For a machine that is busy with other tests.
    options.response_timeout = Duration::from_secs(20);
    let shared = |config: &mut Config| {
        config.store.kind = StoreKind::Redis(Box::new(options.clone()));
        on(config);
    };
    let one = TestApp::start_with(shared).await;
    let other = one.start_beside(shared).await;
    let code = one.send_code(PHONE).await;
    let id = id_at(&one).await;
    other.check(PHONE, &wrong(&code)).await;
    one.check(PHONE, &code).await.is(200, "");
    wait_for(&id, &["started", "accepted", "check_failed", "approved"]).await;
    one.pass(LEASE);
    assert_eq!(left_in_store(&one).await, 0);
    assert_eq!(all_of(&id).len(), 4);
    other.stop().await;
    one.stop().await;
}

#[actix_web::test]
async fn an_event_of_a_newer_server_is_reported_once_with_all_that_it_says() {
    lines::listen();
    let app = TestApp::start_with(on).await;
    let shared = app.service.shared();
    let phone = PhoneNumber::parse(&format!("+{PHONE}")).expect("a phone");
    let key = shared.keys.record_key("another", &phone);
    let body = b"\x02 from the future of this test".to_vec();
    let (empty, now) = (Record::new(), shared.clock.now());
    let along = Along {
        events: vec![body],
        listing: None,
    };
    let committed = shared.store.commit(key, None, &empty, along, now);
    committed.await.expect("a store");
    let said = || lines::with_text("from the future of this test");
    lines::eventually("it is reported", || said().len() == 1).await;
    assert_eq!(said()[0]["level"], "WARN");
    app.pass(LEASE);
    assert_eq!(left_in_store(&app).await, 0);
    assert_eq!(said().len(), 1);
    app.stop().await;
}
