//! Clients that are gone before their answer, and stores that fail half-way: nothing is counted for
//! ever that came to nothing, and nobody escapes being counted.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use actix_web::rt::task::spawn_blocking;
use actix_web::rt::time::sleep;
use otp_server::clock::Stopwatch;
use otp_server::config::{Config, StoreKind};
use otp_server::store::redis::RedisOptions;
use socket2::SockRef;

use crate::app::{PHONE, TestApp, for_crowds};
use crate::process::{get, post};
use crate::redis_process::RedisProcess;

/// Sends whole requests, and resets each connection at once.
async fn ask_and_reset(app: &TestApp, requests: Vec<String>) {
    let address = app.address;
    let asked = spawn_blocking(move || {
        for request in requests {
            let mut stream = TcpStream::connect(address).expect("a connection");
            let socket = SockRef::from(&stream);
            socket.set_linger(Some(Duration::ZERO)).expect("an option");
            stream.write_all(request.as_bytes()).expect("it is taken");
        }
    });
    asked.await.expect("nothing panics");
}

fn on_redis(redis: &RedisProcess) -> impl Fn(&mut Config) {
    let options = RedisOptions::parse(&redis.url()).expect("an address");
    move |config| {
        for_crowds(config);
        config.store.kind = StoreKind::Redis(Box::new(options.clone()));
    }
}

#[actix_web::test]
async fn clients_that_reset_their_connections_are_counted_like_others() {
    let app = TestApp::start_with(|config| {
        for_crowds(config);
        config.shared_limits.uncounted_clients.clear();
        config.shared_limits.sends_per_address_per_hour = Some(3);
    })
    .await;
    for number in 0..3 {
        app.send(&format!("1415000000{number}")).await.is(200, "");
    }
    let requests = (0..60).map(|number| get(&format!("/otp/141511100{number:02}")));
    ask_and_reset(&app, requests.collect()).await;
    sleep(Duration::from_millis(300)).await;
    // Those of whom nobody can say who they are share one count of their own.
    let sent = app.simulator.message_count();
    assert!(sent <= 6, "{sent} messages");
}

#[actix_web::test]
async fn checks_that_nobody_waits_for_use_up_no_budget_of_failed_checks() {
    let redis = RedisProcess::start(&[]);
    let app = TestApp::start_with(|config| {
        on_redis(&redis)(config);
        config.shared_limits.failed_checks_per_application_per_hour = Some(20);
    })
    .await;
    let code = app.send_code(PHONE).await;
    let guess = post("/otp/14155550199", r#"{"code":"123456"}"#);
    for _ in 0..15 {
        ask_and_reset(&app, vec![guess.clone(); 10]).await;
        sleep(Duration::from_millis(5)).await;
    }
    let waiting = Stopwatch::start();
    while app.check(PHONE, &code).await.status != 200 {
        assert!(waiting.elapsed() < Duration::from_secs(5), "still counted");
        sleep(Duration::from_millis(50)).await;
    }
}

#[actix_web::test]
async fn requests_that_the_store_failed_use_up_nothing_once_it_is_back() {
    let redis = RedisProcess::start(&[]);
    let app = TestApp::start_with(|config| {
        on_redis(&redis)(config);
        config.shared_limits.failed_checks_per_application_per_hour = Some(5);
        config.shared_limits.sends_per_application_per_hour = Some(5);
    })
    .await;
    let code = app.send_code(PHONE).await;
    // Counting goes on; records cannot be read.
    redis.ask(&["ACL", "SETUSER", "default", "-get"]);
    for number in 0..30 {
        let phone = format!("1415555{number:04}");
        assert_eq!(app.check(&phone, "123456").await.status, 503);
        assert_eq!(app.send(&phone).await.status, 503);
    }
    redis.ask(&["ACL", "SETUSER", "default", "+get"]);
    app.check(PHONE, &code).await.is(200, "");
    for number in 0..4 {
        app.send(&format!("1415555{number:04}")).await.is(200, "");
    }
    assert_eq!(app.send("14155550004").await.status, 429);
}
