//! What Meta says of account, number and templates is known to all servers, and to the next start.

use std::time::Duration;

use graph_simulator::TEMPLATE_ID;
use otp_core::Timestamp;
use otp_server::config::{Config, StoreKind};
use otp_server::store::redis::RedisOptions;
use serde_json::{Value, json};

use super::{account, says, set_status, stands, template_is, went_in, with_alternates};
use crate::app::{PHONE, TestApp};
use crate::redis_process::RedisProcess;
use crate::replies::eventually;
use crate::webhooks::{subscribe, tell, with_webhooks};

/// Tells a server as Meta does.
async fn hear(app: &TestApp, field: &str, value: &Value) {
    hear_at(app, 1_800_000_000, field, value).await;
}

/// The same, of something that was at this time.
async fn hear_at(app: &TestApp, secs: u64, field: &str, value: &Value) {
    let webhook = json!({
        "object": "whatsapp_business_account",
        "entry": [{
            "id": graph_simulator::WABA_ID,
            "time": secs,
            "changes": [{ "field": field, "value": value }],
        }],
    });
    tell(app, &webhook).await.is(200, "");
}

fn ban(state: &str) -> Value {
    json!({
        "event": "DISABLED_UPDATE",
        "ban_info": { "waba_ban_state": state, "waba_ban_date": "January 15, 2027" },
    })
}

fn restriction(until: Timestamp) -> Value {
    json!({
        "event": "ACCOUNT_RESTRICTION",
        "restriction_info": [{
            "restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING",
            "expiration": until.unix_ms() / 1_000,
        }],
    })
}

#[actix_web::test]
async fn what_meta_says_of_account_and_number_stands_until_it_is_over() {
    let app = TestApp::start_with(with_webhooks).await;
    let until = app.clock.now().plus(Duration::from_hours(1));
    hear(&app, "account_update", &restriction(until)).await;
    let check = stands(&app, "account", "degraded").await;
    says(
        &check,
        &["of the account: ACCOUNT_RESTRICTION", "WhatsApp Manager"],
    );
    let flagged =
        json!({ "display_phone_number": "1", "event": "FLAGGED", "current_limit": "TIER_2K" });
    hear(&app, "phone_number_quality_update", &flagged).await;
    let counted = "otp_whatsapp_alerts_total{kind=\"account\"} 1";
    let metrics = app.get("/metrics").await.text;
    assert!(metrics.contains(counted), "{metrics}");
    // A restart does not make it well.
    let app = app.restart(with_webhooks).await;
    stands(&app, "account", "degraded").await;
    app.pass(Duration::from_hours(1));
    let flagged = stands(&app, "account", "degraded").await;
    says(&flagged, &["of the number: FLAGGED TIER_2K"]);
    assert!(!flagged.to_string().contains("ACCOUNT"), "{flagged}");
    let unflagged = json!({ "display_phone_number": "1", "event": "UNFLAGGED" });
    hear(&app, "phone_number_quality_update", &unflagged).await;
    stands(&app, "account", "ok").await;
    hear(&app, "account_update", &ban("DISABLE")).await;
    says(
        &stands(&app, "account", "failed").await,
        &["DISABLED_UPDATE DISABLE"],
    );
    hear(&app, "account_update", &ban("REINSTATE")).await;
    stands(&app, "account", "ok").await;
}

#[actix_web::test]
async fn an_older_word_of_metas_takes_no_newer_one_back() {
    let app = TestApp::start_with(with_webhooks).await;
    app.pass(Duration::from_secs(90));
    let tell = async |secs: u64, state: &str| {
        hear_at(&app, 1_800_000_000 + secs, "account_update", &ban(state)).await;
    };
    let is_counted = async |count: u64| {
        let line = format!("otp_whatsapp_alerts_total{{kind=\"account\"}} {count}");
        eventually("it is worked off", async || {
            let metrics = app.get("/metrics").await.text;
            metrics.lines().any(|one| one == line).then_some(())
        })
        .await;
    };
    tell(10, "DISABLE").await;
    stands(&app, "account", "failed").await;
    tell(20, "REINSTATE").await;
    stands(&app, "account", "ok").await;
    // Meta tells it again: its answer was lost.
    tell(10, "DISABLE").await;
    is_counted(3).await;
    let flagged = json!({ "display_phone_number": "1", "event": "FLAGGED" });
    hear_at(&app, 1_800_000_001, "phone_number_quality_update", &flagged).await;
    // Each subject has its own last word.
    let check = stands(&app, "account", "degraded").await;
    says(&check, &["of the number: FLAGGED"]);
    assert!(!check.to_string().contains("DISABLE"), "{check}");
}

#[actix_web::test]
async fn what_one_server_is_told_the_others_on_its_redis_know() {
    let redis = RedisProcess::shared();
    let mut options = RedisOptions::parse(&redis.url()).expect("an address");
    options.prefix = "templates:".to_owned();
    // For a machine that is busy with other tests.
    options.response_timeout = Duration::from_secs(20);
    let change = |config: &mut Config| {
        with_alternates(&["otp_second"])(config);
        config.store.kind = StoreKind::Redis(Box::new(options.clone()));
    };
    let (simulator, _) = account(&[("otp_second", "en_US")]);
    let one = TestApp::start_against(simulator, change).await;
    let other = one.start_beside(change).await;
    subscribe(&one).await;
    set_status(&one, TEMPLATE_ID, "PAUSED").await;
    template_is(&one, "degraded").await;
    template_is(&other, "degraded").await;
    other.send(PHONE).await.is(200, "");
    assert_eq!(went_in(&one, PHONE).0, "otp_second");
    hear(&one, "account_update", &ban("DISABLE")).await;
    stands(&one, "account", "failed").await;
    stands(&other, "account", "failed").await;
}
