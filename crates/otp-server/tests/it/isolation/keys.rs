//! Keys: what each opens, and what it does not.

use actix_web::http::Method;
use otp_server::config::ApplicationSettings;
use otp_server::directory::{ApplicationState, Mode, Scope};

use super::routes::{ROUTES, Route};
use super::{NEVER, key_for, three_applications};
use crate::app::{Answer, TestApp};

async fn ask(app: &TestApp, route: &Route, key: &str) -> [Answer; 2] {
    let (path, body) = route.call(NEVER, "123456");
    let bearer = format!("Bearer {key}");
    let ask = async |name: &str, value: &str| {
        app.request(route.method.clone(), &path, &[(name, value)], &body)
            .await
    };
    [
        ask("Authorization", &bearer).await,
        ask("X-API-Key", key).await,
    ]
}

#[track_caller]
fn are_refused(answers: &[Answer], status: u16, what: &str) {
    for answer in answers {
        assert_eq!(answer.status, status, "{what}: {}", answer.text);
    }
}

/// The same with the checksum that belongs to it: only the hash that is kept tells then.
fn well_made(key: &str) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let covered = &key[..key.len() - 6];
    let mut rest = crc32fast::hash(covered.as_bytes()) as usize;
    let mut checksum = [0; 6];
    for place in checksum.iter_mut().rev() {
        *place = DIGITS[rest % 62];
        rest /= 62;
    }
    format!("{covered}{}", String::from_utf8_lossy(&checksum))
}

#[actix_web::test]
async fn no_key_opens_more_by_another_prefix_id_or_secret() {
    let app = TestApp::start_with(three_applications).await;
    let scopes = [Scope::Admin];
    let of_shop = app.key("shop", &scopes, Mode::Live).await;
    let of_bank = app.key("bank", &scopes, Mode::Live).await;
    let in_test = app.key("shop", &scopes, Mode::Test).await;
    assert_eq!(well_made(&of_shop), of_shop);
    let (id, secret) = (9..17, 17..47);
    let mixed = [
        format!("otp_test_{}", &of_shop[9..]),
        format!("otp_live_{}", &in_test[9..]),
        format!("otp_live_{}{}", &of_bank[id], &of_shop[secret.start..]),
        format!("{}{}000000", &of_shop[..17], &of_bank[secret]),
    ];
    for key in mixed {
        for key in [well_made(&key), key] {
            for route in &ROUTES {
                are_refused(&ask(&app, route, &key).await, 401, route.path);
            }
        }
    }
}

#[actix_web::test]
async fn a_key_may_do_what_its_scopes_say_at_every_route() {
    let app = TestApp::start_with(three_applications).await;
    for scope in Scope::ALL {
        let key = key_for(&app, "shop", scope).await;
        for route in &ROUTES {
            let what = format!("{} with {}", route.path, scope.name());
            let answers = ask(&app, route, &key).await;
            if scope == Scope::Admin || scope == route.scope {
                let is_let_in = |answer: &Answer| ![401, 403].contains(&answer.status);
                assert!(answers.iter().all(is_let_in), "{what}");
            } else {
                are_refused(&answers, 403, &what);
            }
        }
    }
}

#[actix_web::test]
async fn the_keys_of_a_disabled_application_open_nothing_and_those_of_others_do() {
    let app = TestApp::start_with(three_applications).await;
    let key = key_for(&app, "shop", Scope::Admin).await;
    let other = key_for(&app, "bank", Scope::Admin).await;
    let switch = async |to| {
        let registrar = app.registrar().await;
        let switched = registrar.switch_application("shop", to, app.clock.now());
        switched.await.expect("it is there");
        let is_there = to == ApplicationState::Enabled;
        let directory = &app.service.shared().directory;
        app.knows(|| directory.application("shop").is_some() == is_there)
            .await;
    };
    switch(ApplicationState::Disabled).await;
    for route in &ROUTES {
        are_refused(&ask(&app, route, &key).await, 401, route.path);
    }
    assert_eq!(app.simulator.message_count(), 0);
    for route in &ROUTES {
        assert_ne!(ask(&app, route, &other).await[0].status, 401);
    }
    switch(ApplicationState::Enabled).await;
    for route in &ROUTES {
        assert_ne!(ask(&app, route, &key).await[0].status, 401);
    }
}

#[actix_web::test]
async fn a_key_opens_the_faces_of_its_application_only() {
    for (faces, native, key_face) in [("\"native\"", true, false), ("\"key\"", false, true)] {
        let app = TestApp::start_with(|config| {
            three_applications(config);
            let settings = format!("faces = [{faces}]").parse().expect("TOML");
            let settings = ApplicationSettings::parse("shop", settings, "".as_ref());
            let settings = settings.expect("faces");
            config.applications.insert("shop".to_owned(), settings);
        })
        .await;
        let key = key_for(&app, "shop", Scope::Admin).await;
        for route in &ROUTES {
            let is_open = if route.path.starts_with("/api/") {
                key_face
            } else {
                native
            };
            let answers = ask(&app, route, &key).await;
            let refused = answers.iter().filter(|answer| answer.status == 403).count();
            assert_eq!(refused, if is_open { 0 } else { 2 }, "{}", route.path);
        }
    }
}

#[actix_web::test]
async fn without_a_key_no_route_answers() {
    let app = TestApp::start_with(three_applications).await;
    for route in &ROUTES {
        let (path, body) = route.call(NEVER, "123456");
        let answer = app.request(route.method.clone(), &path, &[], &body).await;
        assert_eq!(answer.status, 401, "{path}: {}", answer.text);
        // Nor does it say by a HEAD whether there is something.
        let answer = app.request(Method::HEAD, &path, &[], "").await;
        assert_eq!(answer.status, 405, "{path}");
    }
}
