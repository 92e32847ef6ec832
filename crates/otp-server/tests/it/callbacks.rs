//! Callbacks: what an application is told, in which order, and where a call may lead.

mod addresses;
mod commands;
mod hostile;
mod library;
mod life;
mod outages;
mod receivers;
mod servers;

use std::time::Duration;

use actix_web::rt::time::sleep;
use otp_server::callback::Networks;
use otp_server::clock::Stopwatch;
use otp_server::config::{Config, StoreKind};
use otp_server::directory::Mode;
use otp_server::store::redis::RedisOptions;
use serde_json::Value;

use crate::app::{TestApp, for_crowds};
use crate::channels::desk::{Arrival, Desk};
use crate::native::Client;
use crate::redis_process::RedisProcess;

/// The secret of the libraries' own example.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const SHOP: &str = "shop";
const PATIENCE: Duration = Duration::from_secs(20);

/// Receivers of tests are on this machine, and so are all who ask for codes.
fn allow_this_machine(config: &mut Config) {
    for_crowds(config);
    let loopback = "127.0.0.0/8".parse().expect("a network");
    config.callbacks.options.networks = Networks::and(vec![loopback]);
}

/// On that Redis, in a corner of its own.
fn on_redis(redis: &RedisProcess, prefix: &str) -> impl Fn(&mut Config) + use<> {
    let mut options = RedisOptions::parse(&redis.url()).expect("an address");
    prefix.clone_into(&mut options.prefix);
    options.response_timeout = PATIENCE;
    move |config| {
        allow_this_machine(config);
        config.store.kind = StoreKind::Redis(Box::new(options.clone()));
    }
}

/// Adds an application that is told at this address.
async fn add_shop(app: &TestApp, name: &str, url: &str) {
    let settings =
        format!("callback_url = \"{url}/hook?token=canary\"\ncallback_secret = \"{SECRET}\"");
    app.add_application(name, &settings).await;
}

/// A server with an application that is told at this desk, and a client of it.
async fn app_telling(desk: &Desk) -> TestApp {
    let app = TestApp::start_with(allow_this_machine).await;
    add_shop(&app, SHOP, &desk.url).await;
    app
}

async fn shop(app: &TestApp) -> Client<'_> {
    Client::of(app, SHOP, Mode::Live).await
}

fn told(arrival: &Arrival) -> Value {
    serde_json::from_slice(&arrival.body).expect("JSON")
}

/// Id and type of each arrival.
fn names(arrivals: &[Arrival]) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let name = |arrival| {
        let event = told(arrival);
        (text(&event["id"]), text(&event["type"]))
    };
    arrivals.iter().map(name).collect()
}

/// The events of one verification, numbered from 1.
fn numbered(id: &str, types: &[&str]) -> Vec<(String, String)> {
    let numbered = types.iter().zip(1..);
    numbered
        .map(|(kind, number)| (format!("{id}-{number}"), (*kind).to_owned()))
        .collect()
}

/// Looks again and again until there is an answer.
async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let waiting = Stopwatch::start();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(waiting.elapsed() < PATIENCE, "{what}: not in time");
        sleep(Duration::from_millis(10)).await;
    }
}

/// Waits until a metric has this value.
async fn counts(app: &TestApp, result: &str, count: u32) {
    let line = format!("otp_callbacks_total{{result=\"{result}\"}} {count}");
    eventually(&line, async || {
        let metrics = app.get("/metrics").await.text;
        metrics.lines().any(|found| found == line).then_some(())
    })
    .await;
}
