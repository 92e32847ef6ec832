//! Keys at the sample face, and at figures and reasons: whose they are, and what they are for.

use std::net::Ipv4Addr;

use actix_web::http::Method;
use otp_server::config::{Access, Config};
use otp_server::directory::{ApplicationState, Mode, Scope};
use serde_json::Value;

use crate::app::{Answer, PHONE, TestApp};

const NOT_ALLOWED: &str = "This key may not do that.";
const START_AND_CHECK: [Scope; 2] = [Scope::Start, Scope::Check];

async fn send_with(app: &TestApp, key: &str) -> Answer {
    let bearer = format!("Bearer {key}");
    let headers = [("Authorization", bearer.as_str())];
    app.request(Method::GET, &format!("/otp/{PHONE}"), &headers, "")
        .await
}

async fn check_with(app: &TestApp, key: &str, code: &str) -> Answer {
    let body = format!("{{\"code\":\"{code}\"}}");
    let headers = [("X-API-Key", key)];
    app.request(Method::POST, &format!("/otp/{PHONE}"), &headers, &body)
        .await
}

fn public(config: &mut Config) {
    config.listen = (Ipv4Addr::UNSPECIFIED, 0).into();
}

#[actix_web::test]
async fn a_key_speaks_for_its_application_and_nobody_else_has_its_codes() {
    let app = TestApp::start().await;
    app.add_application("shop", "max_verification_attempts = 5")
        .await;
    let shop = app.key("shop", &START_AND_CHECK, Mode::Live).await;
    let own = app.key("default", &START_AND_CHECK, Mode::Live).await;
    send_with(&app, &shop).await.is(200, "");
    let code = app.last_code(PHONE);
    let nothing = format!("No active code for phone # {PHONE}");
    app.check(PHONE, &code).await.is(404, &nothing);
    check_with(&app, &own, &code).await.is(404, &nothing);
    // A phone has sends to spare at one application that it used up at another.
    send_with(&app, &own).await.is(200, "");
    let other = app.last_code(PHONE);
    check_with(&app, &shop, &other)
        .await
        .is(401, "Incorrect code. 4 attempt(s) remaining.");
    check_with(&app, &shop, &code).await.is(200, "");
    app.check(PHONE, &other).await.is(200, "");
}

#[actix_web::test]
async fn a_key_may_do_what_its_scopes_say() {
    let app = TestApp::start().await;
    let nothing = format!("No active code for phone # {PHONE}");
    for (scope, may_start, may_check) in [
        (Scope::Check, false, true),
        (Scope::Read, false, false),
        (Scope::Start, true, false),
        (Scope::Admin, true, true),
    ] {
        let key = app.key("default", &[scope], Mode::Live).await;
        let checked = check_with(&app, &key, "123456").await;
        if may_check && app.simulator.message_count() == 0 {
            checked.is(404, &nothing);
        } else if !may_check {
            checked.is(403, NOT_ALLOWED);
        }
        let before = app.simulator.message_count();
        let sent = send_with(&app, &key).await;
        if may_start {
            sent.is(200, "");
            app.pass(std::time::Duration::from_secs(61));
        } else {
            sent.is(403, NOT_ALLOWED);
            assert_eq!(app.simulator.message_count(), before, "{scope:?}");
        }
    }
}

#[actix_web::test]
async fn a_key_for_tests_or_of_an_application_that_is_not_for_this_face_sends_nothing() {
    let app = TestApp::start().await;
    app.add_application("shop", "faces = [\"native\"]").await;
    let keys = [
        app.key("shop", &START_AND_CHECK, Mode::Live).await,
        app.key("default", &START_AND_CHECK, Mode::Test).await,
    ];
    for key in keys {
        send_with(&app, &key).await.is(403, NOT_ALLOWED);
        check_with(&app, &key, "123456").await.is(403, NOT_ALLOWED);
    }
    assert_eq!(app.simulator.message_count(), 0);
}

#[actix_web::test]
async fn a_key_that_is_not_good_is_refused_even_where_nobody_needs_one() {
    let app = TestApp::start().await;
    let key = app.key("default", &START_AND_CHECK, Mode::Live).await;
    let registrar = app.registrar().await;
    let revoked = registrar.revoke_key(&key[9..17], app.clock.now()).await;
    revoked.unwrap();
    app.knows(|| {
        let directory = &app.service.shared().directory;
        let identified = directory.identify(&key, app.clock.now());
        matches!(identified, otp_server::directory::Identified::Unknown)
    })
    .await;
    assert_eq!(send_with(&app, &key).await.status, 401);
    assert_eq!(check_with(&app, &key, "123456").await.status, 401);
    assert_eq!(app.simulator.message_count(), 0);
    // What is no key of ours may come from a client that was made for another server.
    send_with(&app, "of-another-server").await.is(200, "");
}

#[actix_web::test]
async fn a_good_key_opens_a_public_face_and_whatever_name_it_has() {
    for change in [public, |_: &mut Config| {}] {
        let app = TestApp::start_with(change).await;
        let key = app.key("default", &START_AND_CHECK, Mode::Live).await;
        let host = ("Host", "otp.example");
        let path = format!("/otp/{PHONE}");
        let without = app.request(Method::GET, &path, &[host], "").await;
        assert!([401, 403].contains(&without.status), "{without:?}");
        let headers = [host, ("X-API-Key", key.as_str())];
        app.request(Method::GET, &path, &headers, "")
            .await
            .is(200, "");
        // A page that got hold of one still is no person.
        let headers = [
            host,
            ("X-API-Key", &key),
            ("Origin", "https://evil.example"),
        ];
        let of_a_page = app.request(Method::GET, &path, &headers, "").await;
        assert_eq!(of_a_page.status, 403);
    }
}

#[actix_web::test]
async fn a_public_face_without_keys_in_the_configuration_wants_one_from_everybody() {
    let app = TestApp::start_with(public).await;
    assert_eq!(app.send(PHONE).await.status, 401);
    assert_eq!(app.check(PHONE, "123456").await.status, 401);
    assert_eq!(app.simulator.message_count(), 0);
}

#[actix_web::test]
async fn a_key_of_the_configuration_speaks_for_the_default_application() {
    let hash = otp_server::config::KeyHash::of("a key of this test's own");
    let app =
        TestApp::start_with(|config| config.sample_face.access = Access::Keys(vec![hash])).await;
    send_with(&app, "a key of this test's own")
        .await
        .is(200, "");
    let made = app.key("default", &START_AND_CHECK, Mode::Live).await;
    check_with(&app, &made, &app.last_code(PHONE))
        .await
        .is(200, "");
}

#[actix_web::test]
async fn without_the_default_application_nobody_goes_without_a_key() {
    let app = TestApp::start().await;
    let key = app.key("default", &START_AND_CHECK, Mode::Live).await;
    let registrar = app.registrar().await;
    let now = app.clock.now();
    let switch = async |to| {
        registrar
            .switch_application("default", to, now)
            .await
            .unwrap();
        let is_on = to == ApplicationState::Enabled;
        app.knows(|| {
            let directory = &app.service.shared().directory;
            directory.application("default").is_some() == is_on
        })
        .await;
    };
    switch(ApplicationState::Disabled).await;
    app.send(PHONE)
        .await
        .is(403, "The default application is not served here.");
    assert_eq!(send_with(&app, &key).await.status, 401);
    assert_eq!(app.simulator.message_count(), 0);
    switch(ApplicationState::Enabled).await;
    app.send(PHONE).await.is(200, "");
}

#[actix_web::test]
async fn figures_and_reasons_are_for_keys_with_the_scope_admin() {
    for change in [public, |_: &mut Config| {}] {
        let app = TestApp::start_with(change).await;
        let admin = app.key("default", &[Scope::Admin], Mode::Live).await;
        let reader = app.key("default", &[Scope::Read], Mode::Live).await;
        let host = ("Host", "otp.example");
        for (key, status) in [(&admin, 200), (&reader, 403)] {
            let headers = [host, ("X-API-Key", key.as_str())];
            let figures = app.request(Method::GET, "/metrics", &headers, "").await;
            assert_eq!(figures.status, status);
            let ready = app.request(Method::GET, "/readyz", &headers, "").await;
            let ready: Value = serde_json::from_str(&ready.text).unwrap();
            assert_eq!(ready.get("checks").is_some(), status == 200);
        }
    }
}

#[actix_web::test]
async fn an_application_spends_its_own_budget_and_no_more() {
    let app = TestApp::start_with(|config| {
        config.budget.whatsapp_price_elsewhere = Some(50_000);
    })
    .await;
    app.add_application("shop", "budget_per_day = 0.1\ntotal_sends_per_hour = 50")
        .await;
    let shop = app.key("shop", &START_AND_CHECK, Mode::Live).await;
    let send = async |phone: &str| {
        let headers = [("X-API-Key", shop.as_str())];
        app.request(Method::GET, &format!("/otp/{phone}"), &headers, "")
            .await
            .status
    };
    assert_eq!(send("14155550101").await, 200);
    assert_eq!(send("14155550102").await, 200);
    assert_eq!(send("14155550103").await, 429);
    app.send("14155550103").await.is(200, "");
}
