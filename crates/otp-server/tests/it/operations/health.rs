//! `/livez` and `/readyz`.

use std::time::Duration;

use graph_simulator::{Effect, Fault, FaultTarget, TEMPLATE_ID};
use serde_json::json;

use super::until;
use crate::app::TestApp;

const PATIENCE: Duration = Duration::from_secs(10);

/// Looks at the template all the time.
async fn watchful() -> TestApp {
    TestApp::start_with(|config| config.graph.template_refresh = Duration::from_millis(20)).await
}

#[actix_web::test]
async fn a_server_that_is_up_is_alive_and_ready() {
    let app = TestApp::start().await;
    app.get("/livez").await.is(200, "alive");
    let ready = json!({
        "status": "ready",
        "checks": {
            "store": { "status": "ok" },
            "template": { "status": "ok" },
            "account": { "status": "ok" },
        },
    });
    assert_eq!(app.get_json("/readyz").await, (200, ready));
}

#[actix_web::test]
async fn a_paused_template_makes_it_unready_with_the_reason_until_it_is_back() {
    let app = watchful().await;
    app.simulator.set_template_status(TEMPLATE_ID, "PAUSED");
    until(&app, "/readyz", 503, PATIENCE).await;
    let (_, body) = app.get_json("/readyz").await;
    assert_eq!(body["status"], "not ready");
    assert_eq!(body["checks"]["store"], json!({ "status": "ok" }));
    assert_eq!(body["checks"]["template"]["status"], "failed");
    let reason = body["checks"]["template"]["reason"].as_str().unwrap();
    assert!(
        reason.contains("PAUSED") && reason.contains("otp_demo"),
        "{reason}"
    );
    app.get("/livez").await.is(200, "alive");
    let metrics = app.get("/metrics").await.text;
    assert!(metrics.contains("\notp_template_approved 0\n"), "{metrics}");

    app.simulator.set_template_status(TEMPLATE_ID, "APPROVED");
    until(&app, "/readyz", 200, PATIENCE).await;
    let metrics = app.get("/metrics").await.text;
    assert!(metrics.contains("\notp_template_approved 1\n"), "{metrics}");
}

#[actix_web::test]
async fn a_look_at_the_template_that_nobody_answers_leaves_the_last_word_standing() {
    let app = watchful().await;
    let calls = app.simulator.requests();
    app.simulator
        .fault(Fault::new(FaultTarget::Template, Effect::Drop).times(1_000));
    while app.simulator.requests() < calls + 8 {
        assert_eq!(app.get("/readyz").await.status, 200);
    }
    app.send("14155550123").await.is(200, "");
}
