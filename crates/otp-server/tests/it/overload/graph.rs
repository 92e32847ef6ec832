//! Meta is slow, hangs, or closes connections: whoever does not need it must not notice, and whoever
//! does gets an answer in time.

use std::mem;
use std::net::{Ipv4Addr, SocketAddr};
use std::thread;
use std::time::Duration;

use futures_util::future::{join, join_all};
use graph_simulator::{Effect, Fault, FaultTarget, Simulator, SimulatorConfig};
use otp_server::clock::Stopwatch;

use super::running;
use crate::app::{PHONE, TestApp, for_crowds};
use crate::process::{Connection, PATIENCE, eventually, free_port, get, post};

const HUNG: u32 = 200;
const SECONDS: Duration = Duration::from_secs(2);
/// For a check on a machine that runs other tests beside this one.
const FAST: Duration = Duration::from_secs(1);

#[actix_web::test]
async fn hundreds_of_hung_calls_do_not_hold_up_a_check() {
    let app = running(for_crowds).await;
    let code = app.send_code(PHONE).await;
    app.simulator
        .fault(Fault::delay(FaultTarget::Messages, SECONDS).times(HUNG));
    let phones: Vec<String> = (0..HUNG)
        .map(|number| format!("1415556{number:04}"))
        .collect();
    let sends = join_all(phones.iter().map(|phone| app.send(phone)));
    let address = app.address;
    let checks = actix_web::rt::task::spawn_blocking(move || check_for(address, SECONDS / 2));
    let (answers, slowest) = join(sends, checks).await;
    let slowest = slowest.expect("the checks do not panic");
    assert!(
        slowest < FAST,
        "a check took {slowest:?} beside {HUNG} hung calls"
    );
    for answer in answers {
        answer.is(200, "");
    }
    app.check(PHONE, &code).await.is(200, "");
}

/// Checks one after the other; answers with the longest wait.
fn check_for(address: SocketAddr, time: Duration) -> Duration {
    let clock = Stopwatch::start();
    let mut slowest = Duration::ZERO;
    let request = post(&format!("/otp/{PHONE}"), r#"{"code":"not a code"}"#);
    while clock.elapsed() < time {
        let waiting = Stopwatch::start();
        let mut connection = Connection::open(address).expect("a connection");
        let reply = connection.ask(request.as_bytes()).expect("an answer");
        reply.is(401, "Incorrect code. 3 attempt(s) remaining.");
        slowest = slowest.max(waiting.elapsed());
    }
    slowest
}

#[actix_web::test]
async fn a_send_is_answered_within_the_deadline_whatever_hangs() {
    const DEADLINE: Duration = Duration::from_secs(1);
    let app = running(|config| config.graph.deadline = DEADLINE).await;
    let text = "Error calling send message API. Check server logs.";
    for (number, effect) in [
        (1, Effect::Delay(Duration::from_mins(1))),
        (2, Effect::Drip(Duration::from_millis(100))),
    ] {
        app.simulator
            .fault(Fault::new(FaultTarget::Messages, effect.clone()));
        let waiting = Stopwatch::start();
        app.send(&format!("1415555010{number}")).await.is(500, text);
        let took = waiting.elapsed();
        assert!(
            took < DEADLINE + Duration::from_secs(1),
            "{effect:?} took {took:?}"
        );
    }
}

#[actix_web::test]
async fn pooled_connections_that_meta_closed_cost_nobody_an_error() {
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
    let start = || {
        Simulator::start(SimulatorConfig {
            listen,
            ..SimulatorConfig::default()
        })
        .expect("the simulator starts")
    };
    let mut app = TestApp::start_against(start(), |_| {}).await;
    for round in 0..5 {
        // Several at once, so that each worker has several connections in its pool.
        let phones: Vec<String> = (0..16)
            .map(|number| format!("14155{round:02}{number:04}"))
            .collect();
        for answer in join_all(phones.iter().map(|phone| app.send(phone))).await {
            answer.is(200, "");
        }
        // The old one must be gone before the new one can have its port.
        let elsewhere = Simulator::start(SimulatorConfig::default()).expect("it starts");
        mem::replace(&mut app.simulator, elsewhere).stop();
        app.simulator = start();
    }
}

#[actix_web::test]
async fn a_caller_who_hangs_up_does_not_stop_the_message() {
    let app = running(|_| {}).await;
    app.simulator.fault(Fault::delay(
        FaultTarget::Messages,
        Duration::from_millis(300),
    ));
    let calls = app.simulator.requests();
    let address = app.address;
    let request = get(&format!("/otp/{PHONE}"));
    thread::spawn(move || Connection::open(address)?.send(request.as_bytes()))
        .join()
        .unwrap()
        .unwrap();
    eventually("the message arrives", PATIENCE, || {
        (app.simulator.requests() > calls)
            .then(|| app.simulator.last_code(PHONE))
            .flatten()
    });
    let code = app.last_code(PHONE);
    app.check(PHONE, &code).await.is(200, "");
}
